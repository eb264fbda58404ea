#include "media/mixer/mixer.h"

#include "media/rtp.h"
#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>
#include <opus/opus.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The whole mixer in real time: RTP in, Opus packets out, as the senders get them. */

enum { TICK = KH_TICK_SAMPLES, TICKS_MAX = 1500, SLOTS = 4, GATES_MAX = 64 };

struct ear {
    OpusDecoder *decoder;
    float *pcm; /* TICKS_MAX * TICK */
};

struct gate_change {
    unsigned slot;
    bool open;
    uint64_t number;
};

struct world {
    struct kh_mixer *mixer;
    pthread_mutex_t lock;
    pthread_cond_t ticked;
    uint64_t ticks; /* number of the next */
    int64_t at_ns;  /* when the last was due */
    uint32_t mask[TICKS_MAX];
    struct ear main, slot[SLOTS];
    struct gate_change gate[GATES_MAX];
    unsigned gates;
    uint64_t talked; /* test's thread: microphones have sent for the ticks before this one */
    float pcm_peak;  /* of raw sound, if a tick had it */
    bool had_pcm;
};

static struct world *world; /* of the running test */

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
        w->at_ns = tick->at_ns;
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

static int setup(void **state)
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

static int teardown(void **state)
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

static uint64_t next_tick(void)
{
    pthread_mutex_lock(&world->lock);
    uint64_t number = world->ticks;
    pthread_mutex_unlock(&world->lock);
    return number;
}

static void wait_for_tick(uint64_t number)
{
    pthread_mutex_lock(&world->lock);
    while (world->ticks <= number)
        pthread_cond_wait(&world->ticked, &world->lock);
    pthread_mutex_unlock(&world->lock);
}

/* A microphone that sends 20 ms a packet. */
struct mike {
    unsigned slot;
    struct kh_slot_format format;
    double hz;
    OpusEncoder *encoder;
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    uint64_t sent;
};

static const struct kh_slot_format opus_format = { KH_ENC_OPUS, 111, 48000, 1 };

static struct mike *mike_new(unsigned slot, struct kh_slot_format format, double hz)
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

static void mike_free(struct mike *mike)
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

static void mike_push(struct mike *mike, const uint8_t *payload, size_t bytes)
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

static void mike_send(struct mike *mike)
{
    uint8_t payload[KH_RTP_PACKET_MAX];
    int packets = mike->format.encoding == KH_ENC_OPUS ? 1 : 4;

    for (int i = 0; i < packets; i++) {
        size_t bytes = packets == 1 ? opus_payload(mike, payload) : raw_payload(mike, payload);
        mike_push(mike, payload, bytes);
    }
}

/* Each microphone sends one tick's sound after each of @ticks ticks. A busy machine may wake us
 * late: then what is due is sent at once, as a real sender would. Returns the number of the first
 * tick after the last packet. */
static uint64_t talk(struct mike **mikes, unsigned count, unsigned ticks)
{
    uint64_t now = next_tick();
    if (world->talked + 10 < now)
        world->talked = now;
    for (unsigned i = 0; i < ticks; i++) {
        wait_for_tick(world->talked++);
        for (unsigned k = 0; k < count; k++)
            mike_send(mikes[k]);
    }
    return next_tick();
}

static void attach(const struct mike *mike)
{
    struct kh_error error;
    assert_int_equal(kh_mixer_attach(world->mixer, mike->slot, &mike->format, &error), KH_OK);
}

/* Two ticks at a time, because the depth is corrected by playing a little faster or slower. */
static double tone_db(const struct ear *ear, uint64_t from, uint64_t to, double hz)
{
    double power = 0;
    int count = 0;

    for (; from + 2 <= to; from += 2, count++) {
        double amplitude = sound_amplitude_at(ear->pcm + from * TICK, 2 * TICK, hz) / 0.25;
        power += amplitude * amplitude;
    }
    return sound_db(sqrt(power / count));
}

static double rms_db(const struct ear *ear, uint64_t from, uint64_t to)
{
    return sound_db(sound_rms(ear->pcm + from * TICK, (uint32_t)(to - from) * TICK));
}

