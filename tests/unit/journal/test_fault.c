#include "journal/journal.h"

#include "tests/unit/journal/fault_vfs.h"
#include "tests/unit/journal/folder.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { BATCHES = 6, BATCH = 20, ALL_CALLS = FAULT_WRITE | FAULT_SYNC | FAULT_TRUNCATE | FAULT_SHM };

static enum kh_err try_batch(struct kh_journal *journal, uint64_t last, struct kh_error *error)
{
    enum kh_err err = kh_journal_begin(journal, error);

    for (unsigned i = 1; !err && i <= BATCH; i++)
        err = append(journal, "a", last + i, error);
    return err ? err : kh_journal_commit(journal, error);
}

static bool ignore_head(void *user, const struct kh_journal_head *head)
{
    (void)user;
    return head->seq > 0;
}

static bool ignore_entry(void *user, const struct kh_entry *entry)
{
    (void)user;
    return entry->seq > 0;
}

/* What another process would find if this one died now. */
static void expect_after_death(const char *path, uint64_t last)
{
    void *state;
    struct kh_journal *journal;

    folder_make(&state);
    copy_files(path, PATH(&state));
    journal = open_journal(PATH(&state));
    assert_int_equal(last_of(journal, "a"), last);
    assert_int_equal(verified(journal), last);
    kh_journal_close(journal);
    folder_remove(&state);
}

/* Batches with a failure armed; each is there whole or refused whole. The last seq. */
static uint64_t write_through_faults(struct kh_journal *journal, enum kh_err expected)
{
    uint64_t last = 0;

    for (int i = 0; i < BATCHES; i++) {
        struct kh_error error = { 0 };

        if (try_batch(journal, last, &error) == KH_OK)
            last += BATCH;
        else
            assert_int_equal(error.code, expected);
        assert_int_equal(last_of(journal, "a"), last);
    }
    return last;
}

/* One life of a journal in which the @nth call of the kinds fails; false when there was no @nth. */
static bool live_with_fault(unsigned calls, unsigned nth, bool sticky, int code, int sys_errno,
                            enum kh_err expected)
{
    void *state;
    struct kh_journal *journal;
    uint64_t last;
    bool was_hit;

    folder_make(&state);
    journal = open_journal(PATH(&state));
    fault_arm(calls, nth, sticky, code, sys_errno);
    last = write_through_faults(journal, expected);
    was_hit = fault_hit();
    fault_disarm();
    append_batch(journal, "a", last, BATCH);
    assert_int_equal(verified(journal), last + BATCH);
    kh_journal_close(journal);
    journal = open_journal(PATH(&state));
    assert_int_equal(verified(journal), last + BATCH);
    kh_journal_close(journal);
    folder_remove(&state);
    return was_hit;
}

static void fail_each_call(unsigned calls, bool sticky, int code, int sys_errno,
                           enum kh_err expected)
{
    unsigned nth = 1;

    while (live_with_fault(calls, nth, sticky, code, sys_errno, expected))
        nth++;
    print_message("# %u calls failed, one a life\n", nth - 1);
    assert_true(nth > 5);
}

TEST(any_one_failing_write_refuses_one_batch_and_loses_nothing)
{
    fail_each_call(FAULT_WRITE, false, SQLITE_IOERR_WRITE, EIO, KH_ERR_IO);
}

TEST(a_disk_that_stays_full_from_any_write_on_refuses_all_later_batches)
{
    fail_each_call(FAULT_WRITE, true, SQLITE_FULL, ENOSPC, KH_ERR_FULL);
}

TEST(any_one_failing_fsync_refuses_one_batch_and_loses_nothing)
{
    fail_each_call(FAULT_SYNC, false, SQLITE_IOERR_FSYNC, EIO, KH_ERR_IO);
}

TEST(a_quota_reached_counts_as_a_full_disk)
{
    fail_each_call(FAULT_WRITE, false, SQLITE_IOERR_WRITE, EDQUOT, KH_ERR_FULL);
}

/* The log's bytes are complete, only their fsync failed: the batch was refused, so it must not come
 * back when the process dies. */
TEST(a_batch_refused_by_a_failing_fsync_does_not_come_back_after_death)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_error error = { 0 };

    append_batch(journal, "a", 0, BATCH);
    fault_arm(FAULT_SYNC, 1, false, SQLITE_IOERR_FSYNC, EIO);
    assert_int_equal(try_batch(journal, BATCH, &error), KH_ERR_IO);
    assert_true(fault_hit());
    fault_disarm();
    expect_after_death(PATH(state), BATCH);
    append_batch(journal, "a", BATCH, 1);
    expect_after_death(PATH(state), BATCH + 1);
    kh_journal_close(journal);
}

TEST(while_the_log_cannot_be_emptied_every_batch_is_refused)
{
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_error error = { 0 };

    append_batch(journal, "a", 0, BATCH);
    fault_arm(FAULT_SYNC, 1, true, SQLITE_IOERR_FSYNC, EIO);
    assert_int_equal(try_batch(journal, BATCH, &error), KH_ERR_IO);
    assert_int_equal(kh_journal_begin(journal, &error), KH_ERR_IO);
    assert_int_equal(verified(journal), BATCH);
    fault_disarm();
    append_batch(journal, "a", BATCH, 1);
    expect_after_death(PATH(state), BATCH + 1);
    kh_journal_close(journal);
}

