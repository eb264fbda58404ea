#include "tests/unit/session/people.h"

#include <stdio.h>
#include <string.h>

static void use(struct people *p, const char *lane, int64_t rank, int64_t priority)
{
    p->terms = (struct kh_terms){ .rank = rank, .priority = priority };
    snprintf(p->terms.lane, sizeof(p->terms.lane), "%s", lane);
}

static void ask_in_turn(struct people *p, unsigned n)
{
    char line[64];

    for (unsigned i = 1; i <= n; i++) {
        snprintf(line, sizeof(line), "d%u floor.request kind=speech", i);
        people_say(p, line);
    }
}

static enum kh_request_state state_of(const struct people *p, uint32_t id)
{
    const struct kh_request *request = kh_state_request(&p->state, id);

    return request ? request->state : KH_REQUEST_NONE;
}

TEST(a_request_goes_from_pending_to_accepted_to_granted_to_released)
{
    struct people *p = people_sitting(2);

    assert_int_equal(state_of(p, 1), KH_REQUEST_NONE);
    p->terms.pending = true;
    DOES(p, "d1 floor.request kind=speech", "floor.requested#1:d1");
    assert_int_equal(state_of(p, 1), KH_REQUEST_PENDING);
    DOES(p, "chair floor.next", "!queue_empty");
    DOES(p, "server floor.accept request=1", "floor.accepted#1:d1");
    assert_int_equal(state_of(p, 1), KH_REQUEST_ACCEPTED);
    DOES(p, "server floor.accept request=1", "!not_waiting");
    DOES(p, "chair floor.next", "floor.granted#1:d1 mic.changed:d1=live");
    assert_int_equal(state_of(p, 1), KH_REQUEST_GRANTED);
    DOES(p, "chair floor.grant request=1", "!not_waiting");
    DOES(p, "d1 floor.withdraw request=1", "!not_waiting");
    DOES(p, "chair floor.deny request=1", "!not_waiting");
    DOES(p, "chair floor.move request=1", "!not_waiting");
    DOES(p, "d1 floor.release", "floor.released#1:d1=released mic.changed:d1=off");
    assert_int_equal(state_of(p, 1), KH_REQUEST_NONE);
    DOES(p, "d1 floor.release", "!no_floor");
    DOES(p, "chair floor.grant request=1", "!no_request");
    people_destroy(p);
}

TEST(a_request_ends_denied_cancelled_or_revoked)
{
    struct people *p = people_sitting(3);

    ask_in_turn(p, 3);
    DOES(p, "chair floor.deny request=1 note=later", "floor.denied#1:d1");
    assert_string_equal(p->batch.ev[0].f.reason.code, "chair");
    assert_string_equal(p->batch.ev[0].f.note, "later");
    DOES(p, "d3 floor.withdraw request=2", "!not_yours");
    DOES(p, "chair floor.withdraw request=2", "!not_yours");
    DOES(p, "d2 floor.withdraw request=2", "floor.withdrawn#2:d2");
    DOES(p, "chair floor.grant request=3", "floor.granted#3:d3 mic.changed:d3=live");
    DOES(p, "chair floor.revoke person=d2", "!no_floor");
    DOES(p, "chair floor.revoke person=d3 note=off-topic",
         "floor.revoked#3:d3=revoked mic.changed:d3=off");
    assert_string_equal(p->batch.ev[0].f.note, "off-topic");
    assert_int_equal(p->state.n_history, 1);
    assert_int_equal(p->state.history[0].end, KH_END_REVOKED);
    people_destroy(p);
}

TEST(a_pending_request_can_be_denied_withdrawn_and_granted_by_the_chair)
{
    struct people *p = people_sitting(3);

    p->terms.pending = true;
    ask_in_turn(p, 3);
    DOES(p, "chair floor.deny request=1", "floor.denied#1:d1");
    DOES(p, "d2 floor.withdraw request=2", "floor.withdrawn#2:d2");
    DOES(p, "chair floor.move request=3", "!not_waiting");
    DOES(p, "chair floor.grant request=3", "floor.granted#3:d3 mic.changed:d3=live");
    people_destroy(p);
}

