/* Drawing by lot, so that anybody can draw it again from the seed with sha256sum (lot.h). */
#include "session/lot.h"

#include "base/text.h"
#include "session/part.h"

#include <sodium.h>
#include <string.h>

/* The first 32 bits of SHA-256 of "SEED:COUNTER". */
static uint32_t number_of(const char *seed, unsigned counter)
{
    unsigned char text[KH_HASH_TEXT_BYTES + 12], hash[crypto_hash_sha256_BYTES];
    char digits[12];
    size_t n = 0, seed_bytes = strlen(seed);

    do {
        digits[n++] = (char)('0' + counter % 10);
        counter /= 10;
    } while (counter);
    memcpy(text, seed, seed_bytes);
    text[seed_bytes] = ':';
    for (size_t i = 0; i < n; i++)
        text[seed_bytes + 1 + i] = (unsigned char)digits[n - 1 - i];
    crypto_hash_sha256(hash, text, seed_bytes + 1 + n);
    return (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3];
}

/* A place below @n, each as likely as the others: numbers of the incomplete last round are left
 * out. */
static unsigned place_below(const char *seed, unsigned *counter, unsigned n)
{
    uint64_t whole = (UINT64_C(1) << 32) / n * n;
    uint32_t number;

    do
        number = number_of(seed, (*counter)++);
    while (number >= whole);
    return number % n;
}

void kh_lot_draw(const char *seed, const struct kh_names *among, unsigned n, struct kh_names *drawn)
{
    uint16_t left[KH_LOT_MAX];
    unsigned n_left = among->n, counter = 0;

    for (unsigned i = 0; i < n_left; i++)
        left[i] = (uint16_t)i;
    for (drawn->n = 0; drawn->n < n && n_left > 0; drawn->n++) {
        unsigned place = place_below(seed, &counter, n_left);
        KH_TEXT_SET(drawn->name[drawn->n], among->name[left[place]]);
        memmove(&left[place], &left[place + 1], (n_left - place - 1) * sizeof(left[0]));
        n_left--;
    }
}

static bool are_different(const struct kh_names *names)
{
    for (unsigned i = 0; i < names->n; i++) {
        if (names->name[i][0] == '\0')
            return false;
        for (unsigned j = 0; j < i; j++)
            if (strcmp(names->name[i], names->name[j]) == 0)
                return false;
    }
    return true;
}

static bool is_seed(const char *seed)
{
    return strlen(seed) == KH_HASH_TEXT_BYTES - 1 &&
           strspn(seed, "0123456789abcdef") == KH_HASH_TEXT_BYTES - 1;
}

/* The options that are equal at the top of a vote that its rule leaves to the lot. */
static bool list_tied(const struct kh_vote *vote, struct kh_names *names)
{
    uint16_t mask = kh_contest_top(&vote->ballot, &vote->result.counts[0]);

    names->n = 0;
    if (vote->state != KH_VOTE_CLOSED || vote->ballot.tie != KH_TIE_LOT ||
        vote->result.outcome != KH_OUTCOME_TIED)
        return false;
    for (unsigned o = 0; o < vote->ballot.n_options; o++)
        if (mask >> o & 1)
            KH_TEXT_SET(names->name[names->n++], vote->ballot.options[o].id);
    return true;
}

static const struct kh_names *emit_drawn(const struct kh_decision *d, const struct kh_names *among,
                                         unsigned n)
{
    const struct kh_fields *f = &d->command->f;
    struct kh_event *event = kh_emit(d, KH_EV_LOT_DRAWN);

    kh_lot_draw(d->command->seed, among, n, &d->batch->drawn);
    KH_SET_TEXT(&event->f, seed, d->command->seed);
    KH_SET(&event->f, among, among);
    KH_SET(&event->f, drawn, &d->batch->drawn);
    if (KH_HAS(f, name))
        KH_SET_TEXT(&event->f, name, f->name);
    if (KH_HAS(f, vote))
        KH_SET(&event->f, vote, f->vote);
    kh_emit_by(d, event);
    return &d->batch->drawn;
}

/* The lot decides a tie: the core says who is tied, nobody else. */
static enum kh_refusal draw_vote(const struct kh_decision *d)
{
    const struct kh_vote *vote = kh_state_vote(d->state, d->command->f.vote);

    if (KH_HAS(&d->command->f, among) || KH_HAS(&d->command->f, number))
        return KH_REFUSAL_LOT;
    if (!list_tied(vote, &d->batch->among))
        return KH_REFUSAL_NOT_BY_LOT;
    const struct kh_names *drawn = emit_drawn(d, &d->batch->among, 1);
    kh_revote_emit_decided(d, vote, kh_ballot_option(&vote->ballot, drawn->name[0]));
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_lot_decide_draw(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;

    if (!is_seed(d->command->seed))
        return KH_REFUSAL_FIELD;
    if (KH_HAS(f, vote))
        return draw_vote(d);
    if (!KH_HAS(f, among) || f->among->n < 2 || !are_different(f->among))
        return KH_REFUSAL_LOT;
    unsigned n = KH_HAS(f, number) ? f->number : f->among->n;
    if (n == 0 || n > f->among->n)
        return KH_REFUSAL_LOT;
    emit_drawn(d, f->among, n);
    return KH_REFUSAL_NONE;
}
