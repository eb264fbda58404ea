#include "media/mixer/decoder.h"

#include "base/check.h"

#include <opus/opus.h>
#include <stdlib.h>

enum {
    STEP = 120,         /* 2.5 ms: libopus conceals in multiples of it */
    CONCEAL_MAX = 5760, /* 120 ms: longer gaps are silence in the mix, not a drone */
};

struct kh_decoder {
    OpusDecoder *state;
    uint32_t missing;  /* samples before the next packet */
    uint32_t in_a_row; /* concealed or missing since the last packet */
};

struct kh_decoder *kh_decoder_create(void)
{
    struct kh_decoder *decoder = calloc(1, sizeof(*decoder));
    if (!decoder)
        return NULL;
    int failed = OPUS_OK;
    decoder->state = opus_decoder_create(48000, 1, &failed);
    if (!decoder->state) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void kh_decoder_destroy(struct kh_decoder *decoder)
{
    if (!decoder)
        return;
    opus_decoder_destroy(decoder->state);
    free(decoder);
}

void kh_decoder_reset(struct kh_decoder *decoder)
{
    int failed = opus_decoder_ctl(decoder->state, OPUS_RESET_STATE);
    KH_REQUIRE(failed == OPUS_OK);
    decoder->missing = 0;
    decoder->in_a_row = 0;
}

static uint32_t decoded(int samples)
{
    return samples > 0 ? (uint32_t)samples : 0;
}

static uint32_t conceal(struct kh_decoder *decoder, uint32_t samples, float *out)
{
    if (samples < STEP)
        return 0;
    return decoded(opus_decode_float(decoder->state, NULL, 0, out, (int)samples, 0));
}

static uint32_t whole_steps(uint32_t samples)
{
    return (samples + STEP / 2) / STEP * STEP;
}

uint32_t kh_decoder_missing(struct kh_decoder *decoder, uint32_t samples,
                            float out[KH_DECODER_SAMPLES_MAX], uint64_t *concealed)
{
    uint32_t room = CONCEAL_MAX - decoder->in_a_row;
    uint32_t before = whole_steps(decoder->missing);
    decoder->missing = samples < room ? samples : room;
    decoder->in_a_row += decoder->missing;
    uint32_t done = conceal(decoder, before, out);
    *concealed += done;
    return done;
}

/* The frame just before @packet from its FEC; libopus conceals by itself when there is none. */
static uint32_t recover(struct kh_decoder *decoder, const uint8_t *packet, size_t bytes, float *out)
{
    uint32_t frame = decoded(opus_packet_get_samples_per_frame(packet, 48000));
    uint32_t missing = whole_steps(decoder->missing);

    if (missing < frame || frame < 4 * STEP)
        return conceal(decoder, missing, out);
    uint32_t done = conceal(decoder, missing - frame, out);
    return done + decoded(opus_decode_float(decoder->state, packet, (opus_int32)bytes, out + done,
                                            (int)frame, 1));
}

uint32_t kh_decoder_run(struct kh_decoder *decoder, const uint8_t *packet, size_t bytes,
                        float out[KH_DECODER_SAMPLES_MAX], uint64_t *concealed)
{
    if (bytes == 0 || opus_packet_get_nb_samples(packet, (opus_int32)bytes, 48000) <= 0)
        return 0;

    uint32_t before = recover(decoder, packet, bytes, out);
    decoder->missing = 0;
    decoder->in_a_row = 0;
    *concealed += before;
    return before + decoded(opus_decode_float(decoder->state, packet, (opus_int32)bytes,
                                              out + before, KH_DECODER_SAMPLES_MAX / 2, 0));
}
