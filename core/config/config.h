/* config.h - kyhop.lua: what the council's IT sets, read once at the start and checked whole.
 *
 * Engine thread. The file is Lua data (no libraries, no loops without end); paths in it are
 * relative to the file. A mistake is named with file, line and mend. */
#ifndef KH_CONFIG_CONFIG_H
#define KH_CONFIG_CONFIG_H

#include "base/err.h"
#include "session/fields.h"

#include <jansson.h>
#include <stdbool.h>

enum { KH_PATH_BYTES = 512, KH_COUNCILS_MAX = 8, KH_ADDRESSES_MAX = 8, KH_ADDRESS_BYTES = 64 };

struct kh_council_config {
    char id[KH_ID_BYTES];
    char vi[KH_NAME_BYTES], en[KH_NAME_BYTES];
    char procedure[KH_ID_BYTES];   /* folder under plugins */
    json_t *settings;              /* for the procedure; NULL: its defaults */
    char documents[KH_PATH_BYTES]; /* folder with one for each agenda item; "": none */
    struct kh_profile *persons;
    unsigned n_persons;
    struct kh_item_text *items;
    unsigned n_items;
    bool record;
};

struct kh_config {
    char address[KH_ADDRESS_BYTES];
    int64_t port;
    char certificate[KH_PATH_BYTES], key[KH_PATH_BYTES];
    bool allow_plain;
    char data[KH_PATH_BYTES], web[KH_PATH_BYTES], plugins[KH_PATH_BYTES];
    char asyncapi[KH_PATH_BYTES];

    char media_address[KH_ADDRESSES_MAX][KH_ADDRESS_BYTES];
    unsigned n_media_addresses;
    int64_t webrtc_port, rtp_port; /* 0: any free one */
    char public_address[KH_ADDRESS_BYTES];
    bool webrtc, tcp;
    json_t *ice_servers; /* handed to the page; NULL: none */
    int64_t slots, complexity, bitrate, packet_loss_percent, depth_ms, jitter_latency_ms;
    bool inband_fec;
    int64_t rate_per_s, rate_burst;

    struct kh_council_config councils[KH_COUNCILS_MAX];
    unsigned n_councils;
};

/* Read and check @path. On failure @error has "file:line: what (mend)" of the first problem. */
enum kh_err kh_config_load(const char *path, struct kh_config **out, struct kh_error *error);
void kh_config_free(struct kh_config *config); /* accepts NULL */

/* Every problem of the file, a line each, into @report; their number. */
unsigned kh_config_check(const char *path, char *report, size_t size);

/* NULL when there is none. */
const struct kh_council_config *kh_config_council(const struct kh_config *config, const char *id);

#endif
