#include "config/settings.h"

#include "base/check.h"

#define TEXT(path, field, standard)                                                                \
    {                                                                                              \
        path, KH_SETTING_TEXT, offsetof(struct kh_config, field),                                  \
            sizeof(((struct kh_config *)0)->field), 0, 0, standard, ""                             \
    }
#define PATH(path, field, standard)                                                                \
    {                                                                                              \
        path, KH_SETTING_PATH, offsetof(struct kh_config, field),                                  \
            sizeof(((struct kh_config *)0)->field), 0, 0, standard, ""                             \
    }
#define INT(path, field, min, max, standard, unit)                                                 \
    {                                                                                              \
        path, KH_SETTING_INT, offsetof(struct kh_config, field), 0, min, max, standard, unit       \
    }
#define BOOL(path, field, standard)                                                                \
    {                                                                                              \
        path, KH_SETTING_BOOL, offsetof(struct kh_config, field), 0, 0, 0, standard, ""            \
    }

const struct kh_setting kh_settings[] = {
    TEXT("listen.address", address, "127.0.0.1"),
    INT("listen.port", port, 0, 65535, "8080", ""),
    PATH("listen.certificate", certificate, ""),
    PATH("listen.key", key, ""),
    BOOL("listen.allow_plain", allow_plain, "false"),
    INT("listen.rate_per_s", rate_per_s, 1, 10000, "50", "requests/s a connection"),
    INT("listen.rate_burst", rate_burst, 1, 10000, "100", "requests"),
    PATH("data", data, "../data"),
    PATH("web", web, "../web/dist"),
    PATH("plugins", plugins, "../plugins"),
    PATH("asyncapi", asyncapi, "../core/api/asyncapi.yaml"),
    BOOL("media.webrtc", webrtc, "true"),
    BOOL("media.tcp", tcp, "true"),
    INT("media.webrtc_port", webrtc_port, 0, 65535, "8443", ""),
    INT("media.rtp_port", rtp_port, 0, 65535, "5004", ""),
    TEXT("media.public_address", public_address, ""),
    INT("media.slots", slots, 1, 32, "16", "microphones"),
    INT("media.depth_ms", depth_ms, -1, 500, "-1", "ms, -1: adaptive"),
    INT("media.jitter_latency_ms", jitter_latency_ms, 20, 500, "200", "ms"),
    INT("media.opus.complexity", complexity, 0, 10, "9", ""),
    INT("media.opus.bitrate", bitrate, 6000, 510000, "32000", "bit/s"),
    INT("media.opus.packet_loss_percent", packet_loss_percent, 0, 100, "5", "%"),
    BOOL("media.opus.inband_fec", inband_fec, "true"),
};

const unsigned kh_settings_n = KH_COUNT(kh_settings);
