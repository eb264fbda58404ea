#include "media/hall/device.h"

#include <gio/gio.h>
#include <gst/gst.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { TEXT_BYTES = 2048 };

/* 5 ms a packet, what the hall expects of L16 by default. */
#define CAPTURE_TEXT                                                                               \
    "%s ! queue max-size-time=100000000 leaky=downstream ! audioconvert ! audioresample ! "        \
    "audio/x-raw,format=S16BE,rate=48000,channels=1 ! "                                            \
    "rtpL16pay pt=%d ssrc=%u min-ptime=5000000 max-ptime=5000000 ! "                               \
    "udpsink name=net host=%s port=%u close-socket=false sync=false async=false"
#define PLAYBACK_TEXT                                                                              \
    "udpsrc name=net close-socket=false caps=\"application/x-rtp,media=(string)audio,"             \
    "clock-rate=(int)48000,encoding-name=(string)L16,channels=(int)1,payload=(int)%d\" ! "         \
    "rtpjitterbuffer latency=40 ! rtpL16depay ! audioconvert ! audioresample ! %s"

struct kh_device {
    GSocket *socket;
    uint16_t port;
    GstElement *capture, *playback;
    struct kh_device_ops ops;
    void *user;
    _Atomic bool running; /* failures are told */
};

enum kh_err kh_device_create(const char *address, struct kh_device **out, struct kh_error *error)
{
    GError *fault = NULL;
    GSocketAddress *local = g_inet_socket_address_new_from_string(address, 0), *bound = NULL;
    if (!local)
        return kh_err_set(error, KH_ERR_IO, "device: \"%s\" is not a numeric address", address);

    struct kh_device *device = g_new0(struct kh_device, 1);
    device->socket = g_socket_new(g_socket_address_get_family(local), G_SOCKET_TYPE_DATAGRAM,
                                  G_SOCKET_PROTOCOL_UDP, &fault);
    if (device->socket && g_socket_bind(device->socket, local, FALSE, &fault))
        bound = g_socket_get_local_address(device->socket, &fault);
    g_object_unref(local);
    if (!bound) {
        kh_err_set(error, KH_ERR_IO, "device: no socket on %s: %s", address, fault->message);
        g_error_free(fault);
        kh_device_destroy(device);
        return KH_ERR_IO;
    }
    device->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    g_object_unref(bound);
    *out = device;
    return KH_OK;
}

uint16_t kh_device_port(const struct kh_device *device)
{
    return device->port;
}

static GstBusSyncReply on_message(GstBus *bus, GstMessage *message, gpointer user)
{
    struct kh_device *device = user;
    GError *fault = NULL;
    (void)bus;

    if (!device->running || (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR &&
                             GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS))
        return GST_BUS_PASS;
    if (!atomic_exchange(&device->running, false))
        return GST_BUS_PASS;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
        gst_message_parse_error(message, &fault, NULL);
    device->ops.on_failed(device->user, fault ? fault->message : "the device has ended");
    g_clear_error(&fault);
    return GST_BUS_PASS;
}

static enum kh_err build(struct kh_device *device, const char *text, GstElement **out,
                         struct kh_error *error)
{
    GError *fault = NULL;
    GstElement *pipeline = gst_parse_launch_full(text, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &fault);
    if (!pipeline) {
        kh_err_set(error, KH_ERR_INVALID, "device: %s", fault->message);
        g_error_free(fault);
        return KH_ERR_INVALID;
    }
    GstElement *net = gst_bin_get_by_name(GST_BIN(pipeline), "net");
    g_object_set(net, "socket", device->socket, NULL);
    gst_object_unref(net);
    GstBus *bus = gst_element_get_bus(pipeline);
    gst_bus_set_sync_handler(bus, on_message, device, NULL);
    gst_object_unref(bus);
    *out = pipeline;
    return KH_OK;
}

static enum kh_err play(GstElement *pipeline, struct kh_error *error)
{
    if (gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
        return KH_OK;

    GError *fault = NULL;
    GstBus *bus = gst_element_get_bus(pipeline);
    GstMessage *message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
    if (message) {
        gst_message_parse_error(message, &fault, NULL);
        gst_message_unref(message);
    }
    gst_object_unref(bus);
    kh_err_set(error, KH_ERR_IO, "device: %s", fault ? fault->message : "does not start");
    g_clear_error(&fault);
    return KH_ERR_IO;
}

static enum kh_err start_capture(struct kh_device *device, const char *text,
                                 const struct kh_device_stream *stream, struct kh_error *error)
{
    char launch[TEXT_BYTES];

    if (g_snprintf(launch, sizeof(launch), CAPTURE_TEXT, text, stream->payload_type, stream->ssrc,
                   stream->address, (unsigned)stream->port) >= TEXT_BYTES)
        return kh_err_set(error, KH_ERR_INVALID, "device: the capture text is too long");
    enum kh_err err = build(device, launch, &device->capture, error);
    return err ? err : play(device->capture, error);
}

static enum kh_err start_playback(struct kh_device *device, const char *text,
                                  const struct kh_device_stream *stream, struct kh_error *error)
{
    char launch[TEXT_BYTES];

    if (g_snprintf(launch, sizeof(launch), PLAYBACK_TEXT, stream->payload_type, text) >= TEXT_BYTES)
        return kh_err_set(error, KH_ERR_INVALID, "device: the playback text is too long");
    enum kh_err err = build(device, launch, &device->playback, error);
    return err ? err : play(device->playback, error);
}

enum kh_err kh_device_start(struct kh_device *device, const struct kh_device_config *config,
                            const struct kh_device_stream *stream, const struct kh_device_ops *ops,
                            void *user, struct kh_error *error)
{
    enum kh_err err = KH_OK;

    device->ops = *ops;
    device->user = user;
    if (!gst_init_check(NULL, NULL, NULL))
        return kh_err_set(error, KH_ERR_UNSUPPORTED, "device: GStreamer does not start");
    device->running = true;
    if (config->playback)
        err = start_playback(device, config->playback, stream, error);
    if (!err && config->capture)
        err = start_capture(device, config->capture, stream, error);
    if (err)
        device->running = false;
    return err;
}

static void stop(GstElement *pipeline)
{
    if (!pipeline)
        return;
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
}

void kh_device_destroy(struct kh_device *device)
{
    if (!device)
        return;
    device->running = false;
    stop(device->capture);
    stop(device->playback);
    if (device->socket)
        g_object_unref(device->socket);
    g_free(device);
}
