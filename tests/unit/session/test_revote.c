/* What may follow a count, proxies, interruptions, and what the procedure keeps. */
#include "tests/unit/session/people.h"

#include "base/text.h"

#include <string.h>

static struct kh_ballot ballot = {
    .type = "motion",
    .n_options = 3,
    .options = { { "for", "Tán thành", "For", KH_STAND_FOR },
                 { "against", "Không tán thành", "Against", KH_STAND_AGAINST },
                 { "abstain", "Không biểu quyết", "Not voting", KH_STAND_ABSTAIN } },
    .select_min = 1,
    .select_max = 1,
    .n_rules = 1,
    .rules = { { .of = KH_COUNT_FOR, .base = KH_COUNT_CAST, .num = 1, .den = 2, .strict = true } },
};

static struct people *with_vote(enum kh_tie tie)
{
    struct people *p = people_sitting(4);

    ballot.tie = tie;
    ballot.form = KH_FORM_ELECTRONIC;
    ballot.proxies = ballot.weighted = false;
    p->terms.ballot = &ballot;
    DOES(p, "chair vote.open type=motion question=?", "vote.opened");
    return p;
}

static void tie(struct people *p)
{
    people_say(p, "d1 vote.cast vote=1 choice=for");
    people_say(p, "d2 vote.cast vote=1 choice=against");
    people_say(p, "chair vote.close vote=1");
}

TEST(a_tie_is_decided_by_the_chair_where_the_rule_says_so)
{
    struct people *p = with_vote(KH_TIE_CASTING);

    DOES(p, "chair vote.decide vote=1 choice=for", "!no_tie");
    tie(p);
    assert_int_equal(kh_state_vote(&p->state, 1)->result.outcome, KH_OUTCOME_TIED);
    DOES(p, "d1 vote.decide vote=1 choice=for", "!role");
    DOES(p, "chair vote.decide vote=1 choice=abstain", "!choice");
    DOES(p, "chair vote.decide vote=1 choice=for", "vote.decided=passed");
    const struct kh_vote *vote = kh_state_vote(&p->state, 1);
    assert_int_equal(vote->result.outcome, KH_OUTCOME_PASSED);
    assert_int_equal(vote->result.counts[0].named[KH_COUNT_FOR], 1); /* the count stays */
    assert_int_equal(vote->decided_by, people_who(p, "chair"));
    DOES(p, "chair vote.decide vote=1 choice=against", "!no_tie");
    people_destroy(p);
}

TEST(a_tie_that_rejects_is_nobodys_to_decide)
{
    struct people *p = with_vote(KH_TIE_REJECT);

    tie(p);
    DOES(p, "chair vote.decide vote=1 choice=for", "!no_tie");
    people_destroy(p);
}

TEST(a_vote_is_opened_again_in_another_form_from_nothing)
{
    struct people *p = with_vote(KH_TIE_REJECT);

    tie(p);
    DOES(p, "chair vote.reopen vote=1 form=hands", "vote.reopened");
    const struct kh_vote *vote = kh_state_vote(&p->state, 1);
    assert_int_equal(vote->state, KH_VOTE_OPEN);
    assert_int_equal(vote->n_cast, 0);
    assert_int_equal(vote->times_opened, 2);
    DOES(p, "d1 vote.cast vote=1 choice=for", "!hand_form");
    DOES(p, "sec vote.tally vote=1 form=hands counts=for:3,against:1", "vote.tallied");
    DOES(p, "sec2 vote.tally vote=1 form=hands counts=for:3,against:1", "vote.tallied");
    DOES(p, "chair vote.close vote=1", "vote.closed=passed");
    people_destroy(p);
}

TEST(a_deferred_vote_waits_and_is_opened_again)
{
    struct people *p = with_vote(KH_TIE_REJECT);

    people_say(p, "d1 vote.cast vote=1 choice=for");
    DOES(p, "chair vote.defer vote=1", "vote.deferred");
    DOES(p, "d1 vote.cast vote=1 choice=for", "!vote_state");
    DOES(p, "chair vote.close vote=1", "!vote_state");
    for (unsigned i = 0; i < 2 * KH_VOTES_MAX; i++) { /* later votes do not push it out */
        char close[64];
        people_say(p, "chair vote.open type=motion question=?");
        snprintf(close, sizeof(close), "chair vote.close vote=%u", p->state.last_vote);
        people_say(p, close);
    }
    DOES(p, "chair vote.reopen vote=1", "vote.reopened");
    assert_int_equal(kh_state_vote(&p->state, 1)->n_cast, 0);
    DOES(p, "d1 vote.cast vote=1 choice=for", "vote.cast:d1");
    people_destroy(p);
}

TEST(a_holder_votes_for_an_absent_giver)
{
    struct people *p = with_vote(KH_TIE_REJECT);

    people_say(p, "chair vote.cancel vote=1");
    ballot.proxies = true;
    DOES(p, "d4 proxy.give target=d4", "!not_eligible");
    DOES(p, "d3 proxy.give person=d4 target=d1", "!not_yours");
    DOES(p, "d4 proxy.give target=d1", "proxy.given:d4");
    DOES(p, "sec proxy.give person=d4 target=d2", "!has_proxy");
    people_say(p, "chair vote.open type=motion question=?");
    DOES(p, "d1 vote.cast vote=2 choice=for person=d4", "!no_proxy"); /* the giver is here */
    people_say(p, "d4 attendance.check_out");
    DOES(p, "d2 vote.cast vote=2 choice=for person=d4", "!no_proxy");
    DOES(p, "d1 vote.cast vote=2 choice=for person=d4", "vote.cast:d4");
    DOES(p, "d1 vote.cast vote=2 choice=against", "vote.cast:d1");
    assert_int_equal(kh_state_vote(&p->state, 2)->n_cast, 2);
    DOES(p, "sec proxy.end person=d4", "proxy.ended:d4");
    DOES(p, "d1 vote.cast vote=2 choice=for person=d4", "!no_proxy");
    people_destroy(p);
}

