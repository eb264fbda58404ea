/* err.h - failures (disk, network, bad input) as values, with their context.
 *
 * Any thread. A failure is not a refusal: a refusal is a normal answer of the
 * rules and lives in session/refusal.h. Zero is success everywhere. */
#ifndef KH_BASE_ERR_H
#define KH_BASE_ERR_H

#define KH_ERR_LIST(X)                                                                             \
    X(NOMEM, "out of memory")                                                                      \
    X(IO, "input or output failed")                                                                \
    X(FULL, "no space left")                                                                       \
    X(CORRUPT, "damaged data")                                                                     \
    X(INVALID, "invalid input")                                                                    \
    X(NOT_FOUND, "not found")                                                                      \
    X(BUSY, "busy")                                                                                \
    X(LIMIT, "a limit was reached")                                                                \
    X(UNSUPPORTED, "not supported")                                                                \
    X(AUTH, "not authenticated")

enum kh_err {
    KH_OK = 0,
#define KH_ERR_ENUM(name, text) KH_ERR_##name,
    KH_ERR_LIST(KH_ERR_ENUM)
#undef KH_ERR_ENUM
};

#define KH_MUST_CHECK __attribute__((warn_unused_result))

/* A failure on its way up. A zeroed struct is "no error". Fixed size, owns nothing. */
struct kh_error {
    enum kh_err code;
    char text[320]; /* one sentence for the operator, with what to do where known */
};

/* English text of a code, never NULL. */
const char *kh_err_text(enum kh_err code);

/* Fill @error (may be NULL) and return @code, so that a failing function can end in
 * `return kh_err_set(error, KH_ERR_IO, "cannot open %s: %s", path, strerror(errno))`. */
enum kh_err kh_err_set(struct kh_error *error, enum kh_err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
