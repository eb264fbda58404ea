#include "api/limit.h"
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const struct kh_rate two_a_second = { .per_min = 120, .burst = 3 };

TEST(a_new_bucket_gives_its_burst_and_then_says_how_long_to_wait)
{
    struct kh_bucket bucket = { 0 };
    unsigned retry_ms = 0;

    for (int i = 0; i < 3; i++)
        assert_true(kh_bucket_take(&bucket, two_a_second, 1000, &retry_ms));
    assert_false(kh_bucket_take(&bucket, two_a_second, 1000, &retry_ms));
    assert_in_range(retry_ms, 500, 501);
}

TEST(a_token_is_back_after_the_time_that_was_told)
{
    struct kh_bucket bucket = { 0 };
    unsigned retry_ms = 0;

    for (int i = 0; i < 3; i++)
        assert_true(kh_bucket_take(&bucket, two_a_second, 1000, NULL));
    assert_false(kh_bucket_take(&bucket, two_a_second, 1300, &retry_ms));
    assert_true(kh_bucket_take(&bucket, two_a_second, 1300 + retry_ms, NULL));
    assert_false(kh_bucket_take(&bucket, two_a_second, 1300 + retry_ms, NULL));
}

TEST(many_small_steps_of_time_refill_as_much_as_one_large_one)
{
    struct kh_bucket bucket = { 0 };
    unsigned taken = 0;

    for (int64_t now_ms = 1; now_ms <= 10000; now_ms++)
        taken += kh_bucket_take(&bucket, two_a_second, now_ms, NULL);
    assert_in_range(taken, 22, 23); /* the burst of 3 and 2 a second for 10 s */
}

TEST(a_bucket_never_holds_more_than_its_burst)
{
    struct kh_bucket bucket = { 0 };
    unsigned taken = 0;

    assert_true(kh_bucket_take(&bucket, two_a_second, 1, NULL));
    while (kh_bucket_take(&bucket, two_a_second, INT64_C(86400000), NULL))
        taken++;
    assert_int_equal(3, taken);
}

TEST(time_that_goes_back_neither_gives_nor_takes)
{
    struct kh_bucket bucket = { 0 };

    for (int i = 0; i < 3; i++)
        assert_true(kh_bucket_take(&bucket, two_a_second, 5000, NULL));
    assert_false(kh_bucket_take(&bucket, two_a_second, 10, NULL));
    assert_true(kh_bucket_take(&bucket, two_a_second, 5501, NULL));
}

TEST(looking_takes_nothing)
{
    struct kh_bucket bucket = { 0 };

    for (int i = 0; i < 10; i++)
        assert_true(kh_bucket_has(&bucket, (struct kh_rate){ 1, 1 }, 1, NULL));
    assert_true(kh_bucket_take(&bucket, (struct kh_rate){ 1, 1 }, 1, NULL));
    assert_false(kh_bucket_has(&bucket, (struct kh_rate){ 1, 1 }, 1, NULL));
}

static const char *counted_as(const char *address)
{
    static char text[KH_ADDRESS_CHARS];

    return kh_limit_address_text(address, text) ? text : NULL;
}

TEST(an_ipv6_host_counts_as_its_network_and_a_mapped_address_as_ipv4)
{
    assert_string_equal("192.0.2.7", counted_as("192.0.2.7"));
    assert_string_equal("192.0.2.7", counted_as("::ffff:192.0.2.7"));
    assert_string_equal("2001:db8:1:2::/64", counted_as("2001:db8:1:2:3:4:5:6"));
    assert_string_equal(counted_as("2001:db8::1"), "2001:db8::/64");
    assert_null(counted_as("unknown"));
    assert_null(counted_as("192.0.2.7:80"));
    assert_null(counted_as(""));
}

static bool is_loopback(const char *address)
{
    struct sockaddr_in four = { .sin_family = AF_INET };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return kh_limit_is_loopback((struct sockaddr *)&four);
    assert_int_equal(1, inet_pton(AF_INET6, address, &six.sin6_addr));
    return kh_limit_is_loopback((struct sockaddr *)&six);
}

TEST(loopback_is_told_from_everything_else)
{
    assert_true(is_loopback("127.0.0.1"));
    assert_true(is_loopback("127.255.0.9"));
    assert_true(is_loopback("::1"));
    assert_true(is_loopback("::ffff:127.0.0.1"));
    assert_false(is_loopback("0.0.0.0"));
    assert_false(is_loopback("::"));
    assert_false(is_loopback("10.0.0.1"));
    assert_false(is_loopback("128.0.0.1"));
    assert_false(is_loopback("::ffff:10.0.0.1"));
    assert_false(is_loopback("2001:db8::1"));
}

TEST(addresses_are_forgotten_only_when_they_are_idle_and_their_bucket_is_full)
{
    struct kh_peers *peers = kh_peers_create();
    struct kh_rate rate = { .per_min = 10, .burst = 10 };
    char text[32];

    kh_peers_get(peers, "connected")->connections = 1;
    assert_true(kh_bucket_take(&kh_peers_get(peers, "guessing")->logins, rate, 1000, NULL));
    kh_peers_get(peers, "gone")->logins.at_ms = 77;
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof(text), "idle %d", i);
        kh_peers_get(peers, text);
    }
    kh_peers_sweep(peers, rate, 1001);
    assert_int_equal(1, kh_peers_get(peers, "connected")->connections);
    assert_int_equal(1000, kh_peers_get(peers, "guessing")->logins.used_milli);
    assert_int_equal(0, kh_peers_get(peers, "gone")->logins.at_ms);
    kh_peers_left(peers, "connected");
    kh_peers_left(peers, "connected");
    kh_peers_left(peers, "nobody");
    assert_int_equal(0, kh_peers_get(peers, "connected")->connections);
    kh_peers_destroy(peers);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_new_bucket_gives_its_burst_and_then_says_how_long_to_wait),
        CASE(a_token_is_back_after_the_time_that_was_told),
        CASE(many_small_steps_of_time_refill_as_much_as_one_large_one),
        CASE(a_bucket_never_holds_more_than_its_burst),
        CASE(time_that_goes_back_neither_gives_nor_takes), CASE(looking_takes_nothing),
        CASE(an_ipv6_host_counts_as_its_network_and_a_mapped_address_as_ipv4),
        CASE(loopback_is_told_from_everything_else),
        CASE(addresses_are_forgotten_only_when_they_are_idle_and_their_bucket_is_full));
}
