#include "live.h"
#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

TEST(everybody_hears_the_tones_and_each_speaker_not_their_own)
{
    struct mike *mikes[] = { mike_new(0, live_opus, 440), mike_new(1, live_opus, 1000) };
    for (int i = 0; i < 2; i++) {
        mike_attach(mikes[i]);
        kh_mixer_set_gate(world->mixer, mikes[i]->slot, true);
    }
    uint64_t to = live_talk(mikes, 2, 60), from = to - 25;
    assert_true(fabs(live_tone_db(&world->main, from, to, 440)) < 3);
    assert_true(fabs(live_tone_db(&world->main, from, to, 1000)) < 3);
    assert_true(live_tone_db(&world->slot[0], from, to, 440) < -40);
    assert_true(fabs(live_tone_db(&world->slot[0], from, to, 1000)) < 3);
    assert_true(fabs(live_tone_db(&world->slot[1], from, to, 440)) < 3);
    assert_true(live_tone_db(&world->slot[1], from, to, 1000) < -40);
    assert_int_equal(world->mask[from], 3);
    mike_free(mikes[0]);
    mike_free(mikes[1]);
}

TEST(a_speaker_never_hears_a_moment_of_themselves_when_the_floor_is_given)
{
    struct mike *mike = mike_new(2, live_opus, 700);
    mike_attach(mike);
    kh_mixer_set_gate(world->mixer, mike->slot, true);
    uint64_t to = live_talk(&mike, 1, 40);
    for (uint64_t i = 0; i < to; i++)
        assert_true(live_rms_db(&world->slot[2], i, i + 1) < -70);
    assert_true(live_rms_db(&world->main, to - 10, to) > -30);
    mike_free(mike);
}

TEST(a_closed_gate_leaves_digital_silence_although_packets_go_on)
{
    struct mike *mike = mike_new(0, live_opus, 440);
    mike_attach(mike);
    uint64_t muted_to = live_talk(&mike, 1, 40);
    for (uint64_t i = 0; i < muted_to; i++)
        assert_true(live_rms_db(&world->main, i, i + 1) < -80);
    kh_mixer_set_gate(world->mixer, 0, true);
    uint64_t live_to = live_talk(&mike, 1, 40);
    assert_true(live_rms_db(&world->main, live_to - 10, live_to) > -20);
    kh_mixer_set_gate(world->mixer, 0, false);
    uint64_t closed_to = live_talk(&mike, 1, 40);
    /* The codec's own tail takes a tick. */
    assert_true(live_rms_db(&world->main, live_to + 6, closed_to) < -80);

    assert_int_equal(world->gates, 2);
    assert_true(world->gate[0].open && !world->gate[1].open);
    assert_in_range(world->gate[0].number, muted_to, muted_to + 5);
    assert_in_range(world->gate[1].number, live_to, live_to + 5);
    mike_free(mike);
}

TEST(a_closed_gate_is_silent_in_the_raw_mix_from_the_fade_on)
{
    struct mike *mike = mike_new(0, live_opus, 440);
    mike_attach(mike);
    kh_mixer_set_gate(world->mixer, 0, true);
    kh_mixer_want_pcm(world->mixer, true);
    live_talk(&mike, 1, 20);
    assert_true(world->had_pcm && world->pcm_peak > 0.2F);
    kh_mixer_set_gate(world->mixer, 0, false);
    live_talk(&mike, 1, 3);
    pthread_mutex_lock(&world->lock);
    world->pcm_peak = 0;
    pthread_mutex_unlock(&world->lock);
    live_talk(&mike, 1, 20);
    assert_true(world->had_pcm && world->pcm_peak == 0);
    mike_free(mike);
}

TEST(nothing_of_the_last_person_reaches_the_next_in_the_same_slot)
{
    struct mike *first = mike_new(1, live_opus, 440), *next = mike_new(1, live_opus, 1000);
    mike_attach(first);
    kh_mixer_set_gate(world->mixer, 1, true);
    live_talk(&first, 1, 30);
    for (int i = 0; i < 10; i++)
        mike_send(first); /* much more than one tick waits now */
    kh_mixer_detach(world->mixer, 1);
    mike_attach(next);
    uint64_t from = live_next_tick() + 4;
    uint64_t to = live_talk(&next, 1, 20);
    assert_true(live_rms_db(&world->main, from, to) < -80);
    kh_mixer_set_gate(world->mixer, 1, true);
    to = live_talk(&next, 1, 40);
    assert_true(live_tone_db(&world->main, from, to, 440) < -40);
    assert_true(live_tone_db(&world->main, to - 20, to, 1000) > -3);
    mike_free(first);
    mike_free(next);
}

TEST(packets_of_a_detached_slot_or_another_payload_type_are_dropped)
{
    struct mike *mike = mike_new(0, live_opus, 440);
    kh_mixer_set_gate(world->mixer, 0, true);
    uint64_t to = live_talk(&mike, 1, 20);
    assert_true(live_rms_db(&world->main, 0, to) < -80);
    mike_attach(mike);
    kh_mixer_set_gate(world->mixer, 0, true);
    mike->format.payload_type = 112;
    to = live_talk(&mike, 1, 20);
    assert_true(live_rms_db(&world->main, 0, to) < -80);
    mike_free(mike);
}

static void raw_is_heard(enum kh_encoding encoding, int rate, int channels)
{
    struct kh_slot_format format = { encoding, 10, rate, channels };
    struct mike *mike = mike_new(3, format, 600);
    mike_attach(mike);
    kh_mixer_set_gate(world->mixer, 3, true);
    uint64_t to = live_talk(&mike, 1, 40);
    assert_true(fabs(live_tone_db(&world->main, to - 15, to, 600)) < 2);
    assert_true(live_tone_db(&world->slot[3], to - 15, to, 600) < -40);
    kh_mixer_detach(world->mixer, 3);
    mike_free(mike);
}

TEST(l16_and_l24_of_several_rates_and_channels_are_heard)
{
    raw_is_heard(KH_ENC_L16, 48000, 1);
    raw_is_heard(KH_ENC_L24, 48000, 1);
    raw_is_heard(KH_ENC_L24, 48000, 2);
    raw_is_heard(KH_ENC_L16, 44100, 2);
    raw_is_heard(KH_ENC_L16, 16000, 1);
    raw_is_heard(KH_ENC_OPUS, 48000, 2);
}

int main(void)
{
    return kh_run_tests(
        LIVE_CASE(everybody_hears_the_tones_and_each_speaker_not_their_own),
        LIVE_CASE(a_speaker_never_hears_a_moment_of_themselves_when_the_floor_is_given),
        LIVE_CASE(a_closed_gate_leaves_digital_silence_although_packets_go_on),
        LIVE_CASE(a_closed_gate_is_silent_in_the_raw_mix_from_the_fade_on),
        LIVE_CASE(nothing_of_the_last_person_reaches_the_next_in_the_same_slot),
        LIVE_CASE(packets_of_a_detached_slot_or_another_payload_type_are_dropped),
        LIVE_CASE(l16_and_l24_of_several_rates_and_channels_are_heard));
}
