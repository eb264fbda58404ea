#include "procedure/skeleton.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const files[] = { "procedure.lua", "README.md", "sittings/first.sitting" };

enum { PATH_BYTES = 1024 };

/* Every NAME of the skeleton becomes the new name. */
static void copy_line(const char *line, const char *name, FILE *to)
{
    for (;;) {
        const char *at = strstr(line, "NAME");
        if (!at)
            break;
        fwrite(line, 1, (size_t)(at - line), to);
        fputs(name, to);
        line = at + strlen("NAME");
    }
    fputs(line, to);
}

static enum kh_err copy_file(const char *from_path, const char *to_path, const char *name,
                             struct kh_error *error)
{
    FILE *from = fopen(from_path, "re"), *to = from ? fopen(to_path, "wxe") : NULL;
    char *line = NULL;
    size_t size = 0;
    enum kh_err err = KH_OK;

    if (!from)
        err = kh_err_set(error, KH_ERR_NOT_FOUND, "%s: %s", from_path, strerror(errno));
    else if (!to)
        err = kh_err_set(error, KH_ERR_IO, "%s: %s", to_path, strerror(errno));
    while (!err && getline(&line, &size, from) >= 0)
        copy_line(line, name, to);
    if (to && (ferror(to) | fclose(to)))
        err = kh_err_set(error, KH_ERR_IO, "%s: cannot be written", to_path);
    if (from)
        fclose(from);
    free(line);
    return err;
}

static enum kh_err make_folder(const char *path, struct kh_error *error)
{
    if (mkdir(path, 0777) == 0)
        return KH_OK;
    return kh_err_set(error, errno == EEXIST ? KH_ERR_BUSY : KH_ERR_IO, "%s: %s", path,
                      strerror(errno));
}

enum kh_err kh_skeleton_copy(const char *plugins_dir, const char *name, struct kh_error *error)
{
    char from[PATH_BYTES], to[PATH_BYTES];
    size_t bytes = strlen(name);
    enum kh_err err;

    if (bytes == 0 || bytes > 60 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != bytes)
        return kh_err_set(error, KH_ERR_INVALID, "'%s': a name of a-z, 0-9 and - is wanted", name);
    snprintf(to, sizeof(to), "%s/%s", plugins_dir, name);
    err = make_folder(to, error);
    if (!err) {
        snprintf(to, sizeof(to), "%s/%s/sittings", plugins_dir, name);
        err = make_folder(to, error);
    }
    for (size_t i = 0; !err && i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(from, sizeof(from), "%s/skeleton/%s", plugins_dir, files[i]);
        snprintf(to, sizeof(to), "%s/%s/%s", plugins_dir, name, files[i]);
        err = copy_file(from, to, name, error);
    }
    return err;
}
