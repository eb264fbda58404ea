#include "media/edge/ice_tcp.h"

#include "media/edge/bytes.h"
#include "media/edge/edge_internal.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { READS_PER_EVENT = 8, ACCEPTS_PER_EVENT = 64 };

int kh_ice_tcp_frame(const uint8_t *stream, size_t bytes)
{
    if (bytes < 2)
        return 0;
    size_t frame = kh_bytes_read16(stream);
    if (frame == 0 || frame > KH_TCP_FRAME_MAX)
        return -1;
    return bytes < 2 + frame ? 0 : (int)(2 + frame);
}

/* Send what is left of a half-sent frame. False: some is still left. */
static bool flush_tail(struct kh_tcp *tcp)
{
    if (tcp->tail_bytes == 0)
        return true;
    ssize_t sent = send(tcp->fd, tcp->tail, tcp->tail_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0)
        return false;
    tcp->tail_bytes -= (size_t)sent;
    memmove(tcp->tail, tcp->tail + sent, tcp->tail_bytes);
    return tcp->tail_bytes == 0;
}

bool kh_tcp_send(struct kh_tcp *tcp, const uint8_t *data, size_t bytes)
{
    if (tcp->closed || bytes > KH_TCP_FRAME_MAX || !flush_tail(tcp))
        return false;

    uint8_t length[2];
    kh_bytes_write16(length, (uint16_t)bytes);
    struct iovec parts[2] = { { length, 2 }, { (void *)(uintptr_t)data, bytes } };
    const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    ssize_t sent = sendmsg(tcp->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0)
        return false;
    if ((size_t)sent == bytes + 2)
        return true;
    /* A frame once begun must be finished, or the stream loses its framing. */
    uint8_t whole[2 + KH_TCP_FRAME_MAX];
    memcpy(whole, length, 2);
    memcpy(whole + 2, data, bytes);
    tcp->tail_bytes = bytes + 2 - (size_t)sent;
    memcpy(tcp->tail, whole + sent, tcp->tail_bytes);
    return true;
}

static void list_add(struct kh_tcp **list, struct kh_tcp *tcp)
{
    tcp->previous = NULL;
    tcp->next = *list;
    if (tcp->next)
        tcp->next->previous = tcp;
    *list = tcp;
}

static void list_remove(struct kh_tcp **list, struct kh_tcp *tcp)
{
    if (tcp->previous)
        tcp->previous->next = tcp->next;
    else
        *list = tcp->next;
    if (tcp->next)
        tcp->next->previous = tcp->previous;
}

/* Room for a newcomer is made by the oldest stranger, so a flood cannot lock others out for good.
 */
static void make_room(struct kh_edge *edge)
{
    if (edge->n_strangers < KH_TCP_STRANGERS_MAX)
        return;
    struct kh_tcp *oldest = edge->tcp_strangers;
    while (oldest->next)
        oldest = oldest->next;
    kh_tcp_close(edge, oldest);
}

static void adopt(struct kh_edge *edge, int fd, unsigned socket, const struct kh_addr *remote)
{
    struct kh_tcp *tcp = malloc(sizeof(*tcp));
    int yes = 1, unsent = KH_TCP_UNSENT_BYTES;

    if (!tcp) {
        close(fd);
        return;
    }
    *tcp = (struct kh_tcp){ .watch = KH_WATCH_TCP, .fd = fd, .socket = socket, .remote = *remote };
    tcp->opened_ns = edge->now_ns;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    /* From here the kernel refuses to queue: send() says EAGAIN above so much unsent. */
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
    make_room(edge);
    list_add(&edge->tcp_strangers, tcp);
    edge->n_strangers++;
    if (!kh_edge_watch(edge, fd, tcp))
        kh_tcp_close(edge, tcp);
}

void kh_tcp_accept(struct kh_edge *edge, unsigned socket)
{
    errno = 0;
    for (unsigned i = 0; i < ACCEPTS_PER_EVENT; i++) {
        struct kh_addr remote = { .bytes = sizeof(remote.v6) };
        int fd = accept4(edge->listeners[socket].fd, &remote.sa, &remote.bytes,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0)
            adopt(edge, fd, socket, &remote);
        else if (errno != EINTR && errno != ECONNABORTED)
            break;
    }
    /* Without descriptors the listener stays readable and would keep us busy for nothing. */
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
        edge->accept_paused = true;
        kh_edge_watch_listeners(edge, false);
    }
}

void kh_tcp_resume(struct kh_edge *edge)
{
    if (!edge->accept_paused)
        return;
    edge->accept_paused = false;
    kh_edge_watch_listeners(edge, true);
}

/* Hand over all whole frames. False: the stream is not ours, or the connection was closed. */
static bool take_frames(struct kh_edge *edge, struct kh_tcp *tcp)
{
    const struct kh_source from = { .socket = tcp->socket, .remote = &tcp->remote, .tcp = tcp };
    size_t at = 0;
    int frame;

    while ((frame = kh_ice_tcp_frame(tcp->in + at, tcp->in_bytes - at)) > 0) {
        kh_edge_input(edge, &from, tcp->in + at + 2, (size_t)frame - 2);
        if (tcp->closed)
            return false;
        at += (size_t)frame;
    }
    tcp->in_bytes -= at;
    memmove(tcp->in, tcp->in + at, tcp->in_bytes);
    return frame == 0;
}

void kh_tcp_readable(struct kh_edge *edge, struct kh_tcp *tcp)
{
    for (unsigned i = 0; i < READS_PER_EVENT && !tcp->closed; i++) {
        ssize_t got = recv(tcp->fd, tcp->in + tcp->in_bytes, sizeof(tcp->in) - tcp->in_bytes, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got > 0) {
            tcp->in_bytes += (size_t)got;
            if (take_frames(edge, tcp))
                continue;
        }
        if (tcp->path)
            kh_ice_drop_path(edge, tcp->path);
        else
            kh_tcp_close(edge, tcp);
        return;
    }
}

void kh_tcp_known(struct kh_edge *edge, struct kh_tcp *tcp, struct kh_path *path)
{
    if (!tcp->path) {
        list_remove(&edge->tcp_strangers, tcp);
        edge->n_strangers--;
        list_add(&edge->tcp_known, tcp);
    }
    tcp->path = path;
}

void kh_tcp_close(struct kh_edge *edge, struct kh_tcp *tcp)
{
    if (tcp->closed)
        return;
    if (tcp->path) {
        list_remove(&edge->tcp_known, tcp);
    } else {
        list_remove(&edge->tcp_strangers, tcp);
        edge->n_strangers--;
    }
    close(tcp->fd);
    tcp->closed = true;
    tcp->path = NULL;
    tcp->next = edge->tcp_closed;
    edge->tcp_closed = tcp;
}

void kh_tcp_expire(struct kh_edge *edge)
{
    struct kh_tcp *next;

    for (struct kh_tcp *tcp = edge->tcp_strangers; tcp; tcp = next) {
        next = tcp->next;
        if (edge->now_ns - tcp->opened_ns > (int64_t)KH_TCP_STRANGER_S * 1000000000)
            kh_tcp_close(edge, tcp);
    }
}

void kh_tcp_reap(struct kh_edge *edge)
{
    while (edge->tcp_closed) {
        struct kh_tcp *next = edge->tcp_closed->next;
        free(edge->tcp_closed);
        edge->tcp_closed = next;
    }
}