TEST(everybody_hears_the_tones_and_each_speaker_not_their_own)
{
    struct mike *mikes[] = { mike_new(0, opus_format, 440), mike_new(1, opus_format, 1000) };
    for (int i = 0; i < 2; i++) {
        attach(mikes[i]);
        kh_mixer_set_gate(world->mixer, mikes[i]->slot, true);
    }
    uint64_t to = talk(mikes, 2, 60), from = to - 25;
    assert_true(fabs(tone_db(&world->main, from, to, 440)) < 3);
    assert_true(fabs(tone_db(&world->main, from, to, 1000)) < 3);
    assert_true(tone_db(&world->slot[0], from, to, 440) < -40);
    assert_true(fabs(tone_db(&world->slot[0], from, to, 1000)) < 3);
    assert_true(fabs(tone_db(&world->slot[1], from, to, 440)) < 3);
    assert_true(tone_db(&world->slot[1], from, to, 1000) < -40);
    assert_int_equal(world->mask[from], 3);
    mike_free(mikes[0]);
    mike_free(mikes[1]);
}

TEST(a_speaker_never_hears_a_moment_of_themselves_when_the_floor_is_given)
{
    struct mike *mike = mike_new(2, opus_format, 700);
    attach(mike);
    kh_mixer_set_gate(world->mixer, mike->slot, true);
    uint64_t to = talk(&mike, 1, 40);
    for (uint64_t i = 0; i < to; i++)
        assert_true(rms_db(&world->slot[2], i, i + 1) < -70);
    assert_true(rms_db(&world->main, to - 10, to) > -30);
    mike_free(mike);
}

TEST(a_closed_gate_leaves_digital_silence_although_packets_go_on)
{
    struct mike *mike = mike_new(0, opus_format, 440);
    attach(mike);
    uint64_t muted_to = talk(&mike, 1, 40);
    for (uint64_t i = 0; i < muted_to; i++)
        assert_true(rms_db(&world->main, i, i + 1) < -80);
    kh_mixer_set_gate(world->mixer, 0, true);
    uint64_t live_to = talk(&mike, 1, 40);
    assert_true(rms_db(&world->main, live_to - 10, live_to) > -20);
    kh_mixer_set_gate(world->mixer, 0, false);
    uint64_t closed_to = talk(&mike, 1, 40);
    /* The codec's own tail takes a tick. */
    assert_true(rms_db(&world->main, live_to + 6, closed_to) < -80);

    assert_int_equal(world->gates, 2);
    assert_true(world->gate[0].open && !world->gate[1].open);
    assert_in_range(world->gate[0].number, muted_to, muted_to + 1);
    assert_in_range(world->gate[1].number, live_to, live_to + 1);
    mike_free(mike);
}

TEST(a_closed_gate_is_silent_in_the_raw_mix_from_the_fade_on)
{
    struct mike *mike = mike_new(0, opus_format, 440);
    attach(mike);
    kh_mixer_set_gate(world->mixer, 0, true);
    kh_mixer_want_pcm(world->mixer, true);
    talk(&mike, 1, 20);
    assert_true(world->had_pcm && world->pcm_peak > 0.2F);
    kh_mixer_set_gate(world->mixer, 0, false);
    talk(&mike, 1, 3);
    pthread_mutex_lock(&world->lock);
    world->pcm_peak = 0;
    pthread_mutex_unlock(&world->lock);
    talk(&mike, 1, 20);
    assert_true(world->had_pcm && world->pcm_peak == 0);
    mike_free(mike);
}

TEST(nothing_of_the_last_person_reaches_the_next_in_the_same_slot)
{
    struct mike *first = mike_new(1, opus_format, 440), *next = mike_new(1, opus_format, 1000);
    attach(first);
    kh_mixer_set_gate(world->mixer, 1, true);
    talk(&first, 1, 30);
    for (int i = 0; i < 10; i++)
        mike_send(first); /* much more than one tick waits now */
    kh_mixer_detach(world->mixer, 1);
    attach(next);
    uint64_t from = next_tick() + 4;
    uint64_t to = talk(&next, 1, 20);
    assert_true(rms_db(&world->main, from, to) < -80);
    kh_mixer_set_gate(world->mixer, 1, true);
    to = talk(&next, 1, 40);
    assert_true(tone_db(&world->main, from, to, 440) < -40);
    assert_true(tone_db(&world->main, to - 20, to, 1000) > -3);
    mike_free(first);
    mike_free(next);
}

