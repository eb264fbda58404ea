/* peer.h - a plain-RTP participant for the tests: its own socket and its own Opus codec, sends a
 * tone or a speech every 20 ms and keeps what it hears.
 *
 * The test's thread owns everything; world_run() is the clock. */
#ifndef KH_TESTS_MEDIA_PEER_H
#define KH_TESTS_MEDIA_PEER_H

#include "media/room.h"

#include <opus.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer {
    int fd;
    uint16_t port;
    uint16_t server_port;
    enum kh_encoding encoding;
    int channels, ptime_ms;
    OpusEncoder *encoder;
    OpusDecoder *decoder;

    /* What it sends; a test may turn each of these to something that it should not. */
    bool sending;
    int payload_type;
    uint32_t ssrc;
    unsigned packets_per_tick; /* 1; more: the same sound as so many packets of new numbers */
    double tone_hz, tone_amplitude;
    const float *speech; /* instead of the tone when set; borrowed */
    size_t n_speech, at_speech;
    uint16_t sequence;
    uint32_t timestamp;
    double phase;

    /* What it hears. */
    uint32_t ssrc_ours;
    float *heard; /* since it opened; ends with the newest packet */
    size_t n_heard, room_heard;
    unsigned packets, lost, foreign, timestamp_faults; /* foreign: another SSRC or type */
    int payload_type_ours;
    uint16_t sequence_next;
    uint32_t timestamp_next;
};

struct world_mark {
    kh_person person;
    bool open;
    int64_t offset_ms;
};

enum { WORLD_PEERS = 24, WORLD_MARKS = 4096 };

/* A room and its peers; peers[i] is person i. */
struct world {
    struct kh_room *room;
    struct peer peers[WORLD_PEERS];
    unsigned n_peers;
    int64_t next_ns;
    struct world_mark marks[WORLD_MARKS];
    unsigned n_marks;
    int connects[WORLD_PEERS], losses[WORLD_PEERS];
    char trouble[64];
};

/* A room with the mixer's default settings and @n peers that have joined as plain Opus. */
struct world *world_create(unsigned n);
void world_destroy(struct world *world);

/* Let @ms of sound pass: everybody sends and hears, the engine's loop turns. */
void world_run(struct world *world, unsigned ms);

/* The peer of @person leaves (if joined) and joins with another encoding. */
void world_rejoin(struct world *world, kh_person person, enum kh_encoding encoding, int channels,
                  int ptime_ms);

/* Set microphone and source at once; asserts that the room agrees. */
void world_speak(struct world *world, kh_person person, double tone_hz);
void world_mic(struct world *world, kh_person person, enum kh_mic mic);

/* An open peer that nobody knows yet, sending to the room. */
void peer_open(struct peer *peer, uint16_t server_port, enum kh_encoding encoding, int channels);
void peer_close(struct peer *peer);

/* One datagram of random length and bytes; half of them look like RTP of this peer. */
void peer_send_garbage(struct peer *peer);

/* Where "now" is in what the peer heard, for the functions below. */
size_t peer_now(const struct peer *peer);
/* Level of the tone since @from, in dBFS. */
double peer_tone_dbfs(const struct peer *peer, size_t from, double hz);
unsigned peer_audible_frames(const struct peer *peer, size_t from);

#endif
