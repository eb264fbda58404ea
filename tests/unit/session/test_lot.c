/* Lots, options at the top of a count, changes until the announcement, and the chair's override. */
#include "tests/unit/session/people.h"

#include "base/text.h"
#include "session/lot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED "0000000000000000000000000000000000000000000000000000000000000001"

/* --- the draw --- */

static struct kh_names five = { .name = { "a", "b", "c", "d", "e" }, .n = 5 };

/* Computed apart, with Python's hashlib; plugins/README.md has the same in a shell. */
TEST(the_draw_is_the_documented_function_of_seed_and_list)
{
    static const char *const wanted[] = { "e", "b", "a", "d", "c" };
    struct kh_names drawn;

    kh_lot_draw(SEED, &five, 5, &drawn);
    assert_int_equal(drawn.n, 5);
    for (unsigned i = 0; i < 5; i++)
        assert_string_equal(drawn.name[i], wanted[i]);
    kh_lot_draw(SEED, &five, 2, &drawn);
    assert_int_equal(drawn.n, 2);
    assert_string_equal(drawn.name[1], wanted[1]);
}

static double square(double x)
{
    return x * x;
}

/* Chi-square with 4 degrees of freedom: above 23.5 once in ten thousand. The seeds are fixed, so
 * that the test always says the same. */
TEST(every_name_is_drawn_as_often_as_the_others_at_every_place)
{
    enum { DRAWS = 5000 };
    static unsigned times[5][5];
    char seed[KH_HASH_TEXT_BYTES];
    struct kh_names drawn;

    memset(times, 0, sizeof(times));
    for (unsigned i = 0; i < DRAWS; i++) {
        snprintf(seed, sizeof(seed), "%064x", i * 7919u + 3);
        kh_lot_draw(seed, &five, 5, &drawn);
        for (unsigned place = 0; place < 5; place++)
            times[place][drawn.name[place][0] - 'a']++;
    }
    for (unsigned place = 0; place < 5; place++) {
        double sum = 0;
        for (unsigned name = 0; name < 5; name++)
            sum += square(times[place][name] - DRAWS / 5.0) / (DRAWS / 5.0);
        assert_true(sum < 23.5);
    }
}

TEST(a_whole_list_of_a_thousand_is_an_order_of_it)
{
    static struct kh_names many, drawn;
    static bool seen[KH_LOT_MAX];

    many.n = KH_LOT_MAX;
    for (unsigned i = 0; i < many.n; i++)
        snprintf(many.name[i], KH_ID_BYTES, "%u", i);
    kh_lot_draw(SEED, &many, many.n, &drawn);
    assert_int_equal(drawn.n, KH_LOT_MAX);
    for (unsigned i = 0; i < drawn.n; i++) {
        unsigned name = (unsigned)atoi(drawn.name[i]);
        assert_false(seen[name]);
        seen[name] = true;
    }
}

/* --- the command --- */

TEST(the_chair_draws_some_or_all_of_a_list)
{
    struct people *p = people_sitting(3);

    DOES(p, "chair lot.draw among=a,b,c,d,e number=1 name=x seed=" SEED, "lot.drawn=e");
    DOES(p, "chair lot.draw among=a,b,c,d,e seed=" SEED, "lot.drawn=e,b,a,d,c");
    DOES(p, "server lot.draw among=a,b,c,d,e seed=" SEED, "lot.drawn=e,b,a,d,c");
    DOES(p, "d1 lot.draw among=a,b seed=" SEED, "!role");
    people_destroy(p);
}

TEST(a_lot_needs_different_names_a_number_and_chance)
{
    struct people *p = people_sitting(3);

    DOES(p, "chair lot.draw among=a seed=" SEED, "!lot");
    DOES(p, "chair lot.draw seed=" SEED, "!lot");
    DOES(p, "chair lot.draw among=a,b,a seed=" SEED, "!lot");
    DOES(p, "chair lot.draw among=a,b number=0 seed=" SEED, "!lot");
    DOES(p, "chair lot.draw among=a,b number=3 seed=" SEED, "!lot");
    DOES(p, "chair lot.draw among=a,b", "!field");
    DOES(p, "chair lot.draw among=a,b seed=1", "!field");
    people_destroy(p);
}

