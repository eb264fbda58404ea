#include "media/hall/pcm.h"

#include "base/check.h"

#include <math.h>
#include <string.h>

size_t kh_pcm_frame_bytes(enum kh_encoding encoding, int channels)
{
    return (encoding == KH_ENC_L24 ? 3u : 2u) * (size_t)channels;
}

static int32_t to_integer(float sample, float full_scale)
{
    float value = sample * full_scale;

    if (!(value < full_scale - 1)) /* also NaN */
        return isnan(value) ? 0 : (int32_t)full_scale - 1;
    if (value < -full_scale)
        return -(int32_t)full_scale;
    return (int32_t)lrintf(value);
}

static uint8_t *put_bytes(uint8_t *out, int32_t value, unsigned bytes)
{
    for (unsigned i = bytes; i-- > 0;)
        *out++ = (uint8_t)((uint32_t)value >> (8 * i));
    return out;
}

void kh_pcm_write(const float *samples, size_t n, enum kh_encoding encoding, int channels,
                  uint8_t *out)
{
    unsigned bytes = encoding == KH_ENC_L24 ? 3 : 2;
    float full_scale = encoding == KH_ENC_L24 ? 8388608.0f : 32768.0f;

    for (size_t i = 0; i < n; i++) {
        int32_t value = to_integer(samples[i], full_scale);
        for (int channel = 0; channel < channels; channel++)
            out = put_bytes(out, value, bytes);
    }
}

const uint8_t *kh_pcm_cache_get(struct kh_pcm_cache *cache, const struct kh_tick *tick, int slot,
                                enum kh_encoding encoding, int channels)
{
    KH_REQUIRE(tick->has_pcm && slot < KH_SLOTS_MAX && channels >= 1 && channels <= 2);

    unsigned form = (encoding == KH_ENC_L24 ? 2u : 0u) + (channels == 2 ? 1u : 0u);
    unsigned mix = slot < 0 ? 0 : (unsigned)slot + 1;

    if (cache->number != tick->number + 1) {
        cache->number = tick->number + 1;
        memset(cache->ready, 0, sizeof(cache->ready));
    }
    if (!cache->ready[mix][form]) {
        kh_pcm_write(slot < 0 ? tick->main_pcm : tick->slot_pcm[slot], KH_TICK_SAMPLES, encoding,
                     channels, cache->data[mix][form]);
        cache->ready[mix][form] = true;
    }
    return cache->data[mix][form];
}
