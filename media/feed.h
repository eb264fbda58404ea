/* feed.h - what the mixer hands to the senders at every tick: one lock-free ring a sender.
 *
 * The mixer's thread is the only writer, the sender's thread the only reader; they meet in the
 * ring and in an eventfd. A reader that is too slow loses ticks (counted), the mixer never waits.
 */
#ifndef KH_MEDIA_FEED_H
#define KH_MEDIA_FEED_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    KH_TICK_MS = 20,          /* one tick = one Opus frame */
    KH_TICK_SAMPLES = 960,    /* at 48 kHz, mono */
    KH_SLOTS_MAX = 32,        /* open microphones that can be configured; 16 by default */
    KH_OPUS_BYTES_MAX = 1275, /* RFC 6716 section 3.2.1 */
};

struct kh_opus_frame {
    uint16_t bytes; /* 0: none this tick */
    uint8_t data[KH_OPUS_BYTES_MAX];
};

/* One tick's sound. Slot fields are valid only where @slot_mask has the slot's bit: the slot
 * is attached, so its person hears the mix without themselves. Everybody else gets @main. */
struct kh_tick {
    uint64_t number;    /* counts from 0, one every KH_TICK_MS on the monotonic clock */
    int64_t at_ns;      /* CLOCK_MONOTONIC instant at which this tick was due */
    uint32_t slot_mask; /* attached slots */
    struct kh_opus_frame main;
    struct kh_opus_frame slot[KH_SLOTS_MAX];
    bool has_pcm; /* raw sound is there too, because some receiver wants L16 or L24 */
    float main_pcm[KH_TICK_SAMPLES]; /* -1..1, after the limiter */
    float slot_pcm[KH_SLOTS_MAX][KH_TICK_SAMPLES];
};

struct kh_feed;

/* A ring of @ticks (rounded up to a power of two, 4..64). NULL: out of memory or descriptors. */
struct kh_feed *kh_feed_create(unsigned ticks);
void kh_feed_destroy(struct kh_feed *feed);

/* Mixer's thread. Copies only the used parts of @tick. False when the ring is full and the tick
 * was dropped. */
bool kh_feed_push(struct kh_feed *feed, const struct kh_tick *tick);

/* Reader's thread. The oldest unread tick, borrowed until kh_feed_release(); NULL when none. */
const struct kh_tick *kh_feed_peek(struct kh_feed *feed);
void kh_feed_release(struct kh_feed *feed);

/* eventfd for the reader's poll: readable when ticks may wait. The reader reads it. */
int kh_feed_fd(const struct kh_feed *feed);

/* Ticks lost so far because the reader was late. Any thread. */
uint64_t kh_feed_lost(const struct kh_feed *feed);

#endif
