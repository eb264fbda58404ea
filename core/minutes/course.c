/* What happened, entry by entry, as rows of the HTML table. */
#include "minutes/course_part.h"

#include <string.h>

void kh_course_label(struct kh_pen *pen, const char *part, const char *word)
{
    kh_pen_raw(pen, "<span class=\"label\">");
    kh_pen_word(pen, part, word);
    kh_pen_raw(pen, ":</span> ");
}

void kh_course_by(struct kh_pen *pen, const json_t *object, const char *name)
{
    const json_t *person = json_object_get(object, name);

    if (!json_is_object(person))
        return;
    kh_pen_raw(pen, " – ");
    kh_pen_name(pen, person);
}

/* " – words (rule …) – note" of a decision. */
static void reason(struct kh_pen *pen, const json_t *reason, const char *note)
{
    const char *rule = kh_pen_string(reason, "rule");

    if (reason) {
        kh_pen_raw(pen, " – ");
        kh_pen_both(pen, json_object_get(reason, "reason"));
    }
    if (rule[0]) {
        kh_pen_raw(pen, " <span class=\"rule\">[");
        kh_pen_text(pen, rule);
        kh_pen_raw(pen, "]</span>");
    }
    if (note[0]) {
        kh_pen_raw(pen, " – “");
        kh_pen_text(pen, note);
        kh_pen_raw(pen, "”");
    }
}

void kh_course_reason_of(struct kh_pen *pen, const json_t *object)
{
    reason(pen, json_object_get(object, "reason"), kh_pen_string(object, "note"));
}

void kh_course_open_line(struct kh_pen *pen)
{
    kh_pen_raw(pen, "<div class=\"detail\">");
}

void kh_course_close_line(struct kh_pen *pen)
{
    kh_pen_raw(pen, "</div>");
}

static void times(struct kh_pen *pen, const json_t *from, const json_t *to)
{
    kh_pen_clock(pen, from);
    if (to)
        kh_pen_raw(pen, "–<wbr>");
    kh_pen_clock(pen, to);
}

/* --- speeches --- */

static void speech_time(struct kh_pen *pen, const json_t *speech)
{
    const json_t *spent = json_object_get(speech, "spent_ms");
    const json_t *more = json_object_get(speech, "extensions");
    const json_t *last = more ? json_array_get(more, json_array_size(more) - 1) : speech;
    const json_t *limit = json_object_get(last, "limit_ms");

    kh_course_open_line(pen);
    kh_course_label(pen, "speech", "spent");
    if (spent)
        kh_pen_duration(pen, spent);
    else
        kh_pen_word(pen, "speech", "goes_on");
    kh_pen_raw(pen, " / ");
    if (json_integer_value(limit) > 0)
        kh_pen_duration(pen, limit);
    else
        kh_pen_word(pen, "speech", "no_limit");
    kh_course_close_line(pen);
}

static void extensions(struct kh_pen *pen, const json_t *speech)
{
    const json_t *list = json_object_get(speech, "extensions");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *e = json_array_get(list, i);
        kh_course_open_line(pen);
        kh_course_label(pen, "speech", "extended");
        kh_pen_duration(pen, json_object_get(e, "by_ms"));
        kh_pen_raw(pen, " (→ ");
        kh_pen_duration(pen, json_object_get(e, "limit_ms"));
        kh_pen_raw(pen, "), ");
        kh_pen_clock(pen, json_object_get(e, "at"));
        kh_course_by(pen, e, "by");
        kh_course_close_line(pen);
    }
}

/* Mutes and interruptions. */
static void marks(struct kh_pen *pen, const json_t *speech, const char *name, const char *word)
{
    const json_t *list = json_object_get(speech, name);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *mark = json_array_get(list, i);
        kh_course_open_line(pen);
        kh_course_label(pen, "speech", word);
        times(pen, json_object_get(mark, "at"), json_object_get(mark, "to"));
        kh_course_by(pen, mark, "by");
        kh_course_close_line(pen);
    }
}

