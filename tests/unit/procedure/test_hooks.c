/* The hooks: what a plugin sees, what its answers become, and what its mistakes become. */
#include "tests/unit/procedure/plugin.h"

static struct plugin p;

TEST(a_request_gets_the_lane_of_its_kind)
{
    plugin_open(&p, HEAD SETUP "}");
    plugin_request(&p, 1, "speech");
    assert_false(p.verdict->refused || p.verdict->failed);
    assert_string_equal(p.verdict->terms.lane, "speech");
    assert_int_equal(p.verdict->terms.rank, 10);
    plugin_close(&p);
}

TEST(an_undeclared_kind_and_a_foreign_role_are_refused)
{
    plugin_open(&p, HEAD SETUP "}");
    plugin_request(&p, 1, "song");
    assert_true(p.verdict->refused);
    assert_string_equal(p.verdict->reason.code, "no_kind");
    plugin_request(&p, 3, "speech");
    assert_true(p.verdict->refused);
    assert_string_equal(p.verdict->reason.code, "role");
    plugin_close(&p);
}

TEST(a_closed_list_holds_except_for_kinds_that_may_still_be_asked_for)
{
    plugin_open(&p, HEAD SETUP "}");
    p.state->list_closed = true;
    plugin_request(&p, 1, "speech");
    assert_string_equal(p.verdict->reason.code, "list_closed");
    plugin_request(&p, 1, "order");
    assert_false(p.verdict->refused);
    plugin_close(&p);
}

TEST(a_refusal_carries_its_words_and_rule)
{
    plugin_open(&p,
                HEAD SETUP "on_request = function(ctx, req)\n"
                           " return refuse('late', { vi = 'Muộn', en = 'Late ' .. req.person }, "
                           "'Art. 7') end }");
    plugin_request(&p, 2, "speech");
    assert_true(p.verdict->refused);
    assert_string_equal(p.verdict->reason.code, "late");
    assert_string_equal(p.verdict->reason.vi, "Muộn");
    assert_string_equal(p.verdict->reason.en, "Late d2");
    assert_string_equal(p.verdict->reason.rule, "Art. 7");
    plugin_close(&p);
}

TEST(an_error_gives_the_neutral_policy_and_names_its_line)
{
    plugin_open(&p, HEAD SETUP "\non_request = function(ctx, req)\n return req.nothing.more end }");
    plugin_request(&p, 1, "speech");
    assert_true(p.verdict->failed);
    assert_false(p.verdict->refused);
    assert_non_null(strstr(p.verdict->failure, "procedure.lua:9: "));
    assert_string_equal(p.verdict->terms.lane, "speech"); /* declared, so still right */
    assert_int_equal(p.verdict->terms.priority, 0);
    plugin_close(&p);
}

TEST(an_endless_loop_gives_the_neutral_policy)
{
    plugin_open(&p, HEAD SETUP "on_request = function() while true do end end }");
    plugin_request(&p, 1, "speech");
    assert_true(p.verdict->failed);
    assert_non_null(strstr(p.verdict->failure, "time allowed"));
    /* and the next question is asked as if nothing had been */
    plugin_request(&p, 1, "order");
    assert_true(p.verdict->failed);
    plugin_close(&p);
}

TEST(an_answer_of_the_wrong_type_is_a_failure_that_names_the_field)
{
    plugin_open(&p, HEAD SETUP "on_request = function() return { priority = 'high' } end }");
    plugin_request(&p, 1, "speech");
    assert_true(p.verdict->failed);
    assert_non_null(strstr(p.verdict->failure, "priority: a whole number"));
    plugin_close(&p);
    plugin_open(&p, HEAD SETUP "on_request = function() return { prioritee = 1 } end }");
    plugin_request(&p, 1, "speech");
    assert_non_null(strstr(p.verdict->failure, "unknown field 'prioritee' (there are: lane, "));
    plugin_close(&p);
}

static void ask_grant(uint32_t request)
{
    struct kh_command command = { .type = KH_CMD_FLOOR_GRANT, .actor = 0 };

    KH_SET(&command.f, request, request);
    plugin_ask(&p, &command);
}

