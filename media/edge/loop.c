#include "media/edge/edge_internal.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 64, BATCHES_PER_EVENT = 4 };

int64_t kh_edge_clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void kh_edge_doom(struct kh_edge *edge, struct kh_peer *peer)
{
    if (peer->doomed)
        return;
    peer->doomed = true;
    peer->doomed_next = edge->doomed;
    edge->doomed = peer;
}

/* Freed only here, between packets, so that nothing holds a pointer to the peer. */
static void reap(struct kh_edge *edge)
{
    while (edge->doomed) {
        struct kh_peer *peer = edge->doomed;
        kh_peer_id id = peer->id;

        edge->doomed = peer->doomed_next;
        kh_handshake_forget(edge, peer);
        kh_dtls_destroy(peer->dtls); /* close_notify needs the path */
        peer->dtls = NULL;
        kh_ice_drop_paths(edge, peer);
        kh_peers_remove(&edge->peers, peer);
        kh_peer_destroy(peer);
        if (!edge->stop)
            edge->ops.on_peer(edge->user, id, false);
    }
    kh_tcp_reap(edge);
}

static void take_todo(struct kh_edge *edge)
{
    struct kh_peer *next;

    for (struct kh_peer *peer = kh_peers_take_todo(&edge->peers); peer; peer = next) {
        next = peer->work_next;
        if (!peer->known) {
            peer->edge = edge;
            peer->joined_ns = peer->valid_ns = peer->request_ns = edge->now_ns;
            kh_peers_meet(&edge->peers, peer);
        }
        if (peer->leaving)
            kh_edge_doom(edge, peer);
    }
}

static int read_batch(struct kh_edge *edge, int fd, struct mmsghdr *messages, struct kh_addr *from)
{
    struct iovec parts[KH_EDGE_BATCH];

    for (unsigned i = 0; i < KH_EDGE_BATCH; i++) {
        parts[i] = (struct iovec){ edge->received[i], KH_EDGE_DATAGRAM_MAX };
        messages[i].msg_hdr = (struct msghdr){ .msg_name = &from[i].sa,
                                               .msg_namelen = sizeof(from[i].v6),
                                               .msg_iov = &parts[i],
                                               .msg_iovlen = 1 };
    }
    return recvmmsg(fd, messages, KH_EDGE_BATCH, MSG_DONTWAIT, NULL);
}

static void udp_readable(struct kh_edge *edge, const struct kh_edge_udp *udp)
{
    struct mmsghdr messages[KH_EDGE_BATCH];
    struct kh_addr from[KH_EDGE_BATCH];
    int got = KH_EDGE_BATCH;

    for (unsigned n = 0; n < BATCHES_PER_EVENT && got == KH_EDGE_BATCH; n++) {
        got = read_batch(edge, udp->fd, messages, from);
        /* Whoever had an answer before sending this is known after here. */
        take_todo(edge);
        for (int i = 0; i < got; i++) {
            from[i].bytes = messages[i].msg_hdr.msg_namelen;
            if (messages[i].msg_hdr.msg_flags & MSG_TRUNC)
                continue;
            const struct kh_source source = { .socket = udp->index, .remote = &from[i] };
            kh_edge_input(edge, &source, edge->received[i], messages[i].msg_len);
        }
        kh_fanout_pending(edge);
    }
}

static bool is_silent(const struct kh_edge *edge, const struct kh_peer *peer)
{
    const int64_t second = 1000000000;

    return edge->now_ns - peer->valid_ns > edge->config.silence_s * second ||
           edge->now_ns - peer->request_ns > KH_EDGE_CONSENT_S * second;
}

/* Every peer has its turn once in KH_EDGE_ROUNDS timer ticks, so the work is spread evenly. */
static void look_after_peers(struct kh_edge *edge)
{
    edge->round = (edge->round + 1) % KH_EDGE_ROUNDS;
    for (unsigned i = edge->round; i < edge->peers.n_known; i += KH_EDGE_ROUNDS) {
        struct kh_peer *peer = edge->peers.known[i];
        if (peer->doomed)
            continue;
        if (is_silent(edge, peer)) {
            kh_edge_doom(edge, peer);
            continue;
        }
        peer->allowance = KH_PEER_ALLOWANCE;
        kh_handshake_timer(edge, peer);
        kh_media_report(edge, peer);
    }
}

static void drain(int fd)
{
    uint64_t value;
    ssize_t ignored = read(fd, &value, sizeof(value));

    (void)ignored;
}

static void handle(struct kh_edge *edge, void *watched)
{
    enum kh_watch *watch = watched; /* the first member of all of them */

    switch (*watch) {
    case KH_WATCH_FEED:
        drain(kh_feed_fd(edge->feed));
        break;
    case KH_WATCH_WAKE:
        drain(edge->wake);
        break;
    case KH_WATCH_TIMER:
        drain(edge->timer);
        edge->budget = edge->config.handshakes_per_tick;
        look_after_peers(edge);
        kh_tcp_expire(edge);
        kh_tcp_resume(edge);
        break;
    case KH_WATCH_UDP:
        udp_readable(edge, watched);
        break;
    case KH_WATCH_LISTENER:
        kh_tcp_accept(edge, ((struct kh_edge_listener *)watched)->index);
        break;
    case KH_WATCH_TCP:
        if (!((struct kh_tcp *)watched)->closed) {
            take_todo(edge);
            kh_tcp_readable(edge, watched);
        }
        break;
    }
}

/* Sound first: real time if the system lets us, else a better nice value, else as we are. The
 * lowest real-time priority, so that the mixer's tick goes before a flood from the network. */
static void prefer_this_thread(void)
{
    const struct sched_param priority = { .sched_priority = 1 };

    if (pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &priority) != 0)
        setpriority(PRIO_PROCESS, 0, -10); /* Linux: of this thread only */
}

void *kh_edge_loop(void *user)
{
    struct kh_edge *edge = user;
    struct epoll_event events[EVENTS];
    bool more = false;

    pthread_setname_np(pthread_self(), "kh-edge");
    prefer_this_thread();
    while (!edge->stop) {
        int n = epoll_wait(edge->epoll, events, EVENTS, more ? 0 : -1);
        edge->now_ns = kh_edge_clock_ns();
        kh_fanout_pending(edge);
        for (int i = 0; i < n; i++) {
            handle(edge, events[i].data.ptr);
            kh_fanout_pending(edge);
        }
        take_todo(edge);
        more = kh_handshake_work(edge);
        reap(edge);
    }
    for (unsigned i = 0; i < edge->peers.n_known; i++)
        kh_edge_doom(edge, edge->peers.known[i]);
    reap(edge);
    return NULL;
}
