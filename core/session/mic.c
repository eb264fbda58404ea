#include "session/part.h"

void kh_mic_emit(const struct kh_decision *d, kh_person person, enum kh_mic mic, bool by_actor)
{
    struct kh_event *event = kh_emit_person(d, KH_EV_MIC_CHANGED, person);

    KH_SET(&event->f, mic, mic);
    if (by_actor)
        kh_emit_by(d, event);
}

enum kh_refusal kh_mic_decide_mute(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    bool is_self = d->command->actor == speech->person;
    if (speech->muted_by_chair || (is_self && speech->muted_by_self))
        return KH_REFUSAL_NONE; /* it is as wanted */
    kh_mic_emit(d, speech->person, KH_MIC_MUTED, true);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_mic_decide_unmute(const struct kh_decision *d)
{
    const struct kh_request *speech = kh_command_speech(d);
    uint32_t roles = kh_state_roles(d->state, d->command->actor);

    if (!speech)
        return KH_REFUSAL_NO_FLOOR;
    if (speech->mic == KH_MIC_LIVE)
        return KH_REFUSAL_NONE;
    bool is_master = roles & (KH_ROLE_CHAIR | KH_ROLE_OPERATOR | KH_ROLE_SERVER);
    if (speech->interrupted)
        return KH_REFUSAL_INTERRUPTED;
    if ((speech->muted_by_chair || speech->muted_by_clock) && !is_master)
        return KH_REFUSAL_MUTED_BY_CHAIR;
    kh_mic_emit(d, speech->person, KH_MIC_LIVE, true);
    return KH_REFUSAL_NONE;
}

/* Everybody but the one who asks for it: a chair who calls for order keeps the microphone. */
enum kh_refusal kh_mic_decide_mute_all(const struct kh_decision *d)
{
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &d->state->requests[i];
        bool is_open = r->id != 0 && r->state == KH_REQUEST_GRANTED;
        if (!is_open || r->person == d->command->actor)
            continue;
        if (r->mic == KH_MIC_LIVE || !r->muted_by_chair)
            kh_mic_emit(d, r->person, KH_MIC_MUTED, true);
    }
    return KH_REFUSAL_NONE;
}

/* Muting oneself while somebody else's mute holds does not lift it. */
static bool *muted_by(const struct kh_state *state, struct kh_request *r,
                      const struct kh_event *event)
{
    if (KH_HAS(&event->f, by))
        return event->f.by == event->f.person ? &r->muted_by_self : &r->muted_by_chair;
    bool is_paused = state->phase == KH_PHASE_SUSPENDED || r->interrupted;
    return is_paused ? &r->muted_by_pause : &r->muted_by_clock;
}

void kh_mic_apply(struct kh_state *state, const struct kh_event *event)
{
    struct kh_request *r = kh_place_of_speech(state, event->f.person);

    if (!r)
        return; /* OFF: the speech is gone with its end */
    r->mic = event->f.mic;
    if (r->mic == KH_MIC_MUTED)
        *muted_by(state, r, event) = true;
    else
        r->muted_by_self = r->muted_by_chair = r->muted_by_clock = r->muted_by_pause = false;
}
