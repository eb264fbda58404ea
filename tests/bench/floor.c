/* floor - what the work cannot cost less than, on this machine, now.
 *
 *     floor COMPLEXITY BITRATE [N T]...
 *
 * Measures each unavoidable operation alone, CPU time of this thread, median of 7 rounds, and
 * prints one JSON object with them and for each N T the sum of T (receive + decode + add +
 * mix-minus) + (T + 1) encodes + N sends every 20 ms, in % of one core. Encoded is the mix of three
 * Vietnamese voices with the same settings as the server's. A program that waits, wakes up, counts
 * and answers lies above it. */
#include "tests/bench/content.h"
#include "tests/bench/measure.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <opus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 7, SECONDS = 6, FRAMES = SECONDS * 50, PEERS = 64, PACKET = 100, SWEEPS = 20 };

struct costs {
    double encode, decode, send, receive, add, minus; /* us */
};

struct work {
    float *mix;
    int complexity, bitrate;
    uint8_t packets[FRAMES][CONTENT_PACKET_MAX];
    int bytes[FRAMES];
    int out_fd, in_fd;
    int fds[PEERS];
    struct sockaddr_in peers[PEERS], own;
};

static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double (*round)(struct work *), struct work *work)
{
    double us[ROUNDS];

    for (unsigned i = 0; i < ROUNDS; i++)
        us[i] = round(work);
    qsort(us, ROUNDS, sizeof(us[0]), compare);
    return us[ROUNDS / 2];
}

static double encode(struct work *work)
{
    OpusEncoder *encoder = content_encoder(work->complexity, work->bitrate);
    double start = cpu_us();

    for (unsigned i = 0; i < FRAMES; i++)
        work->bytes[i] = opus_encode_float(encoder, work->mix + (size_t)i * CONTENT_FRAME,
                                           CONTENT_FRAME, work->packets[i], CONTENT_PACKET_MAX);
    double us = (cpu_us() - start) / FRAMES;
    opus_encoder_destroy(encoder);
    return us;
}

static double decode(struct work *work)
{
    int code = 0;
    float out[CONTENT_FRAME];
    OpusDecoder *decoder = opus_decoder_create(MEASURE_RATE, 1, &code);
    double start = cpu_us();

    for (unsigned i = 0; i < FRAMES; i++)
        if (opus_decode_float(decoder, work->packets[i], work->bytes[i], out, CONTENT_FRAME, 0) < 0)
            abort();
    double us = (cpu_us() - start) / FRAMES;
    opus_decoder_destroy(decoder);
    return us;
}

