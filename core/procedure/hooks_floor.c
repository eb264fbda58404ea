/* Hooks of the floor: on_request, next, on_grant, on_mark, on_expire, on_end, on_support. */
#include "procedure/hearing.h"

#include "base/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* --- on_request --- */

/* The request that a command would make, as hooks see it. */
static void push_asked(struct kh_hearing *h, kh_person person)
{
    struct kh_request request = { .person = person, .target = KH_NOBODY };
    const struct kh_fields *f = &h->command->f;
    const struct kh_kind *kind = kh_vocabulary_kind(&h->p->vocabulary, f->kind);

    if (KH_HAS(f, target))
        request.target = f->target;
    request.item = kh_state_current_item(h->state);
    request.asked_ms = h->p->now_ms;
    KH_TEXT_SET(request.kind, f->kind);
    KH_TEXT_SET(request.lane, kind ? kind->lane : "");
    KH_TEXT_SET(request.note, KH_HAS(f, note) ? f->note : "");
    kh_ctx_push_request(h->lua, h->p, &request);
    lua_pushnil(h->lua);
    lua_setfield(h->lua, -2, "id");
}

static void set_lane(struct kh_hearing *h, const char *id)
{
    const struct kh_lane *lane = kh_vocabulary_lane(&h->p->vocabulary, id);

    if (!lane)
        luaL_error(h->lua, "lane: there is no lane '%s'", id);
    KH_TEXT_SET(h->verdict->terms.lane, lane->id);
    h->verdict->terms.rank = lane->rank;
}

/* needs = { support = n } or { ask = { ... } }: the request waits for somebody's consent. */
static void read_needs(struct kh_hearing *h, const struct kh_reader *reader)
{
    static const char *const words[] = { "support", "ask", NULL };
    struct kh_reader needs;
    int64_t support;

    if (!kh_read_push(reader, "needs"))
        return;
    kh_read_begin(&needs, h->lua, -1, "on_request: needs");
    kh_read_known(&needs, words);
    h->verdict->terms.pending = true;
    if (kh_read_int(&needs, "support", 1, KH_PERSONS_MAX, &support))
        kh_hearing_note(h, " support %d", (int)support);
    if (kh_read_push(&needs, "ask")) {
        kh_actions_add_ask(h, h->state->last_request + 1); /* the id it is about to get */
        lua_pop(h->lua, 1);
    }
    lua_pop(h->lua, 1);
}

static void read_request_terms(struct kh_hearing *h)
{
    static const char *const words[] = { "lane", "priority", "limit", "needs", "actions", NULL };
    struct kh_reader reader;
    char lane[KH_WORD_BYTES];

    kh_read_begin(&reader, h->lua, -1, "on_request");
    kh_read_known(&reader, words);
    if (kh_read_text(&reader, "lane", lane, sizeof(lane)))
        set_lane(h, lane);
    kh_read_int(&reader, "priority", -1000000000, 1000000000, &h->verdict->terms.priority);
    kh_read_ms(&reader, "limit", &h->verdict->terms.limit_ms);
    read_needs(h, &reader);
    if (kh_read_push(&reader, "actions")) {
        kh_actions_read(h);
        lua_pop(h->lua, 1);
    }
}

void kh_hear_request(struct kh_hearing *h)
{
    const struct kh_kind *kind = kh_vocabulary_kind(&h->p->vocabulary, h->command->f.kind);

    if (kind)
        set_lane(h, kind->lane);
    if (!kh_hearing_begin(h, KH_HOOK_ON_REQUEST))
        return;
    kh_hearing_input(h, "%s", h->command->f.kind);
    push_asked(h, h->command->actor);
    if (kh_hearing_call(h, 1) == KH_ANSWER_VALUE)
        read_request_terms(h);
    lua_pop(h->lua, 1);
    if (!h->verdict->refused)
        kh_hearing_note(h, " lane %s priority %d", h->verdict->terms.lane,
                        (int)h->verdict->terms.priority);
}

/* --- next --- */

static uint32_t first_in_queue(const struct kh_hearing *h, const char *lane)
{
    uint32_t ids[KH_REQUESTS_MAX];

    return kh_state_queue(h->state, lane, ids) > 0 ? ids[0] : 0;
}

