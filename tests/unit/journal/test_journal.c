#include "journal/journal.h"

#include "base/check.h"
#include "tests/unit/journal/folder.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct seen {
    unsigned n;
    uint64_t first, last;
    unsigned stop_after;
    char body[64];
    int64_t at_ms;
};

static bool see(void *user, const struct kh_entry *entry)
{
    struct seen *seen = user;

    if (seen->n++ == 0)
        seen->first = entry->seq;
    seen->last = entry->seq;
    seen->at_ms = entry->at_ms;
    snprintf(seen->body, sizeof(seen->body), "%s|%s|%s", entry->type, entry->actor, entry->body);
    return seen->n != seen->stop_after;
}

static void read_from(struct kh_journal *journal, const char *council, uint64_t from,
                      struct seen *seen)
{
    struct kh_error error = { 0 };

    if (kh_journal_read(journal, council, from, see, seen, &error))
        fail_msg("%s", error.text);
}

TEST(a_new_journal_is_empty_and_verifies)
{
    struct kh_journal *journal = open_journal(PATH(state));

    assert_int_equal(last_of(journal, "a"), 0);
    assert_int_equal(verified(journal), 0);
    kh_journal_close(journal);
}

TEST(entries_come_back_as_they_were_written)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_entry entry = {
        .seq = 1, .at_ms = -5, .type = "notice", .actor = "", .body = "{\"text\":\"Kỳ họp\"}"
    };
    struct kh_error error = { 0 };
    struct seen seen = { 0 };

    assert_int_equal(kh_journal_begin(journal, &error), KH_OK);
    assert_int_equal(kh_journal_append(journal, "a", &entry, &error), KH_OK);
    assert_int_equal(kh_journal_commit(journal, &error), KH_OK);
    read_from(journal, "a", 0, &seen);
    assert_int_equal(seen.n, 1);
    assert_int_equal(seen.at_ms, -5);
    assert_string_equal(seen.body, "notice||{\"text\":\"Kỳ họp\"}");
    kh_journal_close(journal);
}

TEST(entries_survive_closing_and_opening)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct seen seen = { 0 };

    append_batch(journal, "a", 0, 5);
    kh_journal_close(journal);
    journal = open_journal(PATH(state));
    append_batch(journal, "a", 5, 2);
    read_from(journal, "a", 1, &seen);
    assert_int_equal(seen.n, 7);
    assert_int_equal(seen.last, 7);
    assert_int_equal(verified(journal), 7);
    kh_journal_close(journal);
}

TEST(reading_starts_where_it_is_told_and_stops_when_it_is_told)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct seen from_7 = { 0 }, stopped = { .stop_after = 3 }, beyond = { 0 };

    append_batch(journal, "a", 0, 10);
    read_from(journal, "a", 7, &from_7);
    assert_int_equal(from_7.n, 4);
    assert_int_equal(from_7.first, 7);
    read_from(journal, "a", 2, &stopped);
    assert_int_equal(stopped.n, 3);
    assert_int_equal(stopped.last, 4);
    read_from(journal, "a", 11, &beyond);
    read_from(journal, "a", UINT64_MAX, &beyond);
    assert_int_equal(beyond.n, 0);
    kh_journal_close(journal);
}

TEST(councils_have_numbers_and_chains_of_their_own)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct seen seen = { 0 };

    append_batch(journal, "a", 0, 3);
    append_batch(journal, "b", 0, 2);
    append_batch(journal, "a", 3, 1);
    assert_int_equal(last_of(journal, "a"), 4);
    assert_int_equal(last_of(journal, "b"), 2);
    read_from(journal, "b", 1, &seen);
    assert_int_equal(seen.n, 2);
    assert_int_equal(verified(journal), 6);
    kh_journal_close(journal);
}

TEST(nothing_of_a_batch_is_seen_before_the_commit)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_error error = { 0 };
    struct seen seen = { 0 };

    append_batch(journal, "a", 0, 2);
    assert_int_equal(kh_journal_begin(journal, &error), KH_OK);
    assert_int_equal(append(journal, "a", 3, &error), KH_OK);
    assert_int_equal(append(journal, "a", 4, &error), KH_OK);
    assert_int_equal(last_of(journal, "a"), 2);
    read_from(journal, "a", 1, &seen);
    assert_int_equal(seen.n, 2);
    assert_int_equal(kh_journal_commit(journal, &error), KH_OK);
    assert_int_equal(last_of(journal, "a"), 4);
    kh_journal_close(journal);
}

