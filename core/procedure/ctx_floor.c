/* ctx.floor, ctx.queue, ctx.history and ctx.count: who speaks, who waits, who has spoken. */
#include "procedure/host.h"

#include <lauxlib.h>
#include <string.h>

static void set_text(lua_State *lua, const char *name, const char *text)
{
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, name);
}

static void set_int(lua_State *lua, const char *name, int64_t value)
{
    lua_pushinteger(lua, value);
    lua_setfield(lua, -2, name);
}

static void set_seconds(lua_State *lua, const char *name, int64_t ms)
{
    kh_ctx_push_seconds(lua, ms);
    lua_setfield(lua, -2, name);
}

static void set_who(lua_State *lua, const struct kh_state *state, kh_person person,
                    kh_person target, kh_item item)
{
    kh_ctx_push_person(lua, state, person);
    lua_setfield(lua, -2, "person");
    kh_ctx_push_person(lua, state, target);
    lua_setfield(lua, -2, "target");
    kh_ctx_push_item_id(lua, state, item);
    lua_setfield(lua, -2, "item");
}

static int64_t spent_ms(const struct kh_request *r, int64_t now_ms)
{
    return r->spent_ms + (r->run_since_ms ? now_ms - r->run_since_ms : 0);
}

static void set_granted(lua_State *lua, const struct kh_request *r, int64_t now_ms)
{
    set_seconds(lua, "granted", r->granted_ms);
    set_seconds(lua, "spent", spent_ms(r, now_ms));
    if (r->limit_ms)
        set_seconds(lua, "left", r->limit_ms - spent_ms(r, now_ms));
    set_text(lua, "mic", kh_mic_words[r->mic]);
    lua_pushboolean(lua, r->run_since_ms != 0);
    lua_setfield(lua, -2, "running");
    lua_pushboolean(lua, r->expired);
    lua_setfield(lua, -2, "expired");
    lua_pushboolean(lua, r->interrupted);
    lua_setfield(lua, -2, "interrupted");
}

static void push_supporters(lua_State *lua, const struct kh_state *state,
                            const struct kh_request *r)
{
    lua_Integer n = 0;

    lua_newtable(lua);
    for (unsigned i = 0; i < state->n_members && n < r->supporters; i++) {
        if (!kh_bit_get(r->supported_by, i))
            continue;
        lua_pushstring(lua, state->members[i].profile.id);
        lua_rawseti(lua, -2, ++n);
    }
}

void kh_ctx_push_request(lua_State *lua, const struct kh_procedure *p, const struct kh_request *r)
{
    static const char *const optional[] = { "id",          "person",  "target",  "item",
                                            "limit",       "granted", "spent",   "left",
                                            "mic",         "running", "expired", "supporters",
                                            "interrupted", NULL };

    lua_createtable(lua, 0, 20);
    set_int(lua, "id", r->id);
    set_who(lua, p->state, r->person, r->target, r->item);
    set_text(lua, "kind", r->kind);
    set_text(lua, "lane", r->lane);
    set_text(lua, "note", r->note);
    set_text(lua, "state", kh_request_state_words[r->state]);
    set_int(lua, "rank", r->rank);
    set_int(lua, "priority", r->priority);
    set_seconds(lua, "asked", r->asked_ms);
    set_int(lua, "support", r->supporters);
    if (r->supporters) {
        push_supporters(lua, p->state, r);
        lua_setfield(lua, -2, "supporters");
    }
    if (r->limit_ms)
        set_seconds(lua, "limit", r->limit_ms);
    if (r->state == KH_REQUEST_GRANTED)
        set_granted(lua, r, p->now_ms);
    kh_ctx_strict(lua, optional);
}

