#include "tests/media/peer.h"

#include "media/hall/pcm.h"
#include "media/rtp.h"
#include "tests/media/sound.h"
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <glib.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TICK_NS = 20 * 1000 * 1000, PEER_SECONDS_MAX = 120 };

static int bind_local(uint16_t *port)
{
    struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t bytes = sizeof(local);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    int buffer = 1 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    assert_int_equal(bind(fd, (struct sockaddr *)&local, bytes), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&local, &bytes), 0);
    *port = ntohs(local.sin_port);
    return fd;
}

void peer_open(struct peer *peer, uint16_t server_port, enum kh_encoding encoding, int channels)
{
    int code = 0;
    *peer = (struct peer){ .server_port = server_port,
                           .encoding = encoding,
                           .channels = channels,
                           .ptime_ms = encoding == KH_ENC_OPUS ? 20 : 5,
                           .payload_type = encoding == KH_ENC_OPUS ? 111 : 96,
                           .packets_per_tick = 1,
                           .tone_amplitude = 0.25,
                           .sequence = (uint16_t)(rand() & 0x7fff),
                           .timestamp = (uint32_t)rand() };
    peer->fd = bind_local(&peer->port);
    peer->encoder = opus_encoder_create(SOUND_RATE, 1, OPUS_APPLICATION_VOIP, &code);
    assert_int_equal(code, OPUS_OK);
    opus_encoder_ctl(peer->encoder, OPUS_SET_BITRATE(32000));
    opus_encoder_ctl(peer->encoder, OPUS_SET_COMPLEXITY(5));
    peer->decoder = opus_decoder_create(SOUND_RATE, 1, &code);
    assert_int_equal(code, OPUS_OK);
    peer->room_heard = (size_t)PEER_SECONDS_MAX * SOUND_RATE;
    peer->heard = calloc(peer->room_heard, sizeof(float));
}

void peer_close(struct peer *peer)
{
    close(peer->fd);
    opus_encoder_destroy(peer->encoder);
    opus_decoder_destroy(peer->decoder);
    free(peer->heard);
}

size_t peer_now(const struct peer *peer)
{
    return peer->n_heard;
}

double peer_tone_dbfs(const struct peer *peer, size_t from, double hz)
{
    assert_true(peer->n_heard > from);
    return sound_tone_dbfs(peer->heard + from, peer->n_heard - from, hz);
}

unsigned peer_audible_frames(const struct peer *peer, size_t from)
{
    assert_true(peer->n_heard > from);
    return sound_audible_frames(peer->heard + from, peer->n_heard - from);
}

static void make_sound(struct peer *peer, float samples[SOUND_FRAME])
{
    for (size_t i = 0; i < SOUND_FRAME; i++) {
        if (peer->speech) {
            samples[i] = peer->at_speech < peer->n_speech ? peer->speech[peer->at_speech++] : 0;
            continue;
        }
        samples[i] = (float)(peer->tone_amplitude * sin(peer->phase));
        peer->phase = fmod(peer->phase + 2 * M_PI * peer->tone_hz / SOUND_RATE, 2 * M_PI);
    }
}

