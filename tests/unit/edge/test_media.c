/* What goes in and out of a connected peer: slots, roaming, replays, loss, floods. */
#include "media/edge/ice_tcp.h"
#include "tests/unit/edge/fixture.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct client_options plain;
static const uint8_t sound[50] = { 0xf8 };

static struct fixture fixture;

static unsigned start_one(const struct client_options *options)
{
    struct kh_edge_config config = fixture_config();

    fixture_start(&fixture, &config);
    unsigned a = fixture_join(&fixture, options);
    fixture_until(&fixture, client_connected(fixture.clients[a]) && fixture.connected == 1);
    return a;
}

static void send_and_settle(unsigned client, unsigned n)
{
    uint64_t before = fixture_stats(&fixture, client).packets_in;

    for (unsigned i = 0; i < n; i++)
        client_send_rtp(fixture.clients[client], sound, sizeof(sound));
    fixture_until(&fixture, fixture_stats(&fixture, client).packets_in == before + n);
}

TEST(sound_is_passed_on_only_for_a_slot_and_only_while_it_may_send)
{
    unsigned a = start_one(&plain);
    kh_peer_id peer = fixture.peers[a];

    send_and_settle(a, 5);
    assert_int_equal(fixture.rtp, 0);
    kh_edge_route(fixture.edge, peer, 3, false);
    send_and_settle(a, 5);
    assert_int_equal(fixture.rtp, 0);
    kh_edge_route(fixture.edge, peer, 3, true);
    send_and_settle(a, 5);
    fixture_until(&fixture, fixture.rtp == 5);
    assert_int_equal(fixture.rtp_slot, 3);
    assert_true(fixture.rtp_peer == peer);
    kh_edge_route(fixture.edge, peer, -1, true);
    send_and_settle(a, 5);
    assert_int_equal(fixture.rtp, 5);
    fixture_stop(&fixture);
}

TEST(who_joined_to_listen_is_not_passed_on_even_with_a_slot)
{
    unsigned a = start_one(&(struct client_options){ .direction = "recvonly" });

    kh_edge_route(fixture.edge, fixture.peers[a], 1, true);
    send_and_settle(a, 5);
    assert_int_equal(fixture.rtp, 0);
    fixture_stop(&fixture);
}

TEST(who_has_a_slot_hears_its_mix_and_others_the_main_mix)
{
    unsigned a = start_one(&plain);
    unsigned b = fixture_join(&fixture, &plain);

    fixture_play(&fixture, 1u << 2);
    fixture_until(&fixture, fixture.heard[a] == 'M' && fixture.heard[b] == 'M');
    kh_edge_route(fixture.edge, fixture.peers[a], 2, true);
    fixture_until(&fixture, fixture.heard[a] == 'c');
    assert_int_equal(fixture.heard[b], 'M');
    kh_edge_route(fixture.edge, fixture.peers[a], 4, true); /* not attached in the mixer */
    fixture_until(&fixture, fixture.heard[a] == 'M');
    kh_edge_route(fixture.edge, fixture.peers[a], 2, false);
    fixture_until(&fixture, fixture.heard[a] == 'c');
    kh_edge_route(fixture.edge, fixture.peers[a], -1, false);
    fixture_until(&fixture, fixture.heard[a] == 'M');
    assert_int_equal(client_bad(fixture.clients[a]), 0);
    fixture_stop(&fixture);
}

TEST(who_offers_only_to_send_hears_nothing)
{
    unsigned a = start_one(&(struct client_options){ .direction = "sendonly" });

    fixture_play(&fixture, 0);
    fixture_run(&fixture, 200);
    assert_int_equal(client_packets(fixture.clients[a]), 0);
    fixture_stop(&fixture);
}

TEST(repeated_and_forged_packets_are_not_passed_on)
{
    unsigned a = start_one(&plain);

    kh_edge_route(fixture.edge, fixture.peers[a], 0, true);
    send_and_settle(a, 1);
    for (unsigned i = 0; i < 10; i++)
        client_repeat_rtp(fixture.clients[a]);
    client_forge_next(fixture.clients[a]);
    client_send_rtp(fixture.clients[a], sound, sizeof(sound));
    fixture_until(&fixture, fixture_stats(&fixture, a).auth_failures == 1);
    assert_int_equal(fixture.rtp, 1);
    assert_int_equal(fixture_stats(&fixture, a).packets_in, 1);
    fixture_stop(&fixture);
}

static void roams(const struct client_options *options)
{
    unsigned a = start_one(options);

    fixture_play(&fixture, 0);
    fixture_until(&fixture, client_packets(fixture.clients[a]) > 3);
    client_roam(fixture.clients[a], true);
    unsigned before = client_packets(fixture.clients[a]);
    fixture_until(&fixture, client_packets(fixture.clients[a]) > before + 5);
    kh_edge_route(fixture.edge, fixture.peers[a], 0, true);
    client_send_rtp(fixture.clients[a], sound, sizeof(sound));
    fixture_until(&fixture, fixture.rtp == 1);
    assert_int_equal(fixture_totals(&fixture).handshakes, 1);
    assert_int_equal(fixture_totals(&fixture).peers, 1);
    fixture_stop(&fixture);
}

