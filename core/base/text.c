#include "base/text.h"

#include <string.h>

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
    return whole;
}

bool kh_text_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}
