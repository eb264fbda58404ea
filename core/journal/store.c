#include "journal/store.h"

#include "base/check.h"
#include "journal/place.h"
#include "journal/schema.h"
#include "sql/sql.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KH_BUSY_WAIT_MS = 100 };

static const char *const statement_sql[KH_ST_COUNT] = {
    [KH_ST_BEGIN] = "BEGIN IMMEDIATE",
    [KH_ST_COMMIT] = "COMMIT",
    [KH_ST_ROLLBACK] = "ROLLBACK",
    [KH_ST_NEWEST] = "SELECT seq, hash FROM head WHERE council = ?1",
    [KH_ST_INSERT] = "INSERT INTO journal (council, seq, at_ms, type, actor, body, hash)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [KH_ST_SET_HEAD] = "INSERT INTO head (council, seq, hash) VALUES (?1, ?2, ?3)"
                       " ON CONFLICT (council) DO UPDATE SET seq = ?2, hash = ?3",
    [KH_ST_SNAPSHOT] = "BEGIN",
    [KH_ST_END_SNAPSHOT] = "COMMIT",
    [KH_ST_HEAD] = "SELECT seq, hash FROM head WHERE council = ?1",
    [KH_ST_HEADS] = "SELECT council, seq, hash FROM head ORDER BY council",
    [KH_ST_COUNCILS] = "SELECT council FROM head UNION SELECT council FROM journal"
                       " ORDER BY council",
    [KH_ST_HASH_AT] = "SELECT hash FROM journal WHERE council = ?1 AND seq = ?2",
    [KH_ST_ENTRIES] = "SELECT seq, at_ms, type, actor, body, hash FROM journal"
                      " WHERE council = ?1 AND seq >= ?2 ORDER BY seq",
};

/* Waits for the disk belong to the commit. At 1,000 pages (4 MiB, SQLite's default, said here so
 * that nobody has to guess) a commit also copies the log into the database. Few of those pages
 * differ, because entries are appended: what it costs is one more fsync every few hundred commits.
 * The log file is cut back to 16 MiB after an outside reader made it grow. */
static const char writer_pragmas[] = "PRAGMA synchronous = FULL;"
                                     "PRAGMA wal_autocheckpoint = 1000;"
                                     "PRAGMA journal_size_limit = 16777216;"
                                     "PRAGMA trusted_schema = OFF;"
                                     "PRAGMA cell_size_check = ON;";

static enum kh_err fail_at(sqlite3 *db, const char *doing, const char *file, struct kh_error *error)
{
    static const struct kh_sql_advice advice = {
        .busy = "; close the other program that uses it",
        .corrupt = "; keep the files as they are, run `kyhop verify` and restore a backup",
    };
    char what[PATH_MAX + 64];

    snprintf(what, sizeof(what), "cannot %s %s", doing, file);
    return kh_sql_fail(db, what, &advice, error);
}

enum kh_err kh_store_fail(sqlite3 *db, const char *doing, struct kh_error *error)
{
    return fail_at(db, doing, sqlite3_db_filename(db, "main"), error);
}

sqlite3_stmt *kh_store_use(struct kh_journal *journal, enum kh_statement which, const char *council)
{
    sqlite3_stmt *statement = journal->statements[which];

    KH_REQUIRE(!sqlite3_stmt_busy(statement));
    sqlite3_reset(statement);
    errno = 0; /* a failing COMMIT leaves its cause here and not in sqlite3_system_errno() */
    if (council)
        KH_REQUIRE(sqlite3_bind_text(statement, 1, council, -1, SQLITE_STATIC) == SQLITE_OK);
    return statement;
}

enum kh_err kh_store_run(sqlite3_stmt *statement, const char *doing, struct kh_error *error)
{
    enum kh_err err = KH_OK;

    if (sqlite3_step(statement) != SQLITE_DONE)
        err = kh_store_fail(sqlite3_db_handle(statement), doing, error);
    sqlite3_reset(statement);
    return err;
}

