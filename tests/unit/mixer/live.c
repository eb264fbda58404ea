#include "live.h"

#include "media/rtp.h"
#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct world *world;

static void hear(struct ear *ear, uint64_t number, const struct kh_opus_frame *frame)
{
    int samples = opus_decode_float(ear->decoder, frame->data, frame->bytes,
                                    ear->pcm + number * TICK, TICK, 0);
    assert_int_equal(samples, TICK);
}

static void on_tick(void *user, const struct kh_tick *tick)
{
    struct world *w = user;

    pthread_mutex_lock(&w->lock);
    if (tick->number < TICKS_MAX) {
        w->mask[tick->number] = tick->slot_mask;
        hear(&w->main, tick->number, &tick->main);
        /* As a person's receiver does: own stream while there is one, else the main one. */
        for (unsigned i = 0; i < SLOTS; i++)
            hear(&w->slot[i], tick->number,
                 tick->slot_mask >> i & 1 ? &tick->slot[i] : &tick->main);
        w->ticks = tick->number + 1;
    }
    w->had_pcm = tick->has_pcm;
    if (tick->has_pcm)
        w->pcm_peak = fmaxf(w->pcm_peak, sound_peak(tick->main_pcm, TICK));
    pthread_cond_broadcast(&w->ticked);
    pthread_mutex_unlock(&w->lock);
}

static void on_gate(void *user, unsigned slot, bool open, uint64_t number)
{
    struct world *w = user;

    pthread_mutex_lock(&w->lock);
    if (w->gates < GATES_MAX)
        w->gate[w->gates++] = (struct gate_change){ slot, open, number };
    pthread_mutex_unlock(&w->lock);
}

static void open_ear(struct ear *ear)
{
    int failed;
    ear->decoder = opus_decoder_create(48000, 1, &failed);
    ear->pcm = calloc(TICKS_MAX * TICK, sizeof(float));
}

static void close_ear(struct ear *ear)
{
    opus_decoder_destroy(ear->decoder);
    free(ear->pcm);
}

int live_setup(void **state)
{
    static const struct kh_mixer_ops ops = { on_tick, on_gate };
    struct kh_mixer_config config = kh_mixer_config_default();
    struct kh_error error = { .code = KH_OK };
    (void)state;

    world = calloc(1, sizeof(*world));
    pthread_mutex_init(&world->lock, NULL);
    pthread_cond_init(&world->ticked, NULL);
    open_ear(&world->main);
    for (unsigned i = 0; i < SLOTS; i++)
        open_ear(&world->slot[i]);
    config.slots = SLOTS;
    config.complexity = 1; /* the tests are about other things */
    config.depth_ms = 60;  /* a busy machine may hold the sending thread up */
    if (kh_mixer_create(&config, &ops, world, &world->mixer, &error) != KH_OK ||
        kh_mixer_start(world->mixer, &error) != KH_OK) {
        print_message("%s\n", error.text);
        return -1;
    }
    return 0;
}

int live_teardown(void **state)
{
    (void)state;
    kh_mixer_destroy(world->mixer);
    close_ear(&world->main);
    for (unsigned i = 0; i < SLOTS; i++)
        close_ear(&world->slot[i]);
    pthread_cond_destroy(&world->ticked);
    pthread_mutex_destroy(&world->lock);
    free(world);
    return 0;
}

uint64_t live_next_tick(void)
{
    pthread_mutex_lock(&world->lock);
    uint64_t number = world->ticks;
    pthread_mutex_unlock(&world->lock);
    return number;
}

void live_wait_for_tick(uint64_t number)
{
    pthread_mutex_lock(&world->lock);
    while (world->ticks <= number)
        pthread_cond_wait(&world->ticked, &world->lock);
    pthread_mutex_unlock(&world->lock);
}

const struct kh_slot_format live_opus = { KH_ENC_OPUS, 111, 48000, 1 };

struct mike *mike_new(unsigned slot, struct kh_slot_format format, double hz)
{
    int failed;
    struct mike *mike = calloc(1, sizeof(*mike));
    *mike = (struct mike){ .slot = slot, .format = format, .hz = hz };
    mike->sequence = 65500; /* wraps soon */
    mike->timestamp = 0xffffff00U - 48000;
    mike->ssrc = 0x1000U + slot;
    mike->encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, &failed);
    opus_encoder_ctl(mike->encoder, OPUS_SET_COMPLEXITY(1));
    return mike;
}

