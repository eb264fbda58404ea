#include "tests/bench/measure.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP = 8, /* the search looks at every 8th sample first */
    TONE_WINDOW = 960,
    TONE_HOP = 480,
    CLICK_WINDOW = 240,
    EDGE = 4800,
    AROUND_MARKER = 5760,
    MARKERS_MAX = 256,
};

static const double MARKER_AMPLITUDE = 0.35, MARKER_LIKE = 0.55;
static const double DROPOUT_DB = 8, CLICK_DB = 26, CLICK_FLOOR_DB = -62;

static double hann(size_t i, size_t n)
{
    return 0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)(n - 1));
}

static double marker_sample(size_t i)
{
    double t = (double)i / MEASURE_RATE, length = (double)MEASURE_MARKER / MEASURE_RATE;
    double phase = 2 * M_PI * (800 * t + 2000 * t * t / (2 * length));
    return sin(phase) * hann(i, MEASURE_MARKER);
}

void measure_add_markers(float *samples, size_t n, size_t first)
{
    for (size_t at = first; at + MEASURE_MARKER <= n; at += MEASURE_MARKER_EVERY)
        for (size_t i = 0; i < MEASURE_MARKER; i++)
            samples[at + i] += (float)(MARKER_AMPLITUDE * marker_sample(i));
}

double measure_tone_hz(unsigned talker)
{
    static const double hz[MEASURE_TONES_MAX] = { 310, 550, 790, 1030, 1270, 1510, 1750, 1990 };
    return hz[talker % MEASURE_TONES_MAX];
}

void measure_add_tone(float *samples, size_t n, unsigned talker, double amplitude)
{
    for (size_t i = 0; i < n; i++)
        samples[i] +=
            (float)(amplitude * sin(2 * M_PI * measure_tone_hz(talker) * (double)i / MEASURE_RATE));
}

static double likeness(const float *samples, const double *marker)
{
    double like = 0, all = 1e-9, own = 0;

    for (size_t i = 0; i < MEASURE_MARKER; i++) {
        like += samples[i] * marker[i];
        all += (double)samples[i] * samples[i];
        own += marker[i] * marker[i];
    }
    return like / sqrt(all * own);
}

/* A first difference makes the tones and the body of speech small against the chirp. */
static float *emphasised(const float *samples, size_t n)
{
    float *out = calloc(n + 1, sizeof(*out));

    for (size_t i = 2; i < n; i++)
        out[i] = samples[i] - 2 * samples[i - 1] + samples[i - 2];
    return out;
}

static size_t refine(const float *samples, size_t n, const double *marker, size_t at)
{
    double best = -1;
    size_t from = at > 2 * STEP ? at - 2 * STEP : 0, where = at;

    for (size_t i = from; i <= at + 2 * STEP && i + MEASURE_MARKER <= n; i++) {
        double like = likeness(samples + i, marker);
        if (like > best) {
            best = like;
            where = i;
        }
    }
    return where;
}

static void make_marker(double *marker)
{
    double plain[MEASURE_MARKER];

    for (size_t i = 0; i < MEASURE_MARKER; i++)
        plain[i] = marker_sample(i);
    for (size_t i = 0; i < MEASURE_MARKER; i++)
        marker[i] = plain[i] - (i > 0 ? 2 * plain[i - 1] : 0) + (i > 1 ? plain[i - 2] : 0);
}

size_t measure_find_markers(const float *samples, size_t n, size_t *at, size_t max)
{
    double marker[MEASURE_MARKER];
    float *sharp = emphasised(samples, n);
    size_t found = 0;

    make_marker(marker);
    for (size_t i = 0; i + MEASURE_MARKER <= n && found < max; i += STEP) {
        if (fabs(likeness(sharp + i, marker)) < MARKER_LIKE)
            continue;
        at[found++] = refine(sharp, n, marker, refine(sharp, n, marker, i));
        i += MEASURE_MARKER_EVERY / 2;
    }
    free(sharp);
    return found;
}

