/* Ballots, choices, tallies and results. */
#include "wire/compose.h"

#include "base/text.h"

#include <string.h>

json_t *kh_compose_subjects(const struct kh_subject *subjects, unsigned n)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < n; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "id", subjects[i].id, "name", subjects[i].name));
    return list;
}

static json_t *compose_options(const struct kh_ballot *ballot)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < ballot->n_options; i++) {
        const struct kh_option *o = &ballot->options[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "id", o->id, "vi", o->vi,
                                              "en", o->en, "as", kh_stand_words[o->as]));
    }
    return list;
}

static json_t *compose_majorities(const struct kh_majority *majorities, unsigned n)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < n; i++) {
        const struct kh_majority *m = &majorities[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:i, s:b, s:s}", "of",
                                              kh_count_words[m->of], "base",
                                              kh_count_words[m->base], "num", (int)m->num, "den",
                                              (int)m->den, "strict", m->strict, "rule", m->rule));
    }
    return list;
}

json_t *kh_compose_ballot(const struct kh_ballot *b)
{
    json_t *object = json_pack(
        "{s:s, s:o, s:o, s:o, s:{s:i, s:i}, s:s, s:s, s:s, s:s, s:s, s:s}", "type", b->type, "name",
        kh_compose_words(b->vi, b->en), "options", compose_options(b), "subjects",
        kh_compose_subjects(b->subjects, b->n_subjects), "select", "min", (int)b->select_min, "max",
        (int)b->select_max, "eligible", kh_eligible_words[b->eligible], "secrecy",
        kh_secrecy_words[b->secrecy], "running", kh_running_words[b->running], "change",
        kh_change_words[b->change], "form", kh_form_words[b->form], "tie", kh_tie_words[b->tie]);

    json_object_set_new(object, "close_when_all_voted", json_boolean(b->close_when_all_voted));
    json_object_set_new(object, "weighted", json_boolean(b->weighted));
    json_object_set_new(object, "proxies", json_boolean(b->proxies));
    json_object_set_new(object, "timer_ms", json_integer(b->timer_ms));
    json_object_set_new(object, "rules", compose_majorities(b->rules, b->n_rules));
    json_object_set_new(object, "vetoes", compose_majorities(b->vetoes, b->n_vetoes));
    json_object_set_new(object, "min_turnout", json_integer(b->min_turnout));
    json_object_set_new(object, "rule", json_string(b->rule));
    if (b->n_candidates)
        json_object_set_new(object, "candidates", json_integer(b->n_candidates));
    return object;
}

/* One option is a text, several are a list. */
static json_t *compose_mask(const struct kh_ballot *ballot, uint16_t mask)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < ballot->n_options; i++)
        if (mask >> i & 1)
            json_array_append_new(list, json_string(ballot->options[i].id));
    if (json_array_size(list) != 1)
        return list;
    json_t *only = json_incref(json_array_get(list, 0));
    json_decref(list);
    return only;
}

json_t *kh_compose_choice(const struct kh_ballot *ballot, const struct kh_choice *choice)
{
    if (ballot->n_subjects == 0)
        return compose_mask(ballot, choice->options[0]);
    json_t *object = json_object();
    for (unsigned i = 0; i < ballot->n_subjects && i < choice->n; i++)
        json_object_set_new(object, ballot->subjects[i].id,
                            compose_mask(ballot, choice->options[i]));
    return object;
}

static json_t *compose_tally_of(const struct kh_ballot *ballot, const struct kh_tally_of *tally)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < ballot->n_options; i++)
        json_object_set_new(object, ballot->options[i].id, json_integer(tally->option[i]));
    json_object_set_new(object, "invalid", json_integer(tally->invalid));
    return object;
}

/* {option: number}, or with several subjects {subject: {option: number}}. */
json_t *kh_compose_tally(const struct kh_ballot *ballot, const struct kh_tally *tally)
{
    json_t *object;

    if (ballot->n_subjects <= 1)
        return compose_tally_of(ballot, &tally->subject[0]);
    object = json_object();
    for (unsigned s = 0; s < ballot->n_subjects; s++)
        json_object_set_new(object, ballot->subjects[s].id,
                            compose_tally_of(ballot, &tally->subject[s]));
    return object;
}

