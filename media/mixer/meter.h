/* meter.h - level of a block of samples.
 *
 * Pure; any thread. Owns nothing. */
#ifndef KH_MIXER_METER_H
#define KH_MIXER_METER_H

#include <stdint.h>

struct kh_level {
    float peak, rms; /* 0..1 and above */
};

struct kh_level kh_meter_measure(const float *samples, uint32_t count);

/* 20 log10(@level), at least -127, at most 0. */
float kh_meter_dbfs(float level);

#endif
