/* group.h - ristretto255 (RFC 9496): checked points and scalars, and their texts.
 *
 * Pure, any thread; owns nothing. A kh_point or kh_scalar that was read has been checked, so the
 * arithmetic cannot fail. All of it runs in constant time (libsodium). */
#ifndef KH_BOX_GROUP_H
#define KH_BOX_GROUP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Canonical encodings. Results of arithmetic can be the identity (32 zero bytes). */
struct kh_point {
    uint8_t bytes[32];
};
struct kh_scalar {
    uint8_t bytes[32];
};

/* Make libsodium ready; once before random numbers are drawn. False: it has no source of them. */
bool kh_group_init(void) KH_MUST_CHECK;

/* Take a received point: canonical and not the identity, else false. */
bool kh_point_read(struct kh_point *point, const uint8_t bytes[32]) KH_MUST_CHECK;
/* Take a received scalar: below L, else false. */
bool kh_scalar_read(struct kh_scalar *scalar, const uint8_t bytes[32]) KH_MUST_CHECK;
bool kh_point_is_identity(const struct kh_point *point);

/* Results may be one of the arguments. */
struct kh_point kh_point_mul(const struct kh_scalar *scalar, const struct kh_point *point);
struct kh_point kh_point_base(const struct kh_scalar *scalar); /* scalar × B */
struct kh_point kh_point_add(const struct kh_point *a, const struct kh_point *b);
struct kh_point kh_point_sub(const struct kh_point *a, const struct kh_point *b);
/* Add a received point to @sum. False: it does not decode (@sum stays). The identity is added. */
bool kh_point_sum(struct kh_point *sum, const uint8_t bytes[32]) KH_MUST_CHECK;
/* aP - bQ, the shape of all checks of proofs; NULL for @p is B. */
struct kh_point kh_point_check(const struct kh_scalar *a, const struct kh_point *p,
                               const struct kh_scalar *b, const struct kh_point *q);

struct kh_scalar kh_scalar_small(uint32_t value);
struct kh_scalar kh_scalar_random(void);
struct kh_scalar kh_scalar_add(const struct kh_scalar *a, const struct kh_scalar *b);
struct kh_scalar kh_scalar_sub(const struct kh_scalar *a, const struct kh_scalar *b);
struct kh_scalar kh_scalar_mul(const struct kh_scalar *a, const struct kh_scalar *b);
/* 1 / a; @a is not zero. */
struct kh_scalar kh_scalar_invert(const struct kh_scalar *a);
/* Constant time. */
bool kh_scalar_same(const struct kh_scalar *a, const struct kh_scalar *b);

/* Lagrange's λ_j at @at over the @n different numbers @xs, of which xs[j] is one. */
struct kh_scalar kh_scalar_lagrange(const unsigned xs[], unsigned n, unsigned j, unsigned at);

/* base64url without padding of just @n bytes, canonical. False: another length or alphabet (NULL
 * too); nothing beyond the expected length is looked at. */
bool kh_text_to_bytes(const char *text, uint8_t *bytes, size_t n) KH_MUST_CHECK;
/* @text has KH_BOX_TEXT_OF(n) bytes. */
void kh_text_from_bytes(char *text, const uint8_t *bytes, size_t n);
/* Both steps at once for one point. */
bool kh_point_from_text(struct kh_point *point, const char *text) KH_MUST_CHECK;

#endif
