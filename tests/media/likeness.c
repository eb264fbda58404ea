#include "tests/media/likeness.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    COARSER = 4, /* 12 kHz are enough */
    FRAME = 960 / COARSER,
    HOP = FRAME / 4, /* of what was heard */
    HOPS = FRAME / HOP,
    BANDS = 15,
    PIECE = 25, /* frames that share a delay */
    EARLY = -20,
    LATE = 160,  /* hops */
    SEGMENT = 19 /* frames of an envelope, 380 ms */
};

static const double SPEECH_DBFS = -45, KEPT_DB = 20, FLOOR_DB = -75, APART_MAX_DB = 30;
static const double HZ_LOWEST = 150, HZ_STEP = 50;

struct frame {
    double level_db, band_db[BANDS];
};

static double wave[FRAME], hann[FRAME];

static void make_tables(void)
{
    for (unsigned i = 0; i < FRAME; i++) {
        wave[i] = cos(2 * M_PI * i / FRAME);
        hann[i] = 0.5 - 0.5 * wave[i];
    }
}

static double to_db(double power)
{
    double db = 10 * log10(power + 1e-20);
    return db > FLOOR_DB ? db : FLOOR_DB;
}

/* Power of the bin of 50 Hz times @bin. */
static double bin_power(const double *windowed, unsigned bin)
{
    double re = 0, im = 0;

    for (unsigned i = 0, at = 0; i < FRAME; i++) {
        re += windowed[i] * wave[at];
        im += windowed[i] * wave[(at + FRAME / 4) % FRAME];
        at = (at + bin) % FRAME;
    }
    return 16.0 / 3 * (re * re + im * im) / FRAME / FRAME;
}

static void measure_frame(const float *samples, struct frame *frame)
{
    double windowed[FRAME], power = 0;

    for (unsigned i = 0; i < FRAME; i++) {
        windowed[i] = samples[i] * hann[i];
        power += windowed[i] * windowed[i];
    }
    frame->level_db = to_db(power * 8 / 3 / FRAME);
    for (unsigned band = 0; band < BANDS; band++) {
        double low = HZ_LOWEST * pow(2, (band - 0.5) / 3), high = low * pow(2, 1.0 / 3), sum = 0;
        for (unsigned bin = (unsigned)ceil(low / HZ_STEP); bin * HZ_STEP < high; bin++)
            sum += bin_power(windowed, bin);
        frame->band_db[band] = to_db(sum);
    }
}

static struct frame *measure_frames(const float *samples, size_t n, unsigned hop, size_t *n_frames)
{
    size_t n_coarse = n / COARSER;
    float *coarse = calloc(n_coarse + 1, sizeof(*coarse));
    for (size_t i = 0; i < n_coarse * COARSER; i++)
        coarse[i / COARSER] += samples[i] / COARSER;

    *n_frames = n_coarse < FRAME ? 0 : (n_coarse - FRAME) / hop + 1;
    struct frame *frames = calloc(*n_frames + 1, sizeof(*frames));
    for (size_t i = 0; i < *n_frames; i++)
        measure_frame(coarse + i * hop, &frames[i]);
    free(coarse);
    return frames;
}

static double distance(const struct frame *a, const struct frame *b)
{
    double sum = 0;

    for (unsigned i = 0; i < BANDS; i++)
        sum += fmin(fabs(a->band_db[i] - b->band_db[i]), APART_MAX_DB);
    return sum / BANDS;
}

struct run {
    struct frame *clean, *heard;
    size_t n_clean, n_heard;
    const struct frame **pairs[2]; /* speech frames of the clean run and what was heard */
    size_t n_pairs;
};

static const struct frame *heard_at(const struct run *run, size_t i, int delay)
{
    static const struct frame nothing = { .level_db = -200,
                                          .band_db = { -75, -75, -75, -75, -75, -75, -75, -75, -75,
                                                       -75, -75, -75, -75, -75, -75 } };
    int64_t at = (int64_t)i * HOPS + delay;
    return at >= 0 && (size_t)at < run->n_heard ? &run->heard[at] : &nothing;
}

static bool is_speech(const struct run *run, size_t i)
{
    return i < run->n_clean && run->clean[i].level_db > SPEECH_DBFS;
}

/* The best delay of frames @from on; @usual is taken when nothing is said. */
static int find_delay(const struct run *run, size_t from, int usual)
{
    double best = HUGE_VAL;

    for (int delay = EARLY; delay <= LATE; delay++) {
        double sum = 0;
        unsigned frames = 0;
        for (size_t i = from; i < from + PIECE; i++) {
            if (!is_speech(run, i))
                continue;
            sum += distance(&run->clean[i], heard_at(run, i, delay));
            frames++;
        }
        if (frames > 0 && sum < best) {
            best = sum;
            usual = delay;
        }
    }
    return usual;
}

