#include "tests/media/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_MAX = 1500, HELD_MAX = 1024, DUPLICATE_MS = 30, WAKE_MS = 50 };

static const int64_t MS_NS = 1000000;

struct held {
    int64_t due_ns;
    uint64_t number;
    size_t bytes;
    uint8_t data[PACKET_MAX];
};

struct relay {
    int front, back;
    uint16_t front_port, back_port;
    pthread_t thread;
    _Atomic bool stop;
    struct sockaddr_in participant; /* who sent to the front last */

    pthread_mutex_t lock; /* all below */
    struct sockaddr_in server;
    struct relay_net net;
    struct relay_counts counts;
    uint64_t seed, passed; /* passed: the highest number that did, plus 1 */
    bool bad;              /* within a burst of losses */
    int64_t stall_begin_ns;
    struct held held[HELD_MAX];
    unsigned n_held;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Of one packet's draws, the kth; independent of time and of the other packets. */
static double chance(const struct relay *relay, unsigned k)
{
    uint64_t z = relay->seed + 0x9e3779b97f4a7c15U * (8 * (uint64_t)relay->counts.sent + k + 1);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return (double)((z ^ z >> 31) >> 11) / (double)(UINT64_C(1) << 53);
}

static bool is_lost(struct relay *relay)
{
    const struct relay_net *net = &relay->net;

    if (net->burst_loss > 0) {
        double leave = 1 / net->burst_packets;
        double enter = leave * net->burst_loss / (1 - net->burst_loss);
        relay->bad = relay->bad ? chance(relay, 0) >= leave : chance(relay, 0) < enter;
        if (relay->bad)
            return true;
    }
    if (net->lose_every && relay->counts.sent % net->lose_every == 0)
        return true;
    return chance(relay, 1) < net->loss;
}

static int64_t end_of_stall_ns(struct relay *relay, int64_t at_ns)
{
    const struct relay_net *net = &relay->net;

    if (net->stall_every_ms == 0)
        return at_ns;
    if (at_ns >= relay->stall_begin_ns + net->stall_every_ms * MS_NS)
        relay->stall_begin_ns = at_ns;
    int64_t end_ns = relay->stall_begin_ns + net->stall_ms * MS_NS;
    return at_ns > end_ns ? at_ns : end_ns;
}

static int64_t due_ns(struct relay *relay, int64_t at_ns)
{
    const struct relay_net *net = &relay->net;
    double late_ms = chance(relay, 2) * net->jitter_ms;

    if (chance(relay, 3) < net->reorder)
        late_ms += net->reorder_ms;
    return end_of_stall_ns(relay, at_ns) + (int64_t)(late_ms * 1e6);
}

static void hold(struct relay *relay, const uint8_t *data, size_t bytes, int64_t at_ns)
{
    if (relay->n_held == HELD_MAX)
        return;
    struct held *held = &relay->held[relay->n_held++];
    held->due_ns = at_ns;
    held->number = relay->counts.sent;
    held->bytes = bytes;
    memcpy(held->data, data, bytes);
}

static void take(struct relay *relay, const uint8_t *data, size_t bytes)
{
    int64_t now = now_ns();

    relay->counts.sent++;
    if (is_lost(relay)) {
        relay->counts.lost++;
        return;
    }
    int64_t due = due_ns(relay, now);
    hold(relay, data, bytes, due);
    if (chance(relay, 4) < relay->net.duplicate) {
        hold(relay, data, bytes, due + (int64_t)(chance(relay, 5) * DUPLICATE_MS * 1e6));
        relay->counts.duplicated++;
    }
}

/* The packet to go next: the earliest, of equals the one sent first. -1: none. */
static int next_held(const struct relay *relay)
{
    int next = -1;

    for (unsigned i = 0; i < relay->n_held; i++) {
        const struct held *a = &relay->held[i], *b = &relay->held[next < 0 ? 0 : next];
        if (next < 0 || a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->number < b->number))
            next = (int)i;
    }
    return next;
}

static void pass(struct relay *relay, int index)
{
    struct held *held = &relay->held[index];

    if (held->number + 1 < relay->passed)
        relay->counts.overtaken++;
    else
        relay->passed = held->number + 1;
    if (relay->server.sin_port)
        sendto(relay->back, held->data, held->bytes, 0, (struct sockaddr *)&relay->server,
               sizeof(relay->server));
    *held = relay->held[--relay->n_held];
}

