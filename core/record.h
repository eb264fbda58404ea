/* record.h - the way back: a journal's session as a written sitting (`kyhop rehearse --record`).
 *
 * Any thread that may wait; reads the journal beside a running server. */
#ifndef KH_RECORD_H
#define KH_RECORD_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What of a journal is wanted. */
struct kh_record_part {
    uint32_t session, sitting; /* 0: all. A sitting begins with what came since the one before it */
    /* Leave out, with a comment, what the API does not tell: who voted what where only totals are
     * public, names and counts of a vote that was never closed, why somebody was excused. */
    bool is_discreet;
    /* procedure.describe's settings: those that had another value than its default are written as
     * `set`, those that it does not have as comments. NULL: all are, as comments. Borrowed. */
    const json_t *declared;
};

/* Write it from the journal of @council under @data to @out. Settings, roster and agenda are always
 * there. KH_ERR_NOT_FOUND: there is no such journal, council, session or sitting; KH_ERR_CORRUPT:
 * an entry cannot be read (named). */
enum kh_err kh_record_part(const char *data, const char *council, const struct kh_record_part *part,
                           FILE *out, struct kh_error *error) KH_MUST_CHECK;

#endif
