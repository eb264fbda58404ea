/* kyhop check PLUGIN: what is wrong is told with file, line and mend; loading refuses the same. */
#include "tests/unit/procedure/plugin.h"

static char report[8192];

static unsigned check(const char *text)
{
    struct plugin p = { 0 };

    plugin_write(&p, text);
    unsigned n = kh_procedure_check(p.dir, NULL, report, sizeof(report));
    unlink(p.path);
    rmdir(p.dir);
    return n;
}

/* The report of @text has @line somewhere. */
static void finds(const char *text, const char *line)
{
    if (check(text) == 0)
        fail_msg("nothing was found; wanted: %s", line);
    if (!strstr(report, line))
        fail_msg("wanted: %s\ngot: %s", line, report);
}

#define LANES      "lanes = { { id = 'a', rank = 1, vi = 'a', en = 'a' } },\n"
#define KIND(more) "kinds = { { id = 'x', lane = 'a', vi = 'a', en = 'a', " more " } },\n"
#define DECLARE(lanes, kinds, votes)                                                               \
    HEAD "\nsetup = function() return {\n" lanes kinds votes "} end,\n"

TEST(a_right_procedure_has_no_problems)
{
    assert_int_equal(
        check(HEAD SETUP "ballot = function() return { options = {\n"
                         "{ id = 'a', vi = 'a', en = 'a', as = 'for' },\n"
                         "{ id = 'b', vi = 'b', en = 'b', as = 'against' } }, rule = 'r' } end }"),
        0);
}

TEST(a_syntax_error_is_told_with_its_line)
{
    finds("local a = 1\nlocal b = = 2\n", "procedure.lua:2: unexpected symbol near '='");
}

TEST(an_unknown_hook_is_told_with_the_nearest_one)
{
    finds(HEAD SETUP "\non_reqest = function() end }",
          "procedure.lua:8: unknown hook or field 'on_reqest' (did you mean 'on_request'?)");
}

TEST(a_hook_that_is_no_function_is_told)
{
    finds(HEAD SETUP "\non_request = 7 }", "on_request: a function is wanted, not a number");
}

TEST(a_missing_translation_is_told)
{
    finds(DECLARE(LANES, "kinds = { { id = 'x', lane = 'a', roles = {}, en = 'a' } },\n",
                  "votes = {}\n") "}",
          "procedure.lua:1: kinds 'x': vi: the Vietnamese words are missing");
    finds("return { api = 1, title = { vi = 'a' }, " SETUP "}",
          "title: en: the English words are missing");
}

TEST(a_kind_that_cannot_be_reached_is_told)
{
    finds(DECLARE(LANES,
                  "kinds = { { id = \"song\", lane = 'b', roles = {}, vi = 'a', en = 'a' } },\n",
                  "votes = {}\n") "}",
          "procedure.lua:4: kinds 'song': there is no lane 'b'");
    finds(DECLARE(LANES "", KIND("roles = { 'singer' }"), "votes = {}\n") "}",
          "roles: one of these is wanted: \"chair\"");
    finds(DECLARE("lanes = { { id = 'a', rank = 1, vi = 'a', en = 'a' },\n"
                  "{ id = \"empty\", rank = 2, vi = 'a', en = 'a' } },\n",
                  KIND("roles = {}"), "votes = {}\n") "}",
          "procedure.lua:4: lanes 'empty': no kind of speech uses it");
}

TEST(all_problems_are_told_not_only_the_first)
{
    unsigned n =
        check(DECLARE(LANES,
                      "kinds = { { id = 'x', lane = 'b', roles = {}, vi = 'a', en = 'a' },\n"
                      " { id = 'y', lane = 'a', vi = 'a', en = 'a' } },\n",
                      "votes = { { id = 'Z', vi = 'a', en = 'a' } }\n") "on_end = 1 }");

    if (n != 4)
        fail_msg("%s", report);
}

TEST(a_hook_is_tried_and_its_mistake_found)
{
    finds(HEAD SETUP "\non_grant = function(ctx, req)\n return { limit = '7 minutes' }\nend }",
          "procedure.lua:8: on_grant: on_grant: limit: a number of seconds is wanted");
    finds(HEAD SETUP "\non_end = function(ctx, s)\n return { { 'mute', person = s.who } }\nend }",
          "procedure.lua:9: there is no field 'who' here");
    finds(HEAD SETUP "\non_end = function(ctx, s)\n return { { 'mute', who = s.person } }\nend }",
          "procedure.lua:8: on_end: action 'mute'");
    finds(HEAD SETUP "\non_expire = function(ctx, s)\n return ctx.clock\nend, on_grant = "
                     "function() return { limit = 1 } end }",
          "procedure.lua:9: ctx has no 'clock'");
    finds(HEAD SETUP "\nevaluate = function(ctx, v, counts) return { vi = 'a' } end,\n"
                     "ballot = function() return { options = {} } end }",
          "options: at least two are wanted");
}

