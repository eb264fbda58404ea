#include "api/http.h"

#include <string.h>
#include <unistd.h>

enum { HEAD_BYTES = 4096, PART_BYTES = 32768, HOST_CHARS = 256 };

/* Where headers are put together: libwebsockets wants a start, a moving end and a limit. */
struct head {
    struct lws *wsi;
    unsigned char bytes[LWS_PRE + HEAD_BYTES];
    unsigned char *at;
    bool is_bad;
};

static unsigned char *limit_of(struct head *head)
{
    return head->bytes + sizeof(head->bytes) - 1;
}

static void add(struct head *head, const char *name, const char *value)
{
    if (lws_add_http_header_by_name(head->wsi, (const unsigned char *)name,
                                    (const unsigned char *)value, (int)strlen(value), &head->at,
                                    limit_of(head)))
        head->is_bad = true;
}

/* 'self' does not cover ws: in every browser, so the host is named; it goes back to the sender
 * only, and only when it can be nothing but a host. */
static void add_policy(struct head *head)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    char host[HOST_CHARS], text[HOST_CHARS * 2 + 512], sockets[HOST_CHARS * 2 + 16] = "";

    if (kh_http_header(head->wsi, WSI_TOKEN_HOST, host, sizeof(host)) &&
        strspn(host, allowed) == strlen(host))
        g_snprintf(sockets, sizeof(sockets), " ws://%s wss://%s", host, host);
    g_snprintf(text, sizeof(text),
               "default-src 'self'; connect-src 'self'%s; img-src 'self' data:; "
               "media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
               "frame-ancestors 'none'",
               sockets);
    add(head, "content-security-policy:", text);
}

static void add_security(struct head *head)
{
    add_policy(head);
    add(head, "x-content-type-options:", "nosniff");
    add(head, "x-frame-options:", "DENY");
    add(head, "referrer-policy:", "no-referrer");
    add(head, "permissions-policy:", "microphone=(self), camera=(self), geolocation=()");
    add(head, "cross-origin-opener-policy:", "same-origin");
    add(head, "cross-origin-resource-policy:", "same-origin");
}

/* One request a connection: libwebsockets 4.1.6 loops for ever over a second one that came together
 * with the first and has a body. Leaving the length out here makes it say "connection: close". */
static bool begin(struct head *head, struct lws *wsi, const struct kh_http_reply *reply,
                  uint64_t length)
{
    char size[24];

    head->wsi = wsi;
    head->at = head->bytes + LWS_PRE;
    head->is_bad =
        lws_add_http_common_headers(wsi, reply->status, reply->mime, LWS_ILLEGAL_HTTP_CONTENT_LEN,
                                    &head->at, limit_of(head)) != 0;
    add(head, "cache-control:", reply->cache ? reply->cache : "no-store");
    for (unsigned i = 0; i < KH_HTTP_EXTRA_MAX && reply->extra[i].name; i++)
        add(head, reply->extra[i].name, reply->extra[i].value);
    add_security(head);
    /* A 304 has no body and, without its length, keeps the stored one (RFC 9110, 15.4.5). */
    g_snprintf(size, sizeof(size), "%" G_GUINT64_FORMAT, length);
    if (reply->status != 304)
        add(head, "content-length:", size);
    if (lws_finalize_http_header(wsi, &head->at, limit_of(head)))
        head->is_bad = true;
    return !head->is_bad;
}

static bool write_head(struct head *head, enum lws_write_protocol how)
{
    size_t bytes = (size_t)(head->at - (head->bytes + LWS_PRE));

    return lws_write(head->wsi, head->bytes + LWS_PRE, bytes, how) >= (int)bytes;
}

void kh_http_clear(struct kh_http *http)
{
    kh_page_forget(http);
    http->late_status = 0;
    if (http->is_file)
        close(http->file);
    http->is_file = http->is_sending = false;
    if (http->body)
        g_string_free(http->body, TRUE);
    if (http->posted)
        g_string_free(http->posted, TRUE);
    http->body = http->posted = NULL;
}

static int complete(struct kh_http *http)
{
    kh_http_clear(http);
    return lws_http_transaction_completed(http->wsi) ? -1 : 0;
}

