/* What happened, entry by entry, as rows of the HTML table. */
#include "minutes/pen.h"

#include <string.h>

static void label(struct kh_pen *pen, const char *part, const char *word)
{
    kh_pen_raw(pen, "<span class=\"label\">");
    kh_pen_word(pen, part, word);
    kh_pen_raw(pen, ":</span> ");
}

static void by(struct kh_pen *pen, const json_t *object, const char *name)
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

static void reason_of(struct kh_pen *pen, const json_t *object)
{
    reason(pen, json_object_get(object, "reason"), kh_pen_string(object, "note"));
}

static void open_line(struct kh_pen *pen)
{
    kh_pen_raw(pen, "<div class=\"detail\">");
}

static void close_line(struct kh_pen *pen)
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

    open_line(pen);
    label(pen, "speech", "spent");
    if (spent)
        kh_pen_duration(pen, spent);
    else
        kh_pen_word(pen, "speech", "goes_on");
    kh_pen_raw(pen, " / ");
    if (json_integer_value(limit) > 0)
        kh_pen_duration(pen, limit);
    else
        kh_pen_word(pen, "speech", "no_limit");
    close_line(pen);
}

static void extensions(struct kh_pen *pen, const json_t *speech)
{
    const json_t *list = json_object_get(speech, "extensions");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *e = json_array_get(list, i);
        open_line(pen);
        label(pen, "speech", "extended");
        kh_pen_duration(pen, json_object_get(e, "by_ms"));
        kh_pen_raw(pen, " (→ ");
        kh_pen_duration(pen, json_object_get(e, "limit_ms"));
        kh_pen_raw(pen, "), ");
        kh_pen_clock(pen, json_object_get(e, "at"));
        by(pen, e, "by");
        close_line(pen);
    }
}

/* Mutes and interruptions. */
static void marks(struct kh_pen *pen, const json_t *speech, const char *name, const char *word)
{
    const json_t *list = json_object_get(speech, name);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *mark = json_array_get(list, i);
        open_line(pen);
        label(pen, "speech", word);
        times(pen, json_object_get(mark, "at"), json_object_get(mark, "to"));
        by(pen, mark, "by");
        close_line(pen);
    }
}

static void expiry(struct kh_pen *pen, const json_t *speech)
{
    const json_t *expired = json_object_get(speech, "expired");

    if (!expired)
        return;
    open_line(pen);
    label(pen, "speech", "expired");
    kh_pen_clock(pen, json_object_get(expired, "at"));
    kh_pen_raw(pen, " – ");
    kh_pen_word(pen, "expiry", kh_pen_string(expired, "then"));
    reason_of(pen, expired);
    close_line(pen);
}

static void recording(struct kh_pen *pen, const json_t *speech)
{
    const json_t *list = json_object_get(speech, "recording");

    if (json_array_size(list) == 0)
        return;
    open_line(pen);
    label(pen, "speech", "recording");
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
    close_line(pen);
}

static void ending(struct kh_pen *pen, const json_t *speech)
{
    const json_t *who = json_object_get(speech, "ended_by");
    const char *own = kh_pen_string(json_object_get(speech, "person"), "id");

    if (!json_object_get(speech, "end"))
        return;
    open_line(pen);
    kh_pen_word(pen, "end", kh_pen_string(speech, "end"));
    if (strcmp(kh_pen_string(who, "id"), own) != 0)
        by(pen, speech, "ended_by");
    reason_of(pen, speech);
    close_line(pen);
}

static void people(struct kh_pen *pen, const json_t *list)
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
        open_line(pen);
        label(pen, "speech", "about");
        kh_pen_text(pen, kh_pen_string(entry, "about"));
        close_line(pen);
    }
    if (override) {
        open_line(pen);
        kh_pen_word(pen, "speech", "override");
        by(pen, entry, "called_by");
        reason(pen, override, "");
        close_line(pen);
    }
    if (supporters) {
        open_line(pen);
        label(pen, "speech", "supporters");
        people(pen, supporters);
        close_line(pen);
    }
    speech_time(pen, entry);
    extensions(pen, entry);
    marks(pen, entry, "muted", "muted");
    marks(pen, entry, "interruptions", "interrupted");
    expiry(pen, entry);
    ending(pen, entry);
    recording(pen, entry);
}

/* --- votes --- */

