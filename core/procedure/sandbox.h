/* sandbox.h - a Lua 5.4 state that cannot run away: capped memory, time and library.
 *
 * Engine thread only. Owns the Lua state. The cap is against mistakes: text chunks only, 16 MiB, a
 * budget of steps and of time after which every single instruction raises. */
#ifndef KH_PROCEDURE_SANDBOX_H
#define KH_PROCEDURE_SANDBOX_H

#include "base/err.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KH_SANDBOX_BYTES = 16 * 1024 * 1024,
    /* One block: longer texts and tables are never policy, and one instruction on them is slow. */
    KH_SANDBOX_BLOCK_BYTES = 1024 * 1024,
    KH_SANDBOX_FILE_BYTES = 256 * 1024,
    KH_SANDBOX_STRIDE = 100, /* instructions between two looks at the budget */
    KH_SANDBOX_HOOK_MS = 50,
    KH_SANDBOX_LOAD_MS = 500,
    KH_SANDBOX_STEPS_PER_MS = 40000,
};

struct kh_sandbox {
    lua_State *lua;
    size_t used_bytes;
    int64_t steps_left;
    int64_t wall_end_ns, cpu_end_ns;
    int stride;
    bool armed;          /* a call is running */
    bool over;           /* its budget is used up */
    bool sealed;         /* loading is done: require finds only what was loaded */
    const char *lib_dir; /* borrowed: where require looks */
};

/* KH_ERR_NOMEM when the state cannot be made. @lib_dir may be NULL: no modules. */
enum kh_err kh_sandbox_init(struct kh_sandbox *sandbox, const char *lib_dir) KH_MUST_CHECK;
void kh_sandbox_finish(struct kh_sandbox *sandbox); /* accepts a zeroed one */

/* Like lua_pcall() with @n_args and @n_results, within @budget_ms of this thread's time. False: the
 * results are one value, the error's text (always a string). The clock is the thread's own: a busy
 * machine is not the plugin's mistake, and a plugin cannot wait for anything. */
bool kh_sandbox_call(struct kh_sandbox *sandbox, int n_args, int n_results, int budget_ms);

/* Read the text file @path and push its main function, with the sandbox's environment; @chunk is
 * what error messages call it. False: the error's text was pushed. */
bool kh_sandbox_load(lua_State *lua, const char *path, const char *chunk);

/* Replace the table on top by a read-only view of it (pairs, ipairs and # work). May raise. */
void kh_sandbox_freeze(lua_State *lua);

/* Push the environment that plugins see. */
void kh_sandbox_push_env(lua_State *lua);

struct kh_sandbox *kh_sandbox_of(lua_State *lua);

#endif
