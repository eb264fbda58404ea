/* event.h - what happened: the only thing that changes a state, and what the journal keeps.
 *
 * Pure. Numbers and meanings are never reused: a journal of any version must replay. */
#ifndef KH_SESSION_EVENT_H
#define KH_SESSION_EVENT_H

#include "session/fields.h"

/* X(enum, wire name, required fields, optional fields). OVERRIDDEN: the chair did it although the
 * procedure said no: its reason, and the chair's own words. */
#define KH_EVENT_LIST(X)                                                                           \
    X(PERSON_ENROLLED, "person.enrolled", F(person) | F(profile), 0)                               \
    X(ITEM_ADDED, "agenda.added", F(item) | F(agenda_item), 0)                                     \
    X(SESSION_OPENED, "session.opened", F(number), F(name))                                        \
    X(SESSION_CLOSED, "session.closed", F(number), 0)                                              \
    X(SITTING_OPENED, "sitting.opened", F(number), F(closed) | OVERRIDDEN)                         \
    X(SITTING_SUSPENDED, "sitting.suspended", 0, 0)                                                \
    X(SITTING_RESUMED, "sitting.resumed", 0, OVERRIDDEN)                                           \
    X(SITTING_CLOSED, "sitting.closed", F(number), OVERRIDDEN)                                     \
    X(CHECKED_IN, "attendance.checked_in", F(person), F(remote))                                   \
    X(CHECKED_OUT, "attendance.checked_out", F(person), 0)                                         \
    X(EXCUSED, "attendance.excused", F(person), F(note))                                           \
    X(ITEM_STARTED, "agenda.started", F(item), OVERRIDDEN)                                         \
    X(ITEM_FINISHED, "agenda.finished", F(item), 0)                                                \
    X(FLOOR_REQUESTED, "floor.requested",                                                          \
      F(request) | F(person) | F(kind) | F(lane) | F(rank) | F(priority) | F(state),               \
      F(target) | F(note) | F(item) | F(limit_ms))                                                 \
    X(FLOOR_ACCEPTED, "floor.accepted", F(request) | F(person), 0)                                 \
    X(FLOOR_WITHDRAWN, "floor.withdrawn", F(request) | F(person), 0)                               \
    X(FLOOR_GRANTED, "floor.granted", F(request) | F(person) | F(kind) | F(limit_ms) | F(ends_at), \
      F(marks) | F(by) | F(target) | F(item) | F(lane) | OVERRIDDEN)                               \
    X(FLOOR_DENIED, "floor.denied", F(request) | F(person), F(reason) | F(note) | F(by))           \
    X(FLOOR_MOVED, "floor.moved", F(request) | F(person), F(before) | F(by))                       \
    X(FLOOR_RELEASED, "floor.released", F(request) | F(person) | F(spent_ms), F(end))              \
    X(FLOOR_REVOKED, "floor.revoked", F(request) | F(person) | F(spent_ms),                        \
      F(reason) | F(note) | F(by) | F(end))                                                        \
    X(FLOOR_EXTENDED, "floor.extended",                                                            \
      F(request) | F(person) | F(by_ms) | F(limit_ms) | F(ends_at), F(by) | OVERRIDDEN)            \
    X(FLOOR_WARNED, "floor.warned", F(request) | F(person) | F(left_ms), 0)                        \
    X(FLOOR_EXPIRED, "floor.expired", F(request) | F(person) | F(expiry), F(grace_ms) | F(reason)) \
    X(FLOOR_SUPPORTED, "floor.supported", F(request) | F(person), 0)                               \
    X(FLOOR_STOPPED, "floor.stopped", F(request) | F(person) | F(spent_ms), 0)                     \
    X(FLOOR_RESUMED, "floor.resumed", F(request) | F(person) | F(ends_at), 0)                      \
    X(LIST_CLOSED, "list.closed", 0, 0)                                                            \
    X(LIST_OPENED, "list.opened", 0, 0)                                                            \
    X(ASK_OPENED, "ask.opened", F(ask) | F(ask_text), F(request) | F(ends_at))                     \
    X(ASK_ANSWERED, "ask.answered", F(ask) | F(answer), F(person) | F(request))                    \
    X(MIC_CHANGED, "mic.changed", F(person) | F(mic), F(by))                                       \
    X(VOTE_OPENED, "vote.opened", F(vote) | F(question) | F(ballot),                               \
      F(item) | F(ends_at) | OVERRIDDEN)                                                           \
    X(VOTE_CAST, "vote.cast", F(vote) | F(person), F(choice) | F(by))                              \
    X(VOTE_TALLIED, "vote.tallied", F(vote) | F(form) | F(counts), F(by))                          \
    X(VOTE_ENDED, "vote.ended", F(vote), F(by))                                                    \
    X(VOTE_CLOSED, "vote.closed", F(vote) | F(result), 0)                                          \
    X(VOTE_CANCELLED, "vote.cancelled", F(vote), F(note) | F(by))                                  \
    X(VOTE_DECIDED, "vote.decided", F(vote) | F(choice) | F(result), F(by))                        \
    X(VOTE_REOPENED, "vote.reopened", F(vote) | F(form), F(by) | F(ends_at) | OVERRIDDEN)          \
    X(VOTE_DEFERRED, "vote.deferred", F(vote), F(note) | F(by) | F(ends_at))                       \
    X(LOT_DRAWN, "lot.drawn", F(seed) | F(among) | F(drawn), F(name) | F(vote) | F(by))            \
    X(COMMITTEE_FORMED, "committee.formed", F(number) | F(members) | F(needed), F(by))             \
    X(COMMITTEE_JOINED, "committee.joined", F(person) | F(join), 0)                                \
    X(COMMITTEE_DEALT, "committee.dealt", F(person) | F(deal), 0)                                  \
    X(COMMITTEE_CONFIRMED, "committee.confirmed", F(person), 0)                                    \
    X(COMMITTEE_COMPLAINED, "committee.complained", F(person) | F(target), F(note))                \
    X(VOTE_PAPERED, "vote.papered", F(vote) | F(paper_key), 0)                                     \
    X(VOTE_ISSUED, "vote.issued", F(vote) | F(person) | F(paper), F(by))                           \
    X(VOTE_SEALED, "vote.sealed", F(vote), 0)                                                      \
    X(VOTE_BOXED, "vote.boxed", F(vote) | F(number) | F(hash) | F(paper_secret), 0)                \
    X(VOTE_UNSEALED, "vote.unsealed", F(vote) | F(person), 0)                                      \
    X(SITTING_PUBLISHED, "sitting.published", F(closed), F(by))                                    \
    X(PROXY_GIVEN, "proxy.given", F(person) | F(target), F(by))                                    \
    X(PROXY_ENDED, "proxy.ended", F(person), F(by))                                                \
    X(PRESENCE_LOST, "presence.lost", F(person), 0)                                                \
    X(PRESENCE_BACK, "presence.back", F(person), 0)                                                \
    X(PROCEDURE_STORED, "procedure.stored", F(name) | F(note), 0)                                  \
    X(PROCEDURE_CHANGED, "procedure.changed", F(name) | F(max_open), F(by) | F(settings))          \
    X(PROCEDURE_FAILED, "procedure.failed", F(name) | F(note), F(reason))                          \
    X(RECORDING_STARTED, "recording.started", F(name), 0)                                          \
    X(RECORDING_MARKED, "recording.marked", F(person) | F(edge) | F(offset_ms), F(request))        \
    X(RECORDING_STOPPED, "recording.stopped", 0, F(name))                                          \
    X(NOTICE, "notice", F(reason), F(person))

