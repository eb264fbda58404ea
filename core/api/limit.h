/* limit.h - how much one connection and one address may ask of the server.
 *
 * Engine thread only. Time is given by the caller in ms of a monotonic clock; the table of
 * addresses owns its entries. */
#ifndef KH_API_LIMIT_H
#define KH_API_LIMIT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* A token bucket; zeroed it is full. */
struct kh_bucket {
    int64_t used_milli; /* thousandths of a token taken and not yet grown back */
    int64_t at_ms;
};

/* Tokens grow back at @per_min a minute, @burst at most. */
struct kh_rate {
    unsigned per_min;
    unsigned burst;
};

/* Take one; false: none is left, and @retry_after_ms (may be NULL) says when one will be. */
bool kh_bucket_take(struct kh_bucket *bucket, struct kh_rate rate, int64_t now_ms,
                    unsigned *retry_after_ms);

/* Is one left? Takes none. */
bool kh_bucket_has(struct kh_bucket *bucket, struct kh_rate rate, int64_t now_ms,
                   unsigned *retry_after_ms);

enum { KH_ADDRESS_CHARS = INET6_ADDRSTRLEN + 4 };

/* What limits count: an IPv4 address, or the /64 of an IPv6 one (one host has that many). IPv4 in
 * IPv6 is IPv4. False: not an internet address. */
bool kh_limit_address(const struct sockaddr *address, char text[KH_ADDRESS_CHARS]);

/* The same from text, as a proxy writes it in X-Forwarded-For. */
bool kh_limit_address_text(const char *address, char text[KH_ADDRESS_CHARS]);

/* 127.0.0.0/8 or ::1, also as ::ffff:127.x. */
bool kh_limit_is_loopback(const struct sockaddr *address);

/* What is known about one address. */
struct kh_peer {
    unsigned connections;
    struct kh_bucket logins;
};

struct kh_peers;
struct kh_peers *kh_peers_create(void);
void kh_peers_destroy(struct kh_peers *peers); /* accepts NULL */

/* Never NULL; borrowed until the next call of any kh_peers function. */
struct kh_peer *kh_peers_get(struct kh_peers *peers, const char *address);

/* A connection of @address ended. */
void kh_peers_left(struct kh_peers *peers, const char *address);

/* Forget addresses without connections whose bucket is full again. */
void kh_peers_sweep(struct kh_peers *peers, struct kh_rate logins, int64_t now_ms);
#endif
