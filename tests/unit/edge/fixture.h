/* fixture.h - a running edge, a tick source and some clients, all driven by one test thread.
 *
 * The counters are written by the edge thread. */
#ifndef KH_TESTS_EDGE_FIXTURE_H
#define KH_TESTS_EDGE_FIXTURE_H

#include "media/edge/edge.h"
#include "tests/unit/edge/client.h"

#include <stdatomic.h>

enum { FIXTURE_CLIENTS_MAX = 64, FIXTURE_FRAME_BYTES = 80 };

struct fixture {
    struct kh_edge *edge;
    struct client_context *context;
    struct client *clients[FIXTURE_CLIENTS_MAX];
    kh_peer_id peers[FIXTURE_CLIENTS_MAX];
    unsigned n_clients;
    struct kh_tick tick;
    int64_t next_tick_ns; /* 0: no ticks are pushed */
    _Atomic unsigned connected, gone, rtp;
    _Atomic unsigned rtp_slot;
    _Atomic kh_peer_id rtp_peer;
    uint8_t heard[FIXTURE_CLIENTS_MAX]; /* first payload byte of the client's last packet */
};

/* 127.0.0.1, UDP and TCP, any port, the default limits. */
struct kh_edge_config fixture_config(void);
void fixture_start(struct fixture *fixture, const struct kh_edge_config *config);
/* Only kh_edge_create; nothing to stop when it fails. */
enum kh_err fixture_try(const struct kh_edge_config *config, struct kh_edge **edge,
                        struct kh_error *error);
void fixture_stop(struct fixture *fixture);

/* Push ticks every 20 ms from now on: main frames are full of 'M', slot n's of 'a' + n. */
void fixture_play(struct fixture *fixture, uint32_t slot_mask);

/* Join; answers the client's number. */
unsigned fixture_join(struct fixture *fixture, const struct client_options *options);
/* Close the client's socket, with close_notify if @polite. */
void fixture_drop(struct fixture *fixture, unsigned client, bool polite);

/* Drive everything until @condition, at most 10 s; the test fails when it does not come true. */
#define fixture_until(fixture, condition)                                                          \
    do {                                                                                           \
        int64_t until_ = fixture_now_ms() + 10000;                                                 \
        while (!(condition) && fixture_now_ms() < until_)                                          \
            fixture_turn(fixture);                                                                 \
        if (!(condition))                                                                          \
            fail_msg("%s:%d: never came true: %s", __FILE__, __LINE__, #condition);                \
    } while (0)

/* Drive everything for @ms. */
void fixture_run(struct fixture *fixture, int ms);
void fixture_turn(struct fixture *fixture);
int64_t fixture_now_ms(void);
struct kh_edge_stats fixture_stats(struct fixture *fixture, unsigned client);
struct kh_edge_totals fixture_totals(struct fixture *fixture);

#endif
