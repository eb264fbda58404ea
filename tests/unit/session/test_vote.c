#include "tests/unit/session/people.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Yes, no, abstain; more than half of those in office. */
static struct kh_ballot resolution(void)
{
    struct kh_ballot b = { .type = "resolution",
                           .n_options = 3,
                           .options = { { "yes", "", "", KH_STAND_FOR },
                                        { "no", "", "", KH_STAND_AGAINST },
                                        { "abstain", "", "", KH_STAND_ABSTAIN } },
                           .select_min = 1,
                           .select_max = 1,
                           .n_rules = 1,
                           .rules = { { .of = KH_COUNT_FOR,
                                        .base = KH_COUNT_IN_OFFICE,
                                        .num = 1,
                                        .den = 2,
                                        .strict = true } } };
    return b;
}

static struct kh_counts counted(const struct people *p, uint32_t vote)
{
    struct kh_counts counts;

    kh_vote_count(&p->state, kh_state_vote(&p->state, vote), 0, &counts);
    return counts;
}

static void open(struct people *p, struct kh_ballot *ballot)
{
    p->terms.ballot = ballot;
    DOES(p, "chair vote.open type=resolution question=q", "vote.opened");
}

static void cast(struct people *p, unsigned from, unsigned to, const char *choice)
{
    char line[64], expected[64];

    for (unsigned i = from; i <= to; i++) {
        snprintf(line, sizeof(line), "d%u vote.cast vote=%u choice=%s", i, p->state.last_vote,
                 choice);
        snprintf(expected, sizeof(expected), "vote.cast:d%u", i);
        DOES(p, line, expected);
    }
}

TEST(a_vote_is_counted_and_judged_on_its_base)
{
    struct people *p = people_sitting(74);
    struct kh_ballot ballot = resolution();

    people_say(p, "sec attendance.excuse person=d74");
    open(p, &ballot);
    cast(p, 1, 38, "yes");
    cast(p, 39, 48, "no");
    cast(p, 49, 50, "abstain");
    struct kh_counts c = counted(p, 1);
    assert_int_equal(c.named[KH_COUNT_SEATS], 75);
    assert_int_equal(c.named[KH_COUNT_IN_OFFICE], 75);
    assert_int_equal(c.named[KH_COUNT_PRESENT_AT_OPEN], 74);
    assert_int_equal(c.named[KH_COUNT_ELIGIBLE], 74);
    assert_int_equal(c.named[KH_COUNT_ISSUED], 74);
    assert_int_equal(c.named[KH_COUNT_EXCUSED], 1);
    assert_int_equal(c.named[KH_COUNT_CAST], 50);
    assert_int_equal(c.named[KH_COUNT_RETURNED], 50);
    assert_int_equal(c.named[KH_COUNT_VALID], 50);
    assert_int_equal(c.named[KH_COUNT_FOR], 38);
    assert_int_equal(c.named[KH_COUNT_AGAINST], 10);
    assert_int_equal(c.named[KH_COUNT_ABSTAIN], 2);
    assert_int_equal(c.named[KH_COUNT_EXPRESSED], 48);
    assert_int_equal(c.named[KH_COUNT_NOT_VOTED], 24);
    DOES(p, "chair vote.close vote=1", "vote.closed=passed");
    DOES(p, "chair vote.close vote=1", "!vote_state");
    DOES(p, "d60 vote.cast vote=1 choice=yes", "!vote_state");
    DOES(p, "chair vote.cancel vote=1", "!vote_state");
    assert_int_equal(kh_state_vote(&p->state, 1)->result.counts[0].named[KH_COUNT_FOR], 38);
    people_destroy(p);
}

TEST(the_last_choice_counts_until_the_close)
{
    struct people *p = people_sitting(2);
    struct kh_ballot ballot = resolution();

    open(p, &ballot);
    cast(p, 1, 1, "yes");
    cast(p, 1, 1, "no");
    struct kh_counts c = counted(p, 1);
    assert_int_equal(c.named[KH_COUNT_FOR], 0);
    assert_int_equal(c.named[KH_COUNT_AGAINST], 1);
    assert_int_equal(kh_state_vote(&p->state, 1)->n_cast, 1);
    people_destroy(p);
}

