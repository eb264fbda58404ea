/* recount.h - the check of a published box, by anybody who has it: `kyhop verify` and outsiders.
 *
 * Pure, any thread; needs no secrets and no server. Owns nothing. What it cannot know is whether
 * key, paper_key, number and hash are the journalled ones: the caller compares those. */
#ifndef KH_BOX_RECOUNT_H
#define KH_BOX_RECOUNT_H

#include "base/err.h"
#include "box/box.h"

/* The checks in their order; each is made only when those before it hold. */
enum kh_recount_check {
    KH_RECOUNT_OK,
    KH_RECOUNT_FORM,      /* a field is missing or malformed */
    KH_RECOUNT_NUMBER,    /* `number` is not that of the entries */
    KH_RECOUNT_ORDER,     /* entries not ascending: one twice, or moved */
    KH_RECOUNT_HASH,      /* the entries are not those that were sealed */
    KH_RECOUNT_PAPER_KEY, /* paper_secret does not belong to paper_key */
    KH_RECOUNT_TOKEN,     /* an entry's token was not signed */
    KH_RECOUNT_BALLOT,    /* an entry's ballot does not hold its proofs */
    KH_RECOUNT_KEYS,      /* the members' keys do not make the box key */
    KH_RECOUNT_OPENING,   /* an opening's proof does not hold, or whose it is is not clear */
    KH_RECOUNT_COUNTS,    /* the openings give other counts */
};

struct kh_recount {
    enum kh_recount_check failed; /* the first that does not hold; KH_RECOUNT_OK: all hold */
    bool counted;                 /* openings and counts were there, and so were checked too */
    uint32_t number;
    char vi[320], en[320]; /* one sentence, also when all hold */
};

/* The word of a check for scripts, e.g. "token"; never NULL. */
const char *kh_recount_word(enum kh_recount_check check);

/* Check all that the published box @box (see GET /box/COUNCIL/VOTE) lets an outsider check. True:
 * all holds. @report is always filled. */
bool kh_recount(const json_t *box, struct kh_recount *report);

#endif
