/* kyhop check PLUGIN: what loading finds, and a dry run of every hook before a made-up council:
 * with the declared settings, and with each of them at its other values. */
#include "procedure/dry_run.h"
#include "procedure/load.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    const char *dir, *lib_dir;
    struct kh_problems *problems;
};

/* Load and try with @own (may be NULL); the settings that the procedure declares, a new reference.
 */
static json_t *try_with(const struct check *check, const json_t *own, struct kh_problems *problems)
{
    struct kh_procedure *p = calloc(1, sizeof(*p));
    json_t *settings = NULL;

    if (!p) {
        problems->n++;
        return NULL;
    }
    kh_load(p, check->dir, check->lib_dir, own, problems);
    if (problems->n == 0)
        kh_dry_run(p, problems);
    if (problems->n == 0)
        settings = json_incref(json_object_get(p->describe, "settings"));
    kh_load_finish(p);
    free(p);
    return settings;
}

static void try_value(const struct check *check, const char *name, json_t *value)
{
    char text[1024] = "", *shown = json_dumps(value, JSON_ENCODE_ANY);
    struct kh_problems found = { .text = text, .size = sizeof(text) };
    json_t *own = json_pack("{s:o}", name, value);

    json_decref(try_with(check, own, &found));
    text[strcspn(text, "\n")] = '\0';
    if (found.n > 0) {
        check->problems->chunk = "";
        kh_problems_add(check->problems, NULL, "%s (with the setting %s = %s)", text, name,
                        shown ? shown : "?");
    }
    free(shown);
    json_decref(own);
}

static json_t *number(const json_t *setting, const char *limit)
{
    bool is_whole = kh_text_same(json_string_value(json_object_get(setting, "type")), "integer");
    double value = json_number_value(json_object_get(setting, limit));

    return is_whole ? json_integer((json_int_t)value) : json_real(value);
}

static void try_setting(const struct check *check, const json_t *setting)
{
    const char *name = json_string_value(json_object_get(setting, "name"));
    json_t *value = json_object_get(setting, "value"), *choice;
    size_t i;

    if (json_object_get(setting, "min"))
        try_value(check, name, number(setting, "min"));
    if (json_object_get(setting, "max"))
        try_value(check, name, number(setting, "max"));
    if (json_is_boolean(value))
        try_value(check, name, json_boolean(!json_is_true(value)));
    json_array_foreach(json_object_get(setting, "choices"), i, choice)
    {
        try_value(check, name, json_incref(choice));
    }
}

unsigned kh_procedure_check(const char *dir, const char *lib_dir, char *report, size_t size)
{
    struct kh_problems problems = { .text = report, .size = size };
    struct check check = { dir, lib_dir, &problems };
    json_t *settings, *setting;
    size_t i;

    if (size > 0)
        report[0] = '\0';
    settings = try_with(&check, NULL, &problems);
    json_array_foreach(settings, i, setting)
    {
        try_setting(&check, setting);
    }
    json_decref(settings);
    return problems.n;
}
