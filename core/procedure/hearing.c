#include "procedure/hearing.h"

#include "base/text.h"
#include "procedure/preempt.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void write_end(char *text, size_t size, const char *format, va_list args)
{
    size_t used = strlen(text);

    vsnprintf(text + used, size - used, format, args);
}

void kh_hearing_input(struct kh_hearing *h, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (h->entry)
        write_end(h->entry->input, sizeof(h->entry->input), format, args);
    va_end(args);
}

void kh_hearing_note(struct kh_hearing *h, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (h->entry)
        write_end(h->entry->verdict, sizeof(h->entry->verdict), format, args);
    va_end(args);
}

/* The chair decides otherwise than the procedure, in writing (procedures.md 5.8(4)). Counts and
 * what the core forbids are no matter of a hook and stay as they are. */
static bool is_overriding(const struct kh_hearing *h)
{
    const struct kh_command *command = h->command;

    return command && KH_HAS(&command->f, override) && command->f.override &&
           command->actor != KH_NOBODY;
}

void kh_hearing_refuse(struct kh_hearing *h, const struct kh_reason *reason)
{
    if (is_overriding(h)) {
        if (!h->verdict->terms.overridden)
            h->verdict->terms.reason = *reason;
        h->verdict->terms.overridden = true;
        kh_hearing_note(h, "overridden %s", reason->code);
        return;
    }
    h->verdict->refused = true;
    h->verdict->reason = *reason;
    kh_hearing_note(h, "refused %s", reason->code);
}

void kh_hearing_refuse_core(struct kh_hearing *h, enum kh_refusal refusal)
{
    kh_refusal_reason(refusal, &h->verdict->reason);
    h->verdict->refused = true;
    kh_hearing_note(h, "refused %s", h->verdict->reason.code);
}

bool kh_hearing_begin(struct kh_hearing *h, enum kh_hook hook)
{
    h->hook = hook;
    h->entry = NULL;
    if (h->p->hook_ref[hook] == LUA_NOREF)
        return false;
    h->entry = kh_trace_add(&h->p->trace, kh_hook_names[hook], h->p->now_ms);
    luaL_checkstack(h->lua, 12, "hook");
    lua_rawgeti(h->lua, LUA_REGISTRYINDEX, h->p->hook_ref[hook]);
    lua_pushvalue(h->lua, h->ctx);
    h->began_ns = now_ns();
    return true;
}

/* Is the value on the top what refuse() made? Then take it. */
static bool take_refusal(struct kh_hearing *h)
{
    struct kh_reader reader;
    struct kh_reason reason;
    bool refused;

    if (!lua_istable(h->lua, -1))
        return false;
    if (lua_getfield(h->lua, -1, "refused") != LUA_TBOOLEAN) {
        lua_pop(h->lua, 1);
        return false;
    }
    refused = lua_toboolean(h->lua, -1);
    lua_pop(h->lua, 1);
    if (!refused)
        return false;
    kh_read_begin(&reader, h->lua, -1, kh_hook_names[h->hook]);
    kh_read_reason(&reader, &reason);
    kh_hearing_refuse(h, &reason);
    return true;
}

enum kh_answer kh_hearing_call(struct kh_hearing *h, int n_args)
{
    lua_call(h->lua, n_args + 1, 1);
    h->entry->us = (now_ns() - h->began_ns) / 1000;
    if (lua_isnil(h->lua, -1))
        return KH_ANSWER_NIL;
    return take_refusal(h) ? KH_ANSWER_REFUSED : KH_ANSWER_VALUE;
}

void kh_hearing_call_for_actions(struct kh_hearing *h, int n_args)
{
    if (kh_hearing_call(h, n_args) == KH_ANSWER_REFUSED)
        luaL_error(h->lua, "a list of actions is wanted: it is too late to refuse");
    kh_actions_read(h);
    lua_pop(h->lua, 1);
}

/* --- the entries --- */

typedef void hear(struct kh_hearing *h);

static hear *const asked_by[KH_COMMANDS] = {
    [KH_CMD_SESSION_OPEN] = kh_hear_phase,       [KH_CMD_SESSION_CLOSE] = kh_hear_phase,
    [KH_CMD_SITTING_OPEN] = kh_hear_phase,       [KH_CMD_SITTING_SUSPEND] = kh_hear_phase,
    [KH_CMD_SITTING_RESUME] = kh_hear_phase,     [KH_CMD_SITTING_CLOSE] = kh_hear_phase,
    [KH_CMD_FLOOR_REQUEST] = kh_hear_request,    [KH_CMD_FLOOR_GRANT] = kh_hear_grant,
    [KH_CMD_FLOOR_NEXT] = kh_hear_next,          [KH_CMD_EXPIRE] = kh_hear_expire,
    [KH_CMD_VOTE_OPEN] = kh_hear_vote_open,      [KH_CMD_VOTE_CAST] = kh_hear_vote_cast,
    [KH_CMD_VOTE_CLOSE] = kh_hear_vote_close,    [KH_CMD_VOTE_DECIDE] = kh_hear_vote_decide,
    [KH_CMD_VOTE_REOPEN] = kh_hear_vote_reopen,  [KH_CMD_VOTE_CLAIM] = kh_hear_vote_claim,
    [KH_CMD_VOTE_ANNOUNCE] = kh_hear_vote_close,
};

