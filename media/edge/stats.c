#include "media/edge/edge_internal.h"

#include <stdio.h>
#include <string.h>

static const char *profile_name(int profile)
{
    if (profile == KH_SRTP_AEAD_AES_128_GCM)
        return "SRTP_AEAD_AES_128_GCM";
    return profile == KH_SRTP_AES128_CM_SHA1_80 ? "SRTP_AES128_CM_HMAC_SHA1_80" : "";
}

static void copy(const struct kh_peer_counters *from, struct kh_edge_stats *to)
{
    *to = (struct kh_edge_stats){ .connected = from->connected,
                                  .round_trip_ms = from->round_trip_ms,
                                  .fraction_lost_in = from->lost_in,
                                  .fraction_lost_out = from->lost_out,
                                  .jitter_in_ms = from->jitter_in_ms,
                                  .packets_in = from->packets_in,
                                  .packets_out = from->packets_out,
                                  .bytes_in = from->bytes_in,
                                  .bytes_out = from->bytes_out,
                                  .auth_failures = from->auth_failures };
    snprintf(to->transport, sizeof(to->transport), "%s", from->tcp ? "tcp" : "udp");
    snprintf(to->srtp_profile, sizeof(to->srtp_profile), "%s", profile_name(from->profile));
}

bool kh_edge_stats(struct kh_edge *edge, kh_peer_id id, struct kh_edge_stats *stats)
{
    struct kh_peer *peer = kh_peers_lock(&edge->peers, id);

    if (!peer)
        return false;
    copy(&peer->counters, stats);
    kh_peers_unlock(&edge->peers);
    return true;
}

static unsigned n_peers(struct kh_peers *peers)
{
    pthread_mutex_lock(&peers->lock);
    unsigned used = peers->used;
    pthread_mutex_unlock(&peers->lock);
    return used;
}

void kh_edge_totals(struct kh_edge *edge, struct kh_edge_totals *totals)
{
    const struct kh_edge_totals_counters *from = &edge->totals;

    *totals = (struct kh_edge_totals){ .peers = n_peers(&edge->peers),
                                       .connected = edge->peers.n_connected,
                                       .ticks_lost = kh_feed_lost(edge->feed),
                                       .ticks_late = from->ticks_late,
                                       .handshakes = from->handshakes,
                                       .handshake_failures = from->handshake_failures,
                                       .packets_out = from->packets_out,
                                       .packets_dropped = from->packets_dropped };
}
