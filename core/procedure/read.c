#include "procedure/read.h"

#include "base/text.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DAYS_MAX_MS = 7 * 24 * 3600 * 1000 };

void kh_read_begin(struct kh_reader *reader, lua_State *lua, int index, const char *what)
{
    reader->lua = lua;
    reader->table = lua_absindex(lua, index);
    snprintf(reader->what, sizeof(reader->what), "%s", what);
    if (!lua_istable(lua, index))
        luaL_error(lua, "%s: a table { ... } is wanted, not a %s", what, luaL_typename(lua, index));
    luaL_checkstack(lua, 10, what);
}

_Noreturn void kh_read_fail(const struct kh_reader *reader, const char *field, const char *wanted)
{
    luaL_error(reader->lua, "%s: %s: %s", reader->what, field, wanted);
    __builtin_unreachable();
}

static bool is_listed(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static _Noreturn void fail_unknown(const struct kh_reader *reader, const char *word,
                                   const char *const *words)
{
    char known[400] = "";

    for (size_t used = 0; *words && used < sizeof(known) - 2; words++)
        used +=
            (size_t)snprintf(known + used, sizeof(known) - used, "%s%s", used ? ", " : "", *words);
    luaL_error(reader->lua, "%s: unknown field '%s' (there are: %s)", reader->what, word, known);
    __builtin_unreachable();
}

void kh_read_known(const struct kh_reader *reader, const char *const *words)
{
    lua_State *lua = reader->lua;

    lua_pushnil(lua);
    while (lua_next(lua, reader->table)) {
        lua_pop(lua, 1);
        if (lua_type(lua, -1) != LUA_TSTRING)
            luaL_error(lua, "%s: only named fields are wanted here", reader->what);
        if (!is_listed(lua_tostring(lua, -1), words))
            fail_unknown(reader, lua_tostring(lua, -1), words);
    }
}

bool kh_read_push(const struct kh_reader *reader, const char *field)
{
    if (lua_getfield(reader->lua, reader->table, field) != LUA_TNIL)
        return true;
    lua_pop(reader->lua, 1);
    return false;
}

bool kh_read_text(const struct kh_reader *reader, const char *field, char *to, size_t size)
{
    char wanted[80];

    if (!kh_read_push(reader, field))
        return false;
    if (lua_type(reader->lua, -1) != LUA_TSTRING)
        kh_read_fail(reader, field, "a text is wanted");
    if (!kh_text_copy(to, size, lua_tostring(reader->lua, -1))) {
        snprintf(wanted, sizeof(wanted), "too long (at most %zu bytes)", size - 1);
        kh_read_fail(reader, field, wanted);
    }
    lua_pop(reader->lua, 1);
    return true;
}

bool kh_read_int(const struct kh_reader *reader, const char *field, int64_t min, int64_t max,
                 int64_t *to)
{
    char wanted[80];
    int whole;
    lua_Integer value;

    if (!kh_read_push(reader, field))
        return false;
    value = lua_tointegerx(reader->lua, -1, &whole);
    if (!whole || lua_type(reader->lua, -1) != LUA_TNUMBER || value < min || value > max) {
        snprintf(wanted, sizeof(wanted), "a whole number from %lld to %lld is wanted",
                 (long long)min, (long long)max);
        kh_read_fail(reader, field, wanted);
    }
    lua_pop(reader->lua, 1);
    *to = value;
    return true;
}

bool kh_read_bool(const struct kh_reader *reader, const char *field, bool *to)
{
    if (!kh_read_push(reader, field))
        return false;
    if (!lua_isboolean(reader->lua, -1))
        kh_read_fail(reader, field, "true or false is wanted");
    *to = lua_toboolean(reader->lua, -1);
    lua_pop(reader->lua, 1);
    return true;
}

int64_t kh_read_ms_at(const struct kh_reader *reader, int index, const char *field)
{
    double seconds = lua_tonumber(reader->lua, index);

    if (lua_type(reader->lua, index) != LUA_TNUMBER || !(seconds >= 0) ||
        seconds > DAYS_MAX_MS / 1000)
        kh_read_fail(reader, field, "a number of seconds is wanted, 0 to seven days");
    return llround(seconds * 1000);
}

bool kh_read_ms(const struct kh_reader *reader, const char *field, int64_t *to)
{
    if (!kh_read_push(reader, field))
        return false;
    *to = kh_read_ms_at(reader, -1, field);
    lua_pop(reader->lua, 1);
    return true;
}

static _Noreturn void fail_word(const struct kh_reader *reader, const char *field,
                                const char *const *words)
{
    char wanted[300] = "one of these is wanted: ";

    for (size_t used = strlen(wanted); *words && used < sizeof(wanted) - 4; words++)
        used += (size_t)snprintf(wanted + used, sizeof(wanted) - used, "\"%s\"%s", *words,
                                 words[1] ? ", " : "");
    kh_read_fail(reader, field, wanted);
}

bool kh_read_word(const struct kh_reader *reader, const char *field, const char *const *words,
                  int *to)
{
    int index = -1;

    if (!kh_read_push(reader, field))
        return false;
    if (lua_type(reader->lua, -1) == LUA_TSTRING)
        index = kh_word_find(words, lua_tostring(reader->lua, -1));
    if (index < 0)
        fail_word(reader, field, words);
    lua_pop(reader->lua, 1);
    *to = index;
    return true;
}

bool kh_read_roles(const struct kh_reader *reader, const char *field, uint32_t *to)
{
    lua_State *lua = reader->lua;
    uint32_t roles = 0;

    if (!kh_read_push(reader, field))
        return false;
    if (!lua_istable(lua, -1))
        kh_read_fail(reader, field, "a list of roles is wanted, such as { \"delegate\" }");
    for (lua_Integer i = 1; lua_geti(lua, -1, i) != LUA_TNIL; i++) {
        int role = lua_type(lua, -1) == LUA_TSTRING
                       ? kh_word_find(kh_role_words, lua_tostring(lua, -1))
                       : -1;
        if (role < 0)
            fail_word(reader, field, kh_role_words);
        roles |= 1U << role;
        lua_pop(lua, 1);
    }
    lua_pop(lua, 2);
    *to = roles;
    return true;
}

void kh_read_text_needed(const struct kh_reader *reader, const char *field, char *to, size_t size)
{
    if (!kh_read_text(reader, field, to, size) || to[0] == '\0')
        kh_read_fail(reader, field, "missing");
}

void kh_read_both(const struct kh_reader *reader, char *vi, size_t vi_size, char *en,
                  size_t en_size)
{
    if (!kh_read_text(reader, "vi", vi, vi_size) || vi[0] == '\0')
        kh_read_fail(reader, "vi", "the Vietnamese words are missing");
    if (!kh_read_text(reader, "en", en, en_size) || en[0] == '\0')
        kh_read_fail(reader, "en", "the English words are missing");
}

void kh_read_reason(const struct kh_reader *reader, struct kh_reason *reason)
{
    memset(reason, 0, sizeof(*reason));
    kh_read_text(reader, "code", reason->code, sizeof(reason->code));
    kh_read_both(reader, reason->vi, sizeof(reason->vi), reason->en, sizeof(reason->en));
    kh_read_text(reader, "rule", reason->rule, sizeof(reason->rule));
}
