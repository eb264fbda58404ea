#include "media/mixer/meter.h"

#include <math.h>

struct kh_level kh_meter_measure(const float *samples, uint32_t count)
{
    float peak = 0;
    double squares = 0;

    for (uint32_t i = 0; i < count; i++) {
        peak = fmaxf(peak, fabsf(samples[i]));
        squares += (double)samples[i] * (double)samples[i];
    }
    return (struct kh_level){ peak, count ? (float)sqrt(squares / count) : 0 };
}

float kh_meter_dbfs(float level)
{
    if (level < 4.5e-7F)
        return -127;
    return fminf(0, 20 * log10f(level));
}
