/* http.h - pages, files, logins and figures over HTTP/1.1; inside of core/api only.
 *
 * Engine thread only. A transaction owns the body it still has to send. */
#ifndef KH_API_HTTP_H
#define KH_API_HTTP_H

#include "api/door.h"

#include <sys/stat.h>

enum { KH_HTTP_PATH_BYTES = 1024, KH_HTTP_LOGIN_BYTES = 1024, KH_HTTP_BOX_BYTES = 64 * 1024 };

enum kh_http_method { KH_HTTP_OTHER, KH_HTTP_GET, KH_HTTP_HEAD, KH_HTTP_POST };

/* One request on its way; memory of libwebsockets, zeroed at first. */
struct kh_http {
    struct kh_api *api;
    struct lws *wsi;
    enum kh_http_method method;
    char path[KH_HTTP_PATH_BYTES];
    GString *posted; /* NULL: a body, if one comes, is ignored */
    GString *body;   /* to send, or NULL */
    int file;        /* to send when @is_file */
    bool is_file, is_sending;
    uint64_t at, end;         /* what is left of the body or file */
    struct kh_api_page *page; /* NULL: no answer of the engine is awaited */
    unsigned late_status;     /* not 0: @body is such an answer, and its head is still to be sent */
    const char *late_mime;
};

struct kh_http_header {
    const char *name; /* with its colon, lower case */
    const char *value;
};

enum { KH_HTTP_EXTRA_MAX = 6 };

struct kh_http_reply {
    unsigned status;
    const char *mime;
    const char *cache;                              /* NULL: no-store */
    struct kh_http_header extra[KH_HTTP_EXTRA_MAX]; /* up to the first without a name */
};

/* --- request.c: what was asked, and by whom --- */

/* A header's text; false when it is absent, empty or does not fit. */
bool kh_http_header(struct lws *wsi, enum lws_token_indexes token, char *text, size_t size);

/* Session token of the cookie, or of `Authorization: Bearer`; "" when there is none. */
void kh_http_cookie(struct lws *wsi, char token[KH_TOKEN_CHARS + 1]);

/* Whose session; false when nobody is logged in. */
bool kh_http_login(struct kh_http *http, struct kh_login *login);

/* Address of the client for limits: the peer, or what a proxy on this machine says. True when the
 * client itself is on this machine. */
bool kh_http_client(struct kh_api *api, struct lws *wsi, char text[KH_ADDRESS_CHARS]);

/* Did the client come over TLS, here or at a proxy on this machine? */
bool kh_http_is_secure(struct kh_http *http);

/* May this POST come from where it comes (Origin header)? */
bool kh_http_is_own_page(struct kh_http *http);

/* --- respond.c: each returns what the libwebsockets callback returns --- */

int kh_http_text(struct kh_http *http, struct kh_http_reply reply, GString *body); /* takes it */
int kh_http_plain(struct kh_http *http, unsigned status, const char *text);
/* The same as kh_http_text() from outside of libwebsockets' callbacks; takes @body. */
void kh_http_late(struct kh_http *http, unsigned status, const char *mime, GString *body);
/* {"error": {code, reason}}; @data is stolen. */
int kh_http_json_error(struct kh_http *http, unsigned status, json_t *data);
int kh_http_file(struct kh_http *http, struct kh_http_reply reply, int file, uint64_t at,
                 uint64_t end);             /* takes the descriptor */
int kh_http_continue(struct kh_http *http); /* on HTTP_WRITEABLE */
void kh_http_clear(struct kh_http *http);   /* idempotent */
/* A whole answer without a transaction, before an upgrade. */
void kh_http_short(struct lws *wsi, unsigned status, const char *text);

/* --- file.c --- */
/* The regular file at @path below @folder: no "..", no dot files, no symbolic links. -1: none. */
int kh_file_open(int folder, const char *path, struct stat *info);
int kh_file_page(struct kh_http *http);                                /* a page of web_root */
int kh_file_serve(struct kh_http *http, int folder, const char *path); /* a recording, by range */
/* A paper that somebody else wrote: by range, and never such that it could run within our pages. */
int kh_file_document(struct kh_http *http, int folder, const char *path);
int kh_file_asyncapi(struct kh_http *http);

/* --- page.c --- */
int kh_page_get(struct kh_http *http, const struct kh_principal *who); /* may be read */
int kh_page_post(struct kh_http *http);
void kh_page_forget(struct kh_http *http); /* its answer goes nowhere */

/* --- login.c --- */
int kh_login_post(struct kh_http *http);
int kh_logout_post(struct kh_http *http);

/* --- metrics.c --- */
GString *kh_metrics_text(struct kh_api *api);

/* --- http.c --- */
int kh_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                     size_t len);
#endif
