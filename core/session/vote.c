#include "session/part.h"

#include "base/text.h"

#include <string.h>

/* --- counting --- */

bool kh_vote_eligible(const struct kh_state *state, const struct kh_vote *vote, kh_person person)
{
    if (person >= state->n_members || !kh_state_has_vote(&state->members[person]))
        return false;
    const struct kh_member *member = &state->members[person];
    if (vote->ballot.proxies && vote->state == KH_VOTE_OPEN &&
        kh_state_proxy_holder(state, person) != KH_NOBODY)
        return true;
    if (vote->ballot.eligible == KH_ELIGIBLE_CHECKED_IN && vote->state == KH_VOTE_OPEN)
        return member->presence == KH_PRESENT || kh_bit_get(vote->cast, person);
    return kh_bit_get(vote->eligible, person);
}

/* What one member counts in this vote. */
static uint32_t weight_of(const struct kh_vote *vote, const struct kh_member *member)
{
    return vote->ballot.weighted ? member->profile.weight : 1;
}

static void count_people(const struct kh_state *state, const struct kh_vote *vote,
                         struct kh_counts *counts)
{
    uint32_t *n = counts->named;

    for (unsigned i = 0; i < state->n_members; i++) {
        const struct kh_member *member = &state->members[i];
        uint32_t weight = weight_of(vote, member);
        bool has_vote = kh_state_has_vote(member);
        if (!(member->profile.roles & KH_ROLE_DELEGATE))
            continue;
        n[KH_COUNT_SEATS] += weight;
        n[KH_COUNT_EXCUSED] += member->presence == KH_EXCUSED ? weight : 0;
        n[KH_COUNT_ELIGIBLE] += kh_vote_eligible(state, vote, (kh_person)i) ? weight : 0;
        n[KH_COUNT_IN_OFFICE] += has_vote ? weight : 0;
        n[KH_COUNT_PRESENT_AT_CLOSE] += has_vote && member->presence == KH_PRESENT ? weight : 0;
    }
    n[KH_COUNT_PRESENT_AT_OPEN] = vote->present_at_open;
    n[KH_COUNT_ISSUED] = n[KH_COUNT_ELIGIBLE];
    n[KH_COUNT_ONE] = 1;
    if (!kh_vote_is_sealable(vote))
        return;
    n[KH_COUNT_ISSUED] = vote->secret.n_issued;
    if (vote->state != KH_VOTE_SEALED && !vote->secret.boxed)
        return;
    n[KH_COUNT_IN_OFFICE] = vote->secret.in_office;
    n[KH_COUNT_PRESENT_AT_CLOSE] = vote->secret.present;
}

static void count_ballots(const struct kh_state *state, const struct kh_vote *vote,
                          unsigned subject, struct kh_counts *counts)
{
    for (unsigned i = 0; i < state->n_members; i++) {
        if (!kh_bit_get(vote->cast, i))
            continue;
        uint32_t weight = weight_of(vote, &state->members[i]);
        counts->named[KH_COUNT_CAST] += weight;
        for (unsigned o = 0; o < vote->ballot.n_options; o++)
            counts->option[o] += vote->choice[subject][i] >> o & 1 ? weight : 0;
    }
}

static void count_tally(const struct kh_vote *vote, unsigned subject, struct kh_counts *counts)
{
    const struct kh_tally_of *tally = &vote->tally.subject[subject];

    counts->named[KH_COUNT_CAST] = tally->invalid;
    counts->named[KH_COUNT_INVALID] = tally->invalid;
    for (unsigned o = 0; o < vote->ballot.n_options; o++) {
        counts->option[o] = tally->option[o];
        counts->named[KH_COUNT_CAST] += tally->option[o];
    }
    if (vote->secret.counted)
        counts->named[KH_COUNT_CAST] = vote->secret.n_boxed;
}

static void count_stands(const struct kh_vote *vote, struct kh_counts *counts)
{
    static const enum kh_count of[] = {
        [KH_STAND_FOR] = KH_COUNT_FOR,         [KH_STAND_AGAINST] = KH_COUNT_AGAINST,
        [KH_STAND_ABSTAIN] = KH_COUNT_ABSTAIN, [KH_STAND_ASIDE] = KH_COUNT_STAND_ASIDE,
        [KH_STAND_BLOCK] = KH_COUNT_BLOCK,     [KH_STAND_BLANK] = KH_COUNT_BLANK,
    };

    for (unsigned o = 0; o < vote->ballot.n_options; o++)
        if (vote->ballot.options[o].as != KH_STAND_OTHER)
            counts->named[of[vote->ballot.options[o].as]] += counts->option[o];
}

