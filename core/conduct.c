#include "conduct.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A procedure whose actions cause actions without end is stopped here. */
enum { CHAIN_MAX = 64 };

struct action {
    struct kh_command command;
    struct kh_ask_text ask;
    struct kh_names among; /* its pages are touched only by a lot */
};

struct kh_conduct {
    struct kh_state *state;
    struct kh_procedure *procedure;
    kh_conduct_sink *sink;
    void *user;
    kh_conduct_chance *chance;
    void *chance_user;
    struct kh_batch batch;
    struct kh_verdict verdict;
    struct action chain[CHAIN_MAX];
    unsigned n_chain;
};

struct kh_conduct *kh_conduct_create(struct kh_state *state, struct kh_procedure *procedure)
{
    struct kh_conduct *conduct = calloc(1, sizeof(*conduct));

    if (!conduct)
        return NULL;
    conduct->state = state;
    conduct->procedure = procedure;
    return conduct;
}

void kh_conduct_destroy(struct kh_conduct *conduct)
{
    free(conduct);
}

void kh_conduct_set_chance(struct kh_conduct *conduct, kh_conduct_chance *chance, void *user)
{
    conduct->chance = chance;
    conduct->chance_user = user;
}

void kh_conduct_use(struct kh_conduct *conduct, struct kh_procedure *procedure)
{
    conduct->procedure = procedure;
}

/* Number, apply and hand on one event. */
static void take(struct kh_conduct *c, struct kh_event *event)
{
    event->seq = c->state->seq + 1;
    if (event->at_ms < c->state->at_ms)
        event->at_ms = c->state->at_ms;
    kh_apply(c->state, event);
    c->sink(c->user, event);
}

static void take_failure(struct kh_conduct *c, int64_t at_ms, const char *note)
{
    struct kh_event event = { .type = KH_EV_PROCEDURE_FAILED, .at_ms = at_ms, .actor = KH_NOBODY };

    KH_SET_TEXT(&event.f, name, c->procedure ? kh_procedure_name(c->procedure) : "");
    KH_SET_TEXT(&event.f, note, note);
    take(c, &event);
}

static void take_notices(struct kh_conduct *c, int64_t at_ms)
{
    for (unsigned i = 0; i < c->verdict.actions.n_notices; i++) {
        struct kh_event event = { .type = KH_EV_NOTICE, .at_ms = at_ms, .actor = KH_NOBODY };
        event.f.reason = c->verdict.actions.notice[i];
        event.f.present |= KH_BIT(reason);
        take(c, &event);
    }
}

/* Put the verdict's actions behind those that wait. */
static void queue_actions(struct kh_conduct *c, int64_t at_ms)
{
    const struct kh_actions *actions = &c->verdict.actions;

    for (unsigned i = 0; i < actions->n; i++) {
        if (c->n_chain == CHAIN_MAX) {
            take_failure(c, at_ms, "its actions cause actions without end; the rest is dropped");
            return;
        }
        struct action *action = &c->chain[c->n_chain++];
        action->command = actions->command[i];
        action->command.at_ms = at_ms;
        action->command.actor = KH_NOBODY;
        action->command.key[0] = '\0';
        if (KH_HAS(&action->command.f, ask_text)) {
            action->ask = actions->ask[i];
            action->command.f.ask_text = &action->ask;
        }
        if (KH_HAS(&action->command.f, among)) {
            action->among = actions->among;
            action->command.f.among = &action->among;
        }
    }
}

/* What the verdict wants besides its answer. */
static void take_verdict(struct kh_conduct *c, int64_t at_ms)
{
    if (c->verdict.failed)
        take_failure(c, at_ms, c->verdict.failure);
    take_notices(c, at_ms);
    queue_actions(c, at_ms);
}

/* The clock cannot be refused: what is due happens, by the neutral policy if need be. */
static bool is_clock(const struct kh_command *command)
{
    if (command->actor != KH_NOBODY)
        return false;
    return command->type == KH_CMD_MARK || command->type == KH_CMD_EXPIRE ||
           command->type == KH_CMD_CUT || command->type == KH_CMD_ASK_TIMEOUT ||
           command->type == KH_CMD_VOTE_CLOSE;
}

static void refuse(struct kh_outcome_of *outcome, enum kh_refusal refusal)
{
    outcome->refused = true;
    outcome->class = kh_refusal_table[refusal].class;
    kh_refusal_reason(refusal, &outcome->reason);
}

