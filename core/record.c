#include "record.h"

#include "journal/journal.h"
#include "transcript.h"
#include "wire/wire.h"

#include <glib.h>
#include <string.h>

struct record {
    struct kh_state state;
    struct kh_event event;
    struct kh_wire_room room;
    struct kh_transcript transcript;
    struct kh_error error;
    bool says_first; /* journals of the first version did not */
    const struct kh_record_part *part;
    GHashTable *closed; /* votes that were closed at last */
    json_t *settings;   /* in force when the first sitting opened that is wanted; NULL: none */
    bool has_begun;     /* that one */
    bool has_part;      /* something of what is wanted was seen */
};

/* Where an event belongs that was just applied: what comes in a break is the next sitting's. */
static uint32_t sitting_of(const struct kh_state *state, const struct kh_event *event)
{
    bool is_break = state->phase == KH_PHASE_BREAK || state->phase == KH_PHASE_CLOSED;
    bool is_end = event->type == KH_EV_SITTING_CLOSED || event->type == KH_EV_SESSION_CLOSED;

    return state->sitting_no + (is_break && !is_end);
}

static bool is_wanted(struct record *r)
{
    const struct kh_record_part *part = r->part;
    enum kh_event_type type = r->event.type;

    if (type == KH_EV_PERSON_ENROLLED || type == KH_EV_ITEM_ADDED)
        return true;
    if (part->session && r->state.session_no != part->session)
        return false;
    if (part->sitting && type != KH_EV_SESSION_OPENED &&
        sitting_of(&r->state, &r->event) != part->sitting)
        return false;
    r->has_part = r->has_part || (type == KH_EV_SESSION_OPENED && !part->sitting) ||
                  type == KH_EV_SITTING_OPENED;
    return true;
}

/* Does the API tell this vote's names? As core/wire/view.c and state.c say. */
static bool are_names_public(const struct record *r, uint32_t id)
{
    const struct kh_vote *vote = kh_state_vote(&r->state, id);

    if (!vote)
        return false;
    if (vote->ballot.secrecy == KH_SECRECY_NAMED_LIVE)
        return true;
    return vote->ballot.secrecy == KH_SECRECY_NAMED_AFTER &&
           g_hash_table_contains(r->closed, GUINT_TO_POINTER(id));
}

/* True: a comment stands for the event. */
static bool is_withheld(struct record *r)
{
    struct kh_fields *f = &r->event.f;

    if (!r->part->is_discreet)
        return false;
    if (r->event.type == KH_EV_EXCUSED)
        f->present &= ~KH_BIT(note);
    if (r->event.type == KH_EV_VOTE_TALLIED &&
        !g_hash_table_contains(r->closed, GUINT_TO_POINTER(f->vote))) {
        fprintf(r->transcript.out, "# counts of vote %u were entered; they are not told\n",
                f->vote);
        return true;
    }
    if (r->event.type != KH_EV_VOTE_CAST || are_names_public(r, f->vote))
        return false;
    fprintf(r->transcript.out, "# %s voted in vote %u; what, is not told\n",
            f->person < r->state.n_members ? r->state.members[f->person].profile.id : "?", f->vote);
    return true;
}

static bool read_event(struct record *r, const struct kh_entry *entry)
{
    struct kh_wire_entry body = { entry->type, entry->actor, entry->body };

    if (kh_wire_event_read(&r->state, &body, &r->event, &r->room, &r->error))
        return false;
    r->event.seq = entry->seq;
    r->event.at_ms = entry->at_ms;
    r->says_first = r->says_first || r->event.is_first;
    kh_apply(&r->state, &r->event);
    return true;
}

static json_t *settings_of(const struct kh_event *event)
{
    return KH_HAS(&event->f, settings) ? json_loads(event->f.settings, 0, NULL) : NULL;
}

/* What must be known before the first line is written. */
static bool look_ahead(void *user, const struct kh_entry *entry)
{
    struct record *r = user;

    if (!read_event(r, entry))
        return false;
    if (r->event.type == KH_EV_VOTE_CLOSED)
        g_hash_table_add(r->closed, GUINT_TO_POINTER(r->event.f.vote));
    if (r->event.type == KH_EV_SITTING_OPENED && is_wanted(r))
        r->has_begun = true;
    if (r->event.type == KH_EV_PROCEDURE_CHANGED && !r->has_begun) {
        json_decref(r->settings);
        r->settings = settings_of(&r->event);
    }
    return true;
}

/* --- settings --- */

static const json_t *declared(const struct record *r, const char *name)
{
    const json_t *setting;
    size_t i;

    json_array_foreach((json_t *)r->part->declared, i, setting)
    {
        if (strcmp(json_string_value(json_object_get(setting, "name")), name) == 0)
            return setting;
    }
    return NULL;
}

static void put_settings(struct record *r)
{
    const char *name;
    json_t *value;

    json_object_foreach(r->settings, name, value)
    {
        const json_t *known = declared(r, name);
        if (!known || !json_equal(value, json_object_get(known, "default")))
            kh_transcript_setting(&r->transcript, name, value, !known);
    }
}

/* A sitting has the same settings from its first line to its last; the real one may not have. */
static void note_settings(struct record *r)
{
    json_t *now = settings_of(&r->event), *value;
    const char *name;

    json_object_foreach(now, name, value)
    {
        if (!json_equal(value, json_object_get(r->settings, name)))
            kh_transcript_setting(&r->transcript, name, value, true);
    }
    json_decref(now);
}

static bool each(void *user, const struct kh_entry *entry)
{
    struct record *r = user;

    if (!read_event(r, entry))
        return false;
    bool is_first =
        r->says_first ? r->event.is_first : kh_transcript_is_first(&r->transcript, &r->event);
    if (!is_wanted(r) || is_withheld(r))
        return true;
    kh_transcript_event(&r->transcript, &r->state, &r->event, is_first);
    if (r->event.type == KH_EV_PROCEDURE_CHANGED)
        note_settings(r);
    return true;
}

static enum kh_err walk(struct record *r, struct kh_journal *journal, const char *council,
                        bool (*step)(void *user, const struct kh_entry *entry),
                        struct kh_error *error)
{
    memset(&r->state, 0, sizeof(r->state));
    r->says_first = false;
    enum kh_err err = kh_journal_read(journal, council, 1, step, r, error);
    if (!err && r->error.code)
        err = kh_err_set(error, KH_ERR_CORRUPT, "entry %" G_GUINT64_FORMAT ": %s", r->state.seq + 1,
                         r->error.text);
    if (!err && r->state.seq == 0)
        err = kh_err_set(error, KH_ERR_NOT_FOUND, "the journal has no council \"%s\"", council);
    return err;
}

enum kh_err kh_record_part(const char *data, const char *council, const struct kh_record_part *part,
                           FILE *out, struct kh_error *error)
{
    struct kh_journal *journal = NULL;
    enum kh_err err = kh_journal_open_readonly(data, &journal, error);
    if (err)
        return err;
    struct record *r = g_new0(struct record, 1);

    r->part = part;
    r->transcript.out = out;
    r->closed = g_hash_table_new(NULL, NULL);
    err = walk(r, journal, council, look_ahead, error);
    if (!err) {
        put_settings(r);
        err = walk(r, journal, council, each, error);
    }
    if (!err && (part->session || part->sitting) && !r->has_part)
        err = kh_err_set(error, KH_ERR_NOT_FOUND, "the journal has no such sitting");
    g_hash_table_destroy(r->closed);
    json_decref(r->settings);
    g_free(r);
    kh_journal_close(journal);
    return err;
}
