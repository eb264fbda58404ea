/* dejitter.h - one input's sound from uneven arrival to exactly 960 samples a tick.
 *
 * Pure; one caller at a time (the desk's lock). Owns its samples, no heap. Runs in the time that
 * is given with each call. Never a click: it fades when it runs dry and when it starts again,
 * cross-fades where it leaves something out, and resamples (cubic) to follow the sender. */
#ifndef KH_MIXER_DEJITTER_H
#define KH_MIXER_DEJITTER_H

#include "media/feed.h"
#include "media/mixer/depth.h"
#include "media/mixer/fifo.h"

#include <stdbool.h>
#include <stdint.h>

enum { KH_DEJITTER_FADE = 240 }; /* samples, 5 ms */

struct kh_dejitter {
    struct kh_fifo fifo;
    struct kh_depth depth;
    bool playing;
    bool has_due;      /* a tick was pulled already */
    int64_t due_ns;    /* the last pulled tick */
    int64_t oldest_ns; /* arrival of the first chunk since the FIFO was empty */
    int64_t newest_ns;
    float tail[KH_DEJITTER_FADE]; /* the last samples given out, newest last */
    bool cut;                     /* the tail still needs its fade-out */
    uint64_t starved;             /* times it ran dry while playing */
    uint64_t dropped;             /* samples left out to get shallower */
};

/* @fixed_ms: -1 adaptive, else 0..500. */
void kh_dejitter_init(struct kh_dejitter *dejitter, int fixed_ms);

/* Forget all waiting sound at once. If it was playing, the next pull ends it with a short
 * fade of what was heard last. */
void kh_dejitter_flush(struct kh_dejitter *dejitter);

/* @count samples that arrived at @now_ns (the ticks' clock). */
void kh_dejitter_push(struct kh_dejitter *dejitter, const float *samples, uint32_t count,
                      int64_t now_ns);

/* The sound of the tick due at @due_ns. Exact zeros when there is none. */
void kh_dejitter_pull(struct kh_dejitter *dejitter, float out[KH_TICK_SAMPLES], int64_t due_ns);

#endif
