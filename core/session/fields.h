/* fields.h - the one vocabulary of commands and events, and its table.
 *
 * Pure. A command or an event is its type, its time, its actor and some of these fields. The table
 * says each field's wire name, kind and place, so that one codec serves the journal, the API, Lua
 * and the written sittings, and asyncapi.yaml can be held against it. */
#ifndef KH_SESSION_FIELDS_H
#define KH_SESSION_FIELDS_H

#include "session/ballot.h"
#include "session/types.h"

#include <stdbool.h>
#include <stddef.h>
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

/* Every field there is: X(name, C type and declarator, kind, words). Order is free; names are the
 * wire names. At most 64. */
#define KH_FIELD_LIST(X)                                                                           \
    X(person, kh_person person, PERSON, NULL)                                                      \
    X(target, kh_person target, PERSON, NULL)                                                      \
    X(by, kh_person by, PERSON, NULL)                                                              \
    X(item, kh_item item, ITEM, NULL)                                                              \
    X(request, uint32_t request, U32, NULL)                                                        \
    X(before, uint32_t before, U32, NULL)                                                          \
    X(ask, uint32_t ask, U32, NULL)                                                                \
    X(vote, uint32_t vote, U32, NULL)                                                              \
    X(number, uint32_t number, U32, NULL)                                                          \
    X(kind, char kind[KH_WORD_BYTES], TEXT, NULL)                                                  \
    X(lane, char lane[KH_WORD_BYTES], TEXT, NULL)                                                  \
    X(type, char type[KH_WORD_BYTES], TEXT, NULL)                                                  \
    X(answer, char answer[KH_WORD_BYTES], TEXT, NULL)                                              \
    X(name, char name[KH_NAME_BYTES], TEXT, NULL)                                                  \
    X(note, char note[KH_TEXT_BYTES], TEXT, NULL)                                                  \
    X(question, char question[KH_TEXT_BYTES], TEXT, NULL)                                          \
    X(reason, struct kh_reason reason, REASON, NULL)                                               \
    X(rank, int64_t rank, INT, NULL)                                                               \
    X(priority, int64_t priority, INT, NULL)                                                       \
    X(limit_ms, int64_t limit_ms, MS, NULL)                                                        \
    X(by_ms, int64_t by_ms, MS, NULL)                                                              \
    X(left_ms, int64_t left_ms, MS, NULL)                                                          \
    X(spent_ms, int64_t spent_ms, MS, NULL)                                                        \
    X(grace_ms, int64_t grace_ms, MS, NULL)                                                        \
    X(offset_ms, int64_t offset_ms, MS, NULL)                                                      \
    X(ends_at, int64_t ends_at, TIME, NULL)                                                        \
    X(max_open, uint32_t max_open, U32, NULL)                                                      \
    X(remote, bool remote, BOOL, NULL)                                                             \
    X(closed, bool closed, BOOL, NULL)                                                             \
    X(mic, enum kh_mic mic, WORD, kh_mic_words)                                                    \
    X(state, enum kh_request_state state, WORD, kh_request_state_words)                            \
    X(expiry, enum kh_expiry expiry, WORD, kh_expiry_words)                                        \
    X(end, enum kh_end end, WORD, kh_end_words)                                                    \
    X(form, enum kh_form form, WORD, kh_form_words)                                                \
    X(edge, enum kh_edge_word edge, WORD, kh_edge_words)                                           \
    X(marks, struct kh_marks marks, MARKS, NULL)                                                   \
    X(choice, struct kh_choice choice, CHOICE, NULL)                                               \
    X(counts, struct kh_tally counts, TALLY, NULL)                                                 \
    X(profile, const struct kh_profile *profile, PROFILE, NULL)                                    \
    X(agenda_item, const struct kh_item_text *agenda_item, AGENDA_ITEM, NULL)                      \
    X(ask_text, const struct kh_ask_text *ask_text, ASK_TEXT, NULL)                                \
    X(ballot, const struct kh_ballot *ballot, BALLOT, NULL)                                        \
    X(result, const struct kh_result *result, RESULT, NULL)                                        \
    X(subjects, const struct kh_subjects *subjects, SUBJECTS, NULL)

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

/* Counts entered by hand: votes for each option of the (single) question. */
struct kh_tally {
    uint32_t option[KH_OPTIONS_MAX];
    uint32_t invalid;
};

struct kh_subjects {
    struct kh_subject subject[KH_SUBJECTS_MAX];
    unsigned n;
};

enum kh_field {
#define KH_FIELD_ENUM(name, decl, kind, words) KH_F_##name,
    KH_FIELD_LIST(KH_FIELD_ENUM)
#undef KH_FIELD_ENUM
        KH_FIELDS
};

#define KH_BIT(field) (UINT64_C(1) << KH_F_##field)

/* The pointers are borrowed: valid until the batch they are part of was taken. */
struct kh_fields {
    uint64_t present; /* KH_BIT() of those that are set */
#define KH_FIELD_MEMBER(name, decl, kind, words) decl;
    KH_FIELD_LIST(KH_FIELD_MEMBER)
#undef KH_FIELD_MEMBER
};

#define KH_HAS(fields, name) (((fields)->present & KH_BIT(name)) != 0)
/* Set a plain field: KH_SET(&ev.f, request, 7). */
#define KH_SET(fields, name, value) ((fields)->name = (value), (fields)->present |= KH_BIT(name))
/* Set a text field. */
#define KH_SET_TEXT(fields, name, value)                                                           \
    (KH_TEXT_SET((fields)->name, value), (fields)->present |= KH_BIT(name))

enum kh_field_kind {
    KH_KIND_PERSON,
    KH_KIND_ITEM,
    KH_KIND_U32,
    KH_KIND_TEXT,
    KH_KIND_REASON,
    KH_KIND_INT,
    KH_KIND_MS,
    KH_KIND_TIME,
    KH_KIND_BOOL,
    KH_KIND_WORD,
    KH_KIND_MARKS,
    KH_KIND_CHOICE,
    KH_KIND_TALLY,
    KH_KIND_PROFILE,
    KH_KIND_AGENDA_ITEM,
    KH_KIND_ASK_TEXT,
    KH_KIND_BALLOT,
    KH_KIND_RESULT,
    KH_KIND_SUBJECTS,
};

struct kh_field_info {
    const char *name;
    enum kh_field_kind kind;
    size_t offset, size;
    const char *const *words; /* KH_KIND_WORD: NULL-terminated, index = value */
};

extern const struct kh_field_info kh_field_table[KH_FIELDS];

/* Words of the enums, index = value, NULL-terminated. */
extern const char *const kh_mic_words[],
    *const kh_request_state_words[],
        *const kh_expiry_words[],
            *const kh_end_words[],
                *const kh_form_words[],
                    *const kh_edge_words[],
                        *const kh_role_words[],
                            *const kh_phase_words[],
                                *const kh_presence_words[],
                                    *const kh_item_state_words[],
                                        *const kh_vote_state_words[],
                                            *const kh_stand_words[],
                                                *const kh_count_words[],
                                                    *const kh_eligible_words[],
                                                        *const kh_secrecy_words[],
                                                            *const kh_running_words[],
                                                                *const kh_change_words[],
                                                                    *const kh_tie_words[],
                                                                        *const kh_outcome_words[];

/* Index of @word in a words table, -1 when it is not there. */
int kh_word_find(const char *const *words, const char *word);

#endif
