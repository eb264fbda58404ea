/* The recording of a real room: offsets against what a player hears, kill -9, a full disk. */
#include "tests/media/peer.h"
#include "tests/media/sound.h"
#include "tests/unit/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];
static char path[128];

static void start_recording(struct world *world, const char *name)
{
    char used[256];
    struct kh_error error;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (kh_room_record(world->room, path, used, &error))
        fail_msg("%s", error.text);
    assert_string_equal(used, path);
}

static float *decode(size_t *n)
{
    float *samples = sound_decode_file(path, n);
    if (!samples)
        fail_msg("opusdec or sox cannot read %s (Debian: opus-tools sox)", path);
    return samples;
}

/* Marks @i and @i + 1 are @person's speech, and the tone is where they say. */
static void check_speech(const struct world *world, unsigned i, kh_person person, double hz)
{
    size_t n, begin = 0, end = 0;
    const struct world_mark *from = &world->marks[i], *to = &world->marks[i + 1];
    float *samples = decode(&n);

    assert_true(from->open && !to->open);
    assert_int_equal(from->person, person);
    assert_int_equal(to->person, person);
    assert_true(sound_find_tone(samples, n, hz, -30, &begin, &end));
    print_message("# person %u: marks %d to %d ms, tone %.1f to %.1f ms\n", person,
                  (int)from->offset_ms, (int)to->offset_ms, (double)begin / 48, (double)end / 48);
    assert_true(labs((long)begin / 48 - (long)from->offset_ms) <= 20);
    assert_true(labs((long)end / 48 - (long)to->offset_ms) <= 20);
    free(samples);
}

TEST(begin_and_end_of_each_speech_are_told_where_they_are_in_the_file)
{
    struct world *world = world_create(3);
    /* They send all the time, so that only the gate decides what is in the file. */
    world->peers[0].tone_hz = 500;
    world->peers[1].tone_hz = 1300;
    world->peers[0].sending = world->peers[1].sending = true;
    world_run(world, 300);
    start_recording(world, "marks.opus");
    world_run(world, 500);
    world_mic(world, 0, KH_MIC_MUTED);
    world_run(world, 300);
    world_mic(world, 0, KH_MIC_LIVE);
    world_run(world, 1000);
    world_mic(world, 0, KH_MIC_OFF);
    world_run(world, 400);
    world_mic(world, 1, KH_MIC_MUTED);
    world_run(world, 100);
    world_mic(world, 1, KH_MIC_LIVE);
    world_run(world, 700);
    world_mic(world, 1, KH_MIC_MUTED);
    world_run(world, 300);
    kh_room_record_stop(world->room);
    kh_room_record_stop(world->room);
    world_run(world, 100);

    assert_int_equal(world->n_marks, 4);
    check_speech(world, 0, 0, 500);
    check_speech(world, 2, 1, 1300);
    world_destroy(world);
}

TEST(a_speech_that_runs_when_the_recording_stops_ends_with_the_file)
{
    struct world *world = world_create(2);
    start_recording(world, "cut.opus");
    world_run(world, 300);
    world_speak(world, 0, 500);
    world_run(world, 500);
    world_mic(world, 0, KH_MIC_OFF);
    kh_room_record_stop(world->room);
    world_run(world, 200);

    size_t n;
    free(decode(&n));
    assert_int_equal(world->n_marks, 2);
    assert_true(world->marks[1].offset_ms > world->marks[0].offset_ms + 400);
    assert_true(world->marks[1].offset_ms <= (int64_t)(n / 48) + 20);
    world_speak(world, 0, 500);
    world_run(world, 100);
    assert_int_equal(world->n_marks, 3);
    assert_int_equal(world->marks[2].offset_ms, -1);
    world_destroy(world);
}

/* In the child process: a tone, until it is killed. */
static int record_until_killed(const char *name)
{
    char used[256];
    struct kh_error error;
    struct world *world = world_create(2);

    if (kh_room_record(world->room, name, used, &error))
        return 1;
    world_speak(world, 0, 600);
    world_run(world, 3000);
    if (write(STDOUT_FILENO, "x", 1) != 1)
        return 1;
    world_run(world, 20000);
    return 0;
}

TEST(after_kill_9_the_file_plays_up_to_the_last_second)
{
    int out[2];
    char byte;
    snprintf(path, sizeof(path), "%s/killed.opus", folder);
    assert_int_equal(pipe(out), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(out[1], STDOUT_FILENO);
        execl("/proc/self/exe", "test_recording", "--record", path, (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    assert_int_equal(read(out[0], &byte, 1), 1);
    kill(child, SIGKILL);
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    close(out[0]);

    size_t n, begin, end;
    float *samples = decode(&n);
    print_message("# %.0f ms are there of more than 3000\n", (double)n / 48);
    assert_true(n > 2 * SOUND_RATE);
    assert_true(sound_find_tone(samples, n, 600, -30, &begin, &end));
    assert_true(end > n - SOUND_RATE / 10);
    free(samples);
}

TEST(a_full_disk_stops_the_recording_and_not_the_sound)
{
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_IGN);
    struct world *world = world_create(2);
    start_recording(world, "full.opus");
    small = (struct rlimit){ 3000, old.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    world_speak(world, 0, 600);
    world_run(world, 2500);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_string_equal(world->trouble, "recording_failed");
    size_t from = peer_now(&world->peers[1]);
    world_run(world, 400);
    assert_true(peer_tone_dbfs(&world->peers[1], from, 600) > -20);
    /* The next recording works again. */
    start_recording(world, "after.opus");
    world_run(world, 500);
    kh_room_record_stop(world->room);
    size_t n;
    free(decode(&n));
    assert_in_range(n, SOUND_RATE * 4 / 10, SOUND_RATE * 6 / 10);
    world_destroy(world);
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/kh-recording-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE(begin_and_end_of_each_speech_are_told_where_they_are_in_the_file),
        CASE(a_speech_that_runs_when_the_recording_stops_ends_with_the_file),
        CASE(after_kill_9_the_file_plays_up_to_the_last_second),
        CASE(a_full_disk_stops_the_recording_and_not_the_sound),
    };
    if (argc == 3 && strcmp(argv[1], "--record") == 0)
        return record_until_killed(argv[2]);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
