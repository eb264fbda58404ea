/* Actions: what a plugin wants done, as commands of the server itself (procedures.md 5.3). */
#include "procedure/hearing.h"

#include "base/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* The plugin's short words; a command's own name ("floor.extend") is understood too. */
static const struct {
    const char *word, *command;
} action_words[] = {
    { "grant", "floor.grant" },
    { "next", "floor.next" },
    { "revoke", "floor.revoke" },
    { "deny", "floor.deny" },
    { "accept", "floor.accept" },
    { "move", "floor.move" },
    { "extend", "floor.extend" },
    { "suspend", "floor.stop" },
    { "resume", "floor.resume" },
    { "mute", "mic.mute" },
    { "unmute", "mic.unmute" },
    { "mute_all", "mic.mute_all" },
    { "close_list", "list.close" },
    { "open_list", "list.open" },
    { "open_ballot", "vote.open" },
    { "close_ballot", "vote.close" },
    { "cancel_ballot", "vote.cancel" },
    { "start_item", "agenda.start" },
    { "finish_item", "agenda.finish" },
    { "suspend_sitting", "sitting.suspend" },
    { "adjourn", "sitting.close" },
    { "store", "procedure.store" },
    { "set_limit", "floor.limit" },
    { "reopen_ballot", "vote.reopen" },
    { "defer_ballot", "vote.defer" },
    { "publish", "sitting.publish" },
    { "lot", "lot.draw" },
    { "draw_lot", "lot.draw" },
    { "announce", "vote.announce" },
    { "dequeue", "floor.deny" },
};

static int command_of(const char *word)
{
    for (size_t i = 0; i < sizeof(action_words) / sizeof(action_words[0]); i++)
        if (strcmp(action_words[i].word, word) == 0)
            return kh_command_find(action_words[i].command);
    return kh_command_find(word);
}

struct kh_command *kh_actions_add(struct kh_hearing *h, enum kh_command_type type)
{
    struct kh_actions *actions = &h->verdict->actions;
    struct kh_command *command;

    if (actions->n == KH_ACTIONS_MAX)
        luaL_error(h->lua, "more than %d actions in one answer", KH_ACTIONS_MAX);
    command = &actions->command[actions->n++];
    memset(command, 0, sizeof(*command));
    command->type = type;
    command->at_ms = h->p->now_ms;
    command->actor = KH_NOBODY;
    return command;
}

/* --- ask --- */

static const char *const ask_words[] = { "to",      "code",    "vi",   "en",      "options",
                                         "timeout", "default", "rule", "request", NULL };
static const char *const option_words[] = { "id", "vi", "en", NULL };

static void read_addressee(struct kh_hearing *h, const struct kh_reader *reader,
                           struct kh_ask_text *ask)
{
    char to[KH_ID_BYTES] = "chair";
    int role;

    kh_read_text(reader, "to", to, sizeof(to));
    role = kh_word_find(kh_role_words, to);
    ask->person = KH_NOBODY;
    ask->roles = 0;
    if (strcmp(to, "assembly") == 0)
        ask->roles = KH_ROLE_DELEGATE;
    else if (role >= 0)
        ask->roles = 1U << role;
    else
        ask->person = kh_state_person(h->state, to);
    if (ask->roles == 0 && ask->person == KH_NOBODY)
        kh_read_fail(reader, "to", "a role, \"assembly\" or a person's id is wanted");
}

static void read_options(const struct kh_reader *reader, struct kh_ask_text *ask)
{
    lua_State *lua = reader->lua;

    if (!kh_read_push(reader, "options") || !lua_istable(lua, -1))
        kh_read_fail(reader, "options", "a list of { id =, vi =, en = } is wanted");
    while (lua_geti(lua, -1, ask->n_options + 1) != LUA_TNIL) {
        unsigned i = ask->n_options;
        struct kh_reader option;
        if (i == KH_ASK_OPTIONS_MAX)
            kh_read_fail(reader, "options", "too many");
        kh_read_begin(&option, lua, -1, "ask: options");
        kh_read_known(&option, option_words);
        kh_read_text_needed(&option, "id", ask->option[i], sizeof(ask->option[i]));
        kh_read_both(&option, ask->option_vi[i], sizeof(ask->option_vi[i]), ask->option_en[i],
                     sizeof(ask->option_en[i]));
        ask->n_options++;
        lua_pop(lua, 1);
    }
    lua_pop(lua, 2);
    if (ask->n_options == 0)
        kh_read_fail(reader, "options", "at least one is wanted");
}

static void read_default(const struct kh_reader *reader, struct kh_ask_text *ask)
{
    char word[KH_WORD_BYTES];

    if (!kh_read_text(reader, "default", word, sizeof(word))) {
        if (ask->timeout_ms)
            kh_read_fail(reader, "default", "missing: what counts as the answer at the time-out");
        return;
    }
    for (unsigned i = 0; i < ask->n_options; i++) {
        if (strcmp(ask->option[i], word) == 0) {
            ask->answer_default = i;
            return;
        }
    }
    kh_read_fail(reader, "default", "it is not one of the options");
}

