/* Minutes of written sittings. golden-1.json is a whole record; GOLDEN_WRITE=1 writes it anew. */
#include "tests/unit/session/people.h"

#include "base/text.h"
#include "minutes/minutes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONE   "Asia/Ho_Chi_Minh"
#define SCRIPT "<script>alert(1)</script>"

/* --- the way to a record --- */

static void feed(struct kh_minutes *m, const json_t *journal, size_t from)
{
    for (size_t i = from; i < json_array_size(journal); i++) {
        const json_t *e = json_array_get(journal, i);
        struct kh_minutes_entry entry = { .seq = i + 1,
                                          .at_ms = json_integer_value(json_array_get(e, 2)) };
        struct kh_error error = { 0 };
        entry.body.type = json_string_value(json_array_get(e, 0));
        entry.body.actor = json_string_value(json_array_get(e, 1));
        entry.body.body = json_string_value(json_array_get(e, 3));
        memset(entry.hash, (int)(i + 1) & 0xff, sizeof(entry.hash));
        if (kh_minutes_add(m, &entry, &error))
            fail_msg("%s", error.text);
    }
}

static struct kh_minutes *minutes_of(const struct people *p, uint32_t session)
{
    struct kh_minutes_about about = { "hp", "Hội đồng <nhân dân>", "People's & Council", session };
    struct kh_minutes *m = kh_minutes_create(&about);

    feed(m, p->journal, 0);
    return m;
}

static json_t *record_of(const struct people *p, uint32_t session)
{
    struct kh_minutes *m = minutes_of(p, session);
    struct kh_error error = { 0 };
    json_t *record = NULL;

    if (kh_minutes_record(m, &record, &error))
        fail_msg("%s", error.text);
    kh_minutes_destroy(m);
    return record;
}

static char *text_of(const json_t *record, const char *format, const char *language)
{
    struct kh_minutes_style style;
    struct kh_error error = { 0 };
    GString *out = g_string_new("");

    assert_int_equal(kh_minutes_style_read(format, language, &style, &error), KH_OK);
    style.zone = ZONE;
    if (kh_minutes_write(record, &style, out, &error))
        fail_msg("%s", error.text);
    return g_string_free(out, FALSE);
}

/* "0.course.1.kind": a value of the sittings, as text to be freed. */
static char *at(const json_t *record, const char *path)
{
    json_t *value = json_object_get(record, "sittings");
    char **parts = g_strsplit(path, ".", -1);

    for (unsigned i = 0; parts[i]; i++)
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(parts[i]))
                                     : json_object_get(value, parts[i]);
    g_strfreev(parts);
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    return text ? text : strdup("nothing");
}

static void check_at(const json_t *record, const char *path, const char *expected)
{
    char *text = at(record, path);

    if (strcmp(text, expected) != 0)
        fail_msg("%s is %s, not %s", path, text, expected);
    free(text);
}

#define IS(record, path, expected) check_at((record), (path), (expected))

/* --- what happens --- */

static void happen(struct people *p, struct kh_event *event)
{
    event->at_ms = p->now_ms;
    event->actor = KH_NOBODY;
    people_take(p, event);
}

static void enrol(struct people *p, const char *id, const char *name, const char *group)
{
    struct kh_profile profile = {
        .roles = KH_ROLE_DELEGATE, .weight = 1, .in_office = true, .can_vote = true
    };
    struct kh_event event = { .type = KH_EV_PERSON_ENROLLED };
    kh_person known = kh_state_person(&p->state, id);

    KH_TEXT_SET(profile.id, id);
    KH_TEXT_SET(profile.name, name);
    KH_TEXT_SET(profile.group, group);
    KH_SET(&event.f, person, known == KH_NOBODY ? (kh_person)p->state.n_members : known);
    KH_SET(&event.f, profile, &profile);
    happen(p, &event);
}

static void record(struct people *p, const char *name, bool begins)
{
    struct kh_event event = { .type = begins ? KH_EV_RECORDING_STARTED : KH_EV_RECORDING_STOPPED };

    KH_SET_TEXT(&event.f, name, name);
    happen(p, &event);
}

static void mark(struct people *p, const char *who, enum kh_edge_word edge, int64_t offset_ms)
{
    struct kh_event event = { .type = KH_EV_RECORDING_MARKED };

    KH_SET(&event.f, person, people_who(p, who));
    KH_SET(&event.f, edge, edge);
    KH_SET(&event.f, offset_ms, offset_ms);
    happen(p, &event);
}

static void say_all(struct people *p, const char *const *lines, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const char *said = people_say(p, lines[i]);
        if (said[0] == '!')
            fail_msg("%s: %s", lines[i], said);
        people_pass(p, 5000);
    }
}

