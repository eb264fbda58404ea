/* gate.h - the microphone's gate: exact zeros when closed, a short fade between.
 *
 * Pure; the mixer's thread. Owns nothing. */
#ifndef KH_MIXER_GATE_H
#define KH_MIXER_GATE_H

#include <stdbool.h>
#include <stdint.h>

struct kh_gate {
    uint32_t fade;  /* samples of a whole fade when opening, at least 1 */
    uint32_t step;  /* of @level with each sample when closing: in 2 ms, or the fade if shorter */
    uint32_t level; /* 0: closed .. fade: fully open */
    uint32_t mute;  /* samples still to be silenced: they are older than the opening */
    bool open;      /* as wanted last */
};

/* @fade_ms: 1..10, for opening; closing takes at most 2 ms of it, since whoever is cut off shall be
 * silent with the next tick. Closed. */
void kh_gate_init(struct kh_gate *gate, int fade_ms);

/* What is wanted from the next sample on. When this opens the gate, the next @old samples stay
 * silent, because they were spoken before. True when the wish changed. */
bool kh_gate_set(struct kh_gate *gate, bool open, uint32_t old);

/* True when the gate adds exact zeros until it is set again. */
bool kh_gate_is_silent(const struct kh_gate *gate);

/* Apply to @count samples in place. */
void kh_gate_run(struct kh_gate *gate, float *samples, uint32_t count);

#endif