void mike_free(struct mike *mike)
{
    opus_encoder_destroy(mike->encoder);
    free(mike);
}

static size_t opus_payload(struct mike *mike, uint8_t *payload)
{
    float pcm[TICK];
    sound_tone(pcm, TICK, mike->hz, 0.25, mike->sent * TICK);
    return (size_t)opus_encode_float(mike->encoder, pcm, TICK, payload, 1200);
}

static size_t raw_payload(struct mike *mike, uint8_t *payload)
{
    const struct kh_slot_format *format = &mike->format;
    uint32_t frames = (uint32_t)format->clock_rate / 200; /* 5 ms, as an MTU allows */
    size_t at = 0;

    for (uint32_t i = 0; i < frames; i++) {
        double phase = mike->hz * (double)(mike->sent * frames + i) / format->clock_rate;
        int32_t value = (int32_t)(0.25 * 8388607 * sin(2 * M_PI * fmod(phase, 1)));
        for (int channel = 0; channel < format->channels; channel++) {
            payload[at++] = (uint8_t)(value >> 16);
            payload[at++] = (uint8_t)(value >> 8);
            if (format->encoding == KH_ENC_L24)
                payload[at++] = (uint8_t)value;
        }
    }
    return at;
}

static uint32_t packet_units(const struct mike *mike)
{
    return mike->format.encoding == KH_ENC_OPUS ? TICK : (uint32_t)mike->format.clock_rate / 200;
}

void mike_push(struct mike *mike, const uint8_t *payload, size_t bytes)
{
    uint8_t packet[KH_RTP_PACKET_MAX];
    struct kh_rtp rtp = { .payload_type = (uint8_t)mike->format.payload_type,
                          .sequence = mike->sequence++,
                          .timestamp = mike->timestamp,
                          .ssrc = mike->ssrc };

    mike->timestamp += packet_units(mike);
    mike->sent++;
    kh_rtp_write(packet, &rtp);
    memcpy(packet + KH_RTP_HEADER_BYTES, payload, bytes);
    kh_mixer_push_rtp(world->mixer, mike->slot, packet, KH_RTP_HEADER_BYTES + bytes);
}

void mike_send(struct mike *mike)
{
    uint8_t payload[KH_RTP_PACKET_MAX];
    int packets = mike->format.encoding == KH_ENC_OPUS ? 1 : 4;

    for (int i = 0; i < packets; i++) {
        size_t bytes = packets == 1 ? opus_payload(mike, payload) : raw_payload(mike, payload);
        mike_push(mike, payload, bytes);
    }
}

void mike_lose(struct mike *mike)
{
    uint8_t lost[KH_RTP_PACKET_MAX];
    opus_payload(mike, lost);
    mike->sequence++;
    mike->timestamp += TICK;
    mike->sent++;
}

uint64_t live_talk(struct mike **mikes, unsigned count, unsigned ticks)
{
    uint64_t now = live_next_tick();
    if (world->talked + 10 < now)
        world->talked = now;
    for (unsigned i = 0; i < ticks; i++) {
        live_wait_for_tick(world->talked++);
        for (unsigned k = 0; k < count; k++)
            mike_send(mikes[k]);
    }
    return live_next_tick();
}

void mike_attach(const struct mike *mike)
{
    struct kh_error error;
    assert_int_equal(kh_mixer_attach(world->mixer, mike->slot, &mike->format, &error), KH_OK);
}

/* Two ticks at a time, because the depth is corrected by playing a little faster or slower. */
double live_tone_db(const struct ear *ear, uint64_t from, uint64_t to, double hz)
{
    double power = 0;
    int count = 0;

    for (; from + 2 <= to; from += 2, count++) {
        double amplitude = sound_amplitude_at(ear->pcm + from * TICK, 2 * TICK, hz) / 0.25;
        power += amplitude * amplitude;
    }
    return sound_db(sqrt(power / count));
}

double live_rms_db(const struct ear *ear, uint64_t from, uint64_t to)
{
    return sound_db(sound_rms(ear->pcm + from * TICK, (uint32_t)(to - from) * TICK));
}
