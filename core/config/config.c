#include "config/config.h"

#include "base/text.h"
#include "config/lua_data.h"
#include "config/roster.h"
#include "config/settings.h"

#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A file on its way into a struct kh_config; problems are collected as lines. */
struct loading {
    const char *path;
    char *folder, *text;
    struct kh_config *config;
    GString *problems;
    unsigned n_problems;
};

/* Where @word is given a value at or behind @at: a whole word, outside comments, before "=". NULL
 * when it is not there. */
static const char *find_setting(const char *at, const char *word)
{
    size_t length = strlen(word);

    for (const char *start = at; *at; at++) {
        if (at[0] == '-' && at[1] == '-')
            at += strcspn(at, "\n");
        bool is_inside = at > start && (g_ascii_isalnum(at[-1]) || at[-1] == '_');
        if (is_inside || strncmp(at, word, length) != 0)
            continue;
        const char *behind = at + length + strspn(at + length, " \t");
        if (behind[0] == '=' && behind[1] != '=')
            return at;
        if (*at == '\0')
            break;
    }
    return NULL;
}

/* The line of the last word of a dotted path, each word looked for behind the one before. */
static unsigned line_of(const struct loading *l, const char *dotted)
{
    char **words = g_strsplit(dotted, ".", -1);
    const char *at = l->text;
    unsigned line = 1;

    for (char **word = words; *word; word++) {
        const char *found = find_setting(at, *word);
        at = found ? found : at;
    }
    for (const char *p = l->text; p < at; p++)
        line += *p == '\n';
    g_strfreev(words);
    return line;
}

static void problem(struct loading *l, const char *dotted, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void problem(struct loading *l, const char *dotted, const char *format, ...)
{
    va_list args;

    g_string_append_printf(l->problems, "%s:%u: %s: ", l->path, line_of(l, dotted), dotted);
    va_start(args, format);
    g_string_append_vprintf(l->problems, format, args);
    va_end(args);
    g_string_append_c(l->problems, '\n');
    l->n_problems++;
}

static json_t *lookup(json_t *root, const char *dotted)
{
    char **words = g_strsplit(dotted, ".", -1);
    json_t *at = root;

    for (char **word = words; *word && at; word++)
        at = json_object_get(at, *word);
    g_strfreev(words);
    return at;
}

/* --- plain settings --- */

static void set_text(struct loading *l, const struct kh_setting *s, const char *text)
{
    char *to = (char *)l->config + s->offset;
    char *full = s->kind == KH_SETTING_PATH && text[0] ? g_canonicalize_filename(text, l->folder)
                                                       : g_strdup(text);

    if (!kh_text_copy(to, s->size, full))
        problem(l, s->path, "at most %zu bytes", s->size - 1);
    g_free(full);
}

static void set_int(struct loading *l, const struct kh_setting *s, int64_t value)
{
    if (value < s->min || value > s->max)
        problem(l, s->path, "%" PRId64 " to %" PRId64 " %sis possible, default %s", s->min, s->max,
                s->unit[0] ? s->unit : "", s->standard);
    memcpy((char *)l->config + s->offset, &value, sizeof(value));
}

static void set_standard(struct loading *l, const struct kh_setting *s)
{
    bool yes = strcmp(s->standard, "true") == 0;

    if (s->kind == KH_SETTING_INT)
        set_int(l, s, g_ascii_strtoll(s->standard, NULL, 10));
    else if (s->kind == KH_SETTING_BOOL)
        memcpy((char *)l->config + s->offset, &yes, sizeof(yes));
    else
        set_text(l, s, s->standard);
}

static void set_value(struct loading *l, const struct kh_setting *s, const json_t *value)
{
    bool yes = json_is_true(value);

    set_standard(l, s);
    if (s->kind == KH_SETTING_INT && json_is_integer(value))
        set_int(l, s, json_integer_value(value));
    else if (s->kind == KH_SETTING_BOOL && json_is_boolean(value))
        memcpy((char *)l->config + s->offset, &yes, sizeof(yes));
    else if ((s->kind == KH_SETTING_TEXT || s->kind == KH_SETTING_PATH) && json_is_string(value))
        set_text(l, s, json_string_value(value));
    else
        problem(l, s->path, "%s is wanted",
                s->kind == KH_SETTING_INT    ? "a whole number"
                : s->kind == KH_SETTING_BOOL ? "true or false"
                                             : "a text in quotes");
}

static void load_settings(struct loading *l, json_t *root)
{
    for (unsigned i = 0; i < kh_settings_n; i++) {
        const json_t *value = lookup(root, kh_settings[i].path);
        if (value)
            set_value(l, &kh_settings[i], value);
        else
            set_standard(l, &kh_settings[i]);
    }
}

/* Is @dotted a setting, or the beginning of some? */
static bool is_known(const char *dotted)
{
    static const char *const others[] = { "councils", "media.addresses", "media.ice_servers" };
    size_t length = strlen(dotted);

    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(others[i], dotted) == 0)
            return true;
    for (unsigned i = 0; i < kh_settings_n; i++)
        if (strncmp(kh_settings[i].path, dotted, length) == 0 &&
            (kh_settings[i].path[length] == '\0' || kh_settings[i].path[length] == '.'))
            return true;
    return false;
}

