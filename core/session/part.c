#include "session/part.h"

#include "base/check.h"
#include "base/text.h"

#include <string.h>

struct kh_event *kh_emit(const struct kh_decision *d, enum kh_event_type type)
{
    KH_REQUIRE(d->batch->n < KH_BATCH_MAX);
    struct kh_event *event = &d->batch->ev[d->batch->n++];

    memset(event, 0, sizeof(*event));
    event->type = type;
    event->at_ms = d->command->at_ms;
    event->actor = d->command->actor;
    event->is_first = d->batch->n == 1;
    if (event->is_first)
        KH_TEXT_SET(event->key, d->command->key);
    return event;
}

struct kh_event *kh_emit_person(const struct kh_decision *d, enum kh_event_type type,
                                kh_person person)
{
    struct kh_event *event = kh_emit(d, type);

    KH_SET(&event->f, person, person);
    return event;
}

struct kh_event *kh_emit_request(const struct kh_decision *d, enum kh_event_type type,
                                 const struct kh_request *request)
{
    struct kh_event *event = kh_emit_person(d, type, request->person);

    KH_SET(&event->f, request, request->id);
    return event;
}

void kh_emit_by(const struct kh_decision *d, struct kh_event *event)
{
    if (d->command->actor != KH_NOBODY)
        KH_SET(&event->f, by, d->command->actor);
}

void kh_emit_override(const struct kh_decision *d, struct kh_event *event)
{
    if (!d->terms->overridden)
        return;
    KH_SET(&event->f, override, true);
    KH_SET_TEXT(&event->f, note, d->command->f.note);
    event->f.reason = d->terms->reason;
    event->f.present |= KH_BIT(reason);
}

kh_person kh_command_person(const struct kh_command *command)
{
    return KH_HAS(&command->f, person) ? command->f.person : command->actor;
}

const struct kh_request *kh_command_speech(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;

    if (!KH_HAS(f, request))
        return kh_state_speech(d->state, kh_command_person(d->command));
    const struct kh_request *request = kh_state_request(d->state, f->request);
    return request && request->state == KH_REQUEST_GRANTED ? request : NULL;
}

struct kh_request *kh_place_of_request(struct kh_state *state, uint32_t id)
{
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++)
        if (state->requests[i].id == id)
            return &state->requests[i];
    return NULL;
}

struct kh_request *kh_place_of_speech(struct kh_state *state, kh_person person)
{
    const struct kh_request *speech = kh_state_speech(state, person);

    return speech ? &state->requests[speech - state->requests] : NULL;
}
