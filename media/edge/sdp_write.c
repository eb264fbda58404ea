#include "media/edge/sdp.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *at;
    size_t used; /* KH_SDP_MAX: it did not fit */
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int bytes = vsnprintf(text->at + text->used, KH_SDP_MAX - text->used, format, args);
    va_end(args);
    if (bytes < 0 || (size_t)bytes >= KH_SDP_MAX - text->used)
        text->used = KH_SDP_MAX - 1;
    else
        text->used += (size_t)bytes;
}

static const char *family(const struct kh_sdp_candidate *candidate)
{
    return candidate->v6 ? "IP6" : "IP4";
}

/* RFC 8829 section 5.3.1: port 0 and nothing but what the grammar wants. */
static void add_rejected(struct text *text, const struct kh_sdp_section *section)
{
    add(text, "m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0\r\n", section->media, section->protocol,
        section->format);
    if (section->mid[0])
        add(text, "a=mid:%s\r\n", section->mid);
    add(text, "a=inactive\r\n");
}

static const char *direction(const struct kh_sdp_offer *offer)
{
    if (offer->sends && offer->receives)
        return "sendrecv";
    if (offer->receives)
        return "sendonly";
    return offer->sends ? "recvonly" : "inactive";
}

/* Priorities of RFC 8445 section 5.1.2.1: host candidates, the configured order, UDP before TCP
 * (RFC 6544 section 4.2). */
static void add_candidates(struct text *text, const struct kh_sdp_answer *answer)
{
    for (unsigned i = 0; i < answer->n_candidates; i++) {
        const char *address = answer->candidates[i].address;
        uint32_t local = 65535 - i;
        if (answer->udp)
            add(text, "a=candidate:%u 1 udp %u %s %u typ host\r\n", 2 * i + 1,
                126u << 24 | local << 8 | 255u, address, answer->port);
        if (answer->tcp)
            add(text, "a=candidate:%u 1 tcp %u %s %u typ host tcptype passive\r\n", 2 * i + 2,
                90u << 24 | local << 8 | 255u, address, answer->port);
    }
    add(text, "a=end-of-candidates\r\n");
}

static void add_audio(struct text *text, const struct kh_sdp_offer *offer,
                      const struct kh_sdp_answer *answer)
{
    const struct kh_sdp_section *audio = &offer->sections[offer->audio];
    const struct kh_sdp_candidate *first = &answer->candidates[0];
    int type = audio->opus_payload_type;

    add(text, "m=audio %u %s %d\r\n", answer->port, audio->protocol, type);
    add(text, "c=IN %s %s\r\n", family(first), first->address);
    if (audio->mid[0])
        add(text, "a=mid:%s\r\n", audio->mid);
    add(text, "a=%s\r\na=rtcp-mux\r\n", direction(offer));
    add(text, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", answer->ufrag, answer->password);
    add(text, "a=fingerprint:%s\r\na=setup:passive\r\n", answer->fingerprint);
    add(text, "a=rtpmap:%d opus/48000/2\r\n", type);
    add(text, "a=fmtp:%d minptime=10;useinbandfec=1;stereo=0;sprop-stereo=0\r\n", type);
    add(text, "a=ptime:20\r\n");
    if (offer->receives)
        add(text, "a=msid:kyhop floor\r\na=ssrc:%" PRIu32 " cname:kyhop\r\n", answer->ssrc);
    add_candidates(text, answer);
}

enum kh_err kh_sdp_write(const struct kh_sdp_offer *offer, const struct kh_sdp_answer *answer,
                         char text[KH_SDP_MAX], struct kh_error *error)
{
    struct text to = { text, 0 };
    const char *mid = offer->sections[offer->audio].mid;

    add(&to, "v=0\r\no=- %" PRIu64 " 1 IN %s %s\r\ns=-\r\nt=0 0\r\n", answer->session_id,
        family(&answer->candidates[0]), answer->candidates[0].address);
    add(&to, "a=ice-lite\r\n");
    if (offer->bundle)
        add(&to, "a=group:BUNDLE %s\r\n", mid);
    if (offer->receives)
        add(&to, "a=msid-semantic: WMS kyhop\r\n");
    for (unsigned i = 0; i < offer->n_sections; i++) {
        if (i == offer->audio)
            add_audio(&to, offer, answer);
        else
            add_rejected(&to, &offer->sections[i]);
    }
    if (to.used == KH_SDP_MAX - 1)
        return kh_err_set(error, KH_ERR_LIMIT, "the answer would be longer than %d bytes",
                          KH_SDP_MAX);
    return KH_OK;
}
