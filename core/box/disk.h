/* disk.h - box.db: one SQLite file with the entries, the seals and the openings.
 *
 * Internal to core/box; one thread at a time. Owns the connection and, with it, the lock on the
 * file. Everything that was written is on disk when the call returns. */
#ifndef KH_BOX_DISK_H
#define KH_BOX_DISK_H

#include "base/err.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kh_disk_statement {
    KH_DISK_BEGIN,
    KH_DISK_COMMIT,
    KH_DISK_ROLLBACK,
    KH_DISK_ENTRY,
    KH_DISK_ENTRIES,
    KH_DISK_NUMBER,
    KH_DISK_INSERT,
    KH_DISK_SEAL,
    KH_DISK_SEALED,
    KH_DISK_OPENING,
    KH_DISK_UNSEAL,
    KH_DISK_DROP_ENTRIES,
    KH_DISK_DROP_SEAL,
    KH_DISK_DROP_OPENINGS,
    KH_DISK_MARK_CLEAN,
    KH_DISK_UNCLEAN,
    KH_DISK_IS_UNCLEAN,
    KH_DISK_STATEMENTS,
};

struct kh_disk {
    sqlite3 *db;
    sqlite3_stmt *statements[KH_DISK_STATEMENTS];
    uint8_t secret[32]; /* box_secret */
};

/* Which vote; ?1 and ?2 of nearly all statements. */
struct kh_disk_key {
    const char *council;
    uint32_t vote;
};

/* Open or make @directory/box.db, with its secret. @disk is to be closed also after a failure. A
 * file that was sealed and not yet written anew when the process died is written anew here. */
enum kh_err kh_disk_open(struct kh_disk *disk, const char *directory,
                         struct kh_error *error) KH_MUST_CHECK;
void kh_disk_close(struct kh_disk *disk);

/* @which, reset and bound to @key (NULL: the statement has none). What the caller binds besides
 * must stay until kh_disk_done(). */
sqlite3_stmt *kh_disk_use(struct kh_disk *disk, enum kh_disk_statement which,
                          const struct kh_disk_key *key);
void kh_disk_bind(sqlite3_stmt *statement, int index, const void *bytes, size_t n);
/* Is there a (further) row? A failure is told in @err, with @error. */
bool kh_disk_row(sqlite3_stmt *statement, enum kh_err *err, struct kh_error *error);
/* Column @index when it is a blob of just @n bytes, else NULL; borrowed until the next step. */
const uint8_t *kh_disk_bytes(sqlite3_stmt *statement, int index, size_t n);
/* End a statement that gave rows. */
void kh_disk_done(sqlite3_stmt *statement);
/* Run a statement that gives none. Not in a transaction, it is on disk then. */
enum kh_err kh_disk_run(sqlite3_stmt *statement, struct kh_error *error) KH_MUST_CHECK;
/* Run the @n statements of one transaction, all bound to @key alone. */
enum kh_err kh_disk_run_all(struct kh_disk *disk, const enum kh_disk_statement which[], unsigned n,
                            const struct kh_disk_key *key, struct kh_error *error) KH_MUST_CHECK;
/* End a transaction in which something failed; nothing when there is none. */
void kh_disk_rollback(struct kh_disk *disk);

/* After KH_DISK_UNCLEAN: write the file anew, in the order of its keys, and blank what the last
 * transactions left in the rollback journal. Needs space for a second copy; a failure may be
 * repeated. */
enum kh_err kh_disk_clean_if_wanted(struct kh_disk *disk, struct kh_error *error) KH_MUST_CHECK;

/* The failure of the last call to SQLite. */
enum kh_err kh_disk_fail(const struct kh_disk *disk, struct kh_error *error);

#endif
