#include "media/room.h"

#include "base/check.h"
#include "media/room_internal.h"

#include <stdlib.h>
#include <string.h>

void kh_room_init_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    KH_REQUIRE(pthread_mutex_init(lock, &attributes) == 0);
    pthread_mutexattr_destroy(&attributes);
}

static void on_tick(void *user, const struct kh_tick *tick)
{
    struct kh_room *room = user;

    kh_hall_push_tick(room->hall, tick);
    if (room->edge)
        kh_edge_push_tick(room->edge, tick);
    kh_room_record_tick(room, tick);
    kh_room_slots_tick(room, tick->number);
}

static void on_edge_peer(void *user, kh_peer_id peer, bool connected)
{
    struct kh_room_notice notice = { .kind = KH_NOTICE_EDGE_PEER,
                                     .number = peer,
                                     .yes = connected };
    kh_room_notices_push(user, &notice, 1);
}

static enum kh_err start_edge(struct kh_room *room, const struct kh_room_config *config,
                              struct kh_error *error)
{
    static const struct kh_edge_ops ops = { .on_rtp = kh_room_slots_packet,
                                            .on_peer = on_edge_peer };
    if (!config->with_edge)
        return KH_OK;

    enum kh_err err = kh_edge_create(&config->edge, &ops, room, &room->edge, error);
    return err ? err : kh_edge_start(room->edge, error);
}

static enum kh_err start_parts(struct kh_room *room, const struct kh_room_config *config,
                               struct kh_error *error)
{
    static const struct kh_hall_ops hall_ops = { .on_rtp = kh_room_slots_packet };
    static const struct kh_mixer_ops mixer_ops = { .on_tick = on_tick,
                                                   .on_gate = kh_room_slots_gate };
    struct kh_hall_config hall = { .address = config->rtp_address,
                                   .port = config->rtp_port,
                                   .persons_max = config->persons_max };

    enum kh_err err = kh_room_notices_init(room, error);
    if (!err)
        err = kh_hall_create(&hall, &hall_ops, room, &room->hall, error);
    if (!err)
        err = kh_mixer_create(&config->mixer, &mixer_ops, room, &room->mixer, error);
    if (!err)
        err = start_edge(room, config, error);
    /* Last: from here on ticks come. */
    if (!err)
        err = kh_mixer_start(room->mixer, error);
    return err;
}

enum kh_err kh_room_create(const struct kh_room_config *config, const struct kh_room_ops *ops,
                           void *user, struct kh_room **out, struct kh_error *error)
{
    if (config->persons_max == 0 || config->persons_max > KH_PERSONS_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "persons_max: 1 to %d", KH_PERSONS_MAX);

    struct kh_room *room = calloc(1, sizeof(*room));
    struct kh_room_person *persons = calloc(config->persons_max, sizeof(*persons));
    if (!room || !persons) {
        free(room);
        free(persons);
        return kh_err_set(error, KH_ERR_NOMEM, "room: out of memory");
    }
    room->ops = *ops;
    room->user = user;
    room->persons = persons;
    room->persons_max = config->persons_max;
    room->slots_max = config->mixer.slots;
    room->notices_fd = -1;
    kh_room_init_lock(&room->recorder_lock);
    kh_room_init_lock(&room->notices_lock);
    kh_room_slots_init(room);

    enum kh_err err = start_parts(room, config, error);
    if (err) {
        kh_room_destroy(room);
        return err;
    }
    *out = room;
    return KH_OK;
}

void kh_room_destroy(struct kh_room *room)
{
    if (!room)
        return;
    /* The recording first, while ticks still come and nothing can be lost. */
    kh_room_record_stop(room);
    for (unsigned i = 0; i < room->persons_max; i++)
        kh_room_device_close(room, (kh_person)i);
    /* No packet reaches the mixer any more; then it can go, and after its last tick those to whom
     * ticks go. */
    kh_room_slots_close(room);
    kh_mixer_destroy(room->mixer);
    if (room->edge)
        kh_edge_destroy(room->edge);
    kh_hall_destroy(room->hall);
    kh_room_notices_finish(room);
    kh_room_slots_finish(room);
    pthread_mutex_destroy(&room->recorder_lock);
    free(room->persons);
    free(room);
}

unsigned kh_room_levels(struct kh_room *room, struct kh_room_level *levels, unsigned max,
                        float *main_peak_dbfs)
{
    unsigned n = 0;

    for (unsigned i = 0; i < room->slots_max && n < max; i++) {
        kh_person person = room->slots[i].person;
        if (person == KH_NOBODY || !room->persons[person].attached)
            continue;
        struct kh_slot_meter meter;
        kh_mixer_meter(room->mixer, i, &meter);
        levels[n++] = (struct kh_room_level){ .person = person,
                                              .peak_dbfs = meter.peak_dbfs,
                                              .gate_open = meter.gate_open };
    }
    *main_peak_dbfs = kh_mixer_main_peak_dbfs(room->mixer);
    return n;
}

static void fill_rtp_stats(struct kh_room *room, kh_person number, struct kh_room_stats *stats)
{
    struct kh_hall_counts counts;

    kh_hall_counts(room->hall, number, &counts);
    g_strlcpy(stats->transport, "rtp", sizeof(stats->transport));
    stats->packets_in = counts.packets_in;
    stats->packets_out = counts.packets_out;
    stats->rejected = counts.rejected;
}

bool kh_room_stats(struct kh_room *room, kh_person number, struct kh_room_stats *stats)
{
    KH_REQUIRE(number < room->persons_max);
    const struct kh_room_person *person = &room->persons[number];
    struct kh_room_stats filled = { .slot = person->slot };

    if (person->transport == KH_TRANSPORT_NONE)
        return false;
    filled.joined = true;
    filled.connected = person->connected;
    if (person->attached)
        kh_mixer_meter(room->mixer, (unsigned)person->slot, &filled.in);
    if (person->transport == KH_TRANSPORT_RTP)
        fill_rtp_stats(room, number, &filled);
    else if (kh_edge_stats(room->edge, person->source, &filled.edge))
        g_strlcpy(filled.transport, filled.edge.transport, sizeof(filled.transport));
    *stats = filled;
    return true;
}

void kh_room_totals(struct kh_room *room, struct kh_room_totals *totals)
{
    struct kh_room_totals sum = { .ticks_late = kh_mixer_late_ticks(room->mixer) };
    struct kh_hall_totals hall;

    kh_hall_totals(room->hall, &hall);
    sum.ticks_lost = hall.ticks_lost;
    sum.packets_out = hall.packets_out;
    sum.packets_rejected = hall.rejected;
    for (unsigned i = 0; i < room->persons_max; i++)
        sum.joined += room->persons[i].transport != KH_TRANSPORT_NONE;
    for (unsigned i = 0; i < room->slots_max; i++)
        sum.slots_used += room->slots[i].person != KH_NOBODY;
    if (room->edge) {
        kh_edge_totals(room->edge, &sum.edge);
        sum.ticks_lost += sum.edge.ticks_lost;
        sum.packets_out += sum.edge.packets_out;
    }
    *totals = sum;
}
