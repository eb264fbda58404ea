#include "rehearse_text.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- lines and words --- */

static bool is_continued(const char *text)
{
    size_t blank = strspn(text, " \t");

    return blank > 0 && strncmp(text + blank, "=>", 2) == 0;
}

static bool is_empty(const char *text)
{
    text += strspn(text, " \t\r\n");
    return *text == '\0' || *text == '#';
}

static bool read_physical(struct kh_script *script)
{
    if (script->has_ahead)
        return true;
    if (!fgets(script->ahead, sizeof(script->ahead), script->file))
        return false;
    script->line++;
    script->has_ahead = true;
    if (!strchr(script->ahead, '\n') && !feof(script->file))
        snprintf(script->problem, sizeof(script->problem), "the line is too long");
    return script->problem[0] == '\0';
}

struct words {
    struct kh_script *script;
    struct kh_script_line *line;
    const char *from;
    char *to, *end;
};

static bool fail(struct words *w, const char *problem)
{
    snprintf(w->script->problem, sizeof(w->script->problem), "%s", problem);
    return false;
}

/* "..." with \" and \\ inside. */
static bool copy_quoted(struct words *w)
{
    w->from++;
    while (*w->from != '"') {
        if (*w->from == '\0' || *w->from == '\n')
            return fail(w, "a quotation mark is missing");
        if (*w->from == '\\' && (w->from[1] == '"' || w->from[1] == '\\'))
            w->from++;
        if (w->to + 1 >= w->end)
            return fail(w, "the line is too long");
        *w->to++ = *w->from++;
    }
    w->from++;
    return true;
}

static bool read_word(struct words *w)
{
    struct kh_word word = { .name = w->to, .line = w->script->line };

    if (w->line->n == KH_WORDS_MAX)
        return fail(w, "too many words");
    word.is_arrow = strncmp(w->from, "=>", 2) == 0;
    word.was_quoted = *w->from == '"';
    while (*w->from && !strchr(" \t\r\n", *w->from)) {
        if (*w->from == '"') {
            word.is_text = word.is_text || w->to == word.value;
            if (!copy_quoted(w))
                return false;
            continue;
        }
        if (w->to + 2 >= w->end)
            return fail(w, "the line is too long");
        bool is_relation = (*w->from == '=' || *w->from == '~') && !word.value && !word.is_arrow;
        if (is_relation) {
            word.relation = *w->from++;
            *w->to++ = '\0';
            word.value = w->to;
            continue;
        }
        *w->to++ = *w->from++;
        if (word.is_arrow && w->to - word.name == 2)
            break;
    }
    *w->to++ = '\0';
    w->line->word[w->line->n++] = word;
    return true;
}

static bool add_words(struct kh_script *script, struct kh_script_line *line, char **to)
{
    struct words w = { script, line, script->ahead, *to, line->text + sizeof(line->text) };

    for (;;) {
        w.from += strspn(w.from, " \t\r\n");
        if (*w.from == '\0' || *w.from == '#')
            break;
        if (!read_word(&w))
            return false;
    }
    *to = w.to;
    script->has_ahead = false;
    return true;
}

bool kh_script_next(struct kh_script *script, struct kh_script_line *line)
{
    char *to = line->text;

    script->problem[0] = '\0';
    line->n = 0;
    while (read_physical(script) && is_empty(script->ahead))
        script->has_ahead = false;
    if (!script->has_ahead || script->problem[0])
        return false;
    line->line = script->line;
    snprintf(line->source, sizeof(line->source), "%.500s", script->ahead);
    line->source[strcspn(line->source, "\r\n")] = '\0';
    do {
        if (!add_words(script, line, &to))
            return false;
        while (read_physical(script) && is_empty(script->ahead))
            script->has_ahead = false;
        if (script->problem[0])
            return false;
    } while (script->has_ahead && is_continued(script->ahead));
    return true;
}

/* --- values --- */

/* Up to two digits and what follows them. */
static bool two_digits(const char **text, int max, int *value)
{
    char *end;
    long number;

    if (!isdigit((unsigned char)**text))
        return false;
    number = strtol(*text, &end, 10);
    if (end - *text > 2 || number > max)
        return false;
    *text = end;
    *value = (int)number;
    return true;
}

bool kh_script_time(const char *text, int64_t *ms)
{
    int h, m, s = 0;
    double part = 0;

    if (!two_digits(&text, 23, &h) || *text++ != ':' || !two_digits(&text, 59, &m))
        return false;
    if (*text == ':') {
        text++;
        if (!two_digits(&text, 59, &s))
            return false;
    }
    if (*text == '.') {
        size_t digits = strspn(text + 1, "0123456789");
        if (digits == 0 || text[1 + digits] != '\0')
            return false;
        part = strtod(text, NULL);
        text += 1 + digits;
    }
    if (*text != '\0')
        return false;
    *ms = ((int64_t)h * 3600 + m * 60 + s) * 1000 + llround(part * 1000);
    return true;
}

bool kh_script_duration(const char *text, int64_t *ms)
{
    char *end;
    bool is_negative = *text == '-';
    double value = strtod(text, &end);
    int seconds;

    if (end == text || isspace((unsigned char)*text) || !isfinite(value) || fabs(value) > 1e7)
        return false;
    if (*end == ':') {
        const char *rest = end + 1;
        if (!two_digits(&rest, 59, &seconds) || *rest != '\0')
            return false;
        *ms = ((int64_t)value * 60 + (is_negative ? -seconds : seconds)) * 1000;
        return true;
    }
    if (strcmp(end, "m") == 0)
        value *= 60;
    else if (strcmp(end, "s") != 0 && *end != '\0')
        return false;
    *ms = llround(value * 1000);
    return true;
}

bool kh_script_date(const char *text, int64_t *ms)
{
    struct tm tm = { 0 };
    const char *end = strptime(text, "%Y-%m-%d", &tm);

    if (!end || *end != '\0')
        return false;
    *ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

/* "d2..d75" or one id. */
static bool each_of_range(const char *text, kh_script_each *each, void *user)
{
    const char *dots = strstr(text, "..");
    size_t stem = strcspn(text, "0123456789");
    unsigned long from, to;
    char id[64];
    char *end;

    if (!dots)
        return each(user, text, (unsigned)strtoul(text + stem, NULL, 10));
    if (stem >= 24 || strncmp(text, dots + 2, stem) != 0)
        return false;
    from = strtoul(text + stem, &end, 10);
    if (end != dots)
        return false;
    to = strtoul(dots + 2 + stem, &end, 10);
    if (*end != '\0' || to > UINT_MAX || to < from || to - from >= 1024)
        return false;
    for (unsigned long i = from; i <= to; i++) {
        snprintf(id, sizeof(id), "%.*s%lu", (int)stem, text, i);
        if (!each(user, id, (unsigned)i))
            return false;
    }
    return true;
}

bool kh_script_range(const char *text, kh_script_each *each, void *user)
{
    char one[64];

    for (;;) {
        size_t bytes = strcspn(text, ",");
        if (bytes == 0 || bytes >= sizeof(one))
            return false;
        memcpy(one, text, bytes);
        one[bytes] = '\0';
        if (!each_of_range(one, each, user))
            return false;
        if (text[bytes] == '\0')
            return true;
        text += bytes + 1;
    }
}
