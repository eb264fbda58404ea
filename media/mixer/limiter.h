/* limiter.h - holds one output's true peak below a ceiling, with 1.2 ms of look-ahead.
 *
 * Pure; the mixer's thread. Owns its delay line, no heap.
 *
 * True peak is estimated by 4x oversampling (ITU-R BS.1770-4 annex 2). Below the ceiling the
 * sound passes unchanged, sample for sample, only later by KH_LIMITER_DELAY. */
#ifndef KH_MIXER_LIMITER_H
#define KH_MIXER_LIMITER_H

#include "media/feed.h"

#include <stdbool.h>

enum {
    KH_LIMITER_REACH = 12,  /* samples each side that the oversampling looks at */
    KH_LIMITER_WINDOW = 48, /* samples in which the gain comes down */
    KH_LIMITER_DELAY = KH_LIMITER_REACH + KH_LIMITER_WINDOW - 1,
};

struct kh_limiter {
    float ceiling;                         /* linear */
    double release;                        /* share of the way back to 1, a sample */
    double envelope;                       /* the last of held; in float it would stop short of 1 */
    bool busy;                             /* some gain below is not 1 */
    float kernel[3][2 * KH_LIMITER_REACH]; /* values at 1/4, 1/2, 3/4 between two samples */
    float past[KH_LIMITER_DELAY];          /* the last samples in, newest last */
    float wanted[KH_LIMITER_WINDOW - 1];   /* each of the last samples' own gain */
    float held[KH_LIMITER_WINDOW - 1];     /* least of a window of those, slow on its way up */
};

/* @ceiling_dbtp: -20..0. */
void kh_limiter_init(struct kh_limiter *limiter, float ceiling_dbtp);

/* One tick in place. */
void kh_limiter_run(struct kh_limiter *limiter, float samples[KH_TICK_SAMPLES]);

#endif
