#include "media/mixer/limiter.h"

#include <math.h>
#include <string.h>

enum {
    TICK = KH_TICK_SAMPLES,
    REACH = KH_LIMITER_REACH,
    WINDOW = KH_LIMITER_WINDOW,
    DELAY = KH_LIMITER_DELAY,
    TAPS = 2 * REACH,
    PHASES = 3,
};

/* The estimate of a true peak is a little low near the upper end of the spectrum, and the moving
 * gain adds a little; this much is held back for both. */
static const float reserve_db = 1;
/* A block below this share of the ceiling cannot exceed it between the samples: the absolute
 * weights of the interpolation sum up to less than 1 / 0.39. */
static const float surely_below = 0.39F;
static const double release_seconds = 0.1;

static double sinc(double x)
{
    return fabs(x) < 1e-9 ? 1 : sin(M_PI * x) / (M_PI * x);
}

static void make_kernel(struct kh_limiter *limiter)
{
    for (int phase = 0; phase < PHASES; phase++) {
        for (int tap = 0; tap < TAPS; tap++) {
            double x = tap - (REACH - 1) - (phase + 1) / 4.0;
            double window = cos(M_PI * x / (2 * (REACH + 0.5)));
            limiter->kernel[phase][tap] = (float)(sinc(x) * window);
        }
    }
}

void kh_limiter_init(struct kh_limiter *limiter, float ceiling_dbtp)
{
    memset(limiter, 0, sizeof(*limiter));
    limiter->ceiling = powf(10, (ceiling_dbtp - reserve_db) / 20);
    limiter->release = 1 - exp(-1 / (48000 * release_seconds));
    limiter->envelope = 1;
    for (int i = 0; i < WINDOW - 1; i++) {
        limiter->wanted[i] = 1;
        limiter->held[i] = 1;
    }
    make_kernel(limiter);
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

/* In lanes, so that the compiler can use vector instructions; so are the loops below. */
static float peak_of(const float line[DELAY + TICK])
{
    enum { LANES = 8 };
    float lane[LANES] = { 0 }, peak = 0;
    int i = 0;

    for (; i + LANES <= DELAY + TICK; i += LANES) {
        for (int k = 0; k < LANES; k++)
            lane[k] = larger(lane[k], fabsf(line[i + k]));
    }
    for (; i < DELAY + TICK; i++)
        peak = larger(peak, fabsf(line[i]));
    for (int k = 0; k < LANES; k++)
        peak = larger(peak, lane[k]);
    return peak;
}

/* For each sample in the middle of its reach: the largest value there and up to the next. */
static void find_peaks(const struct kh_limiter *limiter, const float *line, float peaks[TICK])
{
    const float *centre = line + DELAY - REACH;

    for (int i = 0; i < TICK; i++)
        peaks[i] = fabsf(centre[i]);
    for (int phase = 0; phase < PHASES; phase++) {
        float value[TICK] = { 0 };
        for (int tap = 0; tap < TAPS; tap++) {
            float weight = limiter->kernel[phase][tap];
            const float *from = centre + tap - (REACH - 1);
            for (int i = 0; i < TICK; i++)
                value[i] += weight * from[i];
        }
        for (int i = 0; i < TICK; i++)
            peaks[i] = larger(peaks[i], fabsf(value[i]));
    }
}

/* @line: DELAY past samples and the block. Fills @wanted behind its past; true when some gain is
 * below 1. */
static bool find_wanted(const struct kh_limiter *limiter, const float *line, float *wanted)
{
    float peaks[TICK];
    bool some = limiter->busy;

    find_peaks(limiter, line, peaks);
    for (int i = 0; i < TICK; i++) {
        bool over = peaks[i] > limiter->ceiling;
        wanted[WINDOW - 1 + i] = over ? limiter->ceiling / peaks[i] : 1;
        some = some || over;
    }
    return some;
}

/* @least[i] = the smallest of @wanted[i .. i + WINDOW - 1], by doubling the width. */
static void find_least(const float *wanted, float least[TICK])
{
    float wide[WINDOW - 1 + TICK];
    int count = WINDOW - 1 + TICK, width = 1;

    memcpy(wide, wanted, sizeof(wide));
    for (; 2 * width <= WINDOW; width *= 2) {
        count -= width;
        for (int i = 0; i < count; i++)
            wide[i] = smaller(wide[i], wide[i + width]);
    }
    for (int i = 0; i < TICK; i++)
        least[i] = smaller(wide[i], wide[i + WINDOW - width]);
}

static void find_held(struct kh_limiter *limiter, const float *wanted, float *held)
{
    float least[TICK];
    double envelope = limiter->envelope;

    find_least(wanted, least);
    for (int i = 0; i < TICK; i++) {
        envelope += (1 - envelope) * limiter->release;
        if (envelope > 0.99999)
            envelope = 1;
        envelope = fmin(envelope, (double)least[i]);
        held[WINDOW - 1 + i] = (float)envelope;
    }
    limiter->envelope = envelope;
}

/* The mean of a window of gains never exceeds the gain of the sample it is for, and moves
 * without a step. */
static void apply(const struct kh_limiter *limiter, const float *line, const float *held,
                  float *samples)
{
    double sum = 0;
    for (int k = 0; k < WINDOW - 1; k++)
        sum += (double)held[k];
    for (int i = 0; i < TICK; i++) {
        sum += (double)held[i + WINDOW - 1];
        float value = line[i] * (float)(sum / WINDOW);
        samples[i] = larger(-limiter->ceiling, smaller(limiter->ceiling, value));
        sum -= (double)held[i];
    }
}

static bool all_one(const float *gains)
{
    for (int i = 0; i < WINDOW - 1; i++) {
        if (gains[i] < 1)
            return false;
    }
    return true;
}

/* False: no gain but 1 is needed, nothing was done. */
static bool limit(struct kh_limiter *limiter, const float *line, float *samples)
{
    float wanted[WINDOW - 1 + TICK], held[WINDOW - 1 + TICK];

    memcpy(wanted, limiter->wanted, sizeof(limiter->wanted));
    if (!find_wanted(limiter, line, wanted))
        return false;
    memcpy(held, limiter->held, sizeof(limiter->held));
    find_held(limiter, wanted, held);
    apply(limiter, line, held, samples);
    memcpy(limiter->wanted, wanted + TICK, sizeof(limiter->wanted));
    memcpy(limiter->held, held + TICK, sizeof(limiter->held));
    limiter->busy = !all_one(limiter->wanted) || !all_one(limiter->held);
    return true;
}

void kh_limiter_run(struct kh_limiter *limiter, float samples[KH_TICK_SAMPLES])
{
    float line[DELAY + TICK];

    memcpy(line, limiter->past, sizeof(limiter->past));
    memcpy(line + DELAY, samples, TICK * sizeof(*samples));
    memcpy(limiter->past, line + TICK, sizeof(limiter->past));

    bool below = peak_of(line) < limiter->ceiling * surely_below;
    if ((below && !limiter->busy) || !limit(limiter, line, samples))
        memcpy(samples, line, TICK * sizeof(*samples));
}
