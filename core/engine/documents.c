/* GET /documents/…: the papers of the agenda, as the council put them into a folder.
 *
 *   /documents/ITEM/              what there is: [{name, path, bytes, closed}]
 *   /documents/ITEM/FILE
 *   /documents/ITEM/closed/FILE   for the council itself, never for the public
 *   /documents/photos/ID.jpg      of persons */
#include "engine/box_calls.h"
#include "engine/internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LISTED_MAX = 500 };

static const char root[] = "/documents/", photos[] = "/documents/photos/";
static const char closed_folder[] = "closed";

enum {
    COUNCIL = KH_ROLE_CHAIR | KH_ROLE_DELEGATE | KH_ROLE_SECRETARY,
    PUBLIC = KH_ROLE_OBSERVER | KH_ROLE_DISPLAY,
};

/* "/documents/ITEM/closed/…" */
static bool is_closed(const char *path)
{
    char **parts = g_strsplit(path + strlen(root), "/", 3);
    bool is = g_strv_length(parts) > 1 && strcmp(parts[1], closed_folder) == 0;

    g_strfreev(parts);
    return is;
}

/* While a sitting is closed (họp kín, law 77/2015 Art. 78(4)) the public reads no papers at all. */
bool kh_documents_may_read(const struct kh_state *state, uint32_t roles, const char *path)
{
    bool is_sitting = state->phase == KH_PHASE_SITTING || state->phase == KH_PHASE_SUSPENDED;

    if (g_str_has_prefix(path, photos))
        return roles != 0;
    if (is_closed(path))
        return (roles & COUNCIL) != 0;
    if (is_sitting && state->sitting_closed)
        return (roles & ~(uint32_t)PUBLIC) != 0;
    return roles != 0;
}

/* --- the list of an item --- */

static int open_folder(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    char *key_a = g_utf8_collate_key_for_filename(*(const char *const *)a, -1);
    char *key_b = g_utf8_collate_key_for_filename(*(const char *const *)b, -1);
    int order = strcmp(key_a, key_b);

    g_free(key_a);
    g_free(key_b);
    return order;
}

/* Names of the folder that a page may show, "2.pdf" before "10.pdf". */
static GPtrArray *names_in(int folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    int own = dup(folder);
    DIR *dir = own >= 0 ? fdopendir(own) : NULL;
    const struct dirent *entry;

    while (dir && names->len < LISTED_MAX && (entry = readdir(dir)))
        if (entry->d_name[0] != '.' && g_utf8_validate(entry->d_name, -1, NULL))
            g_ptr_array_add(names, g_strdup(entry->d_name));
    if (dir)
        closedir(dir);
    else if (own >= 0)
        close(own);
    g_ptr_array_sort(names, by_name);
    return names;
}

static json_t *paper(const char *prefix, const char *name, const struct stat *info, bool closed)
{
    char *escaped = g_uri_escape_string(name, NULL, FALSE);
    char *path = g_strconcat(prefix, escaped, NULL);
    json_t *object = json_pack("{s:s, s:s, s:I}", "name", name, "path", path, "bytes",
                               (json_int_t)info->st_size);

    if (closed)
        json_object_set_new(object, "closed", json_true());
    g_free(escaped);
    g_free(path);
    return object;
}

static void list_folder(json_t *list, int folder, const char *prefix, bool closed)
{
    GPtrArray *names = names_in(folder);
    struct stat info;

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode))
            json_array_append_new(list, paper(prefix, name, &info, closed));
    }
    g_ptr_array_free(names, TRUE);
}

/* An item without a folder has no papers; that is nothing unusual. */
static json_t *list_item(int documents, const char *item, bool is_council)
{
    json_t *list = json_array();
    int folder = open_folder(documents, item);
    char *escaped = g_uri_escape_string(item, NULL, FALSE);
    char *prefix = g_strdup_printf("%s%s/", root, escaped);
    char *closed_prefix = g_strdup_printf("%s%s/", prefix, closed_folder);

    if (folder >= 0) {
        int closed = is_council ? open_folder(folder, closed_folder) : -1;
        list_folder(list, folder, prefix, false);
        if (closed >= 0) {
            list_folder(list, closed, closed_prefix, true);
            close(closed);
        }
        close(folder);
    }
    g_free(escaped);
    g_free(prefix);
    g_free(closed_prefix);
    return list;
}

static void send_json(struct kh_api_page *page, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);

    kh_api_page_text(page, 200, g_string_new(text), "application/json");
    free(text);
    json_decref(json);
}

/* --- the whole --- */

/* ITEM/FILE, ITEM/closed/FILE and photos/FILE; nothing else is a paper, whatever lies there. */
static bool is_paper(const struct kh_state *state, char **parts)
{
    guint n = g_strv_length(parts);

    if (n == 2 && strcmp(parts[0], "photos") == 0)
        return true;
    if (n < 2 || kh_state_item(state, parts[0]) == KH_NO_ITEM)
        return false;
    return (n == 2 && parts[1][0] != '\0') || (n == 3 && strcmp(parts[1], closed_folder) == 0);
}

static void answer(struct kh_council *council, struct kh_api_page *page, uint32_t roles,
                   const char *path)
{
    const struct kh_state *state = council->state;
    const char *folder = council->config->documents;
    char **parts = g_strsplit(path, "/", -1);
    bool is_list = g_strv_length(parts) == 2 && parts[1][0] == '\0' &&
                   kh_state_item(state, parts[0]) != KH_NO_ITEM;
    int documents = folder[0] ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (is_list)
        send_json(page, list_item(documents, parts[0], (roles & COUNCIL) != 0));
    else if (documents >= 0 && is_paper(state, parts))
        kh_api_page_file(page, documents, path);
    else
        kh_api_page_text(page, 404, NULL, NULL);
    if (documents >= 0)
        close(documents);
    g_strfreev(parts);
}

void kh_documents_get(void *user, struct kh_api_page *page, const struct kh_principal *who,
                      const char *path)
{
    struct kh_council *council = who->council ? kh_engine_council(user, who->council) : NULL;

    if (g_str_has_prefix(path, "/box/"))
        kh_box_get(user, page, path);
    else if (council && g_str_has_prefix(path, "/minutes/"))
        kh_minutes_document(council, page, path);
    else if (council && g_str_has_prefix(path, root))
        answer(council, page,
               kh_state_roles(council->state, kh_engine_person(council, who->person)),
               path + strlen(root));
    else
        kh_api_page_text(page, 404, NULL, NULL);
}
