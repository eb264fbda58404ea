/* ICE-TCP framing: frames lie inside the stream, and how the stream is cut does not matter. */
#include "base/check.h"
#include "media/edge/ice_tcp.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* The frames' count and last byte when the stream comes in pieces of @piece; -1: not ours. */
static long read_in_pieces(const uint8_t *data, size_t bytes, size_t piece)
{
    uint8_t buffer[2 + KH_TCP_FRAME_MAX];
    size_t filled = 0, at = 0;
    long sum = 0;

    while (at < bytes) {
        size_t take = bytes - at;
        take = take < piece ? take : piece;
        take = take < sizeof(buffer) - filled ? take : sizeof(buffer) - filled;
        KH_REQUIRE(take > 0); /* a whole frame always fits */
        memcpy(buffer + filled, data + at, take);
        filled += take;
        at += take;
        int frame;
        while ((frame = kh_ice_tcp_frame(buffer, filled)) > 0) {
            KH_REQUIRE((size_t)frame <= filled && frame > 2);
            sum = (sum + 1) * 31 + buffer[frame - 1];
            sum &= 0xffffff;
            filled -= (size_t)frame;
            memmove(buffer, buffer + frame, filled);
        }
        if (frame < 0)
            return -1 - sum;
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    long whole = read_in_pieces(data, bytes, bytes ? bytes : 1);

    KH_REQUIRE(read_in_pieces(data, bytes, 1) == whole);
    KH_REQUIRE(read_in_pieces(data, bytes, 7) == whole);
    return 0;
}
