/* ICE-lite (RFC 8445 section 8.2): answers checks, never sends any. */
#include "media/edge/bytes.h"
#include "media/edge/edge_internal.h"
#include "media/edge/stun.h"

#include <string.h>

/* A nominated pair that was quiet for so long gives way to another one of lower priority. */
static const int64_t nomination_ns = 3000000000;

/* An address belongs to its peer until that was silent for so long. */
static const int64_t ownership_ns = 5000000000;

static void select_path(struct kh_path *path)
{
    path->peer->selected = path;
    path->peer->counters.tcp = path->tcp != NULL;
}

void kh_ice_drop_path(struct kh_edge *edge, struct kh_path *path)
{
    struct kh_peer *peer = path->peer;

    if (path->tcp)
        kh_tcp_close(edge, path->tcp);
    else
        kh_path_unlink(&edge->peers, path);
    memset(path, 0, sizeof(*path));
    if (peer->selected != path)
        return;
    peer->selected = NULL;
    for (unsigned i = 0; i < KH_PEER_PATHS; i++) {
        struct kh_path *other = &peer->paths[i];
        if (other->peer && (!peer->selected || other->checked_ns > peer->selected->checked_ns))
            select_path(other);
    }
}

void kh_ice_drop_paths(struct kh_edge *edge, struct kh_peer *peer)
{
    for (unsigned i = 0; i < KH_PEER_PATHS; i++) {
        if (peer->paths[i].peer)
            kh_ice_drop_path(edge, &peer->paths[i]);
    }
}

static struct kh_path *find_path(struct kh_edge *edge, const struct kh_source *from)
{
    return from->tcp ? from->tcp->path
                     : kh_peers_by_address(&edge->peers, from->socket, from->remote);
}

/* A free entry, or that of the pair that was checked longest ago, but never the selected one. */
static struct kh_path *free_path(struct kh_edge *edge, struct kh_peer *peer)
{
    struct kh_path *oldest = NULL;

    for (unsigned i = 0; i < KH_PEER_PATHS; i++) {
        struct kh_path *path = &peer->paths[i];
        if (!path->peer)
            return path;
        if (path != peer->selected && (!oldest || path->checked_ns < oldest->checked_ns))
            oldest = path;
    }
    kh_ice_drop_path(edge, oldest);
    return oldest;
}

static struct kh_path *path_of(struct kh_edge *edge, struct kh_peer *peer,
                               const struct kh_source *from)
{
    struct kh_path *path = find_path(edge, from);

    if (path && path->peer == peer)
        return path;
    /* A connection serves one peer; and nobody with a place of their own, who forges another's
     * address, may cut that one off. */
    if (path && (from->tcp || edge->now_ns - path->peer->valid_ns < ownership_ns))
        return NULL;
    if (path)
        kh_ice_drop_path(edge, path);
    path = free_path(edge, peer);
    *path = (struct kh_path){
        .peer = peer, .tcp = from->tcp, .socket = from->socket, .remote = *from->remote
    };
    if (from->tcp)
        kh_tcp_known(edge, from->tcp, path);
    else
        kh_path_link(&edge->peers, path);
    return path;
}

/* Which pair media goes to. Chromium nominates one pair at a time, Firefox all that work and uses
 * the best: so a better or equal pair wins at once, a worse one when the present one is quiet. */
static void consider(struct kh_edge *edge, struct kh_path *path)
{
    const struct kh_path *now = path->peer->selected;

    if (!now) {
        select_path(path);
        return;
    }
    if (path == now || !path->nominated_ns)
        return;
    if (!now->nominated_ns || path->priority >= now->priority ||
        edge->now_ns - now->nominated_ns > nomination_ns)
        select_path(path);
}

void kh_ice_confirm(struct kh_path *path)
{
    const struct kh_path *now = path->peer->selected;

    if (path != now && (!now || path->nominated_ns || !now->nominated_ns))
        select_path(path);
}

static void reply(struct kh_edge *edge, const struct kh_source *from, struct kh_stun_writer *writer,
                  const struct kh_peer *peer)
{
    kh_stun_finish(writer, peer->password);
    kh_edge_reply(edge, from, writer->data, writer->bytes);
}

/* We are always controlled, and must not go on with what we do not understand. */
static bool refuse(struct kh_edge *edge, const struct kh_source *from,
                   const struct kh_stun *request, const struct kh_peer *peer)
{
    struct kh_stun_writer writer;
    uint8_t list[2 * KH_STUN_UNKNOWN_MAX];

    if (!request->n_unknown && !request->controlled)
        return false;
    kh_stun_begin(&writer, KH_STUN_ERROR, request->transaction);
    kh_stun_add_error(&writer, request->n_unknown ? 420 : 487);
    for (unsigned i = 0; i < request->n_unknown; i++)
        kh_bytes_write16(list + 2 * i, request->unknown[i]);
    if (request->n_unknown)
        kh_stun_add(&writer, KH_STUN_UNKNOWN_ATTRIBUTES, list, 2 * (size_t)request->n_unknown);
    reply(edge, from, &writer, peer);
    return true;
}

static void answer(struct kh_edge *edge, const struct kh_source *from,
                   const struct kh_stun *request, const struct kh_peer *peer)
{
    struct kh_stun_writer writer;

    kh_stun_begin(&writer, KH_STUN_SUCCESS, request->transaction);
    kh_stun_add_mapped(&writer, from->remote);
    reply(edge, from, &writer, peer);
}

void kh_ice_input(struct kh_edge *edge, const struct kh_source *from, const uint8_t *data,
                  size_t bytes)
{
    struct kh_stun request;

    if (!kh_stun_read(data, bytes, &request) || request.type != KH_STUN_REQUEST)
        return;
    struct kh_peer *peer =
        kh_peers_by_username(&edge->peers, request.username, request.username_bytes);
    if (!peer)
        return;
    if (!kh_stun_check_integrity(data, &request, peer->password)) {
        kh_count(&peer->counters.auth_failures, 1);
        return;
    }
    if (refuse(edge, from, &request, peer))
        return;
    struct kh_path *path = path_of(edge, peer, from);
    if (!path)
        return;
    peer->valid_ns = peer->request_ns = path->checked_ns = edge->now_ns;
    if (request.priority)
        path->priority = request.priority;
    if (request.use_candidate)
        path->nominated_ns = edge->now_ns;
    consider(edge, path);
    answer(edge, from, &request, peer);
}
