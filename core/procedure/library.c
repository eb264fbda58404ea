#include "procedure/library.h"

#include "procedure/sandbox.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Places in the registry. */
static const char ENV, MODULES, LOG, FROZEN;

/* No searching and repeating (one call can take for ever), no byte code, no chance; see the tests
 * in tests/unit/procedure/hostile. */
static const char *const string_words[] = { "byte",    "char", "format", "len", "lower",
                                            "reverse", "sub",  "upper",  NULL };
static const char *const table_words[] = { "concat", "insert", "pack", "remove",
                                           "sort",   "unpack", NULL };
static const char *const math_words[] = { "abs",       "ceil",       "floor", "fmod",       "huge",
                                          "max",       "maxinteger", "min",   "mininteger", "modf",
                                          "tointeger", "type",       "ult",   NULL };
static const char *const base_words[] = { "assert",   "error", "ipairs",   "pcall", "select",
                                          "tonumber", "type",  "_VERSION", NULL };

static bool is_listed(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

/* The library tables themselves are trimmed: ("x"):find() reaches them through the strings'
 * metatable, whatever the environment says. */
static void trim(lua_State *lua, const char *const *list)
{
    lua_pushnil(lua);
    while (lua_next(lua, -2)) {
        lua_pop(lua, 1);
        if (lua_type(lua, -1) == LUA_TSTRING && !is_listed(lua_tostring(lua, -1), list)) {
            lua_pushvalue(lua, -1);
            lua_pushnil(lua); /* clearing a field during a traversal is allowed */
            lua_rawset(lua, -4);
        }
    }
}

static void give_library(lua_State *lua, int env, const char *name, lua_CFunction open,
                         const char *const *list)
{
    luaL_requiref(lua, name, open, 0);
    trim(lua, list);
    lua_setfield(lua, env, name);
}

/* --- pairs: sorted, so that every run decides alike --- */

/* Numbers before texts before the rest, each rising. */
static int key_less(lua_State *lua)
{
    int a = lua_type(lua, 1), b = lua_type(lua, 2);
    bool less;

    if (a != b)
        less = a == LUA_TNUMBER || (a == LUA_TSTRING && b != LUA_TNUMBER);
    else if (a == LUA_TNUMBER || a == LUA_TSTRING)
        less = lua_compare(lua, 1, 2, LUA_OPLT);
    else
        less = a == LUA_TBOOLEAN && lua_toboolean(lua, 1) < lua_toboolean(lua, 2);
    lua_pushboolean(lua, less);
    return 1;
}

/* Upvalues: the table, its sorted keys, the place. */
static int pairs_step(lua_State *lua)
{
    lua_Integer place = lua_tointeger(lua, lua_upvalueindex(3)) + 1;

    lua_pushinteger(lua, place);
    lua_replace(lua, lua_upvalueindex(3));
    if (lua_rawgeti(lua, lua_upvalueindex(2), place) == LUA_TNIL)
        return 1;
    lua_pushvalue(lua, -1);
    lua_rawget(lua, lua_upvalueindex(1));
    return 2;
}

/* Push the table behind a read-only view, or the table itself. */
static void push_behind(lua_State *lua, int index)
{
    index = lua_absindex(lua, index);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &FROZEN);
    lua_pushvalue(lua, index);
    if (lua_rawget(lua, -2) != LUA_TTABLE) {
        lua_pop(lua, 1);
        lua_pushvalue(lua, index);
    }
    lua_remove(lua, -2);
}

static int pairs(lua_State *lua)
{
    lua_Integer n = 0;

    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    push_behind(lua, 1);
    lua_replace(lua, 1);
    lua_newtable(lua); /* 2: keys */
    lua_pushnil(lua);
    while (lua_next(lua, 1)) {
        lua_pop(lua, 1);
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, 2, ++n);
    }
    lua_pushvalue(lua, lua_upvalueindex(1)); /* table.sort */
    lua_pushvalue(lua, 2);
    lua_pushcfunction(lua, key_less);
    lua_call(lua, 2, 0);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, pairs_step, 3);
    return 1;
}

/* --- small helpers --- */

