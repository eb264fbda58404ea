/* edge_bench - what N connected browsers cost: `edge_bench N [SPEAKERS [SECONDS [udp|tcp]]]`.
 *
 * The parent is the edge with a tick source; the child is N DTLS-SRTP clients, so that the parent's
 * CPU time and memory are the edge's alone. All join at once, as after a restart. One row of a
 * Markdown table comes out; `edge_bench 0` prints the table's head. */
#include "base/check.h"
#include "media/edge/edge.h"
#include "tests/unit/edge/client.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_BYTES = 80, TIMER_MS = 20, JOIN_LIMIT_S = 60 };

struct bench {
    struct kh_edge *edge;
    struct kh_tick tick;
    unsigned n, speakers, seconds, joined;
    bool tcp;
    int to_child, timer;
    _Atomic unsigned connected;
    _Atomic uint64_t heard;
};

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static long resident_kb(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    KH_REQUIRE(file && fscanf(file, "%*d %ld", &pages) == 1);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int threads(void)
{
    char line[256];
    int n = 0;
    FILE *file = fopen("/proc/self/status", "r");

    KH_REQUIRE(file);
    while (fgets(line, sizeof(line), file)) {
        if (sscanf(line, "Threads: %d", &n) == 1)
            break;
    }
    fclose(file);
    return n;
}

/* --- the child: clients --- */

static int make_timer(void)
{
    const struct itimerspec every = { .it_interval.tv_nsec = TIMER_MS * 1000000,
                                      .it_value.tv_nsec = TIMER_MS * 1000000 };
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

    KH_REQUIRE(fd >= 0 && timerfd_settime(fd, 0, &every, NULL) == 0);
    return fd;
}

static struct client *join_one(struct client_context *context, int to_parent,
                               const struct client_options *options)
{
    char offer[2048], answer[KH_SDP_MAX];
    size_t bytes = client_offer(context, options, offer, sizeof(offer));

    KH_REQUIRE(send(to_parent, offer, bytes, 0) == (ssize_t)bytes);
    ssize_t got = recv(to_parent, answer, sizeof(answer) - 1, 0);
    if (got <= 0)
        exit(1);
    answer[got] = '\0';
    struct client *client = client_create(context, options, answer, NULL, NULL);
    KH_REQUIRE(client);
    return client;
}

struct crowd {
    struct client **clients;
    unsigned n, speakers;
    int epoll, timer, to_parent;
};

static void crowd_timer(struct crowd *crowd)
{
    static const uint8_t sound[FRAME_BYTES] = { 0xf8 };
    uint64_t ticks;

    KH_REQUIRE(read(crowd->timer, &ticks, sizeof(ticks)) == sizeof(ticks));
    for (unsigned i = 0; i < crowd->n; i++) {
        client_timer(crowd->clients[i]);
        if (i < crowd->speakers && client_connected(crowd->clients[i]))
            client_send_rtp(crowd->clients[i], sound, sizeof(sound));
    }
}

static bool crowd_turn(struct crowd *crowd)
{
    struct epoll_event events[256];
    int n = epoll_wait(crowd->epoll, events, 256, -1);

    for (int i = 0; i < n; i++) {
        if (events[i].data.ptr == crowd)
            return false; /* the parent closed its end */
        if (events[i].data.ptr)
            client_readable(events[i].data.ptr);
        else
            crowd_timer(crowd);
    }
    return true;
}

static void watch(struct crowd *crowd, int fd, void *what)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

    KH_REQUIRE(epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void report(const struct crowd *crowd)
{
    unsigned least = ~0u, bad = 0;
    char line[64];

    for (unsigned i = 0; i < crowd->n; i++) {
        unsigned packets = client_packets(crowd->clients[i]);
        least = packets < least ? packets : least;
        bad += client_bad(crowd->clients[i]);
    }
    int bytes = snprintf(line, sizeof(line), "%u %u", least, bad);
    KH_REQUIRE(send(crowd->to_parent, line, (size_t)bytes, MSG_NOSIGNAL) == bytes);
}

static void run_clients(const struct bench *bench, int to_parent)
{
    struct client_context *context = client_context_create(NULL);
    struct client_options options = { .tcp = bench->tcp };
    struct crowd crowd = { .speakers = bench->speakers, .to_parent = to_parent };

    crowd.clients = calloc(bench->n, sizeof(*crowd.clients));
    crowd.epoll = epoll_create1(0);
    crowd.timer = make_timer();
    watch(&crowd, crowd.timer, NULL);
    for (unsigned i = 0; i < bench->n; i++) {
        options.direction = i < bench->speakers ? "sendrecv" : "recvonly";
        crowd.clients[i] = join_one(context, to_parent, &options);
        crowd.n++;
        watch(&crowd, client_fd(crowd.clients[i]), crowd.clients[i]);
        client_timer(crowd.clients[i]);
    }
    watch(&crowd, to_parent, &crowd);
    while (crowd_turn(&crowd))
        ;
    report(&crowd);
    _exit(0);
}

/* --- the parent: the edge --- */

static void on_rtp(void *user, kh_peer_id peer, unsigned slot, const uint8_t *packet, size_t bytes)
{
    (void)peer, (void)slot, (void)packet, (void)bytes;
    ((struct bench *)user)->heard++;
}

static void on_peer(void *user, kh_peer_id peer, bool connected)
{
    struct bench *bench = user;

    (void)peer;
    if (connected)
        bench->connected++;
    else
        bench->connected--;
}

static void answer_join(struct bench *bench)
{
    char offer[2048], answer[KH_SDP_MAX];
    struct kh_error error = { 0 };
    struct kh_edge_joined joined;
    ssize_t got = recv(bench->to_child, offer, sizeof(offer), 0);

    KH_REQUIRE(got > 0);
    if (kh_edge_join(bench->edge, offer, (size_t)got, answer, &joined, &error)) {
        fprintf(stderr, "edge_bench: %s\n", error.text);
        exit(1);
    }
    if (bench->joined < bench->speakers)
        kh_edge_route(bench->edge, joined.peer, (int)bench->joined, true);
    bench->joined++;
    KH_REQUIRE(send(bench->to_child, answer, strlen(answer), 0) > 0);
}

static void push_ticks(struct bench *bench)
{
    struct timespec now;
    uint64_t n;

    KH_REQUIRE(read(bench->timer, &n, sizeof(n)) == sizeof(n));
    clock_gettime(CLOCK_MONOTONIC, &now);
    bench->tick.at_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    while (n-- > 0) {
        kh_edge_push_tick(bench->edge, &bench->tick);
        bench->tick.number++;
    }
}

/* Ticks and joins until @done or @limit_s. */
static void run_until(struct bench *bench, unsigned connected, double limit_s)
{
    double until = now_s() + limit_s;

    while (now_s() < until && (!connected || bench->connected < connected)) {
        struct pollfd fds[2] = { { .fd = bench->timer, .events = POLLIN },
                                 { .fd = bench->joined < bench->n ? bench->to_child : -1,
                                   .events = POLLIN } };
        poll(fds, 2, 100);
        if (fds[0].revents)
            push_ticks(bench);
        if (fds[1].revents)
            answer_join(bench);
    }
}

static void start_edge(struct bench *bench)
{
    const struct kh_edge_config config = { .udp = true, .tcp = true, .peers_max = bench->n + 1 };
    const struct kh_edge_ops ops = { on_rtp, on_peer };
    struct kh_error error = { 0 };

    if (kh_edge_create(&config, &ops, bench, &bench->edge, &error) ||
        kh_edge_start(bench->edge, &error)) {
        fprintf(stderr, "edge_bench: %s\n", error.text);
        exit(1);
    }
    bench->tick.main.bytes = FRAME_BYTES;
    for (unsigned i = 0; i < bench->speakers; i++) {
        bench->tick.slot[i].bytes = FRAME_BYTES;
        bench->tick.slot_mask |= 1u << i;
    }
}

static void measure(struct bench *bench)
{
    struct kh_edge_totals before, after;
    long empty_kb = resident_kb();
    double start = now_s(), cpu_start = cpu_s();
    char line[64] = "";

    run_until(bench, bench->n, JOIN_LIMIT_S);
    double joined_s = now_s() - start, join_cpu = cpu_s() - cpu_start;
    if (bench->connected < bench->n) {
        fprintf(stderr, "edge_bench: only %u of %u connected\n", bench->connected, bench->n);
        exit(1);
    }
    kh_edge_totals(bench->edge, &before);
    uint64_t late_joining = before.ticks_late;
    run_until(bench, 0, 2);
    kh_edge_totals(bench->edge, &before);
    double cpu = cpu_s();
    start = now_s();
    run_until(bench, 0, bench->seconds);
    double wall = now_s() - start;
    cpu = cpu_s() - cpu;
    kh_edge_totals(bench->edge, &after);
    long used_kb = resident_kb() - empty_kb;
    shutdown(bench->to_child, SHUT_WR);
    KH_REQUIRE(recv(bench->to_child, line, sizeof(line) - 1, 0) > 0);
    printf("| %s | %u | %u | %.3f | %.1f | %d | %llu | %llu | %llu | %llu | %.2f | %.2f | %s |\n",
           bench->tcp ? "TCP" : "UDP", bench->n, bench->speakers, cpu / wall,
           (double)used_kb / bench->n, threads(),
           (unsigned long long)(after.ticks_late - before.ticks_late),
           (unsigned long long)after.ticks_lost,
           (unsigned long long)(after.packets_dropped - before.packets_dropped),
           (unsigned long long)late_joining, joined_s, 1000 * join_cpu / bench->n, line);
}

static int table_head(void)
{
    printf("| way | peers | of them speaking | CPU, core | kB a peer | threads | ticks late | "
           "ticks lost | packets dropped | ticks late while joining | all joined after, s | "
           "CPU a join, ms | fewest packets at a peer, bad ones |\n");
    printf("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|\n");
    return 0;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    struct rlimit files = { 65536, 65536 };
    int pair[2];

    bench.n = argc > 1 ? (unsigned)atoi(argv[1]) : 100;
    bench.speakers = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
    bench.seconds = argc > 3 ? (unsigned)atoi(argv[3]) : 10;
    bench.tcp = argc > 4 && strcmp(argv[4], "tcp") == 0;
    if (bench.n == 0)
        return table_head();
    KH_REQUIRE(bench.speakers <= KH_SLOTS_MAX && bench.speakers <= bench.n);
    setrlimit(RLIMIT_NOFILE, &files);
    KH_REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    pid_t child = fork();
    KH_REQUIRE(child >= 0);
    if (child == 0) {
        close(pair[0]);
        run_clients(&bench, pair[1]);
    }
    close(pair[1]);
    bench.to_child = pair[0];
    bench.timer = make_timer();
    start_edge(&bench);
    measure(&bench);
    kh_edge_destroy(bench.edge);
    waitpid(child, NULL, 0);
    return 0;
}
