/* The recording of the floor mix, and where in it each microphone opened and closed. */
#include "media/room_internal.h"

#include "base/check.h"

static void on_failed(void *user, const char *text)
{
    struct kh_room *room = user;
    struct kh_room_notice notice = { .kind = KH_NOTICE_TROUBLE };

    /* @recording does not change while a recorder runs. */
    notice.number = room->recording;
    g_strlcpy(notice.text, text, sizeof(notice.text));
    kh_room_notices_push(room, &notice, 1);
}

void kh_room_record_tick(struct kh_room *room, const struct kh_tick *tick)
{
    pthread_mutex_lock(&room->recorder_lock);
    if (room->recorder)
        kh_recorder_push_tick(room->recorder, tick);
    pthread_mutex_unlock(&room->recorder_lock);
}

static struct kh_recorder *exchange(struct kh_room *room, struct kh_recorder *recorder)
{
    pthread_mutex_lock(&room->recorder_lock);
    struct kh_recorder *old = room->recorder;
    room->recorder = recorder;
    pthread_mutex_unlock(&room->recorder_lock);
    return old;
}

static struct kh_room_span span_of(const struct kh_recorder *recorder)
{
    struct kh_room_span span = { 0 };

    if (recorder && !kh_recorder_failed(recorder))
        span.known = kh_recorder_span(recorder, &span.first, &span.last);
    return span;
}

static int64_t offset_ms(const struct kh_room_span *span, uint64_t number)
{
    return (int64_t)(number - span->first) * KH_TICK_MS;
}

/* A speech that a recording saw begin ends in it too: at the latest with its last tick. */
static int64_t offset_of_close(const struct kh_room *room, uint64_t opened_at, uint64_t closed_at)
{
    const struct kh_room_span *span = &room->previous;

    if (opened_at == KH_ROOM_NO_TICK || !span->known || opened_at < span->first ||
        opened_at > span->last)
        return -1;
    return offset_ms(span, closed_at <= span->last ? closed_at : span->last + 1);
}

int64_t kh_room_record_offset(struct kh_room *room, const struct kh_room_notice *mark)
{
    struct kh_room_person *person = &room->persons[mark->person];
    struct kh_room_span span = span_of(room->recorder);
    uint64_t opened_at = person->opened_at;

    person->opened_at = mark->yes ? mark->number : KH_ROOM_NO_TICK;
    if (span.known && mark->number >= span.first)
        return offset_ms(&span, mark->number);
    if (mark->yes)
        return offset_of_close(room, mark->number, mark->number);
    return offset_of_close(room, opened_at, mark->number);
}

enum kh_err kh_room_record(struct kh_room *room, const char *path, char used[256],
                           struct kh_error *error)
{
    struct kh_recorder *recorder = NULL;

    kh_room_record_stop(room);
    room->recording++;
    enum kh_err err = kh_recorder_create(path, &(struct kh_recorder_ops){ .on_failed = on_failed },
                                         room, &recorder, used, error);
    if (err)
        return err;
    exchange(room, recorder);
    return KH_OK;
}

void kh_room_record_stop(struct kh_room *room)
{
    struct kh_recorder *recorder = exchange(room, NULL);
    if (!recorder)
        return;

    uint64_t first, last;
    if (kh_recorder_span(recorder, &first, &last))
        room->previous = (struct kh_room_span){ .known = true, .first = first, .last = last };
    kh_recorder_destroy(recorder);
}

void kh_room_record_failed(struct kh_room *room, uint64_t number)
{
    if (number == room->recording)
        kh_room_record_stop(room);
}