TEST(where_the_first_choice_is_final_a_second_is_refused)
{
    struct people *p = people_sitting(2);
    struct kh_ballot ballot = resolution();

    ballot.change = KH_CHANGE_NEVER;
    open(p, &ballot);
    cast(p, 1, 1, "yes");
    DOES(p, "d1 vote.cast vote=1 choice=no", "!voted");
    DOES(p, "d1 vote.cast vote=1 choice=yes", "!voted");
    assert_int_equal(counted(p, 1).named[KH_COUNT_FOR], 1);
    people_destroy(p);
}

TEST(a_choice_is_as_many_options_of_the_vote_as_it_wants)
{
    struct people *p = people_sitting(1);
    struct kh_ballot ballot = resolution();
    struct kh_command command = { .type = KH_CMD_VOTE_CAST };

    open(p, &ballot);
    DOES(p, "d1 vote.cast vote=1 choice=perhaps", "!choice");
    DOES(p, "d1 vote.cast vote=1 choice=yes,no", "!choice");
    DOES(p, "d1 vote.cast vote=9 choice=yes", "!no_vote");
    DOES(p, "d1 vote.cast vote=1", "!field");
    command.actor = people_who(p, "d1");
    command.at_ms = p->now_ms;
    KH_SET(&command.f, vote, 1);
    KH_SET(&command.f, choice, ((struct kh_choice){ .n = 1, .options = { 3 } }));
    assert_int_equal(people_do(p, &command), KH_REFUSAL_CHOICE);
    command.f.choice.options[0] = 0;
    assert_int_equal(people_do(p, &command), KH_REFUSAL_CHOICE);
    command.f.choice.options[0] = 8;
    assert_int_equal(people_do(p, &command), KH_REFUSAL_CHOICE);
    command.f.choice.options[0] = 4;
    assert_int_equal(people_do(p, &command), KH_REFUSAL_NONE);
    people_destroy(p);
}

TEST(only_the_present_are_eligible_and_late_comers_too)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = resolution();

    people_say(p, "d3 attendance.check_out");
    open(p, &ballot);
    DOES(p, "d3 vote.cast vote=1 choice=yes", "!not_eligible");
    people_say(p, "d3 attendance.check_in");
    cast(p, 3, 3, "yes");
    DOES(p, "sec vote.cast vote=1 choice=yes", "!role");
    DOES(p, "guest vote.cast vote=1 choice=yes", "!role");
    DOES(p, "server vote.cast vote=1 choice=yes", "!not_eligible");
    assert_int_equal(counted(p, 1).named[KH_COUNT_ELIGIBLE], 4);
    people_destroy(p);
}

TEST(who_voted_and_left_still_counts)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = resolution();

    open(p, &ballot);
    cast(p, 1, 1, "yes");
    people_say(p, "d1 attendance.check_out");
    people_say(p, "d2 attendance.check_out");
    struct kh_counts c = counted(p, 1);
    assert_int_equal(c.named[KH_COUNT_FOR], 1);
    assert_int_equal(c.named[KH_COUNT_ELIGIBLE], 3);
    assert_int_equal(c.named[KH_COUNT_PRESENT_AT_OPEN], 4);
    assert_int_equal(c.named[KH_COUNT_PRESENT_AT_CLOSE], 2);
    people_destroy(p);
}

TEST(the_eligible_of_a_closed_vote_stay_those_of_its_end)
{
    struct people *p = people_sitting(4);
    struct kh_ballot ballot = resolution();

    people_say(p, "d4 attendance.check_out");
    open(p, &ballot);
    people_say(p, "d4 attendance.check_in");
    people_say(p, "d3 attendance.check_out");
    uint32_t before = counted(p, 1).named[KH_COUNT_ELIGIBLE];
    people_say(p, "chair vote.close vote=1");
    people_say(p, "d1 attendance.check_out");
    people_say(p, "d3 attendance.check_in");
    assert_int_equal(counted(p, 1).named[KH_COUNT_ELIGIBLE], before);
    assert_int_equal(before, 4);
    people_destroy(p);
}