/* Who should be called now; 0: nobody, or the procedure refused. */
static uint32_t ask_next(struct kh_hearing *h, const char *lane)
{
    const struct kh_request *request;
    uint32_t id = 0;
    lua_Integer answer;

    if (!kh_hearing_begin(h, KH_HOOK_NEXT))
        return first_in_queue(h, lane);
    kh_hearing_input(h, "%s", lane ? lane : "");
    lua_pushstring(h->lua, lane); /* NULL: nil */
    switch (kh_hearing_call(h, 1)) {
    case KH_ANSWER_NIL:
        id = first_in_queue(h, lane);
        break;
    case KH_ANSWER_REFUSED:
        break;
    case KH_ANSWER_VALUE:
        answer = lua_isinteger(h->lua, -1) ? lua_tointeger(h->lua, -1) : -1;
        if (answer < 1 || answer > UINT32_MAX)
            luaL_error(h->lua, "a request's id, nil or refuse(...) is wanted, not a %s",
                       luaL_typename(h->lua, -1));
        id = (uint32_t)answer;
        break;
    }
    lua_pop(h->lua, 1);
    request = id ? kh_state_request(h->state, id) : NULL;
    if (id && (!request || request->state != KH_REQUEST_ACCEPTED ||
               (lane && strcmp(request->lane, lane) != 0)))
        luaL_error(h->lua, "there is no waiting request %d%s%s", (int)id, lane ? " in lane " : "",
                   lane ? lane : "");
    kh_hearing_note(h, "%u", id);
    return id;
}

/* --- on_grant --- */

static void read_marks(struct kh_hearing *h, const struct kh_reader *reader)
{
    struct kh_marks *marks = &h->verdict->terms.marks;

    if (!kh_read_push(reader, "marks"))
        return;
    if (!lua_istable(h->lua, -1))
        kh_read_fail(reader, "marks", "a list of seconds is wanted, such as { 60, 15, 0 }");
    while (lua_geti(h->lua, -1, marks->n + 1) != LUA_TNIL) {
        int64_t left_ms = kh_read_ms_at(reader, -1, "marks");
        if (marks->n == KH_MARKS_MAX)
            kh_read_fail(reader, "marks", "too many");
        if (marks->n > 0 && left_ms >= marks->left_ms[marks->n - 1])
            kh_read_fail(reader, "marks", "they must fall, such as { 60, 15, 0 }");
        marks->left_ms[marks->n++] = left_ms;
        lua_pop(h->lua, 1);
    }
    lua_pop(h->lua, 2);
}

static void read_grant_terms(struct kh_hearing *h)
{
    static const char *const words[] = { "limit", "marks", "actions", NULL };
    struct kh_reader reader;

    kh_read_begin(&reader, h->lua, -1, "on_grant");
    kh_read_known(&reader, words);
    kh_read_ms(&reader, "limit", &h->verdict->terms.limit_ms);
    read_marks(h, &reader);
    if (kh_read_push(&reader, "actions")) {
        kh_actions_read(h);
        lua_pop(h->lua, 1);
    }
}

/* @request: the waiting one; NULL: called without having asked. */
static void ask_grant(struct kh_hearing *h, const struct kh_request *request)
{
    if (!kh_hearing_begin(h, KH_HOOK_ON_GRANT))
        return;
    kh_hearing_input(h, "%s", request ? request->kind : h->command->f.kind);
    if (request)
        kh_ctx_push_request(h->lua, h->p, request);
    else
        push_asked(h, h->command->f.person);
    if (kh_hearing_call(h, 1) == KH_ANSWER_VALUE)
        read_grant_terms(h);
    lua_pop(h->lua, 1);
    if (!h->verdict->refused)
        kh_hearing_note(h, " limit %d s", (int)(h->verdict->terms.limit_ms / 1000));
}

/* The rule of order that the chair departs from (procedures.md 0(5)). */
static void tell_order(struct kh_hearing *h)
{
    struct kh_terms *terms = &h->verdict->terms;

    terms->out_of_order = true;
    if (h->p->vocabulary.order.vi[0]) {
        terms->reason = h->p->vocabulary.order;
        return;
    }
    KH_TEXT_SET(terms->reason.code, "out_of_order");
    KH_TEXT_SET(terms->reason.vi,
                "Đăng ký trước được mời trước, trừ trường hợp chủ tọa quyết định khác.");
    KH_TEXT_SET(terms->reason.en,
                "First registered, first called, unless the chair decides otherwise.");
    KH_TEXT_SET(terms->reason.rule, "kyhop.45");
}