TEST(a_grant_gets_its_limit_in_ms_and_its_marks)
{
    plugin_open(&p, HEAD SETUP
                "on_grant = function() return { limit = 420, marks = { 60, 15, 0 } } end }");
    ask_grant(plugin_waiting(&p, 1, "speech", 10)->id);
    assert_int_equal(p.verdict->terms.limit_ms, 420000);
    assert_int_equal(p.verdict->terms.marks.n, 3);
    assert_int_equal(p.verdict->terms.marks.left_ms[1], 15000);
    assert_false(p.verdict->terms.out_of_order);
    plugin_close(&p);
}

TEST(marks_that_do_not_fall_are_a_failure)
{
    plugin_open(&p,
                HEAD SETUP "on_grant = function() return { limit = 60, marks = { 0, 15 } } end }");
    ask_grant(plugin_waiting(&p, 1, "speech", 10)->id);
    assert_true(p.verdict->failed);
    assert_int_equal(p.verdict->terms.limit_ms, 0);
    plugin_close(&p);
}

TEST(calling_out_of_order_is_allowed_and_told)
{
    plugin_open(&p, HEAD SETUP "}");
    plugin_waiting(&p, 1, "speech", 10);
    ask_grant(plugin_waiting(&p, 2, "speech", 10)->id);
    assert_true(p.verdict->terms.out_of_order);
    assert_string_equal(p.verdict->terms.reason.code, "out_of_order");
    assert_non_null(strstr(p.verdict->terms.reason.en, "First registered, first called"));
    plugin_close(&p);
}

TEST(the_first_of_a_lane_is_in_order_unless_a_lane_with_precedence_waits)
{
    plugin_open(&p, HEAD SETUP "}");
    uint32_t speech = plugin_waiting(&p, 1, "speech", 10)->id;
    ask_grant(speech);
    assert_false(p.verdict->terms.out_of_order);
    plugin_waiting(&p, 2, "order", 90);
    ask_grant(speech);
    assert_true(p.verdict->terms.out_of_order);
    plugin_close(&p);
}

static void ask_next(const char *lane)
{
    struct kh_command command = { .type = KH_CMD_FLOOR_NEXT, .actor = 0 };

    if (lane)
        KH_SET_TEXT(&command.f, lane, lane);
    plugin_ask(&p, &command);
}

#define INTERRUPT                                                                                  \
    "setup = function() return {\n"                                                                \
    " lanes = { { id = 'speech', rank = 10, vi = 'a', en = 'a' },\n"                               \
    "  { id = 'order', rank = 90, preempt = 'interrupt', clock = 'stop', vi = 'b', en = 'b' } "    \
    "},\n"                                                                                         \
    " kinds = { { id = 'speech', lane = 'speech', roles = { 'delegate' }, vi = 'a', en = 'a' },\n" \
    "  { id = 'order', lane = 'order', roles = { 'delegate' }, vi = 'b', en = 'b' } },\n"          \
    " votes = {} } end, "

TEST(a_lane_that_interrupts_stops_the_speech_and_lets_it_go_on_though_the_hooks_err)
{
    struct kh_event released = { .type = KH_EV_FLOOR_RELEASED, .actor = 2 };

    plugin_open(&p, HEAD INTERRUPT "on_grant = function() error('no') end,\n"
                                   "on_end = function() error('no') end }");
    struct kh_request *speech = plugin_waiting(&p, 1, "speech", 10);
    speech->state = KH_REQUEST_GRANTED;
    ask_grant(plugin_waiting(&p, 2, "order", 90)->id);
    assert_true(p.verdict->failed);
    assert_int_equal(p.verdict->actions.n, 1);
    assert_int_equal(p.verdict->actions.command[0].type, KH_CMD_FLOOR_STOP);
    assert_int_equal(p.verdict->actions.command[0].f.person, 1);
    speech->interrupted = true;
    p.state->requests[1] = (struct kh_request){ 0 };
    p.state->history[0] = (struct kh_speech){ .request = 2, .person = 2 };
    KH_TEXT_SET(p.state->history[0].kind, "order");
    p.state->n_history = 1;
    released.at_ms = p.state->at_ms;
    KH_SET(&released.f, request, 2);
    kh_procedure_tell(p.procedure, p.state, &released, p.verdict);
    assert_int_equal(p.verdict->actions.n, 1);
    assert_int_equal(p.verdict->actions.command[0].type, KH_CMD_FLOOR_RESUME);
    assert_int_equal(p.verdict->actions.command[0].f.person, 1);
    plugin_close(&p);
}