/* Votes for options that are neither for nor against, where each voter has one. */
static uint32_t others(const struct kh_vote *vote, const struct kh_counts *counts)
{
    uint32_t n = 0;

    for (unsigned o = 0; vote->ballot.select_max == 1 && o < vote->ballot.n_options; o++)
        if (vote->ballot.options[o].as == KH_STAND_OTHER)
            n += counts->option[o];
    return n;
}

void kh_vote_count(const struct kh_state *state, const struct kh_vote *vote, unsigned subject,
                   struct kh_counts *counts)
{
    uint32_t *n = counts->named;

    memset(counts, 0, sizeof(*counts));
    count_people(state, vote, counts);
    if (kh_vote_is_tallied(vote))
        count_tally(vote, subject, counts);
    else
        count_ballots(state, vote, subject, counts);
    count_stands(vote, counts);
    n[KH_COUNT_RETURNED] = n[KH_COUNT_CAST];
    n[KH_COUNT_VALID] = n[KH_COUNT_CAST] - n[KH_COUNT_INVALID];
    n[KH_COUNT_EXPRESSED] = n[KH_COUNT_FOR] + n[KH_COUNT_AGAINST] + others(vote, counts);
    kh_contest_count(&vote->ballot, counts);
    n[KH_COUNT_NOT_VOTED] =
        n[KH_COUNT_ELIGIBLE] > n[KH_COUNT_CAST] ? n[KH_COUNT_ELIGIBLE] - n[KH_COUNT_CAST] : 0;
}

/* --- deciding --- */

/* The neutral ballot: the law's three options (Art. 91(1) of law 77/2015), no rule to judge by. */
static void neutral_ballot(struct kh_ballot *ballot, const char *type)
{
    memset(ballot, 0, sizeof(*ballot));
    KH_TEXT_SET(ballot->type, type);
    KH_TEXT_SET(ballot->vi, "Biểu quyết");
    KH_TEXT_SET(ballot->en, "Vote");
    ballot->n_options = 3;
    ballot->options[0] = (struct kh_option){ "for", "Tán thành", "For", KH_STAND_FOR };
    ballot->options[1] =
        (struct kh_option){ "against", "Không tán thành", "Against", KH_STAND_AGAINST };
    ballot->options[2] =
        (struct kh_option){ "abstain", "Không biểu quyết", "Not voting", KH_STAND_ABSTAIN };
    ballot->select_min = ballot->select_max = 1;
    ballot->secrecy = KH_SECRECY_NAMED_AFTER;
}

enum kh_refusal kh_vote_decide_open(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;
    const struct kh_ballot *ballot = d->terms->ballot;
    kh_item item = KH_HAS(f, item) ? f->item : kh_state_current_item(d->state);

    if (kh_state_open_vote(d->state))
        return KH_REFUSAL_VOTE_OPEN;
    if (!ballot) {
        neutral_ballot(&d->batch->ballot, f->type);
        ballot = &d->batch->ballot;
    }
    enum kh_refusal refusal = kh_secret_permit_open(d->state, ballot);
    if (refusal != KH_REFUSAL_NONE)
        return refusal;
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_OPENED);
    KH_SET(&event->f, vote, d->state->last_vote + 1);
    KH_SET_TEXT(&event->f, question, f->question);
    KH_SET(&event->f, ballot, ballot);
    if (item != KH_NO_ITEM)
        KH_SET(&event->f, item, item);
    if (ballot->timer_ms > 0)
        KH_SET(&event->f, ends_at, d->command->at_ms + ballot->timer_ms);
    kh_emit_override(d, event);
    return KH_REFUSAL_NONE;
}

static unsigned bits(uint16_t mask)
{
    unsigned n = 0;

    for (; mask; mask &= (uint16_t)(mask - 1))
        n++;
    return n;
}

static bool is_choice(const struct kh_ballot *ballot, const struct kh_choice *choice)
{
    unsigned subjects = ballot->n_subjects ? ballot->n_subjects : 1;

    if (choice->n != subjects)
        return false;
    for (unsigned s = 0; s < subjects; s++) {
        unsigned n = bits(choice->options[s]);
        if (n < ballot->select_min || n > ballot->select_max ||
            choice->options[s] >> ballot->n_options)
            return false;
    }
    return true;
}

