/* minutes_read.h - minutes out of a journal, and a printed copy held against it.
 *
 * Any thread that has the journal to itself: the engine's, or one with a read-only journal of its
 * own. Owns nothing. */
#ifndef KH_MINUTES_READ_H
#define KH_MINUTES_READ_H

#include "journal/journal.h"
#include "minutes/minutes.h"

/* The record of a session; new reference. Errors as kh_journal_read(), kh_minutes_add() and
 * kh_minutes_record(). */
enum kh_err kh_minutes_read(struct kh_journal *journal, const struct kh_minutes_about *about,
                            json_t **record, struct kh_error *error) KH_MUST_CHECK;

/* Is @hash (64 hexadecimal digits) the chain's at entry @seq of @council, as minutes print it?
 * KH_ERR_INVALID: no such digits; KH_ERR_NOT_FOUND: no such entry; KH_ERR_CORRUPT: another hash, or
 * the chain is broken before it. */
enum kh_err kh_minutes_check(struct kh_journal *journal, const char *council, uint64_t seq,
                             const char *hash, struct kh_error *error) KH_MUST_CHECK;

#endif
