/* dtls.h - DTLS 1.2 server (RFC 6347) with use_srtp (RFC 5764): one context, one session a peer.
 *
 * A session belongs to one thread and owns its SSL object; a context may be shared. Nothing here
 * owns a socket: datagrams come in by kh_dtls_input and go out by the session's send function. */
#ifndef KH_EDGE_DTLS_H
#define KH_EDGE_DTLS_H

#include "base/err.h"
#include "media/edge/sdp.h"
#include "media/edge/srtp_cipher.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kh_dtls_context;

enum { KH_DTLS_FINGERPRINT_TEXT = 128, KH_DTLS_MTU = 1200 };

/* Make a new ECDSA P-256 key and certificate. KH_ERR_IO: OpenSSL refused, its reason in @error. */
enum kh_err kh_dtls_context_create(struct kh_dtls_context **out, struct kh_error *error);
void kh_dtls_context_destroy(struct kh_dtls_context *context);

/* "sha-256 AA:BB:...", as a=fingerprint wants it; lives as long as the context. */
const char *kh_dtls_context_fingerprint(const struct kh_dtls_context *context);

enum kh_dtls_state {
    KH_DTLS_HANDSHAKE,
    KH_DTLS_CONNECTED, /* the certificate's fingerprint was the expected one; keys are there */
    KH_DTLS_CLOSED,    /* the peer said close_notify */
    KH_DTLS_FAILED,
};

struct kh_dtls;

/* Hand one datagram to the network; what is not sent is lost and repeated by DTLS itself. */
typedef void (*kh_dtls_send)(void *user, const uint8_t *data, size_t bytes);

/* @expected is copied. NULL: out of memory. */
struct kh_dtls *kh_dtls_create(const struct kh_dtls_context *context,
                               const struct kh_fingerprint *expected, kh_dtls_send send,
                               void *user);
/* Sends close_notify when connected. Accepts NULL. */
void kh_dtls_destroy(struct kh_dtls *dtls);

/* Take one datagram; answers the new state. */
enum kh_dtls_state kh_dtls_input(struct kh_dtls *dtls, const uint8_t *data, size_t bytes);

/* Repeat the last flight if its time is up (RFC 6347 section 4.2.4). Call some times a second
 * while the handshake runs. */
enum kh_dtls_state kh_dtls_timer(struct kh_dtls *dtls);

/* The SRTP keys (RFC 5764 section 4.2); @from_peer is the client's. False: no profile agreed. */
bool kh_dtls_export(struct kh_dtls *dtls, enum kh_srtp_profile *profile,
                    struct kh_srtp_master *from_peer, struct kh_srtp_master *to_peer);

#endif
