/* chain.h - builds, empties and takes apart the elements behind one slot (see input.h).
 *
 * One caller at a time (the input's lock). Owns the elements and the pad that feeds them. */
#ifndef KH_MIXER_CHAIN_H
#define KH_MIXER_CHAIN_H

#include "media/mixer/input.h"

enum { KH_CHAIN_ELEMENTS = 4, KH_CHAIN_PAYLOAD_TYPE = 96 };

struct kh_chain {
    GstPad *feed;                           /* NULL: not built */
    GstElement *element[KH_CHAIN_ELEMENTS]; /* jitter buffer first; NULL behind the last */
    GstPad *sink;                           /* of the khmixer */
    struct kh_slot_format format;
};

/* Build for @format and run. On failure nothing is left behind. */
KH_MUST_CHECK enum kh_err kh_chain_build(struct kh_chain *chain, const struct kh_input_place *place,
                                         const struct kh_slot_format *format,
                                         struct kh_error *error);
/* Take apart; idempotent. */
void kh_chain_finish(struct kh_chain *chain, const struct kh_input_place *place);

/* Can packets of @format go through as it is built? (Payload types do not matter.) */
bool kh_chain_fits(const struct kh_chain *chain, const struct kh_slot_format *format);

/* Drop all that is inside, down to the khmixer's FIFO, and be ready for a new stream. */
void kh_chain_flush(struct kh_chain *chain);

/* Push a whole RTP packet of payload type KH_CHAIN_PAYLOAD_TYPE; takes @buffer. False when an
 * element failed: the chain must be built again. */
bool kh_chain_push(struct kh_chain *chain, GstBuffer *buffer);

/* How long to wait for a missing packet, ms. */
void kh_chain_set_wait(struct kh_chain *chain, unsigned wait_ms);

/* The jitter buffer's counts since it was built. */
void kh_chain_stats(struct kh_chain *chain, uint64_t *lost, uint64_t *late);

/* The elements' names, NULL at the end, and the package that has each. */
struct kh_chain_need {
    const char *element, *package;
};
extern const struct kh_chain_need kh_chain_needs[];

#endif
