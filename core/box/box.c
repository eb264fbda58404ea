#include "box/box.h"

#include "base/check.h"
#include "box/chest.h"
#include "box/paper.h"
#include "box/transcript.h"

#include <stdlib.h>
#include <string.h>

enum kh_err kh_box_open(const char *directory, struct kh_box **box, struct kh_error *error)
{
    struct kh_box *made;
    enum kh_err err;

    if (!kh_group_init())
        return kh_err_set(error, KH_ERR_UNSUPPORTED, "libsodium finds no source of random numbers");
    made = calloc(1, sizeof(*made));
    if (!made)
        return kh_err_set(error, KH_ERR_NOMEM, "the ballot box: out of memory");
    if ((err = kh_disk_open(&made->disk, directory, error))) {
        kh_box_close(made);
        return err;
    }
    *box = made;
    return KH_OK;
}

void kh_box_close(struct kh_box *box)
{
    if (!box)
        return;
    kh_disk_close(&box->disk);
    free(box);
}

/* The counter is in the hash only for the case of one in 2^252 that k is zero. */
void kh_box_paper_key(const struct kh_box *box, const char *council, uint32_t vote,
                      int64_t opened_ms, struct kh_paper_key *key)
{
    struct kh_hash hash;
    struct kh_scalar k;
    uint8_t again = 0;

    do {
        kh_hash_begin(&hash, "paper");
        kh_hash_bytes(&hash, box->disk.secret, sizeof(box->disk.secret));
        kh_hash_text(&hash, council);
        kh_hash_le32(&hash, vote);
        kh_hash_le64(&hash, (uint64_t)opened_ms);
        if (again)
            kh_hash_bytes(&hash, &again, 1);
        k = kh_hash_end_scalar(&hash);
        memcpy(key->secret, k.bytes, sizeof(key->secret));
        again++;
    } while (!kh_paper_key_complete(key));
    sodium_memzero(&k, sizeof(k));
}

/* What is known of a serial that is in the box. */
static enum kh_box_verdict compare(sqlite3_stmt *entry, const uint8_t token[64],
                                   const uint8_t *ballot, size_t ballot_bytes)
{
    const uint8_t *old_token = kh_disk_bytes(entry, 0, KH_PAPER_TOKEN_BYTES);
    const uint8_t *old_ballot = kh_disk_bytes(entry, 1, ballot_bytes);

    if (!ballot || !old_token || !old_ballot ||
        sodium_memcmp(old_token, token, KH_PAPER_TOKEN_BYTES) != 0 ||
        sodium_memcmp(old_ballot, ballot, ballot_bytes) != 0)
        return KH_BOX_SERIAL_USED;
    return KH_BOX_REPEATED;
}

/* A post that was decoded; the ballot is NULL when its size or alphabet is wrong. */
struct post {
    uint8_t serial[32], token[KH_PAPER_TOKEN_BYTES];
    const uint8_t *ballot;
    size_t ballot_bytes;
};

/* Is the serial in the box already? Then the verdict. */
static bool is_known(struct kh_box *box, const struct kh_disk_key *key, const struct post *post,
                     enum kh_box_verdict *verdict, struct kh_error *error)
{
    sqlite3_stmt *entry = kh_disk_use(&box->disk, KH_DISK_ENTRY, key);
    enum kh_err err = KH_OK;

    kh_disk_bind(entry, 3, post->serial, sizeof(post->serial));
    bool is_there = kh_disk_row(entry, &err, error);
    if (is_there)
        *verdict = compare(entry, post->token, post->ballot, post->ballot_bytes);
    else if (err)
        *verdict = KH_BOX_FAILED;
    kh_disk_done(entry);
    return is_there || err;
}

static bool is_signed(const struct kh_box *box, const struct kh_box_vote *vote,
                      const struct post *post)
{
    struct kh_paper_key key;

    kh_box_paper_key(box, vote->council, vote->vote, vote->opened_ms, &key);
    bool is_ok = kh_paper_token_ok(&key, post->serial, post->token);
    kh_paper_key_wipe(&key);
    return is_ok;
}

static bool is_sealed(struct kh_box *box, const struct kh_disk_key *key, enum kh_err *err,
                      struct kh_error *error)
{
    struct kh_box_sealed sealed;

    return kh_box_find_seal(box, key, &sealed, err, error);
}

static enum kh_box_verdict insert(struct kh_box *box, const struct kh_disk_key *key,
                                  const struct post *post, struct kh_error *error)
{
    sqlite3_stmt *statement = kh_disk_use(&box->disk, KH_DISK_INSERT, key);

    kh_disk_bind(statement, 3, post->serial, sizeof(post->serial));
    kh_disk_bind(statement, 4, post->token, sizeof(post->token));
    kh_disk_bind(statement, 5, post->ballot, post->ballot_bytes);
    return kh_disk_run(statement, error) ? KH_BOX_FAILED : KH_BOX_TAKEN;
}

