/* relay.h - a bad network for the tests: a UDP relay between one participant and the server.
 *
 * Any thread may call; one thread of its own moves the packets. Owns two sockets: the participant
 * sends to the front, the server sees the back. What comes from the server passes at once, what
 * goes to it suffers. What happens to the nth packet depends on the seed and n alone. */
#ifndef KH_TESTS_MEDIA_RELAY_H
#define KH_TESTS_MEDIA_RELAY_H

#include <stdint.h>

/* All zero: a wire. Shares are 0..1. */
struct relay_net {
    double loss;          /* lost, each packet by itself */
    unsigned lose_every;  /* and each so manieth packet is lost; 0: none */
    double burst_loss;    /* lost in bursts (Gilbert-Elliott: good lets all pass, bad none) */
    double burst_packets; /* mean length of such a burst */
    int jitter_ms;        /* uniform from 0, each packet by itself, so they overtake each other */
    double reorder;       /* share that comes @reorder_ms later than the others */
    int reorder_ms;
    double duplicate;   /* come twice, the second one within 30 ms */
    int stall_ms;       /* the way is blocked for so long, and then all comes at once... */
    int stall_every_ms; /* ...once in so long */
};

struct relay_counts {
    unsigned sent, lost, duplicated, overtaken; /* overtaken: passed behind a later one */
};

struct relay;

/* Loopback, free ports; NULL: no sockets or thread. */
struct relay *relay_create(uint64_t seed);
void relay_destroy(struct relay *relay); /* accepts NULL */

uint16_t relay_front_port(const struct relay *relay);
uint16_t relay_back_port(const struct relay *relay);

/* Where the packets go; until then they are dropped. */
void relay_set_server(struct relay *relay, uint16_t port);
void relay_set_net(struct relay *relay, const struct relay_net *net);
struct relay_counts relay_counts(struct relay *relay);

#endif
