/* depth.h - how deep an input's FIFO must be, learned from when its sound arrives.
 *
 * Pure; one caller at a time. Owns nothing.
 *
 * A chunk that arrives while F samples wait is needed at the tick that would find fewer than 960
 * of them. With phi left until the next tick and a wanted margin m, so many samples should have
 * been there at its arrival:
 *
 *     need = 960 * ceil((m - phi) / 20 ms) + guard
 *
 * F - need is the chunk's *excess*. The smallest excess of the last seconds tells what to do:
 * below zero play a little slower, well above zero a little faster. Because phi is used up
 * before a whole tick is added, a steady sender waits as short as its phase allows, and a
 * drifting clock is followed without ever running dry. */
#ifndef KH_MIXER_DEPTH_H
#define KH_MIXER_DEPTH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    KH_DEPTH_GUARD = 48,     /* samples that stay behind: the resampler's reach and its steps */
    KH_DEPTH_STEP_MAX = 4,   /* samples more or fewer a tick: 0.42 % */
    KH_DEPTH_CAP = 200 * 48, /* adaptive depth goes no further */
    KH_DEPTH_BUCKETS = 8,    /* of half a second each */
};

struct kh_depth_bucket {
    int32_t slow, fast; /* smallest excess for margin m, and for m plus hysteresis */
};

struct kh_depth {
    int fixed_ms; /* -1: adaptive */
    struct kh_depth_bucket bucket[KH_DEPTH_BUCKETS];
    unsigned at, at_ticks; /* the bucket being filled and its age */
    double jitter_ns;      /* smoothed difference from even arrival */
    int64_t last_ns;       /* arrival of the last chunk, 0: none */
    int64_t last_length_ns;
    unsigned hold_ticks; /* no reduction while this runs: the network stuttered lately */
    unsigned hold_next;  /* length of the next hold */
    /* Sender's clock against ours: least delay of each block of ten seconds. */
    int64_t drift_start_ns, drift_samples;
    double drift_least_ns, drift_last_ns;
    unsigned drift_ticks;
    bool has_drift_last;
    float drift_ppm;
};

/* @fixed_ms: -1 adaptive, else a margin of 0..500 ms. */
void kh_depth_init(struct kh_depth *depth, int fixed_ms);

/* Playing starts (again): forget what was learned from arrivals before it. */
void kh_depth_restart(struct kh_depth *depth);

/* A chunk of @samples arrives at @now_ns with @waiting samples before it and @phi_ns left to the
 * next tick. */
struct kh_depth_arrival {
    int64_t now_ns, phi_ns;
    uint32_t waiting, samples;
};
void kh_depth_arrive(struct kh_depth *depth, const struct kh_depth_arrival *arrival);

/* The margin wanted now, ns. A start waits until the oldest sample has this age. */
int64_t kh_depth_margin_ns(const struct kh_depth *depth);

/* Samples that could go without harm (never negative; 0 while holding or when nothing is
 * known). */
int32_t kh_depth_excess(const struct kh_depth *depth);

/* Samples to take more (positive) or fewer than 960 at this tick, within KH_DEPTH_STEP_MAX.
 * Call once a tick. */
int32_t kh_depth_step(struct kh_depth *depth);

/* The FIFO was shifted by hand: @samples more (positive) or fewer will wait from now on. */
void kh_depth_shifted(struct kh_depth *depth, int32_t samples);

/* The FIFO ran dry while sound was expected. */
void kh_depth_starved(struct kh_depth *depth);

#endif
