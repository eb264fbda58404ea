/* events.get: what a reader missed before its page was opened, as far as the window goes. */
#include "api/door.h"

#include "base/check.h"

enum { EVENTS_DEFAULT = 200, EVENTS_MAX = 500 };

struct wanted {
    uint64_t before; /* older than this; 0: the newest too */
    unsigned max;
};

static const char *read_wanted(json_t *params, struct wanted *wanted)
{
    json_t *before = json_object_get(params, "before");
    json_t *max = json_object_get(params, "max");
    json_int_t n = json_is_integer(max) ? json_integer_value(max) : EVENTS_DEFAULT;

    if (before && (!json_is_integer(before) || json_integer_value(before) < 1))
        return "before must be a whole number of at least 1";
    if ((max && !json_is_integer(max)) || n < 1 || n > EVENTS_MAX)
        return "max must be a whole number from 1 to 500";
    *wanted = (struct wanted){ (uint64_t)json_integer_value(before), (unsigned)n };
    return NULL;
}

/* The event as this reader would have got it; NULL: it is withheld. New reference. */
static json_t *event_for(const struct kh_kept *kept, uint32_t roles, const char *person)
{
    const struct kh_text *text = kh_window_view(kept, roles, person);

    if (!text)
        return NULL;
    json_t *told = json_loadb((const char *)text->message->text, text->message->bytes, 0, NULL);
    json_t *params = json_incref(json_object_get(told, "params"));

    KH_REQUIRE(params);
    json_decref(told);
    return params;
}

void kh_past_answer(struct kh_conn *conn, json_t *id, json_t *params)
{
    struct kh_api *api = conn->api;
    const struct kh_window *window = conn->member->council->window;
    uint32_t roles = api->ops->roles(api->user, &conn->member->who);
    struct wanted wanted;
    const char *problem = read_wanted(params, &wanted);

    if (problem) {
        kh_ws_error(conn, id, KH_RPC_PARAMS, problem, NULL);
        return;
    }
    json_t *events = json_array();
    uint64_t end = kh_window_newest(window) + 1;
    uint64_t seq = wanted.before > 0 && wanted.before < end ? wanted.before : end;
    const struct kh_kept *kept;

    while (json_array_size(events) < wanted.max && (kept = kh_window_get(window, seq - 1))) {
        json_t *event = event_for(kept, roles, conn->member->who.person);

        seq--;
        if (event)
            json_array_insert_new(events, 0, event);
    }
    kh_ws_send(conn, kh_message_result(id, json_pack("{s:o, s:I, s:b}", "events", events, "from",
                                                     (json_int_t)seq, "more",
                                                     kh_window_get(window, seq - 1) != NULL)));
}