/* --- votes --- */

static struct kh_ballot ballot;

static struct people *with_vote(enum kh_tie tie)
{
    struct people *p = people_sitting(4);

    ballot = (struct kh_ballot){
        .type = "motion",
        .n_options = 3,
        .options = { { "for", "Tán thành", "For", KH_STAND_FOR },
                     { "against", "Không tán thành", "Against", KH_STAND_AGAINST },
                     { "abstain", "Không biểu quyết", "Not voting", KH_STAND_ABSTAIN } },
        .select_min = 1,
        .select_max = 1,
        .tie = tie,
        .n_rules = 1,
        .rules = { { KH_COUNT_FOR, KH_COUNT_EXPRESSED, 1, 2, true, "rule 1" } },
    };
    p->terms.ballot = &ballot;
    return p;
}

/* d1, d2 and d3 stand for one place; d4 may abstain. */
static struct people *with_candidates(enum kh_tie tie)
{
    struct people *p = with_vote(tie);

    ballot.n_options = 4;
    ballot.n_candidates = 3;
    for (unsigned i = 0; i < 3; i++) {
        ballot.options[i] = (struct kh_option){ .as = KH_STAND_OTHER };
        snprintf(ballot.options[i].id, KH_ID_BYTES, "d%u", i + 1);
        snprintf(ballot.options[i].vi, KH_NAME_BYTES, "Ông %u", i + 1);
        snprintf(ballot.options[i].en, KH_NAME_BYTES, "Mr %u", i + 1);
    }
    ballot.options[3] = (struct kh_option){ "blank", "Phiếu trắng", "Blank", KH_STAND_BLANK };
    ballot.rules[0] =
        (struct kh_majority){ KH_COUNT_TOP, KH_COUNT_EXPRESSED, 1, 2, true, "rule 2" };
    KH_TEXT_SET(p->state.members[people_who(p, "d1")].profile.birth, "1961-05-02");
    KH_TEXT_SET(p->state.members[people_who(p, "d2")].profile.birth, "1960-12-31");
    KH_TEXT_SET(p->state.members[people_who(p, "d3")].profile.birth, "1970-01-01");
    DOES(p, "chair vote.open type=motion question=?", "vote.opened");
    return p;
}

static const struct kh_result *result(const struct people *p)
{
    return &kh_state_vote(&p->state, 1)->result;
}

static void tie(struct people *p)
{
    DOES(p, "chair vote.open type=motion question=?", "vote.opened");
    people_say(p, "d1 vote.cast vote=1 choice=for");
    people_say(p, "d2 vote.cast vote=1 choice=against");
    DOES(p, "chair vote.close vote=1", "vote.closed=tied");
}

TEST(a_lot_decides_a_tie_only_where_the_rule_says_so)
{
    struct people *p = with_vote(KH_TIE_LOT);

    tie(p);
    DOES(p, "chair vote.decide vote=1 choice=for", "!no_tie");
    DOES(p, "chair lot.draw vote=1 among=for,abstain seed=" SEED, "!lot");
    DOES(p, "chair lot.draw vote=1 seed=" SEED, "lot.drawn=against vote.decided=rejected");
    assert_non_null(strstr(result(p)->en, "Drawn by lot: "));
    assert_int_equal(result(p)->counts[0].named[KH_COUNT_FOR], 1); /* the count stays */
    DOES(p, "chair lot.draw vote=1 seed=" SEED, "!not_by_lot");
    people_destroy(p);
    p = with_vote(KH_TIE_CASTING);
    tie(p);
    DOES(p, "chair lot.draw vote=1 seed=" SEED, "!not_by_lot");
    people_destroy(p);
}

