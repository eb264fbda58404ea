#include "journal/journal.h"

#include "tests/unit/journal/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

static bool write_text(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return done;
}

/* Root, or as a user the only user of a namespace of one's own. */
static bool own_namespaces(void)
{
    char users[64], groups[64];

    if (geteuid() == 0)
        return unshare(CLONE_NEWNS) == 0;
    snprintf(users, sizeof(users), "%u %u 1", (unsigned)geteuid(), (unsigned)geteuid());
    snprintf(groups, sizeof(groups), "%u %u 1", (unsigned)getegid(), (unsigned)getegid());
    return unshare(CLONE_NEWNS | CLONE_NEWUSER) == 0 &&
           write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", users) &&
           write_text("/proc/self/gid_map", groups);
}

/* In a mount namespace of this process alone, so that nothing stays behind. False where the system
 * does not let us. */
static bool can_mount(void)
{
    return own_namespaces() && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void mount_small(const char *path)
{
    assert_int_equal(mount("none", path, "tmpfs", 0, "size=1m"), 0);
}

static void write_file(const char *path, const char *name, off_t most_bytes)
{
    char file[PATH_MAX], block[4096] = { 0 };
    int fd;

    snprintf(file, sizeof(file), "%s/%s", path, name);
    fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (off_t done = 0; done < most_bytes; done += (off_t)sizeof(block))
        if (write(fd, block, sizeof(block)) != sizeof(block))
            break;
    close(fd);
}

static void remove_file(const char *path, const char *name)
{
    char file[PATH_MAX];

    snprintf(file, sizeof(file), "%s/%s", path, name);
    assert_int_equal(unlink(file), 0);
}

/* One batch of ten; the code of the call that failed. */
static enum kh_err try_batch(struct kh_journal *journal, uint64_t last, struct kh_error *error)
{
    enum kh_err err = kh_journal_begin(journal, error);

    for (unsigned i = 1; !err && i <= 10; i++)
        err = append(journal, "a", last + i, error);
    return err ? err : kh_journal_commit(journal, error);
}

/* Batches until one fails; the last seq before it. */
static uint64_t fill(struct kh_journal *journal, uint64_t last, struct kh_error *error)
{
    while (last < 100000 && try_batch(journal, last, error) == KH_OK)
        last += 10;
    return last;
}

static void expect_full(struct kh_journal *journal, uint64_t last, const struct kh_error *error)
{
    struct kh_error again = { 0 };

    if (error->code != KH_ERR_FULL)
        fail_msg("%s", error->text);
    assert_non_null(strstr(error->text, "free space"));
    assert_int_equal(last_of(journal, "a"), last);
    assert_int_equal(verified(journal), last);
    assert_int_equal(try_batch(journal, last, &again), KH_ERR_FULL);
    assert_int_equal(last_of(journal, "a"), last);
}

static void expect_usable(struct kh_journal *journal, const char *path, uint64_t last)
{
    append_batch(journal, "a", last, 10);
    assert_int_equal(verified(journal), last + 10);
    kh_journal_close(journal);
    journal = open_journal(path);
    assert_int_equal(last_of(journal, "a"), last + 10);
    assert_int_equal(verified(journal), last + 10);
    kh_journal_close(journal);
}

TEST(a_full_disk_refuses_the_batch_and_the_journal_goes_on_when_space_is_freed)
{
    struct kh_journal *journal;
    struct kh_error error = { 0 };
    uint64_t last;

    mount_small(PATH(state));
    journal = open_journal(PATH(state));
    append_batch(journal, "a", 0, 10);
    write_file(PATH(state), "ballast", 600 * 1024);
    last = fill(journal, 10, &error);
    expect_full(journal, last, &error);
    remove_file(PATH(state), "ballast");
    expect_usable(journal, PATH(state), last);
    assert_int_equal(umount(PATH(state)), 0);
}

TEST(a_disk_full_from_the_first_byte_on_refuses_to_make_a_journal)
{
    struct kh_journal *journal = NULL;
    struct kh_error error = { 0 };

    mount_small(PATH(state));
    write_file(PATH(state), "ballast", 2 * 1024 * 1024);
    assert_int_equal(kh_journal_open(PATH(state), &journal, &error), KH_ERR_FULL);
    assert_non_null(strstr(error.text, "free space"));
    remove_file(PATH(state), "ballast");
    journal = open_journal(PATH(state));
    append_batch(journal, "a", 0, 10);
    kh_journal_close(journal);
    assert_int_equal(umount(PATH(state)), 0);
}

TEST(a_read_only_file_system_is_named)
{
    struct kh_journal *journal = NULL;
    struct kh_error error = { 0 };

    mount_small(PATH(state));
    kh_journal_close(open_journal(PATH(state)));
    assert_int_equal(mount("none", PATH(state), NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_int_equal(kh_journal_open(PATH(state), &journal, &error), KH_ERR_FULL);
    assert_non_null(strstr(error.text, "Read-only file system"));
    assert_int_equal(umount(PATH(state)), 0);
}

/* The same from the other limit that a system can set; needs no rights. */
TEST(a_file_size_limit_counts_as_a_full_disk)
{
    struct rlimit before, small = { .rlim_cur = 200 * 1024 };
    struct kh_journal *journal = open_journal(PATH(state));
    struct kh_error error = { 0 };
    uint64_t last;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    append_batch(journal, "a", 0, 10);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    last = fill(journal, 10, &error);
    expect_full(journal, last, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    expect_usable(journal, PATH(state), last);
}

/* Two lists, because cmocka 1.1 tells a skipped case in a way that meson takes for a failure. */
int main(void)
{
    if (!can_mount()) {
        print_message("# a real full disk is not tested: no right to mount one here\n");
        return kh_run_tests(FOLDER_CASE(a_file_size_limit_counts_as_a_full_disk));
    }
    return kh_run_tests(
        FOLDER_CASE(a_full_disk_refuses_the_batch_and_the_journal_goes_on_when_space_is_freed),
        FOLDER_CASE(a_disk_full_from_the_first_byte_on_refuses_to_make_a_journal),
        FOLDER_CASE(a_read_only_file_system_is_named),
        FOLDER_CASE(a_file_size_limit_counts_as_a_full_disk));
}