TEST(next_may_choose_any_waiting_request)
{
    plugin_open(&p,
                HEAD SETUP "next = function(ctx, lane)\n"
                           " local q = ctx.queue[lane or 'all'] return q[#q] and q[#q].id end }");
    plugin_waiting(&p, 1, "speech", 10);
    plugin_waiting(&p, 2, "speech", 10);
    ask_next(NULL);
    assert_false(p.verdict->failed);
    assert_int_equal(p.verdict->terms.request, 2);
    ask_next("order");
    assert_int_equal(p.verdict->terms.request, 0);
    plugin_close(&p);
}

TEST(next_that_names_nobody_who_waits_is_a_failure)
{
    plugin_open(&p, HEAD SETUP "next = function() return 77 end }");
    plugin_waiting(&p, 1, "speech", 10);
    ask_next(NULL);
    assert_true(p.verdict->failed);
    assert_int_equal(p.verdict->terms.request, 0);
    plugin_close(&p);
}

static void ask_expire(void)
{
    struct kh_request *r = plugin_waiting(&p, 1, "speech", 10);
    struct kh_command command = { .type = KH_CMD_EXPIRE, .actor = KH_NOBODY };

    r->state = KH_REQUEST_GRANTED;
    r->limit_ms = 60000;
    r->run_since_ms = p.state->at_ms - 60000;
    KH_SET(&command.f, request, r->id);
    plugin_ask(&p, &command);
}

TEST(expiry_without_a_hook_warns)
{
    plugin_open(&p, HEAD SETUP "}");
    ask_expire();
    assert_int_equal(p.verdict->terms.expiry, KH_EXPIRY_WARN);
    plugin_close(&p);
}

TEST(expiry_may_be_a_word_a_grace_or_a_question)
{
    plugin_open(&p, HEAD SETUP "on_expire = function(ctx, s) return 'mute' end }");
    ask_expire();
    assert_int_equal(p.verdict->terms.expiry, KH_EXPIRY_MUTE);
    plugin_close(&p);
    plugin_open(&p, HEAD SETUP "on_expire = function(ctx, s) return { grace = 30 } end }");
    ask_expire();
    assert_int_equal(p.verdict->terms.expiry, KH_EXPIRY_GRACE);
    assert_int_equal(p.verdict->terms.grace_ms, 30000);
    plugin_close(&p);
    plugin_open(&p, HEAD SETUP
                "on_expire = function(ctx, s) return { ask = { to = 'chair', code = 'over', "
                "vi = 'v', en = 'left ' .. s.left, timeout = 20, default = 'b', options = { "
                "{ id = 'a', vi = 'a', en = 'a' }, { id = 'b', vi = 'b', en = 'b' } } } } end }");
    ask_expire();
    assert_false(p.verdict->failed);
    assert_int_equal(p.verdict->terms.expiry, KH_EXPIRY_ASK);
    assert_int_equal(p.verdict->actions.n, 1);
    const struct kh_command *ask = &p.verdict->actions.command[0];
    assert_int_equal(ask->type, KH_CMD_ASK);
    assert_int_equal(ask->actor, KH_NOBODY);
    assert_int_equal(ask->f.request, 1);
    assert_int_equal(ask->f.ask_text->roles, KH_ROLE_CHAIR);
    assert_int_equal(ask->f.ask_text->timeout_ms, 20000);
    assert_int_equal(ask->f.ask_text->answer_default, 1);
    assert_string_equal(ask->f.ask_text->en, "left 0");
    plugin_close(&p);
}

static void tell_end(void)
{
    struct kh_event event = { .type = KH_EV_FLOOR_RELEASED,
                              .at_ms = p.state->at_ms,
                              .actor = KH_NOBODY };
    struct kh_speech *s = &p.state->history[p.state->n_history++];

    *s = (struct kh_speech){ .request = 5, .person = 1, .target = 2, .item = 0, .spent_ms = 90500 };
    KH_TEXT_SET(s->kind, "speech");
    KH_SET(&event.f, request, 5);
    kh_procedure_tell(p.procedure, p.state, &event, p.verdict);
}