TEST(of_several_the_one_above_the_majority_wins)
{
    struct people *p = with_candidates(KH_TIE_LOT);

    people_say(p, "d1 vote.cast vote=1 choice=d2");
    people_say(p, "d2 vote.cast vote=1 choice=d2");
    people_say(p, "d3 vote.cast vote=1 choice=d3");
    people_say(p, "d4 vote.cast vote=1 choice=blank");
    DOES(p, "chair vote.close vote=1", "vote.closed=passed");
    assert_int_equal(result(p)->counts[0].named[KH_COUNT_TOP], 2);
    assert_int_equal(result(p)->counts[0].named[KH_COUNT_SECOND], 1);
    assert_int_equal(result(p)->counts[0].named[KH_COUNT_EXPRESSED], 3); /* without the blank one */
    people_destroy(p);
}

TEST(two_equal_at_the_top_are_decided_by_lot)
{
    struct people *p = with_candidates(KH_TIE_LOT);

    people_say(p, "d1 vote.cast vote=1 choice=d3");
    people_say(p, "d2 vote.cast vote=1 choice=d1");
    DOES(p, "chair vote.close vote=1", "vote.closed=tied");
    const char *said = people_say(p, "chair lot.draw vote=1 seed=" SEED);
    assert_true(strcmp(said, "lot.drawn=d1 vote.decided=passed") == 0 ||
                strcmp(said, "lot.drawn=d3 vote.decided=passed") == 0);
    people_destroy(p);
}

TEST(two_equal_at_the_top_are_decided_by_age)
{
    struct people *p = with_candidates(KH_TIE_OLDEST);

    people_say(p, "d1 vote.cast vote=1 choice=d1");
    people_say(p, "d2 vote.cast vote=1 choice=d2");
    DOES(p, "chair vote.close vote=1", "vote.closed=passed");
    assert_non_null(strstr(result(p)->en, "The older is elected: Mr 2."));
    assert_non_null(strstr(result(p)->vi, "Người nhiều tuổi hơn trúng cử: Ông 2."));
    people_destroy(p);
}

TEST(age_that_is_unknown_or_the_same_decides_nothing)
{
    static const char *const births[] = { "", "1961-05-02" };

    for (unsigned i = 0; i < 2; i++) {
        struct people *p = with_candidates(KH_TIE_OLDEST);
        KH_TEXT_SET(p->state.members[people_who(p, "d2")].profile.birth, births[i]);
        people_say(p, "d1 vote.cast vote=1 choice=d1");
        people_say(p, "d2 vote.cast vote=1 choice=d2");
        DOES(p, "chair vote.close vote=1", "vote.closed=tied");
        people_destroy(p);
    }
}

TEST(more_votes_than_anybody_but_no_majority_is_not_enough)
{
    struct people *p = with_candidates(KH_TIE_LOT);

    people_say(p, "d1 vote.cast vote=1 choice=d1");
    people_say(p, "d2 vote.cast vote=1 choice=d1");
    people_say(p, "d3 vote.cast vote=1 choice=d2");
    people_say(p, "d4 vote.cast vote=1 choice=d3");
    DOES(p, "chair vote.close vote=1", "vote.closed=rejected"); /* 2 of 4 is not more than half */
    people_destroy(p);
}

TEST(a_tie_to_be_voted_on_again_is_put_off_to_a_date)
{
    struct people *p = with_vote(KH_TIE_REVOTE);
    char line[96];

    tie(p);
    snprintf(line, sizeof(line), "chair vote.defer vote=1 ends_at=%lld", (long long)p->now_ms);
    DOES(p, line, "!field"); /* not in the past */
    snprintf(line, sizeof(line), "chair vote.defer vote=1 ends_at=%lld",
             (long long)p->now_ms + 48 * 3600000);
    DOES(p, line, "vote.deferred");
    assert_int_equal(kh_state_vote(&p->state, 1)->state, KH_VOTE_DEFERRED);
    assert_int_equal(kh_state_vote(&p->state, 1)->due_ms, p->now_ms + 48 * 3600000);
    DOES(p, "chair vote.reopen vote=1", "vote.reopened");
    assert_int_equal(kh_state_vote(&p->state, 1)->due_ms, 0);
    assert_int_equal(kh_state_vote(&p->state, 1)->times_opened, 2);
    people_destroy(p);
}

