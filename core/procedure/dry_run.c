#include "procedure/dry_run.h"

#include "base/check.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DELEGATES = 9, CHAIR = 0, GUEST = DELEGATES, SECRETARY, PEOPLE };
enum { T0_MS = 1784000000 };

struct dry_run {
    struct kh_procedure *p;
    struct kh_problems *problems;
    struct kh_state *state;
    struct kh_verdict *verdict;
    unsigned reached; /* kinds that somebody could ask for */
};

static int64_t at_ms(const struct dry_run *run)
{
    return run->state->at_ms;
}

/* --- the made-up council --- */

static void add_person(struct kh_state *state, unsigned i, uint32_t roles)
{
    struct kh_member *m = &state->members[i];

    snprintf(m->profile.id, sizeof(m->profile.id), "p%u", i);
    snprintf(m->profile.name, sizeof(m->profile.name), "Person %u", i);
    snprintf(m->profile.group, sizeof(m->profile.group), "Group %u", 1 + i % 3);
    KH_TEXT_SET(m->profile.birth, "1970-01-01");
    m->profile.roles = roles;
    m->profile.weight = 1;
    m->profile.in_office = m->profile.can_vote = (roles & KH_ROLE_DELEGATE) != 0;
    m->presence = KH_PRESENT;
    m->since_ms = T0_MS;
}

static void add_item(struct kh_state *state, const char *id, enum kh_item_state item_state)
{
    struct kh_agenda_item *item = &state->items[state->n_items++];

    KH_TEXT_SET(item->text.id, id);
    KH_TEXT_SET(item->text.vi, "Nội dung");
    KH_TEXT_SET(item->text.en, "Item");
    KH_TEXT_SET(item->text.kind, "debate");
    item->state = item_state;
    item->started_ms = T0_MS;
}

static void convene(struct kh_state *state)
{
    state->phase = KH_PHASE_SITTING;
    state->session_no = state->sitting_no = 1;
    state->at_ms = T0_MS;
    state->sitting_opened_ms = T0_MS;
    for (unsigned i = 0; i < PEOPLE; i++)
        add_person(state, i,
                   i == CHAIR       ? KH_ROLE_CHAIR | KH_ROLE_DELEGATE
                   : i == GUEST     ? KH_ROLE_GUEST
                   : i == SECRETARY ? KH_ROLE_SECRETARY
                                    : KH_ROLE_DELEGATE);
    state->n_members = PEOPLE;
    add_item(state, "i1", KH_ITEM_CURRENT);
    add_item(state, "i2", KH_ITEM_WAITING);
    state->item = 1;
}

/* --- asking --- */

/* False: the plugin failed, which is a problem now. */
static bool ask(struct dry_run *run, struct kh_command *command)
{
    command->at_ms = at_ms(run);
    kh_procedure_ask(run->p, run->state, command, run->verdict);
    if (run->verdict->failed)
        kh_problems_add(run->problems, NULL, "%s", run->verdict->failure);
    return !run->verdict->failed;
}

static void tell(struct dry_run *run, struct kh_event *event)
{
    event->at_ms = at_ms(run);
    kh_procedure_tell(run->p, run->state, event, run->verdict);
    if (run->verdict->failed)
        kh_problems_add(run->problems, NULL, "%s", run->verdict->failure);
}

static kh_person someone_with(const struct kh_state *state, uint32_t roles)
{
    /* Not the chair first: a plain member meets more of the rules. */
    for (unsigned i = PEOPLE; i-- > 0;)
        if (state->members[i].profile.roles & roles)
            return (kh_person)i;
    return CHAIR;
}

/* --- a kind's whole life: request, grant, mark, time over, end --- */

static struct kh_request *put_request(struct dry_run *run, const struct kh_kind *kind,
                                      kh_person person)
{
    struct kh_request *r = &run->state->requests[0];

    *r = (struct kh_request){ .id = ++run->state->last_request,
                              .state = KH_REQUEST_ACCEPTED,
                              .person = person,
                              .target = kind->target == KH_TARGET_NONE ? KH_NOBODY : CHAIR,
                              .item = 0,
                              .rank = run->verdict->terms.rank,
                              .order = 1,
                              .asked_ms = at_ms(run) };
    KH_TEXT_SET(r->kind, kind->id);
    KH_TEXT_SET(r->lane, kind->lane);
    return r;
}

