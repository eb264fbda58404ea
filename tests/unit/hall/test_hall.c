#include "media/hall/hall.h"

#include "media/rtp.h"
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PERSONS = 8, OURS = 0x1000, THEIRS = 0x2000 };

struct seen {
    int fds[2]; /* a pipe: one byte a packet that was passed on */
    unsigned slot;
    uint64_t source;
};

static void note_packet(void *user, uint64_t source, unsigned slot, const uint8_t *packet,
                        size_t bytes)
{
    struct seen *seen = user;
    (void)bytes;
    seen->slot = slot;
    seen->source = source;
    assert_int_equal(write(seen->fds[1], &packet[12], 1), 1);
}

struct world {
    struct kh_hall *hall;
    struct kh_error error;
    struct seen seen;
    int fd;        /* of the participant */
    uint16_t port; /* of the participant */
    struct kh_tick *tick;
};

static int bind_local(uint16_t *port)
{
    struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t bytes = sizeof(local);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&local, bytes), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&local, &bytes), 0);
    *port = ntohs(local.sin_port);
    return fd;
}

static int set_up(void **state)
{
    static const struct kh_hall_ops ops = { .on_rtp = note_packet };
    struct world *world = calloc(1, sizeof(*world));
    world->tick = calloc(1, sizeof(*world->tick));
    world->tick->number = 100;
    world->tick->main.bytes = 3;
    memcpy(world->tick->main.data, "abc", 3);
    world->fd = bind_local(&world->port);
    assert_int_equal(pipe(world->seen.fds), 0);
    assert_int_equal(kh_hall_create(&(struct kh_hall_config){ .persons_max = PERSONS }, &ops,
                                    &world->seen, &world->hall, &world->error),
                     KH_OK);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    kh_hall_destroy(world->hall);
    close(world->fd);
    close(world->seen.fds[0]);
    close(world->seen.fds[1]);
    free(world->tick);
    free(world);
    return 0;
}

#define HALL_TEST(name) static void name(void **state)
#define HALL_CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void add(struct world *world, kh_person person, uint16_t port, enum kh_encoding encoding)
{
    struct kh_hall_member member = { .source = 70 + person,
                                     .encoding = encoding,
                                     .payload_type = 111,
                                     .channels = 1,
                                     .ptime_ms = 5,
                                     .ssrc_in = THEIRS + person,
                                     .ssrc_out = OURS + person };
    assert_int_equal(
        kh_hall_resolve(world->hall, "127.0.0.1", port, &member.address, &world->error), KH_OK);
    kh_hall_add(world->hall, person, &member);
}

static struct sockaddr_in hall_address(struct world *world)
{
    union kh_hall_address peer;
    char text[64];
    uint16_t port = 0;
    assert_int_equal(kh_hall_resolve(world->hall, "127.0.0.1", 9, &peer, &world->error), KH_OK);
    assert_int_equal(kh_hall_local(world->hall, &peer, text, &port, &world->error), KH_OK);
    assert_string_equal(text, "127.0.0.1");
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* A packet with @mark as its payload. */
static void send_rtp(struct world *world, int fd, uint32_t ssrc, uint8_t payload_type, uint8_t mark)
{
    uint8_t packet[13];
    struct sockaddr_in to = hall_address(world);
    struct kh_rtp rtp = { .payload_type = payload_type, .ssrc = ssrc };
    kh_rtp_write(packet, &rtp);
    packet[12] = mark;
    assert_int_equal(sendto(fd, packet, sizeof(packet), 0, (struct sockaddr *)&to, sizeof(to)), 13);
}

/* The mark of the next packet that was passed on. */
static uint8_t await_passed(struct world *world)
{
    uint8_t mark = 0;
    struct pollfd ready = { .fd = world->seen.fds[0], .events = POLLIN };
    assert_int_equal(poll(&ready, 1, 5000), 1);
    assert_int_equal(read(world->seen.fds[0], &mark, 1), 1);
    return mark;
}

static size_t await_packet(int fd, uint8_t packet[2000], struct kh_rtp *rtp)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    assert_int_equal(poll(&ready, 1, 5000), 1);
    ssize_t n = recv(fd, packet, 2000, 0);
    assert_true(n > 0 && kh_rtp_read(packet, (size_t)n, rtp));
    return (size_t)n;
}

