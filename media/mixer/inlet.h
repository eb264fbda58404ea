/* inlet.h - what one sink pad of khmixer does with a buffer: decode, convert, hide gaps.
 *
 * Without GStreamer. Any thread; a mutex of its own. Owns its decoder and scratch memory. */
#ifndef KH_MIXER_INLET_H
#define KH_MIXER_INLET_H

#include "media/mixer/desk.h"

enum kh_inlet_format { KH_INLET_OPUS, KH_INLET_F32, KH_INLET_S16 };

struct kh_inlet;

/* NULL: out of memory. @desk is borrowed. */
struct kh_inlet *kh_inlet_create(struct kh_desk *desk, unsigned slot);
void kh_inlet_destroy(struct kh_inlet *inlet);

void kh_inlet_set_format(struct kh_inlet *inlet, enum kh_inlet_format format);

/* The sender or the stream changes: nothing of before may be heard. */
void kh_inlet_flush(struct kh_inlet *inlet);

/* An Opus packet, or raw mono samples in native byte order, that came at @now_ns. */
void kh_inlet_data(struct kh_inlet *inlet, const uint8_t *data, size_t bytes, int64_t now_ns);

/* @missing_ns of sound will not come. */
void kh_inlet_gap(struct kh_inlet *inlet, int64_t missing_ns, int64_t now_ns);

/* Any thread. Since the last flush. */
uint64_t kh_inlet_concealed_ms(const struct kh_inlet *inlet);

#endif
