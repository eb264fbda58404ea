#include "media/mixer/gate.h"

#include <string.h>

enum { CLOSE_SAMPLES = 96 }; /* 2 ms: enough for a smooth end without a click */

void kh_gate_init(struct kh_gate *gate, int fade_ms)
{
    uint32_t fade = (uint32_t)fade_ms * 48;

    *gate = (struct kh_gate){ .fade = fade, .step = (fade + CLOSE_SAMPLES - 1) / CLOSE_SAMPLES };
}

bool kh_gate_set(struct kh_gate *gate, bool open, uint32_t old)
{
    if (gate->open == open)
        return false;
    gate->open = open;
    gate->mute = open ? old : 0;
    return true;
}

bool kh_gate_is_silent(const struct kh_gate *gate)
{
    return !gate->open && gate->level == 0;
}

/* Smooth at both ends. */
static float gain(const struct kh_gate *gate)
{
    float x = (float)gate->level / (float)gate->fade;
    return x * x * (3 - 2 * x);
}

static void run_closed(struct kh_gate *gate, float *samples, uint32_t count)
{
    uint32_t i = 0;
    for (; i < count && gate->level > 0; i++) {
        gate->level -= gate->level < gate->step ? gate->level : gate->step;
        samples[i] *= gain(gate);
    }
    memset(samples + i, 0, (count - i) * sizeof(*samples));
}

static uint32_t run_muted(struct kh_gate *gate, float *samples, uint32_t count)
{
    uint32_t part = count < gate->mute ? count : gate->mute;

    run_closed(gate, samples, part);
    gate->mute -= part;
    return part;
}

void kh_gate_run(struct kh_gate *gate, float *samples, uint32_t count)
{
    if (!gate->open) {
        run_closed(gate, samples, count);
        return;
    }
    uint32_t i = run_muted(gate, samples, count);
    for (; i < count && gate->level < gate->fade; i++) {
        gate->level++;
        samples[i] *= gain(gate);
    }
}
