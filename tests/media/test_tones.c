/* Who hears whom, with tones over real sockets and real Opus. */
#include "tests/media/peer.h"
#include "tests/unit/test.h"

enum { SETTLE_MS = 400, LISTEN_MS = 1000, LISTENER = 3 };

static const double HZ[] = { 400, 1000, 1900 };

/* Everybody's level of @talker's tone while the first @talkers persons talk. */
static void check_talker(const struct world *world, const size_t *from, unsigned talker)
{
    double heard = peer_tone_dbfs(&world->peers[LISTENER], from[LISTENER], HZ[talker]);

    assert_true(heard > -20);
    for (unsigned i = 0; i < world->n_peers; i++) {
        double level = peer_tone_dbfs(&world->peers[i], from[i], HZ[talker]);
        print_message("# talker %u at person %u: %.1f dBFS\n", talker, i, level);
        if (i == talker)
            assert_true(level < heard - 40);
        else
            assert_true(level > heard - 3);
    }
}

static void check_talkers(unsigned talkers)
{
    struct world *world = world_create(5);
    size_t from[5];

    for (unsigned i = 0; i < talkers; i++)
        world_speak(world, (kh_person)i, HZ[i]);
    world_run(world, SETTLE_MS);
    for (unsigned i = 0; i < world->n_peers; i++)
        from[i] = peer_now(&world->peers[i]);
    world_run(world, LISTEN_MS);
    for (unsigned i = 0; i < talkers; i++)
        check_talker(world, from, i);
    for (unsigned i = 0; i < world->n_peers; i++) {
        assert_int_equal(world->peers[i].lost, 0);
        assert_int_equal(world->peers[i].foreign, 0);
        assert_int_equal(world->peers[i].timestamp_faults, 0);
    }
    world_destroy(world);
}

TEST(one_talker_is_heard_by_all_and_not_by_self)
{
    check_talkers(1);
}

TEST(two_talkers_hear_each_other_and_not_themselves)
{
    check_talkers(2);
}

TEST(three_talkers_hear_each_other_and_not_themselves)
{
    check_talkers(3);
}

TEST(a_microphone_that_was_opened_before_the_join_is_heard_from_the_join_on)
{
    struct world *world = world_create(2);
    world->n_peers = 3;
    world_mic(world, 2, KH_MIC_LIVE);
    world_rejoin(world, 2, KH_ENC_OPUS, 1, 20);
    world->peers[2].tone_hz = HZ[0];
    world->peers[2].sending = true;
    world_run(world, SETTLE_MS);
    size_t from = peer_now(&world->peers[0]), own = peer_now(&world->peers[2]);
    world_run(world, LISTEN_MS);
    assert_true(peer_tone_dbfs(&world->peers[0], from, HZ[0]) > -20);
    assert_int_equal(peer_audible_frames(&world->peers[2], own), 0);
    world_destroy(world);
}

TEST(a_talker_who_joins_again_from_another_port_goes_on_being_heard)
{
    struct world *world = world_create(2);
    world_speak(world, 0, HZ[0]);
    world_run(world, SETTLE_MS);
    world_rejoin(world, 0, KH_ENC_OPUS, 1, 20);
    world->peers[0].tone_hz = HZ[1];
    world->peers[0].sending = true;
    world_run(world, SETTLE_MS);
    size_t from = peer_now(&world->peers[1]);
    world_run(world, LISTEN_MS);
    assert_true(peer_tone_dbfs(&world->peers[1], from, HZ[1]) > -20);
    assert_true(peer_tone_dbfs(&world->peers[1], from, HZ[0]) < -60);
    world_destroy(world);
}

int main(void)
{
    return kh_run_tests(
        CASE(one_talker_is_heard_by_all_and_not_by_self),
        CASE(two_talkers_hear_each_other_and_not_themselves),
        CASE(three_talkers_hear_each_other_and_not_themselves),
        CASE(a_microphone_that_was_opened_before_the_join_is_heard_from_the_join_on),
        CASE(a_talker_who_joins_again_from_another_port_goes_on_being_heard));
}
