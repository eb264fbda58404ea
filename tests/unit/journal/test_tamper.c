#include "journal/journal.h"

#include "base/check.h"
#include "tests/unit/journal/folder.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A journal of council "a" with 10 entries and "b" with 4, closed. */
static void make_journal(const char *path)
{
    struct kh_journal *journal = open_journal(path);

    append_batch(journal, "a", 0, 10);
    append_batch(journal, "b", 0, 4);
    kh_journal_close(journal);
}

static void expect_bad(const char *path, const char *council, const char *words)
{
    struct kh_journal *journal = open_readonly(path);
    struct kh_error error = { 0 };
    uint64_t entries = 77;

    assert_int_equal(kh_journal_verify(journal, council, &entries, &error), KH_ERR_CORRUPT);
    assert_int_equal(entries, 77);
    if (!strstr(error.text, words))
        fail_msg("expected \"%s\" in \"%s\"", words, error.text);
    kh_journal_close(journal);
}

TEST(a_changed_field_is_found_and_named)
{
    static const char *const changes[] = {
        "UPDATE journal SET body = '{\"request\":55}' WHERE council = 'a' AND seq = 5",
        "UPDATE journal SET body = body || char(0) WHERE council = 'a' AND seq = 5",
        "UPDATE journal SET type = 'floor.granted' WHERE council = 'a' AND seq = 5",
        "UPDATE journal SET actor = 'd8' WHERE council = 'a' AND seq = 5",
        "UPDATE journal SET at_ms = at_ms + 1 WHERE council = 'a' AND seq = 5",
        "UPDATE journal SET hash = zeroblob(32) WHERE council = 'a' AND seq = 5",
    };

    for (size_t i = 0; i < KH_COUNT(changes); i++) {
        char file[PATH_MAX];

        make_journal(PATH(state));
        tamper(PATH(state), changes[i]);
        expect_bad(PATH(state), NULL, "council a: entry 5 was changed");
        snprintf(file, sizeof(file), "%s/kyhop.db", PATH(state));
        assert_int_equal(unlink(file), 0);
    }
}

TEST(a_deleted_entry_is_found_and_named)
{
    make_journal(PATH(state));
    tamper(PATH(state), "DELETE FROM journal WHERE council = 'a' AND seq = 5");
    expect_bad(PATH(state), NULL, "council a: entry 5 is missing");
}

TEST(the_deleted_first_entry_is_found_and_named)
{
    make_journal(PATH(state));
    tamper(PATH(state), "DELETE FROM journal WHERE council = 'b' AND seq = 1");
    expect_bad(PATH(state), NULL, "council b: entry 1 is missing");
}

TEST(swapped_entries_are_found_and_the_first_is_named)
{
    make_journal(PATH(state));
    tamper(PATH(state), "UPDATE journal SET seq = 100 WHERE council = 'a' AND seq = 4;"
                        "UPDATE journal SET seq = 4 WHERE council = 'a' AND seq = 5;"
                        "UPDATE journal SET seq = 5 WHERE council = 'a' AND seq = 100;");
    expect_bad(PATH(state), NULL, "council a: entry 4 was changed");
}

TEST(a_cut_off_end_is_found_and_named)
{
    make_journal(PATH(state));
    tamper(PATH(state), "DELETE FROM journal WHERE council = 'a' AND seq > 7");
    expect_bad(PATH(state), NULL, "council a: entry 8 is missing at the end");
}

TEST(a_council_whose_entries_are_all_gone_is_found)
{
    make_journal(PATH(state));
    tamper(PATH(state), "DELETE FROM journal WHERE council = 'b'");
    expect_bad(PATH(state), NULL, "council b: entry 1 is missing at the end");
}

TEST(entries_beyond_the_head_are_found)
{
    make_journal(PATH(state));
    tamper(PATH(state), "UPDATE head SET seq = 8, hash = (SELECT hash FROM journal"
                        " WHERE council = 'a' AND seq = 8) WHERE council = 'a'");
    expect_bad(PATH(state), NULL, "council a: entry 9 was not written by kyhop");
    tamper(PATH(state), "DELETE FROM head WHERE council = 'a'");
    expect_bad(PATH(state), NULL, "council a: entry 1 was not written by kyhop");
}

TEST(a_head_with_another_hash_is_found)
{
    make_journal(PATH(state));
    tamper(PATH(state), "UPDATE head SET hash = zeroblob(32) WHERE council = 'b'");
    expect_bad(PATH(state), NULL, "council b: entry 4 is not the one that the head");
}

TEST(another_council_still_verifies)
{
    struct kh_journal *journal;
    struct kh_error error = { 0 };
    uint64_t entries = 0;

    make_journal(PATH(state));
    tamper(PATH(state), "UPDATE journal SET body = '{}' WHERE council = 'a' AND seq = 5");
    expect_bad(PATH(state), "a", "entry 5");
    journal = open_readonly(PATH(state));
    assert_int_equal(kh_journal_verify(journal, "b", &entries, &error), KH_OK);
    assert_int_equal(entries, 4);
    kh_journal_close(journal);
}

static bool count(void *user, const struct kh_entry *entry __attribute__((unused)))
{
    ++*(unsigned *)user;
    return true;
}

TEST(reading_stops_before_a_bad_entry_is_shown)
{
    struct kh_journal *journal;
    struct kh_error error = { 0 };
    unsigned n = 0;

    make_journal(PATH(state));
    tamper(PATH(state), "UPDATE journal SET body = '{}' WHERE council = 'a' AND seq = 5");
    journal = open_readonly(PATH(state));
    assert_int_equal(kh_journal_read(journal, "a", 1, count, &n, &error), KH_ERR_CORRUPT);
    assert_int_equal(n, 4);
    n = 0;
    assert_int_equal(kh_journal_read(journal, "a", 7, count, &n, &error), KH_OK);
    assert_int_equal(n, 4);
    kh_journal_close(journal);
}

