/* row.h - values out of result rows, and what is said about bad ones.
 *
 * Internal to core/journal; the thread of the journal. Owns nothing: texts are borrowed until the
 * statement moves on. */
#ifndef KH_JOURNAL_ROW_H
#define KH_JOURNAL_ROW_H

#include "journal/chain.h"
#include "journal/store.h"

/* The text in @column; "" for NULL. */
struct kh_text kh_row_text(sqlite3_stmt *row, int column);

/* Copy the hash in @column; false when it does not hold one. */
bool kh_row_hash(sqlite3_stmt *row, int column, uint8_t hash[KH_HASH_BYTES]) KH_MUST_CHECK;

/* KH_ERR_CORRUPT: "journal of council C: entry N @what". */
enum kh_err kh_row_bad(const char *council, uint64_t seq, const char *what, struct kh_error *error);

/* Reset @statement, whose last step gave @rc (a row, the end, or a failure, then kh_store_fail()).
 * @err is a failure found in the rows before; it stays the result. */
enum kh_err kh_row_finish(sqlite3_stmt *statement, int rc, enum kh_err err,
                          struct kh_error *error) KH_MUST_CHECK;

#endif
