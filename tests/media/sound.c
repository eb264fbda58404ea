#include "tests/media/sound.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    AUDIBLE_DBFS = -70,
    HOP = 120,
    WINDOW = 240,
    DECIMATION = 6,
    TONE_PIECE = 3600,
    SPEECH_PIECE = 19200
};

static double to_db(double amplitude)
{
    return amplitude > 1e-10 ? 20 * log10(amplitude) : -200;
}

/* Amplitude of the tone in one stretch. */
static double tone_amplitude(const float *samples, size_t n, double hz)
{
    double w = 2 * M_PI * hz / SOUND_RATE, re = 0, im = 0;

    for (size_t i = 0; i < n; i++) {
        double hann = 0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)(n - 1));
        re += samples[i] * hann * cos(w * (double)i);
        im += samples[i] * hann * sin(w * (double)i);
    }
    return 4 * sqrt(re * re + im * im) / (double)n;
}

/* In pieces, because the mixer follows the sender's clock and so shifts the tone by up to 0.4 %. */
double sound_tone_dbfs(const float *samples, size_t n, double hz)
{
    size_t piece = n < TONE_PIECE ? n : TONE_PIECE;
    double power = 0;
    unsigned pieces = 0;

    if (n < 2)
        return -200;
    for (size_t at = 0; at + piece <= n; at += piece / 2 + 1, pieces++) {
        double amplitude = tone_amplitude(samples + at, piece, hz);
        power += amplitude * amplitude;
    }
    return to_db(sqrt(power / pieces));
}

double sound_rms_dbfs(const float *samples, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)samples[i] * samples[i];
    return n ? to_db(sqrt(sum / (double)n)) : -200;
}

unsigned sound_audible_frames(const float *samples, size_t n)
{
    unsigned frames = 0;

    for (size_t i = 0; i + SOUND_FRAME <= n; i += SOUND_FRAME)
        frames += sound_rms_dbfs(samples + i, SOUND_FRAME) > AUDIBLE_DBFS;
    return frames;
}

bool sound_find_tone(const float *samples, size_t n, double hz, double floor_dbfs, size_t *begin,
                     size_t *end)
{
    double best = -200;
    size_t first = 0, last = 0;

    for (size_t i = 0; i + WINDOW <= n; i += HOP)
        best = fmax(best, sound_tone_dbfs(samples + i, WINDOW, hz));
    if (best < floor_dbfs)
        return false;
    for (size_t i = 0; i + WINDOW <= n; i += HOP) {
        if (sound_tone_dbfs(samples + i, WINDOW, hz) < best - 6)
            continue;
        /* Half of a Hann window's weight lies in its middle: it is -6 dB with the edge there. */
        size_t middle = i + WINDOW / 2;
        if (first == 0)
            first = middle;
        last = middle;
    }
    *begin = first;
    *end = last;
    return true;
}

/* A crude low-pass and decimation; both sides get the same. */
static float *decimate(const float *samples, size_t n, size_t *n_out)
{
    *n_out = n / DECIMATION;
    float *out = calloc(*n_out + 1, sizeof(*out));
    for (size_t i = 0; i < *n_out; i++)
        for (size_t k = 0; k < DECIMATION; k++)
            out[i] += samples[i * DECIMATION + k] / DECIMATION;
    return out;
}

static double product(const float *a, const float *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * b[i];
    return sum;
}

/* One piece of the source: at the best delay how much of it there is (@like), and of anything. */
struct piece {
    double like, source, all;
    size_t delay;
};

static struct piece find_piece(const float *samples, size_t n, const float *source, size_t n_source,
                               size_t max_delay)
{
    struct piece best = { .source = product(source, source, n_source) };

    for (size_t delay = 0; delay <= max_delay && delay + n_source <= n; delay++) {
        double like = product(samples + delay, source, n_source);
        if (fabs(like) <= fabs(best.like))
            continue;
        best.like = like;
        best.delay = delay;
        best.all = product(samples + delay, samples + delay, n_source);
    }
    return best;
}

/* In pieces of 400 ms, because the delay becomes smaller while the mixer learns how even the
 * packets come. */
struct sound_match sound_find(const float *samples, size_t n, const float *source, size_t n_source,
                              size_t max_delay)
{
    struct sound_match match = { .gain_db = -200 };
    size_t n_a, n_b, piece = SPEECH_PIECE / DECIMATION;
    float *a = decimate(samples, n, &n_a), *b = decimate(source, n_source, &n_b);
    double like = 0, energy = 1e-20, geometric = 1e-20;

    for (size_t at = 0; at + piece <= n_b && at < n_a; at += piece) {
        struct piece part = find_piece(a + at, n_a - at, b + at, piece, max_delay / DECIMATION);
        like += fabs(part.like);
        energy += part.source;
        geometric += sqrt(part.source * part.all);
        match.delay = part.delay * DECIMATION;
        if (at / piece < 16)
            match.delays[at / piece] = part.delay;
    }
    match.gain_db = to_db(like / energy);
    match.correlation = like / geometric;
    free(a);
    free(b);
    return match;
}

/* Signs kept and delays known: chance adds up to nothing. */
double sound_leak_db(const float *samples, size_t n, const float *source, size_t n_source,
                     const struct sound_match *heard)
{
    size_t n_a, n_b, piece = SPEECH_PIECE / DECIMATION;
    float *a = decimate(samples, n, &n_a), *b = decimate(source, n_source, &n_b);
    double like = 0, energy = 1e-20;

    for (size_t i = 0; i < 16 && (i + 1) * piece <= n_b; i++) {
        size_t from = i * piece + heard->delays[i];
        if (from + piece > n_a)
            break;
        like += product(a + from, b + i * piece, piece);
        energy += product(b + i * piece, b + i * piece, piece);
    }
    free(a);
    free(b);
    return to_db(fabs(like) / energy);
}

static float *read_samples(const char *command, bool s16, size_t *n)
{
    size_t bytes = 0, room = 1 << 20;
    uint8_t *data = malloc(room);
    FILE *pipe = popen(command, "r");
    if (!pipe)
        return NULL;
    for (size_t got; (got = fread(data + bytes, 1, room - bytes, pipe)) > 0;) {
        bytes += got;
        if (bytes == room)
            data = realloc(data, room *= 2);
    }
    if (pclose(pipe) != 0 || bytes == 0) {
        free(data);
        return NULL;
    }
    if (!s16) {
        *n = bytes / sizeof(float);
        return (float *)(void *)data;
    }
    *n = bytes / 2;
    float *samples = calloc(*n, sizeof(*samples));
    for (size_t i = 0; i < *n; i++)
        samples[i] = (float)(int16_t)(data[2 * i] | data[2 * i + 1] << 8) / 32768.0f;
    free(data);
    return samples;
}

float *sound_speak(const char *text, size_t *n)
{
    char command[1024];

    snprintf(command, sizeof(command),
             "espeak-ng -v vi -s 160 --stdout '%s' 2>/dev/null | "
             "sox -q -t wav - -t f32 -r 48000 -c 1 - norm -3 2>/dev/null",
             text);
    return read_samples(command, false, n);
}

float *sound_decode_file(const char *path, size_t *n)
{
    char command[512];

    snprintf(command, sizeof(command),
             "opusdec --quiet --rate 48000 --no-dither '%s' - 2>/dev/null", path);
    return read_samples(command, true, n);
}