#define SAY(p, ...)                                                                                \
    say_all((p), (const char *const[]){ __VA_ARGS__ },                                             \
            sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static struct kh_ballot ballot_of(enum kh_secrecy secrecy, enum kh_form form)
{
    return (struct kh_ballot){ .type = "resolution",
                               .vi = "Nghị quyết",
                               .en = "Resolution",
                               .options = { { "yes", "Tán thành", "For", KH_STAND_FOR },
                                            { "no", "Không", "Against", KH_STAND_AGAINST } },
                               .n_options = 2,
                               .select_min = 1,
                               .select_max = 1,
                               .secrecy = secrecy,
                               .form = form,
                               .rules = { { KH_COUNT_FOR, KH_COUNT_IN_OFFICE, 1, 2, true, "91" } },
                               .n_rules = 1 };
}

/* Session 1, sitting 1 open, item a in hand; d1 to d3 and the chair are there. */
static struct people *begun(void)
{
    struct people *p = people_create(4, true);

    p->terms = (struct kh_terms){ .limit_ms = 60000, .marks = { { 15000, 0 }, 2 } };
    SAY(p, "chair session.open name=6", "chair attendance.check_in", "d1 attendance.check_in",
        "d2 attendance.check_in", "d3 attendance.check_in remote=true",
        "sec attendance.excuse person=d4 note=sick", "chair sitting.open",
        "chair agenda.start item=a");
    return p;
}

static void finish(struct people *p)
{
    SAY(p, "chair sitting.close", "chair session.close");
}

static void write_golden(const json_t *made)
{
    FILE *file = fopen(FOLDER "/golden-1.json", "we");

    assert_non_null(file);
    json_dumpf(made, file, JSON_INDENT(1) | JSON_SORT_KEYS);
    fputc('\n', file);
    fclose(file);
}

/* --- tests --- */

TEST(a_whole_sitting_has_the_record_of_the_golden_file)
{
    struct people *p = begun();
    struct kh_ballot ballot = ballot_of(KH_SECRECY_NAMED_AFTER, KH_FORM_ELECTRONIC);
    json_error_t problem;

    p->terms.ballot = &ballot;
    record(p, "one.opus", true);
    SAY(p, "d1 floor.request kind=speech note=budget", "d2 floor.request kind=debate",
        "d3 floor.request kind=speech", "chair floor.move request=3 before=1", "chair floor.next");
    mark(p, "d3", KH_EDGE_START, 25000);
    SAY(p, "chair mic.mute person=d3", "chair floor.extend person=d3 by_ms=30000");
    people_pass(p, 120000);
    SAY(p, "chair floor.revoke person=d3 note=late");
    mark(p, "d3", KH_EDGE_END, 160000);
    SAY(p, "chair floor.next", "d1 floor.release", "chair vote.open type=resolution question=q",
        "d1 vote.cast vote=1 choice=yes", "d2 vote.cast vote=1 choice=no",
        "chair vote.cast vote=1 choice=yes", "chair vote.close vote=1", "d3 attendance.check_out",
        "chair agenda.start item=b");
    finish(p);
    json_t *made = record_of(p, 1);
    if (getenv("GOLDEN_WRITE"))
        write_golden(made);
    json_t *golden = json_load_file(FOLDER "/golden-1.json", 0, &problem);
    assert_non_null(golden);
    assert_true(json_equal(golden, made));
    json_decref(golden);
    json_decref(made);
    people_destroy(p);
}

TEST(hostile_names_and_notes_stay_text_in_every_form)
{
    struct people *p = begun();

    enrol(p, "d1", SCRIPT "\"'&", "=cmd|' /C calc'!A0");
    enrol(p, "d2",
          "\xe2\x80\xae"
          "evil, \"quoted\"\x01",
          "tổ\r\n2");
    p->terms.limit_ms = 0;
    SAY(p,
        "chair floor.grant person=d1 kind="
        "<b>",
        "d1 floor.release", "chair floor.grant person=d2 kind=speech",
        "chair floor.revoke person=d2 note=" SCRIPT,
        "d1 floor.request kind=speech note=</td>" SCRIPT);
    json_t *made = record_of(p, 0);
    char *html = text_of(made, "html", "both"), *csv = text_of(made, "csv", NULL);
    char *akn = text_of(made, "akn", "en");
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "</td><script"));
    assert_non_null(strstr(html, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
    assert_non_null(strstr(html, "<bdi>\xe2\x80\xae"
                                 "evil, &quot;quoted&quot;\xef\xbf\xbd</bdi>"));
    assert_non_null(strstr(html, "Hội đồng &lt;nhân dân&gt;"));
    assert_non_null(strstr(csv, "\"\xe2\x80\xae"
                                "evil, \"\"quoted\"\"\x01\""));
    assert_non_null(strstr(csv, ",\"'=cmd|' /C calc'!A0\","));
    assert_null(strstr(akn, "<script"));
    assert_null(strchr(akn, '\x01'));
    GMarkupParser parser = { NULL, NULL, NULL, NULL, NULL };
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, NULL, NULL);
    assert_true(g_markup_parse_context_parse(context, akn, -1, NULL));
    assert_true(g_markup_parse_context_end_parse(context, NULL));
    g_markup_parse_context_free(context);
    g_free(html);
    g_free(csv);
    g_free(akn);
    json_decref(made);
    people_destroy(p);
}

