/* hearing.h - one question to a procedure: its hooks, what they see, and the verdict.
 *
 * Engine thread only, inside a protected call: everything here may raise a Lua error, which gives
 * the neutral policy. Borrows all it points to. */
#ifndef KH_PROCEDURE_HEARING_H
#define KH_PROCEDURE_HEARING_H

#include "procedure/host.h"
#include "procedure/read.h"

struct kh_hearing {
    struct kh_procedure *p;
    const struct kh_state *state;
    const struct kh_command *command; /* when asked; else NULL */
    const struct kh_event *event;     /* when told; else NULL */
    struct kh_verdict *verdict;
    lua_State *lua;
    int ctx;           /* its place on the stack */
    enum kh_hook hook; /* the one that is running or ran last */
    struct kh_trace_entry *entry;
    int64_t began_ns;
};

/* What a hook answered; the value is on the stack's top, also when it is nil. */
enum kh_answer { KH_ANSWER_NIL, KH_ANSWER_REFUSED, KH_ANSWER_VALUE };

/* Push the hook and ctx for a call with more arguments to follow; false: the plugin has no such
 * hook, nothing pushed. */
bool kh_hearing_begin(struct kh_hearing *h, enum kh_hook hook);
/* Call it with @n_args more arguments that were pushed. A refusal is taken into the verdict. */
enum kh_answer kh_hearing_call(struct kh_hearing *h, int n_args);

/* The same for a hook that can only want things done: takes its list of actions. */
void kh_hearing_call_for_actions(struct kh_hearing *h, int n_args);

/* Words for the trace, printf-like. */
void kh_hearing_input(struct kh_hearing *h, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void kh_hearing_note(struct kh_hearing *h, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void kh_hearing_refuse(struct kh_hearing *h, const struct kh_reason *reason);
void kh_hearing_refuse_core(struct kh_hearing *h, enum kh_refusal refusal);

/* The list of actions on the stack's top (or nil), into the verdict. */
void kh_actions_read(struct kh_hearing *h);
/* One "ask" described by the table on the top, about @request (0: none). */
void kh_actions_add_ask(struct kh_hearing *h, uint32_t request);
/* The server's own command, to be filled. */
struct kh_command *kh_actions_add(struct kh_hearing *h, enum kh_command_type type);

/* The ballot definition on the stack's top into @ballot. */
void kh_ballot_read(struct kh_hearing *h, const char *type, struct kh_ballot *ballot);

/* The command's fields as a table. */
void kh_fields_push(lua_State *lua, const struct kh_state *state, const struct kh_command *command);
/* The field of an action, from the table in @reader. False when it is not there. */
bool kh_fields_read(const struct kh_reader *reader, const struct kh_state *state,
                    enum kh_field field, struct kh_fields *to);
/* A list of names as texts. */
void kh_fields_push_names(lua_State *lua, const struct kh_names *names);
/* How Lua calls a field: "limit_ms" is "limit", in seconds. */
const char *kh_fields_name(enum kh_field field, char *text, size_t size);

/* --- questions (asked before), by the command --- */
void kh_hear_request(struct kh_hearing *h);
void kh_hear_grant(struct kh_hearing *h);
void kh_hear_next(struct kh_hearing *h);
void kh_hear_expire(struct kh_hearing *h);
void kh_hear_phase(struct kh_hearing *h);
void kh_hear_quorum(struct kh_hearing *h, const char *purpose);
void kh_hear_vote_open(struct kh_hearing *h);
void kh_hear_vote_claim(struct kh_hearing *h);
void kh_hear_vote_cast(struct kh_hearing *h);
void kh_hear_vote_close(struct kh_hearing *h);
void kh_hear_vote_decide(struct kh_hearing *h);
void kh_hear_vote_reopen(struct kh_hearing *h);

/* --- news (told after), by the event --- */
void kh_hear_mark(struct kh_hearing *h);
void kh_hear_end(struct kh_hearing *h);
void kh_hear_support(struct kh_hearing *h);
void kh_hear_answer(struct kh_hearing *h);
void kh_hear_lot(struct kh_hearing *h);
void kh_hear_presence(struct kh_hearing *h);
void kh_hear_result(struct kh_hearing *h);

#endif