TEST(actions_become_commands_of_the_server)
{
    plugin_open(&p, HEAD SETUP
                "on_end = function(ctx, s, why) return {\n"
                " { 'extend', person = s.target, by = 1.5 }, { 'close_list' },\n"
                " { 'grant', person = s.person, kind = 'order' },\n"
                " { 'notice', vi = 'v', en = why .. s.spent, code = 'c', rule = 'r' } } end }");
    tell_end();
    assert_false(p.verdict->failed);
    assert_int_equal(p.verdict->actions.n, 3);
    const struct kh_command *c = p.verdict->actions.command;
    assert_int_equal(c[0].type, KH_CMD_FLOOR_EXTEND);
    assert_int_equal(c[0].f.person, 2);
    assert_int_equal(c[0].f.by_ms, 1500);
    assert_int_equal(c[0].f.present, KH_BIT(person) | KH_BIT(by_ms));
    assert_int_equal(c[1].type, KH_CMD_LIST_CLOSE);
    assert_int_equal(c[2].type, KH_CMD_FLOOR_GRANT);
    assert_string_equal(c[2].f.kind, "order");
    assert_int_equal(p.verdict->actions.n_notices, 1);
    assert_string_equal(p.verdict->actions.notice[0].en, "released90.5");
    plugin_close(&p);
}

TEST(a_wrong_action_is_a_failure_and_none_is_done)
{
    static const char *const wrong[][2] = {
        { "{ 'extend', person = 'd1' }", "action 'extend': by: missing" },
        { "{ 'extend', person = 'nobody', by = 1 }", "there is no person 'nobody'" },
        { "{ 'dance' }", "unknown action 'dance'" },
        { "{ 'mute', person = 'd1', loud = true }", "unknown field 'loud' (there are: person)" },
        { "'mute'", "a table { ... } is wanted" },
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char text[2048];
        snprintf(text, sizeof(text),
                 HEAD SETUP "on_end = function() return { { 'close_list' }, %s } end }",
                 wrong[i][0]);
        plugin_open(&p, text);
        tell_end();
        assert_true(p.verdict->failed);
        assert_int_equal(p.verdict->actions.n, 0);
        if (!strstr(p.verdict->failure, wrong[i][1]))
            fail_msg("%s", p.verdict->failure);
        plugin_close(&p);
    }
}

TEST(history_is_counted_by_person_kind_group_and_item)
{
    plugin_open(
        &p, HEAD SETUP
        "on_request = function(ctx, req)\n"
        " local n, s = ctx.count { person = 'd1', kind = 'speech', item = 'i1' }\n"
        " local g = ctx.count { group = 'G1' }\n"
        " local none = ctx.count { person = 'd2' }\n"
        " local all = ctx.count { target = 'd2' }\n"
        " assert(#ctx.last(5) == 1 and ctx.last(1)[1].person == 'd1' and #ctx.last(0) == 0)\n"
        " return { priority = n * 1000 + g * 100 + none * 10 + all, limit = s } end }");
    tell_end();
    plugin_request(&p, 2, "speech");
    assert_false(p.verdict->failed);
    assert_int_equal(p.verdict->terms.priority, 1101);
    assert_int_equal(p.verdict->terms.limit_ms, 90500);
    plugin_close(&p);
}

TEST(ctx_shows_the_body_the_meeting_and_who_is_here)
{
    plugin_open(&p, HEAD SETUP
                "on_request = function(ctx, req)\n"
                " local b = ctx.body\n"
                " assert(#b.members == 4 and b.members.d1.group == 'G1' and b.in_office == 3)\n"
                " assert(b.members[1].roles.chair and not b.members[2].roles.chair)\n"
                " assert(#b.groups == 2 and b.groups.G2.size == 2 and b.groups[2].id == 'G1')\n"
                " assert(ctx.meeting.item.id == 'i1' and ctx.meeting.phase == 'sitting')\n"
                " assert(ctx.presence.count == 3 and ctx.presence.is.g3 == 'present')\n"
                " assert(ctx.now == 1000 and req.item == 'i1' and req.person == 'd2')\n"
                " assert(#ctx.queue.all == 1 and ctx.queue.speech[1].person == 'd1')\n"
                " assert(#ctx.floor.speeches == 0 and ctx.floor.open == 0)\n"
                " return { lane = 'order' } end }");
    plugin_waiting(&p, 1, "speech", 10);
    plugin_request(&p, 2, "speech");
    if (p.verdict->failed)
        fail_msg("%s", p.verdict->failure);
    assert_string_equal(p.verdict->terms.lane, "order");
    assert_int_equal(p.verdict->terms.rank, 90);
    plugin_close(&p);
}

