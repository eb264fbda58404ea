/* Hall hardware: L16 and L24 in and out, mixed with Opus participants. */
#include "tests/media/peer.h"
#include "tests/media/sound.h"
#include "tests/unit/test.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum { HARDWARE = 0, OPUS = 1, SECOND = 2, SETTLE_MS = 500, LISTEN_MS = 800 };

static void check_form(enum kh_encoding encoding, int channels, int ptime_ms)
{
    struct world *world = world_create(3);
    struct peer *hardware = &world->peers[HARDWARE];

    print_message("# L%d, %d channels, %d ms\n", encoding == KH_ENC_L24 ? 24 : 16, channels,
                  ptime_ms);
    int64_t begun_us = g_get_monotonic_time();
    world_rejoin(world, HARDWARE, encoding, channels, ptime_ms);
    world_rejoin(world, SECOND, encoding, channels, ptime_ms);
    world_speak(world, HARDWARE, 500);
    world_speak(world, OPUS, 1300);
    world_run(world, SETTLE_MS);
    size_t from[3];
    for (unsigned i = 0; i < 3; i++)
        from[i] = peer_now(&world->peers[i]);
    world_run(world, LISTEN_MS);

    double heard = peer_tone_dbfs(&world->peers[SECOND], from[SECOND], 500);
    assert_true(heard > -15 && heard < -9); /* 0.25 is -12 dBFS */
    assert_true(peer_tone_dbfs(&world->peers[OPUS], from[OPUS], 500) > -20);
    assert_true(peer_tone_dbfs(hardware, from[HARDWARE], 1300) > -20);
    assert_true(peer_tone_dbfs(hardware, from[HARDWARE], 500) < heard - 40);
    assert_true(peer_tone_dbfs(&world->peers[OPUS], from[OPUS], 1300) < -52);
    assert_int_equal(hardware->lost + hardware->foreign + hardware->timestamp_faults, 0);
    /* On a busy machine the room goes on while this test waits for its turn. */
    unsigned elapsed_ms = (unsigned)((g_get_monotonic_time() - begun_us) / 1000);
    assert_in_range(hardware->packets, (SETTLE_MS + LISTEN_MS - 60) / ptime_ms,
                    (elapsed_ms + 60) / ptime_ms);
    world_destroy(world);
}

TEST(l16_is_heard_and_hears)
{
    check_form(KH_ENC_L16, 1, 5);
}

TEST(l24_is_heard_and_hears)
{
    check_form(KH_ENC_L24, 1, 5);
}

TEST(stereo_l24_with_packets_of_one_millisecond_as_aes67_has_them)
{
    check_form(KH_ENC_L24, 2, 1);
}

#define OFFER(...) ((struct kh_rtp_offer){ __VA_ARGS__ })

/* What is 0 in @offer gets its default. */
static enum kh_err offer_error(struct world *world, struct kh_rtp_offer offer, const char *names)
{
    struct kh_rtp_answer answer;
    struct kh_error error = { 0 };
    offer.address = offer.address ? offer.address : "127.0.0.1";
    offer.port = offer.port ? offer.port : 4000;
    offer.payload_type = offer.payload_type ? offer.payload_type : -1;
    offer.ssrc = offer.ssrc ? offer.ssrc : -1;
    enum kh_err err = kh_room_join_rtp(world->room, 5, &offer, &answer, &error);
    if (err && !strstr(error.text, names))
        fail_msg("\"%s\" does not name %s", error.text, names);
    return err;
}

TEST(offers_that_cannot_be_met_are_refused_by_name)
{
    struct world *world = world_create(1);
    struct kh_room_stats stats;
    assert_int_equal(offer_error(world, OFFER(.payload_type = 128), "payload_type"),
                     KH_ERR_INVALID);
    assert_int_equal(offer_error(world, OFFER(.payload_type = 72), "payload_type"), KH_ERR_INVALID);
    assert_int_equal(offer_error(world, OFFER(.clock_rate = 8000), "clock_rate"), KH_ERR_INVALID);
    assert_int_equal(
        offer_error(world, OFFER(.encoding = KH_ENC_L16, .clock_rate = 96000), "48000"),
        KH_ERR_UNSUPPORTED);
    assert_int_equal(offer_error(world, OFFER(.encoding = KH_ENC_L16, .ptime_ms = 3), "ptime_ms"),
                     KH_ERR_INVALID);
    assert_int_equal(offer_error(world, OFFER(.encoding = KH_ENC_L24, .ptime_ms = 20), "ptime_ms"),
                     KH_ERR_INVALID);
    assert_int_equal(offer_error(world, OFFER(.channels = 3), "channels"), KH_ERR_INVALID);
    assert_int_equal(offer_error(world, OFFER(.ssrc = (int64_t)1 << 40), "ssrc"), KH_ERR_INVALID);
    assert_int_equal(offer_error(world, OFFER(.address = "hall.example"), "address"),
                     KH_ERR_INVALID);
    assert_int_equal(offer_error(world,
                                 OFFER(.port = world->peers[0].port, .ssrc = world->peers[0].ssrc),
                                 "ssrc"),
                     KH_ERR_INVALID);
    assert_int_equal(kh_room_join_webrtc(world->room, 5, "v=0", 3, (char[KH_SDP_MAX]){ 0 }, NULL),
                     KH_ERR_UNSUPPORTED);
    assert_false(kh_room_stats(world->room, 5, &stats));
    world_destroy(world);
}

TEST(random_datagrams_at_the_socket_do_not_disturb_the_sound)
{
    struct world *world = world_create(3);
    struct kh_room_totals totals;
    world_speak(world, 0, 500);
    world_run(world, SETTLE_MS);
    size_t from = peer_now(&world->peers[1]);
    srand(3);
    for (unsigned burst = 0; burst < 40; burst++) {
        for (unsigned i = 0; i < 250; i++)
            peer_send_garbage(&world->peers[i % 3]);
        world_run(world, 20);
    }
    assert_true(peer_tone_dbfs(&world->peers[1], from, 500) > -20);
    assert_int_equal(world->peers[1].lost, 0);
    kh_room_totals(world->room, &totals);
    assert_true(totals.packets_rejected > 5000);
    assert_int_equal(totals.joined, 3);
    assert_int_equal(totals.slots_used, 1);
    assert_int_equal(totals.ticks_lost, 0);
    world_destroy(world);
}

int main(void)
{
    return kh_run_tests(CASE(l16_is_heard_and_hears), CASE(l24_is_heard_and_hears),
                        CASE(stereo_l24_with_packets_of_one_millisecond_as_aes67_has_them),
                        CASE(offers_that_cannot_be_met_are_refused_by_name),
                        CASE(random_datagrams_at_the_socket_do_not_disturb_the_sound));
}
