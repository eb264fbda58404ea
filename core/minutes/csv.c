/* Speeches and votes as a table (RFC 4180), for spreadsheets: README.md has the columns. */
#include "minutes/pen.h"

#include <string.h>

/* RFC 4180 section 2 has a table only; the mark in front lets spreadsheets see that it is UTF-8. */
static const char columns[] =
    "\xef\xbb\xbfrecord,sitting,item,started_at,ended_at,person_id,person,group,kind,limit_s,"
    "spent_s,extended_s,expired,end,ended_by,reason,rule,recording,recording_s,vote,round,"
    "question,form,secrecy,subject,option,votes,base,base_count,share,needed,outcome\r\n";

enum { SPEECH_COLUMNS = 19, VOTE_COLUMNS = 13 };

/* A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
static void cell(struct kh_pen *pen, const char *text)
{
    bool is_formula = text[0] && strchr("=+-@\t\r", text[0]);
    bool is_quoted = is_formula || strpbrk(text, ",\"\r\n") || text[0] == ' ';

    kh_pen_raw(pen, is_quoted ? "\"" : "");
    kh_pen_raw(pen, is_formula ? "'" : "");
    for (const char *at = text; *at; at++) {
        if (*at == '"')
            g_string_append_c(pen->out, '"');
        g_string_append_c(pen->out, *at);
    }
    kh_pen_raw(pen, is_quoted ? "\"" : "");
}

static void next(struct kh_pen *pen)
{
    kh_pen_raw(pen, ",");
}

static void text(struct kh_pen *pen, const json_t *object, const char *name)
{
    cell(pen, kh_pen_string(object, name));
    next(pen);
}

static void time_cell(struct kh_pen *pen, const json_t *object, const char *name)
{
    kh_pen_iso(pen, json_object_get(object, name));
    next(pen);
}

static void seconds(struct kh_pen *pen, const json_t *ms)
{
    if (json_is_integer(ms))
        g_string_append_printf(pen->out, "%.3f", (double)json_integer_value(ms) / 1000);
    next(pen);
}

static void number(struct kh_pen *pen, const json_t *object, const char *name)
{
    if (json_object_get(object, name))
        kh_pen_int(pen, kh_pen_number(object, name));
    next(pen);
}

static void empty(struct kh_pen *pen, unsigned columns_left)
{
    for (unsigned i = 0; i < columns_left; i++)
        next(pen);
}

static void words(struct kh_pen *pen, const json_t *object)
{
    const char *vi = kh_pen_string(object, "vi"), *en = kh_pen_string(object, "en");
    bool is_en = pen->language == KH_MINUTES_EN ? en[0] != '\0' : vi[0] == '\0';

    cell(pen, is_en ? en : vi);
    next(pen);
}

/* record, sitting, item, started_at, ended_at. */
static void begin(struct kh_pen *pen, const json_t *entry, int64_t sitting, const char *end)
{
    kh_pen_raw(pen, kh_pen_string(entry, "type"));
    next(pen);
    kh_pen_int(pen, sitting);
    next(pen);
    words(pen, json_object_get(json_object_get(entry, "item"), "title"));
    time_cell(pen, entry, "at");
    time_cell(pen, entry, end);
}

static void end_row(struct kh_pen *pen)
{
    g_string_truncate(pen->out, pen->out->len - 1); /* the last comma */
    kh_pen_raw(pen, "\r\n");
}

/* --- speeches --- */

static int64_t extended(const json_t *speech)
{
    const json_t *list = json_object_get(speech, "extensions");
    int64_t ms = 0;

    for (size_t i = 0; i < json_array_size(list); i++)
        ms += kh_pen_number(json_array_get(list, i), "by_ms");
    return ms;
}

static void why(struct kh_pen *pen, const json_t *speech)
{
    const json_t *reason = json_object_get(speech, "reason");
    const char *note = kh_pen_string(speech, "note");

    if (note[0]) {
        cell(pen, note);
        next(pen);
    } else {
        words(pen, json_object_get(reason, "reason"));
    }
    text(pen, reason, "rule");
}

