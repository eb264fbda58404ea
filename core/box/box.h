/* box.h - electronic ballots of secret votes: ballot papers, the committee's key, the box itself.
 *
 * README.md is the specification, byte by byte; this is all that the engine includes. One thread at
 * a time uses a kh_box (a worker: a check costs milliseconds, a cast waits for the disk); functions
 * without one are pure, any thread. A kh_box owns DATA/box.db and its lock. Bytes travel as
 * base64url without padding in NUL-terminated texts. */
#ifndef KH_BOX_BOX_H
#define KH_BOX_BOX_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Size of the text of @n bytes, with its NUL. */
#define KH_BOX_TEXT_OF(n) (((n)*8 + 5) / 6 + 1)

enum {
    KH_BOX_SUBJECTS_MAX = 40, /* as KH_SUBJECTS_MAX, KH_OPTIONS_MAX, KH_ID_BYTES of the session */
    KH_BOX_OPTIONS_MAX = 16,
    KH_BOX_ID_BYTES = 32,
    KH_BOX_MEMBERS_MAX = 15,

    KH_BOX_POINT_TEXT = KH_BOX_TEXT_OF(32), /* 44: points, scalars, serials */
    KH_BOX_PAIR_TEXT = KH_BOX_TEXT_OF(64),  /* 87: tokens and the proofs of papers */
    KH_BOX_HASH_TEXT = 65,                  /* hex SHA-256 */
    KH_BOX_DEAL_BYTES_MAX = 32 * KH_BOX_MEMBERS_MAX + 64 + 64 * KH_BOX_MEMBERS_MAX,
    KH_BOX_BALLOT_BYTES_MAX =
        KH_BOX_SUBJECTS_MAX * (KH_BOX_OPTIONS_MAX * 192 + (KH_BOX_OPTIONS_MAX + 1) * 64),
    KH_BOX_OPENING_BYTES_MAX = KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX * 32 + 64,
    KH_BOX_DEAL_TEXT_MAX = KH_BOX_TEXT_OF(KH_BOX_DEAL_BYTES_MAX),       /* 2,007 */
    KH_BOX_BALLOT_TEXT_MAX = KH_BOX_TEXT_OF(KH_BOX_BALLOT_BYTES_MAX),   /* 221,868 */
    KH_BOX_OPENING_TEXT_MAX = KH_BOX_TEXT_OF(KH_BOX_OPENING_BYTES_MAX), /* 27,393 */
};

struct kh_box;

/* What the box has to know of a vote; plain data, the engine copies it to the worker. */
struct kh_box_vote {
    char council[KH_BOX_ID_BYTES];
    uint32_t vote;                   /* its number in the council */
    int64_t opened_ms;               /* Unix time, as journalled */
    char key[KH_BOX_POINT_TEXT];     /* the committee's box key Y */
    unsigned n_subjects;             /* 1 … KH_BOX_SUBJECTS_MAX; 1 for a plain question */
    unsigned n_options;              /* 1 … KH_BOX_OPTIONS_MAX */
    unsigned select_min, select_max; /* options a subject, min <= max <= n_options */
    char hash[KH_BOX_HASH_TEXT];     /* of the box as in vote.boxed; "" before that */
};

/* Those who open the box. Member number j of the README is members[j - 1]. */
struct kh_box_committee {
    unsigned n, needed; /* 1 <= needed <= n <= KH_BOX_MEMBERS_MAX */
    struct kh_box_member {
        char person[KH_BOX_ID_BYTES];
        char key[KH_BOX_POINT_TEXT]; /* V_j, from kh_committee_keys() */
    } members[KH_BOX_MEMBERS_MAX];
};

enum kh_box_verdict {
    KH_BOX_TAKEN,       /* it is on disk */
    KH_BOX_REPEATED,    /* just this was taken before: answer as the first time */
    KH_BOX_SERIAL_USED, /* the serial has cast another ballot */
    KH_BOX_BAD_TOKEN,   /* serial or token malformed, or not signed for this vote */
    KH_BOX_BAD_BALLOT,  /* wrong size, not canonical, or a proof does not hold */
    KH_BOX_BAD_OPENING, /* the same of an opening; or the box is empty, or not sealed */
    KH_BOX_CLOSED,      /* the box is sealed */
    KH_BOX_FAILED,      /* disk or memory, told in the error: nothing was taken, may be repeated */
};

/* --- The ballot papers: RFC 9497 VOPRF, ristretto255-SHA512 (README section 1) --- */

/* The signing key of one vote. @secret is k, wiped by kh_paper_key_wipe(). */
struct kh_paper_key {
    uint8_t secret[32];
    uint8_t point[32];                  /* K */
    char point_text[KH_BOX_POINT_TEXT]; /* paper_key of vote.papered */
};

/* The key of a vote, always the same for the same four values. Any thread while @box is open. */
void kh_box_paper_key(const struct kh_box *box, const char *council, uint32_t vote,
                      int64_t opened_ms, struct kh_paper_key *key);

/* Sign @paper blind: BlindEvaluate and GenerateProof. The proof is new with each call; both hold.
 * False: @paper is not the text of a point. Pure but for the system's random numbers. */
