/* opening.h - the members' decryptions of the product: check, combine, count (README section 5).
 *
 * Pure, any thread; owns nothing. */
#ifndef KH_BOX_OPENING_H
#define KH_BOX_OPENING_H

#include "box/box.h"
#include "box/group.h"
#include "box/sealed.h"

/* Bytes of an opening: n × 32 for the D_m, 64 for the proof. */
size_t kh_opening_bytes(const struct kh_tally *tally);

/* octx of the README, from @vote->hash. */
void kh_opening_context(const struct kh_box_vote *vote, uint8_t octx[64]);

/* What an opening's proof is about. */
struct kh_opening_claim {
    uint8_t octx[64];
    struct kh_point key; /* V_j */
    const struct kh_tally *tally;
    const struct kh_point *d; /* D_m = x_j P_m, as many as the tally has */
};
/* PP and DD, the weighted sums. */
void kh_opening_batch(const struct kh_opening_claim *claim, struct kh_point *pp,
                      struct kh_point *dd);
struct kh_scalar kh_opening_challenge(const struct kh_opening_claim *claim,
                                      const struct kh_point *pp, const struct kh_point *dd,
                                      const struct kh_point t[2]);

/* Is @opening (kh_opening_bytes() bytes) a right one of the member with key @key? False too when
 * the box is empty or a P_m is the identity. */
bool kh_opening_ok(const struct kh_box_vote *vote, const struct kh_tally *tally,
                   const struct kh_point *key, const uint8_t *opening) KH_MUST_CHECK;

/* A valid opening and whose it is. */
struct kh_opening {
    unsigned j; /* 1 … n */
    const uint8_t *bytes;
};
/* Open the product with @needed openings of different members. False: a value is not within
 * 0 … ballots, so the openings do not fit the box. Empty tallies need none. */
bool kh_opening_count(const struct kh_box_vote *vote, const struct kh_tally *tally,
                      const struct kh_opening openings[], unsigned needed,
                      struct kh_box_counts *counts) KH_MUST_CHECK;

#endif
