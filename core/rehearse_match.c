#include "rehearse_match.h"

#include <stdlib.h>
#include <string.h>

/* Follow "result.explanation.en"; a list's element by its number from 1. A last name that is not
 * there is tried with "_ms", for durations. */
static const json_t *follow(const json_t *at, const char *path, bool *is_duration)
{
    char name[64];

    *is_duration = false;
    while (at && *path) {
        size_t bytes = strcspn(path, ".");
        if (bytes + 4 >= sizeof(name))
            return NULL;
        memcpy(name, path, bytes);
        name[bytes] = '\0';
        path += bytes + (path[bytes] == '.');
        if (json_is_array(at)) {
            at = json_array_get(at, strtoul(name, NULL, 10) - 1);
            continue;
        }
        const json_t *next = json_object_get(at, name);
        if (!next) {
            strcat(name, "_ms");
            next = json_object_get(at, name);
            *is_duration = next != NULL;
        }
        at = next;
    }
    return at;
}

/* An RFC 3339 time is written as its time of the day. */
static bool is_time_of_day(const char *value, const char *wanted)
{
    int64_t want, have;
    const char *at = strchr(value, 'T');
    char text[16];

    if (!at || strlen(value) != 24 || !kh_script_time(wanted, &want))
        return false;
    snprintf(text, sizeof(text), "%.12s", at + 1);
    return kh_script_time(text, &have) && have == want;
}

static bool is_joined(const json_t *list, const char *wanted)
{
    char text[1024] = "";
    size_t i, used = 0;
    json_t *value;

    json_array_foreach(list, i, value)
    {
        char number[32];
        const char *one = json_string_value(value);
        snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
        if (used + 100 > sizeof(text))
            return false;
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%.90s", i ? "," : "",
                                 one ? one : number);
    }
    return strcmp(text, wanted) == 0;
}

static bool is_equal(const json_t *value, bool is_duration, const char *wanted)
{
    int64_t ms;
    char *end;

    if (json_is_string(value))
        return strcmp(json_string_value(value), wanted) == 0 ||
               is_time_of_day(json_string_value(value), wanted);
    if (is_duration)
        return kh_script_duration(wanted, &ms) && ms == json_integer_value(value);
    if (json_is_integer(value))
        return strtoll(wanted, &end, 10) == json_integer_value(value) && *end == '\0';
    if (json_is_boolean(value))
        return strcmp(wanted, json_is_true(value) ? "true" : "false") == 0;
    if (json_is_array(value))
        return is_joined(value, wanted);
    return json_is_null(value) && strcmp(wanted, "none") == 0;
}

static bool contains(const json_t *value, const char *wanted)
{
    char *text;
    bool found;

    if (json_is_string(value))
        return strstr(json_string_value(value), wanted) != NULL;
    text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    found = text && strstr(text, wanted);
    free(text);
    return found;
}

bool kh_match_field(const json_t *object, const struct kh_word *word)
{
    bool is_duration;
    const json_t *value = follow(object, word->name, &is_duration);

    if (!word->value) /* a name alone: the field is there */
        return value != NULL;
    if (!value)
        return strcmp(word->value, "none") == 0;
    return word->relation == '~' ? contains(value, word->value)
                                 : is_equal(value, is_duration, word->value);
}

unsigned kh_match_span(const struct kh_script_line *line, unsigned from)
{
    unsigned n = 0;

    while (from + n < line->n && !line->word[from + n].is_arrow)
        n++;
    return n;
}

bool kh_match_event(const char *type, const json_t *fields, const struct kh_word *word, unsigned n)
{
    if (n == 0 || strcmp(word[0].name, type) != 0)
        return false;
    for (unsigned i = 1; i < n; i++)
        if (!kh_match_field(fields, &word[i]))
            return false;
    return true;
}

void kh_match_print_words(FILE *out, const struct kh_word *word, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const char *mark = word[i].value && strpbrk(word[i].value, " \t") ? "\"" : "";
        fprintf(out, "%s%s", i ? " " : "", word[i].name);
        if (word[i].value)
            fprintf(out, "%c%s%s%s", word[i].relation, mark, word[i].value, mark);
    }
    fputc('\n', out);
}

void kh_match_print_event(FILE *out, const char *type, const json_t *fields)
{
    const char *name;
    json_t *value;

    fprintf(out, "%s", type);
    json_object_foreach((json_t *)fields, name, value)
    {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        fprintf(out, " %s=%s", name, text ? text : "?");
        free(text);
    }
    fputc('\n', out);
}
