#include "media/mixer/limiter.h"

#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS = 50, SAMPLES = TICKS * KH_TICK_SAMPLES };

static float input[SAMPLES], output[SAMPLES];

static void run_all(void)
{
    struct kh_limiter limiter;
    kh_limiter_init(&limiter, -1);
    memcpy(output, input, sizeof(output));
    for (int i = 0; i < TICKS; i++)
        kh_limiter_run(&limiter, output + i * KH_TICK_SAMPLES);
}

static void add_full_scale_inputs(int count)
{
    memset(input, 0, sizeof(input));
    uint32_t seed = 7;
    for (int k = 0; k < count; k++) {
        static float one[SAMPLES];
        if (k % 3 == 0)
            sound_noise(one, SAMPLES, 1, &seed);
        else
            sound_tone(one, SAMPLES, 97.3 * (k + 1), 1, (uint64_t)k * 1000);
        for (int i = 0; i < SAMPLES; i++)
            input[i] += one[i];
    }
}

TEST(twenty_five_full_scale_inputs_stay_below_minus_one_dbtp)
{
    add_full_scale_inputs(25);
    run_all();
    assert_true(sound_db(sound_true_peak(output, SAMPLES)) <= -1.0);
    /* Not by throwing the sound away. */
    assert_true(sound_rms(output + SAMPLES / 2, SAMPLES / 2) > 0.1);
}

TEST(identical_full_scale_inputs_that_add_up_exactly_stay_below_too)
{
    sound_tone(input, SAMPLES, 997, 25, 0);
    run_all();
    assert_true(sound_db(sound_true_peak(output, SAMPLES)) <= -1.0);
    assert_true(sound_peak(output + SAMPLES / 2, SAMPLES / 2) > 0.7F);
}

TEST(tones_near_the_upper_end_of_the_spectrum_stay_below_between_the_samples)
{
    const double hz[] = { 11025, 12000, 15999, 17000, 19997, 20500 };
    for (size_t i = 0; i < sizeof(hz) / sizeof(hz[0]); i++) {
        sound_tone(input, SAMPLES, hz[i], 1.4, 0);
        for (int k = 0; k < 1000; k++)
            input[k] *= (float)k / 1000;
        run_all();
        assert_true(sound_db(sound_true_peak(output, SAMPLES)) <= -1.0);
    }
}

TEST(a_sudden_burst_after_silence_is_caught_by_the_look_ahead)
{
    uint32_t seed = 3;
    memset(input, 0, sizeof(input));
    sound_noise(input + SAMPLES / 2 + 123, SAMPLES / 3, 20, &seed);
    run_all();
    assert_true(sound_db(sound_true_peak(output, SAMPLES)) <= -1.0);
    assert_true(sound_peak(output, SAMPLES / 2) == 0);
}

TEST(sound_below_the_ceiling_passes_unchanged_but_later)
{
    sound_voice(input, SAMPLES, 120, 0.6, 0);
    assert_true(sound_peak(input, SAMPLES) < 0.8F);
    run_all();
    for (int i = KH_LIMITER_DELAY; i < SAMPLES; i++)
        assert_true(output[i] == input[i - KH_LIMITER_DELAY]);
}

TEST(after_a_loud_second_the_gain_comes_all_the_way_back)
{
    sound_tone(input, SAMPLES, 440, 0.1, 0);
    sound_tone(input, 4800, 440, 10, 0);
    run_all();
    struct kh_limiter limiter;
    kh_limiter_init(&limiter, -1);
    for (int round = 0; round < 3; round++) {
        memcpy(output, input, sizeof(output));
        if (round)
            sound_tone(output, SAMPLES, 440, 0.1, 0);
        for (int i = 0; i < TICKS; i++)
            kh_limiter_run(&limiter, output + i * KH_TICK_SAMPLES);
    }
    assert_true(
        output[SAMPLES - 1] ==
        (float)(0.1 * sin(2 * M_PI * fmod(440.0 * (SAMPLES - 1 - KH_LIMITER_DELAY) / 48000, 1))));
}

TEST(silence_stays_exact_silence)
{
    memset(input, 0, sizeof(input));
    run_all();
    assert_true(sound_peak(output, SAMPLES) == 0);
}

int main(void)
{
    return kh_run_tests(
        CASE(twenty_five_full_scale_inputs_stay_below_minus_one_dbtp),
        CASE(identical_full_scale_inputs_that_add_up_exactly_stay_below_too),
        CASE(tones_near_the_upper_end_of_the_spectrum_stay_below_between_the_samples),
        CASE(a_sudden_burst_after_silence_is_caught_by_the_look_ahead),
        CASE(sound_below_the_ceiling_passes_unchanged_but_later),
        CASE(after_a_loud_second_the_gain_comes_all_the_way_back),
        CASE(silence_stays_exact_silence));
}
