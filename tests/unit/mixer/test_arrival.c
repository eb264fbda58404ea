#include "media/mixer/arrival.h"

#include "tests/unit/test.h"

#include <math.h>

#define NS_PER_MS 1000000LL

static enum kh_arrival_verdict see(struct kh_arrival *arrival, uint32_t ssrc, uint16_t sequence,
                                   double at_ms)
{
    struct kh_rtp rtp = { .ssrc = ssrc, .sequence = sequence, .timestamp = sequence * 960U };
    return kh_arrival_see(arrival, &rtp, 1000 * NS_PER_MS + (int64_t)(at_ms * 1e6));
}

TEST(packets_in_order_reordered_and_across_the_wrap_pass)
{
    struct kh_arrival arrival;
    kh_arrival_init(&arrival, 48000);
    for (int i = 0; i < 1000; i++) {
        uint16_t sequence = (uint16_t)(65000 + (i ^ 1));
        assert_int_equal(see(&arrival, 1, sequence, i * 20), KH_ARRIVAL_PASS);
    }
    assert_int_equal(arrival.packets, 1000);
}

TEST(one_stray_packet_of_another_ssrc_is_dropped_and_two_in_a_row_are_a_new_sender)
{
    struct kh_arrival arrival;
    kh_arrival_init(&arrival, 48000);
    assert_int_equal(see(&arrival, 1, 10, 0), KH_ARRIVAL_PASS);
    assert_int_equal(see(&arrival, 2, 500, 5), KH_ARRIVAL_DROP);
    assert_int_equal(see(&arrival, 1, 11, 20), KH_ARRIVAL_PASS);
    assert_int_equal(see(&arrival, 2, 501, 25), KH_ARRIVAL_DROP);
    assert_int_equal(see(&arrival, 2, 502, 45), KH_ARRIVAL_RESTART);
    assert_int_equal(see(&arrival, 2, 503, 65), KH_ARRIVAL_PASS);
    assert_int_equal(see(&arrival, 1, 12, 66), KH_ARRIVAL_DROP);
}

TEST(a_jump_of_the_sequence_restarts_after_the_second_packet)
{
    struct kh_arrival arrival;
    kh_arrival_init(&arrival, 48000);
    see(&arrival, 1, 10, 0);
    assert_int_equal(see(&arrival, 1, 40000, 20), KH_ARRIVAL_DROP);
    assert_int_equal(see(&arrival, 1, 40001, 40), KH_ARRIVAL_RESTART);
    assert_int_equal(see(&arrival, 1, 40002, 60), KH_ARRIVAL_PASS);
}

TEST(jitter_is_that_of_rfc_3550)
{
    struct kh_arrival arrival;
    kh_arrival_init(&arrival, 48000);
    for (int i = 0; i < 500; i++)
        see(&arrival, 1, (uint16_t)i, i * 20);
    assert_true(arrival.jitter_ms < 0.01);
    /* Each interval is off by 4 ms, so the filter settles there. */
    for (int i = 500; i < 1000; i++)
        see(&arrival, 1, (uint16_t)i, i * 20 + (i % 2 ? 4 : 0));
    assert_true(fabs(arrival.jitter_ms - 4) < 0.1);
}

int main(void)
{
    return kh_run_tests(
        CASE(packets_in_order_reordered_and_across_the_wrap_pass),
        CASE(one_stray_packet_of_another_ssrc_is_dropped_and_two_in_a_row_are_a_new_sender),
        CASE(a_jump_of_the_sequence_restarts_after_the_second_packet),
        CASE(jitter_is_that_of_rfc_3550));
}
