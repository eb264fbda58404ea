/* likeness.h - how much a speech that came over a bad network is like the same speech that came
 * over a good one.
 *
 * Pure. 48 kHz mono floats. Frames of 20 ms are compared in 15 bands of a third of an octave, 150
 * to 3,800 Hz. The delay may change, so each half second is compared at the delay (0 to 800 ms in
 * steps of 5 ms, and 100 ms early) at which it fits best; errors of time smaller than that count.
 */
#ifndef KH_TESTS_MEDIA_LIKENESS_H
#define KH_TESTS_MEDIA_LIKENESS_H

#include <stddef.h>

struct likeness {
    unsigned speech;     /* frames of the clean run above -45 dBFS */
    double kept;         /* share of them that are heard within 20 dB */
    double distance_db;  /* mean over their bands of the difference in level, at most 30 dB each */
    double intelligible; /* correlation of the bands' envelopes as STOI does it (Taal 2011): 1 is
                            the same, above 0.75 or so a listener understands nearly all */
    unsigned longest_gap_ms;           /* of them that are not heard, in one go */
    double delay_ms_p50, delay_ms_p90; /* of the half seconds, against the clean run */
};

struct likeness likeness_of(const float *clean, size_t n_clean, const float *heard, size_t n_heard);

#endif
