#include "media/edge/addr.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

bool kh_addr_parse(const char *text, uint16_t port, struct kh_addr *out)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_DGRAM,
                                    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    char service[8];

    snprintf(service, sizeof(service), "%u", port);
    if (getaddrinfo(text, service, &hints, &found) != 0)
        return false;
    bool ok = found->ai_addrlen <= sizeof(out->v6);
    if (ok) {
        memset(out, 0, sizeof(*out));
        memcpy(&out->v6, found->ai_addr, found->ai_addrlen);
        out->bytes = found->ai_addrlen;
    }
    freeaddrinfo(found);
    return ok;
}

bool kh_addr_equal(const struct kh_addr *a, const struct kh_addr *b)
{
    if (a->sa.sa_family != b->sa.sa_family)
        return false;
    if (a->sa.sa_family == AF_INET)
        return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return a->v6.sin6_port == b->v6.sin6_port && a->v6.sin6_scope_id == b->v6.sin6_scope_id &&
           memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr)) == 0;
}

static uint32_t mix(uint32_t hash, uint32_t value)
{
    hash = (hash ^ value) * 0x9e3779b1u;
    return hash ^ hash >> 15;
}

uint32_t kh_addr_hash(const struct kh_addr *addr, uint32_t seed)
{
    uint32_t words[4];

    if (addr->sa.sa_family == AF_INET)
        return mix(mix(seed, addr->v4.sin_addr.s_addr), addr->v4.sin_port);
    memcpy(words, &addr->v6.sin6_addr, sizeof(words));
    for (unsigned i = 0; i < 4; i++)
        seed = mix(seed, words[i]);
    return mix(seed, addr->v6.sin6_port);
}

uint16_t kh_addr_port(const struct kh_addr *addr)
{
    return ntohs(addr->sa.sa_family == AF_INET ? addr->v4.sin_port : addr->v6.sin6_port);
}

void kh_addr_text(const struct kh_addr *addr, char text[KH_ADDR_TEXT_MAX])
{
    const void *number = addr->sa.sa_family == AF_INET ? (const void *)&addr->v4.sin_addr
                                                       : (const void *)&addr->v6.sin6_addr;

    if (!inet_ntop(addr->sa.sa_family, number, text, KH_ADDR_TEXT_MAX))
        text[0] = '\0';
}

bool kh_addr_is_any(const struct kh_addr *addr)
{
    if (addr->sa.sa_family == AF_INET)
        return addr->v4.sin_addr.s_addr == htonl(INADDR_ANY);
    return IN6_IS_ADDR_UNSPECIFIED(&addr->v6.sin6_addr);
}
