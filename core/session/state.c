#include "session/decide.h"

#include <string.h>

kh_person kh_state_person(const struct kh_state *state, const char *id)
{
    for (unsigned i = 0; i < state->n_members; i++)
        if (strcmp(state->members[i].profile.id, id) == 0)
            return (kh_person)i;
    return KH_NOBODY;
}

kh_item kh_state_item(const struct kh_state *state, const char *id)
{
    for (unsigned i = 0; i < state->n_items; i++)
        if (strcmp(state->items[i].text.id, id) == 0)
            return (kh_item)i;
    return KH_NO_ITEM;
}

kh_item kh_state_current_item(const struct kh_state *state)
{
    return state->item == 0 ? KH_NO_ITEM : (kh_item)(state->item - 1);
}

uint32_t kh_state_roles(const struct kh_state *state, kh_person person)
{
    if (person == KH_NOBODY)
        return KH_ROLE_SERVER;
    return person < state->n_members ? state->members[person].profile.roles : 0;
}

const struct kh_request *kh_state_request(const struct kh_state *state, uint32_t id)
{
    for (unsigned i = 0; id != 0 && i < KH_REQUESTS_MAX; i++)
        if (state->requests[i].id == id)
            return &state->requests[i];
    return NULL;
}

const struct kh_ask *kh_state_ask(const struct kh_state *state, uint32_t id)
{
    for (unsigned i = 0; id != 0 && i < KH_ASKS_MAX; i++)
        if (state->asks[i].id == id)
            return &state->asks[i];
    return NULL;
}

const struct kh_vote *kh_state_vote(const struct kh_state *state, uint32_t id)
{
    for (unsigned i = 0; id != 0 && i < KH_VOTES_MAX; i++)
        if (state->votes[i].id == id)
            return &state->votes[i];
    return NULL;
}

const struct kh_request *kh_state_speech(const struct kh_state *state, kh_person person)
{
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &state->requests[i];
        if (r->id != 0 && r->state == KH_REQUEST_GRANTED && r->person == person)
            return r;
    }
    return NULL;
}

static bool is_waiting(const struct kh_request *r)
{
    return r->id != 0 && (r->state == KH_REQUEST_PENDING || r->state == KH_REQUEST_ACCEPTED);
}

const struct kh_request *kh_state_waiting(const struct kh_state *state, kh_person person)
{
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++)
        if (is_waiting(&state->requests[i]) && state->requests[i].person == person)
            return &state->requests[i];
    return NULL;
}

bool kh_vote_is_sealable(const struct kh_vote *vote)
{
    return vote->ballot.secrecy == KH_SECRECY_SECRET && vote->ballot.form == KH_FORM_ELECTRONIC;
}

bool kh_vote_is_tallied(const struct kh_vote *vote)
{
    return vote->tally_confirmed_by != KH_NOBODY || vote->secret.counted;
}

bool kh_vote_only_ends(const struct kh_vote *vote)
{
    return vote->ballot.change == KH_CHANGE_UNTIL_ANNOUNCED &&
           vote->ballot.form == KH_FORM_ELECTRONIC && vote->ballot.secrecy != KH_SECRECY_SECRET &&
           vote->ended_ms == 0;
}

bool kh_vote_is_countable(const struct kh_vote *vote)
{
    if (kh_vote_is_sealable(vote))
        return vote->state == KH_VOTE_SEALED && vote->secret.counted;
    return vote->state == KH_VOTE_OPEN && !kh_vote_only_ends(vote);
}

int kh_state_committee_place(const struct kh_state *state, kh_person person)
{
    for (unsigned i = 0; i < state->committee.n; i++)
        if (state->committee.members[i].person == person)
            return (int)i;
    return -1;
}

bool kh_state_committee_is_ready(const struct kh_state *state)
{
    const struct kh_committee *committee = &state->committee;

    for (unsigned i = 0; i < committee->n; i++)
        if (committee->members[i].stage != KH_COMMITTEE_CONFIRMED)
            return false;
    return committee->n > 0 && !committee->is_void;
}

