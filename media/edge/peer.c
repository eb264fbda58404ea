#include "media/edge/peer.h"

#include "base/check.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    INDEX_BITS = 16,
    INDEX_DIGITS = 4,
    UFRAG_RANDOM = 8,         /* 40 bits on top of the index; RFC 8445 wants 24 */
    PASSWORD_CHARACTERS = 32, /* 160 bits; RFC 8445 wants 128 */
};

bool kh_peers_init(struct kh_peers *peers, unsigned max)
{
    KH_REQUIRE(max >= 1 && max <= KH_PEERS_LIMIT);
    memset(peers, 0, sizeof(*peers));
    peers->max = max;
    peers->n_buckets = 64;
    while (peers->n_buckets < 2 * max)
        peers->n_buckets *= 2;
    pthread_mutex_init(&peers->lock, NULL);
    peers->slots = calloc(max, sizeof(*peers->slots));
    peers->free = calloc(max, sizeof(*peers->free));
    peers->by_index = calloc(max, sizeof(*peers->by_index));
    peers->known = calloc(max, sizeof(*peers->known));
    peers->connected = calloc(max, sizeof(*peers->connected));
    peers->buckets = calloc(peers->n_buckets, sizeof(*peers->buckets));
    if (!peers->slots || !peers->free || !peers->by_index || !peers->known || !peers->connected ||
        !peers->buckets || RAND_bytes((uint8_t *)&peers->seed, sizeof(peers->seed)) != 1) {
        kh_peers_finish(peers);
        return false;
    }
    for (unsigned i = 0; i < max; i++)
        peers->free[i] = max - 1 - i;
    peers->n_free = max;
    return true;
}

void kh_peers_finish(struct kh_peers *peers)
{
    if (peers->max == 0)
        return;
    free(peers->slots);
    free(peers->free);
    free(peers->by_index);
    free(peers->known);
    free(peers->connected);
    free(peers->buckets);
    pthread_mutex_destroy(&peers->lock);
    memset(peers, 0, sizeof(*peers));
}

enum kh_err kh_peers_reserve(struct kh_peers *peers, struct kh_peer *peer)
{
    enum kh_err err = KH_ERR_LIMIT;

    pthread_mutex_lock(&peers->lock);
    if (peers->n_free) {
        peer->index = peers->free[--peers->n_free];
        peer->id = ++peers->generation << INDEX_BITS | peer->index;
        peers->used++;
        err = KH_OK;
    }
    pthread_mutex_unlock(&peers->lock);
    return err;
}

static void add_todo(struct kh_peers *peers, struct kh_peer *peer)
{
    if (peer->in_todo)
        return;
    peer->in_todo = true;
    peer->todo_next = peers->todo;
    peers->todo = peer;
}

void kh_peers_publish(struct kh_peers *peers, struct kh_peer *peer)
{
    pthread_mutex_lock(&peers->lock);
    peers->slots[peer->index] = peer;
    add_todo(peers, peer);
    pthread_mutex_unlock(&peers->lock);
}

void kh_peers_cancel(struct kh_peers *peers, struct kh_peer *peer)
{
    pthread_mutex_lock(&peers->lock);
    peers->free[peers->n_free++] = peer->index;
    peers->used--;
    pthread_mutex_unlock(&peers->lock);
}

struct kh_peer *kh_peers_lock(struct kh_peers *peers, kh_peer_id id)
{
    unsigned index = id & ((1u << INDEX_BITS) - 1);

    pthread_mutex_lock(&peers->lock);
    if (index < peers->max && peers->slots[index] && peers->slots[index]->id == id)
        return peers->slots[index];
    pthread_mutex_unlock(&peers->lock);
    return NULL;
}

void kh_peers_unlock(struct kh_peers *peers)
{
    pthread_mutex_unlock(&peers->lock);
}

bool kh_peers_leave(struct kh_peers *peers, kh_peer_id id)
{
    struct kh_peer *peer = kh_peers_lock(peers, id);

    if (!peer)
        return false;
    peer->leave = true;
    add_todo(peers, peer);
    kh_peers_unlock(peers);
    return true;
}

struct kh_peer *kh_peers_take_todo(struct kh_peers *peers)
{
    pthread_mutex_lock(&peers->lock);
    struct kh_peer *list = peers->todo;
    peers->todo = NULL;
    for (struct kh_peer *peer = list; peer; peer = peer->todo_next) {
        peer->in_todo = false; /* another thread may put it on a new list as soon as we unlock */
        peer->work_next = peer->todo_next;
        peer->leaving = peer->leave;
    }
    pthread_mutex_unlock(&peers->lock);
    return list;
}

void kh_peers_meet(struct kh_peers *peers, struct kh_peer *peer)
{
    peer->known = true;
    peer->known_at = peers->n_known;
    peers->known[peers->n_known++] = peer;
    peers->by_index[peer->index] = peer;
}

void kh_peers_connected(struct kh_peers *peers, struct kh_peer *peer)
{
    peer->connected_at = peers->n_connected;
    peers->connected[peers->n_connected++] = peer;
    peer->counters.connected = true;
}

