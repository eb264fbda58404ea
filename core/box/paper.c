#include "box/paper.h"

#include "base/check.h"

#include <sodium.h>
#include <string.h>

/* contextString of RFC 9497 section 3.1 for mode 0x01; the NUL is not part of these. */
#define CONTEXT "OPRFV1-\x01-ristretto255-SHA512"

static const char group_dst[] = "HashToGroup-" CONTEXT;
static const char scalar_dst[] = "HashToScalar-" CONTEXT;
static const char seed_dst[] = "Seed-" CONTEXT;

void kh_paper_expand(const struct kh_xmd_input *input, uint8_t *out, size_t n)
{
    static const uint8_t zeros[128] = { 0 }; /* SHA-512's block */
    const uint8_t length[3] = { (uint8_t)(n >> 8), (uint8_t)n, 0 };
    const uint8_t dst_length = (uint8_t)input->dst_bytes;
    crypto_hash_sha512_state sha;
    uint8_t first[64], block[64] = { 0 };

    KH_REQUIRE(n <= 255 * 64 && input->dst_bytes <= 255);
    crypto_hash_sha512_init(&sha);
    crypto_hash_sha512_update(&sha, zeros, sizeof(zeros));
    crypto_hash_sha512_update(&sha, input->msg, input->msg_bytes);
    crypto_hash_sha512_update(&sha, length, sizeof(length));
    crypto_hash_sha512_update(&sha, (const uint8_t *)input->dst, input->dst_bytes);
    crypto_hash_sha512_update(&sha, &dst_length, 1);
    crypto_hash_sha512_final(&sha, first);
    for (uint8_t i = 1; n > 0; i++) {
        for (size_t b = 0; b < sizeof(block); b++)
            block[b] ^= first[b];
        crypto_hash_sha512_init(&sha);
        crypto_hash_sha512_update(&sha, block, sizeof(block));
        crypto_hash_sha512_update(&sha, &i, 1);
        crypto_hash_sha512_update(&sha, (const uint8_t *)input->dst, input->dst_bytes);
        crypto_hash_sha512_update(&sha, &dst_length, 1);
        crypto_hash_sha512_final(&sha, block);
        size_t take = n < sizeof(block) ? n : sizeof(block);
        memcpy(out, block, take);
        out += take, n -= take;
    }
}

bool kh_paper_hash_to_group(const uint8_t *input, size_t n, struct kh_point *point)
{
    const struct kh_xmd_input xmd = { input, n, group_dst, sizeof(group_dst) - 1 };
    uint8_t uniform[64];

    kh_paper_expand(&xmd, uniform, sizeof(uniform));
    crypto_core_ristretto255_from_hash(point->bytes, uniform);
    return !kh_point_is_identity(point);
}

/* The RFC's hashes put the length (big-endian, two bytes) before each field. */
struct fields {
    uint8_t bytes[512];
    size_t n;
};

static void put_raw(struct fields *fields, const void *bytes, size_t n)
{
    KH_REQUIRE(fields->n + n <= sizeof(fields->bytes));
    memcpy(fields->bytes + fields->n, bytes, n);
    fields->n += n;
}

static void put(struct fields *fields, const void *bytes, size_t n)
{
    const uint8_t length[2] = { (uint8_t)(n >> 8), (uint8_t)n };

    put_raw(fields, length, sizeof(length));
    put_raw(fields, bytes, n);
}

static void put_point(struct fields *fields, const struct kh_point *point)
{
    put(fields, point->bytes, sizeof(point->bytes));
}

static struct kh_scalar hash_to_scalar(const struct fields *fields)
{
    const struct kh_xmd_input xmd = { fields->bytes, fields->n, scalar_dst,
                                      sizeof(scalar_dst) - 1 };
    uint8_t uniform[64];
    struct kh_scalar scalar;

    kh_paper_expand(&xmd, uniform, sizeof(uniform));
    crypto_core_ristretto255_scalar_reduce(scalar.bytes, uniform);
    return scalar;
}

/* The weight of the one pair of a batch of one (ComputeComposites). */
static struct kh_scalar composite_weight(const struct kh_point *key, const struct kh_point *blinded,
                                         const struct kh_point *evaluated)
{
    struct fields fields = { .n = 0 };
    uint8_t seed[64];

    put_point(&fields, key);
    put(&fields, seed_dst, sizeof(seed_dst) - 1);
    crypto_hash_sha512(seed, fields.bytes, fields.n);
    fields.n = 0;
    put(&fields, seed, sizeof(seed));
    put_raw(&fields, "\0", 2); /* I2OSP(0, 2): the pair's index */
    put_point(&fields, blinded);
    put_point(&fields, evaluated);
    put_raw(&fields, "Composite", 9);
    return hash_to_scalar(&fields);
}

/* @points: Bm, a0 … a3 of GenerateProof. */
static struct kh_scalar challenge(const struct kh_point points[5])
{
    struct fields fields = { .n = 0 };

    for (unsigned i = 0; i < 5; i++)
        put_point(&fields, &points[i]);
    put_raw(&fields, "Challenge", 9);
    return hash_to_scalar(&fields);
}