TEST(a_vote_without_a_rule_is_told)
{
    finds(HEAD SETUP "ballot = function() return { options = {\n"
                     "{ id = 'a', vi = 'a', en = 'a', as = 'for' },\n"
                     "{ id = 'b', vi = 'b', en = 'b', as = 'against' } } } end }",
          "votes 'yes': no rule stands behind its result");
}

#define SETTING(more) "{ name = 'n', type = 'integer', vi = 'a', en = 'a', " more " }"

TEST(a_setting_out_of_its_own_range_is_told)
{
    finds(HEAD "settings = { " SETTING("default = 9, min = 1, max = 5, unit = 'min'") " }, " SETUP
                                                                                      "}",
          "setting 'n': default: 9 is out of range, from 1 to 5 min is wanted");
    finds(HEAD "settings = { " SETTING("default = 2, min = 1") " }, " SETUP "}",
          "n: a number needs its range: min and max");
    finds(HEAD "settings = { " SETTING("default = 2, min = 5, max = 1") " }, " SETUP "}",
          "n: a number needs its range: min and max");
    finds(HEAD "settings = { " SETTING("default = 'x', min = 1, max = 5") " }, " SETUP "}",
          "a whole number is wanted");
}

TEST(a_mistake_that_only_another_setting_shows_is_told)
{
    finds(
        HEAD "settings = { { name = 'rule', type = 'choice', choices = { 'old', 'new' }, "
             "default = 'old', vi = 'a', en = 'a' } }, " SETUP
             "\non_grant = function(ctx) return { limit = ctx.settings.rule == 'old' and 60 or "
             "'long' } end }",
        "limit: a number of seconds is wanted, 0 to seven days (with the setting rule = \"new\")");
}

static enum kh_err load_with(const char *settings, struct kh_error *error, int64_t *value)
{
    struct plugin p = { 0 };
    struct kh_procedure *procedure = NULL;
    json_t *own = json_loads(settings, 0, NULL);
    enum kh_err err;

    plugin_write(&p,
                 HEAD "settings = { " SETTING("default = 2, min = 1, max = 5") " }, " SETUP "}");
    err = kh_procedure_load(p.dir, NULL, own, &procedure, error);
    if (err == KH_OK) {
        const json_t *list = json_object_get(kh_procedure_describe(procedure), "settings");
        *value = json_integer_value(json_object_get(json_array_get(list, 0), "value"));
    }
    kh_procedure_free(procedure);
    json_decref(own);
    unlink(p.path);
    rmdir(p.dir);
    return err;
}

TEST(the_council_may_set_its_own_values_within_the_range)
{
    struct kh_error error = { 0 };
    int64_t value = 0;

    assert_int_equal(load_with("{}", &error, &value), KH_OK);
    assert_int_equal(value, 2);
    assert_int_equal(load_with("{\"n\": 4}", &error, &value), KH_OK);
    assert_int_equal(value, 4);
    assert_int_equal(load_with("{\"n\": 6}", &error, &value), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "the council's own value of 'n': 6 is out of range"));
    assert_int_equal(load_with("{\"m\": 1}", &error, &value), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "the council sets 'm', which this procedure does not have"));
}

TEST(a_folder_without_a_procedure_is_told)
{
    struct kh_error error = { 0 };
    struct kh_procedure *procedure = NULL;

    assert_int_equal(kh_procedure_load("/nonexistent", NULL, NULL, &procedure, &error),
                     KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "/nonexistent/procedure.lua: No such file"));
    assert_null(procedure);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_right_procedure_has_no_problems), CASE(a_syntax_error_is_told_with_its_line),
        CASE(an_unknown_hook_is_told_with_the_nearest_one),
        CASE(a_hook_that_is_no_function_is_told), CASE(a_missing_translation_is_told),
        CASE(a_kind_that_cannot_be_reached_is_told), CASE(all_problems_are_told_not_only_the_first),
        CASE(a_hook_is_tried_and_its_mistake_found), CASE(a_vote_without_a_rule_is_told),
        CASE(a_mistake_that_only_another_setting_shows_is_told),
        CASE(a_setting_out_of_its_own_range_is_told),
        CASE(the_council_may_set_its_own_values_within_the_range),
        CASE(a_folder_without_a_procedure_is_told));
}