static json_t *compose_counts(const struct kh_ballot *ballot, const struct kh_counts *counts)
{
    json_t *named = json_object(), *options = json_object();

    for (unsigned i = 0; i < KH_COUNTS; i++)
        json_object_set_new(named, kh_count_words[i], json_integer(counts->named[i]));
    for (unsigned i = 0; i < ballot->n_options; i++)
        json_object_set_new(options, ballot->options[i].id, json_integer(counts->option[i]));
    return json_pack("{s:o, s:o}", "named", named, "options", options);
}

json_t *kh_compose_result(const struct kh_ballot *ballot, const struct kh_result *result)
{
    json_t *counts = json_array();

    for (unsigned i = 0; i < result->n_subjects; i++)
        json_array_append_new(counts, compose_counts(ballot, &result->counts[i]));
    return json_pack("{s:s, s:s, s:o, s:o, s:s}", "outcome", kh_outcome_words[result->outcome],
                     "word", result->word, "counts", counts, "explanation",
                     kh_compose_words(result->vi, result->en), "rule", result->rule);
}

/* --- reading --- */

enum kh_err kh_parse_subjects(const json_t *from, struct kh_subjects *to, struct kh_error *error)
{
    enum kh_err err = KH_OK;
    const json_t *subject;
    size_t i;

    *to = (struct kh_subjects){ 0 };
    if (!json_is_array(from) || json_array_size(from) > KH_SUBJECTS_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "subjects: a list of at most %d is wanted",
                          KH_SUBJECTS_MAX);
    json_array_foreach(from, i, subject)
    {
        if (!json_is_object(subject) || !json_is_string(json_object_get(subject, "id")))
            return kh_err_set(error, KH_ERR_INVALID, "subjects: {id, name} is wanted");
        if (!err)
            err = KH_PARSE_TEXT(subject, "id", to->subject[i].id, error);
        if (!err)
            err = KH_PARSE_TEXT(subject, "name", to->subject[i].name, error);
    }
    to->n = (unsigned)json_array_size(from);
    return err;
}

static enum kh_err parse_options(const json_t *list, struct kh_ballot *to, struct kh_error *error)
{
    enum kh_err err = KH_OK;
    const json_t *option;
    size_t i;

    if (json_array_size(list) > KH_OPTIONS_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "options: at most %d", KH_OPTIONS_MAX);
    json_array_foreach(list, i, option)
    {
        int as = KH_STAND_OTHER;
        if (!err)
            err = KH_PARSE_TEXT(option, "id", to->options[i].id, error);
        if (!err)
            err = KH_PARSE_TEXT(option, "vi", to->options[i].vi, error);
        if (!err)
            err = KH_PARSE_TEXT(option, "en", to->options[i].en, error);
        if (!err)
            err = kh_parse_word(option, "as", kh_stand_words, &as, error);
        to->options[i].as = (enum kh_stand)as;
    }
    to->n_options = (unsigned)json_array_size(list);
    return err;
}

static enum kh_err parse_majority(const json_t *from, struct kh_majority *to,
                                  struct kh_error *error)
{
    int of = 0, base = 0;
    int64_t num = 0, den = 1;
    enum kh_err err = kh_parse_word(from, "of", kh_count_words, &of, error);

    if (!err)
        err = kh_parse_word(from, "base", kh_count_words, &base, error);
    if (!err)
        err = kh_parse_number(from, "num", 0, 1000000, &num, error);
    if (!err)
        err = kh_parse_number(from, "den", 1, 1000000, &den, error);
    if (!err)
        err = kh_parse_bool(from, "strict", &to->strict, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "rule", to->rule, error);
    to->of = (enum kh_count)of;
    to->base = (enum kh_count)base;
    to->num = (uint32_t)num;
    to->den = (uint32_t)den;
    return err;
}

static enum kh_err parse_majorities(const json_t *list, struct kh_majority *to, unsigned *n,
                                    struct kh_error *error)
{
    enum kh_err err = KH_OK;
    const json_t *majority;
    size_t i;

    if (json_array_size(list) > KH_RULES_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "rules: at most %d", KH_RULES_MAX);
    json_array_foreach(list, i, majority) if (!err) err = parse_majority(majority, &to[i], error);
    *n = (unsigned)json_array_size(list);
    return err;
}