static void send_packet(struct peer *peer, const uint8_t *payload, size_t bytes, unsigned samples)
{
    uint8_t packet[KH_RTP_HEADER_BYTES + 6000];
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(peer->server_port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct kh_rtp rtp = { .payload_type = (uint8_t)peer->payload_type,
                          .sequence = peer->sequence++,
                          .timestamp = peer->timestamp,
                          .ssrc = peer->ssrc };

    peer->timestamp += samples;
    kh_rtp_write(packet, &rtp);
    memcpy(packet + KH_RTP_HEADER_BYTES, payload, bytes);
    sendto(peer->fd, packet, KH_RTP_HEADER_BYTES + bytes, 0, (struct sockaddr *)&to, sizeof(to));
}

void peer_send_garbage(struct peer *peer)
{
    uint8_t payload[1800];
    size_t bytes = (size_t)(rand() % (int)sizeof(payload));

    for (size_t i = 0; i < bytes; i++)
        payload[i] = (uint8_t)rand();
    if (rand() % 2) {
        struct peer disguised = *peer;
        disguised.ssrc = rand() % 2 ? peer->ssrc + 1 : (uint32_t)rand();
        disguised.sequence = (uint16_t)rand();
        send_packet(&disguised, payload, bytes, 0);
        return;
    }
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(peer->server_port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    sendto(peer->fd, payload, bytes, 0, (struct sockaddr *)&to, sizeof(to));
}

static void send_raw(struct peer *peer, const float samples[SOUND_FRAME])
{
    unsigned piece = (unsigned)peer->ptime_ms * 48;

    for (unsigned done = 0; done < SOUND_FRAME; done += piece) {
        uint8_t payload[KH_PCM_BYTES_MAX];
        kh_pcm_write(samples + done, piece, peer->encoding, peer->channels, payload);
        send_packet(peer, payload, piece * kh_pcm_frame_bytes(peer->encoding, peer->channels),
                    piece);
    }
}

static void send_tick(struct peer *peer)
{
    float samples[SOUND_FRAME];

    for (unsigned i = 0; i < peer->packets_per_tick; i++) {
        make_sound(peer, samples);
        if (peer->encoding != KH_ENC_OPUS) {
            send_raw(peer, samples);
            continue;
        }
        uint8_t payload[1275];
        int bytes = opus_encode_float(peer->encoder, samples, SOUND_FRAME, payload, 1275);
        assert_true(bytes > 0);
        send_packet(peer, payload, (size_t)bytes, SOUND_FRAME);
    }
}

static float *more_heard(struct peer *peer, size_t samples)
{
    assert_true(peer->n_heard + samples <= peer->room_heard);
    float *end = peer->heard + peer->n_heard;
    peer->n_heard += samples;
    return end;
}

static void hear_opus(struct peer *peer, const uint8_t *payload, size_t bytes)
{
    int n = opus_decode_float(peer->decoder, payload, (int)bytes, more_heard(peer, SOUND_FRAME),
                              SOUND_FRAME, 0);
    assert_int_equal(n, SOUND_FRAME);
}

static void hear_raw(struct peer *peer, const uint8_t *payload, size_t bytes)
{
    size_t width = peer->encoding == KH_ENC_L24 ? 3 : 2;
    size_t n = bytes / width / (size_t)peer->channels;
    float *out = more_heard(peer, n);

    for (size_t i = 0; i < n; i++) {
        const uint8_t *p = payload + i * width * (size_t)peer->channels;
        if (peer->channels == 2)
            assert_memory_equal(p, p + width, width);
        int32_t value = (int32_t)((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
                                  (width == 3 ? (uint32_t)p[2] << 8 : 0));
        out[i] = (float)value / 2147483648.0f;
    }
}

/* Lost packets count, and are heard as what a decoder makes of them. */
static void check_order(struct peer *peer, const struct kh_rtp *rtp, size_t samples)
{
    if (peer->packets > 0) {
        uint16_t gap = (uint16_t)(rtp->sequence - peer->sequence_next);
        peer->lost += gap;
        for (unsigned i = 0; i < gap && i < 50 && peer->encoding == KH_ENC_OPUS; i++)
            hear_opus(peer, NULL, 0);
        if (gap == 0 && rtp->timestamp != peer->timestamp_next)
            peer->timestamp_faults++;
    }
    peer->packets++;
    peer->sequence_next = (uint16_t)(rtp->sequence + 1);
    peer->timestamp_next = rtp->timestamp + (uint32_t)samples;
}

static void hear_packet(struct peer *peer, const uint8_t *packet, size_t bytes)
{
    struct kh_rtp rtp;

    assert_true(kh_rtp_read(packet, bytes, &rtp));
    if (rtp.ssrc != peer->ssrc_ours || rtp.payload_type != peer->payload_type_ours) {
        peer->foreign++;
        return;
    }
    const uint8_t *payload = packet + rtp.payload_offset;
    if (peer->encoding == KH_ENC_OPUS) {
        check_order(peer, &rtp, SOUND_FRAME);
        hear_opus(peer, payload, rtp.payload_bytes);
        return;
    }
    size_t samples = rtp.payload_bytes / kh_pcm_frame_bytes(peer->encoding, peer->channels);
    check_order(peer, &rtp, samples);
    hear_raw(peer, payload, rtp.payload_bytes);
}

static void hear_all(struct peer *peer)
{
    uint8_t packet[2048];
    ssize_t n;

    while ((n = recv(peer->fd, packet, sizeof(packet), 0)) >= 0)
        hear_packet(peer, packet, (size_t)n);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void sleep_until(int64_t at_ns)
{
    struct timespec at = { .tv_sec = at_ns / 1000000000, .tv_nsec = at_ns % 1000000000 };
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static void one_tick(struct world *world)
{
    for (unsigned i = 0; i < world->n_peers; i++) {
        hear_all(&world->peers[i]);
        if (world->peers[i].sending)
            send_tick(&world->peers[i]);
    }
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

void world_run(struct world *world, unsigned ms)
{
    if (world->next_ns < now_ns() - 10 * (int64_t)TICK_NS)
        world->next_ns = now_ns();
    for (unsigned tick = 0; tick < ms / 20; tick++) {
        world->next_ns += TICK_NS;
        sleep_until(world->next_ns);
        one_tick(world);
    }
    for (unsigned i = 0; i < world->n_peers; i++)
        hear_all(&world->peers[i]);
}

static void note_peer(void *user, kh_person person, bool connected)
{
    struct world *world = user;
    if (person < WORLD_PEERS)
        ++*(connected ? &world->connects[person] : &world->losses[person]);
}

static void note_mark(void *user, kh_person person, bool open, int64_t offset_ms)
{
    struct world *world = user;
    assert_true(world->n_marks < WORLD_MARKS);
    world->marks[world->n_marks++] =
        (struct world_mark){ .person = person, .open = open, .offset_ms = offset_ms };
}

static void note_trouble(void *user, const char *code, const char *text)
{
    struct world *world = user;
    (void)text;
    g_strlcpy(world->trouble, code, sizeof(world->trouble));
}

void world_rejoin(struct world *world, kh_person person, enum kh_encoding encoding, int channels,
                  int ptime_ms)
{
    struct peer *peer = &world->peers[person];
    struct kh_rtp_answer answer;
    struct kh_error error = { 0 };

    if (peer->heard)
        peer_close(peer);
    peer_open(peer, 0, encoding, channels);
    peer->ptime_ms = ptime_ms;
    struct kh_rtp_offer offer = { .address = "127.0.0.1",
                                  .port = peer->port,
                                  .encoding = encoding,
                                  .payload_type = -1,
                                  .channels = channels,
                                  .ptime_ms = encoding == KH_ENC_OPUS ? 0 : ptime_ms,
                                  .ssrc = -1 };
    if (kh_room_join_rtp(world->room, person, &offer, &answer, &error))
        fail_msg("join: %s", error.text);
    peer->server_port = answer.port;
    peer->ssrc = answer.ssrc;
    peer->ssrc_ours = answer.ssrc_ours;
    peer->payload_type = peer->payload_type_ours = answer.payload_type;
}

/* The peers stand for devices of their own: they must not stutter because the machine compiles. */
static void raise_priority(void)
{
    struct sched_param priority = { .sched_priority = 12 };

    if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &priority) != 0)
        setpriority(PRIO_PROCESS, 0, -10);
}

struct world *world_create(unsigned n)
{
    static const struct kh_room_ops ops = { .on_peer = note_peer,
                                            .on_mark = note_mark,
                                            .on_trouble = note_trouble };
    struct world *world = calloc(1, sizeof(*world));
    struct kh_room_config config = { .mixer = kh_mixer_config_default(), .persons_max = 64 };
    struct kh_error error = { 0 };

    if (kh_room_create(&config, &ops, world, &world->room, &error))
        fail_msg("room: %s", error.text);
    for (unsigned i = 0; i < n; i++)
        world_rejoin(world, (kh_person)i, KH_ENC_OPUS, 1, 20);
    world->n_peers = n;
    raise_priority();
    world->next_ns = now_ns();
    return world;
}

void world_destroy(struct world *world)
{
    kh_room_destroy(world->room);
    for (unsigned i = 0; i < world->n_peers; i++)
        peer_close(&world->peers[i]);
    free(world);
}

void world_mic(struct world *world, kh_person person, enum kh_mic mic)
{
    assert_int_equal(kh_room_set_mic(world->room, person, mic), KH_OK);
}

void world_speak(struct world *world, kh_person person, double tone_hz)
{
    world->peers[person].tone_hz = tone_hz;
    world->peers[person].sending = true;
    world_mic(world, person, KH_MIC_LIVE);
}
