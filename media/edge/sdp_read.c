#include "media/edge/sdp.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A piece of the offer; not NUL-terminated. */
struct span {
    const char *at;
    size_t bytes;
};

static bool equals(struct span span, const char *word)
{
    return span.bytes == strlen(word) && memcmp(span.at, word, span.bytes) == 0;
}

static bool equals_nocase(struct span span, const char *word)
{
    return span.bytes == strlen(word) && strncasecmp(span.at, word, span.bytes) == 0;
}

/* Cut off and answer what stands before the first @separator; all of it when there is none. */
static struct span cut(struct span *rest, char separator)
{
    const char *end = rest->bytes ? memchr(rest->at, separator, rest->bytes) : NULL;
    struct span word = { rest->at, end ? (size_t)(end - rest->at) : rest->bytes };
    size_t skip = word.bytes + (end ? 1 : 0);

    rest->at += skip;
    rest->bytes -= skip;
    return word;
}

/* Decimal, at most @max; -1 for anything else. */
static long number(struct span span, long max)
{
    long value = 0;

    if (span.bytes == 0 || span.bytes > 9)
        return -1;
    for (size_t i = 0; i < span.bytes; i++) {
        if (!isdigit((unsigned char)span.at[i]))
            return -1;
        value = value * 10 + (span.at[i] - '0');
    }
    return value <= max ? value : -1;
}

/* Only what can be printed back into an answer without harm: RFC 8866's token characters and '/'.
 */
