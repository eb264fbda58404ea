#include "media/edge/edge_internal.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { BUFFER_BYTES = 4 << 20, PORT_TRIES = 20, BACKLOG = 128 };

bool kh_edge_watch(struct kh_edge *edge, int fd, void *watch)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };

    return epoll_ctl(edge->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void kh_edge_watch_listeners(struct kh_edge *edge, bool watch)
{
    for (unsigned i = 0; i < edge->n_sockets; i++) {
        struct epoll_event event = { .events = watch ? EPOLLIN : 0,
                                     .data.ptr = &edge->listeners[i] };
        if (edge->listeners[i].fd >= 0)
            epoll_ctl(edge->epoll, EPOLL_CTL_MOD, edge->listeners[i].fd, &event);
    }
}

/* A burst of one packet for each of 1,000 peers must fit. The kernel may allow less; as root the
 * FORCE kind passes its limit. */
static void enlarge(int fd)
{
    int bytes = BUFFER_BYTES;

    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) != 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

/* A socket bound to one address answers from that address, which browsers insist on. */
static int open_socket(const struct kh_addr *addr, int type)
{
    int fd = socket(addr->sa.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int yes = 1;

    if (fd < 0)
        return -1;
    if (addr->sa.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
    if (type == SOCK_STREAM)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    else
        enlarge(fd);
    if (bind(fd, &addr->sa, addr->bytes) == 0 && (type == SOCK_DGRAM || listen(fd, BACKLOG) == 0))
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static void set_port(struct kh_addr *addr, uint16_t port)
{
    if (addr->sa.sa_family == AF_INET)
        addr->v4.sin_port = htons(port);
    else
        addr->v6.sin6_port = htons(port);
}

static uint16_t port_of(int fd)
{
    struct kh_addr addr = { .bytes = sizeof(addr.v6) };

    return getsockname(fd, &addr.sa, &addr.bytes) == 0 ? kh_addr_port(&addr) : 0;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_all(struct kh_edge *edge)
{
    for (unsigned i = 0; i < KH_EDGE_ADDRESSES_MAX; i++) {
        close_one(&edge->udp[i].fd);
        close_one(&edge->listeners[i].fd);
    }
}

static bool open_address(struct kh_edge *edge, unsigned i, uint16_t *port)
{
    set_port(&edge->addresses[i], *port);
    if (edge->config.udp) {
        edge->udp[i].fd = open_socket(&edge->addresses[i], SOCK_DGRAM);
        if (edge->udp[i].fd < 0)
            return false;
        *port = port_of(edge->udp[i].fd);
        set_port(&edge->addresses[i], *port);
    }
    if (edge->config.tcp) {
        edge->listeners[i].fd = open_socket(&edge->addresses[i], SOCK_STREAM);
        if (edge->listeners[i].fd < 0)
            return false;
        *port = port_of(edge->listeners[i].fd);
        set_port(&edge->addresses[i], *port);
    }
    return true;
}

/* All addresses with one port number. Answers the address that failed, or -1. */
static int open_all(struct kh_edge *edge)
{
    uint16_t port = edge->config.port;

    for (unsigned i = 0; i < edge->n_sockets; i++) {
        if (!open_address(edge, i, &port))
            return (int)i;
    }
    edge->config.port = port;
    return -1;
}

static bool watch_all(struct kh_edge *edge)
{
    for (unsigned i = 0; i < edge->n_sockets; i++) {
        if (edge->udp[i].fd >= 0 && !kh_edge_watch(edge, edge->udp[i].fd, &edge->udp[i]))
            return false;
        if (edge->listeners[i].fd >= 0 &&
            !kh_edge_watch(edge, edge->listeners[i].fd, &edge->listeners[i]))
            return false;
    }
    return true;
}

enum kh_err kh_edge_open_sockets(struct kh_edge *edge, struct kh_error *error)
{
    unsigned tries = edge->config.port ? 1 : PORT_TRIES;

    for (;;) {
        int failed = open_all(edge);
        if (failed < 0)
            break;
        int reason = errno;
        close_all(edge);
        /* With a port of the kernel's choice the same number may be taken for TCP. */
        if (--tries > 0 && reason == EADDRINUSE)
            continue;
        return kh_err_set(error, KH_ERR_IO, "cannot listen on %s port %u: %s",
                          edge->address_texts[failed], edge->config.port, strerror(reason));
    }
    if (!watch_all(edge))
        return kh_err_set(error, KH_ERR_IO, "cannot watch the sockets: %s", strerror(errno));
    return KH_OK;
}

void kh_edge_close_sockets(struct kh_edge *edge)
{
    close_all(edge);
}
