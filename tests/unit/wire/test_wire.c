/* Commands and events as JSON: every kind of field there and back, every wrong one by its name. */
#include "tests/unit/session/people.h"

#include "base/text.h"
#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct kh_wire_room room;
static struct kh_error error;

static const struct kh_wire_shape everything = { 0, ~UINT64_C(0) };

/* What reading @text says: "" when it is fine. */
static const char *reading(const struct people *p, const char *text, struct kh_fields *fields)
{
    json_t *object = json_loads(text, JSON_DECODE_ANY, NULL);

    assert_non_null(object);
    memset(&error, 0, sizeof(error));
    enum kh_err err = kh_wire_read(&p->state, object, everything, fields, &room, &error);
    json_decref(object);
    assert_int_equal(err, error.code);
    return error.text;
}

static struct people *with_a_vote(void)
{
    struct people *p = people_sitting(3);

    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    return p;
}

TEST(every_kind_of_field_goes_there_and_back)
{
    static const char text[] =
        "{\"person\":\"d1\",\"item\":\"b\",\"request\":4294967295,\"vote\":1,\"kind\":\"speech\","
        "\"note\":\"Tiếng Việt \\\"về\\\" ngân sách\\n\",\"reason\":{\"code\":\"c\",\"vi\":\"v\","
        "\"en\":\"e\",\"rule\":\"r\"},\"rank\":-7,\"limit_ms\":420000,"
        "\"ends_at\":\"2026-07-18T01:30:00.250Z\",\"remote\":true,\"mic\":\"muted\","
        "\"expiry\":\"grace\",\"end\":\"expired\",\"form\":\"roll_call\",\"state\":\"accepted\","
        "\"edge\":\"end\",\"marks\":[60000,15000,0],\"choice\":\"against\","
        "\"counts\":{\"for\":2,\"against\":1,\"abstain\":0,\"invalid\":3},"
        "\"profile\":{\"id\":\"x\",\"name\":\"N\",\"title\":\"T\",\"group\":\"G\",\"seat\":\"S\","
        "\"birth\":\"1970-01-02\",\"roles\":[\"chair\",\"delegate\"],\"weight\":2,"
        "\"in_office\":true,\"can_vote\":false},"
        "\"agenda_item\":{\"id\":\"i\",\"title\":{\"vi\":\"v\",\"en\":\"e\"},\"kind\":\"report\"},"
        "\"ask_text\":{\"code\":\"time_over\",\"text\":{\"vi\":\"v\",\"en\":\"e\"},\"options\":["
        "{\"id\":\"cut\",\"vi\":\"a\",\"en\":\"b\"},{\"id\":\"more\",\"vi\":\"c\",\"en\":\"d\"}],"
        "\"roles\":[\"secretary\"],\"timeout_ms\":20000,\"default\":1,\"rule\":\"r\","
        "\"person\":\"d2\"},"
        "\"subjects\":[{\"id\":\"s1\",\"name\":\"Một\"},{\"id\":\"s2\",\"name\":\"Hai\"}]}";
    struct people *p = with_a_vote();
    struct kh_fields fields;

    assert_string_equal(reading(p, text, &fields), "");
    assert_int_equal(fields.person, people_who(p, "d1"));
    assert_int_equal(fields.choice.options[0], 2);
    assert_int_equal(fields.ends_at, INT64_C(1784338200250));
    assert_int_equal(room.ask.person, people_who(p, "d2"));
    json_t *again = kh_wire_fields(&p->state, &fields), *first = json_loads(text, 0, NULL);
    assert_true(json_equal(first, again));
    json_decref(first);
    json_decref(again);
    people_destroy(p);
}

