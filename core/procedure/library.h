/* library.h - what a plugin finds in its environment, and nothing else.
 *
 * Engine thread only; used by sandbox.c alone. Owns nothing. */
#ifndef KH_PROCEDURE_LIBRARY_H
#define KH_PROCEDURE_LIBRARY_H

#include <lua.h>

/* A lua_CFunction: builds the environment of a fresh state. */
int kh_library_open(lua_State *lua);

/* Called with every text a plugin gives to log(). May be NULL. */
typedef void kh_library_log(void *user, const char *text);
void kh_library_set_log(lua_State *lua, kh_library_log *log, void *user);

#endif
