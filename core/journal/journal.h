/* journal.h - the append-only record of every event: the only truth after a restart.
 *
 * Engine thread only (one thread at a time). A small interface on purpose: SQLite (WAL,
 * synchronous=FULL) stands behind it today, a replicated log can tomorrow. It owns its files and
 * the lock on them. Entries of one council are numbered 1, 2, 3 … without gaps and chained: each
 * hash covers the entry and the hash before it. README.md has the format byte by byte. */
#ifndef KH_JOURNAL_JOURNAL_H
#define KH_JOURNAL_JOURNAL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kh_journal;

enum {
    KH_HASH_BYTES = 32,
    KH_JOURNAL_WORD_MAX_BYTES = 128,      /* council, type and actor */
    KH_JOURNAL_BODY_MAX_BYTES = 16 << 20, /* a roster of thousands fits with room to spare */
};

struct kh_entry {
    uint64_t seq;      /* per council, from 1 */
    int64_t at_ms;     /* Unix time */
    const char *type;  /* event word, e.g. "floor.granted" */
    const char *actor; /* person's id, or "" for the server itself */
    const char *body;  /* JSON object, UTF-8 */
};

/* Open or create @path/kyhop.db for writing (the directory must exist). A torn last transaction is
 * rolled back by SQLite. Errors: KH_ERR_NOT_FOUND (no such directory), KH_ERR_IO, KH_ERR_FULL
 * (no space, or a read-only file system), KH_ERR_CORRUPT (not a journal, of a newer format
 * version, or entries are missing at the end), KH_ERR_BUSY (another process writes it). */
enum kh_err kh_journal_open(const char *path, struct kh_journal **out,
                            struct kh_error *error) KH_MUST_CHECK;

/* Open an existing @path/kyhop.db only for reading and verifying; works beside a server that
 * writes it. Errors as kh_journal_open(), KH_ERR_NOT_FOUND also without a journal there. begin,
 * append and commit on it are bugs. */
enum kh_err kh_journal_open_readonly(const char *path, struct kh_journal **out,
                                     struct kh_error *error) KH_MUST_CHECK;

void kh_journal_close(struct kh_journal *journal); /* accepts NULL; an open batch is lost */

/* Begin a batch, append, commit: one fsync. Nothing of a batch is seen by the reading calls below
 * before the commit. After a failed append or commit the batch is rolled back and closed, and the
 * journal can be used again: the next call is begin. Append or commit without a batch, and begin
 * inside one, are bugs.
 * KH_ERR_FULL: no space left on the device (also quota and read-only file systems), KH_ERR_IO,
 * KH_ERR_BUSY: another program holds SQLite's write lock (waited 100 ms).
 * append also KH_ERR_INVALID: @entry->seq is not the one after the newest, a word (council, type,
 * actor) or the body is longer than its limit, or council or type is empty. */
enum kh_err kh_journal_begin(struct kh_journal *journal, struct kh_error *error) KH_MUST_CHECK;
enum kh_err kh_journal_append(struct kh_journal *journal, const char *council,
                              const struct kh_entry *entry, struct kh_error *error) KH_MUST_CHECK;
enum kh_err kh_journal_commit(struct kh_journal *journal, struct kh_error *error) KH_MUST_CHECK;
void kh_journal_rollback(struct kh_journal *journal); /* idempotent */

/* The newest committed seq of @council, 0 when it has none. */
enum kh_err kh_journal_last(struct kh_journal *journal, const char *council, uint64_t *seq,
                            struct kh_error *error) KH_MUST_CHECK;

/* The newest committed entry of a council: what minutes print, so that a paper copy holds the
 * whole chain before it. */
struct kh_journal_head {
    const char *council;
    uint64_t seq;
    uint8_t hash[KH_HASH_BYTES];
};

/* Call @each for every council's head, in order of the council's name; borrowed for the call.
 * @each returning false stops (still KH_OK). */
enum kh_err kh_journal_heads(struct kh_journal *journal,
                             bool (*each)(void *user, const struct kh_journal_head *head),
                             void *user, struct kh_error *error) KH_MUST_CHECK;

/* Call @each for every entry of @council with seq >= @from (0 counts as 1), in order; strings are
 * borrowed for the call. @each returning false stops (still KH_OK). @each may use a batch but no
 * other reading call. Each entry's place in the chain is checked before @each sees it:
 * KH_ERR_CORRUPT as by verify. */
enum kh_err kh_journal_read(struct kh_journal *journal, const char *council, uint64_t from,
                            bool (*each)(void *user, const struct kh_entry *entry), void *user,
                            struct kh_error *error) KH_MUST_CHECK;

/* Check the hash chain of every council (or of @council when not NULL). KH_ERR_CORRUPT names
 * council and seq of the first bad entry in @error: changed, missing, out of order. @entries (may
 * be NULL) is the number of entries checked. */
enum kh_err kh_journal_verify(struct kh_journal *journal, const char *council, uint64_t *entries,
                              struct kh_error *error) KH_MUST_CHECK;

#endif
