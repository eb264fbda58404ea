#include "api/door.h"

#include "base/check.h"

static void free_council(gpointer data)
{
    struct kh_council *council = data;

    if (council->running) {
        g_source_destroy(council->running);
        g_source_unref(council->running);
    }
    kh_window_destroy(council->window);
    g_ptr_array_free(council->readers, TRUE);
    g_free(council->name);
    g_free(council);
}

struct kh_council *kh_member_council(struct kh_api *api, const char *name)
{
    struct kh_council *council;

    if (!api->councils)
        api->councils = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_council);
    council = g_hash_table_lookup(api->councils, name);
    if (!council) {
        council = g_new0(struct kh_council, 1);
        council->name = g_strdup(name);
        council->window = kh_window_create(api->config.window);
        council->readers = g_ptr_array_new();
        g_hash_table_insert(api->councils, council->name, council);
    }
    return council;
}

static struct kh_member *new_member(struct kh_api *api, const char *council, const char *person,
                                    char *key)
{
    struct kh_member *member = g_new0(struct kh_member, 1);

    member->key = key;
    member->council = kh_member_council(api, council);
    member->who.council = member->council->name;
    member->who.person = strchr(key, '\n') + 1;
    member->conns = g_ptr_array_new();
    KH_REQUIRE(strcmp(member->who.person, person) == 0);
    g_hash_table_insert(api->members, member->key, member);
    return member;
}

struct kh_member *kh_member_ref(struct kh_api *api, const char *council, const char *person)
{
    char *key = g_strconcat(council, "\n", person, NULL);
    struct kh_member *member = g_hash_table_lookup(api->members, key);

    if (member)
        g_free(key);
    else
        member = new_member(api, council, person, key);
    member->refs++;
    return member;
}

void kh_member_unref(struct kh_api *api, struct kh_member *member)
{
    if (--member->refs > 0)
        return;
    g_hash_table_remove(api->members, member->key);
    g_ptr_array_free(member->conns, TRUE);
    g_free(member->key);
    g_free(member);
}

/* Takes the caller's reference to @member. */
void kh_member_attach(struct kh_conn *conn, struct kh_member *member)
{
    conn->member = member;
    g_ptr_array_add(member->conns, conn);
    g_ptr_array_add(member->council->readers, conn);
    conn->api->counters.connected++;
}

void kh_member_detach(struct kh_conn *conn)
{
    struct kh_member *member = conn->member;
    struct kh_api *api = conn->api;

    if (!member)
        return;
    conn->member = NULL;
    g_ptr_array_remove_fast(member->conns, conn);
    g_ptr_array_remove_fast(member->council->readers, conn);
    api->counters.connected--;
    if (member->conns->len == 0 && member->is_present) {
        member->is_present = false;
        if (!api->is_stopping)
            api->ops->connected(api->user, &member->who, false);
    }
    kh_member_unref(api, member);
}

void kh_member_free_all(struct kh_api *api)
{
    KH_REQUIRE(g_hash_table_size(api->members) == 0);
    g_hash_table_destroy(api->members);
    if (api->councils)
        g_hash_table_destroy(api->councils);
}

unsigned kh_api_readers(const struct kh_api *api)
{
    return (unsigned)api->counters.connected;
}
