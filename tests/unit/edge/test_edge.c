/* Joining, connecting and going: a real DTLS-SRTP client over loopback. */
#include "tests/unit/edge/fixture.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

static const struct client_options plain;

static struct fixture fixture;

static void start(void)
{
    struct kh_edge_config config = fixture_config();

    fixture_start(&fixture, &config);
}

static void connects_and_hears(const struct client_options *options, const char *transport)
{
    start();
    fixture_play(&fixture, 0);
    unsigned a = fixture_join(&fixture, options);
    fixture_until(&fixture, client_packets(fixture.clients[a]) >= 10);
    assert_int_equal(fixture.connected, 1);
    assert_int_equal(fixture.heard[a], 'M');
    assert_int_equal(client_bad(fixture.clients[a]), 0);
    fixture_until(&fixture, fixture_stats(&fixture, a).packets_out >= 10);
    struct kh_edge_stats stats = fixture_stats(&fixture, a);
    assert_true(stats.connected);
    assert_string_equal(stats.transport, transport);
    assert_string_equal(stats.srtp_profile, "SRTP_AEAD_AES_128_GCM");
    fixture_stop(&fixture);
}

TEST(a_browser_connects_over_udp_and_hears_the_mix)
{
    connects_and_hears(&plain, "udp");
}

TEST(a_browser_connects_over_tcp_and_hears_the_mix)
{
    connects_and_hears(&(struct client_options){ .tcp = true }, "tcp");
}

TEST(a_client_without_gcm_gets_the_older_profile)
{
    start();
    client_context_destroy(fixture.context);
    fixture.context = client_context_create("SRTP_AES128_CM_SHA1_80");
    fixture_play(&fixture, 0);
    unsigned a = fixture_join(&fixture, &plain);
    fixture_until(&fixture, client_packets(fixture.clients[a]) >= 5);
    assert_string_equal(fixture_stats(&fixture, a).srtp_profile, "SRTP_AES128_CM_HMAC_SHA1_80");
    fixture_stop(&fixture);
}

TEST(another_certificate_than_the_offered_one_is_refused_before_any_media)
{
    start();
    fixture_play(&fixture, 0);
    unsigned a = fixture_join(&fixture, &(struct client_options){ .wrong_fingerprint = true });
    fixture_until(&fixture, client_failed(fixture.clients[a]));
    fixture_until(&fixture, fixture.gone == 1);
    assert_int_equal(fixture.connected, 0);
    assert_int_equal(client_packets(fixture.clients[a]), 0);
    assert_int_equal(fixture_totals(&fixture).handshake_failures, 1);
    assert_int_equal(fixture_totals(&fixture).packets_out, 0);
    fixture_stop(&fixture);
}

TEST(a_handshake_gets_through_although_every_first_flight_is_lost)
{
    start();
    fixture_play(&fixture, 0);
    unsigned a = fixture_join(&fixture, &(struct client_options){ .lose_in = 3, .lose_out = 1 });
    unsigned b = fixture_join(&fixture, &(struct client_options){ .lose_in = 0xc });
    fixture_until(&fixture, client_packets(fixture.clients[a]) >= 3);
    fixture_until(&fixture, client_packets(fixture.clients[b]) >= 3);
    assert_int_equal(fixture_totals(&fixture).handshake_failures, 0);
    fixture_stop(&fixture);
}

TEST(a_wrong_password_gets_no_answer_at_all)
{
    start();
    unsigned a = fixture_join(&fixture, &(struct client_options){ .wrong_password = true });
    fixture_until(&fixture, fixture_stats(&fixture, a).auth_failures >= 3);
    assert_int_equal(client_checks_answered(fixture.clients[a]), 0);
    assert_int_equal(client_bad(fixture.clients[a]), 0);
    assert_false(fixture_stats(&fixture, a).connected);
    fixture_stop(&fixture);
}

