/* DTLS: hostile datagrams before and in a handshake; and the way of any packet through the edge.
 *
 * The input is a row of datagrams, each behind its length in two bytes. They go to a DTLS session,
 * and each also into a connected-to-nobody edge, as from an authenticated address, so that the
 * first-byte demultiplexer, the queue and the budget are walked. */
#include "base/check.h"
#include "media/edge/bytes.h"
#include "media/edge/edge_internal.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static const char offer_text[] =
    "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\na=setup:actpass\r\n"
    "a=ice-ufrag:abcd\r\na=rtcp-mux\r\n"
    "a=fingerprint:sha-256 13:29:BF:F6:5B:51:A3:33:4C:08:AA:77:26:11:CA:21:6B:AF:00:B2:B3:93:E2:"
    "6C:E6:A3:B9:EB:BE:85:65:9E\r\n";

static unsigned connected, heard;

static void drop(void *user, const uint8_t *data, size_t bytes)
{
    (void)user, (void)data;
    KH_REQUIRE(bytes <= KH_DTLS_MTU);
}

static void on_rtp(void *user, kh_peer_id peer, unsigned slot, const uint8_t *packet, size_t bytes)
{
    (void)user, (void)peer, (void)slot, (void)packet, (void)bytes;
    heard++;
}

static void on_peer(void *user, kh_peer_id peer, bool now)
{
    (void)user, (void)peer;
    connected += now;
}

static struct kh_edge *start(void)
{
    const struct kh_edge_config config = { .udp = true, .peers_max = 4 };
    const struct kh_edge_ops ops = { on_rtp, on_peer };
    struct kh_edge *edge;

    KH_REQUIRE(kh_edge_create(&config, &ops, NULL, &edge, NULL) == KH_OK);
    return edge;
}

/* A peer with one path; the edge's thread does not run, we are it. */
static struct kh_peer *add_peer(struct kh_edge *edge, const struct kh_addr *remote)
{
    static char answer[KH_SDP_MAX];
    struct kh_edge_joined joined;

    KH_REQUIRE(kh_edge_join(edge, offer_text, sizeof(offer_text) - 1, answer, &joined, NULL) ==
               KH_OK);
    struct kh_peer *peer = kh_peers_take_todo(&edge->peers);
    KH_REQUIRE(peer);
    peer->edge = edge;
    kh_peers_meet(&edge->peers, peer);
    peer->paths[0] = (struct kh_path){ .peer = peer, .remote = *remote };
    kh_path_link(&edge->peers, &peer->paths[0]);
    peer->selected = &peer->paths[0];
    return peer;
}

static void remove_peer(struct kh_edge *edge, struct kh_peer *peer)
{
    kh_handshake_forget(edge, peer);
    kh_ice_drop_paths(edge, peer);
    kh_peers_remove(&edge->peers, peer);
    kh_peer_destroy(peer);
    edge->doomed = NULL;
}

static void through_edge(struct kh_edge *edge, const struct kh_addr *remote, uint8_t *data,
                         size_t bytes)
{
    const struct kh_source from = { .remote = remote };

    edge->budget = 8;
    kh_edge_input(edge, &from, data, bytes);
    kh_handshake_work(edge);
    KH_REQUIRE(connected == 0 && heard == 0); /* nobody can finish DTLS by chance */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct kh_edge *edge;
    static struct kh_addr remote;
    uint8_t packet[2048];

    if (!edge) {
        edge = start();
        KH_REQUIRE(kh_addr_parse("127.0.0.1", 9, &remote));
    }
    struct kh_peer *peer = add_peer(edge, &remote);
    struct kh_dtls *dtls = kh_dtls_create(edge->dtls, &peer->fingerprint, drop, NULL);
    KH_REQUIRE(dtls);
    while (bytes >= 2) {
        size_t length = kh_bytes_read16(data) % sizeof(packet);
        data += 2, bytes -= 2;
        length = length < bytes ? length : bytes;
        memcpy(packet, data, length);
        data += length, bytes -= length;
        KH_REQUIRE(kh_dtls_input(dtls, packet, length) != KH_DTLS_CONNECTED);
        kh_dtls_timer(dtls);
        through_edge(edge, &remote, packet, length);
    }
    kh_dtls_destroy(dtls);
    remove_peer(edge, peer);
    return 0;
}
