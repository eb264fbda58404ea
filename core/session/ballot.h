/* ballot.h - what a vote is: options, who may vote, rules of majority; counting and judging.
 *
 * Pure. A ballot definition is fixed when the vote opens (procedures.md section 5.5) and journalled
 * whole, so that the vote is judged by it whatever happens to the procedure. */
#ifndef KH_SESSION_BALLOT_H
#define KH_SESSION_BALLOT_H

#include "session/types.h"

#include <stdbool.h>

/* How an option counts. OTHER: only by its own name (confidence levels). */
enum kh_stand {
    KH_STAND_OTHER,
    KH_STAND_FOR,
    KH_STAND_AGAINST,
    KH_STAND_ABSTAIN,
    KH_STAND_ASIDE,
    KH_STAND_BLOCK,
    KH_STAND_BLANK,
};

/* The named counts of procedures.md section 5.5; the base of a majority is one of them. */
enum kh_count {
    KH_COUNT_SEATS,     /* all places of the body, filled or not */
    KH_COUNT_IN_OFFICE, /* voting members in office */
    KH_COUNT_PRESENT_AT_OPEN,
    KH_COUNT_PRESENT_AT_CLOSE,
    KH_COUNT_ELIGIBLE, /* may vote in this vote */
    KH_COUNT_ISSUED,   /* ballots given out */
    KH_COUNT_RETURNED, /* ballots that came back */
    KH_COUNT_CAST,     /* votes cast, abstentions and blanks included */
    KH_COUNT_VALID,
    KH_COUNT_INVALID,
    KH_COUNT_BLANK,
    KH_COUNT_FOR,
    KH_COUNT_AGAINST,
    KH_COUNT_ABSTAIN,
    KH_COUNT_STAND_ASIDE,
    KH_COUNT_BLOCK,
    KH_COUNT_EXPRESSED, /* for + against + other: abstentions and blanks left out */
    KH_COUNT_NOT_VOTED, /* eligible, but did not cast */
    KH_COUNT_EXCUSED,
    KH_COUNT_ONE,    /* always 1: "at least 100" is of 100/1 of it */
    KH_COUNT_TOP,    /* of the option for or against something or somebody that has most votes */
    KH_COUNT_SECOND, /* of the one that comes next; equal to TOP: a tie */
};
enum { KH_COUNTS = 22 };

enum kh_eligible { KH_ELIGIBLE_CHECKED_IN, KH_ELIGIBLE_PRESENT_AT_OPEN, KH_ELIGIBLE_ALL };
/* NAMED_LIVE: names seen while voting; NAMED_AFTER: after the close; TOTALS: never names. SECRET:
 * no link between voter and choice exists. */
enum kh_secrecy {
    KH_SECRECY_NAMED_LIVE,
    KH_SECRECY_NAMED_AFTER,
    KH_SECRECY_TOTALS,
    KH_SECRECY_SECRET
};
enum kh_running { KH_RUNNING_TURNOUT, KH_RUNNING_NONE, KH_RUNNING_TOTALS };
/* UNTIL_ANNOUNCED: the close only ends the voting; whoever voted may change it until the chair
 * announces the result (Richmond, Indiana). */
enum kh_change { KH_CHANGE_UNTIL_CLOSE, KH_CHANGE_NEVER, KH_CHANGE_UNTIL_ANNOUNCED };
enum kh_form {
    KH_FORM_ELECTRONIC,
    KH_FORM_HANDS,
    KH_FORM_STANDING,
    KH_FORM_DOORS,
    KH_FORM_ROLL_CALL,
    KH_FORM_PAPER
};
enum kh_tie {
    KH_TIE_REJECT,
    KH_TIE_ADOPT,
    KH_TIE_REFER,
    KH_TIE_CASTING,
    KH_TIE_PREPONDERANT,
    KH_TIE_LOT,
    KH_TIE_OLDEST,
    KH_TIE_REVOTE
};
enum kh_outcome {
    KH_OUTCOME_COUNTED, /* counted, not judged: no rule, or the procedure failed */
    KH_OUTCOME_PASSED,
    KH_OUTCOME_REJECTED,
    KH_OUTCOME_TIED,    /* the tie rule wants a further step */
    KH_OUTCOME_INVALID, /* stands over: too few took part */
    KH_OUTCOME_REFERRED,
    KH_OUTCOME_VETOED,
    KH_OUTCOME_OTHER, /* a word of the procedure's own, in kh_result.word */
};

struct kh_option {
    char id[KH_ID_BYTES]; /* a person's, where people are the options */
    char vi[KH_NAME_BYTES], en[KH_NAME_BYTES];
    enum kh_stand as;
};

struct kh_subject {
    char id[KH_ID_BYTES];
    char name[KH_NAME_BYTES];
};

/* @of must be more than (strict) or at least @num/@den of @base; compared as exact integers. */
struct kh_majority {
    enum kh_count of, base;
    uint32_t num, den; /* den > 0 */
    bool strict;
    char rule[KH_RULE_BYTES]; /* the law's number */
};

struct kh_ballot {
    char type[KH_WORD_BYTES];
    char vi[128], en[128]; /* the type's name */
    struct kh_option options[KH_OPTIONS_MAX];
    unsigned n_options;
    unsigned n_candidates; /* so many first options are people; 0: none */
    struct kh_subject subjects[KH_SUBJECTS_MAX];
    unsigned n_subjects;             /* 0: the question itself is the one subject */
    unsigned select_min, select_max; /* options a subject; 1, 1 */
    enum kh_eligible eligible;
    enum kh_secrecy secrecy;
    enum kh_running running;
    enum kh_change change;
    enum kh_form form;
    enum kh_tie tie;
    bool close_when_all_voted;
    bool weighted;    /* each vote counts as much as its member's weight; bases too */
    bool proxies;     /* a member may also vote for those who gave them a proxy */
    int64_t timer_ms; /* 0: the chair closes */
    struct kh_majority rules[KH_RULES_MAX]; /* all must hold */
    unsigned n_rules;
    struct kh_majority vetoes[KH_RULES_MAX]; /* none may hold */
    unsigned n_vetoes;
    uint32_t min_turnout; /* 0: none; fewer cast: invalid */
    char rule[KH_RULE_BYTES];
};

/* The numbers of one subject. */
struct kh_counts {
    uint32_t named[KH_COUNTS];
    uint32_t option[KH_OPTIONS_MAX];
};

/* A judged vote; frozen into vote.closed. */
struct kh_result {
    enum kh_outcome outcome;
    char word[KH_WORD_BYTES]; /* the outcome's wire word, or the procedure's own */
    struct kh_counts counts[KH_SUBJECTS_MAX];
    unsigned n_subjects;   /* >= 1 */
    char vi[640], en[640]; /* the arithmetic in words */
    char rule[KH_RULE_BYTES];
};

/* Does @majority hold on @counts? */
bool kh_ballot_holds(const struct kh_majority *majority, const struct kh_counts *counts);

/* The smallest number of @majority.of that would hold, given its base. */
uint32_t kh_ballot_needed(const struct kh_majority *majority, const struct kh_counts *counts);

/* Judge one subject by rules, vetoes, turnout and tie rule. Ties are only "equal for and against"
 * where a rule fails by equality; CASTING, PREPONDERANT, LOT, OLDEST and REVOTE give TIED. */
enum kh_outcome kh_ballot_judge(const struct kh_ballot *ballot, const struct kh_counts *counts);

/* Index of an option by its id, -1 when there is none. */
int kh_ballot_option(const struct kh_ballot *ballot, const char *id);

#endif