TEST(an_authenticated_request_moves_the_peer_to_a_new_address)
{
    roams(&plain);
}

TEST(a_peer_comes_back_by_a_new_tcp_connection)
{
    roams(&(struct client_options){ .tcp = true });
}

TEST(media_alone_does_not_move_the_peer)
{
    unsigned a = start_one(&plain);

    fixture_play(&fixture, 0);
    kh_edge_route(fixture.edge, fixture.peers[a], 0, true);
    fixture_until(&fixture, client_packets(fixture.clients[a]) > 3);
    client_roam(fixture.clients[a], false);
    unsigned before = client_packets(fixture.clients[a]);
    for (unsigned i = 0; i < 10; i++) {
        client_send_rtp(fixture.clients[a], sound, sizeof(sound));
        fixture_run(&fixture, 20);
    }
    assert_int_equal(client_packets(fixture.clients[a]), before);
    assert_int_equal(fixture.rtp, 0);
    fixture_stop(&fixture);
}

TEST(nobody_takes_over_the_address_of_a_living_peer)
{
    unsigned a = start_one(&plain);
    unsigned b = fixture_join(&fixture, &plain);

    fixture_play(&fixture, 0);
    fixture_until(&fixture, client_packets(fixture.clients[b]) > 3);
    for (unsigned i = 0; i < 5; i++)
        client_check_as(fixture.clients[a], fixture.clients[b]);
    fixture_run(&fixture, 100);
    unsigned heard_a = client_packets(fixture.clients[a]);
    unsigned heard_b = client_packets(fixture.clients[b]);
    fixture_until(&fixture, client_packets(fixture.clients[a]) > heard_a + 3 &&
                                client_packets(fixture.clients[b]) > heard_b + 3);
    assert_int_equal(client_bad(fixture.clients[a]), 0);
    fixture_stop(&fixture);
}

TEST(a_peer_that_never_nominates_is_served_too)
{
    unsigned a = start_one(&(struct client_options){ .no_nomination = true });

    fixture_play(&fixture, 0);
    fixture_until(&fixture, client_packets(fixture.clients[a]) > 3);
    fixture_stop(&fixture);
}

TEST(reports_tell_loss_and_round_trip_to_both_sides)
{
    unsigned a = start_one(&plain);

    fixture_play(&fixture, 0);
    assert_true(fixture_stats(&fixture, a).round_trip_ms < 0);
    send_and_settle(a, 30);
    client_lose_rtp(fixture.clients[a], 10);
    send_and_settle(a, 1);
    fixture_until(&fixture, client_reports(fixture.clients[a]) >= 1);
    assert_true(fixture_stats(&fixture, a).fraction_lost_in > 0.2f);
    assert_true(fixture_stats(&fixture, a).fraction_lost_in < 0.3f);
    client_send_report(fixture.clients[a]);
    fixture_until(&fixture, fixture_stats(&fixture, a).round_trip_ms >= 0);
    assert_true(fixture_stats(&fixture, a).round_trip_ms < 500);
    assert_true(fixture_stats(&fixture, a).fraction_lost_out == 0.25f);
    fixture_stop(&fixture);
}

/* A pause in the mix (no frame in a tick) sends nothing, and time goes on meanwhile. */
TEST(ticks_without_a_frame_send_nothing)
{
    unsigned a = start_one(&plain);

    fixture_play(&fixture, 0);
    fixture_until(&fixture, client_packets(fixture.clients[a]) > 3);
    fixture.tick.main.bytes = 0;
    fixture_run(&fixture, 60);
    unsigned before = client_packets(fixture.clients[a]);
    fixture_run(&fixture, 100);
    assert_int_equal(client_packets(fixture.clients[a]), before);
    fixture.tick.main.bytes = FIXTURE_FRAME_BYTES;
    fixture_until(&fixture, client_packets(fixture.clients[a]) > before);
    fixture_stop(&fixture);
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
    fclose(file);
    return pages * 4;
}

TEST(a_flood_from_strangers_costs_no_memory_and_disturbs_nobody)
{
    unsigned a = start_one(&plain);
    unsigned stranger = fixture_join(&fixture, &(struct client_options){ .wrong_password = true });
    uint8_t junk[200];

    fixture_play(&fixture, 0);
    fixture_until(&fixture, client_packets(fixture.clients[a]) > 3);
    long before = resident_kb(), slack_kb = getenv("KYHOP_SANITIZER") ? 65536 : 2048;
    for (unsigned i = 0; i < 50000; i++) {
        for (unsigned j = 0; j < 16; j++)
            junk[j] = (uint8_t)(i * 31 + j * 7);
        junk[0] = (uint8_t)i;
        client_send_raw(fixture.clients[stranger], junk, 20 + i % 180);
        if (i % 500 == 0)
            fixture_turn(&fixture);
    }
    unsigned heard = client_packets(fixture.clients[a]);
    fixture_until(&fixture, client_packets(fixture.clients[a]) > heard + 5);
    assert_in_range(resident_kb(), 0, before + slack_kb); /* ASan keeps freed memory for a while */
    assert_int_equal(fixture_totals(&fixture).connected, 1);
    fixture_stop(&fixture);
}

