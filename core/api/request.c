#include "api/http.h"
#include "api/origin.h"

#include <arpa/inet.h>
#include <string.h>

bool kh_http_header(struct lws *wsi, enum lws_token_indexes token, char *text, size_t size)
{
    int length = lws_hdr_total_length(wsi, token);

    if (length <= 0 || (size_t)length >= size || lws_hdr_copy(wsi, text, (int)size, token) < 0)
        return false;
    return *text != '\0';
}

static void copy_token(const char *from, char token[KH_TOKEN_CHARS + 1])
{
    size_t length = strcspn(from, "; \t");

    if (length == KH_TOKEN_CHARS) {
        memcpy(token, from, KH_TOKEN_CHARS);
        token[KH_TOKEN_CHARS] = '\0';
    }
}

static void find_bearer(const char *text, char token[KH_TOKEN_CHARS + 1])
{
    if (g_ascii_strncasecmp(text, "Bearer ", 7) == 0)
        copy_token(text + 7, token);
}

static void find_cookie(const char *cookies, char token[KH_TOKEN_CHARS + 1])
{
    char **each = g_strsplit(cookies, ";", -1);

    for (unsigned i = 0; each[i]; i++) {
        const char *cookie = g_strstrip(each[i]);

        if (g_str_has_prefix(cookie, "kyhop="))
            copy_token(cookie + strlen("kyhop="), token);
    }
    g_strfreev(each);
}

void kh_http_cookie(struct lws *wsi, char token[KH_TOKEN_CHARS + 1])
{
    char text[4096];

    *token = '\0';
    if (kh_http_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, text, sizeof(text)))
        find_bearer(text, token);
    if (!*token && kh_http_header(wsi, WSI_TOKEN_HTTP_COOKIE, text, sizeof(text)))
        find_cookie(text, token);
}

bool kh_http_login(struct kh_http *http, struct kh_login *login)
{
    char token[KH_TOKEN_CHARS + 1];

    kh_http_cookie(http->wsi, token);
    return *token && kh_auth_check(http->api->auth, token, login, NULL) == KH_OK;
}

static bool is_from_here(struct lws *wsi)
{
    struct sockaddr_storage peer = { 0 };
    socklen_t size = sizeof(peer);

    return getpeername(lws_get_socket_fd(wsi), (struct sockaddr *)&peer, &size) == 0 &&
           kh_limit_is_loopback((struct sockaddr *)&peer);
}

bool kh_http_client(struct kh_api *api, struct lws *wsi, char text[KH_ADDRESS_CHARS])
{
    const char *socket_address = g_hash_table_lookup(api->sockets, wsi);
    char forwarded[512], *last;

    g_strlcpy(text, socket_address ? socket_address : "unknown", KH_ADDRESS_CHARS);
    if (!is_from_here(wsi))
        return false;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_X_FORWARDED_FOR) <= 0)
        return true;
    /* The last address is the one our own proxy saw; those before it are the client's word. */
    if (kh_http_header(wsi, WSI_TOKEN_X_FORWARDED_FOR, forwarded, sizeof(forwarded))) {
        last = strrchr(forwarded, ',');
        kh_limit_address_text(g_strstrip(last ? last + 1 : forwarded), text);
    }
    return false;
}

bool kh_http_is_secure(struct kh_http *http)
{
    static const char name[] = "x-forwarded-proto:";
    char scheme[16] = "";

    if (http->api->config.certificate)
        return true;
    return is_from_here(http->wsi) &&
           lws_hdr_custom_copy(http->wsi, scheme, sizeof(scheme), name, sizeof(name) - 1) > 0 &&
           g_ascii_strcasecmp(scheme, "https") == 0;
}

bool kh_http_is_own_page(struct kh_http *http)
{
    char origin[512], host[512];

    if (lws_hdr_total_length(http->wsi, WSI_TOKEN_ORIGIN) <= 0)
        return true;
    return kh_http_header(http->wsi, WSI_TOKEN_ORIGIN, origin, sizeof(origin)) &&
           kh_http_header(http->wsi, WSI_TOKEN_HOST, host, sizeof(host)) &&
           kh_origin_matches(origin, host);
}