static void rule_line(struct kh_pen *pen, const json_t *rule, bool is_veto)
{
    const char *law = kh_pen_string(rule, "rule");

    open_line(pen);
    if (is_veto)
        label(pen, "vote", "veto");
    kh_pen_word(pen, "base", kh_pen_string(rule, "of"));
    kh_pen_raw(pen, ": ");
    kh_pen_int(pen, kh_pen_number(rule, "count"));
    if (strcmp(kh_pen_string(rule, "base"), "one") != 0) {
        kh_pen_raw(pen, "/");
        kh_pen_int(pen, kh_pen_number(rule, "base_count"));
        kh_pen_raw(pen, " ");
        kh_pen_word(pen, "base", kh_pen_string(rule, "base"));
        kh_pen_raw(pen, " = ");
        kh_pen_share(pen, kh_pen_number(rule, "count"), kh_pen_number(rule, "base_count"));
        kh_pen_raw(pen, "; ");
        kh_pen_word(pen, "vote",
                    json_is_true(json_object_get(rule, "strict")) ? "more_than" : "at_least");
        g_string_append_printf(pen->out, " %d/%d", (int)kh_pen_number(rule, "num"),
                               (int)kh_pen_number(rule, "den"));
    }
    kh_pen_raw(pen, ", ");
    kh_pen_word(pen, "vote", "needed");
    kh_pen_raw(pen, " ");
    kh_pen_int(pen, kh_pen_number(rule, "needed"));
    kh_pen_raw(pen, " → ");
    kh_pen_word(pen, "vote", json_is_true(json_object_get(rule, "holds")) ? "holds" : "fails");
    if (law[0]) {
        kh_pen_raw(pen, " <span class=\"rule\">[");
        kh_pen_text(pen, law);
        kh_pen_raw(pen, "]</span>");
    }
    close_line(pen);
}

static void rule_lines(struct kh_pen *pen, const json_t *counts, const char *name, bool is_veto)
{
    const json_t *rules = json_object_get(counts, name);

    for (size_t i = 0; i < json_array_size(rules); i++)
        rule_line(pen, json_array_get(rules, i), is_veto);
}

/* The share of an option is of the same base as the decision (procedures.md 0(4)). */
static void option_row(struct kh_pen *pen, const json_t *option, const json_t *counts)
{
    const json_t *rule = json_array_get(json_object_get(counts, "rules"), 0);
    int64_t votes = kh_pen_number(json_object_get(counts, "options"), kh_pen_string(option, "id"));
    int64_t base = kh_pen_number(rule, "base_count");

    kh_pen_raw(pen, "<tr><td>");
    kh_pen_both(pen, option);
    kh_pen_raw(pen, "</td><td class=\"number\">");
    kh_pen_int(pen, votes);
    kh_pen_raw(pen, "</td><td class=\"number\">");
    if (rule && strcmp(kh_pen_string(rule, "base"), "one") != 0) {
        kh_pen_share(pen, votes, base);
        kh_pen_raw(pen, " ");
        kh_pen_word(pen, "vote", "of");
        kh_pen_raw(pen, " ");
        kh_pen_int(pen, base);
    }
    kh_pen_raw(pen, "</td></tr>");
}

static void plain_row(struct kh_pen *pen, const char *word, int64_t number)
{
    kh_pen_raw(pen, "<tr><td>");
    kh_pen_word(pen, "vote", word);
    kh_pen_raw(pen, "</td><td class=\"number\">");
    kh_pen_int(pen, number);
    kh_pen_raw(pen, "</td><td></td></tr>");
}

static void counts_table(struct kh_pen *pen, const json_t *vote, size_t subject)
{
    const json_t *counts =
        json_array_get(json_object_get(json_object_get(vote, "result"), "counts"), subject);
    const json_t *options = json_object_get(vote, "options");
    const json_t *named = json_object_get(counts, "named");
    const char *name =
        kh_pen_string(json_array_get(json_object_get(vote, "subjects"), subject), "name");

    kh_pen_raw(pen, "<table class=\"counts\">");
    if (name[0]) {
        kh_pen_raw(pen, "<caption>");
        kh_pen_text(pen, name);
        kh_pen_raw(pen, "</caption>");
    }
    for (size_t i = 0; i < json_array_size(options); i++)
        option_row(pen, json_array_get(options, i), counts);
    if (kh_pen_number(named, "invalid") > 0)
        plain_row(pen, "invalid", kh_pen_number(named, "invalid"));
    plain_row(pen, "not_voted", kh_pen_number(named, "not_voted"));
    kh_pen_raw(pen, "</table>");
    rule_lines(pen, counts, "rules", false);
    rule_lines(pen, counts, "vetoes", true);
}

static void names(struct kh_pen *pen, const json_t *vote, size_t subject)
{
    const json_t *list = json_array_get(json_object_get(vote, "names"), subject);
    const json_t *options = json_object_get(vote, "options");

    for (size_t i = 0; list && i < json_array_size(options); i++) {
        const json_t *option = json_array_get(options, i);
        const json_t *voters = json_object_get(list, kh_pen_string(option, "id"));
        if (json_array_size(voters) == 0)
            continue;
        kh_pen_raw(pen, "<div class=\"names\"><span class=\"label\">");
        kh_pen_both(pen, option);
        g_string_append_printf(pen->out, " (%d):</span> ", (int)json_array_size(voters));
        people(pen, voters);
        close_line(pen);
    }
}

static void tally(struct kh_pen *pen, const json_t *vote)
{
    const json_t *tally = json_object_get(vote, "tally");

    if (!tally)
        return;
    open_line(pen);
    kh_pen_raw(pen, "<strong>");
    label(pen, "vote", "tally");
    kh_pen_raw(pen, "</strong>");
    kh_pen_word(pen, "form", kh_pen_string(tally, "form"));
    by(pen, tally, "by");
    kh_pen_raw(pen, "; ");
    if (json_is_true(json_object_get(tally, "confirmed"))) {
        kh_pen_word(pen, "vote", "confirmed_by");
        kh_pen_raw(pen, " ");
        kh_pen_name(pen, json_object_get(tally, "confirmed_by"));
    } else {
        kh_pen_word(pen, "vote", "unconfirmed");
    }
    close_line(pen);
}

