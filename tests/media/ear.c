#include "tests/media/ear.h"

#include "media/rtp.h"
#include "tests/media/sound.h"

#include <arpa/inet.h>
#include <opus.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { GAP_MAX = 250 };

static const int64_t FRAME_NS = 20000000;

struct ear {
    int fd;
    uint16_t port;
    OpusDecoder *decoder;
    float *samples;
    size_t n, room;
    bool known; /* below */
    uint16_t next;
    int64_t begin_ns; /* when the first sample would have been heard at the least delay */
    unsigned lost;
};

int64_t ear_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct ear *ear_create(unsigned seconds)
{
    struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t bytes = sizeof(local);
    int code = 0, buffer = 1 << 20;
    struct ear *ear = calloc(1, sizeof(*ear));

    ear->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(ear->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    ear->decoder = opus_decoder_create(SOUND_RATE, 1, &code);
    ear->room = (size_t)seconds * SOUND_RATE;
    ear->samples = calloc(ear->room, sizeof(*ear->samples));
    if (ear->fd < 0 || bind(ear->fd, (struct sockaddr *)&local, bytes) != 0 ||
        getsockname(ear->fd, (struct sockaddr *)&local, &bytes) != 0 || code != OPUS_OK) {
        ear_destroy(ear);
        return NULL;
    }
    ear->port = ntohs(local.sin_port);
    return ear;
}

void ear_destroy(struct ear *ear)
{
    if (!ear)
        return;
    if (ear->fd >= 0)
        close(ear->fd);
    if (ear->decoder)
        opus_decoder_destroy(ear->decoder);
    free(ear->samples);
    free(ear);
}

uint16_t ear_port(const struct ear *ear)
{
    return ear->port;
}

int ear_fd(const struct ear *ear)
{
    return ear->fd;
}

unsigned ear_lost(const struct ear *ear)
{
    return ear->lost;
}

static void decode(struct ear *ear, const uint8_t *payload, size_t bytes)
{
    if (ear->n + SOUND_FRAME > ear->room)
        return;
    int n =
        opus_decode_float(ear->decoder, payload, (int)bytes, ear->samples + ear->n, SOUND_FRAME, 0);
    ear->n += n > 0 ? (size_t)n : 0;
}

void ear_take(struct ear *ear, const uint8_t *packet, size_t bytes)
{
    int64_t now = ear_now_ns();
    struct kh_rtp rtp;

    if (!kh_rtp_read(packet, bytes, &rtp) || rtp.payload_type != 111)
        return;
    uint16_t gap = (uint16_t)(rtp.sequence - ear->next);
    if (ear->known && gap <= GAP_MAX) {
        ear->lost += gap;
        for (unsigned i = 0; i < gap; i++)
            decode(ear, NULL, 0);
    }
    int64_t begin = now - (int64_t)(ear->n / SOUND_FRAME) * FRAME_NS;
    if (!ear->known || begin < ear->begin_ns)
        ear->begin_ns = begin;
    ear->known = true;
    ear->next = (uint16_t)(rtp.sequence + 1);
    decode(ear, packet + rtp.payload_offset, rtp.payload_bytes);
}

void ear_listen(struct ear *ear, int fd)
{
    uint8_t packet[2048];
    ssize_t n;

    while ((n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT)) >= 0)
        ear_take(ear, packet, (size_t)n);
}

float *ear_since(const struct ear *ear, int64_t from_ns, size_t *n)
{
    int64_t ahead = (from_ns - ear->begin_ns) * 48 / 1000000; /* samples before @from_ns */
    size_t skip = ahead > 0 ? (size_t)ahead : 0, late = ahead < 0 ? (size_t)-ahead : 0;

    if (!ear->known || skip >= ear->n) {
        *n = 0;
        return calloc(1, sizeof(float));
    }
    *n = late + ear->n - skip;
    float *samples = calloc(*n + 1, sizeof(*samples));
    memcpy(samples + late, ear->samples + skip, (ear->n - skip) * sizeof(*samples));
    return samples;
}
