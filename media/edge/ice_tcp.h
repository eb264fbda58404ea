/* ice_tcp.h - passive ICE-TCP (RFC 6544): connections that carry framed packets (RFC 4571).
 *
 * Edge thread only, but for the pure kh_ice_tcp_frame. A connection owns its descriptor; it belongs
 * to nobody until a STUN request on it was authenticated. */
#ifndef KH_EDGE_ICE_TCP_H
#define KH_EDGE_ICE_TCP_H

#include "media/edge/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KH_TCP_FRAME_MAX = 2048, /* longer frames close the connection */
    /* Unsent bytes above which packets are dropped: about 200 ms of sound with its headers. */
    KH_TCP_UNSENT_BYTES = 4096,
    KH_TCP_STRANGERS_MAX = 128, /* connections without an authenticated request */
    KH_TCP_STRANGER_S = 10,     /* and how long such a one may live */
};

/* What lies at the start of a stream of @bytes: 0 not a whole frame yet; below 0 a frame that is
 * empty or too long, so the stream is not ours; else the whole frame's length with its 2 length
 * bytes. */
int kh_ice_tcp_frame(const uint8_t *stream, size_t bytes);

struct kh_path;

/* What an epoll event points at. */
enum kh_watch {
    KH_WATCH_FEED,
    KH_WATCH_WAKE,
    KH_WATCH_TIMER,
    KH_WATCH_UDP,
    KH_WATCH_LISTENER,
    KH_WATCH_TCP
};

struct kh_tcp {
    enum kh_watch watch; /* first: see kh_edge_loop */
    int fd;
    unsigned socket; /* index of the local address */
    struct kh_addr remote;
    struct kh_path *path; /* NULL: a stranger */
    int64_t opened_ns;
    struct kh_tcp *previous, *next; /* kh_edge::tcp_strangers or kh_edge::tcp_known */
    bool closed;                    /* on kh_edge::tcp_closed by @next, freed at the loop's end */
    size_t in_bytes, tail_bytes;
    uint8_t in[2 + KH_TCP_FRAME_MAX];
    uint8_t tail[2 + KH_TCP_FRAME_MAX]; /* the rest of a frame that was sent in part */
};

/* Frame @data and send it, or drop it when the network does not keep up. False: dropped. */
bool kh_tcp_send(struct kh_tcp *tcp, const uint8_t *data, size_t bytes);

struct kh_edge;

/* Take all waiting connections of the listener of local address @socket. */
void kh_tcp_accept(struct kh_edge *edge, unsigned socket);
/* Read what is there and hand each frame to kh_edge_input. */
void kh_tcp_readable(struct kh_edge *edge, struct kh_tcp *tcp);
/* The connection has authenticated: it no longer counts as a stranger's. */
void kh_tcp_known(struct kh_edge *edge, struct kh_tcp *tcp, struct kh_path *path);
/* Close now, free at the loop's end. The path, if any, must be dropped by the caller. */
void kh_tcp_close(struct kh_edge *edge, struct kh_tcp *tcp);
/* Listen again after the descriptors had run out. */
void kh_tcp_resume(struct kh_edge *edge);
/* Close strangers that have had their time. */
void kh_tcp_expire(struct kh_edge *edge);
/* Free what was closed. */
void kh_tcp_reap(struct kh_edge *edge);

#endif
