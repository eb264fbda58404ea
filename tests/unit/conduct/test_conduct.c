/* One command through the core: without a procedure, with a broken one, and with one whose actions
 * never end. */
#include "tests/unit/session/people.h"

#include "base/check.h"
#include "base/text.h"
#include "conduct.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[] = "/tmp/kyhop-conduct-XXXXXX";
static unsigned told[KH_EVENTS];
static uint64_t last_seq;

/* Every event comes applied, numbered without a gap. */
static void sink(void *user, const struct kh_event *event)
{
    const struct people *p = user;

    assert_int_equal(p->state.seq, event->seq);
    assert_int_equal(event->seq, last_seq + 1);
    last_seq = event->seq;
    told[event->type]++;
}

struct hall {
    struct people *p;
    struct kh_procedure *procedure;
    struct kh_conduct *conduct;
    struct kh_outcome_of outcome;
};

static void put_procedure(const char *lua)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/procedure.lua", folder);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(lua, file);
    fclose(file);
}

static struct hall enter(const char *lua)
{
    struct hall hall = { .p = people_sitting(3) };
    struct kh_error error = { 0 };

    if (lua) {
        put_procedure(lua);
        if (kh_procedure_load(folder, folder, NULL, &hall.procedure, &error))
            fail_msg("%s", error.text);
    }
    hall.conduct = kh_conduct_create(&hall.p->state, hall.procedure);
    memset(told, 0, sizeof(told));
    last_seq = hall.p->state.seq;
    return hall;
}

static void leave(struct hall *hall)
{
    kh_conduct_destroy(hall->conduct);
    kh_conduct_destroy(NULL);
    kh_procedure_free(hall->procedure);
    people_destroy(hall->p);
}

static struct kh_command command_of(const struct hall *hall, const char *who,
                                    enum kh_command_type type)
{
    return (struct kh_command){ .type = type,
                                .actor = people_who(hall->p, who),
                                .at_ms = hall->p->now_ms };
}

static const char *run(struct hall *hall, const struct kh_command *command)
{
    kh_conduct_run(hall->conduct, command, sink, hall->p, &hall->outcome);
    return hall->outcome.refused ? hall->outcome.reason.code : "";
}

static const char *request(struct hall *hall, const char *who)
{
    struct kh_command command = command_of(hall, who, KH_CMD_FLOOR_REQUEST);

    KH_SET_TEXT(&command.f, kind, "speech");
    return run(hall, &command);
}

TEST(without_a_procedure_the_first_come_is_first_served)
{
    struct hall hall = enter(NULL);

    assert_string_equal(request(&hall, "d2"), "");
    assert_int_equal(hall.outcome.ref, 1);
    assert_int_equal(hall.outcome.n_events, 1);
    assert_int_equal(hall.outcome.type, KH_EV_FLOOR_REQUESTED);
    assert_string_equal(request(&hall, "d1"), "");
    struct kh_command next = command_of(&hall, "chair", KH_CMD_FLOOR_NEXT);
    assert_string_equal(run(&hall, &next), "");
    assert_int_equal(people_mic(hall.p, "d2"), KH_MIC_LIVE);
    assert_int_equal(people_speech(hall.p, "d2")->limit_ms, 0);
    leave(&hall);
}

TEST(without_a_procedure_a_closed_list_takes_nobody)
{
    struct hall hall = enter(NULL);
    struct kh_command close = command_of(&hall, "chair", KH_CMD_LIST_CLOSE);

    assert_string_equal(run(&hall, &close), "");
    assert_string_equal(request(&hall, "d1"), "list_closed");
    assert_true(hall.outcome.reason.vi[0] && hall.outcome.reason.rule[0]);
    leave(&hall);
}

TEST(a_refusal_applies_and_tells_nothing)
{
    struct hall hall = enter(NULL);
    struct kh_command next = command_of(&hall, "d1", KH_CMD_FLOOR_NEXT);
    uint64_t seq = hall.p->state.seq;

    assert_string_equal(run(&hall, &next), "role");
    assert_int_equal(hall.outcome.class, KH_CLASS_NOT_PERMITTED);
    assert_int_equal(hall.outcome.n_events, 0);
    assert_int_equal(hall.p->state.seq, seq);
    leave(&hall);
}