/* Does @dotted stand for a group of settings? */
static bool is_section(const char *dotted)
{
    size_t length = strlen(dotted);

    for (unsigned i = 0; i < kh_settings_n; i++)
        if (strncmp(kh_settings[i].path, dotted, length) == 0 && kh_settings[i].path[length] == '.')
            return true;
    return false;
}

static void refuse_unknown(struct loading *l, json_t *object, const char *prefix)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        char *dotted = prefix[0] ? g_strdup_printf("%s.%s", prefix, name) : g_strdup(name);
        if (!is_known(dotted))
            problem(l, dotted, "there is no such setting (see config/kyhop.lua for all of them)");
        else if (is_section(dotted) && !json_is_object(value))
            problem(l, dotted, "a table is wanted: { name = value, ... }");
        else if (json_is_object(value))
            refuse_unknown(l, value, dotted);
        g_free(dotted);
    }
}

/* --- media addresses --- */

static void load_addresses(struct loading *l, json_t *root)
{
    json_t *list = lookup(root, "media.addresses"), *value;
    size_t i;

    if (!list) {
        KH_TEXT_SET(l->config->media_address[0], "127.0.0.1");
        l->config->n_media_addresses = 1;
        return;
    }
    if (json_array_size(list) == 0 || json_array_size(list) > KH_ADDRESSES_MAX)
        problem(l, "media.addresses", "a list of 1 to %d addresses is wanted", KH_ADDRESSES_MAX);
    json_array_foreach(list, i, value)
    {
        const char *text = json_string_value(value);
        if (i >= KH_ADDRESSES_MAX)
            break;
        if (!text || !g_hostname_is_ip_address(text) ||
            !kh_text_copy(l->config->media_address[i], KH_ADDRESS_BYTES, text))
            problem(l, "media.addresses", "an IPv4 or IPv6 address in quotes is wanted");
        l->config->n_media_addresses = (unsigned)i + 1;
    }
}

/* --- councils --- */

static void council_text(struct loading *l, const json_t *from, const char *name, char *to,
                         size_t size)
{
    const json_t *value = json_object_get(from, name);

    if (!json_is_string(value) || json_string_length(value) == 0)
        problem(l, name, "every council needs this text");
    else if (!kh_text_copy(to, size, json_string_value(value)))
        problem(l, name, "at most %zu bytes", size - 1);
}

