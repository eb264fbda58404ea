/* The box on disk: what could betray somebody does not stay. */
#include "tests/unit/test.h"

#include "base/check.h"
#include "tests/unit/box/file.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BALLOTS = 8 };

static struct council council, twin;
static struct ballot ballots[BALLOTS];

static void copy_folder(const struct council *from, struct council *to)
{
    char path[128];
    size_t n;
    uint8_t *bytes = box_file_read(from, "box.db", &n);

    *to = *from;
    to->box = NULL;
    snprintf(to->folder, sizeof(to->folder), "/tmp/kyhop-box-XXXXXX");
    assert_non_null(mkdtemp(to->folder));
    box_file_path(to, "box.db", path);
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
    free(bytes);
}

static bool files_are_same(const char *name)
{
    size_t n, m;
    uint8_t *a = box_file_read(&council, name, &n), *b = box_file_read(&twin, name, &m);
    bool is_same = n == m && (n == 0 || memcmp(a, b, n) == 0);

    free(a);
    free(b);
    return is_same;
}

static void twins_cast(unsigned subjects)
{
    council_make(&council, 1, 1);
    council_ask(&council, subjects, 3, 0, 1);
    council_open_box(&council);
    council_ballots(&council, ballots, BALLOTS);
    kh_box_close(council.box);
    council.box = NULL;
    copy_folder(&council, &twin);
    council_reopen(&council);
    council_reopen(&twin);
    for (unsigned i = 0; i < BALLOTS; i++) {
        assert_int_equal(council_cast(&council, &ballots[i]), KH_BOX_TAKEN);
        assert_int_equal(council_cast(&twin, &ballots[(i * 5 + 3) % BALLOTS]), KH_BOX_TAKEN);
    }
}

static void seal_both(void)
{
    council_seal(&council);
    council_seal(&twin);
    assert_string_equal(council.vote.hash, twin.vote.hash);
}

/* Two boxes with one secret take the same ballots in different orders. Before the seal the files
 * betray it; after it they are the same to the last byte, so nothing in them can tell the order. */
TEST(a_sealed_file_does_not_tell_in_which_order_ballots_came)
{
    static const unsigned subjects[] = { 1, 12 }; /* in a page, and on overflow pages */

    for (unsigned i = 0; i < KH_COUNT(subjects); i++) {
        twins_cast(subjects[i]);
        assert_false(files_are_same("box.db"));
        seal_both();
        assert_true(files_are_same("box.db"));
        assert_true(files_are_same("box.db-journal"));
        council_close(&council);
        council_close(&twin);
    }
}

static int by_serial(const void *a, const void *b)
{
    return memcmp(((const struct ballot *)a)->serial, ((const struct ballot *)b)->serial, 32);
}

TEST(each_serial_is_once_in_the_sealed_file_and_never_in_its_journal)
{
    council_make(&council, 1, 1);
    council_ask(&council, 1, 3, 0, 1);
    council_open_box(&council);
    council_ballots(&council, ballots, BALLOTS);
    for (unsigned i = 0; i < BALLOTS; i++)
        assert_int_equal(council_cast(&council, &ballots[i]), KH_BOX_TAKEN);
    council_seal(&council);
    for (unsigned i = 0; i < BALLOTS; i++) {
        assert_int_equal(box_file_find(&council, "box.db", ballots[i].serial, 32, NULL), 1);
        assert_int_equal(box_file_find(&council, "box.db-journal", ballots[i].serial, 32, NULL), 0);
        assert_int_equal(box_file_find(&council, "box.db-journal", ballots[i].token, 16, NULL), 0);
    }
    council_close(&council);
}

/* What one leaf page holds lies there in the order of the serials, from its end down. */
TEST(rows_lie_in_the_order_of_their_serials)
{
    size_t before = SIZE_MAX, where = 0;

    council_make(&council, 1, 1);
    council_ask(&council, 1, 1, 0, 1);
    council_open_box(&council);
    council_ballots(&council, ballots, 6); /* of 320 bytes and 100 besides: one page */
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(council_cast(&council, &ballots[i]), KH_BOX_TAKEN);
    council_seal(&council);
    qsort(ballots, 6, sizeof(ballots[0]), by_serial);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(box_file_find(&council, "box.db", ballots[i].serial, 32, &where), 1);
        assert_true(where < before);
        before = where;
    }
    council_close(&council);
}

static int count_column(void *user, int n, char **values, char **names)
{
    (void)n, (void)names;
    strcat(user, values[1]);
    strcat(user, " ");
    return 0;
}