static hear *const told_by[KH_EVENTS] = {
    [KH_EV_FLOOR_WARNED] = kh_hear_mark,      [KH_EV_FLOOR_RELEASED] = kh_hear_end,
    [KH_EV_FLOOR_REVOKED] = kh_hear_end,      [KH_EV_FLOOR_SUPPORTED] = kh_hear_support,
    [KH_EV_ASK_ANSWERED] = kh_hear_answer,    [KH_EV_LOT_DRAWN] = kh_hear_lot,
    [KH_EV_CHECKED_IN] = kh_hear_presence,    [KH_EV_CHECKED_OUT] = kh_hear_presence,
    [KH_EV_EXCUSED] = kh_hear_presence,       [KH_EV_PRESENCE_LOST] = kh_hear_presence,
    [KH_EV_PRESENCE_BACK] = kh_hear_presence, [KH_EV_VOTE_CLOSED] = kh_hear_result,
    [KH_EV_VOTE_DECIDED] = kh_hear_result,
};

static void clear(struct kh_verdict *verdict)
{
    verdict->refused = verdict->failed = false;
    memset(&verdict->terms, 0, sizeof(verdict->terms));
    memset(&verdict->reason, 0, sizeof(verdict->reason));
    verdict->actions.n = verdict->actions.n_notices = 0;
    verdict->actions.has_among = false;
    verdict->failure[0] = '\0';
}

/* on_command: every command of a person, before the hook of its own. */
static void hear_command(struct kh_hearing *h)
{
    static const char *const words[] = { "actions", NULL };
    struct kh_reader reader;

    if (h->command->actor == KH_NOBODY || !kh_hearing_begin(h, KH_HOOK_ON_COMMAND))
        return;
    kh_hearing_input(h, "%s", kh_command_table[h->command->type].name);
    kh_fields_push(h->lua, h->state, h->command);
    if (kh_hearing_call(h, 1) == KH_ANSWER_VALUE && !lua_isboolean(h->lua, -1)) {
        kh_read_begin(&reader, h->lua, -1, "on_command");
        kh_read_known(&reader, words);
        if (kh_read_push(&reader, "actions")) {
            kh_actions_read(h);
            lua_pop(h->lua, 1);
        }
    }
    lua_pop(h->lua, 1);
}

/* The event of an answer tells only the ask's number, and the ask is gone by then. */
static void remember_ask(struct kh_hearing *h)
{
    const struct kh_ask *ask;

    if (!KH_HAS(&h->command->f, ask))
        return;
    ask = kh_state_ask(h->state, h->command->f.ask);
    if (!ask)
        return;
    h->p->asked.id = ask->id;
    h->p->asked.request = ask->request;
    h->p->asked.person = ask->text.person;
    KH_TEXT_SET(h->p->asked.code, ask->text.code);
}

static int run(lua_State *lua)
{
    struct kh_hearing *h = lua_touserdata(lua, 1);

    kh_ctx_push(lua);
    h->ctx = lua_gettop(lua);
    if (h->event) {
        told_by[h->event->type](h);
        return 0;
    }
    hear_command(h);
    if (!h->verdict->refused && asked_by[h->command->type])
        asked_by[h->command->type](h);
    return 0;
}

/* A plugin's error text names its place; what the host found wrong gets the place of the hook. */
static void describe_failure(struct kh_hearing *h, const char *text)
{
    lua_Debug ar = { .linedefined = 1 };

    if (kh_problems_has_place(text)) {
        KH_TEXT_SET(h->verdict->failure, text);
        return;
    }
    if (h->p->hook_ref[h->hook] != LUA_NOREF) {
        lua_rawgeti(h->lua, LUA_REGISTRYINDEX, h->p->hook_ref[h->hook]);
        lua_getinfo(h->lua, ">S", &ar);
    }
    snprintf(h->verdict->failure, sizeof(h->verdict->failure), "%s:%d: %s: %s", h->p->chunk,
             ar.linedefined, kh_hook_names[h->hook], text);
}

