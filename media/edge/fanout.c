#include "media/edge/fanout.h"

#include "media/edge/edge_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH = 64, /* as cheap a packet as 1,000; the kernel takes at most 1,024 */
    PACKET_MAX = KH_RTP_HEADER_BYTES + KH_OPUS_BYTES_MAX + KH_SRTP_OVERHEAD_MAX,
};

static const int64_t late_ns = 10000000;

/* Packets for one local socket. */
struct batch {
    unsigned n;
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    uint8_t packets[BATCH][PACKET_MAX];
};

struct kh_fanout {
    struct batch batches[KH_EDGE_ADDRESSES_MAX];
};

struct kh_fanout *kh_fanout_create(void)
{
    return calloc(1, sizeof(struct kh_fanout));
}

void kh_fanout_destroy(struct kh_fanout *fanout)
{
    free(fanout);
}

/* A full socket buffer drops the rest: sound that waits is worth nothing. An error of a single
 * destination drops only its packet. */
static void flush(struct kh_edge *edge, unsigned socket)
{
    struct batch *batch = &edge->fanout->batches[socket];
    unsigned at = 0, dropped = 0;

    while (at < batch->n) {
        int sent =
            sendmmsg(edge->udp[socket].fd, batch->messages + at, batch->n - at, MSG_DONTWAIT);
        if (sent > 0) {
            at += (unsigned)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            dropped += batch->n - at;
            break;
        } else if (errno != EINTR) {
            dropped++;
            at++;
        }
    }
    kh_count(&edge->totals.packets_dropped, dropped);
    batch->n = 0;
}

/* A free packet buffer of the batch, whose message will go to @path. */
static uint8_t *packet_for(struct kh_edge *edge, struct kh_path *path)
{
    struct batch *batch = &edge->fanout->batches[path->socket];

    if (batch->n == BATCH)
        flush(edge, path->socket);
    unsigned i = batch->n;
    batch->parts[i].iov_base = batch->packets[i];
    batch->messages[i].msg_hdr = (struct msghdr){ .msg_name = &path->remote.sa,
                                                  .msg_namelen = path->remote.bytes,
                                                  .msg_iov = &batch->parts[i],
                                                  .msg_iovlen = 1 };
    return batch->packets[i];
}

static const struct kh_opus_frame *frame_for(const struct kh_peer *peer, const struct kh_tick *tick)
{
    int route = atomic_load_explicit(&peer->route, memory_order_relaxed);
    unsigned slot = (unsigned)route / 2;

    if (route >= 0 && slot < KH_SLOTS_MAX && tick->slot_mask >> slot & 1)
        return &tick->slot[slot];
    return &tick->main;
}

static void send_frame(struct kh_edge *edge, struct kh_peer *peer,
                       const struct kh_opus_frame *frame, uint32_t timestamp)
{
    const struct kh_rtp header = { .payload_type = (uint8_t)peer->opus_payload_type,
                                   .marker = peer->paused,
                                   .timestamp = timestamp };
    struct kh_path *path = peer->selected;
    struct batch *batch = &edge->fanout->batches[path->socket];
    uint8_t tcp_packet[PACKET_MAX];
    uint8_t *packet = path->tcp ? tcp_packet : packet_for(edge, path);

    size_t bytes = kh_srtp_out_rtp(peer->out, &header, frame->data, frame->bytes, packet);
    if (bytes == 0)
        return;
    if (path->tcp)
        kh_edge_send(edge, path, packet, bytes);
    else
        batch->parts[batch->n++].iov_len = bytes;
    peer->octets_out += frame->bytes;
    kh_count(&peer->counters.packets_out, 1);
    kh_count(&peer->counters.bytes_out, bytes);
    kh_count(&edge->totals.packets_out, 1);
}

static void fan_out(struct kh_edge *edge, const struct kh_tick *tick)
{
    uint32_t timestamp = edge->timestamp_base + (uint32_t)tick->number * KH_TICK_SAMPLES;
    unsigned n = edge->peers.n_connected;

    for (unsigned i = 0; i < n; i++) {
        struct kh_peer *peer = edge->peers.connected[i];
        const struct kh_opus_frame *frame = frame_for(peer, tick);
        bool send = frame->bytes > 0 && frame->bytes <= KH_OPUS_BYTES_MAX;

        if (send && peer->receives && peer->selected && !peer->doomed)
            send_frame(edge, peer, frame, timestamp);
        peer->paused = !send;
    }
    for (unsigned i = 0; i < edge->n_sockets; i++)
        flush(edge, i);
}

void kh_fanout_pending(struct kh_edge *edge)
{
    const struct kh_tick *tick;

    while ((tick = kh_feed_peek(edge->feed))) {
        if (kh_edge_clock_ns() - tick->at_ns > late_ns)
            kh_count(&edge->totals.ticks_late, 1);
        fan_out(edge, tick);
        edge->tick_number = tick->number;
        edge->tick_at_ns = tick->at_ns;
        kh_feed_release(edge->feed);
    }
}
