/* compose.h - the composite kinds of fields (profile, ballot, result …) as JSON, one pair each.
 *
 * Pure; internal to core/wire. Writers give new references; readers fill @to and name the first
 * problem in @error. */
#ifndef KH_WIRE_COMPOSE_H
#define KH_WIRE_COMPOSE_H

#include "wire/wire.h"

json_t *kh_compose_words(const char *vi, const char *en);  /* {vi, en} */
json_t *kh_compose_reason(const struct kh_reason *reason); /* {code, vi, en, rule} */
json_t *kh_compose_roles(uint32_t roles);                  /* ["chair", …] */
json_t *kh_compose_profile(const struct kh_profile *profile);
json_t *kh_compose_item(const struct kh_item_text *item);
json_t *kh_compose_ask(const struct kh_state *state, const struct kh_ask_text *ask);
json_t *kh_compose_marks(const struct kh_marks *marks);
json_t *kh_compose_subjects(const struct kh_subject *subjects, unsigned n);
json_t *kh_compose_ballot(const struct kh_ballot *ballot);
json_t *kh_compose_choice(const struct kh_ballot *ballot, const struct kh_choice *choice);
json_t *kh_compose_tally(const struct kh_ballot *ballot, const struct kh_tally *tally);
json_t *kh_compose_result(const struct kh_ballot *ballot, const struct kh_result *result);

enum kh_err kh_parse_reason(const json_t *from, struct kh_reason *to, struct kh_error *error);
enum kh_err kh_parse_profile(const json_t *from, struct kh_profile *to, struct kh_error *error);
enum kh_err kh_parse_item(const json_t *from, struct kh_item_text *to, struct kh_error *error);
enum kh_err kh_parse_ask(const struct kh_state *state, const json_t *from, struct kh_ask_text *to,
                         struct kh_error *error);
enum kh_err kh_parse_marks(const json_t *from, struct kh_marks *to, struct kh_error *error);
enum kh_err kh_parse_subjects(const json_t *from, struct kh_subjects *to, struct kh_error *error);
enum kh_err kh_parse_ballot(const json_t *from, struct kh_ballot *to, struct kh_error *error);
enum kh_err kh_parse_choice(const struct kh_ballot *ballot, const json_t *from,
                            struct kh_choice *to, struct kh_error *error);
enum kh_err kh_parse_tally(const struct kh_ballot *ballot, const json_t *from, struct kh_tally *to,
                           struct kh_error *error);
enum kh_err kh_parse_result(const struct kh_ballot *ballot, const json_t *from,
                            struct kh_result *to, struct kh_error *error);

/* Members of an object. A missing one leaves @to as it is and is fine; a wrong type or a text too
 * long fails. */
enum kh_err kh_parse_text(const json_t *object, const char *name, char *to, size_t size,
                          struct kh_error *error);
enum kh_err kh_parse_number(const json_t *object, const char *name, int64_t min, int64_t max,
                            int64_t *to, struct kh_error *error);
enum kh_err kh_parse_bool(const json_t *object, const char *name, bool *to, struct kh_error *error);
enum kh_err kh_parse_word(const json_t *object, const char *name, const char *const *words, int *to,
                          struct kh_error *error);
enum kh_err kh_parse_roles(const json_t *object, const char *name, uint32_t *to,
                           struct kh_error *error);

#define KH_PARSE_TEXT(object, name, array, error)                                                  \
    kh_parse_text((object), (name), (array), sizeof(array), (error))

#endif
