#include "tests/unit/box/file.h"

#include "tests/unit/test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void box_file_path(const struct council *of, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", of->folder, name);
}

uint8_t *box_file_read(const struct council *of, const char *name, size_t *n)
{
    char path[128];

    box_file_path(of, name, path);
    FILE *file = fopen(path, "rb");
    *n = 0;
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    uint8_t *bytes = malloc(size + 1);
    rewind(file);
    assert_non_null(bytes);
    *n = fread(bytes, 1, size, file);
    assert_int_equal(*n, size);
    fclose(file);
    return bytes;
}

unsigned box_file_find(const struct council *of, const char *name, const void *what, size_t n_what,
                       size_t *where)
{
    size_t n;
    uint8_t *bytes = box_file_read(of, name, &n);
    unsigned found = 0;

    for (size_t i = 0; i + n_what <= n; i++) {
        if (memcmp(bytes + i, what, n_what) == 0) {
            found++;
            if (where)
                *where = i;
        }
    }
    free(bytes);
    return found;
}

void box_file_sql(const struct council *of, const char *sql)
{
    char path[128];
    sqlite3 *db;

    box_file_path(of, "box.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

void council_reopen(struct council *of)
{
    struct kh_error error;

    kh_box_close(of->box);
    of->box = NULL;
    if (kh_box_open(of->folder, &of->box, &error))
        fail_msg("%s", error.text);
}

void council_ballots(const struct council *council, struct ballot ballots[], unsigned n)
{
    int values[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX] = { 0 };

    for (unsigned i = 0; i < n; i++) {
        council_paper(council, &ballots[i]);
        council_mark(council, &ballots[i], values);
    }
}
