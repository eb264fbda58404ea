#include "tests/unit/session/people.h"

#include <stdio.h>
#include <string.h>

/* d1 speaks for seven minutes with warnings at 60, 15 and 0 s. */
static struct people *speaking(enum kh_expiry expiry, int64_t grace_ms)
{
    struct people *p = people_sitting(3);

    p->terms = (struct kh_terms){ .limit_ms = 420000,
                                  .marks = { { 60000, 15000, 0 }, 3 },
                                  .expiry = expiry,
                                  .grace_ms = grace_ms };
    people_say(p, "chair floor.grant person=d1 kind=speech");
    return p;
}

static int64_t wakes_in(const struct people *p)
{
    int64_t at_ms = kh_wakeup(&p->state);

    return at_ms == INT64_MAX ? -1 : at_ms - p->now_ms;
}

/* Nothing is due before the wake-up, and something at it. */
static void assert_wakes(const struct people *p, int64_t in_ms)
{
    struct kh_command command;

    assert_int_equal(wakes_in(p), in_ms);
    assert_false(kh_due(&p->state, p->now_ms + in_ms - 1, &command));
    assert_true(kh_due(&p->state, p->now_ms + in_ms, &command));
    assert_int_equal(command.at_ms, p->now_ms + in_ms);
    assert_int_equal(command.actor, KH_NOBODY);
}

TEST(an_idle_sitting_sleeps_for_ever)
{
    struct people *p = people_sitting(1);

    assert_int_equal(wakes_in(p), -1);
    people_say(p, "chair floor.grant person=d1 kind=speech");
    assert_int_equal(wakes_in(p), -1);
    assert_int_equal(kh_state_left_ms(people_speech(p, "d1"), p->now_ms), INT64_MAX);
    PASSES(p, 86400000, "");
    people_destroy(p);
}

TEST(warnings_come_at_their_instants)
{
    struct people *p = speaking(KH_EXPIRY_WARN, 0);

    assert_wakes(p, 360000);
    PASSES(p, 359999, "");
    PASSES(p, 1, "floor.warned#1:d1=60000");
    assert_wakes(p, 45000);
    PASSES(p, 45000, "floor.warned#1:d1=15000");
    assert_wakes(p, 15000);
    PASSES(p, 15000, "floor.warned#1:d1=0 floor.expired#1:d1=warn");
    assert_int_equal(wakes_in(p), -1);
    assert_int_equal(people_mic(p, "d1"), KH_MIC_LIVE);
    PASSES(p, 5000, "");
    assert_int_equal(kh_state_left_ms(people_speech(p, "d1"), p->now_ms), -5000);
    people_destroy(p);
}

TEST(a_late_clock_tells_everything_in_order_at_its_own_instant)
{
    struct people *p = speaking(KH_EXPIRY_YIELD, 0);
    struct kh_command command;
    int64_t granted_ms = p->now_ms;

    assert_true(kh_due(&p->state, p->now_ms + 999999, &command));
    assert_int_equal(command.at_ms, granted_ms + 360000);
    PASSES(p, 999999,
           "floor.warned#1:d1=60000 floor.warned#1:d1=15000 floor.warned#1:d1=0 "
           "floor.expired#1:d1=yield floor.revoked#1:d1=expired mic.changed:d1=off");
    assert_int_equal(p->state.history[0].spent_ms, 420000);
    assert_int_equal(p->state.history[0].end, KH_END_EXPIRED);
    assert_int_equal(p->state.at_ms, granted_ms + 420000);
    people_destroy(p);
}

TEST(marks_above_the_limit_pass_silently)
{
    struct people *p = people_sitting(1);

    p->terms = (struct kh_terms){ .limit_ms = 30000, .marks = { { 60000, 30000, 15000 }, 3 } };
    people_say(p, "chair floor.grant person=d1 kind=question");
    PASSES(p, 20000, "floor.warned#1:d1=15000");
    people_destroy(p);
}

