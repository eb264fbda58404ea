/* Who may see what of an event. Secrecy is applied here and nowhere else. */
#include "wire/compose.h"

static json_t *params_of(const struct kh_state *state, const struct kh_event *event)
{
    json_t *params = kh_wire_fields(state, &event->f);
    char time[KH_TIME_CHARS];

    kh_wire_time(event->at_ms, time);
    json_object_set_new(params, "seq", json_integer((json_int_t)event->seq));
    json_object_set_new(params, "time", json_string(time));
    json_object_set_new(params, "type", json_string(kh_event_table[event->type].name));
    if (event->actor < state->n_members)
        json_object_set_new(params, "actor", json_string(state->members[event->actor].profile.id));
    return params;
}

/* The view of @roles; 0: of everybody. */
static struct kh_wire_view by_roles(const struct kh_state *state, const struct kh_event *event,
                                    uint32_t roles)
{
    return (struct kh_wire_view){ .roles = roles,
                                  .person = KH_NOBODY,
                                  .params = params_of(state, event) };
}

static void add_turnout(json_t *params, const struct kh_vote *vote)
{
    if (vote->ballot.running != KH_RUNNING_NONE)
        json_object_set_new(params, "turnout", json_integer(vote->n_cast));
}

/* The voter, and who held the voter's proxy, get the recorded choice back; the others what the
 * secrecy allows while voting. */
static unsigned views_of_cast(const struct kh_state *state, const struct kh_event *event,
                              struct kh_wire_view *views)
{
    const struct kh_vote *vote = kh_state_vote(state, event->f.vote);
    json_t *own = params_of(state, event), *other = params_of(state, event);

    if (vote)
        add_turnout(own, vote);
    if (vote)
        add_turnout(other, vote);
    if (!vote || vote->ballot.secrecy != KH_SECRECY_NAMED_LIVE)
        json_object_del(other, "choice");
    if (!vote || vote->ballot.secrecy >= KH_SECRECY_TOTALS) {
        json_object_del(other, "person");
        json_object_del(other, "actor");
        json_object_del(other, "by");
    }
    views[0] = (struct kh_wire_view){ .person = event->f.person, .params = own };
    views[1] = (struct kh_wire_view){ .person = event->actor, .params = json_incref(own) };
    views[2] = (struct kh_wire_view){ .person = KH_NOBODY, .params = other };
    views[2].is_running = vote && vote->ballot.secrecy != KH_SECRECY_NAMED_LIVE;
    return 3;
}

/* Papers go out to everybody in a minute: only their number is news to the others. */
static unsigned views_of_issued(const struct kh_state *state, const struct kh_event *event,
                                struct kh_wire_view *views)
{
    const struct kh_vote *vote = kh_state_vote(state, event->f.vote);
    json_t *own = params_of(state, event), *other = params_of(state, event);

    if (vote) {
        json_object_set_new(own, "issued", json_integer(vote->secret.n_issued));
        json_object_set_new(other, "issued", json_integer(vote->secret.n_issued));
    }
    json_object_del(other, "person");
    json_object_del(other, "actor");
    json_object_del(other, "by");
    json_object_del(other, "paper");
    views[0] = (struct kh_wire_view){ .person = event->f.person, .params = own };
    views[1] = (struct kh_wire_view){ .person = event->actor, .params = json_incref(own) };
    views[2] = (struct kh_wire_view){ .person = KH_NOBODY, .params = other, .is_running = true };
    return 3;
}

/* @roles see @field, nobody else does. */
static unsigned views_without(const struct kh_state *state, const struct kh_event *event,
                              uint32_t roles, const char *field, struct kh_wire_view *views)
{
    views[0] = by_roles(state, event, roles);
    views[1] = by_roles(state, event, 0);
    json_object_del(views[1].params, field);
    return 2;
}

/* Numbers entered by hand are running totals: shown to all only where the ballot allows it. */
static unsigned views_of_tally(const struct kh_state *state, const struct kh_event *event,
                               struct kh_wire_view *views)
{
    const struct kh_vote *vote = kh_state_vote(state, event->f.vote);
    uint32_t all = vote && vote->ballot.running == KH_RUNNING_TOTALS ? UINT32_MAX : 0;

    return views_without(state, event, KH_ROLE_CHAIR | KH_ROLE_SECRETARY | all, "counts", views);
}

static json_t *deadline(const char *name, uint32_t id, int64_t ends_ms)
{
    char time[KH_TIME_CHARS];

    kh_wire_time(ends_ms, time);
    return json_pack("{s:I, s:s}", name, (json_int_t)id, "ends_at", time);
}

/* A suspension moved these deadlines (sitting.c); a page that has the old ones learns the new. */
static unsigned view_of_resumed(const struct kh_state *state, const struct kh_event *event,
                                struct kh_wire_view *views)
{
    json_t *asks = json_array(), *votes = json_array();

    for (unsigned i = 0; i < KH_ASKS_MAX; i++)
        if (state->asks[i].id != 0 && state->asks[i].deadline_ms != 0)
            json_array_append_new(asks,
                                  deadline("ask", state->asks[i].id, state->asks[i].deadline_ms));
    for (unsigned i = 0; i < KH_VOTES_MAX; i++)
        if (state->votes[i].state == KH_VOTE_OPEN && state->votes[i].ends_at_ms != 0)
            json_array_append_new(votes,
                                  deadline("vote", state->votes[i].id, state->votes[i].ends_at_ms));
    views[0] = by_roles(state, event, 0);
    json_object_set_new(views[0].params, "asks", asks);
    json_object_set_new(views[0].params, "votes", votes);
    return 1;
}

unsigned kh_wire_views(const struct kh_state *state, const struct kh_event *event,
                       struct kh_wire_view views[KH_WIRE_VIEWS_MAX])
{
    switch ((int)event->type) {
    case KH_EV_VOTE_CAST:
        return views_of_cast(state, event, views);
    case KH_EV_VOTE_ISSUED:
        return views_of_issued(state, event, views);
    case KH_EV_VOTE_TALLIED:
        return views_of_tally(state, event, views);
    case KH_EV_SITTING_RESUMED:
        return view_of_resumed(state, event, views);
    case KH_EV_EXCUSED:
        return views_without(state, event, KH_ROLE_CHAIR | KH_ROLE_SECRETARY, "note", views);
    case KH_EV_PROCEDURE_FAILED:
        return views_without(state, event, KH_ROLE_CHAIR | KH_ROLE_OPERATOR | KH_ROLE_IT, "note",
                             views);
    case KH_EV_PERSON_ENROLLED:
        views[0] = by_roles(state, event, 0);
        json_object_del(json_object_get(views[0].params, "profile"), "birth");
        return 1;
    default:
        views[0] = by_roles(state, event, 0);
        return 1;
    }
}
