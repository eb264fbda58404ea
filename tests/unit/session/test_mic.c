#include "tests/unit/session/people.h"

static struct people *with_speaker(void)
{
    struct people *p = people_sitting(3);

    DOES(p, "chair floor.grant person=d1 kind=speech",
         "floor.requested#1:d1 floor.granted#1:d1 mic.changed:d1=live");
    return p;
}

TEST(without_the_floor_a_microphone_is_off_and_stays_off)
{
    struct people *p = people_sitting(2);

    assert_int_equal(people_mic(p, "d1"), KH_MIC_OFF);
    DOES(p, "d1 mic.unmute", "!no_floor");
    DOES(p, "d1 mic.mute", "!no_floor");
    DOES(p, "chair mic.unmute person=d1", "!no_floor");
    DOES(p, "op mic.mute person=d1", "!no_floor");
    people_say(p, "d1 floor.request kind=speech");
    DOES(p, "d1 mic.unmute", "!no_floor");
    assert_int_equal(kh_state_mic(&p->state, KH_NOBODY), KH_MIC_OFF);
    people_destroy(p);
}

TEST(a_speaker_mutes_and_unmutes_only_themselves)
{
    struct people *p = with_speaker();

    DOES(p, "d1 mic.mute", "mic.changed:d1=muted");
    DOES(p, "d1 mic.mute", "");
    assert_int_equal(people_mic(p, "d1"), KH_MIC_MUTED);
    DOES(p, "d2 mic.unmute person=d1", "!not_yours");
    DOES(p, "d2 mic.mute person=d1", "!not_yours");
    DOES(p, "d1 mic.unmute person=d1", "mic.changed:d1=live");
    DOES(p, "d1 mic.unmute", "");
    people_destroy(p);
}

TEST(what_the_chair_muted_only_chair_and_operator_open)
{
    struct people *p = with_speaker();

    DOES(p, "chair mic.mute person=d1", "mic.changed:d1=muted");
    DOES(p, "chair mic.mute person=d1", "");
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    DOES(p, "d1 mic.mute", "");
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    DOES(p, "op mic.unmute person=d1", "mic.changed:d1=live");
    DOES(p, "op mic.mute person=d1", "mic.changed:d1=muted");
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    DOES(p, "chair mic.unmute person=d1", "mic.changed:d1=live");
    DOES(p, "sec mic.mute person=d1", "!not_yours");
    people_destroy(p);
}

TEST(the_chairs_mute_locks_a_microphone_that_was_muted_by_its_speaker)
{
    struct people *p = with_speaker();

    people_say(p, "d1 mic.mute");
    DOES(p, "chair mic.mute person=d1", "mic.changed:d1=muted");
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    people_destroy(p);
}

TEST(mute_all_leaves_only_the_one_who_calls_for_order)
{
    struct people *p = with_speaker();

    people_say(p, "chair floor.grant person=d2 kind=speech");
    people_say(p, "chair floor.grant person=chair kind=speech");
    people_say(p, "d2 mic.mute");
    DOES(p, "chair mic.mute_all", "mic.changed:d1=muted mic.changed:d2=muted");
    assert_int_equal(people_mic(p, "chair"), KH_MIC_LIVE);
    DOES(p, "d2 mic.unmute", "!muted_by_chair");
    DOES(p, "chair mic.mute_all", "");
    DOES(p, "op mic.mute_all", "mic.changed:chair=muted");
    DOES(p, "sec mic.mute_all", "!role");
    people_destroy(p);
}

TEST(a_suspension_silences_everybody_and_the_resumption_opens_what_it_muted)
{
    struct people *p = with_speaker();

    people_say(p, "chair floor.grant person=d2 kind=speech");
    people_say(p, "chair floor.grant person=d3 kind=speech");
    people_say(p, "d2 mic.mute");
    people_say(p, "chair mic.mute person=d3");
    DOES(p, "chair sitting.suspend",
         "sitting.suspended mic.changed:d1=muted floor.stopped#1:d1 floor.stopped#2:d2 "
         "floor.stopped#3:d3");
    assert_int_equal(people_mic(p, "d1"), KH_MIC_MUTED);
    DOES(p, "d1 mic.unmute", "!phase");
    DOES(p, "chair mic.unmute person=d1", "!phase");
    DOES(p, "chair sitting.resume",
         "sitting.resumed floor.resumed#1:d1 mic.changed:d1=live floor.resumed#2:d2 "
         "floor.resumed#3:d3");
    assert_int_equal(people_mic(p, "d2"), KH_MIC_MUTED);
    assert_int_equal(people_mic(p, "d3"), KH_MIC_MUTED);
    DOES(p, "d2 mic.unmute", "mic.changed:d2=live");
    DOES(p, "d3 mic.unmute", "!muted_by_chair");
    people_destroy(p);
}

TEST(who_is_muted_during_the_suspension_stays_muted_after_it)
{
    struct people *p = with_speaker();

    people_say(p, "chair floor.grant person=d2 kind=speech");
    people_say(p, "chair sitting.suspend");
    DOES(p, "d1 mic.mute", "mic.changed:d1=muted");
    DOES(p, "chair mic.mute person=d2", "mic.changed:d2=muted");
    DOES(p, "chair sitting.resume", "sitting.resumed floor.resumed#1:d1 floor.resumed#2:d2");
    DOES(p, "d2 mic.unmute", "!muted_by_chair");
    DOES(p, "d1 mic.unmute", "mic.changed:d1=live");
    people_destroy(p);
}

