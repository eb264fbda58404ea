/* The box on disk: what was answered stays, what could betray somebody does not. */
#include "tests/unit/test.h"

#include "base/check.h"
#include "tests/unit/box/council.h"

#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BALLOTS = 8 };

static struct council council, twin;
static struct ballot ballots[BALLOTS];

static void path_of(const struct council *of, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", of->folder, name);
}

/* The whole file in memory; the caller frees it. Empty when it is not there. */
static uint8_t *read_all(const struct council *of, const char *name, size_t *n)
{
    char path[128];

    path_of(of, name, path);
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

/* How often @what is in a file, and where it is last. */
static unsigned find(const struct council *of, const char *name, const void *what, size_t n_what,
                     size_t *where)
{
    size_t n;
    uint8_t *bytes = read_all(of, name, &n);
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

static void run_sql(const struct council *of, const char *sql)
{
    char path[128];
    sqlite3 *db;

    path_of(of, "box.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void reopen(struct council *of)
{
    struct kh_error error;

    kh_box_close(of->box);
    of->box = NULL;
    if (kh_box_open(of->folder, &of->box, &error))
        fail_msg("%s", error.text);
}

static void make_ballots(unsigned n)
{
    int values[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX] = { 0 };

    for (unsigned i = 0; i < n; i++) {
        council_paper(&council, &ballots[i]);
        council_mark(&council, &ballots[i], values);
    }
}

/* The child tells each answer through a pipe, and is killed while it casts on. */
TEST(what_was_answered_survives_kill_9)
{
    int pipe_fds[2], status;
    char answer;

    council_make(&council, 1, 1);
    council_ask(&council, 1, 3, 0, 1);
    council_open_box(&council);
    make_ballots(6);
    kh_box_close(council.box);
    council.box = NULL;
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t child = fork();
    if (child == 0) {
        if (kh_box_open(council.folder, &council.box, NULL))
            _exit(1);
        for (unsigned i = 0; i < 6; i++)
            if (council_cast(&council, &ballots[i]) != KH_BOX_TAKEN ||
                write(pipe_fds[1], "+", 1) != 1)
                _exit(1);
        pause();
    }
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(read(pipe_fds[0], &answer, 1), 1);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    close(pipe_fds[1]);
    unsigned answered = 3;
    while (read(pipe_fds[0], &answer, 1) == 1)
        answered++;
    close(pipe_fds[0]);
    assert_int_equal(kh_box_open(council.folder, &council.box, NULL), KH_OK);
    assert_in_range(kh_box_number(council.box, "xa-demo", 7), answered, 6);
    for (unsigned i = 0; i < answered; i++)
        assert_int_equal(council_cast(&council, &ballots[i]), KH_BOX_REPEATED);
    council_close(&council);
}

TEST(a_process_that_dies_between_cast_and_answer_has_cast)
{
    int status;

    council_make(&council, 1, 1);
    council_ask(&council, 1, 3, 0, 1);
    council_open_box(&council);
    make_ballots(1);
    kh_box_close(council.box);
    pid_t child = fork();
    if (child == 0) {
        if (kh_box_open(council.folder, &council.box, NULL) ||
            council_cast(&council, &ballots[0]) != KH_BOX_TAKEN)
            _exit(1);
        _exit(7);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
    council.box = NULL;
    assert_int_equal(kh_box_open(council.folder, &council.box, NULL), KH_OK);
    assert_int_equal(council_cast(&council, &ballots[0]), KH_BOX_REPEATED);
    council_close(&council);
}

TEST(two_seals_tell_the_same_also_after_a_restart)
{
    struct kh_box_sealed first, again;

    council_make(&council, 1, 1);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    council_vote(&council, (const int[]){ 0, 1, 0 }, NULL);
    assert_int_equal(kh_box_seal(council.box, &council.vote, &first, NULL), KH_OK);
    assert_int_equal(first.number, 2);
    assert_int_equal(strlen(first.hash), 64);
    assert_int_equal(kh_box_seal(council.box, &council.vote, &again, NULL), KH_OK);
    assert_memory_equal(&first, &again, sizeof(first));
    reopen(&council);
    assert_int_equal(kh_box_seal(council.box, &council.vote, &again, NULL), KH_OK);
    assert_memory_equal(&first, &again, sizeof(first));
    council_close(&council);
}

/* The hash of the README, put together by hand from the published entries. */
TEST(the_hash_is_over_the_entries_in_the_order_of_their_serials)
{
    crypto_hash_sha256_state sha;
    uint8_t bytes[3 * 192 + 64], hash[32];
    char hex[65];
    size_t i;
    json_t *entry;

    council_make(&council, 1, 1);
    council_open_box(&council);
    for (unsigned n = 0; n < 3; n++)
        council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    council_seal(&council);
    json_t *box = council_publish(&council);
    crypto_hash_sha256_init(&sha);
    crypto_hash_sha256_update(&sha, (const uint8_t *)"kyhop-box-v1\7\0\0\0xa-demo\7\0\0\0\3\0\0\0",
                              31);
    json_array_foreach(json_object_get(box, "entries"), i, entry)
    {
        static const struct {
            const char *field;
            size_t n;
        } parts[] = { { "serial", 32 }, { "token", 64 }, { "ballot", sizeof(bytes) } };
        for (unsigned p = 0; p < 3; p++) {
            const char *text = json_string_value(json_object_get(entry, parts[p].field));
            assert_true(kh_text_to_bytes(text, bytes, parts[p].n));
            crypto_hash_sha256_update(&sha, bytes, parts[p].n);
        }
    }
    crypto_hash_sha256_final(&sha, hash);
    sodium_bin2hex(hex, sizeof(hex), hash, 32);
    assert_string_equal(hex, council.vote.hash);
    json_decref(box);
    council_close(&council);
}

static void copy_folder(const struct council *from, struct council *to)
{
    char path[128];
    size_t n;
    uint8_t *bytes = read_all(from, "box.db", &n);

    *to = *from;
    to->box = NULL;
    snprintf(to->folder, sizeof(to->folder), "/tmp/kyhop-box-XXXXXX");
    assert_non_null(mkdtemp(to->folder));
    path_of(to, "box.db", path);
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
    free(bytes);
}

static bool files_are_same(const char *name)
{
    size_t n, m;
    uint8_t *a = read_all(&council, name, &n), *b = read_all(&twin, name, &m);
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
    make_ballots(BALLOTS);
    kh_box_close(council.box);
    council.box = NULL;
    copy_folder(&council, &twin);
    reopen(&council);
    reopen(&twin);
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
    make_ballots(BALLOTS);
    for (unsigned i = 0; i < BALLOTS; i++)
        assert_int_equal(council_cast(&council, &ballots[i]), KH_BOX_TAKEN);
    council_seal(&council);
    for (unsigned i = 0; i < BALLOTS; i++) {
        assert_int_equal(find(&council, "box.db", ballots[i].serial, 32, NULL), 1);
        assert_int_equal(find(&council, "box.db-journal", ballots[i].serial, 32, NULL), 0);
        assert_int_equal(find(&council, "box.db-journal", ballots[i].token, 16, NULL), 0);
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
    make_ballots(6); /* of 320 bytes and 100 besides: one page */
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(council_cast(&council, &ballots[i]), KH_BOX_TAKEN);
    council_seal(&council);
    qsort(ballots, 6, sizeof(ballots[0]), by_serial);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(find(&council, "box.db", ballots[i].serial, 32, &where), 1);
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
    path_of(&council, "box.db", path);
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
    run_sql(&council, "PRAGMA secure_delete = OFF;"
                      "INSERT INTO unclean (id) VALUES (1);"
                      "CREATE TABLE junk AS SELECT * FROM entry ORDER BY token;"
                      "DROP TABLE junk;");
    assert_true(find(&council, "box.db", ballots[0].serial, 32, NULL) > 1); /* the junk */
    reopen(&council);
    for (unsigned i = 0; i < BALLOTS; i++)
        assert_int_equal(find(&council, "box.db", ballots[i].serial, 32, NULL), 1);
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
            assert_int_equal(find(&tried, "box.db", ballots[i].serial, 32, NULL), 1);
            assert_int_equal(find(&tried, "box.db-journal", ballots[i].serial, 32, NULL), 0);
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
    make_ballots(3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(council_cast(&council, &ballots[i]), KH_BOX_TAKEN);
    assert_int_equal(kh_box_remove(council.box, "xa-demo", 7, NULL), KH_OK);
    assert_int_equal(kh_box_number(council.box, "xa-demo", 7), 0);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(find(&council, "box.db", ballots[i].serial, 16, NULL), 0);
        assert_int_equal(find(&council, "box.db-journal", ballots[i].serial, 16, NULL), 0);
    }
    assert_int_equal(kh_box_remove(council.box, "xa-demo", 7, NULL), KH_OK);
    council_close(&council);
}

TEST(votes_of_several_councils_do_not_touch_each_other)
{
    struct kh_box_sealed sealed;

    council_make(&council, 1, 1);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    snprintf(council.vote.council, sizeof(council.vote.council), "tinh-demo");
    council_vote(&council, (const int[]){ 0, 1, 0 }, NULL);
    council_vote(&council, (const int[]){ 0, 1, 0 }, NULL);
    assert_int_equal(kh_box_seal(council.box, &council.vote, &sealed, NULL), KH_OK);
    assert_int_equal(sealed.number, 2);
    snprintf(council.vote.council, sizeof(council.vote.council), "xa-demo");
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    assert_int_equal(kh_box_number(council.box, "xa-demo", 7), 2);
    council_close(&council);
}

TEST(only_the_server_reads_the_file_and_only_one_of_them)
{
    struct kh_box *second = NULL;
    struct kh_error error;
    struct stat about;
    char path[128];

    council_make(&council, 1, 1);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    path_of(&council, "box.db", path);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    path_of(&council, "box.db-journal", path);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(kh_box_open(council.folder, &second, &error), KH_ERR_BUSY);
    assert_non_null(strstr(error.text, "another kyhop"));
    reopen(&council); /* nothing is written this time */
    assert_int_equal(kh_box_open(council.folder, &second, &error), KH_ERR_BUSY);
    council_close(&council);
}

/* Files may not grow over @bytes; 0: as before. */
static void limit_files(rlim_t bytes)
{
    static struct rlimit all;
    struct rlimit little;

    signal(SIGXFSZ, SIG_IGN);
    if (bytes)
        getrlimit(RLIMIT_FSIZE, &all);
    little = (struct rlimit){ bytes ? bytes : all.rlim_cur, all.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
}

TEST(a_ballot_that_found_no_room_may_be_cast_again)
{
    const struct kh_box_post post = { ballots[0].serial_text, ballots[0].token_text,
                                      ballots[0].text };
    struct kh_error error;

    council_make(&council, 1, 1);
    council_ask(&council, 12, 3, 0, 1);
    council_open_box(&council);
    make_ballots(1);
    limit_files(4096);
    enum kh_box_verdict verdict = kh_box_cast(council.box, &council.vote, &post, &error);
    limit_files(0);
    assert_int_equal(verdict, KH_BOX_FAILED);
    assert_int_equal(error.code, KH_ERR_FULL);
    assert_int_equal(council_cast(&council, &ballots[0]), KH_BOX_TAKEN);
    council_close(&council);
}

/* At the one size the seal itself has no room, at the other only the rewriting after it. */
TEST(a_seal_that_found_no_room_is_made_when_there_is_some)
{
    static const rlim_t sizes[] = { 512, 20480 };
    struct kh_box_sealed sealed;
    struct kh_error error;

    for (unsigned i = 0; i < KH_COUNT(sizes); i++) {
        council_make(&council, 1, 1);
        council_ask(&council, 12, 3, 0, 1);
        council_open_box(&council);
        make_ballots(4);
        for (unsigned b = 0; b < 4; b++)
            assert_int_equal(council_cast(&council, &ballots[b]), KH_BOX_TAKEN);
        limit_files(sizes[i]);
        enum kh_err err = kh_box_seal(council.box, &council.vote, &sealed, &error);
        limit_files(0);
        assert_int_equal(err, KH_ERR_FULL);
        assert_int_equal(kh_box_seal(council.box, &council.vote, &sealed, &error), KH_OK);
        assert_int_equal(sealed.number, 4);
        for (unsigned b = 0; b < 4; b++)
            assert_int_equal(find(&council, "box.db-journal", ballots[b].serial, 32, NULL), 0);
        council_close(&council);
    }
}

TEST(an_opening_that_was_changed_in_the_file_is_told)
{
    struct kh_box_counts counts;
    struct kh_error error;

    council_make(&council, 1, 1);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    council_seal(&council);
    assert_int_equal(council_unseal(&council, 1), KH_BOX_TAKEN);
    kh_box_close(council.box);
    council.box = NULL;
    run_sql(&council, "UPDATE opening SET opening = zeroblob(length(opening))");
    reopen(&council);
    assert_int_equal(kh_box_count(council.box, &council.vote, &council.committee, &counts, &error),
                     KH_ERR_CORRUPT);
    assert_non_null(strstr(error.text, "db01"));
    council_close(&council);
}

TEST(a_file_that_was_changed_is_not_counted)
{
    struct kh_box_counts counts;
    struct kh_error error;

    council_make(&council, 1, 1);
    council_open_box(&council);
    council_vote(&council, (const int[]){ 1, 0, 0 }, NULL);
    council_seal(&council);
    kh_box_close(council.box);
    council.box = NULL;
    run_sql(&council, "UPDATE entry SET ballot = zeroblob(length(ballot))");
    reopen(&council);
    assert_int_equal(kh_box_count(council.box, &council.vote, &council.committee, &counts, &error),
                     KH_ERR_CORRUPT);
    kh_box_close(council.box);
    council.box = NULL;
    run_sql(&council, "UPDATE entry SET ballot = x'00'");
    reopen(&council);
    assert_int_equal(kh_box_count(council.box, &council.vote, &council.committee, &counts, &error),
                     KH_ERR_CORRUPT);
    council_close(&council);
}

TEST(what_cannot_be_opened_is_told)
{
    struct kh_box *box = NULL;
    struct kh_error error;
    char path[128];

    assert_int_equal(kh_box_open("/tmp/kyhop-no-such-folder", &box, &error), KH_ERR_NOT_FOUND);
    council_make(&council, 1, 1);
    council_open_box(&council);
    kh_box_close(council.box);
    council.box = NULL;
    path_of(&council, "box.db", path);
    FILE *file = fopen(path, "wb");
    fputs("This is no database, and long enough to be seen as none of them, surely.", file);
    fclose(file);
    assert_int_equal(kh_box_open(council.folder, &box, &error), KH_ERR_CORRUPT);
    assert_null(box);
    council_close(&council);
}

int main(void)
{
    return kh_run_tests(CASE(what_was_answered_survives_kill_9),
                        CASE(a_process_that_dies_between_cast_and_answer_has_cast),
                        CASE(two_seals_tell_the_same_also_after_a_restart),
                        CASE(the_hash_is_over_the_entries_in_the_order_of_their_serials),
                        CASE(a_sealed_file_does_not_tell_in_which_order_ballots_came),
                        CASE(each_serial_is_once_in_the_sealed_file_and_never_in_its_journal),
                        CASE(rows_lie_in_the_order_of_their_serials),
                        CASE(entries_have_no_place_for_a_name_or_a_time),
                        CASE(a_file_that_was_not_written_anew_is_at_the_next_opening),
                        CASE(a_seal_that_was_killed_is_made_again_with_the_same_outcome),
                        CASE(a_cancelled_vote_leaves_nothing_of_its_ballots),
                        CASE(votes_of_several_councils_do_not_touch_each_other),
                        CASE(only_the_server_reads_the_file_and_only_one_of_them),
                        CASE(a_ballot_that_found_no_room_may_be_cast_again),
                        CASE(a_seal_that_found_no_room_is_made_when_there_is_some),
                        CASE(an_opening_that_was_changed_in_the_file_is_told),
                        CASE(a_file_that_was_changed_is_not_counted),
                        CASE(what_cannot_be_opened_is_told));
}