TEST(a_result_has_its_arithmetic_and_rule_without_a_procedure)
{
    struct people *p = with_vote(KH_TIE_REJECT);

    ballot.rules[0] =
        (struct kh_majority){ KH_COUNT_FOR, KH_COUNT_IN_OFFICE, 1, 2, true, "Art. 91(3)" };
    DOES(p, "chair vote.open type=motion question=?", "vote.opened");
    people_say(p, "d1 vote.cast vote=1 choice=for");
    people_say(p, "d2 vote.cast vote=1 choice=for");
    people_say(p, "d3 vote.cast vote=1 choice=against");
    DOES(p, "chair vote.close vote=1", "vote.closed=rejected");
    assert_string_equal(result(p)->vi, "Tán thành 2, Không tán thành 1, Không biểu quyết 0; "
                                       "2 tán thành / 5 tổng số đại biểu (40 %), cần ít nhất 3. "
                                       "Không được thông qua.");
    assert_string_equal(result(p)->en, "For 2, Against 1, Not voting 0; 2 for / 5 members in "
                                       "office (40 %), at least 3 needed. Not passed.");
    assert_string_equal(result(p)->rule, "Art. 91(3)");
    people_destroy(p);
}

/* --- until the announcement --- */

TEST(a_vote_may_be_changed_after_the_close_until_it_is_announced)
{
    struct people *p = with_vote(KH_TIE_REJECT);

    ballot.change = KH_CHANGE_UNTIL_ANNOUNCED;
    ballot.timer_ms = 60000;
    DOES(p, "chair vote.open type=motion question=?", "vote.opened");
    DOES(p, "chair vote.announce vote=1", "!not_ended");
    people_say(p, "d1 vote.cast vote=1 choice=for");
    people_say(p, "d2 vote.cast vote=1 choice=against");
    PASSES(p, 60000, "vote.ended");
    PASSES(p, 600000, ""); /* the timer ends it once */
    DOES(p, "chair vote.close vote=1", "!ended");
    DOES(p, "d3 vote.cast vote=1 choice=for", "!ended");
    DOES(p, "d2 vote.cast vote=1 choice=for", "vote.cast:d2");
    DOES(p, "d1 vote.announce vote=1", "!role");
    DOES(p, "chair vote.announce vote=1", "vote.closed=passed");
    assert_int_equal(result(p)->counts[0].named[KH_COUNT_FOR], 2);
    DOES(p, "d2 vote.cast vote=1 choice=against", "!announced");
    DOES(p, "chair vote.announce vote=1", "!announced");
    people_destroy(p);
}

TEST(all_having_voted_ends_it_and_the_chair_still_announces)
{
    struct people *p = with_vote(KH_TIE_REJECT);

    ballot.change = KH_CHANGE_UNTIL_ANNOUNCED;
    ballot.close_when_all_voted = true;
    DOES(p, "chair vote.open type=motion question=?", "vote.opened");
    people_say(p, "chair vote.cast vote=1 choice=for");
    for (unsigned i = 1; i <= 4; i++) {
        char line[64];
        snprintf(line, sizeof(line), "d%u vote.cast vote=1 choice=for", i);
        people_say(p, line);
    }
    PASSES(p, 1000, "vote.ended");
    DOES(p, "d4 vote.cast vote=1 choice=against", "vote.cast:d4");
    PASSES(p, 1000, "");
    DOES(p, "chair vote.reopen vote=1", "vote.reopened");
    assert_int_equal(kh_state_vote(&p->state, 1)->ended_ms, 0);
    people_destroy(p);
}

