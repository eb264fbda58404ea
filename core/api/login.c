#include "api/http.h"

#include <string.h>

static struct kh_rate login_rate(const struct kh_api *api)
{
    return (struct kh_rate){ api->config.logins_per_min, api->config.logins_per_min };
}

static int bad_request(struct kh_http *http)
{
    return kh_http_json_error(http, 400,
                              kh_message_reason("bad_request", "Cần JSON dạng {\"code\": \"…\"}.",
                                                "JSON of the form {\"code\": \"…\"} is needed."));
}

static int too_many(struct kh_http *http, unsigned retry_ms)
{
    json_t *data =
        kh_message_reason("too_many_requests", "Sai mã quá nhiều lần; vui lòng chờ rồi thử lại.",
                          "Too many wrong codes; wait and try again.");

    json_object_set_new(data, "retry_after_ms", json_integer(retry_ms));
    return kh_http_json_error(http, 429, data);
}

static void set_cookie(struct kh_http *http, const char *token, int64_t age_s, char *text,
                       size_t size)
{
    g_snprintf(text, size, "kyhop=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s", token,
               (long long)age_s, kh_http_is_secure(http) ? "; Secure" : "");
}

/* Takes @you. */
static int welcome(struct kh_http *http, const char *token, json_t *you)
{
    json_t *json = json_pack("{s:s, s:o}", "token", token, "you", you);
    char *text = json_dumps(json, JSON_COMPACT), cookie[256];
    GString *body = g_string_new(text);
    struct kh_http_reply reply = { .status = 200,
                                   .mime = "application/json",
                                   .extra = { { "set-cookie:", cookie } } };

    free(text);
    json_decref(json);
    set_cookie(http, token, http->api->config.session_s, cookie, sizeof(cookie));
    http->api->counters.logins++;
    return kh_http_text(http, reply, body);
}

static int refuse(struct kh_http *http, enum kh_err err, struct kh_peer *peer)
{
    if (err != KH_ERR_AUTH)
        return kh_http_json_error(http, 503,
                                  kh_message_reason("unavailable", "Tạm thời không đăng nhập được.",
                                                    "Logins are not possible for the moment."));
    kh_bucket_take(&peer->logins, login_rate(http->api), kh_door_now_ms(), NULL);
    http->api->counters.failed_logins++;
    return kh_http_json_error(http, 401,
                              kh_message_reason("bad_code", "Mã sai, đã dùng hoặc đã hết hạn.",
                                                "The code is wrong, used or expired."));
}

static int exchange(struct kh_http *http, const char *code)
{
    struct kh_api *api = http->api;
    char address[KH_ADDRESS_CHARS], token[KH_TOKEN_CHARS + 1];
    struct kh_login login;
    struct kh_peer *peer;
    unsigned retry_ms;
    enum kh_err err;
    json_t *you;

    kh_http_client(api, http->wsi, address);
    kh_peers_sweep(api->peers, login_rate(api), kh_door_now_ms());
    peer = kh_peers_get(api->peers, address);
    if (!kh_bucket_has(&peer->logins, login_rate(api), kh_door_now_ms(), &retry_ms))
        return too_many(http, retry_ms);
    err = kh_auth_login(api->auth, code, api->config.session_s, token, &login, NULL);
    if (err != KH_OK)
        return refuse(http, err, peer);
    you = api->ops->you(api->user, &(struct kh_principal){ login.council, login.person });
    if (you)
        return welcome(http, token, you);
    return kh_http_json_error(http, 403,
                              kh_message_reason("unknown_person", "Bạn không có trong danh sách.",
                                                "You are not on the roster."));
}

static bool is_json(struct kh_http *http)
{
    char type[128];

    return kh_http_header(http->wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, type, sizeof(type)) &&
           g_ascii_strncasecmp(type, "application/json", 16) == 0;
}

int kh_login_post(struct kh_http *http)
{
    json_t *json = json_loadb(http->posted->str, http->posted->len, 0, NULL);
    const char *code = json_string_value(json_object_get(json, "code"));
    int answer;

    /* A form of another site cannot send this type without asking first. */
    if (!code || !is_json(http) || !kh_http_is_own_page(http))
        answer = bad_request(http);
    else
        answer = exchange(http, code);
    json_decref(json);
    return answer;
}

int kh_logout_post(struct kh_http *http)
{
    char token[KH_TOKEN_CHARS + 1], cookie[128];
    struct kh_http_reply reply = { .status = 204, .extra = { { "set-cookie:", cookie } } };
    struct kh_login login;

    if (!kh_http_is_own_page(http))
        return bad_request(http);
    kh_http_cookie(http->wsi, token);
    if (*token && kh_auth_check(http->api->auth, token, &login, NULL) == KH_OK) {
        if (kh_auth_logout(http->api->auth, token, NULL) != KH_OK)
            return refuse(http, KH_ERR_IO, NULL);
        kh_hello_end_session(http->api, &login);
    }
    set_cookie(http, "", 0, cookie, sizeof(cookie));
    return kh_http_text(http, reply, g_string_new(""));
}
