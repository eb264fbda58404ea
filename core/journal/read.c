#include "journal/heads.h"

#include "base/check.h"
#include "journal/chain.h"
#include "journal/row.h"

#include <string.h>

/* One walk along a council's chain. */
struct walk {
    struct kh_journal *journal;
    const char *council;
    uint64_t next;                                          /* the seq that must come now */
    uint8_t previous[KH_HASH_BYTES];                        /* hash of the entry before it */
    bool (*each)(void *user, const struct kh_entry *entry); /* may be NULL */
    void *user;
    bool is_stopped; /* @each has seen enough */
};

static enum kh_err check_entry(struct walk *walk, sqlite3_stmt *row, struct kh_error *error)
{
    uint64_t seq = (uint64_t)sqlite3_column_int64(row, 0);
    uint8_t stored[KH_HASH_BYTES], computed[KH_HASH_BYTES];
    struct kh_chain_link link = {
        .council = { .at = walk->council, .n_bytes = strlen(walk->council) },
        .seq = seq,
        .at_ms = sqlite3_column_int64(row, 1),
        .type = kh_row_text(row, 2),
        .actor = kh_row_text(row, 3),
        .body = kh_row_text(row, 4),
    };

    if (seq != walk->next)
        return kh_row_bad(walk->council, walk->next, "is missing", error);
    memcpy(link.previous, walk->previous, KH_HASH_BYTES);
    kh_chain_hash(&link, computed);
    if (!kh_row_hash(row, 5, stored) || memcmp(stored, computed, KH_HASH_BYTES) != 0)
        return kh_row_bad(walk->council, seq,
                          "was changed, or the one before it: its hash does not fit", error);
    memcpy(walk->previous, stored, KH_HASH_BYTES);
    walk->next++;
    return KH_OK;
}

static void show_entry(struct walk *walk, sqlite3_stmt *row)
{
    struct kh_entry entry = {
        .seq = (uint64_t)sqlite3_column_int64(row, 0),
        .at_ms = sqlite3_column_int64(row, 1),
        .type = kh_row_text(row, 2).at,
        .actor = kh_row_text(row, 3).at,
        .body = kh_row_text(row, 4).at,
    };

    if (walk->each)
        walk->is_stopped = !walk->each(walk->user, &entry);
}

static enum kh_err check_head(const struct walk *walk, const struct kh_journal_head *head,
                              struct kh_error *error)
{
    uint64_t last = walk->next - 1;

    if (last < head->seq)
        return kh_row_bad(walk->council, walk->next, "is missing at the end", error);
    if (last > head->seq)
        return kh_row_bad(walk->council, head->seq + 1,
                          "was not written by kyhop: the head of the chain stands before it",
                          error);
    if (memcmp(walk->previous, head->hash, KH_HASH_BYTES) != 0)
        return kh_row_bad(walk->council, last, "is not the one that the head of the chain names",
                          error);
    return KH_OK;
}

static enum kh_err walk_entries(struct walk *walk, struct kh_error *error)
{
    sqlite3_stmt *row = kh_store_use(walk->journal, KH_ST_ENTRIES, walk->council);
    enum kh_err err = KH_OK;
    int rc = SQLITE_DONE;

    sqlite3_bind_int64(row, 2, (int64_t)walk->next);
    while (!err && !walk->is_stopped && (rc = sqlite3_step(row)) == SQLITE_ROW) {
        err = check_entry(walk, row, error);
        if (!err)
            show_entry(walk, row);
    }
    return kh_row_finish(row, rc, err, error);
}

/* The hash before the first entry of the walk. */
static enum kh_err find_previous(struct walk *walk, struct kh_error *error)
{
    sqlite3_stmt *row;
    enum kh_err err;
    bool is_there;
    int rc;

    if (walk->next == 1)
        return KH_OK;
    row = kh_store_use(walk->journal, KH_ST_HASH_AT, walk->council);
    sqlite3_bind_int64(row, 2, (int64_t)(walk->next - 1));
    rc = sqlite3_step(row);
    is_there = rc == SQLITE_ROW && kh_row_hash(row, 0, walk->previous);
    if ((err = kh_row_finish(row, rc, KH_OK, error)))
        return err;
    return is_there ? KH_OK : kh_row_bad(walk->council, walk->next - 1, "is missing", error);
}

static enum kh_err walk_chain(struct walk *walk, struct kh_error *error)
{
    struct kh_journal_head head;
    enum kh_err err = kh_heads_get(walk->journal, KH_ST_HEAD, walk->council, &head, error);

    if (err)
        return err;
    if (walk->next > 1 && walk->next - 1 > head.seq)
        return KH_OK; /* asked for what comes after the newest: nothing yet */
    if ((err = find_previous(walk, error)) || (err = walk_entries(walk, error)))
        return err;
    return walk->is_stopped ? KH_OK : check_head(walk, &head, error);
}

/* All reading of one call sees the same state, also beside a writing server. */
static enum kh_err begin_snapshot(struct kh_journal *journal, struct kh_error *error)
{
    KH_REQUIRE(sqlite3_get_autocommit(journal->reader)); /* @each called a reading function */
    return kh_store_run(kh_store_use(journal, KH_ST_SNAPSHOT, NULL), "read the journal", error);
}

static void end_snapshot(struct kh_journal *journal)
{
    kh_store_end(journal->reader, journal->statements[KH_ST_END_SNAPSHOT]);
}

enum kh_err kh_journal_read(struct kh_journal *journal, const char *council, uint64_t from,
                            bool (*each)(void *user, const struct kh_entry *entry), void *user,
                            struct kh_error *error)
{
    struct walk walk = {
        .journal = journal, .council = council, .next = from ? from : 1, .each = each, .user = user
    };
    enum kh_err err = begin_snapshot(journal, error);

    if (err)
        return err;
    err = walk_chain(&walk, error);
    end_snapshot(journal);
    return err;
}

static enum kh_err verify_one(struct kh_journal *journal, const char *council, uint64_t *entries,
                              struct kh_error *error)
{
    struct walk walk = { .journal = journal, .council = council, .next = 1 };
    enum kh_err err = walk_chain(&walk, error);

    if (!err)
        *entries += walk.next - 1;
    return err;
}

static enum kh_err verify_all(struct kh_journal *journal, uint64_t *entries, struct kh_error *error)
{
    sqlite3_stmt *row = kh_store_use(journal, KH_ST_COUNCILS, NULL);
    enum kh_err err = KH_OK;
    int rc = SQLITE_DONE;

    while (!err && (rc = sqlite3_step(row)) == SQLITE_ROW)
        err = verify_one(journal, kh_row_text(row, 0).at, entries, error);
    return kh_row_finish(row, rc, err, error);
}

enum kh_err kh_journal_verify(struct kh_journal *journal, const char *council, uint64_t *entries,
                              struct kh_error *error)
{
    uint64_t n_checked = 0;
    enum kh_err err = begin_snapshot(journal, error);

    if (err)
        return err;
    err = council ? verify_one(journal, council, &n_checked, error)
                  : verify_all(journal, &n_checked, error);
    end_snapshot(journal);
    if (!err && entries)
        *entries = n_checked;
    return err;
}
