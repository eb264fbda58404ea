/* room_internal.h - what the files of the room share.
 *
 * Engine thread unless a field says otherwise. Lock order: none is taken while another is held,
 * but for a slot's lock around kh_mixer_push_rtp(). */
#ifndef KH_MEDIA_ROOM_INTERNAL_H
#define KH_MEDIA_ROOM_INTERNAL_H

#include "media/hall/hall.h"
#include "media/record/recorder.h"
#include "media/room.h"

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>

enum kh_room_transport { KH_TRANSPORT_NONE, KH_TRANSPORT_RTP, KH_TRANSPORT_WEBRTC };

enum { KH_ROOM_MARKS_MAX = 4 * KH_SLOTS_MAX };

/* Sources of packets: a browser's kh_peer_id as it is, a plain-RTP participant's number with this
 * bit. 0 is nobody. */
#define KH_ROOM_SOURCE_RTP (UINT64_C(1) << 63)

#define KH_ROOM_NO_TICK UINT64_MAX

/* The other end of a person's plain RTP when it is a device of this machine. */
struct kh_room_device {
    struct kh_room *room;
    kh_person person;
    uint64_t source;
    struct kh_device *device; /* NULL: none */
};

struct kh_room_person {
    enum kh_room_transport transport;
    bool connected;
    uint64_t source;              /* of the present join */
    struct kh_slot_format format; /* of its packets */
    struct kh_hall_member member; /* plain RTP */
    struct kh_room_device device;
    enum kh_mic mic;
    int slot;           /* reserved for the person; -1: none */
    bool attached;      /* the mixer's slot takes the person's packets */
    uint64_t opened_at; /* tick of the last open mark; KH_ROOM_NO_TICK: closed since */
};

struct kh_room_slot {
    pthread_mutex_t lock;   /* guards @source: a packet of anybody else never passes */
    uint64_t source;        /* whose packets are let through; 0: nobody's */
    kh_person person;       /* KH_NOBODY: free */
    uint64_t freed;         /* when, in a running number: the longest free slot is taken first */
    _Atomic unsigned heard; /* the person whose gate opens next, for the mixer's thread */
    kh_person speaking;     /* mixer's thread: whose gate is open; KH_NOBODY: closed */
    bool unheard;       /* mixer's thread: open, but no sound came since, and no mark was made */
    uint64_t opened_at; /* mixer's thread: tick */
};

enum kh_room_notice_kind {
    KH_NOTICE_RTP_PEER,
    KH_NOTICE_EDGE_PEER,
    KH_NOTICE_MARK,
    KH_NOTICE_TROUBLE,
    KH_NOTICE_DEVICE
};

/* On its way from any thread to the engine's ops. */
struct kh_room_notice {
    enum kh_room_notice_kind kind;
    bool yes;         /* connected, or open */
    kh_person person; /* RTP_PEER, MARK */
    uint64_t number;  /* EDGE_PEER: the peer; MARK: the tick; TROUBLE: the recording */
    char text[256];   /* TROUBLE */
};

/* Ticks that a recording holds. */
struct kh_room_span {
    bool known;
    uint64_t first, last;
};

struct kh_room {
    struct kh_room_ops ops;
    void *user;
    struct kh_mixer *mixer;
    struct kh_edge *edge; /* NULL: no WebRTC */
    struct kh_hall *hall;
    unsigned persons_max, slots_max;
    struct kh_room_person *persons;
    struct kh_room_slot slots[KH_SLOTS_MAX];
    uint64_t last_source, last_freed;

    pthread_mutex_t notices_lock; /* guards @notices */
    GArray *notices;              /* of struct kh_room_notice */
    GArray *dispatched;           /* the other half of the double buffer */
    int notices_fd;
    GSource *watch;

    pthread_mutex_t recorder_lock; /* guards the pointer against the mixer's thread */
    struct kh_recorder *recorder;
    uint64_t recording;           /* running number of the recording */
    struct kh_room_span previous; /* the recording before */

    /* Mixer's thread: marks of this tick, told when the recorder has the tick too. */
    unsigned n_marks;
    struct kh_room_notice marks[KH_ROOM_MARKS_MAX];
};

/* room.c: the mixer's thread has a higher priority than those that hold a lock for a moment. */
void kh_room_init_lock(pthread_mutex_t *lock);

/* room_slots.c */
void kh_room_slots_init(struct kh_room *room);
void kh_room_slots_finish(struct kh_room *room);
/* Nobody's packets pass from here on, though the transports may still deliver. */
void kh_room_slots_close(struct kh_room *room);
/* Bring mixer and transport into line with the person's microphone and join. */
KH_MUST_CHECK enum kh_err kh_room_slots_apply(struct kh_room *room, kh_person person,
                                              struct kh_error *error);
/* The transport goes: nothing of the person passes any more. The slot stays reserved. */
void kh_room_slots_detach(struct kh_room *room, kh_person person);
/* Any thread: hall's and edge's packets; goes to the mixer only if @slot is @source's. */
void kh_room_slots_packet(void *room, uint64_t source, unsigned slot, const uint8_t *packet,
                          size_t bytes);
/* Mixer's thread. */
void kh_room_slots_gate(void *room, unsigned slot, bool open, uint64_t number);
/* Mixer's thread, after the recorder has the tick: marks those whose sound has begun, and tells. */
void kh_room_slots_tick(struct kh_room *room, uint64_t number);

/* room_notices.c */
KH_MUST_CHECK enum kh_err kh_room_notices_init(struct kh_room *room, struct kh_error *error);
void kh_room_notices_finish(struct kh_room *room);
/* Any thread. */
void kh_room_notices_push(struct kh_room *room, const struct kh_room_notice *notices, unsigned n);

/* room_record.c */
/* Mixer's thread. */
void kh_room_record_tick(struct kh_room *room, const struct kh_tick *tick);
/* Where the person's gate moved in the recording, ms; -1: in none. Keeps opened_at. */
int64_t kh_room_record_offset(struct kh_room *room, const struct kh_room_notice *mark);
/* Recording @number failed by itself. */
void kh_room_record_failed(struct kh_room *room, uint64_t number);

/* room_device.c */
void kh_room_device_close(struct kh_room *room, kh_person person);
/* False: it was not the present device. */
bool kh_room_device_failed(struct kh_room *room, const struct kh_room_notice *notice);

/* room_join.c: leave without telling anybody; true when the person was connected. */
bool kh_room_join_drop(struct kh_room *room, kh_person person);
/* Raw sound is made only while somebody wants it. */
void kh_room_join_want_pcm(struct kh_room *room);

#endif
