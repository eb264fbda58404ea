/* internal.h - what the files of the hall share: the participant's table and the send batch.
 *
 * Hall's thread, except where a field says otherwise. */
#ifndef KH_HALL_INTERNAL_H
#define KH_HALL_INTERNAL_H

#include "media/hall/hall.h"
#include "media/hall/pcm.h"
#include "media/rtp.h"

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

enum { KH_HALL_BATCH = 1024, KH_HALL_RECEIVE = 64 };

/* One writer (the hall's thread), any reader. */
struct kh_hall_counters {
    _Atomic uint64_t in, out, rejected;
};

/* A participant in the hall's table. */
struct kh_hall_entry {
    struct kh_hall_member member;
    kh_person person;
    int slot;
    bool send;
    bool started;      /* a packet went out, so no more marker bit */
    uint16_t sequence; /* of the next packet out */
};

/* Packets for one sendmmsg call: headers of our own, payloads borrowed. */
struct kh_hall_batch {
    unsigned n;
    struct mmsghdr messages[KH_HALL_BATCH];
    struct iovec parts[KH_HALL_BATCH][2];
    uint8_t headers[KH_HALL_BATCH][KH_RTP_HEADER_BYTES];
    struct kh_hall_counters *counters[KH_HALL_BATCH];
};

struct kh_hall_input {
    struct mmsghdr messages[KH_HALL_RECEIVE];
    struct iovec parts[KH_HALL_RECEIVE];
    union kh_hall_address from[KH_HALL_RECEIVE];
    uint8_t packets[KH_HALL_RECEIVE][KH_RTP_PACKET_MAX + 1]; /* one more: shows longer ones */
};

enum kh_hall_verb { KH_HALL_ADD, KH_HALL_REMOVE, KH_HALL_ROUTE, KH_HALL_STOP };

struct kh_hall_command {
    enum kh_hall_verb verb;
    kh_person person;
    int slot;
    bool send;
    struct kh_hall_member member;
};

struct kh_hall {
    struct kh_hall_ops ops;
    void *user;
    unsigned persons_max;
    union kh_hall_address local; /* bound to; set once */
    int fd, epoll_fd, command_fd;
    pthread_t thread;
    struct kh_feed *feed;

    pthread_mutex_t lock; /* guards @commands */
    GArray *commands;     /* of struct kh_hall_command */
    GArray *taken;        /* the other half of the double buffer; hall's thread */
    _Atomic bool has_commands;

    bool stopping;  /* hall's thread */
    int input_left; /* packets that may still be read before the next tick; hall's thread */

    /* Hall's thread. The entries lie side by side, so that the fan-out runs through them. */
    struct kh_hall_entry *entries;
    unsigned n_entries;
    int *place;             /* person -> index in entries, -1: none */
    GHashTable *by_key;     /* struct kh_hall_key * -> person + 1 */
    GHashTable *by_address; /* the same with SSRC 0: some participant there */
    GHashTable *by_ssrc;    /* SSRC -> person + 1 */
    struct kh_hall_batch batch;
    struct kh_hall_input input;
    struct kh_pcm_cache pcm;

    struct kh_hall_counters *counters; /* by person */
    _Atomic uint64_t packets_out, send_drops, rejected;
    _Atomic unsigned members;
};

/* address.c */
bool kh_hall_address_parse(const char *text, uint16_t port, union kh_hall_address *out);
socklen_t kh_hall_address_bytes(const union kh_hall_address *address);

/* table.c */
bool kh_hall_table_init(struct kh_hall *hall);
void kh_hall_table_finish(struct kh_hall *hall);
void kh_hall_table_apply(struct kh_hall *hall, const struct kh_hall_command *command);
/* Who sent from @from with @ssrc; NULL: nobody did. */
struct kh_hall_entry *kh_hall_table_find(struct kh_hall *hall, const union kh_hall_address *from,
                                         uint32_t ssrc);
/* Count a packet that fits nobody against whom it names by address or SSRC, if anybody. */
void kh_hall_table_reject(struct kh_hall *hall, const union kh_hall_address *from, uint32_t ssrc);

/* input.c: takes what waits on the socket, at most KH_HALL_RECEIVE; how many there were. */
int kh_hall_input_run(struct kh_hall *hall);
void kh_hall_input_init(struct kh_hall_input *input);

/* output.c: sends @tick to all. */
void kh_hall_output_run(struct kh_hall *hall, const struct kh_tick *tick);

/* hall.c: carries out waiting commands. */
void kh_hall_take_commands(struct kh_hall *hall);

/* One writer only, so no locked addition is needed. */
static inline void kh_hall_count(_Atomic uint64_t *counter)
{
    uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, value + 1, memory_order_relaxed);
}

#endif