TEST(a_batch_rolled_back_leaves_nothing_and_may_be_rolled_back_twice)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_error error = { 0 };

    assert_int_equal(kh_journal_begin(journal, &error), KH_OK);
    assert_int_equal(append(journal, "a", 1, &error), KH_OK);
    kh_journal_rollback(journal);
    kh_journal_rollback(journal);
    assert_int_equal(last_of(journal, "a"), 0);
    append_batch(journal, "a", 0, 1);
    kh_journal_close(journal);
}

TEST(a_batch_open_at_close_is_lost)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_error error = { 0 };

    assert_int_equal(kh_journal_begin(journal, &error), KH_OK);
    assert_int_equal(append(journal, "a", 1, &error), KH_OK);
    kh_journal_close(journal);
    journal = open_journal(PATH(state));
    assert_int_equal(last_of(journal, "a"), 0);
    kh_journal_close(journal);
}

static void refuse(struct kh_journal *journal, const struct kh_entry *entry, const char *council)
{
    struct kh_error error = { 0 };

    assert_int_equal(kh_journal_begin(journal, &error), KH_OK);
    assert_int_equal(append(journal, "a", 3, &error), KH_OK);
    assert_int_equal(kh_journal_append(journal, council, entry, &error), KH_ERR_INVALID);
    assert_int_equal(error.code, KH_ERR_INVALID);
    assert_true(strlen(error.text) > 0);
    assert_int_equal(last_of(journal, "a"), 2);
}

TEST(an_entry_that_is_not_the_next_is_refused_and_the_batch_rolled_back)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_entry entry = { .type = "notice", .actor = "", .body = "{}" };
    static const uint64_t wrong[] = { 0, 1, 2, 3, 5, UINT64_MAX };

    append_batch(journal, "a", 0, 2);
    for (size_t i = 0; i < KH_COUNT(wrong); i++) {
        entry.seq = wrong[i];
        refuse(journal, &entry, "a");
    }
    entry.seq = 2;
    refuse(journal, &entry, "b");
    append_batch(journal, "a", 2, 1);
    assert_int_equal(verified(journal), 3);
    kh_journal_close(journal);
}

TEST(entries_longer_than_the_limits_are_refused)
{
    struct kh_journal *journal = open_journal(PATH(state));
    char word[KH_JOURNAL_WORD_MAX_BYTES + 2];
    char *body = malloc(KH_JOURNAL_BODY_MAX_BYTES + 2);
    struct kh_entry good = { .seq = 4, .type = "notice", .actor = "", .body = "{}" };
    struct kh_entry bad[] = { { .seq = 4, .type = "", .actor = "", .body = "{}" },
                              { .seq = 4, .type = word, .actor = "", .body = "{}" },
                              { .seq = 4, .type = "notice", .actor = word, .body = "{}" },
                              { .seq = 4, .type = "notice", .actor = "", .body = body } };

    assert_non_null(body);
    memset(word, 'w', sizeof(word));
    word[sizeof(word) - 1] = 0;
    memset(body, 'b', KH_JOURNAL_BODY_MAX_BYTES + 1);
    body[KH_JOURNAL_BODY_MAX_BYTES + 1] = 0;
    append_batch(journal, "a", 0, 2);
    refuse(journal, &good, "");
    refuse(journal, &good, word);
    for (size_t i = 0; i < KH_COUNT(bad); i++)
        refuse(journal, &bad[i], "a");
    free(body);
    kh_journal_close(journal);
}

TEST(an_entry_of_the_greatest_length_is_kept)
{
    struct kh_journal *journal = open_journal(PATH(state));
    char word[KH_JOURNAL_WORD_MAX_BYTES + 1];
    char *body = malloc(KH_JOURNAL_BODY_MAX_BYTES + 1);
    struct kh_entry entry = { .seq = 1, .type = word, .actor = word, .body = body };
    struct kh_error error = { 0 };

    assert_non_null(body);
    memset(word, 'w', sizeof(word));
    word[sizeof(word) - 1] = 0;
    memset(body, 'b', KH_JOURNAL_BODY_MAX_BYTES);
    body[KH_JOURNAL_BODY_MAX_BYTES] = 0;
    assert_int_equal(kh_journal_begin(journal, &error), KH_OK);
    assert_int_equal(kh_journal_append(journal, word, &entry, &error), KH_OK);
    assert_int_equal(kh_journal_commit(journal, &error), KH_OK);
    assert_int_equal(verified(journal), 1);
    free(body);
    kh_journal_close(journal);
}

static bool collect_heads(void *user, const struct kh_journal_head *head)
{
    char *text = user;
    char piece[64];

    snprintf(piece, sizeof(piece), "%s:%llu:%d ", head->council, (unsigned long long)head->seq,
             head->hash[0] != 0 || head->hash[1] != 0);
    strcat(text, piece);
    return true;
}