TEST(weights_count_in_votes_and_in_bases)
{
    struct people *p = with_vote(KH_TIE_REJECT);
    struct kh_counts counts;

    people_say(p, "chair vote.cancel vote=1");
    ballot.weighted = true;
    p->state.members[people_who(p, "d1")].profile.weight = 10;
    people_say(p, "chair vote.open type=motion question=?");
    people_say(p, "d1 vote.cast vote=2 choice=for");
    people_say(p, "d2 vote.cast vote=2 choice=against");
    kh_vote_count(&p->state, kh_state_vote(&p->state, 2), 0, &counts);
    assert_int_equal(counts.named[KH_COUNT_FOR], 10);
    assert_int_equal(counts.named[KH_COUNT_CAST], 11);
    assert_int_equal(counts.named[KH_COUNT_IN_OFFICE], 14); /* chair, d1 (10), d2, d3, d4 */
    people_destroy(p);
}

TEST(an_interrupted_speech_is_silent_loses_no_time_and_frees_its_place)
{
    struct people *p = people_sitting(3);

    p->state.max_open = 1;
    p->terms.limit_ms = 60000;
    people_say(p, "chair floor.grant person=d1 kind=speech");
    people_pass(p, 10000);
    DOES(p, "chair floor.resume person=d1", "!not_stopped");
    DOES(p, "chair floor.stop person=d1", "floor.stopped#1:d1 mic.changed:d1=muted");
    DOES(p, "chair floor.stop person=d1", "");
    people_pass(p, 300000);
    people_say(p, "chair floor.grant person=d2 kind=point");
    assert_int_equal(people_mic(p, "d2"), KH_MIC_LIVE);
    DOES(p, "chair floor.resume person=d1", "!mics_busy");
    people_say(p, "chair sitting.suspend");
    people_say(p, "chair sitting.resume");
    assert_int_equal(people_mic(p, "d1"), KH_MIC_MUTED); /* interrupted still */
    people_say(p, "d2 floor.release");
    DOES(p, "chair floor.resume person=d1", "floor.resumed#1:d1 mic.changed:d1=live");
    assert_int_equal(kh_state_left_ms(people_speech(p, "d1"), p->now_ms), 50000);
    people_destroy(p);
}

TEST(a_limit_is_changed_while_the_speech_runs)
{
    struct people *p = people_sitting(2);

    p->terms.limit_ms = 60000;
    people_say(p, "chair floor.grant person=d1 kind=speech");
    people_pass(p, 10000);
    people_say(p, "chair floor.limit person=d1 limit_ms=30000");
    assert_int_equal(kh_state_left_ms(people_speech(p, "d1"), p->now_ms), 20000);
    DOES(p, "chair floor.limit person=d1 limit_ms=0", "!field");
    people_destroy(p);
}

TEST(the_procedure_keeps_values_by_name)
{
    struct people *p = people_sitting(1);
    struct kh_command store = { .type = KH_CMD_STORE, .actor = KH_NOBODY, .at_ms = p->now_ms };

    KH_SET_TEXT(&store.f, name, "round");
    KH_SET_TEXT(&store.f, note, "2");
    assert_int_equal(people_do(p, &store), KH_REFUSAL_NONE);
    assert_string_equal(kh_state_stored(&p->state, "round"), "2");
    KH_SET_TEXT(&store.f, note, "");
    assert_int_equal(people_do(p, &store), KH_REFUSAL_NONE);
    assert_null(kh_state_stored(&p->state, "round"));
    for (unsigned i = 0; i < KH_STORE_MAX; i++) {
        snprintf(store.f.name, sizeof(store.f.name), "v%u", i);
        KH_SET_TEXT(&store.f, note, "x");
        assert_int_equal(people_do(p, &store), KH_REFUSAL_NONE);
    }
    KH_SET_TEXT(&store.f, name, "one too many");
    assert_int_equal(people_do(p, &store), KH_REFUSAL_STORE_FULL);
    people_destroy(p);
}

TEST(a_sitting_is_closed_to_the_public_and_opened)
{
    struct people *p = people_sitting(1);

    people_say(p, "chair sitting.publish closed=true");
    assert_true(p->state.sitting_closed);
    DOES(p, "chair sitting.publish closed=true", "");
    people_say(p, "chair sitting.publish closed=false");
    assert_false(p->state.sitting_closed);
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_tie_is_decided_by_the_chair_where_the_rule_says_so),
        CASE(a_tie_that_rejects_is_nobodys_to_decide),
        CASE(a_vote_is_opened_again_in_another_form_from_nothing),
        CASE(a_deferred_vote_waits_and_is_opened_again), CASE(a_holder_votes_for_an_absent_giver),
        CASE(weights_count_in_votes_and_in_bases),
        CASE(an_interrupted_speech_is_silent_loses_no_time_and_frees_its_place),
        CASE(a_limit_is_changed_while_the_speech_runs), CASE(the_procedure_keeps_values_by_name),
        CASE(a_sitting_is_closed_to_the_public_and_opened));
}
