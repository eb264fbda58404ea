#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

const char *kh_err_text(enum kh_err code)
{
    switch (code) {
    case KH_OK:
        return "ok";
#define KH_ERR_CASE(name, text)                                                                    \
    case KH_ERR_##name:                                                                            \
        return text;
        KH_ERR_LIST(KH_ERR_CASE)
#undef KH_ERR_CASE
    }
    return "unknown failure";
}

enum kh_err kh_err_set(struct kh_error *error, enum kh_err code, const char *format, ...)
{
    if (error) {
        va_list args;

        error->code = code;
        va_start(args, format);
        vsnprintf(error->text, sizeof(error->text), format, args);
        va_end(args);
    }
    return code;
}
