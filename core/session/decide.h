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
    bool out_of_order; /* the chair's override; @reason tells what was overridden */
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

/* --- votes (vote.c) --- */

/* Numbers of @subject (0 when the vote has none) as they stand. */
void kh_vote_count(const struct kh_state *state, const struct kh_vote *vote, unsigned subject,
                   struct kh_counts *counts);
bool kh_vote_eligible(const struct kh_state *state, const struct kh_vote *vote, kh_person person);

#endif
