/* The snapshot that a client starts from. */
#include "wire/compose.h"

static json_t *time_or_null(int64_t ms)
{
    char text[KH_TIME_CHARS];

    if (ms == 0)
        return json_null();
    kh_wire_time(ms, text);
    return json_string(text);
}

static json_t *person_id(const struct kh_state *state, kh_person person)
{
    return person < state->n_members ? json_string(state->members[person].profile.id) : json_null();
}

static json_t *item_id(const struct kh_state *state, kh_item item)
{
    return item < state->n_items ? json_string(state->items[item].text.id) : json_null();
}

static json_t *persons(const struct kh_state *state)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < state->n_members; i++) {
        const struct kh_member *m = &state->members[i];
        json_t *person = kh_compose_profile(&m->profile);
        json_object_del(person, "birth");
        json_object_set_new(person, "presence", json_string(kh_presence_words[m->presence]));
        json_object_set_new(person, "since", time_or_null(m->since_ms));
        json_object_set_new(person, "remote", json_boolean(m->remote));
        if (m->lost)
            json_object_set_new(person, "lost", json_true());
        if (m->proxy != 0)
            json_object_set_new(person, "proxy", person_id(state, (kh_person)(m->proxy - 1)));
        json_object_set_new(person, "mic",
                            json_string(kh_mic_words[kh_state_mic(state, (kh_person)i)]));
        json_array_append_new(list, person);
    }
    return list;
}

static json_t *agenda(const struct kh_state *state)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < state->n_items; i++) {
        json_t *item = kh_compose_item(&state->items[i].text);
        json_object_set_new(item, "state", json_string(kh_item_state_words[state->items[i].state]));
        json_array_append_new(list, item);
    }
    return list;
}

/* What a waiting and a speaking request have in common. */
static json_t *request(const struct kh_state *state, const struct kh_request *r)
{
    json_t *object =
        json_pack("{s:I, s:o, s:s, s:s, s:s, s:I, s:I, s:I}", "request", (json_int_t)r->id,
                  "person", person_id(state, r->person), "kind", r->kind, "lane", r->lane, "state",
                  kh_request_state_words[r->state], "rank", (json_int_t)r->rank, "priority",
                  (json_int_t)r->priority, "limit_ms", (json_int_t)r->limit_ms);

    if (r->target != KH_NOBODY)
        json_object_set_new(object, "target", person_id(state, r->target));
    if (r->item != KH_NO_ITEM)
        json_object_set_new(object, "item", item_id(state, r->item));
    return object;
}

static json_t *speech(const struct kh_state *state, const struct kh_request *r)
{
    json_t *object = request(state, r);

    json_object_set_new(object, "granted_at", time_or_null(r->granted_ms));
    json_object_set_new(object, "spent_ms", json_integer(r->spent_ms));
    json_object_set_new(object, "running", json_boolean(r->run_since_ms != 0));
    json_object_set_new(object, "run_since", time_or_null(r->run_since_ms));
    json_object_set_new(object, "ends_at", time_or_null(kh_state_ends_at(r)));
    json_object_set_new(object, "mic", json_string(kh_mic_words[kh_state_mic(state, r->person)]));
    json_object_set_new(object, "muted_by_chair", json_boolean(r->muted_by_chair));
    json_object_set_new(object, "muted_by_clock",
                        json_boolean(r->muted_by_clock || r->muted_by_pause));
    json_object_set_new(object, "expired", json_boolean(r->expired));
    json_object_set_new(object, "interrupted", json_boolean(r->interrupted));
    json_object_set_new(object, "marks", kh_compose_marks(&r->marks));
    return object;
}

static json_t *waiting(const struct kh_state *state, const struct kh_request *r)
{
    json_t *object = request(state, r);

    json_object_set_new(object, "note", json_string(r->note));
    json_object_set_new(object, "asked_at", time_or_null(r->asked_ms));
    json_object_set_new(object, "supporters", json_integer(r->supporters));
    return object;
}

static json_t *speeches(const struct kh_state *state)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++)
        if (state->requests[i].id != 0 && state->requests[i].state == KH_REQUEST_GRANTED)
            json_array_append_new(list, speech(state, &state->requests[i]));
    return list;
}

/* Accepted requests in the order of calling, then those that wait for consent. */
static json_t *queue(const struct kh_state *state)
{
    uint32_t ids[KH_REQUESTS_MAX];
    unsigned n = kh_state_queue(state, NULL, ids);
    json_t *list = json_array();

    for (unsigned i = 0; i < n; i++)
        json_array_append_new(list, waiting(state, kh_state_request(state, ids[i])));
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++)
        if (state->requests[i].id != 0 && state->requests[i].state == KH_REQUEST_PENDING)
            json_array_append_new(list, waiting(state, &state->requests[i]));
    return list;
}

