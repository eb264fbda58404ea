/* message.h - one text frame, serialised once and shared by every queue it waits in.
 *
 * Engine thread only: the count is not atomic, and libwebsockets writes each frame's header into
 * the room before the text (LWS_PRE), which is safe only because sends happen one after the other.
 */
#ifndef KH_API_MESSAGE_H
#define KH_API_MESSAGE_H

#include "api/api.h"

struct kh_message {
    unsigned refs;
    size_t bytes;
    unsigned char *text; /* @bytes of UTF-8, LWS_PRE writable bytes before it */
};

/* A message with one reference. Aborts when memory is out (as GLib does). */
struct kh_message *kh_message_new(const json_t *json);

struct kh_message *kh_message_ref(struct kh_message *message);
void kh_message_unref(struct kh_message *message); /* accepts NULL */

/* A JSON-RPC notification; @params is borrowed. */
struct kh_message *kh_message_notification(const char *method, json_t *params);

/* Answers; @id is borrowed (NULL: null), @result and @data are stolen. */
struct kh_message *kh_message_result(json_t *id, json_t *result);
struct kh_message *kh_message_error(json_t *id, enum kh_rpc_code code, const char *text,
                                    json_t *data);

/* {code, reason: {vi, en}, rule}: the data of an error a person may see. New reference. */
json_t *kh_message_reason(const char *code, const char *vi, const char *en);
#endif
