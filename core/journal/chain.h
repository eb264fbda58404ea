/* chain.h - the hash that ties an entry to its content and to the entry before it.
 *
 * Any thread, pure. Owns nothing. The bytes that are hashed are those of README.md; a change
 * here is a new format version. */
#ifndef KH_JOURNAL_CHAIN_H
#define KH_JOURNAL_CHAIN_H

#include "journal/journal.h"

/* Text by length: a tampered database can hold NULs. Borrowed. */
struct kh_text {
    const char *at;
    size_t n_bytes;
};

struct kh_chain_link {
    struct kh_text council, type, actor, body; /* each < 4 GiB */
    uint64_t seq;
    int64_t at_ms;
    uint8_t previous[KH_HASH_BYTES]; /* zeros before the first entry */
};

/* SHA-256 over the encoding of @link. */
void kh_chain_hash(const struct kh_chain_link *link, uint8_t hash[KH_HASH_BYTES]);

#endif
