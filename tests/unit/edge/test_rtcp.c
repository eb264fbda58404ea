/* RTCP reports: bytes, loss, jitter, round trip. */
#include "media/edge/rtcp.h"
#include "tests/unit/test.h"

#include <string.h>

enum { MS = 1000000 };

TEST(a_report_is_read_back_as_written)
{
    struct kh_rtcp_report report = { .ssrc = 0x11223344,
                                     .sender = true,
                                     .ntp = 0x0123456789abcdef,
                                     .timestamp = 960,
                                     .packets = 5,
                                     .bytes = 400,
                                     .has_block = true };
    uint8_t packet[KH_RTCP_MAX];
    struct kh_rtcp read;

    report.block = (struct kh_rtcp_block){ .ssrc = 9,
                                           .fraction_lost = 25,
                                           .lost = -3,
                                           .highest = 70000,
                                           .jitter = 48,
                                           .last_sr = 1,
                                           .delay_last_sr = 65536 };
    size_t bytes = kh_rtcp_write(packet, &report);
    assert_int_equal(bytes, 8 + 20 + 24 + 16);
    assert_true(kh_rtcp_read(packet, bytes, 9, &read));
    assert_true(read.has_sr && read.has_block && !read.bye);
    assert_int_equal(read.sender, 0x11223344);
    assert_true(read.ntp == report.ntp);
    assert_memory_equal(&read.block, &report.block, sizeof(read.block));
    assert_true(kh_rtcp_read(packet, bytes, 10, &read));
    assert_false(read.has_block);
}

TEST(a_receiver_report_without_block_is_8_and_16_bytes)
{
    const struct kh_rtcp_report report = { .ssrc = 1 };
    uint8_t packet[KH_RTCP_MAX];
    struct kh_rtcp read;

    assert_int_equal(kh_rtcp_write(packet, &report), 24);
    assert_int_equal(packet[1], 201);
    assert_true(kh_rtcp_read(packet, 24, 1, &read));
    assert_false(read.has_sr || read.has_block);
}

TEST(damaged_compounds_are_refused)
{
    const struct kh_rtcp_report report = { .ssrc = 1, .sender = true, .has_block = true };
    uint8_t packet[KH_RTCP_MAX];
    struct kh_rtcp read;
    size_t bytes = kh_rtcp_write(packet, &report);

    for (size_t cut = 1; cut < bytes; cut++) {
        if (cut != 52) /* SR alone is a whole packet */
            assert_false(kh_rtcp_read(packet, cut, 1, &read));
    }
    packet[0] = 0x9f; /* 31 blocks promised */
    assert_false(kh_rtcp_read(packet, bytes, 1, &read));
    packet[0] = 0x41;
    assert_false(kh_rtcp_read(packet, bytes, 1, &read));
}

static void count(struct kh_rtcp_receiver *receiver, unsigned n, int64_t at_ns)
{
    const struct kh_rtp rtp = { .sequence = (uint16_t)(65530 + n),
                                .timestamp = n * 960,
                                .ssrc = 5 };

    kh_rtcp_count(receiver, &rtp, at_ns);
}

TEST(loss_is_told_for_the_interval_and_in_all_over_a_wrap)
{
    struct kh_rtcp_receiver receiver = { 0 };
    struct kh_rtcp_block block;

    for (unsigned n = 0; n < 100; n++) {
        if (n % 4 != 1)
            count(&receiver, n, (int64_t)n * 20 * MS);
    }
    kh_rtcp_block(&receiver, 0, &block);
    assert_int_equal(block.ssrc, 5);
    assert_int_equal(block.lost, 25);
    assert_int_equal(block.fraction_lost, 64);
    assert_int_equal(block.highest, 65530 + 99);
    for (unsigned n = 100; n < 200; n++)
        count(&receiver, n, (int64_t)n * 20 * MS);
    kh_rtcp_block(&receiver, 0, &block);
    assert_int_equal(block.lost, 25);
    assert_int_equal(block.fraction_lost, 0);
}

TEST(late_packets_do_not_count_as_loss)
{
    struct kh_rtcp_receiver receiver = { 0 };
    struct kh_rtcp_block block;

    count(&receiver, 1, 0);
    count(&receiver, 0, 0);
    count(&receiver, 3, 0);
    count(&receiver, 2, 0);
    kh_rtcp_block(&receiver, 0, &block);
    assert_int_equal(block.highest, 65533);
    assert_int_equal(block.fraction_lost, 0);
}

