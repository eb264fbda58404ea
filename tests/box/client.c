#include "tests/box/client.h"

#include "base/check.h"
#include "box/committee.h"
#include "box/opening.h"
#include "box/paper.h"
#include "box/transcript.h"

#include <stdlib.h>
#include <string.h>

void kh_client_blind(struct kh_client_paper *paper)
{
    struct kh_point point;

    KH_REQUIRE(kh_paper_hash_to_group(paper->serial, paper->serial_bytes, &point));
    point = kh_point_mul(&paper->blind, &point);
    kh_text_from_bytes(paper->text, point.bytes, sizeof(point.bytes));
}

void kh_client_paper(struct kh_client_paper *paper)
{
    randombytes_buf(paper->serial, sizeof(paper->serial));
    paper->serial_bytes = sizeof(paper->serial);
    paper->blind = kh_scalar_random();
    kh_client_blind(paper);
}

bool kh_client_finalise(const struct kh_client_paper *paper, const char *key, const char *evaluated,
                        const char *proof, uint8_t token[64])
{
    struct kh_point k, blinded, signed_point;
    uint8_t proof_bytes[KH_PAPER_PROOF_BYTES];

    if (!kh_point_from_text(&k, key) || !kh_point_from_text(&blinded, paper->text) ||
        !kh_point_from_text(&signed_point, evaluated) ||
        !kh_text_to_bytes(proof, proof_bytes, sizeof(proof_bytes)) ||
        !kh_paper_proof_ok(&k, &blinded, &signed_point, proof_bytes))
        return false;
    struct kh_scalar unblind = kh_scalar_invert(&paper->blind);
    signed_point = kh_point_mul(&unblind, &signed_point);
    kh_paper_output(paper->serial, paper->serial_bytes, &signed_point, token);
    return true;
}

/* --- Sealing --- */

/* @v is the true value, @r the ciphertext's random number. A @v outside of lo … hi has no true
 * branch: the nearest one is treated like it. */
static void prove_range(const struct kh_range *range, int v, const struct kh_scalar *r,
                        uint8_t *proof)
{
    struct kh_point t[2 * (KH_BOX_OPTIONS_MAX + 1)];
    struct kh_scalar c[KH_BOX_OPTIONS_MAX + 1], z[KH_BOX_OPTIONS_MAX + 1];
    struct kh_scalar w = kh_scalar_random(), others = kh_scalar_small(0);
    unsigned n = range->hi - range->lo + 1;
    int nearest = v < (int)range->lo ? (int)range->lo : v;
    unsigned is_true = (nearest > (int)range->hi ? range->hi : (unsigned)nearest) - range->lo;

    for (unsigned u = 0; u < n; u++) {
        struct kh_scalar value = kh_scalar_small(range->lo + u);
        struct kh_point uB = kh_point_base(&value), rest = kh_point_sub(&range->c, &uB);

        c[u] = kh_scalar_random(), z[u] = kh_scalar_random();
        t[2 * u] = u == is_true ? kh_point_base(&w) : kh_point_check(&z[u], NULL, &c[u], &range->r);
        t[2 * u + 1] = u == is_true ? kh_point_mul(&w, &range->key)
                                    : kh_point_check(&z[u], &range->key, &c[u], &rest);
        if (u != is_true)
            others = kh_scalar_add(&others, &c[u]);
    }
    struct kh_scalar all = kh_range_challenge(range, t);
    c[is_true] = kh_scalar_sub(&all, &others);
    struct kh_scalar cr = kh_scalar_mul(&c[is_true], r);
    z[is_true] = kh_scalar_add(&w, &cr);
    for (unsigned u = 0; u < n; u++) {
        memcpy(proof + (size_t)u * 64, c[u].bytes, 32);
        memcpy(proof + (size_t)u * 64 + 32, z[u].bytes, 32);
    }
}

/* vB + rY with any small v. */
static struct kh_point encrypt(int v, const struct kh_scalar *r, const struct kh_point *key)
{
    struct kh_scalar zero = kh_scalar_small(0), m = kh_scalar_small((uint32_t)abs(v));
    struct kh_scalar value = v < 0 ? kh_scalar_sub(&zero, &m) : m;
    struct kh_point vB = kh_point_base(&value), rY = kh_point_mul(r, key);

    return kh_point_add(&vB, &rY);
}