static double tone_db(const float *samples, double hz)
{
    double re = 0, im = 0, w = 2 * M_PI * hz / MEASURE_RATE;

    for (size_t i = 0; i < TONE_WINDOW; i++) {
        double weighted = samples[i] * hann(i, TONE_WINDOW);
        re += weighted * cos(w * (double)i);
        im += weighted * sin(w * (double)i);
    }
    return 20 * log10(4 * sqrt(re * re + im * im) / TONE_WINDOW + 1e-9);
}

/* Energy of what changes fast: the fourth difference weighs 6 kHz and more. */
static double click_db(const float *s)
{
    double sum = 0;

    for (size_t i = 4; i < CLICK_WINDOW; i++) {
        double d = s[i] - 4.0 * s[i - 1] + 6.0 * s[i - 2] - 4.0 * s[i - 3] + s[i - 4];
        sum += d * d;
    }
    return 10 * log10(sum / CLICK_WINDOW + 1e-12);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values, size_t n)
{
    double *copy = malloc((n + 1) * sizeof(*copy));
    memcpy(copy, values, n * sizeof(*copy));
    qsort(copy, n, sizeof(*copy), compare);
    double middle = n ? copy[n / 2] : 0;
    free(copy);
    return middle;
}

/* Is the window at @at (of @window samples) away from markers and edges? */
static bool counts(size_t at, size_t window, size_t n, const size_t *markers, size_t n_markers)
{
    if (at < EDGE || at + window + EDGE > n)
        return false;
    for (size_t i = 0; i < n_markers; i++)
        if (at + window + EDGE / 2 > markers[i] && at < markers[i] + AROUND_MARKER)
            return false;
    return true;
}

/* Runs of bad windows, each one glitch. */
static unsigned count_runs(const bool *bad, size_t n)
{
    unsigned runs = 0;

    for (size_t i = 0; i < n; i++)
        runs += bad[i] && (i == 0 || !bad[i - 1]);
    return runs;
}

struct scan {
    const float *samples;
    size_t n, markers[MARKERS_MAX], n_markers;
};

static void mark_dropouts(const struct scan *scan, double hz, bool *bad)
{
    size_t windows = scan->n / TONE_HOP;
    double *level = calloc(windows + 1, sizeof(*level));
    double *good = calloc(windows + 1, sizeof(*good));
    size_t n_good = 0;

    for (size_t i = 0; i * TONE_HOP + TONE_WINDOW <= scan->n; i++) {
        if (!counts(i * TONE_HOP, TONE_WINDOW, scan->n, scan->markers, scan->n_markers))
            continue;
        level[i] = tone_db(scan->samples + i * TONE_HOP, hz);
        good[n_good++] = level[i];
    }
    double usual = median(good, n_good);
    for (size_t i = 0; i < windows; i++)
        bad[i] |= level[i] != 0 && usual - level[i] > DROPOUT_DB;
    free(level);
    free(good);
}

static unsigned count_clicks(const struct scan *scan)
{
    size_t windows = scan->n / CLICK_WINDOW;
    double *level = calloc(windows + 1, sizeof(*level));
    bool *bad = calloc(windows + 1, sizeof(*bad));

    for (size_t i = 0; i < windows; i++)
        level[i] = click_db(scan->samples + i * CLICK_WINDOW);
    double usual = median(level, windows);
    for (size_t i = 0; i < windows; i++)
        bad[i] = level[i] > usual + CLICK_DB && level[i] > CLICK_FLOOR_DB &&
                 counts(i * CLICK_WINDOW, CLICK_WINDOW, scan->n, scan->markers, scan->n_markers);
    unsigned runs = count_runs(bad, windows);
    free(level);
    free(bad);
    return runs;
}

struct measure_glitches measure_glitches(const float *samples, size_t n, unsigned talkers)
{
    struct measure_glitches glitches = { 0 };
    struct scan scan = { .samples = samples, .n = n };
    bool *bad = calloc(n / TONE_HOP + 1, sizeof(*bad));

    scan.n_markers = measure_find_markers(samples, n, scan.markers, MARKERS_MAX);
    for (unsigned talker = 0; talker < MEASURE_TONES_MAX; talker++)
        if (talkers >> talker & 1)
            mark_dropouts(&scan, measure_tone_hz(talker), bad);
    glitches.dropouts = count_runs(bad, n / TONE_HOP);
    glitches.clicks = count_clicks(&scan);
    free(bad);
    return glitches;
}