TEST(the_limit_mutes_and_the_extension_opens_again)
{
    struct people *p = speaking(KH_EXPIRY_MUTE, 0);

    people_pass(p, 419999);
    PASSES(p, 1, "floor.warned#1:d1=0 floor.expired#1:d1=mute mic.changed:d1=muted");
    assert_int_equal(people_mic(p, "d1"), KH_MIC_MUTED);
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    PASSES(p, 10000, "");
    DOES(p, "chair floor.extend person=d1 by_ms=60000", "floor.extended#1:d1 mic.changed:d1=live");
    assert_int_equal(p->batch.ev[0].f.ends_at, p->now_ms + 60000);
    assert_int_equal(people_speech(p, "d1")->limit_ms, 490000);
    assert_wakes(p, 45000);
    PASSES(p, 60000,
           "floor.warned#1:d1=15000 floor.warned#1:d1=0 floor.expired#1:d1=mute "
           "mic.changed:d1=muted");
    people_destroy(p);
}

TEST(a_running_speech_is_extended_from_its_limit)
{
    struct people *p = speaking(KH_EXPIRY_WARN, 0);

    people_pass(p, 400000);
    DOES(p, "chair floor.extend person=d1 by_ms=60000", "floor.extended#1:d1");
    assert_int_equal(kh_state_left_ms(people_speech(p, "d1"), p->now_ms), 80000);
    PASSES(p, 20000, "floor.warned#1:d1=60000");
    DOES(p, "chair floor.extend person=d1 by_ms=0", "!field");
    DOES(p, "chair floor.extend person=d1 by_ms=-5", "!field");
    DOES(p, "chair floor.extend person=d1 by_ms=3600001", "!field");
    DOES(p, "chair floor.extend person=d2 by_ms=5", "!no_floor");
    p->terms.limit_ms = 0;
    people_say(p, "chair floor.grant person=d2 kind=speech");
    DOES(p, "chair floor.extend person=d2 by_ms=5", "!field");
    people_destroy(p);
}

TEST(a_grace_ends_the_speech_unless_it_is_extended)
{
    struct people *p = speaking(KH_EXPIRY_GRACE, 10000);

    people_pass(p, 419999);
    PASSES(p, 1, "floor.warned#1:d1=0 floor.expired#1:d1=grace");
    assert_wakes(p, 10000);
    PASSES(p, 9999, "");
    assert_int_equal(people_mic(p, "d1"), KH_MIC_LIVE);
    PASSES(p, 1, "floor.revoked#1:d1=expired mic.changed:d1=off");
    people_say(p, "chair floor.grant person=d2 kind=speech");
    PASSES(p, 425000,
           "floor.warned#2:d2=60000 floor.warned#2:d2=15000 floor.warned#2:d2=0 "
           "floor.expired#2:d2=grace");
    people_say(p, "chair floor.extend person=d2 by_ms=30000");
    PASSES(p, 15000, "floor.warned#2:d2=15000");
    PASSES(p, 25000,
           "floor.warned#2:d2=0 floor.expired#2:d2=grace floor.revoked#2:d2=expired "
           "mic.changed:d2=off");
    people_destroy(p);
}

TEST(clocks_stand_still_while_the_sitting_is_suspended)
{
    struct people *p = speaking(KH_EXPIRY_YIELD, 0);

    people_pass(p, 100000);
    people_say(p, "chair sitting.suspend");
    assert_int_equal(people_speech(p, "d1")->spent_ms, 100000);
    assert_int_equal(wakes_in(p), -1);
    PASSES(p, 3600000, "");
    assert_int_equal(kh_state_left_ms(people_speech(p, "d1"), p->now_ms), 320000);
    assert_int_equal(kh_state_ends_at(people_speech(p, "d1")), 0);
    people_say(p, "chair sitting.resume");
    assert_int_equal(p->batch.ev[1].f.ends_at, p->now_ms + 320000);
    assert_wakes(p, 260000);
    people_say(p, "d1 floor.release");
    assert_int_equal(p->state.history[0].spent_ms, 100000);
    people_destroy(p);
}

