#include "media/rtp.h"

#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t plain[] = { 0x80, 0xef, 0x12, 0x34, 0, 1, 2, 3, 0xde, 0xad, 0xbe, 0xef, 7, 8 };

TEST(a_plain_packet_is_read_as_rfc_3550_lays_it_out)
{
    struct kh_rtp rtp;
    assert_true(kh_rtp_read(plain, sizeof(plain), &rtp));
    assert_int_equal(rtp.payload_type, 0x6f);
    assert_true(rtp.marker);
    assert_int_equal(rtp.sequence, 0x1234);
    assert_int_equal(rtp.timestamp, 0x00010203);
    assert_int_equal(rtp.ssrc, 0xdeadbeef);
    assert_int_equal(rtp.payload_offset, 12);
    assert_int_equal(rtp.payload_bytes, 2);
}

TEST(what_is_written_is_read_back_the_same)
{
    struct kh_rtp in = {
        .payload_type = 96, .sequence = 65535, .timestamp = UINT32_MAX, .ssrc = 1
    };
    struct kh_rtp out;
    uint8_t packet[KH_RTP_HEADER_BYTES];

    kh_rtp_write(packet, &in);
    assert_true(kh_rtp_read(packet, sizeof(packet), &out));
    assert_int_equal(out.payload_type, 96);
    assert_false(out.marker);
    assert_int_equal(out.sequence, 65535);
    assert_int_equal(out.timestamp, UINT32_MAX);
    assert_int_equal(out.ssrc, 1);
    assert_int_equal(out.payload_bytes, 0);
}

TEST(csrcs_extension_and_padding_are_skipped)
{
    uint8_t packet[12 + 8 + 8 + 3 + 2] = { 0x80 | 0x20 | 0x10 | 2, 111 };
    packet[12 + 8 + 3] = 1; /* extension of one word */
    packet[28] = 0xaa;
    packet[sizeof(packet) - 1] = 2; /* padding */

    struct kh_rtp rtp;
    assert_true(kh_rtp_read(packet, sizeof(packet), &rtp));
    assert_int_equal(rtp.payload_offset, 28);
    assert_int_equal(rtp.payload_bytes, 3);
    assert_int_equal(packet[rtp.payload_offset], 0xaa);
}

TEST(a_packet_that_is_not_whole_is_refused_and_nothing_is_set)
{
    struct kh_rtp rtp = { .ssrc = 42 };
    uint8_t packet[16];

    for (size_t n = 0; n < 12; n++)
        assert_false(kh_rtp_read(plain, n, &rtp));
    memcpy(packet, plain, sizeof(plain));
    packet[0] = 0x40; /* version 1 */
    assert_false(kh_rtp_read(packet, sizeof(plain), &rtp));
    packet[0] = 0x8f; /* fifteen CSRCs that are not there */
    assert_false(kh_rtp_read(packet, sizeof(plain), &rtp));
    packet[0] = 0x90; /* an extension without its header */
    assert_false(kh_rtp_read(packet, sizeof(plain), &rtp));
    packet[0] = 0xa0; /* padding of 8 of 2 bytes */
    assert_false(kh_rtp_read(packet, sizeof(plain), &rtp));
    packet[13] = 0; /* padding that does not count itself */
    assert_false(kh_rtp_read(packet, sizeof(plain), &rtp));
    assert_int_equal(rtp.ssrc, 42);
}

TEST(random_bytes_never_yield_a_payload_outside_the_packet)
{
    srand(1);
    unsigned read = 0;
    for (int round = 0; round < 200000; round++) {
        uint8_t packet[64];
        size_t bytes = (size_t)(rand() % (int)sizeof(packet));
        for (size_t i = 0; i < bytes; i++)
            packet[i] = (uint8_t)rand();
        packet[0] = (uint8_t)((packet[0] & 0x3f) | 0x80);
        struct kh_rtp rtp;
        if (bytes == 0 || !kh_rtp_read(packet, bytes, &rtp))
            continue;
        read++;
        assert_true(rtp.payload_offset + rtp.payload_bytes <= bytes);
    }
    assert_true(read > 1000);
}

int main(void)
{
    return kh_run_tests(CASE(a_plain_packet_is_read_as_rfc_3550_lays_it_out),
                        CASE(what_is_written_is_read_back_the_same),
                        CASE(csrcs_extension_and_padding_are_skipped),
                        CASE(a_packet_that_is_not_whole_is_refused_and_nothing_is_set),
                        CASE(random_bytes_never_yield_a_payload_outside_the_packet));
}
