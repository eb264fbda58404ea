#include "media/hall/hall.h"

#include "base/check.h"
#include "media/hall/internal.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    FEED_TICKS = 8,
    SOCKET_BUFFER_BYTES = 4 << 20, /* the default does not hold a burst of 1,000 packets */
    INPUT_BATCHES = 4,             /* of packets before the ticks are looked at again */
    INPUT_A_TICK = 4096,           /* packets; what floods beyond it stays with the kernel */
    PRIORITY = 8,                  /* below the mixer's */
};

static void wake(int fd)
{
    ssize_t n = write(fd, &(uint64_t){ 1 }, sizeof(uint64_t));
    (void)n; /* a full counter is readable all the same */
}

static void read_event(int fd)
{
    uint64_t count;
    ssize_t n = read(fd, &count, sizeof(count));
    (void)n; /* EAGAIN: another pass took it */
}

void kh_hall_take_commands(struct kh_hall *hall)
{
    if (!atomic_load(&hall->has_commands))
        return;
    pthread_mutex_lock(&hall->lock);
    GArray *taken = hall->commands;
    hall->commands = hall->taken;
    hall->taken = taken;
    atomic_store(&hall->has_commands, false);
    pthread_mutex_unlock(&hall->lock);

    for (guint i = 0; i < taken->len; i++) {
        const struct kh_hall_command *command = &g_array_index(taken, struct kh_hall_command, i);
        if (command->verb == KH_HALL_STOP)
            hall->stopping = true;
        kh_hall_table_apply(hall, command);
    }
    g_array_set_size(taken, 0);
}

static void give_command(struct kh_hall *hall, const struct kh_hall_command *command)
{
    pthread_mutex_lock(&hall->lock);
    g_array_append_vals(hall->commands, command, 1);
    atomic_store(&hall->has_commands, true);
    pthread_mutex_unlock(&hall->lock);
    wake(hall->command_fd);
}

static void listen_to_socket(struct kh_hall *hall, bool on)
{
    struct epoll_event event = { .events = on ? EPOLLIN : 0, .data.fd = hall->fd };

    epoll_ctl(hall->epoll_fd, EPOLL_CTL_MOD, hall->fd, &event);
}

static void send_ticks(struct kh_hall *hall)
{
    const struct kh_tick *tick;

    while ((tick = kh_feed_peek(hall->feed))) {
        /* A route that was set before the tick was made holds for it. */
        kh_hall_take_commands(hall);
        kh_hall_output_run(hall, tick);
        kh_feed_release(hall->feed);
        if (hall->input_left <= 0)
            listen_to_socket(hall, true);
        hall->input_left = INPUT_A_TICK;
    }
}

/* A flood must not cost more than a share of one core, however fast it comes. */
static void take_packets(struct kh_hall *hall)
{
    if (hall->input_left <= 0)
        return;
    for (unsigned i = 0; i < INPUT_BATCHES; i++) {
        int n = kh_hall_input_run(hall);
        hall->input_left -= n;
        if (n < KH_HALL_RECEIVE)
            break;
    }
    if (hall->input_left <= 0)
        listen_to_socket(hall, false);
}

/* Sound first: real time if the system lets us, else a better nice value, else as we are. */
static void raise_priority(void)
{
    struct sched_param priority = { .sched_priority = PRIORITY };

    if (pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &priority) != 0)
        setpriority(PRIO_PROCESS, 0, -10); /* Linux: of this thread only */
}

static void *run(void *user)
{
    struct kh_hall *hall = user;
    struct epoll_event events[4];

    pthread_setname_np(pthread_self(), "kh-rtp");
    raise_priority();
    while (!hall->stopping) {
        int n = epoll_wait(hall->epoll_fd, events, (int)KH_COUNT(events), -1);
        for (int i = 0; i < n; i++)
            if (events[i].data.fd != hall->fd)
                read_event(events[i].data.fd);
        kh_hall_take_commands(hall);
        send_ticks(hall);
        take_packets(hall);
    }
    return NULL;
}

