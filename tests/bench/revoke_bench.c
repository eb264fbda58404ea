/* revoke_bench - from the engine's "close this microphone" to silence at a listener.
 *
 *     revoke_bench [TRIALS [FADE_MS]]
 *
 * A talker sends a tone without end. At random moments of the tick their microphone is closed.
 * Silence is there when the listener's decoded sound has fallen by 20 dB (windows of 0.5 ms), each
 * sample heard as long after its packet's arrival (kernel's stamp) as it lies behind the packet's
 * first, less libopus' delay of 6.5 ms. (Below that lies libopus' own noise in the rest of the
 * frame in which a tone ends, down to the frame's end.) Prints one JSON object. */
#include "media/room.h"
#include "media/rtp.h"
#include "tests/bench/content.h"
#include "tests/bench/rig_listen.h"
#include "tests/media/sound.h"

#include <arpa/inet.h>
#include <glib.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TALKER = 0,
    LISTENER = 1,
    TRIALS_MAX = 1000,
    OPEN_MS = 400,
    CLOSED_MS = 200,
    TONE_SECONDS = 10,
    WINDOW = 24,
    TICK_NS = 20 * 1000 * 1000,
};

static const double CODEC_MS = 6.5, TONE_DBFS = -23, DROP_DB = 20;

struct bench {
    struct kh_room *room;
    struct listen *listen;
    struct kh_rtp_answer answer; /* of the talker */
    struct content content;
    _Atomic bool stop;
    int trials, fade_ms;
    int64_t closed_ns[TRIALS_MAX];
    double ms[TRIALS_MAX];
};

static void fail(const char *text)
{
    fprintf(stderr, "revoke_bench: %s\n", text);
    exit(2);
}

