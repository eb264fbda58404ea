/* ctx.body and ctx.presence: who belongs to the body, and who is here. */
#include "procedure/host.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static void set_text(lua_State *lua, const char *name, const char *text)
{
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, name);
}

static void set_bool(lua_State *lua, const char *name, bool value)
{
    lua_pushboolean(lua, value);
    lua_setfield(lua, -2, name);
}

static void set_int(lua_State *lua, const char *name, int64_t value)
{
    lua_pushinteger(lua, value);
    lua_setfield(lua, -2, name);
}

static void push_roles(lua_State *lua, uint32_t roles)
{
    lua_newtable(lua);
    for (unsigned i = 0; i < KH_ROLES; i++)
        if (roles >> i & 1)
            set_bool(lua, kh_role_words[i], true);
    kh_sandbox_freeze(lua);
}

static void push_member(lua_State *lua, const struct kh_profile *profile)
{
    lua_createtable(lua, 0, 12);
    set_text(lua, "id", profile->id);
    set_text(lua, "name", profile->name);
    set_text(lua, "title", profile->title);
    set_text(lua, "group", profile->group);
    set_text(lua, "seat", profile->seat);
    set_text(lua, "birth", profile->birth);
    set_int(lua, "weight", profile->weight);
    set_bool(lua, "in_office", profile->in_office);
    set_bool(lua, "can_vote", profile->can_vote);
    push_roles(lua, profile->roles);
    lua_setfield(lua, -2, "roles");
    kh_sandbox_freeze(lua);
}

/* Groups in the order of the roster: { id, size } of voting members in office. */
static void add_to_group(lua_State *lua, int groups, const struct kh_profile *profile)
{
    if (profile->group[0] == '\0')
        return;
    if (lua_getfield(lua, groups, profile->group) == LUA_TNIL) {
        lua_pop(lua, 1);
        lua_createtable(lua, 0, 2);
        set_text(lua, "id", profile->group);
        set_int(lua, "size", 0);
        lua_pushvalue(lua, -1);
        lua_setfield(lua, groups, profile->group);
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, groups, (lua_Integer)lua_rawlen(lua, groups) + 1);
    }
    lua_getfield(lua, -1, "size");
    lua_pushinteger(lua, lua_tointeger(lua, -1) + (profile->in_office && profile->can_vote));
    lua_setfield(lua, -3, "size");
    lua_pop(lua, 2);
}

static void freeze_groups(lua_State *lua, int groups)
{
    lua_Integer n = (lua_Integer)lua_rawlen(lua, groups);

    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(lua, groups, i);
        lua_getfield(lua, -1, "id");
        lua_insert(lua, -2);
        kh_sandbox_freeze(lua);
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, groups, i);
        lua_rawset(lua, groups); /* by its id too */
    }
}

static void build_body(lua_State *lua, const struct kh_state *state)
{
    unsigned in_office = 0, seats = 0;
    int body, members, groups;

    lua_newtable(lua);
    body = lua_gettop(lua);
    lua_createtable(lua, (int)state->n_members, (int)state->n_members);
    members = lua_gettop(lua);
    lua_newtable(lua);
    groups = lua_gettop(lua);
    for (unsigned i = 0; i < state->n_members; i++) {
        const struct kh_profile *profile = &state->members[i].profile;
        push_member(lua, profile);
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, members, i + 1);
        lua_setfield(lua, members, profile->id);
        add_to_group(lua, groups, profile);
        in_office += profile->in_office && profile->can_vote;
        seats += (profile->roles & KH_ROLE_DELEGATE) != 0;
    }
    freeze_groups(lua, groups);
    kh_sandbox_freeze(lua);
    lua_setfield(lua, body, "groups");
    kh_sandbox_freeze(lua);
    lua_setfield(lua, body, "members");
    set_int(lua, "in_office", in_office);
    set_int(lua, "seats", seats);
    kh_sandbox_freeze(lua);
}

