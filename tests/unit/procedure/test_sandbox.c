#include "procedure/sandbox.h"
#include "tests/unit/test.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static struct kh_sandbox box;

/* Run @code in a fresh state; its result as text, or the error's. */
static const char *result_of(const char *code)
{
    static char text[1024];

    assert_int_equal(kh_sandbox_init(&box, NULL), KH_OK);
    assert_int_equal(luaL_loadbufferx(box.lua, code, strlen(code), "@x.lua", "t"), LUA_OK);
    kh_sandbox_push_env(box.lua);
    lua_setupvalue(box.lua, -2, 1);
    kh_sandbox_call(&box, 0, 1, KH_SANDBOX_HOOK_MS);
    snprintf(text, sizeof(text), "%s",
             lua_tostring(box.lua, -1) ? lua_tostring(box.lua, -1) : "nil");
    kh_sandbox_finish(&box);
    return text;
}

TEST(pairs_goes_through_numbers_then_texts_in_rising_order)
{
    assert_string_equal(result_of("local t = { z = 1, a = 2, m = 3, [3] = 4, [1] = 5 }\n"
                                  "local s = ''\nfor k in pairs(t) do s = s .. k .. ' ' end\n"
                                  "return s"),
                        "1 3 a m z ");
}

TEST(pairs_may_clear_the_fields_it_meets)
{
    assert_string_equal(result_of("local t = { a = 1, b = 2 }\n"
                                  "for k in pairs(t) do t[k] = nil end\n"
                                  "local n = 0\nfor _ in pairs(t) do n = n + 1 end\nreturn n"),
                        "0");
}

TEST(tostring_of_a_table_has_no_address)
{
    assert_string_equal(result_of("return tostring({}) .. tostring(1.5) .. tostring(nil)"),
                        "table1.5nil");
}

TEST(format_shows_no_addresses_either)
{
    assert_string_equal(result_of("return ('%s %d %5.1f%%'):format({}, 3, 2.25)"),
                        "table 3   2.2%");
    assert_string_equal(
        result_of("return string.format('%s', print and 1 or pairs)") + strlen("x.lua:1: "),
        "'print' is not known here (a typing error, or not allowed in a procedure)");
    assert_string_equal(result_of("return string.format('%s', pairs)"), "function");
    assert_non_null(strstr(result_of("return ('%-10p'):format({})"), "%p is not for procedures"));
}

TEST(a_typing_error_in_a_name_is_told_with_its_line)
{
    assert_string_equal(result_of("local a = 1\nreturn setings"),
                        "x.lua:2: 'setings' is not known here (a typing error, or not allowed in a "
                        "procedure)");
}

TEST(a_global_variable_is_told_with_its_mend)
{
    assert_string_equal(result_of("n = 1"),
                        "x.lua:1: global variable 'n': write 'local' before it");
}

TEST(refuse_needs_both_languages)
{
    assert_non_null(strstr(result_of("return refuse('x', { vi = 'a' }, 'r')"),
                           "the words in 'en' are missing"));
    assert_string_equal(result_of("local r = refuse('x', { vi = 'a', en = 'b' }, 'r')\n"
                                  "return tostring(r.refused) .. r.code .. r.vi .. r.en .. r.rule"),
                        "truexabr");
}

/* Pushes { 10, 20, x = 1 } as a read-only view, for the code to see as its argument. */
static const char *result_with_view(const char *code)
{
    static char text[512];

    assert_int_equal(kh_sandbox_init(&box, NULL), KH_OK);
    assert_int_equal(luaL_loadbufferx(box.lua, code, strlen(code), "@x.lua", "t"), LUA_OK);
    kh_sandbox_push_env(box.lua);
    lua_setupvalue(box.lua, -2, 1);
    lua_newtable(box.lua);
    lua_pushinteger(box.lua, 10);
    lua_rawseti(box.lua, -2, 1);
    lua_pushinteger(box.lua, 20);
    lua_rawseti(box.lua, -2, 2);
    lua_pushinteger(box.lua, 1);
    lua_setfield(box.lua, -2, "x");
    kh_sandbox_freeze(box.lua);
    kh_sandbox_call(&box, 1, 1, KH_SANDBOX_HOOK_MS);
    snprintf(text, sizeof(text), "%s", lua_tostring(box.lua, -1));
    kh_sandbox_finish(&box);
    return text;
}

TEST(a_frozen_table_reads_like_any_other)
{
    assert_string_equal(
        result_with_view("local t = ...\nlocal n = #t .. ':'\n"
                         "for i, v in ipairs(t) do n = n .. i .. '=' .. v .. ' ' end\n"
                         "for k, v in pairs(t) do n = n .. k .. '=' .. v .. ' ' end\n"
                         "return n .. t.x .. tostring(t.y)"),
        "2:1=10 2=20 1=10 2=20 x=1 1nil");
}

TEST(a_frozen_table_cannot_be_written)
{
    assert_non_null(strstr(result_with_view("local t = ...\nt.x = 2"), "read-only"));
    assert_non_null(strstr(result_with_view("local t = ...\ntable.insert(t, 1)"), "read-only"));
    assert_non_null(
        strstr(result_with_view("local t = ...\nlocal ok = pcall(table.sort, t, "
                                "function(a, b) return a > b end)\nreturn tostring(ok)"),
               "false"));
}

TEST(memory_is_given_back_when_the_state_ends)
{
    assert_int_equal(kh_sandbox_init(&box, NULL), KH_OK);
    assert_true(box.used_bytes > 1000 && box.used_bytes < 200000);
    lua_close(box.lua);
    assert_int_equal(box.used_bytes, 0);
    box.lua = NULL;
    kh_sandbox_finish(&box);
}

TEST(a_module_is_loaded_once_and_only_at_the_top)
{
    assert_non_null(strstr(result_of("return require 'majority'"), "only modules of plugins/lib"));
}

TEST(the_budget_begins_anew_with_each_call)
{
    const char *code = "local n = 0\nfor i = 1, 100000 do n = n + i end\nreturn n";

    assert_int_equal(kh_sandbox_init(&box, NULL), KH_OK);
    for (int i = 0; i < 40; i++) {
        assert_int_equal(luaL_loadbufferx(box.lua, code, strlen(code), "@x.lua", "t"), LUA_OK);
        kh_sandbox_push_env(box.lua);
        lua_setupvalue(box.lua, -2, 1);
        assert_true(kh_sandbox_call(&box, 0, 0, 1000));
    }
    kh_sandbox_finish(&box);
}

int main(void)
{
    return kh_run_tests(
        CASE(pairs_goes_through_numbers_then_texts_in_rising_order),
        CASE(pairs_may_clear_the_fields_it_meets), CASE(tostring_of_a_table_has_no_address),
        CASE(format_shows_no_addresses_either),
        CASE(a_typing_error_in_a_name_is_told_with_its_line),
        CASE(a_global_variable_is_told_with_its_mend), CASE(refuse_needs_both_languages),
        CASE(a_frozen_table_reads_like_any_other), CASE(a_frozen_table_cannot_be_written),
        CASE(memory_is_given_back_when_the_state_ends),
        CASE(a_module_is_loaded_once_and_only_at_the_top),
        CASE(the_budget_begins_anew_with_each_call));
}
