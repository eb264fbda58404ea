/* rtp_rig - load generator: N plain-RTP participants of whom T talk, against a running server.
 *
 *     rtp_rig N T SECONDS speech|tones
 *
 * Speaks JSON lines. It prints {"ports":[...]}: the local UDP ports of the participants 0..N-1 on
 * 127.0.0.1, of whom 0..T-1 talk. The harness joins each through the server's API and opens the
 * talkers' microphones, then writes one line a participant:
 *     {"index":0,"address":"127.0.0.1","port":5004,"payload_type":111,"ssrc":123}
 * and {"go":true}. After 3 s of settling the rig prints {"window":"begin"}, after SECONDS more
 * {"window":"end"} (for reading the server's CPU time), then one object with the results.
 *
 * Transit: talker 0 says a marker (a chirp) once a second. Said at the time at which its first
 * sample would leave if each packet's samples left from the packet's sending on, heard likewise
 * from the packet's arrival (kernel's stamp). A wire has 0; the talker's own codec's delay,
 * measured at start, is subtracted, so the server's encoder counts and the talker's does not.
 * Decoded for a sample of the listeners. Glitches are counted with tones only: see measure.h. */
#include "media/rtp.h"
#include "tests/bench/content.h"
#include "tests/bench/rig_listen.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

enum { SETTLE_S = 3, TALKERS_MAX = 8, LISTENERS_MAX = 2000, TICK_NS = 20 * 1000 * 1000 };

struct talker {
    struct content content;
    struct sockaddr_in to;
    uint32_t ssrc;
    int payload_type;
    uint16_t sequence;
    uint32_t timestamp;
    int64_t first_ns; /* sending of packet 0; packet i goes 20 ms * i later */
    unsigned sent;
    int64_t *sent_ns; /* of each packet */
};

struct rig {
    unsigned n, n_talkers, seconds;
    bool tones;
    struct talker talkers[TALKERS_MAX];
    struct listen *listen;
};

static void fail(const char *text)
{
    fprintf(stderr, "rtp_rig: %s\n", text);
    exit(2);
}

static void print_line(json_t *object)
{
    json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    putchar('\n');
    fflush(stdout);
    json_decref(object);
}

static void print_ports(const struct rig *rig)
{
    json_t *ports = json_array();
    for (unsigned i = 0; i < rig->n; i++)
        json_array_append_new(ports, json_integer(listen_port(rig->listen, i)));
    print_line(json_pack("{s:o}", "ports", ports));
}

static void take_participant(struct rig *rig, json_t *line)
{
    int index = -1, port = 0, payload_type = 111;
    const char *address = NULL;
    json_int_t ssrc = 0;

    if (json_unpack(line, "{s:i, s:s, s:i, s?i, s:I}", "index", &index, "address", &address, "port",
                    &port, "payload_type", &payload_type, "ssrc", &ssrc) != 0 ||
        index < 0 || (unsigned)index >= rig->n)
        fail("a participant's line wants index, address, port and ssrc");
    if ((unsigned)index >= rig->n_talkers)
        return;
    struct talker *talker = &rig->talkers[index];
    talker->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    if (inet_pton(AF_INET, address, &talker->to.sin_addr) != 1)
        fail("address: IPv4 is wanted");
    talker->ssrc = (uint32_t)ssrc;
    talker->payload_type = payload_type;
}

static void read_participants(struct rig *rig)
{
    char *text = NULL;
    size_t room = 0;
    bool go = false;

    while (!go && getline(&text, &room, stdin) > 0) {
        json_t *line = json_loads(text, 0, NULL);
        if (!line)
            fail("standard input: not JSON");
        go = json_is_true(json_object_get(line, "go"));
        if (!go)
            take_participant(rig, line);
        json_decref(line);
    }
    free(text);
    if (!go)
        fail("standard input ended before go");
    for (unsigned i = 0; i < rig->n_talkers; i++)
        if (rig->talkers[i].to.sin_port == 0)
            fail("a talker was not told where to send");
}

static void send_packet(struct rig *rig, unsigned index)
{
    struct talker *talker = &rig->talkers[index];
    uint8_t packet[KH_RTP_HEADER_BYTES + CONTENT_PACKET_MAX];
    struct kh_rtp rtp = { .payload_type = (uint8_t)talker->payload_type,
                          .sequence = talker->sequence++,
                          .timestamp = talker->timestamp,
                          .ssrc = talker->ssrc };
    size_t bytes = talker->content.bytes[talker->sent];

    talker->timestamp += CONTENT_FRAME;
    kh_rtp_write(packet, &rtp);
    memcpy(packet + KH_RTP_HEADER_BYTES, talker->content.data[talker->sent], bytes);
    talker->sent_ns[talker->sent++] = listen_now_ns();
    sendto(listen_fd(rig->listen, index), packet, KH_RTP_HEADER_BYTES + bytes, 0,
           (struct sockaddr *)&talker->to, sizeof(talker->to));
}

