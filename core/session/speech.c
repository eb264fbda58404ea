/* Speeches: granted requests, from the grant to the end, with their clock. */
#include "session/part.h"

#include "base/text.h"

#include <string.h>

enum { EXTEND_MAX_MS = 3600 * 1000 };

static int64_t spent_at(const struct kh_request *r, int64_t at_ms)
{
    return r->spent_ms + (r->run_since_ms ? at_ms - r->run_since_ms : 0);
}

void kh_floor_emit_end(const struct kh_decision *d, enum kh_event_type type,
                       const struct kh_request *speech, enum kh_end end)
{
    struct kh_event *event = kh_emit_request(d, type, speech);

    KH_SET(&event->f, spent_ms, spent_at(speech, d->command->at_ms));
    KH_SET(&event->f, end, end);
    if (type == KH_EV_FLOOR_REVOKED)
        kh_emit_by(d, event);
    kh_mic_emit(d, speech->person, KH_MIC_OFF, true);
}

enum kh_refusal kh_floor_decide_release(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    kh_floor_emit_end(d, KH_EV_FLOOR_RELEASED, speech, KH_END_RELEASED);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_floor_decide_revoke(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    kh_floor_emit_end(d, KH_EV_FLOOR_REVOKED, speech, KH_END_REVOKED);
    struct kh_event *revoked = &d->batch->ev[d->batch->n - 2];
    if (KH_HAS(&d->command->f, note))
        KH_SET_TEXT(&revoked->f, note, d->command->f.note);
    return KH_REFUSAL_NONE;
}

/* Is it only the clock that mutes this speech? */
static bool opens_with_time(const struct kh_request *speech)
{
    return speech->muted_by_clock && !speech->muted_by_chair && !speech->muted_by_self &&
           !speech->interrupted;
}

/* An extension of a speech that is over time counts from now on. */
enum kh_refusal kh_floor_decide_extend(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);
    int64_t by_ms = d->command->f.by_ms;

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    if (by_ms <= 0 || by_ms > EXTEND_MAX_MS || speech->limit_ms == 0)
        return KH_REFUSAL_FIELD;
    int64_t spent = spent_at(speech, d->command->at_ms);
    int64_t limit = speech->limit_ms > spent ? speech->limit_ms : spent;
    struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_EXTENDED, speech);
    KH_SET(&event->f, by_ms, by_ms);
    KH_SET(&event->f, limit_ms, limit + by_ms);
    KH_SET(&event->f, ends_at,
           speech->run_since_ms ? d->command->at_ms + limit + by_ms - spent : 0);
    kh_emit_override(d, event);
    kh_emit_by(d, event);
    if (opens_with_time(speech))
        kh_mic_emit(d, speech->person, KH_MIC_LIVE, true);
    return KH_REFUSAL_NONE;
}

/* An interruption: the clock stops and the microphone is silent, the floor stays. */
enum kh_refusal kh_floor_decide_stop(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    if (speech->interrupted)
        return KH_REFUSAL_NONE;
    struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_STOPPED, speech);
    KH_SET(&event->f, spent_ms, spent_at(speech, d->command->at_ms));
    if (speech->mic == KH_MIC_LIVE)
        kh_mic_emit(d, speech->person, KH_MIC_MUTED, false);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_floor_decide_resume(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    if (!speech->interrupted)
        return KH_REFUSAL_NOT_STOPPED;
    uint32_t max = d->state->max_open ? d->state->max_open : KH_OPEN_DEFAULT;
    if (kh_state_open_floors(d->state) >= max)
        return KH_REFUSAL_MICS_BUSY;
    struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_RESUMED, speech);
    KH_SET(&event->f, ends_at,
           speech->limit_ms ? d->command->at_ms + speech->limit_ms - speech->spent_ms : 0);
    if (speech->muted_by_pause && !speech->muted_by_chair && !speech->muted_by_self)
        kh_mic_emit(d, speech->person, KH_MIC_LIVE, false);
    return KH_REFUSAL_NONE;
}

/* Another limit for a running speech, longer or shorter. */
enum kh_refusal kh_floor_decide_limit(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);
    int64_t limit_ms = d->command->f.limit_ms;

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    if (limit_ms <= 0 || limit_ms > 24 * EXTEND_MAX_MS)
        return KH_REFUSAL_FIELD;
    int64_t left_ms = limit_ms - spent_at(speech, d->command->at_ms);
    struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_EXTENDED, speech);
    KH_SET(&event->f, by_ms, limit_ms - speech->limit_ms);
    KH_SET(&event->f, limit_ms, limit_ms);
    KH_SET(&event->f, ends_at, speech->run_since_ms ? d->command->at_ms + left_ms : 0);
    kh_emit_by(d, event);
    if (left_ms > 0 && opens_with_time(speech))
        kh_mic_emit(d, speech->person, KH_MIC_LIVE, true);
    return KH_REFUSAL_NONE;
}

