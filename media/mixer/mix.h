/* mix.h - one council's mix, tick by tick: inputs in, the sum and the sum without each input out.
 *
 * Pure: no GStreamer, threads, codecs or clock. One caller at a time, except that an input's
 * dejitter may be fed by another thread under a lock of the caller's. */
#ifndef KH_MIXER_MIX_H
#define KH_MIXER_MIX_H

#include "media/feed.h"
#include "media/mixer/dejitter.h"
#include "media/mixer/gate.h"
#include "media/mixer/limiter.h"
#include "media/mixer/meter.h"

#include <stdbool.h>

struct kh_mix_input {
    struct kh_dejitter dejitter;
    struct kh_gate gate;
    struct kh_level level;      /* of the last tick, before the gate */
    bool silent;                /* pcm is exact zeros in the last tick */
    float pcm[KH_TICK_SAMPLES]; /* of the last tick, behind the gate */
};

/* @depth_ms: -1 adaptive, else 0..500; @fade_ms: 1..10. Gate closed, nothing waiting. */
void kh_mix_input_init(struct kh_mix_input *input, int depth_ms, int fade_ms);

/* Take the tick due at @due_ns from the FIFO: the only part that needs the caller's lock. */
void kh_mix_input_pull(struct kh_mix_input *input, int64_t due_ns);

/* Measure it and send it through the gate, which is to be @open from its first sample on; @old
 * is what kh_mix_input_waiting() said before the pull. True when the gate changed its mind. */
bool kh_mix_input_gate(struct kh_mix_input *input, bool open, uint32_t old);

/* Samples waiting, which were spoken before now. */
uint32_t kh_mix_input_waiting(const struct kh_mix_input *input);

/* The wide sum of a tick. */
struct kh_mix_sum {
    double pcm[KH_TICK_SAMPLES];
};

void kh_mix_clear(struct kh_mix_sum *sum);
void kh_mix_add(struct kh_mix_sum *sum, const struct kh_mix_input *input);

/* The sum without @own (NULL: whole), limited. */
void kh_mix_out(const struct kh_mix_sum *sum, const struct kh_mix_input *own,
                struct kh_limiter *limiter, float out[KH_TICK_SAMPLES]);

#endif
