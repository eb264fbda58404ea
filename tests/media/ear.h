/* ear.h - hears one Opus stream and knows when: a socket, a decoder, a clock.
 *
 * One thread at a time. Times are CLOCK_MONOTONIC in ns. */
#ifndef KH_TESTS_MEDIA_EAR_H
#define KH_TESTS_MEDIA_EAR_H

#include <stddef.h>
#include <stdint.h>

struct ear;

/* For up to @seconds. NULL: no socket. */
struct ear *ear_create(unsigned seconds);
void ear_destroy(struct ear *ear); /* accepts NULL */

uint16_t ear_port(const struct ear *ear);
int ear_fd(const struct ear *ear);
int64_t ear_now_ns(void);

/* Hear all packets that wait at @fd; or one. Lost ones are heard as the decoder makes them up. */
void ear_listen(struct ear *ear, int fd);
void ear_take(struct ear *ear, const uint8_t *packet, size_t bytes);
unsigned ear_lost(const struct ear *ear);

/* What it heard from @from_ns on, as a player hears it that plays each packet when the least
 * delayed one would have come. The caller frees it. */
float *ear_since(const struct ear *ear, int64_t from_ns, size_t *n);

#endif
