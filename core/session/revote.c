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

/* The option that a choice of exactly one names, NULL otherwise. */
static const struct kh_option *only_option(const struct kh_ballot *ballot,
                                           const struct kh_choice *choice)
{
    for (unsigned o = 0; o < ballot->n_options; o++)
        if (choice->n == 1 && choice->options[0] == 1u << o)
            return &ballot->options[o];
    return NULL;
}

/* The first count stays; only the outcome is the chair's (UK: LGA 1972 Sch 12 para 39(2);
 * CH: ParlG 80; FR: CGCT L2121-20). */
enum kh_refusal kh_revote_decide_decide(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);
    const struct kh_option *option = only_option(&vote->ballot, &d->command->f.choice);
    struct kh_result *result = &d->batch->result;

    if (!is_for_the_chair(vote))
        return KH_REFUSAL_NO_TIE;
    if (!option || (option->as != KH_STAND_FOR && option->as != KH_STAND_AGAINST))
        return KH_REFUSAL_CHOICE;
    *result = d->terms->result ? *d->terms->result : vote->result;
    if (!d->terms->result) {
        result->outcome = option->as == KH_STAND_FOR ? KH_OUTCOME_PASSED : KH_OUTCOME_REJECTED;
        KH_TEXT_SET(result->word, kh_outcome_words[result->outcome]);
    }
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_DECIDED);
    KH_SET(&event->f, vote, vote->id);
    KH_SET(&event->f, choice, d->command->f.choice);
    KH_SET(&event->f, result, result);
    kh_emit_by(d, event);
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
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_revote_decide_defer(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);

    if (vote->state != KH_VOTE_OPEN)
        return KH_REFUSAL_VOTE_STATE;
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_DEFERRED);
    KH_SET(&event->f, vote, vote->id);
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
        if (vote->state == KH_VOTE_OPEN)
            vote->state = KH_VOTE_DEFERRED;
        break;
    }
}