TEST(eligibility_can_be_frozen_at_the_opening_or_be_everybody)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = resolution();

    ballot.eligible = KH_ELIGIBLE_PRESENT_AT_OPEN;
    people_say(p, "d3 attendance.check_out");
    open(p, &ballot);
    people_say(p, "d3 attendance.check_in");
    people_say(p, "d2 attendance.check_out");
    DOES(p, "d3 vote.cast vote=1 choice=yes", "!not_eligible");
    cast(p, 2, 2, "yes");
    people_say(p, "chair vote.close vote=1");
    ballot.eligible = KH_ELIGIBLE_ALL;
    people_say(p, "d3 attendance.check_out");
    open(p, &ballot);
    cast(p, 3, 3, "yes");
    assert_int_equal(counted(p, 2).named[KH_COUNT_ELIGIBLE], 4);
    people_destroy(p);
}

static void change_profile(struct people *p, const char *id, uint32_t roles, bool in_office,
                           bool can_vote)
{
    kh_person person = people_who(p, id);
    struct kh_profile profile = p->state.members[person].profile;
    struct kh_event event = { .type = KH_EV_PERSON_ENROLLED, .at_ms = p->now_ms };

    profile.roles = roles;
    profile.in_office = in_office;
    profile.can_vote = can_vote;
    event.actor = KH_NOBODY;
    KH_SET(&event.f, person, person);
    KH_SET(&event.f, profile, &profile);
    people_take(p, &event);
}

TEST(those_who_are_not_delegates_in_office_with_a_vote_are_in_no_base)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = resolution();

    change_profile(p, "d1", KH_ROLE_DELEGATE, false, true);
    change_profile(p, "d2", KH_ROLE_DELEGATE, true, false);
    change_profile(p, "guest", KH_ROLE_GUEST, true, true);
    open(p, &ballot);
    DOES(p, "d1 vote.cast vote=1 choice=yes", "!not_eligible");
    DOES(p, "d2 vote.cast vote=1 choice=yes", "!not_eligible");
    struct kh_counts c = counted(p, 1);
    assert_int_equal(c.named[KH_COUNT_SEATS], 4);
    assert_int_equal(c.named[KH_COUNT_IN_OFFICE], 2);
    assert_int_equal(c.named[KH_COUNT_ELIGIBLE], 2);
    assert_int_equal(c.named[KH_COUNT_PRESENT_AT_CLOSE], 2);
    assert_int_equal(kh_state_present(&p->state), 2);
    people_destroy(p);
}

TEST(without_a_ballot_of_the_procedure_the_law_s_three_options_are_only_counted)
{
    struct people *p = people_sitting(3);

    DOES(p, "chair vote.open type=anything question=q", "vote.opened");
    assert_int_equal(kh_state_vote(&p->state, 1)->ballot.n_options, 3);
    assert_int_equal(kh_state_vote(&p->state, 1)->item, 0);
    DOES(p, "chair vote.open type=anything question=q", "!vote_running");
    cast(p, 1, 2, "for");
    DOES(p, "chair agenda.finish item=a", "!vote_running");
    DOES(p, "chair sitting.close", "!vote_running");
    DOES(p, "chair vote.close vote=1", "vote.closed=counted");
    people_destroy(p);
}

TEST(a_cancelled_vote_has_no_result)
{
    struct people *p = people_sitting(1);
    struct kh_ballot ballot = resolution();

    open(p, &ballot);
    DOES(p, "chair vote.cancel vote=1 note=wrong-question", "vote.cancelled");
    assert_int_equal(kh_state_vote(&p->state, 1)->state, KH_VOTE_CANCELLED);
    DOES(p, "d1 vote.cast vote=1 choice=yes", "!vote_state");
    open(p, &ballot);
    people_destroy(p);
}

