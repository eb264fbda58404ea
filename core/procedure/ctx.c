/* ctx: what a plugin may read (procedures.md section 5.2). Parts are made when first read. */
#include "procedure/host.h"

#include <lauxlib.h>
#include <string.h>

struct kh_procedure *kh_host_of(lua_State *lua)
{
    return (struct kh_procedure *)kh_sandbox_of(lua);
}

void kh_ctx_push_person(lua_State *lua, const struct kh_state *state, kh_person person)
{
    if (person < state->n_members)
        lua_pushstring(lua, state->members[person].profile.id);
    else
        lua_pushnil(lua);
}

void kh_ctx_push_item_id(lua_State *lua, const struct kh_state *state, kh_item item)
{
    if (item < state->n_items)
        lua_pushstring(lua, state->items[item].text.id);
    else
        lua_pushnil(lua);
}

/* Whole seconds stay integers, so that they print and compare as people expect. */
void kh_ctx_push_seconds(lua_State *lua, int64_t ms)
{
    if (ms % 1000 == 0)
        lua_pushinteger(lua, ms / 1000);
    else
        lua_pushnumber(lua, (double)ms / 1000.0);
}

/* --- lazy tables --- */

static int lazy_index(lua_State *lua)
{
    const struct kh_lazy *part = lua_touserdata(lua, lua_upvalueindex(1));
    const char *what = lua_touserdata(lua, lua_upvalueindex(2));
    struct kh_procedure *p = kh_host_of(lua);
    const char *name;

    if (lua_type(lua, 2) != LUA_TSTRING) {
        lua_pushnil(lua);
        return 1;
    }
    if (!p->state)
        return luaL_error(lua, "%s: can only be read inside a hook", what);
    name = lua_tostring(lua, 2);
    while (part->name && strcmp(part->name, name) != 0)
        part++;
    if (!part->push)
        return luaL_error(lua, "%s has no '%s'", what, name);
    part->push(lua, p, name);
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, 1);
    return 1;
}

static int lazy_newindex(lua_State *lua)
{
    return luaL_error(lua, "ctx is read-only: copy what you want to change");
}

void kh_ctx_push_lazy(lua_State *lua, const struct kh_lazy *parts, const char *what)
{
    lua_newtable(lua);
    if (lua_rawgetp(lua, LUA_REGISTRYINDEX, parts) == LUA_TNIL) {
        lua_pop(lua, 1);
        lua_createtable(lua, 0, 2);
        lua_pushlightuserdata(lua, (void *)parts);
        lua_pushlightuserdata(lua, (void *)what);
        lua_pushcclosure(lua, lazy_index, 2);
        lua_setfield(lua, -2, "__index");
        lua_pushcfunction(lua, lazy_newindex);
        lua_setfield(lua, -2, "__newindex");
        lua_pushvalue(lua, -1);
        lua_rawsetp(lua, LUA_REGISTRYINDEX, parts);
    }
    lua_setmetatable(lua, -2);
}

/* --- strict tables: a typing error in a field's name is found where it stands --- */

static int strict_index(lua_State *lua)
{
    const char *const *optional = lua_touserdata(lua, lua_upvalueindex(1));

    if (lua_type(lua, 2) == LUA_TSTRING && kh_word_find(optional, lua_tostring(lua, 2)) < 0)
        return luaL_error(lua, "there is no field '%s' here", lua_tostring(lua, 2));
    lua_pushnil(lua);
    return 1;
}

void kh_ctx_strict(lua_State *lua, const char *const *optional)
{
    if (lua_rawgetp(lua, LUA_REGISTRYINDEX, optional) == LUA_TNIL) {
        lua_pop(lua, 1);
        lua_createtable(lua, 0, 1);
        lua_pushlightuserdata(lua, (void *)optional);
        lua_pushcclosure(lua, strict_index, 1);
        lua_setfield(lua, -2, "__index");
        lua_pushvalue(lua, -1);
        lua_rawsetp(lua, LUA_REGISTRYINDEX, optional);
    }
    lua_setmetatable(lua, -2);
}

