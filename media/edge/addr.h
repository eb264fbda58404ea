/* addr.h - one IPv4 or IPv6 transport address.
 *
 * Pure, any thread, owns nothing. */
#ifndef KH_EDGE_ADDR_H
#define KH_EDGE_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { KH_ADDR_TEXT_MAX = 64 };

struct kh_addr {
    union {
        struct sockaddr sa;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    socklen_t bytes; /* of the member in use */
};

/* Read a numeric address, IPv6 with "%zone" allowed. False, with @out untouched, when @text is
 * anything else. */
bool kh_addr_parse(const char *text, uint16_t port, struct kh_addr *out);

/* Same family, address, zone and port. */
bool kh_addr_equal(const struct kh_addr *a, const struct kh_addr *b);

/* For a table; @seed is the table's own random number. */
uint32_t kh_addr_hash(const struct kh_addr *addr, uint32_t seed);

uint16_t kh_addr_port(const struct kh_addr *addr);

/* The number without port and zone, as a candidate line wants it. */
void kh_addr_text(const struct kh_addr *addr, char text[KH_ADDR_TEXT_MAX]);

/* 0.0.0.0 or ::. */
bool kh_addr_is_any(const struct kh_addr *addr);

#endif
