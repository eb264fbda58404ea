/* Numeric addresses: reading, comparing, and which of ours a peer sees. */
#include "media/hall/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

socklen_t kh_hall_address_bytes(const union kh_hall_address *address)
{
    return address->any.sa_family == AF_INET6 ? sizeof(address->v6) : sizeof(address->v4);
}

bool kh_hall_address_parse(const char *text, uint16_t port, union kh_hall_address *out)
{
    union kh_hall_address address = { 0 };

    if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(port);
    } else if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(port);
    } else {
        return false;
    }
    *out = address;
    return true;
}

bool kh_hall_same_address(const union kh_hall_address *a, const union kh_hall_address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET6)
        return a->v6.sin6_port == b->v6.sin6_port &&
               memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr)) == 0;
    return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}

static uint16_t port_of(const union kh_hall_address *address)
{
    return ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
}

static bool is_unspecified(const union kh_hall_address *address)
{
    if (address->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr);
    return address->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

static bool is_one_host(const union kh_hall_address *address)
{
    if (is_unspecified(address))
        return false;
    if (address->any.sa_family == AF_INET6)
        return !IN6_IS_ADDR_MULTICAST(&address->v6.sin6_addr) &&
               !IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr);
    return !IN_MULTICAST(ntohl(address->v4.sin_addr.s_addr)) &&
           address->v4.sin_addr.s_addr != htonl(INADDR_BROADCAST);
}

/* A socket on "::" speaks to IPv4 by mapped addresses (RFC 4291 section 2.5.5.2). */
static void map_to_v6(union kh_hall_address *address)
{
    struct in_addr v4 = address->v4.sin_addr;
    in_port_t port = address->v4.sin_port;

    memset(address, 0, sizeof(*address));
    address->v6.sin6_family = AF_INET6;
    address->v6.sin6_port = port;
    address->v6.sin6_addr.s6_addr[10] = 0xff;
    address->v6.sin6_addr.s6_addr[11] = 0xff;
    memcpy(&address->v6.sin6_addr.s6_addr[12], &v4, sizeof(v4));
}

enum kh_err kh_hall_resolve(const struct kh_hall *hall, const char *address, uint16_t port,
                            union kh_hall_address *out, struct kh_error *error)
{
    union kh_hall_address parsed;

    if (!address || !kh_hall_address_parse(address, port, &parsed))
        return kh_err_set(error, KH_ERR_INVALID, "address: \"%.64s\" is not a numeric IP address",
                          address ? address : "");
    if (port == 0)
        return kh_err_set(error, KH_ERR_INVALID, "port: 1 to 65535 is wanted, not 0");
    if (!is_one_host(&parsed))
        return kh_err_set(error, KH_ERR_INVALID, "address: %s does not name one host", address);
    if (parsed.any.sa_family == AF_INET && hall->local.any.sa_family == AF_INET6 &&
        is_unspecified(&hall->local))
        map_to_v6(&parsed);
    if (parsed.any.sa_family != hall->local.any.sa_family)
        return kh_err_set(error, KH_ERR_INVALID,
                          "address: %s is of another IP version than the server's RTP address",
                          address);

    char own[64];
    uint16_t own_port = 0;
    enum kh_err err = kh_hall_local(hall, &parsed, own, &own_port, error);
    if (err)
        return err;
    if (strcmp(own, address) == 0 && own_port == port)
        return kh_err_set(error, KH_ERR_INVALID, "address: %s port %u is the server's own", address,
                          (unsigned)port);
    *out = parsed;
    return KH_OK;
}

static void format_address(const union kh_hall_address *address, char text[64])
{
    if (address->any.sa_family == AF_INET)
        inet_ntop(AF_INET, &address->v4.sin_addr, text, 64);
    else if (IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr))
        inet_ntop(AF_INET, &address->v6.sin6_addr.s6_addr[12], text, 64);
    else
        inet_ntop(AF_INET6, &address->v6.sin6_addr, text, 64);
}

/* Which of our addresses the kernel would use towards @peer. */
static int routed_address(const union kh_hall_address *peer, union kh_hall_address *out)
{
    socklen_t bytes = sizeof(*out);
    int fd = socket(peer->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;

    int code = 0;
    if (connect(fd, &peer->any, kh_hall_address_bytes(peer)) != 0 ||
        getsockname(fd, &out->any, &bytes) != 0)
        code = errno;
    close(fd);
    return code;
}

enum kh_err kh_hall_local(const struct kh_hall *hall, const union kh_hall_address *peer,
                          char address[64], uint16_t *port, struct kh_error *error)
{
    union kh_hall_address local = hall->local;

    if (is_unspecified(&local)) {
        int code = routed_address(peer, &local);
        if (code != 0)
            return kh_err_set(error, KH_ERR_IO, "address: no way to the participant: %s",
                              strerror(code));
    }
    format_address(&local, address);
    *port = port_of(&hall->local);
    return KH_OK;
}