TEST(packets_of_a_detached_slot_or_another_payload_type_are_dropped)
{
    struct mike *mike = mike_new(0, opus_format, 440);
    kh_mixer_set_gate(world->mixer, 0, true);
    uint64_t to = talk(&mike, 1, 20);
    assert_true(rms_db(&world->main, 0, to) < -80);
    attach(mike);
    kh_mixer_set_gate(world->mixer, 0, true);
    mike->format.payload_type = 112;
    to = talk(&mike, 1, 20);
    assert_true(rms_db(&world->main, 0, to) < -80);
    mike_free(mike);
}

static void raw_is_heard(enum kh_encoding encoding, int rate, int channels)
{
    struct kh_slot_format format = { encoding, 10, rate, channels };
    struct mike *mike = mike_new(3, format, 600);
    attach(mike);
    kh_mixer_set_gate(world->mixer, 3, true);
    uint64_t to = talk(&mike, 1, 40);
    assert_true(fabs(tone_db(&world->main, to - 15, to, 600)) < 2);
    assert_true(tone_db(&world->slot[3], to - 15, to, 600) < -40);
    kh_mixer_detach(world->mixer, 3);
    mike_free(mike);
}

TEST(l16_and_l24_of_several_rates_and_channels_are_heard)
{
    raw_is_heard(KH_ENC_L16, 48000, 1);
    raw_is_heard(KH_ENC_L24, 48000, 1);
    raw_is_heard(KH_ENC_L24, 48000, 2);
    raw_is_heard(KH_ENC_L16, 44100, 2);
    raw_is_heard(KH_ENC_L16, 16000, 1);
    raw_is_heard(KH_ENC_OPUS, 48000, 2);
}

TEST(a_sender_that_starts_again_with_a_new_ssrc_and_sequence_is_heard)
{
    struct mike *mike = mike_new(0, opus_format, 440);
    attach(mike);
    kh_mixer_set_gate(world->mixer, 0, true);
    talk(&mike, 1, 20);
    mike->ssrc = 0xabcdef;
    mike->sequence = 7;
    mike->timestamp = 5;
    uint64_t to = talk(&mike, 1, 40);
    assert_true(fabs(tone_db(&world->main, to - 20, to, 440)) < 2);
    mike->sequence = 30000;
    mike->timestamp = 0x80000000U;
    to = talk(&mike, 1, 40);
    assert_true(fabs(tone_db(&world->main, to - 20, to, 440)) < 2);
    mike_free(mike);
}

TEST(lost_packets_are_concealed_and_counted)
{
    struct mike *mike = mike_new(0, opus_format, 440);
    struct kh_slot_meter meter;
    attach(mike);
    kh_mixer_set_gate(world->mixer, 0, true);
    talk(&mike, 1, 30);
    for (int i = 0; i < 10; i++) {
        uint8_t lost[KH_RTP_PACKET_MAX];
        opus_payload(mike, lost);
        mike->sequence++;
        mike->timestamp += TICK;
        mike->sent++;
        wait_for_tick(world->talked++);
        talk(&mike, 1, 9);
    }
    uint64_t to = next_tick();
    kh_mixer_meter(world->mixer, 0, &meter);
    assert_in_range(meter.lost, 9, 10);
    /* The jitter buffer guesses a gap's length from arrival times too. */
    assert_in_range(meter.concealed_ms, 120, 240);
    assert_int_equal(meter.packets, 120);
    assert_true(fabs(tone_db(&world->main, to - 40, to, 440)) < 2);
    mike_free(mike);
}

TEST(meters_tell_level_and_gate)
{
    struct mike *mike = mike_new(0, opus_format, 440);
    struct kh_slot_meter meter;
    attach(mike);
    talk(&mike, 1, 30);
    kh_mixer_meter(world->mixer, 0, &meter);
    assert_false(meter.gate_open);
    assert_true(fabsf(meter.peak_dbfs + 12) < 1);
    assert_true(fabsf(meter.rms_dbfs + 15) < 1);
    assert_true(kh_mixer_main_peak_dbfs(world->mixer) < -120);
    kh_mixer_set_gate(world->mixer, 0, true);
    talk(&mike, 1, 10);
    kh_mixer_meter(world->mixer, 0, &meter);
    assert_true(meter.gate_open);
    assert_true(fabsf(kh_mixer_main_peak_dbfs(world->mixer) + 12) < 1);
    mike_free(mike);
}

