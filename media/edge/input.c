#include "media/edge/edge_internal.h"

/* The first byte tells the protocols apart (RFC 7983). Only STUN is looked at from an unknown
 * address, so that strangers cost no memory and next to no time. */
void kh_edge_input(struct kh_edge *edge, const struct kh_source *from, uint8_t *data, size_t bytes)
{
    if (bytes == 0)
        return;
    if (data[0] <= 3) {
        kh_ice_input(edge, from, data, bytes);
        return;
    }
    struct kh_path *path =
        from->tcp ? from->tcp->path : kh_peers_by_address(&edge->peers, from->socket, from->remote);
    if (!path || path->peer->doomed)
        return;
    if (data[0] >= 20 && data[0] <= 63)
        kh_handshake_input(edge, path, data, bytes);
    else if (data[0] >= 128 && data[0] <= 191)
        kh_media_input(edge, path, data, bytes);
}

void kh_edge_reply(struct kh_edge *edge, const struct kh_source *to, const uint8_t *data,
                   size_t bytes)
{
    bool sent;

    if (to->tcp)
        sent = kh_tcp_send(to->tcp, data, bytes);
    else
        sent = sendto(edge->udp[to->socket].fd, data, bytes, MSG_DONTWAIT, &to->remote->sa,
                      to->remote->bytes) == (ssize_t)bytes;
    if (!sent)
        kh_count(&edge->totals.packets_dropped, 1);
}

void kh_edge_send(struct kh_edge *edge, struct kh_path *path, const uint8_t *data, size_t bytes)
{
    const struct kh_source to = { path->socket, &path->remote, path->tcp };

    kh_edge_reply(edge, &to, data, bytes);
}
