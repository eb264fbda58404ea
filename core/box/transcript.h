/* transcript.h - H and Hs of the README: labelled hashes in which every field has its length.
 *
 * Pure, any thread. kh_hash_end… wipes the state. */
#ifndef KH_BOX_TRANSCRIPT_H
#define KH_BOX_TRANSCRIPT_H

#include "box/group.h"

#include <sodium.h>

struct kh_hash {
    crypto_hash_sha512_state sha;
};

void kh_hash_begin(struct kh_hash *hash, const char *label);
void kh_hash_bytes(struct kh_hash *hash, const void *bytes, size_t n);
void kh_hash_text(struct kh_hash *hash, const char *text); /* without its NUL */
void kh_hash_le32(struct kh_hash *hash, uint32_t value);
void kh_hash_le64(struct kh_hash *hash, uint64_t value);
void kh_hash_point(struct kh_hash *hash, const struct kh_point *point);
void kh_hash_end(struct kh_hash *hash, uint8_t out[64]);
struct kh_scalar kh_hash_end_scalar(struct kh_hash *hash); /* reduced mod L */

/* @value in little-endian. */
void kh_put_le32(uint8_t to[4], uint32_t value);

#endif
