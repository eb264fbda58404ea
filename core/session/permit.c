#include "session/part.h"

static bool is_privileged(const struct kh_state *state, const struct kh_command *command,
                          uint32_t roles)
{
    return (kh_state_roles(state, command->actor) & (roles | KH_ROLE_SERVER)) != 0;
}

static bool is_own(const struct kh_command *command)
{
    return kh_command_person(command) == command->actor;
}

/* May the actor do this to the person of the command? */
static enum kh_refusal permit_other(const struct kh_state *state, const struct kh_command *command,
                                    uint32_t roles)
{
    if (is_own(command) || is_privileged(state, command, roles))
        return KH_REFUSAL_NONE;
    return KH_REFUSAL_NOT_YOURS;
}

static enum kh_refusal permit_withdraw(const struct kh_state *state,
                                       const struct kh_command *command)
{
    const struct kh_request *request = kh_state_request(state, command->f.request);

    if (request && request->person != command->actor && command->actor != KH_NOBODY)
        return KH_REFUSAL_NOT_YOURS;
    return KH_REFUSAL_NONE;
}

static enum kh_refusal permit_answer(const struct kh_state *state, const struct kh_command *command)
{
    const struct kh_ask *ask = kh_state_ask(state, command->f.ask);

    if (!ask || command->actor == KH_NOBODY || ask->text.person == command->actor)
        return KH_REFUSAL_NONE;
    return is_privileged(state, command, ask->text.roles) ? KH_REFUSAL_NONE : KH_REFUSAL_NOT_YOURS;
}

static enum kh_refusal permit_own(const struct kh_state *state, const struct kh_command *command)
{
    switch ((int)command->type) {
    case KH_CMD_PROXY_GIVE:
    case KH_CMD_PROXY_END:
    case KH_CMD_CHECK_IN:
    case KH_CMD_CHECK_OUT:
        if (kh_command_person(command) == KH_NOBODY)
            return KH_REFUSAL_FIELD; /* the server has to name somebody */
        return permit_other(state, command, KH_ROLE_SECRETARY);
    case KH_CMD_MIC_MUTE:
    case KH_CMD_MIC_UNMUTE:
        return permit_other(state, command, KH_ROLE_CHAIR | KH_ROLE_OPERATOR);
    case KH_CMD_FLOOR_WITHDRAW:
        return permit_withdraw(state, command);
    case KH_CMD_FLOOR_ANSWER:
        return permit_answer(state, command);
    default: /* the others have no owner besides the role */
        return KH_REFUSAL_NONE;
    }
}

static bool is_person(const struct kh_state *state, kh_person person)
{
    return person < state->n_members;
}

static enum kh_refusal permit_names(const struct kh_state *state, const struct kh_fields *f)
{
    if (KH_HAS(f, person) && !is_person(state, f->person))
        return KH_REFUSAL_NO_PERSON;
    if (KH_HAS(f, target) && !is_person(state, f->target))
        return KH_REFUSAL_NO_PERSON;
    if (KH_HAS(f, item) && f->item >= state->n_items)
        return KH_REFUSAL_NO_ITEM;
    if (KH_HAS(f, request) && !kh_state_request(state, f->request))
        return KH_REFUSAL_NO_REQUEST;
    if (KH_HAS(f, before) && !kh_state_request(state, f->before))
        return KH_REFUSAL_NO_REQUEST;
    if (KH_HAS(f, vote) && !kh_state_vote(state, f->vote))
        return KH_REFUSAL_NO_VOTE;
    if (KH_HAS(f, ask) && !kh_state_ask(state, f->ask))
        return KH_REFUSAL_NO_ASK;
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_permit(const struct kh_state *state, const struct kh_command *command)
{
    const struct kh_command_info *info = &kh_command_table[command->type];

    if (!is_privileged(state, command, info->roles))
        return KH_REFUSAL_ROLE;
    if (!(info->phases >> state->phase & 1))
        return KH_REFUSAL_PHASE;
    if ((command->f.present & info->required) != info->required ||
        (command->f.present & ~(info->required | info->optional)) != 0)
        return KH_REFUSAL_FIELD;
    bool overrides = KH_HAS(&command->f, override) && command->f.override;
    if (overrides && (!KH_HAS(&command->f, note) || command->f.note[0] == '\0'))
        return KH_REFUSAL_OVERRIDE;
    enum kh_refusal refusal = permit_names(state, &command->f);
    return refusal != KH_REFUSAL_NONE ? refusal : permit_own(state, command);
}
