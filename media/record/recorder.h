/* recorder.h - writes the floor mix to one Ogg Opus file on a thread of its own ("kh-record").
 *
 * The mixer's thread pushes ticks and never waits for the disk. Owns the thread, the ring between
 * them and the file. Tick n lies at (n - first tick) * 20 ms of the file, always: lost ticks are
 * filled. */
#ifndef KH_RECORD_RECORDER_H
#define KH_RECORD_RECORDER_H

#include "base/err.h"
#include "media/feed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kh_recorder;

struct kh_recorder_ops {
    /* Recorder's thread, at most once: nothing more is written. */
    void (*on_failed)(void *user, const char *text);
};

enum { KH_RECORD_PATH_BYTES = 256 };

/* Make the file and start. @path ends in its extension ("sitting.opus"); when it is there already,
 * sitting-2.opus, -3 … is taken. The name is written to @used. KH_ERR_INVALID: @path is too long;
 * else as kh_ogg_opus_create(). Engine thread. */
KH_MUST_CHECK enum kh_err kh_recorder_create(const char *path, const struct kh_recorder_ops *ops,
                                             void *user, struct kh_recorder **out,
                                             char used[KH_RECORD_PATH_BYTES],
                                             struct kh_error *error);

/* Write everything that was pushed, end and close the file, free. Accepts NULL. No push may run
 * meanwhile or follow. Engine thread; takes as long as the disk takes to sync. */
void kh_recorder_destroy(struct kh_recorder *recorder);

/* Mixer's thread, never blocks. */
void kh_recorder_push_tick(struct kh_recorder *recorder, const struct kh_tick *tick);

/* Number of the first tick and of the newest that was pushed; false when there is none yet. Any
 * thread. */
bool kh_recorder_span(const struct kh_recorder *recorder, uint64_t *first, uint64_t *last);

/* True after on_failed. Any thread. */
bool kh_recorder_failed(const struct kh_recorder *recorder);

#endif
