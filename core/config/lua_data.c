#include "config/lua_data.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

enum { DEPTH_MAX = 16, VALUES_MAX = 100000, STEPS_MAX = 1000000, MEMORY_MAX_BYTES = 16 << 20 };

/* A table on its way into JSON. */
struct walk {
    lua_State *lua;
    unsigned values;
    const char *problem; /* NULL: none so far */
};

static json_t *value_at(struct walk *walk, int index, int depth);

static json_t *list_at(struct walk *walk, int index, lua_Integer n, int depth)
{
    json_t *list = json_array();

    for (lua_Integer i = 1; i <= n && !walk->problem; i++) {
        lua_rawgeti(walk->lua, index, i);
        json_array_append_new(list, value_at(walk, -1, depth + 1));
        lua_pop(walk->lua, 1);
    }
    return list;
}

static json_t *object_at(struct walk *walk, int index, int depth)
{
    json_t *object = json_object();

    lua_pushnil(walk->lua);
    while (lua_next(walk->lua, index)) {
        if (lua_type(walk->lua, -2) == LUA_TSTRING && !walk->problem)
            json_object_set_new(object, lua_tostring(walk->lua, -2), value_at(walk, -1, depth + 1));
        lua_pop(walk->lua, 1);
    }
    return object;
}

static json_t *text_at(struct walk *walk, int index)
{
    json_t *text = json_string(lua_tostring(walk->lua, index));

    if (text)
        return text;
    walk->problem = "it has a text that is not UTF-8";
    return json_null();
}

static json_t *table_at(struct walk *walk, int index, int depth)
{
    lua_Integer n = (lua_Integer)lua_rawlen(walk->lua, index);

    if (depth > DEPTH_MAX) {
        walk->problem = "its tables are nested too deeply (does one hold itself?)";
        return json_null();
    }
    return n > 0 ? list_at(walk, index, n, depth) : object_at(walk, index, depth);
}

static json_t *value_at(struct walk *walk, int index, int depth)
{
    lua_State *lua = walk->lua;

    index = lua_absindex(lua, index);
    if (walk->values++ == VALUES_MAX)
        walk->problem = "it holds too many values";
    switch (lua_type(lua, index)) {
    case LUA_TSTRING:
        return text_at(walk, index);
    case LUA_TBOOLEAN:
        return json_boolean(lua_toboolean(lua, index));
    case LUA_TNUMBER:
        return lua_isinteger(lua, index) ? json_integer(lua_tointeger(lua, index))
                                         : json_real(lua_tonumber(lua, index));
    case LUA_TTABLE:
        return table_at(walk, index, depth);
    default:
        return json_null();
    }
}

static void stop(lua_State *lua, lua_Debug *debug)
{
    (void)debug;
    luaL_where(lua, 0); /* the line that is running */
    lua_pushliteral(lua, "the file does not end (a loop?)");
    lua_concat(lua, 2);
    lua_error(lua);
}

/* Lua's memory, with an end to it: @user counts the bytes. */
static void *allocate(void *user, void *old, size_t old_bytes, size_t bytes)
{
    size_t *used = user;
    size_t before = old ? old_bytes : 0;

    if (bytes > before && *used + bytes - before > MEMORY_MAX_BYTES)
        return NULL;
    *used = *used - before + bytes;
    if (bytes > 0)
        return realloc(old, bytes);
    free(old);
    return NULL;
}

static enum kh_err run(lua_State *lua, const char *path, json_t **out, struct kh_error *error)
{
    struct walk walk = { .lua = lua };

    lua_sethook(lua, stop, LUA_MASKCOUNT, STEPS_MAX);
    int problem = luaL_loadfilex(lua, path, "t");
    if (problem == LUA_OK)
        problem = lua_pcall(lua, 0, 1, 0);
    if (problem == LUA_ERRMEM)
        return kh_err_set(error, KH_ERR_INVALID, "%s:1: it needs too much memory (a loop?)", path);
    if (problem != LUA_OK)
        return kh_err_set(error, KH_ERR_INVALID, "%s", lua_tostring(lua, -1));
    if (!lua_istable(lua, -1))
        return kh_err_set(error, KH_ERR_INVALID, "%s:1: it must return a table (return { … })",
                          path);
    json_t *value = value_at(&walk, -1, 0);
    if (walk.problem) {
        json_decref(value);
        return kh_err_set(error, KH_ERR_INVALID, "%s:1: %s", path, walk.problem);
    }
    *out = value;
    return KH_OK;
}

enum kh_err kh_lua_data_load(const char *path, json_t **out, struct kh_error *error)
{
    size_t used = 0;
    lua_State *lua = lua_newstate(allocate, &used);

    if (!lua)
        return kh_err_set(error, KH_ERR_NOMEM, "out of memory");
    enum kh_err err = run(lua, path, out, error);
    lua_close(lua);
    return err;
}
