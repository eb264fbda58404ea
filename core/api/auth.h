/* auth.h - who a login code or a session token stands for.
 *
 * Engine thread (or the only thread of `kyhop invite`). Owns the SQLite file of hashes; the secrets
 * themselves are never stored. See api.h for open, close and invite. */
#ifndef KH_API_AUTH_H
#define KH_API_AUTH_H

#include "api/api.h"
#include "api/code.h"

enum { KH_AUTH_NAME_BYTES = 64 }; /* longest council or person id with its NUL */

/* A session, as its token proved it. */
struct kh_login {
    char council[KH_AUTH_NAME_BYTES];
    char person[KH_AUTH_NAME_BYTES];
    bool is_shared; /* from a reusable code: a display or observer, many at once */
    int64_t expires_s;
    unsigned char session[KH_SECRET_HASH_BYTES]; /* names the session; hash of its token */
};

/* Exchange @code for a session of @ttl_s seconds. A one-time code is used up in the same
 * transaction. KH_ERR_AUTH: unknown, used or expired code; KH_ERR_IO, KH_ERR_BUSY, KH_ERR_FULL:
 * nothing was changed. */
enum kh_err kh_auth_login(struct kh_auth *auth, const char *code, int64_t ttl_s,
                          char token[KH_TOKEN_CHARS + 1], struct kh_login *login,
                          struct kh_error *error) KH_MUST_CHECK;

/* Whose session is @token? KH_ERR_AUTH when it is unknown or expired. */
enum kh_err kh_auth_check(struct kh_auth *auth, const char *token, struct kh_login *login,
                          struct kh_error *error) KH_MUST_CHECK;

/* End a session; unknown tokens are fine. */
enum kh_err kh_auth_logout(struct kh_auth *auth, const char *token,
                           struct kh_error *error) KH_MUST_CHECK;

/* For tests: Unix seconds from @now_s instead of the system's clock. */
void kh_auth_clock(struct kh_auth *auth, int64_t (*now_s)(void));
#endif