TEST(the_order_of_calling_is_rank_then_priority_then_who_asked_first)
{
    struct people *p = people_sitting(6);

    use(p, "speech", 10, 0);
    ask_in_turn(p, 2);
    use(p, "debate", 50, 0);
    people_say(p, "d3 floor.request kind=debate");
    use(p, "debate", 50, 1);
    people_say(p, "d4 floor.request kind=debate");
    use(p, "order", 100, -5);
    people_say(p, "d5 floor.request kind=order");
    use(p, "speech", 10, 0);
    people_say(p, "d6 floor.request kind=speech");
    assert_string_equal(people_queue(p, NULL), "d5 d4 d3 d1 d2 d6");
    assert_string_equal(people_queue(p, "debate"), "d4 d3");
    assert_string_equal(people_queue(p, "nothing"), "");
    DOES(p, "chair floor.next lane=speech", "floor.granted#1:d1 mic.changed:d1=live");
    DOES(p, "chair floor.next", "floor.granted#5:d5 mic.changed:d5=live");
    DOES(p, "chair floor.next lane=order", "!queue_empty");
    people_destroy(p);
}

TEST(without_a_lane_of_the_procedure_the_kind_is_the_lane)
{
    struct people *p = people_sitting(1);

    ask_in_turn(p, 1);
    assert_string_equal(people_queue(p, "speech"), "d1");
    people_destroy(p);
}

TEST(the_procedure_may_name_the_next_speaker)
{
    struct people *p = people_sitting(3);

    ask_in_turn(p, 3);
    p->terms.request = 2;
    DOES(p, "chair floor.next", "floor.granted#2:d2 mic.changed:d2=live");
    DOES(p, "chair floor.next", "!not_waiting");
    people_destroy(p);
}

TEST(the_chair_moves_a_request_forward_back_and_to_the_end)
{
    struct people *p = people_sitting(5);

    ask_in_turn(p, 5);
    DOES(p, "chair floor.move request=4 before=2", "floor.moved#4:d4");
    assert_string_equal(people_queue(p, NULL), "d1 d4 d2 d3 d5");
    DOES(p, "chair floor.move request=1 before=5", "floor.moved#1:d1");
    assert_string_equal(people_queue(p, NULL), "d4 d2 d3 d1 d5");
    DOES(p, "chair floor.move request=2", "floor.moved#2:d2");
    assert_string_equal(people_queue(p, NULL), "d4 d3 d1 d5 d2");
    DOES(p, "chair floor.move request=2", "floor.moved#2:d2");
    assert_string_equal(people_queue(p, NULL), "d4 d3 d1 d5 d2");
    DOES(p, "chair floor.move request=3 before=4", "floor.moved#3:d3");
    assert_string_equal(people_queue(p, NULL), "d3 d4 d1 d5 d2");
    DOES(p, "chair floor.move request=3 before=3", "!not_waiting");
    DOES(p, "chair floor.move request=3 before=99", "!no_request");
    people_destroy(p);
}

TEST(a_moved_request_takes_the_rank_of_its_new_neighbour)
{
    struct people *p = people_sitting(4);

    use(p, "speech", 10, 0);
    ask_in_turn(p, 2);
    use(p, "order", 100, 3);
    people_say(p, "d3 floor.request kind=order");
    people_say(p, "d4 floor.request kind=order");
    assert_string_equal(people_queue(p, NULL), "d3 d4 d1 d2");
    DOES(p, "chair floor.move request=2 before=4", "floor.moved#2:d2");
    assert_string_equal(people_queue(p, NULL), "d3 d2 d4 d1");
    DOES(p, "chair floor.move request=3", "floor.moved#3:d3");
    assert_string_equal(people_queue(p, NULL), "d2 d4 d1 d3");
    people_destroy(p);
}

TEST(a_move_does_not_push_back_those_who_are_not_accepted_yet)
{
    struct people *p = people_sitting(4);

    ask_in_turn(p, 2);
    p->terms.pending = true;
    people_say(p, "d3 floor.request kind=speech");
    p->terms.pending = false;
    people_say(p, "d4 floor.request kind=speech");
    people_say(p, "chair floor.move request=2 before=1");
    people_say(p, "server floor.accept request=3");
    assert_string_equal(people_queue(p, NULL), "d2 d1 d3 d4");
    people_destroy(p);
}

