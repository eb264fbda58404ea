#include "media/mixer/dejitter.h"

#include <math.h>
#include <string.h>

#define NS_PER_MS 1000000LL

enum {
    FADE = KH_DEJITTER_FADE,
    TICK = KH_TICK_SAMPLES,
    STALE_MS = 100,      /* a fragment that waits for its rest is forgotten after this */
    DROP_WORTH = 10 * 48 /* excess from which leaving out beats playing faster */
};

static const float quiet = 0.003F; /* -50 dBFS */

void kh_dejitter_init(struct kh_dejitter *dejitter, int fixed_ms)
{
    memset(dejitter, 0, sizeof(*dejitter));
    kh_depth_init(&dejitter->depth, fixed_ms);
}

static void empty(struct kh_dejitter *dejitter)
{
    kh_fifo_drop(&dejitter->fifo, kh_fifo_count(&dejitter->fifo));
}

void kh_dejitter_flush(struct kh_dejitter *dejitter)
{
    int fixed_ms = dejitter->depth.fixed_ms;

    empty(dejitter);
    dejitter->cut = dejitter->cut || dejitter->playing;
    dejitter->playing = false;
    kh_depth_init(&dejitter->depth, fixed_ms);
}

static int64_t until_next_tick(const struct kh_dejitter *dejitter, int64_t now_ns)
{
    int64_t left = dejitter->due_ns + KH_TICK_MS * NS_PER_MS - now_ns;
    if (left < 0)
        return 0;
    return left < KH_TICK_MS * NS_PER_MS ? left : KH_TICK_MS * NS_PER_MS;
}

void kh_dejitter_push(struct kh_dejitter *dejitter, const float *samples, uint32_t count,
                      int64_t now_ns)
{
    uint32_t waiting = kh_fifo_count(&dejitter->fifo);

    if (!dejitter->playing && waiting == 0)
        dejitter->oldest_ns = now_ns;
    dejitter->newest_ns = now_ns;
    if (dejitter->playing && dejitter->has_due) {
        struct kh_depth_arrival arrival = { now_ns, until_next_tick(dejitter, now_ns), waiting,
                                            count };
        kh_depth_arrive(&dejitter->depth, &arrival);
    }
    kh_fifo_push(&dejitter->fifo, samples, count);
}

static float ramp(unsigned i)
{
    float x = ((float)i + 0.5F) / FADE;
    return x * x * (3 - 2 * x);
}

static void fade_in(float *out)
{
    for (unsigned i = 0; i < FADE; i++)
        out[i] *= ramp(i);
}

/* Sound ends at out[@from]: go on with the mirror image of what was heard, fading. That has no
 * step, needs no sample that is not there, and is over after 5 ms. */
static void end_softly(struct kh_dejitter *dejitter, float *out, unsigned from)
{
    for (unsigned i = from; i < TICK; i++) {
        unsigned back = i - from;
        if (back >= FADE) {
            out[i] = 0;
            continue;
        }
        float heard = from > back ? out[from - 1 - back] : dejitter->tail[FADE - 1 - (back - from)];
        out[i] = heard * ramp(FADE - 1 - back);
    }
}

static void remember_tail(struct kh_dejitter *dejitter, const float *out)
{
    memcpy(dejitter->tail, out + TICK - FADE, sizeof(dejitter->tail));
}

static void starve(struct kh_dejitter *dejitter, float *out)
{
    uint32_t left = kh_fifo_count(&dejitter->fifo);

    kh_fifo_peek(&dejitter->fifo, out, left);
    end_softly(dejitter, out, left);
    empty(dejitter);
    dejitter->playing = false;
    dejitter->starved++;
    kh_depth_starved(&dejitter->depth);
}

/* Four-point cubic (Catmull-Rom) between @at and @at + 1. */
static float between(const struct kh_fifo *fifo, int32_t at, float t)
{
    float a = kh_fifo_at(fifo, at - 1), b = kh_fifo_at(fifo, at);
    float c = kh_fifo_at(fifo, at + 1), d = kh_fifo_at(fifo, at + 2);
    float slope = 0.5F * (c - a);
    float curve = a - 2.5F * b + 2 * c - 0.5F * d;
    float bend = 0.5F * (d - a) + 1.5F * (b - c);
    return ((bend * t + curve) * t + slope) * t + b;
}

