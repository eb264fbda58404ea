/* api.h - the door: HTTP, WebSocket (JSON-RPC 2.0) and logins on one port.
 *
 * Engine thread only (libwebsockets runs on the GLib main loop). The door knows envelopes,
 * identities, limits and pages; what a method means is behind kh_api_ops. It holds no session
 * state and includes none of core/session. */
#ifndef KH_API_API_H
#define KH_API_API_H

#include "base/err.h"

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kh_api;
struct kh_auth;

/* JSON-RPC's own codes, and ours (design section 6). */
enum kh_rpc_code {
    KH_RPC_PARSE = -32700,
    KH_RPC_REQUEST = -32600,
    KH_RPC_METHOD = -32601,
    KH_RPC_PARAMS = -32602,
    KH_RPC_INTERNAL = -32603,
    KH_RPC_UNAUTHENTICATED = -32001,
    KH_RPC_NOT_PERMITTED = -32002,
    KH_RPC_REFUSED = -32003,
    KH_RPC_NOT_FOUND = -32004,
    KH_RPC_WRONG_STATE = -32005,
    KH_RPC_TOO_MANY = -32006,
    KH_RPC_UNAVAILABLE = -32007,
};

/* Who is calling, as the login proved it. Strings live until the connection closes. */
struct kh_principal {
    const char *council;
    const char *person; /* the roster's id */
};

struct kh_api_config {
    const char *address; /* to bind; default 127.0.0.1 */
    uint16_t port;       /* 0: any free one */
    const char *certificate,
        *key;               /* PEM files; both or none; without them only loopback unless allowed */
    bool allow_plain;       /* serve other than loopback without TLS (behind a proxy) */
    const char *web_root;   /* built pages; may be NULL */
    const char *recordings; /* folder behind /recordings/; may be NULL */
    const char *asyncapi;   /* path of asyncapi.yaml */
    const char *auth_db;    /* SQLite file with hashes of codes and session tokens */
    unsigned rate_per_s, rate_burst; /* requests a connection; default 50, 100 */
    unsigned logins_per_min;         /* failed logins an address; default 10 */
    size_t backlog_bytes;            /* a reader with more unsent is dropped; default 1 MiB */
    unsigned window;                 /* events kept for resume_from; default 4096 */
    int64_t session_s;               /* life of a session token; default 24 h */
    unsigned connections_max;        /* all together; default 4096 */
    unsigned per_address; /* connections of one address; default 2048. A proxy is one address */
    unsigned ping_s;      /* silence before a ping; a peer silent for three times as long is
                           * dropped; default 5 */
    unsigned timeout_s;   /* for a request's headers, a body's next part and `hello`; default 10 */
};

/* One call on its way; valid until it is answered. */
struct kh_api_call;

/* One GET of a document on its way; valid until it is answered. */
struct kh_api_page;

/* One text of an event for those it is meant for; the first view that fits a reader is sent. A
 * reader whom none fits is sent {seq, type: "withheld"}, so that no reader sees a gap. */
struct kh_view {
    uint32_t roles;     /* any of these roles (bits as in ops->roles), or 0: whatever the roles */
    const char *person; /* exactly this person, or NULL: anybody */
    json_t *params;     /* the notification's params, with "seq"; borrowed */
    /* A count that grows, like the turnout of a vote: the next such event says all that this one
     * does. A reader gets at most five a second, the newest one, always before any other event; so
     * seq may jump before it, and only there. */
    bool is_running;
};

struct kh_api_ops {
    /* A well-formed request of an authenticated person (never `hello`). Must be answered exactly
     * once by kh_api_result() or kh_api_error(), now or later. @params is an object (empty when
     * absent), borrowed until the answer; @key is NULL or at most 64 bytes. */
    void (*call)(void *user, struct kh_api_call *call, const struct kh_principal *who,
                 const char *method, json_t *params, const char *key);
    /* `hello` proved who it is: {id, name, role, roles, council} for "you", new reference; NULL
     * when the roster no longer has the person. */
    json_t *(*you)(void *user, const struct kh_principal *who);
    /* The council's state as @who may see it (new reference), and the seq it stands at. Events up
     * to that seq are not sent again when they are published later. */
    json_t *(*state)(void *user, const struct kh_principal *who, uint64_t *seq);
    /* Role bits of a person, for views. Asked for every reader and event: look it up by hash. */
    uint32_t (*roles)(void *user, const struct kh_principal *who);
    /* The last connection of a person closed (present = false) or the first said hello. Never
     * called from within kh_api_publish() or kh_api_notify(). */
    void (*connected)(void *user, const struct kh_principal *who, bool present);
    /* More of /metrics in Prometheus text format, and the answer of /healthz. */
    void (*metrics)(void *user, GString *out);
    bool (*healthy)(void *user, GString *why);
    /* A role-checked path: may @who (person NULL: not logged in) GET @path? Asked for /recordings/,
     * /documents/, /minutes/, and for /metrics unless the caller is on this machine. */
    bool (*may_read)(void *user, const struct kh_principal *who, const char *path);
    /* GET @path under /minutes/ or /documents/, which may_read() allowed, or under /box/, which
     * anybody may (@who has no person). Must be answered exactly
     * once, by kh_api_page_text(), now or later, or by kh_api_page_file(), now. @who and @path are
     * borrowed for the call. May be NULL: 404. */
    void (*document)(void *user, struct kh_api_page *page, const struct kh_principal *who,
                     const char *path);
    /* POST @path under /box/ with @body (text of at most 64 KiB), from anybody: neither login nor
     * address is told, and none is written down. Answered as document(). May be NULL: 404. */
    void (*post)(void *user, struct kh_api_page *page, const char *path, const char *body);
};

