#include "api/origin.h"

#include <string.h>
#include <strings.h>

/* Length of @host without a port that is the default of the scheme. */
static size_t bare_length(const char *host, const char *default_port)
{
    size_t length = strlen(host), port = strlen(default_port);

    if (length > port && strcmp(host + length - port, default_port) == 0)
        return length - port;
    return length;
}

bool kh_origin_matches(const char *origin, const char *host)
{
    const char *port, *name;
    size_t length;

    if (!*origin)
        return true;
    if (strncasecmp(origin, "http://", 7) == 0) {
        name = origin + 7;
        port = ":80";
    } else if (strncasecmp(origin, "https://", 8) == 0) {
        name = origin + 8;
        port = ":443";
    } else {
        return false;
    }
    length = bare_length(name, port);
    return length > 0 && length == bare_length(host, port) && strncasecmp(name, host, length) == 0;
}

bool kh_origin_offers(const char *list, const char *protocol)
{
    size_t wanted = strlen(protocol);

    while (*list) {
        size_t part;

        list += strspn(list, ", \t");
        part = strcspn(list, ", \t");
        if (part == wanted && strncmp(list, protocol, wanted) == 0)
            return true;
        list += part;
    }
    return false;
}
