/* sql.h - what an SQLite failure means for us, in one place for all who keep a file.
 *
 * Any thread; owns nothing. */
#ifndef KH_SQL_SQL_H
#define KH_SQL_SQL_H

#include "base/err.h"

#include <sqlite3.h>
#include <stdbool.h>

/* Does this errno mean that nothing more can be written here (no space, quota, size limit,
 * read-only)? */
bool kh_sql_is_full(int sys_errno);

/* What somebody can do about it, with its "; " in front; NULL: nothing to add. Where the space is
 * missing, that is said anyway. */
struct kh_sql_advice {
    const char *busy, *corrupt;
};

/* The kh_err for the last failure on @db: "WHAT: SQLite's words: the system's; advice". Call it
 * before anything else touches @db. The system's cause is in errno, where a failing commit leaves
 * it, or else SQLite knows it: so set errno to 0 before a statement is run. KH_ERR_FULL,
 * KH_ERR_BUSY, KH_ERR_CORRUPT (not such a file, or somebody changed the schema), KH_ERR_NOMEM,
 * KH_ERR_IO. */
enum kh_err kh_sql_fail(sqlite3 *db, const char *what, const struct kh_sql_advice *advice,
                        struct kh_error *error);

#endif
