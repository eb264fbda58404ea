#include "box/transcript.h"

#include <string.h>

void kh_put_le32(uint8_t to[4], uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

void kh_hash_bytes(struct kh_hash *hash, const void *bytes, size_t n)
{
    uint8_t length[4];

    kh_put_le32(length, (uint32_t)n);
    crypto_hash_sha512_update(&hash->sha, length, sizeof(length));
    crypto_hash_sha512_update(&hash->sha, bytes, n);
}

void kh_hash_begin(struct kh_hash *hash, const char *label)
{
    static const uint8_t domain[12] = "kyhop-box-v1";

    crypto_hash_sha512_init(&hash->sha);
    crypto_hash_sha512_update(&hash->sha, domain, sizeof(domain));
    kh_hash_text(hash, label);
}

void kh_hash_text(struct kh_hash *hash, const char *text)
{
    kh_hash_bytes(hash, text, strlen(text));
}

void kh_hash_le32(struct kh_hash *hash, uint32_t value)
{
    uint8_t bytes[4];

    kh_put_le32(bytes, value);
    kh_hash_bytes(hash, bytes, sizeof(bytes));
}

void kh_hash_le64(struct kh_hash *hash, uint64_t value)
{
    uint8_t bytes[8];

    kh_put_le32(bytes, (uint32_t)value);
    kh_put_le32(bytes + 4, (uint32_t)(value >> 32));
    kh_hash_bytes(hash, bytes, sizeof(bytes));
}

void kh_hash_point(struct kh_hash *hash, const struct kh_point *point)
{
    kh_hash_bytes(hash, point->bytes, sizeof(point->bytes));
}

void kh_hash_end(struct kh_hash *hash, uint8_t out[64])
{
    crypto_hash_sha512_final(&hash->sha, out);
    sodium_memzero(hash, sizeof(*hash));
}

struct kh_scalar kh_hash_end_scalar(struct kh_hash *hash)
{
    uint8_t wide[64];
    struct kh_scalar scalar;

    kh_hash_end(hash, wide);
    crypto_core_ristretto255_scalar_reduce(scalar.bytes, wide);
    sodium_memzero(wide, sizeof(wide));
    return scalar;
}