TEST(the_clock_runs_each_thing_at_its_own_instant)
{
    struct hall hall = enter(NULL);

    hall.p->terms = (struct kh_terms){ .limit_ms = 60000, .marks = { { 15000, 0 }, 2 } };
    people_say(hall.p, "chair floor.grant person=d1 kind=speech");
    last_seq = hall.p->state.seq;
    kh_conduct_clock(hall.conduct, hall.p->now_ms + 59999, sink, hall.p);
    assert_int_equal(told[KH_EV_FLOOR_WARNED], 1);
    kh_conduct_clock(hall.conduct, hall.p->now_ms + 999999, sink, hall.p);
    assert_int_equal(told[KH_EV_FLOOR_WARNED], 2);
    assert_int_equal(told[KH_EV_FLOOR_EXPIRED], 1);
    assert_int_equal(hall.p->state.at_ms, hall.p->now_ms + 60000);
    assert_int_equal(people_mic(hall.p, "d1"), KH_MIC_LIVE); /* the neutral policy mutes nobody */
    leave(&hall);
}

TEST(an_event_never_lies_before_the_one_before_it)
{
    struct hall hall = enter(NULL);
    struct kh_event event = { .type = KH_EV_NOTICE, .actor = KH_NOBODY, .at_ms = 5 };

    kh_conduct_record(hall.conduct, &event, sink, hall.p);
    assert_int_equal(event.at_ms, hall.p->state.at_ms);
    assert_int_equal(told[KH_EV_NOTICE], 1);
    leave(&hall);
}

#define RULES                                                                                      \
    "return { api = 1, title = { vi = 'T', en = 'T' }, setup = function() return {\n"              \
    " lanes = { { id = 'speech', rank = 10, vi = 'a', en = 'a' } },\n"                             \
    " kinds = { { id = 'speech', lane = 'speech', roles = { 'delegate' }, vi = 'a', en = 'a' } "   \
    "},\n"                                                                                         \
    " votes = { { id = 'yes', vi = 'a', en = 'a' } } } end, "

/* Each end of a speech calls the same person again, for ever. */
TEST(a_chain_of_actions_without_end_is_stopped_and_told)
{
    struct hall hall = enter(RULES "on_end = function(ctx, s) return {\n"
                                   "{ 'grant', person = s.person, kind = 'speech' },\n"
                                   "{ 'revoke', person = s.person } } end }");
    struct kh_command grant = command_of(&hall, "chair", KH_CMD_FLOOR_GRANT);
    struct kh_command revoke = command_of(&hall, "chair", KH_CMD_FLOOR_REVOKE);

    KH_SET(&grant.f, person, people_who(hall.p, "d1"));
    KH_SET_TEXT(&grant.f, kind, "speech");
    KH_SET(&revoke.f, person, people_who(hall.p, "d1"));
    assert_string_equal(run(&hall, &grant), "");
    assert_string_equal(run(&hall, &revoke), "");
    assert_int_equal(told[KH_EV_PROCEDURE_FAILED], 1);
    assert_in_range(told[KH_EV_FLOOR_GRANTED], 16, 64);
    assert_string_equal(request(&hall, "d2"), ""); /* the sitting goes on */
    leave(&hall);
}

/* The procedure refuses every command and the clock still runs. */
TEST(the_clock_cannot_be_refused)
{
    struct hall hall = enter(RULES "on_expire = function() error('broken') end }");

    hall.p->terms = (struct kh_terms){ .limit_ms = 60000 };
    people_say(hall.p, "chair floor.grant person=d1 kind=speech");
    last_seq = hall.p->state.seq;
    kh_conduct_clock(hall.conduct, hall.p->now_ms + 60000, sink, hall.p);
    assert_int_equal(told[KH_EV_FLOOR_EXPIRED], 1);
    assert_int_equal(told[KH_EV_PROCEDURE_FAILED], 1);
    assert_int_equal(kh_wakeup(&hall.p->state), INT64_MAX);
    leave(&hall);
}

static int removed(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

int main(void)
{
    KH_REQUIRE(mkdtemp(folder));
    int failed = kh_run_tests(CASE(without_a_procedure_the_first_come_is_first_served),
                              CASE(without_a_procedure_a_closed_list_takes_nobody),
                              CASE(a_refusal_applies_and_tells_nothing),
                              CASE(the_clock_runs_each_thing_at_its_own_instant),
                              CASE(an_event_never_lies_before_the_one_before_it),
                              CASE(a_chain_of_actions_without_end_is_stopped_and_told),
                              CASE(the_clock_cannot_be_refused));
    nftw(folder, removed, 8, FTW_DEPTH | FTW_PHYS);
    return failed;
}