static void run_speech(struct dry_run *run, struct kh_request *r)
{
    struct kh_command expire = { .type = KH_CMD_EXPIRE, .actor = KH_NOBODY };
    struct kh_event event = { .type = KH_EV_FLOOR_WARNED, .actor = KH_NOBODY };
    struct kh_speech *ended = &run->state->history[run->state->n_history % KH_HISTORY_MAX];

    r->state = KH_REQUEST_GRANTED;
    r->mic = KH_MIC_LIVE;
    r->limit_ms = run->verdict->terms.limit_ms;
    r->granted_ms = r->run_since_ms = at_ms(run);
    run->state->at_ms += r->limit_ms;
    KH_SET(&event.f, request, r->id);
    KH_SET(&event.f, left_ms, 0);
    tell(run, &event);
    KH_SET(&expire.f, request, r->id);
    if (r->limit_ms)
        ask(run, &expire);
    *ended = (struct kh_speech){ .request = r->id,
                                 .sitting = 1,
                                 .person = r->person,
                                 .target = r->target,
                                 .item = r->item,
                                 .started_ms = r->granted_ms,
                                 .spent_ms = r->limit_ms,
                                 .limit_ms = r->limit_ms,
                                 .end = KH_END_RELEASED };
    KH_TEXT_SET(ended->kind, r->kind);
    run->state->n_history++;
    event = (struct kh_event){ .type = KH_EV_FLOOR_RELEASED, .actor = KH_NOBODY };
    KH_SET(&event.f, request, r->id);
    *r = (struct kh_request){ 0 };
    tell(run, &event);
}

static bool request_kind(struct dry_run *run, const struct kh_kind *kind, kh_person person)
{
    struct kh_command command = { .type = KH_CMD_FLOOR_REQUEST, .actor = person };

    KH_SET_TEXT(&command.f, kind, kind->id);
    if (kind->target != KH_TARGET_NONE)
        KH_SET(&command.f, target, CHAIR);
    return ask(run, &command) && !run->verdict->refused;
}

static void run_kind(struct dry_run *run, const struct kh_kind *kind)
{
    kh_person person = someone_with(run->state, kind->roles ? kind->roles : KH_ROLE_DELEGATE);
    struct kh_command grant = { .type = KH_CMD_FLOOR_GRANT, .actor = CHAIR };
    struct kh_command next = { .type = KH_CMD_FLOOR_NEXT, .actor = CHAIR };
    struct kh_request *r;

    if (kind->roles)
        request_kind(run, kind, person);
    r = put_request(run, kind, person);
    if (!ask(run, &next))
        return;
    KH_SET(&grant.f, request, r->id);
    if (ask(run, &grant))
        run_speech(run, r);
}

/* --- votes --- */

static void run_vote(struct dry_run *run, const char *type)
{
    struct kh_command open = { .type = KH_CMD_VOTE_OPEN, .actor = CHAIR };
    struct kh_command cast = { .type = KH_CMD_VOTE_CAST, .actor = CHAIR };
    struct kh_command close = { .type = KH_CMD_VOTE_CLOSE, .actor = CHAIR };
    struct kh_event closed = { .type = KH_EV_VOTE_CLOSED, .actor = KH_NOBODY };
    struct kh_vote *vote = &run->state->votes[0];
    static const struct kh_subjects people = {
        .subject = { { "p1", "Person 1" }, { "p2", "Person 2" } }, .n = 2
    };

    KH_SET_TEXT(&open.f, type, type);
    KH_SET_TEXT(&open.f, question, "?");
    KH_SET(&open.f, subjects, &people);
    if (!ask(run, &open) || run->verdict->refused || !run->verdict->terms.ballot)
        return;
    memset(vote, 0, sizeof(*vote));
    vote->id = ++run->state->last_vote;
    vote->state = KH_VOTE_OPEN;
    vote->ballot = run->verdict->ballot;
    vote->present_at_open = DELEGATES;
    vote->tally_by = vote->tally_confirmed_by = KH_NOBODY;
    KH_SET(&cast.f, vote, vote->id);
    KH_SET(&close.f, vote, vote->id);
    cast.f.choice.n = 1;
    cast.f.choice.options[0] = 1;
    cast.f.present |= KH_BIT(choice);
    if (ask(run, &cast)) {
        kh_bit_set(vote->cast, CHAIR);
        vote->choice[0][CHAIR] = 1;
        vote->n_cast = 1;
    }
    vote->ended_ms = at_ms(run); /* nothing waits for an announcement */
    if (!ask(run, &close))
        return;
    if (!run->verdict->refused && kh_text_same(run->verdict->result.rule, "kyhop.47"))
        kh_problems_add(run->problems, type,
                        "votes '%s': no rule stands behind its result (rule = \"...\" in votes)",
                        type);
    vote->state = KH_VOTE_CLOSED;
    vote->result = run->verdict->result;
    KH_SET(&closed.f, vote, vote->id);
    tell(run, &closed);
    vote->id = 0;
}

