#include "media/edge/dtls_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

enum { VALID_S = 10 * 365 * 24 * 3600, BACKDATED_S = 24 * 3600 };

static bool set_serial(X509 *certificate)
{
    uint64_t serial = 0;

    return RAND_bytes((uint8_t *)&serial, sizeof(serial)) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1;
}

/* A clock that is a day off, here or at the browser, must not matter. */
static bool set_contents(X509 *certificate, EVP_PKEY *key)
{
    X509_NAME *name = X509_get_subject_name(certificate);

    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -BACKDATED_S) &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_S) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"kyhop", -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool write_fingerprint(const X509 *certificate, char text[KH_DTLS_FINGERPRINT_TEXT])
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned bytes = 0;

    if (X509_digest(certificate, EVP_sha256(), hash, &bytes) != 1)
        return false;
    size_t used = (size_t)snprintf(text, KH_DTLS_FINGERPRINT_TEXT, "sha-256 ");
    for (unsigned i = 0; i < bytes; i++)
        used += (size_t)snprintf(text + used, KH_DTLS_FINGERPRINT_TEXT - used, "%s%02X",
                                 i ? ":" : "", hash[i]);
    return true;
}

enum kh_err kh_dtls_certificate_use(SSL_CTX *ssl, char fingerprint[KH_DTLS_FINGERPRINT_TEXT],
                                    struct kh_error *error)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    enum kh_err err = KH_OK;

    if (!key || !certificate || !set_contents(certificate, key) ||
        SSL_CTX_use_certificate(ssl, certificate) != 1 || SSL_CTX_use_PrivateKey(ssl, key) != 1 ||
        !write_fingerprint(certificate, fingerprint)) {
        char reason[160];
        ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
        err = kh_err_set(error, KH_ERR_IO, "DTLS: cannot make a certificate: %s", reason);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    return err;
}