/* The first mark that lies below @left_ms; marks above it have passed silently. */
static unsigned first_mark(const struct kh_marks *marks, int64_t left_ms)
{
    unsigned i = 0;

    while (i < marks->n && marks->left_ms[i] >= left_ms)
        i++;
    return i;
}

static void apply_granted(struct kh_request *r, const struct kh_event *event)
{
    r->state = KH_REQUEST_GRANTED;
    r->granted_ms = event->at_ms;
    r->limit_ms = event->f.limit_ms;
    r->spent_ms = 0;
    r->run_since_ms = event->at_ms;
    r->marks = event->f.marks;
    r->next_mark = first_mark(&r->marks, r->limit_ms);
    r->expired = false;
    r->mic = KH_MIC_MUTED; /* until mic.changed opens it */
}

/* There is time again. An interrupted speech then waits for nothing but its resumption. */
static void unlock_clock(struct kh_request *r)
{
    r->muted_by_pause = r->muted_by_pause || (r->muted_by_clock && r->interrupted);
    r->muted_by_clock = false;
}

static void apply_extended(struct kh_request *r, const struct kh_event *event)
{
    r->limit_ms = event->f.limit_ms;
    r->expired = false;
    if (kh_state_left_ms(r, event->at_ms) > 0)
        unlock_clock(r);
    r->cut_at_ms = 0;
    r->next_mark = first_mark(&r->marks, kh_state_left_ms(r, event->at_ms));
}

/* A running grace stops with the clock: what is left of it waits, at least 1 ms. */
static void apply_stopped(const struct kh_state *state, struct kh_request *r,
                          const struct kh_event *event)
{
    r->interrupted = r->interrupted || state->phase == KH_PHASE_SITTING;
    if (r->run_since_ms != 0 && r->cut_at_ms != 0)
        r->cut_at_ms = r->cut_at_ms > event->at_ms ? r->cut_at_ms - event->at_ms : 1;
    r->spent_ms = event->f.spent_ms;
    r->run_since_ms = 0;
}

static void apply_resumed(struct kh_request *r, const struct kh_event *event)
{
    if (r->run_since_ms == 0 && r->cut_at_ms != 0)
        r->cut_at_ms += event->at_ms;
    r->interrupted = false;
    r->run_since_ms = event->at_ms;
}

static void apply_expired(struct kh_request *r, const struct kh_event *event)
{
    r->expired = true;
    r->cut_at_ms = event->f.expiry == KH_EXPIRY_GRACE ? event->at_ms + event->f.grace_ms : 0;
}

void kh_floor_end(struct kh_state *state, struct kh_request *request, const struct kh_event *event)
{
    struct kh_speech *speech = &state->history[state->n_history++ % KH_HISTORY_MAX];

    *speech = (struct kh_speech){ .request = request->id,
                                  .sitting = state->sitting_no,
                                  .person = request->person,
                                  .target = request->target,
                                  .item = request->item,
                                  .started_ms = request->granted_ms,
                                  .spent_ms = event->f.spent_ms,
                                  .limit_ms = request->limit_ms,
                                  .end = event->f.end };
    KH_TEXT_SET(speech->kind, request->kind);
    kh_floor_drop(state, request);
}

void kh_speech_apply(struct kh_state *state, const struct kh_event *event)
{
    struct kh_request *r = event->f.request ? kh_place_of_request(state, event->f.request) : NULL;

    bool is_grant = event->type == KH_EV_FLOOR_GRANTED;
    if (!r || (r->state == KH_REQUEST_GRANTED) == is_grant)
        return;
    if (is_grant && kh_state_speech(state, r->person))
        return;
    switch ((int)event->type) {
    case KH_EV_FLOOR_GRANTED:
        apply_granted(r, event);
        break;
    case KH_EV_FLOOR_RELEASED:
    case KH_EV_FLOOR_REVOKED:
        kh_floor_end(state, r, event);
        break;
    case KH_EV_FLOOR_EXTENDED:
        apply_extended(r, event);
        break;
    case KH_EV_FLOOR_WARNED:
        r->next_mark++;
        break;
    case KH_EV_FLOOR_EXPIRED:
        apply_expired(r, event);
        break;
    case KH_EV_FLOOR_STOPPED:
        apply_stopped(state, r, event);
        break;
    case KH_EV_FLOOR_RESUMED:
        apply_resumed(r, event);
        break;
    }
}
