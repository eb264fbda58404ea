/* box_world.h - a committee, a vote and a tally that are always the same, for fuzz_box.
 *
 * The inputs of the corpus that are valid were made for them by box_seeds. Pure. */
#ifndef KH_TESTS_FUZZ_BOX_WORLD_H
#define KH_TESTS_FUZZ_BOX_WORLD_H

#include "box/box.h"
#include "box/group.h"
#include "box/sealed.h"

struct box_world {
    struct kh_ceremony ceremony; /* 2 of 3; the dealer is member 1 */
    struct kh_box_vote vote;     /* 1 x 3, 0 … 2 of them */
    uint8_t serial[32];
    struct kh_tally tally;
    struct kh_scalar x; /* of the member who opens, and of the vote's key */
    struct kh_point member_key;
};

/* The first byte of an input says what the rest, a text, is. */
enum box_kind { BOX_DEAL, BOX_BALLOT, BOX_OPENING, BOX_PUBLISHED, BOX_POINT, BOX_KINDS };

void box_world_make(struct box_world *world);

#endif
