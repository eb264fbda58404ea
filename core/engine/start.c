/* A council's start: replay, procedure, roster, agenda, sound. */
#include "engine/box_calls.h"
#include "engine/internal.h"

#include "base/text.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { WINDOW = 1024 }; /* events given to the API again, so that clients resume over a restart */

struct replay {
    struct kh_council *council;
    struct kh_event event;
    struct kh_wire_room room;
    uint64_t publish_from;
    struct kh_error error;
};

static void publish(struct kh_council *council, const struct kh_event *event)
{
    struct kh_wire_view wire[KH_WIRE_VIEWS_MAX];
    unsigned n = kh_wire_views(council->state, event, wire);

    kh_batch_publish(council, event->seq, wire, n);
    for (unsigned i = 0; i < n; i++)
        json_decref(wire[i].params);
}

static bool replay_entry(void *user, const struct kh_entry *entry)
{
    struct replay *r = user;
    struct kh_state *state = r->council->state;
    struct kh_wire_entry body = { entry->type, entry->actor, entry->body };
    enum kh_err err = kh_wire_event_read(state, &body, &r->event, &r->room, &r->error);

    if (err)
        return false;
    r->event.seq = entry->seq;
    r->event.at_ms = entry->at_ms;
    kh_apply(state, &r->event);
    if (entry->seq >= r->publish_from)
        publish(r->council, &r->event);
    return true;
}

static enum kh_err replay(struct kh_council *council, struct kh_error *error)
{
    struct replay *r = g_new0(struct replay, 1);
    struct kh_engine *engine = council->engine;
    uint64_t last = 0;

    enum kh_err err = kh_journal_last(engine->journal, council->config->id, &last, error);
    r->council = council;
    r->publish_from = last > WINDOW ? last - WINDOW + 1 : 1;
    if (!err)
        err = kh_journal_read(engine->journal, council->config->id, 1, replay_entry, r, error);
    if (!err && r->error.code)
        err = kh_err_set(error, KH_ERR_CORRUPT, "journal of %s, entry %" G_GUINT64_FORMAT ": %s",
                         council->config->id, council->state->seq + 1, r->error.text);
    g_free(r);
    int64_t now = kh_engine_now(engine);
    if (!err && now < council->state->at_ms)
        engine->anchor_wall_ms += council->state->at_ms - now; /* the wall clock went back */
    return err;
}

/* --- roster and agenda: what differs from the journal is journalled --- */

static bool is_same_profile(const struct kh_profile *a, const struct kh_profile *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->name, b->name) == 0 &&
           strcmp(a->title, b->title) == 0 && strcmp(a->group, b->group) == 0 &&
           strcmp(a->seat, b->seat) == 0 && strcmp(a->birth, b->birth) == 0 &&
           a->roles == b->roles && a->weight == b->weight && a->in_office == b->in_office &&
           a->can_vote == b->can_vote;
}

static bool enrol(struct kh_council *council, const struct kh_profile *profile)
{
    const struct kh_state *state = council->state;
    kh_person person = kh_state_person(state, profile->id);
    struct kh_event event = { .type = KH_EV_PERSON_ENROLLED, .actor = KH_NOBODY };

    if (person != KH_NOBODY && is_same_profile(&state->members[person].profile, profile))
        return true;
    if (person == KH_NOBODY && state->n_members == KH_PERSONS_MAX)
        return false;
    KH_SET(&event.f, person, person == KH_NOBODY ? (kh_person)state->n_members : person);
    KH_SET(&event.f, profile, profile);
    return kh_batch_record(council, &event);
}

static bool is_on_roster(const struct kh_council_config *config, const char *id)
{
    for (unsigned i = 0; i < config->n_persons; i++)
        if (strcmp(config->persons[i].id, id) == 0)
            return true;
    return false;
}

/* Who left the roster stays in the journal, without office, vote or role. */
static bool retire_missing(struct kh_council *council)
{
    for (unsigned i = 0; i < council->state->n_members; i++) {
        struct kh_profile profile = council->state->members[i].profile;
        if (is_on_roster(council->config, profile.id))
            continue;
        profile.roles = 0;
        profile.in_office = profile.can_vote = false;
        if (!enrol(council, &profile))
            return false;
    }
    return true;
}

static bool add_item(struct kh_council *council, const struct kh_item_text *text)
{
    kh_item item = kh_state_item(council->state, text->id);
    struct kh_event event = { .type = KH_EV_ITEM_ADDED, .actor = KH_NOBODY };

    if (item != KH_NO_ITEM) {
        const struct kh_item_text *old = &council->state->items[item].text;
        if (strcmp(old->vi, text->vi) == 0 && strcmp(old->en, text->en) == 0 &&
            strcmp(old->kind, text->kind) == 0)
            return true;
    } else if (council->state->n_items == KH_ITEMS_MAX) {
        return false;
    }
    KH_SET(&event.f, item, item == KH_NO_ITEM ? (kh_item)council->state->n_items : item);
    KH_SET(&event.f, agenda_item, text);
    return kh_batch_record(council, &event);
}

static enum kh_err enter_all(struct kh_council *council, struct kh_error *error)
{
    bool is_written = true;

