#include "api/door.h"
#include "api/http.h"
#include "api/origin.h"
#include "api/rpc.h"

#include <string.h>

enum {
    CLOSE_SECONDS = 5, /* what is queued must be sent by then */
    SKIP_MS = 1000,
    HEADER_CHARS = 512,
};

static unsigned slot_of(enum kh_rpc_code code)
{
    return code <= KH_RPC_REQUEST && code >= KH_RPC_PARSE ? 0 : (unsigned)(-32000 - (int)code);
}

void kh_ws_error(struct kh_conn *conn, json_t *id, enum kh_rpc_code code, const char *text,
                 json_t *data)
{
    unsigned slot = slot_of(code);

    conn->api->counters.errors[slot < G_N_ELEMENTS(conn->api->counters.errors) ? slot : 0]++;
    kh_ws_send(conn, kh_message_error(id, code, text, data));
}

static void clear_queue(struct kh_conn *conn)
{
    g_queue_clear_full(&conn->out, (GDestroyNotify)kh_message_unref);
    conn->out_bytes = 0;
}

void kh_ws_close(struct kh_conn *conn, unsigned code, const char *text)
{
    if (conn->close_code)
        return;
    conn->close_code = code;
    conn->close_text = text;
    lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_REASON_BASE, CLOSE_SECONDS);
    lws_callback_on_writable(conn->wsi);
    /* From a GLib timer nobody else would tell libwebsockets to look at its new timeout. */
    lws_cancel_service(conn->api->lws);
}

void kh_ws_send(struct kh_conn *conn, struct kh_message *message)
{
    struct kh_api *api = conn->api;

    if (conn->close_code) {
        kh_message_unref(message);
        return;
    }
    if (conn->out_bytes > api->config.backlog_bytes + conn->grace_bytes) {
        kh_message_unref(message);
        clear_queue(conn);
        api->counters.dropped_readers++;
        kh_ws_close(conn, 1013, "too slow");
        return;
    }
    g_queue_push_tail(&conn->out, message);
    conn->out_bytes += message->bytes;
    lws_callback_on_writable(conn->wsi);
}

/* One frame a callback, as libwebsockets demands. */
static int write_next(struct kh_conn *conn)
{
    struct kh_message *message = g_queue_pop_head(&conn->out);
    bool is_sent;

    if (!message) {
        if (!conn->close_code || conn->is_skipping)
            return 0;
        lws_close_reason(conn->wsi, conn->close_code, (unsigned char *)conn->close_text,
                         strlen(conn->close_text));
        return -1;
    }
    is_sent =
        lws_write(conn->wsi, message->text, message->bytes, LWS_WRITE_TEXT) >= (int)message->bytes;
    conn->out_bytes -= message->bytes;
    conn->grace_bytes -= MIN(conn->grace_bytes, message->bytes);
    conn->api->counters.out_bytes += message->bytes;
    kh_message_unref(message);
    if (!is_sent)
        return -1;
    if (conn->out.length > 0 || conn->close_code)
        lws_callback_on_writable(conn->wsi);
    return 0;
}

/* Closing while the client still sends would reset the connection and take the answer with it, so
 * the rest of the request is let through, for a moment. */
static void refuse_frame(struct kh_conn *conn, enum kh_rpc_code rpc, unsigned code,
                         const char *text)
{
    conn->is_skipping = !lws_is_final_fragment(conn->wsi);
    lws_set_timer_usecs(conn->wsi, SKIP_MS * 1000);
    kh_ws_error(conn, NULL, rpc, text, NULL);
    kh_ws_close(conn, code, text);
}

static void stop_skipping(struct kh_conn *conn)
{
    conn->is_skipping = false;
    lws_callback_on_writable(conn->wsi);
}

