/* What may follow a count: a tie that the chair decides, the same vote in another form, a later
 * day. */
#include "session/part.h"

#include "base/text.h"

#include <string.h>

static bool is_for_the_chair(const struct kh_vote *vote)
{
    bool chair_decides =
        vote->ballot.tie == KH_TIE_CASTING || vote->ballot.tie == KH_TIE_PREPONDERANT;

    return vote->state == KH_VOTE_CLOSED && vote->result.outcome == KH_OUTCOME_TIED &&
           chair_decides;
}

/* For or against, or one of those who are equal at the top. */
static bool may_win(const struct kh_vote *vote, int option)
{
    enum kh_stand as = vote->ballot.options[option].as;

    return as == KH_STAND_FOR || as == KH_STAND_AGAINST ||
           kh_contest_top(&vote->ballot, &vote->result.counts[0]) >> option & 1;
}

void kh_revote_emit_decided(const struct kh_decision *d, const struct kh_vote *vote, int option)
{
    struct kh_result *result = &d->batch->result;
    bool is_against = vote->ballot.options[option].as == KH_STAND_AGAINST;
    bool is_lot = d->command->type == KH_CMD_LOT_DRAW;

    *result = d->terms->result ? *d->terms->result : vote->result;
    if (!d->terms->result) {
        result->outcome = is_against ? KH_OUTCOME_REJECTED : KH_OUTCOME_PASSED;
        KH_TEXT_SET(result->word, kh_outcome_words[result->outcome]);
        kh_vote_explain_winner(&vote->ballot, option,
                               is_lot ? "Bốc thăm chọn: " : "Chủ tọa quyết định: ",
                               is_lot ? "Drawn by lot: " : "The chair decides: ", result);
    }
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_DECIDED);
    KH_SET(&event->f, vote, vote->id);
    event->f.choice = (struct kh_choice){ .n = 1, .options = { (uint16_t)(1u << option) } };
    event->f.present |= KH_BIT(choice);
    KH_SET(&event->f, result, result);
    kh_emit_by(d, event);
}

/* The first count stays; only the outcome is the chair's (UK: LGA 1972 Sch 12 para 39(2);
 * CH: ParlG 80; FR: CGCT L2121-20). */
enum kh_refusal kh_revote_decide_decide(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);
    const struct kh_choice *choice = &d->command->f.choice;

    if (!is_for_the_chair(vote))
        return KH_REFUSAL_NO_TIE;
    int option = choice->n == 1 ? kh_contest_only(choice->options[0]) : -1;
    if (option < 0 || !may_win(vote, option))
        return KH_REFUSAL_CHOICE;
    kh_revote_emit_decided(d, vote, option);
    return KH_REFUSAL_NONE;
}

/* Again, from nothing, perhaps in another form; the first count stays in the journal. */
enum kh_refusal kh_revote_decide_reopen(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;
    const struct kh_vote *vote = kh_state_vote(d->state, f->vote);
    const struct kh_vote *open = kh_state_open_vote(d->state);
    enum kh_form form = KH_HAS(f, form) ? f->form : vote->ballot.form;

    if (vote->state == KH_VOTE_CANCELLED)
        return KH_REFUSAL_VOTE_STATE;
    if (open && open != vote)
        return KH_REFUSAL_VOTE_OPEN;
    if (vote->ballot.secrecy == KH_SECRECY_SECRET && form == KH_FORM_ELECTRONIC)
        return KH_REFUSAL_SECRET_FORM;
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_REOPENED);
    KH_SET(&event->f, vote, vote->id);
    KH_SET(&event->f, form, form);
    if (vote->ballot.timer_ms > 0)
        KH_SET(&event->f, ends_at, d->command->at_ms + vote->ballot.timer_ms);
    kh_emit_by(d, event);
    kh_emit_override(d, event);
    return KH_REFUSAL_NONE;
}

/* An open vote, or one whose tie is to be voted on again later (UN General Assembly rule 95). */
static bool may_be_deferred(const struct kh_vote *vote)
{
    bool is_tie = vote->state == KH_VOTE_CLOSED && vote->result.outcome == KH_OUTCOME_TIED &&
                  vote->ballot.tie == KH_TIE_REVOTE;

    return vote->state == KH_VOTE_OPEN || is_tie;
}

enum kh_refusal kh_revote_decide_defer(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);

    if (!may_be_deferred(vote))
        return KH_REFUSAL_VOTE_STATE;
    if (KH_HAS(&d->command->f, ends_at) && d->command->f.ends_at <= d->command->at_ms)
        return KH_REFUSAL_FIELD;
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_DEFERRED);
    KH_SET(&event->f, vote, vote->id);
    if (KH_HAS(&d->command->f, ends_at))
        KH_SET(&event->f, ends_at, d->command->f.ends_at);
    if (KH_HAS(&d->command->f, note))
        KH_SET_TEXT(&event->f, note, d->command->f.note);
    kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

static void apply_decided(struct kh_vote *vote, const struct kh_event *event)
{
    if (vote->state != KH_VOTE_CLOSED || !event->f.result)
        return;
    vote->result = *event->f.result;
    vote->decided = true;
    vote->decided_by = KH_HAS(&event->f, by) ? event->f.by : KH_NOBODY;
}

static void apply_reopened(struct kh_state *state, struct kh_vote *vote,
                           const struct kh_event *event)
{
    const struct kh_vote *open = kh_state_open_vote(state);

    if (vote->state == KH_VOTE_CANCELLED || (open && open != vote))
        return;
    vote->state = KH_VOTE_OPEN;
    vote->ballot.form = event->f.form;
    vote->opened_ms = event->at_ms;
    vote->closed_ms = 0;
    vote->ends_at_ms = event->f.ends_at;
    vote->decided = false;
    memset(&vote->result, 0, sizeof(vote->result));
    kh_vote_call(state, vote);
}

void kh_revote_apply(struct kh_state *state, const struct kh_event *event)
{
    struct kh_vote *vote = kh_place_of_vote(state, event->f.vote);

    if (!vote)
        return;
    switch ((int)event->type) {
    case KH_EV_VOTE_DECIDED:
        apply_decided(vote, event);
        break;
    case KH_EV_VOTE_REOPENED:
        apply_reopened(state, vote, event);
        break;
    case KH_EV_VOTE_DEFERRED:
        if (!may_be_deferred(vote))
            break;
        vote->state = KH_VOTE_DEFERRED;
        vote->due_ms = event->f.ends_at;
        break;
    }
}
