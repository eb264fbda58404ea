/* store.h - the SQLite file behind the journal: opening, schema, statements, error codes.
 *
 * Internal to core/journal; the thread of the journal. A kh_journal owns two connections (a batch
 * under way is invisible to the reading one), their prepared statements and the writer's lock. */
#ifndef KH_JOURNAL_STORE_H
#define KH_JOURNAL_STORE_H

#include "journal/journal.h"

#include <sqlite3.h>

enum kh_statement {
    KH_ST_BEGIN,
    KH_ST_COMMIT,
    KH_ST_ROLLBACK,
    KH_ST_NEWEST, /* head of ?1, inside the batch */
    KH_ST_INSERT,
    KH_ST_SET_HEAD,
    KH_ST_WRITER_COUNT, /* the ones above belong to the writing connection */
    KH_ST_SNAPSHOT = KH_ST_WRITER_COUNT,
    KH_ST_END_SNAPSHOT,
    KH_ST_HEAD,
    KH_ST_HEADS,
    KH_ST_COUNCILS, /* by head or by entry: a tampered journal may have one without the other */
    KH_ST_HASH_AT,
    KH_ST_ENTRIES,
    KH_ST_COUNT,
};

struct kh_journal {
    sqlite3 *writer; /* NULL when opened read-only */
    sqlite3 *reader;
    sqlite3_stmt *statements[KH_ST_COUNT];
    int lock_fd;         /* -1 when opened read-only */
    bool in_batch;       /* begun, and neither committed nor rolled back */
    bool is_log_suspect; /* it may hold a refused batch whole: empty it before the next one */
};

/* Open @directory/kyhop.db into the zeroed @journal, for writing or not; errors as
 * kh_journal_open(). On failure kh_store_close() frees what was opened. */
enum kh_err kh_store_open(struct kh_journal *journal, const char *directory, bool writes,
                          struct kh_error *error) KH_MUST_CHECK;
void kh_store_close(struct kh_journal *journal);

/* The kh_err for the last failure on @db, with @doing ("write the journal") and what to do in
 * the text. Call it before anything else touches @db. */
enum kh_err kh_store_fail(sqlite3 *db, const char *doing, struct kh_error *error);

/* The prepared statement, with @council bound to ?1 when not NULL. */
sqlite3_stmt *kh_store_use(struct kh_journal *journal, enum kh_statement which,
                           const char *council);

/* Take a statement that returns no rows to its end; KH_ERR_* as kh_store_fail(). */
enum kh_err kh_store_run(sqlite3_stmt *statement, const char *doing,
                         struct kh_error *error) KH_MUST_CHECK;

/* End the transaction of @db, if it has one, by @statement: a rollback, or the commit of one that
 * only read. SQLite ends it by itself after some failures. A failure here is not told: nothing was
 * to be written, and the next begin meets the same trouble. */
void kh_store_end(sqlite3 *db, sqlite3_stmt *statement);

/* Copy the log into the database and empty it; KH_ERR_* as kh_store_fail(). */
enum kh_err kh_store_empty_log(struct kh_journal *journal, struct kh_error *error) KH_MUST_CHECK;

#endif
