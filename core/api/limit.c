#include "api/limit.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

enum { TOKEN = 1000, MINUTE_MS = 60000, PEERS_BEFORE_SWEEP = 4096 };

struct kh_peers {
    GHashTable *table;
};

static void refill(struct kh_bucket *bucket, struct kh_rate rate, int64_t now_ms)
{
    int64_t grown;

    if (now_ms <= bucket->at_ms)
        return;
    /* A minute refills every bucket the server uses twice over; the cap keeps the product small. */
    grown =
        MIN(now_ms - bucket->at_ms, (int64_t)100 * MINUTE_MS) * rate.per_min * TOKEN / MINUTE_MS;
    if (grown == 0)
        return;
    bucket->used_milli = MAX(bucket->used_milli - grown, 0);
    bucket->at_ms = now_ms;
}

bool kh_bucket_has(struct kh_bucket *bucket, struct kh_rate rate, int64_t now_ms,
                   unsigned *retry_after_ms)
{
    int64_t missing;

    refill(bucket, rate, now_ms);
    missing = bucket->used_milli + TOKEN - (int64_t)rate.burst * TOKEN;
    if (missing <= 0)
        return true;
    if (retry_after_ms)
        *retry_after_ms =
            rate.per_min ? (unsigned)(missing * MINUTE_MS / TOKEN / rate.per_min) + 1 : MINUTE_MS;
    return false;
}

bool kh_bucket_take(struct kh_bucket *bucket, struct kh_rate rate, int64_t now_ms,
                    unsigned *retry_after_ms)
{
    if (!kh_bucket_has(bucket, rate, now_ms, retry_after_ms))
        return false;
    bucket->used_milli += TOKEN;
    return true;
}

static const struct in_addr *mapped(const struct in6_addr *six, struct in_addr *four)
{
    if (!IN6_IS_ADDR_V4MAPPED(six))
        return NULL;
    memcpy(four, six->s6_addr + 12, sizeof(*four));
    return four;
}

static bool text_of_6(const struct in6_addr *six, char text[KH_ADDRESS_CHARS])
{
    struct in6_addr net = *six;
    struct in_addr four;

    if (mapped(six, &four))
        return inet_ntop(AF_INET, &four, text, KH_ADDRESS_CHARS) != NULL;
    memset(net.s6_addr + 8, 0, 8);
    if (!inet_ntop(AF_INET6, &net, text, KH_ADDRESS_CHARS))
        return false;
    g_strlcat(text, "/64", KH_ADDRESS_CHARS);
    return true;
}

bool kh_limit_address(const struct sockaddr *address, char text[KH_ADDRESS_CHARS])
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        return inet_ntop(AF_INET, &in.sin_addr, text, KH_ADDRESS_CHARS) != NULL;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;

        memcpy(&in, address, sizeof(in));
        return text_of_6(&in.sin6_addr, text);
    }
    return false;
}

bool kh_limit_address_text(const char *address, char text[KH_ADDRESS_CHARS])
{
    struct in_addr four;
    struct in6_addr six;

    if (inet_pton(AF_INET, address, &four) == 1)
        return inet_ntop(AF_INET, &four, text, KH_ADDRESS_CHARS) != NULL;
    return inet_pton(AF_INET6, address, &six) == 1 && text_of_6(&six, text);
}

bool kh_limit_is_loopback(const struct sockaddr *address)
{
    struct in_addr four;

    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;

        memcpy(&in, address, sizeof(in));
        if (!mapped(&in.sin6_addr, &four))
            return IN6_IS_ADDR_LOOPBACK(&in.sin6_addr);
    } else if (address->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, address, sizeof(in));
        four = in.sin_addr;
    } else {
        return false;
    }
    return ntohl(four.s_addr) >> 24 == 127;
}

struct kh_peers *kh_peers_create(void)
{
    struct kh_peers *peers = g_new0(struct kh_peers, 1);

    peers->table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return peers;
}

void kh_peers_destroy(struct kh_peers *peers)
{
    if (!peers)
        return;
    g_hash_table_destroy(peers->table);
    g_free(peers);
}

struct kh_peer *kh_peers_get(struct kh_peers *peers, const char *address)
{
    struct kh_peer *peer = g_hash_table_lookup(peers->table, address);

    if (!peer) {
        peer = g_new0(struct kh_peer, 1);
        g_hash_table_insert(peers->table, g_strdup(address), peer);
    }
    return peer;
}

void kh_peers_left(struct kh_peers *peers, const char *address)
{
    struct kh_peer *peer = g_hash_table_lookup(peers->table, address);

    if (peer && peer->connections > 0)
        peer->connections--;
}

void kh_peers_sweep(struct kh_peers *peers, struct kh_rate logins, int64_t now_ms)
{
    GHashTableIter iter;
    gpointer value;

    if (g_hash_table_size(peers->table) < PEERS_BEFORE_SWEEP)
        return;
    g_hash_table_iter_init(&iter, peers->table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct kh_peer *peer = value;

        refill(&peer->logins, logins, now_ms);
        if (peer->connections == 0 && peer->logins.used_milli == 0)
            g_hash_table_iter_remove(&iter);
    }
}