/* The copy of the log into the database is SQLite's housekeeping: it comes again. */
TEST(a_commit_is_good_although_the_checkpoint_after_it_fails)
{
    static const unsigned calls[] = { FAULT_WRITE | FAULT_CHECKPOINT,
                                      FAULT_SYNC | FAULT_CHECKPOINT };
    struct kh_journal *journal = open_journal(PATH(state));
    uint64_t last = 0;

    for (int i = 0; i < 2; i++) {
        fault_arm(calls[i], 1, true, SQLITE_IOERR, EIO);
        for (int n = 0; n < 1000 || !fault_hit(); n++, last++)
            append_batch(journal, "a", last, 1);
        fault_disarm();
        assert_int_equal(verified(journal), last);
        expect_after_death(PATH(state), last);
    }
    kh_journal_close(journal);
}

/* Any failing call while a journal is made: an error, and the next try makes it. */
TEST(a_failure_while_opening_is_told_and_the_next_opening_works)
{
    bool was_hit = true;

    for (unsigned nth = 1; was_hit; nth++) {
        struct kh_journal *journal = NULL;
        struct kh_error error = { 0 };
        void *own;

        folder_make(&own);
        fault_arm(ALL_CALLS, nth, true, SQLITE_IOERR_WRITE, EIO);
        if (kh_journal_open(PATH(&own), &journal, &error))
            assert_int_equal(error.code, KH_ERR_IO);
        was_hit = fault_hit();
        fault_disarm();
        kh_journal_close(journal);
        journal = open_journal(PATH(&own));
        append_batch(journal, "a", 0, BATCH);
        assert_int_equal(verified(journal), BATCH);
        kh_journal_close(journal);
        folder_remove(&own);
    }
}

/* One pass over everything that opens, writes and reads; the first error, or none. */
static enum kh_err use_everything(const char *path, struct kh_error *error)
{
    struct kh_journal *journal = NULL;
    enum kh_err err = kh_journal_open(path, &journal, error);
    uint64_t last = 0;

    if (!err)
        err = kh_journal_last(journal, "a", &last, error);
    if (!err)
        err = try_batch(journal, last, error);
    if (!err)
        err = kh_journal_verify(journal, NULL, NULL, error);
    if (!err)
        err = kh_journal_heads(journal, ignore_head, NULL, error);
    if (!err)
        err = kh_journal_read(journal, "a", 2, ignore_entry, NULL, error);
    kh_journal_close(journal);
    return err;
}

/* SQLite gets along without some memory and some reads; where it does not, we say why. Of the
 * thousands of allocations, every seventh after the first hundred. */
static void use_with_each_fault(const char *path, unsigned calls, int code, enum kh_err expected)
{
    unsigned n_errors = 0;
    bool was_hit = true;

    for (unsigned nth = 1; was_hit; nth += nth < 100 ? 1 : 7) {
        struct kh_journal *journal;
        struct kh_error error = { 0 };
        enum kh_err err;

        fault_arm(calls, nth, false, code, EIO);
        err = use_everything(path, &error);
        was_hit = fault_hit();
        fault_disarm();
        if (err && err != expected)
            fail_msg("call %u: %s", nth, error.text);
        n_errors += err != KH_OK;
        journal = open_journal(path);
        assert_int_equal(verified(journal), last_of(journal, "a"));
        kh_journal_close(journal);
    }
    print_message("# %u calls failed with an error\n", n_errors);
    assert_true(n_errors > 5);
}

TEST(memory_running_out_anywhere_is_told_and_loses_nothing)
{
    use_with_each_fault(PATH(state), FAULT_MEMORY, 0, KH_ERR_NOMEM);
}

TEST(a_read_that_fails_anywhere_is_told_and_loses_nothing)
{
    use_with_each_fault(PATH(state), FAULT_READ, SQLITE_IOERR_READ, KH_ERR_IO);
}

int main(void)
{
    fault_install();
    return kh_run_tests(
        CASE(any_one_failing_write_refuses_one_batch_and_loses_nothing),
        CASE(a_disk_that_stays_full_from_any_write_on_refuses_all_later_batches),
        CASE(any_one_failing_fsync_refuses_one_batch_and_loses_nothing),
        CASE(a_quota_reached_counts_as_a_full_disk),
        FOLDER_CASE(a_batch_refused_by_a_failing_fsync_does_not_come_back_after_death),
        FOLDER_CASE(while_the_log_cannot_be_emptied_every_batch_is_refused),
        FOLDER_CASE(a_commit_is_good_although_the_checkpoint_after_it_fails),
        FOLDER_CASE(memory_running_out_anywhere_is_told_and_loses_nothing),
        FOLDER_CASE(a_read_that_fails_anywhere_is_told_and_loses_nothing),
        CASE(a_failure_while_opening_is_told_and_the_next_opening_works));
}
