/* input.h - the chain of GStreamer elements that brings one slot's RTP to the khmixer.
 *
 *     (packets) -> rtpjitterbuffer -> rtpopusdepay -------------------------> khmixer.sink_N
 *     (packets) -> rtpjitterbuffer -> rtpL16depay -> audioconvert -> audioresample -> …
 *
 * Packets are pushed straight into the jitter buffer by the thread that received them; it passes
 * them on in its own thread, and at once when they are in order. An appsrc before it would cost
 * one more thread a slot and one more wake-up a packet. Owns its elements (inside the pipeline). */
#ifndef KH_MIXER_INPUT_H
#define KH_MIXER_INPUT_H

#include "media/mixer/mixer.h"

#include <gst/gst.h>

struct kh_input;

struct kh_input_place {
    GstElement *pipeline, *mixer; /* borrowed; @mixer is a khmixer in @pipeline */
    unsigned slot;
    int jitter_latency_ms; /* the most that a missing packet is waited for */
};

/* Builds the chain for Opus. NULL, with @error: an element is missing (KH_ERR_UNSUPPORTED), or
 * memory. */
struct kh_input *kh_input_create(const struct kh_input_place *place, struct kh_error *error);
void kh_input_destroy(struct kh_input *input);

/* True when @format is one that can be received; else @error says what is wrong. */
KH_MUST_CHECK enum kh_err kh_input_check(const struct kh_slot_format *format,
                                         struct kh_error *error);

/* Engine thread: take packets of @format from now on, with nothing left of before. */
KH_MUST_CHECK enum kh_err kh_input_open(struct kh_input *input, const struct kh_slot_format *format,
                                        struct kh_error *error);
/* Engine thread: take no more, empty the chain. */
void kh_input_close(struct kh_input *input);

/* Any thread. What cannot be used is dropped. */
void kh_input_push(struct kh_input *input, const uint8_t *packet, size_t bytes);

/* Any thread: packets, lost, late, concealed_ms, jitter_ms. */
void kh_input_meter(struct kh_input *input, struct kh_slot_meter *meter);

/* KH_ERR_UNSUPPORTED, naming the element and its Debian package, when one is not installed. */
KH_MUST_CHECK enum kh_err kh_input_check_elements(struct kh_error *error);

#endif
