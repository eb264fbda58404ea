#include "api/code.h"

#include "base/check.h"

#include <sodium.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void kh_code_make(char code[KH_CODE_CHARS + 1])
{
    unsigned char random[KH_CODE_CHARS];

    randombytes_buf(random, sizeof(random));
    for (unsigned i = 0; i < KH_CODE_CHARS; i++)
        code[i] = alphabet[random[i] & 31];
    code[KH_CODE_CHARS] = '\0';
    sodium_memzero(random, sizeof(random));
}

static char canonical(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'I' || c == 'L')
        return '1';
    return c == 'O' ? '0' : c;
}

bool kh_code_normalise(const char *typed, char code[KH_CODE_CHARS + 1])
{
    unsigned n = 0;

    for (; *typed; typed++) {
        char c = canonical(*typed);

        if (c == '-' || c == ' ')
            continue;
        if (n == KH_CODE_CHARS || !strchr(alphabet, c))
            return false;
        code[n++] = c;
    }
    code[n] = '\0';
    return n == KH_CODE_CHARS;
}

void kh_code_token(char token[KH_TOKEN_CHARS + 1])
{
    unsigned char random[32];

    randombytes_buf(random, sizeof(random));
    sodium_bin2base64(token, KH_TOKEN_CHARS + 1, random, sizeof(random),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof(random));
}

void kh_code_hash(const char *secret, unsigned char hash[KH_SECRET_HASH_BYTES])
{
    KH_REQUIRE(crypto_generichash(hash, KH_SECRET_HASH_BYTES, (const unsigned char *)secret,
                                  strlen(secret), NULL, 0) == 0);
}
