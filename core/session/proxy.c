/* Proxies: an absent member's vote in the hands of one who is there (e.g. CGCT L2121-20). How many
 * one may hold, and for how long, is the procedure's matter. */
#include "session/part.h"

enum kh_refusal kh_proxy_decide_give(const struct kh_decision *d)
{
    kh_person giver = kh_command_person(d->command), holder = d->command->f.target;
    const struct kh_member *members = d->state->members;

    if (giver == holder || !kh_state_has_vote(&members[giver]) ||
        !kh_state_has_vote(&members[holder]))
        return KH_REFUSAL_NOT_ELIGIBLE;
    if (members[giver].proxy != 0)
        return KH_REFUSAL_HAS_PROXY;
    struct kh_event *event = kh_emit_person(d, KH_EV_PROXY_GIVEN, giver);
    KH_SET(&event->f, target, holder);
    kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_proxy_decide_end(const struct kh_decision *d)
{
    kh_person giver = kh_command_person(d->command);

    if (d->state->members[giver].proxy == 0)
        return KH_REFUSAL_NO_PROXY;
    kh_emit_by(d, kh_emit_person(d, KH_EV_PROXY_ENDED, giver));
    return KH_REFUSAL_NONE;
}

void kh_proxy_apply(struct kh_state *state, const struct kh_event *event)
{
    if (event->f.person >= state->n_members)
        return;
    bool is_given = event->type == KH_EV_PROXY_GIVEN && event->f.target < state->n_members;
    state->members[event->f.person].proxy = is_given ? (kh_person)(event->f.target + 1) : 0;
}