bool kh_paper_issue(const struct kh_paper_key *key, const char *paper,
                    char evaluated[KH_BOX_POINT_TEXT], char proof[KH_BOX_PAIR_TEXT]) KH_MUST_CHECK;

void kh_paper_key_wipe(struct kh_paper_key *key);

/* --- The committee's key ceremony (README section 2); pure --- */

struct kh_ceremony {
    char council[KH_BOX_ID_BYTES];
    uint32_t round;
    unsigned n, needed;                                /* 1 <= needed <= n <= KH_BOX_MEMBERS_MAX */
    char joins[KH_BOX_MEMBERS_MAX][KH_BOX_POINT_TEXT]; /* E_1 …, when all have joined */
};

/* Is @join the text of a member's encryption key? */
bool kh_committee_join_ok(const char *join) KH_MUST_CHECK;

/* Can @deal be member @i's (1 … n)? Size, points, scalars and the proof of knowledge are checked;
 * the shares only by those whom they are for. False also when a join is not valid. */
bool kh_committee_deal_ok(const struct kh_ceremony *ceremony, unsigned i,
                          const char *deal) KH_MUST_CHECK;

/* The box key Y and each member's key V_j from the @n deals, each found good before. False: a deal
 * is malformed, or a key came out as the identity (the ceremony must be made anew). */
bool kh_committee_keys(unsigned n, unsigned needed, const char *const deals[],
                       char key[KH_BOX_POINT_TEXT],
                       char member_keys[][KH_BOX_POINT_TEXT]) KH_MUST_CHECK;

/* --- The box (README sections 4 and 5) --- */

/* Open or make @directory/box.db (mode 0600; the directory must exist). KH_ERR_BUSY: another
 * process has it; KH_ERR_CORRUPT, KH_ERR_FULL, KH_ERR_IO, KH_ERR_NOT_FOUND as the journal's. */
enum kh_err kh_box_open(const char *directory, struct kh_box **box,
                        struct kh_error *error) KH_MUST_CHECK;

/* NULL is accepted. Secrets in memory are wiped. */
void kh_box_close(struct kh_box *box);

/* A ballot as it was posted. Borrowed for the call; nothing of it is trusted. */
struct kh_box_post {
    const char *serial, *token, *ballot;
};

/* Check a ballot, cheap checks first, and put it in the box; returns when it is on disk. The caller
 * checks that the vote is open; a vote that was sealed here is KH_BOX_CLOSED in any case. */
enum kh_box_verdict kh_box_cast(struct kh_box *box, const struct kh_box_vote *vote,
                                const struct kh_box_post *post, struct kh_error *error);

/* How many ballots of this vote are in the box; 0 also when nothing is known of it, or the file
 * cannot be read. */
uint32_t kh_box_number(struct kh_box *box, const char *council, uint32_t vote);

struct kh_box_sealed {
    uint32_t number;
    char hash[KH_BOX_HASH_TEXT];
    char paper_secret[KH_BOX_POINT_TEXT]; /* k: to publish now, nothing is taken any more */
};

/* Close the box of a vote for good, and write the file anew so that it does not show in which order
 * ballots came. May be called again, also after a crash: the same answer. */
enum kh_err kh_box_seal(struct kh_box *box, const struct kh_box_vote *vote,
                        struct kh_box_sealed *sealed, struct kh_error *error) KH_MUST_CHECK;

/* Check and keep the opening of member @j (1 … n). @vote->hash must be the sealed box's. REPEATED:
 * a valid one of this member is there (it stays). */
enum kh_box_verdict kh_box_unseal(struct kh_box *box, const struct kh_box_vote *vote,
                                  const struct kh_box_committee *committee, unsigned j,
                                  const char *opening, struct kh_error *error);

/* counts[subject][option]; those outside of the vote are zero. */
struct kh_box_counts {
    uint32_t counts[KH_BOX_SUBJECTS_MAX][KH_BOX_OPTIONS_MAX];
};

/* Decrypt the product with the openings that are there. KH_ERR_NOT_FOUND: fewer than needed.
 * KH_ERR_CORRUPT: the file is not the one with @vote->hash, or the openings do not open it. An
 * empty box needs none. */
enum kh_err kh_box_count(struct kh_box *box, const struct kh_box_vote *vote,
                         const struct kh_box_committee *committee, struct kh_box_counts *counts,
                         struct kh_error *error) KH_MUST_CHECK;

/* Forget a cancelled vote: its ballots are overwritten, never to be opened. Good also when there
 * was nothing. */
enum kh_err kh_box_remove(struct kh_box *box, const char *council, uint32_t vote,
                          struct kh_error *error) KH_MUST_CHECK;

/* The answer of GET /box/COUNCIL/VOTE of a sealed box. The fields of @meta (an object such as
 * {question}; borrowed, may be NULL) are copied in first. The caller owns @published, and keeps its
 * text: this sums the whole box. Errors as kh_box_count(), but while openings are wanting `counts`
 * is just left out. */
enum kh_err kh_box_publish(struct kh_box *box, const struct kh_box_vote *vote,
                           const struct kh_box_committee *committee, json_t *meta,
                           json_t **published, struct kh_error *error) KH_MUST_CHECK;

#endif
