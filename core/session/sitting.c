#include "session/part.h"

#include "base/text.h"

#include <string.h>

enum kh_refusal kh_sitting_decide_session_open(const struct kh_decision *d)
{
    struct kh_event *event = kh_emit(d, KH_EV_SESSION_OPENED);

    KH_SET(&event->f, number, d->state->session_no + 1);
    if (KH_HAS(&d->command->f, name))
        KH_SET_TEXT(&event->f, name, d->command->f.name);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_sitting_decide_session_close(const struct kh_decision *d)
{
    struct kh_event *event = kh_emit(d, KH_EV_SESSION_CLOSED);

    KH_SET(&event->f, number, d->state->session_no);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_sitting_decide_open(const struct kh_decision *d)
{
    struct kh_event *event = kh_emit(d, KH_EV_SITTING_OPENED);

    KH_SET(&event->f, number, d->state->sitting_no + 1);
    KH_SET(&event->f, closed, KH_HAS(&d->command->f, closed) && d->command->f.closed);
    kh_emit_override(d, event);
    return KH_REFUSAL_NONE;
}

static bool is_granted(const struct kh_request *r)
{
    return r->id != 0 && r->state == KH_REQUEST_GRANTED;
}

enum kh_refusal kh_sitting_decide_suspend(const struct kh_decision *d)
{
    kh_emit(d, KH_EV_SITTING_SUSPENDED);
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &d->state->requests[i];
        if (!is_granted(r))
            continue;
        if (r->mic == KH_MIC_LIVE)
            kh_mic_emit(d, r->person, KH_MIC_MUTED, false);
        struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_STOPPED, r);
        int64_t run = r->run_since_ms ? d->command->at_ms - r->run_since_ms : 0;
        KH_SET(&event->f, spent_ms, r->spent_ms + run);
    }
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_sitting_decide_resume(const struct kh_decision *d)
{
    kh_emit_override(d, kh_emit(d, KH_EV_SITTING_RESUMED));
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &d->state->requests[i];
        if (!is_granted(r) || r->interrupted)
            continue;
        struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_RESUMED, r);
        int64_t ends_at = r->limit_ms ? d->command->at_ms + r->limit_ms - r->spent_ms : 0;
        KH_SET(&event->f, ends_at, ends_at);
        if (r->muted_by_pause && !r->muted_by_chair && !r->muted_by_self)
            kh_mic_emit(d, r->person, KH_MIC_LIVE, false);
    }
    return KH_REFUSAL_NONE;
}

/* Closing a sitting to the public, or opening it (law 77/2015 Art. 78(4)). */
enum kh_refusal kh_sitting_decide_publish(const struct kh_decision *d)
{
    if (d->state->sitting_closed == d->command->f.closed)
        return KH_REFUSAL_NONE;
    struct kh_event *event = kh_emit(d, KH_EV_SITTING_PUBLISHED);
    KH_SET(&event->f, closed, d->command->f.closed);
    kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_sitting_decide_close(const struct kh_decision *d)
{
    if (kh_state_open_vote(d->state))
        return KH_REFUSAL_VOTE_OPEN;
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &d->state->requests[i];
        if (is_granted(r))
            kh_floor_emit_end(d, KH_EV_FLOOR_RELEASED, r, KH_END_SITTING);
        else if (r->id != 0)
            kh_floor_emit_denied(d, r, "sitting_closed");
    }
    struct kh_event *event = kh_emit(d, KH_EV_SITTING_CLOSED);
    KH_SET(&event->f, number, d->state->sitting_no);
    kh_emit_override(d, event);
    return KH_REFUSAL_NONE;
}

/* Attendance is kept per sitting (procedures.md 1.2, điểm danh). */
static void forget_presence(struct kh_state *state, int64_t at_ms)
{
    for (unsigned i = 0; i < state->n_members; i++) {
        state->members[i].presence = KH_ABSENT;
        state->members[i].remote = state->members[i].lost = false;
        state->members[i].since_ms = at_ms;
    }
}

/* Nobody can answer or vote during a suspension, so these clocks stood still too. */
static void shift_deadlines(struct kh_state *state, int64_t by_ms)
{
    for (unsigned i = 0; i < KH_ASKS_MAX; i++)
        if (state->asks[i].deadline_ms != 0)
            state->asks[i].deadline_ms += by_ms;
    for (unsigned i = 0; i < KH_VOTES_MAX; i++)
        if (state->votes[i].state == KH_VOTE_OPEN && state->votes[i].ends_at_ms != 0)
            state->votes[i].ends_at_ms += by_ms;
}

/* A new session begins with its own agenda, speeches and presence. */
static void begin_session(struct kh_state *state, const struct kh_event *event)
{
    state->phase = KH_PHASE_BREAK;
    state->session_no = event->f.number;
    state->sitting_no = 0;
    KH_TEXT_SET(state->session_name, event->f.name);
    state->item = 0;
    for (unsigned i = 0; i < state->n_items; i++) {
        state->items[i].state = KH_ITEM_WAITING;
        state->items[i].started_ms = state->items[i].finished_ms = 0;
    }
    memset(state->history, 0, sizeof(state->history));
    state->n_history = 0;
    forget_presence(state, event->at_ms);
}

void kh_sitting_apply(struct kh_state *state, const struct kh_event *event)
{
    switch ((int)event->type) {
    case KH_EV_SESSION_OPENED:
        begin_session(state, event);
        break;
    case KH_EV_SESSION_CLOSED:
        state->phase = KH_PHASE_CLOSED;
        break;
    case KH_EV_SITTING_OPENED:
        state->phase = KH_PHASE_SITTING;
        state->sitting_no = event->f.number;
        state->sitting_closed = event->f.closed;
        state->sitting_opened_ms = event->at_ms;
        state->list_closed = false;
        break;
    case KH_EV_SITTING_SUSPENDED:
        state->phase = KH_PHASE_SUSPENDED;
        state->suspended_ms = event->at_ms;
        break;
    case KH_EV_SITTING_RESUMED:
        if (state->phase == KH_PHASE_SUSPENDED)
            shift_deadlines(state, event->at_ms - state->suspended_ms);
        state->phase = KH_PHASE_SITTING;
        break;
    case KH_EV_SITTING_PUBLISHED:
        state->sitting_closed = event->f.closed;
        break;
    case KH_EV_SITTING_CLOSED:
        state->phase = KH_PHASE_BREAK;
        state->sitting_ended_ms = event->at_ms;
        memset(state->asks, 0, sizeof(state->asks));
        forget_presence(state, event->at_ms);
        break;
    }
}
