/* Speeches, from the grant to the end, and where the recording has them. */
#include "minutes/part.h"

#include <string.h>

/* The list @name of @entry, made when there is none. */
static json_t *list_of(json_t *entry, const char *name)
{
    json_t *list = json_object_get(entry, name);

    if (!list) {
        list = json_array();
        json_object_set_new(entry, name, list);
    }
    return list;
}

static json_t *note_in(struct kh_minutes *m, json_t *speech, const char *name)
{
    json_t *note = kh_minutes_append(list_of(speech, name),
                                     json_pack("{s:o}", "at", kh_minutes_time(m->event.at_ms)));

    kh_minutes_put_person(m, note, "by", kh_minutes_decider(&m->event));
    return note;
}

/* --- beginning --- */

static void take_over_request(struct kh_minutes *m, const struct kh_event *event, json_t *speech)
{
    static const char *const kept[] = { "asked_at", "about", "supporters" };
    const json_t *request = kh_minutes_find(m->requests, event->f.request);

    for (unsigned i = 0; request && i < G_N_ELEMENTS(kept); i++) {
        json_t *value = json_object_get(request, kept[i]);
        if (value)
            json_object_set(speech, kept[i], value);
    }
    kh_minutes_drop(m->requests, event->f.request);
}

static void granted(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *speech = kh_minutes_enter(m, "speech", event->at_ms);
    const char *id = m->state.members[event->f.person].profile.id;

    json_object_set_new(speech, "request", json_integer(event->f.request));
    json_object_set_new(speech, "kind", json_string(event->f.kind));
    json_object_set_new(speech, "person", kh_minutes_person(m, event->f.person));
    json_object_set_new(speech, "limit_ms", json_integer(event->f.limit_ms));
    kh_minutes_put_person(m, speech, "called_by", kh_minutes_decider(event));
    if (KH_HAS(&event->f, target))
        kh_minutes_put_person(m, speech, "target", event->f.target);
    if (KH_HAS(&event->f, item))
        kh_minutes_put_item(m, speech, event->f.item);
    if (KH_HAS(&event->f, reason))
        json_object_set_new(speech, "override", kh_wire_reason(&event->f.reason));
    take_over_request(m, event, speech);
    kh_minutes_keep(m->speeches, event->f.request, speech);
    char *last = g_strconcat("of ", id, NULL);
    json_object_set(m->speeches, last, speech);
    g_free(last);
}

/* --- running --- */

static void extended(struct kh_minutes *m, const struct kh_event *event, json_t *speech)
{
    json_t *note = note_in(m, speech, "extensions");

    json_object_set_new(note, "by_ms", json_integer(event->f.by_ms));
    json_object_set_new(note, "limit_ms", json_integer(event->f.limit_ms));
}

static void expired(const struct kh_event *event, json_t *speech)
{
    json_t *expiry = json_pack("{s:o, s:s}", "at", kh_minutes_time(event->at_ms), "then",
                               kh_expiry_words[event->f.expiry]);

    if (KH_HAS(&event->f, grace_ms))
        json_object_set_new(expiry, "grace_ms", json_integer(event->f.grace_ms));
    kh_minutes_put_reason(expiry, event);
    json_object_set_new(speech, "expired", expiry);
}

static void stopped(struct kh_minutes *m, json_t *speech)
{
    if (m->state.phase == KH_PHASE_SITTING) /* else the suspension says it */
        note_in(m, speech, "interruptions");
}

static void resumed(struct kh_minutes *m, json_t *speech)
{
    const json_t *list = json_object_get(speech, "interruptions");
    json_t *last = list ? json_array_get(list, json_array_size(list) - 1) : NULL;

    if (last && !json_object_get(last, "to"))
        json_object_set_new(last, "to", kh_minutes_time(m->event.at_ms));
}

static void ended(struct kh_minutes *m, const struct kh_event *event, json_t *speech)
{
    bool is_revoked = event->type == KH_EV_FLOOR_REVOKED;
    enum kh_end end = KH_HAS(&event->f, end) ? event->f.end
                      : is_revoked           ? KH_END_REVOKED
                                             : KH_END_RELEASED;

    json_object_set_new(speech, "ended_at", kh_minutes_time(event->at_ms));
    json_object_set_new(speech, "spent_ms", json_integer(event->f.spent_ms));
    json_object_set_new(speech, "end", json_string(kh_end_words[end]));
    kh_minutes_put_person(m, speech, "ended_by", kh_minutes_decider(event));
    kh_minutes_put_reason(speech, event);
    kh_minutes_drop(m->speeches, event->f.request);
}

