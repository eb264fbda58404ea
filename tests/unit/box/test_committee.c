/* The key ceremony: what a liar deals is refused, or told by those whom it hurts. */
#include "tests/unit/test.h"

#include "box/committee.h"
#include "tests/unit/box/council.h"

#include <sodium.h>
#include <string.h>

static struct council council;

/* Bytes of a deal of 3 of 5. */
enum { NEEDED = 3, MEMBERS = 5, DEAL_BYTES = 32 * NEEDED + 64 + 64 * MEMBERS };

static void change(char *text, unsigned byte, uint8_t mask)
{
    uint8_t bytes[DEAL_BYTES];

    assert_true(kh_text_to_bytes(text, bytes, sizeof(bytes)));
    bytes[byte] ^= mask;
    kh_text_from_bytes(text, bytes, sizeof(bytes));
}

TEST(keys_of_members_lie_on_one_polynomial_whose_value_at_zero_is_the_box_key)
{
    const unsigned xs[] = { 5, 1, 3 };
    struct kh_scalar secret = kh_scalar_small(0);
    char text[KH_BOX_POINT_TEXT];

    council_make(&council, NEEDED, MEMBERS);
    for (unsigned j = 0; j < NEEDED; j++) {
        struct kh_scalar lambda = kh_scalar_lagrange(xs, NEEDED, j, 0);
        struct kh_scalar part = kh_scalar_mul(&lambda, &council.x[xs[j] - 1]);
        secret = kh_scalar_add(&secret, &part);
    }
    kh_text_from_bytes(text, kh_point_base(&secret).bytes, 32);
    assert_string_equal(text, council.vote.key);
    for (unsigned j = 0; j < MEMBERS; j++) {
        kh_text_from_bytes(text, kh_point_base(&council.x[j]).bytes, 32);
        assert_string_equal(text, council.committee.members[j].key);
    }
}

TEST(two_of_three_shares_say_nothing_of_the_key)
{
    const unsigned xs[] = { 2, 4 };
    struct kh_scalar secret = kh_scalar_small(0);
    char text[KH_BOX_POINT_TEXT];

    council_make(&council, NEEDED, MEMBERS);
    for (unsigned j = 0; j < 2; j++) {
        struct kh_scalar lambda = kh_scalar_lagrange(xs, 2, j, 0);
        struct kh_scalar part = kh_scalar_mul(&lambda, &council.x[xs[j] - 1]);
        secret = kh_scalar_add(&secret, &part);
    }
    kh_text_from_bytes(text, kh_point_base(&secret).bytes, 32);
    assert_string_not_equal(text, council.vote.key);
}

TEST(a_changed_commitment_or_proof_of_knowledge_is_refused)
{
    char text[KH_BOX_DEAL_TEXT_MAX];
    unsigned refused = 0;

    council_make(&council, NEEDED, MEMBERS);
    /* A_0 and the proof: refused whatever changes. A_1, A_2: only if they are points no more, and
     * then by those who get shares (below). */
    for (unsigned byte = 0; byte < 32 * NEEDED + 64; byte++) {
        memcpy(text, council.deals[1], sizeof(text));
        change(text, byte, (uint8_t)(1 << (byte % 8)));
        bool is_ok = kh_committee_deal_ok(&council.ceremony, 2, text);
        if (byte < 32 || byte >= 32 * NEEDED)
            assert_false(is_ok);
        refused += !is_ok;
    }
    assert_true(refused >= 96);
}

TEST(a_member_finds_the_dealer_of_a_wrong_share)
{
    const char *deals[KH_BOX_MEMBERS_MAX];
    struct kh_scalar x;

    council_make(&council, NEEDED, MEMBERS);
    council_deals(&council, deals);
    /* The share of member 4, in the deal of member 2: first R, then the masked scalar. */
    for (unsigned byte = 32; byte < 64; byte++) {
        change(council.deals[1], 32 * NEEDED + 64 + 64 * 3 + byte, 4);
        assert_int_equal(kh_client_shares(council.seeds[3], &council.ceremony, 4, deals, &x), 2);
        assert_int_equal(kh_client_shares(council.seeds[2], &council.ceremony, 3, deals, &x), 0);
        change(council.deals[1], 32 * NEEDED + 64 + 64 * 3 + byte, 4);
    }
    assert_int_equal(kh_client_shares(council.seeds[3], &council.ceremony, 4, deals, &x), 0);
}

/* Points that the server cannot tell from right ones: every member's share shows it. */
TEST(a_commitment_to_another_coefficient_is_found_by_the_members)
{
    const char *deals[KH_BOX_MEMBERS_MAX];
    uint8_t bytes[DEAL_BYTES];
    struct kh_scalar x;

    council_make(&council, NEEDED, MEMBERS);
    council_deals(&council, deals);
    assert_true(kh_text_to_bytes(council.deals[4], bytes, sizeof(bytes)));
    x = kh_scalar_random();
    memcpy(bytes + 32, kh_point_base(&x).bytes, 32); /* A_1 */
    kh_text_from_bytes(council.deals[4], bytes, sizeof(bytes));
    assert_true(kh_committee_deal_ok(&council.ceremony, 5, council.deals[4]));
    for (unsigned j = 1; j <= MEMBERS; j++)
        assert_int_equal(kh_client_shares(council.seeds[j - 1], &council.ceremony, j, deals, &x),
                         5);
}

