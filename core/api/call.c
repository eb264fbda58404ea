#include "api/door.h"
#include "api/rpc.h"

#include <time.h>

/* Set once answered; a call is freed by its answer or with the door. */
static void free_call(struct kh_api_call *call)
{
    g_queue_unlink(&call->api->calls, &call->link);
    kh_member_unref(call->api, call->member);
    json_decref(call->id);
    json_decref(call->params);
    g_free(call->method);
    g_free(call->key);
    g_free(call);
}

void kh_api_result(struct kh_api_call *call, json_t *result)
{
    if (!result)
        result = json_object();
    if (call->conn)
        kh_ws_send(call->conn, kh_message_result(call->id, result));
    else
        json_decref(result);
    free_call(call);
}

void kh_api_error(struct kh_api_call *call, enum kh_rpc_code code, const char *message,
                  json_t *data)
{
    if (call->conn)
        kh_ws_error(call->conn, call->id, code, message, data);
    else
        json_decref(data);
    free_call(call);
}

void kh_call_forget(struct kh_conn *conn)
{
    for (GList *link = conn->api->calls.head; link; link = link->next) {
        struct kh_api_call *call = link->data;

        if (call->conn == conn)
            call->conn = NULL;
    }
}

void kh_call_free_all(struct kh_api *api)
{
    while (api->calls.head)
        free_call(api->calls.head->data);
}

static void pass_on(struct kh_conn *conn, const struct kh_request *request)
{
    struct kh_api *api = conn->api;
    struct kh_api_call *call = g_new0(struct kh_api_call, 1);

    call->api = api;
    call->conn = conn;
    call->member = conn->member;
    call->member->refs++;
    call->id = json_incref(request->id);
    call->params = json_incref(request->params);
    call->method = g_strdup(request->method);
    call->key = g_strdup(request->key);
    call->link.data = call;
    g_queue_push_tail_link(&api->calls, &call->link);
    api->ops->call(api->user, call, &call->member->who, call->method, call->params, call->key);
}

static void pong(struct kh_conn *conn, json_t *id)
{
    char text[40], when[64];
    struct timespec now;
    struct tm tm;

    clock_gettime(CLOCK_REALTIME, &now);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", gmtime_r(&now.tv_sec, &tm));
    g_snprintf(when, sizeof(when), "%s.%03dZ", text, (int)(now.tv_nsec / 1000000));
    kh_ws_send(conn, kh_message_result(id, json_pack("{s:s}", "time", when)));
}

/* False, with the answer sent: this connection asks too much. */
static bool may_ask(struct kh_conn *conn, json_t *id)
{
    const struct kh_api_config *config = &conn->api->config;
    struct kh_rate rate = { config->rate_per_s * 60, config->rate_burst };
    unsigned retry_ms;
    json_t *data;

    if (kh_bucket_take(&conn->requests, rate, kh_door_now_ms(), &retry_ms))
        return true;
    data = kh_message_reason("too_many_requests", "Quá nhiều yêu cầu; vui lòng chờ một chút.",
                             "Too many requests; wait a moment.");
    json_object_set_new(data, "retry_after_ms", json_integer(retry_ms));
    kh_ws_error(conn, id, KH_RPC_TOO_MANY, "too many requests", data);
    return false;
}

static void answer(struct kh_conn *conn, const struct kh_request *request)
{
    if (strcmp(request->method, "hello") == 0)
        kh_hello_answer(conn, request->id, request->params);
    else if (strcmp(request->method, "ping") == 0)
        pong(conn, request->id);
    else if (!conn->member)
        kh_ws_error(conn, request->id, KH_RPC_UNAUTHENTICATED, "say hello first",
                    kh_message_reason("unauthenticated", "Cần đăng nhập trước.", "Log in first."));
    else if (strcmp(request->method, "events.get") == 0)
        kh_past_answer(conn, request->id, request->params);
    else
        pass_on(conn, request);
}

void kh_call_receive(struct kh_conn *conn, const char *text, size_t bytes)
{
    struct kh_request request;
    const char *problem = NULL;
    int code = kh_rpc_parse(text, bytes, &request, &problem);

    conn->api->counters.requests++;
    if (may_ask(conn, request.id)) {
        if (code)
            kh_ws_error(conn, request.id, code, problem, NULL);
        else
            answer(conn, &request);
    }
    kh_rpc_finish(&request);
}
