/* What an outsider finds in a published box that somebody changed, even when the hash was made to
 * fit again. */
#include "tests/unit/test.h"

#include "box/chest.h"
#include "box/recount.h"
#include "tests/unit/box/council.h"

#include <string.h>

enum { VOTERS = 4, BALLOT_BYTES = 3 * 192 + 64 };

static struct council council;
static json_t *good; /* opened by 1 and 3 of 2-of-3, with counts */

static json_t *copy(void)
{
    return json_deep_copy(good);
}

static json_t *entry(json_t *box, unsigned i)
{
    return json_array_get(json_object_get(box, "entries"), i);
}

static void set(json_t *object, const char *field, json_t *value)
{
    assert_int_equal(json_object_set_new(object, field, value), 0);
}

/* Flip a bit of a base64url field of @n bytes. */
static void flip(json_t *object, const char *field, size_t n, size_t byte)
{
    static uint8_t bytes[KH_BOX_BALLOT_BYTES_MAX];
    static char text[KH_BOX_BALLOT_TEXT_MAX];

    assert_true(kh_text_to_bytes(json_string_value(json_object_get(object, field)), bytes, n));
    bytes[byte] ^= 1;
    kh_text_from_bytes(text, bytes, n);
    set(object, field, json_string(text));
}

/* A forger's last touch: number and hash fit the entries as they are. */
static void seal_again(json_t *box)
{
    json_t *entries = json_object_get(box, "entries"), *one;
    struct kh_box_digest digest;
    char hash[KH_BOX_HASH_TEXT];
    size_t i;

    kh_box_digest_start(&digest, "xa-demo", 7, (uint32_t)json_array_size(entries));
    json_array_foreach(entries, i, one)
    {
        uint8_t serial[32], token[64], ballot[BALLOT_BYTES];
        const struct kh_box_entry bytes = { serial, token, ballot };
        assert_true(
            kh_text_to_bytes(json_string_value(json_object_get(one, "serial")), serial, 32));
        assert_true(kh_text_to_bytes(json_string_value(json_object_get(one, "token")), token, 64));
        assert_true(kh_text_to_bytes(json_string_value(json_object_get(one, "ballot")), ballot,
                                     sizeof(ballot)));
        kh_box_digest_entry(&digest, &bytes, sizeof(ballot));
    }
    kh_box_digest_end(&digest, hash);
    set(box, "hash", json_string(hash));
    set(box, "number", json_integer((json_int_t)json_array_size(entries)));
}

/* @box fails at @check; it is dropped. */
static void expect(json_t *box, enum kh_recount_check check)
{
    struct kh_recount report;

    assert_int_equal(kh_recount(box, &report), check == KH_RECOUNT_OK);
    assert_string_equal(kh_recount_word(report.failed), kh_recount_word(check));
    assert_true(strlen(report.vi) > 10 && strlen(report.en) > 10);
    json_decref(box);
}

TEST(a_published_box_holds)
{
    struct kh_recount report;
    const json_t *counts = json_object_get(good, "counts");

    assert_true(kh_recount(good, &report));
    assert_true(report.counted);
    assert_int_equal(report.number, VOTERS);
    assert_string_equal(report.en, "All checks hold.");
    assert_string_equal(json_string_value(json_object_get(good, "question")), "Bầu Chủ tịch");
    assert_int_equal(json_integer_value(json_array_get(json_array_get(counts, 0), 0)), 3);
    assert_int_equal(json_integer_value(json_array_get(json_array_get(counts, 0), 1)), 0);
    assert_int_equal(json_integer_value(json_array_get(json_array_get(counts, 0), 2)), 1);
}

TEST(a_box_that_is_not_opened_yet_holds_but_is_not_counted)
{
    struct kh_recount report;
    json_t *box = copy();

    json_object_del(box, "counts");
    json_array_remove(json_object_get(box, "openings"), 1);
    assert_true(kh_recount(box, &report));
    assert_false(report.counted);
    json_object_del(box, "openings");
    expect(box, KH_RECOUNT_OK);
}

