#include "wire/wire.h"

#include <stdio.h>
#include <time.h>

void kh_wire_time(int64_t ms, char text[KH_TIME_CHARS])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    char date[21];

    gmtime_r(&seconds, &tm);
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text, KH_TIME_CHARS, "%s.%03dZ", date, (int)(ms % 1000));
}

/* RFC 3339 section 5.6, UTC only, with or without a fraction. */
bool kh_wire_time_read(const char *text, int64_t *ms)
{
    struct tm tm = { 0 };
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    int64_t fraction = 0, scale = 100;

    if (!rest)
        return false;
    if (*rest == '.')
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, scale /= 10)
            fraction += (*rest - '0') * scale;
    if (rest[0] != 'Z' || rest[1] != '\0')
        return false;
    *ms = (int64_t)timegm(&tm) * 1000 + fraction;
    return true;
}
