#include "procedure/preempt.h"

#include <string.h>

static const struct kh_lane *lane_of_kind(const struct kh_procedure *p, const char *kind)
{
    const struct kh_kind *k = kh_vocabulary_kind(&p->vocabulary, kind);

    return k ? kh_vocabulary_lane(&p->vocabulary, k->lane) : NULL;
}

/* Only when the clock stops is anybody stopped: with clock = "run" both are heard, and the question
 * is charged to the speaker (RONR 43:10). */
static bool interrupts(const struct kh_lane *lane)
{
    return lane && lane->preempt == KH_PREEMPT_INTERRUPT && lane->clock_stops;
}

static bool is_granted(const struct kh_request *r)
{
    return r->id != 0 && r->state == KH_REQUEST_GRANTED;
}

static void add(struct kh_verdict *verdict, enum kh_command_type type, int64_t at_ms,
                kh_person person)
{
    struct kh_actions *actions = &verdict->actions;
    struct kh_command *command;

    if (actions->n == KH_ACTIONS_MAX)
        return;
    command = &actions->command[actions->n++];
    memset(command, 0, sizeof(*command));
    command->type = type;
    command->at_ms = at_ms;
    command->actor = KH_NOBODY;
    KH_SET(&command->f, person, person);
}

/* The lane of the request that the command calls; NULL for none. */
static const struct kh_lane *called_lane(const struct kh_procedure *p, const struct kh_state *state,
                                         const struct kh_command *command,
                                         const struct kh_verdict *verdict)
{
    uint32_t ids[KH_REQUESTS_MAX], id = verdict->terms.request;
    const struct kh_request *request;

    if (command->type == KH_CMD_FLOOR_GRANT && KH_HAS(&command->f, kind))
        return lane_of_kind(p, command->f.kind);
    if (command->type == KH_CMD_FLOOR_GRANT)
        id = command->f.request;
    else if (id == 0 &&
             kh_state_queue(state, KH_HAS(&command->f, lane) ? command->f.lane : NULL, ids) > 0)
        id = ids[0];
    request = id ? kh_state_request(state, id) : NULL;
    return request ? kh_vocabulary_lane(&p->vocabulary, request->lane) : NULL;
}

void kh_preempt_ask(const struct kh_procedure *p, const struct kh_state *state,
                    const struct kh_command *command, struct kh_verdict *verdict)
{
    const struct kh_lane *lane;

    if (verdict->refused ||
        (command->type != KH_CMD_FLOOR_GRANT && command->type != KH_CMD_FLOOR_NEXT))
        return;
    lane = called_lane(p, state, command, verdict);
    if (!interrupts(lane))
        return;
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &state->requests[i];
        if (is_granted(r) && !r->interrupted && !interrupts(lane_of_kind(p, r->kind)))
            add(verdict, KH_CMD_FLOOR_STOP, command->at_ms, r->person);
    }
}

/* The kind of the speech that just ended, NULL when the history has it not. */
static const char *ended_kind(const struct kh_state *state, uint32_t request)
{
    const struct kh_speech *s;

    if (state->n_history == 0)
        return NULL;
    for (unsigned i = 1; i <= state->n_history && i <= KH_OPEN_MAX; i++) {
        s = &state->history[(state->n_history - i) % KH_HISTORY_MAX];
        if (s->request == request)
            return s->kind;
    }
    return NULL;
}

static bool other_interruption(const struct kh_procedure *p, const struct kh_state *state)
{
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++)
        if (is_granted(&state->requests[i]) && interrupts(lane_of_kind(p, state->requests[i].kind)))
            return true;
    return false;
}

void kh_preempt_tell(const struct kh_procedure *p, const struct kh_state *state,
                     const struct kh_event *event, struct kh_verdict *verdict)
{
    const char *kind;
    const struct kh_lane *lane;

    if (event->type != KH_EV_FLOOR_RELEASED && event->type != KH_EV_FLOOR_REVOKED)
        return;
    kind = ended_kind(state, event->f.request);
    lane = kind ? lane_of_kind(p, kind) : NULL;
    if (!interrupts(lane) || state->phase != KH_PHASE_SITTING || other_interruption(p, state))
        return;
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &state->requests[i];
        if (is_granted(r) && r->interrupted)
            add(verdict, KH_CMD_FLOOR_RESUME, event->at_ms, r->person);
    }
}
