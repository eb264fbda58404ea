#include "media/rtp.h"

static uint16_t read16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t read32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void write32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

/* Bytes of padding at the end (RFC 3550: the last byte counts them, itself included), or more
 * than @left when the count is not possible. */
static size_t padding_bytes(const uint8_t *packet, size_t bytes, size_t left)
{
    if (!(packet[0] & 0x20))
        return 0;
    if (left == 0 || packet[bytes - 1] == 0)
        return left + 1;
    return packet[bytes - 1];
}

bool kh_rtp_read(const uint8_t *packet, size_t bytes, struct kh_rtp *rtp)
{
    if (bytes < KH_RTP_HEADER_BYTES || packet[0] >> 6 != 2)
        return false;

    size_t offset = KH_RTP_HEADER_BYTES + 4u * (packet[0] & 0x0f);
    if (packet[0] & 0x10) {
        if (offset + 4 > bytes)
            return false;
        offset += 4 + 4u * read16(packet + offset + 2);
    }
    if (offset > bytes)
        return false;
    size_t padding = padding_bytes(packet, bytes, bytes - offset);
    if (padding > bytes - offset)
        return false;

    *rtp = (struct kh_rtp){ .payload_type = packet[1] & 0x7f,
                            .marker = packet[1] >> 7,
                            .sequence = read16(packet + 2),
                            .timestamp = read32(packet + 4),
                            .ssrc = read32(packet + 8),
                            .payload_offset = offset,
                            .payload_bytes = bytes - offset - padding };
    return true;
}

void kh_rtp_write(uint8_t header[KH_RTP_HEADER_BYTES], const struct kh_rtp *rtp)
{
    header[0] = 0x80;
    header[1] = (uint8_t)(rtp->marker << 7 | (rtp->payload_type & 0x7f));
    header[2] = (uint8_t)(rtp->sequence >> 8);
    header[3] = (uint8_t)rtp->sequence;
    write32(header + 4, rtp->timestamp);
    write32(header + 8, rtp->ssrc);
}
