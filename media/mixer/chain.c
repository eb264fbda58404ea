#include "media/mixer/chain.h"

#include <stdio.h>
#include <string.h>

enum { WAIT_FIRST_MS = 30 };

const struct kh_chain_need kh_chain_needs[] = {
    { "rtpjitterbuffer", "gstreamer1.0-plugins-good" },
    { "rtpopusdepay", "gstreamer1.0-plugins-good" },
    { "rtpL16depay", "gstreamer1.0-plugins-good" },
    { "rtpL24depay", "gstreamer1.0-plugins-good" },
    { "audioconvert", "gstreamer1.0-plugins-base" },
    { "audioresample", "gstreamer1.0-plugins-base" },
    { NULL, NULL },
};

static const char *const opus_elements[] = { "rtpjitterbuffer", "rtpopusdepay", NULL };
static const char *const l16_elements[] = { "rtpjitterbuffer", "rtpL16depay", "audioconvert",
                                            "audioresample", NULL };
static const char *const l24_elements[] = { "rtpjitterbuffer", "rtpL24depay", "audioconvert",
                                            "audioresample", NULL };

static const char *const *elements_for(enum kh_encoding encoding)
{
    switch (encoding) {
    case KH_ENC_OPUS:
        return opus_elements;
    case KH_ENC_L16:
        return l16_elements;
    case KH_ENC_L24:
        return l24_elements;
    }
    return opus_elements;
}

static const char *name_for(enum kh_encoding encoding)
{
    static const char *const name[] = { "OPUS", "L16", "L24" };
    return name[encoding];
}

static GstCaps *make_caps(const struct kh_slot_format *format)
{
    GstCaps *caps = gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "audio",
                                        "clock-rate", G_TYPE_INT, format->clock_rate,
                                        "encoding-name", G_TYPE_STRING, name_for(format->encoding),
                                        "payload", G_TYPE_INT, KH_CHAIN_PAYLOAD_TYPE, NULL);
    if (format->encoding == KH_ENC_OPUS)
        gst_caps_set_simple(caps, "encoding-params", G_TYPE_STRING, "2", "sprop-stereo",
                            G_TYPE_STRING, "0", NULL);
    else
        gst_caps_set_simple(caps, "channels", G_TYPE_INT, format->channels, NULL);
    return caps;
}

/* What each chain must hear before its first buffer, and after each flush. */
static void announce(struct kh_chain *chain)
{
    GstSegment segment;
    GstCaps *caps = make_caps(&chain->format);

    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_push_event(chain->feed, gst_event_new_stream_start("kh-slot"));
    gst_pad_push_event(chain->feed, gst_event_new_caps(caps));
    gst_pad_push_event(chain->feed, gst_event_new_segment(&segment));
    gst_caps_unref(caps);
}

static bool make_elements(struct kh_chain *chain, const struct kh_input_place *place)
{
    const char *const *wanted = elements_for(chain->format.encoding);

    for (int i = 0; wanted[i]; i++) {
        GstElement *element = gst_element_factory_make(wanted[i], NULL);
        if (!element)
            return false;
        chain->element[i] = element;
        gst_bin_add(GST_BIN(place->pipeline), element);
    }
    /* Without fast start the first packet of a stream waits for the whole latency. */
    g_object_set(chain->element[0], "latency", (guint)WAIT_FIRST_MS, "do-lost", TRUE,
                 "faststart-min-packets", 1U, NULL);
    return true;
}

static bool link_elements(struct kh_chain *chain, const struct kh_input_place *place)
{
    char name[32];
    int last = 0;

    for (; last + 1 < KH_CHAIN_ELEMENTS && chain->element[last + 1]; last++) {
        if (!gst_element_link(chain->element[last], chain->element[last + 1]))
            return false;
    }
    snprintf(name, sizeof(name), "sink_%u", place->slot);
    chain->sink = gst_element_get_static_pad(place->mixer, name);
    if (!chain->sink)
        chain->sink = gst_element_request_pad_simple(place->mixer, name);
    GstPad *src = gst_element_get_static_pad(chain->element[last], "src");
    bool linked = chain->sink && gst_pad_link(src, chain->sink) == GST_PAD_LINK_OK;
    gst_object_unref(src);
    return linked;
}

