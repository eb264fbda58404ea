/* pcm.h - raw sound for L16 and L24 receivers (RFC 3551 section 4.5.11, RFC 3190), made once a tick
 * for each mix and form that somebody wants.
 *
 * Pure, one thread at a time, owns nothing. */
#ifndef KH_HALL_PCM_H
#define KH_HALL_PCM_H

#include "media/feed.h"
#include "media/mixer/mixer.h"

#include <stddef.h>
#include <stdint.h>

enum {
    KH_PCM_FORMS = 4, /* L16, L24; mono, stereo */
    KH_PCM_BYTES_MAX = KH_TICK_SAMPLES * 3 * 2,
};

struct kh_pcm_cache {
    uint64_t number; /* of the tick that is cached, plus one */
    bool ready[KH_SLOTS_MAX + 1][KH_PCM_FORMS];
    uint8_t data[KH_SLOTS_MAX + 1][KH_PCM_FORMS][KH_PCM_BYTES_MAX];
};

/* Bytes of one sample instant, all channels. */
size_t kh_pcm_frame_bytes(enum kh_encoding encoding, int channels);

/* Write @n samples of -1..1 in network byte order, each to all @channels; louder ones are limited
 * to full scale. */
void kh_pcm_write(const float *samples, size_t n, enum kh_encoding encoding, int channels,
                  uint8_t *out);

/* The mix of @slot (< 0: the main mix) of @tick, which has_pcm, as 20 ms of @encoding; borrowed
 * until the next tick. */
const uint8_t *kh_pcm_cache_get(struct kh_pcm_cache *cache, const struct kh_tick *tick, int slot,
                                enum kh_encoding encoding, int channels);

#endif
