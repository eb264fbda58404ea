#include "procedure/load.h"

#include "base/check.h"
#include "base/text.h"
#include "procedure/library.h"
#include "procedure/read.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { API = 1 };

const char *const kh_hook_names[KH_HOOKS + 1] = {
#define KH_HOOK_NAME(name, lua) lua,
    KH_HOOK_LIST(KH_HOOK_NAME)
#undef KH_HOOK_NAME
        NULL
};

struct load {
    struct kh_procedure *p;
    const json_t *settings;
    struct kh_problems *problems;
};

/* --- names that are nearly right --- */

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

/* Levenshtein's distance of two short words. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[64];
    size_t n = strlen(b);

    if (n >= KH_COUNT(row) || strlen(a) >= KH_COUNT(row))
        return UINT32_MAX;
    for (unsigned j = 0; j <= n; j++)
        row[j] = j;
    for (unsigned i = 1; a[i - 1]; i++) {
        unsigned before = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= n; j++) {
            unsigned here = row[j];
            row[j] = min3(row[j] + 1, row[j - 1] + 1, before + (a[i - 1] != b[j - 1]));
            before = here;
        }
    }
    return row[n];
}

static const char *nearest(const char *word, const char *const *words)
{
    const char *best = NULL;
    unsigned least = 4;

    for (; *words; words++) {
        unsigned d = distance(word, *words);
        if (d < least) {
            least = d;
            best = *words;
        }
    }
    return best;
}

/* --- the table that procedure.lua returns (at index 1) --- */

static const char *const top_words[] = { "api",
                                         "title",
                                         "version",
                                         "settings",
                                         "setup",
#define KH_HOOK_WORD(name, lua) lua,
                                         KH_HOOK_LIST(KH_HOOK_WORD)
#undef KH_HOOK_WORD
                                             NULL };

static void check_top_words(lua_State *lua, struct load *load)
{
    lua_pushnil(lua);
    while (lua_next(lua, 1)) {
        const char *word = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "?";
        const char *near = nearest(word, top_words);
        if (kh_word_find(top_words, word) < 0)
            kh_problems_add(load->problems, word, "unknown hook or field '%s'%s%s%s", word,
                            near ? " (did you mean '" : " (see the list in plugins/README.md)",
                            near ? near : "", near ? "'?)" : "");
        lua_pop(lua, 1);
    }
}

static void read_head(lua_State *lua, void *user)
{
    struct load *load = user;
    struct kh_reader reader, title;
    char vi[128], en[128], version[KH_WORD_BYTES] = "";
    int64_t api = 0;

    kh_read_begin(&reader, lua, 1, "procedure");
    if (!kh_read_int(&reader, "api", 1, 1000, &api) || api != API)
        luaL_error(lua, "api: this server speaks api = %d", API);
    kh_read_text(&reader, "version", version, sizeof(version));
    if (!kh_read_push(&reader, "title"))
        kh_read_fail(&reader, "title", "missing: { vi = ..., en = ... }");
    kh_read_begin(&title, lua, -1, "title");
    kh_read_both(&title, vi, sizeof(vi), en, sizeof(en));
    lua_pop(lua, 1);
    json_object_set_new(load->p->describe, "name", json_string(load->p->name));
    json_object_set_new(load->p->describe, "api", json_integer(api));
    json_object_set_new(load->p->describe, "version", json_string(version));
    json_object_set_new(load->p->describe, "title", json_pack("{s:s, s:s}", "vi", vi, "en", en));
}

static void read_hooks(lua_State *lua, struct load *load)
{
    for (unsigned i = 0; i < KH_HOOKS; i++) {
        if (lua_getfield(lua, 1, kh_hook_names[i]) == LUA_TFUNCTION) {
            load->p->hook_ref[i] = luaL_ref(lua, LUA_REGISTRYINDEX);
            continue;
        }
        if (!lua_isnil(lua, -1))
            kh_problems_add(load->problems, kh_hook_names[i], "%s: a function is wanted, not a %s",
                            kh_hook_names[i], luaL_typename(lua, -1));
        lua_pop(lua, 1);
    }
}