static json_t *asks(const struct kh_state *state)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < KH_ASKS_MAX; i++) {
        const struct kh_ask *ask = &state->asks[i];
        if (ask->id == 0)
            continue;
        json_t *object =
            json_pack("{s:I, s:o, s:o}", "ask", (json_int_t)ask->id, "ask_text",
                      kh_compose_ask(state, &ask->text), "ends_at", time_or_null(ask->deadline_ms));
        if (ask->request)
            json_object_set_new(object, "request", json_integer(ask->request));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *choice_of(const struct kh_vote *vote, unsigned person)
{
    struct kh_choice choice = { .n = vote->ballot.n_subjects ? vote->ballot.n_subjects : 1 };

    for (unsigned s = 0; s < choice.n; s++)
        choice.options[s] = vote->choice[s][person];
    return kh_compose_choice(&vote->ballot, &choice);
}

static bool are_names_public(const struct kh_vote *vote)
{
    if (vote->ballot.secrecy == KH_SECRECY_NAMED_LIVE)
        return true;
    return vote->ballot.secrecy == KH_SECRECY_NAMED_AFTER && vote->state == KH_VOTE_CLOSED;
}

static json_t *names(const struct kh_state *state, const struct kh_vote *vote)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < state->n_members; i++)
        if (kh_bit_get(vote->cast, i))
            json_object_set_new(object, state->members[i].profile.id, choice_of(vote, i));
    return object;
}

static void add_tally(json_t *object, const struct kh_state *state, const struct kh_vote *vote,
                      kh_person viewer)
{
    uint32_t roles = kh_state_roles(state, viewer);
    bool is_public = vote->ballot.running == KH_RUNNING_TOTALS || vote->state == KH_VOTE_CLOSED;

    if (vote->tally_by == KH_NOBODY)
        return;
    if (!is_public && !(viewer != KH_NOBODY && roles & (KH_ROLE_CHAIR | KH_ROLE_SECRETARY)))
        return;
    json_object_set_new(object, "tally",
                        json_pack("{s:s, s:o, s:o, s:o}", "form", kh_form_words[vote->tally_form],
                                  "counts", kh_compose_tally(&vote->ballot, &vote->tally), "by",
                                  person_id(state, vote->tally_by), "confirmed_by",
                                  person_id(state, vote->tally_confirmed_by)));
}

static json_t *unsealed(const struct kh_state *state, const struct kh_vote *vote)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < state->committee.n; i++)
        if (vote->secret.unsealed >> i & 1)
            json_array_append_new(list, person_id(state, state->committee.members[i].person));
    return list;
}

static void add_secret(json_t *object, const struct kh_state *state, const struct kh_vote *vote,
                       kh_person viewer)
{
    const struct kh_secret *s = &vote->secret;

    if (!kh_vote_is_sealable(vote))
        return;
    json_object_del(object, "turnout"); /* the box tells how many are in it */
    json_object_set_new(object, "issued", json_integer(s->n_issued));
    if (s->paper_key[0] != '\0')
        json_object_set_new(object, "paper_key", json_string(s->paper_key));
    if (viewer < KH_PERSONS_MAX && kh_bit_get(s->issued, viewer) && state->papers.vote == vote->id)
        json_object_set_new(object, "your_paper", json_string(state->papers.paper[viewer]));
    if (!s->boxed)
        return;
    json_object_set_new(object, "number", json_integer(s->n_boxed));
    json_object_set_new(object, "hash", json_string(s->hash));
    json_object_set_new(object, "paper_secret", json_string(s->paper_secret));
    json_object_set_new(object, "unsealed", unsealed(state, vote));
}

