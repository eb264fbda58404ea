#include "media/edge/dtls.h"

#include "base/check.h"
#include "media/edge/dtls_certificate.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

struct kh_dtls_context {
    SSL_CTX *ssl;
    BIO_METHOD *bio;
    char fingerprint[KH_DTLS_FINGERPRINT_TEXT];
};

struct kh_dtls {
    SSL *ssl;
    enum kh_dtls_state state;
    struct kh_fingerprint expected;
    kh_dtls_send send;
    void *user;
    const uint8_t *datagram; /* being read; NULL between two inputs */
    size_t datagram_bytes;
};

/* The BIO keeps datagram borders, which a memory BIO of OpenSSL 3.0 does not. */
static int bio_write(BIO *bio, const char *data, int bytes)
{
    struct kh_dtls *dtls = BIO_get_data(bio);

    if (bytes <= 0)
        return bytes;
    dtls->send(dtls->user, (const uint8_t *)data, (size_t)bytes);
    return bytes;
}

static int bio_read(BIO *bio, char *data, int bytes)
{
    struct kh_dtls *dtls = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    if (!dtls->datagram) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t take = dtls->datagram_bytes;
    if (bytes < 0 || take > (size_t)bytes)
        take = bytes < 0 ? 0 : (size_t)bytes;
    memcpy(data, dtls->datagram, take);
    dtls->datagram = NULL;
    return (int)take;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DGRAM_SET_CONNECTED:
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
        return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
    case BIO_CTRL_DGRAM_GET_MTU:
        return KH_DTLS_MTU;
    default:
        return 0;
    }
}

static int bio_create(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

static BIO_METHOD *make_bio_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kyhop");

    if (method && BIO_meth_set_write(method, bio_write) == 1 &&
        BIO_meth_set_read(method, bio_read) == 1 && BIO_meth_set_ctrl(method, bio_control) == 1 &&
        BIO_meth_set_create(method, bio_create) == 1)
        return method;
    BIO_meth_free(method);
    return NULL;
}

static const EVP_MD *digest_of(const char *algorithm)
{
    if (strcmp(algorithm, "sha-512") == 0)
        return EVP_sha512();
    return strcmp(algorithm, "sha-384") == 0 ? EVP_sha384() : EVP_sha256();
}

/* Replaces OpenSSL's chain building: the browser's certificate is self-signed, what counts is
 * that its hash is the one in the offer (RFC 8122). A wrong one fails the handshake, so that no
 * key is ever derived for it. */
static int verify_certificate(X509_STORE_CTX *store, void *unused)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const struct kh_dtls *dtls = SSL_get_app_data(ssl);
    X509 *certificate = X509_STORE_CTX_get0_cert(store);
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned bytes = 0;

    (void)unused;
    if (certificate &&
        X509_digest(certificate, digest_of(dtls->expected.algorithm), hash, &bytes) == 1 &&
        bytes == dtls->expected.bytes && CRYPTO_memcmp(hash, dtls->expected.hash, bytes) == 0)
        return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

static enum kh_err openssl_failed(const char *what, struct kh_error *error)
{
    char reason[160];

    ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
    ERR_clear_error();
    return kh_err_set(error, KH_ERR_IO, "DTLS: cannot %s: %s", what, reason);
}

static enum kh_err set_up(struct kh_dtls_context *context, struct kh_error *error)
{
    SSL_CTX *ssl = context->ssl;

