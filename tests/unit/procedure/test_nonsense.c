/* Procedures that answer nonsense, asked by random commands: the sitting goes on, every event
 * applies, and the events alone give the same state. */
#include "base/check.h"
#include "conduct.h"
#include "tests/unit/procedure/plugin.h"
#include "wire/wire.h"

enum { SEEDS = 60, COMMANDS = 1600 };

static uint32_t seed;

static unsigned chance(unsigned n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

/* Things that hooks might return by mistake, and some that are right. */
static const char *const answers[] = {
    "nil",
    "true",
    "false",
    "0",
    "-1",
    "1e308",
    "0/0",
    "'x'",
    "''",
    "{}",
    "{ {} }",
    "{ 1, 2 }",
    "{ limit = -1 }",
    "{ limit = 60, marks = { 60, 15, 0 } }",
    "{ limit = 0.001 }",
    "{ limit = 1e300 }",
    "{ marks = { 1, 2 } }",
    "{ marks = 7 }",
    "{ priority = 1 << 62 }",
    "{ lane = 'nowhere' }",
    "{ lane = 'order', priority = 3 }",
    "{ needs = { support = 2 } }",
    "{ needs = { ask = {} } }",
    "refuse('no', { vi = 'a', en = 'b' }, 'r')",
    "{ refused = true }",
    "{ { 'mute', person = 'd1' } }",
    "{ { 'extend', person = 'd2', by = 5 } }",
    "{ { 'grant', person = 'd1', kind = 'speech' } }",
    "{ { 'adjourn' } }",
    "{ { 'close_list' } }",
    "{ { 'open_ballot', type = 'yes', question = '?' } }",
    "{ { 'next' }, { 'next' }, { 'next' } }",
    "{ { 'store', name = 'a', note = 'b' } }",
    "{ { 'suspend', person = 'd1' } }",
    "{ { 'finish_item', item = 'i1' } }",
    "{ { 'notice', vi = 'a', en = 'b' } }",
    "'mute'",
    "'yield'",
    "{ grace = 1 }",
    "{ expiry = 'ask' }",
    "{ actions = { { 'revoke', person = 'd1' } } }",
    "{ need = 2, have = 1 }",
    "{ need = 1, have = 2 }",
    "{ need = 'all' }",
    "{ options = { { id = 'a', vi = 'a', en = 'a', as = 'for' }, { id = 'b', vi = 'b', en = 'b' } "
    "} }",
    "{ outcome = 'passed', vi = 'a', en = 'b' }",
    "{ outcome = 7 }",
    "error('x')",
    "error({})",
    "(function() while true do end end)()",
    "string.sub",
    "ctx.body",
    "ctx",
    "ctx.nothing",
    "{ ask = { to = 'chair', code = 'q', vi = 'a', en = 'b', timeout = 1, default = 'y', options = "
    "{ { id = 'y', vi = 'a', en = 'b' } } } }",
};

static const char *const hooks[] = { "on_command", "on_phase",   "quorum",  "on_presence",
                                     "on_request", "on_support", "next",    "on_grant",
                                     "on_mark",    "on_expire",  "on_end",  "on_answer",
                                     "ballot",     "may_vote",   "on_cast", "evaluate",
                                     "on_result" };

static void write_procedure(char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s", HEAD SETUP);

    for (size_t i = 0; i < KH_COUNT(hooks); i++) {
        if (chance(3) == 0)
            continue;
        /* mostly nothing, so that the sitting gets somewhere */
        const char *answer = answers[chance(KH_COUNT(answers))];
        used +=
            (size_t)snprintf(text + used, size - used,
                             "%s = function(ctx, a) if ctx.now %% %u < 1 then return %s end end,\n",
                             hooks[i], 1 + chance(4), answer);
    }
    snprintf(text + used, size - used, "}");
}

struct run {
    struct kh_state *state, *replayed;
    unsigned events;
};

static void sink(void *user, const struct kh_event *event)
{
    struct run *run = user;

    run->events++;
    assert_int_equal(event->seq, run->state->seq);
    kh_apply(run->replayed, event);
}

static void random_command(const struct kh_state *state, struct kh_command *command)
{
    static const char *const kinds[] = { "speech", "order", "song" };
    static const struct kh_tally counts = { .subject[0].option[0] = 1 };
    static const struct kh_members members = { .n = 3, .person = { 0, 1, 2 } };
    struct kh_fields *f = &command->f;
    enum kh_command_type type = (enum kh_command_type)chance(KH_CMD_MARK);
    uint64_t wanted = kh_command_table[type].required;

    memset(command, 0, sizeof(*command));
    command->type = type;
    command->at_ms = state->at_ms + chance(3000);
    command->actor = (kh_person)chance(4);
    wanted |= kh_command_table[type].optional & ((uint64_t)chance(1 << 16) << 1);
    wanted &= ~(KH_BIT(subjects) | KH_BIT(ask_text));
    f->present = wanted;
    f->person = (kh_person)chance(4);
    f->target = (kh_person)chance(4);
    f->item = 0;
    f->counts = &counts;
    f->members = &members;
    f->request = 1 + chance(state->last_request + 1);
    f->before = 1 + chance(state->last_request + 1);
    f->ask = 1 + chance(state->last_ask + 1);
    f->vote = 1 + chance(state->last_vote + 1);
    f->by_ms = f->limit_ms = 1000 + chance(5000);
    f->choice = (struct kh_choice){ .options = { (uint16_t)(1 << chance(3)) }, .n = 1 };
    KH_TEXT_SET(f->kind, kinds[chance(3)]);
    KH_TEXT_SET(f->type, chance(4) ? "yes" : "no");
    KH_TEXT_SET(f->question, "?");
    KH_TEXT_SET(f->answer, "y");
    KH_TEXT_SET(f->lane, "speech");
}

static void replays_the_same(const struct run *run)
{
    json_t *live = kh_wire_state(run->state, KH_NOBODY, run->state->at_ms);
    json_t *replayed = kh_wire_state(run->replayed, KH_NOBODY, run->state->at_ms);

    assert_true(json_equal(live, replayed));
    json_decref(live);
    json_decref(replayed);
}

static void run_sitting(struct plugin *p, uint32_t number)
{
    struct run run = { p->state, malloc(sizeof(*run.replayed)), 0 };
    struct kh_conduct *conduct = kh_conduct_create(p->state, p->procedure);
    struct kh_outcome_of outcome;
    struct kh_command command;

    assert_true(run.replayed && conduct);
    *run.replayed = *p->state;
    for (unsigned i = 0; i < COMMANDS; i++) {
        random_command(p->state, &command);
        kh_conduct_clock(conduct, command.at_ms, sink, &run);
        if (command.at_ms < p->state->at_ms)
            command.at_ms = p->state->at_ms;
        kh_conduct_run(conduct, &command, sink, &run, &outcome);
    }
    replays_the_same(&run);
    if (run.events < 10)
        fail_msg("seed %u: only %u events: the test tests nothing", number, run.events);
    kh_conduct_destroy(conduct);
    free(run.replayed);
}

TEST(nonsense_never_stops_a_sitting)
{
    static char text[16384];

    for (uint32_t number = 1; number <= SEEDS; number++) {
        struct plugin p;
        seed = number;
        write_procedure(text, sizeof(text));
        plugin_open(&p, text);
        run_sitting(&p, number);
        plugin_close(&p);
    }
}

int main(void)
{
    return kh_run_tests(CASE(nonsense_never_stops_a_sitting));
}
