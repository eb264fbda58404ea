#include "api/door.h"

#include "base/check.h"

static bool has_roles(const struct kh_view *views, unsigned n_views)
{
    for (unsigned i = 0; i < n_views; i++)
        if (views[i].roles)
            return true;
    return false;
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
        kh_ws_send(conn, kh_message_ref(kh_window_text(kept, roles, who->person)));
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
    struct kh_message *message = NULL;

    for (unsigned i = 0; i < council->readers->len; i++) {
        struct kh_conn *conn = council->readers->pdata[i];

        if (!is_meant(conn, roles, person))
            continue;
        if (conn->out.length > 0) {
            api->counters.dropped_notes++;
            continue;
        }
        if (!message)
            message = kh_message_notification(method, params);
        kh_ws_send(conn, kh_message_ref(message));
    }
    kh_message_unref(message);
}
