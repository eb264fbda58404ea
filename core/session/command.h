/* command.h - what people, the clock and the procedure can ask of a sitting.
 *
 * Pure. One table says each command's wire name, fields, roles and phases; decide, the API, the
 * page's `procedure.describe` and the exhaustive test all read it. */
#ifndef KH_SESSION_COMMAND_H
#define KH_SESSION_COMMAND_H

#include "session/fields.h"

/* X(enum, wire name, roles, phases, required fields, optional fields). Role and phase words are
 * short macros of command.c. ANY_MEMBER: chair, delegate, guest. OVERRIDE: the chair may do it
 * although the procedure says no, and has to say why (procedures.md 5.8(4)). */
#define KH_COMMAND_LIST(X)                                                                         \
    X(SESSION_OPEN, "session.open", CHAIR, CLOSED, 0, F(name))                                     \
    X(SESSION_CLOSE, "session.close", CHAIR, BREAK, 0, 0)                                          \
    X(SITTING_OPEN, "sitting.open", CHAIR, BREAK, 0, F(closed) | OVERRIDE)                         \
    X(SITTING_SUSPEND, "sitting.suspend", CHAIR, SITTING, 0, 0)                                    \
    X(SITTING_RESUME, "sitting.resume", CHAIR, SUSPENDED, 0, OVERRIDE)                             \
    X(SITTING_CLOSE, "sitting.close", CHAIR, SITTING | SUSPENDED, 0, OVERRIDE)                     \
    X(CHECK_IN, "attendance.check_in", MEMBER | SECRETARY, BREAK | SITTING | SUSPENDED, 0,         \
      F(person) | F(remote))                                                                       \
    X(CHECK_OUT, "attendance.check_out", MEMBER | SECRETARY, BREAK | SITTING | SUSPENDED, 0,       \
      F(person))                                                                                   \
    X(EXCUSE, "attendance.excuse", SECRETARY, BREAK | SITTING | SUSPENDED, F(person), F(note))     \
    X(ITEM_START, "agenda.start", CHAIR, SITTING, F(item), OVERRIDE)                               \
    X(ITEM_FINISH, "agenda.finish", CHAIR, SITTING, F(item), 0)                                    \
    X(FLOOR_REQUEST, "floor.request", MEMBER, SITTING, F(kind), F(target) | F(note))               \
    X(FLOOR_WITHDRAW, "floor.withdraw", MEMBER, SITTING | SUSPENDED, F(request), 0)                \
    X(FLOOR_GRANT, "floor.grant", CHAIR, SITTING, 0,                                               \
      F(request) | F(person) | F(kind) | F(target) | OVERRIDE)                                     \
    X(FLOOR_DENY, "floor.deny", CHAIR, SITTING | SUSPENDED, F(request), F(note))                   \
    X(FLOOR_MOVE, "floor.move", CHAIR, SITTING | SUSPENDED, F(request), F(before))                 \
    X(FLOOR_NEXT, "floor.next", CHAIR, SITTING, 0, F(lane) | OVERRIDE)                             \
    X(FLOOR_RELEASE, "floor.release", SPEAKER, SITTING | SUSPENDED, 0, 0)                          \
    X(FLOOR_REVOKE, "floor.revoke", CHAIR, SITTING | SUSPENDED, F(person), F(note))                \
    X(FLOOR_EXTEND, "floor.extend", CHAIR, SITTING, F(person) | F(by_ms), OVERRIDE)                \
    X(FLOOR_SUPPORT, "floor.support", DELEGATE, SITTING, F(request), 0)                            \
    X(FLOOR_ANSWER, "floor.answer", MEMBER | SECRETARY, SITTING, F(ask) | F(answer), 0)            \
    X(FLOOR_STOP, "floor.stop", CHAIR, SITTING, 0, F(person) | F(request))                         \
    X(FLOOR_RESUME, "floor.resume", CHAIR, SITTING, 0, F(person) | F(request))                     \
    X(FLOOR_LIMIT, "floor.limit", CHAIR, SITTING, F(limit_ms), F(person) | F(request))             \
    X(LIST_CLOSE, "list.close", CHAIR, SITTING, 0, 0)                                              \
    X(LIST_OPEN, "list.open", CHAIR, SITTING, 0, 0)                                                \
    X(MIC_MUTE, "mic.mute", SPEAKER | OPERATOR, SITTING | SUSPENDED, 0, F(person))                 \
    X(MIC_UNMUTE, "mic.unmute", SPEAKER | OPERATOR, SITTING, 0, F(person))                         \
    X(MIC_MUTE_ALL, "mic.mute_all", CHAIR | OPERATOR, SITTING | SUSPENDED, 0, 0)                   \
    X(VOTE_OPEN, "vote.open", CHAIR, SITTING, F(type) | F(question),                               \
      F(item) | F(subjects) | OVERRIDE)                                                            \
    X(VOTE_CAST, "vote.cast", DELEGATE, SITTING, F(vote) | F(choice), F(person))                   \
    X(VOTE_TALLY, "vote.tally", SECRETARY | CHAIR, SITTING | SUSPENDED,                            \
      F(vote) | F(form) | F(counts), 0)                                                            \
    X(VOTE_CLOSE, "vote.close", CHAIR, SITTING, F(vote), 0)                                        \
    X(VOTE_ANNOUNCE, "vote.announce", CHAIR, SITTING, F(vote), 0)                                  \
    X(VOTE_CANCEL, "vote.cancel", CHAIR, SITTING | SUSPENDED, F(vote), F(note))                    \
    X(VOTE_DECIDE, "vote.decide", CHAIR, SITTING, F(vote) | F(choice), 0)                          \
    X(VOTE_REOPEN, "vote.reopen", CHAIR, SITTING, F(vote), F(form) | OVERRIDE)                     \
    X(VOTE_DEFER, "vote.defer", CHAIR, SITTING, F(vote), F(note) | F(ends_at))                     \
    X(LOT_DRAW, "lot.draw", CHAIR, BREAK | SITTING | SUSPENDED, 0,                                 \
      F(among) | F(number) | F(name) | F(vote))                                                    \
    X(COMMITTEE_FORM, "committee.form", CHAIR, BREAK | SITTING | SUSPENDED,                        \
      F(members) | F(needed), 0)                                                                   \
    X(COMMITTEE_JOIN, "committee.join", DELEGATE, BREAK | SITTING | SUSPENDED, F(join), 0)         \
    X(COMMITTEE_DEAL, "committee.deal", DELEGATE, BREAK | SITTING | SUSPENDED, F(deal), 0)         \
    X(COMMITTEE_CONFIRM, "committee.confirm", DELEGATE, BREAK | SITTING | SUSPENDED, 0, 0)         \
    X(COMMITTEE_COMPLAIN, "committee.complain", DELEGATE, BREAK | SITTING | SUSPENDED, F(target),  \
      F(note))                                                                                     \
    X(VOTE_CLAIM, "vote.claim", DELEGATE, SITTING, F(vote) | F(paper), F(person))                  \
    X(VOTE_UNSEAL, "vote.unseal", DELEGATE, SITTING | SUSPENDED, F(vote), F(opening))              \
    X(SITTING_PUBLISH, "sitting.publish", CHAIR, SITTING | SUSPENDED, F(closed), 0)                \
    X(PROXY_GIVE, "proxy.give", DELEGATE | SECRETARY, BREAK | SITTING | SUSPENDED, F(target),      \
      F(person))                                                                                   \
    X(PROXY_END, "proxy.end", DELEGATE | SECRETARY, BREAK | SITTING | SUSPENDED, 0, F(person))     \
    /* The server's own: clock, network, the procedure's actions. Never accepted from a client. */ \
    X(MARK, "clock.mark", SERVER, SITTING, F(request), 0)                                          \
    X(EXPIRE, "clock.expire", SERVER, SITTING, F(request), 0)                                      \
    X(CUT, "clock.cut", SERVER, SITTING, F(request), 0)                                            \
    X(ASK_TIMEOUT, "clock.ask_timeout", SERVER, SITTING, F(ask), 0)                                \
    X(VOTE_PAPER, "vote.paper", SERVER, SITTING | SUSPENDED, F(vote) | F(paper_key), 0)            \
    X(VOTE_BOX, "vote.box", SERVER, BREAK | SITTING | SUSPENDED,                                   \
      F(vote) | F(number) | F(hash) | F(paper_secret), 0)                                          \
    X(VOTE_COUNT, "vote.count", SERVER, BREAK | SITTING | SUSPENDED, F(vote) | F(counts), 0)       \
    X(ASK, "ask", SERVER, SITTING, F(ask_text), F(request))                                        \
    X(ACCEPT, "floor.accept", SERVER, SITTING, F(request), 0)                                      \
    X(PRESENCE_LOST, "presence.lost", SERVER, SITTING, F(person), 0)                               \
    X(PRESENCE_BACK, "presence.back", SERVER, SITTING, F(person), 0)                               \
    X(STORE, "procedure.store", SERVER, BREAK | SITTING | SUSPENDED, F(name) | F(note), 0)

enum kh_command_type {
#define KH_COMMAND_ENUM(name, wire, roles, phases, required, optional) KH_CMD_##name,
    KH_COMMAND_LIST(KH_COMMAND_ENUM)
#undef KH_COMMAND_ENUM
        KH_COMMANDS
};

struct kh_command {
    enum kh_command_type type;
    int64_t at_ms;                 /* Unix time, never before the state's last event */
    kh_person actor;               /* KH_NOBODY: the server */
    char key[KH_KEY_BYTES];        /* idempotency key, "" for none */
    char seed[KH_HASH_TEXT_BYTES]; /* chance, for lot.draw: 64 hex digits, given like the time is */
    struct kh_fields f;
};

struct kh_command_info {
    const char *name;
    uint32_t roles;              /* bits of enum kh_role */
    uint32_t phases;             /* 1 << enum kh_phase */
    uint64_t required, optional; /* KH_BIT() */
};

extern const struct kh_command_info kh_command_table[KH_COMMANDS];

/* -1 when no command has this wire name. */
int kh_command_find(const char *name);

#endif