void kh_paper_prove(const struct kh_paper_key *key, const struct kh_point *blinded,
                    const struct kh_point *evaluated, const struct kh_scalar *r,
                    uint8_t proof[KH_PAPER_PROOF_BYTES])
{
    struct kh_scalar k;
    struct kh_point points[5];

    memcpy(k.bytes, key->secret, sizeof(k.bytes));
    memcpy(points[0].bytes, key->point, sizeof(points[0].bytes));
    struct kh_scalar weight = composite_weight(&points[0], blinded, evaluated);
    points[1] = kh_point_mul(&weight, blinded);
    points[2] = kh_point_mul(&k, &points[1]);
    points[3] = kh_point_base(r);
    points[4] = kh_point_mul(r, &points[1]);
    struct kh_scalar c = challenge(points);
    struct kh_scalar ck = kh_scalar_mul(&c, &k);
    struct kh_scalar s = kh_scalar_sub(r, &ck);
    memcpy(proof, c.bytes, 32);
    memcpy(proof + 32, s.bytes, 32);
    sodium_memzero(&k, sizeof(k));
    sodium_memzero(&ck, sizeof(ck));
}

bool kh_paper_proof_ok(const struct kh_point *key, const struct kh_point *blinded,
                       const struct kh_point *evaluated, const uint8_t proof[KH_PAPER_PROOF_BYTES])
{
    struct kh_scalar c, s;
    struct kh_point points[5] = { *key };

    if (!kh_scalar_read(&c, proof) || !kh_scalar_read(&s, proof + 32))
        return false;
    struct kh_scalar weight = composite_weight(key, blinded, evaluated);
    points[1] = kh_point_mul(&weight, blinded);
    points[2] = kh_point_mul(&weight, evaluated);
    struct kh_point left = kh_point_base(&s), right = kh_point_mul(&c, key);
    points[3] = kh_point_add(&left, &right);
    left = kh_point_mul(&s, &points[1]);
    right = kh_point_mul(&c, &points[2]);
    points[4] = kh_point_add(&left, &right);
    struct kh_scalar expected = challenge(points);
    return kh_scalar_same(&c, &expected);
}

void kh_paper_output(const uint8_t *input, size_t n, const struct kh_point *unblinded,
                     uint8_t token[KH_PAPER_TOKEN_BYTES])
{
    struct fields fields = { .n = 0 };

    put(&fields, input, n);
    put_point(&fields, unblinded);
    put_raw(&fields, "Finalize", 8);
    crypto_hash_sha512(token, fields.bytes, fields.n);
    sodium_memzero(&fields, sizeof(fields));
}

bool kh_paper_key_complete(struct kh_paper_key *key)
{
    struct kh_scalar k;
    bool is_ok = kh_scalar_read(&k, key->secret);
    struct kh_point point = is_ok ? kh_point_base(&k) : (struct kh_point){ { 0 } };

    sodium_memzero(&k, sizeof(k));
    if (kh_point_is_identity(&point))
        return false;
    memcpy(key->point, point.bytes, sizeof(key->point));
    kh_text_from_bytes(key->point_text, key->point, sizeof(key->point));
    return true;
}

bool kh_paper_token_ok(const struct kh_paper_key *key, const uint8_t serial[32],
                       const uint8_t token[KH_PAPER_TOKEN_BYTES])
{
    struct kh_scalar k;
    struct kh_point point;
    uint8_t expected[KH_PAPER_TOKEN_BYTES];

    if (!kh_paper_hash_to_group(serial, 32, &point))
        return false;
    memcpy(k.bytes, key->secret, sizeof(k.bytes));
    point = kh_point_mul(&k, &point);
    kh_paper_output(serial, 32, &point, expected);
    bool is_ok = sodium_memcmp(expected, token, sizeof(expected)) == 0;
    sodium_memzero(&k, sizeof(k));
    sodium_memzero(&point, sizeof(point));
    sodium_memzero(expected, sizeof(expected));
    return is_ok;
}

bool kh_paper_issue(const struct kh_paper_key *key, const char *paper,
                    char evaluated[KH_BOX_POINT_TEXT], char proof[KH_BOX_PAIR_TEXT])
{
    struct kh_point blinded, answer;
    struct kh_scalar k, r;
    uint8_t proof_bytes[KH_PAPER_PROOF_BYTES];

    if (!kh_point_from_text(&blinded, paper))
        return false;
    memcpy(k.bytes, key->secret, sizeof(k.bytes));
    answer = kh_point_mul(&k, &blinded);
    r = kh_scalar_random();
    kh_paper_prove(key, &blinded, &answer, &r, proof_bytes);
    kh_text_from_bytes(evaluated, answer.bytes, sizeof(answer.bytes));
    kh_text_from_bytes(proof, proof_bytes, sizeof(proof_bytes));
    sodium_memzero(&k, sizeof(k));
    sodium_memzero(&r, sizeof(r));
    return true;
}

void kh_paper_key_wipe(struct kh_paper_key *key)
{
    sodium_memzero(key, sizeof(*key));
}
