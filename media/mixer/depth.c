#include "media/mixer/depth.h"

#include "media/feed.h"

#include <math.h>
#include <string.h>

#define NS_PER_MS 1000000LL

enum {
    BUCKET_TICKS = 25,
    HOLD_TICKS_MIN = 5 * 50,
    HOLD_TICKS_MAX = 40 * 50,
    STUTTER_TICKS = 50,
    DRIFT_TICKS = 10 * 50,
    NOTHING = INT32_MAX / 2, /* excess of a bucket in which nothing arrived */
    DEAD_ZONE = 24,          /* samples of excess that are not worth a correction */
    SLOPE = 96,              /* samples of excess for one more sample a tick */
};

static const int64_t margin_min_ns = 4 * NS_PER_MS;
static const int64_t margin_max_ns = 30 * NS_PER_MS;
static const int64_t hysteresis_ns = 3 * NS_PER_MS / 2;
static const int64_t tick_ns = KH_TICK_MS * NS_PER_MS;

static void empty_bucket(struct kh_depth_bucket *bucket)
{
    bucket->slow = NOTHING;
    bucket->fast = NOTHING;
}

void kh_depth_restart(struct kh_depth *depth)
{
    for (unsigned i = 0; i < KH_DEPTH_BUCKETS; i++)
        empty_bucket(&depth->bucket[i]);
    depth->at = 0;
    depth->at_ticks = 0;
    depth->drift_start_ns = 0;
    depth->drift_ticks = 0;
    depth->has_drift_last = false;
}

void kh_depth_init(struct kh_depth *depth, int fixed_ms)
{
    memset(depth, 0, sizeof(*depth));
    depth->fixed_ms = fixed_ms;
    depth->hold_next = HOLD_TICKS_MIN;
    kh_depth_restart(depth);
}

int64_t kh_depth_margin_ns(const struct kh_depth *depth)
{
    if (depth->fixed_ms >= 0)
        return depth->fixed_ms * NS_PER_MS;
    int64_t margin = margin_min_ns + (int64_t)(depth->jitter_ns / 2);
    return margin < margin_max_ns ? margin : margin_max_ns;
}

/* Samples that should wait when a chunk arrives @phi_ns before a tick, for @margin_ns. */
static int32_t needed(int64_t margin_ns, int64_t phi_ns)
{
    int64_t missing = margin_ns - phi_ns;
    int64_t ticks = missing > 0 ? (missing + tick_ns - 1) / tick_ns : 0;
    return (int32_t)(ticks * KH_TICK_SAMPLES) + KH_DEPTH_GUARD;
}

static void lower(int32_t *least, int32_t value)
{
    if (value < *least)
        *least = value;
}

static void learn_jitter(struct kh_depth *depth, const struct kh_depth_arrival *arrival)
{
    if (depth->last_ns) {
        double late = (double)(arrival->now_ns - depth->last_ns - depth->last_length_ns);
        /* A pause of the sender (DTX, a stalled network) is not jitter. */
        if (fabs(late) < 500.0 * NS_PER_MS)
            depth->jitter_ns += (fabs(late) - depth->jitter_ns) / 16;
    }
    depth->last_ns = arrival->now_ns;
    depth->last_length_ns = (int64_t)arrival->samples * 1000000000 / 48000;
}

static void learn_drift(struct kh_depth *depth, const struct kh_depth_arrival *arrival)
{
    if (!depth->drift_start_ns) {
        depth->drift_start_ns = arrival->now_ns;
        depth->drift_samples = 0;
        depth->drift_least_ns = HUGE_VAL;
    }
    double sent_ns = (double)depth->drift_samples * 1e9 / 48000;
    double delay_ns = (double)(arrival->now_ns - depth->drift_start_ns) - sent_ns;
    if (delay_ns < depth->drift_least_ns)
        depth->drift_least_ns = delay_ns;
    depth->drift_samples += arrival->samples;
}