static struct kh_ballot whole_ballot(void)
{
    struct kh_ballot b = {
        .type = "confidence",
        .vi = "Lấy phiếu tín nhiệm",
        .en = "Confidence",
        .options = { { "high", "Cao", "High", KH_STAND_OTHER },
                     { "low", "Thấp", "Low", KH_STAND_AGAINST } },
        .n_options = 2,
        .subjects = { { "s1", "Một" }, { "s2", "Hai" } },
        .n_subjects = 2,
        .select_min = 0,
        .select_max = 2,
        .eligible = KH_ELIGIBLE_ALL,
        .secrecy = KH_SECRECY_TOTALS,
        .running = KH_RUNNING_NONE,
        .change = KH_CHANGE_NEVER,
        .form = KH_FORM_DOORS,
        .tie = KH_TIE_LOT,
        .close_when_all_voted = true,
        .timer_ms = 30000,
        .rules = { { KH_COUNT_AGAINST, KH_COUNT_CAST, 1, 2, true, "96/2023" } },
        .n_rules = 1,
        .vetoes = { { KH_COUNT_BLOCK, KH_COUNT_PRESENT_AT_OPEN, 1, 10, false, "" } },
        .n_vetoes = 1,
        .min_turnout = 5,
        .rule = "Art. 1",
    };

    return b;
}

TEST(a_ballot_and_its_result_go_there_and_back)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = whole_ballot();
    struct kh_result result = { .outcome = KH_OUTCOME_OTHER,
                                .word = "next_round",
                                .n_subjects = 2,
                                .vi = "Đa số",
                                .en = "Majority",
                                .rule = "r" };
    struct kh_fields fields = { 0 }, again;

    KH_SET(&fields, ballot, &ballot);
    json_t *json = kh_wire_fields(&p->state, &fields);
    assert_int_equal(kh_wire_read(&p->state, json, everything, &again, &room, &error), KH_OK);
    assert_memory_equal(again.ballot, &ballot, sizeof(ballot));
    json_decref(json);

    p->terms.ballot = &ballot;
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    for (unsigned s = 0; s < 2; s++) {
        for (unsigned i = 0; i < KH_COUNTS; i++)
            result.counts[s].named[i] = s * 100 + i;
        result.counts[s].option[1] = 7;
    }
    fields = (struct kh_fields){ 0 };
    KH_SET(&fields, vote, 1);
    KH_SET(&fields, result, &result);
    KH_SET(&fields, choice, ((struct kh_choice){ .options = { 3, 0 }, .n = 2 }));
    json = kh_wire_fields(&p->state, &fields);
    assert_int_equal(kh_wire_read(&p->state, json, everything, &again, &room, &error), KH_OK);
    assert_memory_equal(again.result, &result, sizeof(result));
    assert_memory_equal(&again.choice, &fields.choice, sizeof(again.choice));
    json_decref(json);
    people_destroy(p);
}

