/* ctx.ballots: votes and their numbers, as far as their secrecy allows a rule to see them. */
#include "procedure/host.h"

#include <lauxlib.h>

static void set_text(lua_State *lua, const char *name, const char *text)
{
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, name);
}

static void set_int(lua_State *lua, const char *name, int64_t value)
{
    lua_pushinteger(lua, value);
    lua_setfield(lua, -2, name);
}

void kh_ctx_push_counts(lua_State *lua, const struct kh_ballot *ballot,
                        const struct kh_counts *counts)
{
    lua_createtable(lua, 0, KH_COUNTS + 1);
    for (unsigned i = 0; i < KH_COUNTS; i++)
        set_int(lua, kh_count_words[i], counts->named[i]);
    lua_createtable(lua, 0, (int)ballot->n_options);
    for (unsigned i = 0; i < ballot->n_options; i++)
        set_int(lua, ballot->options[i].id, counts->option[i]);
    lua_setfield(lua, -2, "options");
}

static void push_subjects(lua_State *lua, const struct kh_ballot *ballot)
{
    lua_createtable(lua, (int)ballot->n_subjects, 0);
    for (unsigned i = 0; i < ballot->n_subjects; i++) {
        lua_createtable(lua, 0, 2);
        set_text(lua, "id", ballot->subjects[i].id);
        set_text(lua, "name", ballot->subjects[i].name);
        lua_rawseti(lua, -2, i + 1);
    }
}

static void push_options(lua_State *lua, const struct kh_ballot *ballot)
{
    lua_createtable(lua, (int)ballot->n_options, 0);
    for (unsigned i = 0; i < ballot->n_options; i++) {
        lua_createtable(lua, 0, 4);
        set_text(lua, "id", ballot->options[i].id);
        set_text(lua, "vi", ballot->options[i].vi);
        set_text(lua, "en", ballot->options[i].en);
        set_text(lua, "as", kh_stand_words[ballot->options[i].as]);
        lua_rawseti(lua, -2, i + 1);
    }
}

void kh_ctx_push_vote(lua_State *lua, const struct kh_procedure *p, const struct kh_vote *vote)
{
    static const char *const optional[] = { "item", "subjects", "outcome", "counts", "due", NULL };

    lua_createtable(lua, 0, 14);
    set_int(lua, "id", vote->id);
    set_text(lua, "type", vote->ballot.type);
    set_text(lua, "vi", vote->ballot.vi);
    set_text(lua, "en", vote->ballot.en);
    set_text(lua, "question", vote->question);
    set_text(lua, "state", kh_vote_state_words[vote->state]);
    set_text(lua, "form", kh_form_words[vote->ballot.form]);
    set_text(lua, "secrecy", kh_secrecy_words[vote->ballot.secrecy]);
    set_text(lua, "rule", vote->ballot.rule);
    set_int(lua, "cast", vote->n_cast);
    set_int(lua, "present_at_open", vote->present_at_open);
    set_int(lua, "round", vote->times_opened);
    kh_ctx_push_seconds(lua, vote->opened_ms);
    lua_setfield(lua, -2, "opened");
    kh_ctx_push_item_id(lua, p->state, vote->item);
    lua_setfield(lua, -2, "item");
    if (vote->due_ms) {
        kh_ctx_push_seconds(lua, vote->due_ms);
        lua_setfield(lua, -2, "due");
    }
    push_options(lua, &vote->ballot);
    lua_setfield(lua, -2, "options");
    if (vote->ballot.n_subjects) {
        push_subjects(lua, &vote->ballot);
        lua_setfield(lua, -2, "subjects");
    }
    if (vote->state == KH_VOTE_CLOSED) {
        set_text(lua, "outcome", vote->result.word);
        kh_ctx_push_counts(lua, &vote->ballot, &vote->result.counts[0]);
        lua_setfield(lua, -2, "counts");
    }
    kh_ctx_strict(lua, optional);
}

/* Those that the core still has, oldest first. */
void kh_ctx_push_ballots(lua_State *lua, struct kh_procedure *p, const char *name)
{
    lua_Integer n = 0;
    uint32_t after = 0;

    (void)name;
    lua_newtable(lua);
    for (;;) {
        const struct kh_vote *next = NULL;
        for (unsigned i = 0; i < KH_VOTES_MAX; i++) {
            const struct kh_vote *vote = &p->state->votes[i];
            if (vote->id > after && (!next || vote->id < next->id))
                next = vote;
        }
        if (!next)
            return;
        after = next->id;
        kh_ctx_push_vote(lua, p, next);
        lua_rawseti(lua, -2, ++n);
    }
}

int kh_ctx_choice(lua_State *lua)
{
    const struct kh_state *state = kh_host_of(lua)->state;
    lua_Integer id = luaL_checkinteger(lua, 1);
    const char *who = luaL_checkstring(lua, 2);
    const struct kh_vote *vote;
    kh_person person;

    if (!state)
        return luaL_error(lua, "ctx.choice can only be asked inside a hook");
    vote = id > 0 && id <= UINT32_MAX ? kh_state_vote(state, (uint32_t)id) : NULL;
    person = kh_state_person(state, who);
    lua_pushnil(lua);
    if (!vote || person == KH_NOBODY || vote->ballot.secrecy == KH_SECRECY_SECRET ||
        vote->ballot.secrecy == KH_SECRECY_TOTALS || !kh_bit_get(vote->cast, person))
        return 1;
    for (unsigned o = 0; o < vote->ballot.n_options; o++)
        if (vote->choice[0][person] >> o & 1)
            lua_pushstring(lua, vote->ballot.options[o].id);
    return 1;
}
