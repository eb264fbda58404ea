/* rig_listen.h - the hearing side of rtp_rig: all participants' sockets, arrival times, and for a
 * sample of them the sound.
 *
 * One thread. Owns the sockets. Times are CLOCK_MONOTONIC in ns. */
#ifndef KH_TESTS_BENCH_RIG_LISTEN_H
#define KH_TESTS_BENCH_RIG_LISTEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct listen;

/* @n participants, of whom the first @n_talkers talk; keeps up to @seconds. NULL: no sockets. */
struct listen *listen_create(unsigned n, unsigned n_talkers, unsigned seconds);
void listen_destroy(struct listen *listen);

uint16_t listen_port(const struct listen *listen, unsigned index);
int listen_fd(const struct listen *listen, unsigned index);
int64_t listen_now_ns(void);

/* Take what comes until @until_ns. */
void listen_wait(struct listen *listen, int64_t until_ns);

/* The window whose packets count. */
void listen_begin(struct listen *listen);
void listen_end(struct listen *listen);

/* What participant @index heard, when they are one of the sampled (with up to 6 all are): the
 * decoded sound, and for each frame of 960 samples when its packet arrived. The caller frees both.
 */
struct heard {
    float *samples;
    int64_t *frame_ns;
    unsigned frames;
};
struct heard listen_heard(const struct listen *listen, unsigned index);

/* What talker 0 said. */
struct listen_said {
    const int64_t *sent_ns; /* of each packet */
    unsigned packets;
    double codec_delay; /* samples */
    unsigned talkers;
    bool tones;
};
json_t *listen_results(struct listen *listen, const struct listen_said *said);

#endif
