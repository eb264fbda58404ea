#include "procedure/vocabulary.h"

#include "base/text.h"
#include "procedure/read.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static const char *const top_words[] = { "kinds", "lanes", "votes",      "max_open",
                                         "order", "texts", "lost_after", NULL };
static const char *const kind_words[] = { "id",     "vi",          "en",    "lane", "roles",
                                          "target", "after_close", "limit", "rule", NULL };
static const char *const lane_words[] = { "id", "vi", "en", "rank", "preempt", "clock", NULL };
static const char *const vote_words[] = { "id", "vi", "en", "rule", "subjects", NULL };
static const char *const order_words[] = { "code", "vi", "en", "rule", NULL };
static const char *const text_words[] = { "vi", "en", NULL };
static const char *const target_words[] = { "none", "optional", "required", NULL };
static const char *const preempt_words[] = { "none",        "next",       "interrupt",
                                             "end_of_item", "end_of_day", NULL };
static const char *const clock_words[] = { "run", "stop", NULL };

struct part_job {
    struct kh_vocabulary *vocabulary;
    struct kh_problems *problems;
    json_t *json;
    const char *list;
    unsigned place;
};

static void set_text(json_t *json, const char *name, const char *text)
{
    json_object_set_new(json, name, json_string(text));
}

/* Names are used as words on the wire: plain letters, digits and '_'. */
static void read_id(const struct kh_reader *reader, char *id)
{
    kh_read_text_needed(reader, "id", id, KH_WORD_BYTES);
    if (id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
        kh_read_fail(reader, "id", "only a-z, 0-9 and _ are wanted");
}

/* Begin an entry of the list: its id and labels, and its JSON, which is owned at once. */
static json_t *begin_entry(struct part_job *job, struct kh_reader *reader, lua_State *lua,
                           const char *const *words, char *id)
{
    char what[48], vi[128], en[128], rule[KH_RULE_BYTES] = "";
    json_t *entry = json_object();

    json_array_append_new(json_object_get(job->json, job->list), entry);
    snprintf(what, sizeof(what), "%s[%u]", job->list, job->place);
    kh_read_begin(reader, lua, 1, what);
    kh_read_known(reader, words);
    read_id(reader, id);
    snprintf(reader->what, sizeof(reader->what), "%s '%s'", job->list, id);
    kh_read_both(reader, vi, sizeof(vi), en, sizeof(en));
    set_text(entry, "id", id);
    set_text(entry, "vi", vi);
    set_text(entry, "en", en);
    if (words != lane_words && kh_read_text(reader, "rule", rule, sizeof(rule)))
        set_text(entry, "rule", rule);
    return entry;
}

static json_t *role_list(uint32_t roles)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < KH_ROLES; i++)
        if (roles >> i & 1)
            json_array_append_new(list, json_string(kh_role_words[i]));
    return list;
}

static void read_kind(lua_State *lua, void *user)
{
    struct part_job *job = user;
    struct kh_kind kind = { 0 };
    struct kh_reader reader;
    json_t *entry = begin_entry(job, &reader, lua, kind_words, kind.id);
    int target = KH_TARGET_NONE;
    int64_t limit_ms;

    if (kh_vocabulary_kind(job->vocabulary, kind.id))
        luaL_error(lua, "kinds '%s': declared twice", kind.id);
    kh_read_text_needed(&reader, "lane", kind.lane, sizeof(kind.lane));
    if (!kh_vocabulary_lane(job->vocabulary, kind.lane))
        luaL_error(lua, "kinds '%s': there is no lane '%s' (add it to lanes)", kind.id, kind.lane);
    if (!kh_read_roles(&reader, "roles", &kind.roles))
        kh_read_fail(&reader, "roles",
                     "missing: who may ask; { } when only the chair calls for it");
    kh_read_word(&reader, "target", target_words, &target);
    kind.target = (enum kh_target_need)target;
    kh_read_bool(&reader, "after_close", &kind.after_close);
    set_text(entry, "lane", kind.lane);
    json_object_set_new(entry, "roles", role_list(kind.roles));
    set_text(entry, "target", target_words[target]);
    json_object_set_new(entry, "after_close", json_boolean(kind.after_close));
    if (kh_read_ms(&reader, "limit", &limit_ms))
        json_object_set_new(entry, "limit_ms", json_integer(limit_ms));
    if (job->vocabulary->n_kinds == KH_KINDS_MAX)
        luaL_error(lua, "more than %d kinds of speech", KH_KINDS_MAX);
    job->vocabulary->kinds[job->vocabulary->n_kinds++] = kind;
}

