/* client.h - a voter and a committee member in C, for tests: the other half of core/box.
 *
 * The real ones are the pages (web/src/box); this follows the same README. Any thread; call
 * kh_group_init() first. Everything that it makes up is random unless a value is given. */
#ifndef KH_TESTS_BOX_CLIENT_H
#define KH_TESTS_BOX_CLIENT_H

#include "box/box.h"
#include "box/group.h"
#include "box/sealed.h"

/* --- A voter --- */

/* A paper before it is signed. @serial is the RFC's input; ours are 32 bytes. */
struct kh_client_paper {
    uint8_t serial[32];
    size_t serial_bytes;
    struct kh_scalar blind;
    char text[KH_BOX_POINT_TEXT]; /* `paper`, the blinded element */
};

/* Blind @paper->serial with @paper->blind (RFC 9497 Blind with a given random number). */
void kh_client_blind(struct kh_client_paper *paper);
/* A new paper with a random serial. */
void kh_client_paper(struct kh_client_paper *paper);
/* Check the proof against K (@key) and finalise. False: it does not hold. */
bool kh_client_finalise(const struct kh_client_paper *paper, const char *key, const char *evaluated,
                        const char *proof, uint8_t token[64]);

/* Seal @values, subjects × options of them, honest ones 0 or 1, into kh_sealed_bytes() bytes. Of
 * values that break the rules the ciphertexts are true, the proofs are as good as a liar's. */
void kh_client_seal(const struct kh_box_vote *vote, const uint8_t serial[32], const int values[],
                    uint8_t *ballot);

/* --- A committee member --- */

/* E for member @i. */
void kh_client_join(const uint8_t seed[32], const char *council, uint32_t round, unsigned i,
                    char join[KH_BOX_POINT_TEXT]);
/* The deal of member @i, when all have joined. */
void kh_client_deal(const uint8_t seed[32], const struct kh_ceremony *ceremony, unsigned i,
                    char deal[KH_BOX_DEAL_TEXT_MAX]);
/* Open the shares of member @j and sum them to x_j. The number of the first dealer whose share is
 * wrong, or 0. */
unsigned kh_client_shares(const uint8_t seed[32], const struct kh_ceremony *ceremony, unsigned j,
                          const char *const deals[], struct kh_scalar *x);

/* The opening of a member with x_j = @x over a tally that is not empty. */
void kh_client_open(const struct kh_box_vote *vote, const struct kh_tally *tally,
                    const struct kh_scalar *x, char opening[KH_BOX_OPENING_TEXT_MAX]);

#endif
