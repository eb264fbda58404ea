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
    bool is_locked = speech->mic == KH_MIC_MUTED && speech->muted_by_chair;
    bool is_self = d->command->actor == speech->person;
    if (is_locked || (speech->mic == KH_MIC_MUTED && is_self))
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

void kh_mic_apply(struct kh_state *state, const struct kh_event *event)
{
    struct kh_request *r = kh_place_of_speech(state, event->f.person);

    if (!r)
        return; /* OFF: the speech is gone with its end */
    bool is_muted = event->f.mic == KH_MIC_MUTED;
    bool has_by = KH_HAS(&event->f, by);
    r->mic = event->f.mic;
    r->muted_by_clock = is_muted && !has_by;
    r->muted_by_chair = is_muted && has_by && event->f.by != event->f.person;
}
