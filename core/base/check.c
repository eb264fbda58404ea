#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void kh_check_failed(const char *expr, const char *file, int line)
{
    fprintf(stderr, "kyhop: bug: %s does not hold (%s:%d)\n", expr, file, line);
    abort();
}