static void expect_no_writing(const char *path, const char *words)
{
    struct kh_journal *journal = NULL;
    struct kh_error error = { 0 };

    assert_int_equal(kh_journal_open(path, &journal, &error), KH_ERR_CORRUPT);
    assert_null(journal);
    if (!strstr(error.text, words))
        fail_msg("expected \"%s\" in \"%s\"", words, error.text);
}

TEST(a_journal_with_a_cut_off_end_is_not_opened_for_writing)
{
    make_journal(PATH(state));
    tamper(PATH(state), "DELETE FROM journal WHERE council = 'a' AND seq > 7");
    expect_no_writing(PATH(state), "entry 8 is missing at the end");
}

TEST(a_journal_whose_head_was_moved_is_not_opened_for_writing)
{
    make_journal(PATH(state));
    tamper(PATH(state), "UPDATE head SET hash = zeroblob(32) WHERE council = 'b'");
    expect_no_writing(PATH(state), "council b: entry 4");
}

TEST(a_table_that_is_gone_is_a_damaged_journal)
{
    make_journal(PATH(state));
    tamper(PATH(state), "DROP TABLE head");
    expect_no_writing(PATH(state), "head");
}

static const char short_hash[] = "PRAGMA ignore_check_constraints = 1;"
                                 "UPDATE head SET hash = x'00' WHERE council = 'b'";

TEST(a_head_without_a_hash_is_found)
{
    make_journal(PATH(state));
    tamper(PATH(state), short_hash);
    expect_bad(PATH(state), NULL, "council b: the head of the chain is damaged");
    expect_no_writing(PATH(state), "council b: entry 4");
}

static bool count_head(void *user, const struct kh_journal_head *head __attribute__((unused)))
{
    ++*(unsigned *)user;
    return true;
}

TEST(the_heads_stop_at_a_damaged_one)
{
    struct kh_journal *journal;
    struct kh_error error = { 0 };
    unsigned n = 0;

    make_journal(PATH(state));
    tamper(PATH(state), short_hash);
    journal = open_readonly(PATH(state));
    assert_int_equal(kh_journal_heads(journal, count_head, &n, &error), KH_ERR_CORRUPT);
    assert_int_equal(n, 1);
    kh_journal_close(journal);
}

TEST(an_entry_without_a_hash_is_found)
{
    make_journal(PATH(state));
    tamper(PATH(state), "PRAGMA ignore_check_constraints = 1;"
                        "UPDATE journal SET hash = x'00' WHERE council = 'a' AND seq = 5");
    expect_bad(PATH(state), NULL, "council a: entry 5 was changed");
}

/* Overwrites pages in the middle of the file, as a bad disk does. */
TEST(damaged_pages_are_reported_and_never_crash)
{
    char file[PATH_MAX], garbage[4096];
    struct stat info;
    int fd;

    make_journal(PATH(state));
    snprintf(file, sizeof(file), "%s/kyhop.db", PATH(state));
    assert_int_equal(stat(file, &info), 0);
    for (off_t page = 1; page < info.st_size / 4096; page++) {
        struct kh_journal *journal = NULL;
        struct kh_error error = { 0 };
        char saved[4096];

        fd = open(file, O_RDWR | O_CLOEXEC);
        assert_int_equal(pread(fd, saved, sizeof(saved), page * 4096), sizeof(saved));
        memset(garbage, 0xa5, sizeof(garbage));
        assert_int_equal(pwrite(fd, garbage, sizeof(garbage), page * 4096), sizeof(garbage));
        if (!kh_journal_open_readonly(PATH(state), &journal, &error))
            assert_int_equal(kh_journal_verify(journal, NULL, NULL, &error), KH_ERR_CORRUPT);
        assert_int_equal(error.code, KH_ERR_CORRUPT);
        kh_journal_close(journal);
        assert_int_equal(pwrite(fd, saved, sizeof(saved), page * 4096), sizeof(saved));
        close(fd);
    }
}

int main(void)
{
    return kh_run_tests(
        FOLDER_CASE(a_changed_field_is_found_and_named),
        FOLDER_CASE(a_deleted_entry_is_found_and_named),
        FOLDER_CASE(the_deleted_first_entry_is_found_and_named),
        FOLDER_CASE(swapped_entries_are_found_and_the_first_is_named),
        FOLDER_CASE(a_cut_off_end_is_found_and_named),
        FOLDER_CASE(a_council_whose_entries_are_all_gone_is_found),
        FOLDER_CASE(entries_beyond_the_head_are_found),
        FOLDER_CASE(a_head_with_another_hash_is_found), FOLDER_CASE(another_council_still_verifies),
        FOLDER_CASE(reading_stops_before_a_bad_entry_is_shown),
        FOLDER_CASE(a_journal_with_a_cut_off_end_is_not_opened_for_writing),
        FOLDER_CASE(a_journal_whose_head_was_moved_is_not_opened_for_writing),
        FOLDER_CASE(a_table_that_is_gone_is_a_damaged_journal),
        FOLDER_CASE(a_head_without_a_hash_is_found), FOLDER_CASE(the_heads_stop_at_a_damaged_one),
        FOLDER_CASE(an_entry_without_a_hash_is_found),
        FOLDER_CASE(damaged_pages_are_reported_and_never_crash));
}
