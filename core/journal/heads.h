/* heads.h - the heads of the chains, for the writing and the opening part of the journal.
 *
 * Internal to core/journal; the thread of the journal. Owns nothing. */
#ifndef KH_JOURNAL_HEADS_H
#define KH_JOURNAL_HEADS_H

#include "journal/store.h"

/* The head of @council by @which: KH_ST_NEWEST (with the open batch) or KH_ST_HEAD (committed);
 * seq 0 and a hash of zeros when it has none. */
enum kh_err kh_heads_get(struct kh_journal *journal, enum kh_statement which, const char *council,
                         struct kh_journal_head *head, struct kh_error *error) KH_MUST_CHECK;

/* Does each council's head stand at its newest entry? Quick: for opening. KH_ERR_CORRUPT. */
enum kh_err kh_heads_check(struct kh_journal *journal, struct kh_error *error) KH_MUST_CHECK;

#endif
