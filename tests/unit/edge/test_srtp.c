/* SRTP against the RFCs' vectors and against libsrtp2 in both directions. */
#include "media/edge/srtp.h"
#include "tests/unit/test.h"

#include <srtp2/srtp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const enum kh_srtp_profile profiles[] = { KH_SRTP_AEAD_AES_128_GCM,
                                                 KH_SRTP_AES128_CM_SHA1_80 };

static const struct kh_srtp_master master = {
    { 0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41,
      0x39 },
    { 0x0e, 0xc6, 0x75, 0xad, 0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6 },
};

TEST(keys_are_derived_as_in_rfc_3711_appendix_b_3)
{
    static const uint8_t key[] = { 0xc6, 0x1e, 0x7a, 0x93, 0x74, 0x4f, 0x39, 0xee,
                                   0x10, 0x73, 0x4a, 0xfe, 0x3f, 0xf7, 0xa0, 0x87 };
    static const uint8_t salt[] = { 0x30, 0xcb, 0xbc, 0x08, 0x86, 0x3d, 0x8c,
                                    0x85, 0xd4, 0x9d, 0xb3, 0x4a, 0x9a, 0xe1 };
    static const uint8_t auth[] = { 0xce, 0xbe, 0x32, 0x1f, 0x6f, 0xf7, 0x71, 0x6b, 0x6f, 0xd4,
                                    0xab, 0x49, 0xaf, 0x25, 0x6a, 0x15, 0x6d, 0x38, 0xba, 0xa4 };
    struct kh_srtp_keys keys;

    kh_srtp_derive(KH_SRTP_AES128_CM_SHA1_80, &master, false, &keys);
    assert_memory_equal(keys.key, key, sizeof(key));
    assert_memory_equal(keys.salt, salt, sizeof(salt));
    assert_memory_equal(keys.auth, auth, sizeof(auth));
}

/* RFC 7714 sections 16.1 and 17.1 give session keys. */
static const struct kh_srtp_keys gcm_keys = {
    .key = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
    .salt = "Quid pro quo",
};

TEST(rtp_is_sealed_and_opened_as_in_rfc_7714_section_16_1)
{
    static const uint8_t header[] = { 0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41,
                                      0xf8, 0xd3, 0x55, 0x01, 0xa0, 0xb2 };
    static const uint8_t sealed[] = { 0xf2, 0x4d, 0xe3, 0xa3, 0xfb, 0x34, 0xde, 0x6c, 0xac,
                                      0xba, 0x86, 0x1c, 0x9d, 0x7e, 0x4b, 0xca, 0xbe, 0x63,
                                      0x3b, 0xd5, 0x0d, 0x29, 0x4e, 0x6f, 0x42, 0xa5, 0xf4,
                                      0x7a, 0x51, 0xc7, 0xd1, 0x9b, 0x36, 0xde, 0x3a, 0xdf,
                                      0x88, 0x33, 0x89, 0x9d, 0x7f, 0x27, 0xbe, 0xb1, 0x6a,
                                      0x91, 0x52, 0xcf, 0x76, 0x5e, 0xe4, 0x39, 0x0c, 0xce };
    static const char plain[] = "Gallia est omnis divisa in partes tres";
    uint8_t packet[128];
    struct kh_srtp_job job = { .packet = packet,
                               .header_bytes = sizeof(header),
                               .payload = (const uint8_t *)plain,
                               .payload_bytes = sizeof(plain) - 1,
                               .ssrc = 0x5501a0b2,
                               .index = 0xf17b };
    struct kh_srtp_cipher *seal = kh_srtp_cipher_create(KH_SRTP_AEAD_AES_128_GCM, &gcm_keys, true);
    struct kh_srtp_cipher *open = kh_srtp_cipher_create(KH_SRTP_AEAD_AES_128_GCM, &gcm_keys, false);

    memcpy(packet, header, sizeof(header));
    uint8_t *tag = packet + sizeof(header) + job.payload_bytes;
    kh_srtp_seal(seal, &job, tag);
    assert_memory_equal(packet + sizeof(header), sealed, sizeof(sealed));
    job.payload = packet + sizeof(header);
    assert_true(kh_srtp_open(open, &job, tag));
    assert_memory_equal(packet + sizeof(header), plain, sizeof(plain) - 1);
    kh_srtp_cipher_destroy(seal);
    kh_srtp_cipher_destroy(open);
}