static void expiry(struct kh_pen *pen, const json_t *speech)
{
    const json_t *expired = json_object_get(speech, "expired");

    if (!expired)
        return;
    kh_course_open_line(pen);
    kh_course_label(pen, "speech", "expired");
    kh_pen_clock(pen, json_object_get(expired, "at"));
    kh_pen_raw(pen, " – ");
    kh_pen_word(pen, "expiry", kh_pen_string(expired, "then"));
    kh_course_reason_of(pen, expired);
    kh_course_close_line(pen);
}

static void recording(struct kh_pen *pen, const json_t *speech)
{
    const json_t *list = json_object_get(speech, "recording");

    if (json_array_size(list) == 0)
        return;
    kh_course_open_line(pen);
    kh_course_label(pen, "speech", "recording");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *piece = json_array_get(list, i), *end = json_object_get(piece, "end_ms");
        kh_pen_raw(pen, i ? "; " : "");
        kh_pen_text(pen, kh_pen_string(piece, "file"));
        kh_pen_raw(pen, " @ ");
        kh_pen_duration(pen, json_object_get(piece, "start_ms"));
        kh_pen_raw(pen, end ? "–" : "–…");
        if (end)
            kh_pen_duration(pen, end);
    }
    kh_course_close_line(pen);
}

static void ending(struct kh_pen *pen, const json_t *speech)
{
    const json_t *who = json_object_get(speech, "ended_by");
    const char *own = kh_pen_string(json_object_get(speech, "person"), "id");

    if (!json_object_get(speech, "end"))
        return;
    kh_course_open_line(pen);
    kh_pen_word(pen, "end", kh_pen_string(speech, "end"));
    if (strcmp(kh_pen_string(who, "id"), own) != 0)
        kh_course_by(pen, speech, "ended_by");
    kh_course_reason_of(pen, speech);
    kh_course_close_line(pen);
}

void kh_course_people(struct kh_pen *pen, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *person = json_array_get(list, i), *proxy = json_object_get(person, "proxy");
        kh_pen_raw(pen, i ? ", " : "");
        kh_pen_name(pen, person);
        if (!proxy)
            continue;
        kh_pen_raw(pen, " (");
        kh_pen_word(pen, "vote", "proxy");
        kh_pen_raw(pen, ": ");
        kh_pen_name(pen, proxy);
        kh_pen_raw(pen, ")");
    }
}

static void speech_head(struct kh_pen *pen, const json_t *speech)
{
    const json_t *target = json_object_get(speech, "target");

    kh_pen_raw(pen, "<strong>");
    kh_pen_name(pen, json_object_get(speech, "person"));
    kh_pen_raw(pen, "</strong>");
    if (kh_pen_string(json_object_get(speech, "person"), "group")[0]) {
        kh_pen_raw(pen, " (");
        kh_pen_text(pen, kh_pen_string(json_object_get(speech, "person"), "group"));
        kh_pen_raw(pen, ")");
    }
    kh_pen_raw(pen, " – ");
    kh_pen_word(pen, "kind", kh_pen_string(speech, "kind"));
    if (!target)
        return;
    kh_pen_raw(pen, " ");
    kh_pen_word(pen, "speech", "to");
    kh_pen_raw(pen, " ");
    kh_pen_name(pen, target);
}

static void speech(struct kh_pen *pen, const json_t *entry)
{
    const json_t *override = json_object_get(entry, "override");
    const json_t *supporters = json_object_get(entry, "supporters");

    speech_head(pen, entry);
    if (kh_pen_string(entry, "about")[0]) {
        kh_course_open_line(pen);
        kh_course_label(pen, "speech", "about");
        kh_pen_text(pen, kh_pen_string(entry, "about"));
        kh_course_close_line(pen);
    }
    if (override) {
        kh_course_open_line(pen);
        kh_pen_word(pen, "speech", "override");
        kh_course_by(pen, entry, "called_by");
        reason(pen, override, "");
        kh_course_close_line(pen);
    }
    if (supporters) {
        kh_course_open_line(pen);
        kh_course_label(pen, "speech", "supporters");
        kh_course_people(pen, supporters);
        kh_course_close_line(pen);
    }
    speech_time(pen, entry);
    extensions(pen, entry);
    marks(pen, entry, "muted", "muted");
    marks(pen, entry, "interruptions", "interrupted");
    expiry(pen, entry);
    ending(pen, entry);
    recording(pen, entry);
}

/* --- the rest --- */

