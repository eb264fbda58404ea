#include "media/mixer/encoder.h"

#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>
#include <opus/opus.h>
#include <stdio.h>
#include <string.h>

enum { TICK = KH_TICK_SAMPLES };

static const struct kh_encoder_config config = { 9, 32000, true, 5 };

enum signal { TONE, VOICE, HIGH_VOICE, NOISE, SIGNALS, QUIET = SIGNALS };

static void make(enum signal signal, float *out, uint64_t tick)
{
    uint32_t seed = (uint32_t)tick * 7919 + 1;
    switch (signal) {
    case TONE:
        sound_tone(out, TICK, 440, 0.09, tick * TICK);
        return;
    case VOICE:
        sound_voice(out, TICK, 120, 0.5, tick * TICK);
        return;
    case HIGH_VOICE:
        sound_voice(out, TICK, 210, 0.5, tick * TICK + 7777);
        return;
    case NOISE:
        sound_noise(out, TICK, 0.23, &seed);
        return;
    case QUIET:
        memset(out, 0, TICK * sizeof(*out));
        return;
    }
}

static bool same(const struct kh_opus_frame *a, const struct kh_opus_frame *b)
{
    return a->bytes == b->bytes && memcmp(a->data, b->data, a->bytes) == 0;
}

TEST(a_copy_makes_bit_for_bit_what_an_always_running_encoder_makes)
{
    for (int signal = 0; signal < SIGNALS; signal++) {
        struct kh_encoder *main = kh_encoder_create(&config);
        struct kh_encoder *twin = kh_encoder_create(&config);
        struct kh_encoder *copy = kh_encoder_create(&config);
        struct kh_opus_frame frame, expected;
        float pcm[TICK];

        for (uint64_t tick = 0; tick < 60; tick++) {
            make((enum signal)signal, pcm, tick);
            kh_encoder_run(main, pcm, &frame);
            kh_encoder_run(twin, pcm, &expected);
        }
        kh_encoder_copy(copy, main);
        for (uint64_t tick = 60; tick < 160; tick++) {
            /* From here on the person's own mix differs from the main mix. */
            make((enum signal)signal, pcm, tick);
            kh_encoder_run(main, pcm, &frame);
            make((enum signal)((signal + 1) % SIGNALS), pcm, tick);
            kh_encoder_run(twin, pcm, &expected);
            kh_encoder_run(copy, pcm, &frame);
            assert_true(same(&frame, &expected));
        }
        kh_encoder_destroy(main);
        kh_encoder_destroy(twin);
        kh_encoder_destroy(copy);
    }
}

TEST(frames_have_the_bitrate_asked_for)
{
    struct kh_encoder *encoder = kh_encoder_create(&config);
    struct kh_opus_frame frame;
    float pcm[TICK];
    double bytes = 0;

    for (uint64_t tick = 0; tick < 200; tick++) {
        make(VOICE, pcm, tick);
        kh_encoder_run(encoder, pcm, &frame);
        assert_true(frame.bytes > 0);
        assert_int_equal(opus_packet_get_nb_samples(frame.data, frame.bytes, 48000), TICK);
        bytes += frame.bytes;
    }
    assert_true(bytes * 8 / 4 > 15000 && bytes * 8 / 4 < 40000);
    kh_encoder_destroy(encoder);
}

/* A delegate hears the main stream, gets a slot, speaks a little later, stops, gives it back. */
enum method { NO_SWITCH, COPIED, PAUSED, FRESH };

enum {
    RUN_UP = 60, /* ticks before the switch */
    PAUSE = 40,  /* of those, what a paused slot encoder missed */
    HELD = 25,   /* ticks with the slot */
    AFTER = 20,
};

struct trial {
    enum method method;
    enum signal others, own;
    uint64_t at; /* tick of the switch */
};

struct coders {
    struct kh_encoder *main, *slot;
    OpusDecoder *decoder;
};

