#include "tests/media/call.h"

#include "media/rtp.h"
#include "tests/media/ear.h"
#include "tests/media/sound.h"
#include "tests/unit/edge/client.h"

#include <arpa/inet.h>
#include <glib.h>
#include <opus.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SPEAKER = 0,
    LISTENER = 1,
    BYTES_MAX = 1275,
    DTX_BYTES = 2,      /* RFC 7587 section 3.1.3: so short a packet need not be sent */
    TAIL_MS = 1200,     /* for what is still on its way */
    CONNECT_MS = 10000, /* to get through ICE and DTLS */
    TURN_MS = 5,
};

static const int64_t MS_NS = 1000000;

struct packet {
    int bytes;
    uint8_t data[BYTES_MAX];
};

struct call {
    struct call_plan plan;
    struct kh_room *room;
    struct relay *relay;
    struct packet *packets;
    unsigned n_packets;
    pthread_t speaker, listener;
    _Atomic bool over;         /* the speaker has finished */
    _Atomic int64_t begun_ns;  /* the first sample is said; 0: not yet */
    struct ear *ear, *own_ear; /* each of one thread until it is joined */
    int fd;                    /* plain RTP */
    uint32_t ssrc;
    uint16_t sequence;
    struct client_context *context; /* WebRTC */
    struct client *client;
    bool live;
    int64_t change_ns;
};

/* --- what is said --- */

static OpusEncoder *make_encoder(const struct call_plan *plan)
{
    int code = 0;
    OpusEncoder *encoder =
        opus_encoder_create(SOUND_RATE, plan->stereo ? 2 : 1, OPUS_APPLICATION_VOIP, &code);

    if (code != OPUS_OK)
        abort();
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(plan->stereo ? 48000 : 32000));
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(5));
    opus_encoder_ctl(encoder, OPUS_SET_DTX(plan->dtx));
    opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(!plan->no_fec));
    /* What a browser learns from the server's receiver reports. */
    opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(plan->no_fec ? 0 : 15));
    return encoder;
}

static void encode(struct call *call)
{
    const struct call_plan *plan = &call->plan;
    OpusEncoder *encoder = make_encoder(plan);
    size_t frame = (size_t)plan->frame_ms * 48, channels = plan->stereo ? 2 : 1;
    float *samples = calloc(frame, channels * sizeof(*samples));

    call->n_packets = (unsigned)(plan->n / frame);
    call->packets = calloc(call->n_packets, sizeof(*call->packets));
    for (unsigned i = 0; i < call->n_packets; i++) {
        for (size_t k = 0; k < frame * channels; k++)
            samples[k] = plan->samples[i * frame + k / channels];
        call->packets[i].bytes =
            opus_encode_float(encoder, samples, (int)frame, call->packets[i].data, BYTES_MAX);
    }
    opus_encoder_destroy(encoder);
    free(samples);
}

/* --- the speaker's thread --- */

static void raise_priority(int priority)
{
    struct sched_param param = { .sched_priority = priority };
    pthread_setschedparam(pthread_self(), SCHED_RR, &param); /* when it may */
}

static void send_plain(struct call *call, unsigned i)
{
    const struct packet *packet = &call->packets[i];
    uint8_t data[KH_RTP_HEADER_BYTES + BYTES_MAX];
    struct kh_rtp rtp = { .payload_type = 111,
                          .sequence = call->sequence++,
                          .timestamp = i * (uint32_t)call->plan.frame_ms * 48,
                          .ssrc = call->ssrc };

    kh_rtp_write(data, &rtp);
    memcpy(data + KH_RTP_HEADER_BYTES, packet->data, (size_t)packet->bytes);
    send(call->fd, data, KH_RTP_HEADER_BYTES + (size_t)packet->bytes, 0);
}

static void send_packet(struct call *call, unsigned i)
{
    if (call->plan.dtx && call->packets[i].bytes <= DTX_BYTES)
        return;
    if (call->plan.webrtc)
        client_send_rtp(call->client, call->packets[i].data, (size_t)call->packets[i].bytes);
    else
        send_plain(call, i);
}

static void hear_own(void *user, const uint8_t *packet, size_t bytes)
{
    struct call *call = user;
    ear_take(call->own_ear, packet, bytes);
}