TEST(an_added_entry_is_found)
{
    json_t *box = copy();
    uint8_t last[32];
    char text[KH_BOX_POINT_TEXT];

    json_t *more = json_deep_copy(entry(box, 0));
    memset(last, 0xff, sizeof(last));
    kh_text_from_bytes(text, last, 32);
    set(more, "serial", json_string(text));
    json_array_append_new(json_object_get(box, "entries"), more);
    expect(json_deep_copy(box), KH_RECOUNT_NUMBER);
    set(box, "number", json_integer(VOTERS + 1));
    expect(json_deep_copy(box), KH_RECOUNT_HASH);
    seal_again(box);
    expect(box, KH_RECOUNT_TOKEN);
}

TEST(a_removed_entry_is_found)
{
    json_t *box = copy();

    json_array_remove(json_object_get(box, "entries"), 1);
    expect(json_deep_copy(box), KH_RECOUNT_NUMBER);
    set(box, "number", json_integer(VOTERS - 1));
    expect(json_deep_copy(box), KH_RECOUNT_HASH);
    seal_again(box); /* another hash than the journal's, and the openings were for the old one */
    expect(box, KH_RECOUNT_OPENING);
}

TEST(a_changed_entry_is_found)
{
    static const size_t places[] = { 0, 40, 70, 200, 640 - 5 };

    for (unsigned i = 0; i < sizeof(places) / sizeof(*places); i++) {
        json_t *box = copy();
        flip(entry(box, 2), "ballot", BALLOT_BYTES, places[i]);
        expect(json_deep_copy(box), KH_RECOUNT_HASH);
        seal_again(box);
        expect(box, KH_RECOUNT_BALLOT);
    }
    json_t *box = copy();
    flip(entry(box, 2), "token", 64, 3);
    expect(json_deep_copy(box), KH_RECOUNT_HASH);
    seal_again(box);
    expect(box, KH_RECOUNT_TOKEN);
    box = copy();
    flip(entry(box, 2), "serial", 32, 31);
    seal_again(box);
    expect(box, KH_RECOUNT_TOKEN);
}

TEST(an_entry_moved_or_there_twice_is_found)
{
    json_t *box = copy(), *entries = json_object_get(box, "entries");

    json_array_append(entries, json_array_get(entries, 0));
    json_array_remove(entries, 0);
    seal_again(box);
    expect(box, KH_RECOUNT_ORDER);
    box = copy(), entries = json_object_get(box, "entries");
    json_array_insert(entries, 1, entry(box, 1));
    seal_again(box);
    expect(box, KH_RECOUNT_ORDER);
}

TEST(another_papers_key_is_found)
{
    json_t *box = copy();

    flip(box, "paper_secret", 32, 0);
    expect(box, KH_RECOUNT_PAPER_KEY);
    box = copy();
    json_object_set(box, "paper_key", json_object_get(box, "key"));
    expect(box, KH_RECOUNT_PAPER_KEY);
}

TEST(other_keys_of_the_committee_are_found)
{
    json_t *box = copy(), *members;

    json_object_set(box, "key", json_object_get(box, "paper_key"));
    expect(box, KH_RECOUNT_BALLOT); /* the ballots are bound to the key */
    for (unsigned j = 0; j < 3; j++) {
        box = copy(), members = json_object_get(box, "members");
        set(json_array_get(members, j), "key", json_string(council.ceremony.joins[0]));
        expect(box, KH_RECOUNT_KEYS);
    }
    box = copy();
    set(box, "needed", json_integer(1));
    expect(box, KH_RECOUNT_KEYS);
    box = copy();
    set(box, "needed", json_integer(3)); /* the keys fit, the openings are too few */
    expect(box, KH_RECOUNT_OPENING);
}

