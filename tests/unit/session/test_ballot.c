/* The arithmetic of procedures.md section 6, and every rule of a ballot. */
#include "tests/unit/test.h"

#include "session/ballot.h"

/* Set named counts: COUNTS(FOR, 38, IN_OFFICE, 75). */
static struct kh_counts counts_of(const uint32_t *pairs, unsigned n)
{
    struct kh_counts counts = { 0 };

    for (unsigned i = 0; i < n; i += 2)
        counts.named[pairs[i]] = pairs[i + 1];
    return counts;
}

#define COUNTS(...)                                                                                \
    counts_of((const uint32_t[]){ __VA_ARGS__ }, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4)
#define FOR       KH_COUNT_FOR
#define AGAINST   KH_COUNT_AGAINST
#define IN_OFFICE KH_COUNT_IN_OFFICE
#define PRESENT   KH_COUNT_PRESENT_AT_OPEN
#define CAST      KH_COUNT_CAST
#define EXPRESSED KH_COUNT_EXPRESSED

static struct kh_majority rule(enum kh_count of, enum kh_count base, uint32_t num, uint32_t den,
                               bool strict)
{
    return (struct kh_majority){ .of = of, .base = base, .num = num, .den = den, .strict = strict };
}

static enum kh_outcome judged(struct kh_majority majority, enum kh_tie tie, struct kh_counts counts)
{
    struct kh_ballot ballot = { .rules = { majority }, .n_rules = 1, .tie = tie };

    return kh_ballot_judge(&ballot, &counts);
}

#define MORE_THAN_HALF rule(FOR, IN_OFFICE, 1, 2, true)
#define TWO_THIRDS     rule(FOR, IN_OFFICE, 2, 3, false)

TEST(a_resolution_needs_more_than_half_of_those_in_office)
{
    struct kh_majority half = MORE_THAN_HALF;
    struct kh_counts counts = COUNTS(IN_OFFICE, 75);

    assert_int_equal(judged(half, KH_TIE_REJECT, COUNTS(IN_OFFICE, 75, FOR, 38, AGAINST, 10)),
                     KH_OUTCOME_PASSED);
    assert_int_equal(judged(half, KH_TIE_REJECT, COUNTS(IN_OFFICE, 75, FOR, 37, AGAINST, 5)),
                     KH_OUTCOME_REJECTED);
    assert_int_equal(judged(half, KH_TIE_CASTING, COUNTS(IN_OFFICE, 76, FOR, 38)),
                     KH_OUTCOME_REJECTED);
    assert_int_equal(judged(half, KH_TIE_REJECT, COUNTS(IN_OFFICE, 76, FOR, 39)),
                     KH_OUTCOME_PASSED);
    assert_int_equal(kh_ballot_needed(&half, &counts), 38);
    counts = COUNTS(IN_OFFICE, 76);
    assert_int_equal(kh_ballot_needed(&half, &counts), 39);
}

TEST(a_removal_needs_two_thirds_rounded_up)
{
    struct kh_majority thirds = TWO_THIRDS;
    struct kh_counts counts = COUNTS(IN_OFFICE, 75);

    assert_int_equal(judged(thirds, KH_TIE_REJECT, COUNTS(IN_OFFICE, 75, FOR, 50)),
                     KH_OUTCOME_PASSED);
    assert_int_equal(judged(thirds, KH_TIE_REJECT, COUNTS(IN_OFFICE, 75, FOR, 49)),
                     KH_OUTCOME_REJECTED);
    assert_int_equal(kh_ballot_needed(&thirds, &counts), 50);
    counts = COUNTS(IN_OFFICE, 76);
    assert_int_equal(kh_ballot_needed(&thirds, &counts), 51);
    counts = COUNTS(IN_OFFICE, 75, FOR, 25);
    struct kh_majority demand = rule(FOR, IN_OFFICE, 1, 3, false);
    assert_true(kh_ballot_holds(&demand, &counts));
}

TEST(confidence_is_counted_on_the_ballots_that_came_back)
{
    struct kh_majority first = rule(AGAINST, CAST, 1, 2, true);
    struct kh_majority second = rule(AGAINST, CAST, 2, 3, false);
    static const struct {
        uint32_t low;
        bool first, second;
    } rows[] = {
        { 31, false, false }, { 32, true, false }, { 41, true, false }, { 42, true, true }
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kh_counts counts = COUNTS(CAST, 62, AGAINST, rows[i].low);
        assert_int_equal(kh_ballot_holds(&first, &counts), rows[i].first);
        assert_int_equal(kh_ballot_holds(&second, &counts), rows[i].second);
    }
}

