/* room.h - the sound of one council: who is joined, whose microphone is open, what is recorded.
 *
 * The engine's only door to the media. Engine thread for every function here; the ops are called
 * on the engine thread too (through the GLib main context it was created on). Persons are the
 * session's numbers; the room maps them to transports (browser or plain RTP) and mixer slots.
 *
 * Invariant: no frame of a person reaches any output unless the engine said KH_MIC_LIVE. */
#ifndef KH_MEDIA_ROOM_H
#define KH_MEDIA_ROOM_H

#include "base/err.h"
#include "media/edge/edge.h"
#include "media/hall/device.h"
#include "media/mixer/mixer.h"
#include "session/types.h"

#include <stdbool.h>
#include <stdint.h>

struct kh_room;

struct kh_room_config {
    struct kh_mixer_config mixer;
    struct kh_edge_config edge;
    bool with_edge;          /* false: no WebRTC (tests, benches) */
    const char *rtp_address; /* to bind for plain RTP; default 127.0.0.1 */
    uint16_t rtp_port;       /* 0: any free one */
    unsigned persons_max;    /* size of the tables */
};

/* A plain-RTP participant, as media.join asks for it. */
struct kh_rtp_offer {
    const char *address; /* the participant's, numeric IPv4/IPv6: sends from it, receives at it */
    uint16_t port;
    enum kh_encoding encoding; /* default OPUS */
    int payload_type;          /* -1: 111 for Opus, 96 otherwise */
    int clock_rate, channels;  /* 0: 48000, 1 */
    int ptime_ms;              /* of what the server sends in L16/L24: 1, 2, 4, 5 (default), 10, 20;
                                  Opus is always 20 */
    int64_t ssrc;              /* of its packets; -1: the server chooses and answers it */
};

struct kh_rtp_answer {
    char address[64]; /* where to send to, and where our packets come from */
    uint16_t port;
    int payload_type;
    uint32_t ssrc;      /* that the participant must send with */
    uint32_t ssrc_ours; /* of the packets it gets */
};

struct kh_room_stats {
    bool joined, connected;
    char transport[8];         /* "rtp", "udp", "tcp" */
    int slot;                  /* -1: none */
    struct kh_slot_meter in;   /* meaningful while slot >= 0 */
    struct kh_edge_stats edge; /* WebRTC only */
    uint64_t packets_in, packets_out,
        rejected; /* plain RTP: rejected = wrong address, SSRC, type */
};

struct kh_room_ops {
    /* A person's sound connected or was lost (WebRTC: see kh_edge_ops.on_peer). */
    void (*on_peer)(void *user, kh_person person, bool connected);
    /* A person's speech begins or ends at @offset_ms of the running recording (-1 when nothing is
     * recorded): where their sound is first heard after the gate opened, or where the gate opened
     * if nothing comes within 200 ms; and where the gate closed. Exact to a tick's first sample. */
    void (*on_mark)(void *user, kh_person person, bool open, int64_t offset_ms);
    /* Something that the operator must know, e.g. the recording's disk is full. @code is a stable
     * word like "recording_failed". */
    void (*on_trouble)(void *user, const char *code, const char *text);
};

enum kh_err kh_room_create(const struct kh_room_config *config, const struct kh_room_ops *ops,
                           void *user, struct kh_room **out, struct kh_error *error);
void kh_room_destroy(struct kh_room *room); /* accepts NULL */

/* Join, or join again (the old transport is left first; slot and microphone stay).
 * KH_ERR_INVALID (named), KH_ERR_LIMIT, KH_ERR_UNSUPPORTED. */
enum kh_err kh_room_join_rtp(struct kh_room *room, kh_person person,
                             const struct kh_rtp_offer *offer, struct kh_rtp_answer *answer,
                             struct kh_error *error);
enum kh_err kh_room_join_webrtc(struct kh_room *room, kh_person person, const char *offer,
                                size_t offer_bytes, char answer[KH_SDP_MAX],
                                struct kh_error *error);
/* A microphone and loudspeaker of this machine (see device.h) for the person of a seat. When the
 * device fails later, on_trouble("device_failed") and on_peer(false) follow. Texts come from the
 * configuration, never from a client. */
enum kh_err kh_room_join_device(struct kh_room *room, kh_person person,
                                const struct kh_device_config *config, struct kh_error *error);
void kh_room_leave(struct kh_room *room, kh_person person); /* idempotent */

/* OFF: no slot, closed. MUTED: slot kept, gate closed. LIVE: slot, gate open. Acts at once, also
 * for a person who has not joined yet: then it holds from the join on. KH_ERR_LIMIT: no slot is
 * free (LIVE or MUTED wanted; the person stays OFF). Closing never fails. */
enum kh_err kh_room_set_mic(struct kh_room *room, kh_person person, enum kh_mic mic);

/* Peak levels in dBFS of those with a slot; returns how many were written. */
struct kh_room_level {
    kh_person person;
    float peak_dbfs;
    bool gate_open;
};
unsigned kh_room_levels(struct kh_room *room, struct kh_room_level *levels, unsigned max,
                        float *main_peak_dbfs);
bool kh_room_stats(struct kh_room *room, kh_person person, struct kh_room_stats *stats);

/* Record the floor mix (the listeners' own Opus packets, no further encode) to @path, Ogg Opus.
 * An existing file is continued in a new file beside it (…-2.opus) so nothing is overwritten; the
 * name used is written to @used. */
enum kh_err kh_room_record(struct kh_room *room, const char *path, char used[256],
                           struct kh_error *error);
void kh_room_record_stop(struct kh_room *room); /* idempotent; the file is complete on return */

/* More of /metrics, for the engine. */
struct kh_room_totals {
    unsigned joined, slots_used;
    uint64_t ticks_late, ticks_lost, packets_out, packets_rejected;
    struct kh_edge_totals edge;
};
void kh_room_totals(struct kh_room *room, struct kh_room_totals *totals);

#endif
