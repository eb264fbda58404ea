/* Secret votes at the desks, as far as the session knows them: never a choice. */
#include "tests/unit/session/people.h"

#include "base/text.h"

#include <string.h>

#define PAPER1 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define PAPER2 "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

static struct kh_ballot secret(void)
{
    struct kh_ballot b = { .type = "election",
                           .secrecy = KH_SECRECY_SECRET,
                           .n_options = 2,
                           .options = { { "yes", "", "", KH_STAND_FOR },
                                        { "no", "", "", KH_STAND_AGAINST } },
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

static void form(struct people *p, const char *const ids[], unsigned n, unsigned needed,
                 const char *expected)
{
    struct kh_members members = { .n = n };
    struct kh_command command = { .type = KH_CMD_COMMITTEE_FORM,
                                  .at_ms = p->now_ms,
                                  .actor = people_who(p, "chair") };

    for (unsigned i = 0; i < n; i++)
        members.person[i] = people_who(p, ids[i]);
    KH_SET(&command.f, members, &members);
    KH_SET(&command.f, needed, needed);
    people_do(p, &command);
    assert_string_equal(p->said, expected);
}

static void form_and_make_key(struct people *p)
{
    form(p, (const char *const[]){ "d1", "d2" }, 2, 2, "committee.formed");
    DOES(p, "d1 committee.join join=e1", "committee.joined:d1");
    DOES(p, "d2 committee.join join=e2", "committee.joined:d2");
    DOES(p, "d1 committee.deal deal=x", "committee.dealt:d1");
    DOES(p, "d2 committee.deal deal=y", "committee.dealt:d2");
    DOES(p, "d1 committee.confirm", "committee.confirmed:d1");
    DOES(p, "d2 committee.confirm", "committee.confirmed:d2");
}

TEST(a_committee_makes_its_key_step_by_step)
{
    struct people *p = people_sitting(4);

    DOES(p, "d1 committee.join join=e1", "!not_member");
    form(p, (const char *const[]){ "d1", "d1" }, 2, 1, "!members");
    form(p, (const char *const[]){ "d1", "d2" }, 2, 3, "!members");
    form(p, (const char *const[]){ "d1", "guest" }, 2, 1, "!members");
    form(p, (const char *const[]){ "d1", "d2" }, 2, 2, "committee.formed");
    DOES(p, "d3 committee.join join=e3", "!not_member");
    DOES(p, "d1 committee.deal deal=x", "!committee_state");
    DOES(p, "d1 committee.join join=e1", "committee.joined:d1");
    DOES(p, "d1 committee.join join=e1", "");
    DOES(p, "d1 committee.join join=other", "!committee_state");
    DOES(p, "d1 committee.deal deal=x", "!committee_state");
    DOES(p, "d2 committee.join join=e2", "committee.joined:d2");
    DOES(p, "d1 committee.deal deal=x", "committee.dealt:d1");
    DOES(p, "d1 committee.confirm", "!committee_state");
    DOES(p, "d2 committee.deal deal=y", "committee.dealt:d2");
    DOES(p, "d1 committee.confirm", "committee.confirmed:d1");
    assert_false(kh_state_committee_is_ready(&p->state));
    DOES(p, "d2 committee.confirm", "committee.confirmed:d2");
    assert_true(kh_state_committee_is_ready(&p->state));
    DOES(p, "d2 committee.complain target=d1", "!committee_state");
    people_destroy(p);
}

TEST(a_wrong_share_voids_the_ceremony_until_it_is_formed_anew)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = secret();

