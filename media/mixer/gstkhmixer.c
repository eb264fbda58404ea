#include "media/mixer/gstkhmixer.h"

#include "media/mixer/inlet.h"
#include "media/mixer/ticker.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct _KhMixer {
    GstElement parent;
    struct kh_desk *desk;
    struct kh_ticker *ticker;
    _Atomic uint64_t late_before; /* of tickers that were stopped */
};

#define KH_TYPE_MIXER (kh_mixer_element_get_type())
G_DECLARE_FINAL_TYPE(KhMixer, kh_mixer_element, KH, MIXER, GstElement)
G_DEFINE_TYPE(KhMixer, kh_mixer_element, GST_TYPE_ELEMENT)

#define RAW_CAPS                                                                                   \
    "audio/x-raw,format=(string){F32LE,S16LE},rate=(int)48000,channels=(int)1,"                    \
    "layout=(string)interleaved"

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS("audio/x-opus;" RAW_CAPS));

static GstFlowReturn take_buffer(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
    struct kh_inlet *inlet = gst_pad_get_element_private(pad);
    GstMapInfo map;
    (void)parent;

    if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
        kh_inlet_data(inlet, map.data, map.size, kh_ticker_now_ns());
        gst_buffer_unmap(buffer, &map);
    }
    gst_buffer_unref(buffer);
    return GST_FLOW_OK;
}

static void take_caps(struct kh_inlet *inlet, const GstCaps *caps)
{
    const GstStructure *form = gst_caps_get_structure(caps, 0);
    const char *format = gst_structure_get_string(form, "format");

    if (gst_structure_has_name(form, "audio/x-opus"))
        kh_inlet_set_format(inlet, KH_INLET_OPUS);
    else if (format && strcmp(format, "F32LE") == 0)
        kh_inlet_set_format(inlet, KH_INLET_F32);
    else
        kh_inlet_set_format(inlet, KH_INLET_S16);
}

static void take_gap(struct kh_inlet *inlet, GstEvent *event)
{
    GstClockTime duration = GST_CLOCK_TIME_NONE;
    gst_event_parse_gap(event, NULL, &duration);
    int64_t missing_ns = GST_CLOCK_TIME_IS_VALID(duration) ? (int64_t)duration : 0;
    kh_inlet_gap(inlet, missing_ns, kh_ticker_now_ns());
}

static gboolean take_event(GstPad *pad, GstObject *parent, GstEvent *event)
{
    struct kh_inlet *inlet = gst_pad_get_element_private(pad);
    GstEventType type = GST_EVENT_TYPE(event);
    (void)parent;

    if (type == GST_EVENT_CAPS) {
        GstCaps *caps;
        gst_event_parse_caps(event, &caps);
        take_caps(inlet, caps);
    } else if (type == GST_EVENT_GAP) {
        take_gap(inlet, event);
    } else if (type == GST_EVENT_FLUSH_STOP) {
        kh_inlet_flush(inlet);
    }
    gst_event_unref(event);
    return TRUE;
}

static void free_inlet(gpointer inlet)
{
    kh_inlet_destroy(inlet);
}

static GstPad *request_pad(GstElement *element, GstPadTemplate *templ, const char *name,
                           const GstCaps *caps)
{
    KhMixer *self = KH_MIXER(element);
    unsigned slot;
    (void)caps;

    if (!name || sscanf(name, "sink_%u", &slot) != 1 || slot >= kh_desk_slots(self->desk))
        return NULL;
    struct kh_inlet *inlet = kh_inlet_create(self->desk, slot);
    if (!inlet)
        return NULL;
    GstPad *pad = gst_pad_new_from_template(templ, name);
    gst_pad_set_element_private(pad, inlet);
    g_object_set_data_full(G_OBJECT(pad), "kh-inlet", inlet, free_inlet);
    gst_pad_set_chain_function(pad, take_buffer);
    gst_pad_set_event_function(pad, take_event);
    gst_pad_set_active(pad, TRUE);
    gst_element_add_pad(element, pad);
    return pad;
}

static void release_pad(GstElement *element, GstPad *pad)
{
    gst_pad_set_active(pad, FALSE);
    gst_element_remove_pad(element, pad);
}

static void tick(void *user, uint64_t number, int64_t due_ns)
{
    KhMixer *self = user;
    kh_desk_tick(self->desk, number, due_ns);
}

static void stop_ticker(KhMixer *self)
{
    if (self->ticker)
        self->late_before += kh_ticker_late(self->ticker);
    kh_ticker_destroy(self->ticker);
    self->ticker = NULL;
}

static GstStateChangeReturn change_state(GstElement *element, GstStateChange change)
{
    KhMixer *self = KH_MIXER(element);

    if (change == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
        stop_ticker(self);
    GstStateChangeReturn done =
        GST_ELEMENT_CLASS(kh_mixer_element_parent_class)->change_state(element, change);
    if (done == GST_STATE_CHANGE_FAILURE || change != GST_STATE_CHANGE_PAUSED_TO_PLAYING)
        return done;
    self->ticker = kh_ticker_create(tick, self);
    return self->ticker ? done : GST_STATE_CHANGE_FAILURE;
}

static void finalize(GObject *object)
{
    stop_ticker(KH_MIXER(object));
    G_OBJECT_CLASS(kh_mixer_element_parent_class)->finalize(object);
}

static void kh_mixer_element_class_init(KhMixerClass *class)
{
    GstElementClass *element = GST_ELEMENT_CLASS(class);

    G_OBJECT_CLASS(class)->finalize = finalize;
    element->request_new_pad = request_pad;
    element->release_pad = release_pad;
    element->change_state = change_state;
    gst_element_class_add_static_pad_template(element, &sink_template);
    gst_element_class_set_static_metadata(element, "Conference mixer", "Generic/Audio",
                                          "Mixes gated inputs, each without itself", "Kỳ Họp");
}

static void kh_mixer_element_init(KhMixer *self)
{
    (void)self;
}

GstElement *kh_gstkhmixer_new(struct kh_desk *desk)
{
    gst_element_register(NULL, "khmixer", GST_RANK_NONE, KH_TYPE_MIXER);
    KhMixer *self = g_object_new(KH_TYPE_MIXER, NULL);
    self->desk = desk;
    return GST_ELEMENT(self);
}

uint64_t kh_gstkhmixer_late_ticks(GstElement *element)
{
    KhMixer *self = KH_MIXER(element);
    return self->late_before + (self->ticker ? kh_ticker_late(self->ticker) : 0);
}

uint64_t kh_gstkhmixer_concealed_ms(GstElement *element, unsigned slot)
{
    char name[32];
    snprintf(name, sizeof(name), "sink_%u", slot);
    GstPad *pad = gst_element_get_static_pad(element, name);
    if (!pad)
        return 0;
    uint64_t concealed = kh_inlet_concealed_ms(gst_pad_get_element_private(pad));
    gst_object_unref(pad);
    return concealed;
}
