#include "journal/journal.h"

#include "base/check.h"
#include "journal/chain.h"
#include "journal/heads.h"
#include "journal/store.h"

#include <stdlib.h>
#include <string.h>

static enum kh_err open_journal(const char *path, bool writes, struct kh_journal **out,
                                struct kh_error *error)
{
    struct kh_journal *journal = calloc(1, sizeof(*journal));
    enum kh_err err;

    if (!journal)
        return kh_err_set(error, KH_ERR_NOMEM, "out of memory");
    err = kh_store_open(journal, path, writes, error);
    if (!err && writes)
        err = kh_heads_check(journal, error);
    if (err) {
        kh_journal_close(journal);
        return err;
    }
    *out = journal;
    return KH_OK;
}

enum kh_err kh_journal_open(const char *path, struct kh_journal **out, struct kh_error *error)
{
    return open_journal(path, true, out, error);
}

enum kh_err kh_journal_open_readonly(const char *path, struct kh_journal **out,
                                     struct kh_error *error)
{
    return open_journal(path, false, out, error);
}

void kh_journal_close(struct kh_journal *journal)
{
    if (!journal)
        return;
    kh_journal_rollback(journal);
    kh_store_close(journal);
    free(journal);
}

/* When only the fsync of a commit failed, its bytes are in the log, and a restart would take them
 * for committed. Nobody was told so, and the state does not have them. */
static enum kh_err mend_log(struct kh_journal *journal, struct kh_error *error)
{
    enum kh_err err = KH_OK;

    if (journal->is_log_suspect)
        err = kh_store_empty_log(journal, error);
    if (!err)
        journal->is_log_suspect = false;
    return err;
}

enum kh_err kh_journal_begin(struct kh_journal *journal, struct kh_error *error)
{
    enum kh_err err;

    KH_REQUIRE(journal->writer && !journal->in_batch);
    if ((err = mend_log(journal, error)))
        return err;
    err = kh_store_run(kh_store_use(journal, KH_ST_BEGIN, NULL), "write the journal", error);
    journal->in_batch = !err;
    return err;
}

void kh_journal_rollback(struct kh_journal *journal)
{
    if (!journal->in_batch)
        return;
    journal->in_batch = false;
    kh_store_end(journal->writer, journal->statements[KH_ST_ROLLBACK]);
}

static struct kh_text text_of(const char *string)
{
    return (struct kh_text){ .at = string, .n_bytes = strlen(string) };
}

static enum kh_err check_sizes(const struct kh_chain_link *link, struct kh_error *error)
{
    if (link->council.n_bytes == 0 || link->type.n_bytes == 0)
        return kh_err_set(error, KH_ERR_INVALID, "a journal entry needs a council and a type");
    if (link->council.n_bytes > KH_JOURNAL_WORD_MAX_BYTES ||
        link->type.n_bytes > KH_JOURNAL_WORD_MAX_BYTES ||
        link->actor.n_bytes > KH_JOURNAL_WORD_MAX_BYTES)
        return kh_err_set(error, KH_ERR_INVALID,
                          "a journal entry's council, type or actor is longer than %d bytes",
                          KH_JOURNAL_WORD_MAX_BYTES);
    if (link->body.n_bytes > KH_JOURNAL_BODY_MAX_BYTES)
        return kh_err_set(error, KH_ERR_INVALID,
                          "a journal entry of %zu bytes is longer than %d bytes",
                          link->body.n_bytes, KH_JOURNAL_BODY_MAX_BYTES);
    return KH_OK;
}

static enum kh_err check_is_next(const struct kh_chain_link *link, uint64_t newest,
                                 struct kh_error *error)
{
    if (link->seq == newest + 1 && link->seq <= INT64_MAX)
        return KH_OK;
    return kh_err_set(error, KH_ERR_INVALID,
                      "council %s: entry %llu offered to the journal after entry %llu",
                      link->council.at, (unsigned long long)link->seq, (unsigned long long)newest);
}

static void bind_text(sqlite3_stmt *statement, int column, struct kh_text text)
{
    int rc = sqlite3_bind_text(statement, column, text.at, (int)text.n_bytes, SQLITE_STATIC);
    KH_REQUIRE(rc == SQLITE_OK);
}

static enum kh_err insert(struct kh_journal *journal, const struct kh_chain_link *link,
                          const uint8_t hash[KH_HASH_BYTES], struct kh_error *error)
{
    sqlite3_stmt *statement = kh_store_use(journal, KH_ST_INSERT, link->council.at);

    sqlite3_bind_int64(statement, 2, (int64_t)link->seq);
    sqlite3_bind_int64(statement, 3, link->at_ms);
    bind_text(statement, 4, link->type);
    bind_text(statement, 5, link->actor);
    bind_text(statement, 6, link->body);
    sqlite3_bind_blob(statement, 7, hash, KH_HASH_BYTES, SQLITE_STATIC);
    return kh_store_run(statement, "write the journal", error);
}

static enum kh_err set_head(struct kh_journal *journal, const struct kh_chain_link *link,
                            const uint8_t hash[KH_HASH_BYTES], struct kh_error *error)
{
    sqlite3_stmt *statement = kh_store_use(journal, KH_ST_SET_HEAD, link->council.at);

    sqlite3_bind_int64(statement, 2, (int64_t)link->seq);
    sqlite3_bind_blob(statement, 3, hash, KH_HASH_BYTES, SQLITE_STATIC);
    return kh_store_run(statement, "write the journal", error);
}

static enum kh_err append_link(struct kh_journal *journal, struct kh_chain_link *link,
                               struct kh_error *error)
{
    struct kh_journal_head newest;
    uint8_t hash[KH_HASH_BYTES];
    enum kh_err err;

    if ((err = check_sizes(link, error)) ||
        (err = kh_heads_get(journal, KH_ST_NEWEST, link->council.at, &newest, error)) ||
        (err = check_is_next(link, newest.seq, error)))
        return err;
    memcpy(link->previous, newest.hash, KH_HASH_BYTES);
    kh_chain_hash(link, hash);
    if ((err = insert(journal, link, hash, error)))
        return err;
    return set_head(journal, link, hash, error);
}

enum kh_err kh_journal_append(struct kh_journal *journal, const char *council,
                              const struct kh_entry *entry, struct kh_error *error)
{
    struct kh_chain_link link = {
        .council = text_of(council),
        .seq = entry->seq,
        .at_ms = entry->at_ms,
        .type = text_of(entry->type),
        .actor = text_of(entry->actor),
        .body = text_of(entry->body),
    };
    enum kh_err err;

    KH_REQUIRE(journal->in_batch);
    err = append_link(journal, &link, error);
    if (err)
        kh_journal_rollback(journal);
    return err;
}

enum kh_err kh_journal_commit(struct kh_journal *journal, struct kh_error *error)
{
    enum kh_err err, mended;

    KH_REQUIRE(journal->in_batch);
    err = kh_store_run(kh_store_use(journal, KH_ST_COMMIT, NULL), "write the journal", error);
    if (!err) {
        journal->in_batch = false;
        return KH_OK;
    }
    journal->is_log_suspect = sqlite3_extended_errcode(journal->writer) == SQLITE_IOERR_FSYNC;
    kh_journal_rollback(journal);
    mended = mend_log(journal, NULL);
    (void)mended; /* begin tries again */
    return err;
}
