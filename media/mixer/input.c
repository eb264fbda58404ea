#include "media/mixer/input.h"

#include "media/mixer/arrival.h"
#include "media/mixer/chain.h"
#include "media/mixer/gstkhmixer.h"
#include "media/mixer/ticker.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAIT_MIN_MS = 30,  /* for a missing packet; one frame and some unevenness */
    WAIT_STEP_MS = 10, /* smaller changes are not worth telling the jitter buffer */
    WAIT_EVERY = 25,   /* packets between two looks */
};

struct kh_input {
    struct kh_input_place place;
    pthread_mutex_t lock; /* all below */
    struct kh_chain chain;
    bool open;
    int payload_type; /* as the sender numbers it */
    struct kh_arrival arrival;
    unsigned wait_ms;
    uint64_t lost_before, late_before; /* counts of the chain when the slot was attached */
};

enum kh_err kh_input_check_elements(struct kh_error *error)
{
    for (const struct kh_chain_need *need = kh_chain_needs; need->element; need++) {
        GstElementFactory *factory = gst_element_factory_find(need->element);
        if (!factory)
            return kh_err_set(error, KH_ERR_UNSUPPORTED,
                              "GStreamer has no element %s: install Debian's %s", need->element,
                              need->package);
        gst_object_unref(factory);
    }
    return KH_OK;
}

static bool is_raw_rate(int rate)
{
    static const int rates[] = { 8000, 16000, 32000, 44100, 48000, 96000 };
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        if (rates[i] == rate)
            return true;
    }
    return false;
}

enum kh_err kh_input_check(const struct kh_slot_format *format, struct kh_error *error)
{
    if (format->payload_type < 0 || format->payload_type > 127)
        return kh_err_set(error, KH_ERR_INVALID, "payload type %d is not within 0..127",
                          format->payload_type);
    if (format->channels < 1 || format->channels > 2)
        return kh_err_set(error, KH_ERR_INVALID, "%d channels: only 1 or 2 can be received",
                          format->channels);
    switch (format->encoding) {
    case KH_ENC_OPUS:
        if (format->clock_rate == 48000)
            return KH_OK;
        return kh_err_set(error, KH_ERR_INVALID, "Opus has a clock rate of 48000 Hz, not %d",
                          format->clock_rate);
    case KH_ENC_L16:
    case KH_ENC_L24:
        if (is_raw_rate(format->clock_rate))
            return KH_OK;
        return kh_err_set(error, KH_ERR_INVALID,
                          "clock rate %d Hz is none of 8000, 16000, 32000, 44100, 48000, 96000",
                          format->clock_rate);
    }
    return kh_err_set(error, KH_ERR_INVALID, "unknown encoding");
}

struct kh_input *kh_input_create(const struct kh_input_place *place, struct kh_error *error)
{
    static const struct kh_slot_format opus = { KH_ENC_OPUS, KH_CHAIN_PAYLOAD_TYPE, 48000, 1 };
    struct kh_input *input = calloc(1, sizeof(*input));
    if (!input) {
        kh_err_set(error, KH_ERR_NOMEM, "no memory for slot %u", place->slot);
        return NULL;
    }
    input->place = *place;
    if (kh_chain_build(&input->chain, place, &opus, error) != KH_OK) {
        free(input);
        return NULL;
    }
    pthread_mutex_init(&input->lock, NULL);
    return input;
}

void kh_input_destroy(struct kh_input *input)
{
    if (!input)
        return;
    kh_chain_finish(&input->chain, &input->place);
    pthread_mutex_destroy(&input->lock);
    free(input);
}

/* Opus packets tell their channels themselves, so one chain does for both. */
static struct kh_slot_format as_built(const struct kh_slot_format *format)
{
    struct kh_slot_format built = *format;
    if (built.encoding == KH_ENC_OPUS)
        built.channels = 1;
    return built;
}

static enum kh_err make_ready(struct kh_input *input, const struct kh_slot_format *format,
                              struct kh_error *error)
{
    if (kh_chain_fits(&input->chain, format)) {
        kh_chain_flush(&input->chain);
        return KH_OK;
    }
    kh_chain_finish(&input->chain, &input->place);
    return kh_chain_build(&input->chain, &input->place, format, error);
}

enum kh_err kh_input_open(struct kh_input *input, const struct kh_slot_format *format,
                          struct kh_error *error)
{
    struct kh_slot_format built = as_built(format);