TEST(a_thousand_moves_leave_a_queue_that_new_requests_go_behind)
{
    struct people *p = people_sitting(6);
    char line[64];

    ask_in_turn(p, 5);
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(line, sizeof(line), "chair floor.move request=%u before=%u", i % 5 + 1,
                 (i + 1 + i / 5 % 4) % 5 + 1);
        people_say(p, line);
        snprintf(line, sizeof(line), "chair floor.move request=%u", i * 7 % 5 + 1);
        people_say(p, line);
        assert_int_equal(strlen(people_queue(p, NULL)), strlen("d1 d2 d3 d4 d5"));
    }
    people_say(p, "d6 floor.request kind=speech");
    assert_string_equal(people_queue(p, NULL) + strlen("d1 d2 d3 d4 d5"), " d6");
    people_destroy(p);
}

TEST(as_many_microphones_open_as_the_procedure_allows)
{
    struct people *p = people_sitting(7);
    struct kh_event event = { .type = KH_EV_PROCEDURE_CHANGED, .actor = KH_NOBODY };

    ask_in_turn(p, 7);
    for (unsigned i = 0; i < KH_OPEN_DEFAULT; i++)
        people_say(p, "chair floor.next");
    DOES(p, "chair floor.next", "!mics_busy");
    assert_int_equal(kh_state_open_floors(&p->state), KH_OPEN_DEFAULT);
    event.at_ms = p->now_ms;
    KH_SET(&event.f, max_open, 6);
    people_take(p, &event);
    DOES(p, "chair floor.next", "floor.granted#5:d5 mic.changed:d5=live");
    DOES(p, "chair floor.next", "floor.granted#6:d6 mic.changed:d6=live");
    DOES(p, "chair floor.next", "!mics_busy");
    DOES(p, "chair floor.grant person=d7 kind=speech", "!mics_busy");
    DOES(p, "d1 floor.release", "floor.released#1:d1=released mic.changed:d1=off");
    DOES(p, "chair floor.next", "floor.granted#7:d7 mic.changed:d7=live");
    people_destroy(p);
}

TEST(the_chair_calls_somebody_who_has_not_asked)
{
    struct people *p = people_sitting(2);

    DOES(p, "chair floor.grant person=guest kind=answer target=d1",
         "floor.requested#1:guest floor.granted#1:guest mic.changed:guest=live");
    assert_int_equal(people_speech(p, "guest")->target, people_who(p, "d1"));
    assert_int_equal(people_speech(p, "guest")->item, 0);
    DOES(p, "chair floor.grant person=guest kind=answer", "!already_speaking");
    DOES(p, "chair floor.grant person=d1", "!field");
    DOES(p, "chair floor.grant kind=speech", "!field");
    DOES(p, "chair floor.grant person=sec kind=report",
         "floor.requested#2:sec floor.granted#2:sec mic.changed:sec=live");
    DOES(p, "sec floor.release", "floor.released#2:sec=released mic.changed:sec=off");
    people_destroy(p);
}

TEST(screens_the_public_and_technicians_are_never_given_the_floor)
{
    struct people *p = people_sitting(1);

    DOES(p, "chair floor.grant person=screen kind=speech", "!no_speaker");
    DOES(p, "chair floor.grant person=public kind=speech", "!no_speaker");
    DOES(p, "chair floor.grant person=op kind=speech", "!no_speaker");
    DOES(p, "chair floor.grant person=it kind=speech", "!no_speaker");
    people_destroy(p);
}

TEST(calling_somebody_who_waits_takes_their_request)
{
    struct people *p = people_sitting(2);

    ask_in_turn(p, 2);
    DOES(p, "chair floor.grant person=d2 kind=speech", "floor.granted#2:d2 mic.changed:d2=live");
    DOES(p, "chair floor.grant person=d1 kind=order",
         "floor.requested#3:d1 floor.granted#3:d1 mic.changed:d1=live");
    assert_string_equal(people_queue(p, NULL), "d1");
    people_destroy(p);
}