/* tostring() without addresses, which would differ from run to run. */
static int to_text(lua_State *lua)
{
    luaL_checkany(lua, 1);
    if (lua_type(lua, 1) == LUA_TTABLE || lua_type(lua, 1) >= LUA_TFUNCTION)
        lua_pushstring(lua, luaL_typename(lua, 1));
    else
        luaL_tolstring(lua, 1, NULL);
    return 1;
}

/* string.format() without addresses: no %p, and tables and functions by their type alone. */
static int format(lua_State *lua)
{
    const char *text = luaL_checkstring(lua, 1);
    int n = lua_gettop(lua);

    for (const char *at = strchr(text, '%'); at; at = strchr(at, '%')) {
        at += 1 + strspn(at + 1, "-+ #0123456789.");
        if (*at == 'p')
            return luaL_error(lua, "string.format: %%p is not for procedures");
        at += *at != '\0';
    }
    for (int i = 2; i <= n; i++) {
        if (lua_type(lua, i) != LUA_TTABLE && lua_type(lua, i) < LUA_TFUNCTION)
            continue;
        lua_pushstring(lua, luaL_typename(lua, i));
        lua_replace(lua, i);
    }
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, n, 1);
    return 1;
}

static int no_global(lua_State *lua)
{
    return luaL_error(lua, "global variable '%s': write 'local' before it",
                      lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "?");
}

static int no_name(lua_State *lua)
{
    return luaL_error(lua, "'%s' is not known here (a typing error, or not allowed in a procedure)",
                      lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "?");
}

static int read_only(lua_State *lua)
{
    return luaL_error(lua, "this table is read-only: copy what you want to change");
}

static int frozen_len(lua_State *lua)
{
    push_behind(lua, 1);
    lua_pushinteger(lua, (lua_Integer)lua_rawlen(lua, -1));
    return 1;
}

void kh_sandbox_freeze(lua_State *lua)
{
    lua_newtable(lua);          /* table, view */
    lua_createtable(lua, 0, 4); /* table, view, meta */
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, read_only);
    lua_setfield(lua, -2, "__newindex");
    lua_pushcfunction(lua, frozen_len);
    lua_setfield(lua, -2, "__len");
    lua_setmetatable(lua, -2);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &FROZEN); /* table, view, frozen */
    lua_pushvalue(lua, -2);
    lua_pushvalue(lua, -4);
    lua_rawset(lua, -3);
    lua_pop(lua, 1);
    lua_remove(lua, -2);
}

/* refuse(code, {vi=, en=}, rule): the answer "no", with its words. */
static int refuse(lua_State *lua)
{
    static const char *const words[] = { "vi", "en" };

    luaL_argcheck(lua, lua_type(lua, 1) == LUA_TSTRING, 1, "the code, a short word, is wanted");
    luaL_argcheck(lua, lua_type(lua, 2) == LUA_TTABLE, 2, "{ vi = ..., en = ... } is wanted");
    luaL_argcheck(lua, lua_type(lua, 3) == LUA_TSTRING, 3, "the rule's number is wanted");
    lua_createtable(lua, 0, 5);
    lua_pushboolean(lua, true);
    lua_setfield(lua, -2, "refused");
    lua_pushvalue(lua, 1);
    lua_setfield(lua, -2, "code");
    for (unsigned i = 0; i < 2; i++) {
        if (lua_getfield(lua, 2, words[i]) != LUA_TSTRING)
            return luaL_error(lua, "refuse(\"%s\"): the words in '%s' are missing",
                              lua_tostring(lua, 1), words[i]);
        lua_setfield(lua, -2, words[i]);
    }
    lua_pushvalue(lua, 3);
    lua_setfield(lua, -2, "rule");
    return 1;
}

struct log_to {
    kh_library_log *log;
    void *user;
};

static int log_text(lua_State *lua)
{
    const struct log_to *to;
    const char *text = luaL_checkstring(lua, 1);

    lua_rawgetp(lua, LUA_REGISTRYINDEX, &LOG);
    to = lua_touserdata(lua, -1);
    if (to && to->log)
        to->log(to->user, text);
    return 0;
}

void kh_library_set_log(lua_State *lua, kh_library_log *log, void *user)
{
    struct log_to *to;

    lua_rawgetp(lua, LUA_REGISTRYINDEX, &LOG);
    to = lua_touserdata(lua, -1);
    *to = (struct log_to){ log, user };
    lua_pop(lua, 1);
}

