#include "media/record/recorder.h"

#include "base/check.h"
#include "media/record/ogg_opus.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    RING_TICKS = 64,  /* 1.28 s for a slow disk */
    WAKE_MS = 240,    /* the thread sleeps so long instead of waking for every tick */
    FLUSH_TICKS = 30, /* a page every 600 ms, so a kill loses less than a second */
    SYNC_TICKS = 250, /* fdatasync every 5 s */
    SUFFIX_MAX = 10000,
};

static const uint64_t NO_TICK = UINT64_MAX;

struct kh_recorder {
    struct kh_ogg_opus *ogg;
    struct kh_feed *feed;
    struct kh_recorder_ops ops;
    void *user;
    int stop_fd;
    pthread_t thread;
    _Atomic uint64_t first, last; /* ticks pushed; NO_TICK: none */
    _Atomic bool failed;
    unsigned since_flush, since_sync; /* ticks; recorder's thread */
    uint64_t written_first;           /* tick of the first packet; recorder's thread */
    struct kh_tick trimmed;           /* mixer's thread: a tick with nothing but the main mix */
};

static enum kh_err write_tick(struct kh_recorder *recorder, const struct kh_tick *tick,
                              struct kh_error *error)
{
    if (recorder->written_first == NO_TICK)
        recorder->written_first = tick->number;

    uint64_t place = tick->number - recorder->written_first;
    while (kh_ogg_opus_packets(recorder->ogg) < place) {
        enum kh_err err = kh_ogg_opus_write_gap(recorder->ogg, error);
        if (err)
            return err;
    }
    enum kh_err err = KH_ERR_INVALID;
    if (tick->main.bytes > 0)
        err = kh_ogg_opus_write(recorder->ogg, tick->main.data, tick->main.bytes, error);
    if (err == KH_ERR_INVALID)
        err = kh_ogg_opus_write_gap(recorder->ogg, error);
    recorder->since_flush++;
    recorder->since_sync++;
    return err;
}

static enum kh_err save(struct kh_recorder *recorder, struct kh_error *error)
{
    enum kh_err err = KH_OK;

    if (recorder->since_flush >= FLUSH_TICKS) {
        recorder->since_flush = 0;
        err = kh_ogg_opus_flush(recorder->ogg, error);
    }
    if (!err && recorder->since_sync >= SYNC_TICKS) {
        recorder->since_sync = 0;
        err = kh_ogg_opus_sync(recorder->ogg, error);
    }
    return err;
}

static void report(struct kh_recorder *recorder, const struct kh_error *error)
{
    if (atomic_exchange(&recorder->failed, true))
        return;
    if (recorder->ops.on_failed)
        recorder->ops.on_failed(recorder->user, error->text);
}

static void drain(struct kh_recorder *recorder)
{
    const struct kh_tick *tick;

    while ((tick = kh_feed_peek(recorder->feed))) {
        struct kh_error error = { 0 };
        if (!atomic_load(&recorder->failed) &&
            (write_tick(recorder, tick, &error) || save(recorder, &error)))
            report(recorder, &error);
        kh_feed_release(recorder->feed);
    }
}

static void *run(void *user)
{
    struct kh_recorder *recorder = user;
    struct pollfd stop = { .fd = recorder->stop_fd, .events = POLLIN };
    bool stopping = false;

    pthread_setname_np(pthread_self(), "kh-record");
    while (!stopping) {
        int n = poll(&stop, 1, WAKE_MS);
        stopping = n > 0 || (n < 0 && errno != EINTR);
        drain(recorder);
    }

    struct kh_error error = { 0 };
    if (kh_ogg_opus_finish(recorder->ogg, &error))
        report(recorder, &error);
    return NULL;
}

/* "a/b.opus" and 3 -> "a/b-3.opus"; 1 leaves the name. False: too long. */
static bool numbered_name(const char *path, unsigned number, char name[KH_RECORD_PATH_BYTES])
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(path, '.');
    int n;

    if (!dot || (slash && dot < slash))
        dot = path + strlen(path);
    if (number == 1)
        n = snprintf(name, KH_RECORD_PATH_BYTES, "%s", path);
    else
        n = snprintf(name, KH_RECORD_PATH_BYTES, "%.*s-%u%s", (int)(dot - path), path, number, dot);
    return n > 0 && n < KH_RECORD_PATH_BYTES;
}

