/* Who may see what: events as notifications and the snapshot, for every secrecy and viewer. */
#include "tests/unit/session/people.h"

#include "wire/wire.h"

#include <stdlib.h>
#include <string.h>

/* What @viewer gets to see of @event, as the API chooses: the first view that is for them. */
static json_t *seen_by(const struct people *p, const struct kh_event *event, const char *viewer)
{
    struct kh_wire_view views[KH_WIRE_VIEWS_MAX];
    kh_person person = people_who(p, viewer);
    uint32_t roles = kh_state_roles(&p->state, person);
    unsigned n = kh_wire_views(&p->state, event, views);
    json_t *seen = NULL;

    for (unsigned i = 0; i < n; i++) {
        bool is_for = views[i].person == person || (views[i].roles & roles) != 0 || i == n - 1;
        if (is_for && !seen)
            seen = json_incref(views[i].params);
        json_decref(views[i].params);
    }
    return seen;
}

static bool shows(const struct people *p, const char *viewer, const char *field)
{
    json_t *seen = seen_by(p, &p->batch.ev[0], viewer);
    bool is_there = json_object_get(seen, field) != NULL;

    json_decref(seen);
    return is_there;
}

static struct people *voting(enum kh_secrecy secrecy, enum kh_running running)
{
    static struct kh_ballot ballot;
    struct people *p = people_sitting(3);

    ballot = (struct kh_ballot){ .n_options = 2,
                                 .options = { { .id = "yes" }, { .id = "no" } },
                                 .select_min = 1,
                                 .select_max = 1,
                                 .secrecy = secrecy,
                                 .running = running };
    if (secrecy == KH_SECRECY_SECRET)
        ballot.form = KH_FORM_PAPER;
    p->terms.ballot = &ballot;
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    return p;
}

TEST(the_voter_always_gets_the_recorded_choice_back)
{
    for (int secrecy = KH_SECRECY_NAMED_LIVE; secrecy <= KH_SECRECY_TOTALS; secrecy++) {
        struct people *p = voting((enum kh_secrecy)secrecy, KH_RUNNING_TURNOUT);
        DOES(p, "d1 vote.cast vote=1 choice=yes", "vote.cast:d1");
        json_t *seen = seen_by(p, &p->batch.ev[0], "d1");
        assert_string_equal(json_string_value(json_object_get(seen, "choice")), "yes");
        assert_string_equal(json_string_value(json_object_get(seen, "person")), "d1");
        json_decref(seen);
        people_destroy(p);
    }
}

TEST(others_see_of_a_ballot_what_its_secrecy_allows)
{
    static const struct {
        enum kh_secrecy secrecy;
        bool name, choice;
    } rows[] = { { KH_SECRECY_NAMED_LIVE, true, true },
                 { KH_SECRECY_NAMED_AFTER, true, false },
                 { KH_SECRECY_TOTALS, false, false } };
    static const char *const others[] = { "d2", "chair", "sec", "public", "screen", "op", "it" };

    for (unsigned i = 0; i < 3; i++) {
        struct people *p = voting(rows[i].secrecy, KH_RUNNING_TURNOUT);
        DOES(p, "d1 vote.cast vote=1 choice=yes key=k", "vote.cast:d1");
        for (unsigned o = 0; o < sizeof(others) / sizeof(others[0]); o++) {
            assert_int_equal(shows(p, others[o], "choice"), rows[i].choice);
            assert_int_equal(shows(p, others[o], "person"), rows[i].name);
            assert_int_equal(shows(p, others[o], "actor"), rows[i].name);
            assert_true(shows(p, others[o], "turnout"));
            assert_false(shows(p, others[o], "key"));
        }
        people_destroy(p);
    }
}

TEST(a_proxy_s_ballot_is_told_to_giver_and_holder_only)
{
    struct people *p = voting(KH_SECRECY_TOTALS, KH_RUNNING_TURNOUT);

    people_say(p, "chair vote.cancel vote=1");
    ((struct kh_ballot *)p->terms.ballot)->proxies = true;
    people_say(p, "d1 proxy.give target=d2");
    people_say(p, "d1 attendance.check_out");
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    DOES(p, "d2 vote.cast vote=2 choice=yes person=d1", "vote.cast:d1");
    assert_true(shows(p, "d1", "choice"));
    assert_true(shows(p, "d2", "choice"));
    assert_false(shows(p, "d3", "choice"));
    assert_false(shows(p, "d3", "by"));
    assert_false(shows(p, "d3", "person"));
    people_destroy(p);
}

