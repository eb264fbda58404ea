#include "media/mixer/gate.h"

#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>

enum { TICK = 960 };

static void fill(float *samples, float value)
{
    for (int i = 0; i < TICK; i++)
        samples[i] = value;
}

static int count_nonzero(const float *samples)
{
    int count = 0;
    for (int i = 0; i < TICK; i++)
        count += samples[i] != 0;
    return count;
}

TEST(a_closed_gate_gives_exact_zeros)
{
    struct kh_gate gate;
    float samples[TICK];
    kh_gate_init(&gate, 5);
    for (int i = 0; i < 10; i++) {
        fill(samples, 1);
        kh_gate_run(&gate, samples, TICK);
        assert_int_equal(count_nonzero(samples), 0);
    }
    assert_true(kh_gate_is_silent(&gate));
}

TEST(opening_fades_in_and_then_passes_the_sound_unchanged)
{
    struct kh_gate gate;
    float samples[TICK];
    kh_gate_init(&gate, 5);
    assert_true(kh_gate_set(&gate, true, 0));
    fill(samples, 1);
    kh_gate_run(&gate, samples, TICK);
    assert_true(sound_largest_step(samples, TICK, 0) < 0.01F);
    for (int i = 240; i < TICK; i++)
        assert_true(samples[i] == 1);
}

TEST(closing_takes_at_most_the_fade_and_ends_in_exact_zeros)
{
    for (int fade_ms = 1; fade_ms <= 10; fade_ms++) {
        struct kh_gate gate;
        float samples[TICK];
        kh_gate_init(&gate, fade_ms);
        kh_gate_set(&gate, true, 0);
        fill(samples, 1);
        kh_gate_run(&gate, samples, TICK);
        assert_true(kh_gate_set(&gate, false, 0));
        fill(samples, 1);
        kh_gate_run(&gate, samples, TICK);
        assert_true(sound_largest_step(samples, TICK, 1) < 0.05F);
        for (int i = (fade_ms < 2 ? fade_ms : 2) * 48; i < TICK; i++)
            assert_true(samples[i] == 0);
        assert_true(kh_gate_is_silent(&gate));
    }
}

TEST(sound_from_before_the_opening_stays_silent)
{
    struct kh_gate gate;
    float samples[TICK];
    kh_gate_init(&gate, 5);
    kh_gate_set(&gate, true, 1500);
    fill(samples, 1);
    kh_gate_run(&gate, samples, TICK);
    assert_int_equal(count_nonzero(samples), 0);
    fill(samples, 1);
    kh_gate_run(&gate, samples, TICK);
    for (int i = 0; i < 540; i++)
        assert_true(samples[i] == 0);
    assert_true(samples[TICK - 1] == 1);
    assert_true(sound_largest_step(samples, TICK, 0) < 0.01F);
}

TEST(a_gate_that_flaps_never_makes_a_step)
{
    struct kh_gate gate;
    float samples[TICK], before = 0;
    kh_gate_init(&gate, 5);
    for (int i = 0; i < 200; i++) {
        kh_gate_set(&gate, i % 2 == 0, i % 3 == 0 ? 100 : 0);
        fill(samples, 1);
        kh_gate_run(&gate, samples, i % 5 ? TICK : 100);
        uint32_t count = i % 5 ? TICK : 100;
        assert_true(sound_largest_step(samples, count, before) < 0.02F);
        before = samples[count - 1];
    }
}

TEST(setting_the_same_again_is_no_change)
{
    struct kh_gate gate;
    kh_gate_init(&gate, 5);
    assert_false(kh_gate_set(&gate, false, 0));
    assert_true(kh_gate_set(&gate, true, 0));
    assert_false(kh_gate_set(&gate, true, 500));
    assert_int_equal(gate.mute, 0);
}

int main(void)
{
    return kh_run_tests(CASE(a_closed_gate_gives_exact_zeros),
                        CASE(opening_fades_in_and_then_passes_the_sound_unchanged),
                        CASE(closing_takes_at_most_the_fade_and_ends_in_exact_zeros),
                        CASE(sound_from_before_the_opening_stays_silent),
                        CASE(a_gate_that_flaps_never_makes_a_step),
                        CASE(setting_the_same_again_is_no_change));
}