static enum kh_err create_file(const char *path, struct kh_ogg_opus **ogg,
                               char name[KH_RECORD_PATH_BYTES], struct kh_error *error)
{
    enum kh_err err = KH_ERR_BUSY;

    for (unsigned number = 1; err == KH_ERR_BUSY && number < SUFFIX_MAX; number++) {
        if (!numbered_name(path, number, name))
            return kh_err_set(error, KH_ERR_INVALID, "recording: path of more than %d bytes: %s",
                              KH_RECORD_PATH_BYTES - 8, path);
        err = kh_ogg_opus_create(name, ogg, error);
    }
    return err;
}

static void free_parts(struct kh_recorder *recorder)
{
    kh_feed_destroy(recorder->feed);
    if (recorder->stop_fd >= 0)
        close(recorder->stop_fd);
    free(recorder);
}

static struct kh_recorder *make_parts(const struct kh_recorder_ops *ops, void *user)
{
    struct kh_recorder *recorder = calloc(1, sizeof(*recorder));
    if (!recorder)
        return NULL;
    recorder->ops = *ops;
    recorder->user = user;
    recorder->written_first = NO_TICK;
    atomic_init(&recorder->first, NO_TICK);
    atomic_init(&recorder->last, NO_TICK);
    recorder->stop_fd = eventfd(0, EFD_CLOEXEC);
    recorder->feed = kh_feed_create(RING_TICKS);
    if (recorder->stop_fd < 0 || !recorder->feed) {
        free_parts(recorder);
        return NULL;
    }
    return recorder;
}

enum kh_err kh_recorder_create(const char *path, const struct kh_recorder_ops *ops, void *user,
                               struct kh_recorder **out, char used[KH_RECORD_PATH_BYTES],
                               struct kh_error *error)
{
    char name[KH_RECORD_PATH_BYTES];
    struct kh_recorder *recorder = make_parts(ops, user);
    if (!recorder)
        return kh_err_set(error, KH_ERR_NOMEM, "recording: out of memory or descriptors");

    enum kh_err err = create_file(path, &recorder->ogg, name, error);
    if (err) {
        free_parts(recorder);
        return err;
    }
    if (pthread_create(&recorder->thread, NULL, run, recorder) != 0) {
        struct kh_error ignored;
        if (kh_ogg_opus_finish(recorder->ogg, &ignored) == KH_OK)
            unlink(name);
        free_parts(recorder);
        return kh_err_set(error, KH_ERR_LIMIT, "recording: cannot start a thread");
    }
    memcpy(used, name, sizeof(name));
    *out = recorder;
    return KH_OK;
}

void kh_recorder_destroy(struct kh_recorder *recorder)
{
    if (!recorder)
        return;
    ssize_t n = write(recorder->stop_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
    KH_REQUIRE(n == sizeof(uint64_t));
    pthread_join(recorder->thread, NULL);
    free_parts(recorder);
}

void kh_recorder_push_tick(struct kh_recorder *recorder, const struct kh_tick *tick)
{
    struct kh_tick *trimmed = &recorder->trimmed;

    trimmed->number = tick->number;
    trimmed->at_ns = tick->at_ns;
    trimmed->main.bytes = tick->main.bytes;
    memcpy(trimmed->main.data, tick->main.data, tick->main.bytes);
    /* A tick that does not fit is filled by the next one's number. */
    if (!kh_feed_push(recorder->feed, trimmed) && atomic_load(&recorder->first) == NO_TICK)
        return;
    atomic_store(&recorder->last, tick->number);
    if (atomic_load_explicit(&recorder->first, memory_order_relaxed) == NO_TICK)
        atomic_store(&recorder->first, tick->number);
}

bool kh_recorder_span(const struct kh_recorder *recorder, uint64_t *first, uint64_t *last)
{
    uint64_t number = atomic_load(&recorder->first);

    if (number == NO_TICK)
        return false;
    *first = number;
    *last = atomic_load(&recorder->last);
    return true;
}

bool kh_recorder_failed(const struct kh_recorder *recorder)
{
    return atomic_load(&recorder->failed);
}