static void send_packet(struct bench *bench, unsigned number)
{
    uint8_t packet[KH_RTP_HEADER_BYTES + CONTENT_PACKET_MAX];
    unsigned i = number % bench->content.packets;
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(bench->answer.port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct kh_rtp rtp = { .payload_type = (uint8_t)bench->answer.payload_type,
                          .sequence = (uint16_t)number,
                          .timestamp = number * CONTENT_FRAME,
                          .ssrc = bench->answer.ssrc };

    kh_rtp_write(packet, &rtp);
    memcpy(packet + KH_RTP_HEADER_BYTES, bench->content.data[i], bench->content.bytes[i]);
    sendto(listen_fd(bench->listen, TALKER), packet, KH_RTP_HEADER_BYTES + bench->content.bytes[i],
           0, (struct sockaddr *)&to, sizeof(to));
}

/* The participants' side: a tone every 20 ms, and ears. */
static void *take_part(void *user)
{
    struct bench *bench = user;
    struct sched_param priority = { .sched_priority = 20 };
    int64_t due_ns = listen_now_ns();

    pthread_setschedparam(pthread_self(), SCHED_RR, &priority);
    for (unsigned number = 0; !bench->stop; number++, due_ns += TICK_NS) {
        while (listen_now_ns() < due_ns)
            listen_wait(bench->listen, due_ns);
        send_packet(bench, number);
    }
    return NULL;
}

static void join(struct bench *bench, kh_person person, struct kh_rtp_answer *answer)
{
    struct kh_rtp_offer offer = { .address = "127.0.0.1",
                                  .port = listen_port(bench->listen, person),
                                  .payload_type = -1,
                                  .ssrc = -1 };
    struct kh_error error;

    if (kh_room_join_rtp(bench->room, person, &offer, answer, &error))
        fail(error.text);
}

static void create(struct bench *bench)
{
    static const struct kh_room_ops ops = { 0 };
    struct kh_room_config config = { .mixer = kh_mixer_config_default(), .persons_max = 2 };
    struct kh_rtp_answer ignored;
    struct kh_error error;

    config.mixer.fade_ms = bench->fade_ms;
    if (kh_room_create(&config, &ops, NULL, &bench->room, &error))
        fail(error.text);
    bench->listen =
        listen_create(2, 1, (unsigned)bench->trials * (OPEN_MS + CLOSED_MS + 20) / 1000 + 5);
    if (!bench->listen || !content_create(&bench->content, 1, true, TONE_SECONDS))
        fail("cannot open the sockets");
    join(bench, TALKER, &bench->answer);
    join(bench, LISTENER, &ignored);
}

/* The engine's part. */
static void run_trials(struct bench *bench)
{
    srand(1);
    for (int i = 0; i < bench->trials; i++) {
        if (kh_room_set_mic(bench->room, TALKER, KH_MIC_LIVE))
            fail("no slot");
        usleep(OPEN_MS * 1000 + (unsigned)(rand() % 20000));
        bench->closed_ns[i] = listen_now_ns();
        if (kh_room_set_mic(bench->room, TALKER, i % 2 ? KH_MIC_OFF : KH_MIC_MUTED))
            fail("closing failed");
        usleep(CLOSED_MS * 1000);
    }
}

static int64_t loud_until_ns(const struct heard *heard, unsigned frame)
{
    const float *samples = heard->samples + (size_t)frame * SOUND_FRAME;

    for (int i = SOUND_FRAME - WINDOW; i >= 0; i -= WINDOW)
        if (sound_rms_dbfs(samples + i, WINDOW) > TONE_DBFS - DROP_DB)
            return heard->frame_ns[frame] + (int64_t)(i + WINDOW) * 1000000 / 48;
    return 0;
}

static double silence_ms(const struct heard *heard, int64_t closed_ns)
{
    int64_t last_ns = 0;

    for (unsigned frame = 0; frame < heard->frames; frame++) {
        int64_t at_ns = heard->frame_ns[frame] - closed_ns;
        if (at_ns < -TICK_NS || at_ns > CLOSED_MS * INT64_C(900000))
            continue;
        int64_t loud_ns = loud_until_ns(heard, frame);
        last_ns = loud_ns > last_ns ? loud_ns : last_ns;
    }
    if (last_ns == 0)
        fail("the tone was not heard before a microphone was closed");
    return (double)(last_ns - closed_ns) / 1e6 - CODEC_MS;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_results(struct bench *bench)
{
    struct heard heard = listen_heard(bench->listen, LISTENER);
    int n = bench->trials;

    for (int i = 0; i < n; i++)
        bench->ms[i] = silence_ms(&heard, bench->closed_ns[i]);
    qsort(bench->ms, (size_t)n, sizeof(bench->ms[0]), compare);
    printf("{\"trials\":%d,\"fade_ms\":%d,\"revoke_ms_min\":%.1f,\"revoke_ms_p50\":%.1f,"
           "\"revoke_ms_p95\":%.1f,\"revoke_ms_p99\":%.1f,\"revoke_ms_max\":%.1f}\n",
           n, bench->fade_ms, bench->ms[0], bench->ms[n / 2], bench->ms[n * 95 / 100],
           bench->ms[n * 99 / 100], bench->ms[n - 1]);
    free(heard.samples);
    free(heard.frame_ns);
}

int main(int argc, char **argv)
{
    static struct bench bench;
    pthread_t thread;

    bench.trials = argc > 1 ? atoi(argv[1]) : 200;
    bench.fade_ms = argc > 2 ? atoi(argv[2]) : kh_mixer_config_default().fade_ms;
    if (bench.trials < 1 || bench.trials > TRIALS_MAX)
        fail("1 to 1000 trials");
    create(&bench);
    if (pthread_create(&thread, NULL, take_part, &bench) != 0)
        fail("no thread");
    run_trials(&bench);
    bench.stop = true;
    pthread_join(thread, NULL);
    kh_room_destroy(bench.room);
    print_results(&bench);
    content_destroy(&bench.content);
    listen_destroy(bench.listen);
    return 0;
}
