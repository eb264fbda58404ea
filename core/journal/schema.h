/* schema.h - the tables of format version 1, and the check that a file has them.
 *
 * Internal to core/journal; the thread of the journal. Owns nothing. */
#ifndef KH_JOURNAL_SCHEMA_H
#define KH_JOURNAL_SCHEMA_H

#include "journal/journal.h"

#include <sqlite3.h>

enum {
    KH_SCHEMA_APPLICATION = 0x4b594850, /* "KYHP" in the file's header */
    KH_SCHEMA_FORMAT = 1,
};

/* Make sure that @db holds a journal of our format; when @create, an empty file becomes one.
 * KH_ERR_CORRUPT: it holds something else, or a newer format. */
enum kh_err kh_schema_ensure(sqlite3 *db, bool create, struct kh_error *error) KH_MUST_CHECK;

#endif
