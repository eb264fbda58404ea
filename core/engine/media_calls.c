/* media.join, media.leave, media.stats. */
#include "engine/internal.h"

#include <gio/gio.h>
#include <string.h>
#include <strings.h>

/* Whom a call is about: itself, or for the operator a seat's person. KH_NOBODY was answered. */
static kh_person person_of(struct kh_council *council, struct kh_api_call *call, kh_person caller,
                           json_t *params)
{
    json_t *value = json_object_get(params, "person");
    const char *id = json_string_value(value);

    if (!value)
        return caller;
    kh_person person = id ? kh_state_person(council->state, id) : KH_NOBODY;
    if (person == KH_NOBODY) {
        kh_call_refuse(call, KH_REFUSAL_NO_PERSON);
        return KH_NOBODY;
    }
    if (person != caller && !(kh_state_roles(council->state, caller) & KH_ROLE_OPERATOR)) {
        kh_call_refuse(call, KH_REFUSAL_NOT_YOURS);
        return KH_NOBODY;
    }
    return person;
}

static void fail(struct kh_api_call *call, enum kh_err err, const struct kh_error *error)
{
    if (err == KH_ERR_INVALID || err == KH_ERR_UNSUPPORTED)
        kh_call_bad(call, error->text);
    else
        kh_api_error(call, KH_RPC_UNAVAILABLE, "unavailable",
                     json_pack("{s:s, s:{s:s, s:s}, s:s}", "code", "media", "reason", "vi",
                               "Chưa kết nối được âm thanh.", "en", error->text, "rule",
                               "kyhop.41"));
}

/* A whole number that an offer may have. */
struct number {
    const char *name;
    int64_t min, max, standard;
};

/* False: answered. */
static bool read_number(struct kh_api_call *call, json_t *params, struct number n, int64_t *to)
{
    json_t *value = json_object_get(params, n.name);
    char text[96];

    *to = n.standard;
    if (!value)
        return true;
    if (json_is_integer(value) && json_integer_value(value) >= n.min &&
        json_integer_value(value) <= n.max) {
        *to = json_integer_value(value);
        return true;
    }
    g_snprintf(text, sizeof(text),
               "%s: a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, n.name, n.min,
               n.max);
    kh_call_bad(call, text);
    return false;
}

static bool encoding_of(json_t *params, enum kh_encoding *encoding)
{
    static const char *const words[] = { "OPUS", "L16", "L24", NULL };
    json_t *value = json_object_get(params, "encoding");
    int found =
        value ? kh_word_find(words, json_is_string(value) ? json_string_value(value) : "") : 0;

    *encoding = found > 0 ? (enum kh_encoding)found : KH_ENC_OPUS;
    return found >= 0;
}

static bool read_offer(struct kh_api_call *call, json_t *params, struct kh_rtp_offer *offer)
{
    int64_t port, type, rate, channels, ptime, ssrc;

    offer->address = json_string_value(json_object_get(params, "address"));
    if (!offer->address) {
        kh_call_bad(call, "address: a numeric IPv4 or IPv6 address is wanted");
        return false;
    }
    if (!encoding_of(params, &offer->encoding)) {
        kh_call_bad(call, "encoding: OPUS, L16 or L24");
        return false;
    }
    if (!read_number(call, params, (struct number){ "port", 1, 65535, 0 }, &port) ||
        !read_number(call, params, (struct number){ "payload_type", 0, 127, -1 }, &type) ||
        !read_number(call, params, (struct number){ "clock_rate", 8000, 96000, 0 }, &rate) ||
        !read_number(call, params, (struct number){ "channels", 1, 2, 0 }, &channels) ||
        !read_number(call, params, (struct number){ "ptime_ms", 1, 20, 0 }, &ptime) ||
        !read_number(call, params, (struct number){ "ssrc", 0, UINT32_MAX, -1 }, &ssrc))
        return false;
    if (port == 0) {
        kh_call_bad(call, "port: is missing");
        return false;
    }
    offer->port = (uint16_t)port;
    offer->payload_type = (int)type;
    offer->clock_rate = (int)rate;
    offer->channels = (int)channels;
    offer->ptime_ms = (int)ptime;
    offer->ssrc = ssrc;
    return true;
}

/* The council's own network only, unless the operator says so: else a member could point the mix at
 * a stranger. */
static bool is_own_network(const char *address)
{
    GInetAddress *inet = g_inet_address_new_from_string(address);
    bool is_own =
        inet && (g_inet_address_get_is_loopback(inet) || g_inet_address_get_is_site_local(inet) ||
                 g_inet_address_get_is_link_local(inet));

    if (inet)
        g_object_unref(inet);
    return is_own || strncasecmp(address, "fc", 2) == 0 || strncasecmp(address, "fd", 2) == 0;
}

static bool may_send_to(struct kh_council *council, kh_person caller, const char *address)
{
    bool is_operator = kh_state_roles(council->state, caller) & KH_ROLE_OPERATOR;

    return is_operator || is_own_network(address);
}

