#include "media/mixer/desk.h"

#include "base/check.h"
#include "media/mixer/encoder.h"
#include "media/mixer/mix.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    pthread_mutex_t lock; /* guards input.dejitter, and changes of attached and epoch */
    _Atomic bool attached;
    _Atomic bool want_open;
    _Atomic uint32_t epoch; /* grows with each attach */

    /* Mixer's thread only (input.dejitter under the lock). */
    struct kh_mix_input input;
    struct kh_limiter limiter;
    struct kh_encoder *encoder;
    uint32_t seen_epoch;
    bool streaming; /* has its own stream in this tick */

    /* Written by the mixer's thread, read by any. */
    _Atomic float peak_dbfs, rms_dbfs, depth_ms, drift_ppm;
    _Atomic bool gate_open;
};

struct kh_desk {
    unsigned slots;
    struct kh_mixer_config config;
    struct kh_mixer_ops ops;
    void *user;
    _Atomic bool want_pcm;
    _Atomic float main_peak_dbfs;

    struct kh_limiter limiter;
    struct kh_encoder *encoder;
    struct kh_mix_sum sum;
    struct kh_tick tick;
    struct slot slot[];
};

static struct kh_encoder_config encoder_config(const struct kh_mixer_config *config)
{
    return (struct kh_encoder_config){ config->complexity, config->bitrate, config->inband_fec,
                                       config->packet_loss_percent };
}

/* The mixer's thread has a higher priority than those that hold the lock for a moment. */
static void init_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    int failed = pthread_mutex_init(lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
    KH_REQUIRE(failed == 0);
}

static bool init_slot(struct kh_desk *desk, struct slot *slot)
{
    struct kh_encoder_config config = encoder_config(&desk->config);

    init_lock(&slot->lock);
    kh_mix_input_init(&slot->input, desk->config.depth_ms, desk->config.fade_ms);
    kh_limiter_init(&slot->limiter, desk->config.limit_dbtp);
    slot->peak_dbfs = -127;
    slot->rms_dbfs = -127;
    slot->encoder = kh_encoder_create(&config);
    return slot->encoder;
}

struct kh_desk *kh_desk_create(const struct kh_mixer_config *config, const struct kh_mixer_ops *ops,
                               void *user)
{
    struct kh_encoder_config encoder = encoder_config(config);
    struct kh_desk *desk = calloc(1, sizeof(*desk) + config->slots * sizeof(desk->slot[0]));
    if (!desk)
        return NULL;
    desk->config = *config;
    desk->ops = *ops;
    desk->user = user;
    desk->main_peak_dbfs = -127;
    kh_limiter_init(&desk->limiter, config->limit_dbtp);
    desk->encoder = kh_encoder_create(&encoder);
    bool complete = desk->encoder;
    for (; desk->slots < config->slots; desk->slots++)
        complete = init_slot(desk, &desk->slot[desk->slots]) && complete;
    if (complete)
        return desk;
    kh_desk_destroy(desk);
    return NULL;
}

void kh_desk_destroy(struct kh_desk *desk)
{
    if (!desk)
        return;
    for (unsigned i = 0; i < desk->slots; i++) {
        kh_encoder_destroy(desk->slot[i].encoder);
        pthread_mutex_destroy(&desk->slot[i].lock);
    }
    kh_encoder_destroy(desk->encoder);
    free(desk);
}

unsigned kh_desk_slots(const struct kh_desk *desk)
{
    return desk->slots;
}

static struct slot *slot_of(struct kh_desk *desk, unsigned slot)
{
    KH_REQUIRE(slot < desk->slots);
    return &desk->slot[slot];
}

bool kh_desk_attach(struct kh_desk *desk, unsigned number)
{
    struct slot *slot = slot_of(desk, number);

    pthread_mutex_lock(&slot->lock);
    bool free_slot = !slot->attached;
    if (free_slot) {
        slot->want_open = false;
        kh_dejitter_flush(&slot->input.dejitter);
        slot->epoch++;
        slot->attached = true;
    }
    pthread_mutex_unlock(&slot->lock);
    return free_slot;
}

void kh_desk_detach(struct kh_desk *desk, unsigned number)
{
    struct slot *slot = slot_of(desk, number);

    slot->want_open = false;
    pthread_mutex_lock(&slot->lock);
    slot->attached = false;
    kh_dejitter_flush(&slot->input.dejitter);
    pthread_mutex_unlock(&slot->lock);
}

void kh_desk_set_gate(struct kh_desk *desk, unsigned slot, bool open)
{
    slot_of(desk, slot)->want_open = open;
}

void kh_desk_want_pcm(struct kh_desk *desk, bool wanted)
{
    desk->want_pcm = wanted;
}

void kh_desk_push(struct kh_desk *desk, unsigned number, const float *samples, uint32_t count,
                  int64_t now_ns)
{
    struct slot *slot = slot_of(desk, number);

    pthread_mutex_lock(&slot->lock);
    if (slot->attached)
        kh_dejitter_push(&slot->input.dejitter, samples, count, now_ns);
    pthread_mutex_unlock(&slot->lock);
}