static void decided(struct kh_pen *pen, const json_t *vote)
{
    const json_t *decision = json_object_get(vote, "decided");

    if (!decision)
        return;
    open_line(pen);
    label(pen, "vote", "decided");
    kh_pen_both(pen,
                kh_pen_by_id(json_object_get(vote, "options"), kh_pen_string(decision, "option")));
    by(pen, decision, "by");
    kh_pen_raw(pen, ", ");
    kh_pen_clock(pen, json_object_get(decision, "at"));
    close_line(pen);
}

static void outcome(struct kh_pen *pen, const json_t *vote)
{
    const json_t *result = json_object_get(vote, "result");
    bool is_other = strcmp(kh_pen_string(result, "outcome"), "other") == 0;

    kh_pen_raw(pen, "<div class=\"outcome\">");
    label(pen, "vote", "result");
    kh_pen_raw(pen, "<strong>");
    kh_pen_word(pen, "outcome", kh_pen_string(result, is_other ? "word" : "outcome"));
    kh_pen_raw(pen, "</strong>");
    if (kh_pen_string(json_object_get(result, "explanation"), "vi")[0]) {
        kh_pen_raw(pen, " – ");
        kh_pen_both(pen, json_object_get(result, "explanation"));
    }
    if (kh_pen_string(result, "rule")[0]) {
        kh_pen_raw(pen, " <span class=\"rule\">[");
        kh_pen_text(pen, kh_pen_string(result, "rule"));
        kh_pen_raw(pen, "]</span>");
    }
    close_line(pen);
}

static void result(struct kh_pen *pen, const json_t *vote)
{
    const json_t *counts = json_object_get(json_object_get(vote, "result"), "counts");
    const json_t *absent = json_object_get(vote, "not_voted");

    outcome(pen, vote);
    decided(pen, vote);
    for (size_t s = 0; s < json_array_size(counts); s++) {
        counts_table(pen, vote, s);
        names(pen, vote, s);
    }
    if (json_array_size(absent) == 0)
        return;
    kh_pen_raw(pen, "<div class=\"names\">");
    label(pen, "vote", "not_voted");
    people(pen, absent);
    close_line(pen);
}

static void vote_head(struct kh_pen *pen, const json_t *vote)
{
    bool is_named = kh_pen_string(json_object_get(vote, "name"), "vi")[0] != '\0';

    kh_pen_raw(pen, "<strong>");
    if (is_named)
        kh_pen_both(pen, json_object_get(vote, "name"));
    else
        kh_pen_word(pen, "vote", "vote");
    kh_pen_raw(pen, "</strong>: ");
    kh_pen_text(pen, kh_pen_string(vote, "question"));
    open_line(pen);
    label(pen, "vote", "form");
    kh_pen_word(pen, "secrecy", kh_pen_string(vote, "secrecy"));
    kh_pen_raw(pen, ", ");
    kh_pen_word(pen, "form", kh_pen_string(vote, "form"));
    if (kh_pen_number(vote, "round") > 1) {
        kh_pen_raw(pen, " – ");
        kh_pen_word(pen, "vote", "again");
        kh_pen_raw(pen, " ");
        kh_pen_int(pen, kh_pen_number(vote, "round"));
    }
    by(pen, vote, "opened_by");
    close_line(pen);
}

static void vote(struct kh_pen *pen, const json_t *entry)
{
    vote_head(pen, entry);
    tally(pen, entry);
    if (json_object_get(entry, "result")) {
        result(pen, entry);
        return;
    }
    kh_pen_raw(pen, "<div class=\"outcome\"><strong>");
    kh_pen_word(pen, "state", kh_pen_string(entry, "state"));
    kh_pen_raw(pen, "</strong>");
    if (json_object_get(entry, "closed_at"))
        by(pen, entry, "closed_by");
    reason_of(pen, entry);
    close_line(pen);
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
    by(pen, entry, "by");
    reason_of(pen, entry);
}

static void question(struct kh_pen *pen, const json_t *entry)
{
    const char *answer = kh_pen_string(entry, "answer");
    const json_t *option = kh_pen_by_id(json_object_get(entry, "options"), answer);

    label(pen, "ask", "put");
    kh_pen_both(pen, json_object_get(entry, "text"));
    open_line(pen);
    label(pen, "ask", "answer");
    if (!answer[0])
        kh_pen_word(pen, "ask", "open");
    else if (option)
        kh_pen_both(pen, option);
    if (answer[0] && json_object_get(entry, "answered_by")) {
        by(pen, entry, "answered_by");
    } else if (answer[0]) {
        kh_pen_raw(pen, " – ");
        kh_pen_word(pen, "ask", "timeout");
    }
    close_line(pen);
}

static void item(struct kh_pen *pen, const json_t *entry)
{
    label(pen, "item", "item");
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
    { "vote", "closed_at", vote },
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
