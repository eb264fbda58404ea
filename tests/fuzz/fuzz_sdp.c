/* Offers: an error with words, or an offer whose answer is well-formed. */
#include "base/check.h"
#include "media/edge/sdp.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_answer(const char *answer, unsigned sections)
{
    unsigned media = 0;

    for (const char *line = answer; *line; line = strchr(line, '\n') + 1) {
        const char *end = strstr(line, "\r\n");
        KH_REQUIRE(end && line[1] == '=');
        for (const char *c = line; c < end; c++)
            KH_REQUIRE((unsigned char)*c >= 0x20 && *c != 0x7f);
        media += *line == 'm';
    }
    KH_REQUIRE(media == sections);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static char answer[KH_SDP_MAX];
    static struct kh_sdp_offer offer;
    struct kh_error error = { 0 };
    struct kh_sdp_answer facts = { .ufrag = "0000abcdefgh",
                                   .password = "0123456789abcdef0123456789abcdef",
                                   .fingerprint = "sha-256 AA:BB",
                                   .n_candidates = 1,
                                   .udp = true,
                                   .tcp = true };

    facts.candidates[0].address = "192.0.2.1";
    if (kh_sdp_read((const char *)data, bytes, &offer, &error)) {
        KH_REQUIRE(error.text[0]);
        return 0;
    }
    KH_REQUIRE(offer.audio < offer.n_sections && offer.n_sections <= KH_SDP_SECTIONS_MAX);
    KH_REQUIRE(offer.fingerprint.bytes >= 32);
    if (kh_sdp_write(&offer, &facts, answer, &error) == KH_OK)
        check_answer(answer, offer.n_sections);
    return 0;
}