/* Cheap checks first: a look-up, one multiplication, and only for a signed serial the proofs. */
enum kh_box_verdict kh_box_cast(struct kh_box *box, const struct kh_box_vote *vote,
                                const struct kh_box_post *text, struct kh_error *error)
{
    const struct kh_disk_key key = { vote->council, vote->vote };
    struct post post = { .ballot_bytes = kh_sealed_bytes(vote) };
    enum kh_box_verdict verdict;
    enum kh_err err = KH_OK;

    KH_REQUIRE(kh_sealed_vote_ok(vote));
    if (!kh_text_to_bytes(text->serial, post.serial, sizeof(post.serial)) ||
        !kh_text_to_bytes(text->token, post.token, sizeof(post.token)))
        return KH_BOX_BAD_TOKEN;
    if (kh_text_to_bytes(text->ballot, box->ballot, post.ballot_bytes))
        post.ballot = box->ballot;
    if (is_known(box, &key, &post, &verdict, error))
        return verdict;
    if (is_sealed(box, &key, &err, error))
        return KH_BOX_CLOSED;
    if (err)
        return KH_BOX_FAILED;
    if (!is_signed(box, vote, &post))
        return KH_BOX_BAD_TOKEN;
    if (!post.ballot || !kh_sealed_ok(vote, post.serial, post.ballot))
        return KH_BOX_BAD_BALLOT;
    return insert(box, &key, &post, error);
}

static enum kh_err count_entries(struct kh_box *box, const struct kh_disk_key *key,
                                 uint32_t *number, struct kh_error *error)
{
    sqlite3_stmt *statement = kh_disk_use(&box->disk, KH_DISK_NUMBER, key);
    enum kh_err err = KH_OK;

    if (kh_disk_row(statement, &err, error))
        *number = (uint32_t)sqlite3_column_int64(statement, 0);
    kh_disk_done(statement);
    return err;
}

uint32_t kh_box_number(struct kh_box *box, const char *council, uint32_t vote)
{
    const struct kh_disk_key key = { council, vote };
    uint32_t number = 0;

    return count_entries(box, &key, &number, NULL) ? 0 : number;
}

static enum kh_err hash_entries(struct kh_box *box, const struct kh_box_vote *vote,
                                struct kh_box_sealed *sealed, struct kh_error *error)
{
    size_t ballot_bytes = kh_sealed_bytes(vote);
    sqlite3_stmt *entries = kh_box_entries(box, vote);
    struct kh_box_digest digest;
    struct kh_box_entry entry;
    enum kh_err err = KH_OK;

    kh_box_digest_start(&digest, vote->council, vote->vote, sealed->number);
    while (kh_box_next(entries, ballot_bytes, &entry, &err, error))
        kh_box_digest_entry(&digest, &entry, ballot_bytes);
    kh_disk_done(entries);
    kh_box_digest_end(&digest, sealed->hash);
    return err;
}

/* In a transaction that the caller ends. */
static enum kh_err write_seal(struct kh_box *box, const struct kh_disk_key *key,
                              const struct kh_box_sealed *sealed, struct kh_error *error)
{
    sqlite3_stmt *statement = kh_disk_use(&box->disk, KH_DISK_SEAL, key);
    uint8_t hash[32];
    enum kh_err err;

    KH_REQUIRE(sodium_hex2bin(hash, 32, sealed->hash, 64, NULL, NULL, NULL) == 0);
    sqlite3_bind_int64(statement, 3, sealed->number);
    kh_disk_bind(statement, 4, hash, sizeof(hash));
    if ((err = kh_disk_run(statement, error)))
        return err;
    return kh_disk_run(kh_disk_use(&box->disk, KH_DISK_UNCLEAN, NULL), error);
}

static enum kh_err make_seal(struct kh_box *box, const struct kh_box_vote *vote,
                             struct kh_box_sealed *sealed, struct kh_error *error)
{
    const struct kh_disk_key key = { vote->council, vote->vote };
    enum kh_err err;

    if ((err = count_entries(box, &key, &sealed->number, error)) ||
        (err = hash_entries(box, vote, sealed, error)) ||
        (err = kh_disk_run(kh_disk_use(&box->disk, KH_DISK_BEGIN, NULL), error)))
        return err;
    err = write_seal(box, &key, sealed, error);
    if (!err)
        err = kh_disk_run(kh_disk_use(&box->disk, KH_DISK_COMMIT, NULL), error);
    if (err)
        kh_disk_rollback(&box->disk);
    return err;
}

enum kh_err kh_box_seal(struct kh_box *box, const struct kh_box_vote *vote,
                        struct kh_box_sealed *sealed, struct kh_error *error)
{
    const struct kh_disk_key key = { vote->council, vote->vote };
    struct kh_box_sealed made = { .number = 0 };
    struct kh_paper_key paper;
    enum kh_err err = KH_OK;

    KH_REQUIRE(kh_sealed_vote_ok(vote));
    if (!kh_box_find_seal(box, &key, &made, &err, error) && !err)
        err = make_seal(box, vote, &made, error);
    if (err || (err = kh_disk_clean_if_wanted(&box->disk, error)))
        return err;
    kh_box_paper_key(box, vote->council, vote->vote, vote->opened_ms, &paper);
    kh_text_from_bytes(made.paper_secret, paper.secret, sizeof(paper.secret));
    kh_paper_key_wipe(&paper);
    *sealed = made;
    return KH_OK;
}

enum kh_err kh_box_remove(struct kh_box *box, const char *council, uint32_t vote,
                          struct kh_error *error)
{
    static const enum kh_disk_statement all[] = { KH_DISK_DROP_OPENINGS, KH_DISK_DROP_ENTRIES,
                                                  KH_DISK_DROP_SEAL, KH_DISK_UNCLEAN };
    const struct kh_disk_key key = { council, vote };
    enum kh_err err;

    box->tally_hash[0] = '\0';
    if ((err = kh_disk_run_all(&box->disk, all, KH_COUNT(all), &key, error)))
        return err;
    return kh_disk_clean_if_wanted(&box->disk, error);
}