TEST(a_grace_stands_still_too)
{
    struct people *p = speaking(KH_EXPIRY_GRACE, 10000);

    people_pass(p, 423000);
    people_say(p, "chair sitting.suspend");
    PASSES(p, 3600000, "");
    people_say(p, "chair sitting.resume");
    assert_wakes(p, 7000);
    people_say(p, "chair sitting.suspend");
    people_pass(p, 500);
    people_say(p, "chair sitting.resume");
    PASSES(p, 6999, "");
    PASSES(p, 1, "floor.revoked#1:d1=expired mic.changed:d1=off");
    people_destroy(p);
}

static void put_question(struct people *p, int64_t timeout_ms)
{
    p->ask = (struct kh_ask_text){ .code = "time_over",
                                   .option = { "cut", "plus_60" },
                                   .n_options = 2,
                                   .person = KH_NOBODY,
                                   .roles = KH_ROLE_CHAIR,
                                   .timeout_ms = timeout_ms,
                                   .answer_default = 1 };
}

TEST(a_question_is_answered_by_those_it_is_put_to)
{
    struct people *p = speaking(KH_EXPIRY_ASK, 0);

    people_pass(p, 419999);
    PASSES(p, 1, "floor.warned#1:d1=0 floor.expired#1:d1=ask");
    put_question(p, 0);
    DOES(p, "server ask request=1", "ask.opened#1");
    assert_int_equal(wakes_in(p), -1);
    DOES(p, "d1 floor.answer ask=1 answer=cut", "!not_yours");
    DOES(p, "chair floor.answer ask=1 answer=perhaps", "!answer");
    DOES(p, "chair floor.answer ask=1 answer=plus_60", "ask.answered#1:chair=plus_60");
    DOES(p, "chair floor.answer ask=1 answer=cut", "!no_ask");
    p->ask.roles = 0;
    p->ask.person = people_who(p, "d2");
    DOES(p, "server ask", "ask.opened");
    DOES(p, "chair floor.answer ask=2 answer=cut", "!not_yours");
    DOES(p, "d2 floor.answer ask=2 answer=cut", "ask.answered:d2=cut");
    people_destroy(p);
}

TEST(an_unanswered_question_takes_its_default)
{
    struct people *p = speaking(KH_EXPIRY_WARN, 0);

    put_question(p, 20000);
    people_say(p, "server ask request=1");
    assert_wakes(p, 20000);
    PASSES(p, 5000, "");
    people_say(p, "chair sitting.suspend");
    PASSES(p, 60000, "");
    people_say(p, "chair sitting.resume");
    assert_wakes(p, 15000);
    PASSES(p, 15000, "ask.answered#1=plus_60");
    people_destroy(p);
}

TEST(a_question_about_a_speech_goes_with_it_and_all_go_with_the_sitting)
{
    struct people *p = speaking(KH_EXPIRY_WARN, 0);

    put_question(p, 0);
    people_say(p, "server ask request=1");
    people_say(p, "server ask");
    people_say(p, "d1 floor.release");
    assert_null(kh_state_ask(&p->state, 1));
    assert_non_null(kh_state_ask(&p->state, 2));
    people_say(p, "chair sitting.close");
    assert_null(kh_state_ask(&p->state, 2));
    people_destroy(p);
}

TEST(questions_have_a_table_that_can_be_full)
{
    struct people *p = people_sitting(1);

    put_question(p, 0);
    for (unsigned i = 0; i < KH_ASKS_MAX; i++)
        DOES(p, "server ask", "ask.opened");
    DOES(p, "server ask", "!field");
    p->ask.n_options = 0;
    people_say(p, "chair floor.answer ask=3 answer=cut");
    DOES(p, "server ask", "!field");
    people_destroy(p);
}

