#include "tests/bench/rig_listen.h"

#include "media/rtp.h"
#include "tests/bench/content.h"
#include "tests/bench/measure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <opus.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    SAMPLED = 6,
    EVENTS = 256,
    PACKET_MAX = 1500,
    BATCH = 16,
    MARKERS_MAX = 700,
    SLEEP_NS = 10 * 1000 * 1000
};

struct kept {
    int64_t at_ns;
    uint16_t sequence, bytes;
    uint8_t data[400];
};

struct stream {
    int fd;
    uint16_t port;
    struct kept *kept; /* of sampled ones, else NULL */
    unsigned n_kept;
    /* In the window. */
    unsigned packets, lost, faults;
    bool known;
    uint16_t next;
    int64_t last_ns, gap_ns, first_ns;
};

struct listen {
    unsigned n, n_talkers, kept_max;
    int epoll_fd;
    bool counting;
    int64_t real_offset_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC, for the kernel's stamps */
    int64_t begin_ns, end_ns;
    struct stream *streams;
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t listen_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static bool open_stream(struct listen *listen, unsigned index)
{
    struct stream *stream = &listen->streams[index];
    struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = index };
    socklen_t bytes = sizeof(local);
    int one = 1;

    stream->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (stream->fd < 0 || bind(stream->fd, (struct sockaddr *)&local, bytes) != 0 ||
        getsockname(stream->fd, (struct sockaddr *)&local, &bytes) != 0 ||
        setsockopt(stream->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) != 0 ||
        epoll_ctl(listen->epoll_fd, EPOLL_CTL_ADD, stream->fd, &event) != 0)
        return false;
    stream->port = ntohs(local.sin_port);
    return true;
}

/* Talkers hear their own mixes, so the sample begins with one and takes the others evenly. */
static void choose_sampled(struct listen *listen)
{
    for (unsigned i = 0; i < SAMPLED && i < listen->n; i++) {
        unsigned index = listen->n <= SAMPLED ? i : i * (listen->n - 1) / (SAMPLED - 1);
        listen->streams[index].kept = calloc(listen->kept_max, sizeof(struct kept));
    }
}

struct listen *listen_create(unsigned n, unsigned n_talkers, unsigned seconds)
{
    struct listen *listen = calloc(1, sizeof(*listen));

    listen->n = n;
    listen->n_talkers = n_talkers;
    listen->kept_max = (seconds + 10) * 50;
    listen->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    listen->streams = calloc(n, sizeof(*listen->streams));
    listen->real_offset_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
    for (unsigned i = 0; i < n; i++)
        if (!open_stream(listen, i))
            return NULL; /* the program ends */
    choose_sampled(listen);
    return listen;
}

void listen_destroy(struct listen *listen)
{
    for (unsigned i = 0; i < listen->n; i++) {
        close(listen->streams[i].fd);
        free(listen->streams[i].kept);
    }
    close(listen->epoll_fd);
    free(listen->streams);
    free(listen);
}

uint16_t listen_port(const struct listen *listen, unsigned index)
{
    return listen->streams[index].port;
}

int listen_fd(const struct listen *listen, unsigned index)
{
    return listen->streams[index].fd;
}

static void keep(struct listen *listen, struct stream *stream, const struct kh_rtp *rtp,
                 const uint8_t *packet, int64_t at_ns)
{
    if (!stream->kept || stream->n_kept == listen->kept_max)
        return;
    struct kept *kept = &stream->kept[stream->n_kept];
    if (rtp->payload_bytes > sizeof(kept->data)) {
        stream->faults++;
        return;
    }
    stream->n_kept++;
    kept->at_ns = at_ns;
    kept->sequence = rtp->sequence;
    kept->bytes = (uint16_t)rtp->payload_bytes;
    memcpy(kept->data, packet + rtp->payload_offset, rtp->payload_bytes);
}

static void count(struct stream *stream, const struct kh_rtp *rtp, int64_t at_ns)
{
    if (stream->packets > 0) {
        stream->lost += (uint16_t)(rtp->sequence - stream->next);
        if (at_ns - stream->last_ns > stream->gap_ns)
            stream->gap_ns = at_ns - stream->last_ns;
    } else {
        stream->first_ns = at_ns;
    }
    stream->packets++;
    stream->next = (uint16_t)(rtp->sequence + 1);
    stream->last_ns = at_ns;
}

static int64_t stamp_of(const struct listen *listen, struct msghdr *header)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        struct timespec stamp;
        memcpy(&stamp, CMSG_DATA(part), sizeof(stamp));
        return (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec - listen->real_offset_ns;
    }
    return listen_now_ns();
}