static int connect_tcp(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct kh_addr addr;

    assert_true(fd >= 0 && kh_addr_parse("127.0.0.1", port, &addr));
    assert_int_equal(connect(fd, &addr.sa, addr.bytes), 0);
    return fd;
}

TEST(idle_tcp_connections_make_room_for_newcomers)
{
    enum { MANY = KH_TCP_STRANGERS_MAX + 100 };
    struct kh_edge_config config = fixture_config();
    int fds[MANY];

    fixture_start(&fixture, &config);
    for (unsigned i = 0; i < MANY; i++)
        fds[i] = connect_tcp(kh_edge_port(fixture.edge));
    fixture_play(&fixture, 0);
    unsigned a = fixture_join(&fixture, &(struct client_options){ .tcp = true });
    fixture_until(&fixture, client_packets(fixture.clients[a]) > 3);
    for (unsigned i = 0; i < MANY; i++)
        close(fds[i]);
    fixture_stop(&fixture);
}

/* Its packets are dropped, never queued; the others hear every tick. */
TEST(a_tcp_peer_that_does_not_read_holds_up_nobody)
{
    unsigned a = start_one(&(struct client_options){ .tcp = true, .receive_buffer = 2048 });
    unsigned b = fixture_join(&fixture, &plain);

    fixture_until(&fixture, fixture.connected == 2 && client_connected(fixture.clients[b]));
    struct client *stuck = fixture.clients[a];
    fixture.clients[a] = NULL; /* nobody reads it any more */
    fixture_play(&fixture, 0);
    unsigned ticks = 0;
    for (; fixture_totals(&fixture).packets_dropped < 100 && ticks < 20000; ticks++) {
        fixture.next_tick_ns = 1; /* as fast as the feed takes them */
        fixture.tick.number++;
        kh_edge_push_tick(fixture.edge, &fixture.tick);
        if (ticks % 4 == 0) {
            fixture.next_tick_ns = 0;
            fixture_turn(&fixture);
        }
    }
    assert_true(fixture_totals(&fixture).packets_dropped >= 100);
    unsigned before = client_packets(fixture.clients[b]);
    fixture_play(&fixture, 0);
    fixture_until(&fixture, client_packets(fixture.clients[b]) > before + 10);
    assert_int_equal(client_bad(fixture.clients[b]), 0);
    fixture.clients[a] = stuck;
    fixture_stop(&fixture);
}

TEST(a_peer_that_floods_is_cut_to_what_a_microphone_needs)
{
    unsigned a = start_one(&plain);

    kh_edge_route(fixture.edge, fixture.peers[a], 0, true);
    for (unsigned i = 0; i < 3000; i++)
        client_send_rtp(fixture.clients[a], sound, sizeof(sound));
    fixture_run(&fixture, 500);
    assert_in_range(fixture.rtp, 100, 1500);
    unsigned before = fixture.rtp;
    client_send_rtp(fixture.clients[a], sound, sizeof(sound));
    fixture_until(&fixture, fixture.rtp > before);
    fixture_stop(&fixture);
}

int main(void)
{
    return kh_run_tests(CASE(sound_is_passed_on_only_for_a_slot_and_only_while_it_may_send),
                        CASE(who_joined_to_listen_is_not_passed_on_even_with_a_slot),
                        CASE(who_has_a_slot_hears_its_mix_and_others_the_main_mix),
                        CASE(who_offers_only_to_send_hears_nothing),
                        CASE(repeated_and_forged_packets_are_not_passed_on),
                        CASE(an_authenticated_request_moves_the_peer_to_a_new_address),
                        CASE(a_peer_comes_back_by_a_new_tcp_connection),
                        CASE(media_alone_does_not_move_the_peer),
                        CASE(nobody_takes_over_the_address_of_a_living_peer),
                        CASE(a_peer_that_never_nominates_is_served_too),
                        CASE(reports_tell_loss_and_round_trip_to_both_sides),
                        CASE(ticks_without_a_frame_send_nothing),
                        CASE(a_flood_from_strangers_costs_no_memory_and_disturbs_nobody),
                        CASE(idle_tcp_connections_make_room_for_newcomers),
                        CASE(a_tcp_peer_that_does_not_read_holds_up_nobody),
                        CASE(a_peer_that_floods_is_cut_to_what_a_microphone_needs));
}