/* --- the sitting --- */

static void run_phases(struct dry_run *run)
{
    static const struct {
        enum kh_command_type type;
        enum kh_phase phase;
    } steps[] = { { KH_CMD_SESSION_OPEN, KH_PHASE_CLOSED },
                  { KH_CMD_SITTING_OPEN, KH_PHASE_BREAK },
                  { KH_CMD_SITTING_SUSPEND, KH_PHASE_SITTING },
                  { KH_CMD_SITTING_RESUME, KH_PHASE_SUSPENDED },
                  { KH_CMD_SITTING_CLOSE, KH_PHASE_SITTING } };
    static const enum kh_event_type presence[] = { KH_EV_CHECKED_IN, KH_EV_PRESENCE_LOST,
                                                   KH_EV_PRESENCE_BACK };

    for (unsigned i = 0; i < KH_COUNT(steps); i++) {
        struct kh_command command = { .type = steps[i].type, .actor = CHAIR };
        run->state->phase = steps[i].phase;
        ask(run, &command);
    }
    run->state->phase = KH_PHASE_SITTING;
    for (unsigned i = 0; i < KH_COUNT(presence); i++) {
        struct kh_event event = { .type = presence[i], .actor = KH_NOBODY };
        KH_SET(&event.f, person, CHAIR);
        tell(run, &event);
    }
}

static void run_lot(struct dry_run *run)
{
    static const struct kh_names names = { .name = { "p1", "p2" }, .n = 2 };
    struct kh_event event = { .type = KH_EV_LOT_DRAWN, .actor = CHAIR };

    KH_SET_TEXT(&event.f, name, "lot");
    KH_SET(&event.f, among, &names);
    KH_SET(&event.f, drawn, &names);
    tell(run, &event);
}

static void find_unreached(struct dry_run *run)
{
    const struct kh_vocabulary *v = &run->p->vocabulary;

    for (unsigned i = 0; i < v->n_lanes; i++) {
        bool used = false;
        for (unsigned k = 0; k < v->n_kinds; k++)
            used = used || strcmp(v->kinds[k].lane, v->lanes[i].id) == 0;
        if (!used) {
            char near[40];
            snprintf(near, sizeof(near), "\"%s\"", v->lanes[i].id);
            kh_problems_add(run->problems, near,
                            "lanes '%s': no kind of speech uses it (name it in a kind, or take it "
                            "out)",
                            v->lanes[i].id);
        }
    }
}

void kh_dry_run(struct kh_procedure *p, struct kh_problems *problems)
{
    struct dry_run run = { .p = p, .problems = problems };

    run.state = calloc(1, sizeof(*run.state));
    run.verdict = calloc(1, sizeof(*run.verdict));
    if (run.state && run.verdict) {
        convene(run.state);
        run_phases(&run);
        for (unsigned i = 0; i < p->vocabulary.n_kinds; i++)
            run_kind(&run, &p->vocabulary.kinds[i]);
        for (unsigned i = 0; i < p->vocabulary.n_vote_types; i++)
            run_vote(&run, p->vocabulary.vote_types[i]);
        run_lot(&run);
        find_unreached(&run);
    }
    free(run.state);
    free(run.verdict);
}
