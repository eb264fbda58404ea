/* The hooks of votes: ballot, on_cast, evaluate. */
#include "tests/unit/procedure/plugin.h"

static struct plugin p;

#define BALLOT                                                                                     \
    "options = { { id = 'y', vi = 'a', en = 'a', as = 'for' },\n"                                  \
    " { id = 'n', vi = 'b', en = 'b', as = 'against' } }, "

static void ask_open(void)
{
    struct kh_command command = { .type = KH_CMD_VOTE_OPEN, .actor = 0 };

    KH_SET_TEXT(&command.f, type, "yes");
    KH_SET_TEXT(&command.f, question, "?");
    plugin_ask(&p, &command);
}

TEST(a_ballot_is_read_whole)
{
    plugin_open(&p,
                HEAD SETUP "ballot = function() return { " BALLOT
                           "eligible = 'all', change = 'never', tie = 'adopt', close = 'timer', "
                           "timer = 30, min = { turnout = 2 }, rules = { { of = 'for', "
                           "base = 'in_office', num = 2, den = 3, strict = false, rule = 'r' } "
                           "}, veto = { { of = 'block', base = 'present_at_open', num = 1, "
                           "den = 10, strict = false } } } end }");
    ask_open();
    if (p.verdict->failed)
        fail_msg("%s", p.verdict->failure);
    const struct kh_ballot *b = p.verdict->terms.ballot;
    assert_non_null(b);
    assert_string_equal(b->type, "yes");
    assert_int_equal(b->n_options, 2);
    assert_int_equal(b->options[1].as, KH_STAND_AGAINST);
    assert_int_equal(b->eligible, KH_ELIGIBLE_ALL);
    assert_int_equal(b->timer_ms, 30000);
    assert_int_equal(b->n_rules, 1);
    assert_int_equal(b->rules[0].base, KH_COUNT_IN_OFFICE);
    assert_false(b->rules[0].strict);
    assert_int_equal(b->vetoes[0].of, KH_COUNT_BLOCK);
    assert_int_equal(b->min_turnout, 2);
    plugin_close(&p);
}

TEST(a_ballot_that_leaves_out_strictness_or_base_is_a_failure)
{
    plugin_open(&p, HEAD SETUP "ballot = function() return { " BALLOT
                               "rules = { { base = 'cast', num = 1, den = 2 } } } end }");
    ask_open();
    assert_true(p.verdict->failed);
    assert_null(p.verdict->terms.ballot);
    assert_non_null(strstr(p.verdict->failure, "strict: missing"));
    plugin_close(&p);
}

TEST(an_undeclared_type_of_vote_is_refused)
{
    struct kh_command command = { .type = KH_CMD_VOTE_OPEN, .actor = 0 };

    plugin_open(&p, HEAD SETUP "}");
    KH_SET_TEXT(&command.f, type, "no");
    plugin_ask(&p, &command);
    assert_string_equal(p.verdict->reason.code, "no_type");
    plugin_close(&p);
}

static struct kh_vote *open_vote(enum kh_secrecy secrecy)
{
    struct kh_vote *vote = &p.state->votes[0];

    vote->id = p.state->last_vote = 1;
    vote->state = KH_VOTE_OPEN;
    vote->tally_by = vote->tally_confirmed_by = KH_NOBODY;
    vote->ballot.secrecy = secrecy;
    vote->ballot.n_options = 2;
    vote->ballot.options[0] = (struct kh_option){ "y", "a", "a", KH_STAND_FOR };
    vote->ballot.options[1] = (struct kh_option){ "n", "b", "b", KH_STAND_AGAINST };
    vote->ballot.select_min = vote->ballot.select_max = 1;
    vote->ballot.n_rules = 1;
    vote->ballot.rules[0] =
        (struct kh_majority){ KH_COUNT_FOR, KH_COUNT_IN_OFFICE, 1, 2, true, "r" };
    return vote;
}

static void ask_cast(void)
{
    struct kh_command command = { .type = KH_CMD_VOTE_CAST, .actor = 1 };

    KH_SET(&command.f, vote, 1);
    command.f.choice = (struct kh_choice){ .options = { 1 }, .n = 1 };
    command.f.present |= KH_BIT(choice);
    plugin_ask(&p, &command);
}

TEST(on_cast_sees_a_public_choice_and_a_secret_vote_takes_none)
{
    plugin_open(&p, HEAD SETUP "on_cast = function(ctx, who, choice, vote)\n"
                               " return refuse(choice, { vi = who, en = 'x' }, 'r') end }");
    open_vote(KH_SECRECY_NAMED_AFTER);
    ask_cast();
    assert_string_equal(p.verdict->reason.code, "y");
    assert_string_equal(p.verdict->reason.vi, "d1");
    open_vote(KH_SECRECY_SECRET);
    ask_cast();
    assert_string_equal(p.verdict->reason.code, "secret_form");
    plugin_close(&p);
}

