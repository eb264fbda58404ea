#include "session/ballot.h"

#include <string.h>

bool kh_ballot_holds(const struct kh_majority *majority, const struct kh_counts *counts)
{
    uint64_t of = (uint64_t)counts->named[majority->of] * majority->den;
    uint64_t base = (uint64_t)counts->named[majority->base] * majority->num;

    return majority->strict ? of > base : of >= base;
}

uint32_t kh_ballot_needed(const struct kh_majority *majority, const struct kh_counts *counts)
{
    uint64_t base = (uint64_t)counts->named[majority->base] * majority->num;
    uint64_t den = majority->den;

    return (uint32_t)(majority->strict ? base / den + 1 : (base + den - 1) / den);
}

static bool all_rules_hold(const struct kh_ballot *ballot, const struct kh_counts *counts)
{
    for (unsigned i = 0; i < ballot->n_rules; i++)
        if (!kh_ballot_holds(&ballot->rules[i], counts))
            return false;
    return true;
}

static bool any_veto_holds(const struct kh_ballot *ballot, const struct kh_counts *counts)
{
    for (unsigned i = 0; i < ballot->n_vetoes; i++)
        if (kh_ballot_holds(&ballot->vetoes[i], counts))
            return true;
    return false;
}

static bool is_equality(const struct kh_majority *majority, const struct kh_counts *counts)
{
    return (uint64_t)counts->named[majority->of] * majority->den ==
           (uint64_t)counts->named[majority->base] * majority->num;
}

/* For and against, or the two best of several, are equal, somebody voted, and nothing but this
 * equality stands in the way: a motion that misses its majority by more is rejected, whatever the
 * tie rule. */
static bool is_tied(const struct kh_ballot *ballot, const struct kh_counts *counts)
{
    for (unsigned i = 0; i < ballot->n_rules; i++)
        if (!kh_ballot_holds(&ballot->rules[i], counts) && !is_equality(&ballot->rules[i], counts))
            return false;
    bool is_between = ballot->n_subjects == 0 && counts->named[KH_COUNT_TOP] > 0 &&
                      counts->named[KH_COUNT_TOP] == counts->named[KH_COUNT_SECOND];
    bool is_even = counts->named[KH_COUNT_FOR] == counts->named[KH_COUNT_AGAINST] &&
                   counts->named[KH_COUNT_FOR] > 0;
    return is_even || is_between;
}

static enum kh_outcome judge_tie(enum kh_tie tie)
{
    switch (tie) {
    case KH_TIE_REJECT:
        return KH_OUTCOME_REJECTED;
    case KH_TIE_ADOPT:
        return KH_OUTCOME_PASSED;
    case KH_TIE_REFER:
        return KH_OUTCOME_REFERRED;
    case KH_TIE_CASTING:
    case KH_TIE_PREPONDERANT:
    case KH_TIE_LOT:
    case KH_TIE_OLDEST:
    case KH_TIE_REVOTE:
        return KH_OUTCOME_TIED;
    }
    return KH_OUTCOME_REJECTED;
}

enum kh_outcome kh_ballot_judge(const struct kh_ballot *ballot, const struct kh_counts *counts)
{
    if (ballot->n_rules == 0)
        return KH_OUTCOME_COUNTED;
    if (counts->named[KH_COUNT_CAST] < ballot->min_turnout)
        return KH_OUTCOME_INVALID;
    if (any_veto_holds(ballot, counts))
        return KH_OUTCOME_VETOED;
    if (all_rules_hold(ballot, counts))
        return KH_OUTCOME_PASSED;
    return is_tied(ballot, counts) ? judge_tie(ballot->tie) : KH_OUTCOME_REJECTED;
}

int kh_ballot_option(const struct kh_ballot *ballot, const char *id)
{
    for (unsigned i = 0; i < ballot->n_options; i++)
        if (strcmp(ballot->options[i].id, id) == 0)
            return (int)i;
    return -1;
}