enum kh_refusal kh_vote_decide_cast(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);
    kh_person person = kh_command_person(d->command), actor = d->command->actor;

    if (vote->state == KH_VOTE_CLOSED && vote->ended_ms != 0)
        return KH_REFUSAL_ANNOUNCED;
    if (vote->state != KH_VOTE_OPEN)
        return KH_REFUSAL_VOTE_STATE;
    if (person != actor &&
        (!vote->ballot.proxies || kh_state_proxy_holder(d->state, person) != actor))
        return KH_REFUSAL_NO_PROXY;
    if (vote->ballot.secrecy == KH_SECRECY_SECRET)
        return KH_REFUSAL_SECRET_FORM; /* it would be stored beside the name */
    if (vote->ballot.form != KH_FORM_ELECTRONIC)
        return KH_REFUSAL_HAND_FORM;
    if (person == KH_NOBODY || !kh_vote_eligible(d->state, vote, person))
        return KH_REFUSAL_NOT_ELIGIBLE;
    if (!is_choice(&vote->ballot, &d->command->f.choice))
        return KH_REFUSAL_CHOICE;
    if (kh_bit_get(vote->cast, person) && vote->ballot.change == KH_CHANGE_NEVER)
        return KH_REFUSAL_VOTED;
    if (vote->ended_ms != 0 && !kh_bit_get(vote->cast, person))
        return KH_REFUSAL_ENDED;
    struct kh_event *event = kh_emit_person(d, KH_EV_VOTE_CAST, person);
    KH_SET(&event->f, vote, vote->id);
    KH_SET(&event->f, choice, d->command->f.choice);
    if (person != actor)
        kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

/* How many ballots a count speaks of, at least. */
static uint64_t ballots_of(const struct kh_vote *vote, const struct kh_tally_of *tally)
{
    uint64_t all = 0, most = 0;

    for (unsigned o = 0; o < KH_OPTIONS_MAX; o++) {
        all += tally->option[o];
        most = tally->option[o] > most ? tally->option[o] : most;
    }
    return (vote->ballot.select_max == 1 ? all : most) + tally->invalid;
}

uint64_t kh_vote_most_ballots(const struct kh_vote *vote, const struct kh_tally *tally)
{
    unsigned subjects = vote->ballot.n_subjects ? vote->ballot.n_subjects : 1;
    uint64_t most = 0;

    for (unsigned s = 0; s < subjects; s++) {
        uint64_t n = ballots_of(vote, &tally->subject[s]);
        most = n > most ? n : most;
    }
    return most;
}

/* Not more ballots than there are voters, on any subject. */
static bool is_tally(const struct kh_state *state, const struct kh_vote *vote,
                     const struct kh_tally *tally)
{
    struct kh_counts counts;

    kh_vote_count(state, vote, 0, &counts);
    return kh_vote_most_ballots(vote, tally) <= counts.named[KH_COUNT_IN_OFFICE];
}

/* Counts by hand need two people (procedures.md 5.8(7)): the first enters, the second enters the
 * same numbers and so confirms; the first may correct until then. */
enum kh_refusal kh_vote_decide_tally(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;
    const struct kh_vote *vote = kh_state_vote(d->state, f->vote);

    if (vote->state != KH_VOTE_OPEN)
        return KH_REFUSAL_VOTE_STATE;
    if (kh_vote_is_sealable(vote))
        return KH_REFUSAL_SECRET_FORM; /* only the box may say */
    if (vote->tally_confirmed_by != KH_NOBODY)
        return KH_REFUSAL_VOTED;
    if (!is_tally(d->state, vote, f->counts))
        return KH_REFUSAL_CHOICE;
    bool is_second = vote->tally_by != KH_NOBODY && vote->tally_by != d->command->actor;
    bool is_same =
        vote->tally_form == f->form && memcmp(&vote->tally, f->counts, sizeof(vote->tally)) == 0;
    if (is_second && !is_same)
        return KH_REFUSAL_TALLY_DIFFERS;
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_TALLIED);
    KH_SET(&event->f, vote, vote->id);
    KH_SET(&event->f, form, f->form);
    KH_SET(&event->f, counts, f->counts);
    kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