TEST(a_secret_ballot_has_totals_two_tellers_and_no_names)
{
    struct people *p = begun();
    struct kh_ballot ballot = ballot_of(KH_SECRECY_SECRET, KH_FORM_PAPER);

    p->terms.ballot = &ballot;
    SAY(p, "chair vote.open type=resolution question=q",
        "sec vote.tally vote=1 form=paper counts=yes:3,no:1");
    json_t *half = record_of(p, 1);
    IS(half, "0.course.1.tally.confirmed", "false");
    IS(half, "0.course.1.result", "nothing");
    SAY(p, "sec2 vote.tally vote=1 form=paper counts=yes:3,no:1", "chair vote.close vote=1");
    json_t *made = record_of(p, 1);
    IS(made, "0.course.1.tally.by.id", "\"sec\"");
    IS(made, "0.course.1.tally.confirmed_by.id", "\"sec2\"");
    IS(made, "0.course.1.result.counts.0.options", "{\"no\":1,\"yes\":3}");
    IS(made, "0.course.1.names", "nothing");
    IS(made, "0.course.1.not_voted", "nothing");
    json_decref(half);
    json_decref(made);
    people_destroy(p);
}

#define SEED "0000000000000000000000000000000000000000000000000000000000000001"

TEST(a_lot_and_what_the_chair_set_aside_are_told_with_their_grounds)
{
    struct people *p = begun();
    struct kh_ballot ballot = ballot_of(KH_SECRECY_NAMED_AFTER, KH_FORM_ELECTRONIC);

    ballot.rules[0] = (struct kh_majority){ KH_COUNT_FOR, KH_COUNT_EXPRESSED, 1, 2, true, "r" };
    ballot.tie = KH_TIE_LOT;
    p->terms.ballot = &ballot;
    p->terms.overridden = true;
    KH_TEXT_SET(p->terms.reason.code, "no_quorum");
    KH_TEXT_SET(p->terms.reason.en, "At least 50.");
    SAY(p, "chair lot.draw among=d1,d2,x number=2 name=order seed=" SEED,
        "chair vote.open type=resolution question=q override=true note=storm",
        "d1 vote.cast vote=1 choice=yes", "d2 vote.cast vote=1 choice=no",
        "chair vote.close vote=1", "chair lot.draw vote=1 seed=" SEED);
    json_t *made = record_of(p, 1);
    IS(made, "0.course.1.what", "\"lot_drawn\"");
    IS(made, "0.course.1.name", "\"order\"");
    IS(made, "0.course.1.seed", "\"" SEED "\"");
    IS(made, "0.course.1.among.2.name", "\"x\"");
    IS(made, "0.course.1.among.3", "nothing");
    IS(made, "0.course.1.drawn.0.id", "\"d2\"");
    IS(made, "0.course.1.drawn.1.id", "\"x\"");
    IS(made, "0.course.1.by.id", "\"chair\"");
    IS(made, "0.course.3.what", "\"overridden\"");
    IS(made, "0.course.3.reason.code", "\"no_quorum\"");
    IS(made, "0.course.3.note", "\"storm\"");
    IS(made, "0.course.3.by.id", "\"chair\"");
    IS(made, "0.course.4.what", "\"lot_drawn\"");
    IS(made, "0.course.4.vote", "1");
    IS(made, "0.course.2.decided.lot", "true");
    char *html = text_of(made, "html", "en");
    assert_non_null(strstr(html, "Decided by lot on a tie"));
    assert_non_null(strstr(html, SEED));
    assert_non_null(strstr(html, "The chair set the procedure aside"));
    g_free(html);
    json_decref(made);
    people_destroy(p);
}