static void take(struct listen *listen, struct stream *stream, struct msghdr *header,
                 const uint8_t *packet, size_t bytes)
{
    struct kh_rtp rtp;
    int64_t at_ns = stamp_of(listen, header);

    if (!kh_rtp_read(packet, bytes, &rtp)) {
        stream->faults++;
        return;
    }
    keep(listen, stream, &rtp, packet, at_ns);
    if (listen->counting)
        count(stream, &rtp, at_ns);
}

static void receive(struct listen *listen, struct stream *stream)
{
    static uint8_t packets[BATCH][PACKET_MAX];
    static char controls[BATCH][64];
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH];

    for (unsigned i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){ packets[i], PACKET_MAX };
        messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i],
                                               .msg_iovlen = 1,
                                               .msg_control = controls[i],
                                               .msg_controllen = sizeof(controls[i]) };
    }
    int n = recvmmsg(stream->fd, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < n; i++)
        take(listen, stream, &messages[i].msg_hdr, packets[i], messages[i].msg_len);
}

static void sleep_until(int64_t at_ns)
{
    struct timespec at = { .tv_sec = at_ns / 1000000000, .tv_nsec = at_ns % 1000000000 };
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* Asleep, not in epoll: the kernel stamps the arrivals, and a waiting receiver would be woken by,
 * and at the cost of, the server's sending. In reality the receivers are other machines. */
void listen_wait(struct listen *listen, int64_t until_ns)
{
    struct epoll_event events[EVENTS];
    int64_t latest_ns = listen_now_ns() + SLEEP_NS;
    int n;

    sleep_until(until_ns < latest_ns ? until_ns : latest_ns);
    while ((n = epoll_wait(listen->epoll_fd, events, EVENTS, 0)) > 0)
        for (int i = 0; i < n; i++)
            receive(listen, &listen->streams[events[i].data.u32]);
}

void listen_begin(struct listen *listen)
{
    listen->counting = true;
    listen->begin_ns = listen_now_ns();
}

void listen_end(struct listen *listen)
{
    listen->counting = false;
    listen->end_ns = listen_now_ns();
}

static void hear_frame(struct heard *heard, OpusDecoder *decoder, const struct kept *kept)
{
    float *out = heard->samples + (size_t)heard->frames * CONTENT_FRAME;
    int n = opus_decode_float(decoder, kept->bytes ? kept->data : NULL, kept->bytes, out,
                              CONTENT_FRAME, 0);
    if (n == CONTENT_FRAME)
        heard->frame_ns[heard->frames++] = kept->at_ns;
}

/* Lost packets are concealed, as a receiver does, and take the time of the packet after them. */
struct heard listen_heard(const struct listen *listen, unsigned index)
{
    const struct stream *stream = &listen->streams[index];
    int code = 0;
    unsigned room = stream->n_kept + 1000;
    struct heard heard = { .samples = calloc(room, CONTENT_FRAME * sizeof(float)),
                           .frame_ns = calloc(room, sizeof(int64_t)) };
    OpusDecoder *decoder = opus_decoder_create(MEASURE_RATE, 1, &code);

    for (unsigned i = 0; i < stream->n_kept && heard.frames < room; i++) {
        const struct kept *kept = &stream->kept[i];
        uint16_t gap = i ? (uint16_t)(kept->sequence - stream->kept[i - 1].sequence - 1) : 0;
        struct kept missing = { .at_ns = kept->at_ns };
        for (unsigned k = 0; k < gap && k < 50 && heard.frames + 1 < room; k++)
            hear_frame(&heard, decoder, &missing);
        hear_frame(&heard, decoder, kept);
    }
    opus_decoder_destroy(decoder);
    return heard;
}

struct transits {
    unsigned n, missed;
    double ms[SAMPLED * MARKERS_MAX];
};

static int64_t time_in(const int64_t *frame_ns, double sample)
{
    size_t frame = (size_t)(sample / CONTENT_FRAME);
    double rest = sample - (double)frame * CONTENT_FRAME;
    return frame_ns[frame] + (int64_t)(rest / MEASURE_RATE * 1e9);
}

/* Each marker that was said in the window is looked for among those heard within a second. */
static void add_transits(const struct listen *listen, const struct heard *heard,
                         const struct listen_said *said, struct transits *transits)
{
    size_t *at = calloc(MARKERS_MAX, sizeof(*at));
    size_t n = measure_find_markers(heard->samples, (size_t)heard->frames * CONTENT_FRAME, at,
                                    MARKERS_MAX);

    for (unsigned i = 0; content_marker_at(i) / CONTENT_FRAME < said->packets; i++) {
        int64_t said_ns = time_in(said->sent_ns, (double)content_marker_at(i));
        if (said_ns < listen->begin_ns || said_ns > listen->end_ns - 600000000)
            continue;
        double best = INFINITY;
        for (size_t k = 0; k < n; k++) {
            double sample = (double)at[k] - said->codec_delay;
            double ms = (double)(time_in(heard->frame_ns, sample > 0 ? sample : 0) - said_ns) / 1e6;
            if (ms > -5 && ms < best)
                best = ms;
        }
        if (best < 500 && transits->n < SAMPLED * MARKERS_MAX)
            transits->ms[transits->n++] = best;
        else
            transits->missed++;
    }
    free(at);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static json_t *percentile(const struct transits *transits, double part)
{
    if (transits->n == 0)
        return json_null();
    return json_real(transits->ms[(size_t)(part * (transits->n - 1) + 0.5)]);
}

/* What everybody hears is tones of all talkers; a talker does not hear their own. */
static unsigned tones_at(const struct listen *listen, unsigned index)
{
    unsigned all = (1u << listen->n_talkers) - 1;
    return index < listen->n_talkers ? all & ~(1u << index) : all;
}

static void add_sampled(struct listen *listen, unsigned index, const struct listen_said *said,
                        struct transits *transits, struct measure_glitches *glitches)
{
    struct heard heard = listen_heard(listen, index);

    /* Talker 0 does not hear their own markers. */
    if (index > 0 && said->talkers > 0)
        add_transits(listen, &heard, said, transits);
    if (said->tones) {
        unsigned skip = heard.frames > 150 ? 100 : 0; /* settling */
        struct measure_glitches some = measure_glitches(
            heard.samples + (size_t)skip * CONTENT_FRAME,
            (size_t)(heard.frames - skip) * CONTENT_FRAME, tones_at(listen, index));
        glitches->dropouts += some.dropouts;
        glitches->clicks += some.clicks;
    }
    free(heard.samples);
    free(heard.frame_ns);
}

static json_t *stream_results(const struct listen *listen)
{
    double seconds = (double)(listen->end_ns - listen->begin_ns) / 1e9;
    unsigned least = listen->streams[0].packets, lost = 0, faults = 0;
    uint64_t packets = 0;
    int64_t gap_ns = 0;

    for (unsigned i = 0; i < listen->n; i++) {
        const struct stream *stream = &listen->streams[i];
        packets += stream->packets;
        lost += stream->lost;
        faults += stream->faults;
        least = stream->packets < least ? stream->packets : least;
        gap_ns = stream->gap_ns > gap_ns ? stream->gap_ns : gap_ns;
    }
    return json_pack("{s:i, s:i, s:f, s:I, s:f, s:f, s:i, s:i, s:f}", "listeners", (int)listen->n,
                     "talkers", (int)listen->n_talkers, "seconds", seconds, "packets",
                     (json_int_t)packets, "packets_per_s", (double)packets / seconds / listen->n,
                     "packets_per_s_least", (double)least / seconds, "lost", (int)lost, "faults",
                     (int)faults, "largest_gap_ms", (double)gap_ns / 1e6);
}

json_t *listen_results(struct listen *listen, const struct listen_said *said)
{
    struct transits *transits = calloc(1, sizeof(*transits));
    struct measure_glitches glitches = { 0 };
    unsigned sampled = 0;

    for (unsigned i = 0; i < listen->n; i++) {
        if (!listen->streams[i].kept)
            continue;
        sampled++;
        add_sampled(listen, i, said, transits, &glitches);
    }
    qsort(transits->ms, transits->n, sizeof(double), compare);
    json_t *results = stream_results(listen);
    json_object_set_new(results, "sampled", json_integer(sampled));
    json_object_set_new(results, "transit_ms_p50", percentile(transits, 0.5));
    json_object_set_new(results, "transit_ms_p95", percentile(transits, 0.95));
    json_object_set_new(results, "transit_ms_max", percentile(transits, 1));
    json_object_set_new(results, "markers_found", json_integer(transits->n));
    json_object_set_new(results, "markers_missed", json_integer(transits->missed));
    if (said->tones) {
        json_object_set_new(results, "dropouts", json_integer(glitches.dropouts));
        json_object_set_new(results, "clicks", json_integer(glitches.clicks));
    }
    free(transits);
    return results;
}