const struct kh_vote *kh_state_open_vote(const struct kh_state *state)
{
    for (unsigned i = 0; i < KH_VOTES_MAX; i++)
        if (state->votes[i].id != 0 && state->votes[i].state == KH_VOTE_OPEN)
            return &state->votes[i];
    return NULL;
}

kh_person kh_state_proxy_holder(const struct kh_state *state, kh_person giver)
{
    kh_person holder;

    if (giver >= state->n_members || state->members[giver].proxy == 0)
        return KH_NOBODY;
    holder = (kh_person)(state->members[giver].proxy - 1);
    bool is_here = holder < state->n_members && state->members[holder].presence == KH_PRESENT;
    return is_here && state->members[giver].presence != KH_PRESENT ? holder : KH_NOBODY;
}

const char *kh_state_stored(const struct kh_state *state, const char *name)
{
    for (unsigned i = 0; name[0] && i < KH_STORE_MAX; i++)
        if (strcmp(state->store[i].name, name) == 0)
            return state->store[i].value;
    return NULL;
}

unsigned kh_state_open_floors(const struct kh_state *state)
{
    unsigned n = 0;

    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++)
        n += state->requests[i].id != 0 && state->requests[i].state == KH_REQUEST_GRANTED &&
             !state->requests[i].interrupted;
    return n;
}

bool kh_state_has_vote(const struct kh_member *m)
{
    return (m->profile.roles & KH_ROLE_DELEGATE) && m->profile.in_office && m->profile.can_vote;
}

unsigned kh_state_in_office(const struct kh_state *state)
{
    unsigned n = 0;

    for (unsigned i = 0; i < state->n_members; i++)
        n += kh_state_has_vote(&state->members[i]);
    return n;
}

unsigned kh_state_present(const struct kh_state *state)
{
    unsigned n = 0;

    for (unsigned i = 0; i < state->n_members; i++)
        n += kh_state_has_vote(&state->members[i]) && state->members[i].presence == KH_PRESENT;
    return n;
}

enum kh_mic kh_state_mic(const struct kh_state *state, kh_person person)
{
    const struct kh_request *speech = kh_state_speech(state, person);

    if (!speech)
        return KH_MIC_OFF;
    if (state->phase != KH_PHASE_SITTING && speech->mic == KH_MIC_LIVE)
        return KH_MIC_MUTED;
    return speech->mic;
}

int64_t kh_state_left_ms(const struct kh_request *speech, int64_t now_ms)
{
    if (speech->limit_ms == 0)
        return INT64_MAX;
    int64_t running = speech->run_since_ms ? now_ms - speech->run_since_ms : 0;
    return speech->limit_ms - speech->spent_ms - running;
}

int64_t kh_state_ends_at(const struct kh_request *speech)
{
    if (speech->limit_ms == 0 || speech->run_since_ms == 0)
        return 0;
    return speech->run_since_ms + speech->limit_ms - speech->spent_ms;
}

/* Is @a called before @b? */
static bool is_before(const struct kh_request *a, const struct kh_request *b)
{
    if (a->rank != b->rank)
        return a->rank > b->rank;
    if (a->priority != b->priority)
        return a->priority > b->priority;
    if (a->order != b->order)
        return a->order < b->order;
    return a->id < b->id;
}

unsigned kh_state_queue(const struct kh_state *state, const char *lane,
                        uint32_t ids[KH_REQUESTS_MAX])
{
    const struct kh_request *sorted[KH_REQUESTS_MAX];
    unsigned n = 0;

    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &state->requests[i];
        if (r->id == 0 || r->state != KH_REQUEST_ACCEPTED)
            continue;
        if (lane && strcmp(lane, r->lane) != 0)
            continue;
        unsigned at = n++;
        for (; at > 0 && is_before(r, sorted[at - 1]); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = r;
    }
    for (unsigned i = 0; i < n; i++)
        ids[i] = sorted[i]->id;
    return n;
}

const struct kh_key *kh_state_key(const struct kh_state *state, kh_person person, const char *key)
{
    for (unsigned i = 0; key[0] && i < KH_KEYS_MAX; i++)
        if (state->keys[i].person == person && strcmp(state->keys[i].key, key) == 0)
            return &state->keys[i];
    return NULL;
}
