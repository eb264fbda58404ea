/* The same with Vietnamese speech: it is found again in what others hear, and not in one's own. */
#include "tests/media/peer.h"
#include "tests/media/sound.h"
#include "tests/unit/test.h"

#include <stdlib.h>

static const char FIRST[] =
    "Thưa chủ tọa, thưa các vị đại biểu, tôi xin phép được phát biểu về dự toán ngân "
    "sách thành phố năm nay và đề nghị hội đồng xem xét.";
static const char SECOND[] =
    "Kính thưa hội đồng nhân dân, tổ đại biểu chúng tôi đồng ý với tờ trình của ủy ban "
    "và xin kiến nghị thêm hai nội dung.";

struct speech {
    float *samples;
    size_t n;
};

static struct speech speak(const char *text)
{
    struct speech speech;
    speech.samples = sound_speak(text, &speech.n);
    if (!speech.samples)
        fail_msg("espeak-ng or sox is missing (Debian: espeak-ng sox)");
    assert_true(speech.n > 3 * SOUND_RATE);
    return speech;
}

static void start_speech(struct world *world, kh_person person, const struct speech *speech)
{
    struct peer *peer = &world->peers[person];
    peer->speech = speech->samples;
    peer->n_speech = speech->n;
    peer->sending = true;
    world_mic(world, person, KH_MIC_LIVE);
}

static struct sound_match match_at(const struct peer *peer, const struct speech *speech)
{
    struct sound_match match =
        sound_find(peer->heard, peer->n_heard, speech->samples, 3 * SOUND_RATE, SOUND_RATE);
    print_message("# correlation %.2f, gain %.1f dB, after %.0f ms\n", match.correlation,
                  match.gain_db, (double)match.delay / 48);
    return match;
}

static void check_leak(const struct peer *peer, const struct speech *speech,
                       const struct sound_match *heard)
{
    double leak = sound_leak_db(peer->heard, peer->n_heard, speech->samples, 3 * SOUND_RATE, heard);
    print_message("# own voice %.1f dB\n", leak);
    assert_true(leak < -15);
}

TEST(a_speech_is_heard_by_all_others_and_not_by_the_speaker)
{
    struct speech speech = speak(FIRST);
    struct world *world = world_create(4);

    start_speech(world, 1, &speech);
    world_run(world, 4200);
    for (unsigned i = 0; i < 4; i++) {
        struct sound_match match = match_at(&world->peers[i], &speech);
        if (i == 1) {
            assert_true(match.gain_db < -40);
        } else {
            assert_true(match.correlation > 0.5);
            assert_true(match.gain_db > -6 && match.gain_db < 3);
        }
    }
    world_destroy(world);
    free(speech.samples);
}

TEST(two_speeches_at_once_are_both_heard_and_each_speaker_hears_only_the_other)
{
    struct speech first = speak(FIRST), second = speak(SECOND);
    struct world *world = world_create(3);

    start_speech(world, 0, &first);
    start_speech(world, 1, &second);
    world_run(world, 4200);
    struct sound_match heard_first = match_at(&world->peers[2], &first);
    struct sound_match heard_second = match_at(&world->peers[2], &second);
    assert_true(heard_first.gain_db > -6 && heard_second.gain_db > -6);
    assert_true(match_at(&world->peers[0], &second).correlation > 0.5);
    assert_true(match_at(&world->peers[1], &first).correlation > 0.5);
    /* Two speeches are not quite orthogonal, so the strict figures are those of the tones and of
     * the single speech. */
    check_leak(&world->peers[0], &first, &heard_first);
    check_leak(&world->peers[1], &second, &heard_second);
    world_destroy(world);
    free(first.samples);
    free(second.samples);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_speech_is_heard_by_all_others_and_not_by_the_speaker),
        CASE(two_speeches_at_once_are_both_heard_and_each_speaker_hears_only_the_other));
}
