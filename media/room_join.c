/* Joining and leaving: which transport a person's sound takes. */
#include "media/room_internal.h"

#include "base/check.h"

#include <string.h>
#include <sys/random.h>

enum {
    OPUS_PAYLOAD_TYPE = 111,
    RAW_PAYLOAD_TYPE = 96,
    RAW_BYTES_MAX = 1440, /* with headers below the MTU of 1500 bytes of Ethernet, as AES67 wants */
};

static void tell_rtp_peer(struct kh_room *room, kh_person person, bool connected)
{
    struct kh_room_notice notice = { .kind = KH_NOTICE_RTP_PEER,
                                     .person = person,
                                     .yes = connected };
    kh_room_notices_push(room, &notice, 1);
}

void kh_room_join_want_pcm(struct kh_room *room)
{
    bool wanted = false;

    for (unsigned i = 0; i < room->persons_max; i++)
        wanted |= room->persons[i].transport == KH_TRANSPORT_RTP &&
                  room->persons[i].member.encoding != KH_ENC_OPUS;
    kh_mixer_want_pcm(room->mixer, wanted);
}

bool kh_room_join_drop(struct kh_room *room, kh_person number)
{
    struct kh_room_person *person = &room->persons[number];
    bool was_connected = person->connected;

    kh_room_slots_detach(room, number);
    if (person->transport == KH_TRANSPORT_RTP) {
        kh_hall_remove(room->hall, number);
        kh_room_device_close(room, number);
    } else if (person->transport == KH_TRANSPORT_WEBRTC)
        kh_edge_leave(room->edge, person->source);
    person->transport = KH_TRANSPORT_NONE;
    person->connected = false;
    person->source = 0;
    kh_room_join_want_pcm(room);
    return was_connected;
}

void kh_room_leave(struct kh_room *room, kh_person number)
{
    KH_REQUIRE(number < room->persons_max);

    if (kh_room_join_drop(room, number))
        tell_rtp_peer(room, number, false);
}

static bool is_ssrc_ours(const struct kh_room *room, uint32_t ssrc)
{
    for (unsigned i = 0; i < room->persons_max; i++)
        if (room->persons[i].transport == KH_TRANSPORT_RTP &&
            (room->persons[i].member.ssrc_in == ssrc || room->persons[i].member.ssrc_out == ssrc))
            return true;
    return false;
}

static uint32_t new_ssrc(const struct kh_room *room, uint32_t other)
{
    uint32_t ssrc = 0;

    do {
        if (getrandom(&ssrc, sizeof(ssrc), 0) != sizeof(ssrc))
            ssrc = g_random_int();
    } while (ssrc == 0 || ssrc == other || is_ssrc_ours(room, ssrc));
    return ssrc;
}

static enum kh_err read_payload_type(const struct kh_rtp_offer *offer,
                                     struct kh_hall_member *member, struct kh_error *error)
{
    int type = offer->payload_type;

    if (type < 0)
        type = offer->encoding == KH_ENC_OPUS ? OPUS_PAYLOAD_TYPE : RAW_PAYLOAD_TYPE;
    if (type > 127 || (type >= 64 && type <= 95))
        return kh_err_set(error, KH_ERR_INVALID,
                          "payload_type: %d; 0 to 63 or 96 to 127 is wanted "
                          "(64 to 95 would look like RTCP)",
                          type);
    member->payload_type = type;
    return KH_OK;
}

static enum kh_err read_raw(const struct kh_rtp_offer *offer, struct kh_hall_member *member,
                            struct kh_error *error)
{
    int ptime = offer->ptime_ms == 0 ? 5 : offer->ptime_ms;
    int rate = offer->clock_rate == 0 ? 48000 : offer->clock_rate;
    int bytes = offer->encoding == KH_ENC_L24 ? 3 : 2;

    if (rate != 48000)
        return kh_err_set(error, KH_ERR_UNSUPPORTED,
                          "clock_rate: %d; L16 and L24 are taken and sent at 48000 Hz", rate);
    if (ptime != 1 && ptime != 2 && ptime != 4 && ptime != 5 && ptime != 10 && ptime != 20)
        return kh_err_set(error, KH_ERR_INVALID, "ptime_ms: %d; 1, 2, 4, 5, 10 or 20 is wanted",
                          ptime);
    if (ptime * 48 * bytes * member->channels > RAW_BYTES_MAX)
        return kh_err_set(error, KH_ERR_INVALID,
                          "ptime_ms: %d ms of this sound do not fit into a packet of %d bytes",
                          ptime, RAW_BYTES_MAX);
    member->ptime_ms = ptime;
    return KH_OK;
}

static enum kh_err read_format(const struct kh_rtp_offer *offer, struct kh_hall_member *member,
                               struct kh_error *error)
{
    int channels = offer->channels == 0 ? 1 : offer->channels;

