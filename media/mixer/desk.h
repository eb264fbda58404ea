/* desk.h - the mixing desk of one council: slots, gates, mix and encoders, one call a tick.
 *
 * Without GStreamer and without a thread of its own. Each function names its thread; a slot's
 * FIFO and life are behind a short mutex, the gates are atomics. Owns the encoders. */
#ifndef KH_MIXER_DESK_H
#define KH_MIXER_DESK_H

#include "media/mixer/mixer.h"

struct kh_desk;

/* @config must have been checked. NULL: out of memory. */
struct kh_desk *kh_desk_create(const struct kh_mixer_config *config, const struct kh_mixer_ops *ops,
                               void *user);
void kh_desk_destroy(struct kh_desk *desk);

unsigned kh_desk_slots(const struct kh_desk *desk);

/* Engine thread. The gate is closed and nothing waits after both. False: attached already. */
bool kh_desk_attach(struct kh_desk *desk, unsigned slot);
void kh_desk_detach(struct kh_desk *desk, unsigned slot);

/* Any thread, lock-free. */
void kh_desk_set_gate(struct kh_desk *desk, unsigned slot, bool open);
void kh_desk_want_pcm(struct kh_desk *desk, bool wanted);

/* The slot's decoder thread: @count mono samples that arrived at @now_ns (CLOCK_MONOTONIC).
 * Nothing is kept for a slot that is not attached. */
void kh_desk_push(struct kh_desk *desk, unsigned slot, const float *samples, uint32_t count,
                  int64_t now_ns);

/* Any thread: forget the sound that waits in @slot. */
void kh_desk_flush(struct kh_desk *desk, unsigned slot);

/* Mixer's thread: mix and encode tick @number, due at @at_ns, and call the ops. The tick is
 * borrowed until the next call. */
const struct kh_tick *kh_desk_tick(struct kh_desk *desk, uint64_t number, int64_t at_ns);

/* Any thread: the desk's part of a meter (level, gate, depth, drift). */
void kh_desk_meter(struct kh_desk *desk, unsigned slot, struct kh_slot_meter *meter);
float kh_desk_main_peak_dbfs(struct kh_desk *desk);

#endif
