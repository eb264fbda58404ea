/* stun.h - STUN messages (RFC 8489) as ICE (RFC 8445) uses them: read, check, write.
 *
 * Pure, any thread, owns nothing; what is read points into the caller's packet. */
#ifndef KH_EDGE_STUN_H
#define KH_EDGE_STUN_H

#include "media/edge/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KH_STUN_HEADER_BYTES = 20,
    KH_STUN_MAX = 1280, /* longer messages are not read */
    KH_STUN_TRANSACTION_BYTES = 12,
    KH_STUN_UNKNOWN_MAX = 8,
};

enum kh_stun_type {
    KH_STUN_REQUEST = 0x0001,
    KH_STUN_INDICATION = 0x0011,
    KH_STUN_SUCCESS = 0x0101,
    KH_STUN_ERROR = 0x0111,
};

enum kh_stun_attribute {
    KH_STUN_USERNAME = 0x0006,
    KH_STUN_INTEGRITY = 0x0008,
    KH_STUN_ERROR_CODE = 0x0009,
    KH_STUN_UNKNOWN_ATTRIBUTES = 0x000a,
    KH_STUN_XOR_MAPPED_ADDRESS = 0x0020,
    KH_STUN_PRIORITY = 0x0024,
    KH_STUN_USE_CANDIDATE = 0x0025,
    KH_STUN_SOFTWARE = 0x8022,
    KH_STUN_FINGERPRINT = 0x8028,
    KH_STUN_ICE_CONTROLLED = 0x8029,
    KH_STUN_ICE_CONTROLLING = 0x802a,
};

struct kh_stun {
    uint16_t type; /* enum kh_stun_type, or another method's */
    uint8_t transaction[KH_STUN_TRANSACTION_BYTES];
    const uint8_t *username; /* NULL: none */
    size_t username_bytes;
    uint32_t priority; /* 0: none */
    bool use_candidate, controlled, controlling;
    bool has_fingerprint; /* and it is right */
    bool has_mapped;
    struct kh_addr mapped;                 /* XOR-MAPPED-ADDRESS */
    unsigned error_code;                   /* 0: none */
    size_t integrity_at;                   /* offset of MESSAGE-INTEGRITY; 0: none */
    uint16_t unknown[KH_STUN_UNKNOWN_MAX]; /* not understood, but must be (RFC 8489 6.3.1) */
    unsigned n_unknown;
};

/* Read a whole message. False, with @out undefined, when it is not one: wrong cookie or length,
 * an attribute that leaves the message, or a wrong FINGERPRINT. Says nothing about who sent it. */
bool kh_stun_read(const uint8_t *packet, size_t bytes, struct kh_stun *out);

/* The short-term credential check (RFC 8489 section 14.5) in constant time. False without a
 * MESSAGE-INTEGRITY. @packet is the one that @message was read from. */
bool kh_stun_check_integrity(const uint8_t *packet, const struct kh_stun *message,
                             const char *password);

/* A message being written. Attributes that do not fit are a bug and stop the process. */
struct kh_stun_writer {
    uint8_t data[KH_STUN_MAX];
    size_t bytes;
};

void kh_stun_begin(struct kh_stun_writer *writer, enum kh_stun_type type,
                   const uint8_t transaction[KH_STUN_TRANSACTION_BYTES]);
void kh_stun_add(struct kh_stun_writer *writer, uint16_t attribute, const void *value,
                 size_t bytes);
void kh_stun_add32(struct kh_stun_writer *writer, uint16_t attribute, uint32_t value);
void kh_stun_add_mapped(struct kh_stun_writer *writer, const struct kh_addr *addr);
/* @code 300..699, its reason phrase is left empty. */
void kh_stun_add_error(struct kh_stun_writer *writer, unsigned code);
/* MESSAGE-INTEGRITY and FINGERPRINT, which end the message. @password NULL: FINGERPRINT only. */
void kh_stun_finish(struct kh_stun_writer *writer, const char *password);

#endif