enum kh_event_type {
#define KH_EVENT_ENUM(name, wire, required, optional) KH_EV_##name,
    KH_EVENT_LIST(KH_EVENT_ENUM)
#undef KH_EVENT_ENUM
        KH_EVENTS
};

struct kh_event {
    enum kh_event_type type;
    uint64_t seq; /* set by the engine: gap-free per council from 1 */
    int64_t at_ms;
    kh_person actor;        /* KH_NOBODY: the server */
    bool is_first;          /* of its decision: the command's own; the others follow from it */
    char key[KH_KEY_BYTES]; /* of the command, on the first event of its batch; "" otherwise */
    struct kh_fields f;
};

struct kh_event_info {
    const char *name;
    uint64_t required, optional;
};

extern const struct kh_event_info kh_event_table[KH_EVENTS];
int kh_event_find(const char *name); /* -1 when there is none */

/* The question, request or vote that @event is about (a question before the request behind it);
 * 0: none. */
uint32_t kh_event_ref(const struct kh_event *event);

/* The events of one decision, in order, and room for what they point to. */
enum { KH_BATCH_MAX = 320 };
struct kh_batch {
    unsigned n;
    struct kh_event ev[KH_BATCH_MAX];
    struct kh_ballot ballot;
    struct kh_result result;
    struct kh_names among, drawn;
};

#endif
