/* origin.h - which web pages may talk to this server (RFC 6455 section 10.2).
 *
 * Any thread; pure. Owns nothing. */
#ifndef KH_API_ORIGIN_H
#define KH_API_ORIGIN_H

#include <stdbool.h>

/* Does an Origin header name the host the request was sent to? @origin "" (not a browser) does,
 * "null" and anything that is not http(s)://HOST[:PORT] does not. Default ports may be left out. */
bool kh_origin_matches(const char *origin, const char *host);

/* Does the comma-separated @list (a Sec-WebSocket-Protocol header) hold @protocol? */
bool kh_origin_offers(const char *list, const char *protocol);
#endif