TEST(the_heads_name_every_council_with_its_newest_entry)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_error error = { 0 };
    char text[256] = "";

    append_batch(journal, "b", 0, 2);
    append_batch(journal, "a", 0, 3);
    assert_int_equal(kh_journal_heads(journal, collect_heads, text, &error), KH_OK);
    assert_string_equal(text, "a:3:1 b:2:1 ");
    kh_journal_close(journal);
}

/* What a second process gets; its exit code is the kh_err. */
static enum kh_err open_in_another_process(const char *path)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        struct kh_journal *journal = NULL;
        _exit((int)kh_journal_open(path, &journal, NULL));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return (enum kh_err)WEXITSTATUS(status);
}

TEST(others_on_the_machine_cannot_read_the_files)
{
    static const char *const names[] = { "kyhop.db", "kyhop.db-wal", "kyhop.db-shm", "kyhop.lock" };
    struct kh_journal *journal = open_journal(PATH(state));

    append_batch(journal, "a", 0, 1);
    for (size_t i = 0; i < KH_COUNT(names); i++) {
        char file[PATH_MAX];
        struct stat info;

        snprintf(file, sizeof(file), "%s/%s", PATH(state), names[i]);
        assert_int_equal(stat(file, &info), 0);
        assert_int_equal(info.st_mode & 0007, 0);
    }
    kh_journal_close(journal);
}

TEST(a_second_writer_is_told_that_the_journal_is_busy)
{
    struct kh_journal *journal = open_journal(PATH(state));

    assert_int_equal(open_in_another_process(PATH(state)), KH_ERR_BUSY);
    append_batch(journal, "a", 0, 1);
    kh_journal_close(journal);
    assert_int_equal(open_in_another_process(PATH(state)), KH_OK);
}

TEST(a_reader_beside_the_writer_sees_and_verifies_what_is_committed)
{
    struct kh_journal *writer = open_journal(PATH(state)), *reader;

    append_batch(writer, "a", 0, 3);
    reader = open_readonly(PATH(state));
    assert_int_equal(verified(reader), 3);
    append_batch(writer, "a", 3, 2);
    assert_int_equal(last_of(reader, "a"), 5);
    assert_int_equal(verified(reader), 5);
    kh_journal_close(writer);
    assert_int_equal(verified(reader), 5);
    kh_journal_close(reader);
}

static void expect_open_fails(const char *path, bool writes, enum kh_err code, const char *words)
{
    struct kh_journal *journal = NULL;
    struct kh_error error = { 0 };
    enum kh_err err = writes ? kh_journal_open(path, &journal, &error)
                             : kh_journal_open_readonly(path, &journal, &error);

    assert_int_equal(err, code);
    assert_int_equal(error.code, code);
    assert_null(journal);
    if (!strstr(error.text, words))
        fail_msg("expected \"%s\" in \"%s\"", words, error.text);
}

TEST(a_missing_directory_or_journal_is_named)
{
    expect_open_fails("/tmp/kyhop-no-such-directory", true, KH_ERR_NOT_FOUND,
                      "/tmp/kyhop-no-such-directory");
    expect_open_fails(PATH(state), false, KH_ERR_NOT_FOUND, "kyhop.db");
}

