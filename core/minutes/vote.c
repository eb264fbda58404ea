/* Votes: each opening is an entry of its own, the first count stays when it is opened again. Names
 * only where the secrecy allows them, and only after the close. */
#include "minutes/part.h"

#include <string.h>

/* --- opening --- */

static json_t *options_of(const struct kh_ballot *ballot)
{
    json_t *list = json_array();

    for (unsigned o = 0; o < ballot->n_options; o++) {
        const struct kh_option *option = &ballot->options[o];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s}", "id", option->id, "vi", option->vi,
                                        "en", option->en, "as", kh_stand_words[option->as]));
    }
    return list;
}

static json_t *subjects_of(const struct kh_ballot *ballot)
{
    json_t *list = json_array();

    for (unsigned s = 0; s < ballot->n_subjects; s++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "id", ballot->subjects[s].id, "name",
                                              ballot->subjects[s].name));
    return list;
}

static void opened(struct kh_minutes *m, const struct kh_event *event)
{
    const struct kh_vote *vote = kh_state_vote(&m->state, event->f.vote);

    if (!vote)
        return;
    const struct kh_ballot *ballot = &vote->ballot;
    json_t *entry = kh_minutes_enter(m, "vote", event->at_ms);
    json_t *more =
        json_pack("{s:i, s:i, s:s, s:s, s:{s:s, s:s}, s:s, s:s, s:o, s:o, s:s}", "vote",
                  (int)vote->id, "round", (int)vote->times_opened, "question", vote->question,
                  "kind", ballot->type, "name", "vi", ballot->vi, "en", ballot->en, "form",
                  kh_form_words[ballot->form], "secrecy", kh_secrecy_words[ballot->secrecy],
                  "options", options_of(ballot), "subjects", subjects_of(ballot), "state", "open");
    json_object_update(entry, more);
    json_decref(more);
    kh_minutes_put_text(entry, "rule", ballot->rule);
    kh_minutes_put_item(m, entry, vote->item);
    kh_minutes_put_person(m, entry, "opened_by", kh_minutes_decider(event));
    kh_minutes_keep(m->votes, vote->id, entry);
    memset(m->cast_by, 0, sizeof(m->cast_by));
}

/* --- counting --- */

json_t *kh_minutes_rules(const struct kh_majority *rules, unsigned n,
                         const struct kh_counts *counts)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < n; i++) {
        const struct kh_majority *r = &rules[i];
        json_t *rule = json_pack(
            "{s:s, s:s, s:I, s:I, s:b, s:s, s:I, s:I, s:I, s:b}", "of", kh_count_words[r->of],
            "base", kh_count_words[r->base], "num", (json_int_t)r->num, "den", (json_int_t)r->den,
            "strict", r->strict, "rule", r->rule, "count", (json_int_t)counts->named[r->of],
            "base_count", (json_int_t)counts->named[r->base], "needed",
            (json_int_t)kh_ballot_needed(r, counts), "holds", kh_ballot_holds(r, counts));
        json_array_append_new(list, rule);
    }
    return list;
}

static json_t *counts_of(const struct kh_vote *vote, unsigned subject)
{
    const struct kh_ballot *ballot = &vote->ballot;
    const struct kh_counts *counts = &vote->result.counts[subject];
    json_t *named = json_object(), *options = json_object();

    for (unsigned i = 0; i < KH_COUNTS; i++)
        json_object_set_new(named, kh_count_words[i], json_integer(counts->named[i]));
    for (unsigned o = 0; o < ballot->n_options; o++)
        json_object_set_new(options, ballot->options[o].id, json_integer(counts->option[o]));
    return json_pack("{s:o, s:o, s:o, s:o}", "options", options, "named", named, "rules",
                     kh_minutes_rules(ballot->rules, ballot->n_rules, counts), "vetoes",
                     kh_minutes_rules(ballot->vetoes, ballot->n_vetoes, counts));
}