TEST(by_hand_there_is_nothing_to_change_and_the_close_tells_the_result)
{
    struct people *p = with_vote(KH_TIE_REJECT);

    ballot.change = KH_CHANGE_UNTIL_ANNOUNCED;
    ballot.form = KH_FORM_HANDS;
    DOES(p, "chair vote.open type=motion question=?", "vote.opened");
    people_say(p, "sec vote.tally vote=1 form=hands counts=for:3,against:1");
    people_say(p, "sec2 vote.tally vote=1 form=hands counts=for:3,against:1");
    DOES(p, "chair vote.close vote=1", "vote.closed=passed");
    people_destroy(p);
}

/* --- the chair's override --- */

TEST(an_override_needs_the_chairs_reason)
{
    struct people *p = people_sitting(3);

    people_say(p, "d1 floor.request kind=speech");
    DOES(p, "chair floor.next override=true", "!override");
    DOES(p, "chair floor.next override=false", "floor.granted#1:d1 mic.changed:d1=live");
    people_destroy(p);
}

TEST(an_override_is_kept_with_what_was_overridden)
{
    struct people *p = people_sitting(3);

    p->terms.overridden = true;
    KH_TEXT_SET(p->terms.reason.code, "max_two");
    KH_TEXT_SET(p->terms.reason.rule, "Art. 16");
    people_say(p, "d1 floor.request kind=speech");
    DOES(p, "chair floor.next override=true note=x",
         "floor.granted#1:d1!max_two mic.changed:d1=live");
    assert_string_equal(p->batch.ev[0].f.note, "x");
    assert_string_equal(p->batch.ev[0].f.reason.rule, "Art. 16");
    assert_int_equal(p->batch.ev[0].f.by, people_who(p, "chair"));
    p->terms.limit_ms = 60000;
    DOES(p, "chair floor.revoke person=d1", "floor.revoked#1:d1=revoked mic.changed:d1=off");
    DOES(p, "chair vote.open type=t question=q override=true note=x", "vote.opened!max_two");
    DOES(p, "chair vote.reopen vote=1 override=true note=x", "vote.reopened!max_two");
    people_say(p, "chair vote.close vote=1");
    DOES(p, "chair agenda.start item=b override=true note=x",
         "agenda.finished agenda.started!max_two");
    people_say(p, "chair sitting.suspend");
    DOES(p, "chair sitting.resume override=true note=x", "sitting.resumed!max_two");
    DOES(p, "chair sitting.close override=true note=x", "sitting.closed!max_two");
    DOES(p, "chair sitting.open override=true note=x", "sitting.opened!max_two");
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(CASE(the_draw_is_the_documented_function_of_seed_and_list),
                        CASE(every_name_is_drawn_as_often_as_the_others_at_every_place),
                        CASE(a_whole_list_of_a_thousand_is_an_order_of_it),
                        CASE(the_chair_draws_some_or_all_of_a_list),
                        CASE(a_lot_needs_different_names_a_number_and_chance),
                        CASE(a_lot_decides_a_tie_only_where_the_rule_says_so),
                        CASE(of_several_the_one_above_the_majority_wins),
                        CASE(two_equal_at_the_top_are_decided_by_lot),
                        CASE(two_equal_at_the_top_are_decided_by_age),
                        CASE(age_that_is_unknown_or_the_same_decides_nothing),
                        CASE(more_votes_than_anybody_but_no_majority_is_not_enough),
                        CASE(a_tie_to_be_voted_on_again_is_put_off_to_a_date),
                        CASE(a_result_has_its_arithmetic_and_rule_without_a_procedure),
                        CASE(a_vote_may_be_changed_after_the_close_until_it_is_announced),
                        CASE(all_having_voted_ends_it_and_the_chair_still_announces),
                        CASE(by_hand_there_is_nothing_to_change_and_the_close_tells_the_result),
                        CASE(an_override_needs_the_chairs_reason),
                        CASE(an_override_is_kept_with_what_was_overridden));
}
