/* Hooks of votes: ballot, may_vote, on_cast, evaluate, on_result. */
#include "procedure/hearing.h"

#include "base/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static void set_int(lua_State *lua, const char *name, int64_t value)
{
    lua_pushinteger(lua, value);
    lua_setfield(lua, -2, name);
}

static void set_text(lua_State *lua, const char *name, const char *text)
{
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, name);
}

static void set_bool(lua_State *lua, const char *name, bool value)
{
    lua_pushboolean(lua, value);
    lua_setfield(lua, -2, name);
}

/* --- vote.open --- */

/* Whom the chair names with vote.open: { id, name } each; an empty list when nobody. */
static void push_people(lua_State *lua, const struct kh_subjects *people)
{
    lua_newtable(lua);
    for (unsigned i = 0; people && i < people->n; i++) {
        lua_createtable(lua, 0, 2);
        set_text(lua, "id", people->subject[i].id);
        set_text(lua, "name", people->subject[i].name);
        lua_rawseti(lua, -2, i + 1);
    }
}

/* ballot(ctx, type, question, people) */
void kh_hear_vote_open(struct kh_hearing *h)
{
    const struct kh_fields *f = &h->command->f;
    struct kh_ballot *ballot = &h->verdict->ballot;

    if (!kh_vocabulary_has_vote(&h->p->vocabulary, f->type)) {
        kh_hearing_refuse_core(h, KH_REFUSAL_NO_TYPE);
        return;
    }
    if (!h->p->is_foreseeing)
        kh_hear_quorum(h, "decide");
    if (h->verdict->refused || !kh_hearing_begin(h, KH_HOOK_BALLOT))
        return;
    kh_hearing_input(h, "%s", f->type);
    lua_pushstring(h->lua, f->type);
    lua_pushstring(h->lua, f->question);
    push_people(h->lua, KH_HAS(f, subjects) ? f->subjects : NULL);
    switch (kh_hearing_call(h, 3)) {
    case KH_ANSWER_REFUSED:
        break;
    case KH_ANSWER_NIL:
        luaL_error(h->lua, "nothing for the declared type '%s': a definition is wanted", f->type);
        break;
    case KH_ANSWER_VALUE:
        kh_ballot_read(h, f->type, ballot);
        if (h->verdict->refused)
            break;
        h->verdict->terms.ballot = ballot;
        kh_hearing_note(h, "%u options, %u rules", ballot->n_options, ballot->n_rules);
        break;
    }
    lua_pop(h->lua, 1);
}

/* --- vote.cast --- */

/* Push what was chosen: an option's id, a list of them, or a list a subject; nil for a secret vote,
 * which no rule may look into. */
static void push_options_of(struct kh_hearing *h, const struct kh_ballot *ballot, uint16_t options)
{
    lua_Integer n = 0;

    lua_newtable(h->lua);
    for (unsigned o = 0; o < ballot->n_options; o++) {
        if (!(options >> o & 1))
            continue;
        lua_pushstring(h->lua, ballot->options[o].id);
        lua_rawseti(h->lua, -2, ++n);
    }
    if (ballot->select_max == 1 && n == 1) {
        lua_rawgeti(h->lua, -1, 1);
        lua_remove(h->lua, -2);
    }
}

static void push_choice(struct kh_hearing *h, const struct kh_vote *vote)
{
    const struct kh_choice *choice = &h->command->f.choice;

    if (vote->ballot.secrecy == KH_SECRECY_SECRET) {
        lua_pushnil(h->lua);
        return;
    }
    if (vote->ballot.n_subjects == 0) {
        push_options_of(h, &vote->ballot, choice->options[0]);
        return;
    }
    lua_newtable(h->lua);
    for (unsigned s = 0; s < choice->n; s++) {
        push_options_of(h, &vote->ballot, choice->options[s]);
        lua_rawseti(h->lua, -2, s + 1);
    }
}

/* Whose vote it is: the actor's own, or that of a member who gave the actor a proxy. */
static kh_person voter(const struct kh_hearing *h)
{
    return KH_HAS(&h->command->f, person) ? h->command->f.person : h->command->actor;
}

/* May the person vote at all: true, false or a refusal. */
static bool ask_may_vote(struct kh_hearing *h, const struct kh_vote *vote)
{
    enum kh_answer answer;

    if (!kh_hearing_begin(h, KH_HOOK_MAY_VOTE))
        return true;
    kh_ctx_push_person(h->lua, h->state, voter(h));
    kh_ctx_push_vote(h->lua, h->p, vote);
    answer = kh_hearing_call(h, 2);
    if (answer == KH_ANSWER_VALUE && !lua_isboolean(h->lua, -1))
        luaL_error(h->lua, "true, false or refuse(...) is wanted");
    if (answer == KH_ANSWER_VALUE && !lua_toboolean(h->lua, -1))
        kh_hearing_refuse_core(h, KH_REFUSAL_NOT_ELIGIBLE);
    lua_pop(h->lua, 1);
    return !h->verdict->refused;
}

