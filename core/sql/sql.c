#include "sql/sql.h"

#include <errno.h>
#include <string.h>

bool kh_sql_is_full(int sys_errno)
{
    return sys_errno == ENOSPC || sys_errno == EDQUOT || sys_errno == EFBIG || sys_errno == EROFS;
}

static enum kh_err code_of(int rc, int sys_errno)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
    case SQLITE_READONLY:
        return KH_ERR_FULL;
    case SQLITE_IOERR:
        if (rc == SQLITE_IOERR_NOMEM)
            return KH_ERR_NOMEM;
        return rc == SQLITE_IOERR_SHMSIZE || kh_sql_is_full(sys_errno) ? KH_ERR_FULL : KH_ERR_IO;
    case SQLITE_CANTOPEN:
        return kh_sql_is_full(sys_errno) ? KH_ERR_FULL : KH_ERR_IO;
    case SQLITE_NOMEM:
        return KH_ERR_NOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return KH_ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT: /* rows that do not fit each other */
    case SQLITE_ERROR:      /* a table is missing */
        return KH_ERR_CORRUPT;
    default:
        return KH_ERR_IO;
    }
}

static const char *advice_for(enum kh_err code, const struct kh_sql_advice *advice)
{
    const char *text = NULL;

    if (code == KH_ERR_FULL)
        return "; free space on this file system, or make it writable";
    if (advice && code == KH_ERR_BUSY)
        text = advice->busy;
    else if (advice && code == KH_ERR_CORRUPT)
        text = advice->corrupt;
    return text ? text : "";
}

enum kh_err kh_sql_fail(sqlite3 *db, const char *what, const struct kh_sql_advice *advice,
                        struct kh_error *error)
{
    int last_errno = errno;
    int rc = sqlite3_extended_errcode(db);
    int sys_errno = last_errno ? last_errno : sqlite3_system_errno(db);
    bool is_system = sys_errno && ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN);
    enum kh_err code = code_of(rc, sys_errno);

    return kh_err_set(error, code, "%s: %s%s%s%s", what, sqlite3_errmsg(db), is_system ? ": " : "",
                      is_system ? strerror(sys_errno) : "", advice_for(code, advice));
}
