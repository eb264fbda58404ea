/* Entries of the journal one by one into the record. */
#include "minutes/part.h"

#include "base/text.h"

#include <string.h>

struct kh_minutes *kh_minutes_create(const struct kh_minutes_about *about)
{
    struct kh_minutes *m = g_new0(struct kh_minutes, 1);

    KH_TEXT_SET(m->council, about->council);
    KH_TEXT_SET(m->vi, about->vi ? about->vi : about->council);
    KH_TEXT_SET(m->en, about->en ? about->en : about->council);
    m->wanted = about->session;
    return m;
}

static void drop_record(struct kh_minutes *m)
{
    json_decref(m->record);
    json_decref(m->requests);
    json_decref(m->speeches);
    json_decref(m->votes);
    json_decref(m->asks);
    m->record = m->requests = m->speeches = m->votes = m->asks = m->sitting = NULL;
    kh_minutes_forget_attendance(m);
}

void kh_minutes_destroy(struct kh_minutes *minutes)
{
    if (!minutes)
        return;
    drop_record(minutes);
    g_free(minutes);
}

bool kh_minutes_is_complete(const struct kh_minutes *minutes)
{
    return minutes->is_complete;
}

/* --- the frame: session and sittings --- */

static void begin_session(struct kh_minutes *m)
{
    drop_record(m);
    m->is_inside = true;
    m->requests = json_object();
    m->speeches = json_object();
    m->votes = json_object();
    m->asks = json_object();
    m->recorded_ms = m->silent_since_ms = 0;
    m->record = json_pack("{s:s, s:i, s:{s:s, s:{s:s, s:s}}, s:{s:i, s:s, s:o}, s:[], s:[], s:[]}",
                          "format", "kyhop-minutes", "version", 1, "council", "id", m->council,
                          "name", "vi", m->vi, "en", m->en, "session", "number",
                          (int)m->state.session_no, "name", m->state.session_name, "opened_at",
                          kh_minutes_time(m->event.at_ms), "sittings", "between", "troubles");
    json_t *session = json_object_get(m->record, "session");
    kh_minutes_put_person(m, session, "opened_by", m->event.actor);
    kh_minutes_put_text(session, "procedure", m->state.procedure);
}

static void end_session(struct kh_minutes *m)
{
    json_t *session = json_object_get(m->record, "session");

    json_object_set_new(session, "closed_at", kh_minutes_time(m->event.at_ms));
    kh_minutes_put_person(m, session, "closed_by", m->event.actor);
    m->is_inside = false;
    m->is_complete = m->wanted != 0;
}

static void open_sitting(struct kh_minutes *m)
{
    const struct kh_event *event = &m->event;

    m->sitting = kh_minutes_append(json_object_get(m->record, "sittings"),
                                   json_pack("{s:i, s:b, s:o, s:[], s:[], s:[]}", "number",
                                             (int)event->f.number, "closed", event->f.closed,
                                             "opened_at", kh_minutes_time(event->at_ms), "course",
                                             "not_heard", "recordings"));
    kh_minutes_put_person(m, m->sitting, "opened_by", event->actor);
    kh_minutes_open_attendance(m);
}

static void close_sitting(struct kh_minutes *m)
{
    const struct kh_event *event = &m->event;

    if (!m->sitting)
        return;
    json_object_set_new(m->sitting, "closed_at", kh_minutes_time(event->at_ms));
    kh_minutes_put_person(m, m->sitting, "closed_by", event->actor);
    kh_minutes_end_recording(m, event->at_ms);
    json_object_set_new(m->sitting, "attendance", kh_minutes_attendance(m, event->at_ms, true));
    kh_minutes_forget_attendance(m);
    m->sitting = NULL;
}

static bool take_frame(struct kh_minutes *m)
{
    switch ((int)m->event.type) {
    case KH_EV_SESSION_CLOSED:
        end_session(m);
        return true;
    case KH_EV_SITTING_OPENED:
        open_sitting(m);
        return true;
    case KH_EV_SITTING_CLOSED:
        close_sitting(m);
        return true;
    case KH_EV_SITTING_SUSPENDED:
        kh_minutes_decision(m, "sitting_suspended");
        return true;
    case KH_EV_SITTING_RESUMED:
        kh_minutes_decision(m, "sitting_resumed");
        return true;
    case KH_EV_SITTING_PUBLISHED:
        kh_minutes_decision(m, m->event.f.closed ? "closed_to_public" : "opened_to_public");
        return true;
    default:
        return false;
    }
}