static void send_garbage(struct mike *mike, uint32_t *seed)
{
    uint8_t payload[400];
    float noise[100];
    sound_noise(noise, 100, 1, seed);
    size_t bytes = 1 + (size_t)(fabsf(noise[0]) * 398);
    for (size_t i = 0; i < bytes; i++) {
        *seed = *seed * 1664525U + 1013904223U;
        payload[i] = (uint8_t)(*seed >> 24);
    }
    if (*seed & 0x10000)
        mike->timestamp = *seed;
    if ((*seed & 0x700000) == 0)
        mike->sequence = (uint16_t)(mike->sequence + 3);
    mike_push(mike, payload, bytes);
}

static void push_noise_as_packets(unsigned slot, uint32_t *seed)
{
    for (int n = 0; n < 20; n++) {
        uint8_t packet[200];
        for (size_t i = 0; i < sizeof(packet); i++) {
            *seed = *seed * 1664525U + 1013904223U;
            packet[i] = (uint8_t)(*seed >> 24);
        }
        packet[0] = n % 2 ? packet[0] : (uint8_t)(0x80 | (packet[0] & 0x3f));
        packet[1] = n % 3 ? packet[1] : 111;
        kh_mixer_push_rtp(world->mixer, slot, packet, (size_t)n * 10);
    }
}

TEST(garbage_in_one_slot_disturbs_nobody_and_the_slot_recovers)
{
    const struct kh_slot_format l16 = { KH_ENC_L16, 10, 48000, 2 };
    struct mike *good = mike_new(0, opus_format, 440);
    struct mike *bad[] = { mike_new(1, opus_format, 2000), mike_new(2, l16, 3000) };
    uint32_t seed = 99;
    attach(good);
    kh_mixer_set_gate(world->mixer, 0, true);
    attach(bad[0]);
    attach(bad[1]);
    talk(&good, 1, 25);
    uint64_t from = next_tick();
    for (int i = 0; i < 60; i++) {
        talk(&good, 1, 1);
        for (int k = 0; k < 5; k++) {
            send_garbage(bad[0], &seed);
            send_garbage(bad[1], &seed);
        }
        push_noise_as_packets(1, &seed);
        push_noise_as_packets(2, &seed);
    }
    uint64_t to = next_tick();
    /* The average, because the sending thread itself may be held up. */
    assert_true(fabs(tone_db(&world->main, from, to, 440)) < 2);
    struct kh_slot_meter meter;
    kh_mixer_meter(world->mixer, 0, &meter);
    assert_int_equal(meter.lost + meter.late + meter.concealed_ms, 0);

    /* The same slot, the same sender, now with real sound. */
    kh_mixer_set_gate(world->mixer, 1, true);
    struct mike *both[] = { good, bad[0] };
    to = talk(both, 2, 100);
    assert_true(fabs(tone_db(&world->main, to - 20, to, 2000)) < 3);
    mike_free(good);
    mike_free(bad[0]);
    mike_free(bad[1]);
}

TEST(two_hundred_attaches_and_detaches_leave_the_others_alone)
{
    const struct kh_slot_format l24 = { KH_ENC_L24, 97, 48000, 1 };
    struct mike *steady = mike_new(0, opus_format, 440);
    struct mike *fickle[] = { mike_new(1, opus_format, 1500), mike_new(2, l24, 2500) };
    attach(steady);
    kh_mixer_set_gate(world->mixer, 0, true);
    talk(&steady, 1, 25);
    uint64_t from = next_tick();
    for (int i = 0; i < 200; i++) {
        struct mike *mike = fickle[i % 20 == 0];
        attach(mike);
        kh_mixer_set_gate(world->mixer, mike->slot, i % 3 == 0);
        mike_send(mike);
        if (i % 2)
            talk(&steady, 1, 1);
        kh_mixer_detach(world->mixer, mike->slot);
    }
    uint64_t to = talk(&steady, 1, 2);
    assert_true(fabs(tone_db(&world->main, from, to, 440)) < 1);
    assert_true(kh_mixer_late_ticks(world->mixer) < 50);
    mike_free(steady);
    mike_free(fickle[0]);
    mike_free(fickle[1]);
}

