/* Sealed ballots: no other value than those that the vote allows can be sealed. */
#include "tests/unit/test.h"

#include "box/sealed.h"
#include "tests/unit/box/council.h"

#include <sodium.h>
#include <string.h>

static struct council council;
static uint8_t ballot[KH_BOX_BALLOT_BYTES_MAX];

static const uint8_t serial[32] = "a serial that nobody else has...";

static bool sealed_ok(const int values[])
{
    kh_client_seal(&council.vote, serial, values, ballot);
    return kh_sealed_ok(&council.vote, serial, ballot);
}

TEST(what_the_vote_allows_is_taken)
{
    static const int all[][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };

    council_ask(&council, 1, 3, 1, 1);
    for (unsigned i = 0; i < 3; i++)
        assert_true(sealed_ok(all[i]));
}

TEST(a_range_of_choices_is_taken_at_both_ends)
{
    static const int values[][8] = { { 0, 0, 0, 0, 1, 1, 1, 0 }, { 1, 0, 0, 0, 0, 0, 1, 1 } };

    council_ask(&council, 2, 4, 0, 3);
    assert_true(sealed_ok(values[0]));
    assert_true(sealed_ok(values[1]));
    council_ask(&council, 2, 4, 0, 0);
    assert_true(sealed_ok((const int[8]){ 0 }));
}

TEST(two_or_minus_one_in_an_option_is_refused)
{
    council_ask(&council, 1, 3, 1, 1);
    assert_false(sealed_ok((const int[]){ 2, -1, 0 })); /* the sum is right */
    assert_false(sealed_ok((const int[]){ 1, 1, -1 }));
    council_ask(&council, 1, 3, 0, 3);
    assert_false(sealed_ok((const int[]){ 2, 0, 0 })); /* only the option is wrong */
    assert_false(sealed_ok((const int[]){ 3, 0, 0 }));
    assert_false(sealed_ok((const int[]){ 1, 1, -1 }));
}

TEST(too_many_or_too_few_options_are_refused)
{
    council_ask(&council, 1, 3, 1, 1);
    assert_false(sealed_ok((const int[]){ 1, 1, 0 }));
    assert_false(sealed_ok((const int[]){ 1, 1, 1 }));
    assert_false(sealed_ok((const int[]){ 0, 0, 0 }));
    council_ask(&council, 2, 3, 1, 2);
    assert_false(sealed_ok((const int[]){ 1, 1, 0, 1, 1, 1 }));
    assert_false(sealed_ok((const int[]){ 0, 0, 0, 1, 1, 0 }));
    assert_true(sealed_ok((const int[]){ 1, 1, 0, 1, 0, 0 }));
}

/* One bit in each of the ballot's points and scalars, and some more of each. */
TEST(a_bit_that_is_changed_anywhere_is_refused)
{
    council_ask(&council, 1, 2, 0, 1);
    size_t n = kh_sealed_bytes(&council.vote);
    assert_int_equal(n, 2 * 192 + 2 * 64);
    assert_true(sealed_ok((const int[]){ 0, 1 }));
    for (size_t i = 0; i < n; i++) {
        uint8_t mask = (uint8_t)(1 << (i % 8));
        ballot[i] ^= mask;
        assert_false(kh_sealed_ok(&council.vote, serial, ballot));
        ballot[i] ^= mask;
    }
    assert_true(kh_sealed_ok(&council.vote, serial, ballot));
}

TEST(a_ballot_holds_only_for_its_serial_vote_council_and_key)
{
    uint8_t other[32];

    council_ask(&council, 1, 3, 1, 1);
    assert_true(sealed_ok((const int[]){ 1, 0, 0 }));
    memcpy(other, serial, 32);
    other[0] ^= 1;
    assert_false(kh_sealed_ok(&council.vote, other, ballot));
    council.vote.vote++;
    assert_false(kh_sealed_ok(&council.vote, serial, ballot));
    council.vote.vote--;
    council.vote.council[0] = 'y';
    assert_false(kh_sealed_ok(&council.vote, serial, ballot));
    council.vote.council[0] = 'x';
    char key[KH_BOX_POINT_TEXT];
    memcpy(key, council.vote.key, sizeof(key));
    memcpy(council.vote.key, council.ceremony.joins[0], sizeof(key));
    assert_false(kh_sealed_ok(&council.vote, serial, ballot));
    memcpy(council.vote.key, key, sizeof(key));
    assert_true(kh_sealed_ok(&council.vote, serial, ballot));
}

/* Two options or subjects of one ballot change places, with their proofs. */
TEST(options_and_subjects_cannot_change_places)
{
    uint8_t held[KH_BOX_BALLOT_BYTES_MAX / 40];

    council_ask(&council, 2, 2, 1, 1);
    assert_true(sealed_ok((const int[]){ 1, 0, 0, 1 }));
    memcpy(held, ballot, 192);
    memcpy(ballot, ballot + 192, 192);
    memcpy(ballot + 192, held, 192);
    assert_false(kh_sealed_ok(&council.vote, serial, ballot));
    size_t step = kh_sealed_bytes(&council.vote) / 2;
    assert_true(sealed_ok((const int[]){ 1, 0, 0, 1 }));
    memcpy(held, ballot, step);
    memcpy(ballot, ballot + step, step);
    memcpy(ballot + step, held, step);
    assert_false(kh_sealed_ok(&council.vote, serial, ballot));
}

TEST(the_identity_is_no_part_of_a_ciphertext)
{
    council_ask(&council, 1, 2, 0, 2);
    for (unsigned at = 0; at < 256; at += at == 32 ? 160 : 32) { /* R, C, R, C */
        assert_true(sealed_ok((const int[]){ 0, 1 }));
        memset(ballot + at, 0, 32);
        assert_false(kh_sealed_ok(&council.vote, serial, ballot));
    }
}

TEST(votes_beyond_the_limits_are_told)
{
    council_ask(&council, 1, 3, 1, 1);
    assert_true(kh_sealed_vote_ok(&council.vote));
    council_ask(&council, 41, 3, 1, 1);
    assert_false(kh_sealed_vote_ok(&council.vote));
    council_ask(&council, 0, 3, 1, 1);
    assert_false(kh_sealed_vote_ok(&council.vote));
    council_ask(&council, 1, 17, 1, 1);
    assert_false(kh_sealed_vote_ok(&council.vote));
    council_ask(&council, 1, 3, 2, 1);
    assert_false(kh_sealed_vote_ok(&council.vote));
    council_ask(&council, 1, 3, 1, 4);
    assert_false(kh_sealed_vote_ok(&council.vote));
    council_ask(&council, 40, 16, 0, 16);
    assert_true(kh_sealed_vote_ok(&council.vote));
    assert_int_equal(kh_sealed_bytes(&council.vote), KH_BOX_BALLOT_BYTES_MAX);
    council.vote.key[0] = '!';
    assert_false(kh_sealed_vote_ok(&council.vote));
}

int main(void)
{
    council_make(&council, 2, 3);
    return kh_run_tests(
        CASE(what_the_vote_allows_is_taken), CASE(a_range_of_choices_is_taken_at_both_ends),
        CASE(two_or_minus_one_in_an_option_is_refused),
        CASE(too_many_or_too_few_options_are_refused),
        CASE(a_bit_that_is_changed_anywhere_is_refused),
        CASE(a_ballot_holds_only_for_its_serial_vote_council_and_key),
        CASE(options_and_subjects_cannot_change_places),
        CASE(the_identity_is_no_part_of_a_ciphertext), CASE(votes_beyond_the_limits_are_told));
}
