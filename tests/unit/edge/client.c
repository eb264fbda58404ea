#include "tests/unit/edge/client.h"

#include "base/check.h"
#include "media/edge/dtls.h"
#include "media/edge/dtls_certificate.h"
#include "media/edge/ice_tcp.h"
#include "media/edge/rtcp.h"
#include "media/edge/stun.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct client_context {
    SSL_CTX *ssl;
    BIO_METHOD *bio;
    char fingerprint[KH_DTLS_FINGERPRINT_TEXT];
};

struct client {
    struct client_options options;
    struct kh_addr server;
    char ufrag[64], password[64];
    uint32_t server_ssrc, ssrc;
    int fd;
    bool silent, forge;
    unsigned dtls_in, dtls_out; /* datagrams so far */
    unsigned answered, packets, reports, bad;
    int64_t next_check_ns;
    SSL *ssl;
    bool connected, failed, closed;
    const uint8_t *datagram;
    size_t datagram_bytes;
    enum kh_srtp_profile profile;
    struct kh_srtp_out *out;
    struct kh_srtp_in *in;
    uint32_t timestamp;
    bool has_sequence;
    uint16_t sequence; /* of the server's last packet */
    uint32_t last_sr;
    int64_t last_sr_ns;
    uint8_t last[KH_RTP_PACKET_MAX];
    size_t last_bytes;
    uint8_t stream[2 + KH_TCP_FRAME_MAX];
    size_t stream_bytes;
    void (*on_rtp)(void *user, const uint8_t *packet, size_t bytes);
    void *user;
};

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void client_send_raw(struct client *client, const uint8_t *data, size_t bytes)
{
    uint8_t frame[2 + KH_TCP_FRAME_MAX] = { (uint8_t)(bytes >> 8), (uint8_t)bytes };

    if (!client->options.tcp) {
        send(client->fd, data, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
        return;
    }
    memcpy(frame + 2, data, bytes);
    send(client->fd, frame, bytes + 2, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int bio_write(BIO *bio, const char *data, int bytes)
{
    struct client *client = BIO_get_data(bio);
    unsigned n = client->dtls_out++;

    if (n >= 32 || !(client->options.lose_out >> n & 1))
        client_send_raw(client, (const uint8_t *)data, (size_t)bytes);
    return bytes;
}

static int bio_read(BIO *bio, char *data, int bytes)
{
    struct client *client = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    if (!client->datagram) {
        BIO_set_retry_read(bio);
        return -1;
    }
    KH_REQUIRE((size_t)bytes >= client->datagram_bytes);
    memcpy(data, client->datagram, client->datagram_bytes);
    client->datagram = NULL;
    return (int)client->datagram_bytes;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    if (command == BIO_CTRL_DGRAM_QUERY_MTU || command == BIO_CTRL_DGRAM_GET_FALLBACK_MTU)
        return KH_DTLS_MTU;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT;
}

static int accept_any(X509_STORE_CTX *store, void *unused)
{
    (void)store, (void)unused;
    return 1;
}

/* As Chromium: 50 ms at first, doubled at each repeat (OpenSSL's own would be a second). */
static unsigned repeat_after_us(SSL *ssl, unsigned last_us)
{
    (void)ssl;
    return last_us ? 2 * last_us : 50000;
}

struct client_context *client_context_create(const char *profiles)
{
    struct client_context *context = calloc(1, sizeof(*context));
    struct kh_error error;

    KH_REQUIRE(context);
    context->ssl = SSL_CTX_new(DTLS_client_method());
    context->bio = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "client");
    KH_REQUIRE(context->ssl && context->bio);
    BIO_meth_set_write(context->bio, bio_write);
    BIO_meth_set_read(context->bio, bio_read);
    BIO_meth_set_ctrl(context->bio, bio_control);
    SSL_CTX_set_options(context->ssl, SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context->ssl, accept_any, NULL);
    if (!profiles)
        profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
    KH_REQUIRE(SSL_CTX_set_tlsext_use_srtp(context->ssl, profiles) == 0);
    KH_REQUIRE(kh_dtls_certificate_use(context->ssl, context->fingerprint, &error) == KH_OK);
    return context;
}

void client_context_destroy(struct client_context *context)
{
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->bio);
    free(context);
}

size_t client_offer(const struct client_context *context, const struct client_options *options,
                    char *text, size_t room)
{
    char fingerprint[KH_DTLS_FINGERPRINT_TEXT];

    memcpy(fingerprint, context->fingerprint, sizeof(fingerprint));
    if (options->wrong_fingerprint)
        fingerprint[9] = fingerprint[9] == '0' ? '1' : '0';
    return (size_t)snprintf(text, room,
                            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                            "a=group:BUNDLE 0\r\n"
                            "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
                            "a=mid:0\r\na=%s\r\na=rtcp-mux\r\na=setup:actpass\r\n"
                            "a=ice-ufrag:test\r\na=ice-pwd:testtesttesttesttesttest\r\n"
                            "a=fingerprint:%s\r\na=rtpmap:111 opus/48000/2\r\n",
                            options->direction ? options->direction : "sendrecv", fingerprint);
}

/* The text behind @key up to the next blank or line end. */
static bool value_of(const char *answer, const char *key, char *value, size_t room)
{
    const char *at = strstr(answer, key);

    if (!at)
        return false;
    at += strlen(key);
    size_t bytes = strcspn(at, " \r\n");
    if (bytes >= room)
        return false;
    memcpy(value, at, bytes);
    value[bytes] = '\0';
    return true;
}

static bool read_candidate(const char *answer, const struct client_options *options,
                           struct kh_addr *server)
{
    const char *kind = options->tcp ? " 1 tcp " : " 1 udp ";
    const char *at = strstr(answer, kind);
    char address[64];
    unsigned port;

    for (unsigned i = 0; at && i < options->candidate; i++)
        at = strstr(at + 1, kind);
    return at && sscanf(at + strlen(kind), "%*u %63s %u", address, &port) == 2 &&
           kh_addr_parse(address, (uint16_t)port, server);
}

static int open_socket(const struct client *client)
{
    int type = client->options.tcp ? SOCK_STREAM : SOCK_DGRAM;
    int fd = socket(client->server.sa.sa_family, type | SOCK_CLOEXEC, 0);

    if (fd >= 0 && client->options.receive_buffer)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &client->options.receive_buffer, sizeof(int));
    if (fd >= 0 && connect(fd, &client->server.sa, client->server.bytes) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

struct client *client_create(struct client_context *context, const struct client_options *options,
                             const char *answer,
                             void (*on_rtp)(void *user, const uint8_t *packet, size_t bytes),
                             void *user)
{
    struct client *client = calloc(1, sizeof(*client));
    char ssrc[16] = "0";

    KH_REQUIRE(client);
    client->options = *options;
    client->on_rtp = on_rtp;
    client->user = user;
    if (!value_of(answer, "a=ice-ufrag:", client->ufrag, sizeof(client->ufrag)) ||
        !value_of(answer, "a=ice-pwd:", client->password, sizeof(client->password)) ||
        !read_candidate(answer, options, &client->server) ||
        (client->fd = open_socket(client)) < 0) {
        free(client);
        return NULL;
    }
    value_of(answer, "a=ssrc:", ssrc, sizeof(ssrc));
    client->server_ssrc = (uint32_t)strtoul(ssrc, NULL, 10);
    RAND_bytes((uint8_t *)&client->ssrc, sizeof(client->ssrc));
    if (options->wrong_password)
        client->password[0] ^= 1;
    client->ssl = SSL_new(context->ssl);
    BIO *bio = BIO_new(context->bio);
    KH_REQUIRE(client->ssl && bio);
    BIO_set_data(bio, client);
    BIO_set_init(bio, 1);
    SSL_set_bio(client->ssl, bio, bio);
    SSL_set_mtu(client->ssl, KH_DTLS_MTU);
    SSL_set_connect_state(client->ssl);
    DTLS_set_timer_cb(client->ssl, repeat_after_us);
    return client;
}

void client_destroy(struct client *client, bool polite)
{
    if (!client)
        return;
    if (polite && client->connected)
        SSL_shutdown(client->ssl);
    SSL_free(client->ssl);
    ERR_clear_error();
    kh_srtp_out_destroy(client->out);
    kh_srtp_in_destroy(client->in);
    close(client->fd);
    free(client);
}

void client_check_as(struct client *client, const struct client *other)
{
    struct kh_stun_writer writer;
    char username[128];
    uint8_t tie_breaker[8] = { 1 }, transaction[KH_STUN_TRANSACTION_BYTES];

    snprintf(username, sizeof(username), "%s:test", other->ufrag);
    RAND_bytes(transaction, sizeof(transaction));
    kh_stun_begin(&writer, KH_STUN_REQUEST, transaction);
    kh_stun_add(&writer, KH_STUN_USERNAME, username, strlen(username));
    kh_stun_add32(&writer, KH_STUN_PRIORITY, 1853824767);
    kh_stun_add(&writer, KH_STUN_ICE_CONTROLLING, tie_breaker, sizeof(tie_breaker));
    if (!other->options.no_nomination)
        kh_stun_add(&writer, KH_STUN_USE_CANDIDATE, NULL, 0);
    kh_stun_finish(&writer, other->password);
    client_send_raw(client, writer.data, writer.bytes);
}

static void take_keys(struct client *client)
{
    const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(client->ssl);
    struct kh_srtp_master own = { 0 }, server = { 0 };
    uint8_t keys[60];

    if (!chosen) {
        client->failed = true;
        return;
    }
    client->profile = (enum kh_srtp_profile)chosen->id;
    size_t salt = client->profile == KH_SRTP_AEAD_AES_128_GCM ? 12 : 14;
    KH_REQUIRE(SSL_export_keying_material(client->ssl, keys, 32 + 2 * salt, "EXTRACTOR-dtls_srtp",
                                          19, NULL, 0, 0) == 1);
    memcpy(own.key, keys, 16);
    memcpy(server.key, keys + 16, 16);
    memcpy(own.salt, keys + 32, salt);
    memcpy(server.salt, keys + 32 + salt, salt);
    client->out = kh_srtp_out_create(client->profile, &own, client->ssrc, 1000);
    client->in = kh_srtp_in_create(client->profile, &server);
    KH_REQUIRE(client->out && client->in);
    client->connected = true;
}

static void go_on(struct client *client)
{
    uint8_t data[256];
    int result = client->connected ? SSL_read(client->ssl, data, sizeof(data))
                                   : SSL_do_handshake(client->ssl);

    if (result == 1 && !client->connected) {
        take_keys(client);
    } else if (result <= 0) {
        int reason = SSL_get_error(client->ssl, result);
        client->closed |= reason == SSL_ERROR_ZERO_RETURN;
        client->failed |= reason == SSL_ERROR_SSL || reason == SSL_ERROR_SYSCALL;
    }
    ERR_clear_error();
}

static void take_stun(struct client *client, const uint8_t *data, size_t bytes)
{
    struct kh_stun message;

    /* An answer to an older check counts too: a busy server may take longer than our patience. */
    if (!kh_stun_read(data, bytes, &message) || message.type != KH_STUN_SUCCESS ||
        !kh_stun_check_integrity(data, &message, client->password)) {
        client->bad++;
        return;
    }
    if (client->answered++ == 0)
        go_on(client); /* ClientHello */
}

static void take_rtp(struct client *client, uint8_t *data, size_t bytes)
{
    struct kh_rtp rtp;

    if (kh_srtp_in_rtp(client->in, data, &bytes) != KH_SRTP_GOOD ||
        !kh_rtp_read(data, bytes, &rtp) || rtp.ssrc != client->server_ssrc ||
        (client->has_sequence && (int16_t)(uint16_t)(rtp.sequence - client->sequence) <= 0)) {
        client->bad++;
        return;
    }
    client->has_sequence = true;
    client->sequence = rtp.sequence;
    client->packets++;
    if (client->on_rtp)
        client->on_rtp(client->user, data, bytes);
}

static void take_rtcp(struct client *client, uint8_t *data, size_t bytes)
{
    struct kh_rtcp rtcp;

    if (kh_srtp_in_rtcp(client->in, data, &bytes) != KH_SRTP_GOOD ||
        !kh_rtcp_read(data, bytes, client->ssrc, &rtcp)) {
        client->bad++;
        return;
    }
    client->reports++;
    client->last_sr = (uint32_t)(rtcp.ntp >> 16);
    client->last_sr_ns = now_ns();
}

static void take(struct client *client, uint8_t *data, size_t bytes)
{
    if (bytes == 0)
        return;
    if (data[0] <= 3) {
        take_stun(client, data, bytes);
    } else if (data[0] >= 20 && data[0] <= 63) {
        unsigned n = client->dtls_in++;
        if (n < 32 && client->options.lose_in >> n & 1)
            return;
        client->datagram = data;
        client->datagram_bytes = bytes;
        go_on(client);
        client->datagram = NULL;
    } else if (client->connected && bytes > 1 && (data[1] & 0x7f) >= 64 && (data[1] & 0x7f) <= 95) {
        take_rtcp(client, data, bytes);
    } else if (client->connected) {
        take_rtp(client, data, bytes);
    }
}

static bool read_stream(struct client *client)
{
    ssize_t got = recv(client->fd, client->stream + client->stream_bytes,
                       sizeof(client->stream) - client->stream_bytes, MSG_DONTWAIT);
    int frame;

    if (got == 0)
        client->closed = true;
    if (got <= 0)
        return false;
    client->stream_bytes += (size_t)got;
    while ((frame = kh_ice_tcp_frame(client->stream, client->stream_bytes)) > 0) {
        take(client, client->stream + 2, (size_t)frame - 2);
        client->stream_bytes -= (size_t)frame;
        memmove(client->stream, client->stream + frame, client->stream_bytes);
    }
    return frame == 0;
}

static bool read_datagram(struct client *client)
{
    uint8_t data[2048];
    ssize_t got = recv(client->fd, data, sizeof(data), MSG_DONTWAIT);

    if (got < 0)
        return false;
    take(client, data, (size_t)got);
    return true;
}

void client_readable(struct client *client)
{
    while (client->options.tcp ? read_stream(client) : read_datagram(client))
        ;
}

void client_timer(struct client *client)
{
    int64_t now = now_ns();

    if (client->silent)
        return;
    if (now >= client->next_check_ns) {
        client->next_check_ns = now + (client->answered ? 1000000000 : 100000000);
        client_check_as(client, client);
    }
    if (client->answered && !client->connected && !client->failed)
        DTLSv1_handle_timeout(client->ssl);
}

void client_send_rtp(struct client *client, const uint8_t *payload, size_t bytes)
{
    const struct kh_rtp header = { .payload_type = 111, .timestamp = client->timestamp += 960 };

    client->last_bytes = kh_srtp_out_rtp(client->out, &header, payload, bytes, client->last);
    if (client->forge)
        client->last[client->last_bytes - 1] ^= 1;
    client->forge = false;
    client_send_raw(client, client->last, client->last_bytes);
}

void client_repeat_rtp(struct client *client)
{
    client_send_raw(client, client->last, client->last_bytes);
}

void client_forge_next(struct client *client)
{
    client->forge = true;
}

void client_lose_rtp(struct client *client, unsigned n)
{
    const uint8_t payload[20] = { 0 };
    struct kh_rtp header = { .payload_type = 111 };

    for (unsigned i = 0; i < n; i++) {
        header.timestamp = client->timestamp += 960;
        kh_srtp_out_rtp(client->out, &header, payload, sizeof(payload), client->last);
    }
}

void client_send_report(struct client *client)
{
    uint8_t packet[KH_RTCP_MAX + KH_SRTP_OVERHEAD_MAX];
    struct kh_rtcp_report report = { .ssrc = client->ssrc, .has_block = true };

    report.block = (struct kh_rtcp_block){
        .ssrc = client->server_ssrc,
        .fraction_lost = 64,
        .last_sr = client->last_sr,
        .delay_last_sr = (uint32_t)((now_ns() - client->last_sr_ns) / 1000 * 65536 / 1000000)
    };
    size_t bytes = kh_srtp_out_rtcp(client->out, packet, kh_rtcp_write(packet, &report));
    client_send_raw(client, packet, bytes);
}

void client_roam(struct client *client, bool check)
{
    int fd = open_socket(client);

    KH_REQUIRE(fd >= 0);
    close(client->fd);
    client->fd = fd;
    client->stream_bytes = 0;
    client->next_check_ns = check ? 0 : INT64_MAX;
}

void client_fall_silent(struct client *client)
{
    client->silent = true;
}

int client_fd(const struct client *client)
{
    return client->fd;
}

bool client_connected(const struct client *client)
{
    return client->connected;
}

bool client_failed(const struct client *client)
{
    return client->failed;
}

bool client_closed(const struct client *client)
{
    return client->closed;
}

unsigned client_checks_answered(const struct client *client)
{
    return client->answered;
}

unsigned client_packets(const struct client *client)
{
    return client->packets;
}

unsigned client_reports(const struct client *client)
{
    return client->reports;
}

unsigned client_bad(const struct client *client)
{
    return client->bad;
}

int client_profile(const struct client *client)
{
    return (int)client->profile;
}
