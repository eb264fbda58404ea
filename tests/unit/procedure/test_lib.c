/* plugins/lib: its arithmetic is the core's, to the last vote. */
#include "procedure/sandbox.h"
#include "session/ballot.h"
#include "tests/unit/test.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static char lib[512];
static struct kh_sandbox box;

static void open_box(void)
{
    assert_int_equal(kh_sandbox_init(&box, lib), KH_OK);
}

/* Run @code, which sees @a, @b, @c as its arguments; its result stays on the stack. */
static void run(const char *code, lua_Integer a, lua_Integer b, lua_Integer c)
{
    lua_settop(box.lua, 0);
    assert_int_equal(luaL_loadbufferx(box.lua, code, strlen(code), "@test", "t"), LUA_OK);
    kh_sandbox_push_env(box.lua);
    lua_setupvalue(box.lua, -2, 1);
    lua_pushinteger(box.lua, a);
    lua_pushinteger(box.lua, b);
    lua_pushinteger(box.lua, c);
    if (!kh_sandbox_call(&box, 3, 1, KH_SANDBOX_LOAD_MS))
        fail_msg("%s", lua_tostring(box.lua, -1));
}

static uint32_t needed(uint32_t total, uint32_t num, uint32_t den, bool strict)
{
    struct kh_majority majority = { KH_COUNT_FOR, KH_COUNT_CAST, num, den, strict, "" };
    struct kh_counts counts = { .named = { [KH_COUNT_CAST] = total } };

    return kh_ballot_needed(&majority, &counts);
}

TEST(shares_are_those_of_the_core)
{
    static const uint32_t fractions[][2] = { { 1, 2 }, { 2, 3 }, { 1, 3 }, { 3, 4 }, { 4, 5 } };

    open_box();
    for (unsigned f = 0; f < 5; f++) {
        for (uint32_t total = 0; total <= 700; total += 1 + total / 90) {
            uint32_t num = fractions[f][0], den = fractions[f][1];
            run("return require('majority').share(...)", total, num, den);
            assert_int_equal(lua_tointeger(box.lua, -1), needed(total, num, den, false));
            run("return require('majority').share_above(...)", total, num, den);
            assert_int_equal(lua_tointeger(box.lua, -1), needed(total, num, den, true));
        }
    }
    kh_sandbox_finish(&box);
}

static void shows(lua_Integer n, lua_Integer total, const char *vi, const char *en)
{
    run("return require('majority').percent(...).vi", n, total, 0);
    assert_string_equal(lua_tostring(box.lua, -1), vi);
    run("return require('majority').percent(...).en", n, total, 0);
    assert_string_equal(lua_tostring(box.lua, -1), en);
}

TEST(percentages_are_rounded_half_up_and_written_as_each_language_does)
{
    open_box();
    shows(38, 75, "50,67 %", "50.67 %");
    shows(49, 50, "98 %", "98 %");
    shows(1, 3, "33,33 %", "33.33 %");
    shows(2, 3, "66,67 %", "66.67 %");
    shows(1, 800, "0,13 %", "0.13 %"); /* 0.125 */
    shows(1, 16, "6,25 %", "6.25 %");
    shows(1, 20, "5 %", "5 %");
    shows(423, 494, "85,63 %", "85.63 %");
    shows(0, 75, "0 %", "0 %");
    shows(75, 75, "100 %", "100 %");
    shows(0, 0, "–", "–");
    kh_sandbox_finish(&box);
}

TEST(a_module_is_loaded_once_however_often_it_is_required)
{
    open_box();
    run("return require('majority') == require('majority')", 0, 0, 0);
    assert_true(lua_toboolean(box.lua, -1));
    kh_sandbox_finish(&box);
}

TEST(the_editors_definitions_are_no_module_that_runs)
{
    const char *code = "return require('kyhop.d')";

    open_box();
    lua_settop(box.lua, 0);
    assert_int_equal(luaL_loadbufferx(box.lua, code, strlen(code), "@test", "t"), LUA_OK);
    kh_sandbox_push_env(box.lua);
    lua_setupvalue(box.lua, -2, 1);
    assert_false(kh_sandbox_call(&box, 0, 1, KH_SANDBOX_LOAD_MS));
    assert_non_null(strstr(lua_tostring(box.lua, -1), "only modules of plugins/lib"));
    kh_sandbox_finish(&box);
}

int main(int argc, char **argv)
{
    snprintf(lib, sizeof(lib), "%s/plugins/lib", argc > 1 ? argv[1] : ".");
    return kh_run_tests(CASE(shares_are_those_of_the_core),
                        CASE(percentages_are_rounded_half_up_and_written_as_each_language_does),
                        CASE(a_module_is_loaded_once_however_often_it_is_required),
                        CASE(the_editors_definitions_are_no_module_that_runs));
}