TEST(a_deal_of_another_member_council_round_or_company_is_refused)
{
    struct kh_ceremony other;

    council_make(&council, NEEDED, MEMBERS);
    assert_false(kh_committee_deal_ok(&council.ceremony, 1, council.deals[1]));
    assert_false(kh_committee_deal_ok(&council.ceremony, 0, council.deals[0]));
    assert_false(kh_committee_deal_ok(&council.ceremony, 6, council.deals[0]));
    other = council.ceremony;
    other.round = 2;
    assert_false(kh_committee_deal_ok(&other, 1, council.deals[0]));
    other = council.ceremony;
    other.council[0] = 'y';
    assert_false(kh_committee_deal_ok(&other, 1, council.deals[0]));
    other = council.ceremony;
    memcpy(other.joins[4], other.joins[3], KH_BOX_POINT_TEXT);
    assert_false(kh_committee_deal_ok(&other, 1, council.deals[0]));
    other = council.ceremony;
    other.needed = 2;
    assert_false(kh_committee_deal_ok(&other, 1, council.deals[0]));
}

TEST(texts_that_are_no_deals_or_joins_are_refused)
{
    struct kh_ceremony bad;
    char text[KH_BOX_DEAL_TEXT_MAX];

    council_make(&council, NEEDED, MEMBERS);
    assert_false(kh_committee_join_ok(NULL));
    assert_false(kh_committee_join_ok(""));
    assert_false(kh_committee_join_ok("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    assert_false(kh_committee_join_ok(council.deals[0]));
    assert_false(kh_committee_deal_ok(&council.ceremony, 1, NULL));
    assert_false(kh_committee_deal_ok(&council.ceremony, 1, ""));
    memcpy(text, council.deals[0], sizeof(text));
    text[strlen(text) - 1] = '\0';
    assert_false(kh_committee_deal_ok(&council.ceremony, 1, text));
    bad = council.ceremony;
    bad.needed = 0;
    assert_false(kh_committee_deal_ok(&bad, 1, council.deals[0]));
    bad.needed = 6;
    assert_false(kh_committee_deal_ok(&bad, 1, council.deals[0]));
    bad = council.ceremony;
    bad.n = KH_BOX_MEMBERS_MAX + 1;
    assert_false(kh_committee_deal_ok(&bad, 1, council.deals[0]));
    bad = council.ceremony;
    bad.joins[4][0] = '\0';
    assert_false(kh_committee_deal_ok(&bad, 1, council.deals[0]));
}

/* A points of identity: all zero bytes, in each place of a point. */
TEST(the_identity_is_no_commitment_and_no_share)
{
    uint8_t bytes[DEAL_BYTES];
    char text[KH_BOX_DEAL_TEXT_MAX];

    council_make(&council, NEEDED, MEMBERS);
    for (unsigned place = 0; place < NEEDED + MEMBERS; place++) {
        unsigned at = place < NEEDED ? 32 * place : 32 * NEEDED + 64 + 64 * (place - NEEDED);
        assert_true(kh_text_to_bytes(council.deals[0], bytes, sizeof(bytes)));
        memset(bytes + at, 0, 32);
        kh_text_from_bytes(text, bytes, sizeof(bytes));
        assert_false(kh_committee_deal_ok(&council.ceremony, 1, text));
    }
}

TEST(the_same_recovery_code_gives_the_same_keys_again)
{
    char join[KH_BOX_POINT_TEXT];
    char deal[KH_BOX_DEAL_TEXT_MAX];

    council_make(&council, NEEDED, MEMBERS);
    kh_client_join(council.seeds[2], "xa-demo", 1, 3, join);
    assert_string_equal(join, council.ceremony.joins[2]);
    kh_client_deal(council.seeds[2], &council.ceremony, 3, deal);
    /* Commitments are the same; proof and pads are random. */
    assert_memory_equal(deal, council.deals[2], 32 * NEEDED / 3 * 4);
    assert_string_not_equal(deal, council.deals[2]);
}

TEST(one_of_one_and_fifteen_of_fifteen_make_keys_too)
{
    council_make(&council, 1, 1);
    assert_string_equal(council.vote.key, council.committee.members[0].key);
    council_make(&council, 15, 15);
    assert_true(kh_committee_join_ok(council.vote.key));
}

int main(void)
{
    return kh_group_init()
               ? kh_run_tests(
                     CASE(keys_of_members_lie_on_one_polynomial_whose_value_at_zero_is_the_box_key),
                     CASE(two_of_three_shares_say_nothing_of_the_key),
                     CASE(a_changed_commitment_or_proof_of_knowledge_is_refused),
                     CASE(a_member_finds_the_dealer_of_a_wrong_share),
                     CASE(a_commitment_to_another_coefficient_is_found_by_the_members),
                     CASE(a_deal_of_another_member_council_round_or_company_is_refused),
                     CASE(texts_that_are_no_deals_or_joins_are_refused),
                     CASE(the_identity_is_no_commitment_and_no_share),
                     CASE(the_same_recovery_code_gives_the_same_keys_again),
                     CASE(one_of_one_and_fifteen_of_fifteen_make_keys_too))
               : 1;
}