TEST(a_vote_that_waited_for_its_announcement_or_its_date_says_so)
{
    struct people *p = begun();
    struct kh_ballot ballot = ballot_of(KH_SECRECY_NAMED_AFTER, KH_FORM_ELECTRONIC);

    ballot.change = KH_CHANGE_UNTIL_ANNOUNCED;
    ballot.rules[0] = (struct kh_majority){ KH_COUNT_FOR, KH_COUNT_EXPRESSED, 1, 2, true, "r" };
    ballot.tie = KH_TIE_REVOTE;
    p->terms.ballot = &ballot;
    SAY(p, "chair vote.open type=resolution question=q", "d1 vote.cast vote=1 choice=yes",
        "d2 vote.cast vote=1 choice=no", "chair vote.close vote=1");
    json_t *made = record_of(p, 1);
    IS(made, "0.course.1.state", "\"open\"");
    IS(made, "0.course.1.result", "nothing");
    json_decref(made);
    SAY(p, "chair vote.announce vote=1", "chair vote.defer vote=1 ends_at=1900000000000");
    made = record_of(p, 1);
    IS(made, "0.course.1.state", "\"deferred\"");
    IS(made, "0.course.1.result.outcome", "\"tied\"");
    IS(made, "0.course.1.due_at", "\"2030-03-17T17:46:40.000Z\"");
    json_decref(made);
    people_destroy(p);
}

TEST(totals_only_and_open_votes_name_nobody)
{
    struct people *p = begun();
    struct kh_ballot ballot = ballot_of(KH_SECRECY_TOTALS, KH_FORM_ELECTRONIC);

    p->terms.ballot = &ballot;
    SAY(p, "chair vote.open type=resolution question=q", "d1 vote.cast vote=1 choice=yes",
        "chair vote.close vote=1");
    ballot.secrecy = KH_SECRECY_NAMED_LIVE;
    SAY(p, "chair vote.open type=resolution question=r", "d1 vote.cast vote=2 choice=yes");
    json_t *made = record_of(p, 1);
    IS(made, "0.course.1.result.counts.0.options.yes", "1");
    IS(made, "0.course.1.names", "nothing");
    IS(made, "0.course.1.not_voted", "nothing");
    IS(made, "0.course.2.state", "\"open\"");
    IS(made, "0.course.2.result", "nothing");
    IS(made, "0.course.2.names", "nothing");
    json_decref(made);
    people_destroy(p);
}

TEST(a_vote_held_again_leaves_the_first_count)
{
    struct people *p = begun();
    struct kh_ballot ballot = ballot_of(KH_SECRECY_NAMED_AFTER, KH_FORM_ELECTRONIC);

    p->terms.ballot = &ballot;
    SAY(p, "chair vote.open type=resolution question=q", "d1 vote.cast vote=1 choice=yes",
        "chair vote.close vote=1", "chair vote.reopen vote=1", "d1 vote.cast vote=1 choice=no",
        "d2 vote.cast vote=1 choice=no", "chair vote.close vote=1", "chair vote.reopen vote=1",
        "chair vote.defer vote=1 note=later");
    json_t *made = record_of(p, 1);
    IS(made, "0.course.1.result.counts.0.options", "{\"no\":0,\"yes\":1}");
    IS(made, "0.course.2.round", "2");
    IS(made, "0.course.2.result.counts.0.options", "{\"no\":2,\"yes\":0}");
    IS(made, "0.course.2.result.counts.0.rules.0.needed", "3");
    IS(made, "0.course.3.state", "\"deferred\"");
    IS(made, "0.course.3.note", "\"later\"");
    json_decref(made);
    people_destroy(p);
}

TEST(presence_is_kept_per_sitting_with_its_times)
{
    struct people *p = begun();

    SAY(p, "d2 attendance.check_out", "d2 attendance.check_in remote=true", "chair sitting.close",
        "d1 attendance.check_in", "chair sitting.open");
    json_t *made = record_of(p, 1);
    IS(made, "0.attendance.counts.present", "4");
    IS(made, "0.attendance.counts.remote", "2");
    IS(made, "0.attendance.groups.0.members.2.periods",
       "[{\"from\":\"2022-07-18T01:00:15.000Z\",\"remote\":false,"
       "\"to\":\"2022-07-18T01:00:40.000Z\"},{\"from\":\"2022-07-18T01:00:45.000Z\","
       "\"remote\":true,\"to\":\"2022-07-18T01:00:50.000Z\"}]");
    IS(made, "0.attendance.groups.0.members.4.excused.note", "\"sick\"");
    IS(made, "1.attendance.counts.present", "1");
    IS(made, "1.attendance.counts.excused", "0");
    IS(made, "1.attendance.groups.0.members.1.periods.0.to", "nothing");
    json_decref(made);
    people_destroy(p);
}