static void load_item(struct loading *l, const json_t *from, struct kh_item_text *to)
{
    static const char *const known[] = { "id", "kind", "title", NULL };
    const json_t *title = json_object_get(from, "title");
    const char *member;
    json_t *value;

    json_object_foreach((json_t *)from, member, value) if (kh_word_find(known, member) < 0)
        problem(l, member, "an agenda item has no such setting (it has id, kind and title)");

    council_text(l, from, "id", to->id, sizeof(to->id));
    council_text(l, title, "vi", to->vi, sizeof(to->vi));
    council_text(l, title, "en", to->en, sizeof(to->en));
    const char *kind = json_string_value(json_object_get(from, "kind"));
    if (!kh_text_copy(to->kind, sizeof(to->kind), kind ? kind : "debate"))
        problem(l, "agenda", "kind: at most %zu bytes", sizeof(to->kind) - 1);
}

static void load_agenda(struct loading *l, const json_t *list, struct kh_council_config *to)
{
    size_t n = json_array_size(list), i;
    const json_t *item;

    if (list && !json_is_array(list) && json_object_size(list) + !json_is_object(list) > 0)
        problem(l, "agenda", "a list of items is wanted: { { id = ..., title = ... } }");
    if (n > KH_ITEMS_MAX) {
        problem(l, "agenda", "at most %d items", KH_ITEMS_MAX);
        n = KH_ITEMS_MAX;
    }
    to->items = g_new0(struct kh_item_text, n + 1);
    json_array_foreach(list, i, item) if (i < n)
    {
        struct kh_item_text *now = &to->items[to->n_items];
        load_item(l, item, now);
        if (strcmp(now->id, "photos") == 0)
            problem(l, "agenda", "the id \"photos\" is taken: photos are among the documents");
        for (unsigned k = 0; k < to->n_items; k++)
            if (now->id[0] && strcmp(to->items[k].id, now->id) == 0)
                problem(l, "agenda", "the id \"%s\" is there twice", now->id);
        to->n_items++;
    }
}

static void load_roster(struct loading *l, const json_t *from, struct kh_council_config *to)
{
    const char *name = json_string_value(json_object_get(from, "roster"));
    struct kh_error error = { 0 };

    if (!name) {
        problem(l, "roster", "every council needs a roster, e.g. roster = \"roster.csv\"");
        return;
    }
    char *path = g_canonicalize_filename(name, l->folder);
    if (kh_roster_load(path, &to->persons, &to->n_persons, &error)) {
        g_string_append_printf(l->problems, "%s\n", error.text);
        l->n_problems++;
    }
    g_free(path);
}

/* A folder that is not there (yet) is no reason not to start; `kyhop check` tells it. */
static void load_documents(struct loading *l, const json_t *value, struct kh_council_config *to)
{
    const char *name = json_string_value(value);

    if (!value)
        return;
    if (!name || !name[0]) {
        problem(l, "documents", "a folder in quotes is wanted, e.g. documents = \"documents\"");
        return;
    }
    char *path = g_canonicalize_filename(name, l->folder);
    if (!kh_text_copy(to->documents, sizeof(to->documents), path))
        problem(l, "documents", "at most %d bytes", KH_PATH_BYTES - 1);
    g_free(path);
}

static void load_council(struct loading *l, json_t *from, struct kh_council_config *to)
{
    static const char *const known[] = { "id",     "name",   "procedure", "settings", "roster",
                                         "agenda", "record", "documents", NULL };
    const json_t *name = json_object_get(from, "name");
    const char *member;
    json_t *value;

    json_object_foreach(from, member, value) if (kh_word_find(known, member) < 0)
        problem(l, member, "a council has no such setting");
    council_text(l, from, "id", to->id, sizeof(to->id));
    council_text(l, from, "procedure", to->procedure, sizeof(to->procedure));
    council_text(l, name, "vi", to->vi, sizeof(to->vi));
    council_text(l, name, "en", to->en, sizeof(to->en));
    to->settings = json_incref(json_object_get(from, "settings"));
    if (to->settings && !json_is_object(to->settings))
        problem(l, "settings", "a table is wanted: { name = value, ... }");
    const json_t *record = json_object_get(from, "record");
    if (record && !json_is_boolean(record))
        problem(l, "record", "true or false is wanted");
    to->record = !record || json_is_true(record);
    load_documents(l, json_object_get(from, "documents"), to);
    load_roster(l, from, to);
    load_agenda(l, json_object_get(from, "agenda"), to);
}