/* may_vote(ctx, person, vote): who may not vote gets no paper. on_cast is never asked. */
void kh_hear_vote_claim(struct kh_hearing *h)
{
    const struct kh_vote *vote = kh_state_vote(h->state, h->command->f.vote);

    if (vote && vote->state == KH_VOTE_OPEN)
        ask_may_vote(h, vote);
}

/* may_vote(ctx, person, vote), then on_cast(ctx, person, choice, vote) */
void kh_hear_vote_cast(struct kh_hearing *h)
{
    const struct kh_vote *vote = kh_state_vote(h->state, h->command->f.vote);
    enum kh_answer answer;

    if (!vote || vote->state != KH_VOTE_OPEN || !ask_may_vote(h, vote) ||
        !kh_hearing_begin(h, KH_HOOK_ON_CAST))
        return;
    kh_ctx_push_person(h->lua, h->state, voter(h));
    push_choice(h, vote);
    kh_ctx_push_vote(h->lua, h->p, vote);
    answer = kh_hearing_call(h, 3);
    if (answer == KH_ANSWER_VALUE && !(lua_isboolean(h->lua, -1) && lua_toboolean(h->lua, -1)))
        luaL_error(h->lua, "true, nil or refuse(...) is wanted");
    lua_pop(h->lua, 1);
}

/* --- vote.close --- */

static void push_counts(struct kh_hearing *h, const struct kh_vote *vote,
                        const struct kh_result *result)
{
    if (vote->ballot.n_subjects == 0) {
        kh_ctx_push_counts(h->lua, &vote->ballot, &result->counts[0]);
        return;
    }
    lua_newtable(h->lua);
    for (unsigned s = 0; s < result->n_subjects; s++) {
        kh_ctx_push_counts(h->lua, &vote->ballot, &result->counts[s]);
        lua_rawseti(h->lua, -2, s + 1);
    }
}

static void push_majorities(lua_State *lua, const struct kh_majority *majority, unsigned n,
                            const struct kh_counts *counts)
{
    lua_createtable(lua, (int)n, 0);
    for (unsigned i = 0; i < n; i++) {
        lua_createtable(lua, 0, 10);
        set_text(lua, "of", kh_count_words[majority[i].of]);
        set_text(lua, "base", kh_count_words[majority[i].base]);
        set_int(lua, "num", majority[i].num);
        set_int(lua, "den", majority[i].den);
        set_bool(lua, "strict", majority[i].strict);
        set_text(lua, "rule", majority[i].rule);
        set_int(lua, "have", counts->named[majority[i].of]);
        set_int(lua, "total", counts->named[majority[i].base]);
        set_int(lua, "need", kh_ballot_needed(&majority[i], counts));
        set_bool(lua, "holds", kh_ballot_holds(&majority[i], counts));
        lua_rawseti(lua, -2, i + 1);
    }
}

static void push_judged_of(lua_State *lua, const struct kh_ballot *ballot, enum kh_outcome outcome,
                           const struct kh_counts *counts)
{
    lua_createtable(lua, 0, 4);
    set_text(lua, "outcome", kh_outcome_words[outcome]);
    push_majorities(lua, ballot->rules, ballot->n_rules, counts);
    lua_setfield(lua, -2, "rules");
    push_majorities(lua, ballot->vetoes, ballot->n_vetoes, counts);
    lua_setfield(lua, -2, "veto");
}

/* judged.top: ids of the options with most votes; judged.oldest: the oldest of them, if they are
 * people whose days of birth differ. */
static void push_top(struct kh_hearing *h, const struct kh_ballot *ballot,
                     const struct kh_counts *counts)
{
    uint16_t mask = kh_contest_top(ballot, counts);
    int oldest = kh_contest_oldest(h->state, ballot, mask);
    lua_Integer n = 0;

    lua_newtable(h->lua);
    for (unsigned o = 0; o < ballot->n_options; o++) {
        if (!(mask >> o & 1))
            continue;
        lua_pushstring(h->lua, ballot->options[o].id);
        lua_rawseti(h->lua, -2, ++n);
    }
    lua_setfield(h->lua, -2, "top");
    if (oldest >= 0)
        set_text(h->lua, "oldest", ballot->options[oldest].id);
}

/* What the core makes of the numbers: { outcome, rules, veto } of the question or the first
 * subject; with subjects, .subjects has the same of each, with its id and name. */
static void push_judged(struct kh_hearing *h, const struct kh_vote *vote,
                        const struct kh_result *result)
{
    const struct kh_ballot *ballot = &vote->ballot;

    push_judged_of(h->lua, ballot, result->outcome, &result->counts[0]);
    if (ballot->n_subjects == 0) {
        push_top(h, ballot, &result->counts[0]);
        return;
    }
    lua_createtable(h->lua, (int)ballot->n_subjects, 0);
    for (unsigned s = 0; s < ballot->n_subjects; s++) {
        const struct kh_counts *counts = &result->counts[s];
        push_judged_of(h->lua, ballot, kh_ballot_judge(ballot, counts), counts);
        set_text(h->lua, "id", ballot->subjects[s].id);
        set_text(h->lua, "name", ballot->subjects[s].name);
        lua_rawseti(h->lua, -2, s + 1);
    }
    lua_setfield(h->lua, -2, "subjects");
}