/* Bind and serve on @loop's context. Zero or NULL fields of @config are the defaults; its strings
 * are copied. Raises the soft limit of open files when it is below what connections_max needs. One
 * a process (libwebsockets' log is global). Errors: KH_ERR_INVALID (a setting; plain text on an
 * address that is not loopback), KH_ERR_IO (files, TLS, the port), as kh_auth_open(). */
enum kh_err kh_api_create(const struct kh_api_config *config, GMainLoop *loop,
                          const struct kh_api_ops *ops, void *user, struct kh_api **out,
                          struct kh_error *error);
void kh_api_destroy(struct kh_api *api); /* accepts NULL; calls still open are freed */
uint16_t kh_api_port(const struct kh_api *api);
struct kh_auth *kh_api_auth(struct kh_api *api); /* the open logins, to invite with; borrowed */

/* Answer a call, whose caller may be gone by now. @result is stolen. */
void kh_api_result(struct kh_api_call *call, json_t *result);
/* @data may be NULL and is stolen. */
void kh_api_error(struct kh_api_call *call, enum kh_rpc_code code, const char *message,
                  json_t *data);

/* Answer a GET, whose caller may be gone by now, with a text. @body is taken; NULL: a few words
 * about
 * @status. @mime is static text. */
void kh_api_page_text(struct kh_api_page *page, unsigned status, GString *body, const char *mime);
/* Answer with the regular file at @path below the open @folder (borrowed for the call): no dot
 * files, no symbolic links; 404 when there is none. It is read in parts while it is sent. PDF,
 * images and plain text may be shown by the browser; all else is handed over to be saved. Only from
 * within ops->document(). */
void kh_api_page_file(struct kh_api_page *page, int folder, const char *path);

/* An event of @council to all its readers, and into the window for resume_from. @seq must be one
 * more than the last published one (or the first). Events must be published before the reply of the
 * call that caused them: the order on each connection is the order of these calls. The views' texts
 * are serialised here, once. */
void kh_api_publish(struct kh_api *api, const char *council, uint64_t seq,
                    const struct kh_view *views, unsigned n_views);

/* A notification without a seq to the readers of @council who have any of @roles (0: whatever the
 * roles) and are @person (NULL: anybody). @params is borrowed. */
void kh_api_notify(struct kh_api *api, const char *council, uint32_t roles, const char *person,
                   const char *method, json_t *params);

/* The same for something that is soon told anew ("levels"): a reader who has not taken yet what was
 * sent before goes without. */
void kh_api_show(struct kh_api *api, const char *council, const char *method, json_t *params);

/* How many connections said hello and are still open. */
unsigned kh_api_readers(const struct kh_api *api);

/* --- logins (auth.c); also used by `kyhop invite` without a server --- */
/* Open or create the file (mode 0600). Errors: KH_ERR_IO, KH_ERR_CORRUPT, KH_ERR_BUSY. */
enum kh_err kh_auth_open(const char *path, struct kh_auth **out, struct kh_error *error);
void kh_auth_close(struct kh_auth *auth); /* accepts NULL */

enum { KH_CODE_CHARS = 26, KH_TOKEN_CHARS = 43 };

/* Whom a code is for. */
struct kh_invitation {
    const char *council, *person; /* 1 to 63 bytes of UTF-8 without control characters */
    int64_t ttl_s;                /* how long the code is valid */
    bool is_reusable; /* for displays and demos: may be exchanged many times, and its sessions may
                       * be connected many times at once; else it is used up by the first login */
};

/* A new login code, written with its NUL into @code. Only its hash is stored. KH_ERR_INVALID, or as
 * kh_auth_open(). */
enum kh_err kh_auth_invite(struct kh_auth *auth, const struct kh_invitation *invitation,
                           char code[KH_CODE_CHARS + 1], struct kh_error *error) KH_MUST_CHECK;
#endif