static int start(struct kh_http *http, const struct kh_http_reply *reply)
{
    uint64_t length = http->end - http->at;
    struct head head;

    if (!begin(&head, http->wsi, reply, length) || !write_head(&head, LWS_WRITE_HTTP_HEADERS)) {
        kh_http_clear(http);
        return -1;
    }
    if (http->method == KH_HTTP_HEAD || reply->status == 304 || length == 0)
        return complete(http);
    http->is_sending = true;
    lws_callback_on_writable(http->wsi);
    return 0;
}

int kh_http_text(struct kh_http *http, struct kh_http_reply reply, GString *body)
{
    if (http->body)
        g_string_free(http->body, TRUE);
    http->body = body;
    http->at = 0;
    http->end = body->len;
    return start(http, &reply);
}

int kh_http_plain(struct kh_http *http, unsigned status, const char *text)
{
    GString *body = g_string_new(text);

    g_string_append_c(body, '\n');
    return kh_http_text(
        http, (struct kh_http_reply){ .status = status, .mime = "text/plain; charset=utf-8" },
        body);
}

/* Written when libwebsockets says that it may be: it was not asked for this now. */
void kh_http_late(struct kh_http *http, unsigned status, const char *mime, GString *body)
{
    http->body = body;
    http->late_status = status;
    http->late_mime = mime;
    lws_callback_on_writable(http->wsi);
}

static int start_late(struct kh_http *http)
{
    struct kh_http_reply reply = { .status = http->late_status, .mime = http->late_mime };

    http->late_status = 0;
    http->at = 0;
    http->end = http->body->len;
    return start(http, &reply);
}

int kh_http_json_error(struct kh_http *http, unsigned status, json_t *data)
{
    struct kh_http_reply reply = { .status = status, .mime = "application/json" };
    json_t *json = json_pack("{s:o}", "error", data);
    char *text = json_dumps(json, JSON_COMPACT);
    GString *body = g_string_new(text);
    char seconds[16];
    json_t *retry = json_object_get(data, "retry_after_ms");

    if (retry) {
        g_snprintf(seconds, sizeof(seconds), "%d", (int)((json_integer_value(retry) + 999) / 1000));
        reply.extra[0] = (struct kh_http_header){ "retry-after:", seconds };
    }
    free(text);
    json_decref(json);
    return kh_http_text(http, reply, body);
}

int kh_http_file(struct kh_http *http, struct kh_http_reply reply, int file, uint64_t at,
                 uint64_t end)
{
    kh_http_clear(http);
    http->is_file = true;
    http->file = file;
    http->at = at;
    http->end = end;
    return start(http, &reply);
}

int kh_http_continue(struct kh_http *http)
{
    unsigned char part[LWS_PRE + PART_BYTES];
    size_t bytes = (size_t)MIN(http->end - http->at, PART_BYTES);
    bool is_last = http->at + bytes == http->end;

    if (http->late_status)
        return start_late(http);
    if (!http->is_sending)
        return 0;
    if (http->is_file) {
        ssize_t got = pread(http->file, part + LWS_PRE, bytes, (off_t)http->at);

        if (got != (ssize_t)bytes) /* it shrank: the length promised cannot be kept */
            return -1;
    } else {
        memcpy(part + LWS_PRE, http->body->str + http->at, bytes);
    }
    if (lws_write(http->wsi, part + LWS_PRE, bytes,
                  is_last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)bytes)
        return -1;
    http->at += bytes;
    http->api->counters.out_bytes += bytes;
    if (is_last)
        return complete(http);
    /* Slow is fine, standing still is not. */
    lws_set_timeout(http->wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)http->api->config.timeout_s * 3);
    lws_callback_on_writable(http->wsi);
    return 0;
}

void kh_http_short(struct lws *wsi, unsigned status, const char *text)
{
    /* By hand: before an upgrade libwebsockets does not know the request's HTTP version yet. */
    char room[LWS_PRE + 512], *start = room + LWS_PRE;
    int bytes = g_snprintf(start, sizeof(room) - LWS_PRE,
                           "HTTP/1.1 %u Refused\r\ncontent-type: text/plain; charset=utf-8\r\n"
                           "cache-control: no-store\r\nx-content-type-options: nosniff\r\n"
                           "connection: close\r\ncontent-length: %zu\r\n\r\n%s",
                           status, strlen(text), text);

    lws_write(wsi, (unsigned char *)start, (size_t)bytes, LWS_WRITE_HTTP_HEADERS);
}
