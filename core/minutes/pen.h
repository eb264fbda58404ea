/* pen.h - how texts, times and words get onto the page.
 *
 * Internal to core/minutes; one thread. Owns nothing. Everything that came out of the journal goes
 * through kh_pen_text(): names and notes are hostile input. */
#ifndef KH_MINUTES_PEN_H
#define KH_MINUTES_PEN_H

#include "minutes/minutes.h"

struct kh_pen {
    GString *out;
    enum kh_minutes_language language;
    GTimeZone *zone;
    bool is_html; /* else XML: no <bdi>, no <span> */
};

/* Text for XML and HTML content and attributes; characters that XML 1.0 section 2.2 forbids become
 * U+FFFD. */
void kh_pen_escape(GString *out, const char *text);

/* Markup as it is. */
void kh_pen_raw(struct kh_pen *pen, const char *markup);
/* Text of others (NULL: nothing), isolated so that its direction ends with it. */
void kh_pen_text(struct kh_pen *pen, const char *text);
/* The word @part.@word, or @word itself where it is the procedure's own. */
void kh_pen_word(struct kh_pen *pen, const char *part, const char *word);
/* {vi, en} of the record. */
void kh_pen_both(struct kh_pen *pen, const json_t *words);
/* A person's name; with the group. Nothing for null. */
void kh_pen_name(struct kh_pen *pen, const json_t *person);
void kh_pen_person(struct kh_pen *pen, const json_t *person);
/* RFC 3339 of the record as local "08:00:05", "08:00:05 18/07/2022", "2022-07-18T08:00:05+07:00".
 * Nothing for NULL. */
void kh_pen_clock(struct kh_pen *pen, const json_t *time);
void kh_pen_date(struct kh_pen *pen, const json_t *time);
void kh_pen_iso(struct kh_pen *pen, const json_t *time);
/* "6:58", "1:02:03"; negative ones with their sign. */
void kh_pen_duration(struct kh_pen *pen, const json_t *ms);
void kh_pen_int(struct kh_pen *pen, int64_t number);
/* "50,67 %" or "50.67 %": rounded for the eye only, decisions compare integers. */
void kh_pen_share(struct kh_pen *pen, int64_t part, int64_t whole);

/* --- short ways into the record --- */
const char *kh_pen_string(const json_t *object, const char *name); /* "" when there is none */
int64_t kh_pen_number(const json_t *object, const char *name);     /* 0 when there is none */
/* The first option of @vote's options with that id, NULL for none. */
const json_t *kh_pen_by_id(const json_t *list, const char *id);

/* --- the formats --- */
void kh_html_write(struct kh_pen *pen, const json_t *record);
void kh_csv_write(struct kh_pen *pen, const json_t *record);
void kh_akn_write(struct kh_pen *pen, const json_t *record);
/* An entry of the course as a table row, of HTML (course.c). */
void kh_course_row(struct kh_pen *pen, const json_t *entry);

#endif