static void read_lane(lua_State *lua, void *user)
{
    struct part_job *job = user;
    struct kh_lane lane = { 0 };
    struct kh_reader reader;
    json_t *entry = begin_entry(job, &reader, lua, lane_words, lane.id);
    int preempt = KH_PREEMPT_NONE, clock = 0;

    if (kh_vocabulary_lane(job->vocabulary, lane.id))
        luaL_error(lua, "lanes '%s': declared twice", lane.id);
    if (strcmp(lane.id, "all") == 0 || strcmp(lane.id, "pending") == 0)
        luaL_error(lua, "lanes '%s': this word has a meaning of its own in ctx.queue", lane.id);
    if (!kh_read_int(&reader, "rank", -1000000, 1000000, &lane.rank))
        kh_read_fail(&reader, "rank", "missing");
    kh_read_word(&reader, "preempt", preempt_words, &preempt);
    kh_read_word(&reader, "clock", clock_words, &clock);
    lane.preempt = (enum kh_preempt)preempt;
    lane.clock_stops = clock == 1;
    json_object_set_new(entry, "rank", json_integer(lane.rank));
    set_text(entry, "preempt", preempt_words[preempt]);
    set_text(entry, "clock", clock_words[clock]);
    if (lane.preempt == KH_PREEMPT_INTERRUPT && job->vocabulary->max_open == 1)
        luaL_error(lua, "lanes '%s': an interruption needs a second microphone (max_open = 2)",
                   lane.id);
    if (job->vocabulary->n_lanes == KH_LANES_MAX)
        luaL_error(lua, "more than %d lanes", KH_LANES_MAX);
    job->vocabulary->lanes[job->vocabulary->n_lanes++] = lane;
}

static void read_vote(lua_State *lua, void *user)
{
    struct part_job *job = user;
    struct kh_reader reader;
    char id[KH_WORD_BYTES];
    json_t *entry = begin_entry(job, &reader, lua, vote_words, id);
    bool subjects = false;

    if (kh_vocabulary_has_vote(job->vocabulary, id))
        luaL_error(lua, "votes '%s': declared twice", id);
    kh_read_bool(&reader, "subjects", &subjects);
    json_object_set_new(entry, "subjects", json_boolean(subjects));
    if (job->vocabulary->n_vote_types == KH_VOTE_TYPES_MAX)
        luaL_error(lua, "more than %d types of vote", KH_VOTE_TYPES_MAX);
    KH_TEXT_SET(job->vocabulary->vote_types[job->vocabulary->n_vote_types++], id);
}

static const char *quoted_id(lua_State *lua, const char *list, char *text, size_t size)
{
    snprintf(text, size, "%s", list);
    if (lua_istable(lua, -1)) {
        if (lua_getfield(lua, -1, "id") == LUA_TSTRING)
            snprintf(text, size, "\"%s\"", lua_tostring(lua, -1));
        lua_pop(lua, 1);
    }
    return text;
}

static void read_list(lua_State *lua, struct part_job *job, const char *list,
                      kh_problems_part *part)
{
    char near[64];

    job->list = list;
    job->place = 0;
    json_object_set_new(job->json, list, json_array());
    if (lua_getfield(lua, -1, list) != LUA_TTABLE) {
        kh_problems_add(job->problems, list, "setup: %s: a list { ... } is wanted", list);
        lua_pop(lua, 1);
        return;
    }
    while (lua_geti(lua, -1, ++job->place) != LUA_TNIL) {
        kh_problems_try(job->problems, lua, quoted_id(lua, list, near, sizeof(near)), part, job);
        lua_pop(lua, 1);
    }
    lua_pop(lua, 2);
}

