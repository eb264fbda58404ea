/* A seat's own microphone and loudspeaker: real GStreamer pipelines, a generator for the microphone
 * and a file for the loudspeaker. */
#include "tests/media/peer.h"
#include "tests/media/sound.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEAT = 5, TALKER = 0, LISTENER = 1 };

static void join(struct world *world, const char *capture, const char *playback)
{
    struct kh_error error = { 0 };
    struct kh_device_config config = { .capture = capture, .playback = playback };

    if (kh_room_join_device(world->room, SEAT, &config, &error))
        fail_msg("%s", error.text);
}

static float *read_floats(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    float *samples = calloc(60 * SOUND_RATE, sizeof(*samples));
    *n = fread(samples, sizeof(*samples), 60 * SOUND_RATE, file);
    fclose(file);
    return samples;
}

TEST(a_seats_microphone_is_heard_and_its_loudspeaker_plays_the_others)
{
    char path[] = "/tmp/kh-device-XXXXXX", playback[256];
    close(mkstemp(path));
    snprintf(playback, sizeof(playback),
             "audio/x-raw,format=F32LE,rate=48000,channels=1 ! filesink sync=false location=%s",
             path);
    struct world *world = world_create(2);

    join(world, "audiotestsrc is-live=true freq=500 volume=0.25", playback);
    world_run(world, 300);
    assert_int_equal(peer_audible_frames(&world->peers[LISTENER], 0), 0); /* no floor yet */
    world_mic(world, SEAT, KH_MIC_LIVE);
    world_speak(world, TALKER, 1300);
    world_run(world, 600);
    size_t from = peer_now(&world->peers[LISTENER]);
    world_run(world, 1000);
    assert_true(peer_tone_dbfs(&world->peers[LISTENER], from, 500) > -20);
    assert_true(peer_tone_dbfs(&world->peers[LISTENER], from, 1300) > -20);
    kh_room_leave(world->room, SEAT);

    size_t n;
    float *played = read_floats(path, &n);
    assert_true(n > SOUND_RATE);
    size_t last = n - SOUND_RATE / 2;
    assert_true(sound_tone_dbfs(played + last - SOUND_RATE / 4, SOUND_RATE / 2, 1300) > -20);
    assert_true(sound_tone_dbfs(played + last - SOUND_RATE / 4, SOUND_RATE / 2, 500) < -60);
    free(played);
    unlink(path);
    world_destroy(world);
}

TEST(a_device_that_ends_is_told_and_leaves)
{
    struct world *world = world_create(2);
    struct kh_room_stats stats;

    join(world, "audiotestsrc is-live=true num-buffers=20", NULL);
    world_mic(world, SEAT, KH_MIC_LIVE);
    world_run(world, 1200);
    assert_string_equal(world->trouble, "device_failed");
    assert_int_equal(world->connects[SEAT], 1);
    assert_int_equal(world->losses[SEAT], 1);
    assert_false(kh_room_stats(world->room, SEAT, &stats));
    world_destroy(world);
}

TEST(a_text_that_names_no_element_is_refused_by_name)
{
    struct world *world = world_create(1);
    struct kh_error error = { 0 };
    struct kh_device_config config = { .capture = "nosuchsource ! identity" };
    struct kh_room_stats stats;

    assert_int_equal(kh_room_join_device(world->room, SEAT, &config, &error), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "nosuchsource"));
    config.capture = "filesrc location=/nowhere/at/all";
    assert_int_equal(kh_room_join_device(world->room, SEAT, &config, &error), KH_ERR_IO);
    assert_false(kh_room_stats(world->room, SEAT, &stats));
    world_destroy(world);
}

int main(void)
{
    return kh_run_tests(CASE(a_seats_microphone_is_heard_and_its_loudspeaker_plays_the_others),
                        CASE(a_device_that_ends_is_told_and_leaves),
                        CASE(a_text_that_names_no_element_is_refused_by_name));
}
