#include "base/text.h"

#include <string.h>

static bool is_more(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the UTF-8 character at @at (RFC 3629 section 4), 0 when there is none. */
static size_t character(const unsigned char *at)
{
    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xc2 && at[0] <= 0xdf)
        return is_more(at[1]) ? 2 : 0;
    if ((at[0] & 0xf0) == 0xe0) {
        bool is_short = at[0] == 0xe0 && at[1] < 0xa0;
        bool is_surrogate = at[0] == 0xed && at[1] > 0x9f;
        return !is_short && !is_surrogate && is_more(at[1]) && is_more(at[2]) ? 3 : 0;
    }
    if (at[0] >= 0xf0 && at[0] <= 0xf4) {
        bool is_out = (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f);
        return !is_out && is_more(at[1]) && is_more(at[2]) && is_more(at[3]) ? 4 : 0;
    }
    return 0;
}

static void mend(char *text)
{
    unsigned char *at = (unsigned char *)text;

    while (*at) {
        size_t bytes = character(at);
        if (bytes == 0)
            *at = '?';
        at += bytes ? bytes : 1;
    }
}

bool kh_text_copy(char *to, size_t size, const char *from)
{
    size_t bytes = from ? strlen(from) : 0;
    bool whole = bytes < size;

    if (!whole) {
        bytes = size - 1;
        while (bytes > 0 && ((unsigned char)from[bytes] & 0xc0) == 0x80)
            bytes--;
    }
    if (bytes > 0)
        memmove(to, from, bytes);
    memset(to + bytes, 0, size - bytes);
    mend(to);
    return whole;
}

bool kh_text_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

uint64_t kh_text_digest(const char *text)
{
    uint64_t digest = text ? UINT64_C(0xcbf29ce484222325) : 0;

    for (; text && *text; text++)
        digest = (digest ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return digest;
}
