#include "box/group.h"

#include "base/check.h"

#include <sodium.h>
#include <string.h>

bool kh_group_init(void)
{
    return sodium_init() >= 0;
}

bool kh_point_is_identity(const struct kh_point *point)
{
    return sodium_is_zero(point->bytes, sizeof(point->bytes)) == 1;
}

bool kh_point_read(struct kh_point *point, const uint8_t bytes[32])
{
    struct kh_point read;

    memcpy(read.bytes, bytes, sizeof(read.bytes));
    if (kh_point_is_identity(&read) || crypto_core_ristretto255_is_valid_point(bytes) != 1)
        return false;
    *point = read;
    return true;
}

bool kh_scalar_read(struct kh_scalar *scalar, const uint8_t bytes[32])
{
    uint8_t wide[64] = { 0 };
    struct kh_scalar reduced;

    memcpy(wide, bytes, 32);
    crypto_core_ristretto255_scalar_reduce(reduced.bytes, wide);
    bool is_canonical = sodium_memcmp(reduced.bytes, bytes, 32) == 0;
    if (is_canonical)
        *scalar = reduced;
    sodium_memzero(wide, sizeof(wide));
    sodium_memzero(&reduced, sizeof(reduced));
    return is_canonical;
}

/* libsodium calls an identity as the result a failure, but has written it. */
static void expect(int rc, const struct kh_point *result)
{
    KH_REQUIRE(rc == 0 || kh_point_is_identity(result));
}

struct kh_point kh_point_mul(const struct kh_scalar *scalar, const struct kh_point *point)
{
    struct kh_point result = { { 0 } };

    expect(crypto_scalarmult_ristretto255(result.bytes, scalar->bytes, point->bytes), &result);
    return result;
}

struct kh_point kh_point_base(const struct kh_scalar *scalar)
{
    struct kh_point result = { { 0 } };

    expect(crypto_scalarmult_ristretto255_base(result.bytes, scalar->bytes), &result);
    return result;
}

struct kh_point kh_point_add(const struct kh_point *a, const struct kh_point *b)
{
    struct kh_point result;

    KH_REQUIRE(crypto_core_ristretto255_add(result.bytes, a->bytes, b->bytes) == 0);
    return result;
}

struct kh_point kh_point_sub(const struct kh_point *a, const struct kh_point *b)
{
    struct kh_point result;

    KH_REQUIRE(crypto_core_ristretto255_sub(result.bytes, a->bytes, b->bytes) == 0);
    return result;
}

bool kh_point_sum(struct kh_point *sum, const uint8_t bytes[32])
{
    struct kh_point result;

    if (crypto_core_ristretto255_add(result.bytes, sum->bytes, bytes) != 0)
        return false;
    *sum = result;
    return true;
}

struct kh_point kh_point_check(const struct kh_scalar *a, const struct kh_point *p,
                               const struct kh_scalar *b, const struct kh_point *q)
{
    struct kh_point left = p ? kh_point_mul(a, p) : kh_point_base(a);
    struct kh_point right = kh_point_mul(b, q);

    return kh_point_sub(&left, &right);
}

struct kh_scalar kh_scalar_small(uint32_t value)
{
    struct kh_scalar scalar = { { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                                  (uint8_t)(value >> 24) } };

    return scalar;
}

struct kh_scalar kh_scalar_random(void)
{
    struct kh_scalar scalar;

    crypto_core_ristretto255_scalar_random(scalar.bytes);
    return scalar;
}

struct kh_scalar kh_scalar_add(const struct kh_scalar *a, const struct kh_scalar *b)
{
    struct kh_scalar result;

    crypto_core_ristretto255_scalar_add(result.bytes, a->bytes, b->bytes);
    return result;
}

struct kh_scalar kh_scalar_sub(const struct kh_scalar *a, const struct kh_scalar *b)
{
    struct kh_scalar result;

    crypto_core_ristretto255_scalar_sub(result.bytes, a->bytes, b->bytes);
    return result;
}

struct kh_scalar kh_scalar_mul(const struct kh_scalar *a, const struct kh_scalar *b)
{
    struct kh_scalar result;

    crypto_core_ristretto255_scalar_mul(result.bytes, a->bytes, b->bytes);
    return result;
}

struct kh_scalar kh_scalar_invert(const struct kh_scalar *a)
{
    struct kh_scalar result;

    KH_REQUIRE(crypto_core_ristretto255_scalar_invert(result.bytes, a->bytes) == 0);
    return result;
}

bool kh_scalar_same(const struct kh_scalar *a, const struct kh_scalar *b)
{
    return sodium_memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

struct kh_scalar kh_scalar_lagrange(const unsigned xs[], unsigned n, unsigned j, unsigned at)
{
    struct kh_scalar above = kh_scalar_small(1), below = above;
    struct kh_scalar x_j = kh_scalar_small(xs[j]), x = kh_scalar_small(at);

    for (unsigned i = 0; i < n; i++) {
        struct kh_scalar x_i = kh_scalar_small(xs[i]);
        struct kh_scalar from_at = kh_scalar_sub(&x, &x_i), from_j = kh_scalar_sub(&x_j, &x_i);

        if (i == j)
            continue;
        above = kh_scalar_mul(&above, &from_at);
        below = kh_scalar_mul(&below, &from_j);
    }
    below = kh_scalar_invert(&below);
    return kh_scalar_mul(&above, &below);
}

/* libsodium takes characters above 0x7f for digits, so the alphabet is checked here. It refuses
 * bits left over in the last character; so a text has just one form. */
static bool is_base64url(const char *text, size_t length)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789-_";

    return strnlen(text, length + 1) == length && strspn(text, alphabet) == length;
}

bool kh_text_to_bytes(const char *text, uint8_t *bytes, size_t n)
{
    size_t length = (n * 8 + 5) / 6, n_read = 0;

    return text && is_base64url(text, length) &&
           sodium_base642bin(bytes, n, text, length, NULL, &n_read, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           n_read == n;
}

void kh_text_from_bytes(char *text, const uint8_t *bytes, size_t n)
{
    sodium_bin2base64(text, (n * 8 + 5) / 6 + 1, bytes, n,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool kh_point_from_text(struct kh_point *point, const char *text)
{
    uint8_t bytes[32];

    return kh_text_to_bytes(text, bytes, sizeof(bytes)) && kh_point_read(point, bytes);
}
