/* Secret votes at the desks: papers by name, ballots without one. The ballots themselves never come
 * here; core/box/README.md tells the whole course. */
#include "session/part.h"

#include "base/text.h"

#include <string.h>

/* A posted ballot has to fit through the door: 64 KiB with the text around it. */
enum { BALLOT_BYTES_MAX = 45000 };

static bool fits(const struct kh_ballot *ballot)
{
    unsigned subjects = ballot->n_subjects ? ballot->n_subjects : 1;
    unsigned sums = ballot->select_max - ballot->select_min + 1;

    return subjects * (ballot->n_options * 192 + sums * 64) <= BALLOT_BYTES_MAX;
}

/* "A candidate may not sit on it" (e.g. guideline 883/HD-UBTVQH14 section 5(a)). */
static bool is_candidate_counting(const struct kh_state *state, const struct kh_ballot *ballot)
{
    unsigned n = ballot->n_candidates ? ballot->n_candidates : ballot->n_subjects;

    for (unsigned i = 0; i < n; i++) {
        kh_person person = kh_state_person(state, ballot->n_candidates ? ballot->options[i].id
                                                                       : ballot->subjects[i].id);
        if (person != KH_NOBODY && kh_state_committee_place(state, person) >= 0)
            return true;
    }
    return false;
}

enum kh_refusal kh_secret_permit_open(const struct kh_state *state, const struct kh_ballot *ballot)
{
    if (ballot->secrecy != KH_SECRECY_SECRET || ballot->form != KH_FORM_ELECTRONIC)
        return KH_REFUSAL_NONE;
    if (ballot->weighted || !fits(ballot))
        return KH_REFUSAL_SECRET_FORM; /* a weight would tell whose ballot it is */
    if (!kh_state_committee_is_ready(state))
        return KH_REFUSAL_NO_COMMITTEE;
    return is_candidate_counting(state, ballot) ? KH_REFUSAL_CANDIDATE : KH_REFUSAL_NONE;
}

static bool is_paper(const char *paper)
{
    return strlen(paper) == KH_POINT_BYTES - 1;
}

static struct kh_event *emit_vote(const struct kh_decision *d, enum kh_event_type type)
{
    struct kh_event *event = kh_emit(d, type);

    KH_SET(&event->f, vote, d->command->f.vote);
    return event;
}

enum kh_refusal kh_secret_decide_paper(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);

    if (vote->state != KH_VOTE_OPEN || !kh_vote_is_sealable(vote) ||
        vote->secret.paper_key[0] != '\0')
        return KH_REFUSAL_VOTE_STATE;
    struct kh_event *event = emit_vote(d, KH_EV_VOTE_PAPERED);
    KH_SET_TEXT(&event->f, paper_key, d->command->f.paper_key);
    return KH_REFUSAL_NONE;
}

