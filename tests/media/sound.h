/* sound.h - measures of decoded sound for the tests: levels of tones, audible frames, where a
 * speech is found again. 48 kHz mono floats, 0 dBFS is a sine of amplitude 1.
 *
 * Pure but for the speech generator; the caller frees what is returned. */
#ifndef KH_TESTS_MEDIA_SOUND_H
#define KH_TESTS_MEDIA_SOUND_H

#include <stdbool.h>
#include <stddef.h>

enum { SOUND_RATE = 48000, SOUND_FRAME = 960 };

/* Level of the tone of @hz in dBFS, by Goertzel's algorithm under a Hann window; -200 for none. */
double sound_tone_dbfs(const float *samples, size_t n, double hz);

double sound_rms_dbfs(const float *samples, size_t n);

/* Frames of 20 ms whose RMS is above -70 dBFS. */
unsigned sound_audible_frames(const float *samples, size_t n);

/* The first sample of the stretch in which the tone of @hz is within 6 dB of its loudest 5 ms, and
 * the first behind it; false when it is nowhere above @floor_dbfs. Exact to about 3 ms. */
bool sound_find_tone(const float *samples, size_t n, double hz, double floor_dbfs, size_t *begin,
                     size_t *end);

/* How much of @source is in @samples: the best match over delays of 0 to @max_delay samples.
 * @gain_db is its level against @source, @correlation is 0..1, @delay that of the last 400 ms. */
struct sound_match {
    double gain_db, correlation;
    size_t delay;
    size_t delays[16]; /* of each 400 ms */
};
struct sound_match sound_find(const float *samples, size_t n, const float *source, size_t n_source,
                              size_t max_delay);

/* Level in dB against @source of what of it is in @samples, where @heard found it elsewhere. */
double sound_leak_db(const float *samples, size_t n, const float *source, size_t n_source,
                     const struct sound_match *heard);

/* Vietnamese speech of espeak-ng at -3 dBFS peak. NULL: espeak-ng or sox failed. */
float *sound_speak(const char *text, size_t *n);

/* A recording decoded by opusdec, as any player would. NULL: opusdec failed. */
float *sound_decode_file(const char *path, size_t *n);

#endif
