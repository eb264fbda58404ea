#include "media/edge/stun.h"

#include "base/check.h"
#include "media/edge/bytes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { COOKIE = 0x2112a442, INTEGRITY_BYTES = 20, FINGERPRINT_XOR = 0x5354554e };

/* The CRC-32 of ITU V.42, half a byte at a time: messages are short, a big table is not worth it.
 */
static uint32_t crc32(const uint8_t *data, size_t bytes)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < bytes; i++) {
        crc = table[(crc ^ data[i]) & 15] ^ crc >> 4;
        crc = table[(crc ^ data[i] >> 4) & 15] ^ crc >> 4;
    }
    return ~crc;
}

/* HMAC-SHA1 of the message up to @end, with the length field it had when an attribute of
 * @attribute_bytes at @end was its last (RFC 8489 section 14.5). */
static void integrity(const uint8_t *packet, size_t end, const char *password,
                      uint8_t hmac[INTEGRITY_BYTES])
{
    uint8_t copy[KH_STUN_MAX];

    KH_REQUIRE(end >= KH_STUN_HEADER_BYTES && end <= sizeof(copy));
    memcpy(copy, packet, end);
    kh_bytes_write16(copy + 2, (uint16_t)(end + 4 + INTEGRITY_BYTES - KH_STUN_HEADER_BYTES));
    KH_REQUIRE(HMAC(EVP_sha1(), password, (int)strlen(password), copy, end, hmac, NULL));
}

static void read_mapped(const uint8_t *value, size_t bytes, struct kh_stun *out)
{
    uint8_t number[16];
    bool v6 = bytes == 20 && value[1] == 2;

    if (!v6 && !(bytes == 8 && value[1] == 1))
        return;
    uint16_t port = kh_bytes_read16(value + 2) ^ (uint16_t)((uint32_t)COOKIE >> 16);
    uint8_t key[16];
    kh_bytes_write32(key, COOKIE);
    memcpy(key + 4, out->transaction, KH_STUN_TRANSACTION_BYTES);
    for (size_t i = 0; i < bytes - 4; i++)
        number[i] = value[4 + i] ^ key[i];
    memset(&out->mapped, 0, sizeof(out->mapped));
    if (v6) {
        out->mapped.v6.sin6_family = AF_INET6;
        out->mapped.v6.sin6_port = htons(port);
        memcpy(&out->mapped.v6.sin6_addr, number, 16);
        out->mapped.bytes = sizeof(out->mapped.v6);
    } else {
        out->mapped.v4.sin_family = AF_INET;
        out->mapped.v4.sin_port = htons(port);
        memcpy(&out->mapped.v4.sin_addr, number, 4);
        out->mapped.bytes = sizeof(out->mapped.v4);
    }
    out->has_mapped = true;
}

static void note_unknown(uint16_t attribute, struct kh_stun *out)
{
    /* Credentials of the long-term kind and alternative checks: allowed beside what we use. */
    static const uint16_t ignored[] = { 0x0001, 0x000a, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e };

    if (attribute >= 0x8000 || out->n_unknown == KH_STUN_UNKNOWN_MAX)
        return;
    for (unsigned i = 0; i < KH_COUNT(ignored); i++) {
        if (attribute == ignored[i])
            return;
    }
    out->unknown[out->n_unknown++] = attribute;
}

static void read_attribute(uint16_t attribute, const uint8_t *value, size_t bytes,
                           struct kh_stun *out)
{
    switch (attribute) {
    case KH_STUN_USERNAME:
        out->username = value;
        out->username_bytes = bytes;
        break;
    case KH_STUN_PRIORITY:
        out->priority = bytes == 4 ? kh_bytes_read32(value) : 0;
        break;
    case KH_STUN_USE_CANDIDATE:
        out->use_candidate = true;
        break;
    case KH_STUN_ICE_CONTROLLED:
        out->controlled = true;
        break;
    case KH_STUN_ICE_CONTROLLING:
        out->controlling = true;
        break;
    case KH_STUN_ERROR_CODE:
        out->error_code = bytes >= 4 ? (value[2] & 7u) * 100 + value[3] % 100u : 0;
        break;
    case KH_STUN_XOR_MAPPED_ADDRESS:
        read_mapped(value, bytes, out);
        break;
    default:
        note_unknown(attribute, out);
    }
}

/* FINGERPRINT must be the last attribute and right (RFC 8489 section 14.7). */
static bool fingerprint_ok(const uint8_t *packet, size_t bytes, size_t at, size_t value_bytes)
{
    return value_bytes == 4 && at + 8 == bytes &&
           kh_bytes_read32(packet + at + 4) == (crc32(packet, at) ^ FINGERPRINT_XOR);
}

