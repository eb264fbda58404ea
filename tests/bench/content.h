/* content.h - what the load generator's talkers say, encoded before the run so that encoding costs
 * nothing while it is measured.
 *
 * One thread. Owns the packets. Talker 0 carries the markers of measure.h. */
#ifndef KH_TESTS_BENCH_CONTENT_H
#define KH_TESTS_BENCH_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONTENT_FRAME = 960, CONTENT_PACKET_MAX = 1275 };

struct content {
    unsigned packets;
    uint16_t *bytes;
    uint8_t (*data)[CONTENT_PACKET_MAX];
};

/* @seconds of @talker's sound: Vietnamese speech of espeak-ng, or a steady tone. False: espeak-ng
 * or sox is missing. */
bool content_create(struct content *content, unsigned talker, bool tones, unsigned seconds);
void content_destroy(struct content *content);

/* The same sound before encoding; the caller frees it. NULL as above. */
float *content_samples(unsigned talker, bool tones, unsigned seconds);

/* Sample in talker 0's sound at which marker @i begins. */
size_t content_marker_at(unsigned i);

/* Delay in samples by which a marker comes out of this codec by itself (encode, decode, find): what
 * is subtracted from a transit. */
double content_codec_delay(bool tones);

/* libopus as a talker's device has it: VOIP, 32 kbit/s, complexity 5, in-band FEC. */
struct OpusEncoder *content_encoder(int complexity, int bitrate);

#endif
