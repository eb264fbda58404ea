/* Who holds which slot, and that nobody else's packet ever reaches it. */
#include "media/room_internal.h"

#include "base/check.h"

enum {
    SILENCE_DBFS = -120, /* the meter's -127 is nothing at all */
    UNHEARD_TICKS = 10,
};

void kh_room_slots_init(struct kh_room *room)
{
    for (unsigned i = 0; i < KH_SLOTS_MAX; i++) {
        struct kh_room_slot *slot = &room->slots[i];
        kh_room_init_lock(&slot->lock);
        slot->person = KH_NOBODY;
        slot->speaking = KH_NOBODY;
        atomic_init(&slot->heard, KH_NOBODY);
    }
    for (unsigned i = 0; i < room->persons_max; i++) {
        room->persons[i].slot = -1;
        room->persons[i].opened_at = KH_ROOM_NO_TICK;
    }
}

void kh_room_slots_finish(struct kh_room *room)
{
    for (unsigned i = 0; i < KH_SLOTS_MAX; i++)
        pthread_mutex_destroy(&room->slots[i].lock);
}

static void let_through(struct kh_room_slot *slot, uint64_t source)
{
    pthread_mutex_lock(&slot->lock);
    slot->source = source;
    pthread_mutex_unlock(&slot->lock);
}

void kh_room_slots_close(struct kh_room *room)
{
    for (unsigned i = 0; i < KH_SLOTS_MAX; i++)
        let_through(&room->slots[i], 0);
}

void kh_room_slots_packet(void *user, uint64_t source, unsigned number, const uint8_t *packet,
                          size_t bytes)
{
    struct kh_room *room = user;
    KH_REQUIRE(number < KH_SLOTS_MAX);
    struct kh_room_slot *slot = &room->slots[number];

    /* Held over the push, so that a slot that changed hands has nothing of the one before. */
    pthread_mutex_lock(&slot->lock);
    if (source != 0 && slot->source == source)
        kh_mixer_push_rtp(room->mixer, number, packet, bytes);
    pthread_mutex_unlock(&slot->lock);
}

static void route(struct kh_room *room, kh_person number, int slot, bool send)
{
    const struct kh_room_person *person = &room->persons[number];

    if (person->transport == KH_TRANSPORT_RTP)
        kh_hall_route(room->hall, number, slot, send);
    else if (person->transport == KH_TRANSPORT_WEBRTC)
        kh_edge_route(room->edge, person->source, slot, send);
}

void kh_room_slots_detach(struct kh_room *room, kh_person number)
{
    struct kh_room_person *person = &room->persons[number];
    if (!person->attached)
        return;

    kh_mixer_set_gate(room->mixer, (unsigned)person->slot, false);
    let_through(&room->slots[person->slot], 0);
    kh_mixer_detach(room->mixer, (unsigned)person->slot);
    person->attached = false;
}

static enum kh_err attach(struct kh_room *room, struct kh_room_person *person,
                          struct kh_error *error)
{
    if (person->attached)
        return KH_OK;
    enum kh_err err = kh_mixer_attach(room->mixer, (unsigned)person->slot, &person->format, error);
    if (!err)
        person->attached = true;
    return err;
}

enum kh_err kh_room_slots_apply(struct kh_room *room, kh_person number, struct kh_error *error)
{
    struct kh_room_person *person = &room->persons[number];
    if (person->transport == KH_TRANSPORT_NONE || person->slot < 0)
        return KH_OK;

    bool live = person->mic == KH_MIC_LIVE;
    enum kh_err err = KH_OK;
    if (!live && person->attached)
        kh_mixer_set_gate(room->mixer, (unsigned)person->slot, false);
    err = attach(room, person, error);
    if (err)
        return err;
    let_through(&room->slots[person->slot], live ? person->source : 0);
    route(room, number, person->slot, live);
    if (live)
        kh_mixer_set_gate(room->mixer, (unsigned)person->slot, true);
    return KH_OK;
}

