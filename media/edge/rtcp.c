#include "media/edge/rtcp.h"

#include "media/edge/bytes.h"

#include <string.h>

enum {
    TYPE_SR = 200,
    TYPE_RR = 201,
    TYPE_SDES = 202,
    TYPE_BYE = 203,
    HEADER_BYTES = 8, /* with the sender's SSRC */
    SENDER_BYTES = 20,
    BLOCK_BYTES = 24,
    CLOCK_RATE = 48000,
};

static void read_block(const uint8_t *at, struct kh_rtcp_block *out)
{
    uint32_t lost = kh_bytes_read32(at + 4) & 0xffffff;

    *out = (struct kh_rtcp_block){ .ssrc = kh_bytes_read32(at),
                                   .fraction_lost = at[4],
                                   .lost = (int32_t)(lost & 0x800000 ? lost | 0xff000000 : lost),
                                   .highest = kh_bytes_read32(at + 8),
                                   .jitter = kh_bytes_read32(at + 12),
                                   .last_sr = kh_bytes_read32(at + 16),
                                   .delay_last_sr = kh_bytes_read32(at + 20) };
}

static bool read_blocks(const uint8_t *at, size_t bytes, unsigned count, uint32_t about,
                        struct kh_rtcp *out)
{
    if (bytes < count * (size_t)BLOCK_BYTES)
        return false;
    for (unsigned i = 0; i < count; i++, at += BLOCK_BYTES) {
        if (kh_bytes_read32(at) != about)
            continue;
        read_block(at, &out->block);
        out->has_block = true;
    }
    return true;
}

/* One packet of the compound; @bytes is its own length. */
static bool read_packet(const uint8_t *packet, size_t bytes, uint32_t about, struct kh_rtcp *out)
{
    unsigned count = packet[0] & 31;

    switch (packet[1]) {
    case TYPE_SR:
        if (bytes < HEADER_BYTES + SENDER_BYTES)
            return false;
        out->has_sr = true;
        out->sender = kh_bytes_read32(packet + 4);
        out->ntp = (uint64_t)kh_bytes_read32(packet + 8) << 32 | kh_bytes_read32(packet + 12);
        return read_blocks(packet + HEADER_BYTES + SENDER_BYTES,
                           bytes - HEADER_BYTES - SENDER_BYTES, count, about, out);
    case TYPE_RR:
        if (bytes < HEADER_BYTES)
            return false;
        return read_blocks(packet + HEADER_BYTES, bytes - HEADER_BYTES, count, about, out);
    case TYPE_BYE:
        out->bye = true;
        return true;
    default:
        return true; /* SDES, feedback, extended reports: nothing for us */
    }
}

bool kh_rtcp_read(const uint8_t *packet, size_t bytes, uint32_t about, struct kh_rtcp *out)
{
    memset(out, 0, sizeof(*out));
    while (bytes) {
        if (bytes < 4 || packet[0] >> 6 != 2)
            return false;
        size_t own = 4 + 4 * (size_t)kh_bytes_read16(packet + 2);
        if (own > bytes || !read_packet(packet, own, about, out))
            return false;
        packet += own;
        bytes -= own;
    }
    return true;
}

static uint8_t *write_block(uint8_t *at, const struct kh_rtcp_block *block)
{
    kh_bytes_write32(at, block->ssrc);
    kh_bytes_write32(at + 4,
                     (uint32_t)block->fraction_lost << 24 | ((uint32_t)block->lost & 0xffffff));
    kh_bytes_write32(at + 8, block->highest);
    kh_bytes_write32(at + 12, block->jitter);
    kh_bytes_write32(at + 16, block->last_sr);
    kh_bytes_write32(at + 20, block->delay_last_sr);
    return at + BLOCK_BYTES;
}

static uint8_t *write_sender(uint8_t *at, const struct kh_rtcp_report *report)
{
    kh_bytes_write32(at, (uint32_t)(report->ntp >> 32));
    kh_bytes_write32(at + 4, (uint32_t)report->ntp);
    kh_bytes_write32(at + 8, report->timestamp);
    kh_bytes_write32(at + 12, report->packets);
    kh_bytes_write32(at + 16, report->bytes);
    return at + SENDER_BYTES;
}

/* SDES with CNAME is mandatory in a compound packet (RFC 3550 section 6.1). */
static uint8_t *write_sdes(uint8_t *at, uint32_t ssrc)
{
    static const uint8_t item[8] = { 1, 5, 'k', 'y', 'h', 'o', 'p', 0 };

    at[0] = 0x81;
    at[1] = TYPE_SDES;
    kh_bytes_write16(at + 2, 3);
    kh_bytes_write32(at + 4, ssrc);
    memcpy(at + 8, item, sizeof(item));
    return at + 8 + sizeof(item);
}

