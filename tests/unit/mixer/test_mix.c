#include "media/mixer/mix.h"

#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000LL

enum { TICK = KH_TICK_SAMPLES, INPUTS_MAX = 25 };

static struct kh_mix_input input[INPUTS_MAX];
static struct kh_limiter limiter[INPUTS_MAX + 1]; /* the last one is the main mix's */
static struct kh_mix_sum sum;
static uint64_t ticks;

static int64_t due_ns(void)
{
    return (int64_t)(1000 + ticks * KH_TICK_MS) * NS_PER_MS;
}

static int begin(void **state)
{
    (void)state;
    for (int i = 0; i < INPUTS_MAX; i++)
        kh_mix_input_init(&input[i], -1, 5);
    for (int i = 0; i <= INPUTS_MAX; i++)
        kh_limiter_init(&limiter[i], -1);
    ticks = 0;
    return 0;
}

/* One tick's packet came 10 ms before the tick. */
static void say(int number, const float *samples)
{
    kh_dejitter_push(&input[number].dejitter, samples, TICK, due_ns() - 10 * NS_PER_MS);
}

/* Mix the first @count inputs, all open. */
static void mix(int count)
{
    kh_mix_clear(&sum);
    for (int i = 0; i < count; i++) {
        kh_mix_input_pull(&input[i], due_ns());
        kh_mix_input_gate(&input[i], true, 0);
        kh_mix_add(&sum, &input[i]);
    }
    ticks++;
}

static void say_tone(int number, double hz, double amplitude)
{
    float samples[TICK];
    sound_tone(samples, TICK, hz, amplitude, ticks * TICK);
    say(number, samples);
}

TEST(the_own_voice_is_gone_from_the_mix_minus_by_far_more_than_60_db)
{
    enum { TICKS = 30 };
    static float out[TICKS * TICK];
    for (int k = 0; k < TICKS; k++) {
        for (int i = 0; i < 3; i++)
            say_tone(i, 400 + 300 * i, 0.2);
        mix(3);
        kh_mix_out(&sum, &input[1], &limiter[1], out + k * TICK);
    }
    const float *late = out + 10 * TICK;
    uint32_t count = (TICKS - 10) * TICK;
    assert_true(sound_db(sound_amplitude_at(late, count, 400) / 0.2) > -0.1);
    assert_true(sound_db(sound_amplitude_at(late, count, 1000) / 0.2) > -0.1);
    assert_true(sound_db(sound_amplitude_at(late, count, 700) / 0.2) < -100);
}

TEST(a_person_who_speaks_alone_hears_exact_silence)
{
    float out[TICK];
    for (int k = 0; k < 20; k++) {
        say_tone(0, 440, 0.9);
        mix(2);
        kh_mix_out(&sum, &input[0], &limiter[0], out);
        assert_true(sound_peak(out, TICK) == 0);
    }
}

TEST(twenty_five_full_scale_voices_do_not_wrap_in_any_output)
{
    enum { TICKS = 25 };
    static float main[TICKS * TICK], minus[TICKS * TICK];
    uint32_t seed = 5;
    for (int k = 0; k < TICKS; k++) {
        float samples[TICK];
        sound_noise(samples, TICK, 1, &seed);
        for (int i = 0; i < INPUTS_MAX; i++)
            say(i, samples);
        mix(INPUTS_MAX);
        kh_mix_out(&sum, NULL, &limiter[INPUTS_MAX], main + k * TICK);
        kh_mix_out(&sum, &input[7], &limiter[7], minus + k * TICK);
    }
    assert_true(sound_db(sound_true_peak(main, TICKS * TICK)) <= -1);
    assert_true(sound_db(sound_true_peak(minus, TICKS * TICK)) <= -1);
    assert_true(sound_rms(main + 5 * TICK, (TICKS - 5) * TICK) > 0.1);
}