/* Only another's mute is a decision; one's own and the clock's are told by the clock. */
static void muted(struct kh_minutes *m, const struct kh_event *event)
{
    const struct kh_request *speech = kh_state_speech(&m->state, event->f.person);
    bool by_other = KH_HAS(&event->f, by) && event->f.by != event->f.person;

    if (!speech || !by_other || event->f.mic != KH_MIC_MUTED)
        return;
    json_t *entry = kh_minutes_find(m->speeches, speech->id);
    if (entry)
        note_in(m, entry, "muted");
}

bool kh_minutes_take_speech(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *speech;

    if (event->type == KH_EV_MIC_CHANGED) {
        muted(m, event);
        return true;
    }
    if (event->type == KH_EV_FLOOR_GRANTED && event->f.person < m->state.n_members) {
        granted(m, event);
        return true;
    }
    speech = KH_HAS(&event->f, request) ? kh_minutes_find(m->speeches, event->f.request) : NULL;
    if (!speech)
        return false;
    switch ((int)event->type) {
    case KH_EV_FLOOR_EXTENDED:
        extended(m, event, speech);
        return true;
    case KH_EV_FLOOR_EXPIRED:
        expired(event, speech);
        return true;
    case KH_EV_FLOOR_STOPPED:
        stopped(m, speech);
        return true;
    case KH_EV_FLOOR_RESUMED:
        resumed(m, speech);
        return true;
    case KH_EV_FLOOR_RELEASED:
    case KH_EV_FLOOR_REVOKED:
        ended(m, event, speech);
        return true;
    default:
        return event->type == KH_EV_FLOOR_WARNED;
    }
}

/* --- recording --- */

static void marked(struct kh_minutes *m, const struct kh_event *event)
{
    if (event->f.person >= m->state.n_members)
        return;
    const char *id = m->state.members[event->f.person].profile.id;
    char *last = g_strconcat("of ", id, NULL);
    json_t *speech = json_object_get(m->speeches, last), *pieces, *piece;

    g_free(last);
    if (!speech) /* of a speech that began before the session, which cannot be */
        return;
    pieces = list_of(speech, "recording");
    piece = json_array_get(pieces, json_array_size(pieces) - 1);
    if (event->f.edge == KH_EDGE_START)
        json_array_append_new(pieces, json_pack("{s:s, s:I}", "file", m->state.recording,
                                                "start_ms", (json_int_t)event->f.offset_ms));
    else if (piece && !json_object_get(piece, "end_ms"))
        json_object_set_new(piece, "end_ms", json_integer(event->f.offset_ms));
}

static void gap(struct kh_minutes *m, int64_t from_ms, int64_t to_ms)
{
    json_t *trouble = kh_minutes_trouble(m, "recording_gap", from_ms);

    if (to_ms)
        json_object_set_new(trouble, "to", kh_minutes_time(to_ms));
}

/* A file that begins while another runs: the server was stopped without an end. What lies between
 * the last entry before and this one may be missing. */
static void started(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *files = m->sitting ? json_object_get(m->sitting, "recordings") : NULL;
    json_t *last = files ? json_array_get(files, json_array_size(files) - 1) : NULL;

    if (!files)
        return;
    if (last && !json_object_get(last, "stopped_at"))
        gap(m, m->recorded_ms, event->at_ms);
    else if (m->silent_since_ms)
        gap(m, m->silent_since_ms, event->at_ms);
    m->silent_since_ms = 0;
    json_array_append_new(files, json_pack("{s:s, s:o}", "file", event->f.name, "started_at",
                                           kh_minutes_time(event->at_ms)));
}

void kh_minutes_end_recording(struct kh_minutes *m, int64_t at_ms)
{
    if (m->silent_since_ms)
        gap(m, m->silent_since_ms, at_ms);
    m->silent_since_ms = 0;
}

static void ended_file(struct kh_minutes *m, const struct kh_event *event)
{
    const json_t *sittings = json_object_get(m->record, "sittings");
    json_t *sitting = json_array_get(sittings, json_array_size(sittings) - 1);
    json_t *files = json_object_get(sitting, "recordings");
    json_t *last = files ? json_array_get(files, json_array_size(files) - 1) : NULL;

    if (last)
        json_object_set_new(last, "stopped_at", kh_minutes_time(event->at_ms));
    if (m->sitting)
        m->silent_since_ms = event->at_ms;
}

bool kh_minutes_take_recording(struct kh_minutes *m, const struct kh_event *event)
{
    switch ((int)event->type) {
    case KH_EV_RECORDING_MARKED:
        marked(m, event);
        return true;
    case KH_EV_RECORDING_STARTED:
        started(m, event);
        return true;
    case KH_EV_RECORDING_STOPPED:
        ended_file(m, event);
        return true;
    default:
        return false;
    }
}
