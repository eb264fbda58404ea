/* Which options stand at the top of a count, and what may decide between equal ones. */
#include "session/part.h"

#include <string.h>

/* Options that nobody can win with. */
static bool is_no_choice(enum kh_stand as)
{
    return as == KH_STAND_ABSTAIN || as == KH_STAND_BLANK || as == KH_STAND_ASIDE ||
           as == KH_STAND_BLOCK;
}

void kh_contest_count(const struct kh_ballot *ballot, struct kh_counts *counts)
{
    uint32_t top = 0, second = 0;

    for (unsigned o = 0; o < ballot->n_options; o++) {
        uint32_t n = counts->option[o];
        if (is_no_choice(ballot->options[o].as))
            continue;
        second = n > top ? top : n > second ? n : second;
        top = n > top ? n : top;
    }
    counts->named[KH_COUNT_TOP] = top;
    counts->named[KH_COUNT_SECOND] = second;
}

uint16_t kh_contest_top(const struct kh_ballot *ballot, const struct kh_counts *counts)
{
    uint16_t mask = 0;

    for (unsigned o = 0; o < ballot->n_options; o++)
        if (!is_no_choice(ballot->options[o].as) && counts->option[o] > 0 &&
            counts->option[o] == counts->named[KH_COUNT_TOP])
            mask |= (uint16_t)(1u << o);
    return mask;
}

int kh_contest_only(uint16_t mask)
{
    for (int o = 0; o < KH_OPTIONS_MAX; o++)
        if (mask == 1u << o)
            return o;
    return -1;
}

/* The day of birth of the person that an option is; "" when it is nobody or the roster has none. */
static const char *birth_of(const struct kh_state *state, const struct kh_option *option)
{
    kh_person person = kh_state_person(state, option->id);

    return person == KH_NOBODY ? "" : state->members[person].profile.birth;
}

int kh_contest_oldest(const struct kh_state *state, const struct kh_ballot *ballot, uint16_t mask)
{
    const char *first = NULL;
    int oldest = -1;

    for (unsigned o = 0; o < ballot->n_options; o++) {
        const char *birth = birth_of(state, &ballot->options[o]);
        if (!(mask >> o & 1))
            continue;
        if (birth[0] == '\0')
            return -1; /* it could be this one */
        int order = first ? strcmp(birth, first) : -1;
        if (order == 0)
            oldest = -1;
        if (order < 0) {
            first = birth;
            oldest = (int)o;
        }
    }
    return oldest;
}
