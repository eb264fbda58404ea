#include "procedure/sandbox.h"

#include "procedure/library.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t clock_ns(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct kh_sandbox *kh_sandbox_of(lua_State *lua)
{
    struct kh_sandbox *sandbox;

    memcpy(&sandbox, lua_getextraspace(lua), sizeof(sandbox));
    return sandbox;
}

/* The thread's own clock costs a system call, so the wall clock is looked at first. */
static bool is_late(const struct kh_sandbox *sandbox)
{
    return clock_ns(CLOCK_MONOTONIC) >= sandbox->wall_end_ns &&
           clock_ns(CLOCK_THREAD_CPUTIME_ID) >= sandbox->cpu_end_ns;
}

static void look(lua_State *lua, lua_Debug *ar);

static void set_stride(struct kh_sandbox *sandbox, int stride)
{
    sandbox->stride = stride;
    lua_sethook(sandbox->lua, look, LUA_MASKCOUNT, stride);
}

/* Once over, it raises at every instruction, so that no pcall() in the plugin can swallow it. */
static void look(lua_State *lua, lua_Debug *ar)
{
    struct kh_sandbox *sandbox = kh_sandbox_of(lua);

    (void)ar;
    if (!sandbox->armed)
        return;
    sandbox->steps_left -= sandbox->stride;
    if (!sandbox->over && sandbox->steps_left > 0 && !is_late(sandbox))
        return;
    if (!sandbox->over) {
        sandbox->over = true;
        set_stride(sandbox, 1);
    }
    luaL_error(lua, "the time allowed for one answer is used up (is there an endless loop?)");
}

static void *refuse_block(struct kh_sandbox *sandbox)
{
    /* Each refused block costs a full collection: from now on look at the clock every time. */
    if (sandbox->armed && !sandbox->over && sandbox->stride != 1)
        set_stride(sandbox, 1);
    return NULL;
}

static void *allocate(void *user, void *block, size_t old_bytes, size_t new_bytes)
{
    struct kh_sandbox *sandbox = user;
    size_t had = block ? old_bytes : 0;
    void *fresh;

    if (new_bytes == 0) {
        free(block);
        sandbox->used_bytes -= had;
        return NULL;
    }
    if (new_bytes > had && (new_bytes > KH_SANDBOX_BLOCK_BYTES ||
                            sandbox->used_bytes + (new_bytes - had) > KH_SANDBOX_BYTES))
        return refuse_block(sandbox);
    fresh = realloc(block, new_bytes);
    if (!fresh)
        return new_bytes <= had ? block : NULL; /* Lua relies on shrinking */
    sandbox->used_bytes = sandbox->used_bytes - had + new_bytes;
    return fresh;
}

/* Makes the error's value a text, whatever was raised. */
static int explain(lua_State *lua)
{
    if (!lua_isstring(lua, 1))
        lua_pushfstring(lua, "error() was called with a %s instead of a text",
                        luaL_typename(lua, 1));
    return 1;
}

bool kh_sandbox_call(struct kh_sandbox *sandbox, int n_args, int n_results, int budget_ms)
{
    lua_State *lua = sandbox->lua;
    int handler = lua_gettop(lua) - n_args;
    bool whole;

    lua_pushcfunction(lua, explain); /* a light function: needs no memory */
    lua_insert(lua, handler);
    sandbox->steps_left = (int64_t)budget_ms * KH_SANDBOX_STEPS_PER_MS;
    sandbox->wall_end_ns = clock_ns(CLOCK_MONOTONIC) + (int64_t)budget_ms * 1000000;
    sandbox->cpu_end_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) + (int64_t)budget_ms * 1000000;
    sandbox->armed = true;
    sandbox->over = false;
    if (sandbox->stride != KH_SANDBOX_STRIDE)
        set_stride(sandbox, KH_SANDBOX_STRIDE);
    whole = lua_pcall(lua, n_args, n_results, handler) == LUA_OK;
    sandbox->armed = false;
    lua_remove(lua, handler);
    return whole;
}

enum kh_err kh_sandbox_init(struct kh_sandbox *sandbox, const char *lib_dir)
{
    memset(sandbox, 0, sizeof(*sandbox));
    sandbox->lua = lua_newstate(allocate, sandbox);
    if (!sandbox->lua)
        return KH_ERR_NOMEM;
    memcpy(lua_getextraspace(sandbox->lua), &sandbox, sizeof(sandbox));
    sandbox->lib_dir = lib_dir;
    lua_pushcfunction(sandbox->lua, kh_library_open);
    if (!kh_sandbox_call(sandbox, 0, 0, KH_SANDBOX_LOAD_MS)) {
        kh_sandbox_finish(sandbox);
        return KH_ERR_NOMEM;
    }
    return KH_OK;
}

void kh_sandbox_finish(struct kh_sandbox *sandbox)
{
    if (sandbox->lua)
        lua_close(sandbox->lua);
    memset(sandbox, 0, sizeof(*sandbox));
}

/* All of @path, in memory of the Lua state, so that an error cannot leak it; its size. */
static const char *read_whole(lua_State *lua, const char *path, size_t *size)
{
    char *text = lua_newuserdatauv(lua, KH_SANDBOX_FILE_BYTES, 0);
    FILE *file = fopen(path, "re");

    if (!file) {
        lua_pushfstring(lua, "%s: %s", path, strerror(errno));
        return NULL;
    }
    *size = fread(text, 1, KH_SANDBOX_FILE_BYTES, file);
    if (ferror(file) || *size == KH_SANDBOX_FILE_BYTES) {
        lua_pushfstring(lua, "%s: cannot be read, or is longer than %d KiB", path,
                        KH_SANDBOX_FILE_BYTES / 1024);
        fclose(file);
        return NULL;
    }
    fclose(file);
    return text;
}

bool kh_sandbox_load(lua_State *lua, const char *path, const char *chunk)
{
    size_t size = 0;
    int top = lua_gettop(lua);
    const char *text = read_whole(lua, path, &size);
    bool whole = false;

    if (text) {
        lua_pushfstring(lua, "@%s", chunk);
        whole = luaL_loadbufferx(lua, text, size, lua_tostring(lua, -1), "t") == LUA_OK;
    }
    if (whole) {
        kh_sandbox_push_env(lua);
        lua_setupvalue(lua, -2, 1);
    }
    lua_replace(lua, top + 1);
    lua_settop(lua, top + 1);
    return whole;
}
