#include "journal/chain.h"

#include "base/check.h"

#include <sodium.h>

_Static_assert(crypto_hash_sha256_BYTES == KH_HASH_BYTES, "the chain is SHA-256");

/* Keeps these hashes apart from hashes of anything else, and of later formats. */
static const unsigned char format_tag[16] = "kyhop journal 1\n";

static void put_number(crypto_hash_sha256_state *sha, uint64_t value, unsigned n_bytes)
{
    unsigned char big_endian[8];

    for (unsigned i = 0; i < n_bytes; i++)
        big_endian[i] = (unsigned char)(value >> (8 * (n_bytes - 1 - i)));
    crypto_hash_sha256_update(sha, big_endian, n_bytes);
}

static void put_text(crypto_hash_sha256_state *sha, struct kh_text text)
{
    KH_REQUIRE(text.n_bytes <= UINT32_MAX);
    put_number(sha, text.n_bytes, 4);
    crypto_hash_sha256_update(sha, (const unsigned char *)text.at, text.n_bytes);
}

void kh_chain_hash(const struct kh_chain_link *link, uint8_t hash[KH_HASH_BYTES])
{
    crypto_hash_sha256_state sha;

    crypto_hash_sha256_init(&sha);
    crypto_hash_sha256_update(&sha, format_tag, sizeof(format_tag));
    put_text(&sha, link->council);
    put_number(&sha, link->seq, 8);
    put_number(&sha, (uint64_t)link->at_ms, 8);
    put_text(&sha, link->type);
    put_text(&sha, link->actor);
    put_text(&sha, link->body);
    crypto_hash_sha256_update(&sha, link->previous, KH_HASH_BYTES);
    crypto_hash_sha256_final(&sha, hash);
}
