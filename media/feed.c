#include "media/feed.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct kh_feed {
    unsigned ticks; /* a power of two */
    int fd;
    _Atomic uint64_t written, read; /* running numbers; written - read waits in the ring */
    _Atomic uint64_t lost;
    struct kh_tick ring[];
};

struct kh_feed *kh_feed_create(unsigned ticks)
{
    unsigned size = 4;
    while (size < ticks && size < 64)
        size *= 2;

    struct kh_feed *feed = calloc(1, sizeof(*feed) + size * sizeof(feed->ring[0]));
    if (!feed)
        return NULL;
    feed->ticks = size;
    feed->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (feed->fd < 0) {
        free(feed);
        return NULL;
    }
    return feed;
}

void kh_feed_destroy(struct kh_feed *feed)
{
    if (!feed)
        return;
    close(feed->fd);
    free(feed);
}

static void copy_frame(struct kh_opus_frame *to, const struct kh_opus_frame *from)
{
    to->bytes = from->bytes;
    memcpy(to->data, from->data, from->bytes);
}

static void copy_tick(struct kh_tick *to, const struct kh_tick *from)
{
    to->number = from->number;
    to->at_ns = from->at_ns;
    to->slot_mask = from->slot_mask;
    to->has_pcm = from->has_pcm;
    copy_frame(&to->main, &from->main);
    if (from->has_pcm)
        memcpy(to->main_pcm, from->main_pcm, sizeof(to->main_pcm));
    for (unsigned i = 0; i < KH_SLOTS_MAX; i++) {
        if (!(from->slot_mask >> i & 1))
            continue;
        copy_frame(&to->slot[i], &from->slot[i]);
        if (from->has_pcm)
            memcpy(to->slot_pcm[i], from->slot_pcm[i], sizeof(to->slot_pcm[i]));
    }
}

bool kh_feed_push(struct kh_feed *feed, const struct kh_tick *tick)
{
    uint64_t written = atomic_load_explicit(&feed->written, memory_order_relaxed);
    uint64_t read = atomic_load_explicit(&feed->read, memory_order_acquire);

    if (written - read == feed->ticks) {
        atomic_fetch_add_explicit(&feed->lost, 1, memory_order_relaxed);
        return false;
    }
    copy_tick(&feed->ring[written % feed->ticks], tick);
    atomic_store_explicit(&feed->written, written + 1, memory_order_release);
    ssize_t ignored = write(feed->fd, &(uint64_t){ 1 }, sizeof(uint64_t));
    (void)ignored; /* a full counter is readable all the same */
    return true;
}

const struct kh_tick *kh_feed_peek(struct kh_feed *feed)
{
    uint64_t read = atomic_load_explicit(&feed->read, memory_order_relaxed);

    if (atomic_load_explicit(&feed->written, memory_order_acquire) == read)
        return NULL;
    return &feed->ring[read % feed->ticks];
}

void kh_feed_release(struct kh_feed *feed)
{
    atomic_fetch_add_explicit(&feed->read, 1, memory_order_release);
}

int kh_feed_fd(const struct kh_feed *feed)
{
    return feed->fd;
}

uint64_t kh_feed_lost(const struct kh_feed *feed)
{
    return atomic_load_explicit(&feed->lost, memory_order_relaxed);
}
