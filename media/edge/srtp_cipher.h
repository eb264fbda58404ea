/* srtp_cipher.h - the two SRTP transforms: AEAD_AES_128_GCM (RFC 7714) and AES_CM_128 with
 * HMAC_SHA1_80 (RFC 3711), on OpenSSL contexts that are kept for all packets of one direction.
 *
 * One thread a cipher; owns its OpenSSL contexts. Knows nothing of replay or rollover. */
#ifndef KH_EDGE_SRTP_CIPHER_H
#define KH_EDGE_SRTP_CIPHER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The numbers of RFC 5764 section 4.1.2 and RFC 7714 section 14.2. */
enum kh_srtp_profile {
    KH_SRTP_NONE = 0,
    KH_SRTP_AES128_CM_SHA1_80 = 0x0001,
    KH_SRTP_AEAD_AES_128_GCM = 0x0007,
};

enum {
    KH_SRTP_KEY_BYTES = 16,
    KH_SRTP_SALT_MAX = 14, /* 14 for CM, 12 for GCM */
    KH_SRTP_AUTH_BYTES = 20,
    KH_SRTP_TAG_MAX = 16,
};

/* What DTLS exports for one direction. */
struct kh_srtp_master {
    uint8_t key[KH_SRTP_KEY_BYTES];
    uint8_t salt[KH_SRTP_SALT_MAX]; /* GCM uses 12, the rest is zero */
};

/* What one direction of RTP or of RTCP works with. */
struct kh_srtp_keys {
    uint8_t key[KH_SRTP_KEY_BYTES];
    uint8_t salt[KH_SRTP_SALT_MAX];
    uint8_t auth[KH_SRTP_AUTH_BYTES];
};

/* Key derivation (RFC 3711 section 4.3, rate 0; RFC 7714 section 11). */
void kh_srtp_derive(enum kh_srtp_profile profile, const struct kh_srtp_master *master, bool rtcp,
                    struct kh_srtp_keys *out);

struct kh_srtp_cipher;

/* @encrypt: for sealing, else for opening. NULL: out of memory. */
struct kh_srtp_cipher *kh_srtp_cipher_create(enum kh_srtp_profile profile,
                                             const struct kh_srtp_keys *keys, bool encrypt);
/* Accepts NULL; wipes the keys. */
void kh_srtp_cipher_destroy(struct kh_srtp_cipher *cipher);

/* 16 or 10. */
size_t kh_srtp_tag_bytes(enum kh_srtp_profile profile);

/* One packet's work. The nonce is made of @ssrc and @index: the rollover counter and sequence
 * number (48 bits) for RTP, the 31-bit SRTCP index for RTCP. */
struct kh_srtp_job {
    uint8_t *packet; /* header in clear, then room for the payload */
    size_t header_bytes;
    const uint8_t *payload; /* may be packet + header_bytes */
    size_t payload_bytes;
    uint32_t ssrc;
    uint64_t index;
    bool rtcp;
    bool encrypted_flag; /* RTCP only: the E bit that is authenticated with the index */
};

/* Encrypt the payload into the packet behind its header and write the tag to @tag. */
void kh_srtp_seal(struct kh_srtp_cipher *cipher, const struct kh_srtp_job *job, uint8_t *tag);

/* Check @tag and decrypt. False: forged; the packet's payload is then garbage. */
bool kh_srtp_open(struct kh_srtp_cipher *cipher, const struct kh_srtp_job *job, const uint8_t *tag);

/* The word behind an SRTCP packet: E bit and index (RFC 3711 section 3.4). */
uint32_t kh_srtp_rtcp_word(const struct kh_srtp_job *job);

#endif
