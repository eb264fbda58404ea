/* The counting committee (ban kiểm phiếu) and the making of its box key. What the texts hold is
 * core/box's matter and checked before they come here; this is only who may do what, and when. */
#include "session/part.h"

#include "base/text.h"

#include <string.h>

static unsigned at_least(const struct kh_committee *committee, enum kh_committee_stage stage)
{
    unsigned n = 0;

    for (unsigned i = 0; i < committee->n; i++)
        n += committee->members[i].stage >= stage;
    return n;
}

static bool is_in_use(const struct kh_state *state)
{
    for (unsigned i = 0; i < KH_VOTES_MAX; i++) {
        const struct kh_vote *vote = &state->votes[i];
        bool is_running = vote->state == KH_VOTE_OPEN || vote->state == KH_VOTE_SEALED;
        if (vote->id != 0 && is_running && kh_vote_is_sealable(vote))
            return true;
    }
    return false;
}

/* Different deputies with a vote, and a number of them that can open the box. */
static bool are_members(const struct kh_state *state, const struct kh_fields *f)
{
    const struct kh_members *members = f->members;

    if (members->n == 0 || members->n > KH_COMMITTEE_MAX || f->needed == 0 ||
        f->needed > members->n)
        return false;
    for (unsigned i = 0; i < members->n; i++) {
        kh_person person = members->person[i];
        if (person >= state->n_members || !kh_state_has_vote(&state->members[person]))
            return false;
        for (unsigned j = 0; j < i; j++)
            if (members->person[j] == person)
                return false;
    }
    return true;
}

enum kh_refusal kh_committee_decide_form(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;

    if (is_in_use(d->state))
        return KH_REFUSAL_COMMITTEE_BUSY;
    if (!are_members(d->state, f))
        return KH_REFUSAL_MEMBERS;
    struct kh_event *event = kh_emit(d, KH_EV_COMMITTEE_FORMED);
    KH_SET(&event->f, number, d->state->committee.round + 1);
    KH_SET(&event->f, members, f->members);
    KH_SET(&event->f, needed, f->needed);
    kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

/* The member that acts, when the ceremony is where everybody has reached @all and this one has not
 * gone beyond @own. */
static enum kh_refusal find_member(const struct kh_decision *d, enum kh_committee_stage all,
                                   const struct kh_committee_member **member)
{
    const struct kh_committee *committee = &d->state->committee;
    int place = kh_state_committee_place(d->state, d->command->actor);

    if (place < 0)
        return KH_REFUSAL_NOT_MEMBER;
    if (committee->is_void || at_least(committee, all) < committee->n)
        return KH_REFUSAL_COMMITTEE_STATE;
    *member = &committee->members[place];
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_committee_decide_join(const struct kh_decision *d)
{
    const struct kh_committee_member *member;
    enum kh_refusal refusal = find_member(d, KH_COMMITTEE_ASKED, &member);

    if (refusal != KH_REFUSAL_NONE)
        return refusal;
    if (member->stage != KH_COMMITTEE_ASKED)
        return strcmp(member->join, d->command->f.join) == 0 ? KH_REFUSAL_NONE
                                                             : KH_REFUSAL_COMMITTEE_STATE;
    struct kh_event *event = kh_emit_person(d, KH_EV_COMMITTEE_JOINED, member->person);
    KH_SET_TEXT(&event->f, join, d->command->f.join);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_committee_decide_deal(const struct kh_decision *d)
{
    const struct kh_committee_member *member;
    enum kh_refusal refusal = find_member(d, KH_COMMITTEE_JOINED, &member);

    if (refusal != KH_REFUSAL_NONE)
        return refusal;
    if (strlen(d->command->f.deal) >= KH_DEAL_BYTES)
        return KH_REFUSAL_FIELD;
    if (member->stage != KH_COMMITTEE_JOINED)
        return strcmp(member->deal, d->command->f.deal) == 0 ? KH_REFUSAL_NONE
                                                             : KH_REFUSAL_COMMITTEE_STATE;
    struct kh_event *event = kh_emit_person(d, KH_EV_COMMITTEE_DEALT, member->person);
    KH_SET(&event->f, deal, d->command->f.deal);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_committee_decide_confirm(const struct kh_decision *d)
{
    const struct kh_committee_member *member;
    enum kh_refusal refusal = find_member(d, KH_COMMITTEE_DEALT, &member);

    if (refusal != KH_REFUSAL_NONE || member->stage == KH_COMMITTEE_CONFIRMED)
        return refusal;
    kh_emit_person(d, KH_EV_COMMITTEE_CONFIRMED, member->person);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_committee_decide_complain(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;
    const struct kh_committee_member *member;
    enum kh_refusal refusal = find_member(d, KH_COMMITTEE_DEALT, &member);

    if (refusal != KH_REFUSAL_NONE)
        return refusal;
    if (kh_state_committee_is_ready(d->state))
        return KH_REFUSAL_COMMITTEE_STATE; /* this member too confirmed the share */
    if (kh_state_committee_place(d->state, f->target) < 0)
        return KH_REFUSAL_MEMBERS;
    struct kh_event *event = kh_emit_person(d, KH_EV_COMMITTEE_COMPLAINED, member->person);
    KH_SET(&event->f, target, f->target);
    if (KH_HAS(f, note))
        KH_SET_TEXT(&event->f, note, f->note);
    return KH_REFUSAL_NONE;
}

/* --- applying --- */

static void apply_formed(struct kh_committee *committee, const struct kh_fields *f)
{
    if (!f->members || f->members->n > KH_COMMITTEE_MAX)
        return;
    memset(committee, 0, sizeof(*committee));
    committee->round = f->number;
    committee->needed = f->needed;
    committee->n = f->members->n;
    for (unsigned i = 0; i < committee->n; i++)
        committee->members[i].person = f->members->person[i];
}

void kh_committee_apply(struct kh_state *state, const struct kh_event *event)
{
    int place = kh_state_committee_place(state, event->f.person);
    struct kh_committee_member *member = place < 0 ? NULL : &state->committee.members[place];

    if (event->type == KH_EV_COMMITTEE_FORMED) {
        apply_formed(&state->committee, &event->f);
        return;
    }
    if (!member)
        return;
    switch ((int)event->type) {
    case KH_EV_COMMITTEE_JOINED:
        member->stage = KH_COMMITTEE_JOINED;
        KH_TEXT_SET(member->join, event->f.join);
        break;
    case KH_EV_COMMITTEE_DEALT:
        member->stage = KH_COMMITTEE_DEALT;
        KH_TEXT_SET(member->deal, event->f.deal);
        break;
    case KH_EV_COMMITTEE_CONFIRMED:
        member->stage = KH_COMMITTEE_CONFIRMED;
        break;
    case KH_EV_COMMITTEE_COMPLAINED:
        state->committee.is_void = true;
        break;
    }
}