static bool is_same_roster(const struct kh_procedure *p)
{
    if (p->body_ref == LUA_NOREF || p->n_profiles != p->state->n_members)
        return false;
    for (unsigned i = 0; i < p->n_profiles; i++)
        if (memcmp(&p->profiles[i], &p->state->members[i].profile, sizeof(p->profiles[i])) != 0)
            return false;
    return true;
}

static bool keep_roster(struct kh_procedure *p)
{
    unsigned n = p->state->n_members;

    if (n > p->profiles_room) {
        struct kh_profile *more = realloc(p->profiles, n * sizeof(*more));
        if (!more)
            return false;
        p->profiles = more;
        p->profiles_room = n;
    }
    for (unsigned i = 0; i < n; i++)
        memcpy(&p->profiles[i], &p->state->members[i].profile, sizeof(p->profiles[i]));
    p->n_profiles = n;
    return true;
}

void kh_ctx_push_body(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    if (is_same_roster(p)) {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, p->body_ref);
        return;
    }
    luaL_unref(lua, LUA_REGISTRYINDEX, p->body_ref);
    p->body_ref = LUA_NOREF;
    build_body(lua, p->state);
    if (!keep_roster(p))
        return; /* made anew each time */
    lua_pushvalue(lua, -1);
    p->body_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
}

/* --- presence --- */

static void push_here(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_pushinteger(lua, kh_state_present(p->state));
}

static void push_in_office(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_pushinteger(lua, kh_state_in_office(p->state));
}

static void push_list(lua_State *lua, struct kh_procedure *p, const char *name)
{
    lua_Integer n = 0;

    (void)name;
    lua_newtable(lua);
    for (unsigned i = 0; i < p->state->n_members; i++) {
        if (p->state->members[i].presence != KH_PRESENT)
            continue;
        lua_pushstring(lua, p->state->members[i].profile.id);
        lua_rawseti(lua, -2, ++n);
    }
}

static void push_is(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_createtable(lua, 0, (int)p->state->n_members);
    for (unsigned i = 0; i < p->state->n_members; i++)
        set_text(lua, p->state->members[i].profile.id,
                 kh_presence_words[p->state->members[i].presence]);
}

static void push_remote(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_newtable(lua);
    for (unsigned i = 0; i < p->state->n_members; i++)
        if (p->state->members[i].remote)
            set_bool(lua, p->state->members[i].profile.id, true);
}

/* Those whose connection is lost, as long as lost_after says. */
static void push_lost(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_newtable(lua);
    for (unsigned i = 0; i < p->state->n_members; i++)
        if (p->state->members[i].lost)
            set_bool(lua, p->state->members[i].profile.id, true);
}

static void push_in_hall(lua_State *lua, struct kh_procedure *p, const char *name)
{
    unsigned n = 0;

    (void)name;
    for (unsigned i = 0; i < p->state->n_members; i++) {
        const struct kh_member *m = &p->state->members[i];
        n += m->presence == KH_PRESENT && !m->remote && m->profile.in_office && m->profile.can_vote;
    }
    lua_pushinteger(lua, n);
}

/* Whose vote is in whose hands: giver -> holder. */
static void push_proxies(lua_State *lua, struct kh_procedure *p, const char *name)
{
    (void)name;
    lua_newtable(lua);
    for (unsigned i = 0; i < p->state->n_members; i++) {
        kh_person holder = p->state->members[i].proxy;
        if (holder == 0)
            continue;
        kh_ctx_push_person(lua, p->state, (kh_person)(holder - 1));
        lua_setfield(lua, -2, p->state->members[i].profile.id);
    }
}

void kh_ctx_push_presence(lua_State *lua, struct kh_procedure *p, const char *name)
{
    static const struct kh_lazy parts[] = {
        { "count", push_here },      { "in_office", push_in_office }, { "list", push_list },
        { "is", push_is },           { "remote", push_remote },       { "in_hall", push_in_hall },
        { "proxies", push_proxies }, { "lost", push_lost },           { NULL, NULL },
    };

    (void)p;
    (void)name;
    kh_ctx_push_lazy(lua, parts, "ctx.presence");
}
