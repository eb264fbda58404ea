#include "media/edge/srtp_cipher.h"

#include "base/check.h"
#include "media/edge/bytes.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

enum { GCM_IV_BYTES = 12, CM_IV_BYTES = 16, GCM_TAG_BYTES = 16, CM_TAG_BYTES = 10 };

struct kh_srtp_cipher {
    enum kh_srtp_profile profile;
    bool encrypt;
    uint8_t salt[KH_SRTP_SALT_MAX];
    EVP_CIPHER_CTX *aes;
    EVP_MAC_CTX *hmac; /* CM only */
};

/* RFC 3711 section 4.3.3: AES in counter mode over zeros, the label added to the salt. */
static void derive(const struct kh_srtp_master *master, uint8_t label, uint8_t *out, size_t bytes)
{
    static const uint8_t zeros[32];
    uint8_t iv[CM_IV_BYTES] = { 0 };
    EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
    int done = 0;

    KH_REQUIRE(aes && bytes <= sizeof(zeros));
    memcpy(iv, master->salt, KH_SRTP_SALT_MAX);
    iv[7] ^= label;
    KH_REQUIRE(EVP_EncryptInit_ex(aes, EVP_aes_128_ctr(), NULL, master->key, iv) == 1);
    KH_REQUIRE(EVP_EncryptUpdate(aes, out, &done, zeros, (int)bytes) == 1);
    EVP_CIPHER_CTX_free(aes);
}

void kh_srtp_derive(enum kh_srtp_profile profile, const struct kh_srtp_master *master, bool rtcp,
                    struct kh_srtp_keys *out)
{
    uint8_t label = rtcp ? 3 : 0;

    memset(out, 0, sizeof(*out));
    derive(master, label, out->key, sizeof(out->key));
    derive(master, label + 1, out->auth, sizeof(out->auth));
    derive(master, label + 2, out->salt,
           profile == KH_SRTP_AEAD_AES_128_GCM ? GCM_IV_BYTES : KH_SRTP_SALT_MAX);
}

static bool init_hmac(struct kh_srtp_cipher *cipher, const struct kh_srtp_keys *keys)
{
    char digest[] = "SHA1";
    const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
                                                                   0),
                                  OSSL_PARAM_construct_end() };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

    if (!mac)
        return false;
    cipher->hmac = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    return cipher->hmac && EVP_MAC_init(cipher->hmac, keys->auth, sizeof(keys->auth), params) == 1;
}

static bool init(struct kh_srtp_cipher *cipher, const struct kh_srtp_keys *keys)
{
    bool gcm = cipher->profile == KH_SRTP_AEAD_AES_128_GCM;

    cipher->aes = EVP_CIPHER_CTX_new();
    if (!cipher->aes)
        return false;
    if (EVP_CipherInit_ex(cipher->aes, gcm ? EVP_aes_128_gcm() : EVP_aes_128_ctr(), NULL, keys->key,
                          NULL, cipher->encrypt) != 1)
        return false;
    return gcm || init_hmac(cipher, keys);
}

struct kh_srtp_cipher *kh_srtp_cipher_create(enum kh_srtp_profile profile,
                                             const struct kh_srtp_keys *keys, bool encrypt)
{
    struct kh_srtp_cipher *cipher = calloc(1, sizeof(*cipher));

    KH_REQUIRE(profile == KH_SRTP_AEAD_AES_128_GCM || profile == KH_SRTP_AES128_CM_SHA1_80);
    if (!cipher)
        return NULL;
    cipher->profile = profile;
    cipher->encrypt = encrypt;
    memcpy(cipher->salt, keys->salt, sizeof(cipher->salt));
    if (!init(cipher, keys)) {
        kh_srtp_cipher_destroy(cipher);
        return NULL;
    }
    return cipher;
}

void kh_srtp_cipher_destroy(struct kh_srtp_cipher *cipher)
{
    if (!cipher)
        return;
    EVP_CIPHER_CTX_free(cipher->aes);
    EVP_MAC_CTX_free(cipher->hmac);
    OPENSSL_cleanse(cipher, sizeof(*cipher));
    free(cipher);
}

size_t kh_srtp_tag_bytes(enum kh_srtp_profile profile)
{
    return profile == KH_SRTP_AEAD_AES_128_GCM ? GCM_TAG_BYTES : CM_TAG_BYTES;
}

uint32_t kh_srtp_rtcp_word(const struct kh_srtp_job *job)
{
    return (job->encrypted_flag ? 0x80000000u : 0) | ((uint32_t)job->index & 0x7fffffff);
}

/* GCM: RFC 7714 sections 8.1 and 9.1; CM: RFC 3711 section 4.1.1. SSRC and 48-bit index lie side
 * by side, two bytes further right in CM's longer vector. */
