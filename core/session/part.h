/* part.h - what the parts of the session (floor, mic, votes …) share while they decide and apply.
 *
 * Pure; internal to core/session. A part is one file with decide functions for its commands and one
 * apply function for its events; decide.c and apply.c only choose the part. */
#ifndef KH_SESSION_PART_H
#define KH_SESSION_PART_H

#include "session/decide.h"

/* A decision in the making. */
struct kh_decision {
    const struct kh_state *state;
    const struct kh_command *command;
    const struct kh_terms *terms;
    struct kh_batch *batch;
};

typedef enum kh_refusal kh_decide_part(const struct kh_decision *d);

/* A new event at the command's time by its actor; fields empty. */
struct kh_event *kh_emit(const struct kh_decision *d, enum kh_event_type type);
/* The same about a person. */
struct kh_event *kh_emit_person(const struct kh_decision *d, enum kh_event_type type,
                                kh_person person);
/* The same about a request and its person. */
struct kh_event *kh_emit_request(const struct kh_decision *d, enum kh_event_type type,
                                 const struct kh_request *request);
/* Note who did it, where that is a person. */
void kh_emit_by(const struct kh_decision *d, struct kh_event *event);

/* Whom the command is about: its person, or the actor. */
kh_person kh_command_person(const struct kh_command *command);

/* The speech of command's person or request. */
const struct kh_request *kh_command_speech(const struct kh_decision *d);

/* Wake and sleep of the table's places, for apply. */
struct kh_request *kh_place_of_request(struct kh_state *state, uint32_t id); /* 0: a free one */
struct kh_vote *kh_place_of_vote(struct kh_state *state, uint32_t id);
struct kh_request *kh_place_of_speech(struct kh_state *state, kh_person person);

/* End a speech in the state: into the history, out of the table, its questions with it. */
void kh_floor_end(struct kh_state *state, struct kh_request *request, const struct kh_event *event);
void kh_floor_drop(struct kh_state *state, struct kh_request *request);

/* Call the voters of a vote that opens (again): nothing cast, who is there, who may. */
void kh_vote_call(const struct kh_state *state, struct kh_vote *vote);

/* May this ballot be voted on secretly at the desks? */
enum kh_refusal kh_secret_permit_open(const struct kh_state *state, const struct kh_ballot *ballot);

/* The command was refused by the procedure and the chair does it all the same: say so. */
void kh_emit_override(const struct kh_decision *d, struct kh_event *event);

/* --- who is at the top (contest.c); masks of options --- */
void kh_contest_count(const struct kh_ballot *ballot, struct kh_counts *counts);

/* A tie of a closed vote is decided for @option: by the chair, or by lot. */
void kh_revote_emit_decided(const struct kh_decision *d, const struct kh_vote *vote, int option);

/* How many ballots a count speaks of, at least, on the subject with most of them. */
uint64_t kh_vote_most_ballots(const struct kh_vote *vote, const struct kh_tally *tally);

/* A vote ends: from now on those count who could vote at the end, whoever comes or goes later. */
void kh_vote_end(const struct kh_state *state, struct kh_vote *vote, const struct kh_event *event,
                 enum kh_vote_state end);

/* Events that more than one part makes. */
void kh_floor_emit_end(const struct kh_decision *d, enum kh_event_type type,
                       const struct kh_request *speech, enum kh_end end);
void kh_floor_emit_denied(const struct kh_decision *d, const struct kh_request *request,
                          const char *code);
void kh_mic_emit(const struct kh_decision *d, kh_person person, enum kh_mic mic, bool by_actor);

kh_decide_part kh_sitting_decide_session_open, kh_sitting_decide_session_close,
    kh_sitting_decide_open, kh_sitting_decide_suspend, kh_sitting_decide_resume,
    kh_sitting_decide_close, kh_attendance_decide_check_in, kh_attendance_decide_check_out,
    kh_attendance_decide_excuse, kh_agenda_decide_start, kh_agenda_decide_finish,
    kh_floor_decide_request, kh_floor_decide_withdraw, kh_floor_decide_grant, kh_floor_decide_deny,
    kh_floor_decide_move, kh_floor_decide_next, kh_floor_decide_release, kh_floor_decide_revoke,
    kh_floor_decide_extend, kh_floor_decide_support, kh_floor_decide_accept,
    kh_floor_decide_list_close, kh_floor_decide_list_open, kh_ask_decide_ask, kh_ask_decide_answer,
    kh_ask_decide_timeout, kh_mic_decide_mute, kh_mic_decide_unmute, kh_mic_decide_mute_all,
    kh_timer_decide_mark, kh_timer_decide_expire, kh_timer_decide_cut, kh_vote_decide_open,
    kh_vote_decide_cast, kh_vote_decide_tally, kh_vote_decide_close, kh_vote_decide_announce,
    kh_vote_decide_cancel, kh_lot_decide_draw, kh_revote_decide_decide, kh_revote_decide_reopen,
    kh_revote_decide_defer, kh_floor_decide_stop, kh_floor_decide_resume, kh_floor_decide_limit,
    kh_sitting_decide_publish, kh_proxy_decide_give, kh_proxy_decide_end, kh_committee_decide_form,
    kh_committee_decide_join, kh_committee_decide_deal, kh_committee_decide_confirm,
    kh_committee_decide_complain, kh_secret_decide_claim, kh_secret_decide_unseal,
    kh_secret_decide_paper, kh_secret_decide_box, kh_secret_decide_count, kh_secret_decide_seal,
    kh_store_decide;

kh_decide_part kh_attendance_decide_lost, kh_attendance_decide_back;

void kh_roster_apply(struct kh_state *state, const struct kh_event *event);
void kh_sitting_apply(struct kh_state *state, const struct kh_event *event);
void kh_attendance_apply(struct kh_state *state, const struct kh_event *event);
void kh_agenda_apply(struct kh_state *state, const struct kh_event *event);
void kh_floor_apply(struct kh_state *state, const struct kh_event *event);
void kh_speech_apply(struct kh_state *state, const struct kh_event *event);
void kh_ask_apply(struct kh_state *state, const struct kh_event *event);
void kh_mic_apply(struct kh_state *state, const struct kh_event *event);
void kh_vote_apply(struct kh_state *state, const struct kh_event *event);
void kh_revote_apply(struct kh_state *state, const struct kh_event *event);
void kh_store_apply(struct kh_state *state, const struct kh_event *event);
void kh_committee_apply(struct kh_state *state, const struct kh_event *event);
void kh_secret_apply(struct kh_state *state, const struct kh_event *event);
void kh_proxy_apply(struct kh_state *state, const struct kh_event *event);
void kh_record_apply(struct kh_state *state, const struct kh_event *event);

#endif
