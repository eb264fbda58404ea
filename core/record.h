/* record.h - the way back: a journal's session as a written sitting (`kyhop rehearse --record`).
 *
 * Any thread that may wait; reads the journal beside a running server. */
#ifndef KH_RECORD_H
#define KH_RECORD_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Write everything of @council in the journal under @data to @out. KH_ERR_NOT_FOUND: there is no
 * such journal or council; KH_ERR_CORRUPT: an entry cannot be read (named). */
enum kh_err kh_record_transcript(const char *data, const char *council, FILE *out,
                                 struct kh_error *error) KH_MUST_CHECK;

/* What of a journal is wanted. */
struct kh_record_part {
    uint32_t session, sitting; /* 0: all. A sitting begins with what came since the one before it */
    /* Leave out, with a comment, what the API does not tell: who voted what where only totals are
     * public, names and counts of a vote that was never closed, why somebody was excused. */
    bool is_discreet;
};

/* The same of a part. Roster and agenda are always there. KH_ERR_NOT_FOUND also: no such session
 * or sitting. */
enum kh_err kh_record_part(const char *data, const char *council, const struct kh_record_part *part,
                           FILE *out, struct kh_error *error) KH_MUST_CHECK;

#endif