TEST(dtls_and_media_from_an_unknown_address_are_ignored)
{
    static const uint8_t hello[] = { 22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1 };
    static const uint8_t media[] = { 128, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6 };

    start();
    unsigned a = fixture_join(&fixture, &plain);
    client_fall_silent(fixture.clients[a]);
    client_send_raw(fixture.clients[a], hello, sizeof(hello));
    client_send_raw(fixture.clients[a], media, sizeof(media));
    unsigned b = fixture_join(&fixture, &plain);
    fixture_until(&fixture, client_connected(fixture.clients[b]));
    assert_false(client_failed(fixture.clients[a]));
    assert_int_equal(fixture_totals(&fixture).handshake_failures, 0);
    fixture_stop(&fixture);
}

TEST(leaving_says_close_notify_and_frees_the_place)
{
    start();
    unsigned a = fixture_join(&fixture, &plain);
    fixture_until(&fixture, fixture.connected == 1);
    fixture_until(&fixture, client_connected(fixture.clients[a]));
    kh_edge_leave(fixture.edge, fixture.peers[a]);
    kh_edge_leave(fixture.edge, fixture.peers[a]);
    fixture_until(&fixture, fixture.gone == 1 && client_closed(fixture.clients[a]));
    assert_int_equal(fixture_totals(&fixture).peers, 0);
    assert_int_equal(fixture_totals(&fixture).connected, 0);
    struct kh_edge_stats stats;
    assert_false(kh_edge_stats(fixture.edge, fixture.peers[a], &stats));
    fixture_stop(&fixture);
}

TEST(a_page_that_closes_is_gone_at_once)
{
    start();
    unsigned a = fixture_join(&fixture, &plain);
    fixture_until(&fixture, client_connected(fixture.clients[a]) && fixture.connected == 1);
    fixture_drop(&fixture, a, true);
    fixture_until(&fixture, fixture.gone == 1);
    assert_int_equal(fixture_totals(&fixture).peers, 0);
    fixture_stop(&fixture);
}

static void silent_peer_goes(bool connect_first)
{
    struct kh_edge_config config = fixture_config();

    config.silence_s = 1;
    fixture_start(&fixture, &config);
    unsigned a = fixture_join(&fixture, &plain);
    if (connect_first)
        fixture_until(&fixture, fixture.connected == 1);
    client_fall_silent(fixture.clients[a]);
    int64_t before = fixture_now_ms();
    fixture_until(&fixture, fixture.gone == 1);
    assert_in_range(fixture_now_ms() - before, connect_first ? 0 : 900, 2000);
    fixture_stop(&fixture);
}

TEST(a_peer_that_falls_silent_is_freed)
{
    silent_peer_goes(true);
}

TEST(a_peer_that_never_comes_is_freed)
{
    silent_peer_goes(false);
}

TEST(more_than_peers_max_are_refused_until_one_leaves)
{
    struct kh_edge_config config = fixture_config();
    char offer[2048], answer[KH_SDP_MAX];
    struct kh_error error;
    struct kh_edge_joined joined = { 0 };

    config.peers_max = 2;
    fixture_start(&fixture, &config);
    fixture_join(&fixture, &plain);
    fixture_join(&fixture, &plain);
    size_t bytes = client_offer(fixture.context, &plain, offer, sizeof(offer));
    assert_int_equal(kh_edge_join(fixture.edge, offer, bytes, answer, &joined, &error),
                     KH_ERR_LIMIT);
    assert_int_equal(joined.peer, 0);
    kh_edge_leave(fixture.edge, fixture.peers[0]);
    fixture_until(&fixture, fixture.gone == 1);
    assert_int_equal(kh_edge_join(fixture.edge, offer, bytes, answer, &joined, &error), KH_OK);
    assert_int_not_equal(joined.peer, fixture.peers[0]);
    fixture_stop(&fixture);
}

TEST(an_id_is_never_used_again)
{
    kh_peer_id ids[200];

    start();
    for (unsigned i = 0; i < 20; i++) {
        unsigned a = fixture_join(&fixture, &plain);
        ids[i] = fixture.peers[a];
        kh_edge_leave(fixture.edge, ids[i]);
        fixture_until(&fixture, fixture.gone == i + 1);
        for (unsigned j = 0; j < i; j++)
            assert_int_not_equal(ids[j], ids[i]);
    }
    fixture_stop(&fixture);
}