TEST(a_stalled_input_delays_nobody)
{
    struct mike *mikes[] = { mike_new(0, opus_format, 440), mike_new(1, opus_format, 1000) };
    for (int i = 0; i < 2; i++) {
        attach(mikes[i]);
        kh_mixer_set_gate(world->mixer, mikes[i]->slot, true);
    }
    uint64_t from = talk(mikes, 2, 40);
    mikes[1]->sent += 40;
    struct kh_slot_meter before, after;
    kh_mixer_meter(world->mixer, 0, &before);
    uint64_t to = talk(mikes, 1, 40);
    kh_mixer_meter(world->mixer, 0, &after);
    assert_true(fabs(tone_db(&world->main, from, to, 440)) < 2);
    assert_true(tone_db(&world->main, to - 20, to, 1000) < -40);
    assert_true(after.depth_ms <= before.depth_ms + 21);
    mike_free(mikes[0]);
    mike_free(mikes[1]);
}

TEST(wrong_settings_and_formats_are_refused_with_their_name)
{
    struct kh_mixer_config config = kh_mixer_config_default();
    struct kh_mixer *mixer = NULL;
    struct kh_error error;
    struct kh_mixer_ops ops = { 0 };

    config.slots = 33;
    assert_int_equal(kh_mixer_create(&config, &ops, NULL, &mixer, &error), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "slots"));
    config = kh_mixer_config_default();
    config.limit_dbtp = NAN;
    assert_int_equal(kh_mixer_create(&config, &ops, NULL, &mixer, &error), KH_ERR_INVALID);
    assert_non_null(strstr(error.text, "limit_dbtp"));
    assert_null(mixer);

    struct kh_slot_format format = { KH_ENC_OPUS, 111, 44100, 1 };
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &format, &error), KH_ERR_INVALID);
    format = (struct kh_slot_format){ KH_ENC_L16, 128, 48000, 1 };
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &format, &error), KH_ERR_INVALID);
    format = (struct kh_slot_format){ KH_ENC_L16, 96, 48000, 3 };
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &format, &error), KH_ERR_INVALID);
    assert_int_equal(kh_mixer_attach(world->mixer, SLOTS, &opus_format, &error), KH_ERR_INVALID);
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &opus_format, &error), KH_OK);
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &opus_format, &error), KH_ERR_BUSY);
    kh_mixer_detach(world->mixer, 0);
    kh_mixer_detach(world->mixer, 0);
    assert_int_equal(kh_mixer_attach(world->mixer, 0, &opus_format, &error), KH_OK);
}

#define LIVE_CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    return kh_run_tests(
        LIVE_CASE(everybody_hears_the_tones_and_each_speaker_not_their_own),
        LIVE_CASE(a_speaker_never_hears_a_moment_of_themselves_when_the_floor_is_given),
        LIVE_CASE(a_closed_gate_leaves_digital_silence_although_packets_go_on),
        LIVE_CASE(a_closed_gate_is_silent_in_the_raw_mix_from_the_fade_on),
        LIVE_CASE(nothing_of_the_last_person_reaches_the_next_in_the_same_slot),
        LIVE_CASE(packets_of_a_detached_slot_or_another_payload_type_are_dropped),
        LIVE_CASE(l16_and_l24_of_several_rates_and_channels_are_heard),
        LIVE_CASE(a_sender_that_starts_again_with_a_new_ssrc_and_sequence_is_heard),
        LIVE_CASE(lost_packets_are_concealed_and_counted), LIVE_CASE(meters_tell_level_and_gate),
        LIVE_CASE(garbage_in_one_slot_disturbs_nobody_and_the_slot_recovers),
        LIVE_CASE(two_hundred_attaches_and_detaches_leave_the_others_alone),
        LIVE_CASE(a_stalled_input_delays_nobody),
        LIVE_CASE(wrong_settings_and_formats_are_refused_with_their_name));
}