void kh_ctx_push_speech(lua_State *lua, const struct kh_state *state,
                        const struct kh_speech *speech)
{
    static const char *const optional[] = { "person", "target", "item", NULL };

    lua_createtable(lua, 0, 10);
    set_int(lua, "id", speech->request);
    set_who(lua, state, speech->person, speech->target, speech->item);
    set_text(lua, "kind", speech->kind);
    set_int(lua, "sitting", speech->sitting);
    set_seconds(lua, "granted", speech->started_ms);
    set_seconds(lua, "spent", speech->spent_ms);
    set_seconds(lua, "limit", speech->limit_ms);
    set_text(lua, "why", kh_end_words[speech->end]);
    kh_ctx_strict(lua, optional);
}

/* --- floor --- */

static bool is_speech(const struct kh_request *r)
{
    return r->id != 0 && r->state == KH_REQUEST_GRANTED;
}

static void push_speeches(lua_State *lua, struct kh_procedure *p, const char *name)
{
    lua_Integer n = 0;

    (void)name;
    lua_newtable(lua);
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        if (!is_speech(&p->state->requests[i]))
            continue;
        kh_ctx_push_request(lua, p, &p->state->requests[i]);
        lua_rawseti(lua, -2, ++n);
    }
}

static void push_open(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_pushinteger(lua, kh_state_open_floors(p->state));
}

static void push_max_open(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_pushinteger(lua, p->state->max_open ? p->state->max_open : KH_OPEN_DEFAULT);
}

void kh_ctx_push_floor(lua_State *lua, struct kh_procedure *p, const char *name)
{
    static const struct kh_lazy parts[] = {
        { "speeches", push_speeches },
        { "open", push_open },
        { "max_open", push_max_open },
        { NULL, NULL },
    };

    (void)p;
    (void)name;
    kh_ctx_push_lazy(lua, parts, "ctx.floor");
}

/* --- queue --- */

static void push_pending(lua_State *lua, struct kh_procedure *p, const char *name)
{
    lua_Integer n = 0;

    (void)name;
    lua_newtable(lua);
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &p->state->requests[i];
        if (r->id == 0 || r->state != KH_REQUEST_PENDING)
            continue;
        kh_ctx_push_request(lua, p, r);
        lua_rawseti(lua, -2, ++n);
    }
}

static void push_lane(lua_State *lua, struct kh_procedure *p, const char *name)
{
    uint32_t ids[KH_REQUESTS_MAX];
    bool is_all = strcmp(name, "all") == 0;
    unsigned n;

    if (!is_all && !kh_vocabulary_lane(&p->vocabulary, name))
        luaL_error(lua, "ctx.queue: there is no lane '%s'", name);
    n = kh_state_queue(p->state, is_all ? NULL : name, ids);
    lua_createtable(lua, (int)n, 0);
    for (unsigned i = 0; i < n; i++) {
        kh_ctx_push_request(lua, p, kh_state_request(p->state, ids[i]));
        lua_rawseti(lua, -2, i + 1);
    }
}

void kh_ctx_push_queue(lua_State *lua, struct kh_procedure *p, const char *name)
{
    static const struct kh_lazy parts[] = { { "pending", push_pending }, { NULL, push_lane } };

    (void)p;
    (void)name;
    kh_ctx_push_lazy(lua, parts, "ctx.queue");
}

/* --- history --- */

static unsigned history_first(const struct kh_state *state)
{
    return state->n_history > KH_HISTORY_MAX ? state->n_history - KH_HISTORY_MAX : 0;
}

void kh_ctx_push_history(lua_State *lua, struct kh_procedure *p, const char *name)
{
    lua_Integer n = 0;

    (void)name;
    lua_newtable(lua);
    for (unsigned i = history_first(p->state); i < p->state->n_history; i++) {
        kh_ctx_push_speech(lua, p->state, &p->state->history[i % KH_HISTORY_MAX]);
        lua_rawseti(lua, -2, ++n);
    }
}

int kh_ctx_last(lua_State *lua)
{
    const struct kh_state *state = kh_host_of(lua)->state;
    lua_Integer max = luaL_checkinteger(lua, 1);
    uint32_t had, n = 0;

    if (!state)
        return luaL_error(lua, "ctx.last can only be asked inside a hook");
    had = state->n_history < KH_HISTORY_MAX ? state->n_history : KH_HISTORY_MAX;
    lua_newtable(lua);
    while (n < had && (lua_Integer)n < max) {
        n++;
        kh_ctx_push_speech(lua, state, &state->history[(state->n_history - n) % KH_HISTORY_MAX]);
        lua_rawseti(lua, -2, n);
    }
    return 1;
}

