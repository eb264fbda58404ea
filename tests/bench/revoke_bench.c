/* revoke_bench - from the engine's "close this microphone" to silence at a listener.
 *
 *     revoke_bench [TRIALS]
 *
 * A talker sends a tone without end. At random moments of the tick their microphone is closed;
 * silence is there when the listener's decoded sound has fallen 40 dB below the tone (windows
 * of 2.5 ms), counted from the arrival of its packet, less the codec's delay of 6.5 ms. Prints one
 * JSON object. */
#include "tests/bench/measure.h"
#include "tests/media/peer.h"
#include "tests/media/sound.h"

#include <jansson.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WINDOW = 120, FRAME = 960, TALKER = 0, LISTENER = 1, TRIALS_MAX = 2000 };

static const double CODEC_MS = 6.5, TONE_DBFS = -15, DROP_DB = 40;

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* End of the last loud window in the newest frame, ms; -1: all of it is silent. */
static double loud_until_ms(const struct peer *peer)
{
    const float *frame = peer->heard + peer->n_heard - FRAME;

    for (int i = FRAME - WINDOW; i >= 0; i -= WINDOW)
        if (sound_rms_dbfs(frame + i, WINDOW) > TONE_DBFS - DROP_DB)
            return (double)(i + WINDOW) / 48;
    return -1;
}

/* The talker's packets go on meanwhile: one run of the world is one tick of it. */
static double silence_after_ms(struct world *world, double closed_ms)
{
    struct peer *listener = &world->peers[LISTENER];
    double silent_ms = closed_ms;
    unsigned quiet = 0;

    while (quiet < 10) {
        struct pollfd ready = { .fd = listener->fd, .events = POLLIN };
        size_t before = listener->n_heard;
        if (poll(&ready, 1, 100) != 1)
            break;
        double arrived_ms = now_ms();
        world_keep_going(world);
        if (listener->n_heard == before)
            continue;
        double loud_ms = loud_until_ms(listener);
        quiet = loud_ms < 0 ? quiet + 1 : 0;
        if (loud_ms >= 0)
            silent_ms = arrived_ms + loud_ms - CODEC_MS;
    }
    listener->n_heard = 0;
    return silent_ms - closed_ms;
}

static double trial(struct world *world, enum kh_mic closed)
{
    world_mic(world, TALKER, KH_MIC_LIVE);
    world_run(world, 300);
    struct timespec some = { .tv_nsec = rand() % 20000000 };
    nanosleep(&some, NULL);
    world_keep_going(world);
    double closed_ms = now_ms();
    world_mic(world, TALKER, closed);
    double ms = silence_after_ms(world, closed_ms);
    return ms > 0 ? ms : 0;
}

int main(int argc, char **argv)
{
    static double ms[TRIALS_MAX];
    int trials = argc > 1 ? atoi(argv[1]) : 200;
    if (trials < 1 || trials > TRIALS_MAX)
        return 2;

    struct world *world = world_create(2);
    world_speak(world, TALKER, 700);
    world_run(world, 1000);
    srand(1);
    for (int i = 0; i < trials; i++)
        ms[i] = trial(world, i % 2 ? KH_MIC_OFF : KH_MIC_MUTED);
    world_destroy(world);
    qsort(ms, (size_t)trials, sizeof(ms[0]), compare);
    json_t *out =
        json_pack("{s:i, s:f, s:f, s:f, s:f, s:f}", "trials", trials, "revoke_ms_min", ms[0],
                  "revoke_ms_p50", ms[trials / 2], "revoke_ms_p95", ms[trials * 95 / 100],
                  "revoke_ms_p99", ms[trials * 99 / 100], "revoke_ms_max", ms[trials - 1]);
    json_dumpf(out, stdout, JSON_COMPACT | JSON_REAL_PRECISION(4));
    putchar('\n');
    json_decref(out);
    return 0;
}
