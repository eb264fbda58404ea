/* Commands as Lua tables, and actions of Lua as commands, by the field table of session/fields.h.
 */
#include "procedure/hearing.h"

#include "base/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

const char *kh_fields_name(enum kh_field field, char *text, size_t size)
{
    size_t bytes;

    snprintf(text, size, "%s", kh_field_table[field].name);
    bytes = strlen(text);
    if (kh_field_table[field].kind == KH_KIND_MS && bytes > 3 &&
        strcmp(text + bytes - 3, "_ms") == 0)
        text[bytes - 3] = '\0';
    return text;
}

static void push_members(lua_State *lua, const struct kh_state *state,
                         const struct kh_members *members)
{
    lua_createtable(lua, (int)members->n, 0);
    for (unsigned i = 0; i < members->n; i++) {
        kh_ctx_push_person(lua, state, members->person[i]);
        lua_rawseti(lua, -2, i + 1);
    }
}

void kh_fields_push_names(lua_State *lua, const struct kh_names *names)
{
    lua_createtable(lua, (int)names->n, 0);
    for (unsigned i = 0; i < names->n; i++) {
        lua_pushstring(lua, names->name[i]);
        lua_rawseti(lua, -2, i + 1);
    }
}

/* False: nothing pushed. Choices stay out: no rule may look at how a person votes. */
static bool push_value(lua_State *lua, const struct kh_state *state, enum kh_field field,
                       const struct kh_fields *f)
{
    const char *at = (const char *)f + kh_field_table[field].offset;

    switch (kh_field_table[field].kind) {
    case KH_KIND_PERSON:
        kh_ctx_push_person(lua, state, *(const kh_person *)at);
        return true;
    case KH_KIND_ITEM:
        kh_ctx_push_item_id(lua, state, *(const kh_item *)at);
        return true;
    case KH_KIND_U32:
        lua_pushinteger(lua, *(const uint32_t *)at);
        return true;
    case KH_KIND_TEXT:
        lua_pushstring(lua, at);
        return true;
    case KH_KIND_INT:
        lua_pushinteger(lua, *(const int64_t *)at);
        return true;
    case KH_KIND_MS:
    case KH_KIND_TIME:
        kh_ctx_push_seconds(lua, *(const int64_t *)at);
        return true;
    case KH_KIND_BOOL:
        lua_pushboolean(lua, *(const bool *)at);
        return true;
    case KH_KIND_WORD:
        lua_pushstring(lua, kh_field_table[field].words[*(const int *)at]);
        return true;
    case KH_KIND_REASON:
    case KH_KIND_MARKS:
    case KH_KIND_CHOICE:
    case KH_KIND_TALLY:
    case KH_KIND_PROFILE:
    case KH_KIND_AGENDA_ITEM:
    case KH_KIND_ASK_TEXT:
    case KH_KIND_BALLOT:
    case KH_KIND_RESULT:
    case KH_KIND_SUBJECTS:
    case KH_KIND_BLOB:
    case KH_KIND_VALUES:
        return false;
    case KH_KIND_MEMBERS:
        push_members(lua, state, f->members);
        return true;
    case KH_KIND_NAMES:
        kh_fields_push_names(lua, *(const struct kh_names *const *)(const void *)at);
        return true;
    }
    return false;
}

void kh_fields_push(lua_State *lua, const struct kh_state *state, const struct kh_command *command)
{
    char name[40];

    lua_newtable(lua);
    lua_pushstring(lua, kh_command_table[command->type].name);
    lua_setfield(lua, -2, "name");
    kh_ctx_push_person(lua, state, command->actor);
    lua_setfield(lua, -2, "who");
    for (unsigned i = 0; i < KH_FIELDS; i++) {
        if (!(command->f.present >> i & 1) ||
            !push_value(lua, state, (enum kh_field)i, &command->f))
            continue;
        /* A session's own name would hide the command's. */
        kh_fields_name((enum kh_field)i, name, sizeof(name));
        lua_setfield(lua, -2, i == KH_F_name ? "title" : name);
    }
}

