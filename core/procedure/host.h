/* host.h - the inside of a loaded procedure, shared by the files of core/procedure only.
 *
 * Engine thread only. struct kh_procedure owns the Lua state and everything in it. */
#ifndef KH_PROCEDURE_HOST_H
#define KH_PROCEDURE_HOST_H

#include "procedure/procedure.h"
#include "procedure/sandbox.h"
#include "procedure/trace.h"
#include "procedure/vocabulary.h"

/* The hook functions of a procedure (procedures.md section 5.3); setup is called once, apart. */
#define KH_HOOK_LIST(X)                                                                            \
    X(ON_COMMAND, "on_command")                                                                    \
    X(ON_PHASE, "on_phase")                                                                        \
    X(QUORUM, "quorum")                                                                            \
    X(ON_PRESENCE, "on_presence")                                                                  \
    X(ON_REQUEST, "on_request")                                                                    \
    X(ON_SUPPORT, "on_support")                                                                    \
    X(NEXT, "next")                                                                                \
    X(ON_GRANT, "on_grant")                                                                        \
    X(ON_MARK, "on_mark")                                                                          \
    X(ON_EXPIRE, "on_expire")                                                                      \
    X(ON_END, "on_end")                                                                            \
    X(ON_ANSWER, "on_answer")                                                                      \
    X(ON_LOT, "on_lot")                                                                            \
    X(BALLOT, "ballot")                                                                            \
    X(MAY_VOTE, "may_vote")                                                                        \
    X(ON_CAST, "on_cast")                                                                          \
    X(EVALUATE, "evaluate")                                                                        \
    X(ON_RESULT, "on_result")

enum kh_hook {
#define KH_HOOK_ENUM(name, lua) KH_HOOK_##name,
    KH_HOOK_LIST(KH_HOOK_ENUM)
#undef KH_HOOK_ENUM
        KH_HOOKS
};

extern const char *const kh_hook_names[KH_HOOKS + 1]; /* NULL-terminated */

/* An ask that was open when it was answered: the event tells only its number. */
struct kh_asked {
    uint32_t id, request;
    char code[KH_WORD_BYTES];
    kh_person person;
};

struct kh_procedure {
    struct kh_sandbox sandbox; /* first: found again from the lua_State */
    char name[KH_NAME_BYTES], chunk[KH_NAME_BYTES + 20];
    char path[512], lib_dir[512];
    json_t *describe;
    struct kh_vocabulary vocabulary;
    int hook_ref[KH_HOOKS]; /* LUA_NOREF: the plugin has none */
    int settings_ref;
    struct kh_trace trace;
    struct kh_asked asked; /* the last one that was answered */
    bool is_foreseeing;    /* a ballot is only looked at: no quorum is needed */

    /* While a hook runs: */
    const struct kh_state *state;
    int64_t now_ms;

    /* The body's cache, remade when the roster changed. */
    int body_ref;
    struct kh_profile *profiles;
    unsigned n_profiles, profiles_room;
};

struct kh_procedure *kh_host_of(lua_State *lua);

/* --- ctx (ctx.c, ctx_body.c, ctx_floor.c, ctx_votes.c); all may raise --- */

/* Parts of a table that are made when they are first read. */
struct kh_lazy {
    const char *name; /* NULL ends the list; then @push makes any other name, or is NULL */
    void (*push)(lua_State *lua, struct kh_procedure *p, const char *name);
};

void kh_ctx_push(lua_State *lua);
/* An empty table whose fields are @parts; @what is for messages and must live on. */
void kh_ctx_push_lazy(lua_State *lua, const struct kh_lazy *parts, const char *what);
/* Make the table on the top strict: reading a field that is neither set nor in @optional (a
 * constant list, NULL-terminated) is an error instead of nil. */
void kh_ctx_strict(lua_State *lua, const char *const *optional);
void kh_ctx_push_person(lua_State *lua, const struct kh_state *state, kh_person person);
void kh_ctx_push_item_id(lua_State *lua, const struct kh_state *state, kh_item item);
void kh_ctx_push_seconds(lua_State *lua, int64_t ms);
void kh_ctx_push_body(lua_State *lua, struct kh_procedure *p, const char *name);
void kh_ctx_push_presence(lua_State *lua, struct kh_procedure *p, const char *name);
void kh_ctx_push_floor(lua_State *lua, struct kh_procedure *p, const char *name);
void kh_ctx_push_queue(lua_State *lua, struct kh_procedure *p, const char *name);
void kh_ctx_push_history(lua_State *lua, struct kh_procedure *p, const char *name);
void kh_ctx_push_ballots(lua_State *lua, struct kh_procedure *p, const char *name);
void kh_ctx_push_request(lua_State *lua, const struct kh_procedure *p,
                         const struct kh_request *request);
void kh_ctx_push_speech(lua_State *lua, const struct kh_state *state,
                        const struct kh_speech *speech);
void kh_ctx_push_vote(lua_State *lua, const struct kh_procedure *p, const struct kh_vote *vote);
void kh_ctx_push_counts(lua_State *lua, const struct kh_ballot *ballot,
                        const struct kh_counts *counts);
/* ctx.count{ person =, kind =, item =, target =, group =, sitting = } -> number, seconds */
int kh_ctx_count(lua_State *lua);
/* ctx.last(n) -> the last n ended speeches, newest first */
int kh_ctx_last(lua_State *lua);
/* ctx.choice(vote, person) -> the option's id in a vote by name, else nil */
int kh_ctx_choice(lua_State *lua);

#endif
