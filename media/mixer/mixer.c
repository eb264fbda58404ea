#include "media/mixer/mixer.h"

#include "base/check.h"
#include "media/mixer/gstkhmixer.h"
#include "media/mixer/input.h"
#include "media/mixer/ticker.h"

#include <gst/gst.h>
#include <stdlib.h>

enum { DECODER_PRIORITY = 9 };

struct kh_mixer {
    struct kh_desk *desk;
    GstElement *pipeline, *element;
    unsigned inputs;
    struct kh_input *input[KH_SLOTS_MAX];
};

struct kh_mixer_config kh_mixer_config_default(void)
{
    return (struct kh_mixer_config){ .slots = 16,
                                     .complexity = 9,
                                     .bitrate = 32000,
                                     .inband_fec = true,
                                     .packet_loss_percent = 5,
                                     .fade_ms = 5,
                                     .depth_ms = -1,
                                     .jitter_latency_ms = 200,
                                     .limit_dbtp = -1.0F };
}

struct range {
    const char *name;
    int value, least, most;
};

static enum kh_err check_config(const struct kh_mixer_config *config, struct kh_error *error)
{
    const struct range ranges[] = {
        { "slots", (int)config->slots, 1, KH_SLOTS_MAX },
        { "complexity", config->complexity, 0, 10 },
        { "bitrate", config->bitrate, 6000, 510000 },
        { "packet_loss_percent", config->packet_loss_percent, 0, 100 },
        { "fade_ms", config->fade_ms, 1, 10 },
        { "depth_ms", config->depth_ms, -1, 500 },
        { "jitter_latency_ms", config->jitter_latency_ms, 20, 500 },
    };
    for (size_t i = 0; i < KH_COUNT(ranges); i++) {
        const struct range *range = &ranges[i];
        if (range->value < range->least || range->value > range->most)
            return kh_err_set(error, KH_ERR_INVALID, "%s is %d, but must be within %d..%d",
                              range->name, range->value, range->least, range->most);
    }
    if (!(config->limit_dbtp >= -20 && config->limit_dbtp <= 0))
        return kh_err_set(error, KH_ERR_INVALID, "limit_dbtp is %g, but must be within -20..0",
                          (double)config->limit_dbtp);
    return KH_OK;
}

/* Runs in the thread that the message is about. A streaming thread decodes, so it must not wait
 * behind the rest of the program, but it stays below the ticker. */
static void on_stream_status(GstMessage *message)
{
    GstStreamStatusType type;
    gst_message_parse_stream_status(message, &type, NULL);
    if (type == GST_STREAM_STATUS_TYPE_ENTER)
        kh_ticker_raise_priority(DECODER_PRIORITY);
}

/* Other messages change nothing: what fails shows where a packet is pushed. */
static GstBusSyncReply on_message(GstBus *bus, GstMessage *message, gpointer user)
{
    (void)bus;
    (void)user;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_STREAM_STATUS)
        on_stream_status(message);
    gst_message_unref(message);
    return GST_BUS_DROP;
}

/* The pipeline's running time is CLOCK_MONOTONIC, so that packets can be stamped anywhere. */
static void set_clock(GstElement *pipeline)
{
    GstClock *clock = gst_system_clock_obtain();
    gst_pipeline_use_clock(GST_PIPELINE(pipeline), clock);
    gst_object_unref(clock);
    gst_element_set_start_time(pipeline, GST_CLOCK_TIME_NONE);
    gst_element_set_base_time(pipeline, 0);
}

static void make_pipeline(struct kh_mixer *mixer)
{
    mixer->pipeline = gst_pipeline_new(NULL);
    mixer->element = kh_gstkhmixer_new(mixer->desk);
    gst_bin_add(GST_BIN(mixer->pipeline), mixer->element);
    set_clock(mixer->pipeline);
    GstBus *bus = gst_element_get_bus(mixer->pipeline);
    gst_bus_set_sync_handler(bus, on_message, NULL, NULL);
    gst_object_unref(bus);
}

static enum kh_err make_inputs(struct kh_mixer *mixer, const struct kh_mixer_config *config,
                               struct kh_error *error)
{
    for (; mixer->inputs < config->slots; mixer->inputs++) {
        struct kh_input_place place = { mixer->pipeline, mixer->element, mixer->inputs,
                                        config->jitter_latency_ms };
        struct kh_error why = { .code = KH_OK };
        mixer->input[mixer->inputs] = kh_input_create(&place, &why);
        if (!mixer->input[mixer->inputs])
            return kh_err_set(error, why.code, "%s", why.text);
    }
    return KH_OK;
}

