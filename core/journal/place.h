/* place.h - the data directory: names, modes, the writer's lock, durability of new files.
 *
 * Internal to core/journal; any thread. Owns nothing. */
#ifndef KH_JOURNAL_PLACE_H
#define KH_JOURNAL_PLACE_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>

/* "@directory/@name"; KH_ERR_INVALID when it is too long. */
enum kh_err kh_place_join(char path[PATH_MAX], const char *directory, const char *name,
                          struct kh_error *error) KH_MUST_CHECK;

/* The failure of opening @path with errno @why: KH_ERR_NOT_FOUND, KH_ERR_FULL or KH_ERR_IO. */
enum kh_err kh_place_fail(const char *path, int why, struct kh_error *error);

/* Take the writer's lock of @directory; it lasts until @lock_fd is closed. KH_ERR_BUSY: another
 * process has it. Errors also as kh_place_fail(). */
enum kh_err kh_place_lock(const char *directory, int *lock_fd,
                          struct kh_error *error) KH_MUST_CHECK;

/* Make an empty file of mode 0640 (less the umask) unless there is one. As kh_place_fail(). */
enum kh_err kh_place_make_file(const char *path, struct kh_error *error) KH_MUST_CHECK;

/* fsync the directory. As kh_place_fail(). */
enum kh_err kh_place_sync(const char *directory, struct kh_error *error) KH_MUST_CHECK;

#endif