TEST(an_important_question_needs_two_thirds_of_those_who_took_a_side)
{
    struct kh_majority thirds = rule(FOR, EXPRESSED, 2, 3, false);

    assert_int_equal(judged(thirds, KH_TIE_REJECT, COUNTS(FOR, 100, AGAINST, 50, EXPRESSED, 150)),
                     KH_OUTCOME_PASSED);
    assert_int_equal(judged(thirds, KH_TIE_REJECT, COUNTS(FOR, 99, AGAINST, 50, EXPRESSED, 149)),
                     KH_OUTCOME_REJECTED);
}

TEST(the_same_counts_on_three_bases_need_three_numbers)
{
    struct kh_counts counts = COUNTS(IN_OFFICE, 70, PRESENT, 20, CAST, 14);
    struct kh_majority cast = rule(FOR, CAST, 2, 3, false);
    struct kh_majority present = rule(FOR, PRESENT, 2, 3, false);
    struct kh_majority members = rule(FOR, IN_OFFICE, 2, 3, false);

    assert_int_equal(kh_ballot_needed(&cast, &counts), 10);
    assert_int_equal(kh_ballot_needed(&present, &counts), 14);
    assert_int_equal(kh_ballot_needed(&members, &counts), 47);
}

TEST(quorums_of_other_assemblies_are_exact)
{
    struct kh_majority half_of_house = rule(PRESENT, IN_OFFICE, 1, 2, true);
    struct kh_majority third_of_house = rule(PRESENT, IN_OFFICE, 1, 3, false);
    struct kh_majority quarter = rule(PRESENT, IN_OFFICE, 1, 4, false);
    struct kh_majority two_thirds = rule(PRESENT, IN_OFFICE, 2, 3, false);
    struct kh_counts counts = COUNTS(IN_OFFICE, 630, PRESENT, 300);

    assert_int_equal(kh_ballot_needed(&half_of_house, &counts), 316);
    assert_false(kh_ballot_holds(&half_of_house, &counts));
    counts = COUNTS(IN_OFFICE, 705, PRESENT, 200);
    assert_int_equal(kh_ballot_needed(&third_of_house, &counts), 235);
    counts = COUNTS(IN_OFFICE, 48, PRESENT, 12);
    assert_true(kh_ballot_holds(&quarter, &counts));
    counts = COUNTS(IN_OFFICE, 75, PRESENT, 49);
    assert_false(kh_ballot_holds(&two_thirds, &counts));
    counts = COUNTS(IN_OFFICE, 75, PRESENT, 50);
    assert_true(kh_ballot_holds(&two_thirds, &counts));
    counts = COUNTS(IN_OFFICE, 14, PRESENT, 4);
    assert_true(kh_ballot_holds(&quarter, &counts));
    struct kh_majority third = rule(PRESENT, IN_OFFICE, 1, 3, false);
    assert_false(kh_ballot_holds(&third, &counts));
    counts = COUNTS(IN_OFFICE, 14, PRESENT, 5);
    assert_true(kh_ballot_holds(&third, &counts));
}

static void assert_smallest(struct kh_majority majority, uint32_t base)
{
    struct kh_counts counts = COUNTS(IN_OFFICE, base);

    counts.named[FOR] = kh_ballot_needed(&majority, &counts);
    assert_true(kh_ballot_holds(&majority, &counts));
    if (counts.named[FOR]-- > 0)
        assert_false(kh_ballot_holds(&majority, &counts));
}

/* What is needed holds, and one less does not: over all small bases and fractions. */
TEST(needed_is_the_smallest_number_that_holds)
{
    for (uint32_t i = 0; i < 41 * 7 * 8 * 2; i++) {
        uint32_t base = i / 112, den = i / 16 % 7 + 1, num = i / 2 % 8;
        assert_smallest(rule(FOR, IN_OFFICE, num, den, i % 2), base);
    }
}

TEST(large_numbers_do_not_wrap)
{
    struct kh_majority m = rule(FOR, IN_OFFICE, 999999, 1000000, true);
    struct kh_counts counts = COUNTS(IN_OFFICE, 4000000000u, FOR, 3999996000u);

    assert_false(kh_ballot_holds(&m, &counts));
    assert_int_equal(kh_ballot_needed(&m, &counts), 3999996001u);
}

TEST(every_tie_rule_decides_an_equality_its_own_way)
{
    static const enum kh_outcome of[] = {
        [KH_TIE_REJECT] = KH_OUTCOME_REJECTED,   [KH_TIE_ADOPT] = KH_OUTCOME_PASSED,
        [KH_TIE_REFER] = KH_OUTCOME_REFERRED,    [KH_TIE_CASTING] = KH_OUTCOME_TIED,
        [KH_TIE_PREPONDERANT] = KH_OUTCOME_TIED, [KH_TIE_LOT] = KH_OUTCOME_TIED,
        [KH_TIE_OLDEST] = KH_OUTCOME_TIED,       [KH_TIE_REVOTE] = KH_OUTCOME_TIED,
    };
    struct kh_majority half = rule(FOR, EXPRESSED, 1, 2, true);

    for (unsigned tie = 0; tie < sizeof(of) / sizeof(of[0]); tie++) {
        assert_int_equal(judged(half, (enum kh_tie)tie, COUNTS(FOR, 6, AGAINST, 6, EXPRESSED, 12)),
                         of[tie]);
        assert_int_equal(judged(half, (enum kh_tie)tie, COUNTS(FOR, 5, AGAINST, 6, EXPRESSED, 11)),
                         KH_OUTCOME_REJECTED);
        assert_int_equal(judged(half, (enum kh_tie)tie, COUNTS(EXPRESSED, 0)), KH_OUTCOME_REJECTED);
    }
}