    p->terms.ballot = &ballot;
    form(p, (const char *const[]){ "d1", "d2" }, 2, 1, "committee.formed");
    people_say(p, "d1 committee.join join=e1");
    people_say(p, "d2 committee.join join=e2");
    people_say(p, "d1 committee.deal deal=x");
    DOES(p, "d2 committee.complain target=d1", "!committee_state");
    people_say(p, "d2 committee.deal deal=y");
    DOES(p, "d2 committee.complain target=d3", "!members");
    DOES(p, "d2 committee.complain target=d1", "committee.complained:d2");
    DOES(p, "d1 committee.confirm", "!committee_state");
    DOES(p, "chair vote.open type=t question=q", "!no_committee");
    form_and_make_key(p);
    assert_int_equal(p->state.committee.round, 2);
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    people_destroy(p);
}

TEST(a_vote_goes_from_papers_to_the_sealed_box_to_its_result)
{
    struct people *p = people_sitting(4);
    struct kh_ballot ballot = secret();

    form_and_make_key(p);
    p->terms.ballot = &ballot;
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    form(p, (const char *const[]){ "d3" }, 1, 1, "!committee_busy");
    DOES(p, "server vote.paper vote=1 paper_key=K", "vote.papered");
    DOES(p, "server vote.paper vote=1 paper_key=K", "!vote_state");
    DOES(p, "d1 vote.cast vote=1 choice=yes", "!secret_form");
    DOES(p, "sec vote.tally vote=1 form=electronic counts=yes:3", "!secret_form");
    DOES(p, "d1 vote.claim vote=1 paper=short", "!field");
    DOES(p, "d1 vote.claim vote=1 paper=" PAPER1, "vote.issued:d1");
    DOES(p, "d1 vote.claim vote=1 paper=" PAPER1, "");
    DOES(p, "d1 vote.claim vote=1 paper=" PAPER2, "!issued");
    DOES(p, "d2 vote.claim vote=1 paper=" PAPER2, "vote.issued:d2");
    DOES(p, "d3 vote.claim vote=1 paper=" PAPER2, "vote.issued:d3");
    DOES(p, "d1 vote.unseal vote=1", "!vote_state");
    DOES(p, "chair vote.close vote=1", "vote.sealed");
    DOES(p, "chair vote.close vote=1", "!vote_state");
    DOES(p, "d4 vote.claim vote=1 paper=" PAPER1, "!vote_state");
    DOES(p, "server vote.count vote=1 counts=yes:3", "!vote_state");
    DOES(p, "server vote.box vote=1 number=4 hash=h paper_secret=k", "!overfull");
    DOES(p, "server vote.box vote=1 number=3 hash=h paper_secret=k", "vote.boxed");
    DOES(p, "d3 vote.unseal vote=1", "!not_member");
    DOES(p, "d1 vote.unseal vote=1", "vote.unsealed:d1");
    DOES(p, "d1 vote.unseal vote=1", "");
    DOES(p, "d2 vote.unseal vote=1", "vote.unsealed:d2");
    DOES(p, "server vote.count vote=1 counts=yes:3,no:1", "!choice");
    DOES(p, "d4 attendance.check_out", "attendance.checked_out:d4");
    DOES(p, "server vote.count vote=1 counts=yes:2,no:1", "vote.tallied");
    PASSES(p, 1, "vote.closed=rejected");
    const struct kh_counts *c = &kh_state_vote(&p->state, 1)->result.counts[0];
    assert_int_equal(c->named[KH_COUNT_ISSUED], 3);
    assert_int_equal(c->named[KH_COUNT_RETURNED], 3);
    assert_int_equal(c->named[KH_COUNT_FOR], 2);
    assert_int_equal(c->named[KH_COUNT_IN_OFFICE], 5);
    assert_int_equal(c->named[KH_COUNT_PRESENT_AT_CLOSE], 5); /* when the box was closed */
    people_destroy(p);
}

TEST(a_sealed_vote_lets_another_one_open_and_can_be_cancelled)
{
    struct people *p = people_sitting(2);
    struct kh_ballot ballot = secret(), open = secret();

    open.secrecy = KH_SECRECY_NAMED_AFTER;
    form_and_make_key(p);
    p->terms.ballot = &ballot;
    people_say(p, "chair vote.open type=t question=q");
    DOES(p, "chair vote.close vote=1", "vote.sealed");
    p->terms.ballot = &open;
    for (unsigned i = 0; i < KH_VOTES_MAX + 2; i++) {
        char line[40];
        DOES(p, "chair vote.open type=t question=q", "vote.opened");
        snprintf(line, sizeof(line), "chair vote.close vote=%u", i + 2);
        DOES(p, line, "vote.closed=rejected");
    }
    assert_int_equal(kh_state_vote(&p->state, 1)->state, KH_VOTE_SEALED);
    DOES(p, "chair vote.cancel vote=1", "vote.cancelled");
    form(p, (const char *const[]){ "d2" }, 1, 1, "committee.formed");
    people_destroy(p);
}

TEST(what_would_show_the_voter_is_not_voted_on_secretly_at_the_desks)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = secret();

    p->terms.ballot = &ballot;
    DOES(p, "chair vote.open type=t question=q", "!no_committee");
    form_and_make_key(p);
    ballot.weighted = true;
    DOES(p, "chair vote.open type=t question=q", "!secret_form");
    ballot.weighted = false;
    ballot.n_subjects = 1;
    KH_TEXT_SET(ballot.subjects[0].id, "d2");
    DOES(p, "chair vote.open type=t question=q", "!candidate");
    KH_TEXT_SET(ballot.subjects[0].id, "d3");
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    DOES(p, "chair vote.close vote=1", "vote.sealed");
    DOES(p, "chair vote.reopen vote=1", "!secret_form");
    DOES(p, "chair vote.reopen vote=1 form=paper", "vote.reopened");
    DOES(p, "sec vote.tally vote=1 form=paper counts=yes:3", "vote.tallied");
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(CASE(a_committee_makes_its_key_step_by_step),
                        CASE(a_wrong_share_voids_the_ceremony_until_it_is_formed_anew),
                        CASE(a_vote_goes_from_papers_to_the_sealed_box_to_its_result),
                        CASE(a_sealed_vote_lets_another_one_open_and_can_be_cancelled),
                        CASE(what_would_show_the_voter_is_not_voted_on_secretly_at_the_desks));
}
