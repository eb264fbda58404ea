/* edge_internal.h - what the files of the edge share.
 *
 * All of it belongs to the edge thread, but for the peer table's locked part and the atomics. */
#ifndef KH_EDGE_INTERNAL_H
#define KH_EDGE_INTERNAL_H

#include "media/edge/edge.h"
#include "media/edge/fanout.h"
#include "media/edge/peer.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    KH_EDGE_DATAGRAM_MAX = 2048,
    KH_EDGE_BATCH = 32,     /* datagrams read at once */
    KH_EDGE_GRID_MS = 20,   /* the edge's own timer: budget, repeats, reports */
    KH_EDGE_ROUNDS = 10,    /* every peer is looked at once in so many timer ticks */
    KH_EDGE_CONSENT_S = 30, /* RFC 7675 section 5.1 */
};

/* A local address: its UDP socket and TCP listener (-1: none). Each begins with its kh_watch. */
struct kh_edge_udp {
    enum kh_watch watch;
    int fd;
    unsigned index;
};

struct kh_edge_listener {
    enum kh_watch watch;
    int fd;
    unsigned index;
};

struct kh_edge_totals_counters {
    _Atomic uint64_t handshakes, handshake_failures, packets_out, packets_dropped, ticks_late;
};

struct kh_edge {
    struct kh_edge_config config; /* its strings are not used after create */
    struct kh_edge_ops ops;
    void *user;
    struct kh_addr addresses[KH_EDGE_ADDRESSES_MAX];
    char address_texts[KH_EDGE_ADDRESSES_MAX][KH_ADDR_TEXT_MAX]; /* as offered */
    unsigned n_sockets;
    struct kh_edge_udp udp[KH_EDGE_ADDRESSES_MAX];
    struct kh_edge_listener listeners[KH_EDGE_ADDRESSES_MAX];
    enum kh_watch watch_feed, watch_wake, watch_timer;
    int epoll, wake, timer;
    struct kh_feed *feed;
    struct kh_dtls_context *dtls;
    struct kh_peers peers;
    pthread_t thread;
    bool started;
    _Atomic bool stop;
    struct kh_edge_totals_counters totals;

    int64_t now_ns;
    struct kh_fanout *fanout;
    struct kh_peer *doomed;
    struct kh_peer *queue, **queue_end; /* peers with waiting DTLS datagrams, first come first */
    unsigned budget;                    /* datagrams of handshakes left until the next timer */
    unsigned n_cheap;                   /* datagrams that did not count yet */
    unsigned round;
    struct kh_tcp *tcp_strangers, *tcp_known, *tcp_closed;
    unsigned n_strangers;
    bool accept_paused; /* no descriptors left: the listeners are not watched until the timer */
    uint32_t timestamp_base; /* RTP time of tick 0 */
    uint64_t tick_number;    /* of the last tick sent, with its due time */
    int64_t tick_at_ns;
    uint8_t (*received)[KH_EDGE_DATAGRAM_MAX]; /* KH_EDGE_BATCH of them */
};

/* Where a packet came from. */
struct kh_source {
    unsigned socket;
    const struct kh_addr *remote;
    struct kh_tcp *tcp; /* NULL: UDP */
};

/* sockets.c: open and close the local sockets. */
enum kh_err kh_edge_open_sockets(struct kh_edge *edge, struct kh_error *error);
void kh_edge_close_sockets(struct kh_edge *edge);
bool kh_edge_watch(struct kh_edge *edge, int fd, void *watch);
/* Watch or ignore the TCP listeners. */
void kh_edge_watch_listeners(struct kh_edge *edge, bool watch);

/* loop.c: the thread. */
void *kh_edge_loop(void *edge);
int64_t kh_edge_clock_ns(void);
/* Mark @peer as gone; it is freed at the end of the loop's turn. */
void kh_edge_doom(struct kh_edge *edge, struct kh_peer *peer);

/* input.c: one packet, which may be changed. */
void kh_edge_input(struct kh_edge *edge, const struct kh_source *from, uint8_t *data, size_t bytes);
/* Send one packet on @path; a packet that cannot go out now is dropped. */
void kh_edge_send(struct kh_edge *edge, struct kh_path *path, const uint8_t *data, size_t bytes);
/* The same as an answer to where a packet came from. */
void kh_edge_reply(struct kh_edge *edge, const struct kh_source *to, const uint8_t *data,
                   size_t bytes);

/* ice.c: a STUN packet. */
void kh_ice_input(struct kh_edge *edge, const struct kh_source *from, const uint8_t *data,
                  size_t bytes);
/* An authenticated packet that is not STUN came on @path: media goes back the same way. */
void kh_ice_confirm(struct kh_path *path);
void kh_ice_drop_path(struct kh_edge *edge, struct kh_path *path);
void kh_ice_drop_paths(struct kh_edge *edge, struct kh_peer *peer);

/* handshake.c: DTLS datagrams, within the budget. */
void kh_handshake_input(struct kh_edge *edge, struct kh_path *path, const uint8_t *data,
                        size_t bytes);
/* Work on what waits until the budget is used up or a tick is due. True: some is left. */
bool kh_handshake_work(struct kh_edge *edge);
void kh_handshake_timer(struct kh_edge *edge, struct kh_peer *peer);
/* Take @peer out of the queue. */
void kh_handshake_forget(struct kh_edge *edge, struct kh_peer *peer);

/* media_in.c: an SRTP or SRTCP packet. */
void kh_media_input(struct kh_edge *edge, struct kh_path *path, uint8_t *data, size_t bytes);
/* Send the periodic report of a connected peer. */
void kh_media_report(struct kh_edge *edge, struct kh_peer *peer);

static inline void kh_count(_Atomic uint64_t *counter, uint64_t n)
{
    /* Only the edge thread writes, so no locked instruction is needed. */
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

#endif