static enum kh_err build(struct kh_mixer *mixer, const struct kh_mixer_config *config,
                         struct kh_error *error)
{
    make_pipeline(mixer);
    return make_inputs(mixer, config, error);
}

static enum kh_err check_gstreamer(struct kh_error *error)
{
    GError *why = NULL;
    if (gst_init_check(NULL, NULL, &why))
        return kh_input_check_elements(error);
    enum kh_err failed = kh_err_set(error, KH_ERR_UNSUPPORTED, "GStreamer does not start: %s",
                                    why ? why->message : "no reason given");
    g_clear_error(&why);
    return failed;
}

enum kh_err kh_mixer_create(const struct kh_mixer_config *config, const struct kh_mixer_ops *ops,
                            void *user, struct kh_mixer **out, struct kh_error *error)
{
    enum kh_err failed = check_config(config, error);
    if (!failed)
        failed = check_gstreamer(error);
    if (failed)
        return failed;

    struct kh_mixer *mixer = calloc(1, sizeof(*mixer));
    struct kh_desk *desk = kh_desk_create(config, ops, user);
    if (!mixer || !desk) {
        free(mixer);
        kh_desk_destroy(desk);
        return kh_err_set(error, KH_ERR_NOMEM, "no memory for a mixer of %u slots", config->slots);
    }
    mixer->desk = desk;
    failed = build(mixer, config, error);
    if (failed) {
        kh_mixer_destroy(mixer);
        return failed;
    }
    *out = mixer;
    return KH_OK;
}

enum kh_err kh_mixer_start(struct kh_mixer *mixer, struct kh_error *error)
{
    GstStateChangeReturn done = gst_element_set_state(mixer->pipeline, GST_STATE_PLAYING);
    if (done == GST_STATE_CHANGE_FAILURE)
        return kh_err_set(error, KH_ERR_IO, "the mixer's GStreamer pipeline does not start");
    return KH_OK;
}

void kh_mixer_destroy(struct kh_mixer *mixer)
{
    if (!mixer)
        return;
    gst_element_set_state(mixer->pipeline, GST_STATE_NULL);
    for (unsigned i = 0; i < mixer->inputs; i++)
        kh_input_destroy(mixer->input[i]);
    gst_object_unref(mixer->pipeline);
    kh_desk_destroy(mixer->desk);
    free(mixer);
}

static struct kh_input *input_of(struct kh_mixer *mixer, unsigned slot)
{
    KH_REQUIRE(slot < mixer->inputs);
    return mixer->input[slot];
}

enum kh_err kh_mixer_attach(struct kh_mixer *mixer, unsigned slot,
                            const struct kh_slot_format *format, struct kh_error *error)
{
    if (slot >= mixer->inputs)
        return kh_err_set(error, KH_ERR_INVALID, "there is no slot %u, only 0..%u", slot,
                          mixer->inputs - 1);
    enum kh_err failed = kh_input_check(format, error);
    if (failed)
        return failed;
    if (!kh_desk_attach(mixer->desk, slot))
        return kh_err_set(error, KH_ERR_BUSY, "slot %u is attached already", slot);
    failed = kh_input_open(mixer->input[slot], format, error);
    if (failed)
        kh_desk_detach(mixer->desk, slot);
    return failed;
}

void kh_mixer_detach(struct kh_mixer *mixer, unsigned slot)
{
    struct kh_input *input = input_of(mixer, slot);
    kh_desk_detach(mixer->desk, slot);
    kh_input_close(input);
}

void kh_mixer_set_gate(struct kh_mixer *mixer, unsigned slot, bool open)
{
    kh_desk_set_gate(mixer->desk, slot, open);
}

void kh_mixer_push_rtp(struct kh_mixer *mixer, unsigned slot, const uint8_t *packet, size_t bytes)
{
    kh_input_push(input_of(mixer, slot), packet, bytes);
}

void kh_mixer_want_pcm(struct kh_mixer *mixer, bool wanted)
{
    kh_desk_want_pcm(mixer->desk, wanted);
}

void kh_mixer_meter(struct kh_mixer *mixer, unsigned slot, struct kh_slot_meter *meter)
{
    kh_input_meter(input_of(mixer, slot), meter);
    kh_desk_meter(mixer->desk, slot, meter);
}

float kh_mixer_main_peak_dbfs(struct kh_mixer *mixer)
{
    return kh_desk_main_peak_dbfs(mixer->desk);
}

uint64_t kh_mixer_late_ticks(struct kh_mixer *mixer)
{
    return kh_gstkhmixer_late_ticks(mixer->element);
}
