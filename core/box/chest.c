#include "box/chest.h"

#include "base/check.h"
#include "box/opening.h"
#include "box/transcript.h"

#include <string.h>

void kh_box_digest_start(struct kh_box_digest *digest, const char *council, uint32_t vote,
                         uint32_t number)
{
    static const uint8_t domain[12] = "kyhop-box-v1";
    const uint32_t n = (uint32_t)strlen(council);
    uint8_t le[4];

    crypto_hash_sha256_init(&digest->sha);
    crypto_hash_sha256_update(&digest->sha, domain, sizeof(domain));
    kh_put_le32(le, n);
    crypto_hash_sha256_update(&digest->sha, le, sizeof(le));
    crypto_hash_sha256_update(&digest->sha, (const uint8_t *)council, n);
    kh_put_le32(le, vote);
    crypto_hash_sha256_update(&digest->sha, le, sizeof(le));
    kh_put_le32(le, number);
    crypto_hash_sha256_update(&digest->sha, le, sizeof(le));
}

void kh_box_digest_entry(struct kh_box_digest *digest, const struct kh_box_entry *entry,
                         size_t ballot_bytes)
{
    crypto_hash_sha256_update(&digest->sha, entry->serial, 32);
    crypto_hash_sha256_update(&digest->sha, entry->token, 64);
    crypto_hash_sha256_update(&digest->sha, entry->ballot, ballot_bytes);
}

void kh_box_digest_end(struct kh_box_digest *digest, char hash[KH_BOX_HASH_TEXT])
{
    uint8_t bytes[32];

    crypto_hash_sha256_final(&digest->sha, bytes);
    sodium_bin2hex(hash, KH_BOX_HASH_TEXT, bytes, sizeof(bytes));
}

sqlite3_stmt *kh_box_entries(struct kh_box *box, const struct kh_box_vote *vote)
{
    const struct kh_disk_key key = { vote->council, vote->vote };

    return kh_disk_use(&box->disk, KH_DISK_ENTRIES, &key);
}

bool kh_box_next(sqlite3_stmt *entries, size_t ballot_bytes, struct kh_box_entry *entry,
                 enum kh_err *err, struct kh_error *error)
{
    if (*err || !kh_disk_row(entries, err, error))
        return false;
    *entry = (struct kh_box_entry){ kh_disk_bytes(entries, 0, 32), kh_disk_bytes(entries, 1, 64),
                                    kh_disk_bytes(entries, 2, ballot_bytes) };
    if (!entry->serial || !entry->token || !entry->ballot)
        *err = kh_err_set(error, KH_ERR_CORRUPT, "the ballot box has an entry of a wrong size");
    return *err == KH_OK;
}

bool kh_box_find_seal(struct kh_box *box, const struct kh_disk_key *key,
                      struct kh_box_sealed *sealed, enum kh_err *err, struct kh_error *error)
{
    sqlite3_stmt *statement = kh_disk_use(&box->disk, KH_DISK_SEALED, key);
    bool is_there = kh_disk_row(statement, err, error);
    const uint8_t *hash = is_there ? kh_disk_bytes(statement, 1, 32) : NULL;

    if (is_there && !hash)
        *err = kh_err_set(error, KH_ERR_CORRUPT, "the ballot box has a damaged seal");
    if (hash) {
        sealed->number = (uint32_t)sqlite3_column_int64(statement, 0);
        sodium_bin2hex(sealed->hash, sizeof(sealed->hash), hash, 32);
    }
    kh_disk_done(statement);
    return hash != NULL;
}

static bool has_tally(const struct kh_box *box, const struct kh_box_vote *vote)
{
    return box->tally_vote == vote->vote && box->tally_hash[0] &&
           strcmp(box->tally_council, vote->council) == 0 &&
           strcmp(box->tally_hash, vote->hash) == 0;
}

static enum kh_err sum_entries(struct kh_box *box, const struct kh_box_vote *vote,
                               struct kh_box_digest *digest, struct kh_error *error)
{
    size_t ballot_bytes = kh_sealed_bytes(vote);
    sqlite3_stmt *entries = kh_box_entries(box, vote);
    struct kh_box_entry entry;
    enum kh_err err = KH_OK;

    kh_tally_start(&box->tally, vote);
    while (kh_box_next(entries, ballot_bytes, &entry, &err, error)) {
        kh_box_digest_entry(digest, &entry, ballot_bytes);
        if (!kh_tally_add(&box->tally, vote, entry.ballot))
            err = kh_err_set(error, KH_ERR_CORRUPT, "the ballot box has a damaged ballot");
    }
    kh_disk_done(entries);
    return err;
}

enum kh_err kh_box_sum(struct kh_box *box, const struct kh_box_vote *vote, struct kh_error *error)
{
    const struct kh_disk_key key = { vote->council, vote->vote };
    struct kh_box_sealed sealed;
    struct kh_box_digest digest;
    char hash[KH_BOX_HASH_TEXT];
    enum kh_err err = KH_OK;

    if (has_tally(box, vote))
        return KH_OK;
    box->tally_hash[0] = '\0';
    if (!kh_box_find_seal(box, &key, &sealed, &err, error))
        return err ? err
                   : kh_err_set(error, KH_ERR_NOT_FOUND, "the box of vote %u of %s is not sealed",
                                vote->vote, vote->council);
    kh_box_digest_start(&digest, vote->council, vote->vote, sealed.number);
    if ((err = sum_entries(box, vote, &digest, error)))
        return err;
    kh_box_digest_end(&digest, hash);
    if (strcmp(hash, vote->hash) != 0)
        return kh_err_set(error, KH_ERR_CORRUPT,
                          "the box of vote %u of %s is not the one that was sealed: its hash is "
                          "%s, in the journal %s; restore the box.db that belongs to the journal",
                          vote->vote, vote->council, hash, vote->hash);
    memcpy(box->tally_council, vote->council, sizeof(box->tally_council));
    memcpy(box->tally_hash, vote->hash, sizeof(box->tally_hash));
    box->tally_vote = vote->vote;
    return KH_OK;
}

const uint8_t *kh_box_opening(struct kh_box *box, const struct kh_box_vote *vote,
                              const char *person, enum kh_err *err, struct kh_error *error)
{
    const struct kh_disk_key key = { vote->council, vote->vote };
    sqlite3_stmt *statement = kh_disk_use(&box->disk, KH_DISK_OPENING, &key);
    size_t n = kh_opening_bytes(&box->tally);
    const uint8_t *opening = NULL;

    KH_REQUIRE(has_tally(box, vote) && n <= sizeof(box->ballot));
    sqlite3_bind_text(statement, 3, person, -1, SQLITE_STATIC);
    if (kh_disk_row(statement, err, error)) {
        if ((opening = kh_disk_bytes(statement, 0, n)))
            opening = memcpy(box->ballot, opening, n);
        else
            *err = kh_err_set(error, KH_ERR_CORRUPT, "the ballot box has a damaged opening");
    }
    kh_disk_done(statement);
    return opening;
}