TEST(a_ballot_without_running_numbers_tells_no_turnout)
{
    struct people *p = voting(KH_SECRECY_TOTALS, KH_RUNNING_NONE);

    DOES(p, "d1 vote.cast vote=1 choice=yes", "vote.cast:d1");
    assert_false(shows(p, "d2", "turnout"));
    assert_false(shows(p, "d1", "turnout"));
    people_destroy(p);
}

TEST(a_count_by_hand_is_for_chair_and_secretary_until_the_close)
{
    struct people *p = voting(KH_SECRECY_SECRET, KH_RUNNING_TURNOUT);

    DOES(p, "sec vote.tally vote=1 form=paper counts=yes:3", "vote.tallied");
    assert_true(shows(p, "sec2", "counts"));
    assert_true(shows(p, "chair", "counts"));
    assert_false(shows(p, "d1", "counts"));
    assert_false(shows(p, "public", "counts"));
    assert_true(shows(p, "public", "vote"));
    people_destroy(p);
}

TEST(the_reason_of_an_excuse_is_for_chair_and_secretary)
{
    struct people *p = people_sitting(2);

    people_say(p, "sec attendance.excuse person=d1 note=hospital");
    assert_true(shows(p, "chair", "note"));
    assert_true(shows(p, "sec2", "note"));
    assert_false(shows(p, "d2", "note"));
    assert_false(shows(p, "screen", "note"));
    assert_false(shows(p, "it", "note"));
    assert_true(shows(p, "d2", "person"));
    people_destroy(p);
}

TEST(what_went_wrong_in_a_procedure_is_for_those_who_can_act_on_it)
{
    struct people *p = people_sitting(1);
    struct kh_event event = { .type = KH_EV_PROCEDURE_FAILED, .actor = KH_NOBODY, .f.note = "x" };

    event.f.present = KH_BIT(name) | KH_BIT(note);
    p->batch.ev[0] = event;
    assert_true(shows(p, "op", "note"));
    assert_true(shows(p, "it", "note"));
    assert_true(shows(p, "chair", "note"));
    assert_false(shows(p, "d1", "note"));
    assert_false(shows(p, "public", "note"));
    people_destroy(p);
}

TEST(a_date_of_birth_never_leaves_the_server)
{
    struct people *p = people_create(1, false);
    struct kh_profile profile = { .id = "d9", .name = "D", .birth = "1961-01-02" };
    struct kh_event event = { .type = KH_EV_PERSON_ENROLLED, .actor = KH_NOBODY };
    static const char *const viewers[] = { "chair", "sec", "op", "public", "d1" };

    KH_SET(&event.f, person, (kh_person)p->state.n_members);
    KH_SET(&event.f, profile, &profile);
    people_take(p, &event);
    for (unsigned i = 0; i < sizeof(viewers) / sizeof(viewers[0]); i++) {
        json_t *seen = seen_by(p, &event, viewers[i]);
        json_t *snapshot = kh_wire_state(&p->state, people_who(p, viewers[i]), 1);
        char *text = json_dumps(seen, 0), *whole = json_dumps(snapshot, 0);
        assert_non_null(strstr(text, "d9"));
        assert_null(strstr(text, "1961"));
        assert_non_null(strstr(whole, "d9"));
        assert_null(strstr(whole, "1961"));
        free(text);
        free(whole);
        json_decref(seen);
        json_decref(snapshot);
    }
    people_destroy(p);
}

TEST(a_notification_has_number_time_type_and_actor)
{
    struct people *p = people_sitting(1);

    DOES(p, "chair list.close", "list.closed");
    json_t *seen = seen_by(p, &p->batch.ev[0], "d1");
    json_t *wanted = json_pack("{s:I, s:s, s:s, s:s}", "seq", (json_int_t)p->state.seq, "time",
                               "2022-07-18T01:00:00.000Z", "type", "list.closed", "actor", "chair");
    assert_true(json_equal(seen, wanted));
    json_decref(seen);
    json_decref(wanted);
    people_destroy(p);
}

/* --- the snapshot --- */