TEST(counts_by_hand_need_the_same_numbers_of_two_people)
{
    struct people *p = people_sitting(9);
    struct kh_ballot ballot = resolution();

    ballot.form = KH_FORM_PAPER;
    ballot.secrecy = KH_SECRECY_SECRET;
    open(p, &ballot);
    DOES(p, "d1 vote.tally vote=1 form=paper counts=yes:6,no:2,invalid:1", "!role");
    DOES(p, "sec vote.tally vote=1 form=paper counts=yes:6,no:2,invalid:1", "vote.tallied");
    assert_int_equal(counted(p, 1).named[KH_COUNT_CAST], 0);
    DOES(p, "sec vote.tally vote=1 form=paper counts=yes:6,no:2,invalid:2", "vote.tallied");
    assert_int_equal(counted(p, 1).named[KH_COUNT_CAST], 0);
    DOES(p, "sec2 vote.tally vote=1 form=paper counts=yes:6,no:2,invalid:1", "!tally_differs");
    DOES(p, "sec2 vote.tally vote=1 form=hands counts=yes:6,no:2,invalid:2", "!tally_differs");
    DOES(p, "sec2 vote.tally vote=1 form=paper counts=yes:6,no:2,invalid:2", "vote.tallied");
    DOES(p, "chair vote.tally vote=1 form=paper counts=yes:6,no:2,invalid:2", "!voted");
    struct kh_counts c = counted(p, 1);
    assert_int_equal(c.named[KH_COUNT_CAST], 10);
    assert_int_equal(c.named[KH_COUNT_INVALID], 2);
    assert_int_equal(c.named[KH_COUNT_VALID], 8);
    assert_int_equal(c.named[KH_COUNT_FOR], 6);
    DOES(p, "chair vote.close vote=1", "vote.closed=passed");
    DOES(p, "sec vote.tally vote=1 form=paper counts=yes:1", "!vote_state");
    people_destroy(p);
}

TEST(more_ballots_than_voters_are_not_a_count)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = resolution();

    ballot.form = KH_FORM_HANDS;
    open(p, &ballot);
    DOES(p, "sec vote.tally vote=1 form=hands counts=yes:4,no:1", "!choice");
    DOES(p, "sec vote.tally vote=1 form=hands counts=yes:4,invalid:1", "!choice");
    DOES(p, "sec vote.tally vote=1 form=hands counts=yes:4", "vote.tallied");
    people_destroy(p);
}

TEST(a_secret_vote_takes_no_ballot_with_a_name)
{
    struct people *p = people_sitting(1);
    struct kh_ballot ballot = resolution();

    ballot.secrecy = KH_SECRECY_SECRET;
    p->terms.ballot = &ballot;
    DOES(p, "chair vote.open type=t question=q", "!no_committee");
    ballot.form = KH_FORM_PAPER;
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    DOES(p, "d1 vote.cast vote=1 choice=yes", "!secret_form");
    people_destroy(p);
}

/* 29 people, three levels of confidence, 50 voters. */
TEST(a_matrix_of_subjects_is_counted_one_by_one)
{
    struct people *p = people_sitting(50);
    struct kh_ballot ballot = resolution();
    struct kh_command command = { .type = KH_CMD_VOTE_CAST, .at_ms = p->now_ms };

    ballot.n_subjects = 29;
    open(p, &ballot);
    KH_SET(&command.f, vote, 1);
    for (unsigned voter = 0; voter < 50; voter++) {
        struct kh_choice choice = { .n = 29 };
        for (unsigned s = 0; s < 29; s++)
            choice.options[s] = (uint16_t)(1 << (voter * 7 + s) % 3);
        command.actor = (kh_person)(8 + voter);
        KH_SET(&command.f, choice, choice);
        assert_int_equal(people_do(p, &command), KH_REFUSAL_NONE);
    }
    command.f.choice.n = 28;
    assert_int_equal(people_do(p, &command), KH_REFUSAL_CHOICE);
    DOES(p, "chair vote.close vote=1", "vote.closed=counted");
    const struct kh_result *result = &kh_state_vote(&p->state, 1)->result;
    assert_int_equal(result->n_subjects, 29);
    for (unsigned s = 0; s < 29; s++) {
        uint32_t wanted[3] = { 0 };
        for (unsigned voter = 0; voter < 50; voter++)
            wanted[(voter * 7 + s) % 3]++;
        assert_memory_equal(result->counts[s].option, wanted, sizeof(wanted));
        assert_int_equal(result->counts[s].named[KH_COUNT_CAST], 50);
        assert_int_equal(result->counts[s].named[KH_COUNT_FOR], wanted[0]);
    }
    people_destroy(p);
}