/* In order is who is next of all, or next of their lane while no lane with precedence waits. */
static bool is_in_order(struct kh_hearing *h, const struct kh_request *request)
{
    uint32_t first = ask_next(h, NULL);
    const struct kh_request *other = first ? kh_state_request(h->state, first) : NULL;
    const struct kh_lane *lane;

    if (!other || first == request->id)
        return true;
    lane = kh_vocabulary_lane(&h->p->vocabulary, other->lane);
    if (lane && (lane->preempt == KH_PREEMPT_NEXT || lane->preempt == KH_PREEMPT_INTERRUPT))
        return false;
    return ask_next(h, request->lane) == request->id;
}

void kh_hear_grant(struct kh_hearing *h)
{
    const struct kh_fields *f = &h->command->f;
    const struct kh_request *request =
        KH_HAS(f, request) ? kh_state_request(h->state, f->request) : NULL;
    struct kh_terms *terms = &h->verdict->terms;
    bool departs = false, was_overridden = terms->overridden;

    if (request && request->state == KH_REQUEST_ACCEPTED && h->command->actor != KH_NOBODY) {
        departs = !is_in_order(h, request);
        h->verdict->refused = false; /* next() may refuse to name one; the chair still may call */
        terms->overridden = was_overridden;
    }
    if (request || (KH_HAS(f, kind) && KH_HAS(f, person)))
        ask_grant(h, request);
    if (terms->overridden && request && terms->limit_ms == 0)
        terms->limit_ms = request->limit_ms; /* as it was told with the request */
    if (departs && !h->verdict->refused && !terms->overridden)
        tell_order(h);
}

void kh_hear_next(struct kh_hearing *h)
{
    const char *lane = KH_HAS(&h->command->f, lane) ? h->command->f.lane : NULL;
    uint32_t id = ask_next(h, lane);

    if (id == 0 && h->verdict->terms.overridden)
        id = first_in_queue(h, lane);
    const struct kh_request *request = id ? kh_state_request(h->state, id) : NULL;

    h->verdict->terms.request = id;
    if (request && !h->verdict->refused)
        ask_grant(h, request);
}

/* --- the clock of a speech --- */

/* Push the running speech of the command or event; false: it is gone, nothing pushed. */
static bool push_running(struct kh_hearing *h, const struct kh_fields *f)
{
    const struct kh_request *r = kh_state_request(h->state, f->request);

    if (!r)
        return false;
    kh_ctx_push_request(h->lua, h->p, r);
    kh_hearing_input(h, "%s %s", r->kind, h->state->members[r->person].profile.id);
    return true;
}

static void read_expiry(struct kh_hearing *h)
{
    static const char *const words[] = { "expiry", "grace", "ask", "actions", NULL };
    struct kh_terms *terms = &h->verdict->terms;
    struct kh_reader reader;
    int expiry = KH_EXPIRY_WARN;

    if (lua_type(h->lua, -1) == LUA_TSTRING) { /* "warn" is short for { expiry = "warn" } */
        lua_createtable(h->lua, 0, 1);
        lua_pushvalue(h->lua, -2);
        lua_setfield(h->lua, -2, "expiry");
        lua_replace(h->lua, -2);
    }
    kh_read_begin(&reader, h->lua, -1, "on_expire");
    kh_read_known(&reader, words);
    if (kh_read_ms(&reader, "grace", &terms->grace_ms))
        expiry = KH_EXPIRY_GRACE;
    if (kh_read_push(&reader, "ask")) {
        expiry = KH_EXPIRY_ASK;
        kh_actions_add_ask(h, h->command->f.request);
        lua_pop(h->lua, 1);
    }
    kh_read_word(&reader, "expiry", kh_expiry_words, &expiry);
    if (kh_read_push(&reader, "actions")) {
        kh_actions_read(h);
        lua_pop(h->lua, 1);
    }
    terms->expiry = (enum kh_expiry)expiry;
    kh_hearing_note(h, " %s", kh_expiry_words[expiry]);
}

