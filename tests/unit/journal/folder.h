/* folder.h - a data directory of a test's own, and the short ways to fill and damage it.
 *
 * One thread. Owns the directory from make to remove; failures fail the running test. */
#ifndef KH_TESTS_UNIT_JOURNAL_FOLDER_H
#define KH_TESTS_UNIT_JOURNAL_FOLDER_H

#include "journal/journal.h"
#include "tests/unit/test.h"

#include <stdbool.h>
#include <stdint.h>

struct folder {
    char path[64];
};

/* cmocka setup and teardown: *state is a struct folder. */
int folder_make(void **state);
int folder_remove(void **state);

/* A test that gets a directory of its own, as `path`. */
#define FOLDER_CASE(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)
#define PATH(state)       (((struct folder *)*(state))->path)

struct kh_journal *open_journal(const char *path);
struct kh_journal *open_readonly(const char *path);

/* An entry of @council with a body that tells its seq. */
enum kh_err append(struct kh_journal *journal, const char *council, uint64_t seq,
                   struct kh_error *error);

/* A batch of the @n entries after @last. */
void append_batch(struct kh_journal *journal, const char *council, uint64_t last, unsigned n);

uint64_t last_of(struct kh_journal *journal, const char *council);

/* Verify everything; the number of entries. */
uint64_t verified(struct kh_journal *journal);

/* Run @sql with the triggers gone, as somebody does who means it. */
void tamper(const char *path, const char *sql);

/* Copy kyhop.db, kyhop.db-wal and kyhop.db-shm as far as they exist. */
void copy_files(const char *from, const char *to);

#endif