    pthread_mutex_lock(&input->lock);
    enum kh_err failed = make_ready(input, &built, error);
    if (!failed) {
        input->open = true;
        input->payload_type = format->payload_type;
        kh_arrival_init(&input->arrival, format->clock_rate);
        input->wait_ms = WAIT_MIN_MS;
        kh_chain_set_wait(&input->chain, WAIT_MIN_MS);
        kh_chain_stats(&input->chain, &input->lost_before, &input->late_before);
    }
    pthread_mutex_unlock(&input->lock);
    return failed;
}

void kh_input_close(struct kh_input *input)
{
    pthread_mutex_lock(&input->lock);
    input->open = false;
    if (input->chain.feed)
        kh_chain_flush(&input->chain);
    pthread_mutex_unlock(&input->lock);
}

/* A plain header before the payload: no CSRCs, extension or padding for anyone to stumble on. */
static GstBuffer *make_buffer(const uint8_t *packet, const struct kh_rtp *rtp, int64_t now_ns)
{
    GstBuffer *buffer =
        gst_buffer_new_allocate(NULL, KH_RTP_HEADER_BYTES + rtp->payload_bytes, NULL);
    struct kh_rtp plain = *rtp;
    uint8_t header[KH_RTP_HEADER_BYTES];

    plain.payload_type = KH_CHAIN_PAYLOAD_TYPE;
    kh_rtp_write(header, &plain);
    gst_buffer_fill(buffer, 0, header, sizeof(header));
    gst_buffer_fill(buffer, sizeof(header), packet + rtp->payload_offset, rtp->payload_bytes);
    GST_BUFFER_PTS(buffer) = (GstClockTime)now_ns; /* the pipeline's base time is 0 */
    GST_BUFFER_DTS(buffer) = (GstClockTime)now_ns;
    return buffer;
}

/* A missing packet is waited for as long as this network may still bring it. */
static void adapt_wait(struct kh_input *input)
{
    if (input->arrival.packets % WAIT_EVERY != 0)
        return;
    double wanted = WAIT_MIN_MS + 4 * input->arrival.jitter_ms;
    double most = input->place.jitter_latency_ms;
    unsigned wait_ms = (unsigned)(wanted < most ? wanted : most);
    unsigned apart = wait_ms > input->wait_ms ? wait_ms - input->wait_ms : input->wait_ms - wait_ms;
    if (apart < WAIT_STEP_MS)
        return;
    input->wait_ms = wait_ms;
    kh_chain_set_wait(&input->chain, wait_ms);
}

static void rebuild(struct kh_input *input)
{
    struct kh_slot_format format = input->chain.format;
    struct kh_error error;

    kh_chain_finish(&input->chain, &input->place);
    if (kh_chain_build(&input->chain, &input->place, &format, &error) != KH_OK)
        input->open = false;
    input->lost_before = 0;
    input->late_before = 0;
}

static void push_locked(struct kh_input *input, const uint8_t *packet, const struct kh_rtp *rtp)
{
    int64_t now_ns = kh_ticker_now_ns();

    switch (kh_arrival_see(&input->arrival, rtp, now_ns)) {
    case KH_ARRIVAL_DROP:
        return;
    case KH_ARRIVAL_RESTART:
        kh_chain_flush(&input->chain);
        break;
    case KH_ARRIVAL_PASS:
        break;
    }
    adapt_wait(input);
    if (!kh_chain_push(&input->chain, make_buffer(packet, rtp, now_ns)))
        rebuild(input);
}

void kh_input_push(struct kh_input *input, const uint8_t *packet, size_t bytes)
{
    struct kh_rtp rtp;
    if (!kh_rtp_read(packet, bytes, &rtp) || rtp.payload_bytes == 0)
        return;

    pthread_mutex_lock(&input->lock);
    if (input->open && rtp.payload_type == input->payload_type)
        push_locked(input, packet, &rtp);
    pthread_mutex_unlock(&input->lock);
}

void kh_input_meter(struct kh_input *input, struct kh_slot_meter *meter)
{
    uint64_t lost = 0, late = 0;

    pthread_mutex_lock(&input->lock);
    if (input->chain.feed)
        kh_chain_stats(&input->chain, &lost, &late);
    meter->packets = input->arrival.packets;
    meter->lost = lost - input->lost_before;
    meter->late = late - input->late_before;
    meter->jitter_ms = (float)input->arrival.jitter_ms;
    pthread_mutex_unlock(&input->lock);
    meter->concealed_ms = kh_gstkhmixer_concealed_ms(input->place.mixer, input->place.slot);
}
