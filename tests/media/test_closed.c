/* Nobody but the server opens a microphone: whatever is sent, 0 audible frames come out. */
#include "tests/media/peer.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

enum { TALKER = 0, LISTENER = 1, OTHER = 2, SLOT_HOLDER = 3, PERSONS = 4, LISTEN_MS = 600 };

/* Everybody's output, SLOT_HOLDER's own mix among them (they hold a muted slot), and the recording
 * has the same packets. */
static void expect_silence(struct world *world, const char *what)
{
    size_t from[PERSONS];

    for (unsigned i = 0; i < PERSONS; i++)
        from[i] = peer_now(&world->peers[i]);
    world_run(world, LISTEN_MS);
    for (unsigned i = 0; i < PERSONS; i++) {
        unsigned frames = peer_audible_frames(&world->peers[i], from[i]);
        if (frames > 0)
            fail_msg("%s: %u audible frames at person %u", what, frames, i);
    }
}

/* Everything that a closed person may try. */
static void expect_silence_whatever_is_sent(struct world *world, const char *state)
{
    struct peer *talker = &world->peers[TALKER];
    struct peer honest = *talker;

    print_message("# %s\n", state);
    talker->tone_hz = 700;
    talker->sending = true;
    expect_silence(world, "the ordinary packets");
    talker->packets_per_tick = 10;
    expect_silence(world, "ten times the rate");
    talker->packets_per_tick = 1;
    talker->ssrc = honest.ssrc + 1;
    expect_silence(world, "another SSRC");
    talker->ssrc = world->peers[SLOT_HOLDER].ssrc;
    expect_silence(world, "the SSRC of a person with a slot");
    talker->ssrc = honest.ssrc;
    talker->payload_type = 96;
    expect_silence(world, "another payload type");
    talker->payload_type = 72;
    expect_silence(world, "a payload type that looks like RTCP");
    talker->payload_type = honest.payload_type;
    talker->sending = false;
}

static struct world *create(void)
{
    struct world *world = world_create(PERSONS);
    world_mic(world, SLOT_HOLDER, KH_MIC_MUTED);
    world_run(world, 200);
    return world;
}

TEST(a_person_who_never_got_the_floor_is_not_heard)
{
    struct world *world = create();
    expect_silence_whatever_is_sent(world, "never granted");
    world_destroy(world);
}

TEST(a_muted_person_is_not_heard)
{
    struct world *world = create();
    world_speak(world, TALKER, 700);
    world_run(world, 300);
    assert_true(peer_audible_frames(&world->peers[LISTENER], 0) > 0);
    world_mic(world, TALKER, KH_MIC_MUTED);
    world_run(world, 200);
    expect_silence_whatever_is_sent(world, "muted");
    world_destroy(world);
}

TEST(a_person_whose_floor_was_revoked_is_not_heard)
{
    struct world *world = create();
    world_speak(world, TALKER, 700);
    world_run(world, 300);
    assert_true(peer_audible_frames(&world->peers[LISTENER], 0) > 0);
    world_mic(world, TALKER, KH_MIC_OFF);
    world_run(world, 200);
    expect_silence_whatever_is_sent(world, "revoked");
    world_destroy(world);
}

TEST(a_person_who_left_is_not_heard)
{
    struct world *world = create();
    world_speak(world, TALKER, 700);
    world_run(world, 300);
    kh_room_leave(world->room, TALKER);
    kh_room_leave(world->room, TALKER);
    size_t from = peer_now(&world->peers[LISTENER]) + 9600;
    world_run(world, 800);
    assert_int_equal(peer_audible_frames(&world->peers[LISTENER], from), 0);
    assert_int_equal(world->losses[TALKER], 1);
    world_destroy(world);
}