TEST(a_tie_rule_does_not_save_a_motion_that_misses_more_than_an_equality)
{
    assert_int_equal(
        judged(MORE_THAN_HALF, KH_TIE_ADOPT, COUNTS(IN_OFFICE, 75, FOR, 20, AGAINST, 20)),
        KH_OUTCOME_REJECTED);
    assert_int_equal(
        judged(MORE_THAN_HALF, KH_TIE_ADOPT, COUNTS(IN_OFFICE, 76, FOR, 38, AGAINST, 38)),
        KH_OUTCOME_PASSED);
    assert_int_equal(
        judged(MORE_THAN_HALF, KH_TIE_CASTING, COUNTS(IN_OFFICE, 40, FOR, 12, AGAINST, 12)),
        KH_OUTCOME_REJECTED);
}

TEST(all_rules_must_hold_and_no_veto)
{
    struct kh_ballot ballot = { .rules = { rule(FOR, CAST, 4, 5, false),
                                           rule(FOR, IN_OFFICE, 1, 2, true) },
                                .n_rules = 2,
                                .vetoes = { rule(KH_COUNT_BLOCK, PRESENT, 1, 10, false) },
                                .n_vetoes = 1 };
    struct kh_counts counts =
        COUNTS(FOR, 16, CAST, 20, IN_OFFICE, 30, PRESENT, 20, KH_COUNT_BLOCK, 1);

    assert_int_equal(kh_ballot_judge(&ballot, &counts), KH_OUTCOME_PASSED);
    counts.named[KH_COUNT_BLOCK] = 2;
    assert_int_equal(kh_ballot_judge(&ballot, &counts), KH_OUTCOME_VETOED);
    counts.named[KH_COUNT_BLOCK] = 0;
    counts.named[IN_OFFICE] = 32;
    assert_int_equal(kh_ballot_judge(&ballot, &counts), KH_OUTCOME_REJECTED);
    counts.named[IN_OFFICE] = 31;
    counts.named[CAST] = 21;
    assert_int_equal(kh_ballot_judge(&ballot, &counts), KH_OUTCOME_REJECTED);
}

TEST(too_few_voters_void_the_vote_and_no_rule_only_counts)
{
    struct kh_ballot ballot = { .rules = { rule(FOR, AGAINST, 1, 1, true) },
                                .n_rules = 1,
                                .min_turnout = 10 };
    struct kh_counts counts = COUNTS(FOR, 9, CAST, 9);

    assert_int_equal(kh_ballot_judge(&ballot, &counts), KH_OUTCOME_INVALID);
    counts.named[CAST] = 10;
    assert_int_equal(kh_ballot_judge(&ballot, &counts), KH_OUTCOME_PASSED);
    ballot.n_rules = 0;
    assert_int_equal(kh_ballot_judge(&ballot, &counts), KH_OUTCOME_COUNTED);
}

TEST(options_are_found_by_their_id)
{
    struct kh_ballot ballot = { .options = { { .id = "yes" }, { .id = "no" } }, .n_options = 2 };

    assert_int_equal(kh_ballot_option(&ballot, "no"), 1);
    assert_int_equal(kh_ballot_option(&ballot, "n"), -1);
    assert_int_equal(kh_ballot_option(&ballot, ""), -1);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_resolution_needs_more_than_half_of_those_in_office),
        CASE(a_removal_needs_two_thirds_rounded_up),
        CASE(confidence_is_counted_on_the_ballots_that_came_back),
        CASE(an_important_question_needs_two_thirds_of_those_who_took_a_side),
        CASE(the_same_counts_on_three_bases_need_three_numbers),
        CASE(quorums_of_other_assemblies_are_exact), CASE(needed_is_the_smallest_number_that_holds),
        CASE(large_numbers_do_not_wrap), CASE(every_tie_rule_decides_an_equality_its_own_way),
        CASE(a_tie_rule_does_not_save_a_motion_that_misses_more_than_an_equality),
        CASE(all_rules_must_hold_and_no_veto),
        CASE(too_few_voters_void_the_vote_and_no_rule_only_counts),
        CASE(options_are_found_by_their_id));
}
