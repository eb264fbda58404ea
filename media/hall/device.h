/* device.h - a microphone and a loudspeaker of this machine as a plain-RTP participant (L16).
 *
 * Engine thread. Owns two GStreamer pipelines and a UDP socket; the sound goes through the same
 * socket, checks and slots as everybody's, so a device can do nothing that a participant cannot. */
#ifndef KH_HALL_DEVICE_H
#define KH_HALL_DEVICE_H

#include "base/err.h"

#include <stdint.h>

struct kh_device;

/* Texts as for gst-launch-1.0, from the configuration and never from a client. */
struct kh_device_config {
    const char *capture;  /* gives raw sound, e.g. "alsasrc device=hw:1"; NULL: no microphone */
    const char *playback; /* takes raw sound, e.g. "autoaudiosink"; NULL: no loudspeaker */
};

/* What joining answered. */
struct kh_device_stream {
    const char *address; /* the server's */
    uint16_t port;
    int payload_type;
    uint32_t ssrc; /* to send with */
};

struct kh_device_ops {
    /* Any thread, at most once, perhaps before kh_device_start() returns: the device was unplugged
     * or stopped. */
    void (*on_failed)(void *user, const char *text);
};

/* Bind a socket on the numeric @address; nothing runs yet. KH_ERR_IO. */
KH_MUST_CHECK enum kh_err kh_device_create(const char *address, struct kh_device **out,
                                           struct kh_error *error);
uint16_t kh_device_port(const struct kh_device *device);

/* Build and start both pipelines. KH_ERR_INVALID (a text cannot be built, named), KH_ERR_IO (the
 * device does not start, named). Opening hardware may take some 100 ms. */
KH_MUST_CHECK enum kh_err kh_device_start(struct kh_device *device,
                                          const struct kh_device_config *config,
                                          const struct kh_device_stream *stream,
                                          const struct kh_device_ops *ops, void *user,
                                          struct kh_error *error);

/* Stop and free; on_failed does not come any more. Accepts NULL. */
void kh_device_destroy(struct kh_device *device);

#endif