static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-.^_`{|}~/", c));
}

static bool copy_word(struct span from, char to[KH_SDP_WORD_MAX])
{
    if (from.bytes == 0 || from.bytes >= KH_SDP_WORD_MAX)
        return false;
    for (size_t i = 0; i < from.bytes; i++) {
        if (!is_word_char(from.at[i]))
            return false;
    }
    memcpy(to, from.at, from.bytes);
    to[from.bytes] = '\0';
    return true;
}

static bool is_opus(struct span encoding)
{
    struct span name = cut(&encoding, '/');
    struct span rate = cut(&encoding, '/');

    return equals_nocase(name, "opus") && equals(rate, "48000") && equals(encoding, "2");
}

static void read_rtpmap(struct span value, struct kh_sdp_section *section)
{
    long type = number(cut(&value, ' '), 127);

    if (type < 0 || section->opus_payload_type >= 0 || !is_opus(value))
        return;
    if (section->formats[type / 8] >> type % 8 & 1)
        section->opus_payload_type = (int)type;
}

static int hex_digit(char c)
{
    if (isdigit((unsigned char)c))
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "AA:BB:..." of exactly @bytes. */
static bool read_hash(struct span text, unsigned bytes, uint8_t *hash)
{
    if (text.bytes != bytes * 3 - 1)
        return false;
    for (unsigned i = 0; i < bytes; i++) {
        const char *at = text.at + 3 * (size_t)i;
        int high = hex_digit(at[0]), low = hex_digit(at[1]);
        if (high < 0 || low < 0 || (i + 1 < bytes && at[2] != ':'))
            return false;
        hash[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* The first hash of a kind we know counts; weak or unknown kinds are passed over. */
static bool read_fingerprint(struct span value, struct kh_fingerprint *out)
{
    static const struct {
        const char *name;
        unsigned bytes;
    } kinds[] = { { "sha-256", 32 }, { "sha-384", 48 }, { "sha-512", 64 } };
    struct span algorithm = cut(&value, ' ');

    for (unsigned i = 0; i < 3 && out->bytes == 0; i++) {
        if (!equals_nocase(algorithm, kinds[i].name))
            continue;
        if (!read_hash(value, kinds[i].bytes, out->hash))
            return false;
        strcpy(out->algorithm, kinds[i].name);
        out->bytes = kinds[i].bytes;
    }
    return true;
}

static bool read_direction(struct span name, struct kh_sdp_section *section)
{
    bool both = equals(name, "sendrecv");

    if (!both && !equals(name, "sendonly") && !equals(name, "recvonly") &&
        !equals(name, "inactive"))
        return false;
    section->sends = both || equals(name, "sendonly");
    section->receives = both || equals(name, "recvonly");
    section->has_direction = true;
    return true;
}

static void read_setup(struct span value, struct kh_sdp_section *section)
{
    if (equals(value, "actpass"))
        section->setup = KH_SDP_ACTPASS;
    else if (equals(value, "active"))
        section->setup = KH_SDP_ACTIVE;
    else
        section->setup = KH_SDP_PASSIVE; /* passive or holdconn: refused later, if it counts */
}

/* Keep the mids of all BUNDLE groups, each between spaces. */
static void read_group(struct span value, struct kh_sdp_offer *offer)
{
    char *to = offer->bundle_mids;
    size_t used = strlen(to);

    if (!equals(cut(&value, ' '), "BUNDLE") || used + value.bytes + 3 > sizeof(offer->bundle_mids))
        return;
    to[used] = ' ';
    memcpy(to + used + 1, value.at, value.bytes);
    to[used + 1 + value.bytes] = ' ';
    to[used + 2 + value.bytes] = '\0';
}

static bool read_attribute(struct span line, struct kh_sdp_section *section,
                           struct kh_sdp_offer *offer)
{
    struct span value = line;
    struct span name = cut(&value, ':');

    if (equals(name, "mid"))
        return copy_word(value, section->mid);
    if (equals(name, "fingerprint"))
        return read_fingerprint(value, &section->fingerprint);
    if (equals(name, "rtpmap"))
        read_rtpmap(value, section);
    else if (equals(name, "group") && section == &offer->session)
        read_group(value, offer);
    else if (equals(name, "setup"))
        read_setup(value, section);
    else if (equals(name, "rtcp-mux"))
        section->rtcp_mux = true;
    else if (equals(name, "bundle-only"))
        section->bundle_only = true;
    else if (equals(name, "ice-ufrag") && value.bytes >= 4)
        section->has_ice = true;
    else
        read_direction(name, section);
    return true;
}

static bool read_media(struct span value, struct kh_sdp_section *section)
{
    memset(section, 0, sizeof(*section));
    section->opus_payload_type = -1;
    if (!copy_word(cut(&value, ' '), section->media))
        return false;
    struct span port_text = cut(&value, ' ');
    long port = number(cut(&port_text, '/'), 65535);
    if (port < 0 || !copy_word(cut(&value, ' '), section->protocol))
        return false;
    section->port = (unsigned)port;
    struct span first = value;
    if (!copy_word(cut(&first, ' '), section->format))
        return false;
    while (value.bytes) {
        long type = number(cut(&value, ' '), 127);
        if (type >= 0)
            section->formats[type / 8] |= (uint8_t)(1u << type % 8);
    }
    return true;
}

static enum kh_err read_line(struct span line, struct kh_sdp_offer *offer, struct kh_error *error)
{
    struct kh_sdp_section *section =
        offer->n_sections ? &offer->sections[offer->n_sections - 1] : &offer->session;
    struct span value = { line.at + 2, line.bytes - 2 };

    if (line.at[0] == 'm') {
        if (offer->n_sections == KH_SDP_SECTIONS_MAX)
            return kh_err_set(error, KH_ERR_INVALID, "the offer has more than %d m= sections",
                              KH_SDP_SECTIONS_MAX);
        if (!read_media(value, &offer->sections[offer->n_sections++]))
            return kh_err_set(error, KH_ERR_INVALID, "the offer's m= line %u is malformed",
                              offer->n_sections);
        return KH_OK;
    }
    if (line.at[0] == 'a' && !read_attribute(value, section, offer))
        return kh_err_set(error, KH_ERR_INVALID,
                          "the offer has a malformed a=mid or a=fingerprint");
    return KH_OK;
}

static bool is_printable(struct span line)
{
    for (size_t i = 0; i < line.bytes; i++) {
        unsigned char c = (unsigned char)line.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static enum kh_err read_lines(struct span text, struct kh_sdp_offer *offer, struct kh_error *error)
{
    for (unsigned n = 1; text.bytes; n++) {
        struct span line = cut(&text, '\n');
        if (line.bytes && line.at[line.bytes - 1] == '\r')
            line.bytes--;
        if (line.bytes == 0 && text.bytes == 0)
            break;
        if (line.bytes < 2 || line.at[1] != '=' || !is_printable(line))
            return kh_err_set(error, KH_ERR_INVALID, "line %u of the offer is not SDP", n);
        if (n == 1 && !equals(line, "v=0"))
            return kh_err_set(error, KH_ERR_INVALID, "the offer does not begin with v=0");
        enum kh_err err = read_line(line, offer, error);
        if (err)
            return err;
    }
    return KH_OK;
}

static bool is_usable_audio(const struct kh_sdp_section *section)
{
    return strcmp(section->media, "audio") == 0 && section->opus_payload_type >= 0 &&
           (section->port != 0 || section->bundle_only) &&
           (strcmp(section->protocol, "UDP/TLS/RTP/SAVPF") == 0 ||
            strcmp(section->protocol, "TCP/TLS/RTP/SAVPF") == 0 ||
            strcmp(section->protocol, "TCP/DTLS/RTP/SAVPF") == 0 ||
            strcmp(section->protocol, "UDP/TLS/RTP/SAVP") == 0);
}

static bool in_bundle(const struct kh_sdp_offer *offer, const char *mid)
{
    char word[KH_SDP_WORD_MAX + 2];
    size_t bytes = strlen(mid);

    word[0] = ' ';
    memcpy(word + 1, mid, bytes);
    memcpy(word + 1 + bytes, " ", 2);
    return bytes && strstr(offer->bundle_mids, word);
}

/* RFC 9143 section 9: transport attributes may stand only in the first section of the bundle. */
static const struct kh_sdp_section *transport_of(const struct kh_sdp_offer *offer,
                                                 const struct kh_sdp_section *audio)
{
    if (audio->fingerprint.bytes || audio->setup || !offer->bundle)
        return audio;
    for (unsigned i = 0; i < offer->n_sections; i++) {
        if (in_bundle(offer, offer->sections[i].mid))
            return &offer->sections[i];
    }
    return audio;
}

static enum kh_err check_transport(struct kh_sdp_offer *offer, struct kh_error *error)
{
    const struct kh_sdp_section *audio = &offer->sections[offer->audio];
    const struct kh_sdp_section *transport = transport_of(offer, audio);
    enum kh_sdp_setup setup = transport->setup ? transport->setup : offer->session.setup;

    offer->fingerprint =
        transport->fingerprint.bytes ? transport->fingerprint : offer->session.fingerprint;
    if (offer->fingerprint.bytes == 0)
        return kh_err_set(error, KH_ERR_INVALID,
                          "the offer has no a=fingerprint with sha-256, sha-384 or sha-512");
    if (setup == KH_SDP_PASSIVE || setup == KH_SDP_SETUP_NONE)
        return kh_err_set(error, KH_ERR_INVALID,
                          "the offer must say a=setup:actpass or a=setup:active");
    if (!transport->has_ice && !offer->session.has_ice)
        return kh_err_set(error, KH_ERR_INVALID, "the offer has no a=ice-ufrag");
    if (!transport->rtcp_mux && !audio->rtcp_mux)
        return kh_err_set(error, KH_ERR_INVALID, "the offer's audio must have a=rtcp-mux");
    return KH_OK;
}

static enum kh_err choose_audio(struct kh_sdp_offer *offer, struct kh_error *error)
{
    const struct kh_sdp_section *audio = NULL;

    for (unsigned i = 0; i < offer->n_sections && !audio; i++) {
        if (!is_usable_audio(&offer->sections[i]))
            continue;
        audio = &offer->sections[i];
        offer->audio = i;
    }
    if (!audio)
        return kh_err_set(error, KH_ERR_INVALID,
                          "the offer has no audio section with opus/48000/2 over DTLS-SRTP");
    const struct kh_sdp_section *direction =
        audio->has_direction || !offer->session.has_direction ? audio : &offer->session;
    offer->sends = direction->has_direction ? direction->sends : true;
    offer->receives = direction->has_direction ? direction->receives : true;
    offer->bundle = in_bundle(offer, audio->mid);
    return check_transport(offer, error);
}

enum kh_err kh_sdp_read(const char *text, size_t bytes, struct kh_sdp_offer *offer,
                        struct kh_error *error)
{
    if (bytes == 0 || bytes > KH_SDP_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "the offer is %s",
                          bytes ? "longer than 16384 bytes" : "empty");
    memset(offer, 0, sizeof(*offer));
    offer->session.opus_payload_type = -1;
    enum kh_err err = read_lines((struct span){ text, bytes }, offer, error);
    return err ? err : choose_audio(offer, error);
}