TEST(a_busy_port_is_named_in_the_error)
{
    struct kh_edge_config config = fixture_config();
    struct kh_edge *second = NULL;
    struct kh_error error;
    char port[16];

    start();
    config.port = kh_edge_port(fixture.edge);
    snprintf(port, sizeof(port), "%u", config.port);
    assert_int_equal(fixture_try(&config, &second, &error), KH_ERR_IO);
    assert_null(second);
    assert_non_null(strstr(error.text, port));
    fixture_stop(&fixture);
}

TEST(settings_out_of_range_are_refused_with_words)
{
    struct kh_edge_config config = fixture_config();
    struct kh_edge *edge = NULL;
    struct kh_error error;

    config.addresses[0] = "council.example";
    config.n_addresses = 1;
    assert_int_equal(fixture_try(&config, &edge, &error), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "council.example"));
    config.addresses[0] = "0.0.0.0";
    assert_int_equal(fixture_try(&config, &edge, &error), KH_ERR_INVALID);
    config = fixture_config();
    config.public_address = "nowhere";
    assert_int_equal(fixture_try(&config, &edge, &error), KH_ERR_INVALID);
    config = fixture_config();
    config.udp = config.tcp = false;
    assert_int_equal(fixture_try(&config, &edge, &error), KH_ERR_INVALID);
    assert_null(edge);
}

TEST(ipv6_and_several_addresses_work_side_by_side)
{
    struct kh_edge_config config = fixture_config();

    config.addresses[0] = "127.0.0.1";
    config.addresses[1] = "::1";
    config.addresses[2] = "127.0.0.2";
    config.n_addresses = 3;
    fixture_start(&fixture, &config);
    fixture_play(&fixture, 0);
    for (unsigned i = 0; i < 3; i++)
        fixture_join(&fixture, &(struct client_options){ .candidate = i });
    fixture_join(&fixture, &(struct client_options){ .candidate = 1, .tcp = true });
    for (unsigned i = 0; i < 4; i++)
        fixture_until(&fixture, client_packets(fixture.clients[i]) >= 5);
    fixture_stop(&fixture);
}

TEST(a_public_address_is_offered_instead_of_the_local_one)
{
    struct kh_edge_config config = fixture_config();
    char offer[2048], answer[KH_SDP_MAX];
    struct kh_error error;
    struct kh_edge_joined joined;

    config.public_address = "203.0.113.7";
    fixture_start(&fixture, &config);
    size_t bytes = client_offer(fixture.context, &plain, offer, sizeof(offer));
    assert_int_equal(kh_edge_join(fixture.edge, offer, bytes, answer, &joined, &error), KH_OK);
    assert_non_null(strstr(answer, "c=IN IP4 203.0.113.7\r\n"));
    assert_non_null(strstr(answer, " udp 2130706431 203.0.113.7 "));
    assert_null(strstr(answer, "127.0.0.1"));
    fixture_stop(&fixture);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_browser_connects_over_udp_and_hears_the_mix),
        CASE(a_browser_connects_over_tcp_and_hears_the_mix),
        CASE(a_client_without_gcm_gets_the_older_profile),
        CASE(another_certificate_than_the_offered_one_is_refused_before_any_media),
        CASE(a_handshake_gets_through_although_every_first_flight_is_lost),
        CASE(a_wrong_password_gets_no_answer_at_all),
        CASE(dtls_and_media_from_an_unknown_address_are_ignored),
        CASE(leaving_says_close_notify_and_frees_the_place),
        CASE(a_page_that_closes_is_gone_at_once), CASE(a_peer_that_falls_silent_is_freed),
        CASE(a_peer_that_never_comes_is_freed),
        CASE(more_than_peers_max_are_refused_until_one_leaves), CASE(an_id_is_never_used_again),
        CASE(a_busy_port_is_named_in_the_error), CASE(settings_out_of_range_are_refused_with_words),
        CASE(ipv6_and_several_addresses_work_side_by_side),
        CASE(a_public_address_is_offered_instead_of_the_local_one));
}
