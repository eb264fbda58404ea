/* state.h - everything the server knows about one council's session.
 *
 * Pure and flat: no pointer leads out of it, a zeroed struct is a council that has not begun, and
 * memcpy makes a copy. Engine thread only. It changes in kh_apply() and nowhere else. */
#ifndef KH_SESSION_STATE_H
#define KH_SESSION_STATE_H

#include "session/committee.h"
#include "session/event.h"

struct kh_member {
    struct kh_profile profile;
    enum kh_presence presence;
    bool remote;
    bool lost;        /* neither connection nor sound for longer than the procedure allows */
    int64_t since_ms; /* of the present presence */
    kh_person proxy;  /* who votes for this absent member + 1; 0: nobody */
};

struct kh_agenda_item {
    struct kh_item_text text;
    enum kh_item_state state;
    int64_t started_ms, finished_ms;
};

/* A floor request and, once granted, the speech. Ended ones leave the table for the history. */
struct kh_request {
    uint32_t id; /* 0: the place is free */
    enum kh_request_state state;
    kh_person person, target;
    kh_item item;
    char kind[KH_WORD_BYTES], lane[KH_WORD_BYTES], note[KH_TEXT_BYTES];
    int64_t rank, priority; /* of the lane; of the request in it */
    int64_t order;          /* place among equals: its own id, or moved by the chair */
    int64_t asked_ms;
    uint32_t supporters;
    uint64_t supported_by[KH_PERSONS_MAX / 64]; /* bit a person */
    /* granted: */
    int64_t granted_ms;
    int64_t limit_ms;     /* 0: none */
    int64_t spent_ms;     /* before run_since_ms */
    int64_t run_since_ms; /* 0: the clock is stopped */
    struct kh_marks marks;
    unsigned next_mark;
    bool expired;
    int64_t cut_at_ms; /* 0: none; a grace that ends. While the clock is stopped: what is left */
    enum kh_mic mic;
    /* Why it is muted; several may hold, and it opens only when none is left: */
    bool muted_by_self;
    bool muted_by_chair; /* only the chair or the operator can open it again */
    bool muted_by_clock; /* by a limit; an extension opens it */
    bool muted_by_pause; /* by a suspension or an interruption; the resumption opens it */
    bool interrupted;    /* stopped while the sitting goes on; see floor.stop */
};

/* An ended speech. */
struct kh_speech {
    uint32_t request;
    uint32_t sitting;
    kh_person person, target;
    kh_item item;
    char kind[KH_WORD_BYTES];
    int64_t started_ms, spent_ms, limit_ms;
    enum kh_end end;
};

struct kh_ask {
    uint32_t id;      /* 0: free */
    uint32_t request; /* about, 0: none */
    struct kh_ask_text text;
    int64_t deadline_ms; /* 0: none */
};

struct kh_vote {
    uint32_t id; /* 0: free */
    enum kh_vote_state state;
    kh_item item;
    char question[KH_TEXT_BYTES];
    struct kh_ballot ballot;
    int64_t opened_ms, closed_ms, ends_at_ms;
    uint32_t present_at_open;
    uint64_t eligible[KH_PERSONS_MAX / 64]; /* frozen at the opening, except CHECKED_IN */
    uint64_t cast[KH_PERSONS_MAX / 64];
    uint32_t n_cast;
    uint16_t choice[KH_SUBJECTS_MAX][KH_PERSONS_MAX]; /* option bits; never filled for SECRET */
    enum kh_form tally_form;
    struct kh_tally tally;                  /* not cast at the desks; counts when confirmed */
    kh_person tally_by, tally_confirmed_by; /* KH_NOBODY: not yet */
    struct kh_secret secret;
    struct kh_result result;
    int64_t ended_ms; /* voting ended, the result is not announced; 0: it goes on */
    int64_t due_ms;   /* a deferred vote has to be held by then; 0: no date */
    bool decided;     /* the chair or the lot decided a tie */
    kh_person decided_by;
    unsigned times_opened; /* 1, more when it was opened again */
};

struct kh_key {
    char key[KH_KEY_BYTES]; /* "" : free */
    kh_person person;
    uint64_t seq; /* of the batch's first event */
    uint32_t ref; /* the request, vote or ask that was made, 0: none */
    enum kh_event_type type;
};

struct kh_stored {
    char name[KH_NAME_BYTES]; /* "": free */
    char value[KH_TEXT_BYTES];
};

