/* council.h - a council with a committee, voters and a box in a folder of its own, for box tests.
 *
 * Every step uses the real half of core/box and the client's of tests/box; failures stop the test.
 */
#ifndef KH_TESTS_UNIT_BOX_COUNCIL_H
#define KH_TESTS_UNIT_BOX_COUNCIL_H

#include "box/box.h"
#include "tests/box/client.h"

struct council {
    char folder[64];
    struct kh_box *box;
    struct kh_box_vote vote;
    struct kh_ceremony ceremony;
    struct kh_box_committee committee;
    uint8_t seeds[KH_BOX_MEMBERS_MAX][32];
    char deals[KH_BOX_MEMBERS_MAX][KH_BOX_DEAL_TEXT_MAX];
    struct kh_scalar x[KH_BOX_MEMBERS_MAX];
};

/* A ballot ready to post. */
struct ballot {
    uint8_t serial[32], token[64];
    char serial_text[KH_BOX_POINT_TEXT], token_text[KH_BOX_PAIR_TEXT];
    char text[KH_BOX_BALLOT_TEXT_MAX];
};

/* A vote of @subjects × @options, min … max of them, with @needed of @n to open its box; made
 * without a box. The texts of all deals are in @deals. */
void council_make(struct council *council, unsigned needed, unsigned n);
void council_ask(struct council *council, unsigned subjects, unsigned options, unsigned min,
                 unsigned max);
/* The pointers to the deals that the functions want. */
void council_deals(const struct council *council, const char *deals[KH_BOX_MEMBERS_MAX]);

/* Open the box in a new folder under /tmp; remove both. */
void council_open_box(struct council *council);
void council_close(struct council *council);

/* Claim a paper and finalise it: serial and token of @ballot. */
void council_paper(const struct council *council, struct ballot *ballot);
/* Seal @values under the ballot's serial. */
void council_mark(const struct council *council, struct ballot *ballot, const int values[]);
enum kh_box_verdict council_cast(const struct council *council, const struct ballot *ballot);
/* All three; must be taken. Adds the values to @sums (may be NULL). */
void council_vote(const struct council *council, const int values[], uint32_t sums[]);
/* Seal the box; the hash goes into council->vote. */
void council_seal(struct council *council);
/* The opening of member @j over the box as published. */
void council_opening(const struct council *council, unsigned j, char *opening);
enum kh_box_verdict council_unseal(const struct council *council, unsigned j);
json_t *council_publish(const struct council *council);

#endif
