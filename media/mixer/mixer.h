/* mixer.h - the N-1 mixer of one council: slots in, one shared mix and one mix-minus a slot out.
 *
 * Owns the GStreamer pipeline (rtpjitterbuffer ! depay ! khmixer for each slot, see input.h), the
 * tick on CLOCK_MONOTONIC, and the Opus encoders. Sound never waits for a caller: no function here
 * blocks longer than a short mutex, none is called back with a lock held.
 *
 * A *slot* is the way of one open (or muted) microphone. All slots exist from the start; a
 * person who is given the floor gets one, and keeps it until the floor ends. */
#ifndef KH_MIXER_MIXER_H
#define KH_MIXER_MIXER_H

#include "base/err.h"
#include "media/feed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kh_mixer;

enum kh_encoding { KH_ENC_OPUS, KH_ENC_L16, KH_ENC_L24 };

struct kh_mixer_config {
    unsigned slots;          /* 1..KH_SLOTS_MAX; default 16 */
    int complexity;          /* Opus, 0..10; default 9 */
    int bitrate;             /* bit/s, 6000..510000; default 32000 */
    bool inband_fec;         /* default true */
    int packet_loss_percent; /* 0..100, what the encoder prepares for; default 5 */
    int fade_ms;             /* gate fade, 1..10; default 5 */
    int depth_ms;            /* de-jitter depth; -1: adaptive (default), else 0..500 fixed */
    int jitter_latency_ms;   /* what rtpjitterbuffer waits for a missing packet, 20..500; default 60
                              */
    float limit_dbtp;        /* limiter's ceiling; default -1.0 */
};

/* All defaults of the comments above. */
struct kh_mixer_config kh_mixer_config_default(void);

/* How a slot's packets are encoded. */
struct kh_slot_format {
    enum kh_encoding encoding;
    int payload_type; /* 0..127 */
    int clock_rate;   /* Hz; Opus: 48000; L16/L24: 8000, 16000, 32000, 44100, 48000, 96000 */
    int channels;     /* 1 or 2; two are summed to mono at half gain each */
};

struct kh_slot_meter {
    float peak_dbfs; /* of the last tick before the gate, -127..0 */
    float rms_dbfs;
    bool gate_open;
    uint64_t packets, lost, late, concealed_ms; /* since the slot was attached */
    float depth_ms;                             /* present de-jitter depth */
    float jitter_ms;                            /* RFC 3550 section 6.4.1 inter-arrival jitter */
    float drift_ppm;                            /* sender's clock against ours, as corrected */
};

/* What the gates did in a tick, told once when it happened. */
struct kh_mixer_ops {
    /* Mixer's thread, once a tick, must not block. @tick is borrowed for the call. */
    void (*on_tick)(void *user, const struct kh_tick *tick);
    /* Mixer's thread: the gate of @slot opened or closed with the first sample of tick
     * @number. Must not block. */
    void (*on_gate)(void *user, unsigned slot, bool open, uint64_t number);
};

/* Builds everything, does not run yet. @config and @ops are copied. Errors: KH_ERR_INVALID (a
 * setting out of range, named in @error), KH_ERR_UNSUPPORTED (a GStreamer element is missing,
 * named with its Debian package), KH_ERR_NOMEM. */
enum kh_err kh_mixer_create(const struct kh_mixer_config *config, const struct kh_mixer_ops *ops,
                            void *user, struct kh_mixer **out, struct kh_error *error);
enum kh_err kh_mixer_start(struct kh_mixer *mixer, struct kh_error *error);

/* Stops the threads and frees. No callback runs after it returns. Accepts NULL. */
void kh_mixer_destroy(struct kh_mixer *mixer);

/* Make @slot ready for packets of @format, gate closed, meters and buffers empty. Its own
 * encoder starts as a copy of the main encoder's state, so the person's receiver, which had the
 * main mix so far, hears no click. Engine thread. KH_ERR_INVALID, KH_ERR_BUSY (attached). */
enum kh_err kh_mixer_attach(struct kh_mixer *mixer, unsigned slot,
                            const struct kh_slot_format *format, struct kh_error *error);
/* Close the gate at once and empty the slot. Engine thread; idempotent. */
void kh_mixer_detach(struct kh_mixer *mixer, unsigned slot);

/* The microphone. Closing takes effect with the next tick that is mixed: from then on the slot
 * adds digital silence after the fade. Any thread, lock-free. A slot that is not attached stays
 * closed. */
void kh_mixer_set_gate(struct kh_mixer *mixer, unsigned slot, bool open);

/* One RTP packet for @slot, copied. Packets for a slot that is not attached, or whose payload
 * type differs, are dropped. Any thread. */
void kh_mixer_push_rtp(struct kh_mixer *mixer, unsigned slot, const uint8_t *packet, size_t bytes);

/* Fill ticks with raw sound too (see kh_tick.has_pcm). Any thread. */
void kh_mixer_want_pcm(struct kh_mixer *mixer, bool wanted);

/* Any thread; @slot must be < config.slots. */
void kh_mixer_meter(struct kh_mixer *mixer, unsigned slot, struct kh_slot_meter *meter);
float kh_mixer_main_peak_dbfs(struct kh_mixer *mixer);

/* Ticks that were begun more than 10 ms after they were due. Any thread. */
uint64_t kh_mixer_late_ticks(struct kh_mixer *mixer);

#endif
