/* committee.h - the key ceremony inside: Pedersen/Feldman key generation (README section 2).
 *
 * Pure, any thread; owns nothing. The server's three checks are in box.h; the hashes here are also
 * for the members' half, in tests/box/client.c. */
#ifndef KH_BOX_COMMITTEE_H
#define KH_BOX_COMMITTEE_H

#include "box/box.h"
#include "box/group.h"

/* ctx of the README: who deals in which ceremony. */
struct kh_deal_context {
    uint8_t bytes[KH_BOX_ID_BYTES + 9];
    size_t n;
};
struct kh_deal_context kh_deal_context(const char *council, uint32_t round, unsigned i);

/* A deal that was read: all points and scalars are checked, no proof is. */
struct kh_deal {
    struct kh_point a[KH_BOX_MEMBERS_MAX]; /* Feldman's commitments, as many as are needed */
    struct kh_scalar c, z;                 /* the proof of knowledge of a_0 */
    struct kh_deal_share {
        struct kh_point r;
        uint8_t masked[32]; /* f(j) XOR pad */
    } shares[KH_BOX_MEMBERS_MAX];
};
/* False: not the text of a deal for @n members of whom @needed open the box. */
bool kh_deal_read(unsigned n, unsigned needed, const char *text,
                  struct kh_deal *deal) KH_MUST_CHECK;

/* Hj over all joins. False: the ceremony's numbers or a join are not valid. */
bool kh_deal_joined(const struct kh_ceremony *ceremony, uint8_t joined[64]) KH_MUST_CHECK;

/* c of the proof of knowledge. */
struct kh_scalar kh_deal_challenge(const struct kh_deal_context *context, const uint8_t joined[64],
                                   const struct kh_point *a_0, const struct kh_point *w);

/* The pad of the share from @i to @j; @shared is r E_j, or e_j R. */
struct kh_deal_lock {
    struct kh_point shared, r, to; /* rE_j, R, E_j */
    unsigned i, j;
};
void kh_deal_pad(const struct kh_deal_lock *lock, uint8_t pad[32]);

/* Σ_t j^t A_t: what f(j) B must be. */
struct kh_point kh_deal_commitment(const struct kh_deal *deal, unsigned needed, unsigned j);

#endif
