/* gstkhmixer.h - the GStreamer element "khmixer": a desk with a sink pad a slot and the clock.
 *
 * Sink pads are requested as sink_%u and take Opus packets (audio/x-opus, with gaps told by GAP
 * events) or raw sound (mono, 48 kHz). What arrives is decoded in the pad's streaming thread and
 * given to the desk. Between PLAYING and PAUSED one thread calls kh_desk_tick() every 20 ms of
 * CLOCK_MONOTONIC, whatever the pads do: a stalled input delays nobody. */
#ifndef KH_MIXER_GSTKHMIXER_H
#define KH_MIXER_GSTKHMIXER_H

#include "media/mixer/desk.h"

#include <gst/gst.h>
#include <stdint.h>

/* A new floating element for @desk, which it borrows. GStreamer must be initialised. NULL: out
 * of memory. */
GstElement *kh_gstkhmixer_new(struct kh_desk *desk);

/* Any thread. Ticks that began more than 10 ms after they were due. */
uint64_t kh_gstkhmixer_late_ticks(GstElement *element);

/* Any thread. Milliseconds of concealed sound on a sink pad since it last was flushed. */
uint64_t kh_gstkhmixer_concealed_ms(GstElement *element, unsigned slot);

#endif
