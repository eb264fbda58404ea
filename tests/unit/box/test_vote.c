/* Whole votes: from the ceremony to the counts. */
#include "tests/unit/test.h"

#include "box/opening.h"
#include "tests/unit/box/council.h"

#include <sodium.h>
#include <string.h>

static struct council council;
static struct ballot ballot, other;
static char opening[KH_BOX_OPENING_TEXT_MAX];

static void choose(int values[], uint32_t voter)
{
    const struct kh_box_vote *vote = &council.vote;

    for (unsigned s = 0; s < vote->n_subjects; s++) {
        unsigned spread = vote->select_max - vote->select_min + 1;
        unsigned take = vote->select_min + (voter + s) % spread;
        for (unsigned o = 0; o < vote->n_options; o++)
            values[s * vote->n_options + o] = (o + voter * 5 + s) % vote->n_options < take;
    }
}

static void expect_counts(const uint32_t sums[])
{
    const struct kh_box_vote *vote = &council.vote;
    struct kh_box_counts counts;
    struct kh_error error;

    if (kh_box_count(council.box, vote, &council.committee, &counts, &error))
        fail_msg("%s", error.text);
    for (unsigned s = 0; s < vote->n_subjects; s++)
        for (unsigned o = 0; o < vote->n_options; o++)
            assert_int_equal(counts.counts[s][o], sums[s * vote->n_options + o]);
}

static void whole_vote(uint32_t voters, const unsigned openers[], unsigned n)
{
    uint32_t sums[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX] = { 0 };
    int values[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX] = { 0 };
    struct kh_box_counts counts;

    for (uint32_t voter = 0; voter < voters; voter++) {
        choose(values, voter);
        council_vote(&council, values, sums);
    }
    council_seal(&council);
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(
            kh_box_count(council.box, &council.vote, &council.committee, &counts, NULL),
            KH_ERR_NOT_FOUND);
        assert_int_equal(council_unseal(&council, openers[i]), KH_BOX_TAKEN);
    }
    expect_counts(sums);
}

TEST(three_of_five_open_a_vote_of_one_question)
{
    council_make(&council, 3, 5);
    council_ask(&council, 1, 3, 1, 1);
    council_open_box(&council);
    whole_vote(9, (const unsigned[]){ 4, 1, 5 }, 3);
    council_close(&council);
}

TEST(five_of_seven_open_an_election_of_twenty_nine_subjects)
{
    council_make(&council, 5, 7);
    council_ask(&council, 29, 3, 0, 2);
    council_open_box(&council);
    whole_vote(3, (const unsigned[]){ 7, 2, 3, 6, 1 }, 5);
    council_close(&council);
}

TEST(two_of_three_openings_open_nothing)
{
    static struct kh_tally tally;
    uint8_t bytes[2][3 * 32 + 64];
    struct kh_opening openings[2] = { { 1, bytes[0] }, { 2, bytes[1] } };
    struct kh_box_counts counts;

    council_make(&council, 3, 5);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 0, 1, 0 }, NULL);
    council_seal(&council);
    for (unsigned j = 1; j <= 2; j++) {
        assert_int_equal(council_unseal(&council, j), KH_BOX_TAKEN);
        council_opening(&council, j, opening);
        assert_true(kh_text_to_bytes(opening, bytes[j - 1], sizeof(bytes[0])));
    }
    assert_int_equal(kh_box_count(council.box, &council.vote, &council.committee, &counts, NULL),
                     KH_ERR_NOT_FOUND);
    /* Also when they pretend that two are enough: some value comes out, no count. */
    kh_tally_start(&tally, &council.vote);
    json_t *box = council_publish(&council);
    json_t *entry = json_array_get(json_object_get(box, "entries"), 0);
    uint8_t sealed[3 * 192 + 64];
    assert_true(kh_text_to_bytes(json_string_value(json_object_get(entry, "ballot")), sealed,
                                 sizeof(sealed)));
    assert_true(kh_tally_add(&tally, &council.vote, sealed));
    json_decref(box);
    assert_false(kh_opening_count(&council.vote, &tally, openings, 2, &counts));
    council_close(&council);
}

TEST(an_empty_box_needs_no_openings)
{
    const uint32_t none[3] = { 0 };

    council_make(&council, 3, 5);
    council_open_box(&council);
    council_seal(&council);
    expect_counts(none);
    opening[0] = '\0';
    assert_int_equal(
        kh_box_unseal(council.box, &council.vote, &council.committee, 1, opening, NULL),
        KH_BOX_BAD_OPENING);
    council_close(&council);
}

TEST(a_ballot_sent_again_is_answered_again_and_counted_once)
{
    council_make(&council, 1, 1);
    council_open_box(&council);
    council_paper(&council, &ballot);
    council_mark(&council, &ballot, (const int[]){ 1, 0, 0 });
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_TAKEN);
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_REPEATED);
    assert_int_equal(kh_box_number(council.box, "xa-demo", 7), 1);
    assert_int_equal(kh_box_number(council.box, "xa-demo", 8), 0);
    council_seal(&council);
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_REPEATED);
    council_close(&council);
}

