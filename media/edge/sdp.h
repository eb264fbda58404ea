/* sdp.h - the browser's offer read, our answer written (RFC 8866, 8829, 9143, 8839, 8842).
 *
 * Pure, any thread, owns nothing. Only what an audio conference needs is understood: one audio
 * section with Opus; all other sections are answered as rejected. */
#ifndef KH_EDGE_SDP_H
#define KH_EDGE_SDP_H

#include "base/err.h"
#include "media/edge/edge.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KH_SDP_SECTIONS_MAX = 32,
    KH_SDP_WORD_MAX = 64, /* media, protocol, format, mid: longer ones are refused */
    KH_FINGERPRINT_MAX = 64,
    KH_ICE_UFRAG_MAX = 16,
    KH_ICE_PASSWORD_MAX = 40,
};

/* A certificate's hash from a=fingerprint (RFC 8122). */
struct kh_fingerprint {
    char algorithm[8]; /* "sha-256", "sha-384" or "sha-512" */
    unsigned bytes;
    uint8_t hash[KH_FINGERPRINT_MAX];
};

enum kh_sdp_setup { KH_SDP_SETUP_NONE, KH_SDP_ACTPASS, KH_SDP_ACTIVE, KH_SDP_PASSIVE };

/* One m= section, as far as an answer needs it. */
struct kh_sdp_section {
    char media[KH_SDP_WORD_MAX], protocol[KH_SDP_WORD_MAX], format[KH_SDP_WORD_MAX];
    char mid[KH_SDP_WORD_MAX]; /* empty: none */
    unsigned port;
    uint8_t formats[16];   /* bit n: payload type n is offered */
    int opus_payload_type; /* -1: no Opus */
    bool bundle_only, rtcp_mux, has_direction;
    bool sends, receives; /* the browser's a=sendrecv, sendonly, recvonly, inactive */
    enum kh_sdp_setup setup;
    struct kh_fingerprint fingerprint; /* bytes 0: none */
    bool has_ice;                      /* ufrag and pwd were there */
};

struct kh_sdp_offer {
    struct kh_sdp_section session; /* attributes before the first m= */
    struct kh_sdp_section sections[KH_SDP_SECTIONS_MAX];
    unsigned n_sections;
    bool bundle;           /* the audio section is in a BUNDLE group */
    char bundle_mids[512]; /* as offered, a space before and after each */
    unsigned audio;        /* index of the section we take */
    /* What counts for the audio section, from itself, its bundle or the session level. */
    struct kh_fingerprint fingerprint;
    bool sends, receives;
};

/* Read @text. KH_ERR_INVALID: not SDP, too long, or nothing we can take; @error says what in words
 * that a developer of a client can act on. */
enum kh_err kh_sdp_read(const char *text, size_t bytes, struct kh_sdp_offer *offer,
                        struct kh_error *error);

struct kh_sdp_candidate {
    const char *address; /* a number */
    bool v6;
};

struct kh_sdp_answer {
    const char *ufrag, *password;
    const char *fingerprint; /* of our certificate: "sha-256 AA:BB..." */
    uint32_t ssrc;
    uint64_t session_id;
    struct kh_sdp_candidate candidates[KH_EDGE_ADDRESSES_MAX]; /* the first is the c= line's */
    unsigned n_candidates;
    uint16_t port; /* UDP and TCP */
    bool udp, tcp;
};

/* Write the answer to @offer with its NUL. KH_ERR_LIMIT: longer than KH_SDP_MAX. */
enum kh_err kh_sdp_write(const struct kh_sdp_offer *offer, const struct kh_sdp_answer *answer,
                         char text[KH_SDP_MAX], struct kh_error *error);

#endif
