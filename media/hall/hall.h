/* hall.h - plain-RTP participants: one UDP socket and one thread ("kh-rtp") for all of them.
 *
 * The engine thread adds, removes and routes participants by commands, the mixer's thread pushes
 * ticks, the hall's thread owns the table, sends and receives. Owns thread, socket and ring.
 *
 * A packet is taken only from exactly the joined address and port, with exactly the joined SSRC and
 * payload type, and is passed on only while its person is routed with @send; all else is counted
 * and dropped before any decode. RTCP (RFC 5761 section 4) is ignored. */
#ifndef KH_HALL_HALL_H
#define KH_HALL_HALL_H

#include "base/err.h"
#include "media/feed.h"
#include "media/mixer/mixer.h"
#include "session/types.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kh_hall;

struct kh_hall_config {
    const char *address; /* numeric, to bind; NULL: 127.0.0.1 */
    uint16_t port;       /* 0: any free one */
    unsigned persons_max;
};

struct kh_hall_ops {
    /* Hall's thread: an accepted packet of the participant @source, who was routed to @slot. The
     * route may have changed since; the receiver checks that @slot still belongs to @source. */
    void (*on_rtp)(void *user, uint64_t source, unsigned slot, const uint8_t *packet, size_t bytes);
};

union kh_hall_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* What joining fixes. */
struct kh_hall_member {
    uint64_t source;               /* handed back with each packet */
    union kh_hall_address address; /* of the socket's family: see kh_hall_resolve() */
    enum kh_encoding encoding;
    int payload_type;  /* in both directions */
    int channels;      /* 1 or 2, L16 and L24 */
    int ptime_ms;      /* L16 and L24: 1, 2, 4, 5, 10, 20 */
    uint32_t ssrc_in;  /* the participant sends with it */
    uint32_t ssrc_out; /* of the packets it gets */
};

struct kh_hall_counts {
    uint64_t packets_in; /* from the right address with the right SSRC and payload type */
    uint64_t packets_out;
    uint64_t rejected; /* named this participant by address or SSRC, but did not fit */
};

struct kh_hall_totals {
    unsigned members;
    uint64_t packets_out, send_drops; /* drops: the kernel did not take them */
    uint64_t rejected;                /* of members and of strangers */
    uint64_t ticks_lost;              /* the hall's thread was too late for */
};

/* Bind and start the thread. KH_ERR_INVALID (not a numeric address), KH_ERR_IO (named). */
KH_MUST_CHECK enum kh_err kh_hall_create(const struct kh_hall_config *config,
                                         const struct kh_hall_ops *ops, void *user,
                                         struct kh_hall **out, struct kh_error *error);
/* Stops the thread first. Accepts NULL. */
void kh_hall_destroy(struct kh_hall *hall);

/* Read the numeric @address and @port into a form that the socket can send to. KH_ERR_INVALID: not
 * numeric, of another family than the socket's, port 0, multicast, unspecified, or the socket's own
 * address. Engine thread. */
KH_MUST_CHECK enum kh_err kh_hall_resolve(const struct kh_hall *hall, const char *address,
                                          uint16_t port, union kh_hall_address *out,
                                          struct kh_error *error);
/* The address and port where @peer reaches the socket. KH_ERR_IO: no route to @peer. */
KH_MUST_CHECK enum kh_err kh_hall_local(const struct kh_hall *hall,
                                        const union kh_hall_address *peer, char address[64],
                                        uint16_t *port, struct kh_error *error);

/* Same family, address and port. Any thread. */
bool kh_hall_same_address(const union kh_hall_address *a, const union kh_hall_address *b);

/* Add or replace, remove (idempotent), route the participant of @person (< persons_max). @slot < 0:
 * hears the main mix; @send: packets are passed on (wants a slot). Counts start anew with add.
 * Engine thread; takes effect before the next packet is looked at. */
void kh_hall_add(struct kh_hall *hall, kh_person person, const struct kh_hall_member *member);
void kh_hall_remove(struct kh_hall *hall, kh_person person);
void kh_hall_route(struct kh_hall *hall, kh_person person, int slot, bool send);

/* Mixer's thread: one tick for all. Never blocks. */
void kh_hall_push_tick(struct kh_hall *hall, const struct kh_tick *tick);

/* Any thread. */
void kh_hall_counts(const struct kh_hall *hall, kh_person person, struct kh_hall_counts *counts);
void kh_hall_totals(const struct kh_hall *hall, struct kh_hall_totals *totals);

#endif
