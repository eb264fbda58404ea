#include "api/message.h"

#include "base/check.h"

#include <libwebsockets.h>
#include <string.h>

static int append(const char *buffer, size_t size, void *user)
{
    g_byte_array_append(user, (const guint8 *)buffer, (guint)size);
    return 0;
}

struct kh_message *kh_message_new(const json_t *json)
{
    static const guint8 room[LWS_PRE];
    GByteArray *bytes = g_byte_array_sized_new(LWS_PRE + 256);
    struct kh_message *message = g_new(struct kh_message, 1);

    g_byte_array_append(bytes, room, sizeof(room));
    KH_REQUIRE(json_dump_callback(json, append, bytes, JSON_COMPACT) == 0);
    message->refs = 1;
    message->bytes = bytes->len - LWS_PRE;
    message->text = g_byte_array_free(bytes, FALSE) + LWS_PRE;
    return message;
}

struct kh_message *kh_message_ref(struct kh_message *message)
{
    message->refs++;
    return message;
}

void kh_message_unref(struct kh_message *message)
{
    if (!message || --message->refs > 0)
        return;
    g_free(message->text - LWS_PRE);
    g_free(message);
}

static struct kh_message *consume(json_t *json)
{
    struct kh_message *message;

    KH_REQUIRE(json); /* packing fails only on text that is not UTF-8: a bug of the caller */
    message = kh_message_new(json);
    json_decref(json);
    return message;
}

struct kh_message *kh_message_notification(const char *method, json_t *params)
{
    return consume(
        json_pack("{s:s, s:s, s:O}", "jsonrpc", "2.0", "method", method, "params", params));
}

struct kh_message *kh_message_result(json_t *id, json_t *result)
{
    return consume(json_pack("{s:s, s:O?, s:o}", "jsonrpc", "2.0", "id", id, "result", result));
}

struct kh_message *kh_message_error(json_t *id, enum kh_rpc_code code, const char *text,
                                    json_t *data)
{
    char *valid =
        g_utf8_make_valid(text, -1); /* a text cut at some length may end in half a letter */
    struct kh_message *message;

    message = consume(json_pack("{s:s, s:o, s:{s:i, s:s, s:o*}}", "jsonrpc", "2.0", "id",
                                id ? json_incref(id) : json_null(), "error", "code", (int)code,
                                "message", valid, "data", data));
    g_free(valid);
    return message;
}

json_t *kh_message_reason(const char *code, const char *vi, const char *en)
{
    char rule[64];

    g_snprintf(rule, sizeof(rule), "kyhop.door.%s", code);
    return json_pack("{s:s, s:{s:s, s:s}, s:s}", "code", code, "reason", "vi", vi, "en", en, "rule",
                     rule);
}
