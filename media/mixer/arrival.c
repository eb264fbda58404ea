#include "media/mixer/arrival.h"

#include <math.h>
#include <stdlib.h>

enum { JUMP_MAX = 250 };

void kh_arrival_init(struct kh_arrival *arrival, int clock_rate)
{
    *arrival = (struct kh_arrival){ .clock_rate = clock_rate };
}

static void begin(struct kh_arrival *arrival, const struct kh_rtp *rtp)
{
    arrival->known = true;
    arrival->candidate = false;
    arrival->ssrc = rtp->ssrc;
    arrival->next = (uint16_t)(rtp->sequence + 1);
    arrival->last_ns = 0;
}

static bool fits(const struct kh_arrival *arrival, const struct kh_rtp *rtp)
{
    int16_t jump = (int16_t)(rtp->sequence - arrival->next);
    return arrival->ssrc == rtp->ssrc && abs(jump) <= JUMP_MAX;
}

static void learn_jitter(struct kh_arrival *arrival, const struct kh_rtp *rtp, int64_t now_ns)
{
    if (arrival->last_ns) {
        double came_ms = (double)(now_ns - arrival->last_ns) / 1e6;
        int32_t units = (int32_t)(rtp->timestamp - arrival->last_timestamp);
        double off_ms = fabs(came_ms - units * 1e3 / arrival->clock_rate);
        /* A sender whose timestamps jump is not a jittery network. */
        if (off_ms < 1000)
            arrival->jitter_ms += (off_ms - arrival->jitter_ms) / 16;
    }
    arrival->last_ns = now_ns;
    arrival->last_timestamp = rtp->timestamp;
}

static enum kh_arrival_verdict consider(struct kh_arrival *arrival, const struct kh_rtp *rtp)
{
    if (arrival->candidate && arrival->candidate_ssrc == rtp->ssrc &&
        arrival->candidate_next == rtp->sequence)
        return KH_ARRIVAL_RESTART;
    arrival->candidate = true;
    arrival->candidate_ssrc = rtp->ssrc;
    arrival->candidate_next = (uint16_t)(rtp->sequence + 1);
    return KH_ARRIVAL_DROP;
}

enum kh_arrival_verdict kh_arrival_see(struct kh_arrival *arrival, const struct kh_rtp *rtp,
                                       int64_t now_ns)
{
    enum kh_arrival_verdict verdict = KH_ARRIVAL_PASS;

    if (arrival->known && !fits(arrival, rtp)) {
        verdict = consider(arrival, rtp);
        if (verdict == KH_ARRIVAL_DROP)
            return verdict;
    }
    if (!arrival->known || verdict == KH_ARRIVAL_RESTART)
        begin(arrival, rtp);
    arrival->candidate = false;
    if ((int16_t)(rtp->sequence - arrival->next) >= 0)
        arrival->next = (uint16_t)(rtp->sequence + 1);
    learn_jitter(arrival, rtp, now_ns);
    arrival->packets++;
    return verdict;
}
