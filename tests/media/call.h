/* call.h - one speaker behind a bad network and one listener behind a good one, in a room of their
 * own: what the listener heard.
 *
 * The caller's thread turns the main loop in call_finish_all(); each call has threads for its
 * network, its speaker and its ears. Several calls may run side by side. */
#ifndef KH_TESTS_MEDIA_CALL_H
#define KH_TESTS_MEDIA_CALL_H

#include "media/room.h"
#include "tests/media/relay.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero is a good default everywhere. */
struct call_plan {
    const char *name;
    struct relay_net net;
    struct relay_net burst; /* instead of @net between these moments of the speech */
    unsigned burst_from_ms, burst_to_ms;
    const float *samples; /* what is said; borrowed until the call is finished */
    size_t n;
    int frame_ms; /* of the speaker's packets, 10, 20, 40, 60; 0: 20 */
    bool dtx, stereo, no_fec;
    bool webrtc; /* over DTLS-SRTP instead of plain RTP; 20 ms, no DTX */
    bool muted;
    unsigned change_every_ms; /* open and close the microphone so often */
    uint64_t seed;
};

struct call_heard {
    float *samples; /* sample k was heard k / 48000 s after the first one was said */
    size_t n;
    float *own; /* the same, by the speaker */
    size_t n_own;
    unsigned said, lost_out; /* packets of the speaker; packets that the ears missed */
    struct kh_room_stats stats;
    struct relay_counts relay;
};

struct call;

/* The call runs from here on. NULL: no sockets, the room refused (its words go to stderr). */
struct call *call_start(const struct call_plan *plan);

/* Wait for @n calls, free them, hand over what was heard; the caller frees the samples. */
void call_finish_all(struct call **calls, struct call_heard *heard, unsigned n);

void call_heard_free(struct call_heard *heard);

#endif
