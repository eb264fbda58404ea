#include "api/http.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct kh_api *api_of(struct lws *wsi)
{
    return lws_context_user(lws_get_context(wsi));
}

static bool peer_text(int fd, char text[KH_ADDRESS_CHARS])
{
    struct sockaddr_storage peer = { 0 };
    socklen_t size = sizeof(peer);

    return getpeername(fd, (struct sockaddr *)&peer, &size) == 0 &&
           kh_limit_address((struct sockaddr *)&peer, text);
}

/* Is there room for one more connection, here and from this address? 0: yes. */
static int admit(struct kh_api *api, int fd)
{
    char text[KH_ADDRESS_CHARS];

    if (peer_text(fd, text) && g_hash_table_size(api->sockets) < api->config.connections_max &&
        kh_peers_get(api->peers, text)->connections < api->config.per_address)
        return 0;
    api->counters.refused_connections++;
    return 1;
}

static void arrived(struct kh_api *api, struct lws *wsi)
{
    char text[KH_ADDRESS_CHARS];

    if (g_hash_table_contains(api->sockets, wsi) || !peer_text(lws_get_socket_fd(wsi), text))
        return;
    g_hash_table_insert(api->sockets, wsi, g_strdup(text));
    kh_peers_get(api->peers, text)->connections++;
}

static void left(struct kh_api *api, struct lws *wsi)
{
    const char *text = g_hash_table_lookup(api->sockets, wsi);

    if (!text)
        return;
    kh_peers_left(api->peers, text);
    g_hash_table_remove(api->sockets, wsi);
}

static int may_read(struct kh_http *http, struct kh_login *login, struct kh_principal *who)
{
    struct kh_api *api = http->api;
    bool is_known = kh_http_login(http, login);

    *who = is_known ? (struct kh_principal){ login->council, login->person }
                    : (struct kh_principal){ 0 };
    if (api->ops->may_read(api->user, who, http->path))
        return 0;
    return is_known ? 403 : 401;
}

static int forbid(struct kh_http *http, int status)
{
    json_t *data = status == 401
                       ? kh_message_reason("unauthenticated", "Cần đăng nhập.", "Log in first.")
                       : kh_message_reason("not_permitted", "Bạn không được xem nội dung này.",
                                           "You may not see this.");

    return kh_http_json_error(http, (unsigned)status, data);
}

static int get_recording(struct kh_http *http)
{
    struct kh_login login;
    struct kh_principal who;
    int status = may_read(http, &login, &who);

    if (status)
        return forbid(http, status);
    return kh_file_serve(http, http->api->recordings_fd, http->path + strlen("/recordings/"));
}

static int get_document(struct kh_http *http)
{
    struct kh_login login;
    struct kh_principal who;
    int status = may_read(http, &login, &who);

    if (status)
        return forbid(http, status);
    if (!http->api->ops->document)
        return kh_http_plain(http, 404, "not found");
    return kh_page_get(http, &who);
}

/* The published box of a secret vote: everybody may recount it. */
static int get_box(struct kh_http *http)
{
    struct kh_principal nobody = { 0 };

    if (!http->api->ops->document)
        return kh_http_plain(http, 404, "not found");
    return kh_page_get(http, &nobody);
}

static int get_metrics(struct kh_http *http)
{
    char address[KH_ADDRESS_CHARS];
    struct kh_login login;
    struct kh_principal who;
    int status;

    if (!kh_http_client(http->api, http->wsi, address)) {
        status = may_read(http, &login, &who);
        if (status)
            return forbid(http, status);
    }
    return kh_http_text(
        http, (struct kh_http_reply){ .status = 200, .mime = "text/plain; version=0.0.4" },
        kh_metrics_text(http->api));
}

static int get_health(struct kh_http *http)
{
    GString *why = g_string_new("");
    bool is_well = http->api->ops->healthy(http->api->user, why);

    if (why->len == 0)
        g_string_assign(why, is_well ? "ok" : "not healthy");
    g_string_append_c(why, '\n');
    return kh_http_text(http,
                        (struct kh_http_reply){ .status = is_well ? 200 : 503,
                                                .mime = "text/plain; charset=utf-8" },
                        why);
}

static int get_api(struct kh_http *http)
{
    return kh_http_plain(http, 426, "a WebSocket with subprotocol kyhop.v1 is served here");
}

static const struct {
    const char *path; /* ending in "/": everything below it */
    int (*get)(struct kh_http *http);
} routes[] = {
    { "/api", get_api },
    { "/healthz", get_health },
    { "/metrics", get_metrics },
    { "/asyncapi.yaml", kh_file_asyncapi },
    { "/recordings/", get_recording },
    { "/documents/", get_document },
    { "/minutes/", get_document },
    { "/box/", get_box },
};

static bool is_at(const char *path, const char *route)
{
    return g_str_has_suffix(route, "/") ? g_str_has_prefix(path, route) : strcmp(path, route) == 0;
}

static int get(struct kh_http *http)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(routes); i++)
        if (is_at(http->path, routes[i].path))
            return routes[i].get(http);
    return kh_file_page(http);
}

static int post_box(struct kh_http *http)
{
    return http->api->ops->post ? kh_page_post(http) : kh_http_plain(http, 404, "not found");
}

static const struct posting {
    const char *path;
    size_t bytes_max;
    int (*post)(struct kh_http *http);
} postings[] = {
    { "/login", KH_HTTP_LOGIN_BYTES, kh_login_post },
    { "/logout", KH_HTTP_LOGIN_BYTES, kh_logout_post },
    { "/box/", KH_HTTP_BOX_BYTES, post_box },
};

