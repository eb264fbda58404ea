/* RTP and RTCP: plain headers, reports, and the protected packets of a hostile peer. */
#include "base/check.h"
#include "media/edge/rtcp.h"
#include "media/edge/srtp.h"
#include "media/rtp.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void plain(const uint8_t *data, size_t bytes)
{
    static struct kh_rtcp_receiver receiver;
    struct kh_rtcp_block block;
    struct kh_rtcp rtcp;
    struct kh_rtp rtp;

    if (kh_rtp_read(data, bytes, &rtp)) {
        KH_REQUIRE(rtp.payload_offset + rtp.payload_bytes <= bytes);
        kh_rtcp_count(&receiver, &rtp, (int64_t)bytes * 1000000);
        kh_rtcp_block(&receiver, (int64_t)bytes * 2000000, &block);
    }
    if (kh_rtcp_read(data, bytes, 0, &rtcp) && rtcp.has_sr)
        kh_rtcp_note_sr(&receiver, &rtcp, 0);
}

/* Nothing that the fuzzer makes up is signed, so nothing may be taken. */
static void protected(enum kh_srtp_profile profile, const uint8_t *data, size_t bytes)
{
    static const struct kh_srtp_master master = { "0123456789abcde", "salt" };
    static struct kh_srtp_in *ins[8];
    uint8_t packet[2048];
    size_t length = bytes;

    if (bytes > sizeof(packet))
        return;
    if (!ins[profile])
        ins[profile] = kh_srtp_in_create(profile, &master);
    memcpy(packet, data, bytes);
    KH_REQUIRE(kh_srtp_in_rtp(ins[profile], packet, &length) != KH_SRTP_GOOD && length == bytes);
    memcpy(packet, data, bytes);
    KH_REQUIRE(kh_srtp_in_rtcp(ins[profile], packet, &length) != KH_SRTP_GOOD && length == bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    plain(data, bytes);
    protected(KH_SRTP_AEAD_AES_128_GCM, data, bytes);
    protected(KH_SRTP_AES128_CM_SHA1_80, data, bytes);
    return 0;
}