/* The packet that the delegate receives at @tick. */
static void next_packet(const struct trial *trial, const struct coders *coders, uint64_t tick,
                        struct kh_opus_frame *frame)
{
    struct kh_opus_frame main, slot;
    float others[TICK], all[TICK];
    bool held = tick >= trial->at && tick < trial->at + HELD;

    make(trial->others, others, tick);
    make(trial->own, all, tick);
    bool speaks = tick > trial->at + 4 && tick < trial->at + HELD - 2;
    for (int i = 0; i < TICK; i++)
        all[i] = others[i] + (speaks ? all[i] : 0);

    if (tick == trial->at && trial->method == COPIED)
        kh_encoder_copy(coders->slot, coders->main);
    kh_encoder_run(coders->main, all, &main);
    if (held || (trial->method == PAUSED && tick + PAUSE < trial->at))
        kh_encoder_run(coders->slot, others, &slot);
    *frame = held && trial->method != NO_SWITCH ? slot : main;
}

static float run_trial(const struct trial *trial, const struct coders *coders)
{
    float peak = 0;

    for (uint64_t tick = trial->at - RUN_UP; tick < trial->at + HELD + AFTER; tick++) {
        struct kh_opus_frame frame;
        float out[TICK];
        next_packet(trial, coders, tick, &frame);
        assert_int_equal(opus_decode_float(coders->decoder, frame.data, frame.bytes, out, TICK, 0),
                         TICK);
        if (tick >= trial->at)
            peak = fmaxf(peak, sound_peak(out, TICK));
    }
    return peak;
}

static float worst_peak(enum method method, enum signal others, enum signal own)
{
    enum { TRIALS = 3 };
    float worst = 0;

    for (int i = 0; i < TRIALS; i++) {
        int failed;
        struct trial trial = { method, others, own, 133 + 11 * (uint64_t)i };
        struct coders coders = { kh_encoder_create(&config), kh_encoder_create(&config),
                                 opus_decoder_create(48000, 1, &failed) };
        worst = fmaxf(worst, run_trial(&trial, &coders));
        kh_encoder_destroy(coders.main);
        kh_encoder_destroy(coders.slot);
        opus_decoder_destroy(coders.decoder);
    }
    return worst;
}

TEST(a_receiver_switched_to_a_copy_and_back_hears_no_bang)
{
    for (int others = 0; others < SIGNALS; others++) {
        float none = worst_peak(NO_SWITCH, (enum signal)others, QUIET);
        float copied = worst_peak(COPIED, (enum signal)others, VOICE);
        print_message("# signal %d: no switch %.3f, copy %.3f\n", others, (double)none,
                      (double)copied);
        assert_true(copied <= none * 1.15F);
    }
}

/* The test above can fail: this is what other ways of having a slot encoder sound like. */
TEST(a_receiver_switched_to_a_paused_encoder_hears_a_bang)
{
    float none = worst_peak(NO_SWITCH, HIGH_VOICE, QUIET);
    float copied = worst_peak(COPIED, HIGH_VOICE, QUIET);
    float fresh = worst_peak(FRESH, HIGH_VOICE, QUIET);
    float paused = worst_peak(PAUSED, HIGH_VOICE, QUIET);
    print_message("# no switch %.3f, copy %.3f, fresh %.3f, paused %.3f\n", (double)none,
                  (double)copied, (double)fresh, (double)paused);
    assert_true(copied <= none * 1.001F);
    assert_true(fresh > none * 1.001F);
    assert_true(paused > none * 1.5F);
}

int main(void)
{
    return kh_run_tests(CASE(a_copy_makes_bit_for_bit_what_an_always_running_encoder_makes),
                        CASE(frames_have_the_bitrate_asked_for),
                        CASE(a_receiver_switched_to_a_copy_and_back_hears_no_bang),
                        CASE(a_receiver_switched_to_a_paused_encoder_hears_a_bang));
}
