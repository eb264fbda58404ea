/* peer.h - a joined browser and the table of all of them.
 *
 * Peers are made by the engine's thread (join), and live and die in the edge thread. The table's
 * mutex guards the id slots and the to-do list; everything else of a peer is the edge thread's,
 * but for the atomics. */
#ifndef KH_EDGE_PEER_H
#define KH_EDGE_PEER_H

#include "media/edge/dtls.h"
#include "media/edge/edge.h"
#include "media/edge/ice_tcp.h"
#include "media/edge/rtcp.h"
#include "media/edge/srtp.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    KH_PEER_PATHS = 4,   /* address pairs remembered for a peer */
    KH_PEER_WAITING = 8, /* DTLS datagrams that wait for their turn */
    /* Media packets taken in 200 ms: frames of 2.5 ms, and room for what a stalled network held. */
    KH_PEER_ALLOWANCE = 200,
    KH_PEERS_LIMIT = 65535,
};

struct kh_peer;

/* An address pair on which the peer has sent an authenticated request. */
struct kh_path {
    struct kh_peer *peer; /* NULL: not in use */
    struct kh_tcp *tcp;   /* NULL: UDP */
    unsigned socket;      /* index of the local address */
    struct kh_addr remote;
    struct kh_path *next; /* kh_peers::buckets, UDP only */
    uint32_t priority;    /* of the browser's candidate (RFC 8445 section 7.1.1) */
    int64_t checked_ns;   /* last authenticated request */
    int64_t nominated_ns; /* last one with USE-CANDIDATE; 0: none */
};

/* A DTLS datagram that waits for the handshake budget. */
struct kh_waiting {
    struct kh_waiting *next;
    size_t bytes;
    uint8_t data[];
};

/* Written by the edge thread, read by any. */
struct kh_peer_counters {
    _Atomic bool connected, tcp;
    _Atomic int profile;
    _Atomic float round_trip_ms, lost_in, lost_out, jitter_in_ms;
    _Atomic uint64_t packets_in, packets_out, bytes_in, bytes_out, auth_failures;
};

struct kh_peer {
    kh_peer_id id;
    unsigned index; /* in kh_peers::slots */
    char ufrag[KH_ICE_UFRAG_MAX], password[KH_ICE_PASSWORD_MAX];
    struct kh_fingerprint fingerprint;
    bool sends, receives; /* as the browser sees it */
    int opus_payload_type;
    uint32_t ssrc;
    _Atomic int route; /* slot * 2 + send; below 0: none */
    struct kh_peer_counters counters;

    struct kh_peer *todo_next; /* kh_peers::todo */
    bool in_todo, leave;       /* under the mutex */

    /* From here on the edge thread's. */
    bool known, doomed, leaving;
    struct kh_peer *work_next;       /* of what kh_peers_take_todo answered */
    unsigned known_at, connected_at; /* in the dense arrays */
    struct kh_peer *doomed_next;
    struct kh_edge *edge;
    struct kh_path paths[KH_PEER_PATHS], *selected;
    int64_t joined_ns, valid_ns, request_ns, report_ns;
    struct kh_dtls *dtls;
    struct kh_waiting *waiting, **waiting_end;
    unsigned n_waiting;
    bool in_queue;
    struct kh_peer *queue_next; /* kh_edge::queue */
    struct kh_srtp_out *out;
    struct kh_srtp_in *in;
    uint32_t octets_out; /* of payload, for sender reports */
    bool paused;         /* no frame last tick: the next packet begins a talkspurt */
    struct kh_rtcp_receiver receiver;
    unsigned allowance; /* media packets that are still taken in this interval */
};

struct kh_peers {
    pthread_mutex_t lock;
    unsigned max, used;
    struct kh_peer **slots; /* by index; NULL: free */
    unsigned *free, n_free; /* indexes without a peer */
    uint64_t generation;    /* joins so far */
    struct kh_peer *todo;   /* fresh or to leave; the edge thread takes all at once */

    /* Edge thread only. */
    struct kh_peer **by_index; /* those that the edge thread has met */
    struct kh_peer **known, **connected;
    unsigned n_known;
    _Atomic unsigned n_connected;
    struct kh_path **buckets;
    uint32_t n_buckets, seed;
};

bool kh_peers_init(struct kh_peers *peers, unsigned max);
/* Frees the table; the peers must be gone. */
void kh_peers_finish(struct kh_peers *peers);

/* Any thread. Gives @peer its id and index; KH_ERR_LIMIT when the table is full. Not seen by the
 * edge thread before kh_peers_publish. */
enum kh_err kh_peers_reserve(struct kh_peers *peers, struct kh_peer *peer);
void kh_peers_publish(struct kh_peers *peers, struct kh_peer *peer);
/* Gives back what reserve took, for a peer that was never published. */
void kh_peers_cancel(struct kh_peers *peers, struct kh_peer *peer);
/* Any thread. False: nobody has this id. */
bool kh_peers_leave(struct kh_peers *peers, kh_peer_id id);
/* Any thread. Returns with the table LOCKED when the peer is there, else NULL and unlocked. */
struct kh_peer *kh_peers_lock(struct kh_peers *peers, kh_peer_id id);
void kh_peers_unlock(struct kh_peers *peers);

/* Edge thread from here. The to-do list, linked by work_next; leaving is set where asked. */
struct kh_peer *kh_peers_take_todo(struct kh_peers *peers);
void kh_peers_meet(struct kh_peers *peers, struct kh_peer *peer);
void kh_peers_connected(struct kh_peers *peers, struct kh_peer *peer);
/* Out of all tables; then the id is dead and the caller frees the peer. */
void kh_peers_remove(struct kh_peers *peers, struct kh_peer *peer);

/* By our ufrag, the left part of a USERNAME. NULL: unknown. */
struct kh_peer *kh_peers_by_username(struct kh_peers *peers, const uint8_t *username, size_t bytes);
struct kh_path *kh_peers_by_address(struct kh_peers *peers, unsigned socket,
                                    const struct kh_addr *remote);
void kh_path_link(struct kh_peers *peers, struct kh_path *path);
void kh_path_unlink(struct kh_peers *peers, struct kh_path *path);

/* What the offer says, and random secrets. NULL: out of memory or of randomness. */
struct kh_peer *kh_peer_create(const struct kh_sdp_offer *offer);
/* Makes the ufrag, which holds the index: after kh_peers_reserve. */
void kh_peer_name(struct kh_peer *peer);
/* Frees the peer's own objects and itself; close_notify goes out when it was connected. */
void kh_peer_destroy(struct kh_peer *peer);

#endif
