/* The chair sets a hook aside, lots are told and wanted, people are options. */
#include "tests/unit/procedure/plugin.h"

static struct plugin p;

#define NO "refuse('no', { vi = 'không', en = 'no' }, 'rule 1')"

static struct kh_command command_of(enum kh_command_type type, bool overrides)
{
    struct kh_command command = { .type = type, .actor = 0 };

    if (overrides) {
        KH_SET(&command.f, override, true);
        KH_SET_TEXT(&command.f, note, "why");
    }
    return command;
}

static void assert_overridden(struct kh_command *command)
{
    plugin_ask(&p, command);
    if (p.verdict->failed)
        fail_msg("%s", p.verdict->failure);
    assert_false(p.verdict->refused);
    assert_true(p.verdict->terms.overridden);
    assert_string_equal(p.verdict->terms.reason.code, "no");
    assert_string_equal(p.verdict->terms.reason.rule, "rule 1");
}

TEST(what_a_hook_refuses_the_chair_may_do)
{
    struct kh_command plain = command_of(KH_CMD_SITTING_OPEN, false);
    struct kh_command overriding = command_of(KH_CMD_SITTING_OPEN, true);

    plugin_open(&p, HEAD SETUP "on_phase = function() return " NO " end }");
    plugin_ask(&p, &plain);
    assert_true(p.verdict->refused);
    assert_overridden(&overriding);
    overriding.actor = KH_NOBODY; /* an action of the procedure itself overrides nothing */
    plugin_ask(&p, &overriding);
    assert_true(p.verdict->refused);
    plugin_close(&p);
}

TEST(nothing_is_overridden_where_nothing_is_refused)
{
    struct kh_command command = command_of(KH_CMD_SITTING_OPEN, true);

    plugin_open(&p, HEAD SETUP "on_phase = function() end }");
    plugin_ask(&p, &command);
    assert_false(p.verdict->refused);
    assert_false(p.verdict->terms.overridden);
    plugin_close(&p);
}

TEST(the_next_one_is_called_by_the_neutral_order_with_the_limit_of_the_rule)
{
    struct kh_command command = command_of(KH_CMD_FLOOR_NEXT, true);
    struct kh_request *r;

    plugin_open(&p, HEAD SETUP "next = function() return " NO " end,\n"
                               "on_grant = function() return { limit = 60 } end }");
    r = &p.state->requests[0];
    *r = (struct kh_request){
        .id = 7, .state = KH_REQUEST_ACCEPTED, .person = 1, .target = KH_NOBODY
    };
    KH_TEXT_SET(r->kind, "speech");
    KH_TEXT_SET(r->lane, "speech");
    assert_overridden(&command);
    assert_int_equal(p.verdict->terms.request, 7);
    assert_int_equal(p.verdict->terms.limit_ms, 60000);
    plugin_close(&p);
}

TEST(a_grant_that_is_refused_has_the_limit_that_the_request_was_told)
{
    struct kh_command command = command_of(KH_CMD_FLOOR_GRANT, true);

    plugin_open(&p, HEAD SETUP "on_grant = function() return " NO " end }");
    p.state->requests[0] = (struct kh_request){
        .id = 7, .state = KH_REQUEST_ACCEPTED, .person = 1, .target = KH_NOBODY, .limit_ms = 180000
    };
    KH_TEXT_SET(p.state->requests[0].kind, "speech");
    KH_TEXT_SET(p.state->requests[0].lane, "speech");
    KH_SET(&command.f, request, 7);
    assert_overridden(&command);
    assert_int_equal(p.verdict->terms.limit_ms, 180000);
    plugin_close(&p);
}

TEST(a_ballot_that_is_refused_is_the_neutral_one)
{
    struct kh_command command = command_of(KH_CMD_VOTE_OPEN, true);

    plugin_open(&p, HEAD SETUP "ballot = function() return " NO " end }");
    KH_SET_TEXT(&command.f, type, "yes");
    KH_SET_TEXT(&command.f, question, "?");
    assert_overridden(&command);
    assert_null(p.verdict->terms.ballot);
    plugin_close(&p);
}

/* --- candidates --- */

static struct kh_subjects people = { .subject = { { "d1", "An" }, { "d2", "Bình" } }, .n = 2 };

static void ask_open(const char *ballot, const struct kh_subjects *who)
{
    struct kh_command command = command_of(KH_CMD_VOTE_OPEN, false);
    char text[2048];

    snprintf(text, sizeof(text),
             "%s%sballot = function(ctx, type, question, people) return { %s } end }", HEAD, SETUP,
             ballot);
    plugin_open(&p, text);
    KH_SET_TEXT(&command.f, type, "yes");
    KH_SET_TEXT(&command.f, question, "?");
    if (who)
        KH_SET(&command.f, subjects, who);
    plugin_ask(&p, &command);
}