/* NULL: nothing is posted there. */
static const struct posting *posting_of(const struct kh_http *http)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(postings); i++)
        if (is_at(http->path, postings[i].path))
            return &postings[i];
    return NULL;
}

static int not_allowed(struct kh_http *http)
{
    struct kh_http_reply reply = {
        .status = 405,
        .mime = "text/plain; charset=utf-8",
        .extra = { { "allow:", posting_of(http) ? "GET, HEAD, POST" : "GET, HEAD" } },
    };

    return kh_http_text(http, reply, g_string_new("method not allowed\n"));
}

/* The body of a POST is collected first; its length must be said and small. */
static int post(struct kh_http *http)
{
    const struct posting *posting = posting_of(http);
    char text[16];

    if (!posting)
        return not_allowed(http);
    if (lws_hdr_total_length(http->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0 ||
        !kh_http_header(http->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, text, sizeof(text)))
        return kh_http_plain(http, 411, "content-length is needed");
    if (strspn(text, "0123456789") != strlen(text))
        return kh_http_plain(http, 400, "bad content-length");
    if (strtoull(text, NULL, 10) > posting->bytes_max)
        return kh_http_plain(http, 413, "body too large");
    http->posted = g_string_new("");
    return 0;
}

static int posted(struct kh_http *http)
{
    /* More may come than was promised, and libwebsockets then says this again. */
    if (!http->posted || http->is_sending || http->page)
        return 0;
    return posting_of(http)->post(http);
}

static enum kh_http_method read_method(struct lws *wsi, enum lws_token_indexes *uri)
{
    static const struct {
        enum lws_token_indexes token;
        enum kh_http_method method;
    } methods[] = {
        { WSI_TOKEN_GET_URI, KH_HTTP_GET },      { WSI_TOKEN_HEAD_URI, KH_HTTP_HEAD },
        { WSI_TOKEN_POST_URI, KH_HTTP_POST },    { WSI_TOKEN_OPTIONS_URI, KH_HTTP_OTHER },
        { WSI_TOKEN_PUT_URI, KH_HTTP_OTHER },    { WSI_TOKEN_PATCH_URI, KH_HTTP_OTHER },
        { WSI_TOKEN_DELETE_URI, KH_HTTP_OTHER },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(methods); i++) {
        *uri = methods[i].token;
        if (lws_hdr_total_length(wsi, methods[i].token) > 0)
            return methods[i].method;
    }
    return KH_HTTP_OTHER;
}

static bool is_clean(const char *path)
{
    if (*path != '/' || strchr(path, '\\') || !g_utf8_validate(path, -1, NULL))
        return false;
    for (const char *c = path; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return false;
    return true;
}

static int begin(struct kh_http *http, struct lws *wsi, size_t length)
{
    enum lws_token_indexes uri;

    kh_http_clear(http); /* the one before on this connection */
    http->api = api_of(wsi);
    http->wsi = wsi;
    http->api->counters.http_requests++;
    http->method = read_method(wsi, &uri);
    if (length >= sizeof(http->path) || !kh_http_header(wsi, uri, http->path, sizeof(http->path)))
        return kh_http_plain(http, 414, "path too long");
    if (strlen(http->path) != length || !is_clean(http->path))
        return kh_http_plain(http, 400, "bad path");
    if (http->method == KH_HTTP_OTHER)
        return not_allowed(http);
    return http->method == KH_HTTP_POST ? post(http) : get(http);
}

static int collect(struct kh_http *http, const void *data, size_t bytes)
{
    if (!http->posted || http->is_sending || http->page || !data)
        return 0;
    if (http->posted->len + bytes > posting_of(http)->bytes_max)
        return -1;
    g_string_append_len(http->posted, data, (gssize)bytes);
    return 0;
}

static int serve(struct lws *wsi, enum lws_callback_reasons reason, struct kh_http *http, void *in,
                 size_t len)
{
    if (!http)
        return 0;
    if (reason == LWS_CALLBACK_HTTP)
        return begin(http, wsi, len);
    if (reason == LWS_CALLBACK_HTTP_BODY)
        return collect(http, in, len);
    if (reason == LWS_CALLBACK_HTTP_BODY_COMPLETION)
        return posted(http);
    if (reason == LWS_CALLBACK_HTTP_WRITEABLE)
        return kh_http_continue(http);
    if (reason == LWS_CALLBACK_CLOSED_HTTP || reason == LWS_CALLBACK_HTTP_DROP_PROTOCOL)
        kh_http_clear(http);
    return 0;
}

/* A WebSocket that got past kh_ws_confirm() without our subprotocol, or what libwebsockets makes of
 * the method CONNECT: a raw connection without any time limit. */
static bool is_unwanted(enum lws_callback_reasons reason)
{
    return reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION || reason == LWS_CALLBACK_RAW_ADOPT ||
           reason == LWS_CALLBACK_RAW_RX || reason == LWS_CALLBACK_RAW_WRITEABLE;
}

int kh_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                     size_t len)
{
    /* Only the reasons that matter here; libwebsockets has a hundred more. */
    if (reason == LWS_CALLBACK_FILTER_NETWORK_CONNECTION)
        return admit(api_of(wsi), (int)(intptr_t)in);
    if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED)
        arrived(api_of(wsi), wsi);
    else if (reason == LWS_CALLBACK_WSI_DESTROY)
        left(api_of(wsi), wsi);
    else if (reason == LWS_CALLBACK_HTTP_CONFIRM_UPGRADE)
        return kh_ws_confirm(wsi);
    else if (is_unwanted(reason))
        return -1;
    else
        return serve(wsi, reason, user, in, len);
    return 0;
}
