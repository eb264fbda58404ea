#include "session/part.h"

#include "base/check.h"
#include "base/text.h"

static void remember_key(struct kh_state *state, const struct kh_event *event)
{
    struct kh_key *key = &state->keys[state->n_keys++ % KH_KEYS_MAX];

    *key = (struct kh_key){
        .person = event->actor, .seq = event->seq, .ref = kh_event_ref(event), .type = event->type
    };
    KH_TEXT_SET(key->key, event->key);
}

void kh_record_apply(struct kh_state *state, const struct kh_event *event)
{
    switch ((int)event->type) {
    case KH_EV_PROCEDURE_CHANGED:
        KH_TEXT_SET(state->procedure, event->f.name);
        state->max_open = event->f.max_open < KH_OPEN_MAX ? event->f.max_open : KH_OPEN_MAX;
        state->settings_digest =
            kh_text_digest(KH_HAS(&event->f, settings) ? event->f.settings : NULL);
        break;
    case KH_EV_RECORDING_STARTED:
        KH_TEXT_SET(state->recording, event->f.name);
        break;
    case KH_EV_RECORDING_STOPPED:
        KH_TEXT_SET(state->recording, "");
        break;
    }
}

/* Kept in the journal and told to everybody; the state stays as it is. */
static void change_nothing(struct kh_state *state, const struct kh_event *event)
{
    (void)state;
    (void)event;
}

typedef void apply_part(struct kh_state *state, const struct kh_event *event);

/* Every event has its part; the unit tests apply each one, so a forgotten row is found. */
static apply_part *const parts[KH_EVENTS] = {
    [KH_EV_PERSON_ENROLLED] = kh_roster_apply,
    [KH_EV_ITEM_ADDED] = kh_agenda_apply,
    [KH_EV_SESSION_OPENED] = kh_sitting_apply,
    [KH_EV_SESSION_CLOSED] = kh_sitting_apply,
    [KH_EV_SITTING_OPENED] = kh_sitting_apply,
    [KH_EV_SITTING_SUSPENDED] = kh_sitting_apply,
    [KH_EV_SITTING_RESUMED] = kh_sitting_apply,
    [KH_EV_SITTING_CLOSED] = kh_sitting_apply,
    [KH_EV_CHECKED_IN] = kh_attendance_apply,
    [KH_EV_CHECKED_OUT] = kh_attendance_apply,
    [KH_EV_EXCUSED] = kh_attendance_apply,
    [KH_EV_ITEM_STARTED] = kh_agenda_apply,
    [KH_EV_ITEM_FINISHED] = kh_agenda_apply,
    [KH_EV_FLOOR_REQUESTED] = kh_floor_apply,
    [KH_EV_FLOOR_ACCEPTED] = kh_floor_apply,
    [KH_EV_FLOOR_WITHDRAWN] = kh_floor_apply,
    [KH_EV_FLOOR_GRANTED] = kh_speech_apply,
    [KH_EV_FLOOR_DENIED] = kh_floor_apply,
    [KH_EV_FLOOR_MOVED] = kh_floor_apply,
    [KH_EV_FLOOR_RELEASED] = kh_speech_apply,
    [KH_EV_FLOOR_REVOKED] = kh_speech_apply,
    [KH_EV_FLOOR_EXTENDED] = kh_speech_apply,
    [KH_EV_FLOOR_WARNED] = kh_speech_apply,
    [KH_EV_FLOOR_EXPIRED] = kh_speech_apply,
    [KH_EV_FLOOR_SUPPORTED] = kh_floor_apply,
    [KH_EV_FLOOR_STOPPED] = kh_speech_apply,
    [KH_EV_FLOOR_RESUMED] = kh_speech_apply,
    [KH_EV_LIST_CLOSED] = kh_floor_apply,
    [KH_EV_LIST_OPENED] = kh_floor_apply,
    [KH_EV_ASK_OPENED] = kh_ask_apply,
    [KH_EV_ASK_ANSWERED] = kh_ask_apply,
    [KH_EV_MIC_CHANGED] = kh_mic_apply,
    [KH_EV_VOTE_OPENED] = kh_vote_apply,
    [KH_EV_VOTE_CAST] = kh_vote_apply,
    [KH_EV_VOTE_TALLIED] = kh_vote_apply,
    [KH_EV_VOTE_CLOSED] = kh_vote_apply,
    [KH_EV_VOTE_ENDED] = kh_vote_apply,
    [KH_EV_LOT_DRAWN] = change_nothing,
    [KH_EV_VOTE_CANCELLED] = kh_vote_apply,
    [KH_EV_VOTE_DECIDED] = kh_revote_apply,
    [KH_EV_VOTE_REOPENED] = kh_revote_apply,
    [KH_EV_VOTE_DEFERRED] = kh_revote_apply,
    [KH_EV_COMMITTEE_FORMED] = kh_committee_apply,
    [KH_EV_COMMITTEE_JOINED] = kh_committee_apply,
    [KH_EV_COMMITTEE_DEALT] = kh_committee_apply,
    [KH_EV_COMMITTEE_CONFIRMED] = kh_committee_apply,
    [KH_EV_COMMITTEE_COMPLAINED] = kh_committee_apply,
    [KH_EV_VOTE_PAPERED] = kh_secret_apply,
    [KH_EV_VOTE_ISSUED] = kh_secret_apply,
    [KH_EV_VOTE_SEALED] = kh_secret_apply,
    [KH_EV_VOTE_BOXED] = kh_secret_apply,
    [KH_EV_VOTE_UNSEALED] = kh_secret_apply,
    [KH_EV_SITTING_PUBLISHED] = kh_sitting_apply,
    [KH_EV_PROXY_GIVEN] = kh_proxy_apply,
    [KH_EV_PROXY_ENDED] = kh_proxy_apply,
    [KH_EV_PRESENCE_LOST] = kh_attendance_apply,
    [KH_EV_PRESENCE_BACK] = kh_attendance_apply,
    [KH_EV_PROCEDURE_STORED] = kh_store_apply,
    [KH_EV_PROCEDURE_CHANGED] = kh_record_apply,
    [KH_EV_PROCEDURE_FAILED] = change_nothing,
    [KH_EV_RECORDING_STARTED] = kh_record_apply,
    [KH_EV_RECORDING_MARKED] = change_nothing,
    [KH_EV_RECORDING_STOPPED] = kh_record_apply,
    [KH_EV_NOTICE] = change_nothing,
};

void kh_apply(struct kh_state *state, const struct kh_event *event)
{
    state->seq = event->seq;
    if (event->at_ms > state->at_ms)
        state->at_ms = event->at_ms;
    KH_REQUIRE(event->type < KH_EVENTS && parts[event->type]);
    parts[event->type](state, event);
    if (event->key[0])
        remember_key(state, event);
}
