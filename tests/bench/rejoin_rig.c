/* rejoin_rig - N browsers' sound in one process, for a server that is killed and started again:
 *
 *     rejoin_rig N
 *
 * Speaks JSON lines. It prints {"index":0,"offer":"..."} for each; the harness joins them through
 * the server's API and writes {"index":0,"answer":"..."} whenever one has an answer, again after a
 * restart: the old sound is dropped and a new one begins. For each answer it prints
 * {"index":0,"heard_at":SECONDS} as soon as the hall is heard (a packet was decrypted; the time is
 * CLOCK_MONOTONIC). At the end of its input it prints {"bad":N}: packets that could not be
 * decrypted or were out of order. */
#include "base/check.h"
#include "tests/unit/edge/client.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { TIMER_MS = 20, BROWSERS_MAX = 2000, LINE_MAX_BYTES = 1 << 17 };

struct browser {
    struct client *client; /* NULL: has no answer yet */
    bool is_heard;
};

struct rig {
    struct client_context *context;
    struct client_options options;
    struct browser browsers[BROWSERS_MAX];
    unsigned n, bad;
    int epoll, timer;
    char line[LINE_MAX_BYTES];
    size_t line_bytes;
};

static void watch(const struct rig *rig, int fd, void *what)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

    KH_REQUIRE(epoll_ctl(rig->epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void print_line(json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12));
    putchar('\n');
    fflush(stdout);
    json_decref(object);
}

static void print_offers(const struct rig *rig)
{
    char offer[2048];

    for (unsigned i = 0; i < rig->n; i++) {
        size_t bytes = client_offer(rig->context, &rig->options, offer, sizeof(offer));
        print_line(json_pack("{s:i, s:s%}", "index", (int)i, "offer", offer, bytes));
    }
}

static void drop(struct rig *rig, struct browser *browser)
{
    if (!browser->client)
        return;
    rig->bad += client_bad(browser->client);
    client_destroy(browser->client, false);
    browser->client = NULL;
    browser->is_heard = false;
}

static void take_line(struct rig *rig, const char *line)
{
    json_t *object = json_loads(line, 0, NULL);
    const char *answer = json_string_value(json_object_get(object, "answer"));
    json_int_t index = json_integer_value(json_object_get(object, "index"));

    KH_REQUIRE(answer && index >= 0 && index < rig->n);
    struct browser *browser = &rig->browsers[index];
    drop(rig, browser);
    browser->client = client_create(rig->context, &rig->options, answer, NULL, NULL);
    KH_REQUIRE(browser->client);
    watch(rig, client_fd(browser->client), browser);
    client_timer(browser->client);
    json_decref(object);
}

/* False at the end of the input. */
static bool take_input(struct rig *rig)
{
    ssize_t got =
        read(STDIN_FILENO, rig->line + rig->line_bytes, sizeof(rig->line) - 1 - rig->line_bytes);
    char *begin = rig->line, *end;

    if (got <= 0)
        return false;
    rig->line_bytes += (size_t)got;
    rig->line[rig->line_bytes] = '\0';
    for (; (end = strchr(begin, '\n')); begin = end + 1) {
        *end = '\0';
        take_line(rig, begin);
    }
    rig->line_bytes -= (size_t)(begin - rig->line);
    memmove(rig->line, begin, rig->line_bytes);
    KH_REQUIRE(rig->line_bytes < sizeof(rig->line) - 1);
    return true;
}

static void listen_to(struct rig *rig, struct browser *browser)
{
    struct timespec now;

    client_readable(browser->client);
    if (browser->is_heard || client_packets(browser->client) == 0)
        return;
    browser->is_heard = true;
    clock_gettime(CLOCK_MONOTONIC, &now);
    print_line(json_pack("{s:i, s:f}", "index", (int)(browser - rig->browsers), "heard_at",
                         (double)now.tv_sec + (double)now.tv_nsec / 1e9));
}

static void on_timer(struct rig *rig)
{
    uint64_t ticks;

    KH_REQUIRE(read(rig->timer, &ticks, sizeof(ticks)) == sizeof(ticks));
    for (unsigned i = 0; i < rig->n; i++)
        if (rig->browsers[i].client)
            client_timer(rig->browsers[i].client);
}

static bool turn(struct rig *rig)
{
    struct epoll_event events[256];
    int n = epoll_wait(rig->epoll, events, 256, -1);
    bool has_input = false;

    for (int i = 0; i < n; i++) {
        if (events[i].data.ptr == rig)
            has_input = true; /* last: it may drop those whose events come behind it */
        else if (events[i].data.ptr)
            listen_to(rig, events[i].data.ptr);
        else
            on_timer(rig);
    }
    return !has_input || take_input(rig);
}

static void open_timer(struct rig *rig)
{
    const struct itimerspec every = { .it_interval.tv_nsec = TIMER_MS * 1000000,
                                      .it_value.tv_nsec = TIMER_MS * 1000000 };

    rig->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    KH_REQUIRE(rig->timer >= 0 && timerfd_settime(rig->timer, 0, &every, NULL) == 0);
    watch(rig, rig->timer, NULL);
}

int main(int argc, char **argv)
{
    static struct rig rig = { .options.direction = "recvonly" };
    const struct rlimit files = { 65536, 65536 };

    rig.n = argc > 1 ? (unsigned)atoi(argv[1]) : 100;
    KH_REQUIRE(rig.n > 0 && rig.n <= BROWSERS_MAX);
    setrlimit(RLIMIT_NOFILE, &files);
    rig.context = client_context_create(NULL);
    rig.epoll = epoll_create1(EPOLL_CLOEXEC);
    open_timer(&rig);
    print_offers(&rig);
    watch(&rig, STDIN_FILENO, &rig);
    while (turn(&rig))
        ;
    for (unsigned i = 0; i < rig.n; i++)
        drop(&rig, &rig.browsers[i]);
    print_line(json_pack("{s:i}", "bad", (int)rig.bad));
    return 0;
}