    for (unsigned i = 0; i < council->config->n_persons && is_written; i++)
        is_written = enrol(council, &council->config->persons[i]);
    is_written = is_written && retire_missing(council);
    for (unsigned i = 0; i < council->config->n_items && is_written; i++)
        is_written = add_item(council, &council->config->items[i]);
    kh_batch_flush(council);
    if (!is_written || council->is_read_only)
        return kh_err_set(error, KH_ERR_IO, "roster and agenda of %s could not be journalled",
                          council->config->id);
    return KH_OK;
}

/* --- procedure --- */

bool kh_council_is_procedure_name(const char *name)
{
    return !strchr(name, '/') && name[0] != '.' && name[0] != '\0';
}

enum kh_err kh_council_load_procedure(struct kh_council *council, const char *name,
                                      struct kh_procedure **out, struct kh_error *error)
{
    const char *plugins = council->engine->config->plugins;

    if (!kh_council_is_procedure_name(name))
        return kh_err_set(error, KH_ERR_INVALID, "a procedure's name is a folder's name");
    char *dir = g_build_filename(plugins, name, NULL);
    char *lib = g_build_filename(plugins, "lib", NULL);
    enum kh_err err = kh_procedure_load(dir, lib, council->config->settings, out, error);
    g_free(dir);
    g_free(lib);
    return err;
}

static void note_procedure(struct kh_council *council, const char *failure)
{
    struct kh_event event = { .type = KH_EV_PROCEDURE_CHANGED, .actor = KH_NOBODY };
    const char *name = council->procedure ? kh_procedure_name(council->procedure) : "neutral";

    KH_SET_TEXT(&event.f, name, name);
    KH_SET(&event.f, max_open,
           council->procedure ? kh_procedure_max_open(council->procedure) : KH_OPEN_DEFAULT);
    char *settings = council->procedure ? kh_council_settings(council->procedure) : NULL;
    if (settings)
        KH_SET(&event.f, settings, settings);
    if (strcmp(council->state->procedure, name) != 0 ||
        council->state->max_open != event.f.max_open ||
        council->state->settings_digest != kh_text_digest(settings))
        kh_batch_record(council, &event);
    free(settings);
    if (!failure)
        return;
    struct kh_event failed = { .type = KH_EV_PROCEDURE_FAILED, .actor = KH_NOBODY };
    KH_SET_TEXT(&failed.f, name, council->config->procedure);
    KH_SET_TEXT(&failed.f, note, failure);
    kh_batch_record(council, &failed);
}

/* A procedure that does not load leaves the neutral policy: the sitting goes on by hand. */
static void start_procedure(struct kh_council *council)
{
    struct kh_error error = { 0 };
    enum kh_err err =
        kh_council_load_procedure(council, council->config->procedure, &council->procedure, &error);

    if (err)
        g_warning("procedure %s: %s", council->config->procedure, error.text);
    kh_conduct_use(council->conduct, council->procedure);
    note_procedure(council, err ? error.text : NULL);
}

/* A lot's seed: 256 bits of the kernel's chance. */
static void draw_seed(void *user, char seed[KH_HASH_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[(KH_HASH_TEXT_BYTES - 1) / 2];

    (void)user;
    while (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        continue; /* a signal came between; up to 256 bytes are given whole */
    for (size_t i = 0; i < sizeof(bytes); i++) {
        seed[2 * i] = digits[bytes[i] >> 4];
        seed[2 * i + 1] = digits[bytes[i] & 15];
    }
    seed[KH_HASH_TEXT_BYTES - 1] = '\0';
}

/* --- the whole --- */

enum kh_err kh_council_open(struct kh_council *council, struct kh_error *error)
{
    council->state = g_new0(struct kh_state, 1);
    council->before = g_new0(struct kh_state, 1);
    council->conduct = kh_conduct_create(council->state, NULL);
    kh_conduct_set_chance(council->conduct, draw_seed, NULL);
    council->pending = g_array_new(FALSE, FALSE, sizeof(struct kh_pending));
    council->ready = g_array_new(FALSE, FALSE, sizeof(struct kh_ready));
    council->answers = g_array_new(FALSE, FALSE, sizeof(struct kh_answer));
    council->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    enum kh_err err = replay(council, error);
    if (!err) {
        kh_box_recall(council);
        kh_presence_open(council);
        err = enter_all(council, error);
    }
    if (!err) {
        start_procedure(council);
        err = kh_sound_open(council, error);
    }
    if (!err) {
        kh_batch_flush(council);
        kh_batch_set_clock(council);
    }
    return err;
}

static void drop_source(GSource **source)
{
    if (!*source)
        return;
    g_source_destroy(*source);
    g_source_unref(*source);
    *source = NULL;
}

void kh_council_close(struct kh_council *council)
{
    drop_source(&council->flush);
    drop_source(&council->clock);
    drop_source(&council->levels);
    kh_box_forget(council);
    kh_sound_close(council);
    kh_conduct_destroy(council->conduct);
    kh_procedure_free(council->procedure);
    kh_council_describe_anew(council);
    kh_presence_close(council);
    for (unsigned i = 0; i < KH_REFUSED_KEYS; i++)
        json_decref(council->refused[i].data);
    if (council->pending)
        g_array_free(council->pending, TRUE);
    if (council->ready)
        g_array_free(council->ready, TRUE);
    if (council->answers)
        g_array_free(council->answers, TRUE);
    if (council->index)
        g_hash_table_destroy(council->index);
    g_free(council->state);
    g_free(council->before);
}
