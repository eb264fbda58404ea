#include "media/mixer/ticker.h"

#include "media/feed.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define NS_PER_MS 1000000LL

enum { PRIORITY = 10 };

struct kh_ticker {
    kh_ticker_fn *call;
    void *user;
    pthread_t thread;
    _Atomic bool stop;
    _Atomic uint64_t late;
};

static const int64_t period_ns = KH_TICK_MS * NS_PER_MS;
static const int64_t late_ns = 10 * NS_PER_MS;
static const int64_t give_up_ns = 200 * NS_PER_MS;

int64_t kh_ticker_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void sleep_until(int64_t at_ns)
{
    struct timespec at = { at_ns / 1000000000LL, at_ns % 1000000000LL };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) != 0)
        ;
}

void kh_ticker_raise_priority(int level)
{
    struct sched_param priority = { .sched_priority = level };
    if (pthread_setschedparam(pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &priority) == 0)
        return;
    setpriority(PRIO_PROCESS, 0, -10); /* Linux: of this thread only */
}

static void *run(void *data)
{
    struct kh_ticker *ticker = data;
    uint64_t number = 0;
    int64_t due_ns = kh_ticker_now_ns() + period_ns;

    kh_ticker_raise_priority(PRIORITY);
    for (;; number++, due_ns += period_ns) {
        sleep_until(due_ns);
        if (ticker->stop)
            return NULL;
        int64_t behind_ns = kh_ticker_now_ns() - due_ns;
        if (behind_ns > late_ns)
            ticker->late++;
        if (behind_ns > give_up_ns) {
            number += (uint64_t)(behind_ns / period_ns);
            due_ns += behind_ns / period_ns * period_ns;
        }
        ticker->call(ticker->user, number, due_ns);
    }
}

struct kh_ticker *kh_ticker_create(kh_ticker_fn *call, void *user)
{
    struct kh_ticker *ticker = calloc(1, sizeof(*ticker));
    if (!ticker)
        return NULL;
    ticker->call = call;
    ticker->user = user;
    if (pthread_create(&ticker->thread, NULL, run, ticker) != 0) {
        free(ticker);
        return NULL;
    }
    pthread_setname_np(ticker->thread, "kh-mixer");
    return ticker;
}

void kh_ticker_destroy(struct kh_ticker *ticker)
{
    if (!ticker)
        return;
    ticker->stop = true;
    pthread_join(ticker->thread, NULL);
    free(ticker);
}

uint64_t kh_ticker_late(const struct kh_ticker *ticker)
{
    return ticker->late;
}