TEST(who_is_absent_neither_asks_nor_is_called)
{
    struct people *p = people_sitting(2);

    people_say(p, "d1 attendance.check_out");
    DOES(p, "d1 floor.request kind=speech", "!absent");
    DOES(p, "chair floor.grant person=d1 kind=speech", "!absent");
    DOES(p, "d2 floor.request", "!field");
    DOES(p, "server floor.request kind=speech", "!field");
    people_destroy(p);
}

TEST(the_same_kind_is_asked_for_once_at_a_time)
{
    struct people *p = people_sitting(1);

    ask_in_turn(p, 1);
    DOES(p, "d1 floor.request kind=speech", "!already_waiting");
    DOES(p, "d1 floor.request kind=order", "floor.requested#2:d1");
    people_say(p, "chair floor.grant request=1");
    DOES(p, "chair floor.grant request=2", "!already_speaking");
    DOES(p, "d1 floor.request kind=speech", "floor.requested#3:d1");
    people_destroy(p);
}

TEST(a_full_list_refuses_and_takes_again_when_somebody_leaves_it)
{
    struct people *p = people_sitting(2);
    char line[64];

    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        snprintf(line, sizeof(line), "d1 floor.request kind=k%u", i);
        people_say(p, line);
        assert_int_equal(p->state.last_request, i + 1);
    }
    DOES(p, "d2 floor.request kind=speech", "!queue_full");
    DOES(p, "chair floor.grant person=d2 kind=speech", "!queue_full");
    DOES(p, "d1 floor.withdraw request=7", "floor.withdrawn#7:d1");
    DOES(p, "d2 floor.request kind=speech", "floor.requested#257:d2");
    people_say(p, "d1 attendance.check_out");
    assert_string_equal(people_queue(p, NULL), "d2");
    people_destroy(p);
}

TEST(who_leaves_gives_up_the_floor_and_every_place_in_the_list)
{
    struct people *p = people_sitting(2);

    ask_in_turn(p, 1);
    people_say(p, "chair floor.next");
    people_say(p, "d1 floor.request kind=order");
    DOES(p, "d1 attendance.check_out",
         "attendance.checked_out:d1 floor.released#1:d1=released mic.changed:d1=off "
         "floor.withdrawn#2:d1");
    DOES(p, "d1 attendance.check_out", "!absent");
    people_say(p, "d2 floor.request kind=speech");
    DOES(p, "sec attendance.excuse person=d2 note=sick",
         "attendance.excused:d2 floor.withdrawn#3:d2");
    people_destroy(p);
}

TEST(the_end_of_an_item_tells_those_who_waited_on_it)
{
    struct people *p = people_sitting(3);

    ask_in_turn(p, 2);
    people_say(p, "chair floor.next");
    DOES(p, "chair agenda.finish item=b", "!item_state");
    DOES(p, "chair agenda.start item=a", "!item_state");
    DOES(p, "chair agenda.start item=b", "floor.denied#2:d2 agenda.finished agenda.started");
    assert_string_equal(p->batch.ev[0].f.reason.code, "item_finished");
    assert_true(p->batch.ev[0].f.reason.vi[0] && p->batch.ev[0].f.reason.rule[0]);
    assert_int_equal(people_mic(p, "d1"), KH_MIC_LIVE);
    people_say(p, "d3 floor.request kind=speech");
    DOES(p, "chair agenda.finish item=b", "floor.denied#3:d3 agenda.finished");
    DOES(p, "chair agenda.finish item=b", "!item_state");
    people_destroy(p);
}

TEST(the_end_of_the_sitting_ends_speeches_and_tells_those_who_wait)
{
    struct people *p = people_sitting(3);

    ask_in_turn(p, 3);
    people_say(p, "chair floor.next");
    DOES(p, "chair sitting.close",
         "floor.released#1:d1=sitting mic.changed:d1=off floor.denied#2:d2 floor.denied#3:d3 "
         "sitting.closed");
    assert_int_equal(people_mic(p, "d1"), KH_MIC_OFF);
    assert_int_equal(p->state.members[people_who(p, "d1")].presence, KH_ABSENT);
    people_destroy(p);
}

