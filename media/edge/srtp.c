#include "media/edge/srtp.h"

#include "base/check.h"
#include "media/edge/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { RTCP_HEADER_BYTES = 8, RTCP_WORD_BYTES = 4 };

static const uint64_t index_end = (uint64_t)1 << 48;
static const uint64_t rtcp_index_end = (uint64_t)1 << 31;

struct kh_srtp_out {
    struct kh_srtp_cipher *rtp, *rtcp;
    size_t tag_bytes;
    bool word_before_tag; /* CM: index then tag; GCM: tag then index */
    uint32_t ssrc;
    uint64_t next;      /* index of the next RTP packet */
    uint64_t next_rtcp; /* index of the next RTCP packet */
};

struct kh_srtp_out *kh_srtp_out_create(enum kh_srtp_profile profile,
                                       const struct kh_srtp_master *master, uint32_t ssrc,
                                       uint64_t first_index)
{
    struct kh_srtp_out *out = calloc(1, sizeof(*out));
    struct kh_srtp_keys keys;

    if (!out)
        return NULL;
    kh_srtp_derive(profile, master, false, &keys);
    out->rtp = kh_srtp_cipher_create(profile, &keys, true);
    kh_srtp_derive(profile, master, true, &keys);
    out->rtcp = kh_srtp_cipher_create(profile, &keys, true);
    out->tag_bytes = kh_srtp_tag_bytes(profile);
    out->word_before_tag = profile == KH_SRTP_AES128_CM_SHA1_80;
    out->ssrc = ssrc;
    out->next = first_index;
    out->next_rtcp = 1;
    if (!out->rtp || !out->rtcp) {
        kh_srtp_out_destroy(out);
        return NULL;
    }
    return out;
}

void kh_srtp_out_destroy(struct kh_srtp_out *out)
{
    if (!out)
        return;
    kh_srtp_cipher_destroy(out->rtp);
    kh_srtp_cipher_destroy(out->rtcp);
    free(out);
}

size_t kh_srtp_out_rtp(struct kh_srtp_out *out, const struct kh_rtp *header, const uint8_t *payload,
                       size_t bytes, uint8_t *packet)
{
    if (out->next >= index_end)
        return 0;

    struct kh_rtp own = *header;
    own.ssrc = out->ssrc;
    own.sequence = (uint16_t)out->next;
    kh_rtp_write(packet, &own);
    const struct kh_srtp_job job = { .packet = packet,
                                     .header_bytes = KH_RTP_HEADER_BYTES,
                                     .payload = payload,
                                     .payload_bytes = bytes,
                                     .ssrc = out->ssrc,
                                     .index = out->next };
    out->next++;
    kh_srtp_seal(out->rtp, &job, packet + KH_RTP_HEADER_BYTES + bytes);
    return KH_RTP_HEADER_BYTES + bytes + out->tag_bytes;
}

size_t kh_srtp_out_rtcp(struct kh_srtp_out *out, uint8_t *packet, size_t bytes)
{
    KH_REQUIRE(bytes >= RTCP_HEADER_BYTES);
    if (out->next_rtcp >= rtcp_index_end)
        return 0;

    const struct kh_srtp_job job = { .packet = packet,
                                     .header_bytes = RTCP_HEADER_BYTES,
                                     .payload = packet + RTCP_HEADER_BYTES,
                                     .payload_bytes = bytes - RTCP_HEADER_BYTES,
                                     .ssrc = kh_bytes_read32(packet + 4),
                                     .index = out->next_rtcp++,
                                     .rtcp = true,
                                     .encrypted_flag = true };
    uint8_t *tag = packet + bytes + (out->word_before_tag ? RTCP_WORD_BYTES : 0);
    uint8_t *word = packet + bytes + (out->word_before_tag ? 0 : out->tag_bytes);
    kh_srtp_seal(out->rtcp, &job, tag);
    kh_bytes_write32(word, kh_srtp_rtcp_word(&job));
    return bytes + out->tag_bytes + RTCP_WORD_BYTES;
}

