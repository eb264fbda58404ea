/* live.h - the whole mixer in real time: RTP in, Opus packets out, as the senders get them.
 *
 * The test's thread is the network and the engine; ticks come in the mixer's. */
#ifndef KH_TESTS_MIXER_LIVE_H
#define KH_TESTS_MIXER_LIVE_H

#include "media/mixer/mixer.h"

#include <opus/opus.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { TICK = KH_TICK_SAMPLES, TICKS_MAX = 1500, SLOTS = 4, GATES_MAX = 64 };

/* A receiver. */
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
    uint32_t mask[TICKS_MAX];
    struct ear main, slot[SLOTS]; /* slot: own stream while there is one, else the main one */
    struct gate_change gate[GATES_MAX];
    unsigned gates;
    uint64_t talked; /* test's thread: microphones have sent for the ticks before this one */
    float pcm_peak;  /* of raw sound, if a tick had it */
    bool had_pcm;
};

/* Of the running test. */
extern struct world *world;

/* For cmocka_unit_test_setup_teardown(). */
int live_setup(void **state);
int live_teardown(void **state);
#define LIVE_CASE(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

uint64_t live_next_tick(void);
void live_wait_for_tick(uint64_t number);

/* A microphone with a tone. */
struct mike {
    unsigned slot;
    struct kh_slot_format format;
    double hz;
    OpusEncoder *encoder;
    uint16_t sequence;
    uint32_t timestamp, ssrc;
    uint64_t sent;
};

extern const struct kh_slot_format live_opus;

struct mike *mike_new(unsigned slot, struct kh_slot_format format, double hz);
void mike_free(struct mike *mike);
void mike_attach(const struct mike *mike);
/* Send one packet with this payload. */
void mike_push(struct mike *mike, const uint8_t *payload, size_t bytes);
/* Send 20 ms of the tone: a packet of Opus, or four of raw sound. */
void mike_send(struct mike *mike);
/* Lose 20 ms of the tone on the way (Opus only). */
void mike_lose(struct mike *mike);

/* Each microphone sends one tick's sound after each of @ticks ticks. A busy machine may wake us
 * late: then what is due is sent at once, as a real sender would. Returns the number of the first
 * tick after the last packet. */
uint64_t live_talk(struct mike **mikes, unsigned count, unsigned ticks);

/* Level of the tone against what a microphone sends, in ticks @from..@to - 1. */
double live_tone_db(const struct ear *ear, uint64_t from, uint64_t to, double hz);
double live_rms_db(const struct ear *ear, uint64_t from, uint64_t to);

#endif