TEST(a_wrong_parameter_is_named_with_what_is_wanted)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "[]", "an object of parameters is wanted" },
        { "null", "an object of parameters is wanted" },
        { "{\"persom\":1}", "persom: there is no such parameter" },
        { "{\"person\":1}", "person: an id (text) is wanted" },
        { "{\"person\":null}", "person: an id (text) is wanted" },
        { "{\"person\":\"nobody\"}", "person: there is no \"nobody\"" },
        { "{\"item\":\"z\"}", "item: there is no \"z\"" },
        { "{\"request\":\"1\"}", "request: an integer is wanted" },
        { "{\"request\":1.0}", "request: an integer is wanted" },
        { "{\"request\":-1}", "request: 0 to 4294967295 is possible" },
        { "{\"request\":4294967296}", "request: 0 to 4294967295 is possible" },
        { "{\"by_ms\":1000000000001}", "by_ms: -1000000000000 to 1000000000000 is possible" },
        { "{\"kind\":7}", "kind: a text is wanted" },
        { "{\"kind\":\"123456789012345678901234\"}", "kind: at most 23 bytes" },
        { "{\"remote\":1}", "remote: true or false is wanted" },
        { "{\"mic\":\"on\"}", "mic: one of these is wanted: off live muted" },
        { "{\"mic\":1}", "mic: one of these is wanted: off live muted" },
        { "{\"ends_at\":\"tomorrow\"}", "ends_at: a time like 2026-07-18T01:30:00.250Z" },
        { "{\"ends_at\":5}", "ends_at: a time like 2026-07-18T01:30:00.250Z" },
        { "{\"marks\":5}", "marks: a list of at most 8 is wanted" },
        { "{\"marks\":[1,2,3,4,5,6,7,8,9]}", "marks: a list of at most 8 is wanted" },
        { "{\"marks\":[\"1\"]}", "marks: milliseconds are wanted" },
        { "{\"reason\":5}", "reason: an object is wanted" },
        { "{\"choice\":\"for\"}", "vote: there is no such vote" },
        { "{\"vote\":9,\"choice\":\"for\"}", "vote: there is no such vote" },
        { "{\"vote\":1,\"choice\":\"perhaps\"}", "choice: not one of this vote's options" },
        { "{\"vote\":1,\"choice\":5}", "choice: not one of this vote's options" },
        { "{\"vote\":1,\"choice\":[[\"for\"]]}", "choice: lists in lists" },
        { "{\"vote\":1,\"counts\":5}", "counts: {option: number} is wanted" },
        { "{\"vote\":1,\"counts\":{\"for\":\"5\"}}", "for: an integer is wanted" },
        { "{\"vote\":1,\"counts\":{\"for\":-5}}", "for: 0 to 1024 is possible" },
        { "{\"vote\":1,\"counts\":{\"perhaps\":5}}",
          "counts: an option that this vote does not have" },
        { "{\"subjects\":5}", "subjects: a list of at most 40 is wanted" },
        { "{\"subjects\":[5]}", "subjects: {id, name} is wanted" },
        { "{\"subjects\":[{\"name\":\"x\"}]}", "subjects: {id, name} is wanted" },
        { "{\"profile\":5}", "profile: an object is wanted" },
        { "{\"profile\":{\"roles\":\"chair\"}}", "roles: a list of roles is wanted" },
        { "{\"profile\":{\"roles\":[\"king\"]}}", "roles: an unknown role" },
        { "{\"agenda_item\":[]}", "agenda_item: an object is wanted" },
        { "{\"ask_text\":\"x\"}", "ask_text: an object is wanted" },
        { "{\"ask_text\":{\"options\":[]}}", "options: 1 to 6 are possible" },
        { "{\"ask_text\":{\"options\":[{\"id\":\"a\"}],\"default\":1}}",
          "default: 0 to 0 is possible" },
        { "{\"ballot\":{\"secrecy\":\"open\"}}",
          "secrecy: one of these is wanted: named_live named_after totals secret" },
        { "{\"ballot\":{\"rules\":[{\"of\":\"for\",\"base\":\"cast\",\"den\":0}]}}",
          "den: 1 to 1000000 is possible" },
    };
    struct people *p = with_a_vote();
    struct kh_fields fields;

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(reading(p, rows[i].text, &fields), rows[i].says);
    people_destroy(p);
}

TEST(members_are_named_one_by_one)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "{\"members\":\"d1\"}", "members: a list of at most 15 ids is wanted" },
        { "{\"members\":{\"d1\":1}}", "members: a list of at most 15 ids is wanted" },
        { "{\"members\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}",
          "members: a list of at most 15 ids is wanted" },
        { "{\"members\":[\"d1\",\"nobody\"]}", "members: there is no \"nobody\"" },
        { "{\"members\":[\"d1\",7]}", "members: there is no \"?\"" },
        { "{\"members\":[null]}", "members: there is no \"?\"" },
        { "{\"members\":[[\"d1\"]]}", "members: there is no \"?\"" },
        { "{\"members\":[]}", "" },
        { "{\"members\":[\"d2\",\"d1\"]}", "" },
    };
    struct people *p = people_sitting(2);
    struct kh_fields fields;

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(reading(p, rows[i].text, &fields), rows[i].says);
    assert_int_equal(fields.members->n, 2);
    assert_int_equal(fields.members->person[0], people_who(p, "d2"));
    people_destroy(p);
}

/* {"@name":"AAA…"} with @chars letters. */
static const char *with_long_text(const char *name, size_t chars)
{
    static char text[KH_BLOB_BYTES + 64];
    int head = snprintf(text, sizeof(text), "{\"%s\":\"", name);

    memset(text + head, 'A', chars);
    strcpy(text + head + chars, "\"}");
    return text;
}