TEST(a_stream_without_packets_in_an_interval_reports_no_nonsense)
{
    struct kh_rtcp_receiver receiver = { 0 };
    struct kh_rtcp_block block;

    count(&receiver, 0, 0);
    kh_rtcp_block(&receiver, 0, &block);
    kh_rtcp_block(&receiver, 0, &block);
    assert_int_equal(block.fraction_lost, 0);
    assert_int_equal(block.lost, 0);
}

TEST(jitter_is_zero_for_a_steady_stream_and_grows_with_unsteadiness)
{
    struct kh_rtcp_receiver steady = { 0 }, shaky = { 0 };

    for (unsigned n = 0; n < 500; n++) {
        count(&steady, n, (int64_t)n * 20 * MS);
        count(&shaky, n, ((int64_t)n * 20 + (n & 1) * 10) * MS);
    }
    assert_true(steady.jitter < 1);
    assert_in_range((int)(shaky.jitter / 48), 9, 10); /* ms */
}

TEST(another_ssrc_starts_anew)
{
    struct kh_rtcp_receiver receiver = { 0 };
    struct kh_rtcp_block block;
    const struct kh_rtp other = { .sequence = 7, .ssrc = 6 };

    count(&receiver, 0, 0);
    count(&receiver, 50, 0);
    kh_rtcp_count(&receiver, &other, 0);
    kh_rtcp_block(&receiver, 0, &block);
    assert_int_equal(block.ssrc, 6);
    assert_int_equal(block.lost, 0);
    assert_int_equal(block.highest, 7);
}

TEST(the_round_trip_is_what_is_left_after_the_delay_of_the_other_side)
{
    int64_t sent_ns = (int64_t)1760000000 * 1000 * MS;
    struct kh_rtcp_block block = { .last_sr = (uint32_t)(kh_rtcp_ntp(sent_ns) >> 16),
                                   .delay_last_sr = 65536 / 2 };

    float trip = kh_rtcp_round_trip_ms(&block, kh_rtcp_ntp(sent_ns + 580 * MS));
    assert_in_range((int)(trip + 0.5f), 79, 81);
    block.delay_last_sr = 65536; /* a clock that claims more than all */
    assert_true(kh_rtcp_round_trip_ms(&block, kh_rtcp_ntp(sent_ns + 580 * MS)) == 0);
    block.last_sr = 0;
    assert_true(kh_rtcp_round_trip_ms(&block, 1) < 0);
}

TEST(the_delay_since_the_last_sender_report_is_told)
{
    struct kh_rtcp_receiver receiver = { 0 };
    struct kh_rtcp rtcp = { .has_sr = true, .sender = 5, .ntp = 0x0000111122223333 };
    struct kh_rtcp_block block;

    count(&receiver, 0, 0);
    kh_rtcp_note_sr(&receiver, &rtcp, 1000 * (int64_t)MS);
    kh_rtcp_block(&receiver, 1500 * (int64_t)MS, &block);
    assert_int_equal(block.last_sr, 0x11112222);
    assert_int_equal(block.delay_last_sr, 32768);
    rtcp.sender = 99;
    rtcp.ntp = 0;
    kh_rtcp_note_sr(&receiver, &rtcp, 0);
    kh_rtcp_block(&receiver, 1500 * (int64_t)MS, &block);
    assert_int_equal(block.last_sr, 0x11112222);
}

int main(void)
{
    return kh_run_tests(CASE(a_report_is_read_back_as_written),
                        CASE(a_receiver_report_without_block_is_8_and_16_bytes),
                        CASE(damaged_compounds_are_refused),
                        CASE(loss_is_told_for_the_interval_and_in_all_over_a_wrap),
                        CASE(late_packets_do_not_count_as_loss),
                        CASE(a_stream_without_packets_in_an_interval_reports_no_nonsense),
                        CASE(jitter_is_zero_for_a_steady_stream_and_grows_with_unsteadiness),
                        CASE(another_ssrc_starts_anew),
                        CASE(the_round_trip_is_what_is_left_after_the_delay_of_the_other_side),
                        CASE(the_delay_since_the_last_sender_report_is_told));
}
