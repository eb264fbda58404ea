/* journal.h - the append-only record of every event: the only truth after a restart.
 *
 * Engine thread only. A small interface on purpose: SQLite (WAL, synchronous=FULL) stands behind
 * it today, a replicated log can tomorrow. Entries of one council are numbered 1, 2, 3 … without
 * gaps and chained: each hash covers the entry and the hash before it. */
#ifndef KH_JOURNAL_JOURNAL_H
#define KH_JOURNAL_JOURNAL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kh_journal;

enum { KH_HASH_BYTES = 32 };

struct kh_entry {
    uint64_t seq;        /* per council, from 1 */
    int64_t at_ms;       /* Unix time */
    const char *type;    /* event word, e.g. "floor.granted" */
    const char *actor;   /* person's id, or "" for the server itself */
    const char *body;    /* JSON object, UTF-8 */
};

/* Open or create @path/kyhop.db (its directory must exist). A torn last transaction is rolled back
 * by SQLite. Errors: KH_ERR_IO, KH_ERR_CORRUPT (not a journal, or of a newer format version),
 * KH_ERR_BUSY (another process writes it). */
enum kh_err kh_journal_open(const char *path, struct kh_journal **out, struct kh_error *error);
void kh_journal_close(struct kh_journal *journal); /* accepts NULL */

/* Begin a batch, append, commit: one fsync. Nothing of a batch is seen before the commit. After
 * a failed append or commit the batch is rolled back and the journal can be used again.
 * KH_ERR_FULL: no space left on the device (also quota and read-only file systems), KH_ERR_IO. */
enum kh_err kh_journal_begin(struct kh_journal *journal, struct kh_error *error) KH_MUST_CHECK;
enum kh_err kh_journal_append(struct kh_journal *journal, const char *council,
                              const struct kh_entry *entry, struct kh_error *error) KH_MUST_CHECK;
enum kh_err kh_journal_commit(struct kh_journal *journal, struct kh_error *error) KH_MUST_CHECK;
void kh_journal_rollback(struct kh_journal *journal); /* idempotent */

/* The newest committed seq of @council, 0 when it has none. */
enum kh_err kh_journal_last(struct kh_journal *journal, const char *council, uint64_t *seq,
                            struct kh_error *error) KH_MUST_CHECK;

/* Call @each for every entry of @council with seq >= @from, in order; strings are borrowed for
 * the call. @each returning false stops (still KH_OK). */
enum kh_err kh_journal_read(struct kh_journal *journal, const char *council, uint64_t from,
                            bool (*each)(void *user, const struct kh_entry *entry), void *user,
                            struct kh_error *error) KH_MUST_CHECK;

/* Check the hash chain of every council (or of @council when not NULL). KH_ERR_CORRUPT names
 * council and seq of the first bad entry in @error: changed, missing, out of order. */
enum kh_err kh_journal_verify(struct kh_journal *journal, const char *council, uint64_t *entries,
                              struct kh_error *error) KH_MUST_CHECK;

#endif