static void leave_connected(struct kh_peers *peers, const struct kh_peer *peer)
{
    struct kh_peer *last = peers->connected[--peers->n_connected];

    peers->connected[peer->connected_at] = last;
    last->connected_at = peer->connected_at;
}

static void leave_known(struct kh_peers *peers, const struct kh_peer *peer)
{
    struct kh_peer *last = peers->known[--peers->n_known];

    peers->known[peer->known_at] = last;
    last->known_at = peer->known_at;
    peers->by_index[peer->index] = NULL;
}

/* A call to leave may have come in the meantime. */
static void leave_todo(struct kh_peers *peers, struct kh_peer *peer)
{
    for (struct kh_peer **at = &peers->todo; *at; at = &(*at)->todo_next) {
        if (*at == peer) {
            *at = peer->todo_next;
            return;
        }
    }
}

void kh_peers_remove(struct kh_peers *peers, struct kh_peer *peer)
{
    if (peer->counters.connected)
        leave_connected(peers, peer);
    if (peer->known)
        leave_known(peers, peer);
    pthread_mutex_lock(&peers->lock);
    if (peer->in_todo)
        leave_todo(peers, peer);
    peers->slots[peer->index] = NULL;
    peers->free[peers->n_free++] = peer->index;
    peers->used--;
    pthread_mutex_unlock(&peers->lock);
}

/* A ufrag begins with the index, so that finding a peer needs no table of names. */
struct kh_peer *kh_peers_by_username(struct kh_peers *peers, const uint8_t *username, size_t bytes)
{
    const uint8_t *colon = bytes ? memchr(username, ':', bytes) : NULL;
    size_t own = colon ? (size_t)(colon - username) : 0;
    char digits[INDEX_DIGITS + 1] = { 0 };

    if (own < INDEX_DIGITS || own >= KH_ICE_UFRAG_MAX)
        return NULL;
    memcpy(digits, username, INDEX_DIGITS);
    unsigned long index = strtoul(digits, NULL, 16);
    struct kh_peer *peer = index < peers->max ? peers->by_index[index] : NULL;
    if (!peer || strlen(peer->ufrag) != own || memcmp(peer->ufrag, username, own) != 0)
        return NULL;
    return peer->doomed ? NULL : peer;
}

static struct kh_path **bucket_of(struct kh_peers *peers, unsigned socket,
                                  const struct kh_addr *remote)
{
    return &peers->buckets[kh_addr_hash(remote, peers->seed + socket) & (peers->n_buckets - 1)];
}

struct kh_path *kh_peers_by_address(struct kh_peers *peers, unsigned socket,
                                    const struct kh_addr *remote)
{
    struct kh_path *path = *bucket_of(peers, socket, remote);

    while (path && (path->socket != socket || !kh_addr_equal(&path->remote, remote)))
        path = path->next;
    return path;
}

void kh_path_link(struct kh_peers *peers, struct kh_path *path)
{
    struct kh_path **bucket = bucket_of(peers, path->socket, &path->remote);

    path->next = *bucket;
    *bucket = path;
}

void kh_path_unlink(struct kh_peers *peers, struct kh_path *path)
{
    struct kh_path **at = bucket_of(peers, path->socket, &path->remote);

    while (*at && *at != path)
        at = &(*at)->next;
    if (*at)
        *at = path->next;
}

/* Random text of ice-chars (RFC 8839 section 5.4), 5 bits a character: those of Crockford's
 * base 32. */
static bool random_text(char *text, size_t characters)
{
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

    if (RAND_bytes((uint8_t *)text, (int)characters) != 1)
        return false;
    for (size_t i = 0; i < characters; i++)
        text[i] = digits[(uint8_t)text[i] & 31];
    text[characters] = '\0';
    return true;
}

struct kh_peer *kh_peer_create(const struct kh_sdp_offer *offer)
{
    struct kh_peer *peer = calloc(1, sizeof(*peer));

    if (!peer)
        return NULL;
    peer->fingerprint = offer->fingerprint;
    peer->sends = offer->sends;
    peer->receives = offer->receives;
    peer->opus_payload_type = offer->sections[offer->audio].opus_payload_type;
    peer->route = -1;
    peer->counters.round_trip_ms = -1;
    peer->paused = true;
    if (!random_text(peer->ufrag + INDEX_DIGITS, UFRAG_RANDOM) ||
        !random_text(peer->password, PASSWORD_CHARACTERS) ||
        RAND_bytes((uint8_t *)&peer->ssrc, sizeof(peer->ssrc)) != 1) {
        free(peer);
        return NULL;
    }
    return peer;
}

void kh_peer_name(struct kh_peer *peer)
{
    char digits[INDEX_DIGITS + 1];

    snprintf(digits, sizeof(digits), "%04x", peer->index & 0xffff);
    memcpy(peer->ufrag, digits, INDEX_DIGITS);
}

void kh_peer_destroy(struct kh_peer *peer)
{
    if (!peer)
        return;
    kh_dtls_destroy(peer->dtls);
    kh_srtp_out_destroy(peer->out);
    kh_srtp_in_destroy(peer->in);
    while (peer->waiting) {
        struct kh_waiting *next = peer->waiting->next;
        free(peer->waiting);
        peer->waiting = next;
    }
    free(peer);
}