TEST(a_matrix_counted_by_hand_is_entered_for_each_subject)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = resolution();

    ballot.form = KH_FORM_PAPER;
    ballot.n_subjects = 2;
    KH_TEXT_SET(ballot.subjects[0].id, "a");
    KH_TEXT_SET(ballot.subjects[1].id, "b");
    open(p, &ballot);
    DOES(p, "sec vote.tally vote=1 form=paper counts=0.yes:1,1.yes:4,1.invalid:1", "!choice");
    DOES(p, "sec vote.tally vote=1 form=paper counts=0.yes:1,1.yes:2,1.invalid:1", "vote.tallied");
    DOES(p, "sec2 vote.tally vote=1 form=paper counts=0.yes:1,1.yes:2", "!tally_differs");
    DOES(p, "sec2 vote.tally vote=1 form=paper counts=0.yes:1,1.yes:2,1.invalid:1", "vote.tallied");
    DOES(p, "chair vote.close vote=1", "vote.closed=counted");
    const struct kh_result *result = &kh_state_vote(&p->state, 1)->result;
    assert_int_equal(result->counts[0].named[KH_COUNT_FOR], 1);
    assert_int_equal(result->counts[1].named[KH_COUNT_FOR], 2);
    assert_int_equal(result->counts[1].named[KH_COUNT_INVALID], 1);
    people_destroy(p);
}

TEST(the_newest_votes_are_kept_and_an_open_one_always)
{
    struct people *p = people_sitting(1);
    struct kh_ballot ballot = resolution();
    char line[64];

    for (unsigned i = 1; i <= KH_VOTES_MAX + 2; i++) {
        open(p, &ballot);
        snprintf(line, sizeof(line), "chair vote.close vote=%u", i);
        DOES(p, line, "vote.closed=rejected");
    }
    assert_null(kh_state_vote(&p->state, 2));
    assert_non_null(kh_state_vote(&p->state, 3));
    DOES(p, "d1 vote.cast vote=2 choice=yes", "!no_vote");
    assert_int_equal(p->state.last_vote, KH_VOTES_MAX + 2);
    people_destroy(p);
}

TEST(the_procedure_s_result_is_taken_as_it_is)
{
    struct people *p = people_sitting(1);
    struct kh_ballot ballot = resolution();
    struct kh_result result = { .outcome = KH_OUTCOME_OTHER, .word = "round_2", .n_subjects = 1 };

    open(p, &ballot);
    p->terms.result = &result;
    DOES(p, "chair vote.close vote=1", "vote.closed=round_2");
    assert_int_equal(kh_state_vote(&p->state, 1)->result.outcome, KH_OUTCOME_OTHER);
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_vote_is_counted_and_judged_on_its_base),
        CASE(the_last_choice_counts_until_the_close),
        CASE(where_the_first_choice_is_final_a_second_is_refused),
        CASE(a_choice_is_as_many_options_of_the_vote_as_it_wants),
        CASE(only_the_present_are_eligible_and_late_comers_too),
        CASE(who_voted_and_left_still_counts),
        CASE(the_eligible_of_a_closed_vote_stay_those_of_its_end),
        CASE(eligibility_can_be_frozen_at_the_opening_or_be_everybody),
        CASE(those_who_are_not_delegates_in_office_with_a_vote_are_in_no_base),
        CASE(without_a_ballot_of_the_procedure_the_law_s_three_options_are_only_counted),
        CASE(a_cancelled_vote_has_no_result),
        CASE(counts_by_hand_need_the_same_numbers_of_two_people),
        CASE(more_ballots_than_voters_are_not_a_count),
        CASE(a_secret_vote_takes_no_ballot_with_a_name),
        CASE(a_matrix_of_subjects_is_counted_one_by_one),
        CASE(a_matrix_counted_by_hand_is_entered_for_each_subject),
        CASE(the_newest_votes_are_kept_and_an_open_one_always),
        CASE(the_procedure_s_result_is_taken_as_it_is));
}
