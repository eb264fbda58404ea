/* A vote as a row of the HTML table: how it was held, the count, the arithmetic, the names. */
#include "minutes/course_part.h"

#include <string.h>

static void rule_line(struct kh_pen *pen, const json_t *rule, bool is_veto)
{
    const char *law = kh_pen_string(rule, "rule");

    kh_course_open_line(pen);
    if (is_veto)
        kh_course_label(pen, "vote", "veto");
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
    kh_course_close_line(pen);
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
        kh_course_people(pen, voters);
        kh_course_close_line(pen);
    }
}

static void tally(struct kh_pen *pen, const json_t *vote)
{
    const json_t *tally = json_object_get(vote, "tally");

    if (!tally)
        return;
    kh_course_open_line(pen);
    kh_pen_raw(pen, "<strong>");
    kh_course_label(pen, "vote", "tally");
    kh_pen_raw(pen, "</strong>");
    kh_pen_word(pen, "form", kh_pen_string(tally, "form"));
    kh_course_by(pen, tally, "by");
    kh_pen_raw(pen, "; ");
    if (json_is_true(json_object_get(tally, "confirmed"))) {
        kh_pen_word(pen, "vote", "confirmed_by");
        kh_pen_raw(pen, " ");
        kh_pen_name(pen, json_object_get(tally, "confirmed_by"));
    } else {
        kh_pen_word(pen, "vote", "unconfirmed");
    }
    kh_course_close_line(pen);
}

static void box(struct kh_pen *pen, const json_t *vote)
{
    const json_t *box = json_object_get(vote, "box");

    if (!box)
        return;
    kh_course_open_line(pen);
    kh_course_label(pen, "vote", "issued");
    kh_pen_int(pen, kh_pen_number(box, "issued"));
    kh_pen_raw(pen, "; ");
    kh_course_label(pen, "vote", "boxed");
    kh_pen_int(pen, kh_pen_number(box, "number"));
    kh_pen_raw(pen, "; ");
    kh_course_label(pen, "vote", "opened_by");
    kh_course_people(pen, json_object_get(box, "opened_by"));
    kh_pen_raw(pen, "; SHA-256 ");
    kh_pen_text(pen, kh_pen_string(box, "hash"));
    kh_course_close_line(pen);
}

static void decided(struct kh_pen *pen, const json_t *vote)
{
    const json_t *decision = json_object_get(vote, "decided");

    if (!decision)
        return;
    kh_course_open_line(pen);
    kh_course_label(pen, "vote", json_object_get(decision, "lot") ? "by_lot" : "decided");
    kh_pen_both(pen,
                kh_pen_by_id(json_object_get(vote, "options"), kh_pen_string(decision, "option")));
    kh_course_by(pen, decision, "by");
    kh_pen_raw(pen, ", ");
    kh_pen_clock(pen, json_object_get(decision, "at"));
    kh_course_close_line(pen);
}

static void outcome(struct kh_pen *pen, const json_t *vote)
{
    const json_t *result = json_object_get(vote, "result");
    bool is_other = strcmp(kh_pen_string(result, "outcome"), "other") == 0;

    kh_pen_raw(pen, "<div class=\"outcome\">");
    kh_course_label(pen, "vote", "result");
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
    kh_course_close_line(pen);
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
    kh_course_label(pen, "vote", "not_voted");
    kh_course_people(pen, absent);
    kh_course_close_line(pen);
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
    kh_course_open_line(pen);
    kh_course_label(pen, "vote", "form");
    kh_pen_word(pen, "secrecy", kh_pen_string(vote, "secrecy"));
    kh_pen_raw(pen, ", ");
    kh_pen_word(pen, "form", kh_pen_string(vote, "form"));
    if (kh_pen_number(vote, "round") > 1) {
        kh_pen_raw(pen, " – ");
        kh_pen_word(pen, "vote", "again");
        kh_pen_raw(pen, " ");
        kh_pen_int(pen, kh_pen_number(vote, "round"));
    }
    kh_course_by(pen, vote, "opened_by");
    kh_course_close_line(pen);
}

void kh_course_vote(struct kh_pen *pen, const json_t *entry)
{
    vote_head(pen, entry);
    tally(pen, entry);
    box(pen, entry);
    if (json_object_get(entry, "result")) {
        result(pen, entry);
        return;
    }
    kh_pen_raw(pen, "<div class=\"outcome\"><strong>");
    kh_pen_word(pen, "state", kh_pen_string(entry, "state"));
    kh_pen_raw(pen, "</strong>");
    if (json_object_get(entry, "closed_at"))
        kh_course_by(pen, entry, "closed_by");
    kh_course_reason_of(pen, entry);
    kh_course_close_line(pen);
}