/* The longest free one, so that the last words of one person are over before the next has it. */
static int find_free(const struct kh_room *room)
{
    int best = -1;

    for (unsigned i = 0; i < room->slots_max; i++)
        if (room->slots[i].person == KH_NOBODY &&
            (best < 0 || room->slots[i].freed < room->slots[best].freed))
            best = (int)i;
    return best;
}

static void free_slot(struct kh_room *room, kh_person number)
{
    struct kh_room_person *person = &room->persons[number];
    if (person->slot < 0)
        return;

    kh_room_slots_detach(room, number);
    route(room, number, -1, false);
    room->slots[person->slot].person = KH_NOBODY;
    room->slots[person->slot].freed = ++room->last_freed;
    person->slot = -1;
}

static enum kh_err reserve_slot(struct kh_room *room, kh_person number)
{
    struct kh_room_person *person = &room->persons[number];
    if (person->slot >= 0)
        return KH_OK;

    int slot = find_free(room);
    if (slot < 0)
        return KH_ERR_LIMIT;
    person->slot = slot;
    room->slots[slot].person = number;
    atomic_store(&room->slots[slot].heard, number);
    return KH_OK;
}

enum kh_err kh_room_set_mic(struct kh_room *room, kh_person number, enum kh_mic mic)
{
    KH_REQUIRE(number < room->persons_max);
    struct kh_room_person *person = &room->persons[number];

    if (mic == KH_MIC_OFF) {
        person->mic = KH_MIC_OFF;
        free_slot(room, number);
        return KH_OK;
    }
    enum kh_err err = reserve_slot(room, number);
    if (err)
        return err;
    person->mic = mic;
    err = kh_room_slots_apply(room, number, NULL);
    if (err) {
        person->mic = KH_MIC_OFF;
        free_slot(room, number);
    }
    return err;
}

static void tell_marks(struct kh_room *room)
{
    if (room->n_marks > 0)
        kh_room_notices_push(room, room->marks, room->n_marks);
    room->n_marks = 0;
}

static void add_mark(struct kh_room *room, const struct kh_room_slot *slot, bool open,
                     uint64_t tick)
{
    if (room->n_marks == KH_ROOM_MARKS_MAX)
        tell_marks(room);
    room->marks[room->n_marks++] = (struct kh_room_notice){
        .kind = KH_NOTICE_MARK, .yes = open, .person = slot->speaking, .number = tick
    };
}

static void mark_open(struct kh_room *room, struct kh_room_slot *slot, uint64_t tick)
{
    slot->unheard = false;
    add_mark(room, slot, true, tick);
}

void kh_room_slots_gate(void *user, unsigned number, bool open, uint64_t tick)
{
    struct kh_room *room = user;
    struct kh_room_slot *slot = &room->slots[number];

    if (open) {
        slot->speaking = (kh_person)atomic_load(&slot->heard);
        slot->opened_at = tick;
        slot->unheard = true;
        return;
    }
    if (slot->speaking == KH_NOBODY)
        return;
    if (slot->unheard)
        mark_open(room, slot, slot->opened_at);
    add_mark(room, slot, false, tick);
    slot->speaking = KH_NOBODY;
}

/* The first packets need 20 to 60 ms from the gate's opening to the mix. The speech begins where it
 * is heard; only of a person who says nothing at first the gate itself is told. */
void kh_room_slots_tick(struct kh_room *room, uint64_t tick)
{
    for (unsigned i = 0; i < room->slots_max; i++) {
        struct kh_room_slot *slot = &room->slots[i];
        /* What waited when the gate opened was said before, and the mixer leaves it out. */
        if (!slot->unheard || tick == slot->opened_at)
            continue;
        struct kh_slot_meter meter;
        kh_mixer_meter(room->mixer, i, &meter);
        if (meter.peak_dbfs > SILENCE_DBFS)
            mark_open(room, slot, tick);
        else if (tick >= slot->opened_at + UNHEARD_TICKS)
            mark_open(room, slot, slot->opened_at);
    }
    tell_marks(room);
}
