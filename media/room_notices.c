/* From the mixer's, edge's and recorder's threads to the engine's main context: in order, none
 * lost. What can wait is bounded by what happens: two marks a slot and tick, two notices a peer. */
#include "media/room_internal.h"

#include "base/check.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { USUALLY_WAITING = 64 };

void kh_room_notices_push(struct kh_room *room, const struct kh_room_notice *notices, unsigned n)
{
    pthread_mutex_lock(&room->notices_lock);
    g_array_append_vals(room->notices, notices, n);
    pthread_mutex_unlock(&room->notices_lock);
    ssize_t written = write(room->notices_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
    (void)written; /* a full counter is readable all the same */
}

static void tell_peer(struct kh_room *room, kh_person person, bool connected)
{
    if (room->ops.on_peer)
        room->ops.on_peer(room->user, person, connected);
}

static void take_edge_peer(struct kh_room *room, const struct kh_room_notice *notice)
{
    for (unsigned i = 0; i < room->persons_max; i++) {
        struct kh_room_person *person = &room->persons[i];
        if (person->transport != KH_TRANSPORT_WEBRTC || person->source != notice->number)
            continue;
        if (notice->yes)
            person->connected = true;
        else
            kh_room_join_drop(room, (kh_person)i);
        tell_peer(room, (kh_person)i, notice->yes);
        return;
    }
    /* Nobody: a browser that was left or replaced meanwhile. */
}

static void take_mark(struct kh_room *room, const struct kh_room_notice *notice)
{
    int64_t offset_ms = kh_room_record_offset(room, notice);

    if (room->ops.on_mark)
        room->ops.on_mark(room->user, notice->person, notice->yes, offset_ms);
}

static void take_notice(struct kh_room *room, const struct kh_room_notice *notice)
{
    switch (notice->kind) {
    case KH_NOTICE_RTP_PEER:
        tell_peer(room, notice->person, notice->yes);
        break;
    case KH_NOTICE_EDGE_PEER:
        take_edge_peer(room, notice);
        break;
    case KH_NOTICE_MARK:
        take_mark(room, notice);
        break;
    case KH_NOTICE_TROUBLE:
        kh_room_record_failed(room, notice->number);
        if (room->ops.on_trouble)
            room->ops.on_trouble(room->user, "recording_failed", notice->text);
        break;
    case KH_NOTICE_DEVICE:
        if (kh_room_device_failed(room, notice) && room->ops.on_trouble)
            room->ops.on_trouble(room->user, "device_failed", notice->text);
        break;
    }
}

static gboolean dispatch(gint fd, GIOCondition condition, gpointer user)
{
    struct kh_room *room = user;
    uint64_t count;

    (void)condition;
    ssize_t n = read(fd, &count, sizeof(count));
    (void)n;
    pthread_mutex_lock(&room->notices_lock);
    GArray *waiting = room->notices;
    room->notices = room->dispatched;
    room->dispatched = waiting;
    pthread_mutex_unlock(&room->notices_lock);

    for (guint i = 0; i < waiting->len; i++) {
        /* A copy: the ops may call the room, and so may the room's functions push notices. */
        struct kh_room_notice notice = g_array_index(waiting, struct kh_room_notice, i);
        take_notice(room, &notice);
    }
    g_array_set_size(waiting, 0);
    return G_SOURCE_CONTINUE;
}

enum kh_err kh_room_notices_init(struct kh_room *room, struct kh_error *error)
{
    room->notices = g_array_sized_new(FALSE, FALSE, sizeof(struct kh_room_notice), USUALLY_WAITING);
    room->dispatched =
        g_array_sized_new(FALSE, FALSE, sizeof(struct kh_room_notice), USUALLY_WAITING);
    room->notices_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (room->notices_fd < 0)
        return kh_err_set(error, KH_ERR_LIMIT, "room: no file descriptor: %s", strerror(errno));

    room->watch = g_unix_fd_source_new(room->notices_fd, G_IO_IN);
    g_source_set_callback(room->watch, G_SOURCE_FUNC(dispatch), room, NULL);
    g_source_attach(room->watch, g_main_context_get_thread_default());
    return KH_OK;
}

void kh_room_notices_finish(struct kh_room *room)
{
    if (room->watch) {
        g_source_destroy(room->watch);
        g_source_unref(room->watch);
    }
    if (room->notices_fd >= 0)
        close(room->notices_fd);
    g_array_free(room->notices, TRUE);
    g_array_free(room->dispatched, TRUE);
    pthread_mutex_destroy(&room->notices_lock);
}