TEST(a_blob_is_base64url_and_not_too_long)
{
    static const char *const wrong[] = { "7",      "null",    "[\"AA\"]", "\"A+\"",  "\"A/\"",
                                         "\"A=\"", "\"A A\"", "\"Á\"",    "\"A\\n\"" };
    struct people *p = people_sitting(1);
    struct kh_fields fields;
    char text[64];

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(text, sizeof(text), "{\"opening\":%s}", wrong[i]);
        assert_string_equal(reading(p, text, &fields), "opening: a text of base64url is wanted");
    }
    assert_string_equal(reading(p, with_long_text("deal", KH_BLOB_BYTES), &fields),
                        "deal: a text of base64url is wanted");
    assert_string_equal(reading(p, with_long_text("deal", KH_BLOB_BYTES - 1), &fields), "");
    assert_int_equal(strlen(fields.deal), KH_BLOB_BYTES - 1);
    assert_string_equal(reading(p, "{\"opening\":\"Az09-_\"}", &fields), "");
    assert_string_equal(fields.opening, "Az09-_");
    people_destroy(p);
}

TEST(values_are_an_object_of_plain_ones)
{
    static const char *const wrong[] = {
        "7", "null", "\"a\"", "[1]", "{\"a\":{}}", "{\"a\":[]}", "{\"a\":1,\"b\":[2],\"c\":3}"
    };
    static const char says[] = "settings: an object of plain values is wanted";
    struct people *p = people_sitting(1);
    struct kh_fields fields;
    char text[64];

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(text, sizeof(text), "{\"settings\":%s}", wrong[i]);
        assert_string_equal(reading(p, text, &fields), says);
    }
    json_t *object =
        json_pack("{s:{s:o}}", "settings", "a", json_string(with_long_text("x", KH_BLOB_BYTES)));
    memset(&error, 0, sizeof(error));
    assert_int_equal(kh_wire_read(&p->state, object, everything, &fields, &room, &error),
                     KH_ERR_INVALID);
    assert_string_equal(error.text, says);
    json_decref(object);
    assert_string_equal(reading(p, "{\"settings\":{}}", &fields), "");
    assert_string_equal(fields.settings, "{}");
    assert_string_equal(reading(p,
                                "{\"settings\":{\"z\":1.5,\"b\":true,\"a\":\"Ă\", \"n\":-2,"
                                "\"o\":null}}",
                                &fields),
                        "");
    assert_string_equal(fields.settings, "{\"a\":\"Ă\",\"b\":true,\"n\":-2,\"o\":null,\"z\":1.5}");
    people_destroy(p);
}

TEST(every_field_of_the_vocabulary_refuses_a_value_of_no_kind)
{
    struct people *p = with_a_vote();
    struct kh_fields fields;
    char text[96];

    for (unsigned i = 0; i < KH_FIELDS; i++) {
        snprintf(text, sizeof(text), "{\"vote\":1,\"%s\":%s}", kh_field_table[i].name,
                 kh_field_table[i].kind == KH_KIND_TIME ? "[]" : "null");
        assert_string_not_equal(reading(p, text, &fields), "");
    }
    people_destroy(p);
}

TEST(what_is_required_must_be_there_and_nothing_else)
{
    struct people *p = people_sitting(1);
    struct kh_wire_shape shape = { KH_BIT(request), KH_BIT(note) };
    struct kh_fields fields;
    json_t *object = json_object();

    assert_int_equal(kh_wire_read(&p->state, object, shape, &fields, &room, &error),
                     KH_ERR_INVALID);
    assert_string_equal(error.text, "request: is missing");
    json_object_set_new(object, "request", json_integer(1));
    assert_int_equal(kh_wire_read(&p->state, object, shape, &fields, &room, &error), KH_OK);
    assert_true(fields.present == KH_BIT(request));
    json_object_set_new(object, "person", json_string("d1"));
    assert_int_equal(kh_wire_read(&p->state, object, shape, &fields, &room, &error),
                     KH_ERR_INVALID);
    assert_string_equal(error.text, "person: there is no such parameter");
    json_decref(object);
    people_destroy(p);
}

