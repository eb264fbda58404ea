/* transcript.h - a real sitting as a written one: journalled events become lines of a .sitting
 * file.
 *
 * Any one thread. What people did becomes commands; what came of it becomes expectations; what the
 * clock did becomes `clock` lines. Yesterday's sitting so becomes a test of tomorrow's rule. */
#ifndef KH_TRANSCRIPT_H
#define KH_TRANSCRIPT_H

#include "session/state.h"

#include <jansson.h>
#include <stdio.h>

/* A zeroed struct with @out set is a transcript that has not begun. */
struct kh_transcript {
    FILE *out;
    int64_t day;   /* days since 1970 of the last line; 0: none yet */
    int64_t at_ms; /* of the last event */
    kh_person actor;
    uint32_t unasked; /* a request that the chair makes for somebody, until it is granted */
    unsigned n_lines;
};

/* "set NAME=VALUE", which must come before roster and agenda; or the same as a comment. @value is a
 * number, true or false, or a text. */
void kh_transcript_setting(struct kh_transcript *transcript, const char *name, const json_t *value,
                           bool is_comment);

/* One event, already applied to @state. @is_first: it is the first of its decision. */
void kh_transcript_event(struct kh_transcript *transcript, const struct kh_state *state,
                         const struct kh_event *event, bool is_first);

/* Is @event the first of a decision, judging by the one before it? For journals, which do not say:
 * a person does not decide twice within one millisecond. */
bool kh_transcript_is_first(const struct kh_transcript *transcript, const struct kh_event *event);

#endif