void kh_desk_flush(struct kh_desk *desk, unsigned number)
{
    struct slot *slot = slot_of(desk, number);

    pthread_mutex_lock(&slot->lock);
    kh_dejitter_flush(&slot->input.dejitter);
    pthread_mutex_unlock(&slot->lock);
}

/* What a slot is at the moment of its pull, so that the rest of the tick needs no lock. */
struct moment {
    bool attached, open;
    uint32_t epoch, waiting;
};

static struct moment pull(struct slot *slot, int64_t at_ns)
{
    struct moment now = { .attached = false };

    pthread_mutex_lock(&slot->lock);
    now.attached = slot->attached;
    now.epoch = slot->epoch;
    now.open = now.attached && slot->want_open;
    now.waiting = kh_mix_input_waiting(&slot->input);
    kh_mix_input_pull(&slot->input, at_ns);
    slot->depth_ms = (float)kh_mix_input_waiting(&slot->input) / 48;
    slot->drift_ppm = slot->input.dejitter.depth.drift_ppm;
    pthread_mutex_unlock(&slot->lock);
    return now;
}

static void take_over(struct kh_desk *desk, struct slot *slot)
{
    kh_encoder_copy(slot->encoder, desk->encoder);
    slot->limiter = desk->limiter;
}

static void publish(struct slot *slot)
{
    slot->peak_dbfs = kh_meter_dbfs(slot->input.level.peak);
    slot->rms_dbfs = kh_meter_dbfs(slot->input.level.rms);
    slot->gate_open = slot->input.gate.open;
}

/* Bring @slot's input of this tick into the sum. */
static void mix_slot(struct kh_desk *desk, unsigned number, int64_t at_ns)
{
    struct slot *slot = &desk->slot[number];
    bool idle = !slot->attached && !slot->streaming && kh_gate_is_silent(&slot->input.gate);
    if (idle)
        return;

    struct moment now = pull(slot, at_ns);
    bool is_new = now.attached && now.epoch != slot->seen_epoch;
    /* Somebody else's gate may still have to close, when a slot changed hands between ticks. */
    bool open = now.open && !(is_new && !kh_gate_is_silent(&slot->input.gate));
    if (is_new)
        take_over(desk, slot);
    slot->seen_epoch = now.epoch;
    slot->streaming = now.attached;

    bool changed = kh_mix_input_gate(&slot->input, open, now.waiting);
    publish(slot);
    kh_mix_add(&desk->sum, &slot->input);
    if (changed && desk->ops.on_gate)
        desk->ops.on_gate(desk->user, number, open, desk->tick.number);
}

static void make_main(struct kh_desk *desk)
{
    struct kh_tick *tick = &desk->tick;

    kh_mix_out(&desk->sum, NULL, &desk->limiter, tick->main_pcm);
    desk->main_peak_dbfs = kh_meter_dbfs(kh_meter_measure(tick->main_pcm, KH_TICK_SAMPLES).peak);
    kh_encoder_run(desk->encoder, tick->main_pcm, &tick->main);
}

static void make_slots(struct kh_desk *desk)
{
    struct kh_tick *tick = &desk->tick;

    for (unsigned i = 0; i < desk->slots; i++) {
        struct slot *slot = &desk->slot[i];
        if (!slot->streaming)
            continue;
        tick->slot_mask |= 1U << i;
        kh_mix_out(&desk->sum, &slot->input, &slot->limiter, tick->slot_pcm[i]);
        kh_encoder_run(slot->encoder, tick->slot_pcm[i], &tick->slot[i]);
    }
}

const struct kh_tick *kh_desk_tick(struct kh_desk *desk, uint64_t number, int64_t at_ns)
{
    struct kh_tick *tick = &desk->tick;

    tick->number = number;
    tick->at_ns = at_ns;
    tick->slot_mask = 0;
    tick->has_pcm = desk->want_pcm;
    kh_mix_clear(&desk->sum);
    for (unsigned i = 0; i < desk->slots; i++)
        mix_slot(desk, i, at_ns);
    make_main(desk);
    make_slots(desk);
    if (desk->ops.on_tick)
        desk->ops.on_tick(desk->user, tick);
    return tick;
}

void kh_desk_meter(struct kh_desk *desk, unsigned number, struct kh_slot_meter *meter)
{
    struct slot *slot = slot_of(desk, number);

    meter->peak_dbfs = slot->peak_dbfs;
    meter->rms_dbfs = slot->rms_dbfs;
    meter->gate_open = slot->gate_open;
    meter->depth_ms = slot->depth_ms;
    meter->drift_ppm = slot->drift_ppm;
}

float kh_desk_main_peak_dbfs(struct kh_desk *desk)
{
    return desk->main_peak_dbfs;
}
