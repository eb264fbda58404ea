/* rtp.h - the RTP fixed header (RFC 3550 section 5.1): read and write.
 *
 * Pure, any thread, owns nothing. */
#ifndef KH_MEDIA_RTP_H
#define KH_MEDIA_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KH_RTP_HEADER_BYTES = 12, KH_RTP_PACKET_MAX = 1500 };

struct kh_rtp {
    uint8_t payload_type; /* 0..127 */
    bool marker;
    uint16_t sequence;
    uint32_t timestamp; /* in units of the payload's clock rate */
    uint32_t ssrc;
    size_t payload_offset; /* from the start of the packet, behind CSRCs and extension */
    size_t payload_bytes;  /* without padding */
};

/* Read a packet of @bytes. False, with @rtp untouched, when it is not a whole RTP version 2
 * packet: too short, a wrong version, or CSRC, extension or padding longer than the packet. */
bool kh_rtp_read(const uint8_t *packet, size_t bytes, struct kh_rtp *rtp);

/* Write the 12-byte header of @rtp (payload_offset and payload_bytes are not used). */
void kh_rtp_write(uint8_t header[KH_RTP_HEADER_BYTES], const struct kh_rtp *rtp);

#endif
