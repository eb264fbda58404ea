/* rtcp.h - RTCP sender and receiver reports (RFC 3550 section 6.4), and what is counted for them.
 *
 * Pure, any thread, owns nothing; times are given. */
#ifndef KH_EDGE_RTCP_H
#define KH_EDGE_RTCP_H

#include "media/rtp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KH_RTCP_MAX = 128 }; /* of what is written: SR, one report block, SDES */

/* One report block. */
struct kh_rtcp_block {
    uint32_t ssrc;          /* about whom */
    uint8_t fraction_lost;  /* of 256 */
    uint32_t highest;       /* extended sequence number */
    uint32_t jitter;        /* timestamp units */
    uint32_t last_sr;       /* middle of the NTP time of the last SR; 0: none */
    uint32_t delay_last_sr; /* 1/65536 s */
    int32_t lost;           /* in all, 24 bits */
};

/* What a compound packet of a browser said that we use. */
struct kh_rtcp {
    bool has_sr;
    uint32_t sender; /* SSRC of the SR */
    uint64_t ntp;    /* 32.32 */
    bool has_block;
    struct kh_rtcp_block block; /* the one about the asked SSRC */
    bool bye;
};

/* Read a compound packet and look for a report about @about. False when any part is malformed. */
bool kh_rtcp_read(const uint8_t *packet, size_t bytes, uint32_t about, struct kh_rtcp *out);

/* What we say about ourselves; sender = false writes an RR. */
struct kh_rtcp_report {
    uint32_t ssrc;
    bool sender;
    uint64_t ntp;
    uint32_t timestamp; /* RTP time at ntp */
    uint32_t packets, bytes;
    bool has_block;
    struct kh_rtcp_block block;
};

/* Write SR or RR and SDES with the CNAME "kyhop"; answers the length. */
size_t kh_rtcp_write(uint8_t packet[KH_RTCP_MAX], const struct kh_rtcp_report *report);

/* Counters of one incoming stream (RFC 3550 appendix A). Zeroed: nothing came. */
struct kh_rtcp_receiver {
    bool started;
    uint32_t ssrc;
    uint32_t base, highest; /* extended sequence numbers */
    uint64_t received;
    uint64_t expected_before, received_before; /* at the last report */
    double jitter;                             /* timestamp units */
    uint32_t last_transit;
    uint32_t last_sr; /* from the sender's SR */
    int64_t last_sr_at_ns;
};

/* Count an authenticated packet that came at @now_ns; its clock rate is 48000 Hz. Another SSRC
 * starts anew. */
void kh_rtcp_count(struct kh_rtcp_receiver *receiver, const struct kh_rtp *rtp, int64_t now_ns);
/* Note a sender report. */
void kh_rtcp_note_sr(struct kh_rtcp_receiver *receiver, const struct kh_rtcp *rtcp, int64_t now_ns);
/* Make the report block and begin a new interval. */
void kh_rtcp_block(struct kh_rtcp_receiver *receiver, int64_t now_ns, struct kh_rtcp_block *out);

/* Round trip in ms from a block about us that came at @ntp; below 0: not known. */
float kh_rtcp_round_trip_ms(const struct kh_rtcp_block *block, uint64_t ntp);

/* CLOCK_REALTIME as NTP time, 32.32. */
uint64_t kh_rtcp_ntp(int64_t realtime_ns);

#endif