static void wait_until(struct call *call, int64_t until_ns)
{
    struct pollfd fd = { .fd = call->client ? client_fd(call->client) : call->fd,
                         .events = POLLIN };

    do {
        int64_t left_ns = until_ns - ear_now_ns();
        int64_t most_ns = call->client ? 10 * MS_NS : 50 * MS_NS;
        struct timespec wait = { .tv_nsec = left_ns < 0         ? 0
                                            : left_ns < most_ns ? left_ns
                                                                : most_ns };
        ppoll(&fd, 1, &wait, NULL);
        if (call->client) {
            client_readable(call->client);
            client_timer(call->client);
        } else {
            ear_listen(call->own_ear, call->fd);
        }
    } while (ear_now_ns() < until_ns);
}

static void set_net(struct call *call, int64_t said_ms)
{
    const struct call_plan *plan = &call->plan;
    bool burst = said_ms >= plan->burst_from_ms && said_ms < plan->burst_to_ms;
    relay_set_net(call->relay, burst ? &plan->burst : &plan->net);
}

static void *speak(void *user)
{
    struct call *call = user;
    int64_t frame_ns = call->plan.frame_ms * MS_NS;

    raise_priority(13);
    for (int64_t until = ear_now_ns() + CONNECT_MS * MS_NS;
         call->client && !client_connected(call->client) && ear_now_ns() < until;)
        wait_until(call, ear_now_ns() + 10 * MS_NS);
    wait_until(call, ear_now_ns() + 100 * MS_NS);
    set_net(call, 0);
    int64_t begun = ear_now_ns();
    call->begun_ns = begun;
    for (unsigned i = 0; i < call->n_packets; i++) {
        /* A frame can be sent when it is said to its end; that it took is not the network's. */
        wait_until(call, begun + i * frame_ns);
        if (call->plan.burst_to_ms)
            set_net(call, i * call->plan.frame_ms);
        send_packet(call, i);
    }
    wait_until(call, begun + call->n_packets * frame_ns + TAIL_MS * MS_NS);
    call->over = true;
    return NULL;
}

static void *listen_on(void *user)
{
    struct call *call = user;

    raise_priority(12);
    while (!call->over) {
        struct pollfd fd = { .fd = ear_fd(call->ear), .events = POLLIN };
        poll(&fd, 1, 50);
        ear_listen(call->ear, ear_fd(call->ear));
    }
    return NULL;
}

/* --- the room --- */

static enum kh_err join_plain(struct call *call, kh_person person, uint16_t port,
                              struct kh_rtp_answer *answer, struct kh_error *error)
{
    struct kh_rtp_offer offer = {
        .address = "127.0.0.1", .port = port, .payload_type = 111, .ssrc = -1
    };
    return kh_room_join_rtp(call->room, person, &offer, answer, error);
}

static enum kh_err join_speaker_plain(struct call *call, struct kh_error *error)
{
    struct kh_rtp_answer answer;
    struct sockaddr_in front = { .sin_family = AF_INET,
                                 .sin_port = htons(relay_front_port(call->relay)),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    enum kh_err failed = join_plain(call, SPEAKER, relay_back_port(call->relay), &answer, error);
    if (failed)
        return failed;

    relay_set_server(call->relay, answer.port);
    call->ssrc = answer.ssrc;
    call->sequence = 65400; /* it wraps on the way */
    call->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (call->fd < 0 || connect(call->fd, (struct sockaddr *)&front, sizeof(front)) != 0)
        return kh_err_set(error, KH_ERR_IO, "no socket");
    return KH_OK;
}

/* The relay's front in place of the server's UDP port. */
static bool redirect(const struct call *call, const char *answer, char *text, unsigned *port)
{
    const char *at = strstr(answer, " udp "), *address = at ? strstr(at, "127.0.0.1 ") : NULL;
    int used = 0;

    if (!address || sscanf(address, "127.0.0.1 %u%n", port, &used) != 1)
        return false;
    snprintf(text, KH_SDP_MAX, "%.*s127.0.0.1 %u%s", (int)(address - answer), answer,
             (unsigned)relay_front_port(call->relay), address + used);
    return true;
}

static enum kh_err join_speaker_webrtc(struct call *call, struct kh_error *error)
{
    const struct client_options options = { 0 };
    char offer[2048], answer[KH_SDP_MAX], text[KH_SDP_MAX];
    unsigned port = 0;

