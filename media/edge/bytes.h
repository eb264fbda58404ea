/* bytes.h - big-endian numbers in network packets.
 *
 * Pure, any thread, owns nothing. The caller has checked the bounds. */
#ifndef KH_EDGE_BYTES_H
#define KH_EDGE_BYTES_H

#include <stdint.h>

static inline uint16_t kh_bytes_read16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t kh_bytes_read32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void kh_bytes_write16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void kh_bytes_write32(uint8_t *p, uint32_t value)
{
    kh_bytes_write16(p, (uint16_t)(value >> 16));
    kh_bytes_write16(p + 2, (uint16_t)value);
}

#endif