static void speech(struct kh_pen *pen, const json_t *entry, int64_t sitting)
{
    const json_t *person = json_object_get(entry, "person");
    const json_t *piece = json_array_get(json_object_get(entry, "recording"), 0);
    json_t *extra = json_integer(extended(entry));

    begin(pen, entry, sitting, "ended_at");
    text(pen, person, "id");
    text(pen, person, "name");
    text(pen, person, "group");
    text(pen, entry, "kind");
    seconds(pen, json_object_get(entry, "limit_ms"));
    seconds(pen, json_object_get(entry, "spent_ms"));
    seconds(pen, extra);
    kh_pen_raw(pen, json_object_get(entry, "expired") ? "yes," : "no,");
    text(pen, entry, "end");
    text(pen, json_object_get(entry, "ended_by"), "name");
    why(pen, entry);
    text(pen, piece, "file");
    seconds(pen, json_object_get(piece, "start_ms"));
    empty(pen, VOTE_COLUMNS);
    end_row(pen);
    json_decref(extra);
}

/* --- votes: a row an option --- */

static void option_row(struct kh_pen *pen, const json_t *vote, const json_t *option,
                       const json_t *counts)
{
    const json_t *rule = json_array_get(json_object_get(counts, "rules"), 0);
    bool is_other = strcmp(kh_pen_string(json_object_get(vote, "result"), "outcome"), "other") == 0;
    int64_t base = kh_pen_number(rule, "base_count");

    words(pen, option);
    number(pen, json_object_get(counts, "options"), kh_pen_string(option, "id"));
    text(pen, rule, "base");
    number(pen, rule, "base_count");
    if (base > 0) {
        int64_t votes =
            kh_pen_number(json_object_get(counts, "options"), kh_pen_string(option, "id"));
        g_string_append_printf(pen->out, "%.4f", (double)votes / (double)base);
    }
    next(pen);
    number(pen, rule, "needed");
    if (json_object_get(vote, "result"))
        text(pen, json_object_get(vote, "result"), is_other ? "word" : "outcome");
    else
        text(pen, vote, "state");
}

static void vote_row(struct kh_pen *pen, const json_t *vote, int64_t sitting, const json_t *option,
                     size_t subject)
{
    const json_t *result = json_object_get(vote, "result");

    begin(pen, vote, sitting, "closed_at");
    empty(pen, SPEECH_COLUMNS - 10);
    text(pen, json_object_get(vote, "closed_by"), "name");
    text(pen, vote, "note");
    cell(pen, kh_pen_string(result, "rule")[0] ? kh_pen_string(result, "rule")
                                               : kh_pen_string(vote, "rule"));
    next(pen);
    empty(pen, 2);
    number(pen, vote, "vote");
    number(pen, vote, "round");
    text(pen, vote, "question");
    text(pen, vote, "form");
    text(pen, vote, "secrecy");
    text(pen, json_array_get(json_object_get(vote, "subjects"), subject), "name");
    option_row(pen, vote, option, json_array_get(json_object_get(result, "counts"), subject));
    end_row(pen);
}

static void vote(struct kh_pen *pen, const json_t *entry, int64_t sitting)
{
    const json_t *options = json_object_get(entry, "options");
    size_t n = json_array_size(json_object_get(entry, "subjects"));

    for (size_t s = 0; s < (n ? n : 1); s++)
        for (size_t i = 0; i < json_array_size(options); i++)
            vote_row(pen, entry, sitting, json_array_get(options, i), s);
}

void kh_csv_write(struct kh_pen *pen, const json_t *record)
{
    const json_t *sittings = json_object_get(record, "sittings");

    kh_pen_raw(pen, columns);
    for (size_t s = 0; s < json_array_size(sittings); s++) {
        const json_t *sitting = json_array_get(sittings, s);
        const json_t *course = json_object_get(sitting, "course");
        for (size_t i = 0; i < json_array_size(course); i++) {
            const json_t *entry = json_array_get(course, i);
            if (strcmp(kh_pen_string(entry, "type"), "speech") == 0)
                speech(pen, entry, kh_pen_number(sitting, "number"));
            else if (strcmp(kh_pen_string(entry, "type"), "vote") == 0)
                vote(pen, entry, kh_pen_number(sitting, "number"));
        }
    }
}
