/* decoder.h - Opus in: packets and gaps of one input to mono samples at 48 kHz.
 *
 * One thread at a time. Owns libopus' state.
 *
 * opusdec of GStreamer 1.22 with use-inband-fec holds back every packet by one frame, in case the
 * next one should be lost. Here a gap is told first and filled when the packet behind it is
 * there: nothing waits while nothing is lost. */
#ifndef KH_MIXER_DECODER_H
#define KH_MIXER_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest packet is 120 ms; as much may be concealed before it. */
enum { KH_DECODER_SAMPLES_MAX = 2 * 5760 };

struct kh_decoder;

/* NULL: out of memory. */
struct kh_decoder *kh_decoder_create(void);
void kh_decoder_destroy(struct kh_decoder *decoder);

/* As new: the next packet is another person's. */
void kh_decoder_reset(struct kh_decoder *decoder);

/* @samples (at 48 kHz) are missing before the next packet. They wait for it, because it may bring
 * the last of them along; what was missing already cannot come any more and is concealed into
 * @out now. Returns the samples written, which @concealed grows by. */
uint32_t kh_decoder_missing(struct kh_decoder *decoder, uint32_t samples,
                            float out[KH_DECODER_SAMPLES_MAX], uint64_t *concealed);

/* Decode a packet into @out, in front of it what was missing: the last frame from the packet's
 * in-band FEC if it has it, the rest by concealment. Returns the samples written; 0 for what is
 * no Opus packet. @concealed grows by the samples that no packet brought. */
uint32_t kh_decoder_run(struct kh_decoder *decoder, const uint8_t *packet, size_t bytes,
                        float out[KH_DECODER_SAMPLES_MAX], uint64_t *concealed);

#endif