static void make_iv(const struct kh_srtp_cipher *cipher, const struct kh_srtp_job *job,
                    uint8_t iv[CM_IV_BYTES])
{
    bool gcm = cipher->profile == KH_SRTP_AEAD_AES_128_GCM;
    uint8_t *at = iv + (gcm ? 2 : 4);

    memset(iv, 0, CM_IV_BYTES);
    kh_bytes_write32(at, job->ssrc);
    kh_bytes_write16(at + 4, (uint16_t)(job->index >> 32));
    kh_bytes_write32(at + 6, (uint32_t)job->index);
    for (unsigned i = 0; i < (gcm ? GCM_IV_BYTES : KH_SRTP_SALT_MAX); i++)
        iv[i] ^= cipher->salt[i];
}

/* An OpenSSL call that fails here met a broken library, not bad input. */
static void update(EVP_CIPHER_CTX *aes, uint8_t *out, const uint8_t *in, size_t bytes)
{
    int done = 0;

    if (bytes)
        KH_REQUIRE(EVP_CipherUpdate(aes, out, &done, in, (int)bytes) == 1);
}

static void start(struct kh_srtp_cipher *cipher, const struct kh_srtp_job *job)
{
    uint8_t iv[CM_IV_BYTES];

    make_iv(cipher, job, iv);
    KH_REQUIRE(EVP_CipherInit_ex(cipher->aes, NULL, NULL, NULL, iv, -1) == 1);
}

static void add_associated(struct kh_srtp_cipher *cipher, const struct kh_srtp_job *job)
{
    uint8_t word[4];

    update(cipher->aes, NULL, job->packet, job->header_bytes);
    if (!job->rtcp)
        return;
    kh_bytes_write32(word, kh_srtp_rtcp_word(job));
    update(cipher->aes, NULL, word, sizeof(word));
}

/* HMAC over the packet in its encrypted form and the rollover counter or the SRTCP word. */
static void cm_tag(struct kh_srtp_cipher *cipher, const struct kh_srtp_job *job,
                   uint8_t hmac[KH_SRTP_AUTH_BYTES])
{
    uint8_t word[4];
    size_t done = 0;

    kh_bytes_write32(word, job->rtcp ? kh_srtp_rtcp_word(job) : (uint32_t)(job->index >> 16));
    KH_REQUIRE(EVP_MAC_init(cipher->hmac, NULL, 0, NULL) == 1);
    KH_REQUIRE(EVP_MAC_update(cipher->hmac, job->packet, job->header_bytes + job->payload_bytes) ==
               1);
    KH_REQUIRE(EVP_MAC_update(cipher->hmac, word, sizeof(word)) == 1);
    KH_REQUIRE(EVP_MAC_final(cipher->hmac, hmac, &done, KH_SRTP_AUTH_BYTES) == 1);
}

void kh_srtp_seal(struct kh_srtp_cipher *cipher, const struct kh_srtp_job *job, uint8_t *tag)
{
    uint8_t *to = job->packet + job->header_bytes;
    uint8_t hmac[KH_SRTP_AUTH_BYTES];
    int done = 0;

    KH_REQUIRE(cipher->encrypt);
    start(cipher, job);
    if (cipher->profile == KH_SRTP_AEAD_AES_128_GCM) {
        add_associated(cipher, job);
        update(cipher->aes, to, job->payload, job->payload_bytes);
        KH_REQUIRE(EVP_CipherFinal_ex(cipher->aes, to + job->payload_bytes, &done) == 1);
        KH_REQUIRE(EVP_CIPHER_CTX_ctrl(cipher->aes, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_BYTES, tag) ==
                   1);
        return;
    }
    update(cipher->aes, to, job->payload, job->payload_bytes);
    cm_tag(cipher, job, hmac);
    memcpy(tag, hmac, CM_TAG_BYTES);
}

bool kh_srtp_open(struct kh_srtp_cipher *cipher, const struct kh_srtp_job *job, const uint8_t *tag)
{
    uint8_t *to = job->packet + job->header_bytes;
    uint8_t copy[GCM_TAG_BYTES], hmac[KH_SRTP_AUTH_BYTES];
    int done = 0;

    KH_REQUIRE(!cipher->encrypt);
    if (cipher->profile == KH_SRTP_AEAD_AES_128_GCM) {
        memcpy(copy, tag, sizeof(copy));
        start(cipher, job);
        add_associated(cipher, job);
        update(cipher->aes, to, job->payload, job->payload_bytes);
        KH_REQUIRE(EVP_CIPHER_CTX_ctrl(cipher->aes, EVP_CTRL_AEAD_SET_TAG, sizeof(copy), copy) ==
                   1);
        return EVP_CipherFinal_ex(cipher->aes, to + job->payload_bytes, &done) == 1;
    }
    cm_tag(cipher, job, hmac);
    if (CRYPTO_memcmp(hmac, tag, CM_TAG_BYTES) != 0)
        return false;
    start(cipher, job);
    update(cipher->aes, to, job->payload, job->payload_bytes);
    return true;
}
