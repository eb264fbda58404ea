/* Every script in hostile/ is stopped in time, and the process and the state go on. */
#include "procedure/sandbox.h"
#include "tests/unit/test.h"

#include <dirent.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SCRIPTS_MAX = 128, SLACK = 8 };

static struct CMUnitTest cases[SCRIPTS_MAX];
static char paths[SCRIPTS_MAX][512], names[SCRIPTS_MAX][128];

static int64_t cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int run_script(lua_State *lua)
{
    const char *path = lua_touserdata(lua, 1);

    if (!kh_sandbox_load(lua, path, "hostile.lua"))
        return lua_error(lua);
    lua_call(lua, 0, 0);
    return 0;
}

static int still_works(lua_State *lua)
{
    kh_sandbox_push_env(lua);
    lua_getfield(lua, -1, "math");
    lua_getfield(lua, -1, "max");
    lua_pushinteger(lua, 1);
    lua_pushinteger(lua, 2);
    lua_call(lua, 2, 1);
    assert_int_equal(lua_tointeger(lua, -1), 2);
    return 0;
}

static void is_stopped(void **state)
{
    const char *path = *state;
    struct kh_sandbox sandbox;
    int64_t began, took;

    assert_int_equal(kh_sandbox_init(&sandbox, "/nonexistent"), KH_OK);
    lua_pushcfunction(sandbox.lua, run_script);
    lua_pushlightuserdata(sandbox.lua, (void *)path);
    began = cpu_ms();
    bool whole = kh_sandbox_call(&sandbox, 1, 0, KH_SANDBOX_HOOK_MS);
    took = cpu_ms() - began;
    if (whole)
        fail_msg("%s was not stopped", path);
    assert_true(lua_isstring(sandbox.lua, -1));
    /* Sanitizers make all of it slower; what would hang runs for minutes. */
    if (took > KH_SANDBOX_HOOK_MS * SLACK)
        fail_msg("%s was stopped after %d ms only", path, (int)took);
    assert_true(sandbox.used_bytes <= KH_SANDBOX_BYTES);
    lua_settop(sandbox.lua, 0);
    lua_pushcfunction(sandbox.lua, still_works);
    assert_true(kh_sandbox_call(&sandbox, 0, 0, KH_SANDBOX_HOOK_MS));
    kh_sandbox_finish(&sandbox);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

int main(int argc, char **argv)
{
    DIR *dir = argc > 1 ? opendir(argv[1]) : NULL;
    size_t n = 0;

    if (!dir)
        return 2;
    for (struct dirent *entry; n < SCRIPTS_MAX && (entry = readdir(dir));)
        if (strstr(entry->d_name, ".lua"))
            snprintf(paths[n++], sizeof(paths[0]), "%s/%s", argv[1], entry->d_name);
    closedir(dir);
    qsort(paths, n, sizeof(paths[0]), by_name);
    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "%s_is_stopped", strrchr(paths[i], '/') + 1);
        cases[i] = (struct CMUnitTest){ names[i], is_stopped, NULL, NULL, paths[i] };
    }
    if (n < 28) /* style.md section 8 */
        return 3;
    return _cmocka_run_group_tests("hostile", cases, n, NULL, NULL);
}