TEST(entries_have_no_place_for_a_name_or_a_time)
{
    char path[128], columns[256] = "";
    sqlite3 *db;

    council_make(&council, 1, 1);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    council_seal(&council);
    kh_box_close(council.box);
    council.box = NULL;
    box_file_path(&council, "box.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA table_info(entry)", count_column, columns, NULL);
    assert_string_equal(columns, "council vote serial token ballot ");
    assert_int_equal(sqlite3_exec(db, "SELECT rowid FROM entry", NULL, NULL, NULL), SQLITE_ERROR);
    sqlite3_close(db);
    council_close(&council);
}

/* As if the process had died between the seal's commit and the rewriting. */
TEST(a_file_that_was_not_written_anew_is_at_the_next_opening)
{
    twins_cast(1);
    seal_both();
    kh_box_close(council.box);
    council.box = NULL;
    box_file_sql(&council, "PRAGMA secure_delete = OFF;"
                           "INSERT INTO unclean (id) VALUES (1);"
                           "CREATE TABLE junk AS SELECT * FROM entry ORDER BY token;"
                           "DROP TABLE junk;");
    assert_true(box_file_find(&council, "box.db", ballots[0].serial, 32, NULL) > 1); /* the junk */
    council_reopen(&council);
    for (unsigned i = 0; i < BALLOTS; i++)
        assert_int_equal(box_file_find(&council, "box.db", ballots[i].serial, 32, NULL), 1);
    council_close(&council);
    council_close(&twin);
}

static void kill_in_seal(const struct council *of, long after_us)
{
    const struct timespec pause_time = { 0, after_us * 1000 };
    struct kh_box_sealed sealed;
    struct kh_box *box = NULL;
    int status, go[2];
    char byte;

    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    if (child == 0) {
        if (kh_box_open(of->folder, &box, NULL) || write(go[1], "+", 1) != 1)
            _exit(1);
        _exit(kh_box_seal(box, &of->vote, &sealed, NULL) != KH_OK);
    }
    assert_int_equal(read(go[0], &byte, 1), 1);
    nanosleep(&pause_time, NULL);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    close(go[0]);
    close(go[1]);
}

/* Wherever the process is killed in the seal, nothing is lost, and in the end nothing is told. */
TEST(a_seal_that_was_killed_is_made_again_with_the_same_outcome)
{
    twins_cast(12);
    council_seal(&council);
    kh_box_close(twin.box);
    for (long after_us = 0; after_us < 15000; after_us += 3000) {
        struct council tried;
        copy_folder(&twin, &tried);
        kill_in_seal(&tried, after_us);
        assert_int_equal(kh_box_open(tried.folder, &tried.box, NULL), KH_OK);
        assert_int_equal(kh_box_number(tried.box, "xa-demo", 7), BALLOTS);
        council_seal(&tried);
        assert_string_equal(tried.vote.hash, council.vote.hash);
        for (unsigned i = 0; i < BALLOTS; i++) {
            assert_int_equal(box_file_find(&tried, "box.db", ballots[i].serial, 32, NULL), 1);
            assert_int_equal(box_file_find(&tried, "box.db-journal", ballots[i].serial, 32, NULL),
                             0);
        }
        council_close(&tried);
    }
    twin.box = NULL;
    council_close(&twin);
    council_close(&council);
}

TEST(a_cancelled_vote_leaves_nothing_of_its_ballots)
{
    council_make(&council, 1, 1);
    council_ask(&council, 1, 3, 0, 1);
    council_open_box(&council);
    council_ballots(&council, ballots, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(council_cast(&council, &ballots[i]), KH_BOX_TAKEN);
    assert_int_equal(kh_box_remove(council.box, "xa-demo", 7, NULL), KH_OK);
    assert_int_equal(kh_box_number(council.box, "xa-demo", 7), 0);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(box_file_find(&council, "box.db", ballots[i].serial, 16, NULL), 0);
        assert_int_equal(box_file_find(&council, "box.db-journal", ballots[i].serial, 16, NULL), 0);
    }
    assert_int_equal(kh_box_remove(council.box, "xa-demo", 7, NULL), KH_OK);
    council_close(&council);
}

int main(void)
{
    return kh_run_tests(CASE(a_sealed_file_does_not_tell_in_which_order_ballots_came),
                        CASE(each_serial_is_once_in_the_sealed_file_and_never_in_its_journal),
                        CASE(rows_lie_in_the_order_of_their_serials),
                        CASE(entries_have_no_place_for_a_name_or_a_time),
                        CASE(a_file_that_was_not_written_anew_is_at_the_next_opening),
                        CASE(a_seal_that_was_killed_is_made_again_with_the_same_outcome),
                        CASE(a_cancelled_vote_leaves_nothing_of_its_ballots));
}
