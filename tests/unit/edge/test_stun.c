/* The sample messages of RFC 5769, and what must not be taken for STUN. */
#include "media/edge/stun.h"
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <string.h>

/* RFC 5769 section 2.1: password "VOkJxbRl1RmTxUk/WvJxBt". */
static const uint8_t request[] = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73,
    0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff,
    0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09,
    0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14,
    0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49,
    0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf,
};

/* Section 2.2, IPv4 response: 192.0.2.1 port 32853. */
static const uint8_t response4[] = {
    0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63,
    0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
    0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9,
    0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96,
};

/* Section 2.3, IPv6 response: 2001:db8:1234:5678:11:2233:4455:6677 port 32853. */
static const uint8_t response6[] = {
    0x01, 0x01, 0x00, 0x48, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63,
    0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa,
    0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9, 0x00, 0x08, 0x00, 0x14,
    0xa3, 0x82, 0x95, 0x4e, 0x4b, 0xe6, 0x7b, 0xf1, 0x17, 0x84, 0xc9, 0x7c, 0x82, 0x92, 0xc2, 0x75,
    0xbf, 0xe3, 0xed, 0x41, 0x80, 0x28, 0x00, 0x04, 0xc8, 0xfb, 0x0b, 0x4c,
};

static const char password[] = "VOkJxbRl1RmTxUk/WvJxBt";
static const uint8_t transaction[KH_STUN_TRANSACTION_BYTES] = "transaction";

TEST(the_request_of_rfc_5769_is_read_and_authentic)
{
    struct kh_stun stun;

    assert_true(kh_stun_read(request, sizeof(request), &stun));
    assert_int_equal(stun.type, KH_STUN_REQUEST);
    assert_int_equal(stun.username_bytes, 9);
    assert_memory_equal(stun.username, "evtj:h6vY", 9);
    assert_int_equal(stun.priority, 0x6e0001ff);
    assert_true(stun.controlled);
    assert_true(stun.has_fingerprint);
    assert_false(stun.use_candidate);
    assert_int_equal(stun.n_unknown, 0);
    assert_true(kh_stun_check_integrity(request, &stun, password));
    assert_false(kh_stun_check_integrity(request, &stun, "VOkJxbRl1RmTxUk/WvJxBu"));
}

TEST(the_responses_of_rfc_5769_are_read_and_authentic)
{
    struct kh_addr expected;
    struct kh_stun stun;

    assert_true(kh_stun_read(response4, sizeof(response4), &stun));
    assert_true(kh_stun_check_integrity(response4, &stun, password));
    assert_true(kh_addr_parse("192.0.2.1", 32853, &expected));
    assert_true(stun.has_mapped && kh_addr_equal(&stun.mapped, &expected));

    assert_true(kh_stun_read(response6, sizeof(response6), &stun));
    assert_true(kh_stun_check_integrity(response6, &stun, password));
    assert_true(kh_addr_parse("2001:db8:1234:5678:11:2233:4455:6677", 32853, &expected));
    assert_true(stun.has_mapped && kh_addr_equal(&stun.mapped, &expected));
}

static void mapped_round_trip(const char *address)
{
    struct kh_stun_writer writer;
    struct kh_addr addr;
    struct kh_stun stun;

    assert_true(kh_addr_parse(address, 4711, &addr));
    kh_stun_begin(&writer, KH_STUN_SUCCESS, transaction);
    kh_stun_add_mapped(&writer, &addr);
    kh_stun_finish(&writer, password);
    assert_true(kh_stun_read(writer.data, writer.bytes, &stun));
    assert_true(kh_stun_check_integrity(writer.data, &stun, password));
    assert_memory_equal(stun.transaction, transaction, sizeof(transaction));
    assert_true(kh_addr_equal(&stun.mapped, &addr));
}

TEST(what_we_write_can_be_read_for_both_families)
{
    mapped_round_trip("127.0.0.1");
    mapped_round_trip("fe80::1234");
}

TEST(a_change_of_any_byte_is_noticed)
{
    uint8_t copy[sizeof(request)];
    struct kh_stun stun;

    for (size_t i = 0; i < sizeof(request); i++) {
        memcpy(copy, request, sizeof(copy));
        copy[i] ^= 0x40;
        assert_false(kh_stun_read(copy, sizeof(copy), &stun) && stun.has_fingerprint &&
                     kh_stun_check_integrity(copy, &stun, password));
    }
}

