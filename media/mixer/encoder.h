/* encoder.h - Opus out: 20 ms, 48 kHz, mono, one encoder a stream, and copies of a running one.
 *
 * One thread at a time. Owns libopus' state, which is one contiguous block without pointers into
 * itself (opus_encoder_get_size(), "may be shallow copied"). */
#ifndef KH_MIXER_ENCODER_H
#define KH_MIXER_ENCODER_H

#include "base/err.h"
#include "media/feed.h"

#include <stdbool.h>

struct kh_encoder;

struct kh_encoder_config {
    int complexity; /* 0..10 */
    int bitrate;    /* bit/s, 6000..510000 */
    bool inband_fec;
    int packet_loss_percent; /* 0..100 */
};

/* VBR, VOIP. NULL: out of memory. Settings out of range are a bug. */
struct kh_encoder *kh_encoder_create(const struct kh_encoder_config *config);
void kh_encoder_destroy(struct kh_encoder *encoder);

/* Make @to hold what @from holds. A receiver that decoded @from's packets up to here can be given
 * @to's next packet without noticing: RFC 6716 decoders predict from what they decoded, and both
 * encoders know the same past. Both must have come from the same config. */
void kh_encoder_copy(struct kh_encoder *to, const struct kh_encoder *from);

/* One tick. On libopus' failure the frame is empty (bytes 0), which a receiver conceals. */
void kh_encoder_run(struct kh_encoder *encoder, const float pcm[KH_TICK_SAMPLES],
                    struct kh_opus_frame *frame);

#endif
