/* The engine's door to the sound: slots, joins, levels, and that a WebRTC edge can stand beside it.
 */
#include "tests/media/peer.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 16 };

TEST(a_seventeenth_microphone_is_refused_and_closing_one_makes_room)
{
    struct world *world = world_create(1);

    for (unsigned i = 0; i < SLOTS; i++)
        world_mic(world, (kh_person)(10 + i), i % 2 ? KH_MIC_MUTED : KH_MIC_LIVE);
    assert_int_equal(kh_room_set_mic(world->room, 40, KH_MIC_LIVE), KH_ERR_LIMIT);
    assert_int_equal(kh_room_set_mic(world->room, 40, KH_MIC_MUTED), KH_ERR_LIMIT);
    world_mic(world, 40, KH_MIC_OFF);  /* closing never fails */
    world_mic(world, 10, KH_MIC_LIVE); /* they have theirs already */
    world_mic(world, 11, KH_MIC_OFF);
    world_mic(world, 40, KH_MIC_LIVE);
    struct kh_room_totals totals;
    kh_room_totals(world->room, &totals);
    assert_int_equal(totals.slots_used, SLOTS);
    world_destroy(world);
}

TEST(a_slot_stays_through_muting_leaving_and_joining_again)
{
    struct world *world = world_create(2);
    struct kh_room_stats stats;

    world_mic(world, 1, KH_MIC_LIVE);
    assert_true(kh_room_stats(world->room, 1, &stats));
    int slot = stats.slot;
    assert_true(slot >= 0);
    world_mic(world, 1, KH_MIC_MUTED);
    world_rejoin(world, 1, KH_ENC_OPUS, 1, 20);
    assert_true(kh_room_stats(world->room, 1, &stats));
    assert_int_equal(stats.slot, slot);
    assert_string_equal(stats.transport, "rtp");
    kh_room_leave(world->room, 1);
    assert_false(kh_room_stats(world->room, 1, &stats));
    world_rejoin(world, 1, KH_ENC_OPUS, 1, 20);
    world_mic(world, 1, KH_MIC_OFF);
    assert_true(kh_room_stats(world->room, 1, &stats));
    assert_int_equal(stats.slot, -1);
    world_destroy(world);
}

TEST(joins_and_losses_are_told_in_order_on_the_engines_loop)
{
    struct world *world = world_create(2);

    assert_int_equal(world->connects[0], 0); /* not from within the call */
    world_run(world, 20);
    assert_int_equal(world->connects[0], 1);
    kh_room_leave(world->room, 0);
    kh_room_leave(world->room, 0);
    world_run(world, 20);
    assert_int_equal(world->losses[0], 1);
    assert_int_equal(world->losses[1], 0);
    world_destroy(world);
}

TEST(levels_name_those_who_hold_a_slot)
{
    struct world *world = world_create(3);
    struct kh_room_level levels[SLOTS];
    float main_peak = 0;

    world_speak(world, 0, 500);
    world_mic(world, 1, KH_MIC_MUTED);
    world_run(world, 500);
    assert_int_equal(kh_room_levels(world->room, levels, SLOTS, &main_peak), 2);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(levels[i].gate_open, levels[i].person == 0);
        if (levels[i].person == 0)
            assert_true(levels[i].peak_dbfs > -14 && levels[i].peak_dbfs < -10);
        else
            assert_true(levels[i].peak_dbfs < -60);
    }
    assert_true(main_peak > -14 && main_peak < -10);
    assert_int_equal(kh_room_levels(world->room, levels, 1, &main_peak), 1);
    world_destroy(world);
}

static struct kh_room *create_room(const struct kh_room_config *config)
{
    static const struct kh_room_ops no_ops = { 0 };
    struct kh_room *room = NULL;
    struct kh_error error = { 0 };

    if (kh_room_create(config, &no_ops, NULL, &room, &error))
        fail_msg("%s", error.text);
    return room;
}

TEST(a_room_with_webrtc_refuses_a_bad_offer_and_keeps_who_is_joined)
{
    struct kh_room_config config = { .mixer = kh_mixer_config_default(),
                                     .with_edge = true,
                                     .edge = { .udp = true, .tcp = true },
                                     .persons_max = 4 };
    struct kh_rtp_offer offer = {
        .address = "127.0.0.1", .port = 9, .payload_type = -1, .ssrc = -1
    };
    struct kh_rtp_answer answer;
    struct kh_room_stats stats;
    struct kh_error error = { 0 };
    char sdp[KH_SDP_MAX];

    struct kh_room *room = create_room(&config);
    assert_int_equal(kh_room_join_rtp(room, 1, &offer, &answer, &error), KH_OK);
    assert_int_equal(kh_room_join_webrtc(room, 1, "v=0\r\n", 5, sdp, &error), KH_ERR_INVALID);
    assert_true(error.text[0] != 0);
    assert_true(kh_room_stats(room, 1, &stats));
    assert_string_equal(stats.transport, "rtp");
    kh_room_destroy(room);
}

TEST(a_room_on_ipv6_takes_ipv6_participants)
{
    struct kh_room_config config = { .mixer = kh_mixer_config_default(),
                                     .rtp_address = "::1",
                                     .persons_max = 4 };
    struct kh_rtp_offer offer = { .address = "::1", .port = 9, .payload_type = -1, .ssrc = 7 };
    struct kh_rtp_answer answer;
    struct kh_error error = { 0 };

    struct kh_room *room = create_room(&config);
    assert_int_equal(kh_room_join_rtp(room, 1, &offer, &answer, &error), KH_OK);
    assert_string_equal(answer.address, "::1");
    assert_int_equal(answer.ssrc, 7);
    offer.address = "127.0.0.1";
    assert_int_equal(kh_room_join_rtp(room, 2, &offer, &answer, &error), KH_ERR_INVALID);
    kh_room_destroy(room);
}

TEST(a_room_that_cannot_be_made_says_why_and_leaves_nothing)
{
    static const struct kh_room_ops no_ops = { 0 };
    struct kh_room_config config = { .mixer = kh_mixer_config_default(),
                                     .rtp_address = "hall.example",
                                     .persons_max = 4 };
    struct kh_room *room = NULL;
    struct kh_error error = { 0 };

    assert_int_equal(kh_room_create(&config, &no_ops, NULL, &room, &error), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "hall.example"));
    config.rtp_address = NULL;
    config.mixer.complexity = 11;
    assert_int_equal(kh_room_create(&config, &no_ops, NULL, &room, &error), KH_ERR_INVALID);
    assert_null(room);
    kh_room_destroy(NULL);
}

int main(void)
{
    return kh_run_tests(CASE(a_seventeenth_microphone_is_refused_and_closing_one_makes_room),
                        CASE(a_slot_stays_through_muting_leaving_and_joining_again),
                        CASE(joins_and_losses_are_told_in_order_on_the_engines_loop),
                        CASE(levels_name_those_who_hold_a_slot),
                        CASE(a_room_with_webrtc_refuses_a_bad_offer_and_keeps_who_is_joined),
                        CASE(a_room_on_ipv6_takes_ipv6_participants),
                        CASE(a_room_that_cannot_be_made_says_why_and_leaves_nothing));
}