TEST(a_changed_roster_is_seen_at_once)
{
    plugin_open(&p, HEAD SETUP "on_request = function(ctx, req)\n"
                               " return { priority = ctx.body.members.d1.weight } end }");
    plugin_request(&p, 1, "speech");
    assert_int_equal(p.verdict->terms.priority, 1);
    p.state->members[1].profile.weight = 7;
    plugin_request(&p, 1, "speech");
    assert_int_equal(p.verdict->terms.priority, 7);
    plugin_close(&p);
}

TEST(ctx_is_read_only_and_knows_its_own_names)
{
    static const char *const wrong[][2] = {
        { "ctx.now = 1", "read-only" },
        { "ctx.body.in_office = 9", "read-only" },
        { "ctx.body.members.d1.weight = 9", "read-only" },
        { "ctx.settings.x = 9", "read-only" },
        { "local _ = ctx.bodies", "ctx has no 'bodies'" },
        { "local _ = ctx.queue.songs", "there is no lane 'songs'" },
        { "ctx.count { name = 'd1' }", "only person, kind" },
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char text[2048];
        snprintf(text, sizeof(text), HEAD SETUP "on_request = function(ctx) %s end }", wrong[i][0]);
        plugin_open(&p, text);
        plugin_request(&p, 1, "speech");
        assert_true(p.verdict->failed);
        if (!strstr(p.verdict->failure, wrong[i][1]))
            fail_msg("%s", p.verdict->failure);
        plugin_close(&p);
    }
}

TEST(ctx_kept_from_an_earlier_hook_cannot_be_read_while_none_runs)
{
    plugin_open(&p, "local kept\n" HEAD SETUP "on_request = function(ctx) kept = kept or ctx\n"
                    " return { priority = kept.presence.count } end }");
    plugin_request(&p, 1, "speech");
    assert_int_equal(p.verdict->terms.priority, 3);
    plugin_close(&p);
}

TEST(on_command_may_refuse_what_a_person_wants_but_is_not_asked_about_the_server)
{
    struct kh_command command = { .type = KH_CMD_LIST_CLOSE, .actor = 0 };

    plugin_open(&p, HEAD SETUP "on_command = function(ctx, cmd)\n"
                               " return refuse(cmd.name, { vi = 'a', en = cmd.who }, 'r') end }");
    plugin_ask(&p, &command);
    assert_true(p.verdict->refused);
    assert_string_equal(p.verdict->reason.code, "list.close");
    assert_string_equal(p.verdict->reason.en, "d0");
    command.actor = KH_NOBODY;
    plugin_ask(&p, &command);
    assert_false(p.verdict->refused);
    plugin_close(&p);
}

TEST(quorum_is_refused_with_its_numbers)
{
    struct kh_command command = { .type = KH_CMD_SITTING_OPEN, .actor = 0 };

    plugin_open(&p,
                HEAD SETUP "quorum = function(ctx, why)\n"
                           " return { need = 50, have = ctx.presence.count, rule = why } end }");
    p.state->phase = KH_PHASE_BREAK;
    plugin_ask(&p, &command);
    assert_true(p.verdict->refused);
    assert_string_equal(p.verdict->reason.code, "no_quorum");
    assert_string_equal(p.verdict->reason.en, "At least 50 have to be present; there are 3.");
    assert_string_equal(p.verdict->reason.rule, "open");
    plugin_close(&p);
}

TEST(an_answer_is_told_with_its_question)
{
    struct kh_command answer = { .type = KH_CMD_FLOOR_ANSWER, .actor = 0 };
    struct kh_event answered = { .type = KH_EV_ASK_ANSWERED, .actor = 0 };

    plugin_open(&p,
                HEAD SETUP "on_answer = function(ctx, ask, answer, req)\n"
                           " return { { 'revoke', person = req.person, note = ask.code .. answer "
                           ".. ask.by } } end }");
    plugin_waiting(&p, 2, "speech", 10)->state = KH_REQUEST_GRANTED;
    p.state->asks[0] = (struct kh_ask){ .id = 4, .request = 1 };
    KH_TEXT_SET(p.state->asks[0].text.code, "over");
    KH_SET(&answer.f, ask, 4);
    KH_SET_TEXT(&answer.f, answer, "cut");
    plugin_ask(&p, &answer);
    p.state->asks[0].id = 0;
    answered.at_ms = p.state->at_ms;
    KH_SET(&answered.f, ask, 4);
    KH_SET(&answered.f, person, 0);
    KH_SET_TEXT(&answered.f, answer, "cut");
    kh_procedure_tell(p.procedure, p.state, &answered, p.verdict);
    if (p.verdict->failed)
        fail_msg("%s", p.verdict->failure);
    assert_int_equal(p.verdict->actions.n, 1);
    assert_int_equal(p.verdict->actions.command[0].f.person, 2);
    assert_string_equal(p.verdict->actions.command[0].f.note, "overcutd0");
    plugin_close(&p);
}