TEST(a_live_speech_over_time_is_heard_again_after_the_suspension)
{
    struct people *p = people_sitting(1);

    p->terms.limit_ms = 1000;
    p->terms.expiry = KH_EXPIRY_WARN;
    people_say(p, "chair floor.grant person=d1 kind=speech");
    PASSES(p, 1500, "floor.expired#1:d1=warn");
    assert_int_equal(people_mic(p, "d1"), KH_MIC_LIVE);
    people_say(p, "chair sitting.suspend");
    DOES(p, "chair sitting.resume", "sitting.resumed floor.resumed#1:d1 mic.changed:d1=live");
    people_destroy(p);
}

TEST(a_speech_muted_by_its_limit_stays_muted_after_the_suspension)
{
    struct people *p = people_sitting(1);

    p->terms.limit_ms = 1000;
    p->terms.expiry = KH_EXPIRY_MUTE;
    people_say(p, "chair floor.grant person=d1 kind=speech");
    PASSES(p, 1000, "floor.expired#1:d1=mute mic.changed:d1=muted");
    people_say(p, "chair sitting.suspend");
    DOES(p, "chair sitting.resume", "sitting.resumed floor.resumed#1:d1");
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    people_destroy(p);
}

TEST(muting_oneself_is_no_way_around_the_limit)
{
    struct people *p = people_sitting(1);

    p->terms.limit_ms = 1000;
    p->terms.expiry = KH_EXPIRY_MUTE;
    people_say(p, "chair floor.grant person=d1 kind=speech");
    people_say(p, "d1 mic.mute");
    PASSES(p, 1000, "floor.expired#1:d1=mute mic.changed:d1=muted");
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    people_say(p, "d1 mic.mute");
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    DOES(p, "chair floor.extend person=d1 by_ms=5000", "floor.extended#1:d1");
    assert_int_equal(people_mic(p, "d1"), KH_MIC_MUTED);
    DOES(p, "d1 mic.unmute", "mic.changed:d1=live");
    people_destroy(p);
}

TEST(a_mute_by_the_procedure_holds_until_the_chair_or_an_extension)
{
    struct people *p = people_sitting(1);

    p->terms.limit_ms = 60000;
    people_say(p, "chair floor.grant person=d1 kind=speech");
    DOES(p, "server mic.mute person=d1", "mic.changed:d1=muted");
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    DOES(p, "chair floor.extend person=d1 by_ms=1000", "floor.extended#1:d1 mic.changed:d1=live");
    people_destroy(p);
}

TEST(an_interrupted_speaker_does_not_open_the_microphone)
{
    struct people *p = people_sitting(1);

    p->terms.limit_ms = 1000;
    p->terms.expiry = KH_EXPIRY_MUTE;
    people_say(p, "chair floor.grant person=d1 kind=speech");
    people_pass(p, 1000);
    people_say(p, "chair floor.stop person=d1");
    DOES(p, "d1 mic.unmute", "!interrupted");
    DOES(p, "chair mic.unmute person=d1", "!interrupted");
    DOES(p, "chair floor.extend person=d1 by_ms=5000", "floor.extended#1:d1");
    assert_int_equal(people_mic(p, "d1"), KH_MIC_MUTED);
    DOES(p, "chair floor.resume person=d1", "floor.resumed#1:d1 mic.changed:d1=live");
    people_destroy(p);
}

TEST(a_longer_limit_opens_what_the_shorter_one_muted)
{
    struct people *p = people_sitting(1);

    p->terms.limit_ms = 1000;
    p->terms.expiry = KH_EXPIRY_MUTE;
    people_say(p, "chair floor.grant person=d1 kind=speech");
    PASSES(p, 1500, "floor.expired#1:d1=mute mic.changed:d1=muted");
    DOES(p, "chair floor.limit person=d1 limit_ms=1200", "floor.extended#1:d1");
    DOES(p, "d1 mic.unmute", "!muted_by_chair");
    PASSES(p, 0, "floor.expired#1:d1=mute");
    DOES(p, "chair floor.limit person=d1 limit_ms=9000", "floor.extended#1:d1 mic.changed:d1=live");
    people_destroy(p);
}

int main(void)
{
    return kh_run_tests(
        CASE(without_the_floor_a_microphone_is_off_and_stays_off),
        CASE(a_speaker_mutes_and_unmutes_only_themselves),
        CASE(what_the_chair_muted_only_chair_and_operator_open),
        CASE(the_chairs_mute_locks_a_microphone_that_was_muted_by_its_speaker),
        CASE(mute_all_leaves_only_the_one_who_calls_for_order),
        CASE(a_suspension_silences_everybody_and_the_resumption_opens_what_it_muted),
        CASE(who_is_muted_during_the_suspension_stays_muted_after_it),
        CASE(a_live_speech_over_time_is_heard_again_after_the_suspension),
        CASE(a_speech_muted_by_its_limit_stays_muted_after_the_suspension),
        CASE(muting_oneself_is_no_way_around_the_limit),
        CASE(a_mute_by_the_procedure_holds_until_the_chair_or_an_extension),
        CASE(an_interrupted_speaker_does_not_open_the_microphone),
        CASE(a_longer_limit_opens_what_the_shorter_one_muted));
}