struct kh_state {
    uint64_t seq, settings_digest; /* the second: of the text of the procedure's settings */
    int64_t at_ms;                 /* of the last event */
    enum kh_phase phase;
    uint32_t session_no, sitting_no;
    char session_name[KH_NAME_BYTES];
    bool sitting_closed; /* họp kín: not public */
    int64_t sitting_opened_ms, sitting_ended_ms;
    int64_t suspended_ms; /* since when the sitting is suspended */

    struct kh_member members[KH_PERSONS_MAX];
    unsigned n_members;
    struct kh_agenda_item items[KH_ITEMS_MAX];
    unsigned n_items;
    kh_item item; /* the current one + 1; 0: none, so that a zeroed state is right */

    struct kh_request requests[KH_REQUESTS_MAX];
    uint32_t last_request, last_ask, last_vote;
    bool list_closed;
    uint32_t max_open; /* microphones granted at one time; 0: KH_OPEN_DEFAULT */
    struct kh_speech history[KH_HISTORY_MAX];
    uint32_t n_history; /* ever; the newest KH_HISTORY_MAX are kept */

    struct kh_ask asks[KH_ASKS_MAX];
    struct kh_vote votes[KH_VOTES_MAX];
    struct kh_committee committee;
    struct kh_papers papers;
    struct kh_key keys[KH_KEYS_MAX];
    uint32_t n_keys; /* ever */

    char procedure[KH_NAME_BYTES];
    struct kh_stored store[KH_STORE_MAX]; /* the procedure's own values */
    char recording[KH_NAME_BYTES];        /* "" : none is running */
};

/* --- reading (state.c) --- */

/* KH_NOBODY when the roster has no such id. */
kh_person kh_state_person(const struct kh_state *state, const char *id);
/* KH_NO_ITEM when the agenda has no such id. */
kh_item kh_state_item(const struct kh_state *state, const char *id);
/* The item in hand, KH_NO_ITEM for none. */
kh_item kh_state_current_item(const struct kh_state *state);
/* Bits of enum kh_role; KH_NOBODY is the server. */
uint32_t kh_state_roles(const struct kh_state *state, kh_person person);
/* NULL when there is none (ended ones included). */
const struct kh_request *kh_state_request(const struct kh_state *state, uint32_t id);
const struct kh_ask *kh_state_ask(const struct kh_state *state, uint32_t id);
const struct kh_vote *kh_state_vote(const struct kh_state *state, uint32_t id);
/* The speech a person is holding the floor with, NULL for none. */
const struct kh_request *kh_state_speech(const struct kh_state *state, kh_person person);
/* The waiting (pending or accepted) request of @person, NULL for none. */
const struct kh_request *kh_state_waiting(const struct kh_state *state, kh_person person);
/* The vote that is open, NULL for none. */
const struct kh_vote *kh_state_open_vote(const struct kh_state *state);
/* Place of @person in the counting committee, -1 for none. */
int kh_state_committee_place(const struct kh_state *state, kh_person person);
/* All members hold their share of the key: ballots can be sealed. */
bool kh_state_committee_is_ready(const struct kh_state *state);
/* Who votes for @giver by proxy and is present, or KH_NOBODY. */
kh_person kh_state_proxy_holder(const struct kh_state *state, kh_person giver);
/* A value that the procedure keeps, NULL when there is none. */
const char *kh_state_stored(const struct kh_state *state, const char *name);
/* Granted floors at this moment, without interrupted ones. */
unsigned kh_state_open_floors(const struct kh_state *state);
/* A delegate in office with a vote: one of the base of majorities. */
bool kh_state_has_vote(const struct kh_member *member);
/* How many have a vote; how many of them are present. */
unsigned kh_state_in_office(const struct kh_state *state);
unsigned kh_state_present(const struct kh_state *state);
/* What the gate of @person must be: LIVE only for a granted floor in an open sitting. */
enum kh_mic kh_state_mic(const struct kh_state *state, kh_person person);
/* Time left of a speech at @now_ms; negative when over; INT64_MAX without a limit. */
int64_t kh_state_left_ms(const struct kh_request *speech, int64_t now_ms);
/* When the running speech reaches its limit, 0: never. */
int64_t kh_state_ends_at(const struct kh_request *speech);

/* Accepted requests of @lane (NULL: all) in the order of calling, ids into @ids; their number.
 * Order: rank of the lane, priority, then first registered (or as the chair moved it). */
unsigned kh_state_queue(const struct kh_state *state, const char *lane,
                        uint32_t ids[KH_REQUESTS_MAX]);

/* Outcome of an earlier command of @person with @key; NULL when it is new. */
const struct kh_key *kh_state_key(const struct kh_state *state, kh_person person, const char *key);

#endif