static json_t *vote_seen_by(const struct people *p, const char *viewer, json_t **whole)
{
    *whole = kh_wire_state(&p->state, people_who(p, viewer), p->now_ms);
    return json_array_get(json_object_get(*whole, "votes"), 0);
}

static bool has(const struct people *p, const char *viewer, const char *field)
{
    json_t *whole, *vote = vote_seen_by(p, viewer, &whole);
    bool is_there = json_object_get(vote, field) != NULL;

    assert_non_null(vote);
    json_decref(whole);
    return is_there;
}

TEST(the_snapshot_tells_since_when_somebody_is_here)
{
    struct people *p = people_sitting(3);
    people_pass(p, 60000);
    people_say(p, "sec attendance.check_out person=d2");
    json_t *view = kh_wire_state(&p->state, people_who(p, "d1"), p->state.at_ms);
    json_t *person, *persons = json_object_get(view, "persons");
    char came[KH_TIME_CHARS], went[KH_TIME_CHARS];
    unsigned seen = 0;
    size_t i;

    kh_wire_time(p->state.members[people_who(p, "d1")].since_ms, came);
    kh_wire_time(p->state.at_ms, went);
    json_array_foreach(persons, i, person)
    {
        const char *id = json_string_value(json_object_get(person, "id"));
        const char *since = json_string_value(json_object_get(person, "since"));
        seen += strcmp(id, "d1") == 0 && strcmp(since, came) == 0;
        seen += strcmp(id, "d2") == 0 && strcmp(since, went) == 0;
    }
    assert_int_equal(seen, 2);
    assert_string_not_equal(came, went);
    json_decref(view);
    people_destroy(p);
}

static const char *ends_at(const json_t *seen, const char *list)
{
    const json_t *first = json_array_get(json_object_get(seen, list), 0);

    assert_int_equal(json_array_size(json_object_get(seen, list)), 1);
    return json_string_value(json_object_get(first, "ends_at"));
}

TEST(a_resumption_tells_the_deadlines_that_it_moved)
{
    struct people *p = people_sitting(3);
    struct kh_ballot ballot = { .n_options = 2,
                                .options = { { .id = "yes" }, { .id = "no" } },
                                .select_min = 1,
                                .select_max = 1,
                                .timer_ms = 60000 };
    char time[KH_TIME_CHARS];

    p->terms.ballot = &ballot;
    DOES(p, "chair vote.open type=t question=q", "vote.opened");
    people_say(p, "chair sitting.suspend");
    int64_t before = kh_state_vote(&p->state, 1)->ends_at_ms;
    people_pass(p, 90000);
    people_say(p, "chair sitting.resume");
    assert_int_equal(p->batch.ev[0].type, KH_EV_SITTING_RESUMED);
    json_t *seen = seen_by(p, &p->batch.ev[0], "d1");
    kh_wire_time(before + 90000, time);
    assert_string_equal(ends_at(seen, "votes"), time);
    assert_int_equal(json_array_size(json_object_get(seen, "asks")), 0);
    json_decref(seen);
    people_destroy(p);
}

TEST(the_snapshot_shows_names_of_a_vote_as_its_secrecy_allows)
{
    static const struct {
        enum kh_secrecy secrecy;
        bool during, after;
    } rows[] = { { KH_SECRECY_NAMED_LIVE, true, true },
                 { KH_SECRECY_NAMED_AFTER, false, true },
                 { KH_SECRECY_TOTALS, false, false } };

    for (unsigned i = 0; i < 3; i++) {
        struct people *p = voting(rows[i].secrecy, KH_RUNNING_NONE);
        DOES(p, "d1 vote.cast vote=1 choice=yes", "vote.cast:d1");
        assert_int_equal(has(p, "chair", "names"), rows[i].during);
        assert_int_equal(has(p, "public", "names"), rows[i].during);
        assert_true(has(p, "d1", "mine"));
        assert_false(has(p, "d2", "mine"));
        assert_false(has(p, "chair", "turnout"));
        assert_false(has(p, "chair", "result"));
        DOES(p, "chair vote.close vote=1", "vote.closed=counted");
        assert_int_equal(has(p, "public", "names"), rows[i].after);
        assert_true(has(p, "public", "result"));
        assert_true(has(p, "public", "turnout"));
        people_destroy(p);
    }
}