TEST(a_serial_casts_one_ballot)
{
    council_make(&council, 1, 1);
    council_open_box(&council);
    council_paper(&council, &ballot);
    council_mark(&council, &ballot, (const int[]){ 1, 0, 0 });
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_TAKEN);
    council_mark(&council, &ballot, (const int[]){ 1, 0, 0 });
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_SERIAL_USED);
    ballot.text[0] = '\0';
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_SERIAL_USED);
    assert_int_equal(kh_box_number(council.box, "xa-demo", 7), 1);
    council_close(&council);
}

TEST(a_copy_of_somebodys_ballot_under_an_own_token_is_refused)
{
    council_make(&council, 1, 1);
    council_open_box(&council);
    council_paper(&council, &ballot);
    council_mark(&council, &ballot, (const int[]){ 0, 0, 1 });
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_TAKEN);
    council_paper(&council, &other);
    memcpy(other.text, ballot.text, sizeof(other.text));
    assert_int_equal(council_cast(&council, &other), KH_BOX_BAD_BALLOT);
    council_close(&council);
}

TEST(without_a_good_token_the_ballot_is_not_looked_at)
{
    council_make(&council, 1, 1);
    council_open_box(&council);
    council_paper(&council, &ballot);
    council_paper(&council, &other);
    ballot.text[0] = '\0';
    memcpy(ballot.token_text, other.token_text, sizeof(ballot.token_text));
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_BAD_TOKEN);
    ballot.token_text[5] = '\0';
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_BAD_TOKEN);
    ballot.serial_text[0] = '=';
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_BAD_TOKEN);
    other.text[0] = '\0';
    assert_int_equal(council_cast(&council, &other), KH_BOX_BAD_BALLOT);
    assert_int_equal(kh_box_number(council.box, "xa-demo", 7), 0);
    council_close(&council);
}

TEST(a_token_of_another_vote_is_refused)
{
    council_make(&council, 1, 1);
    council_open_box(&council);
    council_paper(&council, &ballot);
    council.vote.vote = 8;
    council_mark(&council, &ballot, (const int[]){ 0, 0, 1 });
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_BAD_TOKEN);
    council_close(&council);
}

TEST(a_sealed_box_takes_no_ballot)
{
    council_make(&council, 1, 1);
    council_open_box(&council);
    council_paper(&council, &ballot);
    council_mark(&council, &ballot, (const int[]){ 1, 0, 0 });
    council_seal(&council);
    assert_int_equal(council_cast(&council, &ballot), KH_BOX_CLOSED);
    council_close(&council);
}

/* Every byte of D_1 … D_3, c and z. */
TEST(an_opening_with_a_changed_bit_is_refused)
{
    uint8_t bytes[3 * 32 + 64];

    council_make(&council, 2, 3);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    council_seal(&council);
    council_opening(&council, 2, opening);
    assert_true(kh_text_to_bytes(opening, bytes, sizeof(bytes)));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] ^= (uint8_t)(1 << (i % 8));
        kh_text_from_bytes(opening, bytes, sizeof(bytes));
        assert_int_equal(
            kh_box_unseal(council.box, &council.vote, &council.committee, 2, opening, NULL),
            KH_BOX_BAD_OPENING);
        bytes[i] ^= (uint8_t)(1 << (i % 8));
    }
    memset(bytes, 0, 32);
    kh_text_from_bytes(opening, bytes, sizeof(bytes));
    assert_int_equal(
        kh_box_unseal(council.box, &council.vote, &council.committee, 2, opening, NULL),
        KH_BOX_BAD_OPENING);
    council_close(&council);
}

TEST(a_member_opens_with_the_own_key_and_once)
{
    council_make(&council, 2, 3);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    council_seal(&council);
    council_opening(&council, 2, opening);
    assert_int_equal(
        kh_box_unseal(council.box, &council.vote, &council.committee, 3, opening, NULL),
        KH_BOX_BAD_OPENING);
    assert_int_equal(council_unseal(&council, 2), KH_BOX_TAKEN);
    assert_int_equal(council_unseal(&council, 2), KH_BOX_REPEATED);
    council_close(&council);
}

TEST(openings_before_the_seal_or_of_another_box_are_refused)
{
    struct kh_error error;

    council_make(&council, 2, 3);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    assert_int_equal(kh_box_unseal(council.box, &council.vote, &council.committee, 2, "", NULL),
                     KH_BOX_BAD_OPENING);
    council_seal(&council);
    council.vote.hash[5] ^= 1;
    assert_int_equal(kh_box_unseal(council.box, &council.vote, &council.committee, 2, "", &error),
                     KH_BOX_FAILED);
    assert_int_equal(error.code, KH_ERR_CORRUPT);
    council_close(&council);
}

int main(void)
{
    return kh_run_tests(
        CASE(three_of_five_open_a_vote_of_one_question),
        CASE(five_of_seven_open_an_election_of_twenty_nine_subjects),
        CASE(two_of_three_openings_open_nothing), CASE(an_empty_box_needs_no_openings),
        CASE(a_ballot_sent_again_is_answered_again_and_counted_once),
        CASE(a_serial_casts_one_ballot),
        CASE(a_copy_of_somebodys_ballot_under_an_own_token_is_refused),
        CASE(without_a_good_token_the_ballot_is_not_looked_at),
        CASE(a_token_of_another_vote_is_refused), CASE(a_sealed_box_takes_no_ballot),
        CASE(an_opening_with_a_changed_bit_is_refused),
        CASE(a_member_opens_with_the_own_key_and_once),
        CASE(openings_before_the_seal_or_of_another_box_are_refused));
}
