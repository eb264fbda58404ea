#include "journal/place.h"

#include "sql/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum kh_err kh_place_join(char path[PATH_MAX], const char *directory, const char *name,
                          struct kh_error *error)
{
    int n = snprintf(path, PATH_MAX, "%s/%s", directory, name);

    return n > 0 && n < PATH_MAX
               ? KH_OK
               : kh_err_set(error, KH_ERR_INVALID, "the data directory's path is too long");
}

enum kh_err kh_place_fail(const char *path, int why, struct kh_error *error)
{
    enum kh_err code = why == ENOENT || why == ENOTDIR ? KH_ERR_NOT_FOUND
                       : kh_sql_is_full(why)           ? KH_ERR_FULL
                                                       : KH_ERR_IO;
    return kh_err_set(error, code, "cannot open %s: %s%s", path, strerror(why),
                      code == KH_ERR_NOT_FOUND ? "; make the data directory first" : "");
}

static enum kh_err refuse_lock(const char *directory, int why, struct kh_error *error)
{
    if (why != EWOULDBLOCK)
        return kh_err_set(error, KH_ERR_IO, "cannot lock the journal in %s: %s", directory,
                          strerror(why));
    return kh_err_set(error, KH_ERR_BUSY,
                      "another kyhop writes the journal in %s; stop it, or set another data "
                      "directory",
                      directory);
}

/* A lock of its own on a file of its own: closing any descriptor of kyhop.db in this process would
 * drop SQLite's locks on it. The kernel drops this one with the process, also after kill -9. */
enum kh_err kh_place_lock(const char *directory, int *lock_fd, struct kh_error *error)
{
    char path[PATH_MAX];
    enum kh_err err = kh_place_join(path, directory, "kyhop.lock", error);
    int fd;

    if (err)
        return err;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return kh_place_fail(path, errno, error);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *lock_fd = fd;
        return KH_OK;
    }
    err = refuse_lock(directory, errno, error);
    close(fd);
    return err;
}

/* SQLite would let everybody read what it makes. The log and its index take the file's mode. Only a
 * file that is new is opened here: closing one that SQLite has open drops its locks. */
enum kh_err kh_place_make_file(const char *path, struct kh_error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

    if (fd < 0)
        return errno == EEXIST ? KH_OK : kh_place_fail(path, errno, error);
    close(fd);
    return KH_OK;
}

/* The directory's entries of new files are as durable as the files. */
enum kh_err kh_place_sync(const char *directory, struct kh_error *error)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) < 0 ? errno : 0;

    if (fd >= 0)
        close(fd);
    return failed ? kh_place_fail(directory, failed, error) : KH_OK;
}
