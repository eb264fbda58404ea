/* rehearse_match.h - what a written sitting expects, compared with what happened.
 *
 * Any thread. Works on the wire's JSON, so that a clerk names fields as the API does. */
#ifndef KH_REHEARSE_MATCH_H
#define KH_REHEARSE_MATCH_H

#include "rehearse_text.h"

#include <jansson.h>

/* Does @object (an event's fields) have what @word says: limit=7:00, reason.code=max_two,
 * result.explanation.en~"41 for"? */
bool kh_match_field(const json_t *object, const struct kh_word *word);

/* The words from @from up to the next arrow: an expected event. Returns how many. */
unsigned kh_match_span(const struct kh_script_line *line, unsigned from);

/* Does the event (its type and fields) fit the @n words at @word? */
bool kh_match_event(const char *type, const json_t *fields, const struct kh_word *word, unsigned n);

/* Words as they were written, and an event as one would write it. */
void kh_match_print_words(FILE *out, const struct kh_word *word, unsigned n);
void kh_match_print_event(FILE *out, const char *type, const json_t *fields);

#endif
