/* client.h - a WebRTC audio client in C for tests and benchmarks: STUN checks, DTLS 1.2, SRTP.
 *
 * One thread; the caller polls client_fd and calls client_readable and client_timer. It does what
 * a browser does, and on request what a browser must not do. */
#ifndef KH_TESTS_EDGE_CLIENT_H
#define KH_TESTS_EDGE_CLIENT_H

#include "media/edge/addr.h"
#include "media/edge/srtp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A certificate and DTLS settings, shared by clients. */
struct client_context;

/* @profiles as SSL_CTX_set_tlsext_use_srtp wants them; NULL: both, GCM first. */
struct client_context *client_context_create(const char *profiles);
void client_context_destroy(struct client_context *context);

struct client_options {
    const char *direction;      /* "sendrecv" when NULL */
    bool tcp;                   /* use the TCP candidate */
    bool wrong_fingerprint;     /* the offer names another certificate */
    bool wrong_password;        /* checks are signed with another password */
    bool no_nomination;         /* checks come without USE-CANDIDATE */
    unsigned lose_in, lose_out; /* bit n: the nth DTLS datagram in that direction is lost */
    int receive_buffer;         /* SO_RCVBUF; 0: the system's */
    unsigned candidate;         /* which of the candidates of its kind; 0: the first */
};

/* Write an offer; answers its length. */
size_t client_offer(const struct client_context *context, const struct client_options *options,
                    char *text, size_t room);

struct client;

/* @on_rtp gets every packet that was decrypted. NULL when the answer cannot be used. */
struct client *client_create(struct client_context *context, const struct client_options *options,
                             const char *answer,
                             void (*on_rtp)(void *user, const uint8_t *packet, size_t bytes),
                             void *user);
/* Says close_notify when connected, if @polite. */
void client_destroy(struct client *client, bool polite);

int client_fd(const struct client *client);
/* Read and handle all that waits. */
void client_readable(struct client *client);
/* Checks, keep-alives and DTLS repeats; call every 10 ms or so. */
void client_timer(struct client *client);

bool client_connected(const struct client *client);
bool client_failed(const struct client *client); /* DTLS ended with an alert */
bool client_closed(const struct client *client); /* the server said close_notify */
unsigned client_checks_answered(const struct client *client);
unsigned client_packets(const struct client *client); /* RTP, decrypted */
unsigned client_reports(const struct client *client); /* RTCP, decrypted */
unsigned client_bad(const struct client *client);     /* not decrypted, or out of order */
int client_profile(const struct client *client);

/* Send one RTP packet of payload type 111, a frame of 20 ms later than the last. */
void client_send_rtp(struct client *client, const uint8_t *payload, size_t bytes);
/* Send the last one's bytes again, as an attacker would. */
void client_repeat_rtp(struct client *client);
/* Change a bit of the next packet after protection. */
void client_forge_next(struct client *client);
/* Let @n sequence numbers go by, as if they were lost on the way. */
void client_lose_rtp(struct client *client, unsigned n);
/* Send a receiver report about the server's stream. */
void client_send_report(struct client *client);
/* Send raw bytes from the client's address. */
void client_send_raw(struct client *client, const uint8_t *data, size_t bytes);
/* Go on from a new local port; with @check only after an authenticated request from there. */
void client_roam(struct client *client, bool check);
/* Send a check with the secrets of @other from the address of @client. */
void client_check_as(struct client *client, const struct client *other);
/* Stop all checks and keep-alives. */
void client_fall_silent(struct client *client);

#endif