static json_t *result_of(const struct kh_vote *vote)
{
    json_t *counts = json_array();

    for (unsigned s = 0; s < vote->result.n_subjects && s < KH_SUBJECTS_MAX; s++)
        json_array_append_new(counts, counts_of(vote, s));
    return json_pack("{s:s, s:s, s:{s:s, s:s}, s:s, s:o}", "outcome",
                     kh_outcome_words[vote->result.outcome], "word", vote->result.word,
                     "explanation", "vi", vote->result.vi, "en", vote->result.en, "rule",
                     vote->result.rule, "counts", counts);
}

/* --- names --- */

static json_t *voter(const struct kh_minutes *m, kh_person person)
{
    json_t *line = kh_minutes_person(m, person);

    if (m->cast_by[person] != 0)
        kh_minutes_put_person(m, line, "proxy", (kh_person)(m->cast_by[person] - 1));
    return line;
}

static json_t *names_of(const struct kh_minutes *m, const struct kh_vote *vote, unsigned subject)
{
    json_t *names = json_object();

    for (unsigned o = 0; o < vote->ballot.n_options; o++) {
        json_t *people = json_array();
        for (unsigned i = 0; i < m->state.n_members; i++)
            if (kh_bit_get(vote->cast, i) && vote->choice[subject][i] >> o & 1)
                json_array_append_new(people, voter(m, (kh_person)i));
        json_object_set_new(names, vote->ballot.options[o].id, people);
    }
    return names;
}

static json_t *absent_of(const struct kh_minutes *m, const struct kh_vote *vote)
{
    json_t *people = json_array();

    for (unsigned i = 0; i < m->state.n_members; i++)
        if (kh_bit_get(vote->eligible, i) && !kh_bit_get(vote->cast, i))
            json_array_append_new(people, kh_minutes_person(m, (kh_person)i));
    return people;
}

static void put_names(const struct kh_minutes *m, const struct kh_vote *vote, json_t *entry)
{
    bool is_named = vote->ballot.secrecy == KH_SECRECY_NAMED_LIVE ||
                    vote->ballot.secrecy == KH_SECRECY_NAMED_AFTER;
    json_t *subjects;

    if (!is_named || vote->tally_confirmed_by != KH_NOBODY)
        return;
    subjects = json_array();
    for (unsigned s = 0; s < vote->result.n_subjects && s < KH_SUBJECTS_MAX; s++)
        json_array_append_new(subjects, names_of(m, vote, s));
    json_object_set_new(entry, "names", subjects);
    json_object_set_new(entry, "not_voted", absent_of(m, vote));
}

/* --- ending --- */

static void end(struct kh_minutes *m, const struct kh_event *event, json_t *entry,
                const char *state)
{
    json_object_set_new(entry, "state", json_string(state));
    json_object_set_new(entry, "closed_at", kh_minutes_time(event->at_ms));
    kh_minutes_put_person(m, entry, "closed_by", kh_minutes_decider(event));
    kh_minutes_put_reason(entry, event);
}

static void closed(struct kh_minutes *m, const struct kh_event *event, json_t *entry)
{
    const struct kh_vote *vote = kh_state_vote(&m->state, event->f.vote);

    end(m, event, entry, "closed");
    if (!vote)
        return;
    json_object_set_new(entry, "result", result_of(vote));
    put_names(m, vote, entry);
}

/* Entered by one and confirmed by another (procedures.md 5.8(7)). The numbers are in the result. */
static void tallied(struct kh_minutes *m, const struct kh_event *event, json_t *entry)
{
    const struct kh_vote *vote = kh_state_vote(&m->state, event->f.vote);

    if (!vote || kh_vote_is_sealable(vote))
        return; /* what the box says stands in the result */
    json_t *tally = json_pack("{s:s, s:o, s:b}", "form", kh_form_words[vote->tally_form], "at",
                              kh_minutes_time(event->at_ms), "confirmed",
                              vote->tally_confirmed_by != KH_NOBODY);
    kh_minutes_put_person(m, tally, "by", vote->tally_by);
    kh_minutes_put_person(m, tally, "confirmed_by", vote->tally_confirmed_by);
    json_object_set_new(entry, "tally", tally);
}