    call->context = client_context_create(NULL);
    size_t bytes = client_offer(call->context, &options, offer, sizeof(offer));
    enum kh_err failed = kh_room_join_webrtc(call->room, SPEAKER, offer, bytes, answer, error);
    if (failed)
        return failed;
    if (!redirect(call, answer, text, &port))
        return kh_err_set(error, KH_ERR_INVALID, "no candidate in: %s", answer);
    relay_set_server(call->relay, (uint16_t)port);
    call->client = client_create(call->context, &options, text, hear_own, call);
    return call->client ? KH_OK : kh_err_set(error, KH_ERR_IO, "no client");
}

static enum kh_err set_up(struct call *call, struct kh_error *error)
{
    static const struct kh_room_ops ops = { 0 };
    struct kh_room_config config = { .mixer = kh_mixer_config_default(),
                                     .with_edge = call->plan.webrtc,
                                     .edge = { .udp = true },
                                     .persons_max = 4 };
    struct kh_rtp_answer answer;
    enum kh_err failed = kh_room_create(&config, &ops, NULL, &call->room, error);

    if (!failed)
        failed = join_plain(call, LISTENER, ear_port(call->ear), &answer, error);
    if (!failed)
        failed =
            call->plan.webrtc ? join_speaker_webrtc(call, error) : join_speaker_plain(call, error);
    call->live = !call->plan.muted;
    if (!failed)
        failed = kh_room_set_mic(call->room, SPEAKER, call->live ? KH_MIC_LIVE : KH_MIC_MUTED);
    return failed;
}

static void destroy(struct call *call)
{
    kh_room_destroy(call->room);
    client_destroy(call->client, false);
    if (call->context)
        client_context_destroy(call->context);
    relay_destroy(call->relay);
    if (call->fd > 0)
        close(call->fd);
    ear_destroy(call->ear);
    ear_destroy(call->own_ear);
    free(call->packets);
    free(call);
}

struct call *call_start(const struct call_plan *plan)
{
    struct call *call = calloc(1, sizeof(*call));
    unsigned seconds = (unsigned)(plan->n / SOUND_RATE) + CONNECT_MS / 1000 + 5;
    struct kh_error error = { 0 };

    call->plan = *plan;
    if (call->plan.frame_ms == 0)
        call->plan.frame_ms = 20;
    encode(call);
    call->relay = relay_create(plan->seed);
    call->ear = ear_create(seconds);
    call->own_ear = ear_create(seconds);
    if (!call->relay || !call->ear || !call->own_ear || set_up(call, &error) ||
        pthread_create(&call->speaker, NULL, speak, call) != 0) {
        fprintf(stderr, "call %s: %s\n", plan->name, error.text);
        destroy(call);
        return NULL;
    }
    if (pthread_create(&call->listener, NULL, listen_on, call) != 0)
        abort();
    return call;
}

/* The chair's part. */
static void turn(struct call *call)
{
    int64_t now = ear_now_ns();

    if (!call->plan.change_every_ms || !call->begun_ns)
        return;
    if (call->change_ns == 0)
        call->change_ns = call->begun_ns;
    if (now < call->change_ns + call->plan.change_every_ms * MS_NS)
        return;
    call->change_ns += call->plan.change_every_ms * MS_NS;
    call->live = !call->live;
    if (kh_room_set_mic(call->room, SPEAKER, call->live ? KH_MIC_LIVE : KH_MIC_MUTED))
        abort();
}

static void finish(struct call *call, struct call_heard *heard)
{
    pthread_join(call->speaker, NULL);
    pthread_join(call->listener, NULL);
    memset(heard, 0, sizeof(*heard));
    kh_room_stats(call->room, SPEAKER, &heard->stats);
    heard->relay = relay_counts(call->relay);
    heard->said = call->n_packets;
    heard->lost_out = ear_lost(call->ear);
    heard->samples = ear_since(call->ear, call->begun_ns, &heard->n);
    heard->own = ear_since(call->own_ear, call->begun_ns, &heard->n_own);
    destroy(call);
}

void call_finish_all(struct call **calls, struct call_heard *heard, unsigned n)
{
    for (unsigned over = 0; over < n;) {
        while (g_main_context_iteration(NULL, FALSE))
            ;
        over = 0;
        for (unsigned i = 0; i < n; i++) {
            over += calls[i]->over;
            turn(calls[i]);
        }
        g_usleep(TURN_MS * 1000);
    }
    for (unsigned i = 0; i < n; i++)
        finish(calls[i], &heard[i]);
}

void call_heard_free(struct call_heard *heard)
{
    free(heard->samples);
    free(heard->own);
    memset(heard, 0, sizeof(*heard));
}
