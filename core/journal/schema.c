#include "journal/schema.h"

#include "journal/store.h"

/* The triggers keep other programs (a person with a database tool) from changing the past by
 * accident; the hash chain shows it when somebody does it on purpose. REPLACE runs no delete
 * trigger, so the insert trigger refuses every seq but the next. */
static const char create_sql[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE journal ("
    "  council TEXT NOT NULL,"
    "  seq INTEGER NOT NULL CHECK (seq > 0),"
    "  at_ms INTEGER NOT NULL,"
    "  type TEXT NOT NULL,"
    "  actor TEXT NOT NULL,"
    "  body TEXT NOT NULL,"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32),"
    "  PRIMARY KEY (council, seq)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE head ("
    "  council TEXT NOT NULL PRIMARY KEY,"
    "  seq INTEGER NOT NULL CHECK (seq > 0),"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER journal_update BEFORE UPDATE ON journal"
    "  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
    "CREATE TRIGGER journal_delete BEFORE DELETE ON journal"
    "  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
    "CREATE TRIGGER journal_insert BEFORE INSERT ON journal"
    "  WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM journal WHERE council = NEW.council)"
    "  BEGIN SELECT RAISE(ABORT, 'the journal has no gaps'); END;"
    "CREATE TRIGGER head_delete BEFORE DELETE ON head"
    "  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
    "CREATE TRIGGER head_update BEFORE UPDATE ON head"
    "  WHEN NEW.council <> OLD.council OR NEW.seq <> OLD.seq + 1"
    "  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"
    "PRAGMA application_id = 1264142416;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

static enum kh_err number(sqlite3 *db, const char *sql, int64_t *value, struct kh_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum kh_err err = KH_OK;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        *value = sqlite3_column_int64(statement, 0);
    else
        err = kh_store_fail(db, "open the journal", error);
    sqlite3_finalize(statement);
    return err;
}

static enum kh_err create_tables(sqlite3 *db, struct kh_error *error)
{
    enum kh_err err;

    if (sqlite3_exec(db, create_sql, NULL, NULL, NULL) == SQLITE_OK)
        return KH_OK;
    err = kh_store_fail(db, "create the journal", error);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return err;
}

enum kh_err kh_schema_ensure(sqlite3 *db, bool create, struct kh_error *error)
{
    int64_t application = 0, format = 0, n_objects = 0;
    enum kh_err err;

    _Static_assert(KH_SCHEMA_APPLICATION == 1264142416 && KH_SCHEMA_FORMAT == 1,
                   "the numbers in create_sql");
    if ((err = number(db, "PRAGMA application_id", &application, error)) ||
        (err = number(db, "PRAGMA user_version", &format, error)) ||
        (err = number(db, "SELECT count(*) FROM sqlite_schema", &n_objects, error)))
        return err;
    if (create && application == 0 && format == 0 && n_objects == 0)
        return create_tables(db, error);
    if (application != KH_SCHEMA_APPLICATION)
        return kh_err_set(error, KH_ERR_CORRUPT,
                          "%s is a database, but not a journal of kyhop; move it away",
                          sqlite3_db_filename(db, "main"));
    if (format != KH_SCHEMA_FORMAT)
        return kh_err_set(error, KH_ERR_CORRUPT,
                          "%s has journal format %lld, this kyhop knows format %d; use the kyhop "
                          "that wrote it, or a newer one",
                          sqlite3_db_filename(db, "main"), (long long)format, KH_SCHEMA_FORMAT);
    return KH_OK;
}
