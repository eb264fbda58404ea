#include "media/mixer/desk.h"

#include "sound.h"
#include "tests/unit/test.h"

#include <string.h>

/* The desk tick by tick, without threads. */

enum { TICK = KH_TICK_SAMPLES };

static struct kh_desk *desk;
static uint64_t ticks;

struct change {
    unsigned slot;
    bool open;
    uint64_t number;
};
static struct change change[16];
static unsigned changes;

static void on_gate(void *user, unsigned slot, bool open, uint64_t number)
{
    (void)user;
    change[changes++] = (struct change){ slot, open, number };
}

static int begin(void **state)
{
    struct kh_mixer_config config = { .slots = 3,
                                      .complexity = 1,
                                      .bitrate = 32000,
                                      .fade_ms = 5,
                                      .depth_ms = -1,
                                      .limit_dbtp = -1 };
    const struct kh_mixer_ops ops = { NULL, on_gate };
    (void)state;
    desk = kh_desk_create(&config, &ops, NULL);
    kh_desk_want_pcm(desk, true);
    ticks = 0;
    changes = 0;
    return desk ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    kh_desk_destroy(desk);
    return 0;
}

static int64_t due_ns(void)
{
    return (int64_t)(1000 + ticks * KH_TICK_MS) * 1000000;
}

static void say(unsigned slot, double hz)
{
    float samples[TICK];
    sound_tone(samples, TICK, hz, 0.3, ticks * TICK);
    kh_desk_push(desk, slot, samples, TICK, due_ns() - 10000000);
}

static const struct kh_tick *tick(void)
{
    const struct kh_tick *done = kh_desk_tick(desk, ticks, due_ns());
    ticks++;
    return done;
}

TEST(a_gate_acts_in_the_very_next_tick)
{
    kh_desk_attach(desk, 1);
    for (int i = 0; i < 10; i++) {
        say(1, 440);
        assert_true(sound_peak(tick()->main_pcm, TICK) == 0);
    }
    kh_desk_set_gate(desk, 1, true);
    for (int i = 0; i < 10; i++) {
        say(1, 440);
        tick();
    }
    assert_int_equal(changes, 1);
    assert_true(change[0].open && change[0].slot == 1 && change[0].number == 10);
    kh_desk_set_gate(desk, 1, false);
    say(1, 440);
    const struct kh_tick *closing = tick();
    assert_int_equal(changes, 2);
    assert_true(!change[1].open && change[1].number == 20);
    /* The fade, and what the limiter looks ahead. */
    for (int i = 240 + 96; i < TICK; i++)
        assert_true(closing->main_pcm[i] == 0);
    for (int i = 0; i < 10; i++) {
        say(1, 440);
        assert_true(sound_peak(tick()->main_pcm, TICK) == 0);
    }
}

TEST(from_the_first_tick_after_attaching_there_is_a_stream_without_the_own_voice)
{
    tick();
    assert_int_equal(tick()->slot_mask, 0);
    kh_desk_attach(desk, 0);
    kh_desk_set_gate(desk, 0, true);
    bool heard = false;
    for (int i = 0; i < 20; i++) {
        say(0, 440);
        const struct kh_tick *now = tick();
        assert_int_equal(now->slot_mask, 1);
        assert_true(sound_peak(now->slot_pcm[0], TICK) == 0);
        heard = heard || sound_peak(now->main_pcm, TICK) > 0.2F;
    }
    assert_true(heard);
}

TEST(a_slot_that_changes_hands_between_two_ticks_closes_first)
{
    kh_desk_attach(desk, 2);
    kh_desk_set_gate(desk, 2, true);
    for (int i = 0; i < 10; i++) {
        say(2, 440);
        tick();
    }
    kh_desk_detach(desk, 2);
    kh_desk_attach(desk, 2);
    kh_desk_set_gate(desk, 2, true);
    uint64_t handed = ticks;
    for (int i = 0; i < 5; i++)
        tick();
    assert_int_equal(changes, 3);
    assert_true(!change[1].open && change[1].number == handed);
    assert_true(change[2].open && change[2].number == handed + 1);
    assert_true(sound_peak(tick()->main_pcm, TICK) == 0);
}

TEST(a_slot_without_a_person_stays_closed_and_keeps_nothing)
{
    kh_desk_set_gate(desk, 0, true);
    for (int i = 0; i < 10; i++) {
        say(0, 440);
        assert_true(sound_peak(tick()->main_pcm, TICK) == 0);
    }
    kh_desk_attach(desk, 0);
    assert_false(kh_desk_attach(desk, 0));
    tick();
    assert_int_equal(changes, 0);
    assert_true(sound_peak(tick()->main_pcm, TICK) == 0);
}

#define DESK_CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    return kh_run_tests(
        DESK_CASE(a_gate_acts_in_the_very_next_tick),
        DESK_CASE(from_the_first_tick_after_attaching_there_is_a_stream_without_the_own_voice),
        DESK_CASE(a_slot_that_changes_hands_between_two_ticks_closes_first),
        DESK_CASE(a_slot_without_a_person_stays_closed_and_keeps_nothing));
}