static json_t *vote_of(const struct kh_state *state, const struct kh_vote *vote, kh_person viewer)
{
    struct kh_counts counts;
    json_t *object =
        json_pack("{s:I, s:s, s:o, s:s, s:o, s:o, s:o}", "vote", (json_int_t)vote->id, "state",
                  kh_vote_state_words[vote->state], "item", item_id(state, vote->item), "question",
                  vote->question, "ballot", kh_compose_ballot(&vote->ballot), "opened_at",
                  time_or_null(vote->opened_ms), "ends_at", time_or_null(vote->ends_at_ms));

    kh_vote_count(state, vote, 0, &counts);
    if (vote->ballot.running != KH_RUNNING_NONE || vote->state != KH_VOTE_OPEN)
        json_object_set_new(object, "turnout", json_integer(vote->n_cast));
    json_object_set_new(object, "eligible", json_integer(counts.named[KH_COUNT_ELIGIBLE]));
    json_object_set_new(object, "in_office", json_integer(counts.named[KH_COUNT_IN_OFFICE]));
    if (viewer < state->n_members && kh_bit_get(vote->cast, viewer))
        json_object_set_new(object, "mine", choice_of(vote, viewer));
    if (viewer < state->n_members)
        json_object_set_new(object, "may_vote",
                            json_boolean(kh_vote_eligible(state, vote, viewer)));
    if (vote->state == KH_VOTE_CLOSED)
        json_object_set_new(object, "result", kh_compose_result(&vote->ballot, &vote->result));
    if (vote->ended_ms)
        json_object_set_new(object, "ended_at", time_or_null(vote->ended_ms));
    if (vote->due_ms)
        json_object_set_new(object, "due_at", time_or_null(vote->due_ms));
    if (vote->decided)
        json_object_set_new(object, "decided_by", person_id(state, vote->decided_by));
    json_object_set_new(object, "times_opened", json_integer(vote->times_opened));
    if (are_names_public(vote))
        json_object_set_new(object, "names", names(state, vote));
    add_tally(object, state, vote, viewer);
    add_secret(object, state, vote, viewer);
    return object;
}

static json_t *committee(const struct kh_state *state)
{
    const struct kh_committee *c = &state->committee;

    if (c->round == 0)
        return json_null();
    json_t *members = json_array();
    for (unsigned i = 0; i < c->n; i++) {
        const struct kh_committee_member *m = &c->members[i];
        json_t *object = json_pack("{s:o, s:s}", "person", person_id(state, m->person), "stage",
                                   kh_committee_stage_words[m->stage]);
        if (m->stage >= KH_COMMITTEE_JOINED)
            json_object_set_new(object, "join", json_string(m->join));
        if (m->stage >= KH_COMMITTEE_DEALT)
            json_object_set_new(object, "deal", json_string(m->deal));
        json_array_append_new(members, object);
    }
    return json_pack("{s:I, s:I, s:b, s:b, s:o}", "round", (json_int_t)c->round, "needed",
                     (json_int_t)c->needed, "void", c->is_void, "ready",
                     kh_state_committee_is_ready(state), "members", members);
}

static json_t *votes(const struct kh_state *state, kh_person viewer)
{
    json_t *list = json_array();
    uint32_t first = state->last_vote > KH_VOTES_MAX ? state->last_vote - KH_VOTES_MAX : 0;

    for (uint32_t id = first + 1; id <= state->last_vote; id++) {
        const struct kh_vote *vote = kh_state_vote(state, id);
        if (vote)
            json_array_append_new(list, vote_of(state, vote, viewer));
    }
    return list;
}

static json_t *session(const struct kh_state *state)
{
    if (state->phase == KH_PHASE_CLOSED)
        return json_null();
    return json_pack("{s:i, s:s}", "number", (int)state->session_no, "name", state->session_name);
}

static json_t *sitting(const struct kh_state *state)
{
    if (state->phase != KH_PHASE_SITTING && state->phase != KH_PHASE_SUSPENDED)
        return json_null();
    return json_pack("{s:i, s:b, s:o}", "number", (int)state->sitting_no, "closed",
                     state->sitting_closed, "opened_at", time_or_null(state->sitting_opened_ms));
}

/* Name, rule and subjects are what the type itself declares; the people on the ballot are not known
 * before it opens. */
json_t *kh_wire_vote_type(const struct kh_ballot *ballot)
{
    json_t *object = kh_compose_ballot(ballot);

    for (unsigned i = 0; i < ballot->n_candidates; i++)
        json_array_remove(json_object_get(object, "options"), 0);

    json_object_del(object, "candidates");
    json_object_del(object, "type");
    json_object_del(object, "name");
    json_object_del(object, "rule");
    json_object_del(object, "subjects");
    return object;
}

json_t *kh_wire_state(const struct kh_state *state, kh_person viewer, int64_t now_ms)
{
    uint32_t max_open = state->max_open ? state->max_open : KH_OPEN_DEFAULT;

    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:{s:i, s:b, s:o, s:o}, s:o, s:o, s:o, "
                     "s:s}",
                     "now", time_or_null(now_ms), "phase", kh_phase_words[state->phase], "session",
                     session(state), "sitting", sitting(state), "persons", persons(state), "agenda",
                     agenda(state), "item", item_id(state, kh_state_current_item(state)), "floor",
                     "max_open", (int)max_open, "list_closed", state->list_closed, "speeches",
                     speeches(state), "queue", queue(state), "asks", asks(state), "votes",
                     votes(state, viewer), "committee", committee(state), "recording",
                     state->recording);
}