/* A tie that age decides (CGCT L2121-21; 71/2022/QH15 Art. 29(3)(a)). */
static int oldest_of(const struct kh_state *state, const struct kh_vote *vote,
                     const struct kh_result *result)
{
    if (result->outcome != KH_OUTCOME_TIED || vote->ballot.tie != KH_TIE_OLDEST)
        return -1;
    return kh_contest_oldest(state, &vote->ballot,
                             kh_contest_top(&vote->ballot, &result->counts[0]));
}

void kh_vote_judge(const struct kh_state *state, const struct kh_vote *vote,
                   struct kh_result *result)
{
    memset(result, 0, sizeof(*result));
    result->n_subjects = vote->ballot.n_subjects ? vote->ballot.n_subjects : 1;
    for (unsigned s = 0; s < result->n_subjects; s++)
        kh_vote_count(state, vote, s, &result->counts[s]);
    if (result->n_subjects == 1)
        result->outcome = kh_ballot_judge(&vote->ballot, &result->counts[0]);
    int oldest = oldest_of(state, vote, result);
    kh_vote_explain(&vote->ballot, result);
    if (oldest >= 0) {
        result->outcome = KH_OUTCOME_PASSED;
        kh_vote_explain_winner(&vote->ballot, oldest,
                               "Người nhiều tuổi hơn trúng cử: ", "The older is elected: ", result);
    }
    KH_TEXT_SET(result->word, kh_outcome_words[result->outcome]);
}

static enum kh_refusal close_with_result(const struct kh_decision *d, const struct kh_vote *vote)
{
    const struct kh_result *result = d->terms->result;

    if (!result) {
        kh_vote_judge(d->state, vote, &d->batch->result);
        result = &d->batch->result;
    }
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_CLOSED);
    KH_SET(&event->f, vote, vote->id);
    KH_SET(&event->f, result, result);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_vote_decide_close(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);

    if (kh_vote_is_sealable(vote) && !kh_vote_is_tallied(vote))
        return kh_secret_decide_seal(d);
    if (vote->state != KH_VOTE_OPEN && vote->state != KH_VOTE_SEALED)
        return KH_REFUSAL_VOTE_STATE;
    if (vote->ended_ms != 0)
        return KH_REFUSAL_ENDED;
    if (!kh_vote_only_ends(vote))
        return close_with_result(d, vote);
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_ENDED);
    KH_SET(&event->f, vote, vote->id);
    kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

/* Until now those who voted could change it; from now on it is the result. */
enum kh_refusal kh_vote_decide_announce(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);

    if (vote->state == KH_VOTE_CLOSED)
        return KH_REFUSAL_ANNOUNCED;
    if (vote->state != KH_VOTE_OPEN || vote->ended_ms == 0)
        return KH_REFUSAL_NOT_ENDED;
    return close_with_result(d, vote);
}

enum kh_refusal kh_vote_decide_cancel(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);

    if (vote->state != KH_VOTE_OPEN && vote->state != KH_VOTE_SEALED)
        return KH_REFUSAL_VOTE_STATE;
    struct kh_event *event = kh_emit(d, KH_EV_VOTE_CANCELLED);
    KH_SET(&event->f, vote, vote->id);
    KH_SET_TEXT(&event->f, note, d->command->f.note);
    kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

/* --- applying --- */

struct kh_vote *kh_place_of_vote(struct kh_state *state, uint32_t id)
{
    const struct kh_vote *vote = kh_state_vote(state, id);

    return vote ? &state->votes[vote - state->votes] : NULL;
}

/* A free place, or that of the oldest vote that is over. */
static struct kh_vote *oldest_place(struct kh_state *state)
{
    struct kh_vote *oldest = NULL;

    for (unsigned i = 0; i < KH_VOTES_MAX; i++) {
        struct kh_vote *vote = &state->votes[i];
        bool is_over = vote->state != KH_VOTE_OPEN && vote->state != KH_VOTE_DEFERRED &&
                       vote->state != KH_VOTE_SEALED;
        if (is_over && (!oldest || vote->id < oldest->id))
            oldest = vote;
    }
    return oldest;
}