/* { outcome, vi, en, rule }: an outcome that the core does not know is the procedure's own word. */
static void read_evaluation(struct kh_hearing *h, struct kh_result *result)
{
    static const char *const words[] = { "outcome", "vi", "en", "rule", "actions", NULL };
    struct kh_reader reader;
    int outcome;

    kh_read_begin(&reader, h->lua, -1, "evaluate");
    kh_read_known(&reader, words);
    if (kh_read_text(&reader, "outcome", result->word, sizeof(result->word))) {
        outcome = kh_word_find(kh_outcome_words, result->word);
        result->outcome = outcome < 0 ? KH_OUTCOME_OTHER : (enum kh_outcome)outcome;
    }
    kh_read_both(&reader, result->vi, sizeof(result->vi), result->en, sizeof(result->en));
    kh_read_text(&reader, "rule", result->rule, sizeof(result->rule));
    if (result->rule[0] == '\0')
        KH_TEXT_SET(result->rule, "kyhop.47");
    if (kh_read_push(&reader, "actions")) {
        kh_actions_read(h);
        lua_pop(h->lua, 1);
    }
}

/* evaluate(ctx, vote, counts, judged) */
void kh_hear_vote_close(struct kh_hearing *h)
{
    const struct kh_vote *vote = kh_state_vote(h->state, h->command->f.vote);
    struct kh_result *result = &h->verdict->result;

    if (!vote || !kh_vote_is_countable(vote) || !kh_hearing_begin(h, KH_HOOK_EVALUATE))
        return;
    kh_hearing_input(h, "%s", vote->ballot.type);
    kh_vote_judge(h->state, vote, result);
    kh_ctx_push_vote(h->lua, h->p, vote);
    push_counts(h, vote, result);
    push_judged(h, vote, result);
    if (kh_hearing_call(h, 3) == KH_ANSWER_VALUE)
        read_evaluation(h, result);
    lua_pop(h->lua, 1);
    if (h->verdict->refused)
        return;
    h->verdict->terms.result = result;
    kh_hearing_note(h, "%s %s", result->word, result->en);
}

/* What the chair makes of the tie, and how: judged.decided is "for" or "against". */
static bool decide_tie(struct kh_hearing *h, const struct kh_vote *vote, struct kh_result *result)
{
    const struct kh_choice *choice = &h->command->f.choice;

    *result = vote->result;
    for (unsigned o = 0; o < vote->ballot.n_options; o++) {
        enum kh_stand as = vote->ballot.options[o].as;
        if (choice->options[0] != 1U << o || (as != KH_STAND_FOR && as != KH_STAND_AGAINST))
            continue;
        result->outcome = as == KH_STAND_FOR ? KH_OUTCOME_PASSED : KH_OUTCOME_REJECTED;
        KH_TEXT_SET(result->word, kh_outcome_words[result->outcome]);
        push_judged(h, vote, result);
        set_text(h->lua, "decided", kh_stand_words[as]);
        return true;
    }
    return false;
}

/* The chair decides a tie: evaluate(ctx, vote, counts, judged) again, with judged.decided */
void kh_hear_vote_decide(struct kh_hearing *h)
{
    const struct kh_vote *vote = kh_state_vote(h->state, h->command->f.vote);
    struct kh_result *result = &h->verdict->result;

    if (!vote || vote->state != KH_VOTE_CLOSED || vote->result.outcome != KH_OUTCOME_TIED ||
        !kh_hearing_begin(h, KH_HOOK_EVALUATE))
        return;
    kh_hearing_input(h, "%s decided", vote->ballot.type);
    kh_ctx_push_vote(h->lua, h->p, vote);
    push_counts(h, vote, &vote->result);
    if (!decide_tie(h, vote, result)) {
        lua_pop(h->lua, 4); /* not a choice: the core refuses it */
        return;
    }
    if (kh_hearing_call(h, 3) == KH_ANSWER_VALUE)
        read_evaluation(h, result);
    lua_pop(h->lua, 1);
    if (h->verdict->refused)
        return;
    h->verdict->terms.result = result;
    kh_hearing_note(h, "%s %s", result->word, result->en);
}

void kh_hear_vote_reopen(struct kh_hearing *h)
{
    kh_hear_quorum(h, "decide");
}

/* on_result(ctx, vote, outcome) */
void kh_hear_result(struct kh_hearing *h)
{
    const struct kh_vote *vote = kh_state_vote(h->state, h->event->f.vote);

    if (!vote || !kh_hearing_begin(h, KH_HOOK_ON_RESULT))
        return;
    kh_hearing_input(h, "%s", vote->ballot.type);
    kh_ctx_push_vote(h->lua, h->p, vote);
    lua_pushstring(h->lua, vote->result.word);
    kh_hearing_call_for_actions(h, 2);
}
