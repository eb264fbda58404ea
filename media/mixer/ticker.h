/* ticker.h - the mixer's thread: one call every 20 ms on a fixed grid of CLOCK_MONOTONIC.
 *
 * Owns its thread, which asks for SCHED_RR and takes what it gets. */
#ifndef KH_MIXER_TICKER_H
#define KH_MIXER_TICKER_H

#include <stdbool.h>

#include <stdint.h>

struct kh_ticker;

/* Runs in the ticker's thread. @number counts from 0; @due_ns is the instant of the grid. When the
 * process was stopped for longer than 200 ms, the missed numbers are left out. */
typedef void kh_ticker_fn(void *user, uint64_t number, int64_t due_ns);

/* Starts at once. NULL: no memory or no thread. */
struct kh_ticker *kh_ticker_create(kh_ticker_fn *call, void *user);

/* Waits for the running call. Accepts NULL. */
void kh_ticker_destroy(struct kh_ticker *ticker);

/* Any thread. Calls that began more than 10 ms after they were due. */
uint64_t kh_ticker_late(const struct kh_ticker *ticker);

/* Ask for SCHED_RR of @level (1..99) for the calling thread, else for a better nice value; else
 * it stays as it is. */
void kh_ticker_raise_priority(int level);

/* CLOCK_MONOTONIC in ns. */
int64_t kh_ticker_now_ns(void);

#endif
