#include "live.h"
#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

TEST(a_sender_that_starts_again_with_a_new_ssrc_and_sequence_is_heard)
{
    struct mike *mike = mike_new(0, live_opus, 440);
    mike_attach(mike);
    kh_mixer_set_gate(world->mixer, 0, true);
    live_talk(&mike, 1, 20);
    mike->ssrc = 0xabcdef;
    mike->sequence = 7;
    mike->timestamp = 5;
    uint64_t to = live_talk(&mike, 1, 40);
    assert_true(fabs(live_tone_db(&world->main, to - 20, to, 440)) < 2);
    mike->sequence = 30000;
    mike->timestamp = 0x80000000U;
    to = live_talk(&mike, 1, 40);
    assert_true(fabs(live_tone_db(&world->main, to - 20, to, 440)) < 2);
    mike_free(mike);
}

TEST(lost_packets_are_concealed_and_counted)
{
    struct mike *mike = mike_new(0, live_opus, 440);
    struct kh_slot_meter meter;
    mike_attach(mike);
    kh_mixer_set_gate(world->mixer, 0, true);
    live_talk(&mike, 1, 30);
    for (int i = 0; i < 10; i++) {
        live_wait_for_tick(world->talked++);
        mike_lose(mike);
        live_talk(&mike, 1, 9);
    }
    uint64_t to = live_next_tick();
    kh_mixer_meter(world->mixer, 0, &meter);
    assert_in_range(meter.lost, 9, 10);
    /* The jitter buffer guesses a gap's length from arrival times too. */
    assert_in_range(meter.concealed_ms, 120, 240);
    assert_int_equal(meter.packets, 120);
    assert_true(fabs(live_tone_db(&world->main, to - 40, to, 440)) < 2);
    mike_free(mike);
}

TEST(a_lost_packet_is_concealed_when_those_behind_it_come_at_once)
{
    enum { AT_ONCE = 4 };
    struct mike *mike = mike_new(0, live_opus, 440);
    struct kh_slot_meter meter;
    mike_attach(mike);
    kh_mixer_set_gate(world->mixer, 0, true);
    live_talk(&mike, 1, 30);
    mike_lose(mike);
    for (int i = 0; i < AT_ONCE; i++)
        mike_send(mike);
    world->talked += AT_ONCE + 1;
    live_talk(&mike, 1, 10);
    kh_mixer_meter(world->mixer, 0, &meter);
    assert_int_equal(meter.lost, 1);
    assert_in_range(meter.concealed_ms, 20, 40);
    mike_free(mike);
}

TEST(meters_tell_level_and_gate)
{
    struct mike *mike = mike_new(0, live_opus, 440);
    struct kh_slot_meter meter;
    mike_attach(mike);
    live_talk(&mike, 1, 30);
    kh_mixer_meter(world->mixer, 0, &meter);
    assert_false(meter.gate_open);
    assert_true(fabsf(meter.peak_dbfs + 12) < 1);
    assert_true(fabsf(meter.rms_dbfs + 15) < 1);
    assert_true(kh_mixer_main_peak_dbfs(world->mixer) < -120);
    kh_mixer_set_gate(world->mixer, 0, true);
    live_talk(&mike, 1, 10);
    kh_mixer_meter(world->mixer, 0, &meter);
    assert_true(meter.gate_open);
    assert_true(fabsf(kh_mixer_main_peak_dbfs(world->mixer) + 12) < 1);
    mike_free(mike);
}

static void send_garbage(struct mike *mike, uint32_t *seed)
{
    uint8_t payload[400];
    float noise[100];
    sound_noise(noise, 100, 1, seed);
    size_t bytes = 1 + (size_t)(fabsf(noise[0]) * 398);
    for (size_t i = 0; i < bytes; i++) {
        *seed = *seed * 1664525U + 1013904223U;
        payload[i] = (uint8_t)(*seed >> 24);
    }
    if (*seed & 0x10000)
        mike->timestamp = *seed;
    if ((*seed & 0x700000) == 0)
        mike->sequence = (uint16_t)(mike->sequence + 3);
    mike_push(mike, payload, bytes);
}

static void push_noise_as_packets(unsigned slot, uint32_t *seed)
{
    for (int n = 0; n < 20; n++) {
        uint8_t packet[200];
        for (size_t i = 0; i < sizeof(packet); i++) {
            *seed = *seed * 1664525U + 1013904223U;
            packet[i] = (uint8_t)(*seed >> 24);
        }
        packet[0] = n % 2 ? packet[0] : (uint8_t)(0x80 | (packet[0] & 0x3f));
        packet[1] = n % 3 ? packet[1] : 111;
        kh_mixer_push_rtp(world->mixer, slot, packet, (size_t)n * 10);
    }
}