TEST(every_shorter_or_longer_message_is_refused)
{
    uint8_t copy[sizeof(request) + 8] = { 0 };
    struct kh_stun stun;

    memcpy(copy, request, sizeof(request));
    for (size_t bytes = 0; bytes <= sizeof(copy); bytes++)
        assert_int_equal(kh_stun_read(copy, bytes, &stun), bytes == sizeof(request));
}

TEST(an_attribute_that_leaves_the_message_is_refused)
{
    struct kh_stun_writer writer;
    struct kh_stun stun;

    kh_stun_begin(&writer, KH_STUN_REQUEST, transaction);
    kh_stun_add(&writer, KH_STUN_USERNAME, "ab", 2);
    assert_true(kh_stun_read(writer.data, writer.bytes, &stun));
    writer.data[23] = 5;
    assert_false(kh_stun_read(writer.data, writer.bytes, &stun));
    writer.data[22] = 0xff;
    writer.data[23] = 0xff;
    assert_false(kh_stun_read(writer.data, writer.bytes, &stun));
}

TEST(what_follows_the_integrity_check_is_not_read)
{
    struct kh_stun_writer writer;
    struct kh_stun stun;

    kh_stun_begin(&writer, KH_STUN_REQUEST, transaction);
    kh_stun_add(&writer, KH_STUN_USERNAME, "a:b", 3);
    kh_stun_finish(&writer, password);
    writer.bytes -= 8; /* an attacker takes FINGERPRINT off and adds what he likes */
    kh_stun_add(&writer, KH_STUN_USE_CANDIDATE, NULL, 0);
    kh_stun_finish(&writer, NULL);
    assert_true(kh_stun_read(writer.data, writer.bytes, &stun));
    assert_false(stun.use_candidate);
    assert_true(kh_stun_check_integrity(writer.data, &stun, password));
}

TEST(unknown_attributes_that_matter_are_listed_and_others_not)
{
    struct kh_stun_writer writer;
    struct kh_stun stun;

    kh_stun_begin(&writer, KH_STUN_REQUEST, transaction);
    kh_stun_add(&writer, 0x7ffe, "x", 1);
    kh_stun_add(&writer, 0xc057, "net", 3); /* Chromium's network info: optional */
    kh_stun_add(&writer, 0x0014, "realm", 5);
    for (unsigned i = 0; i < 2 * KH_STUN_UNKNOWN_MAX; i++)
        kh_stun_add(&writer, 0x7000, NULL, 0);
    assert_true(kh_stun_read(writer.data, writer.bytes, &stun));
    assert_int_equal(stun.n_unknown, KH_STUN_UNKNOWN_MAX);
    assert_int_equal(stun.unknown[0], 0x7ffe);
    assert_int_equal(stun.unknown[1], 0x7000);
}

TEST(a_message_without_integrity_is_never_authentic)
{
    struct kh_stun_writer writer;
    struct kh_stun stun;

    kh_stun_begin(&writer, KH_STUN_REQUEST, transaction);
    kh_stun_finish(&writer, NULL);
    assert_true(kh_stun_read(writer.data, writer.bytes, &stun));
    assert_false(kh_stun_check_integrity(writer.data, &stun, ""));
    assert_false(kh_stun_check_integrity(writer.data, &stun, password));
}

TEST(an_error_code_is_written_and_read)
{
    struct kh_stun_writer writer;
    struct kh_stun stun;

    kh_stun_begin(&writer, KH_STUN_ERROR, transaction);
    kh_stun_add_error(&writer, 487);
    kh_stun_finish(&writer, password);
    assert_true(kh_stun_read(writer.data, writer.bytes, &stun));
    assert_int_equal(stun.error_code, 487);
}

int main(void)
{
    return kh_run_tests(CASE(the_request_of_rfc_5769_is_read_and_authentic),
                        CASE(the_responses_of_rfc_5769_are_read_and_authentic),
                        CASE(what_we_write_can_be_read_for_both_families),
                        CASE(a_change_of_any_byte_is_noticed),
                        CASE(every_shorter_or_longer_message_is_refused),
                        CASE(an_attribute_that_leaves_the_message_is_refused),
                        CASE(what_follows_the_integrity_check_is_not_read),
                        CASE(unknown_attributes_that_matter_are_listed_and_others_not),
                        CASE(a_message_without_integrity_is_never_authentic),
                        CASE(an_error_code_is_written_and_read));
}
