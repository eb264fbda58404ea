#include "tests/fuzz/box_world.h"

#include "base/check.h"
#include "base/text.h"

#include <string.h>

void box_world_make(struct box_world *world)
{
    struct kh_box_vote *vote = &world->vote;

    KH_REQUIRE(kh_group_init());
    memset(world, 0, sizeof(*world));
    world->ceremony = (struct kh_ceremony){ "fuzz", 1, 3, 2, { "" } };
    for (unsigned i = 0; i < 3; i++) {
        struct kh_scalar e = kh_scalar_small(1000 + i);
        kh_text_from_bytes(world->ceremony.joins[i], kh_point_base(&e).bytes, 32);
    }
    world->x = kh_scalar_small(4711);
    world->member_key = kh_point_base(&world->x);
    *vote = (struct kh_box_vote){ "fuzz", 1, 1, "", 1, 3, 0, 2, "" };
    kh_text_from_bytes(vote->key, world->member_key.bytes, 32);
    memset(vote->hash, 'a', sizeof(vote->hash) - 1);
    memset(world->serial, 5, sizeof(world->serial));
    kh_tally_start(&world->tally, vote);
    world->tally.ballots = 2;
    for (unsigned m = 0; m < world->tally.n; m++) {
        struct kh_scalar r = kh_scalar_small(m + 1);
        world->tally.p[m] = kh_point_base(&r);
        world->tally.q[m] = kh_point_mul(&r, &world->member_key); /* nobody chose it */
    }
}