TEST(closing_and_opening_the_list_is_said_once)
{
    struct people *p = people_sitting(1);

    DOES(p, "chair list.close", "list.closed");
    DOES(p, "chair list.close", "");
    assert_true(p->state.list_closed);
    DOES(p, "chair list.open", "list.opened");
    DOES(p, "chair list.open", "");
    people_say(p, "chair list.close");
    people_say(p, "chair agenda.start item=b");
    assert_false(p->state.list_closed);
    people_destroy(p);
}

TEST(a_motion_gathers_supporters_once_each)
{
    struct people *p = people_sitting(3);

    p->terms.pending = true;
    people_say(p, "d1 floor.request kind=motion");
    DOES(p, "d2 floor.support request=1", "floor.supported#1:d2");
    DOES(p, "d2 floor.support request=1", "!supported");
    DOES(p, "d3 floor.support request=1", "floor.supported#1:d3");
    DOES(p, "guest floor.support request=1", "!role");
    assert_int_equal(kh_state_request(&p->state, 1)->supporters, 2);
    people_say(p, "d3 attendance.check_out");
    DOES(p, "d3 floor.support request=1", "!absent");
    people_say(p, "chair floor.grant request=1");
    DOES(p, "chair floor.support request=1", "!not_waiting");
    people_destroy(p);
}

TEST(an_override_of_the_order_keeps_its_reason)
{
    struct people *p = people_sitting(2);

    ask_in_turn(p, 2);
    p->terms.out_of_order = true;
    p->terms.reason = (struct kh_reason){ .code = "out_of_order", .rule = "22" };
    DOES(p, "chair floor.grant request=2", "floor.granted#2:d2 mic.changed:d2=live");
    assert_string_equal(p->batch.ev[0].f.reason.code, "out_of_order");
    assert_int_equal(p->batch.ev[0].f.by, people_who(p, "chair"));
    people_destroy(p);
}

TEST(the_history_keeps_the_newest_speeches)
{
    struct people *p = people_sitting(1);

    for (unsigned i = 0; i < KH_HISTORY_MAX + 3; i++) {
        people_say(p, "chair floor.grant person=d1 kind=speech");
        people_pass(p, 10);
        people_say(p, "d1 floor.release");
    }
    assert_int_equal(p->state.n_history, KH_HISTORY_MAX + 3);
    assert_int_equal(p->state.history[0].request, KH_HISTORY_MAX + 1);
    assert_int_equal(p->state.history[0].spent_ms, 10);
    assert_int_equal(p->state.history[3].request, 4);
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(CASE(a_request_goes_from_pending_to_accepted_to_granted_to_released),
                        CASE(a_request_ends_denied_cancelled_or_revoked),
                        CASE(a_pending_request_can_be_denied_withdrawn_and_granted_by_the_chair),
                        CASE(the_order_of_calling_is_rank_then_priority_then_who_asked_first),
                        CASE(without_a_lane_of_the_procedure_the_kind_is_the_lane),
                        CASE(the_procedure_may_name_the_next_speaker),
                        CASE(the_chair_moves_a_request_forward_back_and_to_the_end),
                        CASE(a_moved_request_takes_the_rank_of_its_new_neighbour),
                        CASE(a_move_does_not_push_back_those_who_are_not_accepted_yet),
                        CASE(a_thousand_moves_leave_a_queue_that_new_requests_go_behind),
                        CASE(as_many_microphones_open_as_the_procedure_allows),
                        CASE(the_chair_calls_somebody_who_has_not_asked),
                        CASE(screens_the_public_and_technicians_are_never_given_the_floor),
                        CASE(calling_somebody_who_waits_takes_their_request),
                        CASE(who_is_absent_neither_asks_nor_is_called),
                        CASE(the_same_kind_is_asked_for_once_at_a_time),
                        CASE(a_full_list_refuses_and_takes_again_when_somebody_leaves_it),
                        CASE(who_leaves_gives_up_the_floor_and_every_place_in_the_list),
                        CASE(the_end_of_an_item_tells_those_who_waited_on_it),
                        CASE(the_end_of_the_sitting_ends_speeches_and_tells_those_who_wait),
                        CASE(closing_and_opening_the_list_is_said_once),
                        CASE(a_motion_gathers_supporters_once_each),
                        CASE(an_override_of_the_order_keeps_its_reason),
                        CASE(the_history_keeps_the_newest_speeches));
}
