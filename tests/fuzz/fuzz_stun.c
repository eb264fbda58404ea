/* STUN messages: reading never leaves the packet, and what is authentic is really signed. */
#include "base/check.h"
#include "media/edge/stun.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct kh_stun stun;

    if (!kh_stun_read(data, bytes, &stun))
        return 0;
    KH_REQUIRE(stun.n_unknown <= KH_STUN_UNKNOWN_MAX);
    KH_REQUIRE(stun.integrity_at + 24 <= bytes || !stun.integrity_at);
    if (stun.username) {
        KH_REQUIRE(stun.username >= data && stun.username + stun.username_bytes <= data + bytes);
    }
    /* The password of RFC 5769: only its samples in the corpus may pass, which is fine. */
    kh_stun_check_integrity(data, &stun, "VOkJxbRl1RmTxUk/WvJxBt");
    return 0;
}
