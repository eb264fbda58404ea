#include "tests/unit/edge/fixture.h"

#include "base/check.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t fixture_now_ms(void)
{
    return now_ns() / 1000000;
}

static void on_rtp(void *user, kh_peer_id peer, unsigned slot, const uint8_t *packet, size_t bytes)
{
    struct fixture *fixture = user;

    (void)packet;
    (void)bytes;
    fixture->rtp_slot = slot;
    fixture->rtp_peer = peer;
    fixture->rtp++;
}

static void on_peer(void *user, kh_peer_id peer, bool connected)
{
    struct fixture *fixture = user;

    (void)peer;
    if (connected)
        fixture->connected++;
    else
        fixture->gone++;
}

struct kh_edge_config fixture_config(void)
{
    return (struct kh_edge_config){ .tcp = true, .udp = true };
}

void fixture_start(struct fixture *fixture, const struct kh_edge_config *config)
{
    const struct kh_edge_ops ops = { on_rtp, on_peer };
    struct kh_error error = { 0 };

    memset(fixture, 0, sizeof(*fixture));
    fixture->context = client_context_create(NULL);
    bool started = !kh_edge_create(config, &ops, fixture, &fixture->edge, &error) &&
                   !kh_edge_start(fixture->edge, &error);
    if (!started)
        fprintf(stderr, "%s\n", error.text);
    KH_REQUIRE(started);
}

enum kh_err fixture_try(const struct kh_edge_config *config, struct kh_edge **edge,
                        struct kh_error *error)
{
    const struct kh_edge_ops ops = { on_rtp, on_peer };

    return kh_edge_create(config, &ops, NULL, edge, error);
}

void fixture_stop(struct fixture *fixture)
{
    for (unsigned i = 0; i < fixture->n_clients; i++)
        client_destroy(fixture->clients[i], false);
    kh_edge_destroy(fixture->edge);
    client_context_destroy(fixture->context);
}

static void fill(struct kh_opus_frame *frame, char letter)
{
    frame->bytes = FIXTURE_FRAME_BYTES;
    memset(frame->data, letter, FIXTURE_FRAME_BYTES);
}

void fixture_play(struct fixture *fixture, uint32_t slot_mask)
{
    fill(&fixture->tick.main, 'M');
    for (unsigned i = 0; i < KH_SLOTS_MAX; i++) {
        if (slot_mask >> i & 1)
            fill(&fixture->tick.slot[i], (char)('a' + i));
    }
    fixture->tick.slot_mask = slot_mask;
    fixture->next_tick_ns = now_ns();
}

static void heard(void *user, const uint8_t *packet, size_t bytes)
{
    if (bytes == KH_RTP_HEADER_BYTES + FIXTURE_FRAME_BYTES)
        *(uint8_t *)user = packet[KH_RTP_HEADER_BYTES];
}

unsigned fixture_join(struct fixture *fixture, const struct client_options *options)
{
    char offer[2048], answer[KH_SDP_MAX];
    unsigned n = fixture->n_clients++;
    struct kh_edge_joined joined;
    struct kh_error error;

    KH_REQUIRE(n < FIXTURE_CLIENTS_MAX);
    size_t bytes = client_offer(fixture->context, options, offer, sizeof(offer));
    KH_REQUIRE(kh_edge_join(fixture->edge, offer, bytes, answer, &joined, &error) == KH_OK);
    KH_REQUIRE(joined.opus_payload_type == 111);
    fixture->peers[n] = joined.peer;
    fixture->clients[n] =
        client_create(fixture->context, options, answer, heard, &fixture->heard[n]);
    KH_REQUIRE(fixture->clients[n]);
    return n;
}

void fixture_drop(struct fixture *fixture, unsigned client, bool polite)
{
    client_destroy(fixture->clients[client], polite);
    fixture->clients[client] = NULL;
}

static void push_due_ticks(struct fixture *fixture)
{
    while (fixture->next_tick_ns && fixture->next_tick_ns <= now_ns()) {
        fixture->tick.at_ns = fixture->next_tick_ns;
        kh_edge_push_tick(fixture->edge, &fixture->tick);
        fixture->tick.number++;
        fixture->next_tick_ns += KH_TICK_MS * 1000000;
    }
}

void fixture_turn(struct fixture *fixture)
{
    struct pollfd fds[FIXTURE_CLIENTS_MAX];

    for (unsigned i = 0; i < fixture->n_clients; i++)
        fds[i] = (struct pollfd){ .fd = fixture->clients[i] ? client_fd(fixture->clients[i]) : -1,
                                  .events = POLLIN };
    poll(fds, fixture->n_clients, 5);
    push_due_ticks(fixture);
    for (unsigned i = 0; i < fixture->n_clients; i++) {
        if (!fixture->clients[i])
            continue;
        if (fds[i].revents)
            client_readable(fixture->clients[i]);
        client_timer(fixture->clients[i]);
    }
}

void fixture_run(struct fixture *fixture, int ms)
{
    int64_t until = fixture_now_ms() + ms;

    while (fixture_now_ms() < until)
        fixture_turn(fixture);
}

struct kh_edge_stats fixture_stats(struct fixture *fixture, unsigned client)
{
    struct kh_edge_stats stats = { 0 };

    kh_edge_stats(fixture->edge, fixture->peers[client], &stats);
    return stats;
}

struct kh_edge_totals fixture_totals(struct fixture *fixture)
{
    struct kh_edge_totals totals;

    kh_edge_totals(fixture->edge, &totals);
    return totals;
}