TEST(what_was_stored_is_read_as_text)
{
    plugin_open(&p,
                HEAD SETUP "on_request = function(ctx, req)\n"
                           " return { priority = tonumber(ctx.store.round) + (ctx.store.no and 1 "
                           "or 0), actions = { { 'store', name = 'round', note = '8' } } } end }");
    KH_TEXT_SET(p.state->store[0].name, "round");
    KH_TEXT_SET(p.state->store[0].value, "7");
    plugin_request(&p, 1, "speech");
    if (p.verdict->failed)
        fail_msg("%s", p.verdict->failure);
    assert_int_equal(p.verdict->terms.priority, 7);
    assert_int_equal(p.verdict->actions.command[0].type, KH_CMD_STORE);
    assert_string_equal(p.verdict->actions.command[0].f.note, "8");
    plugin_close(&p);
}

TEST(the_trace_tells_the_newest_decision_first)
{
    plugin_open(&p, HEAD SETUP "on_request = function(ctx, req)\n"
                               " if req.kind == 'order' then error('no') end\n"
                               " log('hm') end }");
    plugin_request(&p, 1, "speech");
    plugin_request(&p, 1, "order");
    json_t *trace = kh_procedure_trace(p.procedure, 10);
    assert_int_equal(json_array_size(trace), 3);
    assert_true(json_is_true(json_object_get(json_array_get(trace, 0), "failed")));
    assert_string_equal(json_string_value(json_object_get(json_array_get(trace, 1), "verdict")),
                        "hm");
    assert_string_equal(json_string_value(json_object_get(json_array_get(trace, 2), "input")),
                        "speech");
    assert_string_equal(json_string_value(json_object_get(json_array_get(trace, 2), "hook")),
                        "on_request");
    json_decref(trace);
    plugin_close(&p);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_request_gets_the_lane_of_its_kind),
        CASE(an_undeclared_kind_and_a_foreign_role_are_refused),
        CASE(a_closed_list_holds_except_for_kinds_that_may_still_be_asked_for),
        CASE(a_refusal_carries_its_words_and_rule),
        CASE(an_error_gives_the_neutral_policy_and_names_its_line),
        CASE(an_endless_loop_gives_the_neutral_policy),
        CASE(an_answer_of_the_wrong_type_is_a_failure_that_names_the_field),
        CASE(a_grant_gets_its_limit_in_ms_and_its_marks),
        CASE(marks_that_do_not_fall_are_a_failure), CASE(calling_out_of_order_is_allowed_and_told),
        CASE(the_first_of_a_lane_is_in_order_unless_a_lane_with_precedence_waits),
        CASE(a_lane_that_interrupts_stops_the_speech_and_lets_it_go_on_though_the_hooks_err),
        CASE(next_may_choose_any_waiting_request),
        CASE(next_that_names_nobody_who_waits_is_a_failure), CASE(expiry_without_a_hook_warns),
        CASE(expiry_may_be_a_word_a_grace_or_a_question),
        CASE(actions_become_commands_of_the_server),
        CASE(a_wrong_action_is_a_failure_and_none_is_done),
        CASE(history_is_counted_by_person_kind_group_and_item),
        CASE(ctx_shows_the_body_the_meeting_and_who_is_here),
        CASE(a_changed_roster_is_seen_at_once), CASE(ctx_is_read_only_and_knows_its_own_names),
        CASE(ctx_kept_from_an_earlier_hook_cannot_be_read_while_none_runs),
        CASE(on_command_may_refuse_what_a_person_wants_but_is_not_asked_about_the_server),
        CASE(quorum_is_refused_with_its_numbers), CASE(an_answer_is_told_with_its_question),
        CASE(what_was_stored_is_read_as_text), CASE(the_trace_tells_the_newest_decision_first));
}
