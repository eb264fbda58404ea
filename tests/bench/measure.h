/* measure.h - what the load generator puts into the sound and finds again: markers for the delay,
 * steady tones for drop-outs and clicks.
 *
 * Pure. 48 kHz mono floats.
 *
 * Marker: a chirp of 40 ms from 800 to 2800 Hz, once a second, found again by its normalised
 * correlation. Tones: one a talker, further apart than the window's main lobe is wide; a drop-out
 * is a window of 20 ms in which a tone is more than 8 dB below its median (Opus itself moves eight
 * tones at 32 kbit/s by up to 7 dB, a hole of one frame takes away more than 10), a click one of 5
 * ms with energy above 6 kHz far over its median. */
#ifndef KH_TESTS_BENCH_MEASURE_H
#define KH_TESTS_BENCH_MEASURE_H

#include <stddef.h>

enum {
    MEASURE_RATE = 48000,
    MEASURE_MARKER = 1920,        /* samples of a marker */
    MEASURE_MARKER_EVERY = 48000, /* samples between their beginnings */
    MEASURE_TONES_MAX = 8,
};

/* Add markers at @first, @first + 1 s, ... */
void measure_add_markers(float *samples, size_t n, size_t first);

/* Frequency of the steady tone of talker @talker. */
double measure_tone_hz(unsigned talker);
void measure_add_tone(float *samples, size_t n, unsigned talker, double amplitude);

/* Beginnings of the markers in @samples, ascending; at most @max, of which it returns how many. */
size_t measure_find_markers(const float *samples, size_t n, size_t *at, size_t max);

struct measure_glitches {
    unsigned dropouts, clicks;
};

/* Glitches in @samples, which holds the tones of the talkers in the bits of @talkers. Within 120 ms
 * behind a marker nothing is counted, nor in the first and last 100 ms. */
struct measure_glitches measure_glitches(const float *samples, size_t n, unsigned talkers);

#endif