static void open_vote(struct people *p, struct kh_ballot *ballot)
{
    ballot->n_options = 2;
    ballot->options[0] = (struct kh_option){ "yes", "", "", KH_STAND_FOR };
    ballot->options[1] = (struct kh_option){ "no", "", "", KH_STAND_AGAINST };
    ballot->select_min = ballot->select_max = 1;
    p->terms.ballot = ballot;
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
}

TEST(a_vote_closes_at_its_time)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = { .timer_ms = 30000 };

    open_vote(p, &ballot);
    assert_wakes(p, 30000);
    PASSES(p, 10000, "");
    people_say(p, "chair sitting.suspend");
    PASSES(p, 600000, "");
    people_say(p, "chair sitting.resume");
    assert_wakes(p, 20000);
    DOES(p, "d1 vote.cast vote=1 choice=yes", "vote.cast:d1");
    PASSES(p, 20000, "vote.closed=counted");
    assert_int_equal(wakes_in(p), -1);
    people_destroy(p);
}

TEST(a_vote_closes_when_everybody_has_voted)
{
    struct people *p = people_sitting(2);
    struct kh_ballot ballot = { .close_when_all_voted = true };

    open_vote(p, &ballot);
    assert_int_equal(wakes_in(p), -1);
    people_say(p, "d1 vote.cast vote=1 choice=yes");
    people_say(p, "chair vote.cast vote=1 choice=yes");
    PASSES(p, 1000, "");
    people_say(p, "d2 vote.cast vote=1 choice=no");
    assert_int_equal(wakes_in(p), 0);
    PASSES(p, 0, "vote.closed=counted");
    people_destroy(p);
}

TEST(a_vote_closes_when_the_last_who_has_not_voted_leaves)
{
    struct people *p = people_sitting(2);
    struct kh_ballot ballot = { .close_when_all_voted = true };

    open_vote(p, &ballot);
    people_say(p, "d1 vote.cast vote=1 choice=yes");
    people_say(p, "chair vote.cast vote=1 choice=yes");
    people_say(p, "d2 attendance.check_out");
    PASSES(p, 0, "vote.closed=counted");
    people_destroy(p);
}

TEST(the_earliest_of_several_clocks_wakes)
{
    struct people *p = speaking(KH_EXPIRY_WARN, 0);
    struct kh_ballot ballot = { .timer_ms = 200000 };

    p->terms.limit_ms = 100000;
    people_say(p, "chair floor.grant person=d2 kind=speech");
    put_question(p, 30000);
    people_say(p, "server ask");
    open_vote(p, &ballot);
    assert_wakes(p, 30000);
    PASSES(p, 30000, "ask.answered=plus_60");
    assert_wakes(p, 10000);
    PASSES(p, 10000, "floor.warned#2:d2=60000");
    PASSES(p, 320000,
           "floor.warned#2:d2=15000 floor.warned#2:d2=0 floor.expired#2:d2=warn "
           "vote.closed=counted floor.warned#1:d1=60000");
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(
        CASE(an_idle_sitting_sleeps_for_ever), CASE(warnings_come_at_their_instants),
        CASE(a_late_clock_tells_everything_in_order_at_its_own_instant),
        CASE(marks_above_the_limit_pass_silently),
        CASE(the_limit_mutes_and_the_extension_opens_again),
        CASE(a_running_speech_is_extended_from_its_limit),
        CASE(a_grace_ends_the_speech_unless_it_is_extended),
        CASE(clocks_stand_still_while_the_sitting_is_suspended), CASE(a_grace_stands_still_too),
        CASE(a_question_is_answered_by_those_it_is_put_to),
        CASE(an_unanswered_question_takes_its_default),
        CASE(a_question_about_a_speech_goes_with_it_and_all_go_with_the_sitting),
        CASE(questions_have_a_table_that_can_be_full), CASE(a_vote_closes_at_its_time),
        CASE(a_vote_closes_when_everybody_has_voted),
        CASE(a_vote_closes_when_the_last_who_has_not_voted_leaves),
        CASE(the_earliest_of_several_clocks_wakes));
}
