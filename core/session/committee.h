/* committee.h - what the state keeps of secret votes at the desks: papers, committee, sealed box.
 *
 * Pure data, part of struct kh_state. The ballots are never here: core/box keeps them, and nobody's
 * name is ever beside one (core/box/README.md). */
#ifndef KH_SESSION_COMMITTEE_H
#define KH_SESSION_COMMITTEE_H

#include "session/types.h"

#include <stdbool.h>

/* What a secret electronic vote has besides. */
struct kh_secret {
    char paper_key[KH_POINT_BYTES]; /* "": not told yet */
    uint64_t issued[KH_PERSONS_MAX / 64];
    uint32_t n_issued;
    uint32_t in_office, present; /* when the box was closed: named counts are of that moment */
    bool boxed;
    uint32_t n_boxed;
    char hash[KH_HASH_TEXT_BYTES], paper_secret[KH_POINT_BYTES];
    uint16_t unsealed; /* bit a member of the committee, in its order */
    bool counted;      /* the tally is what the opened box says */
};

struct kh_committee_member {
    kh_person person;
    enum kh_committee_stage stage;
    char join[KH_POINT_BYTES], deal[KH_DEAL_BYTES];
};

/* The counting committee and its key ceremony. */
struct kh_committee {
    uint32_t round; /* of the ceremony; 0: no committee was ever formed */
    uint32_t needed;
    unsigned n;
    bool is_void; /* a member complained: it has to be formed anew */
    struct kh_committee_member members[KH_COMMITTEE_MAX];
};

/* The papers of the newest secret vote, to be signed again when an answer was lost. */
struct kh_papers {
    uint32_t vote;
    char paper[KH_PERSONS_MAX][KH_POINT_BYTES];
};

#endif
