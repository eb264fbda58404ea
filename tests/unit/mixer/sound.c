#include "sound.h"

#include <math.h>

void sound_tone(float *out, uint32_t count, double hz, double amplitude, uint64_t first)
{
    for (uint32_t i = 0; i < count; i++)
        out[i] = (float)(amplitude * sin(2 * M_PI * fmod(hz * (double)(first + i) / 48000, 1)));
}

void sound_noise(float *out, uint32_t count, double amplitude, uint32_t *seed)
{
    for (uint32_t i = 0; i < count; i++) {
        *seed = *seed * 1664525U + 1013904223U;
        out[i] = (float)(amplitude * ((double)(*seed >> 8) / (1 << 23) - 1));
    }
}

/* One harmonic's weight under two formants that move slowly. */
static double formants(double hz, double seconds)
{
    double first = 500 + 250 * sin(2 * M_PI * 1.3 * seconds);
    double second = 1600 + 600 * sin(2 * M_PI * 0.9 * seconds + 1);
    double near_first = (hz - first) / 150, near_second = (hz - second) / 250;
    return 1 / (1 + near_first * near_first) + 0.5 / (1 + near_second * near_second) + 0.01;
}

void sound_voice(float *out, uint32_t count, double pitch_hz, double amplitude, uint64_t first)
{
    for (uint32_t i = 0; i < count; i++) {
        double seconds = (double)(first + i) / 48000;
        double syllable = fmax(0, sin(2 * M_PI * 3.1 * seconds));
        double sum = 0;
        for (int n = 1; n * pitch_hz < 3500; n++)
            sum += formants(n * pitch_hz, seconds) * sin(2 * M_PI * n * pitch_hz * seconds);
        out[i] = (float)(amplitude * 0.25 * syllable * sum);
    }
}

double sound_amplitude_at(const float *samples, uint32_t count, double hz)
{
    double re = 0, im = 0, weight = 0;
    for (uint32_t i = 0; i < count; i++) {
        double window = 0.5 - 0.5 * cos(2 * M_PI * (i + 0.5) / count);
        re += samples[i] * window * cos(2 * M_PI * hz * i / 48000);
        im += samples[i] * window * sin(2 * M_PI * hz * i / 48000);
        weight += window;
    }
    return 2 * sqrt(re * re + im * im) / weight;
}

double sound_rms(const float *samples, uint32_t count)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += (double)samples[i] * (double)samples[i];
    return count ? sqrt(sum / count) : 0;
}

float sound_peak(const float *samples, uint32_t count)
{
    float peak = 0;
    for (uint32_t i = 0; i < count; i++)
        peak = fmaxf(peak, fabsf(samples[i]));
    return peak;
}

float sound_largest_step(const float *samples, uint32_t count, float before)
{
    float largest = 0;
    for (uint32_t i = 0; i < count; i++) {
        largest = fmaxf(largest, fabsf(samples[i] - before));
        before = samples[i];
    }
    return largest;
}

enum { REACH = 32, QUARTERS = 4 };

/* Windowed sinc, @quarter / 4 of a sample late. */
static void make_kernel(double kernel[2 * REACH], int quarter)
{
    for (int i = 0; i < 2 * REACH; i++) {
        double x = i + 1 - REACH - quarter / 4.0;
        double window = 0.5 + 0.5 * cos(M_PI * x / (REACH + 1));
        kernel[i] = window * (fabs(x) < 1e-12 ? 1 : sin(M_PI * x) / (M_PI * x));
    }
}

double sound_true_peak(const float *samples, uint32_t count)
{
    double peak = 0;
    for (int quarter = 0; quarter < QUARTERS; quarter++) {
        double kernel[2 * REACH];
        make_kernel(kernel, quarter);
        for (uint32_t i = 0; i + 2 * REACH <= count; i++) {
            double sum = 0;
            for (int k = 0; k < 2 * REACH; k++)
                sum += kernel[k] * (double)samples[i + (uint32_t)k];
            peak = fmax(peak, fabs(sum));
        }
    }
    return peak;
}

double sound_db(double ratio)
{
    return 20 * log10(fmax(ratio, 1e-12));
}
