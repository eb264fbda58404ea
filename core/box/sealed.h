/* sealed.h - sealed ballots: the check of their proofs, and their sum (README section 3).
 *
 * Pure, any thread: ballots may be checked on several threads at once. A kh_tally owns its points.
 */
#ifndef KH_BOX_SEALED_H
#define KH_BOX_SEALED_H

#include "box/box.h"
#include "box/group.h"

enum { KH_CIPHER_BYTES = 64, KH_BRANCH_BYTES = 64 };

/* Are the vote's numbers within the limits, and is its key a point? */
bool kh_sealed_vote_ok(const struct kh_box_vote *vote) KH_MUST_CHECK;

/* Bytes of a ballot of @vote: subjects × (options × 192 + (max - min + 1) × 64). */
size_t kh_sealed_bytes(const struct kh_box_vote *vote);

/* bctx of the README. */
void kh_sealed_context(const struct kh_box_vote *vote, const uint8_t serial[32], uint8_t bctx[64]);

/* One ciphertext and what is claimed of it: a value in lo … hi. */
struct kh_range {
    const uint8_t *bctx;
    struct kh_point key;      /* Y */
    struct kh_point r, c;     /* rB, vB + rY */
    uint32_t subject, option; /* option UINT32_MAX: the sum of the subject's */
    unsigned lo, hi;
};
/* The challenge over @t = T1_lo, T2_lo, … T2_hi. */
struct kh_scalar kh_range_challenge(const struct kh_range *range, const struct kh_point *t);
/* @proof is (hi - lo + 1) × (c || z). */
bool kh_range_ok(const struct kh_range *range, const uint8_t *proof) KH_MUST_CHECK;

/* Do all proofs of a ballot of kh_sealed_bytes() hold? @vote is a good one. */
bool kh_sealed_ok(const struct kh_box_vote *vote, const uint8_t serial[32],
                  const uint8_t *ballot) KH_MUST_CHECK;

/* The product of sealed ballots: P and Q of each (subject, option) in order. */
struct kh_tally {
    unsigned n; /* subjects × options */
    uint32_t ballots;
    struct kh_point p[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX];
    struct kh_point q[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX];
};
void kh_tally_start(struct kh_tally *tally, const struct kh_box_vote *vote);
/* Add a ballot that was checked. False: it was changed since, it does not even decode. */
bool kh_tally_add(struct kh_tally *tally, const struct kh_box_vote *vote,
                  const uint8_t *ballot) KH_MUST_CHECK;

#endif
