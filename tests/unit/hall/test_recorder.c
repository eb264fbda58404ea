#include "media/record/recorder.h"

#include "media/record/ogg_opus.h"
#include "tests/unit/test.h"

#include <ogg/ogg.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static struct kh_tick *new_tick(void)
{
    struct kh_tick *tick = calloc(1, sizeof(*tick));
    assert_non_null(tick);
    tick->main.bytes = 40;
    tick->main.data[0] = 0x78 | 0x80; /* CELT full band, 20 ms, one frame */
    return tick;
}

/* What a reader finds: packets of sound, the last granule position, whether the end is marked. */
struct found {
    unsigned packets, gaps, pages;
    ogg_int64_t granule;
    bool ends;
    long bytes; /* of whole pages */
    uint8_t head[19];
};

static void read_packets(ogg_stream_state *stream, struct found *found, unsigned *n)
{
    ogg_packet packet;

    while (ogg_stream_packetout(stream, &packet) == 1) {
        if (*n == 0)
            memcpy(found->head, packet.packet, sizeof(found->head));
        if (*n >= 2) {
            found->packets++;
            found->gaps += packet.bytes == 1;
        }
        ++*n;
    }
}

static struct found read_file(const char *path)
{
    struct found found = { 0 };
    ogg_sync_state sync;
    ogg_stream_state stream;
    ogg_page page;
    unsigned n = 0;
    FILE *file = fopen(path, "rb");
    assert_non_null(file);

    ogg_sync_init(&sync);
    char *buffer = ogg_sync_buffer(&sync, 1 << 22);
    ogg_sync_wrote(&sync, (long)fread(buffer, 1, 1 << 22, file));
    fclose(file);
    while (ogg_sync_pageout(&sync, &page) == 1) {
        if (found.pages++ == 0)
            ogg_stream_init(&stream, ogg_page_serialno(&page));
        assert_int_equal(ogg_stream_pagein(&stream, &page), 0);
        found.granule = ogg_page_granulepos(&page);
        found.ends = ogg_page_eos(&page);
        found.bytes += page.header_len + page.body_len;
        read_packets(&stream, &found, &n);
    }
    if (found.pages)
        ogg_stream_clear(&stream);
    ogg_sync_clear(&sync);
    return found;
}

static void note_failure(void *user, const char *text)
{
    (void)text;
    ++*(int *)user;
}

static struct kh_recorder *start(const char *path, char used[KH_RECORD_PATH_BYTES], int *failures)
{
    static const struct kh_recorder_ops ops = { .on_failed = note_failure };
    struct kh_recorder *recorder = NULL;
    struct kh_error error;
    assert_int_equal(kh_recorder_create(path, &ops, failures, &recorder, used, &error), KH_OK);
    return recorder;
}

TEST(a_file_has_the_heads_of_rfc_7845_and_a_granule_position_of_960_a_packet)
{
    char used[KH_RECORD_PATH_BYTES];
    int failures = 0;
    struct kh_recorder *recorder = start(in_folder("a.opus"), used, &failures);
    struct kh_tick *tick = new_tick();

    for (tick->number = 500; tick->number < 550; tick->number++)
        kh_recorder_push_tick(recorder, tick);
    kh_recorder_destroy(recorder);

    struct found found = read_file(used);
    static const uint8_t head[19] = { 'O', 'p',  'u',  's',  'H', 'e', 'a', 'd', 1, 1,
                                      56,  0x01, 0x80, 0xbb, 0,   0,   0,   0,   0 };
    assert_memory_equal(found.head, head, sizeof(head));
    assert_int_equal(found.packets, 50);
    assert_int_equal(found.granule, 50 * 960);
    assert_true(found.ends);
    assert_int_equal(failures, 0);
    free(tick);
}

TEST(lost_ticks_are_filled_so_that_later_offsets_stay_true)
{
    char used[KH_RECORD_PATH_BYTES];
    int failures = 0;
    struct kh_recorder *recorder = start(in_folder("gap.opus"), used, &failures);
    struct kh_tick *tick = new_tick();

    tick->number = 10;
    kh_recorder_push_tick(recorder, tick);
    tick->number = 15; /* 11 to 14 never came */
    kh_recorder_push_tick(recorder, tick);
    tick->number = 16;
    tick->main.bytes = 0; /* and this one has no frame */
    kh_recorder_push_tick(recorder, tick);
    uint64_t first, last;
    assert_true(kh_recorder_span(recorder, &first, &last));
    assert_int_equal(first, 10);
    assert_int_equal(last, 16);
    kh_recorder_destroy(recorder);

    struct found found = read_file(used);
    assert_int_equal(found.packets, 7);
    assert_int_equal(found.gaps, 5);
    assert_int_equal(found.granule, 7 * 960);
    free(tick);
}

