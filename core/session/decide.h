/* decide.h - may it happen, and which events does it make? Reads the state, never changes it.
 *
 * Pure. The way of a command: kh_permit() (core rules that need no procedure), then the engine asks
 * the procedure's hook and gets terms, then kh_decide() with these terms makes the events. */
#ifndef KH_SESSION_DECIDE_H
#define KH_SESSION_DECIDE_H

#include "session/command.h"
#include "session/refusal.h"
#include "session/state.h"

/* What the procedure decided for one command; zeroed = the neutral policy (first come first
 * served, no limit, the chair decides by hand, votes counted and not judged). */
struct kh_terms {
    /* floor.request (hook on_request) */
    char lane[KH_WORD_BYTES];
    int64_t rank, priority;
    bool pending; /* needs somebody's consent or support first; the ask follows as an action */
    /* floor.grant, floor.next (hooks next, on_grant) */
    uint32_t request; /* floor.next: the one to call; 0: first in the queue */
    int64_t limit_ms; /* also the preview in floor.request; 0: none */
    struct kh_marks marks;
    bool out_of_order; /* the chair departs from the rule of order, which @reason tells */
    bool overridden;   /* the procedure refused with @reason; the chair does it all the same */
    /* clock.expire (hook on_expire) */
    enum kh_expiry expiry;
    int64_t grace_ms;
    /* vote.open (hook ballot), vote.close (hook evaluate): NULL: neutral ballot, own judgement */
    const struct kh_ballot *ballot;
    const struct kh_result *result;
    /* words for the event, where it carries some; code "" for none */
    struct kh_reason reason;
};

/* Roles, phase, fields, existence and ownership: everything that no procedure can allow. */
enum kh_refusal kh_permit(const struct kh_state *state, const struct kh_command *command);

/* The events of a permitted command. On a refusal @batch is as before. */
enum kh_refusal kh_decide(const struct kh_state *state, const struct kh_command *command,
                          const struct kh_terms *terms, struct kh_batch *batch);

/* Take an event into the state. Total: cannot fail; an event that does not fit (a damaged journal)
 * changes nothing but seq and time. */
void kh_apply(struct kh_state *state, const struct kh_event *event);

/* --- time (timer.c) --- */

/* The earliest instant at which kh_due() will have something, INT64_MAX for never. */
int64_t kh_wakeup(const struct kh_state *state);

/* The next server command that is due at @now_ms (clock.mark, clock.expire, clock.cut,
 * clock.ask_timeout, vote.close by timer); false when there is none. Call until false, each time
 * after applying what the last one caused. */
bool kh_due(const struct kh_state *state, int64_t now_ms, struct kh_command *command);

/* --- votes (vote.c, state.c) --- */

/* A vote whose ballots go into core/box: secret, and at the desks. */
bool kh_vote_is_sealable(const struct kh_vote *vote);
/* Its numbers were entered by hand and confirmed, or opened from the box. */
bool kh_vote_is_tallied(const struct kh_vote *vote);
/* Its close only ends the voting: changes until the chair announces the result. */
bool kh_vote_only_ends(const struct kh_vote *vote);
/* vote.close would judge it: open, or opened from the box. A secret vote is only sealed before, and
 * one that may be changed until the result is announced only ends. */
bool kh_vote_is_countable(const struct kh_vote *vote);
/* Numbers of @subject (0 when the vote has none) as they stand. */
void kh_vote_count(const struct kh_state *state, const struct kh_vote *vote, unsigned subject,
                   struct kh_counts *counts);
bool kh_vote_eligible(const struct kh_state *state, const struct kh_vote *vote, kh_person person);
/* Count every subject and judge by the ballot's own rules; words and rule of it. */
void kh_vote_judge(const struct kh_state *state, const struct kh_vote *vote,
                   struct kh_result *result);
/* Phrase @result anew from its numbers and outcome: the arithmetic in vi and en, and the rule. */
void kh_vote_explain(const struct kh_ballot *ballot, struct kh_result *result);
/* Add who won, and how: "The older is elected: " and the option's name. */
void kh_vote_explain_winner(const struct kh_ballot *ballot, int option, const char *how_vi,
                            const char *how_en, struct kh_result *result);

/* --- options at the top of a count (contest.c) --- */

/* Bit an option: those with most votes, several when they are equal; abstentions and blanks never.
 */
uint16_t kh_contest_top(const struct kh_ballot *ballot, const struct kh_counts *counts);
/* The option of a mask with one bit, else -1. */
int kh_contest_only(uint16_t mask);
/* Of the options in @mask that are people of the roster the oldest; -1 when a day of birth is
 * missing or the same. */
int kh_contest_oldest(const struct kh_state *state, const struct kh_ballot *ballot, uint16_t mask);

#endif
