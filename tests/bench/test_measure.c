/* The rig's own eyes: it finds what was put in, after a pass through Opus, and nothing else. */
#include "tests/bench/measure.h"
#include "tests/unit/test.h"

#include <math.h>
#include <opus.h>
#include <stdlib.h>
#include <string.h>

enum { N = 6 * MEASURE_RATE, FRAME = 960, LOOK_AHEAD = 312 };

static float *through_opus(const float *in, int lost_frame)
{
    int code;
    float *out = calloc(N, sizeof(*out));
    OpusEncoder *encoder = opus_encoder_create(MEASURE_RATE, 1, OPUS_APPLICATION_VOIP, &code);
    OpusDecoder *decoder = opus_decoder_create(MEASURE_RATE, 1, &code);
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(32000));
    for (int i = 0; i < N / FRAME; i++) {
        uint8_t packet[1275];
        int bytes = opus_encode_float(encoder, in + i * FRAME, FRAME, packet, sizeof(packet));
        if (i == lost_frame)
            continue; /* a hole of silence, as an underrun makes it */
        assert_int_equal(opus_decode_float(decoder, packet, bytes, out + i * FRAME, FRAME, 0),
                         FRAME);
    }
    opus_encoder_destroy(encoder);
    opus_decoder_destroy(decoder);
    return out;
}

static float *tones(unsigned n)
{
    float *samples = calloc(N, sizeof(*samples));
    for (unsigned talker = 0; talker < n; talker++)
        measure_add_tone(samples, N, talker, 0.1);
    measure_add_markers(samples, N, MEASURE_RATE / 2);
    return samples;
}

TEST(markers_are_found_to_a_millisecond)
{
    size_t at[16];
    float *in = tones(3), *out = through_opus(in, -1);
    assert_int_equal(measure_find_markers(out, N, at, 16), 6);
    for (unsigned i = 0; i < 6; i++) {
        double off = (double)at[i] - MEASURE_RATE / 2 - (double)i * MEASURE_MARKER_EVERY;
        assert_true(fabs(off - LOOK_AHEAD) < 48);
    }
    free(in);
    free(out);
}

TEST(clean_tones_have_no_glitch)
{
    for (unsigned n = 1; n <= MEASURE_TONES_MAX; n++) {
        float *in = tones(n), *out = through_opus(in, -1);
        struct measure_glitches glitches = measure_glitches(out, N, (1U << n) - 1);
        assert_int_equal(glitches.dropouts, 0);
        assert_int_equal(glitches.clicks, 0);
        free(in);
        free(out);
    }
}

TEST(a_hole_is_found_among_eight_tones_wherever_it_begins)
{
    float *in = tones(MEASURE_TONES_MAX), *out = through_opus(in, -1);
    for (unsigned i = 0; i < 4; i++) {
        size_t at = (size_t)(i + 1) * MEASURE_RATE + 12000 + i * 120;
        memset(out + at, 0, FRAME * sizeof(*out));
    }
    assert_int_equal(measure_glitches(out, N, 255).dropouts, 4);
    free(in);
    free(out);
}

TEST(a_lost_frame_and_a_click_are_found)
{
    float *in = tones(3), *out = through_opus(in, 120); /* at 2.4 s: between markers */
    assert_int_equal(measure_glitches(out, N, 7).dropouts, 1);
    free(out);
    out = through_opus(in, -1);
    for (unsigned i = 0; i < 5; i++)
        out[3 * MEASURE_RATE + i] += 0.2f;
    assert_int_equal(measure_glitches(out, N, 7).clicks, 1);
    memmove(out + 200000, out + 200300, 1000 * sizeof(*out)); /* a jump in phase */
    struct measure_glitches glitches = measure_glitches(out, N, 7);
    assert_true(glitches.clicks + glitches.dropouts >= 2);
    free(in);
    free(out);
}

int main(void)
{
    return kh_run_tests(CASE(markers_are_found_to_a_millisecond), CASE(clean_tones_have_no_glitch),
                        CASE(a_hole_is_found_among_eight_tones_wherever_it_begins),
                        CASE(a_lost_frame_and_a_click_are_found));
}
