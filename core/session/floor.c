/* Requests and the queue. Speeches (granted requests) are applied in speech.c. */
#include "session/part.h"

#include "base/text.h"

#include <string.h>

static bool is_waiting(const struct kh_request *r)
{
    return r->state == KH_REQUEST_PENDING || r->state == KH_REQUEST_ACCEPTED;
}

static bool is_absent_delegate(const struct kh_state *state, kh_person person)
{
    const struct kh_member *member = &state->members[person];

    return (member->profile.roles & KH_ROLE_DELEGATE) && member->presence != KH_PRESENT;
}

static const struct kh_request *waiting_of_kind(const struct kh_state *state, kh_person person,
                                                const char *kind)
{
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &state->requests[i];
        if (r->id != 0 && r->person == person && is_waiting(r) && strcmp(r->kind, kind) == 0)
            return r;
    }
    return NULL;
}

static bool has_place(const struct kh_state *state)
{
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++)
        if (state->requests[i].id == 0)
            return true;
    return false;
}

static struct kh_event *emit_requested(const struct kh_decision *d, kh_person person)
{
    const struct kh_fields *f = &d->command->f;
    struct kh_event *event = kh_emit_person(d, KH_EV_FLOOR_REQUESTED, person);
    kh_item item = kh_state_current_item(d->state);

    KH_SET(&event->f, request, d->state->last_request + 1);
    KH_SET_TEXT(&event->f, kind, f->kind);
    KH_SET_TEXT(&event->f, lane, d->terms->lane[0] ? d->terms->lane : f->kind);
    KH_SET(&event->f, rank, d->terms->rank);
    KH_SET(&event->f, priority, d->terms->priority);
    KH_SET(&event->f, state, d->terms->pending ? KH_REQUEST_PENDING : KH_REQUEST_ACCEPTED);
    if (d->terms->limit_ms > 0)
        KH_SET(&event->f, limit_ms, d->terms->limit_ms);
    if (KH_HAS(f, target))
        KH_SET(&event->f, target, f->target);
    if (KH_HAS(f, note))
        KH_SET_TEXT(&event->f, note, f->note);
    if (item != KH_NO_ITEM)
        KH_SET(&event->f, item, item);
    return event;
}

enum kh_refusal kh_floor_decide_request(const struct kh_decision *d)
{
    kh_person person = d->command->actor;

    if (person == KH_NOBODY || d->command->f.kind[0] == '\0')
        return KH_REFUSAL_FIELD;
    if (is_absent_delegate(d->state, person))
        return KH_REFUSAL_ABSENT;
    if (waiting_of_kind(d->state, person, d->command->f.kind))
        return KH_REFUSAL_ALREADY_WAITING;
    if (!has_place(d->state))
        return KH_REFUSAL_QUEUE_FULL;
    emit_requested(d, person);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_floor_decide_withdraw(const struct kh_decision *d)
{
    const struct kh_request *request = kh_state_request(d->state, d->command->f.request);

    if (!is_waiting(request))
        return KH_REFUSAL_NOT_WAITING;
    kh_emit_request(d, KH_EV_FLOOR_WITHDRAWN, request);
    return KH_REFUSAL_NONE;
}

void kh_floor_emit_denied(const struct kh_decision *d, const struct kh_request *request,
                          const char *code)
{
    static const struct {
        const char *code, *vi, *en;
    } words[] = {
        { "sitting_closed", "Phiên họp đã kết thúc; có thể gửi ý kiến bằng văn bản.",
          "The sitting is closed; the text may be handed in." },
        { "item_finished", "Nội dung đã kết thúc; có thể gửi ý kiến bằng văn bản.",
          "The item is finished; the text may be handed in." },
        { "chair", "Chủ tọa không mời phát biểu.", "The chair did not give the floor." },
    };
    struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_DENIED, request);

    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].code, code) != 0)
            continue;
        struct kh_reason *reason = &event->f.reason;
        KH_TEXT_SET(reason->code, words[i].code);
        KH_TEXT_SET(reason->vi, words[i].vi);
        KH_TEXT_SET(reason->en, words[i].en);
        KH_TEXT_SET(reason->rule, "kyhop.33");
        event->f.present |= KH_BIT(reason);
    }
    kh_emit_by(d, event);
}

