/* records.h - the composite values that commands and events carry.
 *
 * Pure data; see fields.h for where they appear. */
#ifndef KH_SESSION_RECORDS_H
#define KH_SESSION_RECORDS_H

#include "session/ballot.h"

#include <stdbool.h>
#include <stdint.h>

/* Something that a person reads, in both languages, with its rule. */
struct kh_reason {
    char code[40];
    char vi[KH_TEXT_BYTES], en[KH_TEXT_BYTES];
    char rule[KH_RULE_BYTES];
};

/* A member, guest or official, as the roster says. */
struct kh_profile {
    char id[KH_ID_BYTES];
    char name[KH_NAME_BYTES];
    char title[KH_NAME_BYTES]; /* office, may be empty */
    char group[KH_NAME_BYTES];
    char seat[KH_WORD_BYTES];
    char birth[12];  /* YYYY-MM-DD or empty */
    uint32_t roles;  /* bits of enum kh_role */
    uint32_t weight; /* votes; 1 */
    bool in_office;  /* counts in the base of majorities */
    bool can_vote;
};

struct kh_item_text {
    char id[KH_ID_BYTES];
    char vi[KH_TEXT_BYTES], en[KH_TEXT_BYTES];
    char kind[KH_WORD_BYTES]; /* "report", "debate", "questions" …: the procedure's word */
};

enum { KH_ASK_OPTIONS_MAX = 6 };

/* A question put to a person, to those with a role, or to all present (procedures.md 5.3). */
struct kh_ask_text {
    char code[KH_WORD_BYTES]; /* the procedure's word, e.g. "time_over" */
    char vi[KH_TEXT_BYTES], en[KH_TEXT_BYTES];
    char option[KH_ASK_OPTIONS_MAX][KH_WORD_BYTES];
    char option_vi[KH_ASK_OPTIONS_MAX][64], option_en[KH_ASK_OPTIONS_MAX][64];
    unsigned n_options;
    kh_person person; /* KH_NOBODY: see roles */
    uint32_t roles;
    int64_t timeout_ms;      /* 0: waits for ever */
    unsigned answer_default; /* index of the option taken at the time-out */
    char rule[KH_RULE_BYTES];
};

/* Edges of a speech in the recording. */
enum kh_edge_word { KH_EDGE_START, KH_EDGE_END };

struct kh_marks {
    int64_t left_ms[KH_MARKS_MAX]; /* falling; warnings at so much time left */
    unsigned n;
};

/* One bit mask of options a subject; subject 0 when the vote has none. */
struct kh_choice {
    uint16_t options[KH_SUBJECTS_MAX];
    unsigned n;
};

/* Counts that no ballots at the desks stand behind (by hand, or of a sealed box): votes for each
 * option of each subject; subject 0 when the vote has none. */
struct kh_tally_of {
    uint32_t option[KH_OPTIONS_MAX];
    uint32_t invalid;
};
struct kh_tally {
    struct kh_tally_of subject[KH_SUBJECTS_MAX];
};

/* What a lot is drawn among, and what was drawn: ids of people or options, or other words. */
struct kh_names {
    char name[KH_LOT_MAX][KH_ID_BYTES];
    unsigned n;
};

/* The counting committee, in its order. */
struct kh_members {
    kh_person person[KH_COMMITTEE_MAX];
    unsigned n;
};

struct kh_subjects {
    struct kh_subject subject[KH_SUBJECTS_MAX];
    unsigned n;
};

#endif