static void read_front(struct relay *relay)
{
    uint8_t data[PACKET_MAX];
    ssize_t n;

    for (;;) {
        socklen_t bytes = sizeof(relay->participant);
        n = recvfrom(relay->front, data, sizeof(data), 0, (struct sockaddr *)&relay->participant,
                     &bytes);
        if (n < 0)
            return;
        take(relay, data, (size_t)n);
    }
}

static void read_back(struct relay *relay)
{
    uint8_t data[PACKET_MAX];
    ssize_t n;

    while ((n = recv(relay->back, data, sizeof(data), 0)) >= 0)
        if (relay->participant.sin_port)
            sendto(relay->front, data, (size_t)n, 0, (struct sockaddr *)&relay->participant,
                   sizeof(relay->participant));
}

/* Does what is due; answers when the next thing is. */
static int64_t turn(struct relay *relay)
{
    int64_t next_ns = now_ns() + WAKE_MS * MS_NS;
    int next;

    pthread_mutex_lock(&relay->lock);
    read_front(relay);
    read_back(relay);
    while ((next = next_held(relay)) >= 0 && relay->held[next].due_ns <= now_ns())
        pass(relay, next);
    if (next >= 0 && relay->held[next].due_ns < next_ns)
        next_ns = relay->held[next].due_ns;
    pthread_mutex_unlock(&relay->lock);
    return next_ns;
}

static void *run(void *user)
{
    struct relay *relay = user;
    struct sched_param priority = { .sched_priority = 14 };
    struct pollfd fds[] = { { .fd = relay->front, .events = POLLIN },
                            { .fd = relay->back, .events = POLLIN } };

    pthread_setschedparam(pthread_self(), SCHED_RR, &priority); /* when it may */
    while (!relay->stop) {
        int64_t left_ns = turn(relay) - now_ns();
        struct timespec left = { .tv_nsec = left_ns > 0 ? left_ns : 0 };
        ppoll(fds, 2, &left, NULL);
    }
    return NULL;
}

static int bind_local(uint16_t *port)
{
    struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t bytes = sizeof(local);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0 && bind(fd, (struct sockaddr *)&local, bytes) == 0 &&
        getsockname(fd, (struct sockaddr *)&local, &bytes) == 0) {
        *port = ntohs(local.sin_port);
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

struct relay *relay_create(uint64_t seed)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    if (!relay)
        return NULL;
    relay->seed = seed * 0xd1342543de82ef95U + 1;
    relay->front = bind_local(&relay->front_port);
    relay->back = bind_local(&relay->back_port);
    pthread_mutex_init(&relay->lock, NULL);
    if (relay->front >= 0 && relay->back >= 0 &&
        pthread_create(&relay->thread, NULL, run, relay) == 0)
        return relay;
    if (relay->front >= 0)
        close(relay->front);
    if (relay->back >= 0)
        close(relay->back);
    free(relay);
    return NULL;
}

void relay_destroy(struct relay *relay)
{
    if (!relay)
        return;
    relay->stop = true;
    pthread_join(relay->thread, NULL);
    close(relay->front);
    close(relay->back);
    pthread_mutex_destroy(&relay->lock);
    free(relay);
}

uint16_t relay_front_port(const struct relay *relay)
{
    return relay->front_port;
}

uint16_t relay_back_port(const struct relay *relay)
{
    return relay->back_port;
}

void relay_set_server(struct relay *relay, uint16_t port)
{
    pthread_mutex_lock(&relay->lock);
    relay->server = (struct sockaddr_in){ .sin_family = AF_INET,
                                          .sin_port = htons(port),
                                          .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    pthread_mutex_unlock(&relay->lock);
}

void relay_set_net(struct relay *relay, const struct relay_net *net)
{
    pthread_mutex_lock(&relay->lock);
    relay->net = *net;
    relay->bad = false;
    relay->stall_begin_ns = INT64_MIN / 2;
    pthread_mutex_unlock(&relay->lock);
}

struct relay_counts relay_counts(struct relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    struct relay_counts counts = relay->counts;
    pthread_mutex_unlock(&relay->lock);
    return counts;
}
