#include "config/lua_data.h"

#include <lauxlib.h>
#include <lua.h>

enum { DEPTH_MAX = 16, STEPS_MAX = 1000000 };

static json_t *value_at(lua_State *lua, int index, int depth);

static json_t *list_at(lua_State *lua, int index, lua_Integer n, int depth)
{
    json_t *list = json_array();

    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(lua, index, i);
        json_array_append_new(list, value_at(lua, -1, depth + 1));
        lua_pop(lua, 1);
    }
    return list;
}

static json_t *object_at(lua_State *lua, int index, int depth)
{
    json_t *object = json_object();

    lua_pushnil(lua);
    while (lua_next(lua, index)) {
        if (lua_type(lua, -2) == LUA_TSTRING)
            json_object_set_new(object, lua_tostring(lua, -2), value_at(lua, -1, depth + 1));
        lua_pop(lua, 1);
    }
    return object;
}

static json_t *value_at(lua_State *lua, int index, int depth)
{
    index = lua_absindex(lua, index);
    switch (lua_type(lua, index)) {
    case LUA_TSTRING:
        return json_string(lua_tostring(lua, index));
    case LUA_TBOOLEAN:
        return json_boolean(lua_toboolean(lua, index));
    case LUA_TNUMBER:
        return lua_isinteger(lua, index) ? json_integer(lua_tointeger(lua, index))
                                         : json_real(lua_tonumber(lua, index));
    case LUA_TTABLE: {
        lua_Integer n = (lua_Integer)lua_rawlen(lua, index);
        if (depth > DEPTH_MAX)
            return json_null();
        return n > 0 ? list_at(lua, index, n, depth) : object_at(lua, index, depth);
    }
    default:
        return json_null();
    }
}

static void stop(lua_State *lua, lua_Debug *debug)
{
    (void)debug;
    luaL_error(lua, "the file does not end (a loop?)");
}

enum kh_err kh_lua_data_load(const char *path, json_t **out, struct kh_error *error)
{
    lua_State *lua = luaL_newstate();
    enum kh_err err = KH_OK;

    if (!lua)
        return kh_err_set(error, KH_ERR_NOMEM, "out of memory");
    lua_sethook(lua, stop, LUA_MASKCOUNT, STEPS_MAX);
    if (luaL_loadfilex(lua, path, "t") != LUA_OK || lua_pcall(lua, 0, 1, 0) != LUA_OK)
        err = kh_err_set(error, KH_ERR_INVALID, "%s", lua_tostring(lua, -1));
    else if (!lua_istable(lua, -1))
        err =
            kh_err_set(error, KH_ERR_INVALID, "%s:1: it must return a table (return { … })", path);
    else
        *out = value_at(lua, -1, 0);
    lua_close(lua);
    return err;
}