/* A word member into an enum of the ballot. */
#define PARSE_WORD(member, words)                                                                  \
    do {                                                                                           \
        int word = (int)to->member;                                                                \
        if (!err)                                                                                  \
            err = kh_parse_word(from, #member, words, &word, error);                               \
        to->member = word;                                                                         \
    } while (0)

static enum kh_err parse_ballot_words(const json_t *from, struct kh_ballot *to,
                                      struct kh_error *error)
{
    enum kh_err err = KH_OK;

    PARSE_WORD(eligible, kh_eligible_words);
    PARSE_WORD(secrecy, kh_secrecy_words);
    PARSE_WORD(running, kh_running_words);
    PARSE_WORD(change, kh_change_words);
    PARSE_WORD(form, kh_form_words);
    PARSE_WORD(tie, kh_tie_words);
    return err;
}
#undef PARSE_WORD

static enum kh_err parse_ballot_numbers(const json_t *from, struct kh_ballot *to,
                                        struct kh_error *error)
{
    const json_t *select = json_object_get(from, "select");
    int64_t min = 1, max = 1, turnout = 0, candidates = 0;
    enum kh_err err = kh_parse_number(select, "min", 0, KH_OPTIONS_MAX, &min, error);

    if (!err)
        err = kh_parse_number(select, "max", 1, KH_OPTIONS_MAX, &max, error);
    if (!err)
        err = kh_parse_number(from, "min_turnout", 0, KH_PERSONS_MAX, &turnout, error);
    if (!err)
        err = kh_parse_number(from, "timer_ms", 0, 86400000, &to->timer_ms, error);
    if (!err)
        err = kh_parse_bool(from, "close_when_all_voted", &to->close_when_all_voted, error);
    if (!err)
        err = kh_parse_bool(from, "weighted", &to->weighted, error);
    if (!err)
        err = kh_parse_bool(from, "proxies", &to->proxies, error);
    if (!err)
        err = kh_parse_number(from, "candidates", 0, KH_OPTIONS_MAX, &candidates, error);
    to->n_candidates = (unsigned)candidates;
    to->select_min = (unsigned)min;
    to->select_max = (unsigned)max;
    to->min_turnout = (uint32_t)turnout;
    return err;
}

static enum kh_err parse_ballot_texts(const json_t *from, struct kh_ballot *to,
                                      struct kh_error *error)
{
    const json_t *name = json_object_get(from, "name");
    enum kh_err err = KH_PARSE_TEXT(from, "type", to->type, error);

    if (!err)
        err = KH_PARSE_TEXT(name, "vi", to->vi, error);
    if (!err)
        err = KH_PARSE_TEXT(name, "en", to->en, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "rule", to->rule, error);
    return err;
}

enum kh_err kh_parse_ballot(const json_t *from, struct kh_ballot *to, struct kh_error *error)
{
    struct kh_subjects subjects = { 0 };
    const json_t *list = json_object_get(from, "subjects");

    if (!json_is_object(from))
        return kh_err_set(error, KH_ERR_INVALID, "ballot: an object is wanted");
    enum kh_err err = parse_ballot_texts(from, to, error);
    if (!err)
        err = parse_ballot_words(from, to, error);
    if (!err)
        err = parse_ballot_numbers(from, to, error);
    if (!err)
        err = parse_options(json_object_get(from, "options"), to, error);
    if (!err && list)
        err = kh_parse_subjects(list, &subjects, error);
    if (!err)
        err = parse_majorities(json_object_get(from, "rules"), to->rules, &to->n_rules, error);
    if (!err)
        err = parse_majorities(json_object_get(from, "vetoes"), to->vetoes, &to->n_vetoes, error);
    for (unsigned i = 0; i < subjects.n; i++)
        to->subjects[i] = subjects.subject[i];
    to->n_subjects = subjects.n;
    return err;
}

static enum kh_err parse_mask(const struct kh_ballot *ballot, const json_t *from, uint16_t *mask,
                              struct kh_error *error)
{
    const json_t *value;
    size_t i;

    *mask = 0;
    if (json_is_array(from)) {
        json_array_foreach(from, i, value)
        {
            uint16_t one = 0;
            enum kh_err err = json_is_array(value)
                                  ? kh_err_set(error, KH_ERR_INVALID, "choice: lists in lists")
                                  : parse_mask(ballot, value, &one, error);
            if (err)
                return err;
            *mask |= one;
        }
        return KH_OK;
    }
    int option = json_is_string(from) ? kh_ballot_option(ballot, json_string_value(from)) : -1;
    if (option < 0)
        return kh_err_set(error, KH_ERR_INVALID, "choice: not one of this vote's options");
    *mask = (uint16_t)(1u << option);
    return KH_OK;
}

enum kh_err kh_parse_choice(const struct kh_ballot *ballot, const json_t *from,
                            struct kh_choice *to, struct kh_error *error)
{
    *to = (struct kh_choice){ .n = ballot->n_subjects ? ballot->n_subjects : 1 };
    if (ballot->n_subjects == 0)
        return parse_mask(ballot, from, &to->options[0], error);
    if (!json_is_object(from) || json_object_size(from) != ballot->n_subjects)
        return kh_err_set(error, KH_ERR_INVALID, "choice: one for each subject is wanted");
    for (unsigned i = 0; i < ballot->n_subjects; i++) {
        const json_t *one = json_object_get(from, ballot->subjects[i].id);
        enum kh_err err = parse_mask(ballot, one, &to->options[i], error);
        if (err)
            return err;
    }
    return KH_OK;
}

static enum kh_err parse_tally_of(const struct kh_ballot *ballot, const json_t *from,
                                  struct kh_tally_of *to, struct kh_error *error)
{
    size_t known = 0;
    int64_t n = 0;
    enum kh_err err = KH_OK;

    if (!json_is_object(from))
        return kh_err_set(error, KH_ERR_INVALID, "counts: {option: number} is wanted");
    for (unsigned i = 0; !err && i < ballot->n_options; i++) {
        n = 0;
        err = kh_parse_number(from, ballot->options[i].id, 0, KH_PERSONS_MAX, &n, error);
        to->option[i] = (uint32_t)n;
        known += json_object_get(from, ballot->options[i].id) != NULL;
    }
    n = 0;
    if (!err)
        err = kh_parse_number(from, "invalid", 0, KH_PERSONS_MAX, &n, error);
    to->invalid = (uint32_t)n;
    known += json_object_get(from, "invalid") != NULL;
    if (!err && known != json_object_size(from))
        return kh_err_set(error, KH_ERR_INVALID, "counts: an option that this vote does not have");
    return err;
}

enum kh_err kh_parse_tally(const struct kh_ballot *ballot, const json_t *from, struct kh_tally *to,
                           struct kh_error *error)
{
    enum kh_err err = KH_OK;

    memset(to, 0, sizeof(*to));
    if (ballot->n_subjects <= 1)
        return parse_tally_of(ballot, from, &to->subject[0], error);
    if (json_object_size(from) != ballot->n_subjects)
        return kh_err_set(error, KH_ERR_INVALID,
                          "counts: {subject: {option: number}} of every subject is wanted");
    for (unsigned s = 0; !err && s < ballot->n_subjects; s++) {
        const json_t *one = json_object_get(from, ballot->subjects[s].id);
        if (!one)
            return kh_err_set(error, KH_ERR_INVALID, "counts: \"%.40s\" is missing",
                              ballot->subjects[s].id);
        err = parse_tally_of(ballot, one, &to->subject[s], error);
    }
    return err;
}

static void parse_counts(const struct kh_ballot *ballot, const json_t *from, struct kh_counts *to)
{
    const json_t *named = json_object_get(from, "named");
    const json_t *options = json_object_get(from, "options");

    for (unsigned i = 0; i < KH_COUNTS; i++)
        to->named[i] = (uint32_t)json_integer_value(json_object_get(named, kh_count_words[i]));
    for (unsigned i = 0; i < ballot->n_options; i++)
        to->option[i] =
            (uint32_t)json_integer_value(json_object_get(options, ballot->options[i].id));
}

enum kh_err kh_parse_result(const struct kh_ballot *ballot, const json_t *from,
                            struct kh_result *to, struct kh_error *error)
{
    const json_t *counts = json_object_get(from, "counts");
    const json_t *words = json_object_get(from, "explanation");
    int outcome = KH_OUTCOME_COUNTED;

    if (!json_is_object(from))
        return kh_err_set(error, KH_ERR_INVALID, "result: an object is wanted");
    enum kh_err err = kh_parse_word(from, "outcome", kh_outcome_words, &outcome, error);
    *to = (struct kh_result){ .outcome = (enum kh_outcome)outcome };
    if (!err)
        err = KH_PARSE_TEXT(from, "word", to->word, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "rule", to->rule, error);
    if (!err)
        err = KH_PARSE_TEXT(words, "vi", to->vi, error);
    if (!err)
        err = KH_PARSE_TEXT(words, "en", to->en, error);
    to->n_subjects = (unsigned)json_array_size(counts);
    if (to->n_subjects > KH_SUBJECTS_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "counts: too many subjects");
    for (unsigned i = 0; i < to->n_subjects; i++)
        parse_counts(ballot, json_array_get(counts, i), &to->counts[i]);
    return err;
}