/* A secret vote at the desks: what a reader needs to recount the published box. */
static void boxed(struct kh_minutes *m, const struct kh_event *event, json_t *entry)
{
    const struct kh_vote *vote = kh_state_vote(&m->state, event->f.vote);

    json_object_set_new(entry, "box",
                        json_pack("{s:I, s:I, s:s, s:o, s:[]}", "issued",
                                  (json_int_t)(vote ? vote->secret.n_issued : 0), "number",
                                  (json_int_t)event->f.number, "hash", event->f.hash, "closed_at",
                                  kh_minutes_time(event->at_ms), "opened_by"));
}

static void unsealed(struct kh_minutes *m, const struct kh_event *event, json_t *entry)
{
    json_array_append_new(json_object_get(json_object_get(entry, "box"), "opened_by"),
                          kh_minutes_person(m, event->f.person));
}

static void decided(struct kh_minutes *m, const struct kh_event *event, json_t *entry)
{
    const struct kh_vote *vote = kh_state_vote(&m->state, event->f.vote);
    json_t *decision = json_pack("{s:o}", "at", kh_minutes_time(event->at_ms));

    kh_minutes_put_person(m, decision, "by", kh_minutes_decider(event));
    for (unsigned o = 0; vote && o < vote->ballot.n_options; o++)
        if (event->f.choice.n > 0 && event->f.choice.options[0] >> o & 1)
            json_object_set_new(decision, "option", json_string(vote->ballot.options[o].id));
    if (vote && vote->ballot.tie == KH_TIE_LOT)
        json_object_set_new(decision, "lot", json_true());
    json_object_set_new(entry, "decided", decision);
    if (vote)
        json_object_set_new(entry, "result", result_of(vote));
}

static void cast(struct kh_minutes *m, const struct kh_event *event)
{
    if (event->f.person < KH_PERSONS_MAX)
        m->cast_by[event->f.person] = KH_HAS(&event->f, by) && event->f.by != event->f.person
                                          ? (kh_person)(event->f.by + 1)
                                          : 0;
}

/* An open vote ends with it; a tie was counted before and keeps its result. */
static void deferred(struct kh_minutes *m, const struct kh_event *event, json_t *entry)
{
    if (json_object_get(entry, "result"))
        json_object_set_new(entry, "state", json_string("deferred"));
    else
        end(m, event, entry, "deferred");
    if (KH_HAS(&event->f, ends_at) && event->f.ends_at)
        json_object_set_new(entry, "due_at", kh_minutes_time(event->f.ends_at));
}

bool kh_minutes_take_vote(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *entry = KH_HAS(&event->f, vote) ? kh_minutes_find(m->votes, event->f.vote) : NULL;

    if (event->type == KH_EV_VOTE_OPENED || event->type == KH_EV_VOTE_REOPENED) {
        opened(m, event);
        return true;
    }
    if (!entry)
        return false;
    switch ((int)event->type) {
    case KH_EV_VOTE_CAST:
        cast(m, event);
        return true;
    case KH_EV_VOTE_TALLIED:
        tallied(m, event, entry);
        return true;
    case KH_EV_VOTE_BOXED:
        boxed(m, event, entry);
        return true;
    case KH_EV_VOTE_UNSEALED:
        unsealed(m, event, entry);
        return true;
    case KH_EV_VOTE_CLOSED:
        closed(m, event, entry);
        return true;
    case KH_EV_VOTE_CANCELLED:
        end(m, event, entry, "cancelled");
        return true;
    case KH_EV_VOTE_ENDED:
        json_object_set_new(entry, "ended_at", kh_minutes_time(event->at_ms));
        return true;
    case KH_EV_VOTE_DEFERRED:
        deferred(m, event, entry);
        return true;
    case KH_EV_VOTE_DECIDED:
        decided(m, event, entry);
        return true;
    default:
        return false;
    }
}
