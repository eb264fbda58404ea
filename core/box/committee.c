#include "box/committee.h"

#include "base/check.h"
#include "box/transcript.h"

#include <string.h>

static bool numbers_ok(unsigned n, unsigned needed)
{
    return n <= KH_BOX_MEMBERS_MAX && needed >= 1 && needed <= n;
}

struct kh_deal_context kh_deal_context(const char *council, uint32_t round, unsigned i)
{
    struct kh_deal_context context = { .n = strnlen(council, KH_BOX_ID_BYTES - 1) };

    memcpy(context.bytes, council, context.n);
    context.bytes[context.n++] = 0;
    kh_put_le32(context.bytes + context.n, round);
    kh_put_le32(context.bytes + context.n + 4, i);
    context.n += 8;
    return context;
}

bool kh_deal_joined(const struct kh_ceremony *ceremony, uint8_t joined[64])
{
    uint8_t all[KH_BOX_MEMBERS_MAX * 32];
    struct kh_point point;
    struct kh_hash hash;

    if (!numbers_ok(ceremony->n, ceremony->needed))
        return false;
    for (unsigned i = 0; i < ceremony->n; i++) {
        if (!kh_point_from_text(&point, ceremony->joins[i]))
            return false;
        memcpy(all + 32 * i, point.bytes, 32);
    }
    kh_hash_begin(&hash, "joined");
    kh_hash_bytes(&hash, all, (size_t)32 * ceremony->n);
    kh_hash_end(&hash, joined);
    return true;
}

bool kh_deal_read(unsigned n, unsigned needed, const char *text, struct kh_deal *deal)
{
    uint8_t bytes[KH_BOX_DEAL_BYTES_MAX];
    const uint8_t *at = bytes;

    if (!numbers_ok(n, needed) ||
        !kh_text_to_bytes(text, bytes, (size_t)32 * needed + 64 + (size_t)64 * n))
        return false;
    for (unsigned t = 0; t < needed; t++, at += 32)
        if (!kh_point_read(&deal->a[t], at))
            return false;
    if (!kh_scalar_read(&deal->c, at) || !kh_scalar_read(&deal->z, at + 32))
        return false;
    at += 64;
    for (unsigned j = 0; j < n; j++, at += 64) {
        if (!kh_point_read(&deal->shares[j].r, at))
            return false;
        memcpy(deal->shares[j].masked, at + 32, 32);
    }
    return true;
}

struct kh_scalar kh_deal_challenge(const struct kh_deal_context *context, const uint8_t joined[64],
                                   const struct kh_point *a_0, const struct kh_point *w)
{
    struct kh_hash hash;

    kh_hash_begin(&hash, "knowledge");
    kh_hash_bytes(&hash, context->bytes, context->n);
    kh_hash_bytes(&hash, joined, 64);
    kh_hash_point(&hash, a_0);
    kh_hash_point(&hash, w);
    return kh_hash_end_scalar(&hash);
}

void kh_deal_pad(const struct kh_deal_lock *lock, uint8_t pad[32])
{
    uint8_t wide[64];
    struct kh_hash hash;

    kh_hash_begin(&hash, "share");
    kh_hash_point(&hash, &lock->shared);
    kh_hash_point(&hash, &lock->r);
    kh_hash_point(&hash, &lock->to);
    kh_hash_le32(&hash, lock->i);
    kh_hash_le32(&hash, lock->j);
    kh_hash_end(&hash, wide);
    memcpy(pad, wide, 32);
    sodium_memzero(wide, sizeof(wide));
}

struct kh_point kh_deal_commitment(const struct kh_deal *deal, unsigned needed, unsigned j)
{
    struct kh_scalar at = kh_scalar_small(j);
    struct kh_point sum = deal->a[needed - 1];

    for (unsigned t = needed - 1; t > 0; t--) {
        sum = kh_point_mul(&at, &sum);
        sum = kh_point_add(&sum, &deal->a[t - 1]);
    }
    return sum;
}

bool kh_committee_join_ok(const char *join)
{
    struct kh_point point;

    return kh_point_from_text(&point, join);
}

bool kh_committee_deal_ok(const struct kh_ceremony *ceremony, unsigned i, const char *text)
{
    struct kh_deal deal;
    uint8_t joined[64];

    if (i < 1 || i > ceremony->n || !kh_deal_joined(ceremony, joined) ||
        !kh_deal_read(ceremony->n, ceremony->needed, text, &deal))
        return false;
    struct kh_deal_context context = kh_deal_context(ceremony->council, ceremony->round, i);
    struct kh_point w = kh_point_check(&deal.z, NULL, &deal.c, &deal.a[0]);
    struct kh_scalar expected = kh_deal_challenge(&context, joined, &deal.a[0], &w);
    return kh_scalar_same(&deal.c, &expected);
}

/* The sum of all deals' polynomials, in commitments: its value at 0 is Y, at j it is V_j. */
static bool sum_deals(unsigned n, unsigned needed, const char *const texts[], struct kh_deal *sum)
{
    struct kh_deal deal;

    for (unsigned i = 0; i < n; i++) {
        if (!kh_deal_read(n, needed, texts[i], &deal))
            return false;
        for (unsigned t = 0; t < needed; t++)
            sum->a[t] = kh_point_add(&sum->a[t], &deal.a[t]);
    }
    return !kh_point_is_identity(&sum->a[0]);
}

bool kh_committee_keys(unsigned n, unsigned needed, const char *const deals[],
                       char key[KH_BOX_POINT_TEXT], char member_keys[][KH_BOX_POINT_TEXT])
{
    struct kh_deal sum = { .a = { { { 0 } } } };
    struct kh_point members[KH_BOX_MEMBERS_MAX];

    if (!numbers_ok(n, needed) || !sum_deals(n, needed, deals, &sum))
        return false;
    for (unsigned j = 1; j <= n; j++) {
        members[j - 1] = kh_deal_commitment(&sum, needed, j);
        if (kh_point_is_identity(&members[j - 1]))
            return false;
    }
    for (unsigned j = 0; j < n; j++)
        kh_text_from_bytes(member_keys[j], members[j].bytes, 32);
    kh_text_from_bytes(key, sum.a[0].bytes, 32);
    return true;
}