void kh_vote_call(const struct kh_state *state, struct kh_vote *vote)
{
    vote->times_opened++;
    vote->n_cast = 0;
    memset(vote->cast, 0, sizeof(vote->cast));
    memset(vote->eligible, 0, sizeof(vote->eligible));
    memset(vote->choice, 0, sizeof(vote->choice));
    memset(&vote->tally, 0, sizeof(vote->tally));
    memset(&vote->secret, 0, sizeof(vote->secret));
    vote->tally_by = vote->tally_confirmed_by = vote->decided_by = KH_NOBODY;
    vote->present_at_open = 0;
    vote->ended_ms = vote->due_ms = 0;
    for (unsigned i = 0; i < state->n_members; i++) {
        const struct kh_member *m = &state->members[i];
        bool is_present = m->presence == KH_PRESENT;
        if (!kh_state_has_vote(m))
            continue;
        vote->present_at_open += is_present ? weight_of(vote, m) : 0;
        if (is_present || vote->ballot.eligible == KH_ELIGIBLE_ALL)
            kh_bit_set(vote->eligible, i);
    }
}

static void apply_opened(struct kh_state *state, const struct kh_event *event)
{
    struct kh_vote *vote = oldest_place(state);

    if (!vote || !event->f.ballot || event->f.vote == 0 || kh_state_vote(state, event->f.vote))
        return;
    memset(vote, 0, sizeof(*vote));
    vote->id = event->f.vote;
    vote->state = KH_VOTE_OPEN;
    vote->item = KH_HAS(&event->f, item) ? event->f.item : KH_NO_ITEM;
    KH_TEXT_SET(vote->question, event->f.question);
    vote->ballot = *event->f.ballot;
    vote->opened_ms = event->at_ms;
    vote->ends_at_ms = event->f.ends_at;
    kh_vote_call(state, vote);
    if (vote->id > state->last_vote)
        state->last_vote = vote->id;
}

static void apply_cast(struct kh_vote *vote, const struct kh_event *event)
{
    kh_person person = event->f.person;

    if (person >= KH_PERSONS_MAX || vote->ballot.secrecy == KH_SECRECY_SECRET ||
        vote->state != KH_VOTE_OPEN)
        return;
    if (!kh_bit_get(vote->cast, person))
        vote->n_cast++;
    kh_bit_set(vote->cast, person);
    kh_bit_set(vote->eligible, person);
    for (unsigned s = 0; s < event->f.choice.n && s < KH_SUBJECTS_MAX; s++)
        vote->choice[s][person] = event->f.choice.options[s];
}

void kh_vote_end(const struct kh_state *state, struct kh_vote *vote, const struct kh_event *event,
                 enum kh_vote_state end)
{
    uint64_t eligible[KH_PERSONS_MAX / 64] = { 0 };

    for (unsigned i = 0; i < state->n_members; i++)
        if (kh_vote_eligible(state, vote, (kh_person)i))
            kh_bit_set(eligible, i);
    memcpy(vote->eligible, eligible, sizeof(eligible));
    vote->state = end;
    vote->closed_ms = event->at_ms;
}

static void apply_tallied(struct kh_vote *vote, const struct kh_event *event)
{
    kh_person by = KH_HAS(&event->f, by) ? event->f.by : KH_NOBODY;

    if (!event->f.counts)
        return;
    if (vote->tally_by != KH_NOBODY && vote->tally_by != by) {
        vote->tally_confirmed_by = by;
        return;
    }
    vote->tally_form = event->f.form;
    vote->tally = *event->f.counts;
    vote->tally_by = by;
    vote->secret.counted = kh_vote_is_sealable(vote) && by == KH_NOBODY;
}

void kh_vote_apply(struct kh_state *state, const struct kh_event *event)
{
    if (event->type == KH_EV_VOTE_OPENED) {
        apply_opened(state, event);
        return;
    }
    struct kh_vote *vote = kh_place_of_vote(state, event->f.vote);
    if (!vote || (vote->state != KH_VOTE_OPEN && vote->state != KH_VOTE_SEALED))
        return;
    switch ((int)event->type) {
    case KH_EV_VOTE_CAST:
        apply_cast(vote, event);
        break;
    case KH_EV_VOTE_TALLIED:
        apply_tallied(vote, event);
        break;
    case KH_EV_VOTE_ENDED:
        vote->ended_ms = event->at_ms;
        vote->ends_at_ms = 0;
        break;
    case KH_EV_VOTE_CLOSED:
        kh_vote_end(state, vote, event, KH_VOTE_CLOSED);
        if (event->f.result)
            vote->result = *event->f.result;
        break;
    case KH_EV_VOTE_CANCELLED:
        kh_vote_end(state, vote, event, KH_VOTE_CANCELLED);
        break;
    }
}
