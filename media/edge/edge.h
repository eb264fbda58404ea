/* edge.h - the WebRTC edge: ICE-lite, DTLS 1.2, SRTP, one UDP and one TCP port for all browsers.
 *
 * One thread of its own. The engine thread calls the functions below (all return at once; join
 * answers from tables guarded by a short mutex), the mixer's thread pushes ticks, the edge thread
 * calls the ops. No callback runs with a lock held. */
#ifndef KH_EDGE_EDGE_H
#define KH_EDGE_EDGE_H

#include "base/err.h"
#include "media/feed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kh_edge;

/* Names a joined browser; never reused while the process runs. 0 is nobody. */
typedef uint64_t kh_peer_id;

enum { KH_EDGE_ADDRESSES_MAX = 8, KH_SDP_MAX = 16384 };

struct kh_edge_config {
    /* Local addresses to bind, IPv4 or IPv6 text; none: 127.0.0.1. Not 0.0.0.0 or ::, because a
     * browser must be answered from the address it asked. */
    const char *addresses[KH_EDGE_ADDRESSES_MAX];
    unsigned n_addresses;
    uint16_t port;                /* UDP and TCP; 0: any free one (tests) */
    const char *public_address;   /* 1:1 NAT: offered instead of addresses[0]; may be NULL */
    bool tcp;                     /* offer passive ICE-TCP candidates too */
    bool udp;                     /* false only in tests of the TCP way */
    unsigned peers_max;           /* default 2000 */
    unsigned handshakes_per_tick; /* DTLS flights worked on between two ticks; default 8 */
    unsigned silence_s; /* a peer without a valid packet for so long is gone; default 15 */
};

struct kh_edge_stats {
    bool connected;          /* DTLS finished, SRTP keys set */
    char transport[8];       /* "udp" or "tcp" */
    char srtp_profile[32];   /* RFC 5764/7714 name */
    float round_trip_ms;     /* from RTCP (RFC 3550 section 6.4.1); -1 when not known yet */
    float fraction_lost_in;  /* 0..1, of the browser's packets, since the last report */
    float fraction_lost_out; /* 0..1, as the browser reports */
    float jitter_in_ms;
    uint64_t packets_in, packets_out, bytes_in, bytes_out, auth_failures;
};

struct kh_edge_ops {
    /* Edge thread: a decrypted RTP packet of @peer, which has @slot (see kh_edge_route). */
    void (*on_rtp)(void *user, kh_peer_id peer, unsigned slot, const uint8_t *packet, size_t bytes);
    /* Edge thread: connected (true, once), or gone for good (false; the peer is freed and its id is
     * dead), also when it never connected. Not told any more once kh_edge_destroy has begun. */
    void (*on_peer)(void *user, kh_peer_id peer, bool connected);
};

/* Bind and prepare the certificate (ECDSA P-256, new for each process). @config is copied.
 * Errors: KH_ERR_IO (address in use: named), KH_ERR_INVALID. */
enum kh_err kh_edge_create(const struct kh_edge_config *config, const struct kh_edge_ops *ops,
                           void *user, struct kh_edge **out, struct kh_error *error);
enum kh_err kh_edge_start(struct kh_edge *edge, struct kh_error *error);
/* Closes all peers (DTLS close_notify), joins the thread, frees. Accepts NULL. */
void kh_edge_destroy(struct kh_edge *edge);

/* The port in use (for config.port = 0). */
uint16_t kh_edge_port(const struct kh_edge *edge);

struct kh_edge_joined {
    kh_peer_id peer;
    int opus_payload_type; /* as the browser numbers it, in both directions */
};

/* Take a browser's SDP @offer (not NUL-terminated), make a peer, write the SDP answer with its
 * NUL. Errors: KH_ERR_INVALID (what is wrong is named), KH_ERR_LIMIT (peers_max), KH_ERR_NOMEM. */
enum kh_err kh_edge_join(struct kh_edge *edge, const char *offer, size_t offer_bytes,
                         char answer[KH_SDP_MAX], struct kh_edge_joined *joined,
                         struct kh_error *error);
/* Idempotent; on_peer(false) follows. */
void kh_edge_leave(struct kh_edge *edge, kh_peer_id peer);

/* Give the peer @slot (hears slot @slot, its RTP is passed on while @send) or none (slot < 0:
 * hears the main mix, its RTP is authenticated for statistics and dropped). */
void kh_edge_route(struct kh_edge *edge, kh_peer_id peer, int slot, bool send);

/* Mixer's thread: one tick for all. Never blocks. */
void kh_edge_push_tick(struct kh_edge *edge, const struct kh_tick *tick);

/* False when the peer is not there. Any thread. */
bool kh_edge_stats(struct kh_edge *edge, kh_peer_id peer, struct kh_edge_stats *stats);

/* For /metrics. Any thread. */
struct kh_edge_totals {
    unsigned peers, connected;
    uint64_t ticks_lost; /* the edge was so late that the mixer dropped them */
    uint64_t ticks_late; /* sent more than 10 ms after they were due */
    uint64_t handshakes, handshake_failures, packets_out, packets_dropped;
};
void kh_edge_totals(struct kh_edge *edge, struct kh_edge_totals *totals);

#endif