/* What came of one SSRC: the highest index and which of the last KH_SRTP_WINDOW were there. */
struct stream {
    bool used;
    uint32_t ssrc;
    uint64_t highest;
    uint64_t seen[KH_SRTP_WINDOW / 64]; /* bit n: highest - n */
};

struct kh_srtp_in {
    struct kh_srtp_cipher *rtp, *rtcp;
    size_t tag_bytes;
    bool word_before_tag;
    struct stream rtp_streams[KH_SRTP_STREAMS_MAX], rtcp_streams[KH_SRTP_STREAMS_MAX];
};

struct kh_srtp_in *kh_srtp_in_create(enum kh_srtp_profile profile,
                                     const struct kh_srtp_master *master)
{
    struct kh_srtp_in *in = calloc(1, sizeof(*in));
    struct kh_srtp_keys keys;

    if (!in)
        return NULL;
    kh_srtp_derive(profile, master, false, &keys);
    in->rtp = kh_srtp_cipher_create(profile, &keys, false);
    kh_srtp_derive(profile, master, true, &keys);
    in->rtcp = kh_srtp_cipher_create(profile, &keys, false);
    in->tag_bytes = kh_srtp_tag_bytes(profile);
    in->word_before_tag = profile == KH_SRTP_AES128_CM_SHA1_80;
    if (!in->rtp || !in->rtcp) {
        kh_srtp_in_destroy(in);
        return NULL;
    }
    return in;
}

void kh_srtp_in_destroy(struct kh_srtp_in *in)
{
    if (!in)
        return;
    kh_srtp_cipher_destroy(in->rtp);
    kh_srtp_cipher_destroy(in->rtcp);
    free(in);
}

/* The stream of @ssrc, or a free entry, or NULL when all are taken by others. */
static struct stream *find(struct stream streams[KH_SRTP_STREAMS_MAX], uint32_t ssrc)
{
    for (unsigned i = 0; i < KH_SRTP_STREAMS_MAX; i++) {
        if (!streams[i].used || streams[i].ssrc == ssrc)
            return &streams[i];
    }
    return NULL;
}

static bool seen(const struct stream *stream, uint64_t index)
{
    if (!stream->used || index > stream->highest)
        return false;
    uint64_t age = stream->highest - index;
    return age >= KH_SRTP_WINDOW || stream->seen[age / 64] >> age % 64 & 1;
}

static void shift_window(struct stream *stream, uint64_t by)
{
    if (by >= KH_SRTP_WINDOW) {
        memset(stream->seen, 0, sizeof(stream->seen));
    } else if (by >= 64) {
        stream->seen[1] = stream->seen[0] << (by - 64);
        stream->seen[0] = 0;
    } else if (by > 0) {
        stream->seen[1] = stream->seen[1] << by | stream->seen[0] >> (64 - by);
        stream->seen[0] <<= by;
    }
}

/* Called only for a packet that is genuine and new. */
static void mark_seen(struct stream *stream, uint32_t ssrc, uint64_t index)
{
    if (!stream->used)
        *stream = (struct stream){ .used = true, .ssrc = ssrc, .highest = index };
    if (index > stream->highest) {
        shift_window(stream, index - stream->highest);
        stream->highest = index;
    }
    uint64_t age = stream->highest - index;
    stream->seen[age / 64] |= (uint64_t)1 << age % 64;
}

/* The 48-bit index that is nearest to the highest so far (RFC 3711 section 3.3.1). */
static uint64_t guess_index(const struct stream *stream, uint16_t sequence)
{
    if (!stream->used)
        return sequence;
    uint64_t highest = stream->highest;
    uint64_t index = (highest & ~(uint64_t)0xffff) | sequence;
    if (index + 0x8000 < highest)
        return index + 0x10000;
    if (index > highest + 0x8000 && index >= 0x10000)
        return index - 0x10000;
    return index;
}

