/* edge_demo.c - edge and mixer without a council: what the browser tests talk to.
 *
 * Commands come as lines on stdin, answers go as lines to stdout; see usage(). The main thread
 * reads the commands; the mixer's and the edge's own threads do the rest. */
#include "media/edge/edge.h"
#include "media/mixer/mixer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 8 };

struct demo {
    struct kh_edge *edge;
    struct kh_mixer *mixer;
};

static void on_rtp(void *user, kh_peer_id peer, unsigned slot, const uint8_t *packet, size_t bytes)
{
    struct demo *demo = user;

    (void)peer;
    kh_mixer_push_rtp(demo->mixer, slot, packet, bytes);
}

static void on_peer(void *user, kh_peer_id peer, bool connected)
{
    (void)user;
    printf("%s %llu\n", connected ? "connected" : "gone", (unsigned long long)peer);
    fflush(stdout);
}

static void on_tick(void *user, const struct kh_tick *tick)
{
    kh_edge_push_tick(((struct demo *)user)->edge, tick);
}

static void on_gate(void *user, unsigned slot, bool open, uint64_t number)
{
    (void)user, (void)slot, (void)open, (void)number;
}

static bool take_slot(struct demo *demo, kh_peer_id peer, int slot, int payload_type,
                      struct kh_error *error)
{
    const struct kh_slot_format format = { KH_ENC_OPUS, payload_type, 48000, 1 };

    if (slot < 0)
        return true;
    if (kh_mixer_attach(demo->mixer, (unsigned)slot, &format, error))
        return false;
    kh_edge_route(demo->edge, peer, slot, true);
    kh_mixer_set_gate(demo->mixer, (unsigned)slot, true);
    return true;
}

static void join(struct demo *demo, int slot, size_t bytes)
{
    static char offer[KH_SDP_MAX], answer[KH_SDP_MAX];
    struct kh_error error = { 0 };
    struct kh_edge_joined joined = { 0 };

    if (bytes > sizeof(offer) || fread(offer, 1, bytes, stdin) != bytes) {
        printf("error the offer is too long\n");
    } else if (kh_edge_join(demo->edge, offer, bytes, answer, &joined, &error) ||
               !take_slot(demo, joined.peer, slot, joined.opus_payload_type, &error)) {
        printf("error %s\n", error.text);
    } else {
        printf("answer %llu %zu\n%s", (unsigned long long)joined.peer, strlen(answer), answer);
    }
}

static void print_stats(struct demo *demo, kh_peer_id peer)
{
    struct kh_edge_stats s = { 0 };

    kh_edge_stats(demo->edge, peer, &s);
    printf("stats {\"connected\":%s,\"transport\":\"%s\",\"profile\":\"%s\",\"round_trip_ms\":%.3f,"
           "\"lost_in\":%.4f,\"lost_out\":%.4f,\"jitter_in_ms\":%.3f,\"packets_in\":%llu,"
           "\"packets_out\":%llu,\"auth_failures\":%llu}\n",
           s.connected ? "true" : "false", s.transport, s.srtp_profile, (double)s.round_trip_ms,
           (double)s.fraction_lost_in, (double)s.fraction_lost_out, (double)s.jitter_in_ms,
           (unsigned long long)s.packets_in, (unsigned long long)s.packets_out,
           (unsigned long long)s.auth_failures);
}

static void obey(struct demo *demo, const char *line)
{
    unsigned long long peer;
    int slot, open;
    size_t bytes;

    if (sscanf(line, "join %d %zu", &slot, &bytes) == 2) {
        join(demo, slot, bytes);
    } else if (sscanf(line, "gate %d %d", &slot, &open) == 2 && slot >= 0 && slot < SLOTS) {
        kh_mixer_set_gate(demo->mixer, (unsigned)slot, open);
        printf("ok\n");
    } else if (sscanf(line, "detach %llu %d", &peer, &slot) == 2 && slot >= 0 && slot < SLOTS) {
        kh_edge_route(demo->edge, peer, -1, false);
        kh_mixer_detach(demo->mixer, (unsigned)slot);
        printf("ok\n");
    } else if (sscanf(line, "leave %llu", &peer) == 1) {
        kh_edge_leave(demo->edge, peer);
        printf("ok\n");
    } else if (sscanf(line, "stats %llu", &peer) == 1) {
        print_stats(demo, peer);
    } else {
        printf("error unknown command\n");
    }
    fflush(stdout);
}

static int usage(void)
{
    fprintf(stderr, "usage: edge_demo udp|tcp|both ADDRESS...\n"
                    "stdin: join SLOT BYTES<newline>OFFER | gate SLOT 0|1 | detach PEER SLOT |\n"
                    "       leave PEER | stats PEER       (SLOT -1: only listens)\n");
    return 2;
}

static bool start(struct demo *demo, int argc, char **argv, struct kh_error *error)
{
    const struct kh_edge_ops edge_ops = { on_rtp, on_peer };
    const struct kh_mixer_ops mixer_ops = { on_tick, on_gate };
    struct kh_edge_config config = { .udp = strcmp(argv[1], "tcp") != 0,
                                     .tcp = strcmp(argv[1], "udp") != 0 };
    struct kh_mixer_config mixer = kh_mixer_config_default();

    for (int i = 2; i < argc && config.n_addresses < KH_EDGE_ADDRESSES_MAX; i++)
        config.addresses[config.n_addresses++] = argv[i];
    mixer.slots = SLOTS;
    return kh_edge_create(&config, &edge_ops, demo, &demo->edge, error) == KH_OK &&
           kh_mixer_create(&mixer, &mixer_ops, demo, &demo->mixer, error) == KH_OK &&
           kh_edge_start(demo->edge, error) == KH_OK && kh_mixer_start(demo->mixer, error) == KH_OK;
}

int main(int argc, char **argv)
{
    struct demo demo = { 0 };
    struct kh_error error = { 0 };
    char line[256];

    if (argc < 2)
        return usage();
    if (!start(&demo, argc, argv, &error)) {
        fprintf(stderr, "edge_demo: %s\n", error.text);
        return 1;
    }
    printf("ready %u\n", kh_edge_port(demo.edge));
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin))
        obey(&demo, line);
    kh_mixer_destroy(demo.mixer);
    kh_edge_destroy(demo.edge);
    return 0;
}