TEST(rtcp_is_sealed_as_in_rfc_7714_section_17_1)
{
    uint8_t packet[128] = { 0x81, 0xc8, 0x00, 0x0d, 0x4d, 0x61, 0x72, 0x73, 0x4e, 0x54, 0x50,
                            0x31, 0x4e, 0x54, 0x50, 0x32, 0x52, 0x54, 0x50, 0x20, 0x00, 0x00,
                            0x04, 0x2a, 0x00, 0x00, 0xe9, 0x30, 0x4c, 0x75, 0x6e, 0x61, 0xde,
                            0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef,
                            0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef };
    static const uint8_t sealed[] = { 0x63, 0xe9, 0x48, 0x85, 0xdc, 0xda, 0xb6, 0x7c, 0xa7, 0x27,
                                      0xd7, 0x66, 0x2f, 0x6b, 0x7e, 0x99, 0x7f, 0xf5, 0xc0, 0xf7,
                                      0x6c, 0x06, 0xf3, 0x2d, 0xc6, 0x76, 0xa5, 0xf1, 0x73, 0x0d,
                                      0x6f, 0xda, 0x4c, 0xe0, 0x9b, 0x46, 0x86, 0x30, 0x3d, 0xed,
                                      0x0b, 0xb9, 0x27, 0x5b, 0xc8, 0x4a, 0xa4, 0x58, 0x96, 0xcf,
                                      0x4d, 0x2f, 0xc5, 0xab, 0xf8, 0x72, 0x45, 0xd9, 0xea, 0xde };
    const struct kh_srtp_job job = { .packet = packet,
                                     .header_bytes = 8,
                                     .payload = packet + 8,
                                     .payload_bytes = 44,
                                     .ssrc = 0x4d617273,
                                     .index = 0x5d4,
                                     .rtcp = true,
                                     .encrypted_flag = true };
    struct kh_srtp_cipher *seal = kh_srtp_cipher_create(KH_SRTP_AEAD_AES_128_GCM, &gcm_keys, true);

    kh_srtp_seal(seal, &job, packet + 52);
    assert_memory_equal(packet + 8, sealed, sizeof(sealed));
    assert_int_equal(kh_srtp_rtcp_word(&job), 0x800005d4);
    kh_srtp_cipher_destroy(seal);
}