static void hold(struct kh_hearing *h, const struct kh_state *state, int64_t at_ms)
{
    struct kh_procedure *p = h->p;

    clear(h->verdict);
    h->state = p->state = state;
    h->lua = p->sandbox.lua;
    p->now_ms = at_ms;
    lua_pushcfunction(h->lua, run);
    lua_pushlightuserdata(h->lua, h);
    if (!kh_sandbox_call(&p->sandbox, 1, 0, KH_SANDBOX_HOOK_MS)) {
        clear(h->verdict);
        h->verdict->failed = true;
        describe_failure(h, lua_tostring(h->lua, -1));
        if (h->entry) {
            h->entry->failed = true;
            KH_TEXT_SET(h->entry->verdict, h->verdict->failure);
        }
    }
    lua_settop(h->lua, 0);
    p->state = NULL;
}

/* A secret vote takes no choice that would be written down beside its voter. */
static bool is_secret_cast(const struct kh_hearing *h)
{
    const struct kh_vote *vote;

    if (h->command->type != KH_CMD_VOTE_CAST)
        return false;
    vote = kh_state_vote(h->state, h->command->f.vote);
    return vote && vote->ballot.secrecy == KH_SECRECY_SECRET;
}

/* What holds also when the plugin errs: only declared kinds, by those who may ask. */
static bool is_out_of_words(struct kh_hearing *h)
{
    const struct kh_fields *f = &h->command->f;
    const struct kh_kind *kind;

    if (is_secret_cast(h)) {
        kh_hearing_refuse_core(h, KH_REFUSAL_SECRET_FORM);
        return true;
    }
    if (h->command->type != KH_CMD_FLOOR_REQUEST && h->command->type != KH_CMD_FLOOR_GRANT)
        return false;
    kind = kh_vocabulary_kind(&h->p->vocabulary, f->kind);
    if (!kind && KH_HAS(f, kind))
        kh_hearing_refuse_core(h, KH_REFUSAL_NO_KIND);
    if (!kind || h->command->type == KH_CMD_FLOOR_GRANT)
        return h->verdict->refused;
    if (!(kh_state_roles(h->state, h->command->actor) & kind->roles))
        kh_hearing_refuse_core(h, KH_REFUSAL_ROLE);
    else if (kind->target == KH_TARGET_REQUIRED && !KH_HAS(f, target))
        kh_hearing_refuse_core(h, KH_REFUSAL_FIELD);
    else if (h->state->list_closed && !kind->after_close)
        kh_hearing_refuse_core(h, KH_REFUSAL_LIST_CLOSED);
    return h->verdict->refused;
}

/* A result always has its numbers in words, also when no hook gave any. */
static void set_default_result(struct kh_hearing *h)
{
    const struct kh_vote *vote;

    bool closes = h->command->type == KH_CMD_VOTE_CLOSE || h->command->type == KH_CMD_VOTE_ANNOUNCE;

    if (!closes || h->verdict->refused || h->verdict->terms.result)
        return;
    vote = kh_state_vote(h->state, h->command->f.vote);
    if (!vote || !kh_vote_is_countable(vote))
        return;
    kh_vote_judge(h->state, vote, &h->verdict->result);
    h->verdict->terms.result = &h->verdict->result;
}

/* The lane is the procedure's declared one even when its hook fails. */
static void set_declared_lane(struct kh_hearing *h)
{
    const struct kh_kind *kind = kh_vocabulary_kind(&h->p->vocabulary, h->command->f.kind);
    const struct kh_lane *lane = kind ? kh_vocabulary_lane(&h->p->vocabulary, kind->lane) : NULL;

    if (!lane)
        return;
    KH_TEXT_SET(h->verdict->terms.lane, lane->id);
    h->verdict->terms.rank = lane->rank;
}

void kh_procedure_ask(struct kh_procedure *procedure, const struct kh_state *state,
                      const struct kh_command *command, struct kh_verdict *verdict)
{
    struct kh_hearing h = {
        .p = procedure, .state = state, .command = command, .verdict = verdict
    };

    clear(verdict);
    if (is_out_of_words(&h))
        return;
    remember_ask(&h);
    hold(&h, state, command->at_ms);
    set_default_result(&h);
    if (verdict->failed && command->type == KH_CMD_FLOOR_REQUEST)
        set_declared_lane(&h);
    kh_preempt_ask(procedure, state, command, verdict);
}

void kh_procedure_tell(struct kh_procedure *procedure, const struct kh_state *state,
                       const struct kh_event *event, struct kh_verdict *verdict)
{
    struct kh_hearing h = { .p = procedure, .event = event, .verdict = verdict };

    clear(verdict);
    if (told_by[event->type])
        hold(&h, state, event->at_ms);
    kh_preempt_tell(procedure, state, event, verdict);
}

json_t *kh_procedure_trace(const struct kh_procedure *procedure, unsigned max)
{
    return kh_trace_json(&procedure->trace, max);
}
