/* chest.h - struct kh_box: the file with what was summed of it last.
 *
 * Internal to core/box; one thread at a time. Owns the connection and a ballot's worth of bytes. */
#ifndef KH_BOX_CHEST_H
#define KH_BOX_CHEST_H

#include "box/box.h"
#include "box/disk.h"
#include "box/opening.h"
#include "box/sealed.h"

#include <sodium.h>

struct kh_box {
    struct kh_disk disk;
    char tally_council[KH_BOX_ID_BYTES]; /* whose tally it is; "" for nobody's */
    uint32_t tally_vote;
    char tally_hash[KH_BOX_HASH_TEXT];
    struct kh_tally tally;
    uint8_t ballot[KH_BOX_BALLOT_BYTES_MAX]; /* the one that is looked at */
};

/* The SHA-256 of README section 4, entry by entry. */
struct kh_box_digest {
    crypto_hash_sha256_state sha;
};
void kh_box_digest_start(struct kh_box_digest *digest, const char *council, uint32_t vote,
                         uint32_t number);
struct kh_box_entry {
    const uint8_t *serial, *token, *ballot; /* 32, 64 and kh_sealed_bytes() bytes, borrowed */
};
void kh_box_digest_entry(struct kh_box_digest *digest, const struct kh_box_entry *entry,
                         size_t ballot_bytes);
void kh_box_digest_end(struct kh_box_digest *digest, char hash[KH_BOX_HASH_TEXT]);

/* Walk through the entries of @vote in the order of their serials: start, then next until false,
 * then kh_disk_done(). An entry of a wrong size is KH_ERR_CORRUPT. */
sqlite3_stmt *kh_box_entries(struct kh_box *box, const struct kh_box_vote *vote);
bool kh_box_next(sqlite3_stmt *entries, size_t ballot_bytes, struct kh_box_entry *entry,
                 enum kh_err *err, struct kh_error *error);

/* Number and hash of a sealed vote. False: it was not sealed, or @err. */
bool kh_box_find_seal(struct kh_box *box, const struct kh_disk_key *key,
                      struct kh_box_sealed *sealed, enum kh_err *err, struct kh_error *error);

/* Sum the sealed box of @vote into @box->tally, unless it is there. KH_ERR_CORRUPT: the file does
 * not have the entries with @vote->hash; KH_ERR_NOT_FOUND: it was not sealed. */
enum kh_err kh_box_sum(struct kh_box *box, const struct kh_box_vote *vote,
                       struct kh_error *error) KH_MUST_CHECK;

/* The opening of @person as bytes of kh_opening_bytes(); borrowed until the next call, NULL when
 * there is none (@err is KH_OK then). */
const uint8_t *kh_box_opening(struct kh_box *box, const struct kh_box_vote *vote,
                              const char *person, enum kh_err *err, struct kh_error *error);

/* All openings that are there, in the order of the members' numbers. The caller frees @bytes. */
struct kh_box_openings {
    unsigned n;
    struct kh_opening list[KH_BOX_MEMBERS_MAX];
    uint8_t *bytes;
};
/* After kh_box_sum(). KH_ERR_CORRUPT: one does not hold any more. */
enum kh_err kh_box_gather(struct kh_box *box, const struct kh_box_vote *vote,
                          const struct kh_box_committee *committee,
                          struct kh_box_openings *openings, struct kh_error *error) KH_MUST_CHECK;
/* Count with them. KH_ERR_NOT_FOUND: fewer than @needed. */
enum kh_err kh_box_open_with(const struct kh_box *box, const struct kh_box_vote *vote,
                             const struct kh_box_openings *openings, unsigned needed,
                             struct kh_box_counts *counts, struct kh_error *error) KH_MUST_CHECK;

#endif