    if (offer->encoding != KH_ENC_OPUS && offer->encoding != KH_ENC_L16 &&
        offer->encoding != KH_ENC_L24)
        return kh_err_set(error, KH_ERR_UNSUPPORTED, "encoding: opus, L16 or L24 is wanted");
    if (channels != 1 && channels != 2)
        return kh_err_set(error, KH_ERR_INVALID, "channels: %d; 1 or 2 is wanted", channels);
    member->encoding = offer->encoding;
    member->channels = channels;
    enum kh_err err = read_payload_type(offer, member, error);
    if (err || offer->encoding != KH_ENC_OPUS)
        return err ? err : read_raw(offer, member, error);
    if (offer->clock_rate != 0 && offer->clock_rate != 48000)
        return kh_err_set(error, KH_ERR_INVALID,
                          "clock_rate: %d; Opus over RTP always has 48000 (RFC 7587)",
                          offer->clock_rate);
    member->ptime_ms = KH_TICK_MS;
    return KH_OK;
}

/* Two who send the same SSRC from the same port could not be told apart. */
static enum kh_err check_unique(const struct kh_room *room, kh_person number,
                                const struct kh_hall_member *member, struct kh_error *error)
{
    for (unsigned i = 0; i < room->persons_max; i++) {
        const struct kh_room_person *other = &room->persons[i];
        if (i == number || other->transport != KH_TRANSPORT_RTP ||
            other->member.ssrc_in != member->ssrc_in)
            continue;
        if (kh_hall_same_address(&other->member.address, &member->address))
            return kh_err_set(error, KH_ERR_INVALID,
                              "ssrc: somebody else sends with %u from this address and port",
                              member->ssrc_in);
    }
    return KH_OK;
}

static enum kh_err read_offer(struct kh_room *room, kh_person number,
                              const struct kh_rtp_offer *offer, struct kh_hall_member *member,
                              struct kh_error *error)
{
    enum kh_err err = read_format(offer, member, error);
    if (!err)
        err = kh_hall_resolve(room->hall, offer->address, offer->port, &member->address, error);
    if (err)
        return err;
    if (offer->ssrc > UINT32_MAX || offer->ssrc < -1)
        return kh_err_set(error, KH_ERR_INVALID, "ssrc: 0 to 4294967295 is wanted");
    member->ssrc_in = offer->ssrc < 0 ? new_ssrc(room, 0) : (uint32_t)offer->ssrc;
    member->ssrc_out = new_ssrc(room, member->ssrc_in);
    return check_unique(room, number, member, error);
}

static void enter_rtp(struct kh_room *room, kh_person number, struct kh_hall_member *member)
{
    struct kh_room_person *person = &room->persons[number];

    member->source = KH_ROOM_SOURCE_RTP | ++room->last_source;
    person->transport = KH_TRANSPORT_RTP;
    person->connected = true;
    person->source = member->source;
    person->member = *member;
    person->format = (struct kh_slot_format){ .encoding = member->encoding,
                                              .payload_type = member->payload_type,
                                              .clock_rate = 48000,
                                              .channels = member->channels };
    kh_hall_add(room->hall, number, member);
    kh_room_join_want_pcm(room);
}

enum kh_err kh_room_join_rtp(struct kh_room *room, kh_person number,
                             const struct kh_rtp_offer *offer, struct kh_rtp_answer *answer,
                             struct kh_error *error)
{
    KH_REQUIRE(number < room->persons_max);
    struct kh_hall_member member = { 0 };
    struct kh_rtp_answer filled = { 0 };

    enum kh_err err = read_offer(room, number, offer, &member, error);
    if (!err)
        err = kh_hall_local(room->hall, &member.address, filled.address, &filled.port, error);
    if (err)
        return err;
    bool was_connected = kh_room_join_drop(room, number);
    enter_rtp(room, number, &member);
    err = kh_room_slots_apply(room, number, error);
    if (err) {
        kh_room_join_drop(room, number);
        if (was_connected)
            tell_rtp_peer(room, number, false);
        return err;
    }
    tell_rtp_peer(room, number, true);
    filled.payload_type = member.payload_type;
    filled.ssrc = member.ssrc_in;
    filled.ssrc_ours = member.ssrc_out;
    *answer = filled;
    return KH_OK;
}

enum kh_err kh_room_join_webrtc(struct kh_room *room, kh_person number, const char *offer,
                                size_t offer_bytes, char answer[KH_SDP_MAX], struct kh_error *error)
{
    KH_REQUIRE(number < room->persons_max);
    struct kh_room_person *person = &room->persons[number];
    struct kh_edge_joined joined;

    if (!room->edge)
        return kh_err_set(error, KH_ERR_UNSUPPORTED, "WebRTC is not configured on this server");
    enum kh_err err = kh_edge_join(room->edge, offer, offer_bytes, answer, &joined, error);
    if (err)
        return err;
    kh_room_leave(room, number);
    person->transport = KH_TRANSPORT_WEBRTC;
    person->source = joined.peer;
    person->format = (struct kh_slot_format){ .encoding = KH_ENC_OPUS,
                                              .payload_type = joined.opus_payload_type,
                                              .clock_rate = 48000,
                                              .channels = 1 };
    err = kh_room_slots_apply(room, number, error);
    if (err)
        kh_room_join_drop(room, number);
    return err;
}