/* libsrtp with the same keys. */
static srtp_t other(enum kh_srtp_profile profile, srtp_ssrc_type_t direction)
{
    bool gcm = profile == KH_SRTP_AEAD_AES_128_GCM;
    uint8_t key[30];
    srtp_policy_t policy = { .ssrc = { direction, 0 }, .key = key, .window_size = 128 };
    srtp_t session;

    memcpy(key, master.key, 16);
    memcpy(key + 16, master.salt, gcm ? 12 : 14);
    if (gcm) {
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else {
        srtp_crypto_policy_set_rtp_default(&policy.rtp);
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }
    assert_int_equal(srtp_create(&session, &policy), srtp_err_status_ok);
    return session;
}

static struct kh_srtp_master master_for(enum kh_srtp_profile profile)
{
    struct kh_srtp_master cut = master;

    if (profile == KH_SRTP_AEAD_AES_128_GCM)
        cut.salt[12] = cut.salt[13] = 0;
    return cut;
}

static void we_send_libsrtp_reads(enum kh_srtp_profile profile)
{
    const struct kh_srtp_master keys = master_for(profile);
    struct kh_srtp_out *out = kh_srtp_out_create(profile, &keys, 0xcafe, 32000);
    srtp_t reader = other(profile, ssrc_any_inbound);
    uint8_t payload[200], packet[400];

    for (unsigned i = 0; i < 200000; i++) { /* three wraps */
        const struct kh_rtp header = { .payload_type = 111, .timestamp = i * 960 };
        size_t bytes = i % sizeof(payload);
        memset(payload, (int)i, bytes);
        int length = (int)kh_srtp_out_rtp(out, &header, payload, bytes, packet);
        if (i % 7 == 3)
            continue; /* lost */
        assert_int_equal(srtp_unprotect(reader, packet, &length), srtp_err_status_ok);
        assert_int_equal(length, 12 + (int)bytes);
        assert_memory_equal(packet + 12, payload, bytes);
    }
    srtp_dealloc(reader);
    kh_srtp_out_destroy(out);
}

static void libsrtp_sends_we_read(enum kh_srtp_profile profile)
{
    const struct kh_srtp_master keys = master_for(profile);
    struct kh_srtp_in *in = kh_srtp_in_create(profile, &keys);
    srtp_t writer = other(profile, ssrc_any_outbound);
    uint8_t packet[400], payload[200];

    for (unsigned i = 0; i < 200000; i++) {
        const struct kh_rtp header = { .payload_type = 111,
                                       .ssrc = 0xbeef,
                                       .sequence = (uint16_t)(65000 + i) };
        int length = 12 + (int)(i % sizeof(payload));
        memset(payload, (int)i, sizeof(payload));
        kh_rtp_write(packet, &header);
        memcpy(packet + 12, payload, sizeof(payload));
        assert_int_equal(srtp_protect(writer, packet, &length), srtp_err_status_ok);
        if (i % 5 == 1)
            continue;
        size_t bytes = (size_t)length;
        assert_int_equal(kh_srtp_in_rtp(in, packet, &bytes), KH_SRTP_GOOD);
        assert_int_equal(bytes, 12 + i % sizeof(payload));
        assert_memory_equal(packet + 12, payload, bytes - 12);
    }
    srtp_dealloc(writer);
    kh_srtp_in_destroy(in);
}

TEST(libsrtp_reads_what_we_send_over_several_wraps)
{
    for (unsigned i = 0; i < 2; i++)
        we_send_libsrtp_reads(profiles[i]);
}

TEST(we_read_what_libsrtp_sends_over_several_wraps)
{
    for (unsigned i = 0; i < 2; i++)
        libsrtp_sends_we_read(profiles[i]);
}

static void rtcp_both_ways(enum kh_srtp_profile profile)
{
    const struct kh_srtp_master keys = master_for(profile);
    struct kh_srtp_out *out = kh_srtp_out_create(profile, &keys, 1, 0);
    struct kh_srtp_in *in = kh_srtp_in_create(profile, &keys);
    srtp_t reader = other(profile, ssrc_any_inbound), writer = other(profile, ssrc_any_outbound);
    static const uint8_t report[32] = { 0x80, 201, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8 };
    uint8_t packet[128];

    for (unsigned i = 0; i < 1000; i++) {
        memcpy(packet, report, sizeof(report));
        int length = (int)kh_srtp_out_rtcp(out, packet, sizeof(report));
        assert_int_equal(srtp_unprotect_rtcp(reader, packet, &length), srtp_err_status_ok);
        assert_int_equal(length, sizeof(report));
        assert_memory_equal(packet, report, sizeof(report));
        assert_int_equal(srtp_protect_rtcp(writer, packet, &length), srtp_err_status_ok);
        size_t bytes = (size_t)length;
        assert_int_equal(kh_srtp_in_rtcp(in, packet, &bytes), KH_SRTP_GOOD);
        assert_int_equal(bytes, sizeof(report));
        assert_memory_equal(packet, report, sizeof(report));
    }
    srtp_dealloc(reader);
    srtp_dealloc(writer);
    kh_srtp_out_destroy(out);
    kh_srtp_in_destroy(in);
}

TEST(rtcp_agrees_with_libsrtp_both_ways)
{
    for (unsigned i = 0; i < 2; i++)
        rtcp_both_ways(profiles[i]);
}

/* Packets with CSRCs and an extension have a longer clear header. */
TEST(an_extended_header_from_libsrtp_is_read)
{
    for (unsigned p = 0; p < 2; p++) {
        const struct kh_srtp_master keys = master_for(profiles[p]);
        struct kh_srtp_in *in = kh_srtp_in_create(profiles[p], &keys);
        srtp_t writer = other(profiles[p], ssrc_any_outbound);
        uint8_t packet[80] = { 0x91, 111, 0,    1,    0, 0, 0, 1, 0, 0, 0,   2,   9,  9,
                               9,    9,   0xbe, 0xde, 0, 1, 7, 7, 7, 7, 'h', 'e', 'y' };
        int length = 27;
        assert_int_equal(srtp_protect(writer, packet, &length), srtp_err_status_ok);
        size_t bytes = (size_t)length;
        assert_int_equal(kh_srtp_in_rtp(in, packet, &bytes), KH_SRTP_GOOD);
        assert_int_equal(bytes, 27);
        assert_memory_equal(packet + 24, "hey", 3);
        srtp_dealloc(writer);
        kh_srtp_in_destroy(in);
    }
}

/* A sender and a receiver of ours with the same keys. */
struct pair {
    struct kh_srtp_out *out;
    struct kh_srtp_in *in;
};

static struct pair make_pair(enum kh_srtp_profile profile, uint64_t first)
{
    const struct kh_srtp_master keys = master_for(profile);

    return (struct pair){ kh_srtp_out_create(profile, &keys, 7, first),
                          kh_srtp_in_create(profile, &keys) };
}

static void free_pair(struct pair *pair)
{
    kh_srtp_out_destroy(pair->out);
    kh_srtp_in_destroy(pair->in);
}

static size_t next_packet(struct pair *pair, uint8_t *packet)
{
    return kh_srtp_out_rtp(pair->out, &(struct kh_rtp){ .payload_type = 111 },
                           (const uint8_t *)"sound", 5, packet);
}

static enum kh_srtp_result take(struct pair *pair, const uint8_t *packet, size_t bytes)
{
    uint8_t copy[128];

    memcpy(copy, packet, bytes);
    return kh_srtp_in_rtp(pair->in, copy, &bytes);
}

TEST(a_packet_is_taken_once_in_any_order_within_the_window)
{
    for (unsigned p = 0; p < 2; p++) {
        struct pair pair = make_pair(profiles[p], 65500); /* over a wrap */
        uint8_t packets[KH_SRTP_WINDOW][64];
        size_t bytes = 0;
        for (unsigned i = 0; i < KH_SRTP_WINDOW; i++)
            bytes = next_packet(&pair, packets[i]);
        /* The first fixes the rollover counter; the rest backwards. */
        assert_int_equal(take(&pair, packets[0], bytes), KH_SRTP_GOOD);
        for (unsigned i = KH_SRTP_WINDOW - 1; i > 0; i--)
            assert_int_equal(take(&pair, packets[i], bytes), KH_SRTP_GOOD);
        for (unsigned i = 0; i < KH_SRTP_WINDOW; i++)
            assert_int_equal(take(&pair, packets[i], bytes), KH_SRTP_REPLAYED);
        free_pair(&pair);
    }
}

TEST(a_packet_older_than_the_window_is_refused)
{
    struct pair pair = make_pair(KH_SRTP_AEAD_AES_128_GCM, 100);
    uint8_t old[64], edge[64], packet[64];

    size_t bytes = next_packet(&pair, old);
    next_packet(&pair, edge);
    for (unsigned i = 0; i < KH_SRTP_WINDOW - 1; i++)
        next_packet(&pair, packet);
    assert_int_equal(take(&pair, packet, bytes), KH_SRTP_GOOD);
    assert_int_equal(take(&pair, old, bytes), KH_SRTP_REPLAYED);
    assert_int_equal(take(&pair, edge, bytes), KH_SRTP_GOOD);
    free_pair(&pair);
}

TEST(a_forged_packet_is_refused_and_does_not_move_the_window)
{
    for (unsigned p = 0; p < 2; p++) {
        struct pair pair = make_pair(profiles[p], 100);
        uint8_t packet[64], forged[64];
        size_t bytes = next_packet(&pair, packet);
        for (size_t i = 0; i < bytes; i++) {
            memcpy(forged, packet, bytes);
            forged[i] ^= 1;
            assert_int_not_equal(take(&pair, forged, bytes), KH_SRTP_GOOD);
        }
        assert_int_equal(take(&pair, packet, bytes), KH_SRTP_GOOD);
        for (size_t cut = 0; cut < bytes; cut++)
            assert_int_not_equal(take(&pair, packet, cut), KH_SRTP_GOOD);
        free_pair(&pair);
    }
}

TEST(replayed_rtcp_is_refused_and_clear_rtcp_too)
{
    for (unsigned p = 0; p < 2; p++) {
        struct pair pair = make_pair(profiles[p], 0);
        uint8_t packet[64] = { 0x80, 201, 0, 1, 0, 0, 0, 7 }, copy[64];
        size_t bytes = kh_srtp_out_rtcp(pair.out, packet, 8), length = bytes;
        memcpy(copy, packet, bytes);
        assert_int_equal(kh_srtp_in_rtcp(pair.in, copy, &length), KH_SRTP_GOOD);
        memcpy(copy, packet, length = bytes);
        assert_int_equal(kh_srtp_in_rtcp(pair.in, copy, &length), KH_SRTP_REPLAYED);
        memcpy(copy, packet, length = bytes);
        copy[profiles[p] == KH_SRTP_AEAD_AES_128_GCM ? bytes - 4 : 8] &= 0x7f;
        assert_int_equal(kh_srtp_in_rtcp(pair.in, copy, &length), KH_SRTP_MALFORMED);
        free_pair(&pair);
    }
}

TEST(one_ssrc_too_many_is_refused_only_when_genuine)
{
    const struct kh_srtp_master keys = master_for(KH_SRTP_AEAD_AES_128_GCM);
    struct kh_srtp_in *in = kh_srtp_in_create(KH_SRTP_AEAD_AES_128_GCM, &keys);
    uint8_t packet[64];

    for (unsigned i = 0; i <= KH_SRTP_STREAMS_MAX; i++) {
        struct kh_srtp_out *out = kh_srtp_out_create(KH_SRTP_AEAD_AES_128_GCM, &keys, i, 0);
        size_t bytes = kh_srtp_out_rtp(out, &(struct kh_rtp){ 0 }, (const uint8_t *)"x", 1, packet);
        assert_int_equal(kh_srtp_in_rtp(in, packet, &bytes),
                         i < KH_SRTP_STREAMS_MAX ? KH_SRTP_GOOD : KH_SRTP_CROWDED);
        bytes = 40;
        memset(packet + 2, 0x55, 38);
        assert_int_equal(kh_srtp_in_rtp(in, packet, &bytes), KH_SRTP_FORGED);
        kh_srtp_out_destroy(out);
    }
    kh_srtp_in_destroy(in);
}

TEST(the_last_index_ends_the_key)
{
    struct pair pair = make_pair(KH_SRTP_AEAD_AES_128_GCM, ((uint64_t)1 << 48) - 2);
    uint8_t packet[64];

    assert_int_not_equal(next_packet(&pair, packet), 0);
    assert_int_not_equal(next_packet(&pair, packet), 0);
    assert_int_equal(next_packet(&pair, packet), 0);
    assert_int_equal(next_packet(&pair, packet), 0);
    free_pair(&pair);
}

/* The keystream block of a nonce betrays the nonce: packets of zeros show it. So 300,000 packets
 * of random streams, with wraps, must all differ in their first 8 encrypted bytes. */
static int compare(const void *a, const void *b)
{
    return memcmp(a, b, 8);
}

TEST(no_nonce_is_ever_used_twice)
{
    enum { STREAMS = 30, PACKETS = 10000 };
    static const uint8_t zeros[16];
    uint8_t(*blocks)[8] = malloc(sizeof(*blocks) * STREAMS * PACKETS);
    uint8_t packet[64];
    size_t n = 0;

    assert_non_null(blocks);
    srand(20260101);
    for (unsigned s = 0; s < STREAMS; s++) {
        /* One key for all, the worst case; the SSRCs differ, the indexes overlap and wrap. */
        struct kh_srtp_out *out = kh_srtp_out_create(KH_SRTP_AEAD_AES_128_GCM, &master, 1000 + s,
                                                     (uint64_t)(rand() % 3) * 65536 + 60000);
        for (unsigned i = 0; i < PACKETS; i++) {
            const struct kh_rtp header = { .payload_type = (uint8_t)(rand() & 127),
                                           .marker = rand() & 1,
                                           .sequence = (uint16_t)rand(),
                                           .ssrc = (uint32_t)rand() };
            kh_srtp_out_rtp(out, &header, zeros, sizeof(zeros), packet);
            memcpy(blocks[n++], packet + 12, 8);
        }
        kh_srtp_out_destroy(out);
    }
    qsort(blocks, n, sizeof(*blocks), compare);
    for (size_t i = 1; i < n; i++)
        assert_memory_not_equal(blocks[i - 1], blocks[i], 8);
    free(blocks);
}

int main(void)
{
    srtp_init();
    return kh_run_tests(CASE(keys_are_derived_as_in_rfc_3711_appendix_b_3),
                        CASE(rtp_is_sealed_and_opened_as_in_rfc_7714_section_16_1),
                        CASE(rtcp_is_sealed_as_in_rfc_7714_section_17_1),
                        CASE(libsrtp_reads_what_we_send_over_several_wraps),
                        CASE(we_read_what_libsrtp_sends_over_several_wraps),
                        CASE(rtcp_agrees_with_libsrtp_both_ways),
                        CASE(an_extended_header_from_libsrtp_is_read),
                        CASE(a_packet_is_taken_once_in_any_order_within_the_window),
                        CASE(a_packet_older_than_the_window_is_refused),
                        CASE(a_forged_packet_is_refused_and_does_not_move_the_window),
                        CASE(replayed_rtcp_is_refused_and_clear_rtcp_too),
                        CASE(one_ssrc_too_many_is_refused_only_when_genuine),
                        CASE(the_last_index_ends_the_key), CASE(no_nonce_is_ever_used_twice));
}