static void receive(struct kh_conn *conn, const char *data, size_t bytes)
{
    size_t left = lws_remaining_packet_payload(conn->wsi);

    if (conn->close_code) {
        if (lws_is_final_fragment(conn->wsi))
            stop_skipping(conn);
        return;
    }
    conn->api->counters.in_bytes += bytes;
    if (lws_frame_is_binary(conn->wsi)) {
        refuse_frame(conn, KH_RPC_REQUEST, 1003, "binary frames are not supported");
        return;
    }
    if (left > KH_RPC_FRAME_BYTES || conn->frame->len + bytes + left > KH_RPC_FRAME_BYTES) {
        refuse_frame(conn, KH_RPC_REQUEST, 1009, "a request must be at most 65536 bytes");
        return;
    }
    g_byte_array_append(conn->frame, (const guint8 *)data, (guint)bytes);
    if (!lws_is_final_fragment(conn->wsi))
        return;
    if (conn->frame->len == 0 ||
        g_utf8_validate_len((const char *)conn->frame->data, conn->frame->len, NULL))
        kh_call_receive(conn, conn->frame->len ? (const char *)conn->frame->data : "",
                        conn->frame->len);
    else
        refuse_frame(conn, KH_RPC_PARSE, 1007, "not valid UTF-8");
    /* A large request's room is not kept for the connection's whole life. */
    if (conn->frame->len > 4096) {
        g_byte_array_unref(conn->frame);
        conn->frame = g_byte_array_new();
    }
    g_byte_array_set_size(conn->frame, 0);
}

static void timed_out(struct kh_conn *conn)
{
    if (conn->close_code)
        stop_skipping(conn);
    else if (!conn->member)
        kh_ws_close(conn, 1008, "hello expected");
}

static void established(struct kh_conn *conn, struct lws *wsi)
{
    conn->api = lws_context_user(lws_get_context(wsi));
    conn->wsi = wsi;
    conn->frame = g_byte_array_new();
    conn->api->counters.connections++;
    lws_set_timer_usecs(wsi, (lws_usec_t)conn->api->config.timeout_s * LWS_USEC_PER_SEC);
}

static void closed(struct kh_conn *conn)
{
    if (!conn->api)
        return;
    kh_call_forget(conn);
    clear_queue(conn);
    kh_message_unref(conn->held);
    conn->held = NULL;
    g_byte_array_unref(conn->frame);
    conn->close_code = 1006; /* connected() may publish: not to this one */
    kh_member_detach(conn);
}

int kh_ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                   size_t len)
{
    struct kh_conn *conn = user;

    /* Only the reasons that matter here; libwebsockets has a hundred more. */
    if (reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION)
        kh_http_cookie(wsi, conn->cookie); /* the headers are gone later */
    else if (reason == LWS_CALLBACK_ESTABLISHED)
        established(conn, wsi);
    else if (reason == LWS_CALLBACK_RECEIVE)
        receive(conn, in ? in : "", len);
    else if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
        return write_next(conn);
    else if (reason == LWS_CALLBACK_TIMER)
        timed_out(conn);
    else if (reason == LWS_CALLBACK_CLOSED)
        closed(conn);
    return 0;
}

static const char *check_upgrade(struct lws *wsi, unsigned *status)
{
    char text[HEADER_CHARS], host[HEADER_CHARS];

    *status = HTTP_STATUS_BAD_REQUEST;
    if (!kh_http_header(wsi, WSI_TOKEN_UPGRADE, text, sizeof(text)) ||
        g_ascii_strcasecmp(text, "websocket") != 0)
        return "this server speaks HTTP/1.1 and WebSocket only";
    if (!kh_http_header(wsi, WSI_TOKEN_GET_URI, text, sizeof(text)) || strcmp(text, "/api") != 0) {
        *status = HTTP_STATUS_NOT_FOUND;
        return "the WebSocket is at /api";
    }
    if (!kh_http_header(wsi, WSI_TOKEN_VERSION, text, sizeof(text)) || strcmp(text, "13") != 0 ||
        !lws_hdr_total_length(wsi, WSI_TOKEN_KEY))
        return "WebSocket version 13 is needed";
    if (!kh_http_header(wsi, WSI_TOKEN_PROTOCOL, text, sizeof(text)) ||
        !kh_origin_offers(text, "kyhop.v1"))
        return "subprotocol kyhop.v1 is needed";
    *status = HTTP_STATUS_FORBIDDEN;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) &&
        (!kh_http_header(wsi, WSI_TOKEN_ORIGIN, text, sizeof(text)) || !*text ||
         !kh_http_header(wsi, WSI_TOKEN_HOST, host, sizeof(host)) ||
         !kh_origin_matches(text, host)))
        return "pages of other sites may not connect";
    return NULL;
}

int kh_ws_confirm(struct lws *wsi)
{
    const char *problem;
    unsigned status;

    /* For an upgrade it does not know, libwebsockets has answered 403 already, let go of the
     * headers and still asks. */
    if (!lws_hdr_total_length(wsi, WSI_TOKEN_UPGRADE))
        return -1;
    problem = check_upgrade(wsi, &status);
    if (!problem)
        return 0;
    kh_http_short(wsi, status, problem);
    return 1;
}
