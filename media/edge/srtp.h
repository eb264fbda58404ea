/* srtp.h - SRTP and SRTCP for one peer: an outgoing and an incoming direction (RFC 3711, 7714).
 *
 * One thread an object; owns its ciphers. The outgoing side owns the SSRC, the sequence number and
 * the rollover counter, so that no caller can make a nonce repeat. */
#ifndef KH_EDGE_SRTP_H
#define KH_EDGE_SRTP_H

#include "media/edge/srtp_cipher.h"
#include "media/rtp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KH_SRTP_OVERHEAD_MAX = 20, /* tag and SRTCP index */
    KH_SRTP_STREAMS_MAX = 4,   /* SSRCs that one peer may send with, for its whole life */
    KH_SRTP_WINDOW = 128,      /* packets that may come late (RFC 3711 section 3.3.2 wants 64) */
};

struct kh_srtp_out;

/* @first_index: rollover counter * 65536 + sequence number of the first packet; a rollover counter
 * of 0 and a sequence number below 32768 let a receiver that misses the first packets agree.
 * NULL: out of memory. */
struct kh_srtp_out *kh_srtp_out_create(enum kh_srtp_profile profile,
                                       const struct kh_srtp_master *master, uint32_t ssrc,
                                       uint64_t first_index);
void kh_srtp_out_destroy(struct kh_srtp_out *out);

/* Write the next RTP packet of the stream; of @header the payload type, marker and timestamp count.
 * @packet has room for 12 + @bytes + KH_SRTP_OVERHEAD_MAX. Answers the packet's length, or 0 when
 * the key's 2^48 packets are used up. */
size_t kh_srtp_out_rtp(struct kh_srtp_out *out, const struct kh_rtp *header, const uint8_t *payload,
                       size_t bytes, uint8_t *packet);

/* Protect the compound RTCP @packet of @bytes (>= 8) in place; room for KH_SRTP_OVERHEAD_MAX more.
 * Answers the new length, or 0 when the key's 2^31 packets are used up. */
size_t kh_srtp_out_rtcp(struct kh_srtp_out *out, uint8_t *packet, size_t bytes);

struct kh_srtp_in;

struct kh_srtp_in *kh_srtp_in_create(enum kh_srtp_profile profile,
                                     const struct kh_srtp_master *master);
void kh_srtp_in_destroy(struct kh_srtp_in *in);

enum kh_srtp_result {
    KH_SRTP_GOOD,
    KH_SRTP_MALFORMED,
    KH_SRTP_REPLAYED, /* seen before, or older than the window */
    KH_SRTP_FORGED,
    KH_SRTP_CROWDED, /* genuine, but of one SSRC too many */
};

/* Check and decrypt in place; *@bytes becomes the length of the plain packet. When the result is
 * not KH_SRTP_GOOD the packet's contents are undefined and must not be used. */
enum kh_srtp_result kh_srtp_in_rtp(struct kh_srtp_in *in, uint8_t *packet, size_t *bytes);
enum kh_srtp_result kh_srtp_in_rtcp(struct kh_srtp_in *in, uint8_t *packet, size_t *bytes);

#endif