TEST(a_stalled_input_changes_nothing_for_the_others)
{
    static float with[60][TICK], without[60][TICK];
    for (int round = 0; round < 2; round++) {
        begin(NULL);
        for (int k = 0; k < 60; k++) {
            say_tone(0, 440, 0.3);
            if (round == 1 && (k < 20 || k >= 40))
                say_tone(1, 1000, 0.3);
            mix(2);
            /* What the second person hears is the first one only. */
            kh_mix_out(&sum, &input[1], &limiter[1], round ? with[k] : without[k]);
        }
    }
    for (int k = 0; k < 60; k++) {
        for (int i = 0; i < TICK; i++)
            assert_true(fabsf(with[k][i] - without[k][i]) < 1e-6F);
    }
}

TEST(broken_samples_of_one_input_do_not_reach_the_others)
{
    float samples[TICK], out[TICK];
    for (int k = 0; k < 20; k++) {
        for (int i = 0; i < TICK; i++)
            samples[i] = i % 3 == 0 ? NAN : (i % 3 == 1 ? INFINITY : 1e30F);
        say(0, samples);
        say_tone(1, 440, 0.3);
        mix(2);
        kh_mix_out(&sum, NULL, &limiter[INPUTS_MAX], out);
        for (int i = 0; i < TICK; i++)
            assert_true(fabsf(out[i]) <= 1);
        kh_mix_out(&sum, &input[0], &limiter[0], out);
        if (k > 3)
            assert_true(fabs(sound_rms(out, TICK) - 0.3 / sqrt(2)) < 0.01);
    }
}

TEST(a_muted_input_adds_exact_zeros_while_it_is_metered)
{
    float out[TICK];
    for (int k = 0; k < 20; k++) {
        say_tone(0, 440, 0.5);
        kh_mix_clear(&sum);
        kh_mix_input_pull(&input[0], due_ns());
        assert_false(kh_mix_input_gate(&input[0], false, 0));
        kh_mix_add(&sum, &input[0]);
        ticks++;
        kh_mix_out(&sum, NULL, &limiter[INPUTS_MAX], out);
        assert_true(sound_peak(out, TICK) == 0);
    }
    assert_true(fabsf(kh_meter_dbfs(input[0].level.peak) + 6) < 0.1F);
    assert_true(fabsf(kh_meter_dbfs(input[0].level.rms) + 9) < 0.1F);
}

TEST(what_was_said_before_the_opening_is_not_heard_after_it)
{
    float out[TICK];
    /* 100 ms deep. */
    kh_mix_input_init(&input[0], 100, 5);
    for (int k = 0; k < 60; k++) {
        bool open = k >= 30;
        /* A loud word ends just before the gate opens, then silence is said. */
        say_tone(0, 440, k < 30 ? 0.9 : 0);
        uint32_t old = kh_mix_input_waiting(&input[0]) - TICK;
        kh_mix_clear(&sum);
        kh_mix_input_pull(&input[0], due_ns());
        kh_mix_input_gate(&input[0], open, old);
        kh_mix_add(&sum, &input[0]);
        ticks++;
        kh_mix_out(&sum, NULL, &limiter[INPUTS_MAX], out);
        assert_true(sound_peak(out, TICK) < 1e-3F);
    }
}

#define MIX_CASE(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    return kh_run_tests(MIX_CASE(the_own_voice_is_gone_from_the_mix_minus_by_far_more_than_60_db),
                        MIX_CASE(a_person_who_speaks_alone_hears_exact_silence),
                        MIX_CASE(twenty_five_full_scale_voices_do_not_wrap_in_any_output),
                        MIX_CASE(a_stalled_input_changes_nothing_for_the_others),
                        MIX_CASE(broken_samples_of_one_input_do_not_reach_the_others),
                        MIX_CASE(a_muted_input_adds_exact_zeros_while_it_is_metered),
                        MIX_CASE(what_was_said_before_the_opening_is_not_heard_after_it));
}