HALL_TEST(everybody_gets_the_main_mix_with_their_own_header)
{
    struct world *world = *state;
    uint16_t other_port;
    int other = bind_local(&other_port);
    add(world, 1, world->port, KH_ENC_OPUS);
    add(world, 2, other_port, KH_ENC_OPUS);

    uint8_t packet[2000];
    struct kh_rtp first, next, second;
    kh_hall_push_tick(world->hall, world->tick);
    assert_int_equal(await_packet(world->fd, packet, &first), 15);
    assert_memory_equal(packet + 12, "abc", 3);
    await_packet(other, packet, &second);
    world->tick->number = 101;
    kh_hall_push_tick(world->hall, world->tick);
    await_packet(world->fd, packet, &next);

    assert_int_equal(first.ssrc, OURS + 1);
    assert_int_equal(second.ssrc, OURS + 2);
    assert_int_equal(first.payload_type, 111);
    assert_int_equal(first.timestamp, 100 * 960);
    assert_int_equal(next.timestamp, 101 * 960);
    assert_true(first.sequence < 32768);
    assert_int_equal(next.sequence, first.sequence + 1);
    assert_true(first.marker);
    assert_false(next.marker);
    close(other);
}

HALL_TEST(who_has_a_slot_gets_the_mix_of_the_slot)
{
    struct world *world = *state;
    uint8_t packet[2000];
    struct kh_rtp rtp;

    add(world, 1, world->port, KH_ENC_OPUS);
    kh_hall_route(world->hall, 1, 3, false);
    world->tick->slot_mask = 1u << 3;
    world->tick->slot[3].bytes = 2;
    memcpy(world->tick->slot[3].data, "xy", 2);
    kh_hall_push_tick(world->hall, world->tick);
    assert_int_equal(await_packet(world->fd, packet, &rtp), 14);
    assert_memory_equal(packet + 12, "xy", 2);
    kh_hall_route(world->hall, 1, -1, false);
    kh_hall_push_tick(world->hall, world->tick);
    await_packet(world->fd, packet, &rtp);
    assert_memory_equal(packet + 12, "abc", 3);
}

HALL_TEST(only_the_joined_address_ssrc_and_type_of_a_routed_person_pass)
{
    struct world *world = *state;
    uint16_t other_port;
    int other = bind_local(&other_port);
    add(world, 1, world->port, KH_ENC_OPUS);
    send_rtp(world, world->fd, THEIRS + 1, 111, 'a'); /* has no microphone */
    kh_hall_route(world->hall, 1, 0, false);
    send_rtp(world, world->fd, THEIRS + 1, 111, 'b'); /* is muted */
    struct kh_hall_counts counts = { 0 };
    while (counts.packets_in < 2)
        kh_hall_counts(world->hall, 1, &counts);
    kh_hall_route(world->hall, 1, 5, true);
    send_rtp(world, other, THEIRS + 1, 111, 'c');     /* from elsewhere */
    send_rtp(world, world->fd, THEIRS + 2, 111, 'd'); /* another SSRC */
    send_rtp(world, world->fd, THEIRS + 1, 110, 'e'); /* another type */
    send_rtp(world, world->fd, THEIRS + 1, 72, 'f');  /* RTCP: no fault, no sound */
    send_rtp(world, world->fd, THEIRS + 1, 111, 'g');

    assert_int_equal(await_passed(world), 'g');
    assert_int_equal(world->seen.slot, 5);
    assert_int_equal(world->seen.source, 71);
    kh_hall_counts(world->hall, 1, &counts);
    assert_int_equal(counts.packets_in, 3);
    assert_int_equal(counts.rejected, 3);
    kh_hall_remove(world->hall, 1);
    send_rtp(world, world->fd, THEIRS + 1, 111, 'h');
    add(world, 1, other_port, KH_ENC_OPUS);
    kh_hall_route(world->hall, 1, 2, true);
    send_rtp(world, other, THEIRS + 1, 111, 'i');
    assert_int_equal(await_passed(world), 'i');
    close(other);
}

HALL_TEST(several_participants_behind_one_port_are_told_apart_by_ssrc)
{
    struct world *world = *state;
    for (kh_person person = 1; person <= 3; person++) {
        add(world, person, world->port, KH_ENC_OPUS);
        kh_hall_route(world->hall, person, person, true);
    }
    for (unsigned person = 1; person <= 3; person++) {
        send_rtp(world, world->fd, THEIRS + person, 111, 'a');
        await_passed(world);
        assert_int_equal(world->seen.source, 70 + person);
    }
    kh_hall_remove(world->hall, 1);
    send_rtp(world, world->fd, THEIRS + 1, 111, 'x');
    send_rtp(world, world->fd, THEIRS + 3, 111, 'b');
    assert_int_equal(await_passed(world), 'b');
}