static void seal_subject(const struct kh_box_vote *vote, struct kh_range *range, const int values[],
                         uint8_t *at)
{
    struct kh_point sum_r = { { 0 } }, sum_c = sum_r;
    struct kh_scalar sum = kh_scalar_small(0);
    int total = 0;

    range->lo = 0, range->hi = 1;
    for (unsigned o = 0; o < vote->n_options; o++, at += 192) {
        struct kh_scalar r = kh_scalar_random();

        range->option = o;
        range->r = kh_point_base(&r), range->c = encrypt(values[o], &r, &range->key);
        memcpy(at, range->r.bytes, 32);
        memcpy(at + 32, range->c.bytes, 32);
        prove_range(range, values[o], &r, at + 64);
        sum_r = kh_point_add(&sum_r, &range->r), sum_c = kh_point_add(&sum_c, &range->c);
        sum = kh_scalar_add(&sum, &r);
        total += values[o];
    }
    range->option = UINT32_MAX;
    range->r = sum_r, range->c = sum_c;
    range->lo = vote->select_min, range->hi = vote->select_max;
    prove_range(range, total, &sum, at);
}

void kh_client_seal(const struct kh_box_vote *vote, const uint8_t serial[32], const int values[],
                    uint8_t *ballot)
{
    uint8_t bctx[64];
    struct kh_range range = { .bctx = bctx };
    size_t step = kh_sealed_bytes(vote) / vote->n_subjects;

    KH_REQUIRE(kh_point_from_text(&range.key, vote->key));
    kh_sealed_context(vote, serial, bctx);
    for (unsigned s = 0; s < vote->n_subjects; s++) {
        range.subject = s;
        seal_subject(vote, &range, values + (size_t)s * vote->n_options, ballot + s * step);
    }
}

/* --- The ceremony --- */

static struct kh_scalar member_secret(const uint8_t seed[32], const struct kh_deal_context *context)
{
    struct kh_hash hash;

    kh_hash_begin(&hash, "member");
    kh_hash_bytes(&hash, seed, 32);
    kh_hash_bytes(&hash, context->bytes, context->n);
    return kh_hash_end_scalar(&hash);
}

void kh_client_join(const uint8_t seed[32], const char *council, uint32_t round, unsigned i,
                    char join[KH_BOX_POINT_TEXT])
{
    const struct kh_deal_context context = kh_deal_context(council, round, i);
    struct kh_scalar e = member_secret(seed, &context);
    struct kh_point point = kh_point_base(&e);

    kh_text_from_bytes(join, point.bytes, sizeof(point.bytes));
}

/* What a member deals with. */
struct dealer {
    const struct kh_ceremony *ceremony;
    struct kh_deal_context context;
    uint8_t joined[64];
    unsigned i;
    struct kh_scalar a[KH_BOX_MEMBERS_MAX];
};

static void prove_knowledge(const struct dealer *dealer, uint8_t *to)
{
    struct kh_scalar w = kh_scalar_random();
    struct kh_point a_0 = kh_point_base(&dealer->a[0]), point = kh_point_base(&w);
    struct kh_scalar c = kh_deal_challenge(&dealer->context, dealer->joined, &a_0, &point);
    struct kh_scalar ca = kh_scalar_mul(&c, &dealer->a[0]), z = kh_scalar_add(&w, &ca);

    memcpy(to, c.bytes, 32);
    memcpy(to + 32, z.bytes, 32);
}

static void lock_share(const struct dealer *dealer, unsigned j, uint8_t *to)
{
    struct kh_deal_lock lock = { .i = dealer->i, .j = j };
    struct kh_scalar r = kh_scalar_random(), x = kh_scalar_small(j), share = kh_scalar_small(0);
    uint8_t pad[32];

    KH_REQUIRE(kh_point_from_text(&lock.to, dealer->ceremony->joins[j - 1]));
    lock.r = kh_point_base(&r);
    lock.shared = kh_point_mul(&r, &lock.to);
    for (unsigned t = dealer->ceremony->needed; t > 0; t--) {
        share = kh_scalar_mul(&share, &x);
        share = kh_scalar_add(&share, &dealer->a[t - 1]);
    }
    kh_deal_pad(&lock, pad);
    memcpy(to, lock.r.bytes, 32);
    for (unsigned b = 0; b < 32; b++)
        to[32 + b] = share.bytes[b] ^ pad[b];
}

