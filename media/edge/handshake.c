#include "media/edge/edge_internal.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

/* Datagrams that took less than this were repeats or fragments; so many of them count as one. */
enum { CHEAP_NS = 100000, CHEAP_AS_ONE = 16 };

static void send_datagram(void *user, const uint8_t *data, size_t bytes)
{
    struct kh_peer *peer = user;

    if (peer->selected)
        kh_edge_send(peer->edge, peer->selected, data, bytes);
}

/* The keys are there: make the ciphers and let media flow. */
static bool connect_peer(struct kh_edge *edge, struct kh_peer *peer)
{
    enum kh_srtp_profile profile;
    struct kh_srtp_master from_peer, to_peer;
    uint16_t first;

    if (!kh_dtls_export(peer->dtls, &profile, &from_peer, &to_peer) ||
        RAND_bytes((uint8_t *)&first, sizeof(first)) != 1)
        return false;
    peer->in = kh_srtp_in_create(profile, &from_peer);
    peer->out = kh_srtp_out_create(profile, &to_peer, peer->ssrc, first & 0x7fff);
    if (!peer->in || !peer->out)
        return false;
    peer->counters.profile = (int)profile;
    peer->report_ns = edge->now_ns + 1000000000;
    peer->allowance = KH_PEER_ALLOWANCE;
    kh_peers_connected(&edge->peers, peer);
    kh_count(&edge->totals.handshakes, 1);
    edge->ops.on_peer(edge->user, peer->id, true);
    return true;
}

static void act_on(struct kh_edge *edge, struct kh_peer *peer, enum kh_dtls_state state)
{
    if (state == KH_DTLS_CONNECTED) {
        if (peer->out || connect_peer(edge, peer))
            return;
    } else if (state == KH_DTLS_HANDSHAKE) {
        return;
    }
    if (!peer->out)
        kh_count(&edge->totals.handshake_failures, 1);
    kh_edge_doom(edge, peer);
}

static void work_on(struct kh_edge *edge, struct kh_peer *peer, const uint8_t *data, size_t bytes)
{
    if (!peer->dtls)
        peer->dtls = kh_dtls_create(edge->dtls, &peer->fingerprint, send_datagram, peer);
    if (peer->dtls)
        act_on(edge, peer, kh_dtls_input(peer->dtls, data, bytes));
}

static void enqueue(struct kh_edge *edge, struct kh_peer *peer)
{
    if (peer->in_queue)
        return;
    peer->in_queue = true;
    peer->queue_next = NULL;
    *edge->queue_end = peer;
    edge->queue_end = &peer->queue_next;
}

/* Browsers repeat an unanswered flight after 50 ms, sooner than a rush of joins can be worked off.
 * A repeat differs in its record's sequence number only; the handshake header says the rest (RFC
 * 6347 section 4.2.2). */
static bool is_repeat(const struct kh_peer *peer, const uint8_t *data, size_t bytes)
{
    enum { RECORD_LENGTH = 11, HANDSHAKE_END = 25, HANDSHAKE = 22 };

    if (bytes < HANDSHAKE_END || data[0] != HANDSHAKE || data[3] || data[4])
        return false; /* of a later epoch: encrypted, and cannot be compared */
    for (const struct kh_waiting *waiting = peer->waiting; waiting; waiting = waiting->next) {
        if (waiting->bytes == bytes && waiting->data[0] == HANDSHAKE &&
            memcmp(waiting->data + RECORD_LENGTH, data + RECORD_LENGTH,
                   HANDSHAKE_END - RECORD_LENGTH) == 0)
            return true;
    }
    return false;
}

static void put_aside(struct kh_edge *edge, struct kh_peer *peer, const uint8_t *data, size_t bytes)
{
    if (peer->n_waiting == KH_PEER_WAITING || is_repeat(peer, data, bytes))
        return; /* DTLS repeats what is lost */
    struct kh_waiting *waiting = malloc(sizeof(*waiting) + bytes);
    if (!waiting)
        return;
    waiting->next = NULL;
    waiting->bytes = bytes;
    memcpy(waiting->data, data, bytes);
    if (!peer->waiting)
        peer->waiting_end = &peer->waiting;
    *peer->waiting_end = waiting;
    peer->waiting_end = &waiting->next;
    peer->n_waiting++;
    enqueue(edge, peer);
}

void kh_handshake_input(struct kh_edge *edge, struct kh_path *path, const uint8_t *data,
                        size_t bytes)
{
    struct kh_peer *peer = path->peer;

    if (peer->out) {
        work_on(edge, peer, data, bytes); /* an alert or a repeated flight: cheap */
        return;
    }
    kh_ice_confirm(path);
    put_aside(edge, peer, data, bytes);
}

static struct kh_peer *dequeue(struct kh_edge *edge)
{
    struct kh_peer *peer = edge->queue;

    edge->queue = peer->queue_next;
    if (!edge->queue)
        edge->queue_end = &edge->queue;
    peer->in_queue = false;
    return peer;
}

/* One datagram of the peer that waits longest; the peer then goes to the end of the queue. */
static void work_on_next(struct kh_edge *edge)
{
    struct kh_peer *peer = dequeue(edge);
    struct kh_waiting *waiting = peer->waiting;

    peer->waiting = waiting->next;
    peer->n_waiting--;
    work_on(edge, peer, waiting->data, waiting->bytes);
    free(waiting);
    if (peer->waiting && !peer->doomed)
        enqueue(edge, peer);
}

bool kh_handshake_work(struct kh_edge *edge)
{
    while (edge->queue && edge->budget > 0 && !kh_feed_peek(edge->feed)) {
        int64_t before_ns = kh_edge_clock_ns();
        work_on_next(edge);
        bool cheap = kh_edge_clock_ns() - before_ns < CHEAP_NS;
        if (cheap && ++edge->n_cheap < CHEAP_AS_ONE)
            continue;
        edge->n_cheap = 0;
        edge->budget--;
    }
    return edge->queue && edge->budget > 0;
}

void kh_handshake_timer(struct kh_edge *edge, struct kh_peer *peer)
{
    if (peer->dtls && !peer->out)
        act_on(edge, peer, kh_dtls_timer(peer->dtls));
}

void kh_handshake_forget(struct kh_edge *edge, struct kh_peer *peer)
{
    struct kh_peer **at = &edge->queue;

    if (!peer->in_queue)
        return;
    while (*at != peer)
        at = &(*at)->queue_next;
    *at = peer->queue_next;
    if (!*at)
        edge->queue_end = at;
    peer->in_queue = false;
}