static void decision(struct kh_pen *pen, const json_t *entry)
{
    static const struct {
        const char *name, *word;
    } persons[] = {
        { "person", NULL }, { "before", "before" }, { "holder", "to" }, { "to", "to" }
    };

    kh_pen_word(pen, "what", kh_pen_string(entry, "what"));
    if (json_object_get(entry, "item")) {
        kh_pen_raw(pen, ": ");
        kh_pen_both(pen, json_object_get(json_object_get(entry, "item"), "title"));
    }
    if (kh_pen_string(entry, "name")[0]) {
        kh_pen_raw(pen, ": ");
        kh_pen_text(pen, kh_pen_string(entry, "name"));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(persons); i++) {
        const json_t *person = json_object_get(entry, persons[i].name);
        if (!person)
            continue;
        kh_pen_raw(pen, persons[i].word ? " " : ": ");
        if (persons[i].word)
            kh_pen_word(pen, "what", persons[i].word);
        kh_pen_raw(pen, persons[i].word ? " " : "");
        kh_pen_name(pen, person);
    }
    if (json_object_get(entry, "members")) {
        kh_pen_raw(pen, ": ");
        kh_course_people(pen, json_object_get(entry, "members"));
    }
    if (json_object_get(entry, "drawn")) {
        kh_pen_raw(pen, ": ");
        kh_course_people(pen, json_object_get(entry, "drawn"));
        kh_pen_raw(pen, "; ");
        kh_pen_word(pen, "what", "among");
        kh_pen_raw(pen, " ");
        kh_course_people(pen, json_object_get(entry, "among"));
        kh_pen_raw(pen, "; ");
        kh_pen_word(pen, "what", "seed");
        kh_pen_raw(pen, " ");
        kh_pen_text(pen, kh_pen_string(entry, "seed"));
    }
    kh_course_by(pen, entry, "by");
    kh_course_reason_of(pen, entry);
}

static void question(struct kh_pen *pen, const json_t *entry)
{
    const char *answer = kh_pen_string(entry, "answer");
    const json_t *option = kh_pen_by_id(json_object_get(entry, "options"), answer);

    kh_course_label(pen, "ask", "put");
    kh_pen_both(pen, json_object_get(entry, "text"));
    kh_course_open_line(pen);
    kh_course_label(pen, "ask", "answer");
    if (!answer[0])
        kh_pen_word(pen, "ask", "open");
    else if (option)
        kh_pen_both(pen, option);
    if (answer[0] && json_object_get(entry, "answered_by")) {
        kh_course_by(pen, entry, "answered_by");
    } else if (answer[0]) {
        kh_pen_raw(pen, " – ");
        kh_pen_word(pen, "ask", "timeout");
    }
    kh_course_close_line(pen);
}

static void item(struct kh_pen *pen, const json_t *entry)
{
    kh_course_label(pen, "item", "item");
    kh_pen_both(pen, json_object_get(json_object_get(entry, "item"), "title"));
    kh_pen_raw(pen, " <span class=\"when\">");
    times(pen, json_object_get(entry, "at"), json_object_get(entry, "finished_at"));
    kh_pen_raw(pen, "</span>");
}

static const struct {
    const char *type;
    const char *end; /* the field that has the end */
    void (*write)(struct kh_pen *pen, const json_t *entry);
} kinds[] = {
    { "speech", "ended_at", speech },
    { "vote", "closed_at", kh_course_vote },
    { "decision", "", decision },
    { "question", "answered_at", question },
};

void kh_course_row(struct kh_pen *pen, const json_t *entry)
{
    const char *type = kh_pen_string(entry, "type");

    if (strcmp(type, "item") == 0) {
        kh_pen_raw(pen, "<tr class=\"item\"><th colspan=\"2\">");
        item(pen, entry);
        kh_pen_raw(pen, "</th></tr>\n");
        return;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].type, type) != 0)
            continue;
        g_string_append_printf(pen->out, "<tr class=\"%s\"><td class=\"time\">", type);
        times(pen, json_object_get(entry, "at"), json_object_get(entry, kinds[i].end));
        kh_pen_raw(pen, "</td><td>");
        kinds[i].write(pen, entry);
        kh_pen_raw(pen, "</td></tr>\n");
    }
}