/* Length of header, CSRCs and extension; 0 when they do not fit into @bytes. Padding cannot be
 * looked at yet: it is encrypted. */
static size_t rtp_header_bytes(const uint8_t *packet, size_t bytes)
{
    if (bytes < KH_RTP_HEADER_BYTES || packet[0] >> 6 != 2)
        return 0;
    size_t header = KH_RTP_HEADER_BYTES + 4u * (packet[0] & 15);
    if (packet[0] & 0x10) {
        if (header + 4 > bytes)
            return 0;
        header += 4 + 4u * kh_bytes_read16(packet + header + 2);
    }
    return header <= bytes ? header : 0;
}

/* Open @job with @tag and note its index. @stream NULL: no entry left, told only of a genuine
 * packet. */
static enum kh_srtp_result accept(struct kh_srtp_cipher *cipher, const struct kh_srtp_job *job,
                                  const uint8_t *tag, struct stream *stream)
{
    if (stream && seen(stream, job->index))
        return KH_SRTP_REPLAYED;
    if (!kh_srtp_open(cipher, job, tag))
        return KH_SRTP_FORGED;
    if (!stream)
        return KH_SRTP_CROWDED;
    mark_seen(stream, job->ssrc, job->index);
    return KH_SRTP_GOOD;
}

enum kh_srtp_result kh_srtp_in_rtp(struct kh_srtp_in *in, uint8_t *packet, size_t *bytes)
{
    if (*bytes < in->tag_bytes)
        return KH_SRTP_MALFORMED;

    size_t plain = *bytes - in->tag_bytes;
    size_t header = rtp_header_bytes(packet, plain);
    if (header == 0)
        return KH_SRTP_MALFORMED;
    uint32_t ssrc = kh_bytes_read32(packet + 8);
    struct stream *stream = find(in->rtp_streams, ssrc);
    uint16_t sequence = kh_bytes_read16(packet + 2);
    const struct kh_srtp_job job = { .packet = packet,
                                     .header_bytes = header,
                                     .payload = packet + header,
                                     .payload_bytes = plain - header,
                                     .ssrc = ssrc,
                                     .index = stream ? guess_index(stream, sequence) : sequence };
    if (job.index >= index_end)
        return KH_SRTP_REPLAYED;
    enum kh_srtp_result result = accept(in->rtp, &job, packet + plain, stream);
    if (result == KH_SRTP_GOOD)
        *bytes = plain;
    return result;
}

enum kh_srtp_result kh_srtp_in_rtcp(struct kh_srtp_in *in, uint8_t *packet, size_t *bytes)
{
    size_t behind = in->tag_bytes + RTCP_WORD_BYTES;

    if (*bytes < RTCP_HEADER_BYTES + behind || packet[0] >> 6 != 2)
        return KH_SRTP_MALFORMED;

    size_t plain = *bytes - behind;
    const uint8_t *tag = packet + plain + (in->word_before_tag ? RTCP_WORD_BYTES : 0);
    uint32_t word = kh_bytes_read32(packet + plain + (in->word_before_tag ? 0 : in->tag_bytes));
    if (!(word & 0x80000000u))
        return KH_SRTP_MALFORMED; /* RFC 8827 section 6.5: never in clear */
    const struct kh_srtp_job job = { .packet = packet,
                                     .header_bytes = RTCP_HEADER_BYTES,
                                     .payload = packet + RTCP_HEADER_BYTES,
                                     .payload_bytes = plain - RTCP_HEADER_BYTES,
                                     .ssrc = kh_bytes_read32(packet + 4),
                                     .index = word & 0x7fffffff,
                                     .rtcp = true,
                                     .encrypted_flag = true };
    enum kh_srtp_result result = accept(in->rtcp, &job, tag, find(in->rtcp_streams, job.ssrc));
    if (result == KH_SRTP_GOOD)
        *bytes = plain;
    return result;
}