size_t kh_rtcp_write(uint8_t packet[KH_RTCP_MAX], const struct kh_rtcp_report *report)
{
    uint8_t *at = packet + HEADER_BYTES;

    packet[0] = 0x80 | report->has_block;
    packet[1] = report->sender ? TYPE_SR : TYPE_RR;
    kh_bytes_write32(packet + 4, report->ssrc);
    if (report->sender)
        at = write_sender(at, report);
    if (report->has_block)
        at = write_block(at, &report->block);
    kh_bytes_write16(packet + 2, (uint16_t)((at - packet) / 4 - 1));
    return (size_t)(write_sdes(at, report->ssrc) - packet);
}

static uint32_t rtp_clock(int64_t now_ns)
{
    return (uint32_t)(uint64_t)(now_ns / 1000 * (CLOCK_RATE / 1000) / 1000);
}

static void begin(struct kh_rtcp_receiver *receiver, const struct kh_rtp *rtp, int64_t now_ns)
{
    *receiver = (struct kh_rtcp_receiver){ .started = true,
                                           .ssrc = rtp->ssrc,
                                           /* one cycle up, so that a late packet stays above 0 */
                                           .base = 0x10000u | rtp->sequence,
                                           .highest = 0x10000u | rtp->sequence,
                                           .last_transit = rtp_clock(now_ns) - rtp->timestamp };
}

void kh_rtcp_count(struct kh_rtcp_receiver *receiver, const struct kh_rtp *rtp, int64_t now_ns)
{
    if (!receiver->started || receiver->ssrc != rtp->ssrc)
        begin(receiver, rtp, now_ns);

    int16_t ahead = (int16_t)(uint16_t)(rtp->sequence - (uint16_t)receiver->highest);
    if (ahead > 0)
        receiver->highest += (uint32_t)ahead;
    receiver->received++;

    uint32_t transit = rtp_clock(now_ns) - rtp->timestamp;
    int32_t change = (int32_t)(transit - receiver->last_transit);
    receiver->last_transit = transit;
    double size = change < 0 ? -(double)change : change;
    receiver->jitter += (size - receiver->jitter) / 16;
}

void kh_rtcp_note_sr(struct kh_rtcp_receiver *receiver, const struct kh_rtcp *rtcp, int64_t now_ns)
{
    if (!receiver->started || rtcp->sender != receiver->ssrc)
        return;
    receiver->last_sr = (uint32_t)(rtcp->ntp >> 16);
    receiver->last_sr_at_ns = now_ns;
}

void kh_rtcp_block(struct kh_rtcp_receiver *receiver, int64_t now_ns, struct kh_rtcp_block *out)
{
    uint64_t expected = (uint64_t)receiver->highest - receiver->base + 1;
    int64_t lost = (int64_t)(expected - receiver->received);
    int64_t expected_now = (int64_t)(expected - receiver->expected_before);
    int64_t lost_now = expected_now - (int64_t)(receiver->received - receiver->received_before);

    receiver->expected_before = expected;
    receiver->received_before = receiver->received;
    *out = (struct kh_rtcp_block){ .ssrc = receiver->ssrc,
                                   .highest = receiver->highest - 0x10000u,
                                   .jitter = (uint32_t)receiver->jitter,
                                   .last_sr = receiver->last_sr };
    if (lost > 0x7fffff)
        lost = 0x7fffff;
    out->lost = lost < -0x800000 ? -0x800000 : (int32_t)lost;
    if (expected_now > 0 && lost_now > 0)
        out->fraction_lost =
            (uint8_t)(lost_now >= expected_now ? 255 : lost_now * 256 / expected_now);
    if (receiver->last_sr)
        out->delay_last_sr =
            (uint32_t)((now_ns - receiver->last_sr_at_ns) / 1000 * 65536 / 1000000);
}

float kh_rtcp_round_trip_ms(const struct kh_rtcp_block *block, uint64_t ntp)
{
    if (block->last_sr == 0)
        return -1;
    int32_t trip = (int32_t)((uint32_t)(ntp >> 16) - block->last_sr - block->delay_last_sr);
    return trip < 0 ? 0 : (float)trip * 1000 / 65536;
}

uint64_t kh_rtcp_ntp(int64_t realtime_ns)
{
    uint64_t seconds = (uint64_t)(realtime_ns / 1000000000) + 2208988800u; /* 1900 to 1970 */
    uint64_t fraction = ((uint64_t)(realtime_ns % 1000000000) << 32) / 1000000000;

    return seconds << 32 | fraction;
}
