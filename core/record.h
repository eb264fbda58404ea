/* record.h - the way back: a journal's session as a written sitting (`kyhop rehearse --record`).
 *
 * One thread of its own process; reads the journal beside a running server. */
#ifndef KH_RECORD_H
#define KH_RECORD_H

#include "base/err.h"

#include <stdio.h>

/* Write everything of @council in the journal under @data to @out. KH_ERR_NOT_FOUND: there is no
 * such journal or council; KH_ERR_CORRUPT: an entry cannot be read (named). */
enum kh_err kh_record_transcript(const char *data, const char *council, FILE *out,
                                 struct kh_error *error) KH_MUST_CHECK;

#endif