TEST(a_file_that_exists_is_never_overwritten)
{
    char used[KH_RECORD_PATH_BYTES];
    int failures = 0;
    FILE *file = fopen(in_folder("b.opus"), "w");
    fputs("older", file);
    fclose(file);

    kh_recorder_destroy(start(in_folder("b.opus"), used, &failures));
    assert_string_equal(used, in_folder("b-2.opus"));
    kh_recorder_destroy(start(in_folder("b.opus"), used, &failures));
    assert_string_equal(used, in_folder("b-3.opus"));
    struct stat info;
    assert_int_equal(stat(in_folder("b.opus"), &info), 0);
    assert_int_equal(info.st_size, 5);
}

TEST(a_path_that_cannot_be_made_is_an_error_that_names_it)
{
    static const struct kh_recorder_ops ops = { 0 };
    struct kh_recorder *recorder = NULL;
    char used[KH_RECORD_PATH_BYTES] = "untouched", path[400];
    struct kh_error error;

    assert_int_equal(kh_recorder_create("/nowhere/x.opus", &ops, NULL, &recorder, used, &error),
                     KH_ERR_IO);
    assert_non_null(strstr(error.text, "/nowhere/x.opus"));
    memset(path, 'x', sizeof(path));
    path[sizeof(path) - 1] = 0;
    assert_int_equal(kh_recorder_create(path, &ops, NULL, &recorder, used, &error), KH_ERR_INVALID);
    assert_null(recorder);
    assert_string_equal(used, "untouched");
}

static void record_until_killed(const char *path, int ready_fd)
{
    char used[KH_RECORD_PATH_BYTES];
    int failures = 0;
    struct kh_recorder *recorder = start(path, used, &failures);
    struct kh_tick *tick = new_tick();

    for (;; tick->number++) {
        kh_recorder_push_tick(recorder, tick);
        usleep(2000); /* ten times real time */
        if (tick->number == 300 && write(ready_fd, "x", 1) != 1)
            _exit(1);
    }
}

TEST(after_kill_9_all_but_the_last_second_is_there)
{
    int ready[2];
    char byte;
    const char *path = in_folder("killed.opus");
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0)
        record_until_killed(path, ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);

    /* 240 ms of sleep at ten times real time are 120 ticks, and 30 wait for their page. */
    struct found found = read_file(path);
    assert_in_range(found.packets, 300 - 120 - 30 - 20, 400);
    assert_int_equal(found.granule, found.packets * 960);
    assert_false(found.ends);
    close(ready[0]);
    close(ready[1]);
}

static int record_on_a_full_disk(const char *path)
{
    char used[KH_RECORD_PATH_BYTES];
    int failures = 0;
    struct rlimit limit = { 20000, 20000 };
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 2;

    struct kh_recorder *recorder = start(path, used, &failures);
    struct kh_tick *tick = new_tick();
    tick->main.bytes = 1000;
    for (; tick->number < 60; tick->number++) /* fits into the ring whenever it is read */
        kh_recorder_push_tick(recorder, tick);
    kh_recorder_destroy(recorder);
    free(tick);
    return failures == 1 ? 0 : 3;
}

TEST(a_full_disk_is_told_once_and_leaves_whole_pages)
{
    const char *path = in_folder("full.opus");
    int status = -1;
    pid_t child = fork();
    if (child == 0)
        _exit(record_on_a_full_disk(path));
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);

    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_true(info.st_size < 20000);
    struct found found = read_file(path);
    assert_int_equal(found.bytes, info.st_size); /* the page that did not fit was cut off */
    assert_in_range(found.packets, 1, 19);
}

TEST(only_frames_of_20_ms_are_taken)
{
    struct kh_ogg_opus *ogg = NULL;
    struct kh_error error;
    assert_int_equal(kh_ogg_opus_create(in_folder("toc.opus"), &ogg, &error), KH_OK);

    assert_int_equal(kh_ogg_opus_write(ogg, (const uint8_t[]){ 0x08, 1 }, 2, &error), KH_OK);
    assert_int_equal(kh_ogg_opus_write(ogg, (const uint8_t[]){ 0x00, 1 }, 2, &error),
                     KH_ERR_INVALID); /* 10 ms */
    assert_int_equal(kh_ogg_opus_write(ogg, (const uint8_t[]){ 0x09, 1 }, 2, &error),
                     KH_ERR_INVALID); /* two frames */
    assert_int_equal(kh_ogg_opus_write(ogg, (const uint8_t[]){ 0x08 }, 0, &error), KH_ERR_INVALID);
    assert_int_equal(kh_ogg_opus_packets(ogg), 1);
    assert_int_equal(kh_ogg_opus_finish(ogg, &error), KH_OK);
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/kh-record-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_file_has_the_heads_of_rfc_7845_and_a_granule_position_of_960_a_packet),
        CASE(lost_ticks_are_filled_so_that_later_offsets_stay_true),
        CASE(a_file_that_exists_is_never_overwritten),
        CASE(a_path_that_cannot_be_made_is_an_error_that_names_it),
        CASE(after_kill_9_all_but_the_last_second_is_there),
        CASE(a_full_disk_is_told_once_and_leaves_whole_pages),
        CASE(only_frames_of_20_ms_are_taken),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
