/* course_part.h - what the rows of the HTML table share; inside of core/minutes only.
 *
 * One thread; all write to the pen's text. */
#ifndef KH_MINUTES_COURSE_PART_H
#define KH_MINUTES_COURSE_PART_H

#include "minutes/pen.h"

void kh_course_label(struct kh_pen *pen, const char *part, const char *word); /* "Form: " */
/* " – Name" of the person at @name, nothing when there is none. */
void kh_course_by(struct kh_pen *pen, const json_t *object, const char *name);
/* " – words (rule …) – note" where @object has some. */
void kh_course_reason_of(struct kh_pen *pen, const json_t *object);
void kh_course_open_line(struct kh_pen *pen);
void kh_course_close_line(struct kh_pen *pen);
void kh_course_people(struct kh_pen *pen, const json_t *list); /* "A, B (by proxy: C)" */

/* course_vote.c */
void kh_course_vote(struct kh_pen *pen, const json_t *entry);

#endif
