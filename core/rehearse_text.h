/* rehearse_text.h - the text of a written sitting: lines, words, times and values.
 *
 * Any thread. Words are kept in the line's own memory until the next line is read. */
#ifndef KH_REHEARSE_TEXT_H
#define KH_REHEARSE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { KH_WORDS_MAX = 256, KH_LINE_BYTES = 16384 };

/* One word: a name, or name=value, name~value; or the arrow. */
struct kh_word {
    const char *name;
    const char *value; /* NULL: a name alone */
    char relation;     /* '=' or '~' where there is a value */
    bool is_arrow;     /* => */
    bool was_quoted;
    bool is_text; /* the value is quoted */
    unsigned line;
};

/* A line with those that continue it (indented lines that begin with "=>"). */
struct kh_script_line {
    struct kh_word word[KH_WORDS_MAX];
    unsigned n, line;
    char text[KH_LINE_BYTES];
    char source[512]; /* the first line as it stands, for messages */
};

struct kh_script {
    FILE *file;
    unsigned line;  /* last one read */
    bool has_ahead; /* a line was read that does not belong to the last */
    char ahead[KH_LINE_BYTES];
    char problem[200]; /* of the last read */
};

/* False at the end of the file, or when @script->problem is set. */
bool kh_script_next(struct kh_script *script, struct kh_script_line *line);

/* "08:30", "08:30:15", "08:30:15.250" as ms of the day. */
bool kh_script_time(const char *text, int64_t *ms);
/* "7:00", "60", "90s", "2m", "1.5" (seconds) as ms. */
bool kh_script_duration(const char *text, int64_t *ms);
/* "2026-07-18" as Unix ms of its midnight (UTC). */
bool kh_script_date(const char *text, int64_t *ms);

/* "d2..d75,an": calls @each with every id. False: not a list that makes sense, or @each said so. */
typedef bool kh_script_each(void *user, const char *id, unsigned number);
bool kh_script_range(const char *text, kh_script_each *each, void *user);

#endif