TEST(a_forged_opening_is_found)
{
    json_t *box, *openings;
    const size_t n = 3 * 32 + 64;

    for (size_t byte = 0; byte < n; byte += 13) {
        box = copy(), openings = json_object_get(box, "openings");
        flip(json_array_get(openings, 1), "opening", n, byte);
        expect(box, KH_RECOUNT_OPENING);
    }
    box = copy(), openings = json_object_get(box, "openings");
    set(json_array_get(openings, 1), "person", json_string("db02"));
    expect(box, KH_RECOUNT_OPENING);
    box = copy(), openings = json_object_get(box, "openings");
    set(json_array_get(openings, 1), "person", json_string("nobody"));
    expect(box, KH_RECOUNT_OPENING);
    box = copy(), openings = json_object_get(box, "openings");
    json_array_append(openings, json_array_get(openings, 0));
    expect(box, KH_RECOUNT_OPENING);
    box = copy();
    json_array_remove(json_object_get(box, "openings"), 0); /* counts without enough openings */
    expect(box, KH_RECOUNT_OPENING);
}

TEST(changed_counts_are_found)
{
    json_t *box = copy();

    json_array_set_new(json_array_get(json_object_get(box, "counts"), 0), 1, json_integer(1));
    expect(box, KH_RECOUNT_COUNTS);
    box = copy();
    json_array_append_new(json_array_get(json_object_get(box, "counts"), 0), json_integer(0));
    expect(box, KH_RECOUNT_COUNTS);
    box = copy();
    set(box, "counts", json_string("3 0 1"));
    expect(box, KH_RECOUNT_COUNTS);
}

TEST(each_field_that_is_wanting_is_named)
{
    static const char *const fields[] = { "council", "vote",   "key",      "paper_key",
                                          "hash",    "number", "subjects", "paper_secret",
                                          "options", "select", "members",  "needed",
                                          "entries" };
    struct kh_recount report;

    for (unsigned i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        json_t *box = copy();
        json_object_del(box, fields[i]);
        assert_false(kh_recount(box, &report));
        assert_int_equal(report.failed, KH_RECOUNT_FORM);
        assert_non_null(strstr(report.en, fields[i]));
        assert_non_null(strstr(report.vi, fields[i]));
        set(box, fields[i], json_real(0.5));
        expect(box, KH_RECOUNT_FORM);
    }
    expect(json_null(), KH_RECOUNT_FORM);
}

TEST(sizes_beyond_the_limits_are_refused)
{
    json_t *box = copy();

    set(box, "subjects", json_integer(41));
    expect(box, KH_RECOUNT_FORM);
    box = copy();
    set(box, "options", json_integer(2)); /* the entries have another size then */
    expect(box, KH_RECOUNT_FORM);
    box = copy();
    set(box, "number", json_integer(4294967296));
    expect(box, KH_RECOUNT_FORM);
}

TEST(an_empty_box_holds_and_counts_nothing)
{
    struct kh_recount report;

    council.vote.vote = 8;
    council_seal(&council);
    json_t *box = council_publish(&council);
    assert_true(kh_recount(box, &report));
    assert_true(report.counted);
    assert_int_equal(report.number, 0);
    json_array_set_new(json_array_get(json_object_get(box, "counts"), 0), 1, json_integer(1));
    expect(box, KH_RECOUNT_COUNTS);
}

static int start(void **state)
{
    (void)state;
    council_make(&council, 2, 3);
    council_open_box(&council);
    for (unsigned i = 0; i < VOTERS; i++)
        council_vote(&council, i == 2 ? (const int[]){ 0, 0, 1 } : (const int[]){ 1, 0, 0 }, NULL);
    council_seal(&council);
    assert_int_equal(council_unseal(&council, 3), KH_BOX_TAKEN);
    assert_int_equal(council_unseal(&council, 1), KH_BOX_TAKEN);
    good = council_publish(&council);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    json_decref(good);
    council_close(&council);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_published_box_holds),
        CASE(a_box_that_is_not_opened_yet_holds_but_is_not_counted),
        CASE(an_added_entry_is_found),
        CASE(a_removed_entry_is_found),
        CASE(a_changed_entry_is_found),
        CASE(an_entry_moved_or_there_twice_is_found),
        CASE(another_papers_key_is_found),
        CASE(other_keys_of_the_committee_are_found),
        CASE(a_forged_opening_is_found),
        CASE(changed_counts_are_found),
        CASE(each_field_that_is_wanting_is_named),
        CASE(sizes_beyond_the_limits_are_refused),
        CASE(an_empty_box_holds_and_counts_nothing),
    };

    return cmocka_run_group_tests_name("recount", tests, start, stop);
}