    SSL_CTX_set_min_proto_version(ssl, DTLS1_2_VERSION);
    SSL_CTX_set_options(ssl, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(ssl, verify_certificate, NULL);
    if (SSL_CTX_set_cipher_list(ssl, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
                                     "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA") != 1)
        return openssl_failed("set the ciphers", error);
    /* This call alone answers 0 for success. The order is ours to choose. */
    if (SSL_CTX_set_tlsext_use_srtp(ssl, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") != 0)
        return openssl_failed("offer SRTP", error);
    return kh_dtls_certificate_use(ssl, context->fingerprint, error);
}

enum kh_err kh_dtls_context_create(struct kh_dtls_context **out, struct kh_error *error)
{
    struct kh_dtls_context *context = calloc(1, sizeof(*context));
    enum kh_err err = KH_OK;

    if (!context)
        return kh_err_set(error, KH_ERR_NOMEM, "out of memory for DTLS");
    context->ssl = SSL_CTX_new(DTLS_server_method());
    context->bio = make_bio_method();
    if (!context->ssl || !context->bio)
        err = openssl_failed("start", error);
    else
        err = set_up(context, error);
    if (err) {
        kh_dtls_context_destroy(context);
        return err;
    }
    *out = context;
    return KH_OK;
}

void kh_dtls_context_destroy(struct kh_dtls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->bio);
    free(context);
}

const char *kh_dtls_context_fingerprint(const struct kh_dtls_context *context)
{
    return context->fingerprint;
}

/* The delegate is to hear the hall within two seconds also when a packet of the handshake is lost,
 * so the first repeat comes sooner than after the second that RFC 6347 section 4.2.4.1 names for
 * networks of unknown delay; then doubled as there. */
static unsigned repeat_after_us(SSL *ssl, unsigned last_us)
{
    enum { FIRST_US = 200000, MOST_US = 60000000 };

    (void)ssl;
    if (last_us == 0)
        return FIRST_US;
    return last_us < MOST_US / 2 ? 2 * last_us : MOST_US;
}

static bool attach_ssl(struct kh_dtls *dtls, const struct kh_dtls_context *context)
{
    dtls->ssl = SSL_new(context->ssl);
    BIO *bio = BIO_new(context->bio);

    if (!dtls->ssl || !bio) {
        BIO_free(bio);
        return false;
    }
    BIO_set_data(bio, dtls);
    SSL_set_bio(dtls->ssl, bio, bio);
    SSL_set_app_data(dtls->ssl, dtls);
    SSL_set_mtu(dtls->ssl, KH_DTLS_MTU);
    DTLS_set_timer_cb(dtls->ssl, repeat_after_us);
    SSL_set_accept_state(dtls->ssl);
    return true;
}

struct kh_dtls *kh_dtls_create(const struct kh_dtls_context *context,
                               const struct kh_fingerprint *expected, kh_dtls_send send, void *user)
{
    struct kh_dtls *dtls = calloc(1, sizeof(*dtls));

    if (!dtls)
        return NULL;
    dtls->expected = *expected;
    dtls->send = send;
    dtls->user = user;
    if (!attach_ssl(dtls, context)) {
        kh_dtls_destroy(dtls);
        return NULL;
    }
    return dtls;
}

void kh_dtls_destroy(struct kh_dtls *dtls)
{
    if (!dtls)
        return;
    if (dtls->ssl && (dtls->state == KH_DTLS_CONNECTED || dtls->state == KH_DTLS_CLOSED))
        SSL_shutdown(dtls->ssl);
    SSL_free(dtls->ssl);
    ERR_clear_error();
    free(dtls);
}

static void fail_unless_waiting(struct kh_dtls *dtls, int result)
{
    int reason = SSL_get_error(dtls->ssl, result);

    if (reason == SSL_ERROR_ZERO_RETURN)
        dtls->state = KH_DTLS_CLOSED;
    else if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
        dtls->state = KH_DTLS_FAILED;
    ERR_clear_error();
}

static void go_on(struct kh_dtls *dtls)
{
    uint8_t unwanted[2048];
    int result;

    if (dtls->state == KH_DTLS_HANDSHAKE) {
        result = SSL_do_handshake(dtls->ssl);
        if (result == 1)
            dtls->state = KH_DTLS_CONNECTED;
        else
            fail_unless_waiting(dtls, result);
    }
    /* Application data has no meaning here; reading lets OpenSSL see alerts and repeated flights.
     */
    while (dtls->state == KH_DTLS_CONNECTED) {
        result = SSL_read(dtls->ssl, unwanted, sizeof(unwanted));
        if (result > 0)
            continue;
        fail_unless_waiting(dtls, result);
        break;
    }
}

enum kh_dtls_state kh_dtls_input(struct kh_dtls *dtls, const uint8_t *data, size_t bytes)
{
    dtls->datagram = data;
    dtls->datagram_bytes = bytes;
    go_on(dtls);
    dtls->datagram = NULL;
    return dtls->state;
}

enum kh_dtls_state kh_dtls_timer(struct kh_dtls *dtls)
{
    /* Below 0: too many repeats. */
    if (dtls->state == KH_DTLS_HANDSHAKE && DTLSv1_handle_timeout(dtls->ssl) < 0) {
        dtls->state = KH_DTLS_FAILED;
        ERR_clear_error();
    }
    return dtls->state;
}

bool kh_dtls_export(struct kh_dtls *dtls, enum kh_srtp_profile *profile,
                    struct kh_srtp_master *from_peer, struct kh_srtp_master *to_peer)
{
    const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(dtls->ssl);
    static const char label[] = "EXTRACTOR-dtls_srtp";
    uint8_t keys[2 * (KH_SRTP_KEY_BYTES + KH_SRTP_SALT_MAX)];

    if (dtls->state != KH_DTLS_CONNECTED || !chosen)
        return false;
    bool gcm = chosen->id == KH_SRTP_AEAD_AES_128_GCM;
    size_t salt = gcm ? 12 : 14;
    size_t bytes = 2 * (KH_SRTP_KEY_BYTES + salt);
    if (SSL_export_keying_material(dtls->ssl, keys, bytes, label, sizeof(label) - 1, NULL, 0, 0) !=
        1)
        return false;
    memset(from_peer, 0, sizeof(*from_peer));
    memset(to_peer, 0, sizeof(*to_peer));
    memcpy(from_peer->key, keys, KH_SRTP_KEY_BYTES);
    memcpy(to_peer->key, keys + KH_SRTP_KEY_BYTES, KH_SRTP_KEY_BYTES);
    memcpy(from_peer->salt, keys + 2 * KH_SRTP_KEY_BYTES, salt);
    memcpy(to_peer->salt, keys + 2 * KH_SRTP_KEY_BYTES + salt, salt);
    *profile = gcm ? KH_SRTP_AEAD_AES_128_GCM : KH_SRTP_AES128_CM_SHA1_80;
    OPENSSL_cleanse(keys, sizeof(keys));
    return true;
}