/* --- the small parts --- */

static void push_now(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    kh_ctx_push_seconds(lua, p->now_ms);
}

static void push_settings(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, p->settings_ref);
}

static void push_count(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)p;
    (void)name;
    lua_pushcfunction(lua, kh_ctx_count);
}

static void push_last(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)p;
    (void)name;
    lua_pushcfunction(lua, kh_ctx_last);
}

/* What the procedure stored: a text, or nil. */
static void push_stored(lua_State *lua, struct kh_procedure *p, const char *name)
{
    lua_pushstring(lua, kh_state_stored(p->state, name)); /* NULL: nil */
}

static void push_store(lua_State *lua, struct kh_procedure *p, const char *name)
{
    static const struct kh_lazy parts[] = { { NULL, push_stored } };

    (void)p;
    (void)name;
    kh_ctx_push_lazy(lua, parts, "ctx.store");
}

static void push_choice(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)p;
    (void)name;
    lua_pushcfunction(lua, kh_ctx_choice);
}

static void push_item(lua_State *lua, const struct kh_state *state, kh_item item)
{
    const struct kh_agenda_item *it;

    if (item >= state->n_items) {
        lua_pushnil(lua);
        return;
    }
    it = &state->items[item];
    lua_createtable(lua, 0, 7);
    lua_pushstring(lua, it->text.id);
    lua_setfield(lua, -2, "id");
    lua_pushstring(lua, it->text.vi);
    lua_setfield(lua, -2, "vi");
    lua_pushstring(lua, it->text.en);
    lua_setfield(lua, -2, "en");
    lua_pushstring(lua, it->text.kind);
    lua_setfield(lua, -2, "kind");
    lua_pushstring(lua, kh_item_state_words[it->state]);
    lua_setfield(lua, -2, "state");
    lua_pushinteger(lua, item + 1);
    lua_setfield(lua, -2, "place");
    kh_ctx_push_seconds(lua, it->started_ms);
    lua_setfield(lua, -2, "started");
}

/* --- meeting --- */

static void push_meeting_item(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    push_item(lua, p->state, kh_state_current_item(p->state));
}

static void push_meeting_items(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_createtable(lua, (int)p->state->n_items, 0);
    for (unsigned i = 0; i < p->state->n_items; i++) {
        push_item(lua, p->state, (kh_item)i);
        lua_rawseti(lua, -2, i + 1);
    }
}

static void push_phase(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_pushstring(lua, kh_phase_words[p->state->phase]);
}

static void push_session(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_pushinteger(lua, p->state->session_no);
}

static void push_sitting(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_pushinteger(lua, p->state->sitting_no);
}

static void push_closed(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_pushboolean(lua, p->state->sitting_closed);
}

static void push_list_closed(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_pushboolean(lua, p->state->list_closed);
}

static void push_opened(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    kh_ctx_push_seconds(lua, p->state->sitting_opened_ms);
}

static const struct kh_lazy meeting_parts[] = {
    { "phase", push_phase },       { "session", push_session },         { "sitting", push_sitting },
    { "closed", push_closed },     { "list_closed", push_list_closed }, { "opened", push_opened },
    { "item", push_meeting_item }, { "items", push_meeting_items },     { NULL, NULL },
};

static void push_meeting(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)p;
    (void)name;
    kh_ctx_push_lazy(lua, meeting_parts, "ctx.meeting");
}

static const struct kh_lazy ctx_parts[] = {
    { "body", kh_ctx_push_body },
    { "meeting", push_meeting },
    { "presence", kh_ctx_push_presence },
    { "floor", kh_ctx_push_floor },
    { "queue", kh_ctx_push_queue },
    { "history", kh_ctx_push_history },
    { "ballots", kh_ctx_push_ballots },
    { "now", push_now },
    { "settings", push_settings },
    { "count", push_count },
    { "choice", push_choice },
    { "store", push_store },
    { "last", push_last },
    { NULL, NULL },
};

void kh_ctx_push(lua_State *lua)
{
    kh_ctx_push_lazy(lua, ctx_parts, "ctx");
}
