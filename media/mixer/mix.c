#include "media/mixer/mix.h"

#include <math.h>
#include <string.h>

enum { TICK = KH_TICK_SAMPLES };

/* A decoder's output may overshoot 1 a little; what is beyond this is not sound. */
static const float sane_peak = 4;

void kh_mix_input_init(struct kh_mix_input *input, int depth_ms, int fade_ms)
{
    kh_dejitter_init(&input->dejitter, depth_ms);
    kh_gate_init(&input->gate, fade_ms);
    input->level = (struct kh_level){ 0, 0 };
    input->silent = true;
    memset(input->pcm, 0, sizeof(input->pcm));
}

void kh_mix_input_pull(struct kh_mix_input *input, int64_t due_ns)
{
    kh_dejitter_pull(&input->dejitter, input->pcm, due_ns);
}

uint32_t kh_mix_input_waiting(const struct kh_mix_input *input)
{
    return kh_fifo_count(&input->dejitter.fifo);
}

/* One input with broken samples must not spoil the sum for everybody. */
static void make_sane(struct kh_mix_input *input)
{
    if (isfinite(input->level.rms) && input->level.peak <= sane_peak)
        return;
    for (int i = 0; i < TICK; i++) {
        float value = input->pcm[i];
        input->pcm[i] = isfinite(value) ? fmaxf(-1, fminf(1, value)) : 0;
    }
    input->level = kh_meter_measure(input->pcm, TICK);
}

bool kh_mix_input_gate(struct kh_mix_input *input, bool open, uint32_t old)
{
    input->level = kh_meter_measure(input->pcm, TICK);
    make_sane(input);

    bool changed = kh_gate_set(&input->gate, open, old);
    bool was_silent = kh_gate_is_silent(&input->gate);
    kh_gate_run(&input->gate, input->pcm, TICK);
    input->silent = was_silent;
    return changed;
}

void kh_mix_clear(struct kh_mix_sum *sum)
{
    memset(sum, 0, sizeof(*sum));
}

void kh_mix_add(struct kh_mix_sum *sum, const struct kh_mix_input *input)
{
    if (input->silent)
        return;
    for (int i = 0; i < TICK; i++)
        sum->pcm[i] += (double)input->pcm[i];
}

void kh_mix_out(const struct kh_mix_sum *sum, const struct kh_mix_input *own,
                struct kh_limiter *limiter, float out[KH_TICK_SAMPLES])
{
    if (own && !own->silent) {
        for (int i = 0; i < TICK; i++)
            out[i] = (float)(sum->pcm[i] - (double)own->pcm[i]);
    } else {
        for (int i = 0; i < TICK; i++)
            out[i] = (float)sum->pcm[i];
    }
    kh_limiter_run(limiter, out);
}