static int open_socket(struct sockaddr_in *address)
{
    socklen_t bytes = sizeof(*address);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    *address =
        (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (fd < 0 || bind(fd, (struct sockaddr *)address, bytes) != 0 ||
        getsockname(fd, (struct sockaddr *)address, &bytes) != 0)
        exit(2);
    return fd;
}

static void drain(int fd)
{
    uint8_t packet[1500];
    while (recv(fd, packet, sizeof(packet), 0) > 0)
        ;
}

static double send_to_all(struct work *work)
{
    uint8_t header[PEERS][12] = { { 0 } }, payload[PACKET - 12] = { 0 };
    struct iovec parts[PEERS][2];
    struct mmsghdr messages[PEERS];
    double us = 0;

    for (unsigned i = 0; i < PEERS; i++) {
        parts[i][0] = (struct iovec){ header[i], sizeof(header[i]) };
        parts[i][1] = (struct iovec){ payload, sizeof(payload) };
        messages[i].msg_hdr = (struct msghdr){ .msg_name = &work->peers[i],
                                               .msg_namelen = sizeof(work->peers[i]),
                                               .msg_iov = parts[i],
                                               .msg_iovlen = 2 };
    }
    for (unsigned sweep = 0; sweep < SWEEPS; sweep++) {
        double start = cpu_us();
        if (sendmmsg(work->out_fd, messages, PEERS, 0) != PEERS)
            exit(2);
        us += cpu_us() - start;
        for (unsigned i = 0; i < PEERS; i++)
            drain(work->fds[i]);
    }
    return us / (SWEEPS * PEERS);
}

/* One packet a call, as they come from talkers at different times. */
static double receive(struct work *work)
{
    uint8_t packet[1500] = { 0 };
    double us = 0;

    for (unsigned sweep = 0; sweep < SWEEPS; sweep++) {
        for (unsigned i = 0; i < PEERS; i++)
            sendto(work->fds[i], packet, PACKET, 0, (struct sockaddr *)&work->own,
                   sizeof(work->own));
        double start = cpu_us();
        for (unsigned i = 0; i < PEERS; i++)
            if (recv(work->in_fd, packet, sizeof(packet), 0) < 0)
                exit(2);
        us += cpu_us() - start;
    }
    return us / (SWEEPS * PEERS);
}

static volatile float sink;

static double add(struct work *work)
{
    float sum[CONTENT_FRAME] = { 0 };
    double start = cpu_us();

    for (unsigned i = 0; i < FRAMES; i++)
        for (unsigned k = 0; k < CONTENT_FRAME; k++)
            sum[k] += work->mix[(size_t)i * CONTENT_FRAME + k];
    double us = (cpu_us() - start) / FRAMES;
    sink = sum[7];
    return us;
}

static double minus(struct work *work)
{
    float out[CONTENT_FRAME] = { 0 };
    double start = cpu_us();

    for (unsigned i = 1; i < FRAMES; i++) {
        const float *all = work->mix + (size_t)i * CONTENT_FRAME, *own = all - CONTENT_FRAME;
        for (unsigned k = 0; k < CONTENT_FRAME; k++) {
            float rest = all[k] - own[k];
            rest = rest > 1 ? 1 : rest;
            out[k] = rest < -1 ? -1 : rest;
        }
        sink = out[i];
    }
    return (cpu_us() - start) / (FRAMES - 1);
}

static void prepare(struct work *work)
{
    work->mix = calloc((size_t)SECONDS * MEASURE_RATE, sizeof(float));
    for (unsigned talker = 0; talker < 3; talker++) {
        float *samples = content_samples(talker, false, SECONDS);
        if (!samples) {
            fprintf(stderr, "floor: espeak-ng or sox is missing (Debian: espeak-ng sox)\n");
            exit(2);
        }
        for (size_t i = 0; i < (size_t)SECONDS * MEASURE_RATE; i++)
            work->mix[i] += samples[i];
        free(samples);
    }
    work->out_fd = open_socket(&work->own);
    work->in_fd = open_socket(&work->own);
    for (unsigned i = 0; i < PEERS; i++)
        work->fds[i] = open_socket(&work->peers[i]);
}

static double floor_percent(const struct costs *costs, unsigned n, unsigned t)
{
    double us = t * (costs->receive + costs->decode + costs->add + costs->minus) +
                (t + 1) * costs->encode + n * costs->send;
    return us / 20000 * 100;
}

int main(int argc, char **argv)
{
    static struct work work;

    if (argc < 3 || argc % 2 == 0) {
        fprintf(stderr, "usage: floor COMPLEXITY BITRATE [N T]...\n");
        return 2;
    }
    work.complexity = atoi(argv[1]);
    work.bitrate = atoi(argv[2]);
    prepare(&work);
    struct costs costs = { .encode = median(encode, &work),
                           .decode = median(decode, &work),
                           .send = median(send_to_all, &work),
                           .receive = median(receive, &work),
                           .add = median(add, &work),
                           .minus = median(minus, &work) };
    json_t *rows = json_array();
    for (int i = 3; i + 1 < argc; i += 2) {
        unsigned n = (unsigned)atoi(argv[i]), t = (unsigned)atoi(argv[i + 1]);
        json_array_append_new(rows, json_pack("{s:i, s:i, s:f}", "n", (int)n, "t", (int)t,
                                              "floor_cpu_percent", floor_percent(&costs, n, t)));
    }
    json_t *out =
        json_pack("{s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:o}", "complexity", work.complexity,
                  "bitrate", work.bitrate, "encode_us", costs.encode, "decode_us", costs.decode,
                  "send_us", costs.send, "receive_us", costs.receive, "add_us", costs.add,
                  "mix_minus_us", costs.minus, "floors", rows);
    json_dumpf(out, stdout, JSON_COMPACT | JSON_REAL_PRECISION(5));
    putchar('\n');
    json_decref(out);
    free(work.mix);
    return 0;
}