static bool watch(struct kh_hall *hall, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    return epoll_ctl(hall->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void enlarge_buffers(int fd)
{
    int bytes = SOCKET_BUFFER_BYTES;

    /* As far as the system allows; a burst that does not fit is dropped and counted. */
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) != 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static enum kh_err open_socket(struct kh_hall *hall, const struct kh_hall_config *config,
                               struct kh_error *error)
{
    const char *address = config->address ? config->address : "127.0.0.1";
    socklen_t bytes = sizeof(hall->local);

    if (!kh_hall_address_parse(address, config->port, &hall->local))
        return kh_err_set(error, KH_ERR_INVALID,
                          "RTP address \"%.64s\" is not a numeric IP address", address);
    hall->fd = socket(hall->local.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (hall->fd < 0)
        return kh_err_set(error, KH_ERR_IO, "RTP socket: %s", strerror(errno));
    if (hall->local.any.sa_family == AF_INET6)
        setsockopt(hall->fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int));
    enlarge_buffers(hall->fd);
    if (bind(hall->fd, &hall->local.any, kh_hall_address_bytes(&hall->local)) != 0)
        return kh_err_set(error, KH_ERR_IO, "RTP address %s port %u: %s", address,
                          (unsigned)config->port, strerror(errno));
    if (getsockname(hall->fd, &hall->local.any, &bytes) != 0)
        return kh_err_set(error, KH_ERR_IO, "RTP socket: %s", strerror(errno));
    return KH_OK;
}

static enum kh_err open_events(struct kh_hall *hall, struct kh_error *error)
{
    hall->feed = kh_feed_create(FEED_TICKS);
    hall->command_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    hall->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (!hall->feed || hall->command_fd < 0 || hall->epoll_fd < 0 || !watch(hall, hall->fd) ||
        !watch(hall, hall->command_fd) || !watch(hall, kh_feed_fd(hall->feed)))
        return kh_err_set(error, KH_ERR_LIMIT, "RTP: out of memory or file descriptors");
    return KH_OK;
}

static void free_parts(struct kh_hall *hall)
{
    kh_hall_table_finish(hall);
    kh_feed_destroy(hall->feed);
    const int fds[] = { hall->fd, hall->command_fd, hall->epoll_fd };
    for (unsigned i = 0; i < KH_COUNT(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    g_array_free(hall->commands, TRUE);
    g_array_free(hall->taken, TRUE);
    pthread_mutex_destroy(&hall->lock);
    free(hall);
}

static struct kh_hall *make_parts(const struct kh_hall_config *config,
                                  const struct kh_hall_ops *ops, void *user)
{
    struct kh_hall *hall = calloc(1, sizeof(*hall));
    if (!hall)
        return NULL;
    hall->ops = *ops;
    hall->user = user;
    hall->persons_max = config->persons_max;
    hall->input_left = INPUT_A_TICK;
    hall->fd = hall->epoll_fd = hall->command_fd = -1;
    pthread_mutex_init(&hall->lock, NULL);
    hall->commands = g_array_new(FALSE, FALSE, sizeof(struct kh_hall_command));
    hall->taken = g_array_new(FALSE, FALSE, sizeof(struct kh_hall_command));
    kh_hall_input_init(&hall->input);
    if (!kh_hall_table_init(hall)) {
        free_parts(hall);
        return NULL;
    }
    return hall;
}

enum kh_err kh_hall_create(const struct kh_hall_config *config, const struct kh_hall_ops *ops,
                           void *user, struct kh_hall **out, struct kh_error *error)
{
    if (config->persons_max == 0 || config->persons_max > KH_PERSONS_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "persons_max: 1 to %d", KH_PERSONS_MAX);
    struct kh_hall *hall = make_parts(config, ops, user);
    if (!hall)
        return kh_err_set(error, KH_ERR_NOMEM, "RTP: out of memory");

    enum kh_err err = open_socket(hall, config, error);
    if (!err)
        err = open_events(hall, error);
    if (!err && pthread_create(&hall->thread, NULL, run, hall) != 0)
        err = kh_err_set(error, KH_ERR_LIMIT, "RTP: cannot start a thread");
    if (err) {
        free_parts(hall);
        return err;
    }
    *out = hall;
    return KH_OK;
}

void kh_hall_destroy(struct kh_hall *hall)
{
    if (!hall)
        return;
    give_command(hall, &(struct kh_hall_command){ .verb = KH_HALL_STOP });
    pthread_join(hall->thread, NULL);
    free_parts(hall);
}

void kh_hall_add(struct kh_hall *hall, kh_person person, const struct kh_hall_member *member)
{
    KH_REQUIRE(person < hall->persons_max);
    give_command(hall, &(struct kh_hall_command){
                           .verb = KH_HALL_ADD, .person = person, .member = *member });
}

void kh_hall_remove(struct kh_hall *hall, kh_person person)
{
    KH_REQUIRE(person < hall->persons_max);
    give_command(hall, &(struct kh_hall_command){ .verb = KH_HALL_REMOVE, .person = person });
}

void kh_hall_route(struct kh_hall *hall, kh_person person, int slot, bool send)
{
    KH_REQUIRE(person < hall->persons_max && slot < KH_SLOTS_MAX);
    give_command(hall, &(struct kh_hall_command){
                           .verb = KH_HALL_ROUTE, .person = person, .slot = slot, .send = send });
}

void kh_hall_push_tick(struct kh_hall *hall, const struct kh_tick *tick)
{
    kh_feed_push(hall->feed, tick);
}

void kh_hall_counts(const struct kh_hall *hall, kh_person person, struct kh_hall_counts *counts)
{
    KH_REQUIRE(person < hall->persons_max);
    const struct kh_hall_counters *from = &hall->counters[person];
    *counts = (struct kh_hall_counts){ .packets_in = atomic_load(&from->in),
                                       .packets_out = atomic_load(&from->out),
                                       .rejected = atomic_load(&from->rejected) };
}

void kh_hall_totals(const struct kh_hall *hall, struct kh_hall_totals *totals)
{
    *totals = (struct kh_hall_totals){ .members = atomic_load(&hall->members),
                                       .packets_out = atomic_load(&hall->packets_out),
                                       .send_drops = atomic_load(&hall->send_drops),
                                       .rejected = atomic_load(&hall->rejected),
                                       .ticks_lost = kh_feed_lost(hall->feed) };
}