TEST(evaluate_gets_counts_and_what_the_core_makes_of_them)
{
    struct kh_command close = { .type = KH_CMD_VOTE_CLOSE, .actor = 0 };

    plugin_open(&p,
                HEAD SETUP "evaluate = function(ctx, vote, counts, judged)\n"
                           " local r = judged.rules[1]\n"
                           " return { outcome = judged.outcome, vi = 'v', rule = r.rule,\n"
                           "  en = counts['for'] .. '/' .. r.total .. ' need ' .. r.need .. ' '\n"
                           "   .. counts.options.y .. tostring(r.holds) } end }");
    struct kh_vote *vote = open_vote(KH_SECRECY_NAMED_AFTER);
    kh_bit_set(vote->cast, 1);
    vote->choice[0][1] = 1;
    vote->n_cast = 1;
    KH_SET(&close.f, vote, 1);
    plugin_ask(&p, &close);
    if (p.verdict->failed)
        fail_msg("%s", p.verdict->failure);
    assert_non_null(p.verdict->terms.result);
    assert_int_equal(p.verdict->terms.result->outcome, KH_OUTCOME_REJECTED);
    assert_string_equal(p.verdict->terms.result->en, "1/3 need 2 1false");
    assert_int_equal(p.verdict->terms.result->counts[0].named[KH_COUNT_FOR], 1);
    plugin_close(&p);
}

TEST(an_outcome_of_the_procedures_own_is_kept_as_its_word)
{
    struct kh_command close = { .type = KH_CMD_VOTE_CLOSE, .actor = 0 };

    plugin_open(&p, HEAD SETUP "evaluate = function()\n"
                               " return { outcome = 'next_round', vi = 'v', en = 'e' } end }");
    open_vote(KH_SECRECY_TOTALS);
    KH_SET(&close.f, vote, 1);
    plugin_ask(&p, &close);
    assert_int_equal(p.verdict->terms.result->outcome, KH_OUTCOME_OTHER);
    assert_string_equal(p.verdict->terms.result->word, "next_round");
    plugin_close(&p);
}

TEST(a_tie_that_the_chair_decides_is_evaluated_again)
{
    struct kh_command decide = { .type = KH_CMD_VOTE_DECIDE, .actor = 0 };

    plugin_open(&p, HEAD SETUP "evaluate = function(ctx, vote, counts, judged)\n"
                               " return { vi = 'v', en = judged.outcome .. ' ' .. judged.decided\n"
                               " .. ' ' .. counts.against } end }");
    struct kh_vote *vote = open_vote(KH_SECRECY_NAMED_AFTER);
    vote->state = KH_VOTE_CLOSED;
    vote->result.outcome = KH_OUTCOME_TIED;
    vote->result.n_subjects = 1;
    vote->result.counts[0].named[KH_COUNT_AGAINST] = 6;
    KH_SET(&decide.f, vote, 1);
    decide.f.choice = (struct kh_choice){ .options = { 2 }, .n = 1 };
    decide.f.present |= KH_BIT(choice);
    plugin_ask(&p, &decide);
    if (p.verdict->failed)
        fail_msg("%s", p.verdict->failure);
    assert_non_null(p.verdict->terms.result);
    assert_int_equal(p.verdict->terms.result->outcome, KH_OUTCOME_REJECTED);
    assert_string_equal(p.verdict->terms.result->en, "rejected against 6");
    plugin_close(&p);
}

TEST(a_choice_is_seen_in_a_vote_by_name_only)
{
    struct kh_command close = { .type = KH_CMD_VOTE_CLOSE, .actor = 0 };
    static const enum kh_secrecy kinds[] = { KH_SECRECY_NAMED_AFTER, KH_SECRECY_TOTALS,
                                             KH_SECRECY_SECRET };

    for (unsigned i = 0; i < 3; i++) {
        plugin_open(&p, HEAD SETUP "evaluate = function(ctx, vote) return { vi = 'v',\n"
                                   " en = tostring(ctx.choice(vote.id, 'd1')) } end }");
        struct kh_vote *vote = open_vote(kinds[i]);
        vote->ballot.form = i == 2 ? KH_FORM_PAPER : KH_FORM_ELECTRONIC;
        kh_bit_set(vote->cast, 1);
        vote->choice[0][1] = 1;
        KH_SET(&close.f, vote, 1);
        plugin_ask(&p, &close);
        assert_string_equal(p.verdict->terms.result->en, i == 0 ? "y" : "nil");
        plugin_close(&p);
    }
}

int main(void)
{
    return kh_run_tests(CASE(a_tie_that_the_chair_decides_is_evaluated_again),
                        CASE(a_choice_is_seen_in_a_vote_by_name_only), CASE(a_ballot_is_read_whole),
                        CASE(a_ballot_that_leaves_out_strictness_or_base_is_a_failure),
                        CASE(an_undeclared_type_of_vote_is_refused),
                        CASE(on_cast_sees_a_public_choice_and_a_secret_vote_takes_none),
                        CASE(evaluate_gets_counts_and_what_the_core_makes_of_them),
                        CASE(an_outcome_of_the_procedures_own_is_kept_as_its_word));
}