static void load_councils(struct loading *l, json_t *root)
{
    json_t *list = json_object_get(root, "councils"), *council;
    size_t i;

    if (json_array_size(list) == 0 || json_array_size(list) > KH_COUNCILS_MAX)
        problem(l, "councils", "a list of 1 to %d councils is wanted", KH_COUNCILS_MAX);
    json_array_foreach(list, i, council) if (i < KH_COUNCILS_MAX)
    {
        struct kh_council_config *to = &l->config->councils[l->config->n_councils];
        load_council(l, council, to);
        if (to->id[0] && kh_config_council(l->config, to->id))
            problem(l, "councils", "the id \"%s\" is there twice", to->id);
        l->config->n_councils++;
    }
}

/* --- the whole --- */

static void load_all(struct loading *l)
{
    struct kh_error error = { 0 };
    json_t *root = NULL;

    if (kh_lua_data_load(l->path, &root, &error)) {
        g_string_append_printf(l->problems, "%s\n", error.text);
        l->n_problems++;
        return;
    }
    load_settings(l, root);
    refuse_unknown(l, root, "");
    load_addresses(l, root);
    l->config->ice_servers = json_incref(lookup(root, "media.ice_servers"));
    if (l->config->ice_servers && !json_is_array(l->config->ice_servers))
        problem(l, "media.ice_servers", "a list of tables is wanted: { { urls = ... } }");
    if (l->config->public_address[0] && !g_hostname_is_ip_address(l->config->public_address))
        problem(l, "media.public_address", "an IPv4 or IPv6 address in quotes is wanted");
    load_councils(l, root);
    if ((l->config->certificate[0] == '\0') != (l->config->key[0] == '\0'))
        problem(l, "listen.certificate", "certificate and key go together");
    json_decref(root);
}

static struct kh_config *load(const char *path, GString *problems, unsigned *n)
{
    struct loading l = { .path = path, .problems = problems };

    l.config = g_new0(struct kh_config, 1);
    char *whole = g_canonicalize_filename(path, NULL);
    l.folder = g_path_get_dirname(whole);
    if (!g_file_get_contents(path, &l.text, NULL, NULL))
        l.text = g_strdup("");
    load_all(&l);
    *n = l.n_problems;
    g_free(whole);
    g_free(l.folder);
    g_free(l.text);
    return l.config;
}

enum kh_err kh_config_load(const char *path, struct kh_config **out, struct kh_error *error)
{
    GString *problems = g_string_new("");
    unsigned n = 0;
    enum kh_err err = KH_OK;
    struct kh_config *config = load(path, problems, &n);

    if (n > 0) {
        char *end = strchr(problems->str, '\n');
        *end = '\0';
        err = kh_err_set(error, KH_ERR_INVALID, "%s", problems->str);
        kh_config_free(config);
    } else {
        *out = config;
    }
    g_string_free(problems, TRUE);
    return err;
}

unsigned kh_config_check(const char *path, char *report, size_t size)
{
    GString *problems = g_string_new("");
    unsigned n = 0;

    kh_config_free(load(path, problems, &n));
    kh_text_copy(report, size, problems->str);
    g_string_free(problems, TRUE);
    return n;
}

void kh_config_free(struct kh_config *config)
{
    if (!config)
        return;
    for (unsigned i = 0; i < config->n_councils; i++) {
        json_decref(config->councils[i].settings);
        g_free(config->councils[i].persons);
        g_free(config->councils[i].items);
    }
    json_decref(config->ice_servers);
    g_free(config);
}

const struct kh_council_config *kh_config_council(const struct kh_config *config, const char *id)
{
    for (unsigned i = 0; i < config->n_councils; i++)
        if (strcmp(config->councils[i].id, id) == 0)
            return &config->councils[i];
    return NULL;
}