/* What ctx.count looks for; -1 and NULL: anything. */
struct wanted {
    const struct kh_state *state;
    int32_t person, target, item;
    int64_t sitting;
    const char *kind, *group;
};

static int32_t wanted_person(lua_State *lua, const struct kh_state *state, const char *field)
{
    kh_person person;

    if (lua_getfield(lua, 1, field) == LUA_TNIL) {
        lua_pop(lua, 1);
        return -1;
    }
    person = kh_state_person(state, luaL_checkstring(lua, -1));
    lua_pop(lua, 1);
    return person;
}

static const char *wanted_text(lua_State *lua, const char *field)
{
    const char *text = NULL;

    /* The text stays alive: the table on the stack refers to it. */
    if (lua_getfield(lua, 1, field) != LUA_TNIL)
        text = luaL_checkstring(lua, -1);
    lua_pop(lua, 1);
    return text;
}

static bool is_wanted(const struct wanted *w, kh_person person, kh_person target, kh_item item,
                      const char *kind)
{
    const struct kh_state *state = w->state;

    if ((w->person >= 0 && w->person != person) || (w->target >= 0 && w->target != target) ||
        (w->item >= 0 && w->item != item))
        return false;
    if (w->kind && strcmp(w->kind, kind) != 0)
        return false;
    return !w->group || (person < state->n_members &&
                         strcmp(w->group, state->members[person].profile.group) == 0);
}

static void refuse_unknown(lua_State *lua)
{
    static const char *const known[] = { "person", "kind",    "item", "target",
                                         "group",  "sitting", NULL };

    lua_pushnil(lua);
    while (lua_next(lua, 1)) {
        lua_pop(lua, 1);
        if (lua_type(lua, -1) != LUA_TSTRING || kh_word_find(known, lua_tostring(lua, -1)) < 0)
            luaL_error(lua, "ctx.count: only person, kind, item, target, group and sitting "
                            "can be asked for");
    }
}

static void read_wanted(lua_State *lua, const struct kh_state *state, struct wanted *w)
{
    const char *item;

    luaL_checktype(lua, 1, LUA_TTABLE);
    refuse_unknown(lua);
    *w = (struct wanted){ .state = state, .item = -1, .sitting = -1 };
    w->person = wanted_person(lua, state, "person");
    w->target = wanted_person(lua, state, "target");
    w->kind = wanted_text(lua, "kind");
    w->group = wanted_text(lua, "group");
    item = wanted_text(lua, "item");
    if (item)
        w->item = kh_state_item(state, item);
    if (lua_getfield(lua, 1, "sitting") != LUA_TNIL)
        w->sitting = luaL_checkinteger(lua, -1);
    lua_pop(lua, 1);
}

int kh_ctx_count(lua_State *lua)
{
    const struct kh_procedure *p = kh_host_of(lua);
    const struct kh_state *state = p->state;
    struct wanted w;
    int64_t n = 0, ms = 0;

    if (!state)
        return luaL_error(lua, "ctx.count can only be asked inside a hook");
    read_wanted(lua, state, &w);
    for (unsigned i = history_first(state); i < state->n_history; i++) {
        const struct kh_speech *s = &state->history[i % KH_HISTORY_MAX];
        if ((w.sitting >= 0 && w.sitting != s->sitting) ||
            !is_wanted(&w, s->person, s->target, s->item, s->kind))
            continue;
        n++;
        ms += s->spent_ms;
    }
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &state->requests[i];
        if (!is_speech(r) || !is_wanted(&w, r->person, r->target, r->item, r->kind))
            continue;
        n++;
        ms += spent_ms(r, p->now_ms);
    }
    lua_pushinteger(lua, n);
    kh_ctx_push_seconds(lua, ms);
    return 2;
}