TEST(a_damaged_entry_of_the_journal_is_named)
{
    struct people *p = people_sitting(1);
    struct kh_event event;
    static const struct {
        struct kh_wire_entry entry;
        const char *says;
    } rows[] = {
        { { "floor.lost", "", "{}" }, "there is no event \"floor.lost\"" },
        { { "list.closed", "ghost", "{}" }, "list.closed: there is no \"ghost\"" },
        { { "list.closed", "", "{\"note\":\"x\"}" }, "note: there is no such parameter" },
        { { "floor.accepted", "", "{}" }, "person: is missing" },
        { { "list.closed", "", "[]" }, "an object of parameters is wanted" },
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_not_equal(kh_wire_event_read(&p->state, &rows[i].entry, &event, &room, &error),
                             KH_OK);
        assert_string_equal(error.text, rows[i].says);
    }
    struct kh_wire_entry cut = { "list.closed", "", "{\"a\":" };
    assert_int_equal(kh_wire_event_read(&p->state, &cut, &event, &room, &error), KH_ERR_CORRUPT);
    people_destroy(p);
}

TEST(a_key_travels_with_its_event)
{
    struct people *p = people_sitting(1);
    struct kh_event event = { .type = KH_EV_LIST_CLOSED, .key = "k-1" }, again;
    char *body = kh_wire_event_body(&p->state, &event);
    struct kh_wire_entry entry = { "list.closed", "chair", body };

    assert_string_equal(body, "{\"key\":\"k-1\"}");
    assert_int_equal(kh_wire_event_read(&p->state, &entry, &again, &room, &error), KH_OK);
    assert_string_equal(again.key, "k-1");
    assert_int_equal(again.actor, people_who(p, "chair"));
    free(body);
    people_destroy(p);
}

TEST(times_are_rfc_3339_in_utc_with_milliseconds)
{
    static const char *const wrong[] = { "",
                                         "2026-07-18",
                                         "2026-07-18T01:30:00",
                                         "2026-07-18T01:30:00+07:00",
                                         "2026-07-18T01:30:00.250",
                                         "2026-07-18T01:30:00Zx",
                                         "2026-13-18T01:30:00Z",
                                         "x2026-07-18T01:30:00Z" };
    char text[KH_TIME_CHARS];
    int64_t ms = 0;

    kh_wire_time(INT64_C(1784338200250), text);
    assert_string_equal(text, "2026-07-18T01:30:00.250Z");
    assert_true(kh_wire_time_read(text, &ms));
    assert_int_equal(ms, INT64_C(1784338200250));
    assert_true(kh_wire_time_read("2026-07-18T01:30:00Z", &ms));
    assert_int_equal(ms, INT64_C(1784338200000));
    assert_true(kh_wire_time_read("2026-07-18T01:30:00.2567891Z", &ms));
    assert_int_equal(ms, INT64_C(1784338200256));
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(kh_wire_time_read(wrong[i], &ms));
}

TEST(a_text_that_is_not_utf8_still_makes_an_event_that_reads_back)
{
    struct people *p = people_sitting(1);
    struct kh_event event = { .type = KH_EV_NOTICE, .actor = KH_NOBODY }, again;

    KH_TEXT_SET(event.f.reason.vi, "Ti\xe1ng \xff Vi\xc3");
    KH_TEXT_SET(event.f.reason.code, "x");
    event.f.present = KH_BIT(reason);
    char *body = kh_wire_event_body(&p->state, &event);
    struct kh_wire_entry entry = { "notice", "", body };
    assert_int_equal(kh_wire_event_read(&p->state, &entry, &again, &room, &error), KH_OK);
    assert_string_equal(again.f.reason.vi, "Ti?ng ? Vi?");
    free(body);
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(
        CASE(every_kind_of_field_goes_there_and_back),
        CASE(a_ballot_and_its_result_go_there_and_back),
        CASE(a_wrong_parameter_is_named_with_what_is_wanted), CASE(members_are_named_one_by_one),
        CASE(a_blob_is_base64url_and_not_too_long), CASE(values_are_an_object_of_plain_ones),
        CASE(every_field_of_the_vocabulary_refuses_a_value_of_no_kind),
        CASE(what_is_required_must_be_there_and_nothing_else),
        CASE(a_damaged_entry_of_the_journal_is_named), CASE(a_key_travels_with_its_event),
        CASE(times_are_rfc_3339_in_utc_with_milliseconds),
        CASE(a_text_that_is_not_utf8_still_makes_an_event_that_reads_back));
}