/* Talkers are spread over the tick as people are. Returns when the next packet is due. */
static int64_t send_due(struct rig *rig, int64_t now_ns)
{
    int64_t next_ns = now_ns + TICK_NS;

    for (unsigned i = 0; i < rig->n_talkers; i++) {
        struct talker *talker = &rig->talkers[i];
        int64_t due_ns = talker->first_ns + (int64_t)talker->sent * TICK_NS;
        if (due_ns <= now_ns && talker->sent < talker->content.packets) {
            send_packet(rig, i);
            due_ns += TICK_NS;
        }
        if (due_ns < next_ns)
            next_ns = due_ns;
    }
    return next_ns;
}

static void run_until(struct rig *rig, int64_t end_ns)
{
    int64_t now_ns;

    while ((now_ns = listen_now_ns()) < end_ns) {
        int64_t next_ns = send_due(rig, now_ns);
        listen_wait(rig->listen, next_ns < end_ns ? next_ns : end_ns);
    }
}

static void run(struct rig *rig)
{
    int64_t start_ns = listen_now_ns() + TICK_NS;

    for (unsigned i = 0; i < rig->n_talkers; i++)
        rig->talkers[i].first_ns = start_ns + (int64_t)i * TICK_NS / (int64_t)(rig->n_talkers + 1);
    run_until(rig, start_ns + SETTLE_S * INT64_C(1000000000));
    listen_begin(rig->listen);
    print_line(json_pack("{s:s}", "window", "begin"));
    run_until(rig, start_ns + (SETTLE_S + (int64_t)rig->seconds) * INT64_C(1000000000));
    print_line(json_pack("{s:s}", "window", "end"));
    listen_end(rig->listen);
}

static void raise_priority(void)
{
    struct sched_param priority = { .sched_priority = 20 };

    if (sched_setscheduler(0, SCHED_RR, &priority) != 0)
        fprintf(stderr, "rtp_rig: no real-time priority, the delays include this program's own\n");
    mlockall(MCL_CURRENT);
}

static void create(struct rig *rig, char **argv)
{
    rig->n = (unsigned)atoi(argv[1]);
    rig->n_talkers = (unsigned)atoi(argv[2]);
    rig->seconds = (unsigned)atoi(argv[3]);
    rig->tones = strcmp(argv[4], "tones") == 0;
    if (rig->n == 0 || rig->n > LISTENERS_MAX || rig->n_talkers > rig->n ||
        rig->n_talkers > TALKERS_MAX || rig->seconds == 0 || rig->seconds > 600)
        fail("N is 1 to 2000, T 0 to 8 and not above N, SECONDS 1 to 600");
    rig->listen = listen_create(rig->n, rig->n_talkers, SETTLE_S + rig->seconds);
    if (!rig->listen)
        fail("cannot open the sockets (ulimit -n?)");
    for (unsigned i = 0; i < rig->n_talkers; i++) {
        struct talker *talker = &rig->talkers[i];
        if (!content_create(&talker->content, i, rig->tones, SETTLE_S + rig->seconds))
            fail("espeak-ng or sox is missing (Debian: espeak-ng sox)");
        talker->sent_ns = calloc(talker->content.packets, sizeof(*talker->sent_ns));
    }
}

int main(int argc, char **argv)
{
    struct rig rig = { 0 };

    if (argc != 5)
        fail("usage: rtp_rig N T SECONDS speech|tones");
    create(&rig, argv);
    double codec_delay = content_codec_delay(rig.tones);
    print_ports(&rig);
    read_participants(&rig);
    raise_priority();
    run(&rig);
    struct listen_said said = { .sent_ns = rig.talkers[0].sent_ns,
                                .packets = rig.talkers[0].sent,
                                .codec_delay = codec_delay,
                                .talkers = rig.n_talkers,
                                .tones = rig.tones };
    print_line(listen_results(rig.listen, &said));
    for (unsigned i = 0; i < rig.n_talkers; i++) {
        content_destroy(&rig.talkers[i].content);
        free(rig.talkers[i].sent_ns);
    }
    listen_destroy(rig.listen);
    return 0;
}
