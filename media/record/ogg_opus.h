/* ogg_opus.h - a growing Ogg Opus file (RFC 7845) of 20 ms packets, mono.
 *
 * One thread at a time. Owns the file descriptor; the file ends with a whole page whenever a
 * function here has returned, so that a killed process leaves a playable file. */
#ifndef KH_RECORD_OGG_OPUS_H
#define KH_RECORD_OGG_OPUS_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Samples at 48 kHz that a decoder throws away first: the look-ahead of libopus. With it, sample
 * 0 of the decoded file is the first sample that went into the first packet. */
enum { KH_OGG_OPUS_PRE_SKIP = 312 };

struct kh_ogg_opus;

/* Make @path, which must not exist, and write the two header pages. KH_ERR_BUSY: it exists.
 * KH_ERR_FULL, KH_ERR_IO, KH_ERR_NOMEM: no file is left behind. */
KH_MUST_CHECK enum kh_err kh_ogg_opus_create(const char *path, struct kh_ogg_opus **out,
                                             struct kh_error *error);

/* Add the next 20 ms. KH_ERR_INVALID: not one Opus frame of 20 ms (RFC 6716 section 3.1).
 * After KH_ERR_FULL or KH_ERR_IO the file ends with its last whole page and takes no more. */
KH_MUST_CHECK enum kh_err kh_ogg_opus_write(struct kh_ogg_opus *ogg, const uint8_t *packet,
                                            size_t bytes, struct kh_error *error);

/* Add 20 ms of "nothing arrived", which a decoder conceals (RFC 6716 section 3.4 allows a frame
 * of no bytes). */
KH_MUST_CHECK enum kh_err kh_ogg_opus_write_gap(struct kh_ogg_opus *ogg, struct kh_error *error);

/* Write what was added, all but the newest packet, as a page. */
KH_MUST_CHECK enum kh_err kh_ogg_opus_flush(struct kh_ogg_opus *ogg, struct kh_error *error);

/* Wait until the written pages are on the disk. */
KH_MUST_CHECK enum kh_err kh_ogg_opus_sync(struct kh_ogg_opus *ogg, struct kh_error *error);

/* Packets added so far. */
uint64_t kh_ogg_opus_packets(const struct kh_ogg_opus *ogg);

/* Write the last page with its end mark, sync, close, free; whatever fails, @ogg is gone. */
KH_MUST_CHECK enum kh_err kh_ogg_opus_finish(struct kh_ogg_opus *ogg, struct kh_error *error);

#endif