TEST(garbage_in_one_slot_disturbs_nobody_and_the_slot_recovers)
{
    const struct kh_slot_format l16 = { KH_ENC_L16, 10, 48000, 2 };
    struct mike *good = mike_new(0, live_opus, 440);
    struct mike *bad[] = { mike_new(1, live_opus, 2000), mike_new(2, l16, 3000) };
    uint32_t seed = 99;
    mike_attach(good);
    kh_mixer_set_gate(world->mixer, 0, true);
    mike_attach(bad[0]);
    mike_attach(bad[1]);
    live_talk(&good, 1, 25);
    uint64_t from = live_next_tick();
    for (int i = 0; i < 60; i++) {
        live_talk(&good, 1, 1);
        for (int k = 0; k < 5; k++) {
            send_garbage(bad[0], &seed);
            send_garbage(bad[1], &seed);
        }
        push_noise_as_packets(1, &seed);
        push_noise_as_packets(2, &seed);
    }
    uint64_t to = live_next_tick();
    /* The average, because the sending thread itself may be held up. */
    assert_true(fabs(live_tone_db(&world->main, from, to, 440)) < 2);
    struct kh_slot_meter meter;
    kh_mixer_meter(world->mixer, 0, &meter);
    assert_int_equal(meter.lost + meter.late + meter.concealed_ms, 0);

    /* The same slot, the same sender, now with real sound. */
    kh_mixer_set_gate(world->mixer, 1, true);
    struct mike *both[] = { good, bad[0] };
    to = live_talk(both, 2, 100);
    assert_true(fabs(live_tone_db(&world->main, to - 20, to, 2000)) < 3);
    mike_free(good);
    mike_free(bad[0]);
    mike_free(bad[1]);
}

TEST(two_hundred_attaches_and_detaches_leave_the_others_alone)
{
    const struct kh_slot_format l24 = { KH_ENC_L24, 97, 48000, 1 };
    struct mike *steady = mike_new(0, live_opus, 440);
    struct mike *fickle[] = { mike_new(1, live_opus, 1500), mike_new(2, l24, 2500) };
    mike_attach(steady);
    kh_mixer_set_gate(world->mixer, 0, true);
    live_talk(&steady, 1, 25);
    uint64_t from = live_next_tick();
    for (int i = 0; i < 200; i++) {
        struct mike *mike = fickle[i % 20 == 0];
        mike_attach(mike);
        kh_mixer_set_gate(world->mixer, mike->slot, i % 3 == 0);
        mike_send(mike);
        if (i % 2)
            live_talk(&steady, 1, 1);
        kh_mixer_detach(world->mixer, mike->slot);
    }
    uint64_t to = live_talk(&steady, 1, 2);
    assert_true(fabs(live_tone_db(&world->main, from, to, 440)) < 1);
    assert_true(kh_mixer_late_ticks(world->mixer) < 50);
    mike_free(steady);
    mike_free(fickle[0]);
    mike_free(fickle[1]);
}

TEST(a_stalled_input_delays_nobody)
{
    struct mike *mikes[] = { mike_new(0, live_opus, 440), mike_new(1, live_opus, 1000) };
    for (int i = 0; i < 2; i++) {
        mike_attach(mikes[i]);
        kh_mixer_set_gate(world->mixer, mikes[i]->slot, true);
    }
    uint64_t from = live_talk(mikes, 2, 40);
    mikes[1]->sent += 40;
    uint64_t to = live_talk(mikes, 1, 40);
    assert_true(fabs(live_tone_db(&world->main, from, to, 440)) < 2);
    assert_true(live_tone_db(&world->main, to - 20, to, 1000) < -40);
    assert_true(kh_mixer_late_ticks(world->mixer) < 50);
    mike_free(mikes[0]);
    mike_free(mikes[1]);
}

TEST(wrong_settings_and_formats_are_refused_with_their_name)
{
    struct kh_mixer_config config = kh_mixer_config_default();
    struct kh_mixer *mixer = NULL;
    struct kh_error error;
    struct kh_mixer_ops ops = { 0 };

    config.slots = 33;
    assert_int_equal(kh_mixer_create(&config, &ops, NULL, &mixer, &error), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "slots"));
    config = kh_mixer_config_default();
    config.limit_dbtp = NAN;
    assert_int_equal(kh_mixer_create(&config, &ops, NULL, &mixer, &error), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "limit_dbtp"));
    assert_null(mixer);

    struct kh_slot_format format = { KH_ENC_OPUS, 111, 44100, 1 };
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &format, &error), KH_ERR_INVALID);
    format = (struct kh_slot_format){ KH_ENC_L16, 128, 48000, 1 };
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &format, &error), KH_ERR_INVALID);
    format = (struct kh_slot_format){ KH_ENC_L16, 96, 48000, 3 };
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &format, &error), KH_ERR_INVALID);
    assert_int_equal(kh_mixer_attach(world->mixer, SLOTS, &live_opus, &error), KH_ERR_INVALID);
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &live_opus, &error), KH_OK);
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &live_opus, &error), KH_ERR_BUSY);
    kh_mixer_detach(world->mixer, 0);
    kh_mixer_detach(world->mixer, 0);
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &live_opus, &error), KH_OK);
}

int main(void)
{
    return kh_run_tests(LIVE_CASE(a_sender_that_starts_again_with_a_new_ssrc_and_sequence_is_heard),
                        LIVE_CASE(lost_packets_are_concealed_and_counted),
                        LIVE_CASE(a_lost_packet_is_concealed_when_those_behind_it_come_at_once),
                        LIVE_CASE(meters_tell_level_and_gate),
                        LIVE_CASE(garbage_in_one_slot_disturbs_nobody_and_the_slot_recovers),
                        LIVE_CASE(two_hundred_attaches_and_detaches_leave_the_others_alone),
                        LIVE_CASE(a_stalled_input_delays_nobody),
                        LIVE_CASE(wrong_settings_and_formats_are_refused_with_their_name));
}
