/* Time: what is due next, and what the clock does to a speech. */
#include "session/part.h"

enum kh_refusal kh_timer_decide_mark(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);

    if (!speech || speech->next_mark >= speech->marks.n)
        return KH_REFUSAL_NO_FLOOR;
    struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_WARNED, speech);
    KH_SET(&event->f, left_ms, speech->marks.left_ms[speech->next_mark]);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_timer_decide_expire(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_EXPIRED, speech);
    KH_SET(&event->f, expiry, d->terms->expiry);
    if (d->terms->expiry == KH_EXPIRY_GRACE)
        KH_SET(&event->f, grace_ms, d->terms->grace_ms);
    if (d->terms->reason.code[0]) {
        event->f.reason = d->terms->reason;
        event->f.present |= KH_BIT(reason);
    }
    if (d->terms->expiry == KH_EXPIRY_MUTE && !speech->muted_by_clock)
        kh_mic_emit(d, speech->person, KH_MIC_MUTED, false);
    if (d->terms->expiry == KH_EXPIRY_YIELD)
        kh_floor_emit_end(d, KH_EV_FLOOR_REVOKED, speech, KH_END_EXPIRED);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_timer_decide_cut(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    kh_floor_emit_end(d, KH_EV_FLOOR_REVOKED, speech, KH_END_EXPIRED);
    return KH_REFUSAL_NONE;
}

/* The earliest thing so far. */
struct due {
    int64_t at_ms;
    struct kh_command command;
};

static void consider(struct due *due, int64_t at_ms, enum kh_command_type type, uint32_t id)
{
    if (at_ms >= due->at_ms)
        return;
    due->at_ms = at_ms;
    due->command = (struct kh_command){ .type = type, .actor = KH_NOBODY };
    if (type == KH_CMD_ASK_TIMEOUT)
        KH_SET(&due->command.f, ask, id);
    else if (type == KH_CMD_VOTE_CLOSE)
        KH_SET(&due->command.f, vote, id);
    else
        KH_SET(&due->command.f, request, id);
}

static void consider_speech(struct due *due, const struct kh_request *r)
{
    int64_t ends_at = kh_state_ends_at(r);

    if (r->id == 0 || r->state != KH_REQUEST_GRANTED || r->run_since_ms == 0)
        return;
    if (ends_at && r->next_mark < r->marks.n)
        consider(due, ends_at - r->marks.left_ms[r->next_mark], KH_CMD_MARK, r->id);
    if (ends_at && !r->expired)
        consider(due, ends_at, KH_CMD_EXPIRE, r->id);
    if (r->cut_at_ms)
        consider(due, r->cut_at_ms, KH_CMD_CUT, r->id);
}

static void consider_vote(struct due *due, const struct kh_state *state, const struct kh_vote *vote)
{
    struct kh_counts counts;

    if (vote->id != 0 && vote->state == KH_VOTE_SEALED && kh_vote_is_tallied(vote))
        consider(due, state->at_ms, KH_CMD_VOTE_CLOSE, vote->id); /* the box was opened */
    if (vote->id == 0 || vote->state != KH_VOTE_OPEN)
        return;
    if (vote->ends_at_ms)
        consider(due, vote->ends_at_ms, KH_CMD_VOTE_CLOSE, vote->id);
    if (!vote->ballot.close_when_all_voted || vote->n_cast == 0 || vote->ended_ms != 0)
        return;
    kh_vote_count(state, vote, 0, &counts);
    if (counts.named[KH_COUNT_NOT_VOTED] == 0)
        consider(due, state->at_ms, KH_CMD_VOTE_CLOSE, vote->id);
}

static struct due earliest(const struct kh_state *state)
{
    struct due due = { .at_ms = INT64_MAX };

    if (state->phase != KH_PHASE_SITTING)
        return due;
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++)
        consider_speech(&due, &state->requests[i]);
    for (unsigned i = 0; i < KH_ASKS_MAX; i++)
        if (state->asks[i].id != 0 && state->asks[i].deadline_ms != 0)
            consider(&due, state->asks[i].deadline_ms, KH_CMD_ASK_TIMEOUT, state->asks[i].id);
    for (unsigned i = 0; i < KH_VOTES_MAX; i++)
        consider_vote(&due, state, &state->votes[i]);
    if (due.at_ms < state->at_ms)
        due.at_ms = state->at_ms; /* a limit that was cut below what is spent: now */
    return due;
}

int64_t kh_wakeup(const struct kh_state *state)
{
    return earliest(state).at_ms;
}

bool kh_due(const struct kh_state *state, int64_t now_ms, struct kh_command *command)
{
    struct due due = earliest(state);

    if (due.at_ms > now_ms)
        return false;
    *command = due.command;
    command->at_ms = due.at_ms;
    return true;
}
