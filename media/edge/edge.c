#include "media/edge/edge.h"

#include "base/check.h"
#include "media/edge/edge_internal.h"

#include <errno.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    DEFAULT_PEERS_MAX = 2000,
    DEFAULT_HANDSHAKES_PER_TICK = 8,
    DEFAULT_SILENCE_S = 15,
    FEED_TICKS = 8, /* 160 ms: later sound is not worth sending */
};

static enum kh_err read_config(struct kh_edge *edge, const struct kh_edge_config *config,
                               struct kh_error *error)
{
    edge->config = *config;
    edge->config.peers_max = config->peers_max ? config->peers_max : DEFAULT_PEERS_MAX;
    edge->config.silence_s = config->silence_s ? config->silence_s : DEFAULT_SILENCE_S;
    if (!config->handshakes_per_tick)
        edge->config.handshakes_per_tick = DEFAULT_HANDSHAKES_PER_TICK;
    if (!config->udp && !config->tcp)
        return kh_err_set(error, KH_ERR_INVALID, "the edge needs udp or tcp");
    if (config->n_addresses > KH_EDGE_ADDRESSES_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "more than %d media addresses",
                          KH_EDGE_ADDRESSES_MAX);
    if (edge->config.peers_max > KH_PEERS_LIMIT)
        return kh_err_set(error, KH_ERR_INVALID, "peers_max is above %d", KH_PEERS_LIMIT);
    return KH_OK;
}

static enum kh_err read_address(struct kh_edge *edge, const char *text, struct kh_error *error)
{
    struct kh_addr *addr = &edge->addresses[edge->n_sockets];

    if (!kh_addr_parse(text, 0, addr))
        return kh_err_set(error, KH_ERR_INVALID, "media address \"%s\" is not an IP address", text);
    if (kh_addr_is_any(addr))
        return kh_err_set(error, KH_ERR_INVALID,
                          "media address %s: name the addresses that browsers reach", text);
    kh_addr_text(addr, edge->address_texts[edge->n_sockets++]);
    return KH_OK;
}

static enum kh_err read_addresses(struct kh_edge *edge, struct kh_error *error)
{
    const struct kh_edge_config *config = &edge->config;
    struct kh_addr public;

    for (unsigned i = 0; i < config->n_addresses; i++) {
        enum kh_err err = read_address(edge, config->addresses[i], error);
        if (err)
            return err;
    }
    if (config->n_addresses == 0) {
        enum kh_err err = read_address(edge, "127.0.0.1", error);
        if (err)
            return err;
    }
    if (!config->public_address)
        return KH_OK;
    if (!kh_addr_parse(config->public_address, 0, &public))
        return kh_err_set(error, KH_ERR_INVALID, "public address \"%s\" is not an IP address",
                          config->public_address);
    kh_addr_text(&public, edge->address_texts[0]);
    return KH_OK;
}

static bool arm_timer(struct kh_edge *edge)
{
    const struct itimerspec grid = { .it_interval.tv_nsec = KH_EDGE_GRID_MS * 1000000,
                                     .it_value.tv_nsec = KH_EDGE_GRID_MS * 1000000 };

    return timerfd_settime(edge->timer, 0, &grid, NULL) == 0;
}

static enum kh_err open_loop(struct kh_edge *edge, struct kh_error *error)
{
    edge->watch_feed = KH_WATCH_FEED;
    edge->watch_wake = KH_WATCH_WAKE;
    edge->watch_timer = KH_WATCH_TIMER;
    edge->epoll = epoll_create1(EPOLL_CLOEXEC);
    edge->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    edge->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (edge->epoll < 0 || edge->wake < 0 || edge->timer < 0 || !arm_timer(edge) ||
        !kh_edge_watch(edge, kh_feed_fd(edge->feed), &edge->watch_feed) ||
        !kh_edge_watch(edge, edge->wake, &edge->watch_wake) ||
        !kh_edge_watch(edge, edge->timer, &edge->watch_timer))
        return kh_err_set(error, KH_ERR_IO, "cannot make the edge's event loop: %s",
                          strerror(errno));
    return KH_OK;
}

static enum kh_err allocate(struct kh_edge *edge, struct kh_error *error)
{
    edge->feed = kh_feed_create(FEED_TICKS);
    edge->fanout = kh_fanout_create();
    edge->received = calloc(KH_EDGE_BATCH, sizeof(*edge->received));
    if (!edge->feed || !edge->fanout || !edge->received ||
        !kh_peers_init(&edge->peers, edge->config.peers_max) ||
        RAND_bytes((uint8_t *)&edge->timestamp_base, sizeof(edge->timestamp_base)) != 1)
        return kh_err_set(error, KH_ERR_NOMEM, "out of memory for the edge");
    return KH_OK;
}

static enum kh_err build(struct kh_edge *edge, const struct kh_edge_config *config,
                         struct kh_error *error)
{
    enum kh_err err = read_config(edge, config, error);

    if (!err)
        err = read_addresses(edge, error);
    if (!err)
        err = allocate(edge, error);
    if (!err)
        err = kh_dtls_context_create(&edge->dtls, error);
    if (!err)
        err = open_loop(edge, error);
    if (!err)
        err = kh_edge_open_sockets(edge, error);
    return err;
}

