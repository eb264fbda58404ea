#include "media/mixer/encoder.h"

#include "base/check.h"

#include <opus/opus.h>
#include <stdlib.h>
#include <string.h>

struct kh_encoder {
    size_t bytes;       /* of state */
    OpusEncoder *state; /* allocated here, not by libopus, so that it can be copied */
};

static void configure(OpusEncoder *state, const struct kh_encoder_config *config)
{
    int failed = 0;

    failed |= opus_encoder_ctl(state, OPUS_SET_COMPLEXITY(config->complexity));
    failed |= opus_encoder_ctl(state, OPUS_SET_BITRATE(config->bitrate));
    failed |= opus_encoder_ctl(state, OPUS_SET_VBR(1));
    failed |= opus_encoder_ctl(state, OPUS_SET_INBAND_FEC(config->inband_fec));
    failed |= opus_encoder_ctl(state, OPUS_SET_PACKET_LOSS_PERC(config->packet_loss_percent));
    KH_REQUIRE(failed == OPUS_OK);
}

struct kh_encoder *kh_encoder_create(const struct kh_encoder_config *config)
{
    struct kh_encoder *encoder = calloc(1, sizeof(*encoder));
    if (!encoder)
        return NULL;
    encoder->bytes = (size_t)opus_encoder_get_size(1);
    encoder->state = calloc(1, encoder->bytes);
    if (!encoder->state) {
        free(encoder);
        return NULL;
    }
    int failed = opus_encoder_init(encoder->state, 48000, 1, OPUS_APPLICATION_VOIP);
    KH_REQUIRE(failed == OPUS_OK);
    configure(encoder->state, config);
    return encoder;
}

void kh_encoder_destroy(struct kh_encoder *encoder)
{
    if (!encoder)
        return;
    free(encoder->state);
    free(encoder);
}

void kh_encoder_copy(struct kh_encoder *to, const struct kh_encoder *from)
{
    KH_REQUIRE(to->bytes == from->bytes);
    memcpy(to->state, from->state, from->bytes);
}

void kh_encoder_run(struct kh_encoder *encoder, const float pcm[KH_TICK_SAMPLES],
                    struct kh_opus_frame *frame)
{
    int bytes =
        opus_encode_float(encoder->state, pcm, KH_TICK_SAMPLES, frame->data, sizeof(frame->data));
    frame->bytes = bytes > 0 ? (uint16_t)bytes : 0;
}