/* One paper a voter; the same one again is signed again, for its answer may have been lost. */
enum kh_refusal kh_secret_decide_claim(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;
    const struct kh_vote *vote = kh_state_vote(d->state, f->vote);
    kh_person person = kh_command_person(d->command), actor = d->command->actor;

    if (vote->state != KH_VOTE_OPEN || !kh_vote_is_sealable(vote))
        return KH_REFUSAL_VOTE_STATE;
    if (person != actor &&
        (!vote->ballot.proxies || kh_state_proxy_holder(d->state, person) != actor))
        return KH_REFUSAL_NO_PROXY;
    if (person == KH_NOBODY || !kh_vote_eligible(d->state, vote, person))
        return KH_REFUSAL_NOT_ELIGIBLE;
    if (!is_paper(f->paper))
        return KH_REFUSAL_FIELD;
    if (kh_bit_get(vote->secret.issued, person))
        return strcmp(d->state->papers.paper[person], f->paper) == 0 ? KH_REFUSAL_NONE
                                                                     : KH_REFUSAL_ISSUED;
    struct kh_event *event = kh_emit_person(d, KH_EV_VOTE_ISSUED, person);
    KH_SET(&event->f, vote, vote->id);
    KH_SET_TEXT(&event->f, paper, f->paper);
    if (person != actor)
        kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

/* vote.close of a secret vote: nothing is known yet that could be judged. */
enum kh_refusal kh_secret_decide_seal(const struct kh_decision *d)
{
    if (kh_state_vote(d->state, d->command->f.vote)->state != KH_VOTE_OPEN)
        return KH_REFUSAL_VOTE_STATE;
    emit_vote(d, KH_EV_VOTE_SEALED);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_secret_decide_box(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;
    const struct kh_vote *vote = kh_state_vote(d->state, f->vote);

    if (vote->state != KH_VOTE_SEALED || vote->secret.boxed)
        return KH_REFUSAL_VOTE_STATE;
    if (f->number > vote->secret.n_issued)
        return KH_REFUSAL_OVERFULL;
    struct kh_event *event = emit_vote(d, KH_EV_VOTE_BOXED);
    KH_SET(&event->f, number, f->number);
    KH_SET_TEXT(&event->f, hash, f->hash);
    KH_SET_TEXT(&event->f, paper_secret, f->paper_secret);
    return KH_REFUSAL_NONE;
}

static bool awaits_opening(const struct kh_vote *vote)
{
    return vote->state == KH_VOTE_SEALED && vote->secret.boxed && !vote->secret.counted;
}

enum kh_refusal kh_secret_decide_unseal(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);
    int place = kh_state_committee_place(d->state, d->command->actor);

    if (place < 0)
        return KH_REFUSAL_NOT_MEMBER;
    if (!awaits_opening(vote) || vote->secret.n_boxed == 0)
        return KH_REFUSAL_VOTE_STATE;
    if (vote->secret.unsealed >> place & 1)
        return KH_REFUSAL_NONE;
    struct kh_event *event = kh_emit_person(d, KH_EV_VOTE_UNSEALED, d->command->actor);
    KH_SET(&event->f, vote, vote->id);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_secret_decide_count(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;
    const struct kh_vote *vote = kh_state_vote(d->state, f->vote);

    if (!awaits_opening(vote))
        return KH_REFUSAL_VOTE_STATE;
    if (kh_vote_most_ballots(vote, f->counts) > vote->secret.n_boxed)
        return KH_REFUSAL_CHOICE;
    struct kh_event *event = emit_vote(d, KH_EV_VOTE_TALLIED);
    KH_SET(&event->f, form, KH_FORM_ELECTRONIC);
    KH_SET(&event->f, counts, f->counts);
    return KH_REFUSAL_NONE;
}

/* --- applying --- */

static void apply_issued(struct kh_state *state, struct kh_vote *vote, const struct kh_event *event)
{
    kh_person person = event->f.person;

    if (person >= KH_PERSONS_MAX)
        return;
    if (state->papers.vote != vote->id) {
        memset(&state->papers, 0, sizeof(state->papers));
        state->papers.vote = vote->id;
    }
    if (!kh_bit_get(vote->secret.issued, person))
        vote->secret.n_issued++;
    kh_bit_set(vote->secret.issued, person);
    kh_bit_set(vote->eligible, person);
    KH_TEXT_SET(state->papers.paper[person], event->f.paper);
}

static void apply_sealed(const struct kh_state *state, struct kh_vote *vote,
                         const struct kh_event *event)
{
    if (vote->state != KH_VOTE_OPEN)
        return;
    vote->secret.in_office = kh_state_in_office(state);
    vote->secret.present = kh_state_present(state);
    kh_vote_end(state, vote, event, KH_VOTE_SEALED);
}

static void apply_boxed(struct kh_secret *secret, const struct kh_fields *f)
{
    secret->boxed = true;
    secret->n_boxed = f->number;
    KH_TEXT_SET(secret->hash, f->hash);
    KH_TEXT_SET(secret->paper_secret, f->paper_secret);
}

void kh_secret_apply(struct kh_state *state, const struct kh_event *event)
{
    struct kh_vote *vote = kh_place_of_vote(state, event->f.vote);
    int place = kh_state_committee_place(state, event->f.person);

    if (!vote || !kh_vote_is_sealable(vote))
        return;
    switch ((int)event->type) {
    case KH_EV_VOTE_PAPERED:
        KH_TEXT_SET(vote->secret.paper_key, event->f.paper_key);
        break;
    case KH_EV_VOTE_ISSUED:
        apply_issued(state, vote, event);
        break;
    case KH_EV_VOTE_SEALED:
        apply_sealed(state, vote, event);
        break;
    case KH_EV_VOTE_BOXED:
        apply_boxed(&vote->secret, &event->f);
        break;
    case KH_EV_VOTE_UNSEALED:
        if (place >= 0)
            vote->secret.unsealed |= (uint16_t)(1 << place);
        break;
    }
}