void kh_depth_arrive(struct kh_depth *depth, const struct kh_depth_arrival *arrival)
{
    int64_t margin = kh_depth_margin_ns(depth);
    struct kh_depth_bucket *bucket = &depth->bucket[depth->at];
    int32_t waiting = (int32_t)arrival->waiting;

    lower(&bucket->slow, waiting - needed(margin, arrival->phi_ns));
    lower(&bucket->fast, waiting - needed(margin + hysteresis_ns, arrival->phi_ns));
    learn_jitter(depth, arrival);
    learn_drift(depth, arrival);
}

static struct kh_depth_bucket least(const struct kh_depth *depth)
{
    struct kh_depth_bucket all = { NOTHING, NOTHING };
    for (unsigned i = 0; i < KH_DEPTH_BUCKETS; i++) {
        lower(&all.slow, depth->bucket[i].slow);
        lower(&all.fast, depth->bucket[i].fast);
    }
    return all;
}

int32_t kh_depth_excess(const struct kh_depth *depth)
{
    int32_t fast = least(depth).fast;
    if (depth->hold_ticks || fast == NOTHING || fast < 0)
        return 0;
    return fast;
}

static int32_t at_most_step(int32_t step)
{
    return step < KH_DEPTH_STEP_MAX ? step : KH_DEPTH_STEP_MAX;
}

/* Once in ten seconds: the slope of the least delay is the drift. */
static void advance_drift(struct kh_depth *depth)
{
    if (!depth->drift_start_ns || ++depth->drift_ticks < DRIFT_TICKS)
        return;
    depth->drift_ticks = 0;
    if (isinf(depth->drift_least_ns)) {
        depth->has_drift_last = false;
        return;
    }
    if (depth->has_drift_last) {
        double slope = (depth->drift_least_ns - depth->drift_last_ns) / (DRIFT_TICKS * 20e6);
        depth->drift_ppm += ((float)(-slope * 1e6) - depth->drift_ppm) / 4;
    }
    depth->drift_last_ns = depth->drift_least_ns;
    depth->has_drift_last = true;
    depth->drift_least_ns = HUGE_VAL;
}

static void advance(struct kh_depth *depth)
{
    if (depth->hold_ticks)
        depth->hold_ticks--;
    if (++depth->at_ticks >= BUCKET_TICKS) {
        depth->at_ticks = 0;
        depth->at = (depth->at + 1) % KH_DEPTH_BUCKETS;
        empty_bucket(&depth->bucket[depth->at]);
    }
    advance_drift(depth);
}

int32_t kh_depth_step(struct kh_depth *depth)
{
    advance(depth);

    int32_t slow = least(depth).slow;
    int32_t fast = kh_depth_excess(depth);
    int32_t step = 0;
    if (slow < 0)
        step = -at_most_step(1 - slow / SLOPE);
    else if (fast > DEAD_ZONE)
        step = at_most_step(1 + fast / SLOPE);
    kh_depth_shifted(depth, -step);
    return step;
}

void kh_depth_shifted(struct kh_depth *depth, int32_t samples)
{
    for (unsigned i = 0; i < KH_DEPTH_BUCKETS; i++) {
        if (depth->bucket[i].slow == NOTHING)
            continue;
        depth->bucket[i].slow += samples;
        depth->bucket[i].fast += samples;
    }
}

void kh_depth_starved(struct kh_depth *depth)
{
    /* Several in a second are one stutter. One soon after the last: this network does it again,
     * so stay deep for longer. */
    unsigned since = depth->hold_next - depth->hold_ticks;
    if (!depth->hold_ticks)
        depth->hold_next = HOLD_TICKS_MIN;
    else if (since > STUTTER_TICKS && depth->hold_next < HOLD_TICKS_MAX)
        depth->hold_next *= 2;
    depth->hold_ticks = depth->hold_next;
}
