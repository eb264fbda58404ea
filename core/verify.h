/* verify.h - `kyhop verify`: is the journal whole, and do the boxes of secret votes say what it
 * says?
 *
 * One thread, no server needed. Writes what it finds to standard output, in both languages where
 * people outside read it. */
#ifndef KH_VERIFY_H
#define KH_VERIFY_H

#include "base/err.h"
#include "journal/journal.h"

/* Recount one published box (the answer of GET /box/COUNCIL/VOTE, as a file): all that it lets an
 * outsider check. KH_ERR_CORRUPT: the first check that does not hold is in @error; KH_ERR_INVALID:
 * not such a file. */
enum kh_err kh_verify_box(const char *path, struct kh_error *error) KH_MUST_CHECK;

/* Recount all boxes in @data/boxes, and hold each against the journal: key, paper key, papers
 * issued, number, hash, counts. Errors as kh_verify_box() and kh_journal_read(). */
enum kh_err kh_verify_boxes(struct kh_journal *journal, const char *data,
                            struct kh_error *error) KH_MUST_CHECK;

#endif