TEST(candidates_are_the_first_options)
{
    ask_open("candidates = true, options = { { id = 'blank', vi = 'a', en = 'a', as = 'blank' } },"
             "change = #people == 2 and people[2].name == 'Bình' and 'never' or 'until_close'",
             &people);
    if (p.verdict->failed)
        fail_msg("%s", p.verdict->failure);
    const struct kh_ballot *b = p.verdict->terms.ballot;
    assert_non_null(b);
    assert_int_equal(b->n_candidates, 2);
    assert_int_equal(b->n_options, 3);
    assert_string_equal(b->options[1].id, "d2");
    assert_string_equal(b->options[1].vi, "Bình");
    assert_string_equal(b->options[2].id, "blank");
    assert_int_equal(b->change, KH_CHANGE_NEVER);
    plugin_close(&p);
}

TEST(a_vote_on_candidates_needs_some)
{
    ask_open("candidates = true", NULL);
    assert_true(p.verdict->refused);
    assert_string_equal(p.verdict->reason.code, "candidates");
    plugin_close(&p);
}

TEST(ranks_are_refused_with_a_mend)
{
    static const char two[] = "options = { { id = 'y', vi = 'a', en = 'a' }, "
                              "{ id = 'n', vi = 'b', en = 'b' } }, ";
    char text[400];

    snprintf(text, sizeof(text), "%sselect = { max = 2, how = 'rank' }", two);
    ask_open(text, NULL);
    assert_true(p.verdict->failed);
    assert_non_null(strstr(p.verdict->failure, "hold rounds instead"));
    plugin_close(&p);
    snprintf(text, sizeof(text), "%sselect = { max = 2, how = 'one' }", two);
    ask_open(text, NULL);
    assert_true(p.verdict->failed);
    plugin_close(&p);
    snprintf(text, sizeof(text), "%sselect = { max = 2, how = 'approve' }", two);
    ask_open(text, NULL);
    assert_false(p.verdict->failed);
    plugin_close(&p);
}

TEST(a_secret_vote_is_not_changed_after_it_is_sealed)
{
    ask_open("candidates = true, secrecy = 'secret', change = 'until_announced'", &people);
    assert_true(p.verdict->failed);
    assert_non_null(strstr(p.verdict->failure, "sealed"));
    plugin_close(&p);
}

/* --- lots --- */

static struct kh_names among = { .name = { "d1", "d2" }, .n = 2 };
static struct kh_names drawn = { .name = { "d2" }, .n = 1 };

static void tell_lot(const char *hook)
{
    struct kh_event event = { .type = KH_EV_LOT_DRAWN, .at_ms = 2000000, .actor = 0 };
    char text[2048];

    snprintf(text, sizeof(text), "%s%son_lot = function(ctx, lot) %s end }", HEAD, SETUP, hook);
    plugin_open(&p, text);
    KH_SET_TEXT(&event.f, name, "order");
    KH_SET(&event.f, among, &among);
    KH_SET(&event.f, drawn, &drawn);
    KH_SET(&event.f, by, 0);
    kh_procedure_tell(p.procedure, p.state, &event, p.verdict);
}

TEST(a_lot_is_told_and_another_one_wanted)
{
    tell_lot(
        "return { { 'lot', name = lot.name .. lot.by, number = #lot.drawn, among = lot.among } }");
    if (p.verdict->failed)
        fail_msg("%s", p.verdict->failure);
    assert_int_equal(p.verdict->actions.n, 1);
    const struct kh_command *command = &p.verdict->actions.command[0];
    assert_int_equal(command->type, KH_CMD_LOT_DRAW);
    assert_string_equal(command->f.name, "orderd0");
    assert_int_equal(command->f.number, 1);
    assert_int_equal(command->f.among->n, 2);
    assert_string_equal(command->f.among->name[1], "d2");
    assert_true(command->seed[0] == '\0'); /* chance is the engine's */
    plugin_close(&p);
}

TEST(two_lots_in_one_answer_are_a_failure)
{
    tell_lot("return { { 'lot', among = lot.among }, { 'draw_lot', among = lot.among } }");
    assert_true(p.verdict->failed);
    assert_non_null(strstr(p.verdict->failure, "one lot an answer"));
    plugin_close(&p);
}

int main(void)
{
    return kh_run_tests(
        CASE(what_a_hook_refuses_the_chair_may_do),
        CASE(nothing_is_overridden_where_nothing_is_refused),
        CASE(the_next_one_is_called_by_the_neutral_order_with_the_limit_of_the_rule),
        CASE(a_grant_that_is_refused_has_the_limit_that_the_request_was_told),
        CASE(a_ballot_that_is_refused_is_the_neutral_one), CASE(candidates_are_the_first_options),
        CASE(a_vote_on_candidates_needs_some), CASE(ranks_are_refused_with_a_mend),
        CASE(a_secret_vote_is_not_changed_after_it_is_sealed),
        CASE(a_lot_is_told_and_another_one_wanted), CASE(two_lots_in_one_answer_are_a_failure));
}
