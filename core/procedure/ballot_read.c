/* A ballot definition of the hook `ballot` (procedures.md section 5.5), read into struct kh_ballot.
 */
#include "procedure/hearing.h"

#include "base/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static const char *const ballot_words[] = { "vi",       "en",       "rule",       "options",
                                            "select",   "eligible", "secrecy",    "running",
                                            "change",   "form",     "tie",        "close",
                                            "timer",    "rules",    "veto",       "min",
                                            "weighted", "proxies",  "candidates", NULL };
static const char *const option_words[] = { "id", "vi", "en", "as", NULL };
static const char *const majority_words[] = { "of", "base", "num", "den", "strict", "rule", NULL };
static const char *const close_words[] = { "chair", "timer", "all_voted", NULL };

static void read_option(struct kh_hearing *h, struct kh_ballot *ballot)
{
    struct kh_option *option = &ballot->options[ballot->n_options];
    struct kh_reader reader;
    char what[48];
    int as = KH_STAND_OTHER;

    snprintf(what, sizeof(what), "ballot: options[%u]", ballot->n_options + 1);
    kh_read_begin(&reader, h->lua, -1, what);
    kh_read_known(&reader, option_words);
    kh_read_text_needed(&reader, "id", option->id, sizeof(option->id));
    kh_read_both(&reader, option->vi, sizeof(option->vi), option->en, sizeof(option->en));
    kh_read_word(&reader, "as", kh_stand_words, &as);
    option->as = (enum kh_stand)as;
    if (kh_ballot_option(ballot, option->id) >= 0)
        luaL_error(h->lua, "%s: the option '%s' is there twice", what, option->id);
    ballot->n_options++;
}

static void read_options(struct kh_hearing *h, const struct kh_reader *reader,
                         struct kh_ballot *ballot)
{
    bool has_own = kh_read_push(reader, "options");

    if (!has_own && ballot->n_options > 0)
        return; /* candidates alone */
    if (!has_own || !lua_istable(h->lua, -1))
        kh_read_fail(reader, "options", "a list of { id =, vi =, en =, as = } is wanted");
    for (lua_Integer i = 1; lua_geti(h->lua, -1, i) != LUA_TNIL; i++) {
        if (ballot->n_options == KH_OPTIONS_MAX)
            kh_read_fail(reader, "options", "too many");
        read_option(h, ballot);
        lua_pop(h->lua, 1);
    }
    lua_pop(h->lua, 2);
    if (ballot->n_options < 2)
        kh_read_fail(reader, "options", "at least two are wanted");
}

/* candidates = true: the people whom the chair names with vote.open are the first options, of which
 * a voter takes one. */
static void read_candidates(struct kh_hearing *h, const struct kh_reader *reader,
                            struct kh_ballot *ballot)
{
    const struct kh_fields *f = &h->command->f;
    const struct kh_subjects *people = KH_HAS(f, subjects) ? f->subjects : NULL;
    bool wanted = false;

    if (!kh_read_bool(reader, "candidates", &wanted) || !wanted)
        return;
    if (!people || people->n < 1 || people->n > KH_OPTIONS_MAX - 2) {
        kh_hearing_refuse_core(h, KH_REFUSAL_CANDIDATES);
        return;
    }
    for (unsigned i = 0; i < people->n; i++) {
        struct kh_option *option = &ballot->options[ballot->n_options++];
        KH_TEXT_SET(option->id, people->subject[i].id);
        KH_TEXT_SET(option->vi, people->subject[i].name);
        KH_TEXT_SET(option->en, people->subject[i].name);
        option->as = KH_STAND_OTHER;
    }
    ballot->n_candidates = people->n;
}

/* { of = "for", base = "in_office", num = 1, den = 2, strict = true, rule = "..." } */
static void read_majority(struct kh_hearing *h, const char *what, struct kh_majority *majority)
{
    struct kh_reader reader;
    int of = KH_COUNT_FOR, base = 0;
    int64_t num = 1, den = 1;

    kh_read_begin(&reader, h->lua, -1, what);
    kh_read_known(&reader, majority_words);
    kh_read_word(&reader, "of", kh_count_words, &of);
    if (!kh_read_word(&reader, "base", kh_count_words, &base))
        kh_read_fail(&reader, "base", "missing: the number that the majority is taken of");
    if (!kh_read_int(&reader, "num", 0, 1000000, &num) ||
        !kh_read_int(&reader, "den", 1, 1000000, &den))
        kh_read_fail(&reader, "num, den", "missing: the fraction");
    if (!kh_read_bool(&reader, "strict", &majority->strict))
        kh_read_fail(&reader, "strict", "missing: true for more than, false for at least");
    kh_read_text(&reader, "rule", majority->rule, sizeof(majority->rule));
    majority->of = (enum kh_count)of;
    majority->base = (enum kh_count)base;
    majority->num = (uint32_t)num;
    majority->den = (uint32_t)den;
}

static unsigned read_majorities(struct kh_hearing *h, const struct kh_reader *reader,
                                const char *field, struct kh_majority *to)
{
    char what[48];
    unsigned n = 0;

    if (!kh_read_push(reader, field))
        return 0;
    if (!lua_istable(h->lua, -1))
        kh_read_fail(reader, field, "a list of { of =, base =, num =, den =, strict = } is wanted");
    while (lua_geti(h->lua, -1, n + 1) != LUA_TNIL) {
        if (n == KH_RULES_MAX)
            kh_read_fail(reader, field, "too many");
        snprintf(what, sizeof(what), "ballot: %s[%u]", field, n + 1);
        read_majority(h, what, &to[n++]);
        lua_pop(h->lua, 1);
    }
    lua_pop(h->lua, 2);
    return n;
}

