/* sound.h - test signals and what to measure on them.
 *
 * Any thread, owns nothing. */
#ifndef KH_TESTS_MIXER_SOUND_H
#define KH_TESTS_MIXER_SOUND_H

#include <stdint.h>

/* @count samples of a sine of @hz and @amplitude, beginning with sample number @first. */
void sound_tone(float *out, uint32_t count, double hz, double amplitude, uint64_t first);

/* White noise within +-@amplitude; @seed is advanced. */
void sound_noise(float *out, uint32_t count, double amplitude, uint32_t *seed);

/* Pulses through moving formants, with pauses: like a voice for a codec. */
void sound_voice(float *out, uint32_t count, double pitch_hz, double amplitude, uint64_t first);

/* Amplitude of the component at @hz. */
double sound_amplitude_at(const float *samples, uint32_t count, double hz);

double sound_rms(const float *samples, uint32_t count);
float sound_peak(const float *samples, uint32_t count);
/* Largest difference of neighbours, with @before as the one in front. */
float sound_largest_step(const float *samples, uint32_t count, float before);

/* Peak with 4x oversampling by a long kernel of its own. */
double sound_true_peak(const float *samples, uint32_t count);

double sound_db(double ratio);

#endif