HALL_TEST(l16_goes_out_in_ptime_pieces_with_running_timestamps)
{
    struct world *world = *state;
    uint8_t packet[2000];
    struct kh_rtp rtp;

    add(world, 1, world->port, KH_ENC_L16);
    world->tick->has_pcm = true;
    for (int i = 0; i < KH_TICK_SAMPLES; i++)
        world->tick->main_pcm[i] = (float)i / 32768.0f;
    kh_hall_push_tick(world->hall, world->tick);
    for (unsigned piece = 0; piece < 4; piece++) {
        assert_int_equal(await_packet(world->fd, packet, &rtp), 12 + 240 * 2);
        assert_int_equal(rtp.timestamp, 100 * 960 + 240 * piece);
        assert_int_equal(packet[12] << 8 | packet[13], 240 * piece);
        assert_int_equal(packet[490] << 8 | packet[491], 240 * piece + 239);
    }
}

HALL_TEST(ten_thousand_random_datagrams_leave_it_working)
{
    struct world *world = *state;
    struct sockaddr_in to = hall_address(world);
    struct kh_hall_totals totals;

    add(world, 1, world->port, KH_ENC_OPUS);
    kh_hall_route(world->hall, 1, 0, true);
    srand(7);
    for (int i = 0; i < 10000; i++) {
        uint8_t packet[3000];
        size_t bytes = (size_t)(rand() % (i % 10 ? 100 : 3000));
        for (size_t k = 0; k < bytes; k++)
            packet[k] = (uint8_t)rand();
        if (bytes > 0 && i % 2)
            packet[0] = (uint8_t)((packet[0] & 0x3f) | 0x80);
        sendto(world->fd, packet, bytes, 0, (struct sockaddr *)&to, sizeof(to));
    }
    /* What floods beyond a tick's share waits for the next ticks, or the kernel drops it. */
    struct pollfd passed = { .fd = world->seen.fds[0], .events = POLLIN };
    do {
        kh_hall_push_tick(world->hall, world->tick);
        send_rtp(world, world->fd, THEIRS + 1, 111, 'z');
    } while (poll(&passed, 1, 20) == 0);
    assert_int_equal(await_passed(world), 'z');
    kh_hall_totals(world->hall, &totals);
    assert_true(totals.rejected > 100);
    assert_int_equal(totals.members, 1);
}

HALL_TEST(addresses_that_cannot_be_a_participant_are_refused_by_name)
{
    struct world *world = *state;
    union kh_hall_address out;
    struct sockaddr_in own = hall_address(world);
    static const char *const bad[] = { "localhost",       "",    "224.0.0.1", "0.0.0.0",
                                       "255.255.255.255", "::1", "1.2.3" };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(kh_hall_resolve(world->hall, bad[i], 9, &out, &world->error),
                         KH_ERR_INVALID);
        assert_non_null(strstr(world->error.text, "address"));
    }
    assert_int_equal(kh_hall_resolve(world->hall, "127.0.0.1", 0, &out, &world->error),
                     KH_ERR_INVALID);
    assert_int_equal(
        kh_hall_resolve(world->hall, "127.0.0.1", ntohs(own.sin_port), &out, &world->error),
        KH_ERR_INVALID);
    assert_non_null(strstr(world->error.text, "server's own"));
}

TEST(a_port_in_use_is_named)
{
    uint16_t port;
    int fd = bind_local(&port);
    struct kh_hall *hall = NULL;
    struct kh_error error;
    char number[8];

    assert_int_equal(kh_hall_create(&(struct kh_hall_config){ .port = port, .persons_max = 1 },
                                    &(struct kh_hall_ops){ 0 }, NULL, &hall, &error),
                     KH_ERR_IO);
    snprintf(number, sizeof(number), "%u", (unsigned)port);
    assert_non_null(strstr(error.text, number));
    assert_int_equal(
        kh_hall_create(&(struct kh_hall_config){ .address = "hall.example", .persons_max = 1 },
                       &(struct kh_hall_ops){ 0 }, NULL, &hall, &error),
        KH_ERR_INVALID);
    close(fd);
}

int main(void)
{
    kh_hall_destroy(NULL);
    return kh_run_tests(HALL_CASE(everybody_gets_the_main_mix_with_their_own_header),
                        HALL_CASE(who_has_a_slot_gets_the_mix_of_the_slot),
                        HALL_CASE(only_the_joined_address_ssrc_and_type_of_a_routed_person_pass),
                        HALL_CASE(several_participants_behind_one_port_are_told_apart_by_ssrc),
                        HALL_CASE(l16_goes_out_in_ptime_pieces_with_running_timestamps),
                        HALL_CASE(ten_thousand_random_datagrams_leave_it_working),
                        HALL_CASE(addresses_that_cannot_be_a_participant_are_refused_by_name),
                        CASE(a_port_in_use_is_named));
}