static bool read_attributes(const uint8_t *packet, size_t bytes, struct kh_stun *out)
{
    size_t at = KH_STUN_HEADER_BYTES;

    while (at < bytes) {
        if (bytes - at < 4)
            return false;
        uint16_t attribute = kh_bytes_read16(packet + at);
        size_t value_bytes = kh_bytes_read16(packet + at + 2);
        size_t padded = (value_bytes + 3) & ~(size_t)3;
        if (padded > bytes - at - 4)
            return false;
        if (attribute == KH_STUN_FINGERPRINT) {
            out->has_fingerprint = fingerprint_ok(packet, bytes, at, value_bytes);
            return out->has_fingerprint;
        }
        /* What follows the integrity check is not covered by it and so not read. */
        if (!out->integrity_at && attribute == KH_STUN_INTEGRITY) {
            if (value_bytes != INTEGRITY_BYTES)
                return false;
            out->integrity_at = at;
        } else if (!out->integrity_at) {
            read_attribute(attribute, packet + at + 4, value_bytes, out);
        }
        at += 4 + padded;
    }
    return true;
}

bool kh_stun_read(const uint8_t *packet, size_t bytes, struct kh_stun *out)
{
    if (bytes < KH_STUN_HEADER_BYTES || bytes > KH_STUN_MAX || packet[0] & 0xc0)
        return false;
    if (kh_bytes_read32(packet + 4) != COOKIE ||
        kh_bytes_read16(packet + 2) != bytes - KH_STUN_HEADER_BYTES || bytes & 3)
        return false;
    memset(out, 0, sizeof(*out));
    out->type = kh_bytes_read16(packet);
    memcpy(out->transaction, packet + 8, KH_STUN_TRANSACTION_BYTES);
    return read_attributes(packet, bytes, out);
}

bool kh_stun_check_integrity(const uint8_t *packet, const struct kh_stun *message,
                             const char *password)
{
    uint8_t hmac[INTEGRITY_BYTES];

    if (!message->integrity_at)
        return false;
    integrity(packet, message->integrity_at, password, hmac);
    return CRYPTO_memcmp(hmac, packet + message->integrity_at + 4, sizeof(hmac)) == 0;
}

void kh_stun_begin(struct kh_stun_writer *writer, enum kh_stun_type type,
                   const uint8_t transaction[KH_STUN_TRANSACTION_BYTES])
{
    kh_bytes_write16(writer->data, (uint16_t)type);
    kh_bytes_write16(writer->data + 2, 0);
    kh_bytes_write32(writer->data + 4, COOKIE);
    memcpy(writer->data + 8, transaction, KH_STUN_TRANSACTION_BYTES);
    writer->bytes = KH_STUN_HEADER_BYTES;
}

void kh_stun_add(struct kh_stun_writer *writer, uint16_t attribute, const void *value, size_t bytes)
{
    size_t padded = (bytes + 3) & ~(size_t)3;
    uint8_t *to = writer->data + writer->bytes;

    KH_REQUIRE(padded + 4 <= sizeof(writer->data) - writer->bytes);
    kh_bytes_write16(to, attribute);
    kh_bytes_write16(to + 2, (uint16_t)bytes);
    memset(to + 4, 0, padded);
    if (bytes)
        memcpy(to + 4, value, bytes);
    writer->bytes += 4 + padded;
    kh_bytes_write16(writer->data + 2, (uint16_t)(writer->bytes - KH_STUN_HEADER_BYTES));
}

void kh_stun_add32(struct kh_stun_writer *writer, uint16_t attribute, uint32_t value)
{
    uint8_t number[4];

    kh_bytes_write32(number, value);
    kh_stun_add(writer, attribute, number, sizeof(number));
}

void kh_stun_add_mapped(struct kh_stun_writer *writer, const struct kh_addr *addr)
{
    bool v6 = addr->sa.sa_family == AF_INET6;
    size_t number_bytes = v6 ? 16 : 4;
    uint8_t value[20] = { 0, v6 ? 2 : 1 };

    kh_bytes_write16(value + 2, kh_addr_port(addr) ^ (uint16_t)((uint32_t)COOKIE >> 16));
    memcpy(value + 4, v6 ? (const void *)&addr->v6.sin6_addr : (const void *)&addr->v4.sin_addr,
           number_bytes);
    for (size_t i = 0; i < number_bytes; i++)
        value[4 + i] ^= writer->data[4 + i]; /* cookie, then transaction */
    kh_stun_add(writer, KH_STUN_XOR_MAPPED_ADDRESS, value, 4 + number_bytes);
}

void kh_stun_add_error(struct kh_stun_writer *writer, unsigned code)
{
    kh_stun_add32(writer, KH_STUN_ERROR_CODE, code / 100 << 8 | code % 100);
}

void kh_stun_finish(struct kh_stun_writer *writer, const char *password)
{
    uint8_t hmac[INTEGRITY_BYTES];

    if (password) {
        integrity(writer->data, writer->bytes, password, hmac);
        kh_stun_add(writer, KH_STUN_INTEGRITY, hmac, sizeof(hmac));
    }
    /* The CRC covers the length with FINGERPRINT in it. */
    kh_bytes_write16(writer->data + 2, (uint16_t)(writer->bytes + 8 - KH_STUN_HEADER_BYTES));
    kh_stun_add32(writer, KH_STUN_FINGERPRINT,
                  crc32(writer->data, writer->bytes) ^ FINGERPRINT_XOR);
}