/* @take samples become 960. */
static void resample(const struct kh_fifo *fifo, float *out, int32_t take)
{
    for (int32_t i = 0; i < TICK; i++) {
        int32_t whole = i * take / TICK;
        float part = (float)(i * take % TICK) / TICK;
        out[i] = between(fifo, whole, part);
    }
}

static bool is_quiet(const struct kh_fifo *fifo, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (fabsf(kh_fifo_at(fifo, (int32_t)i)) > quiet)
            return false;
    }
    return true;
}

/* How much to leave out now: in a pause whatever is too much, in any case what is beyond the
 * cap. */
static uint32_t to_drop(const struct kh_dejitter *dejitter)
{
    uint32_t count = kh_fifo_count(&dejitter->fifo);
    uint32_t keep = TICK + KH_DEPTH_GUARD + FADE;
    if (count < keep + DROP_WORTH)
        return 0;

    uint32_t cap = KH_DEPTH_CAP + 3 * TICK;
    if (dejitter->depth.fixed_ms > 0)
        cap += (uint32_t)dejitter->depth.fixed_ms * 48;
    if (count > cap)
        return count - cap;

    uint32_t excess = (uint32_t)kh_depth_excess(&dejitter->depth);
    if (excess < DROP_WORTH)
        return 0;
    uint32_t most = count - keep;
    uint32_t drop = excess < most ? excess : most;
    if (drop > TICK)
        drop = TICK;
    return is_quiet(&dejitter->fifo, drop + FADE) ? drop : 0;
}

static void leave_out(struct kh_dejitter *dejitter, uint32_t drop, float *out)
{
    float before[FADE];

    kh_fifo_peek(&dejitter->fifo, before, FADE);
    kh_fifo_drop(&dejitter->fifo, drop);
    kh_fifo_peek(&dejitter->fifo, out, TICK);
    kh_fifo_drop(&dejitter->fifo, TICK);
    for (unsigned i = 0; i < FADE; i++)
        out[i] = out[i] * ramp(i) + before[i] * (1 - ramp(i));
    dejitter->dropped += drop;
    kh_depth_shifted(&dejitter->depth, -(int32_t)drop);
}

static void play(struct kh_dejitter *dejitter, float *out)
{
    int32_t step = kh_depth_step(&dejitter->depth);
    uint32_t take = (uint32_t)(TICK + step);
    uint32_t count = kh_fifo_count(&dejitter->fifo);

    if (step != 0 && count < take + 2) {
        kh_depth_shifted(&dejitter->depth, step);
        take = TICK;
    }
    if (count < take) {
        starve(dejitter, out);
        return;
    }
    uint32_t drop = to_drop(dejitter);
    if (drop) {
        kh_depth_shifted(&dejitter->depth, (int32_t)take - TICK);
        leave_out(dejitter, drop, out);
        return;
    }
    if (take == TICK)
        kh_fifo_peek(&dejitter->fifo, out, TICK);
    else
        resample(&dejitter->fifo, out, (int32_t)take);
    kh_fifo_drop(&dejitter->fifo, take);
}

/* Not playing: is there enough, and old enough, to begin? */
static bool can_start(struct kh_dejitter *dejitter, int64_t due_ns)
{
    uint32_t count = kh_fifo_count(&dejitter->fifo);

    if (count < TICK) {
        if (count && due_ns - dejitter->newest_ns > STALE_MS * NS_PER_MS)
            empty(dejitter);
        return false;
    }
    return due_ns - dejitter->oldest_ns >= kh_depth_margin_ns(&dejitter->depth);
}

static void start(struct kh_dejitter *dejitter, float *out)
{
    uint32_t room = KH_FIFO_SAMPLES - kh_fifo_count(&dejitter->fifo);

    kh_fifo_push_front_zeros(&dejitter->fifo, room < KH_DEPTH_GUARD ? room : KH_DEPTH_GUARD);
    kh_depth_restart(&dejitter->depth);
    dejitter->playing = true;
    play(dejitter, out);
    fade_in(out);
}

void kh_dejitter_pull(struct kh_dejitter *dejitter, float out[KH_TICK_SAMPLES], int64_t due_ns)
{
    dejitter->due_ns = due_ns;
    dejitter->has_due = true;
    if (dejitter->cut)
        end_softly(dejitter, out, 0);
    else if (dejitter->playing)
        play(dejitter, out);
    else if (can_start(dejitter, due_ns))
        start(dejitter, out);
    else
        memset(out, 0, TICK * sizeof(*out));
    dejitter->cut = false;
    remember_tail(dejitter, out);
}
