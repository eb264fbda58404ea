/* Settings: numbers and words of a rule that the council's IT may change without touching code. */
#include "procedure/vocabulary.h"

#include "base/text.h"
#include "procedure/read.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static const char *const setting_words[] = { "name", "type", "default", "min",     "max", "unit",
                                             "vi",   "en",   "rule",    "choices", NULL };
static const char *const type_words[] = { "integer", "number", "boolean", "text", "choice", NULL };
enum type { TYPE_INTEGER, TYPE_NUMBER, TYPE_BOOLEAN, TYPE_TEXT, TYPE_CHOICE };

struct setting {
    char name[KH_WORD_BYTES], unit[KH_WORD_BYTES], rule[KH_RULE_BYTES];
    char vi[KH_TEXT_BYTES], en[KH_TEXT_BYTES];
    int type;
    bool has_min, has_max;
    double min, max;
};

static json_t *scalar(lua_State *lua, int index)
{
    switch (lua_type(lua, index)) {
    case LUA_TBOOLEAN:
        return json_boolean(lua_toboolean(lua, index));
    case LUA_TNUMBER:
        if (lua_isinteger(lua, index))
            return json_integer(lua_tointeger(lua, index));
        return json_real(lua_tonumber(lua, index));
    case LUA_TSTRING:
        return json_string(lua_tostring(lua, index));
    default:
        return json_null();
    }
}

static void set_text(json_t *json, const char *name, const char *text)
{
    if (text[0])
        json_object_set_new(json, name, json_string(text));
}

static bool read_limit(const struct kh_reader *reader, const char *field, double *to)
{
    if (!kh_read_push(reader, field))
        return false;
    if (lua_type(reader->lua, -1) != LUA_TNUMBER)
        kh_read_fail(reader, field, "a number is wanted");
    *to = lua_tonumber(reader->lua, -1);
    lua_pop(reader->lua, 1);
    return true;
}

static void read_head(const struct kh_reader *reader, struct setting *setting)
{
    kh_read_known(reader, setting_words);
    kh_read_text_needed(reader, "name", setting->name, sizeof(setting->name));
    if (!kh_read_word(reader, "type", type_words, &setting->type))
        kh_read_fail(reader, "type", "missing");
    kh_read_both(reader, setting->vi, sizeof(setting->vi), setting->en, sizeof(setting->en));
    kh_read_text(reader, "unit", setting->unit, sizeof(setting->unit));
    kh_read_text(reader, "rule", setting->rule, sizeof(setting->rule));
    setting->has_min = read_limit(reader, "min", &setting->min);
    setting->has_max = read_limit(reader, "max", &setting->max);
    /* Whoever changes it has to see what makes sense; a slip of a digit must be found. */
    bool is_number = setting->type == TYPE_INTEGER || setting->type == TYPE_NUMBER;
    if (is_number && (!setting->has_min || !setting->has_max || setting->min > setting->max))
        kh_read_fail(reader, setting->name, "a number needs its range: min and max");
}

/* NULL: right; else what is wanted. */
static const char *wrong_number(const struct setting *s, const json_t *value, char *text,
                                size_t size)
{
    double number = json_number_value(value);

    if (s->type == TYPE_INTEGER ? !json_is_integer(value) : !json_is_number(value))
        return s->type == TYPE_INTEGER ? "a whole number is wanted" : "a number is wanted";
    if ((!s->has_min || number >= s->min) && (!s->has_max || number <= s->max))
        return NULL;
    if (s->has_min && s->has_max)
        snprintf(text, size, "%g is out of range, from %g to %g %s is wanted", number, s->min,
                 s->max, s->unit);
    else
        snprintf(text, size, "%g is out of range, %s %g %s is wanted", number,
                 s->has_min ? "at least" : "at most", s->has_min ? s->min : s->max, s->unit);
    return text;
}

static bool is_choice(const struct kh_reader *reader, const char *word)
{
    lua_State *lua = reader->lua;
    bool found = false;

    if (!kh_read_push(reader, "choices") || !lua_istable(lua, -1))
        kh_read_fail(reader, "choices", "a list of words is wanted");
    for (lua_Integer i = 1; lua_geti(lua, -1, i) != LUA_TNIL; i++) {
        found = found ||
                (lua_type(lua, -1) == LUA_TSTRING && kh_text_same(lua_tostring(lua, -1), word));
        lua_pop(lua, 1);
    }
    lua_pop(lua, 2);
    return found;
}

static const char *wrong_value(const struct kh_reader *reader, const struct setting *s,
                               const json_t *value, char *text, size_t size)
{
    switch ((enum type)s->type) {
    case TYPE_INTEGER:
    case TYPE_NUMBER:
        return wrong_number(s, value, text, size);
    case TYPE_BOOLEAN:
        return json_is_boolean(value) ? NULL : "true or false is wanted";
    case TYPE_TEXT:
        return json_is_string(value) ? NULL : "a text is wanted";
    case TYPE_CHOICE:
        if (json_is_string(value) && is_choice(reader, json_string_value(value)))
            return NULL;
        return "one of the choices is wanted";
    }
    return NULL;
}