static bool feed_elements(struct kh_chain *chain)
{
    GstPad *sink = gst_element_get_static_pad(chain->element[0], "sink");
    chain->feed = gst_pad_new(NULL, GST_PAD_SRC);
    gst_object_ref_sink(chain->feed);
    bool linked = gst_pad_link(chain->feed, sink) == GST_PAD_LINK_OK;
    gst_object_unref(sink);
    gst_pad_set_active(chain->feed, TRUE);
    return linked;
}

static bool run_elements(struct kh_chain *chain)
{
    for (int i = KH_CHAIN_ELEMENTS - 1; i >= 0; i--) {
        if (chain->element[i] && !gst_element_sync_state_with_parent(chain->element[i]))
            return false;
    }
    return true;
}

enum kh_err kh_chain_build(struct kh_chain *chain, const struct kh_input_place *place,
                           const struct kh_slot_format *format, struct kh_error *error)
{
    memset(chain, 0, sizeof(*chain));
    chain->format = *format;
    if (make_elements(chain, place) && link_elements(chain, place) && feed_elements(chain) &&
        run_elements(chain)) {
        announce(chain);
        return KH_OK;
    }
    kh_chain_finish(chain, place);
    return kh_err_set(error, KH_ERR_UNSUPPORTED, "slot %u: GStreamer cannot build a chain for %s",
                      place->slot, name_for(format->encoding));
}

void kh_chain_finish(struct kh_chain *chain, const struct kh_input_place *place)
{
    if (chain->feed)
        gst_pad_set_active(chain->feed, FALSE);
    for (int i = 0; i < KH_CHAIN_ELEMENTS; i++) {
        if (!chain->element[i])
            continue;
        gst_element_set_locked_state(chain->element[i], TRUE);
        gst_element_set_state(chain->element[i], GST_STATE_NULL);
    }
    for (int i = 0; i < KH_CHAIN_ELEMENTS; i++) {
        if (chain->element[i])
            gst_bin_remove(GST_BIN(place->pipeline), chain->element[i]);
        chain->element[i] = NULL;
    }
    gst_clear_object(&chain->feed);
    gst_clear_object(&chain->sink);
}

bool kh_chain_fits(const struct kh_chain *chain, const struct kh_slot_format *format)
{
    const struct kh_slot_format *built = &chain->format;
    return chain->feed && built->encoding == format->encoding &&
           built->clock_rate == format->clock_rate && built->channels == format->channels;
}

void kh_chain_flush(struct kh_chain *chain)
{
    gst_pad_push_event(chain->feed, gst_event_new_flush_start());
    gst_pad_push_event(chain->feed, gst_event_new_flush_stop(TRUE));
    announce(chain);
}

bool kh_chain_push(struct kh_chain *chain, GstBuffer *buffer)
{
    GstFlowReturn flow = gst_pad_push(chain->feed, buffer);
    return flow == GST_FLOW_OK || flow == GST_FLOW_FLUSHING;
}

void kh_chain_set_wait(struct kh_chain *chain, unsigned wait_ms)
{
    g_object_set(chain->element[0], "latency", (guint)wait_ms, NULL);
}

void kh_chain_stats(struct kh_chain *chain, uint64_t *lost, uint64_t *late)
{
    GstStructure *stats = NULL;
    guint64 value = 0;

    g_object_get(chain->element[0], "stats", &stats, NULL);
    *lost = gst_structure_get_uint64(stats, "num-lost", &value) ? value : 0;
    *late = gst_structure_get_uint64(stats, "num-late", &value) ? value : 0;
    gst_structure_free(stats);
}