static void set_up(lua_State *lua, struct load *load)
{
    struct kh_procedure *p = load->p;

    lua_getfield(lua, 1, "settings");
    kh_settings_read(lua, load->settings, p->describe, load->problems);
    kh_sandbox_freeze(lua);
    lua_pushvalue(lua, -1);
    p->settings_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    if (lua_getfield(lua, 1, "setup") != LUA_TFUNCTION) {
        kh_problems_add(load->problems, "setup",
                        "setup: missing: a function that declares kinds, lanes and votes");
        lua_pop(lua, 3);
        return;
    }
    lua_pushvalue(lua, -2);
    lua_call(lua, 1, 1);
    if (load->problems->n == 0 || !lua_isnil(lua, -1))
        kh_vocabulary_read(lua, &p->vocabulary, p->describe, load->problems);
    lua_pop(lua, 3);
}

static int run(lua_State *lua)
{
    struct load *load = lua_touserdata(lua, 1);

    lua_settop(lua, 0);
    if (!kh_sandbox_load(lua, load->p->path, load->p->chunk))
        return lua_error(lua);
    lua_call(lua, 0, 1);
    if (!lua_istable(lua, 1))
        return luaL_error(lua, "the file must return the procedure (end it with 'return { ... }')");
    check_top_words(lua, load);
    kh_problems_try(load->problems, lua, "title", read_head, load);
    read_hooks(lua, load);
    set_up(lua, load);
    return 0;
}

/* log(text) of the plugin: a line of the trace of decisions. */
static void keep_log(void *user, const char *text)
{
    struct kh_procedure *p = user;
    struct kh_trace_entry *entry = kh_trace_add(&p->trace, "log", p->now_ms);

    KH_TEXT_SET(entry->verdict, text);
}

static void name_after_folder(struct kh_procedure *p, const char *dir)
{
    char path[512];
    size_t bytes;
    const char *slash;

    KH_TEXT_SET(path, dir);
    bytes = strlen(path);
    while (bytes > 1 && path[bytes - 1] == '/')
        path[--bytes] = '\0';
    slash = strrchr(path, '/');
    KH_TEXT_SET(p->name, slash ? slash + 1 : path);
    snprintf(p->chunk, sizeof(p->chunk), "%s/procedure.lua", p->name);
    snprintf(p->path, sizeof(p->path), "%.490s/procedure.lua", path);
}

void kh_load(struct kh_procedure *p, const char *dir, const char *lib_dir, const json_t *settings,
             struct kh_problems *problems)
{
    struct load load = { p, settings, problems };

    name_after_folder(p, dir);
    if (lib_dir)
        KH_TEXT_SET(p->lib_dir, lib_dir);
    else
        snprintf(p->lib_dir, sizeof(p->lib_dir), "%.480s/../lib", dir);
    for (unsigned i = 0; i < KH_HOOKS; i++)
        p->hook_ref[i] = LUA_NOREF;
    p->settings_ref = p->body_ref = LUA_NOREF;
    p->describe = json_object();
    problems->path = p->path;
    problems->chunk = p->chunk;
    if (kh_sandbox_init(&p->sandbox, p->lib_dir) != KH_OK) {
        kh_problems_add(problems, NULL, "out of memory");
        return;
    }
    kh_library_set_log(p->sandbox.lua, keep_log, p);
    lua_pushcfunction(p->sandbox.lua, run);
    lua_pushlightuserdata(p->sandbox.lua, &load);
    if (!kh_sandbox_call(&p->sandbox, 1, 0, KH_SANDBOX_LOAD_MS))
        kh_problems_add(problems, NULL, "%s", lua_tostring(p->sandbox.lua, -1));
    lua_settop(p->sandbox.lua, 0);
    p->sandbox.sealed = true;
}

void kh_load_finish(struct kh_procedure *p)
{
    kh_sandbox_finish(&p->sandbox);
    json_decref(p->describe);
    free(p->profiles);
    p->describe = NULL;
    p->profiles = NULL;
}
