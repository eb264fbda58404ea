#include "media/mixer/decoder.h"

#include "media/mixer/encoder.h"
#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>
#include <opus/opus.h>
#include <stdlib.h>
#include <string.h>

enum { TICK = KH_TICK_SAMPLES, PACKETS = 100 };

static struct kh_opus_frame packet[PACKETS];

/* A voice at a rate at which libopus adds in-band FEC. */
static void make_packets(void)
{
    const struct kh_encoder_config config = { 5, 32000, true, 20 };
    struct kh_encoder *encoder = kh_encoder_create(&config);
    float pcm[TICK];

    for (uint64_t i = 0; i < PACKETS; i++) {
        sound_voice(pcm, TICK, 120, 0.6, i * TICK);
        kh_encoder_run(encoder, pcm, &packet[i]);
    }
    kh_encoder_destroy(encoder);
}

/* Decode all packets, with every fifth one lost; told or not. Returns the samples. */
static uint32_t decode_all(bool lose, float *out, uint64_t *concealed)
{
    struct kh_decoder *decoder = kh_decoder_create();
    static float room[KH_DECODER_SAMPLES_MAX];
    uint32_t total = 0;

    *concealed = 0;
    for (int i = 0; i < PACKETS; i++) {
        if (lose && i % 5 == 3) {
            assert_int_equal(kh_decoder_missing(decoder, TICK, room, concealed), 0);
            continue;
        }
        uint32_t count = kh_decoder_run(decoder, packet[i].data, packet[i].bytes, room, concealed);
        memcpy(out + total, room, count * sizeof(float));
        total += count;
    }
    kh_decoder_destroy(decoder);
    return total;
}

TEST(lost_packets_are_filled_to_the_sample_without_holding_others_back)
{
    static float whole[(PACKETS + 1) * TICK], holes[(PACKETS + 1) * TICK];
    uint64_t concealed;

    make_packets();
    assert_int_equal(decode_all(false, whole, &concealed), PACKETS * TICK);
    assert_int_equal(concealed, 0);
    assert_int_equal(decode_all(true, holes, &concealed), PACKETS * TICK);
    assert_int_equal(concealed, PACKETS / 5 * TICK);

    /* With FEC the filled frames resemble the lost ones; silence would give 0 dB. */
    double error = 0, power = 0;
    for (int i = 3; i < PACKETS; i += 5) {
        for (int k = i * TICK; k < (i + 1) * TICK; k++) {
            error += pow((double)holes[k] - (double)whole[k], 2);
            power += pow((double)whole[k], 2);
        }
    }
    assert_true(10 * log10(error / power) < -6);
}

TEST(a_long_gap_is_concealed_for_120_ms_at_most)
{
    static float room[KH_DECODER_SAMPLES_MAX];
    struct kh_decoder *decoder = kh_decoder_create();
    uint64_t concealed = 0;

    make_packets();
    kh_decoder_run(decoder, packet[0].data, packet[0].bytes, room, &concealed);
    uint32_t total = kh_decoder_missing(decoder, 1920, room, &concealed);
    assert_int_equal(total, 0);
    /* What was missing before the second gap cannot come any more: it is concealed at once. */
    total += kh_decoder_missing(decoder, 48000, room, &concealed);
    assert_int_equal(total, 1920);
    for (int i = 0; i < 10; i++)
        total += kh_decoder_missing(decoder, UINT32_MAX, room, &concealed);
    total += kh_decoder_run(decoder, packet[60].data, packet[60].bytes, room, &concealed);
    assert_int_equal(total, 5760 + TICK);
    assert_int_equal(concealed, 5760);
    kh_decoder_destroy(decoder);
}

TEST(any_bytes_are_survived)
{
    static float room[KH_DECODER_SAMPLES_MAX];
    struct kh_decoder *decoder = kh_decoder_create();
    uint64_t concealed = 0;
    uint32_t seed = 11;

    for (int i = 0; i < 3000; i++) {
        uint8_t bytes[1300];
        for (size_t k = 0; k < sizeof(bytes); k++) {
            seed = seed * 1664525U + 1013904223U;
            bytes[k] = (uint8_t)(seed >> 24);
        }
        if (i % 4 == 0)
            kh_decoder_missing(decoder, seed % 7000, room, &concealed);
        uint32_t count = kh_decoder_run(decoder, bytes, seed % sizeof(bytes), room, &concealed);
        assert_true(count <= KH_DECODER_SAMPLES_MAX);
    }
    assert_int_equal(kh_decoder_run(decoder, (const uint8_t *)"", 0, room, &concealed), 0);

    /* And it still decodes. */
    make_packets();
    kh_decoder_reset(decoder);
    for (int i = 0; i < PACKETS; i++)
        assert_int_equal(kh_decoder_run(decoder, packet[i].data, packet[i].bytes, room, &concealed),
                         TICK);
    kh_decoder_destroy(decoder);
}

TEST(after_a_reset_nothing_of_the_last_person_is_left)
{
    static float room[KH_DECODER_SAMPLES_MAX], fresh[KH_DECODER_SAMPLES_MAX];
    struct kh_decoder *used = kh_decoder_create(), *other = kh_decoder_create();
    uint64_t concealed = 0;

    make_packets();
    for (int i = 0; i < 50; i++)
        kh_decoder_run(used, packet[i].data, packet[i].bytes, room, &concealed);
    kh_decoder_missing(used, TICK, room, &concealed);
    kh_decoder_reset(used);
    for (int i = 0; i < 10; i++) {
        uint32_t a = kh_decoder_run(used, packet[i].data, packet[i].bytes, room, &concealed);
        uint32_t b = kh_decoder_run(other, packet[i].data, packet[i].bytes, fresh, &concealed);
        assert_int_equal(a, b);
        assert_memory_equal(room, fresh, a * sizeof(float));
    }
    kh_decoder_destroy(used);
    kh_decoder_destroy(other);
}

int main(void)
{
    return kh_run_tests(CASE(lost_packets_are_filled_to_the_sample_without_holding_others_back),
                        CASE(a_long_gap_is_concealed_for_120_ms_at_most),
                        CASE(any_bytes_are_survived),
                        CASE(after_a_reset_nothing_of_the_last_person_is_left));
}