void kh_store_end(sqlite3 *db, sqlite3_stmt *statement)
{
    if (sqlite3_get_autocommit(db))
        return;
    sqlite3_step(statement);
    sqlite3_reset(statement);
}

enum kh_err kh_store_empty_log(struct kh_journal *journal, struct kh_error *error)
{
    errno = 0;
    if (sqlite3_wal_checkpoint_v2(journal->writer, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
        SQLITE_OK)
        return kh_store_fail(journal->writer, "empty the log of the journal", error);
    return KH_OK;
}

static enum kh_err connect(const char *path, int flags, sqlite3 **db, struct kh_error *error)
{
    int rc = sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

    if (!*db)
        return kh_err_set(error, KH_ERR_NOMEM, "cannot open %s: out of memory", path);
    if (rc != SQLITE_OK)
        return fail_at(*db, "open the journal", path, error);
    sqlite3_busy_timeout(*db, KH_BUSY_WAIT_MS);
    sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return KH_OK;
}

/* The answer of the pragma says what mode it is now: on a file system without shared memory SQLite
 * keeps the old one and calls that a success. */
static enum kh_err use_wal(sqlite3 *db, struct kh_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum kh_err err = KH_OK;

    if (sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        err = kh_store_fail(db, "open the journal", error);
    else if (strcmp((const char *)sqlite3_column_text(statement, 0), "wal") != 0)
        err = kh_err_set(error, KH_ERR_UNSUPPORTED,
                         "%s: this file system cannot share memory, which the journal needs; put "
                         "the data directory on a local one",
                         sqlite3_db_filename(db, "main"));
    sqlite3_finalize(statement);
    return err;
}

static enum kh_err open_writer(struct kh_journal *journal, const char *directory, const char *path,
                               struct kh_error *error)
{
    enum kh_err err;

    if ((err = kh_place_lock(directory, &journal->lock_fd, error)) ||
        (err = kh_place_make_file(path, error)) ||
        (err = connect(path, SQLITE_OPEN_READWRITE, &journal->writer, error)) ||
        (err = use_wal(journal->writer, error)))
        return err;
    if (sqlite3_exec(journal->writer, writer_pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return kh_store_fail(journal->writer, "open the journal", error);
    if ((err = kh_schema_ensure(journal->writer, true, error)))
        return err;
    return kh_place_sync(directory, error);
}

static enum kh_err prepare(struct kh_journal *journal, struct kh_error *error)
{
    int first = journal->writer ? 0 : KH_ST_WRITER_COUNT;

    for (int i = first; i < KH_ST_COUNT; i++) {
        sqlite3 *db = i < KH_ST_WRITER_COUNT ? journal->writer : journal->reader;

        if (sqlite3_prepare_v3(db, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &journal->statements[i], NULL) != SQLITE_OK)
            return kh_store_fail(db, "open the journal", error);
    }
    return KH_OK;
}

enum kh_err kh_store_open(struct kh_journal *journal, const char *directory, bool writes,
                          struct kh_error *error)
{
    char path[PATH_MAX];
    enum kh_err err;

    journal->lock_fd = -1;
    if ((err = kh_place_join(path, directory, "kyhop.db", error)))
        return err;
    if (!writes && access(path, F_OK) < 0)
        return kh_place_fail(path, errno, error);
    if (writes && (err = open_writer(journal, directory, path, error)))
        return err;
    if ((err = connect(path, SQLITE_OPEN_READONLY, &journal->reader, error)) ||
        (err = kh_schema_ensure(journal->reader, false, error)))
        return err;
    return prepare(journal, error);
}

/* The reader first: the last connection to close copies the log into the database. */
void kh_store_close(struct kh_journal *journal)
{
    for (int i = 0; i < KH_ST_COUNT; i++)
        sqlite3_finalize(journal->statements[i]);
    sqlite3_close(journal->reader);
    sqlite3_close(journal->writer);
    if (journal->lock_fd >= 0)
        close(journal->lock_fd);
    *journal = (struct kh_journal){ .lock_fd = -1 };
}
