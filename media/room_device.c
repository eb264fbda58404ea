/* Hall devices of this machine: participants whose other end is in this process. */
#include "media/room_internal.h"

#include "base/check.h"

static void on_failed(void *user, const char *text)
{
    const struct kh_room_device *device = user;
    struct kh_room_notice notice = { .kind = KH_NOTICE_DEVICE,
                                     .person = device->person,
                                     .number = device->source };

    g_strlcpy(notice.text, text, sizeof(notice.text));
    kh_room_notices_push(device->room, &notice, 1);
}

/* The address of ours that the hall's socket answers on. */
static enum kh_err local_address(const struct kh_room *room, char address[64],
                                 struct kh_error *error)
{
    static const char *const any[] = { "127.0.0.1", "::1" };
    union kh_hall_address peer;
    uint16_t port;
    enum kh_err err = KH_ERR_INVALID;

    for (unsigned i = 0; i < KH_COUNT(any) && err; i++)
        err = kh_hall_resolve(room->hall, any[i], 9, &peer, error);
    return err ? err : kh_hall_local(room->hall, &peer, address, &port, error);
}

static enum kh_err join_as_l16(struct kh_room *room, kh_person person, const char *address,
                               struct kh_rtp_answer *answer, struct kh_error *error)
{
    struct kh_rtp_offer offer = { .address = address,
                                  .port = kh_device_port(room->persons[person].device.device),
                                  .encoding = KH_ENC_L16,
                                  .payload_type = -1,
                                  .ptime_ms = 5,
                                  .ssrc = -1 };
    return kh_room_join_rtp(room, person, &offer, answer, error);
}

enum kh_err kh_room_join_device(struct kh_room *room, kh_person number,
                                const struct kh_device_config *config, struct kh_error *error)
{
    static const struct kh_device_ops ops = { .on_failed = on_failed };
    KH_REQUIRE(number < room->persons_max);
    struct kh_room_person *person = &room->persons[number];
    struct kh_device *device = NULL;
    struct kh_rtp_answer answer;
    char address[64];

    enum kh_err err = local_address(room, address, error);
    if (!err)
        err = kh_device_create(address, &device, error);
    if (err)
        return err;
    kh_room_leave(room, number);
    person->device = (struct kh_room_device){ .room = room, .person = number, .device = device };
    err = join_as_l16(room, number, address, &answer, error);
    if (err) {
        kh_room_device_close(room, number);
        return err;
    }
    person->device.source = person->source;
    struct kh_device_stream stream = { .address = answer.address,
                                       .port = answer.port,
                                       .payload_type = answer.payload_type,
                                       .ssrc = answer.ssrc };
    err = kh_device_start(device, config, &stream, &ops, &person->device, error);
    if (err)
        kh_room_leave(room, number);
    return err;
}

void kh_room_device_close(struct kh_room *room, kh_person number)
{
    struct kh_room_device *device = &room->persons[number].device;

    kh_device_destroy(device->device);
    *device = (struct kh_room_device){ 0 };
}

bool kh_room_device_failed(struct kh_room *room, const struct kh_room_notice *notice)
{
    const struct kh_room_person *person = &room->persons[notice->person];

    if (!person->device.device || person->source != notice->number)
        return false; /* left meanwhile */
    kh_room_leave(room, notice->person);
    return true;
}
