#include "media/edge/edge_internal.h"

#include <time.h>

enum { REPORT_MIN_MS = 2000, REPORT_SPREAD_MS = 1000 };

static uint64_t ntp_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return kh_rtcp_ntp((int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
}

static void take_rtcp(struct kh_edge *edge, struct kh_peer *peer, const uint8_t *data, size_t bytes)
{
    struct kh_rtcp rtcp;

    if (!kh_rtcp_read(data, bytes, peer->ssrc, &rtcp))
        return;
    if (rtcp.has_sr)
        kh_rtcp_note_sr(&peer->receiver, &rtcp, edge->now_ns);
    if (!rtcp.has_block)
        return;
    float trip = kh_rtcp_round_trip_ms(&rtcp.block, ntp_now());
    if (trip >= 0)
        peer->counters.round_trip_ms = trip;
    peer->counters.lost_out = (float)rtcp.block.fraction_lost / 256;
}

/* Only the peer that has a slot, may send and uses the agreed payload type gets through. */
static void take_rtp(struct kh_edge *edge, struct kh_peer *peer, const uint8_t *data, size_t bytes)
{
    struct kh_rtp rtp;
    int route = atomic_load_explicit(&peer->route, memory_order_acquire);

    kh_count(&peer->counters.packets_in, 1);
    kh_count(&peer->counters.bytes_in, bytes);
    if (!kh_rtp_read(data, bytes, &rtp) || rtp.payload_type != peer->opus_payload_type)
        return;
    kh_rtcp_count(&peer->receiver, &rtp, edge->now_ns);
    peer->counters.jitter_in_ms = (float)(peer->receiver.jitter / 48);
    if (route >= 0 && route & 1 && peer->sends)
        edge->ops.on_rtp(edge->user, peer->id, (unsigned)route / 2, data, bytes);
}

/* RFC 5761 section 4: RTCP's packet types are those of the payload types 64 to 95. */
static bool is_rtcp(const uint8_t *data, size_t bytes)
{
    return bytes >= 2 && (data[1] & 0x7f) >= 64 && (data[1] & 0x7f) <= 95;
}

void kh_media_input(struct kh_edge *edge, struct kh_path *path, uint8_t *data, size_t bytes)
{
    struct kh_peer *peer = path->peer;
    bool rtcp = is_rtcp(data, bytes);

    if (!peer->in || peer->allowance == 0)
        return;
    peer->allowance--;
    enum kh_srtp_result result =
        rtcp ? kh_srtp_in_rtcp(peer->in, data, &bytes) : kh_srtp_in_rtp(peer->in, data, &bytes);
    if (result == KH_SRTP_FORGED)
        kh_count(&peer->counters.auth_failures, 1);
    if (result != KH_SRTP_GOOD)
        return;
    peer->valid_ns = edge->now_ns;
    kh_ice_confirm(path);
    if (rtcp)
        take_rtcp(edge, peer, data, bytes);
    else
        take_rtp(edge, peer, data, bytes);
}

static void fill_report(struct kh_edge *edge, struct kh_peer *peer, struct kh_rtcp_report *report)
{
    int64_t since_tick_us = (edge->now_ns - edge->tick_at_ns) / 1000;
    struct kh_peer_counters *counters = &peer->counters;

    *report = (struct kh_rtcp_report){ .ssrc = peer->ssrc,
                                       .sender = counters->packets_out > 0,
                                       .ntp = ntp_now(),
                                       .packets = (uint32_t)counters->packets_out,
                                       .bytes = peer->octets_out,
                                       .has_block = peer->receiver.started };
    report->timestamp = edge->timestamp_base + (uint32_t)edge->tick_number * KH_TICK_SAMPLES +
                        (uint32_t)(since_tick_us * 48 / 1000);
    if (!report->has_block)
        return;
    kh_rtcp_block(&peer->receiver, edge->now_ns, &report->block);
    counters->lost_in = (float)report->block.fraction_lost / 256;
}

void kh_media_report(struct kh_edge *edge, struct kh_peer *peer)
{
    uint8_t packet[KH_RTCP_MAX + KH_SRTP_OVERHEAD_MAX];
    struct kh_rtcp_report report;
    int64_t spread_ms = (int64_t)(peer->ssrc % REPORT_SPREAD_MS);

    if (!peer->out || edge->now_ns < peer->report_ns || !peer->selected)
        return;
    peer->report_ns = edge->now_ns + (REPORT_MIN_MS + spread_ms) * 1000000;
    fill_report(edge, peer, &report);
    size_t bytes = kh_srtp_out_rtcp(peer->out, packet, kh_rtcp_write(packet, &report));
    if (bytes)
        kh_edge_send(edge, peer->selected, packet, bytes);
}