static void write_db(const char *path, const char *bytes, size_t n)
{
    char file[PATH_MAX];
    FILE *out;

    snprintf(file, sizeof(file), "%s/kyhop.db", path);
    out = fopen(file, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

TEST(a_file_that_is_no_database_is_refused)
{
    char text[8192];

    memset(text, 'x', sizeof(text));
    write_db(PATH(state), text, sizeof(text));
    expect_open_fails(PATH(state), true, KH_ERR_CORRUPT, "not a database");
    expect_open_fails(PATH(state), false, KH_ERR_CORRUPT, "not a database");
}

static void run_sql(const char *path, const char *sql, bool expect_success)
{
    char file[PATH_MAX];
    sqlite3 *db = NULL;
    int rc;

    snprintf(file, sizeof(file), "%s/kyhop.db", path);
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    assert_int_equal(rc, expect_success ? SQLITE_OK : SQLITE_CONSTRAINT);
}

TEST(a_foreign_database_is_refused)
{
    run_sql(PATH(state), "CREATE TABLE other (x)", true);
    expect_open_fails(PATH(state), true, KH_ERR_CORRUPT, "not a journal");
}

TEST(a_newer_format_is_refused_by_its_number)
{
    kh_journal_close(open_journal(PATH(state)));
    run_sql(PATH(state), "PRAGMA user_version = 2", true);
    expect_open_fails(PATH(state), true, KH_ERR_CORRUPT, "format 2");
    expect_open_fails(PATH(state), false, KH_ERR_CORRUPT, "format 2");
}

TEST(a_database_tool_cannot_change_the_past_by_accident)
{
    static const char *const attempts[] = {
        "UPDATE journal SET body = '{}' WHERE seq = 2",
        "DELETE FROM journal WHERE seq = 3",
        "DELETE FROM journal",
        "REPLACE INTO journal SELECT council, seq, at_ms, type, actor, '{}', hash FROM journal"
        " WHERE seq = 2",
        "INSERT INTO journal SELECT council, 9, at_ms, type, actor, body, hash FROM journal"
        " WHERE seq = 2",
        "UPDATE head SET seq = 1",
        "DELETE FROM head",
    };
    struct kh_journal *journal = open_journal(PATH(state));

    append_batch(journal, "a", 0, 3);
    for (size_t i = 0; i < KH_COUNT(attempts); i++)
        run_sql(PATH(state), attempts[i], false);
    assert_int_equal(verified(journal), 3);
    kh_journal_close(journal);
}

TEST(another_program_that_holds_the_write_lock_is_waited_for_and_then_named)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_error error = { 0 };
    char file[PATH_MAX];
    sqlite3 *db = NULL;

    snprintf(file, sizeof(file), "%s/kyhop.db", PATH(state));
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(kh_journal_begin(journal, &error), KH_ERR_BUSY);
    assert_non_null(strstr(error.text, "close the other program"));
    sqlite3_close(db);
    append_batch(journal, "a", 0, 1);
    kh_journal_close(journal);
}

TEST(a_directory_in_place_of_the_file_is_named)
{
    char file[PATH_MAX];

    snprintf(file, sizeof(file), "%s/kyhop.db", PATH(state));
    assert_int_equal(mkdir(file, 0700), 0);
    expect_open_fails(PATH(state), true, KH_ERR_IO, "kyhop.db");
    assert_int_equal(rmdir(file), 0);
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Times are printed for whoever reads the log; a shared machine is no judge of them. */
TEST(a_thousand_entries_fit_into_one_batch)
{
    struct kh_journal *journal = open_journal(PATH(state));
    double start = now_ms(), slowest = 0;

    append_batch(journal, "a", 0, 1000);
    print_message("# 1,000 entries in one batch: %.1f ms\n", now_ms() - start);
    assert_int_equal(verified(journal), 1000);
    for (unsigned i = 0; i < 600; i++) {
        double before = now_ms();

        append_batch(journal, "a", 1000 + i, 1);
        if (now_ms() - before > slowest)
            slowest = now_ms() - before;
    }
    print_message("# slowest of 600 batches of one, checkpoints included: %.1f ms\n", slowest);
    assert_int_equal(verified(journal), 1600);
    kh_journal_close(journal);
}

int main(void)
{
    return kh_run_tests(
        FOLDER_CASE(a_new_journal_is_empty_and_verifies),
        FOLDER_CASE(entries_come_back_as_they_were_written),
        FOLDER_CASE(entries_survive_closing_and_opening),
        FOLDER_CASE(reading_starts_where_it_is_told_and_stops_when_it_is_told),
        FOLDER_CASE(councils_have_numbers_and_chains_of_their_own),
        FOLDER_CASE(nothing_of_a_batch_is_seen_before_the_commit),
        FOLDER_CASE(a_batch_rolled_back_leaves_nothing_and_may_be_rolled_back_twice),
        FOLDER_CASE(a_batch_open_at_close_is_lost),
        FOLDER_CASE(an_entry_that_is_not_the_next_is_refused_and_the_batch_rolled_back),
        FOLDER_CASE(entries_longer_than_the_limits_are_refused),
        FOLDER_CASE(an_entry_of_the_greatest_length_is_kept),
        FOLDER_CASE(the_heads_name_every_council_with_its_newest_entry),
        FOLDER_CASE(others_on_the_machine_cannot_read_the_files),
        FOLDER_CASE(a_second_writer_is_told_that_the_journal_is_busy),
        FOLDER_CASE(a_reader_beside_the_writer_sees_and_verifies_what_is_committed),
        FOLDER_CASE(a_missing_directory_or_journal_is_named),
        FOLDER_CASE(a_file_that_is_no_database_is_refused),
        FOLDER_CASE(a_foreign_database_is_refused),
        FOLDER_CASE(a_newer_format_is_refused_by_its_number),
        FOLDER_CASE(a_database_tool_cannot_change_the_past_by_accident),
        FOLDER_CASE(another_program_that_holds_the_write_lock_is_waited_for_and_then_named),
        FOLDER_CASE(a_directory_in_place_of_the_file_is_named),
        FOLDER_CASE(a_thousand_entries_fit_into_one_batch));
}
