/* code.h - login codes and session tokens as text.
 *
 * Any thread; pure but for libsodium's random bytes. Owns nothing. */
#ifndef KH_API_CODE_H
#define KH_API_CODE_H

#include "api/api.h"

enum { KH_SECRET_HASH_BYTES = 32 };

/* A new code: 26 characters of Crockford's base32, 130 random bits. */
void kh_code_make(char code[KH_CODE_CHARS + 1]);

/* What a person typed, in the form that was hashed: upper case, no spaces and hyphens, I and L read
 * as 1, O as 0. False: it can never have been a code. */
bool kh_code_normalise(const char *typed, char code[KH_CODE_CHARS + 1]);

/* A new session token: 32 random bytes in base64url without padding. */
void kh_code_token(char token[KH_TOKEN_CHARS + 1]);

/* What is stored instead of a code or a token (BLAKE2b-256; the secrets are random, so no salt and
 * no slow hash is needed). */
void kh_code_hash(const char *secret, unsigned char hash[KH_SECRET_HASH_BYTES]);
#endif