static kh_person person_named(const struct kh_reader *reader, const struct kh_state *state,
                              const char *field)
{
    const char *id = lua_tostring(reader->lua, -1);
    kh_person person = id ? kh_state_person(state, id) : KH_NOBODY;

    if (person == KH_NOBODY)
        luaL_error(reader->lua, "%s: %s: there is no person '%s'", reader->what, field,
                   id ? id : "?");
    return person;
}

static kh_item item_named(const struct kh_reader *reader, const struct kh_state *state,
                          const char *field)
{
    const char *id = lua_tostring(reader->lua, -1);
    kh_item item = id ? kh_state_item(state, id) : KH_NO_ITEM;

    if (item == KH_NO_ITEM)
        luaL_error(reader->lua, "%s: %s: the agenda has no item '%s'", reader->what, field,
                   id ? id : "?");
    return item;
}

static void read_numbered(const struct kh_reader *reader, const struct kh_field_info *info,
                          const char *name, char *at)
{
    int64_t number = 0;

    if (info->kind == KH_KIND_U32) {
        kh_read_int(reader, name, 0, UINT32_MAX, &number);
        *(uint32_t *)at = (uint32_t)number;
    } else {
        kh_read_int(reader, name, INT64_MIN / 2, INT64_MAX / 2, &number);
        *(int64_t *)at = number;
    }
}

static void read_composite(const struct kh_reader *reader, const struct kh_field_info *info,
                           const char *name, char *at)
{
    struct kh_reader sub;

    if (info->kind != KH_KIND_REASON)
        kh_read_fail(reader, name, "cannot be given in an action");
    kh_read_push(reader, name);
    kh_read_begin(&sub, reader->lua, -1, name);
    kh_read_reason(&sub, (struct kh_reason *)at);
    lua_pop(reader->lua, 1);
}

static void read_value(const struct kh_reader *reader, const struct kh_state *state,
                       enum kh_field field, const char *name, char *at)
{
    const struct kh_field_info *info = &kh_field_table[field];
    int word = 0;

    switch (info->kind) {
    case KH_KIND_PERSON:
        *(kh_person *)at = person_named(reader, state, name);
        break;
    case KH_KIND_ITEM:
        *(kh_item *)at = item_named(reader, state, name);
        break;
    case KH_KIND_U32:
    case KH_KIND_INT:
        read_numbered(reader, info, name, at);
        break;
    case KH_KIND_TEXT:
        kh_read_text(reader, name, at, info->size);
        break;
    case KH_KIND_MS:
        kh_read_ms(reader, name, (int64_t *)at);
        break;
    case KH_KIND_TIME:
        *(int64_t *)at = (int64_t)(lua_tonumber(reader->lua, -1) * 1000);
        break;
    case KH_KIND_BOOL:
        kh_read_bool(reader, name, (bool *)at);
        break;
    case KH_KIND_WORD:
        kh_read_word(reader, name, info->words, &word);
        memcpy(at, &word, sizeof(word));
        break;
    case KH_KIND_REASON:
    case KH_KIND_MARKS:
    case KH_KIND_CHOICE:
    case KH_KIND_TALLY:
    case KH_KIND_PROFILE:
    case KH_KIND_AGENDA_ITEM:
    case KH_KIND_ASK_TEXT:
    case KH_KIND_BALLOT:
    case KH_KIND_RESULT:
    case KH_KIND_SUBJECTS:
    case KH_KIND_MEMBERS:
    case KH_KIND_NAMES: /* read by its action, which has the room for it */
    case KH_KIND_BLOB:
    case KH_KIND_VALUES:
        read_composite(reader, info, name, at);
        break;
    }
}

bool kh_fields_read(const struct kh_reader *reader, const struct kh_state *state,
                    enum kh_field field, struct kh_fields *to)
{
    char name[40];

    kh_fields_name(field, name, sizeof(name));
    if (!kh_read_push(reader, name))
        return false;
    read_value(reader, state, field, name, (char *)to + kh_field_table[field].offset);
    lua_pop(reader->lua, 1);
    to->present |= UINT64_C(1) << field;
    return true;
}