/* Ask the procedure; false when it refused. */
static bool ask(struct kh_conduct *c, const struct kh_command *command,
                struct kh_outcome_of *outcome)
{
    if (c->procedure)
        kh_procedure_ask(c->procedure, c->state, command, &c->verdict);
    else
        memset(&c->verdict, 0, sizeof(c->verdict));
    if (c->verdict.refused && !is_clock(command)) {
        outcome->refused = true;
        outcome->class = KH_CLASS_REFUSED;
        outcome->reason = c->verdict.reason;
        return false;
    }
    bool is_neutral = !c->procedure || c->verdict.failed;
    if (is_neutral && command->type == KH_CMD_FLOOR_REQUEST && c->state->list_closed) {
        refuse(outcome, KH_REFUSAL_LIST_CLOSED);
        return false;
    }
    return true;
}

/* The chair names the people of a ballot when it is opened. */
static void add_subjects(struct kh_verdict *verdict, const struct kh_command *command)
{
    const struct kh_subjects *subjects = command->f.subjects;

    if (command->type != KH_CMD_VOTE_OPEN || !KH_HAS(&command->f, subjects))
        return;
    if (verdict->terms.ballot != &verdict->ballot || verdict->ballot.n_candidates > 0)
        return; /* the neutral ballot asks one question; or they are the options already */
    memcpy(verdict->ballot.subjects, subjects->subject, sizeof(subjects->subject));
    verdict->ballot.n_subjects = subjects->n;
}

/* Tell the procedure what happened; its actions wait behind the others. */
static void tell(struct kh_conduct *c)
{
    for (unsigned i = 0; c->procedure && i < c->batch.n; i++) {
        kh_procedure_tell(c->procedure, c->state, &c->batch.ev[i], &c->verdict);
        take_verdict(c, c->batch.ev[i].at_ms);
    }
}

static enum kh_refusal decide(struct kh_conduct *c, const struct kh_command *command)
{
    if (command->type != KH_CMD_LOT_DRAW || command->seed[0] || !c->chance)
        return kh_decide(c->state, command, &c->verdict.terms, &c->batch);
    struct kh_command seeded = *command;
    c->chance(c->chance_user, seeded.seed);
    return kh_decide(c->state, &seeded, &c->verdict.terms, &c->batch);
}

static void run_one(struct kh_conduct *c, const struct kh_command *command,
                    struct kh_outcome_of *outcome)
{
    enum kh_refusal refusal = kh_permit(c->state, command);

    *outcome = (struct kh_outcome_of){ 0 };
    if (refusal != KH_REFUSAL_NONE) {
        refuse(outcome, refusal);
        return;
    }
    if (!ask(c, command, outcome)) {
        if (c->verdict.failed)
            take_failure(c, command->at_ms, c->verdict.failure);
        return;
    }
    add_subjects(&c->verdict, command);
    refusal = decide(c, command);
    if (refusal != KH_REFUSAL_NONE) {
        refuse(outcome, refusal);
        return;
    }
    for (unsigned i = 0; i < c->batch.n; i++)
        take(c, &c->batch.ev[i]);
    outcome->n_events = c->batch.n;
    if (c->batch.n > 0) {
        outcome->type = c->batch.ev[0].type;
        outcome->ref = kh_event_ref(&c->batch.ev[0]);
    }
    take_verdict(c, command->at_ms);
    tell(c);
}

static void run_chain(struct kh_conduct *c)
{
    struct kh_outcome_of outcome;

    for (unsigned i = 0; i < c->n_chain; i++) {
        run_one(c, &c->chain[i].command, &outcome);
        if (!outcome.refused)
            continue;
        char note[KH_TEXT_BYTES];
        snprintf(note, sizeof(note), "its action %s was not possible: %s",
                 kh_command_table[c->chain[i].command.type].name, outcome.reason.code);
        take_failure(c, c->chain[i].command.at_ms, note);
    }
    c->n_chain = 0;
}

void kh_conduct_run(struct kh_conduct *c, const struct kh_command *command, kh_conduct_sink *sink,
                    void *user, struct kh_outcome_of *outcome)
{
    c->sink = sink;
    c->user = user;
    c->n_chain = 0;
    run_one(c, command, outcome);
    run_chain(c);
}

void kh_conduct_clock(struct kh_conduct *c, int64_t now_ms, kh_conduct_sink *sink, void *user)
{
    struct kh_command command;
    struct kh_outcome_of outcome = { 0 };

    while (!outcome.refused && kh_due(c->state, now_ms, &command))
        kh_conduct_run(c, &command, sink, user, &outcome);
}

void kh_conduct_record(struct kh_conduct *c, struct kh_event *event, kh_conduct_sink *sink,
                       void *user)
{
    c->sink = sink;
    c->user = user;
    take(c, event);
}
