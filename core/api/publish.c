#include "api/door.h"

#include "base/check.h"

enum { RUNNING_MS = 200 };

static bool has_roles(const struct kh_view *views, unsigned n_views)
{
    for (unsigned i = 0; i < n_views; i++)
        if (views[i].roles)
            return true;
    return false;
}

void kh_publish_release(struct kh_conn *conn)
{
    struct kh_message *held = conn->held;

    conn->held = NULL;
    if (held && !conn->close_code)
        kh_ws_send(conn, held);
    else
        kh_message_unref(held);
}

static gboolean release_all(gpointer user)
{
    struct kh_council *council = user;

    for (unsigned i = 0; i < council->readers->len; i++)
        kh_publish_release(council->readers->pdata[i]);
    g_source_unref(council->running);
    council->running = NULL;
    return G_SOURCE_REMOVE;
}

/* A running count waits for a newer one, until the alarm or another event comes. */
static void hold_back(struct kh_council *council, struct kh_conn *conn, struct kh_message *message)
{
    kh_message_unref(conn->held);
    conn->held = kh_message_ref(message);
    if (council->running)
        return;
    council->running = g_timeout_source_new(RUNNING_MS);
    g_source_set_callback(council->running, release_all, council, NULL);
    g_source_attach(council->running, g_main_context_get_thread_default());
}

static void hand_on(struct kh_council *council, struct kh_conn *conn, const struct kh_kept *kept,
                    const struct kh_text *text)
{
    if (text && text->is_running) {
        hold_back(council, conn, text->message);
        return;
    }
    kh_publish_release(conn);
    kh_ws_send(conn, kh_message_ref(text ? text->message : kept->withheld));
}

void kh_api_publish(struct kh_api *api, const char *council_name, uint64_t seq,
                    const struct kh_view *views, unsigned n_views)
{
    struct kh_council *council = kh_member_council(api, council_name);
    const struct kh_kept *kept = kh_window_add(council->window, seq, views, n_views);
    bool by_role = has_roles(views, n_views);

    api->counters.events++;
    /* Sending frees no reader and leaves the list alone: closing waits for the event loop. */
    for (unsigned i = 0; i < council->readers->len; i++) {
        struct kh_conn *conn = council->readers->pdata[i];
        const struct kh_principal *who = &conn->member->who;
        uint32_t roles;

        if (conn->close_code || seq <= conn->seq)
            continue;
        roles = by_role ? api->ops->roles(api->user, who) : 0;
        conn->seq = seq;
        hand_on(council, conn, kept, kh_window_view(kept, roles, who->person));
    }
}

static bool is_meant(struct kh_conn *conn, uint32_t roles, const char *person)
{
    struct kh_api *api = conn->api;
    const struct kh_principal *who = &conn->member->who;

    if (conn->close_code || (person && strcmp(person, who->person) != 0))
        return false;
    return roles == 0 || (roles & api->ops->roles(api->user, who));
}

void kh_api_notify(struct kh_api *api, const char *council_name, uint32_t roles, const char *person,
                   const char *method, json_t *params)
{
    struct kh_council *council = kh_member_council(api, council_name);
    struct kh_message *message = kh_message_notification(method, params);

    for (unsigned i = 0; i < council->readers->len; i++) {
        struct kh_conn *conn = council->readers->pdata[i];

        if (is_meant(conn, roles, person))
            kh_ws_send(conn, kh_message_ref(message));
    }
    kh_message_unref(message);
}

void kh_api_show(struct kh_api *api, const char *council_name, const char *method, json_t *params)
{
    struct kh_council *council = kh_member_council(api, council_name);
    struct kh_message *message = kh_message_notification(method, params);

    for (unsigned i = 0; i < council->readers->len; i++) {
        struct kh_conn *conn = council->readers->pdata[i];

        if (conn->close_code)
            continue;
        if (conn->out.length > 0)
            api->counters.dropped_notes++;
        else
            kh_ws_send(conn, kh_message_ref(message));
    }
    kh_message_unref(message);
}
