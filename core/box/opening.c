#include "box/opening.h"

#include "base/check.h"
#include "box/transcript.h"

#include <stdlib.h>
#include <string.h>

size_t kh_opening_bytes(const struct kh_tally *tally)
{
    return (size_t)tally->n * 32 + 64;
}

void kh_opening_context(const struct kh_box_vote *vote, uint8_t octx[64])
{
    struct kh_hash hash;

    kh_hash_begin(&hash, "opening");
    kh_hash_text(&hash, vote->council);
    kh_hash_le32(&hash, vote->vote);
    kh_hash_text(&hash, vote->hash);
    kh_hash_end(&hash, octx);
}

static void weights_context(const struct kh_opening_claim *claim, uint8_t wctx[64])
{
    struct kh_hash hash;

    kh_hash_begin(&hash, "weights");
    kh_hash_bytes(&hash, claim->octx, sizeof(claim->octx));
    kh_hash_point(&hash, &claim->key);
    for (unsigned m = 0; m < claim->tally->n; m++) {
        kh_hash_point(&hash, &claim->tally->p[m]);
        kh_hash_point(&hash, &claim->d[m]);
    }
    kh_hash_end(&hash, wctx);
}

void kh_opening_batch(const struct kh_opening_claim *claim, struct kh_point *pp,
                      struct kh_point *dd)
{
    uint8_t wctx[64];
    struct kh_hash hash;

    weights_context(claim, wctx);
    *pp = *dd = (struct kh_point){ { 0 } };
    for (unsigned m = 0; m < claim->tally->n; m++) {
        kh_hash_begin(&hash, "weight");
        kh_hash_bytes(&hash, wctx, sizeof(wctx));
        kh_hash_le32(&hash, m);
        struct kh_scalar weight = kh_hash_end_scalar(&hash);
        struct kh_point p = kh_point_mul(&weight, &claim->tally->p[m]);
        struct kh_point d = kh_point_mul(&weight, &claim->d[m]);
        *pp = kh_point_add(pp, &p);
        *dd = kh_point_add(dd, &d);
    }
}

struct kh_scalar kh_opening_challenge(const struct kh_opening_claim *claim,
                                      const struct kh_point *pp, const struct kh_point *dd,
                                      const struct kh_point t[2])
{
    struct kh_hash hash;

    kh_hash_begin(&hash, "equal");
    kh_hash_bytes(&hash, claim->octx, sizeof(claim->octx));
    kh_hash_point(&hash, &claim->key);
    kh_hash_point(&hash, pp);
    kh_hash_point(&hash, dd);
    kh_hash_point(&hash, &t[0]);
    kh_hash_point(&hash, &t[1]);
    return kh_hash_end_scalar(&hash);
}

/* All D_m as points; the P_m must not be the identity, else D_m = 0 for any key. */
static bool read_points(const struct kh_tally *tally, const uint8_t *opening, struct kh_point *d)
{
    for (unsigned m = 0; m < tally->n; m++)
        if (kh_point_is_identity(&tally->p[m]) || !kh_point_read(&d[m], opening + (size_t)m * 32))
            return false;
    return true;
}

bool kh_opening_ok(const struct kh_box_vote *vote, const struct kh_tally *tally,
                   const struct kh_point *key, const uint8_t *opening)
{
    struct kh_point d[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX], pp, dd;
    struct kh_opening_claim claim = { .key = *key, .tally = tally, .d = d };
    const uint8_t *proof = opening + (size_t)tally->n * 32;
    struct kh_scalar c, z;

    if (tally->ballots == 0 || !read_points(tally, opening, d) || !kh_scalar_read(&c, proof) ||
        !kh_scalar_read(&z, proof + 32))
        return false;
    kh_opening_context(vote, claim.octx);
    kh_opening_batch(&claim, &pp, &dd);
    const struct kh_point t[2] = { kh_point_check(&z, NULL, &c, key),
                                   kh_point_check(&z, &pp, &c, &dd) };
    struct kh_scalar expected = kh_opening_challenge(&claim, &pp, &dd, t);
    return kh_scalar_same(&c, &expected);
}

/* powers[v] = vB, v = 0 … n. */
static struct kh_point *make_powers(uint32_t n)
{
    struct kh_point *powers = calloc((size_t)n + 1, sizeof(*powers));
    struct kh_scalar one = kh_scalar_small(1);
    struct kh_point base = kh_point_base(&one);

    KH_REQUIRE(powers);
    for (uint32_t v = 1; v <= n; v++)
        powers[v] = kh_point_add(&powers[v - 1], &base);
    return powers;
}

static bool find(const struct kh_point *powers, uint32_t n, const struct kh_point *value,
                 uint32_t *count)
{
    for (uint32_t v = 0; v <= n; v++) {
        if (memcmp(powers[v].bytes, value->bytes, sizeof(value->bytes)) == 0) {
            *count = v;
            return true;
        }
    }
    return false;
}

/* vB = Q - xP of place @m. */
static struct kh_point decrypt(const struct kh_tally *tally, unsigned m,
                               const struct kh_opening openings[], const struct kh_scalar *lambdas,
                               unsigned needed)
{
    struct kh_point value = tally->q[m], d;

    for (unsigned i = 0; i < needed; i++) {
        memcpy(d.bytes, openings[i].bytes + (size_t)m * 32, 32);
        d = kh_point_mul(&lambdas[i], &d);
        value = kh_point_sub(&value, &d);
    }
    return value;
}

static bool count_all(const struct kh_box_vote *vote, const struct kh_tally *tally,
                      const struct kh_opening openings[], unsigned needed,
                      struct kh_box_counts *counts)
{
    struct kh_scalar lambdas[KH_BOX_MEMBERS_MAX];
    unsigned xs[KH_BOX_MEMBERS_MAX];
    struct kh_point *powers = make_powers(tally->ballots);
    bool is_ok = true;

    for (unsigned i = 0; i < needed; i++)
        xs[i] = openings[i].j;
    for (unsigned i = 0; i < needed; i++)
        lambdas[i] = kh_scalar_lagrange(xs, needed, i, 0);
    for (unsigned m = 0; is_ok && m < tally->n; m++) {
        struct kh_point value = decrypt(tally, m, openings, lambdas, needed);
        is_ok = find(powers, tally->ballots, &value,
                     &counts->counts[m / vote->n_options][m % vote->n_options]);
    }
    free(powers);
    return is_ok;
}

bool kh_opening_count(const struct kh_box_vote *vote, const struct kh_tally *tally,
                      const struct kh_opening openings[], unsigned needed,
                      struct kh_box_counts *counts)
{
    struct kh_box_counts found = { { { 0 } } };

    KH_REQUIRE(needed <= KH_BOX_MEMBERS_MAX);
    if (tally->ballots > 0 && !count_all(vote, tally, openings, needed, &found))
        return false;
    *counts = found;
    return true;
}
