#include "journal/journal.h"

#include "tests/unit/journal/folder.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 3 };

/* A process that appends batches of three for ever and tells each committed seq through a pipe. */
struct child {
    pid_t pid;
    int acks;
};

static _Noreturn void write_for_ever(const char *path, int acks)
{
    struct kh_journal *journal = NULL;
    uint64_t seq = 0;

    if (kh_journal_open(path, &journal, NULL) || kh_journal_last(journal, "a", &seq, NULL))
        _exit(1);
    for (;;) {
        if (kh_journal_begin(journal, NULL))
            _exit(2);
        for (int i = 0; i < BATCH; i++)
            if (append(journal, "a", ++seq, NULL))
                _exit(3);
        if (kh_journal_commit(journal, NULL))
            _exit(4);
        if (write(acks, &seq, sizeof(seq)) != sizeof(seq))
            _exit(0); /* the test has gone */
    }
}

static struct child start_child(const char *path)
{
    struct child child;
    int fds[2];

    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    child.pid = fork();
    if (child.pid == 0) {
        close(fds[0]);
        write_for_ever(path, fds[1]);
    }
    assert_true(child.pid > 0);
    close(fds[1]);
    child.acks = fds[0];
    return child;
}

/* The seq of the @n-th acknowledgement from now, or of the last one before the pipe's end. */
static uint64_t wait_for_acks(const struct child *child, unsigned n, uint64_t newest)
{
    for (uint64_t seq; n > 0 && read(child->acks, &seq, sizeof(seq)) == sizeof(seq); n--)
        newest = seq;
    return newest;
}

static void kill_child(struct child *child)
{
    int status;

    assert_int_equal(kill(child->pid, SIGKILL), 0);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    assert_true(WIFSIGNALED(status));
}

static void expect_whole(const char *path, uint64_t acknowledged)
{
    struct kh_journal *journal = open_journal(path);
    uint64_t last = last_of(journal, "a");

    assert_true(last >= acknowledged);
    assert_true(last <= acknowledged + BATCH); /* one batch committed, and killed before its ack */
    assert_int_equal(last % BATCH, 0);         /* whole batches only */
    assert_int_equal(verified(journal), last);
    kh_journal_close(journal);
}

TEST(everything_acknowledged_before_kill_9_is_there)
{
    uint64_t acknowledged = 0;

    srand(1);
    for (int i = 0; i < 25; i++) {
        struct child child = start_child(PATH(state));

        acknowledged = wait_for_acks(&child, 1 + (unsigned)rand() % 60, acknowledged);
        usleep((useconds_t)(rand() % 500)); /* any moment of the next commit */
        kill_child(&child);
        acknowledged = wait_for_acks(&child, UINT_MAX, acknowledged);
        close(child.acks);
        expect_whole(PATH(state), acknowledged);
    }
}

/* Stop a child in the middle of its writing, with fewer commits than make a checkpoint, and copy
 * its files: what a power cut leaves when all that was written reached the disk. */
static uint64_t copy_mid_write(const char *from, const char *to)
{
    struct child child = start_child(from);
    uint64_t acknowledged = wait_for_acks(&child, 20 + (unsigned)rand() % 40, 0);
    int status;

    assert_int_equal(kill(child.pid, SIGSTOP), 0);
    assert_int_equal(waitpid(child.pid, &status, WUNTRACED), child.pid);
    assert_true(WIFSTOPPED(status));
    copy_files(from, to);
    kill_child(&child);
    acknowledged = wait_for_acks(&child, UINT_MAX, acknowledged);
    close(child.acks);
    return acknowledged;
}

static struct folder *other_folder(void)
{
    void *other;

    folder_make(&other);
    return other;
}

static void drop_folder(struct folder *folder)
{
    void *state = folder;

    folder_remove(&state);
}

TEST(files_copied_mid_write_hold_everything_acknowledged)
{
    srand(2);
    for (int i = 0; i < 5; i++) {
        struct folder *original = other_folder(), *copy = other_folder();
        uint64_t acknowledged = copy_mid_write(original->path, copy->path);

        expect_whole(copy->path, acknowledged);
        drop_folder(original);
        drop_folder(copy);
    }
}

static int open_wal(const char *path, struct stat *info)
{
    char file[PATH_MAX];
    int fd;

    snprintf(file, sizeof(file), "%s/kyhop.db-wal", path);
    fd = open(file, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, info), 0);
    assert_true(info->st_size > 4096);
    return fd;
}

static void cut_wal(const char *path)
{
    struct stat info;
    int fd = open_wal(path, &info);

    assert_int_equal(ftruncate(fd, rand() % info.st_size), 0);
    close(fd);
}

static void garble_wal(const char *path)
{
    struct stat info;
    int fd = open_wal(path, &info);
    char garbage[512];

    memset(garbage, 0x5a, sizeof(garbage));
    assert_int_equal(pwrite(fd, garbage, sizeof(garbage), rand() % (info.st_size - 512)), 512);
    close(fd);
}

/* A torn end takes later batches with it, but what opens is a whole, shorter journal. */
static void expect_prefix(const char *path, uint64_t acknowledged)
{
    struct kh_journal *journal = open_journal(path);
    uint64_t last = last_of(journal, "a");

    assert_true(last <= acknowledged + BATCH);
    assert_int_equal(last % BATCH, 0);
    assert_int_equal(verified(journal), last);
    append_batch(journal, "a", last, 2);
    assert_int_equal(verified(journal), last + 2);
    kh_journal_close(journal);
}

TEST(a_torn_log_opens_as_a_shorter_journal_and_goes_on)
{
    srand(3);
    for (int i = 0; i < 10; i++) {
        struct folder *original = other_folder(), *copy = other_folder();
        uint64_t acknowledged = copy_mid_write(original->path, copy->path);

        (i % 2 ? cut_wal : garble_wal)(copy->path);
        expect_prefix(copy->path, acknowledged);
        drop_folder(original);
        drop_folder(copy);
    }
}

int main(void)
{
    return kh_run_tests(FOLDER_CASE(everything_acknowledged_before_kill_9_is_there),
                        CASE(files_copied_mid_write_hold_everything_acknowledged),
                        CASE(a_torn_log_opens_as_a_shorter_journal_and_goes_on));
}