/* A stranger's socket that copies the open talker's SSRC and payload type. */
TEST(a_stranger_who_copies_an_open_talkers_packets_is_not_heard)
{
    struct world *world = create();
    struct peer *stranger = &world->peers[PERSONS];
    struct kh_room_stats before, after;

    world_speak(world, TALKER, 400);
    world_run(world, 200);
    peer_open(stranger, world->peers[TALKER].server_port, KH_ENC_OPUS, 1);
    stranger->ssrc = world->peers[TALKER].ssrc;
    stranger->tone_hz = 1900;
    stranger->sending = true;
    world->n_peers = PERSONS + 1;
    assert_true(kh_room_stats(world->room, TALKER, &before));
    size_t from = peer_now(&world->peers[LISTENER]);
    world_run(world, 1000);
    assert_true(peer_tone_dbfs(&world->peers[LISTENER], from, 1900) < -70);
    assert_true(peer_tone_dbfs(&world->peers[LISTENER], from, 400) > -20);
    assert_true(kh_room_stats(world->room, TALKER, &after));
    assert_in_range(after.rejected - before.rejected, 45, 52);
    assert_int_equal(stranger->packets + stranger->foreign, 0);
    world_destroy(world);
}

/* A slot that changes hands at once carries nothing of the person before, who goes on sending. */
TEST(a_slot_that_changes_hands_carries_only_the_new_person)
{
    struct world *world = world_create(PERSONS);
    world->peers[OTHER].tone_hz = 1900;
    world->peers[OTHER].sending = true;
    world->peers[TALKER].tone_hz = 400;
    world->peers[TALKER].sending = true;
    for (unsigned i = 3; i < 18; i++) /* all slots but one are taken */
        world_mic(world, (kh_person)i, KH_MIC_MUTED);
    for (unsigned round = 0; round < 5; round++) {
        world_mic(world, TALKER, KH_MIC_LIVE);
        assert_int_equal(kh_room_set_mic(world->room, OTHER, KH_MIC_LIVE), KH_ERR_LIMIT);
        world_run(world, 200);
        world_mic(world, TALKER, KH_MIC_OFF);
        world_mic(world, OTHER, KH_MIC_LIVE);
        world_run(world, 200);
        size_t from = peer_now(&world->peers[LISTENER]);
        world_run(world, 200);
        assert_true(peer_tone_dbfs(&world->peers[LISTENER], from, 1900) > -20);
        assert_true(peer_tone_dbfs(&world->peers[LISTENER], from, 400) < -60);
        world_mic(world, OTHER, KH_MIC_OFF);
    }
    /* Though both moved within one tick, each speech has its begin and its end. */
    world_run(world, 200);
    int open[PERSONS] = { 0 }, closed[PERSONS] = { 0 };
    for (unsigned i = 0; i < world->n_marks; i++)
        ++*(world->marks[i].open ? &open[world->marks[i].person] : &closed[world->marks[i].person]);
    assert_int_equal(open[TALKER], 5);
    assert_int_equal(closed[TALKER], 5);
    assert_int_equal(open[OTHER], 5);
    assert_int_equal(closed[OTHER], 5);
    world_destroy(world);
}

TEST(silence_comes_within_three_ticks_of_closing_in_twenty_trials)
{
    struct world *world = world_create(2);
    world_speak(world, TALKER, 700);
    for (unsigned trial = 0; trial < 20; trial++) {
        world_mic(world, TALKER, KH_MIC_LIVE);
        world_run(world, 200 + 20 * (trial % 3));
        size_t from = peer_now(&world->peers[LISTENER]);
        world_mic(world, TALKER, trial % 2 ? KH_MIC_MUTED : KH_MIC_OFF);
        world_run(world, 400);
        /* One tick may be in the socket, one in the making, one holds the fade. */
        unsigned audible = peer_audible_frames(&world->peers[LISTENER], from + 3 * 960);
        assert_int_equal(audible, 0);
    }
    world_destroy(world);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_person_who_never_got_the_floor_is_not_heard), CASE(a_muted_person_is_not_heard),
        CASE(a_person_whose_floor_was_revoked_is_not_heard), CASE(a_person_who_left_is_not_heard),
        CASE(a_stranger_who_copies_an_open_talkers_packets_is_not_heard),
        CASE(a_slot_that_changes_hands_carries_only_the_new_person),
        CASE(silence_comes_within_three_ticks_of_closing_in_twenty_trials));
}