static void join_rtp(struct kh_council *council, struct kh_api_call *call, kh_person person,
                     json_t *params, kh_person caller)
{
    struct kh_rtp_offer offer = { 0 };
    struct kh_rtp_answer answer = { 0 };
    struct kh_error error = { 0 };

    if (!read_offer(call, params, &offer))
        return;
    if (!may_send_to(council, caller, offer.address)) {
        kh_call_bad(call, "address: one of the council's own network (private or loopback); an "
                          "operator may name others");
        return;
    }
    enum kh_err err = kh_room_join_rtp(council->room, person, &offer, &answer, &error);
    if (err) {
        fail(call, err, &error);
        return;
    }
    kh_api_result(call,
                  json_pack("{s:s, s:i, s:i, s:I, s:I}", "address", answer.address, "port",
                            (int)answer.port, "payload_type", answer.payload_type, "ssrc",
                            (json_int_t)answer.ssrc, "ssrc_ours", (json_int_t)answer.ssrc_ours));
}

static void join_webrtc(struct kh_council *council, struct kh_api_call *call, kh_person person,
                        json_t *params)
{
    json_t *offer = json_object_get(params, "offer");
    struct kh_error error = { 0 };
    static char answer[KH_SDP_MAX]; /* engine thread only */

    if (!json_is_string(offer)) {
        kh_call_bad(call, "offer: the browser's SDP is wanted");
        return;
    }
    enum kh_err err = kh_room_join_webrtc(council->room, person, json_string_value(offer),
                                          json_string_length(offer), answer, &error);
    if (err)
        fail(call, err, &error);
    else
        kh_api_result(call, json_pack("{s:s}", "answer", answer));
}

void kh_call_media_join(struct kh_council *council, struct kh_api_call *call, kh_person caller,
                        json_t *params)
{
    const char *transport = json_string_value(json_object_get(params, "transport"));
    kh_person person = person_of(council, call, caller, params);

    if (person == KH_NOBODY)
        return;
    if (transport && strcmp(transport, "rtp") == 0)
        join_rtp(council, call, person, params, caller);
    else if (transport && strcmp(transport, "webrtc") == 0)
        join_webrtc(council, call, person, params);
    else
        kh_call_bad(call, "transport: \"webrtc\" or \"rtp\"");
}

void kh_call_media_leave(struct kh_council *council, struct kh_api_call *call, kh_person caller,
                         json_t *params)
{
    kh_person person = person_of(council, call, caller, params);

    if (person == KH_NOBODY)
        return;
    kh_room_leave(council->room, person);
    kh_api_result(call, json_object());
}

static json_t *edge_stats(const struct kh_edge_stats *e)
{
    return json_pack("{s:b, s:s, s:f, s:f, s:f, s:f, s:I, s:I, s:I}", "connected", e->connected,
                     "srtp_profile", e->srtp_profile, "round_trip_ms", (double)e->round_trip_ms,
                     "lost_in", (double)e->fraction_lost_in, "lost_out",
                     (double)e->fraction_lost_out, "jitter_in_ms", (double)e->jitter_in_ms,
                     "packets_in", (json_int_t)e->packets_in, "packets_out",
                     (json_int_t)e->packets_out, "auth_failures", (json_int_t)e->auth_failures);
}

static json_t *meter_stats(const struct kh_slot_meter *m)
{
    return json_pack("{s:f, s:f, s:b, s:I, s:I, s:I, s:I, s:f, s:f, s:f}", "peak_dbfs",
                     (double)m->peak_dbfs, "rms_dbfs", (double)m->rms_dbfs, "gate_open",
                     m->gate_open, "packets", (json_int_t)m->packets, "lost", (json_int_t)m->lost,
                     "late", (json_int_t)m->late, "concealed_ms", (json_int_t)m->concealed_ms,
                     "depth_ms", (double)m->depth_ms, "jitter_ms", (double)m->jitter_ms,
                     "drift_ppm", (double)m->drift_ppm);
}

void kh_call_media_stats(struct kh_council *council, struct kh_api_call *call, kh_person caller,
                         json_t *params)
{
    kh_person person = person_of(council, call, caller, params);
    struct kh_room_stats s = { 0 };

    if (person == KH_NOBODY)
        return;
    if (!kh_room_stats(council->room, person, &s)) {
        kh_api_result(call, json_pack("{s:b}", "joined", 0));
        return;
    }
    json_t *result = json_pack("{s:b, s:b, s:s, s:i, s:I, s:I, s:I}", "joined", s.joined,
                               "connected", s.connected, "transport", s.transport, "slot", s.slot,
                               "packets_in", (json_int_t)s.packets_in, "packets_out",
                               (json_int_t)s.packets_out, "rejected", (json_int_t)s.rejected);
    if (s.slot >= 0)
        json_object_set_new(result, "in", meter_stats(&s.in));
    if (strcmp(s.transport, "rtp") != 0)
        json_object_set_new(result, "webrtc", edge_stats(&s.edge));
    kh_api_result(call, result);
}
