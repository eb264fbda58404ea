#include "journal/row.h"

#include <string.h>

struct kh_text kh_row_text(sqlite3_stmt *row, int column)
{
    const char *at = (const char *)sqlite3_column_text(row, column);

    return (struct kh_text){ .at = at ? at : "",
                             .n_bytes = (size_t)sqlite3_column_bytes(row, column) };
}

bool kh_row_hash(sqlite3_stmt *row, int column, uint8_t hash[KH_HASH_BYTES])
{
    const void *blob = sqlite3_column_blob(row, column);

    if (!blob || sqlite3_column_bytes(row, column) != KH_HASH_BYTES)
        return false;
    memcpy(hash, blob, KH_HASH_BYTES);
    return true;
}

enum kh_err kh_row_bad(const char *council, uint64_t seq, const char *what, struct kh_error *error)
{
    return kh_err_set(error, KH_ERR_CORRUPT, "journal of council %s: entry %llu %s", council,
                      (unsigned long long)seq, what);
}

enum kh_err kh_row_finish(sqlite3_stmt *statement, int rc, enum kh_err err, struct kh_error *error)
{
    if (!err && rc != SQLITE_DONE && rc != SQLITE_ROW)
        err = kh_store_fail(sqlite3_db_handle(statement), "read the journal", error);
    sqlite3_reset(statement);
    return err;
}
