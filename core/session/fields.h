/* fields.h - the one vocabulary of commands and events, and its table.
 *
 * Pure. A command or an event is its type, its time, its actor and some of these fields. The table
 * says each field's wire name, kind and place, so that one codec serves the journal, the API, Lua
 * and the written sittings, and asyncapi.yaml can be held against it. */
#ifndef KH_SESSION_FIELDS_H
#define KH_SESSION_FIELDS_H

#include "session/ballot.h"
#include "session/records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    X(needed, uint32_t needed, U32, NULL)                                                          \
    X(join, char join[KH_POINT_BYTES], TEXT, NULL)                                                 \
    X(paper, char paper[KH_POINT_BYTES], TEXT, NULL)                                               \
    X(paper_key, char paper_key[KH_POINT_BYTES], TEXT, NULL)                                       \
    X(paper_secret, char paper_secret[KH_POINT_BYTES], TEXT, NULL)                                 \
    X(hash, char hash[KH_HASH_TEXT_BYTES], TEXT, NULL)                                             \
    X(seed, char seed[KH_HASH_TEXT_BYTES], TEXT, NULL)                                             \
    X(max_open, uint32_t max_open, U32, NULL)                                                      \
    X(remote, bool remote, BOOL, NULL)                                                             \
    X(closed, bool closed, BOOL, NULL)                                                             \
    X(override, bool override, BOOL, NULL)                                                         \
    X(mic, enum kh_mic mic, WORD, kh_mic_words)                                                    \
    X(state, enum kh_request_state state, WORD, kh_request_state_words)                            \
    X(expiry, enum kh_expiry expiry, WORD, kh_expiry_words)                                        \
    X(end, enum kh_end end, WORD, kh_end_words)                                                    \
    X(form, enum kh_form form, WORD, kh_form_words)                                                \
    X(edge, enum kh_edge_word edge, WORD, kh_edge_words)                                           \
    X(marks, struct kh_marks marks, MARKS, NULL)                                                   \
    X(choice, struct kh_choice choice, CHOICE, NULL)                                               \
    X(counts, const struct kh_tally *counts, TALLY, NULL)                                          \
    X(profile, const struct kh_profile *profile, PROFILE, NULL)                                    \
    X(agenda_item, const struct kh_item_text *agenda_item, AGENDA_ITEM, NULL)                      \
    X(ask_text, const struct kh_ask_text *ask_text, ASK_TEXT, NULL)                                \
    X(ballot, const struct kh_ballot *ballot, BALLOT, NULL)                                        \
    X(result, const struct kh_result *result, RESULT, NULL)                                        \
    X(subjects, const struct kh_subjects *subjects, SUBJECTS, NULL)                                \
    X(members, const struct kh_members *members, MEMBERS, NULL)                                    \
    X(among, const struct kh_names *among, NAMES, NULL)                                            \
    X(drawn, const struct kh_names *drawn, NAMES, NULL)                                            \
    X(deal, const char *deal, BLOB, NULL)                                                          \
    X(opening, const char *opening, BLOB, NULL)                                                    \
    X(settings, const char *settings, VALUES, NULL)

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
    KH_KIND_MEMBERS,
    KH_KIND_NAMES,
    KH_KIND_BLOB,   /* text of base64url, up to KH_BLOB_BYTES with its NUL */
    KH_KIND_VALUES, /* object of plain values: its compact JSON with sorted names; as long */
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
    *const kh_committee_stage_words[],
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
                                                                            *const
                                                                                kh_outcome_words[];

/* Index of @word in a words table, -1 when it is not there. */
int kh_word_find(const char *const *words, const char *word);

#endif