enum kh_refusal kh_floor_decide_deny(const struct kh_decision *d)
{
    const struct kh_request *request = kh_state_request(d->state, d->command->f.request);

    if (!is_waiting(request))
        return KH_REFUSAL_NOT_WAITING;
    kh_floor_emit_denied(d, request, "chair");
    if (KH_HAS(&d->command->f, note))
        KH_SET_TEXT(&d->batch->ev[d->batch->n - 1].f, note, d->command->f.note);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_floor_decide_move(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;
    const struct kh_request *request = kh_state_request(d->state, f->request);
    const struct kh_request *before =
        KH_HAS(f, before) ? kh_state_request(d->state, f->before) : NULL;

    if (request->state != KH_REQUEST_ACCEPTED)
        return KH_REFUSAL_NOT_WAITING;
    if (KH_HAS(f, before) && (before->state != KH_REQUEST_ACCEPTED || before == request))
        return KH_REFUSAL_NOT_WAITING;
    struct kh_event *event = kh_emit_request(d, KH_EV_FLOOR_MOVED, request);
    if (before)
        KH_SET(&event->f, before, before->id);
    kh_emit_by(d, event);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_floor_decide_support(const struct kh_decision *d)
{
    const struct kh_request *request = kh_state_request(d->state, d->command->f.request);
    kh_person person = d->command->actor;

    if (!is_waiting(request))
        return KH_REFUSAL_NOT_WAITING;
    if (person == KH_NOBODY || is_absent_delegate(d->state, person))
        return KH_REFUSAL_ABSENT;
    if (kh_bit_get(request->supported_by, person))
        return KH_REFUSAL_SUPPORTED;
    struct kh_event *event = kh_emit_person(d, KH_EV_FLOOR_SUPPORTED, person);
    KH_SET(&event->f, request, request->id);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_floor_decide_accept(const struct kh_decision *d)
{
    const struct kh_request *request = kh_state_request(d->state, d->command->f.request);

    if (request->state != KH_REQUEST_PENDING)
        return KH_REFUSAL_NOT_WAITING;
    kh_emit_request(d, KH_EV_FLOOR_ACCEPTED, request);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_floor_decide_list_close(const struct kh_decision *d)
{
    if (!d->state->list_closed)
        kh_emit(d, KH_EV_LIST_CLOSED);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_floor_decide_list_open(const struct kh_decision *d)
{
    if (d->state->list_closed)
        kh_emit(d, KH_EV_LIST_OPENED);
    return KH_REFUSAL_NONE;
}

/* --- granting --- */

/* What the clock of a grant looks like; the request may be the one made in the same batch. */
static void emit_granted(const struct kh_decision *d, uint32_t request, kh_person person,
                         const struct kh_fields *from)
{
    struct kh_event *event = kh_emit_person(d, KH_EV_FLOOR_GRANTED, person);
    int64_t limit_ms = d->terms->limit_ms;

    KH_SET(&event->f, request, request);
    KH_SET_TEXT(&event->f, kind, from->kind);
    KH_SET_TEXT(&event->f, lane, from->lane);
    KH_SET(&event->f, limit_ms, limit_ms);
    KH_SET(&event->f, ends_at, limit_ms ? d->command->at_ms + limit_ms : 0);
    KH_SET(&event->f, marks, d->terms->marks);
    if (KH_HAS(from, target))
        KH_SET(&event->f, target, from->target);
    if (KH_HAS(from, item))
        KH_SET(&event->f, item, from->item);
    if (d->terms->out_of_order) {
        event->f.reason = d->terms->reason;
        event->f.present |= KH_BIT(reason);
    }
    kh_emit_override(d, event);
    kh_emit_by(d, event);
    kh_mic_emit(d, person, KH_MIC_LIVE, true);
}

static void emit_grant_of(const struct kh_decision *d, const struct kh_request *request)
{
    struct kh_fields from = { 0 };

    KH_SET_TEXT(&from, kind, request->kind);
    KH_SET_TEXT(&from, lane, request->lane);
    if (request->target != KH_NOBODY)
        KH_SET(&from, target, request->target);
    if (request->item != KH_NO_ITEM)
        KH_SET(&from, item, request->item);
    emit_granted(d, request->id, request->person, &from);
}

static enum kh_refusal may_open(const struct kh_state *state, kh_person person)
{
    uint32_t max = state->max_open ? state->max_open : KH_OPEN_DEFAULT;

    if (kh_state_speech(state, person))
        return KH_REFUSAL_ALREADY_SPEAKING;
    if (!(state->members[person].profile.roles & KH_ROLES_SPEAKING))
        return KH_REFUSAL_NO_SPEAKER;
    if (is_absent_delegate(state, person))
        return KH_REFUSAL_ABSENT;
    return kh_state_open_floors(state) < max ? KH_REFUSAL_NONE : KH_REFUSAL_MICS_BUSY;
}

static enum kh_refusal grant_request(const struct kh_decision *d, const struct kh_request *request)
{
    if (!is_waiting(request))
        return KH_REFUSAL_NOT_WAITING;
    enum kh_refusal refusal = may_open(d->state, request->person);
    if (refusal == KH_REFUSAL_NONE)
        emit_grant_of(d, request);
    return refusal;
}

/* Called without having asked: the request is made and granted in one. */
static enum kh_refusal grant_person(const struct kh_decision *d)
{
    kh_person person = d->command->f.person;
    const struct kh_request *waiting = waiting_of_kind(d->state, person, d->command->f.kind);

    if (waiting)
        return grant_request(d, waiting);
    enum kh_refusal refusal = may_open(d->state, person);
    if (refusal != KH_REFUSAL_NONE)
        return refusal;
    if (!has_place(d->state))
        return KH_REFUSAL_QUEUE_FULL;
    struct kh_event *requested = emit_requested(d, person);
    requested->f.state = KH_REQUEST_ACCEPTED;
    emit_granted(d, requested->f.request, person, &requested->f);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_floor_decide_grant(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;

    if (KH_HAS(f, request))
        return grant_request(d, kh_state_request(d->state, f->request));
    if (!KH_HAS(f, person) || !KH_HAS(f, kind) || f->kind[0] == '\0')
        return KH_REFUSAL_FIELD;
    return grant_person(d);
}

enum kh_refusal kh_floor_decide_next(const struct kh_decision *d)
{
    uint32_t ids[KH_REQUESTS_MAX];
    const char *lane = KH_HAS(&d->command->f, lane) ? d->command->f.lane : NULL;
    uint32_t next = d->terms->request;

    if (next == 0 && kh_state_queue(d->state, lane, ids) > 0)
        next = ids[0];
    const struct kh_request *request = kh_state_request(d->state, next);
    return request ? grant_request(d, request) : KH_REFUSAL_QUEUE_EMPTY;
}

/* --- applying --- */

static void apply_requested(struct kh_state *state, const struct kh_event *event)
{
    struct kh_request *r = kh_place_of_request(state, 0);
    uint32_t id = event->f.request;
    bool is_new = id != 0 && !kh_state_request(state, id);
    bool waits = event->f.state == KH_REQUEST_PENDING || event->f.state == KH_REQUEST_ACCEPTED;

    if (!r || !is_new || !waits || event->f.person >= state->n_members)
        return;
    *r = (struct kh_request){ .id = event->f.request,
                              .state = event->f.state,
                              .person = event->f.person,
                              .target = KH_HAS(&event->f, target) ? event->f.target : KH_NOBODY,
                              .item = KH_HAS(&event->f, item) ? event->f.item : KH_NO_ITEM,
                              .rank = event->f.rank,
                              .priority = event->f.priority,
                              .order = event->f.request,
                              .limit_ms = event->f.limit_ms,
                              .asked_ms = event->at_ms };
    KH_TEXT_SET(r->kind, event->f.kind);
    KH_TEXT_SET(r->lane, event->f.lane);
    KH_TEXT_SET(r->note, event->f.note);
    if (r->id > state->last_request)
        state->last_request = r->id;
}

/* The queue without @moved, cut to the requests that share rank and priority with it. */
static unsigned group_of(struct kh_state *state, const struct kh_request *moved,
                         struct kh_request *group[KH_REQUESTS_MAX])
{
    uint32_t ids[KH_REQUESTS_MAX];
    unsigned n_ids = kh_state_queue(state, NULL, ids), n = 0;

    for (unsigned i = 0; i < n_ids; i++) {
        struct kh_request *r = kh_place_of_request(state, ids[i]);
        if (r != moved && r->rank == moved->rank && r->priority == moved->priority)
            group[n++] = r;
    }
    return n;
}

/* The last of the queue besides @moved, NULL when it is alone. */
static const struct kh_request *last_but(const struct kh_state *state,
                                         const struct kh_request *moved)
{
    uint32_t ids[KH_REQUESTS_MAX];
    unsigned n = kh_state_queue(state, NULL, ids);

    while (n > 0 && ids[n - 1] == moved->id)
        n--;
    return n > 0 ? kh_state_request(state, ids[n - 1]) : NULL;
}

/* Give @group its own places again, in its new order. */
static void deal_places(struct kh_request **group, unsigned n)
{
    int64_t places[KH_REQUESTS_MAX];

    for (unsigned i = 0; i < n; i++) {
        unsigned at = i;
        for (; at > 0 && places[at - 1] > group[i]->order; at--)
            places[at] = places[at - 1];
        places[at] = group[i]->order;
    }
    for (unsigned i = 0; i < n; i++)
        group[i]->order = places[i];
}

/* Put the moved request before the other one, or behind all, its new neighbour lending it rank and
 * priority. The group's places are dealt out anew among themselves, so that whoever is not in the
 * queue yet (pending, or to come) still stands where they asked. */
static void apply_moved(struct kh_state *state, const struct kh_event *event)
{
    struct kh_request *group[KH_REQUESTS_MAX], *moved;
    const struct kh_request *before = kh_state_request(state, event->f.before);
    const struct kh_request *neighbour;

    moved = kh_place_of_request(state, event->f.request);
    neighbour = before ? before : last_but(state, moved);
    if (moved->state != KH_REQUEST_ACCEPTED || moved == before || !neighbour)
        return;
    moved->rank = neighbour->rank;
    moved->priority = neighbour->priority;
    unsigned n = group_of(state, moved, group), at = n;
    for (; at > 0 && before && group[at - 1] != before; at--)
        group[at] = group[at - 1];
    if (before && at > 0) {
        group[at] = group[at - 1];
        at--;
    }
    group[at] = moved;
    deal_places(group, n + 1);
}

static void apply_supported(struct kh_request *r, kh_person person)
{
    if (person >= KH_PERSONS_MAX || kh_bit_get(r->supported_by, person))
        return;
    kh_bit_set(r->supported_by, person);
    r->supporters++;
}

void kh_floor_drop(struct kh_state *state, struct kh_request *request)
{
    for (unsigned i = 0; i < KH_ASKS_MAX; i++)
        if (state->asks[i].request == request->id)
            state->asks[i] = (struct kh_ask){ 0 };
    *request = (struct kh_request){ 0 };
}

void kh_floor_apply(struct kh_state *state, const struct kh_event *event)
{
    if (event->type == KH_EV_FLOOR_REQUESTED) {
        apply_requested(state, event);
        return;
    }
    if (event->type == KH_EV_LIST_CLOSED || event->type == KH_EV_LIST_OPENED) {
        state->list_closed = event->type == KH_EV_LIST_CLOSED;
        return;
    }
    struct kh_request *r = event->f.request ? kh_place_of_request(state, event->f.request) : NULL;
    if (!r || !is_waiting(r))
        return;
    switch ((int)event->type) {
    case KH_EV_FLOOR_ACCEPTED:
        r->state = KH_REQUEST_ACCEPTED;
        break;
    case KH_EV_FLOOR_WITHDRAWN:
    case KH_EV_FLOOR_DENIED:
        kh_floor_drop(state, r);
        break;
    case KH_EV_FLOOR_MOVED:
        apply_moved(state, event);
        break;
    case KH_EV_FLOOR_SUPPORTED:
        apply_supported(r, event->f.person);
        break;
    }
}
