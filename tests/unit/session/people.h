/* people.h - a small council and one line of text for each thing that somebody does.
 *
 * One thread. Owns a state, its batch and, when asked for, the journal of what happened.
 *
 *     struct people *p = people_sitting(3);
 *     DOES(p, "d1 floor.request kind=speech", "floor.requested#1:d1");
 *     DOES(p, "d1 floor.request kind=speech", "!already_waiting");
 *     PASSES(p, 60000, "floor.warned#1:d1=60000");
 *
 * An event is written as its name, #request, :person and =what changed (microphone, time left,
 * expiry, end). A refusal is ! and its code. */
#ifndef KH_TESTS_UNIT_SESSION_PEOPLE_H
#define KH_TESTS_UNIT_SESSION_PEOPLE_H

#include "tests/unit/test.h"

#include "session/decide.h"

#include <jansson.h>

/* Sunday, 18 July 2022, 08:00 in Hải Phòng. */
#define PEOPLE_START_MS INT64_C(1658106000000)

struct people {
    struct kh_state state;
    struct kh_batch batch;
    struct kh_terms terms; /* of every command until changed */
    int64_t now_ms;
    struct kh_ask_text ask;      /* what "ask" puts */
    struct kh_subjects subjects; /* given to vote.open where n > 0 */
    struct kh_tally tally;       /* of the last command with counts */
    char blob[64];               /* of the last command with such a text */
    struct kh_names among;       /* of the last lot.draw */
    json_t *journal;             /* array of [type, actor, at, body]; NULL: none is kept */
    char said[4096];             /* what the last command did */
};

/* chair (also a delegate), sec, sec2 (secretaries), guest, op, screen, public, it, d1 … dN; items
 * a, b, c; no session. With @journal everything from the first enrolment on is kept. */
struct people *people_create(unsigned delegates, bool journal);
/* The same with the sitting open, chair, guest and delegates checked in, item a started. */
struct people *people_sitting(unsigned delegates);
void people_destroy(struct people *people);

kh_person people_who(const struct people *people, const char *id);
/* Speech of somebody; the test fails when there is none. */
const struct kh_request *people_speech(const struct people *people, const char *id);
enum kh_mic people_mic(const struct people *people, const char *id);
/* The order of calling as "d1 d2". */
const char *people_queue(struct people *people, const char *lane);

/* Run one command at once; the words for it are in p->said. */
enum kh_refusal people_do(struct people *people, const struct kh_command *command);
/* Read "who command field=value …" and run it. */
const char *people_say(struct people *people, const char *line);
/* Let time pass with everything that falls due; the events of all of it. */
const char *people_pass(struct people *people, int64_t ms);
/* Number, apply and keep one event, as the engine does. */
void people_take(struct people *people, struct kh_event *event);

/* A new state from the journal through the codec; to be freed. */
struct kh_state *people_replay(const json_t *journal);

#define DOES(p, line, expected) assert_string_equal(people_say((p), (line)), (expected))
#define PASSES(p, ms, expected) assert_string_equal(people_pass((p), (ms)), (expected))

#endif
