/* door.h - the inside of kh_api: shared by core/api only.
 *
 * Engine thread only. A connection is in its member's and council's lists from `hello` until
 * libwebsockets closes it; nothing is freed while lists are walked, because closing always waits
 * for the event loop. */
#ifndef KH_API_DOOR_H
#define KH_API_DOOR_H

#include "api/auth.h"
#include "api/limit.h"
#include "api/window.h"

#include <libwebsockets.h>

/* Close codes besides RFC 6455's (section 7.4.2: 4000-4999 are the application's). A page must not
 * reconnect by itself after these. */
enum {
    KH_CLOSE_REPLACED = 4000,   /* the same session connected again */
    KH_CLOSE_TAKEN_OVER = 4001, /* another session of the person took over */
    KH_CLOSE_LOGGED_OUT = 4002,
};

struct kh_counters {
    uint64_t connected, connections, refused_connections;
    uint64_t requests, dropped_readers, dropped_notes;
    uint64_t in_bytes, out_bytes, events, logins, failed_logins, http_requests;
    uint64_t errors[10]; /* see metrics.c for which code is where */
};

struct kh_council {
    char *name;
    struct kh_window *window;
    GPtrArray *readers; /* kh_conn, borrowed */
    GSource *running;   /* NULL, or the alarm that hands out what is held back */
};

/* A person with a connection or an open call. */
struct kh_member {
    unsigned refs;
    char *key; /* council, newline, person */
    struct kh_principal who;
    struct kh_council *council;
    GPtrArray *conns; /* kh_conn, borrowed */
    bool is_present;  /* ops->connected(true) was called */
};

struct kh_api {
    struct kh_api_config config; /* strings owned */
    const struct kh_api_ops *ops;
    void *user;
    struct lws_context *lws;
    struct lws_vhost *vhost;
    struct lws_protocols protocols[3];
    lws_retry_bo_t keepalive;
    void *foreign_loops[1];
    struct kh_auth *auth;
    GHashTable *councils; /* name -> kh_council, owned */
    GHashTable *members;  /* key -> kh_member, borrowed */
    struct kh_peers *peers;
    GHashTable *sockets;       /* lws* -> address, owned */
    GQueue calls;              /* kh_api_call, owned */
    GQueue pages;              /* kh_api_page, owned */
    int web_fd, recordings_fd; /* folders, or -1 */
    bool is_stopping;
    struct kh_counters counters;
};

/* One WebSocket; memory of libwebsockets, zeroed at first. */
struct kh_conn {
    struct kh_api *api;
    struct lws *wsi;
    char cookie[KH_TOKEN_CHARS + 1]; /* of the upgrade request, or "" */
    struct kh_member *member;        /* NULL before hello */
    bool is_shared;
    unsigned char session[KH_SECRET_HASH_BYTES];
    uint64_t seq;            /* the newest event this reader has (queued) */
    GByteArray *frame;       /* the request as far as it came */
    struct kh_message *held; /* the newest running count, not yet sent; NULL: none */
    GQueue out;              /* kh_message references */
    size_t out_bytes;        /* of @out, unsent */
    size_t grace_bytes;      /* how much of it `hello` itself put there */
    struct kh_bucket requests;
    unsigned close_code; /* not 0: sends what is queued, then closes; hears and gets nothing more */
    const char *close_text;
    bool is_skipping; /* the rest of a refused request is still coming */
};

struct kh_api_call {
    struct kh_api *api;
    struct kh_conn *conn; /* NULL: gone */
    struct kh_member *member;
    json_t *id, *params;
    char *method, *key;
    GList link;
};

struct kh_http;

struct kh_api_page {
    struct kh_api *api;
    struct kh_http *http; /* NULL: gone */
    bool is_asking;       /* ops->document() runs */
    int result;           /* of an answer given within it, for libwebsockets */
    GList link;
};

static inline int64_t kh_door_now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* ws.c */
int kh_ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                   size_t len);
int kh_ws_confirm(struct lws *wsi); /* as LWS_CALLBACK_HTTP_CONFIRM_UPGRADE answers */
void kh_ws_send(struct kh_conn *conn, struct kh_message *message);       /* takes the reference */
void kh_ws_close(struct kh_conn *conn, unsigned code, const char *text); /* @text is static */
void kh_ws_error(struct kh_conn *conn, json_t *id, enum kh_rpc_code code, const char *text,
                 json_t *data);

/* publish.c */
void kh_publish_release(struct kh_conn *conn); /* sends what is held back */

/* call.c */
void kh_call_receive(struct kh_conn *conn, const char *text, size_t bytes);
void kh_call_forget(struct kh_conn *conn); /* its answers go nowhere */
void kh_call_free_all(struct kh_api *api);

/* hello.c */
void kh_hello_answer(struct kh_conn *conn, json_t *id, json_t *params);
void kh_hello_end_session(struct kh_api *api, const struct kh_login *login);

/* past.c */
void kh_past_answer(struct kh_conn *conn, json_t *id, json_t *params);

/* member.c */
struct kh_council *kh_member_council(struct kh_api *api, const char *name);
struct kh_member *kh_member_ref(struct kh_api *api, const char *council, const char *person);
void kh_member_unref(struct kh_api *api, struct kh_member *member);
void kh_member_attach(struct kh_conn *conn, struct kh_member *member);
void kh_member_detach(struct kh_conn *conn);
void kh_member_free_all(struct kh_api *api);

/* page.c */
void kh_page_free_all(struct kh_api *api);

/* http.c, file.c, page.c, respond.c, login.c, metrics.c: see http.h */
#endif
