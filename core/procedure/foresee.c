/* What each type of vote will need, before anybody opens one. */
#include "procedure/host.h"

#include "base/text.h"

#include <stdlib.h>

struct foresight {
    struct kh_state state; /* a copy: in a sitting, and so open to votes */
    struct kh_verdict verdict;
    struct kh_trace trace; /* as it was */
};

static kh_person chair_of(const struct kh_state *state)
{
    for (unsigned i = 0; i < state->n_members; i++)
        if (state->members[i].profile.roles & KH_ROLE_CHAIR)
            return (kh_person)i;
    return 0;
}

static void look_at(struct kh_procedure *p, struct foresight *f, const char *type)
{
    struct kh_command open = { .type = KH_CMD_VOTE_OPEN,
                               .actor = chair_of(&f->state),
                               .at_ms = f->state.at_ms };

    /* Whoever they will be: the rules are the same. */
    static const struct kh_subjects people = { .subject = { { "1", "1" }, { "2", "2" } }, .n = 2 };

    KH_SET_TEXT(&open.f, type, type);
    KH_SET_TEXT(&open.f, question, "?");
    KH_SET(&open.f, subjects, &people);
    kh_procedure_ask(p, &f->state, &open, &f->verdict);
}

void kh_procedure_foresee(struct kh_procedure *procedure, const struct kh_state *state,
                          kh_procedure_ballot *each, void *user)
{
    const struct kh_vocabulary *v = &procedure->vocabulary;
    struct foresight *f = calloc(1, sizeof(*f));

    if (!f)
        return;
    f->state = *state;
    f->state.phase = KH_PHASE_SITTING;
    f->trace = procedure->trace;
    procedure->is_foreseeing = true;
    for (unsigned i = 0; i < v->n_vote_types; i++) {
        look_at(procedure, f, v->vote_types[i]);
        if (!f->verdict.failed && !f->verdict.refused && f->verdict.terms.ballot)
            each(user, v->vote_types[i], &f->verdict.ballot);
    }
    procedure->is_foreseeing = false;
    procedure->trace = f->trace;
    free(f);
}