enum kh_err kh_edge_create(const struct kh_edge_config *config, const struct kh_edge_ops *ops,
                           void *user, struct kh_edge **out, struct kh_error *error)
{
    struct kh_edge *edge = calloc(1, sizeof(*edge));

    if (!edge)
        return kh_err_set(error, KH_ERR_NOMEM, "out of memory for the edge");
    KH_REQUIRE(ops->on_rtp && ops->on_peer);
    edge->ops = *ops;
    edge->user = user;
    edge->epoll = edge->wake = edge->timer = -1;
    edge->queue_end = &edge->queue;
    for (unsigned i = 0; i < KH_EDGE_ADDRESSES_MAX; i++) {
        edge->udp[i] = (struct kh_edge_udp){ KH_WATCH_UDP, -1, i };
        edge->listeners[i] = (struct kh_edge_listener){ KH_WATCH_LISTENER, -1, i };
    }
    enum kh_err err = build(edge, config, error);
    if (err) {
        kh_edge_destroy(edge);
        return err;
    }
    *out = edge;
    return KH_OK;
}

enum kh_err kh_edge_start(struct kh_edge *edge, struct kh_error *error)
{
    int failed = pthread_create(&edge->thread, NULL, kh_edge_loop, edge);

    if (failed)
        return kh_err_set(error, KH_ERR_IO, "cannot start the edge thread: %s", strerror(failed));
    edge->started = true;
    return KH_OK;
}

static void wake(struct kh_edge *edge)
{
    ssize_t ignored = write(edge->wake, &(uint64_t){ 1 }, sizeof(uint64_t));

    (void)ignored; /* a full counter is readable all the same */
}

static void close_one(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* Without its thread, or what joined after its last turn. */
static void free_rest(struct kh_edge *edge)
{
    for (unsigned i = 0; edge->peers.slots && i < edge->peers.max; i++)
        kh_peer_destroy(edge->peers.slots[i]);
    while (edge->tcp_strangers)
        kh_tcp_close(edge, edge->tcp_strangers);
    kh_tcp_reap(edge);
}

void kh_edge_destroy(struct kh_edge *edge)
{
    if (!edge)
        return;
    edge->stop = true;
    if (edge->started) {
        wake(edge);
        pthread_join(edge->thread, NULL);
    }
    free_rest(edge);
    kh_edge_close_sockets(edge);
    close_one(edge->timer);
    close_one(edge->wake);
    close_one(edge->epoll);
    kh_peers_finish(&edge->peers);
    kh_fanout_destroy(edge->fanout);
    kh_feed_destroy(edge->feed);
    kh_dtls_context_destroy(edge->dtls);
    free(edge->received);
    free(edge);
}

uint16_t kh_edge_port(const struct kh_edge *edge)
{
    return edge->config.port;
}

static void offer_addresses(const struct kh_edge *edge, struct kh_sdp_answer *answer)
{
    for (unsigned i = 0; i < edge->n_sockets; i++) {
        answer->candidates[i].address = edge->address_texts[i];
        answer->candidates[i].v6 = strchr(edge->address_texts[i], ':') != NULL;
    }
    answer->n_candidates = edge->n_sockets;
    answer->port = edge->config.port;
    answer->udp = edge->config.udp;
    answer->tcp = edge->config.tcp;
}

static enum kh_err write_answer(const struct kh_edge *edge, const struct kh_peer *peer,
                                const struct kh_sdp_offer *offer, char text[KH_SDP_MAX],
                                struct kh_error *error)
{
    struct kh_sdp_answer answer = { .ufrag = peer->ufrag,
                                    .password = peer->password,
                                    .fingerprint = kh_dtls_context_fingerprint(edge->dtls),
                                    .ssrc = peer->ssrc,
                                    .session_id = peer->id & INT64_MAX };

    offer_addresses(edge, &answer);
    return kh_sdp_write(offer, &answer, text, error);
}

enum kh_err kh_edge_join(struct kh_edge *edge, const char *offer_text, size_t offer_bytes,
                         char answer[KH_SDP_MAX], struct kh_edge_joined *joined,
                         struct kh_error *error)
{
    struct kh_sdp_offer offer;
    enum kh_err err = kh_sdp_read(offer_text, offer_bytes, &offer, error);

    if (err)
        return err;
    struct kh_peer *peer = kh_peer_create(&offer);
    if (!peer)
        return kh_err_set(error, KH_ERR_NOMEM, "out of memory for a peer");
    if (kh_peers_reserve(&edge->peers, peer)) {
        kh_peer_destroy(peer);
        return kh_err_set(error, KH_ERR_LIMIT, "all %u places are taken", edge->config.peers_max);
    }
    kh_peer_name(peer);
    err = write_answer(edge, peer, &offer, answer, error);
    if (err) {
        kh_peers_cancel(&edge->peers, peer);
        kh_peer_destroy(peer);
        return err;
    }
    joined->peer = peer->id;
    joined->opus_payload_type = peer->opus_payload_type;
    kh_peers_publish(&edge->peers, peer);
    wake(edge);
    return KH_OK;
}

void kh_edge_leave(struct kh_edge *edge, kh_peer_id peer)
{
    if (kh_peers_leave(&edge->peers, peer))
        wake(edge);
}

void kh_edge_route(struct kh_edge *edge, kh_peer_id id, int slot, bool send)
{
    struct kh_peer *peer = kh_peers_lock(&edge->peers, id);

    KH_REQUIRE(slot < KH_SLOTS_MAX);
    if (!peer)
        return;
    atomic_store_explicit(&peer->route, slot < 0 ? -1 : slot * 2 + send, memory_order_release);
    kh_peers_unlock(&edge->peers);
}

void kh_edge_push_tick(struct kh_edge *edge, const struct kh_tick *tick)
{
    kh_feed_push(edge->feed, tick);
}
