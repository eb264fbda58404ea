#include "box/sealed.h"

#include "base/check.h"
#include "box/transcript.h"

#include <string.h>

bool kh_sealed_vote_ok(const struct kh_box_vote *vote)
{
    struct kh_point key;

    return vote->n_subjects >= 1 && vote->n_subjects <= KH_BOX_SUBJECTS_MAX &&
           vote->n_options >= 1 && vote->n_options <= KH_BOX_OPTIONS_MAX &&
           vote->select_min <= vote->select_max && vote->select_max <= vote->n_options &&
           kh_point_from_text(&key, vote->key);
}

static size_t sum_proof_bytes(const struct kh_box_vote *vote)
{
    return (size_t)(vote->select_max - vote->select_min + 1) * KH_BRANCH_BYTES;
}

static size_t option_bytes(void)
{
    return KH_CIPHER_BYTES + 2 * KH_BRANCH_BYTES;
}

size_t kh_sealed_bytes(const struct kh_box_vote *vote)
{
    return vote->n_subjects * (vote->n_options * option_bytes() + sum_proof_bytes(vote));
}

void kh_sealed_context(const struct kh_box_vote *vote, const uint8_t serial[32], uint8_t bctx[64])
{
    struct kh_point key;
    struct kh_hash hash;

    KH_REQUIRE(kh_point_from_text(&key, vote->key));
    kh_hash_begin(&hash, "ballot");
    kh_hash_text(&hash, vote->council);
    kh_hash_le32(&hash, vote->vote);
    kh_hash_point(&hash, &key);
    kh_hash_bytes(&hash, serial, 32);
    kh_hash_end(&hash, bctx);
}

struct kh_scalar kh_range_challenge(const struct kh_range *range, const struct kh_point *t)
{
    struct kh_hash hash;

    kh_hash_begin(&hash, "range");
    kh_hash_bytes(&hash, range->bctx, 64);
    kh_hash_le32(&hash, range->subject);
    kh_hash_le32(&hash, range->option);
    kh_hash_point(&hash, &range->r);
    kh_hash_point(&hash, &range->c);
    for (unsigned i = 0; i < 2 * (range->hi - range->lo + 1); i++)
        kh_hash_point(&hash, &t[i]);
    return kh_hash_end_scalar(&hash);
}

bool kh_range_ok(const struct kh_range *range, const uint8_t *proof)
{
    struct kh_point t[2 * (KH_BOX_OPTIONS_MAX + 1)];
    struct kh_scalar c, z, sum = kh_scalar_small(0);

    for (unsigned u = range->lo; u <= range->hi; u++, proof += KH_BRANCH_BYTES) {
        struct kh_scalar value = kh_scalar_small(u);
        struct kh_point uB = kh_point_base(&value), rest = kh_point_sub(&range->c, &uB);
        unsigned i = 2 * (u - range->lo);

        if (!kh_scalar_read(&c, proof) || !kh_scalar_read(&z, proof + 32))
            return false;
        t[i] = kh_point_check(&z, NULL, &c, &range->r);
        t[i + 1] = kh_point_check(&z, &range->key, &c, &rest);
        sum = kh_scalar_add(&sum, &c);
    }
    struct kh_scalar expected = kh_range_challenge(range, t);
    return kh_scalar_same(&sum, &expected);
}

/* A subject's ciphertexts must be points before any of them is multiplied. */
static bool read_ciphers(const struct kh_box_vote *vote, const uint8_t *at, struct kh_point *r,
                         struct kh_point *c)
{
    for (unsigned o = 0; o < vote->n_options; o++, at += option_bytes())
        if (!kh_point_read(&r[o], at) || !kh_point_read(&c[o], at + 32))
            return false;
    return true;
}

static bool subject_ok(const struct kh_box_vote *vote, struct kh_range *range, const uint8_t *at)
{
    struct kh_point r[KH_BOX_OPTIONS_MAX], c[KH_BOX_OPTIONS_MAX];
    struct kh_point sum_r = { { 0 } }, sum_c = sum_r;

    if (!read_ciphers(vote, at, r, c))
        return false;
    range->lo = 0, range->hi = 1;
    for (unsigned o = 0; o < vote->n_options; o++, at += option_bytes()) {
        range->option = o;
        range->r = r[o], range->c = c[o];
        if (!kh_range_ok(range, at + KH_CIPHER_BYTES))
            return false;
        sum_r = kh_point_add(&sum_r, &r[o]);
        sum_c = kh_point_add(&sum_c, &c[o]);
    }
    range->option = UINT32_MAX;
    range->r = sum_r, range->c = sum_c;
    range->lo = vote->select_min, range->hi = vote->select_max;
    return kh_range_ok(range, at);
}

bool kh_sealed_ok(const struct kh_box_vote *vote, const uint8_t serial[32], const uint8_t *ballot)
{
    size_t step = kh_sealed_bytes(vote) / vote->n_subjects;
    uint8_t bctx[64];
    struct kh_range range = { .bctx = bctx };

    KH_REQUIRE(kh_point_from_text(&range.key, vote->key));
    kh_sealed_context(vote, serial, bctx);
    for (unsigned s = 0; s < vote->n_subjects; s++) {
        range.subject = s;
        if (!subject_ok(vote, &range, ballot + s * step))
            return false;
    }
    return true;
}

void kh_tally_start(struct kh_tally *tally, const struct kh_box_vote *vote)
{
    memset(tally, 0, sizeof(*tally)); /* 32 zero bytes are the identity */
    tally->n = vote->n_subjects * vote->n_options;
}

bool kh_tally_add(struct kh_tally *tally, const struct kh_box_vote *vote, const uint8_t *ballot)
{
    for (unsigned m = 0; m < tally->n; m++, ballot += option_bytes()) {
        if (m > 0 && m % vote->n_options == 0)
            ballot += sum_proof_bytes(vote);
        if (!kh_point_sum(&tally->p[m], ballot) || !kh_point_sum(&tally->q[m], ballot + 32))
            return false;
    }
    tally->ballots++;
    return true;
}