void kh_hear_expire(struct kh_hearing *h)
{
    if (!kh_hearing_begin(h, KH_HOOK_ON_EXPIRE))
        return;
    if (!push_running(h, &h->command->f)) {
        lua_pop(h->lua, 2);
        return;
    }
    if (kh_hearing_call(h, 1) == KH_ANSWER_VALUE)
        read_expiry(h);
    lua_pop(h->lua, 1);
}

/* --- news --- */

void kh_hear_mark(struct kh_hearing *h)
{
    if (!kh_hearing_begin(h, KH_HOOK_ON_MARK))
        return;
    if (!push_running(h, &h->event->f)) {
        lua_pop(h->lua, 2);
        return;
    }
    kh_ctx_push_seconds(h->lua, h->event->f.left_ms);
    kh_hearing_call_for_actions(h, 2);
}

static const struct kh_speech *ended(const struct kh_state *state, uint32_t request)
{
    unsigned n = state->n_history < KH_HISTORY_MAX ? state->n_history : KH_HISTORY_MAX;

    for (unsigned i = 1; i <= n; i++) {
        const struct kh_speech *s = &state->history[(state->n_history - i) % KH_HISTORY_MAX];
        if (s->request == request)
            return s;
    }
    return NULL;
}

void kh_hear_end(struct kh_hearing *h)
{
    const struct kh_speech *speech = ended(h->state, h->event->f.request);

    if (!speech || !kh_hearing_begin(h, KH_HOOK_ON_END))
        return;
    kh_hearing_input(h, "%s", speech->kind);
    kh_ctx_push_speech(h->lua, h->state, speech);
    lua_pushstring(h->lua, kh_end_words[speech->end]);
    kh_hearing_call_for_actions(h, 2);
}

void kh_hear_support(struct kh_hearing *h)
{
    if (!kh_hearing_begin(h, KH_HOOK_ON_SUPPORT))
        return;
    if (!push_running(h, &h->event->f)) {
        lua_pop(h->lua, 2);
        return;
    }
    kh_hearing_call_for_actions(h, 1);
}

/* on_lot(ctx, lot): { name, vote?, by?, among, drawn } */
void kh_hear_lot(struct kh_hearing *h)
{
    static const char *const optional[] = { "vote", "by", NULL };
    const struct kh_fields *f = &h->event->f;

    if (!f->among || !f->drawn || !kh_hearing_begin(h, KH_HOOK_ON_LOT))
        return;
    kh_hearing_input(h, "%s: %s", f->name, f->drawn->name[0]);
    lua_createtable(h->lua, 0, 5);
    lua_pushstring(h->lua, f->name);
    lua_setfield(h->lua, -2, "name");
    if (KH_HAS(f, vote)) {
        lua_pushinteger(h->lua, f->vote);
        lua_setfield(h->lua, -2, "vote");
    }
    kh_ctx_push_person(h->lua, h->state, KH_HAS(f, by) ? f->by : KH_NOBODY);
    lua_setfield(h->lua, -2, "by");
    kh_fields_push_names(h->lua, f->among);
    lua_setfield(h->lua, -2, "among");
    kh_fields_push_names(h->lua, f->drawn);
    lua_setfield(h->lua, -2, "drawn");
    kh_ctx_strict(h->lua, optional);
    kh_hearing_call_for_actions(h, 1);
}

/* on_answer(ctx, ask, answer, request or nil) */
void kh_hear_answer(struct kh_hearing *h)
{
    const struct kh_asked *asked = &h->p->asked;
    const struct kh_fields *f = &h->event->f;
    const struct kh_request *request;

    if (asked->id != f->ask || !kh_hearing_begin(h, KH_HOOK_ON_ANSWER))
        return;
    kh_hearing_input(h, "%s %s", asked->code, f->answer);
    lua_createtable(h->lua, 0, 4);
    lua_pushinteger(h->lua, asked->id);
    lua_setfield(h->lua, -2, "id");
    lua_pushstring(h->lua, asked->code);
    lua_setfield(h->lua, -2, "code");
    kh_ctx_push_person(h->lua, h->state, KH_HAS(f, person) ? f->person : KH_NOBODY);
    lua_setfield(h->lua, -2, "by");
    lua_pushstring(h->lua, f->answer);
    request = asked->request ? kh_state_request(h->state, asked->request) : NULL;
    if (request)
        kh_ctx_push_request(h->lua, h->p, request);
    else
        lua_pushnil(h->lua);
    kh_hearing_call_for_actions(h, 3);
}
