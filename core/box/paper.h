/* paper.h - ballot papers and tokens inside the box: RFC 9497, VOPRF, ristretto255-SHA512.
 *
 * Pure, any thread; owns nothing. The engine's half (struct kh_paper_key, kh_paper_issue) is in
 * box.h. The page's half (Blind, Finalize) is in web/src/box, and for tests in tests/box/client.c.
 */
#ifndef KH_BOX_PAPER_H
#define KH_BOX_PAPER_H

#include "box/box.h"
#include "box/group.h"

enum { KH_PAPER_TOKEN_BYTES = 64, KH_PAPER_PROOF_BYTES = 64 };

/* RFC 9380 section 5.3.1 with SHA-512; @n <= 255 * 64, @dst_bytes <= 255. */
struct kh_xmd_input {
    const uint8_t *msg;
    size_t msg_bytes;
    const char *dst;
    size_t dst_bytes;
};
void kh_paper_expand(const struct kh_xmd_input *input, uint8_t *out, size_t n);

/* RFC 9497 HashToGroup and HashToScalar of this suite. False: the identity came out. */
bool kh_paper_hash_to_group(const uint8_t *input, size_t n, struct kh_point *point) KH_MUST_CHECK;

/* RFC 9497 section 2.2: c || s proves that @evaluated = k @blinded with K = kB. @r is the random
 * number, given so that the RFC's vectors can be met. */
void kh_paper_prove(const struct kh_paper_key *key, const struct kh_point *blinded,
                    const struct kh_point *evaluated, const struct kh_scalar *r,
                    uint8_t proof[KH_PAPER_PROOF_BYTES]);
bool kh_paper_proof_ok(const struct kh_point *key, const struct kh_point *blinded,
                       const struct kh_point *evaluated,
                       const uint8_t proof[KH_PAPER_PROOF_BYTES]) KH_MUST_CHECK;

/* The hash at the end of Finalize and Evaluate: @unblinded = k HashToGroup(@input). */
void kh_paper_output(const uint8_t *input, size_t n, const struct kh_point *unblinded,
                     uint8_t token[KH_PAPER_TOKEN_BYTES]);

/* Fill in the public half of a key whose secret is there. False: the secret is not in 1 … L - 1. */
bool kh_paper_key_complete(struct kh_paper_key *key) KH_MUST_CHECK;

/* Is @token what Evaluate(k, @serial) gives? Compared in constant time. */
bool kh_paper_token_ok(const struct kh_paper_key *key, const uint8_t serial[32],
                       const uint8_t token[KH_PAPER_TOKEN_BYTES]) KH_MUST_CHECK;

#endif
