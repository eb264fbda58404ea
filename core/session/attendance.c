#include "session/part.h"

#include "base/text.h"

enum kh_refusal kh_attendance_decide_check_in(const struct kh_decision *d)
{
    kh_person person = kh_command_person(d->command);
    const struct kh_member *member = &d->state->members[person];
    bool remote = KH_HAS(&d->command->f, remote) && d->command->f.remote;

    if (member->presence == KH_PRESENT && member->remote == remote)
        return KH_REFUSAL_ALREADY_PRESENT;
    struct kh_event *event = kh_emit_person(d, KH_EV_CHECKED_IN, person);
    KH_SET(&event->f, remote, remote);
    return KH_REFUSAL_NONE;
}

/* Who leaves gives up the floor and the place in the list. */
static void emit_floor_left(const struct kh_decision *d, kh_person person)
{
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &d->state->requests[i];
        if (r->id == 0 || r->person != person)
            continue;
        if (r->state == KH_REQUEST_GRANTED)
            kh_floor_emit_end(d, KH_EV_FLOOR_RELEASED, r, KH_END_RELEASED);
        else
            kh_emit_request(d, KH_EV_FLOOR_WITHDRAWN, r);
    }
}

enum kh_refusal kh_attendance_decide_check_out(const struct kh_decision *d)
{
    kh_person person = kh_command_person(d->command);

    if (d->state->members[person].presence != KH_PRESENT)
        return KH_REFUSAL_ABSENT;
    kh_emit_person(d, KH_EV_CHECKED_OUT, person);
    emit_floor_left(d, person);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_attendance_decide_excuse(const struct kh_decision *d)
{
    struct kh_event *event = kh_emit_person(d, KH_EV_EXCUSED, d->command->f.person);

    KH_SET_TEXT(&event->f, note, d->command->f.note);
    emit_floor_left(d, d->command->f.person);
    return KH_REFUSAL_NONE;
}

/* What is so already needs no event. */
static enum kh_refusal decide_lost(const struct kh_decision *d, enum kh_event_type type, bool lost)
{
    kh_person person = d->command->f.person;

    if (d->state->members[person].lost != lost)
        kh_emit_person(d, type, person);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_attendance_decide_lost(const struct kh_decision *d)
{
    return decide_lost(d, KH_EV_PRESENCE_LOST, true);
}

enum kh_refusal kh_attendance_decide_back(const struct kh_decision *d)
{
    return decide_lost(d, KH_EV_PRESENCE_BACK, false);
}

static void set_lost(struct kh_state *state, kh_person person, bool lost)
{
    if (person < state->n_members)
        state->members[person].lost = lost;
}

static void set_presence(struct kh_state *state, const struct kh_event *event,
                         enum kh_presence presence, bool remote)
{
    if (event->f.person >= state->n_members)
        return;
    struct kh_member *member = &state->members[event->f.person];
    member->presence = presence;
    member->remote = remote;
    member->since_ms = event->at_ms;
}

void kh_attendance_apply(struct kh_state *state, const struct kh_event *event)
{
    switch ((int)event->type) {
    case KH_EV_CHECKED_IN:
        set_presence(state, event, KH_PRESENT, event->f.remote);
        break;
    case KH_EV_CHECKED_OUT:
        set_presence(state, event, KH_ABSENT, false);
        break;
    case KH_EV_EXCUSED:
        set_presence(state, event, KH_EXCUSED, false);
        break;
    case KH_EV_PRESENCE_LOST:
    case KH_EV_PRESENCE_BACK:
        set_lost(state, event->f.person, event->type == KH_EV_PRESENCE_LOST);
        break;
    }
}

void kh_roster_apply(struct kh_state *state, const struct kh_event *event)
{
    kh_person person = event->f.person;

    if (!event->f.profile || person >= KH_PERSONS_MAX || person > state->n_members)
        return;
    if (person == state->n_members)
        state->n_members++;
    state->members[person].profile = *event->f.profile;
}
