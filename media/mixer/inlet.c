#include "media/mixer/inlet.h"

#include "media/mixer/decoder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROOM = KH_DECODER_SAMPLES_MAX,
    FADE = 240,      /* 5 ms */
    GAP_MAX = 5760,  /* 120 ms */
    GAP_USUAL = 960, /* when the length is not known */
};

struct kh_inlet {
    struct kh_desk *desk;
    unsigned slot;
    _Atomic uint64_t concealed_ms;
    pthread_mutex_t lock; /* all below: a flush comes from another thread than data */
    enum kh_inlet_format format;
    struct kh_decoder *decoder;
    uint64_t concealed; /* samples */
    bool fade_in;       /* raw sound goes on after a gap */
    float last[FADE];   /* raw sound before a gap */
    float room[ROOM];
};

struct kh_inlet *kh_inlet_create(struct kh_desk *desk, unsigned slot)
{
    struct kh_inlet *inlet = calloc(1, sizeof(*inlet));
    if (!inlet)
        return NULL;
    inlet->desk = desk;
    inlet->slot = slot;
    inlet->decoder = kh_decoder_create();
    if (!inlet->decoder) {
        free(inlet);
        return NULL;
    }
    pthread_mutex_init(&inlet->lock, NULL);
    return inlet;
}

void kh_inlet_destroy(struct kh_inlet *inlet)
{
    if (!inlet)
        return;
    /* The pad is gone: nobody comes any more, but the last one may still be on the way out. */
    pthread_mutex_lock(&inlet->lock);
    pthread_mutex_unlock(&inlet->lock);
    kh_decoder_destroy(inlet->decoder);
    pthread_mutex_destroy(&inlet->lock);
    free(inlet);
}

void kh_inlet_set_format(struct kh_inlet *inlet, enum kh_inlet_format format)
{
    pthread_mutex_lock(&inlet->lock);
    inlet->format = format;
    pthread_mutex_unlock(&inlet->lock);
}

void kh_inlet_flush(struct kh_inlet *inlet)
{
    pthread_mutex_lock(&inlet->lock);
    kh_decoder_reset(inlet->decoder);
    memset(inlet->last, 0, sizeof(inlet->last));
    inlet->fade_in = false;
    inlet->concealed = 0;
    inlet->concealed_ms = 0;
    kh_desk_flush(inlet->desk, inlet->slot);
    pthread_mutex_unlock(&inlet->lock);
}

static void hand_over(struct kh_inlet *inlet, uint32_t count, int64_t now_ns)
{
    inlet->concealed_ms = inlet->concealed / 48;
    if (count)
        kh_desk_push(inlet->desk, inlet->slot, inlet->room, count, now_ns);
}

static float ramp(uint32_t i)
{
    return ((float)i + 0.5F) / FADE;
}

static void remember(struct kh_inlet *inlet, uint32_t count)
{
    uint32_t fresh = count < FADE ? count : FADE;
    memmove(inlet->last, inlet->last + fresh, (FADE - fresh) * sizeof(float));
    memcpy(inlet->last + FADE - fresh, inlet->room + count - fresh, fresh * sizeof(float));
}

/* One run of raw samples that are in room already. */
static void hand_over_raw(struct kh_inlet *inlet, uint32_t count, int64_t now_ns)
{
    for (uint32_t i = 0; inlet->fade_in && i < count && i < FADE; i++)
        inlet->room[i] *= ramp(i);
    inlet->fade_in = false;
    if (count)
        remember(inlet, count);
    hand_over(inlet, count, now_ns);
}

static void take_f32(struct kh_inlet *inlet, const uint8_t *data, size_t count)
{
    memcpy(inlet->room, data, count * sizeof(float));
}

static void take_s16(struct kh_inlet *inlet, const uint8_t *data, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int16_t value;
        memcpy(&value, data + 2 * i, sizeof(value));
        inlet->room[i] = (float)value / 32768;
    }
}

static void take_raw(struct kh_inlet *inlet, const uint8_t *data, size_t bytes, int64_t now_ns)
{
    size_t size = inlet->format == KH_INLET_F32 ? sizeof(float) : sizeof(int16_t);

    for (size_t left = bytes / size; left > 0;) {
        size_t part = left < ROOM ? left : ROOM;
        if (inlet->format == KH_INLET_F32)
            take_f32(inlet, data, part);
        else
            take_s16(inlet, data, part);
        hand_over_raw(inlet, (uint32_t)part, now_ns);
        data += part * size;
        left -= part;
    }
}

static void take_opus(struct kh_inlet *inlet, const uint8_t *data, size_t bytes, int64_t now_ns)
{
    uint32_t count = kh_decoder_run(inlet->decoder, data, bytes, inlet->room, &inlet->concealed);
    hand_over(inlet, count, now_ns);
}

void kh_inlet_data(struct kh_inlet *inlet, const uint8_t *data, size_t bytes, int64_t now_ns)
{
    pthread_mutex_lock(&inlet->lock);
    if (inlet->format == KH_INLET_OPUS)
        take_opus(inlet, data, bytes, now_ns);
    else
        take_raw(inlet, data, bytes, now_ns);
    pthread_mutex_unlock(&inlet->lock);
}

/* Raw sound: what was heard last, mirrored and fading, then silence for the rest of the gap. */
static void bridge(struct kh_inlet *inlet, uint32_t missing, int64_t now_ns)
{
    memset(inlet->room, 0, missing * sizeof(float));
    for (uint32_t i = 0; i < missing && i < FADE; i++)
        inlet->room[i] = inlet->last[FADE - 1 - i] * ramp(FADE - 1 - i);
    memset(inlet->last, 0, sizeof(inlet->last));
    inlet->fade_in = true;
    inlet->concealed += missing;
    hand_over(inlet, missing, now_ns);
}

static void miss(struct kh_inlet *inlet, uint32_t missing, int64_t now_ns)
{
    uint32_t count = kh_decoder_missing(inlet->decoder, missing, inlet->room, &inlet->concealed);
    hand_over(inlet, count, now_ns);
}

void kh_inlet_gap(struct kh_inlet *inlet, int64_t missing_ns, int64_t now_ns)
{
    uint32_t missing = GAP_USUAL;
    if (missing_ns > 0 && missing_ns < 120000000)
        missing = (uint32_t)((missing_ns * 48 + 500000) / 1000000);
    else if (missing_ns > 0)
        missing = GAP_MAX;

    pthread_mutex_lock(&inlet->lock);
    if (inlet->format == KH_INLET_OPUS)
        miss(inlet, missing, now_ns);
    else
        bridge(inlet, missing, now_ns);
    pthread_mutex_unlock(&inlet->lock);
}

uint64_t kh_inlet_concealed_ms(const struct kh_inlet *inlet)
{
    return inlet->concealed_ms;
}
