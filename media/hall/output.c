/* The fan-out: for each packet a header of its own before a payload that all share. */
#include "media/hall/internal.h"

#include <errno.h>

static void count_sent(struct kh_hall *hall, unsigned first, unsigned n)
{
    for (unsigned i = first; i < first + n; i++) {
        kh_hall_count(&hall->batch.counters[i]->out);
        kh_hall_count(&hall->packets_out);
    }
}

static void count_dropped(struct kh_hall *hall, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        kh_hall_count(&hall->send_drops);
}

/* A full socket buffer drops the rest, for sound that waits is worth nothing; one participant
 * whom the kernel refuses (no route, firewall) costs only their own packet. */
static void flush(struct kh_hall *hall)
{
    struct kh_hall_batch *batch = &hall->batch;
    unsigned done = 0;

    while (done < batch->n) {
        int n = sendmmsg(hall->fd, batch->messages + done, batch->n - done, MSG_DONTWAIT);
        if (n > 0) {
            count_sent(hall, done, (unsigned)n);
            done += (unsigned)n;
        } else if (errno == EAGAIN || errno == ENOBUFS) {
            count_dropped(hall, batch->n - done);
            break;
        } else if (errno != EINTR) {
            count_dropped(hall, 1);
            done++;
        }
    }
    batch->n = 0;
}

static void add_packet(struct kh_hall *hall, struct kh_hall_entry *entry, uint32_t timestamp,
                       const uint8_t *payload, size_t bytes)
{
    struct kh_hall_batch *batch = &hall->batch;
    unsigned i = batch->n++;

    struct kh_rtp rtp = { .payload_type = (uint8_t)entry->member.payload_type,
                          .marker = !entry->started,
                          .sequence = entry->sequence++,
                          .timestamp = timestamp,
                          .ssrc = entry->member.ssrc_out };
    entry->started = true;
    kh_rtp_write(batch->headers[i], &rtp);
    batch->parts[i][0] = (struct iovec){ batch->headers[i], KH_RTP_HEADER_BYTES };
    /* sendmmsg only reads; struct iovec has no const form. */
    batch->parts[i][1] = (struct iovec){ (void *)(uintptr_t)payload, bytes };
    batch->messages[i].msg_hdr =
        (struct msghdr){ .msg_name = &entry->member.address,
                         .msg_namelen = kh_hall_address_bytes(&entry->member.address),
                         .msg_iov = batch->parts[i],
                         .msg_iovlen = 2 };
    batch->counters[i] = &hall->counters[entry->person];
    if (batch->n == KH_HALL_BATCH)
        flush(hall);
}

/* The slot whose mix the participant hears now; -1: the main mix. */
static int heard_slot(const struct kh_hall_entry *entry, const struct kh_tick *tick)
{
    if (entry->slot >= 0 && (tick->slot_mask >> entry->slot & 1))
        return entry->slot;
    return -1;
}

static void add_raw(struct kh_hall *hall, struct kh_hall_entry *entry, const struct kh_tick *tick)
{
    const struct kh_hall_member *member = &entry->member;
    unsigned samples = (unsigned)member->ptime_ms * (KH_TICK_SAMPLES / KH_TICK_MS);
    size_t bytes = samples * kh_pcm_frame_bytes(member->encoding, member->channels);
    const uint8_t *data = kh_pcm_cache_get(&hall->pcm, tick, heard_slot(entry, tick),
                                           member->encoding, member->channels);
    uint32_t timestamp = (uint32_t)(tick->number * KH_TICK_SAMPLES);

    for (unsigned done = 0; done < KH_TICK_SAMPLES; done += samples) {
        add_packet(hall, entry, timestamp + done, data, bytes);
        data += bytes;
    }
}

static void add_opus(struct kh_hall *hall, struct kh_hall_entry *entry, const struct kh_tick *tick)
{
    int slot = heard_slot(entry, tick);
    const struct kh_opus_frame *frame = slot < 0 ? &tick->main : &tick->slot[slot];

    if (frame->bytes > 0)
        add_packet(hall, entry, (uint32_t)(tick->number * KH_TICK_SAMPLES), frame->data,
                   frame->bytes);
}

void kh_hall_output_run(struct kh_hall *hall, const struct kh_tick *tick)
{
    for (unsigned i = 0; i < hall->n_entries; i++) {
        struct kh_hall_entry *entry = &hall->entries[i];
        if (entry->member.encoding == KH_ENC_OPUS)
            add_opus(hall, entry, tick);
        else if (tick->has_pcm)
            add_raw(hall, entry, tick);
    }
    flush(hall);
}