TEST(a_cancelled_vote_never_shows_names_that_were_promised_for_later)
{
    struct people *p = voting(KH_SECRECY_NAMED_AFTER, KH_RUNNING_TURNOUT);

    DOES(p, "d1 vote.cast vote=1 choice=yes", "vote.cast:d1");
    DOES(p, "chair vote.cancel vote=1", "vote.cancelled");
    assert_false(has(p, "chair", "names"));
    people_destroy(p);
}

TEST(the_snapshot_keeps_an_unconfirmed_count_from_others)
{
    struct people *p = voting(KH_SECRECY_SECRET, KH_RUNNING_TURNOUT);

    DOES(p, "sec vote.tally vote=1 form=paper counts=yes:3", "vote.tallied");
    assert_true(has(p, "sec2", "tally"));
    assert_false(has(p, "d1", "tally"));
    DOES(p, "sec2 vote.tally vote=1 form=paper counts=yes:3", "vote.tallied");
    DOES(p, "chair vote.close vote=1", "vote.closed=counted");
    assert_true(has(p, "d1", "tally"));
    people_destroy(p);
}

TEST(the_snapshot_shows_the_sitting_as_it_is)
{
    struct people *p = people_sitting(3);

    p->terms.limit_ms = 60000;
    p->terms.marks = (struct kh_marks){ { 15000 }, 1 };
    people_say(p, "d1 floor.request kind=speech note=budget");
    people_say(p, "d2 floor.request kind=speech");
    people_say(p, "chair floor.next");
    people_say(p, "chair mic.mute person=d1");
    json_t *whole = kh_wire_state(&p->state, people_who(p, "d3"), p->now_ms);
    json_t *floor = json_object_get(whole, "floor");
    json_t *speech = json_array_get(json_object_get(floor, "speeches"), 0);
    json_t *waiting = json_array_get(json_object_get(floor, "queue"), 0);
    assert_string_equal(json_string_value(json_object_get(whole, "phase")), "sitting");
    assert_string_equal(json_string_value(json_object_get(whole, "item")), "a");
    assert_int_equal(json_integer_value(json_object_get(floor, "max_open")), KH_OPEN_DEFAULT);
    assert_string_equal(json_string_value(json_object_get(speech, "person")), "d1");
    assert_string_equal(json_string_value(json_object_get(speech, "mic")), "muted");
    assert_true(json_is_true(json_object_get(speech, "muted_by_chair")));
    assert_string_equal(json_string_value(json_object_get(speech, "ends_at")),
                        "2022-07-18T01:01:00.000Z");
    assert_string_equal(json_string_value(json_object_get(waiting, "person")), "d2");
    json_decref(whole);
    people_say(p, "chair sitting.suspend");
    whole = kh_wire_state(&p->state, KH_NOBODY, p->now_ms);
    speech = json_array_get(json_object_get(json_object_get(whole, "floor"), "speeches"), 0);
    assert_true(json_is_null(json_object_get(speech, "ends_at")));
    assert_true(json_is_false(json_object_get(speech, "running")));
    json_decref(whole);
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(CASE(the_voter_always_gets_the_recorded_choice_back),
                        CASE(others_see_of_a_ballot_what_its_secrecy_allows),
                        CASE(a_proxy_s_ballot_is_told_to_giver_and_holder_only),
                        CASE(a_ballot_without_running_numbers_tells_no_turnout),
                        CASE(a_count_by_hand_is_for_chair_and_secretary_until_the_close),
                        CASE(the_reason_of_an_excuse_is_for_chair_and_secretary),
                        CASE(what_went_wrong_in_a_procedure_is_for_those_who_can_act_on_it),
                        CASE(a_date_of_birth_never_leaves_the_server),
                        CASE(a_notification_has_number_time_type_and_actor),
                        CASE(the_snapshot_tells_since_when_somebody_is_here),
                        CASE(a_resumption_tells_the_deadlines_that_it_moved),
                        CASE(the_snapshot_shows_names_of_a_vote_as_its_secrecy_allows),
                        CASE(a_cancelled_vote_never_shows_names_that_were_promised_for_later),
                        CASE(the_snapshot_keeps_an_unconfirmed_count_from_others),
                        CASE(the_snapshot_shows_the_sitting_as_it_is));
}
