#include "session/part.h"

#include "base/text.h"

static void remember_key(struct kh_state *state, const struct kh_event *event)
{
    struct kh_key *key = &state->keys[state->n_keys++ % KH_KEYS_MAX];
    uint32_t ref = event->f.request ? event->f.request
                   : event->f.vote  ? event->f.vote
                                    : event->f.ask;

    *key = (struct kh_key){
        .person = event->actor, .seq = event->seq, .ref = ref, .type = event->type
    };
    KH_TEXT_SET(key->key, event->key);
}

void kh_record_apply(struct kh_state *state, const struct kh_event *event)
{
    switch ((int)event->type) {
    case KH_EV_PROCEDURE_CHANGED:
        KH_TEXT_SET(state->procedure, event->f.name);
        state->max_open = event->f.max_open < KH_OPEN_MAX ? event->f.max_open : KH_OPEN_MAX;
        break;
    case KH_EV_RECORDING_STARTED:
        KH_TEXT_SET(state->recording, event->f.name);
        break;
    case KH_EV_RECORDING_STOPPED:
        KH_TEXT_SET(state->recording, "");
        break;
    }
}

static void apply_part(struct kh_state *state, const struct kh_event *event)
{
    switch (event->type) {
    case KH_EV_PERSON_ENROLLED:
        kh_roster_apply(state, event);
        return;
    case KH_EV_ITEM_ADDED:
    case KH_EV_ITEM_STARTED:
    case KH_EV_ITEM_FINISHED:
        kh_agenda_apply(state, event);
        return;
    case KH_EV_SESSION_OPENED:
    case KH_EV_SESSION_CLOSED:
    case KH_EV_SITTING_OPENED:
    case KH_EV_SITTING_SUSPENDED:
    case KH_EV_SITTING_RESUMED:
    case KH_EV_SITTING_CLOSED:
        kh_sitting_apply(state, event);
        return;
    case KH_EV_CHECKED_IN:
    case KH_EV_CHECKED_OUT:
    case KH_EV_EXCUSED:
        kh_attendance_apply(state, event);
        return;
    case KH_EV_FLOOR_REQUESTED:
    case KH_EV_FLOOR_ACCEPTED:
    case KH_EV_FLOOR_WITHDRAWN:
    case KH_EV_FLOOR_DENIED:
    case KH_EV_FLOOR_MOVED:
    case KH_EV_FLOOR_SUPPORTED:
    case KH_EV_LIST_CLOSED:
    case KH_EV_LIST_OPENED:
        kh_floor_apply(state, event);
        return;
    case KH_EV_FLOOR_GRANTED:
    case KH_EV_FLOOR_RELEASED:
    case KH_EV_FLOOR_REVOKED:
    case KH_EV_FLOOR_EXTENDED:
    case KH_EV_FLOOR_WARNED:
    case KH_EV_FLOOR_EXPIRED:
    case KH_EV_FLOOR_STOPPED:
    case KH_EV_FLOOR_RESUMED:
        kh_speech_apply(state, event);
        return;
    case KH_EV_ASK_OPENED:
    case KH_EV_ASK_ANSWERED:
        kh_ask_apply(state, event);
        return;
    case KH_EV_MIC_CHANGED:
        kh_mic_apply(state, event);
        return;
    case KH_EV_VOTE_OPENED:
    case KH_EV_VOTE_CAST:
    case KH_EV_VOTE_TALLIED:
    case KH_EV_VOTE_CLOSED:
    case KH_EV_VOTE_CANCELLED:
        kh_vote_apply(state, event);
        return;
    case KH_EV_PROCEDURE_CHANGED:
    case KH_EV_RECORDING_STARTED:
    case KH_EV_RECORDING_STOPPED:
        kh_record_apply(state, event);
        return;
    case KH_EV_PROCEDURE_FAILED:
    case KH_EV_RECORDING_MARKED:
    case KH_EV_NOTICE:
    case KH_EVENTS:
        return; /* kept in the journal; they change nothing */
    }
}

void kh_apply(struct kh_state *state, const struct kh_event *event)
{
    state->seq = event->seq;
    if (event->at_ms > state->at_ms)
        state->at_ms = event->at_ms;
    apply_part(state, event);
    if (event->key[0])
        remember_key(state, event);
}