static int compare(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void pair_frames(struct run *run, struct likeness *likeness)
{
    int delay = 0;
    int *delays = calloc(run->n_clean / PIECE + 1, sizeof(*delays));
    size_t pieces = 0;

    for (size_t from = 0; from < run->n_clean; from += PIECE) {
        delay = find_delay(run, from, delay);
        unsigned speech = 0;
        for (size_t i = from; i < from + PIECE; i++) {
            if (!is_speech(run, i))
                continue;
            run->pairs[0][run->n_pairs] = &run->clean[i];
            run->pairs[1][run->n_pairs++] = heard_at(run, i, delay);
            speech++;
        }
        if (speech > PIECE / 2)
            delays[pieces++] = delay;
    }
    qsort(delays, pieces, sizeof(*delays), compare);
    likeness->delay_ms_p50 = pieces ? 5 * delays[pieces / 2] : 0;
    likeness->delay_ms_p90 = pieces ? 5 * delays[pieces * 9 / 10] : 0;
    free(delays);
}

static void count_frames(const struct run *run, struct likeness *likeness)
{
    unsigned kept = 0, gap = 0, longest = 0;
    double apart = 0;

    for (size_t i = 0; i < run->n_pairs; i++) {
        const struct frame *a = run->pairs[0][i], *b = run->pairs[1][i];
        bool is_kept = b->level_db > a->level_db - KEPT_DB;
        kept += is_kept;
        gap = is_kept || (i > 0 && a != run->pairs[0][i - 1] + 1) ? !is_kept : gap + 1;
        longest = gap > longest ? gap : longest;
        apart += distance(a, b);
    }
    likeness->speech = (unsigned)run->n_pairs;
    likeness->kept = run->n_pairs ? (double)kept / (double)run->n_pairs : 0;
    likeness->distance_db = run->n_pairs ? apart / (double)run->n_pairs : 0;
    likeness->longest_gap_ms = longest * 20;
}

static double amplitude(double db)
{
    return pow(10, db / 20);
}

/* One band of one segment: the heard envelope, as loud as the clean one and at most 15 dB off
 * (STOI's clipping), correlated with it. */
static double envelope_correlation(const struct run *run, size_t from, unsigned band)
{
    double x[SEGMENT], y[SEGMENT], xx = 0, yy = 0, sum_x = 0, sum_y = 0;

    for (unsigned i = 0; i < SEGMENT; i++) {
        x[i] = amplitude(run->pairs[0][from + i]->band_db[band]);
        y[i] = amplitude(run->pairs[1][from + i]->band_db[band]);
        xx += x[i] * x[i];
        yy += y[i] * y[i];
    }
    for (unsigned i = 0; i < SEGMENT; i++) {
        y[i] = fmin(y[i] * sqrt(xx / yy), x[i] * (1 + amplitude(15)));
        sum_x += x[i] / SEGMENT;
        sum_y += y[i] / SEGMENT;
    }
    double xy = 0;
    xx = yy = 1e-20;
    for (unsigned i = 0; i < SEGMENT; i++) {
        xy += (x[i] - sum_x) * (y[i] - sum_y);
        xx += (x[i] - sum_x) * (x[i] - sum_x);
        yy += (y[i] - sum_y) * (y[i] - sum_y);
    }
    return xy / sqrt(xx * yy);
}

static double intelligible(const struct run *run)
{
    double sum = 0;
    unsigned n = 0;

    for (size_t from = 0; from + SEGMENT <= run->n_pairs; from += SEGMENT / 2)
        for (unsigned band = 0; band < BANDS; band++, n++)
            sum += envelope_correlation(run, from, band);
    return n ? sum / n : 0;
}

struct likeness likeness_of(const float *clean, size_t n_clean, const float *heard, size_t n_heard)
{
    struct likeness likeness = { 0 };
    struct run run = { 0 };

    make_tables();
    run.clean = measure_frames(clean, n_clean, FRAME, &run.n_clean);
    run.heard = measure_frames(heard, n_heard, HOP, &run.n_heard);
    for (unsigned i = 0; i < 2; i++)
        run.pairs[i] = calloc(run.n_clean + 1, sizeof(*run.pairs[i]));
    pair_frames(&run, &likeness);
    count_frames(&run, &likeness);
    likeness.intelligible = intelligible(&run);
    for (unsigned i = 0; i < 2; i++)
        free(run.pairs[i]);
    free(run.clean);
    free(run.heard);
    return likeness;
}
