/* The box on disk: what was answered stays. */
#include "tests/unit/test.h"

#include "base/check.h"
#include "tests/unit/box/file.h"

#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BALLOTS = 6 };

static struct council council;
static struct ballot ballots[BALLOTS];

/* The child tells each answer through a pipe, and is killed while it casts on. */
TEST(what_was_answered_survives_kill_9)
{
    int pipe_fds[2], status;
    char answer;

    council_make(&council, 1, 1);
    council_ask(&council, 1, 3, 0, 1);
    council_open_box(&council);
    council_ballots(&council, ballots, 6);
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
    council_ballots(&council, ballots, 1);
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
    council_reopen(&council);
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
    box_file_path(&council, "box.db", path);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    box_file_path(&council, "box.db-journal", path);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(kh_box_open(council.folder, &second, &error), KH_ERR_BUSY);
    assert_non_null(strstr(error.text, "another kyhop"));
    council_reopen(&council); /* nothing is written this time */
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
    council_ballots(&council, ballots, 1);
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
        council_ballots(&council, ballots, 4);
        for (unsigned b = 0; b < 4; b++)
            assert_int_equal(council_cast(&council, &ballots[b]), KH_BOX_TAKEN);
        limit_files(sizes[i]);
        enum kh_err err = kh_box_seal(council.box, &council.vote, &sealed, &error);
        limit_files(0);
        assert_int_equal(err, KH_ERR_FULL);
        assert_int_equal(kh_box_seal(council.box, &council.vote, &sealed, &error), KH_OK);
        assert_int_equal(sealed.number, 4);
        for (unsigned b = 0; b < 4; b++)
            assert_int_equal(box_file_find(&council, "box.db-journal", ballots[b].serial, 32, NULL),
                             0);
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
    box_file_sql(&council, "UPDATE opening SET opening = zeroblob(length(opening))");
    council_reopen(&council);
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
    box_file_sql(&council, "UPDATE entry SET ballot = zeroblob(length(ballot))");
    council_reopen(&council);
    assert_int_equal(kh_box_count(council.box, &council.vote, &council.committee, &counts, &error),
                     KH_ERR_CORRUPT);
    kh_box_close(council.box);
    council.box = NULL;
    box_file_sql(&council, "UPDATE entry SET ballot = x'00'");
    council_reopen(&council);
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
    box_file_path(&council, "box.db", path);
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
                        CASE(votes_of_several_councils_do_not_touch_each_other),
                        CASE(only_the_server_reads_the_file_and_only_one_of_them),
                        CASE(a_ballot_that_found_no_room_may_be_cast_again),
                        CASE(a_seal_that_found_no_room_is_made_when_there_is_some),
                        CASE(an_opening_that_was_changed_in_the_file_is_told),
                        CASE(a_file_that_was_changed_is_not_counted),
                        CASE(what_cannot_be_opened_is_told));
}
