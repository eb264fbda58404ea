/* arrival.h - one slot's RTP packets as they come in: which are of the stream, how even they are.
 *
 * Pure; one caller at a time. Owns nothing. */
#ifndef KH_MIXER_ARRIVAL_H
#define KH_MIXER_ARRIVAL_H

#include "media/rtp.h"

struct kh_arrival {
    bool known; /* ssrc and next are those of the stream */
    uint32_t ssrc;
    uint16_t next;  /* sequence number after the highest seen */
    bool candidate; /* the last packet did not fit; a second one in a row makes a new stream */
    uint32_t candidate_ssrc;
    uint16_t candidate_next;
    int clock_rate;
    int64_t last_ns;
    uint32_t last_timestamp;
    double jitter_ms; /* RFC 3550 section 6.4.1 */
    uint64_t packets;
};

enum kh_arrival_verdict {
    KH_ARRIVAL_PASS,
    KH_ARRIVAL_DROP,    /* perhaps a stray one */
    KH_ARRIVAL_RESTART, /* the sender began anew: pass it after emptying what is behind */
};

/* @clock_rate in Hz. */
void kh_arrival_init(struct kh_arrival *arrival, int clock_rate);

/* Judge a packet that came at @now_ns. A different SSRC, or a jump of the sequence by more than
 * 250, needs two packets in a row (the idea of RFC 3550 appendix A.1). */
enum kh_arrival_verdict kh_arrival_see(struct kh_arrival *arrival, const struct kh_rtp *rtp,
                                       int64_t now_ns);

#endif