/* --- require: modules of plugins/lib, text only, each once --- */

static bool is_module_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return n > 0 && n < 64 && name[n] == '\0';
}

static int require(lua_State *lua)
{
    const struct kh_sandbox *sandbox = kh_sandbox_of(lua);
    const char *name = luaL_checkstring(lua, 1);
    char path[1024], chunk[80];

    lua_settop(lua, 1);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &MODULES); /* 2 */
    if (lua_getfield(lua, 2, name) != LUA_TNIL) {
        if (lua_type(lua, -1) == LUA_TBOOLEAN)
            return luaL_error(lua, "require '%s': it requires itself", name);
        return 1;
    }
    if (!is_module_name(name) || !sandbox->lib_dir)
        return luaL_error(lua, "require '%s': only modules of plugins/lib can be had", name);
    if (sandbox->sealed)
        return luaL_error(lua, "require '%s': write it at the top of the file", name);
    snprintf(path, sizeof(path), "%s/%s.lua", sandbox->lib_dir, name);
    snprintf(chunk, sizeof(chunk), "lib/%s.lua", name);
    lua_pushboolean(lua, false);
    lua_setfield(lua, 2, name);
    if (!kh_sandbox_load(lua, path, chunk))
        return lua_error(lua);
    lua_call(lua, 0, 1);
    if (lua_type(lua, -1) != LUA_TTABLE && lua_type(lua, -1) != LUA_TFUNCTION)
        return luaL_error(lua, "%s:1: the module returns nothing (end it with 'return M')", chunk);
    lua_pushvalue(lua, -1);
    lua_setfield(lua, 2, name);
    return 1;
}

void kh_sandbox_push_env(lua_State *lua)
{
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &ENV);
}

static void give_base(lua_State *lua, int env)
{
    static const luaL_Reg own[] = { { "tostring", to_text },
                                    { "refuse", refuse },
                                    { "log", log_text },
                                    { "require", require },
                                    { NULL, NULL } };

    luaL_requiref(lua, "_G", luaopen_base, 0);
    for (const char *const *word = base_words; *word; word++) {
        lua_getfield(lua, -1, *word);
        lua_setfield(lua, env, *word);
    }
    lua_pop(lua, 1);
    lua_pushvalue(lua, env);
    luaL_setfuncs(lua, own, 0);
    lua_getfield(lua, env, "string");
    lua_getfield(lua, -1, "format");
    lua_pushcclosure(lua, format, 1);
    lua_setfield(lua, -2, "format"); /* also for ("..."):format() */
    lua_pop(lua, 1);
    lua_getfield(lua, env, "table");
    lua_getfield(lua, -1, "sort");
    lua_pushcclosure(lua, pairs, 1);
    lua_setfield(lua, env, "pairs");
    lua_pop(lua, 2);
    /* The state's own globals are not what plugins see; nothing of the base library stays there. */
    lua_newtable(lua);
    lua_rawseti(lua, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

/* Library names are given here as plain tables under names that a plugin may not assign. */
static void close_env(lua_State *lua, int env)
{
    lua_createtable(lua, 0, 2);
    lua_pushcfunction(lua, no_name);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, no_global);
    lua_setfield(lua, -2, "__newindex");
    lua_setmetatable(lua, env);
}

int kh_library_open(lua_State *lua)
{
    struct log_to *to;
    int env;

    lua_newtable(lua);
    env = lua_gettop(lua);
    lua_createtable(lua, 0, 1); /* views are keys by identity; they die with the state's need */
    lua_createtable(lua, 0, 1);
    lua_pushliteral(lua, "k");
    lua_setfield(lua, -2, "__mode");
    lua_setmetatable(lua, -2);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &FROZEN);
    lua_newtable(lua);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &MODULES);
    to = lua_newuserdatauv(lua, sizeof(*to), 0);
    memset(to, 0, sizeof(*to));
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &LOG);
    give_library(lua, env, "string", luaopen_string, string_words);
    give_library(lua, env, "table", luaopen_table, table_words);
    give_library(lua, env, "math", luaopen_math, math_words);
    give_base(lua, env);
    close_env(lua, env);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &ENV);
    return 0;
}