void kh_actions_add_ask(struct kh_hearing *h, uint32_t request)
{
    struct kh_actions *actions = &h->verdict->actions;
    struct kh_ask_text *ask = &actions->ask[actions->n < KH_ACTIONS_MAX ? actions->n : 0];
    struct kh_reader reader;
    struct kh_command *command;
    int64_t about = request;

    kh_read_begin(&reader, h->lua, -1, "ask");
    memset(ask, 0, sizeof(*ask));
    kh_read_text_needed(&reader, "code", ask->code, sizeof(ask->code));
    kh_read_both(&reader, ask->vi, sizeof(ask->vi), ask->en, sizeof(ask->en));
    kh_read_text(&reader, "rule", ask->rule, sizeof(ask->rule));
    kh_read_ms(&reader, "timeout", &ask->timeout_ms);
    kh_read_int(&reader, "request", 1, UINT32_MAX, &about);
    read_addressee(h, &reader, ask);
    read_options(&reader, ask);
    read_default(&reader, ask);
    command = kh_actions_add(h, KH_CMD_ASK);
    KH_SET(&command->f, ask_text, ask);
    if (about)
        KH_SET(&command->f, request, (uint32_t)about);
    kh_hearing_note(h, " ask %s", ask->code);
}

/* --- the others --- */

static void add_notice(struct kh_hearing *h, struct kh_reader *reader)
{
    static const char *const words[] = { "code", "vi", "en", "rule", NULL };
    struct kh_actions *actions = &h->verdict->actions;

    if (actions->n_notices == sizeof(actions->notice) / sizeof(actions->notice[0]))
        luaL_error(h->lua, "too many notices in one answer");
    kh_read_known(reader, words);
    kh_read_reason(reader, &actions->notice[actions->n_notices++]);
}

static void refuse_unknown(const struct kh_reader *reader, uint64_t known)
{
    const char *words[KH_FIELDS + 1];
    char names[KH_FIELDS][40];
    unsigned n = 0;

    for (unsigned i = 0; i < KH_FIELDS; i++)
        if (known >> i & 1)
            words[n++] = kh_fields_name((enum kh_field)i, names[i], sizeof(names[i]));
    words[n] = NULL;
    kh_read_known(reader, words);
}

/* { "lot", among = { "d2", "d3" } } */
static void read_among(struct kh_hearing *h, const struct kh_reader *reader,
                       struct kh_command *command)
{
    struct kh_actions *actions = &h->verdict->actions;
    struct kh_names *names = &actions->among;

    if (!kh_read_push(reader, "among"))
        return;
    if (actions->has_among)
        kh_read_fail(reader, "among", "one lot an answer; draw the next one in on_lot");
    if (!lua_istable(h->lua, -1))
        kh_read_fail(reader, "among", "a list of ids is wanted");
    names->n = 0;
    while (lua_geti(h->lua, -1, names->n + 1) != LUA_TNIL) {
        const char *name = lua_tostring(h->lua, -1);
        if (names->n == KH_LOT_MAX)
            kh_read_fail(reader, "among", "too many");
        if (!name || !kh_text_copy(names->name[names->n++], KH_ID_BYTES, name))
            kh_read_fail(reader, "among", "texts of at most 31 bytes are wanted");
        lua_pop(h->lua, 1);
    }
    lua_pop(h->lua, 2);
    actions->has_among = true;
    KH_SET(&command->f, among, names);
}

static void add_command(struct kh_hearing *h, struct kh_reader *reader, const char *word)
{
    int type = command_of(word);
    const struct kh_command_info *info;
    struct kh_command *command;
    char name[40];

    if (type < 0)
        luaL_error(h->lua, "unknown action '%s'", word);
    info = &kh_command_table[type];
    refuse_unknown(reader, info->required | info->optional);
    command = kh_actions_add(h, (enum kh_command_type)type);
    for (unsigned i = 0; i < KH_FIELDS; i++) {
        if (!((info->required | info->optional) >> i & 1))
            continue;
        if (kh_field_table[i].kind == KH_KIND_NAMES) {
            read_among(h, reader, command);
            continue;
        }
        if (!kh_fields_read(reader, h->state, (enum kh_field)i, &command->f) &&
            info->required >> i & 1)
            kh_read_fail(reader, kh_fields_name((enum kh_field)i, name, sizeof(name)), "missing");
    }
    kh_hearing_note(h, " %s", word);
}

/* The action on the top: { "extend", person = ..., by = 60 }. Its word is taken out of the table,
 * which is the plugin's answer and used for nothing else. */
static void read_action(struct kh_hearing *h)
{
    lua_State *lua = h->lua;
    struct kh_reader reader;
    char word[40], what[64];

    kh_read_begin(&reader, lua, -1, "actions");
    if (lua_geti(lua, -1, 1) != LUA_TSTRING)
        luaL_error(lua, "an action is wanted: { \"name\", ... }");
    KH_TEXT_SET(word, lua_tostring(lua, -1));
    lua_pop(lua, 1);
    lua_pushnil(lua);
    lua_rawseti(lua, -2, 1);
    snprintf(what, sizeof(what), "action '%s'", word);
    KH_TEXT_SET(reader.what, what);
    if (strcmp(word, "ask") == 0) {
        kh_read_known(&reader, ask_words);
        kh_actions_add_ask(h, 0);
    } else if (strcmp(word, "notice") == 0) {
        add_notice(h, &reader);
    } else {
        add_command(h, &reader, word);
    }
    lua_pushstring(lua, word);
    lua_rawseti(lua, -2, 1);
}

void kh_actions_read(struct kh_hearing *h)
{
    lua_State *lua = h->lua;

    if (lua_isnil(lua, -1))
        return;
    if (!lua_istable(lua, -1))
        luaL_error(lua, "a list of actions is wanted, not a %s", luaL_typename(lua, -1));
    for (lua_Integer i = 1; lua_geti(lua, -1, i) != LUA_TNIL; i++) {
        read_action(h);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}
