/* lua_data.h - a Lua file that returns a table, as JSON.
 *
 * Engine thread. Runs without any library, at most a million steps in 16 MiB. */
#ifndef KH_CONFIG_LUA_DATA_H
#define KH_CONFIG_LUA_DATA_H

#include "base/err.h"

#include <jansson.h>

/* New reference into @out. KH_ERR_INVALID: @error has "file:line: what". Lists (1..n) become
 * arrays, an empty table becomes an empty object. */
enum kh_err kh_lua_data_load(const char *path, json_t **out, struct kh_error *error);

#endif