TEST(a_recording_cut_off_by_a_restart_is_a_gap)
{
    struct people *p = begun();

    record(p, "one.opus", true);
    SAY(p, "chair floor.grant person=d1 kind=speech");
    people_pass(p, 30000);
    enrol(p, "d9", "New", "");
    record(p, "two.opus", true);
    people_pass(p, 1000);
    record(p, "two.opus", false);
    people_pass(p, 1000);
    finish(p);
    json_t *made = record_of(p, 1);
    char *troubles = json_dumps(json_object_get(made, "troubles"), JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(troubles,
                        "[{\"at\":\"2022-07-18T01:00:40.000Z\",\"sitting\":1,"
                        "\"to\":\"2022-07-18T01:01:15.000Z\",\"type\":\"recording_gap\"},"
                        "{\"at\":\"2022-07-18T01:01:16.000Z\",\"sitting\":1,"
                        "\"to\":\"2022-07-18T01:01:17.000Z\",\"type\":\"recording_gap\"}]");
    free(troubles);
    json_decref(made);
    people_destroy(p);
}

TEST(closed_minutes_stand_still_and_open_ones_are_marked)
{
    struct people *p = begun();
    json_t *open = record_of(p, 1);

    assert_false(json_is_true(json_object_get(open, "final")));
    char *html = text_of(open, "html", "vi");
    assert_non_null(strstr(html, "BẢN CHƯA HOÀN TẤT"));
    g_free(html);
    finish(p);
    json_t *before = record_of(p, 1);
    SAY(p, "chair session.open name=7");
    json_t *after = record_of(p, 1), *newest = record_of(p, 0);
    assert_true(json_is_true(json_object_get(before, "final")));
    assert_true(json_equal(before, after));
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(newest, "session"), "number")), 2);
    struct kh_minutes *none = minutes_of(p, 3);
    struct kh_error error = { 0 };
    json_t *record = NULL;
    assert_int_equal(kh_minutes_record(none, &record, &error), KH_ERR_NOT_FOUND);
    assert_null(record);
    kh_minutes_destroy(none);
    json_decref(open);
    json_decref(before);
    json_decref(after);
    json_decref(newest);
    people_destroy(p);
}

TEST(unknown_forms_languages_and_zones_are_named)
{
    struct people *p = begun();
    json_t *made = record_of(p, 1);
    struct kh_minutes_style style;
    struct kh_error error = { 0 };
    GString *out = g_string_new("");

    assert_int_equal(kh_minutes_style_read("pdf", NULL, &style, &error), KH_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.text, "print"));
    assert_int_equal(kh_minutes_style_read("doc", NULL, &style, &error), KH_ERR_INVALID);
    assert_int_equal(kh_minutes_style_read("csv", "fr", &style, &error), KH_ERR_INVALID);
    assert_int_equal(kh_minutes_style_read("html", "en", &style, &error), KH_OK);
    style.zone = "Mars/Olympus";
    assert_int_equal(kh_minutes_write(made, &style, out, &error), KH_ERR_INVALID);
    assert_int_equal(out->len, 0);
    g_string_free(out, TRUE);
    json_decref(made);
    people_destroy(p);
}

TEST(an_entry_that_cannot_be_read_is_named)
{
    struct kh_minutes_about about = { .council = "hp" };
    struct kh_minutes *m = kh_minutes_create(&about);
    struct kh_minutes_entry entry = { .seq = 7, .body = { "no.such", "", "{}" } };
    struct kh_error error = { 0 };

    assert_int_equal(kh_minutes_add(m, &entry, &error), KH_ERR_CORRUPT);
    assert_non_null(strstr(error.text, "entry 7"));
    kh_minutes_destroy(m);
}

int main(void)
{
    return kh_run_tests(CASE(a_whole_sitting_has_the_record_of_the_golden_file),
                        CASE(a_lot_and_what_the_chair_set_aside_are_told_with_their_grounds),
                        CASE(a_vote_that_waited_for_its_announcement_or_its_date_says_so),
                        CASE(hostile_names_and_notes_stay_text_in_every_form),
                        CASE(a_secret_ballot_has_totals_two_tellers_and_no_names),
                        CASE(totals_only_and_open_votes_name_nobody),
                        CASE(a_vote_held_again_leaves_the_first_count),
                        CASE(presence_is_kept_per_sitting_with_its_times),
                        CASE(a_recording_cut_off_by_a_restart_is_a_gap),
                        CASE(closed_minutes_stand_still_and_open_ones_are_marked),
                        CASE(unknown_forms_languages_and_zones_are_named),
                        CASE(an_entry_that_cannot_be_read_is_named));
}
