#include "media/record/ogg_opus.h"

#include "base/check.h"
#include "media/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <ogg/ogg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    TOC_20MS_SILK_NB = 0x08, /* configuration 1, mono, one frame: stands in before any packet */
    TOC_KEEP = 0xfc,         /* configuration and channels; code 0: one frame */
};

struct kh_ogg_opus {
    int fd;
    bool broken;      /* a write failed: the file is left as it is */
    off_t good_bytes; /* end of the last whole page */
    ogg_stream_state stream;
    uint64_t packets;    /* added, the held one included */
    uint8_t toc;         /* of the newest packet */
    uint16_t held_bytes; /* the newest packet waits here, so that the last one can be marked */
    uint8_t held[KH_OPUS_BYTES_MAX];
};

static enum kh_err fail(struct kh_ogg_opus *ogg, struct kh_error *error, const char *what, int code)
{
    ogg->broken = true;
    if (code == ENOSPC || code == EDQUOT || code == EFBIG)
        return kh_err_set(error, KH_ERR_FULL, "recording: %s: no space left (%s)", what,
                          strerror(code));
    return kh_err_set(error, KH_ERR_IO, "recording: %s: %s", what, strerror(code));
}

static int write_all(int fd, const unsigned char *data, size_t bytes)
{
    while (bytes > 0) {
        ssize_t n = write(fd, data, bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        data += n;
        bytes -= (size_t)n;
    }
    return 0;
}

static enum kh_err write_page(struct kh_ogg_opus *ogg, const ogg_page *page, struct kh_error *error)
{
    int code = write_all(ogg->fd, page->header, (size_t)page->header_len);
    if (code == 0)
        code = write_all(ogg->fd, page->body, (size_t)page->body_len);
    if (code != 0) {
        /* Cut off the torn page. If that fails too, readers resynchronise on the page before. */
        if (ftruncate(ogg->fd, ogg->good_bytes) == 0)
            lseek(ogg->fd, ogg->good_bytes, SEEK_SET);
        return fail(ogg, error, "cannot write", code);
    }
    ogg->good_bytes += page->header_len + page->body_len;
    return KH_OK;
}

static enum kh_err flush_pages(struct kh_ogg_opus *ogg, struct kh_error *error)
{
    ogg_page page;

    while (ogg_stream_flush(&ogg->stream, &page)) {
        enum kh_err err = write_page(ogg, &page, error);
        if (err)
            return err;
    }
    return KH_OK;
}

static enum kh_err add_packet(struct kh_ogg_opus *ogg, ogg_packet *packet, struct kh_error *error)
{
    if (ogg_stream_packetin(&ogg->stream, packet) != 0) {
        ogg->broken = true;
        return kh_err_set(error, KH_ERR_NOMEM, "recording: out of memory");
    }
    return KH_OK;
}

/* RFC 7845 section 5.1: version 1, mono, pre-skip, 48 kHz, no gain, mapping family 0. */
static enum kh_err write_head(struct kh_ogg_opus *ogg, struct kh_error *error)
{
    unsigned char head[19] = { 'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1 };
    head[10] = KH_OGG_OPUS_PRE_SKIP & 0xff;
    head[11] = KH_OGG_OPUS_PRE_SKIP >> 8;
    head[12] = 48000 & 0xff;
    head[13] = 48000 >> 8;

    ogg_packet packet = { .packet = head, .bytes = sizeof(head), .b_o_s = 1 };
    enum kh_err err = add_packet(ogg, &packet, error);
    return err ? err : flush_pages(ogg, error);
}

/* RFC 7845 section 5.2: vendor "kyhop", no comments. */
static enum kh_err write_tags(struct kh_ogg_opus *ogg, struct kh_error *error)
{
    unsigned char tags[8 + 4 + 5 + 4] = "OpusTags\5\0\0\0kyhop";

    ogg_packet packet = { .packet = tags, .bytes = sizeof(tags), .packetno = 1 };
    enum kh_err err = add_packet(ogg, &packet, error);
    return err ? err : flush_pages(ogg, error);
}

/* A new file's name is only safe once its folder is synced. */
static void sync_folder(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(copy);
}

static enum kh_err open_new(const char *path, int *fd, struct kh_error *error)
{
    *fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (*fd >= 0)
        return KH_OK;

    enum kh_err code = KH_ERR_IO;
    if (errno == EEXIST)
        code = KH_ERR_BUSY;
    else if (errno == ENOSPC || errno == EDQUOT)
        code = KH_ERR_FULL;
    return kh_err_set(error, code, "recording: cannot make %s: %s", path, strerror(errno));
}

static void discard(struct kh_ogg_opus *ogg)
{
    ogg_stream_clear(&ogg->stream);
    close(ogg->fd);
    free(ogg);
}

enum kh_err kh_ogg_opus_create(const char *path, struct kh_ogg_opus **out, struct kh_error *error)
{
    int fd = -1;
    enum kh_err err = open_new(path, &fd, error);
    if (err)
        return err;

    struct kh_ogg_opus *ogg = calloc(1, sizeof(*ogg));
    int serial = 0;
    if (getrandom(&serial, sizeof(serial), 0) != sizeof(serial))
        serial = (int)getpid();
    if (!ogg || ogg_stream_init(&ogg->stream, serial) != 0) {
        free(ogg);
        close(fd);
        unlink(path);
        return kh_err_set(error, KH_ERR_NOMEM, "recording: out of memory");
    }
    ogg->fd = fd;
    ogg->toc = TOC_20MS_SILK_NB;
    err = write_head(ogg, error);
    if (!err)
        err = write_tags(ogg, error);
    if (err) {
        discard(ogg);
        unlink(path);
        return err;
    }
    sync_folder(path);
    *out = ogg;
    return KH_OK;
}

/* Hand the held packet to its page. Granule positions count samples with the pre-skip, RFC 7845
 * section 4: after n packets of 20 ms that is n * 960. */
static enum kh_err release_held(struct kh_ogg_opus *ogg, bool last, struct kh_error *error)
{
    if (ogg->held_bytes == 0)
        return KH_OK;

    ogg_packet packet = { .packet = ogg->held,
                          .bytes = ogg->held_bytes,
                          .e_o_s = last,
                          .granulepos = (ogg_int64_t)ogg->packets * KH_TICK_SAMPLES,
                          .packetno = (ogg_int64_t)ogg->packets + 1 };
    ogg->held_bytes = 0;
    return add_packet(ogg, &packet, error);
}

static bool is_one_20ms_frame(uint8_t toc)
{
    unsigned config = toc >> 3;

    if ((toc & 3) != 0)
        return false;
    if (config < 12)
        return config % 4 == 1; /* SILK: 10, 20, 40, 60 ms */
    if (config < 16)
        return config % 2 == 1; /* hybrid: 10, 20 ms */
    return config % 4 == 3;     /* CELT: 2.5, 5, 10, 20 ms */
}

enum kh_err kh_ogg_opus_write(struct kh_ogg_opus *ogg, const uint8_t *packet, size_t bytes,
                              struct kh_error *error)
{
    if (bytes == 0 || bytes > KH_OPUS_BYTES_MAX || !is_one_20ms_frame(packet[0]))
        return kh_err_set(error, KH_ERR_INVALID, "recording: not one Opus frame of 20 ms");
    if (ogg->broken)
        return kh_err_set(error, KH_ERR_IO, "recording: stopped after an earlier failure");

    enum kh_err err = release_held(ogg, false, error);
    if (err)
        return err;
    memcpy(ogg->held, packet, bytes);
    ogg->held_bytes = (uint16_t)bytes;
    ogg->toc = packet[0];
    ogg->packets++;
    return KH_OK;
}

enum kh_err kh_ogg_opus_write_gap(struct kh_ogg_opus *ogg, struct kh_error *error)
{
    uint8_t empty = ogg->toc & TOC_KEEP;

    return kh_ogg_opus_write(ogg, &empty, 1, error);
}

enum kh_err kh_ogg_opus_flush(struct kh_ogg_opus *ogg, struct kh_error *error)
{
    if (ogg->broken)
        return kh_err_set(error, KH_ERR_IO, "recording: stopped after an earlier failure");
    return flush_pages(ogg, error);
}

enum kh_err kh_ogg_opus_sync(struct kh_ogg_opus *ogg, struct kh_error *error)
{
    if (fdatasync(ogg->fd) != 0)
        return fail(ogg, error, "cannot sync", errno);
    return KH_OK;
}

uint64_t kh_ogg_opus_packets(const struct kh_ogg_opus *ogg)
{
    return ogg->packets;
}

enum kh_err kh_ogg_opus_finish(struct kh_ogg_opus *ogg, struct kh_error *error)
{
    KH_REQUIRE(ogg);

    enum kh_err err = KH_OK;
    if (!ogg->broken)
        err = release_held(ogg, true, error);
    if (!err && !ogg->broken)
        err = flush_pages(ogg, error);
    if (!err && !ogg->broken)
        err = kh_ogg_opus_sync(ogg, error);
    discard(ogg);
    return err;
}