/* How the options on a ballot are meant; ranks (1st, 2nd, …) have no place in a kh_choice. */
static void read_how(const struct kh_reader *select, int64_t max)
{
    static const char *const words[] = { "one", "approve", "rank", NULL };
    int how = 0;

    if (!kh_read_word(select, "how", words, &how))
        return;
    if (how == 2)
        kh_read_fail(select, "how",
                     "\"rank\" is not offered: hold rounds instead, see plugins/README.md");
    if ((how == 0) != (max == 1))
        kh_read_fail(select, "how", "\"one\" goes with max = 1, \"approve\" with more");
}

static void read_select(const struct kh_reader *reader, struct kh_ballot *ballot)
{
    static const char *const words[] = { "min", "max", "how", NULL };
    struct kh_reader select;
    int64_t min = 1, max = 1;

    if (kh_read_push(reader, "select")) {
        kh_read_begin(&select, reader->lua, -1, "ballot: select");
        kh_read_known(&select, words);
        kh_read_int(&select, "min", 0, ballot->n_options, &min);
        kh_read_int(&select, "max", 1, ballot->n_options, &max);
        read_how(&select, max);
        lua_pop(reader->lua, 1);
    }
    if (min > max)
        kh_read_fail(reader, "select", "min is above max");
    ballot->select_min = (unsigned)min;
    ballot->select_max = (unsigned)max;
}

static void read_min(const struct kh_reader *reader, struct kh_ballot *ballot)
{
    static const char *const words[] = { "turnout", NULL };
    struct kh_reader min;
    int64_t turnout = 0;

    if (!kh_read_push(reader, "min"))
        return;
    kh_read_begin(&min, reader->lua, -1, "ballot: min");
    kh_read_known(&min, words);
    kh_read_int(&min, "turnout", 0, KH_PERSONS_MAX, &turnout);
    ballot->min_turnout = (uint32_t)turnout;
    lua_pop(reader->lua, 1);
}

static void read_words(const struct kh_reader *reader, struct kh_ballot *ballot)
{
    int word = KH_ELIGIBLE_CHECKED_IN;

    kh_read_word(reader, "eligible", kh_eligible_words, &word);
    ballot->eligible = (enum kh_eligible)word;
    word = KH_SECRECY_NAMED_AFTER;
    kh_read_word(reader, "secrecy", kh_secrecy_words, &word);
    ballot->secrecy = (enum kh_secrecy)word;
    word = KH_RUNNING_TURNOUT;
    kh_read_word(reader, "running", kh_running_words, &word);
    ballot->running = (enum kh_running)word;
    word = KH_CHANGE_UNTIL_CLOSE;
    kh_read_word(reader, "change", kh_change_words, &word);
    ballot->change = (enum kh_change)word;
    if (ballot->change == KH_CHANGE_UNTIL_ANNOUNCED && ballot->secrecy == KH_SECRECY_SECRET)
        kh_read_fail(reader, "change", "a secret vote is sealed when it closes: until_close");
    word = KH_FORM_ELECTRONIC;
    kh_read_word(reader, "form", kh_form_words, &word);
    ballot->form = (enum kh_form)word;
    word = KH_TIE_REJECT;
    kh_read_word(reader, "tie", kh_tie_words, &word);
    ballot->tie = (enum kh_tie)word;
}

static void read_close(const struct kh_reader *reader, struct kh_ballot *ballot)
{
    int close = 0;

    kh_read_word(reader, "close", close_words, &close);
    ballot->close_when_all_voted = close == 2;
    kh_read_ms(reader, "timer", &ballot->timer_ms);
    if (close == 1 && ballot->timer_ms == 0)
        kh_read_fail(reader, "timer", "missing: after how many seconds the vote closes");
}

/* The type's labels, as setup() declared them. */
static void label(const struct kh_procedure *p, const char *type, struct kh_ballot *ballot)
{
    size_t i;
    json_t *vote;

    KH_TEXT_SET(ballot->type, type);
    json_array_foreach(json_object_get(p->describe, "votes"), i, vote)
    {
        if (!kh_text_same(json_string_value(json_object_get(vote, "id")), type))
            continue;
        KH_TEXT_SET(ballot->vi, json_string_value(json_object_get(vote, "vi")));
        KH_TEXT_SET(ballot->en, json_string_value(json_object_get(vote, "en")));
        KH_TEXT_SET(ballot->rule, json_string_value(json_object_get(vote, "rule")));
    }
}

void kh_ballot_read(struct kh_hearing *h, const char *type, struct kh_ballot *ballot)
{
    struct kh_reader reader;

    memset(ballot, 0, sizeof(*ballot));
    label(h->p, type, ballot);
    kh_read_begin(&reader, h->lua, -1, "ballot");
    kh_read_known(&reader, ballot_words);
    kh_read_text(&reader, "vi", ballot->vi, sizeof(ballot->vi));
    kh_read_text(&reader, "en", ballot->en, sizeof(ballot->en));
    kh_read_text(&reader, "rule", ballot->rule, sizeof(ballot->rule));
    read_candidates(h, &reader, ballot);
    if (h->verdict->refused)
        return;
    read_options(h, &reader, ballot);
    read_select(&reader, ballot);
    read_words(&reader, ballot);
    read_close(&reader, ballot);
    read_min(&reader, ballot);
    kh_read_bool(&reader, "weighted", &ballot->weighted);
    kh_read_bool(&reader, "proxies", &ballot->proxies);
    ballot->n_rules = read_majorities(h, &reader, "rules", ballot->rules);
    ballot->n_vetoes = read_majorities(h, &reader, "veto", ballot->vetoes);
}