void kh_client_deal(const uint8_t seed[32], const struct kh_ceremony *ceremony, unsigned i,
                    char deal[KH_BOX_DEAL_TEXT_MAX])
{
    struct dealer dealer = { .ceremony = ceremony, .i = i };
    uint8_t bytes[KH_BOX_DEAL_BYTES_MAX], *at = bytes;
    struct kh_hash hash;

    KH_REQUIRE(kh_deal_joined(ceremony, dealer.joined));
    dealer.context = kh_deal_context(ceremony->council, ceremony->round, i);
    for (unsigned t = 0; t < ceremony->needed; t++, at += 32) {
        kh_hash_begin(&hash, "coefficient");
        kh_hash_bytes(&hash, seed, 32);
        kh_hash_bytes(&hash, dealer.context.bytes, dealer.context.n);
        kh_hash_le32(&hash, t);
        kh_hash_bytes(&hash, dealer.joined, sizeof(dealer.joined));
        dealer.a[t] = kh_hash_end_scalar(&hash);
        struct kh_point point = kh_point_base(&dealer.a[t]);
        memcpy(at, point.bytes, 32);
    }
    prove_knowledge(&dealer, at);
    at += 64;
    for (unsigned j = 1; j <= ceremony->n; j++, at += 64)
        lock_share(&dealer, j, at);
    kh_text_from_bytes(deal, bytes, (size_t)(at - bytes));
}

static bool open_share(const struct kh_ceremony *ceremony, const struct kh_scalar *e,
                       struct kh_deal_lock *lock, const char *text, struct kh_scalar *share)
{
    struct kh_deal deal;
    uint8_t pad[32];

    if (!kh_deal_read(ceremony->n, ceremony->needed, text, &deal))
        return false;
    lock->r = deal.shares[lock->j - 1].r;
    lock->shared = kh_point_mul(e, &lock->r);
    kh_deal_pad(lock, pad);
    for (unsigned b = 0; b < 32; b++)
        pad[b] ^= deal.shares[lock->j - 1].masked[b];
    if (!kh_scalar_read(share, pad))
        return false;
    struct kh_point is = kh_point_base(share);
    struct kh_point must_be = kh_deal_commitment(&deal, ceremony->needed, lock->j);
    return memcmp(&is, &must_be, sizeof(is)) == 0;
}

unsigned kh_client_shares(const uint8_t seed[32], const struct kh_ceremony *ceremony, unsigned j,
                          const char *const deals[], struct kh_scalar *x)
{
    const struct kh_deal_context context = kh_deal_context(ceremony->council, ceremony->round, j);
    struct kh_scalar e = member_secret(seed, &context), share, sum = kh_scalar_small(0);
    struct kh_deal_lock lock = { .j = j };

    KH_REQUIRE(kh_point_from_text(&lock.to, ceremony->joins[j - 1]));
    for (lock.i = 1; lock.i <= ceremony->n; lock.i++) {
        if (!open_share(ceremony, &e, &lock, deals[lock.i - 1], &share))
            return lock.i;
        sum = kh_scalar_add(&sum, &share);
    }
    *x = sum;
    return 0;
}

/* --- Opening --- */

void kh_client_open(const struct kh_box_vote *vote, const struct kh_tally *tally,
                    const struct kh_scalar *x, char opening[KH_BOX_OPENING_TEXT_MAX])
{
    struct kh_point d[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX], pp, dd;
    struct kh_opening_claim claim = { .key = kh_point_base(x), .tally = tally, .d = d };
    uint8_t bytes[KH_BOX_OPENING_BYTES_MAX], *proof = bytes + (size_t)tally->n * 32;
    struct kh_scalar w = kh_scalar_random();

    for (unsigned m = 0; m < tally->n; m++) {
        d[m] = kh_point_mul(x, &tally->p[m]);
        memcpy(bytes + (size_t)m * 32, d[m].bytes, 32);
    }
    kh_opening_context(vote, claim.octx);
    kh_opening_batch(&claim, &pp, &dd);
    const struct kh_point t[2] = { kh_point_base(&w), kh_point_mul(&w, &pp) };
    struct kh_scalar c = kh_opening_challenge(&claim, &pp, &dd, t);
    struct kh_scalar cx = kh_scalar_mul(&c, x), z = kh_scalar_add(&w, &cx);
    memcpy(proof, c.bytes, 32);
    memcpy(proof + 32, z.bytes, 32);
    kh_text_from_bytes(opening, bytes, (size_t)tally->n * 32 + 64);
}
