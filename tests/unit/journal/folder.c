#include "tests/unit/journal/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int folder_make(void **state)
{
    struct folder *folder = calloc(1, sizeof(*folder));

    assert_non_null(folder);
    snprintf(folder->path, sizeof(folder->path), "/tmp/kyhop-journal-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    *state = folder;
    return 0;
}

int folder_remove(void **state)
{
    struct folder *folder = *state;
    DIR *dir = opendir(folder->path);

    for (struct dirent *entry; dir && (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(folder->path);
    free(folder);
    return 0;
}

struct kh_journal *open_journal(const char *path)
{
    struct kh_journal *journal = NULL;
    struct kh_error error = { 0 };

    if (kh_journal_open(path, &journal, &error))
        fail_msg("%s", error.text);
    return journal;
}

struct kh_journal *open_readonly(const char *path)
{
    struct kh_journal *journal = NULL;
    struct kh_error error = { 0 };

    if (kh_journal_open_readonly(path, &journal, &error))
        fail_msg("%s", error.text);
    return journal;
}

enum kh_err append(struct kh_journal *journal, const char *council, uint64_t seq,
                   struct kh_error *error)
{
    char body[64];
    struct kh_entry entry = { .seq = seq,
                              .at_ms = 1657670400000 + (int64_t)seq,
                              .type = "floor.requested",
                              .actor = "d7",
                              .body = body };

    snprintf(body, sizeof(body), "{\"request\":%llu}", (unsigned long long)seq);
    return kh_journal_append(journal, council, &entry, error);
}

void append_batch(struct kh_journal *journal, const char *council, uint64_t last, unsigned n)
{
    struct kh_error error = { 0 };
    enum kh_err err = kh_journal_begin(journal, &error);

    for (unsigned i = 1; !err && i <= n; i++)
        err = append(journal, council, last + i, &error);
    if (!err)
        err = kh_journal_commit(journal, &error);
    if (err)
        fail_msg("%s", error.text);
}

uint64_t last_of(struct kh_journal *journal, const char *council)
{
    struct kh_error error = { 0 };
    uint64_t seq = 0;

    if (kh_journal_last(journal, council, &seq, &error))
        fail_msg("%s", error.text);
    return seq;
}

uint64_t verified(struct kh_journal *journal)
{
    struct kh_error error = { 0 };
    uint64_t entries = 0;

    if (kh_journal_verify(journal, NULL, &entries, &error))
        fail_msg("%s", error.text);
    return entries;
}

void tamper(const char *path, const char *sql)
{
    static const char drop[] =
        "DROP TRIGGER IF EXISTS journal_update; DROP TRIGGER IF EXISTS journal_delete;"
        "DROP TRIGGER IF EXISTS journal_insert; DROP TRIGGER IF EXISTS head_update;"
        "DROP TRIGGER IF EXISTS head_delete;";
    char file[PATH_MAX];
    sqlite3 *db = NULL;

    snprintf(file, sizeof(file), "%s/kyhop.db", path);
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, drop, NULL, NULL, NULL), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void copy_file(const char *from, const char *to)
{
    char buffer[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    for (ssize_t n; in >= 0 && (n = read(in, buffer, sizeof(buffer))) > 0;)
        assert_int_equal(write(out, buffer, (size_t)n), n);
    if (in >= 0) {
        close(in);
        close(out);
    }
}

void copy_files(const char *from, const char *to)
{
    static const char *const names[] = { "kyhop.db", "kyhop.db-wal", "kyhop.db-shm" };
    char a[PATH_MAX], b[PATH_MAX];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(a, sizeof(a), "%s/%s", from, names[i]);
        snprintf(b, sizeof(b), "%s/%s", to, names[i]);
        copy_file(a, b);
    }
}