/* --- entries --- */

static void take(struct kh_minutes *m)
{
    typedef bool part(struct kh_minutes *, const struct kh_event *);
    static part *const parts[] = { kh_minutes_take_attendance, kh_minutes_take_floor,
                                   kh_minutes_take_speech,     kh_minutes_take_recording,
                                   kh_minutes_take_vote,       kh_minutes_take_other };

    bool is_taken = take_frame(m);

    for (unsigned i = 0; !is_taken && i < G_N_ELEMENTS(parts); i++)
        is_taken = parts[i](m, &m->event);
    if (KH_HAS(&m->event.f, override))
        kh_minutes_decision(m, "overridden"); /* the rule, the chair and the chair's reason */
}

/* What the record covers: a printed copy can be held against the journal by this. */
static void cover(struct kh_minutes *m, const struct kh_minutes_entry *entry)
{
    char hash[2 * KH_MINUTES_HASH_BYTES + 1];

    for (unsigned i = 0; i < KH_MINUTES_HASH_BYTES; i++)
        g_snprintf(hash + 2 * (size_t)i, 3, "%02x", entry->hash[i]);
    json_object_set_new(m->record, "journal",
                        json_pack("{s:I, s:o, s:s}", "seq", (json_int_t)entry->seq, "at",
                                  kh_minutes_time(entry->at_ms), "hash", hash));
}

/* What a starting server writes by itself is no sign that its recording ran. */
static void see_recording(struct kh_minutes *m)
{
    switch ((int)m->event.type) {
    case KH_EV_PERSON_ENROLLED:
    case KH_EV_ITEM_ADDED:
    case KH_EV_PROCEDURE_CHANGED:
    case KH_EV_PROCEDURE_FAILED:
        return;
    default:
        m->recorded_ms = m->event.at_ms;
    }
}

enum kh_err kh_minutes_add(struct kh_minutes *m, const struct kh_minutes_entry *entry,
                           struct kh_error *error)
{
    struct kh_error why = { 0 };
    enum kh_err err = KH_OK;

    if (m->is_complete)
        return KH_OK;
    err = kh_wire_event_read(&m->state, &entry->body, &m->event, &m->room, &why);
    if (err)
        return kh_err_set(error, err, "journal of %s, entry %" G_GUINT64_FORMAT ": %.200s",
                          m->council, entry->seq, why.text);
    m->event.seq = entry->seq;
    m->event.at_ms = entry->at_ms;
    kh_apply(&m->state, &m->event);
    if (m->event.type == KH_EV_SESSION_OPENED && (m->wanted == 0 || m->wanted == m->event.f.number))
        begin_session(m);
    else if (m->is_inside)
        take(m);
    else
        return KH_OK;
    if (m->record) {
        see_recording(m);
        cover(m, entry);
    }
    return KH_OK;
}

/* --- the record as it stands --- */

/* Who still waits at this moment. */
static void add_waiting(const struct kh_minutes *m, json_t *sitting)
{
    json_t *list = json_object_get(sitting, "not_heard"), *request;
    const char *number;

    json_object_foreach(m->requests, number, request)
    {
        json_t *waiting = kh_minutes_append(list, json_deep_copy(request));
        json_object_set_new(waiting, "how", json_string("waiting"));
    }
}

enum kh_err kh_minutes_record(const struct kh_minutes *m, json_t **record, struct kh_error *error)
{
    if (!m->record && m->wanted)
        return kh_err_set(error, KH_ERR_NOT_FOUND, "the journal of %s has no session %u",
                          m->council, m->wanted);
    if (!m->record)
        return kh_err_set(error, KH_ERR_NOT_FOUND, "the journal of %s has no session yet",
                          m->council);
    json_t *copy = json_deep_copy(m->record);
    json_object_set_new(copy, "final", json_boolean(!m->is_inside));
    if (m->sitting) {
        json_t *sittings = json_object_get(copy, "sittings");
        json_t *open = json_array_get(sittings, json_array_size(sittings) - 1);
        json_object_set_new(open, "attendance", kh_minutes_attendance(m, m->state.at_ms, false));
        add_waiting(m, open);
    }
    *record = copy;
    return KH_OK;
}