struct settings_job {
    const json_t *own;
    json_t *list;
    json_t *values;
    struct kh_problems *problems;
    unsigned place;
};

static void add_choices(const struct kh_reader *reader, json_t *entry)
{
    lua_State *lua = reader->lua;
    json_t *choices = json_array();

    json_object_set_new(entry, "choices", choices);
    if (!kh_read_push(reader, "choices"))
        return;
    for (lua_Integer i = 1; lua_geti(lua, -1, i) != LUA_TNIL; i++) {
        json_array_append_new(choices, scalar(lua, -1));
        lua_pop(lua, 1);
    }
    lua_pop(lua, 2);
}

static void describe(const struct kh_reader *reader, const struct setting *s, json_t *entry,
                     json_t *value)
{
    json_object_set_new(entry, "name", json_string(s->name));
    json_object_set_new(entry, "type", json_string(type_words[s->type]));
    set_text(entry, "unit", s->unit);
    set_text(entry, "rule", s->rule);
    set_text(entry, "vi", s->vi);
    set_text(entry, "en", s->en);
    if (s->has_min)
        json_object_set_new(entry, "min", json_real(s->min));
    if (s->has_max)
        json_object_set_new(entry, "max", json_real(s->max));
    if (s->type == TYPE_CHOICE)
        add_choices(reader, entry);
    json_object_set(entry, "value", value);
}

static void read_setting(lua_State *lua, void *user)
{
    struct settings_job *job = user;
    struct setting setting = { 0 };
    struct kh_reader reader;
    char what[40], text[160];
    const char *wanted;
    json_t *entry = json_object(), *value;

    json_array_append_new(job->list, entry); /* owned before anything can raise */
    snprintf(what, sizeof(what), "settings[%u]", job->place);
    kh_read_begin(&reader, lua, 1, what);
    read_head(&reader, &setting);
    if (!kh_read_push(&reader, "default"))
        kh_read_fail(&reader, "default", "missing");
    json_object_set_new(entry, "default", scalar(lua, -1));
    value = json_object_get(entry, "default");
    wanted = wrong_value(&reader, &setting, value, text, sizeof(text));
    if (wanted)
        luaL_error(lua, "setting '%s': default: %s", setting.name, wanted);
    if (json_object_get(job->own, setting.name)) {
        value = json_object_get(job->own, setting.name);
        wanted = wrong_value(&reader, &setting, value, text, sizeof(text));
        if (wanted)
            luaL_error(lua, "the council's own value of '%s': %s", setting.name, wanted);
    }
    describe(&reader, &setting, entry, value);
    json_object_set(job->values, setting.name, value);
}

static void push_scalar(lua_State *lua, const json_t *value)
{
    if (json_is_boolean(value))
        lua_pushboolean(lua, json_is_true(value));
    else if (json_is_integer(value))
        lua_pushinteger(lua, json_integer_value(value));
    else if (json_is_real(value))
        lua_pushnumber(lua, json_real_value(value));
    else
        lua_pushstring(lua, json_string_value(value));
}

static void push_values(lua_State *lua, const json_t *values)
{
    const char *name;
    json_t *value;

    lua_newtable(lua);
    json_object_foreach((json_t *)values, name, value)
    {
        push_scalar(lua, value);
        lua_setfield(lua, -2, name);
    }
}

static void refuse_unknown(const struct settings_job *job)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)job->own, name, value)
    {
        if (!json_object_get(job->values, name))
            kh_problems_add(job->problems, "settings",
                            "the council sets '%s', which this procedure does not have", name);
    }
}

static const char *quoted_name(lua_State *lua, char *text, size_t size)
{
    text[0] = '\0';
    if (lua_istable(lua, -1)) {
        if (lua_getfield(lua, -1, "name") == LUA_TSTRING)
            snprintf(text, size, "\"%s\"", lua_tostring(lua, -1));
        lua_pop(lua, 1);
    }
    return text[0] ? text : "settings";
}

void kh_settings_read(lua_State *lua, const json_t *own, json_t *json, struct kh_problems *problems)
{
    struct settings_job job = { .own = own, .problems = problems };
    char near[64];

    job.list = json_array();
    json_object_set_new(json, "settings", job.list);
    job.values = json_object();
    json_object_set_new(json, "values", job.values); /* owned by @json meanwhile */
    if (!lua_isnil(lua, -1) && !lua_istable(lua, -1))
        kh_problems_add(problems, "settings", "settings: a list { ... } is wanted");
    while (lua_istable(lua, -1) && job.place < KH_SETTINGS_MAX) {
        if (lua_geti(lua, -1, ++job.place) == LUA_TNIL) {
            lua_pop(lua, 1);
            break;
        }
        kh_problems_try(problems, lua, quoted_name(lua, near, sizeof(near)), read_setting, &job);
        lua_pop(lua, 1);
    }
    refuse_unknown(&job);
    push_values(lua, job.values);
    json_object_del(json, "values");
}
