/* fifo.h - a ring of samples between the decoder of one input and the mix.
 *
 * Pure; one caller at a time (the desk's lock). Owns its samples, no heap. */
#ifndef KH_MIXER_FIFO_H
#define KH_MIXER_FIFO_H

#include <stdint.h>

/* 682 ms at 48 kHz: the deepest setting (500 ms) and the longest Opus packet (120 ms) fit. */
enum { KH_FIFO_SAMPLES = 32768 };

struct kh_fifo {
    uint32_t read, write; /* running numbers; write - read samples wait */
    float ring[KH_FIFO_SAMPLES];
};

/* Number of waiting samples. */
uint32_t kh_fifo_count(const struct kh_fifo *fifo);

/* Append @count samples. When there is no room the oldest go: new sound is worth more. */
void kh_fifo_push(struct kh_fifo *fifo, const float *samples, uint32_t count);

/* Put @count zeros before the oldest sample; @count must be at most the free room. */
void kh_fifo_push_front_zeros(struct kh_fifo *fifo, uint32_t count);

/* The sample @index behind the oldest one; -1 is the last one that was taken. */
float kh_fifo_at(const struct kh_fifo *fifo, int32_t index);

/* Copy @count samples, at most kh_fifo_count(), without taking them. */
void kh_fifo_peek(const struct kh_fifo *fifo, float *out, uint32_t count);

/* Take away @count samples, at most kh_fifo_count(). */
void kh_fifo_drop(struct kh_fifo *fifo, uint32_t count);

#endif