static void read_texts(const struct kh_reader *top, struct part_job *job)
{
    lua_State *lua = top->lua;
    struct kh_reader reader;
    char what[80], vi[KH_TEXT_BYTES], en[KH_TEXT_BYTES];
    json_t *texts = json_object();

    json_object_set_new(job->json, "texts", texts);
    if (!kh_read_push(top, "texts"))
        return;
    if (!lua_istable(lua, -1))
        kh_read_fail(top, "texts", "{ name = { vi = ..., en = ... } } is wanted");
    lua_pushnil(lua);
    while (lua_next(lua, -2)) {
        snprintf(what, sizeof(what), "texts.%s",
                 lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "?");
        kh_read_begin(&reader, lua, -1, what);
        kh_read_known(&reader, text_words);
        kh_read_both(&reader, vi, sizeof(vi), en, sizeof(en));
        json_object_set_new(texts, what + 6, json_pack("{s:s, s:s}", "vi", vi, "en", en));
        lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
}

static void read_rest(lua_State *lua, void *user)
{
    struct part_job *job = user;
    struct kh_reader reader, order;
    int64_t max_open = 0;

    kh_read_begin(&reader, lua, 1, "setup");
    kh_read_known(&reader, top_words);
    kh_read_int(&reader, "max_open", 1, KH_OPEN_MAX, &max_open);
    job->vocabulary->max_open = (uint32_t)max_open;
    json_object_set_new(job->json, "max_open", json_integer(max_open));
    kh_read_ms(&reader, "lost_after", &job->vocabulary->lost_after_ms);
    if (kh_read_push(&reader, "order")) {
        struct kh_reason *reason = &job->vocabulary->order;
        kh_read_begin(&order, lua, -1, "order");
        kh_read_known(&order, order_words);
        kh_read_reason(&order, reason);
        KH_TEXT_SET(reason->code, "out_of_order");
        json_object_set_new(
            job->json, "order",
            json_pack("{s:s, s:s, s:s}", "vi", reason->vi, "en", reason->en, "rule", reason->rule));
    }
    read_texts(&reader, job);
}

void kh_vocabulary_read(lua_State *lua, struct kh_vocabulary *vocabulary, json_t *json,
                        struct kh_problems *problems)
{
    struct part_job job = { .vocabulary = vocabulary, .problems = problems, .json = json };

    memset(vocabulary, 0, sizeof(*vocabulary));
    kh_problems_try(problems, lua, "setup", read_rest, &job);
    if (!lua_istable(lua, -1))
        return;
    read_list(lua, &job, "lanes", read_lane); /* kinds name lanes */
    read_list(lua, &job, "kinds", read_kind);
    read_list(lua, &job, "votes", read_vote);
}

const struct kh_kind *kh_vocabulary_kind(const struct kh_vocabulary *vocabulary, const char *id)
{
    for (unsigned i = 0; i < vocabulary->n_kinds; i++)
        if (strcmp(vocabulary->kinds[i].id, id) == 0)
            return &vocabulary->kinds[i];
    return NULL;
}

const struct kh_lane *kh_vocabulary_lane(const struct kh_vocabulary *vocabulary, const char *id)
{
    for (unsigned i = 0; i < vocabulary->n_lanes; i++)
        if (strcmp(vocabulary->lanes[i].id, id) == 0)
            return &vocabulary->lanes[i];
    return NULL;
}

bool kh_vocabulary_has_vote(const struct kh_vocabulary *vocabulary, const char *id)
{
    for (unsigned i = 0; i < vocabulary->n_vote_types; i++)
        if (strcmp(vocabulary->vote_types[i], id) == 0)
            return true;
    return false;
}
