/* Calls of clients: to commands and methods, and their answers. */
#include "engine/box_calls.h"
#include "engine/internal.h"

#include "base/text.h"

#include <string.h>

static const struct {
    const char *name;
    kh_method *method;
    uint32_t roles; /* 0: everybody */
} methods[] = {
    { "minutes.get", kh_call_minutes_get, KH_ROLE_CHAIR | KH_ROLE_SECRETARY },
    { "media.join", kh_call_media_join, 0 },
    { "media.leave", kh_call_media_leave, 0 },
    { "media.stats", kh_call_media_stats, 0 },
    { "procedure.use", kh_call_procedure_use, KH_ROLE_IT | KH_ROLE_OPERATOR },
    { "procedure.reload", kh_call_procedure_reload, KH_ROLE_IT | KH_ROLE_OPERATOR },
    { "procedure.describe", kh_call_procedure_describe, 0 },
    { "procedure.rehearse", kh_call_procedure_rehearse, KH_ROLE_IT | KH_ROLE_OPERATOR },
    { "procedure.sittings", kh_call_procedure_sittings, KH_ROLE_IT | KH_ROLE_OPERATOR },
    { "procedure.record", kh_call_procedure_record, KH_ROLE_IT },
    { "procedure.trace", kh_call_procedure_trace, KH_ROLE_IT | KH_ROLE_OPERATOR | KH_ROLE_CHAIR },
    { "state.get", kh_call_state_get, 0 },
};

/* --- answers --- */

void kh_calls_send(struct kh_answer *answer)
{
    if (answer->result)
        kh_api_result(answer->call, answer->result);
    else
        kh_api_error(answer->call, answer->code, answer->message, answer->data);
}

static enum kh_rpc_code code_of(enum kh_refusal_class class, const char **message)
{
    switch (class) {
    case KH_CLASS_NOT_PERMITTED:
        *message = "not_permitted";
        return KH_RPC_NOT_PERMITTED;
    case KH_CLASS_NOT_FOUND:
        *message = "not_found";
        return KH_RPC_NOT_FOUND;
    case KH_CLASS_WRONG_STATE:
        *message = "wrong_state";
        return KH_RPC_WRONG_STATE;
    case KH_CLASS_PARAMS:
        *message = "invalid params";
        return KH_RPC_PARAMS;
    case KH_CLASS_LIMIT:
    case KH_CLASS_REFUSED:
        break;
    }
    *message = "refused";
    return KH_RPC_REFUSED;
}

static void set_error(struct kh_answer *answer, enum kh_refusal_class class,
                      const struct kh_reason *reason)
{
    answer->code = code_of(class, &answer->message);
    answer->data = kh_wire_reason(reason);
}

void kh_call_refuse(struct kh_api_call *call, enum kh_refusal refusal)
{
    struct kh_answer answer = { .call = call };
    struct kh_reason reason;

    kh_refusal_reason(refusal, &reason);
    set_error(&answer, kh_refusal_table[refusal].class, &reason);
    kh_calls_send(&answer);
}

static json_t *bad_data(const char *text)
{
    const struct kh_refusal_info *info = &kh_refusal_table[KH_REFUSAL_FIELD];
    char *vi = g_strdup_printf("%s (%s)", info->vi, text);
    json_t *data = json_pack("{s:s, s:s, s:{s:s, s:s}, s:s}", "code", info->code, "detail", text,
                             "reason", "vi", vi, "en", text, "rule", info->rule);

    g_free(vi);
    return data;
}

void kh_call_bad(struct kh_api_call *call, const char *text)
{
    kh_api_error(call, KH_RPC_PARAMS, "invalid params", bad_data(text));
}

/* What a command made or was about, under the word of its own area: "floor.…" a request, "vote.…" a
 * vote; an answer names its question. */
static void add_ref(json_t *result, enum kh_command_type type, uint32_t ref)
{
    const char *name = kh_command_table[type].name;

    if (ref == 0)
        return;
    if (type == KH_CMD_FLOOR_ANSWER)
        json_object_set_new(result, "ask", json_integer(ref));
    else if (strncmp(name, "floor.", 6) == 0)
        json_object_set_new(result, "request", json_integer(ref));
    else if (strncmp(name, "vote.", 5) == 0)
        json_object_set_new(result, "vote", json_integer(ref));
}

static void add_place(const struct kh_state *state, json_t *result, uint32_t id)
{
    uint32_t ids[KH_REQUESTS_MAX];
    const struct kh_request *request = kh_state_request(state, id);
    unsigned n = kh_state_queue(state, NULL, ids);

    if (!request)
        return;
    json_object_set_new(result, "state", json_string(kh_request_state_words[request->state]));
    for (unsigned i = 0; i < n; i++)
        if (ids[i] == id)
            json_object_set_new(result, "position", json_integer(i + 1));
}

void kh_calls_answer(struct kh_council *council, const struct kh_pending *pending,
                     const struct kh_outcome_of *outcome, struct kh_answer *answer)
{
    if (!outcome->refused) {
        answer->result = json_pack("{s:I}", "seq", (json_int_t)council->state->seq);
        add_ref(answer->result, pending->type, outcome->ref);
        if (pending->type == KH_CMD_FLOOR_REQUEST)
            add_place(council->state, answer->result, outcome->ref);
        return;
    }
    set_error(answer, outcome->class, &outcome->reason);
    if (!pending->key)
        return;
    struct kh_refused_key *r = &council->refused[council->n_refused++ % KH_REFUSED_KEYS];
    json_decref(r->data);
    *r = (struct kh_refused_key){ .person = pending->person,
                                  .code = answer->code,
                                  .message = answer->message,
                                  .data = json_incref(answer->data) };
    KH_TEXT_SET(r->key, pending->key);
}

bool kh_calls_repeat(struct kh_council *council, const struct kh_pending *pending,
                     struct kh_answer *answer)
{
    if (!pending->key)
        return false;
    const struct kh_key *key = kh_state_key(council->state, pending->person, pending->key);
    if (key) {
        answer->result = json_pack("{s:I, s:b}", "seq", (json_int_t)key->seq, "repeated", 1);
        add_ref(answer->result, pending->type, key->ref);
        return true;
    }
    for (unsigned i = 0; i < KH_REFUSED_KEYS; i++) {
        const struct kh_refused_key *r = &council->refused[i];
        if (r->person != pending->person || !r->data || strcmp(r->key, pending->key) != 0)
            continue;
        answer->code = r->code;
        answer->message = r->message;
        answer->data = json_incref(r->data);
        return true;
    }
    return false;
}

/* --- calls --- */

/* The design's word for a note of the chair is "reason"; the events keep it as "note". */
static json_t *without_aliases(const struct kh_pending *pending)
{
    uint64_t fields = kh_command_table[pending->type].optional;
    json_t *reason = json_object_get(pending->params, "reason");
    json_t *params = json_copy(pending->params);

    if ((fields & KH_BIT(note)) && json_is_string(reason)) {
        json_object_set(params, "note", reason);
        json_object_del(params, "reason");
    }
    return params;
}

/* A name that the codec did not know: "person: there is no …". */
static void set_not_found(struct kh_answer *answer, const char *text)
{
    enum kh_refusal refusal = g_str_has_prefix(text, "item:")   ? KH_REFUSAL_NO_ITEM
                              : g_str_has_prefix(text, "vote:") ? KH_REFUSAL_NO_VOTE
                                                                : KH_REFUSAL_NO_PERSON;
    struct kh_reason reason;

    kh_refusal_reason(refusal, &reason);
    set_error(answer, KH_CLASS_NOT_FOUND, &reason);
    json_object_set_new(answer->data, "detail", json_string(text));
}

bool kh_calls_read(struct kh_council *council, const struct kh_pending *pending,
                   struct kh_command *command, struct kh_wire_room *room, struct kh_answer *answer)
{
    const struct kh_command_info *info = &kh_command_table[pending->type];
    struct kh_error error = { 0 };
    json_t *params = without_aliases(pending);

    *command = (struct kh_command){ .type = pending->type, .actor = pending->person };
    command->at_ms = kh_engine_now(council->engine);
    KH_TEXT_SET(command->key, pending->key);
    struct kh_wire_shape shape = { info->required, info->optional };
    enum kh_err err = kh_wire_read(council->state, params, shape, &command->f, room, &error);
    json_decref(params);
    if (!err)
        return true;
    if (err == KH_ERR_NOT_FOUND)
        set_not_found(answer, error.text);
    else
        *answer = (struct kh_answer){ .call = answer->call,
                                      .code = KH_RPC_PARAMS,
                                      .message = "invalid params",
                                      .data = bad_data(error.text) };
    return false;
}

static bool run_method(struct kh_council *council, struct kh_api_call *call, kh_person person,
                       const char *name, json_t *params)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (strcmp(methods[i].name, name) != 0)
            continue;
        if (methods[i].roles && !(kh_state_roles(council->state, person) & methods[i].roles))
            kh_call_refuse(call, KH_REFUSAL_ROLE);
        else
            methods[i].method(council, call, person, params);
        return true;
    }
    return false;
}

static void on_call(void *user, struct kh_api_call *call, const struct kh_principal *who,
                    const char *method, json_t *params, const char *key)
{
    struct kh_council *council = kh_engine_council(user, who->council);
    kh_person person = council ? kh_engine_person(council, who->person) : KH_NOBODY;
    int type = kh_command_find(method);

    if (person == KH_NOBODY) {
        kh_api_error(call, KH_RPC_UNAUTHENTICATED, "unauthenticated", NULL);
        return;
    }
    if (run_method(council, call, person, method, params))
        return;
    if (type < 0 || kh_command_table[type].roles == KH_ROLE_SERVER) {
        kh_api_error(call, KH_RPC_METHOD, "method not found", NULL);
        return;
    }
    struct kh_pending pending = { call, person, (enum kh_command_type)type, params, key, NULL };
    kh_box_call(council, &pending);
}

/* --- what the door wants to know --- */

static json_t *on_you(void *user, const struct kh_principal *who)
{
    struct kh_council *council = kh_engine_council(user, who->council);
    kh_person person = council ? kh_engine_person(council, who->person) : KH_NOBODY;

    if (person == KH_NOBODY || kh_state_roles(council->state, person) == 0)
        return NULL;
    const struct kh_profile *p = &council->state->members[person].profile;
    json_t *roles = json_array();
    for (unsigned i = 0; i < KH_ROLES; i++)
        if (p->roles >> i & 1)
            json_array_append_new(roles, json_string(kh_role_words[i]));
    return json_pack("{s:s, s:s, s:O, s:o, s:s}", "id", p->id, "name", p->name, "role",
                     json_array_get(roles, 0), "roles", roles, "council", council->config->id);
}

static json_t *on_state(void *user, const struct kh_principal *who, uint64_t *seq)
{
    struct kh_council *council = kh_engine_council(user, who->council);
    const struct kh_council_config *c = council->config;
    kh_person person = kh_engine_person(council, who->person);

    kh_batch_flush(council); /* a snapshot never shows what is not yet on disk */
    json_t *state = kh_wire_state(council->state, person, kh_engine_now(council->engine));
    json_object_set_new(
        state, "council",
        json_pack("{s:s, s:{s:s, s:s}}", "id", c->id, "name", "vi", c->vi, "en", c->en));
    json_object_set_new(state, "procedure", kh_council_describe(council));
    kh_box_tell(council, state);
    if (council->engine->config->ice_servers)
        json_object_set(state, "ice_servers", council->engine->config->ice_servers);
    *seq = council->state->seq;
    return state;
}

void kh_call_state_get(struct kh_council *council, struct kh_api_call *call, kh_person person,
                       json_t *params)
{
    const char *id = council->state->members[person].profile.id;
    struct kh_principal who = { council->config->id, id };
    uint64_t seq = 0;

    (void)params;
    json_t *state = on_state(council->engine, &who, &seq);
    kh_api_result(call, json_pack("{s:I, s:o}", "seq", (json_int_t)seq, "state", state));
}

static uint32_t on_roles(void *user, const struct kh_principal *who)
{
    struct kh_council *council = kh_engine_council(user, who->council);

    return council ? kh_state_roles(council->state, kh_engine_person(council, who->person)) &
                         ~(uint32_t)KH_ROLE_SERVER
                   : 0;
}

/* A lost connection changes nothing by itself: the floor, the place in the list and the presence
 * stay; the media edge frees the sound after its own time. What becomes of a speech whose speaker
 * stays away is the procedure's matter. */
static void on_connected(void *user, const struct kh_principal *who, bool present)
{
    struct kh_council *council = kh_engine_council(user, who->council);
    kh_person person = council ? kh_state_person(council->state, who->person) : KH_NOBODY;

    if (person != KH_NOBODY)
        kh_presence_set_connected(council, person, present);
}

static void on_metrics(void *user, GString *out)
{
    struct kh_engine *engine = user;

    g_string_append_printf(out,
                           "kyhop_commands_total %" G_GUINT64_FORMAT "\n"
                           "kyhop_refusals_total %" G_GUINT64_FORMAT "\n"
                           "kyhop_commits_total %" G_GUINT64_FORMAT "\n"
                           "kyhop_commit_failures_total %" G_GUINT64_FORMAT "\n"
                           "kyhop_commit_max_seconds %.6f\n",
                           engine->commands, engine->refusals, engine->commits,
                           engine->commit_failures, (double)engine->commit_us_max / 1e6);
    for (unsigned i = 0; i < engine->n_councils; i++) {
        struct kh_council *c = &engine->councils[i];
        struct kh_room_totals t;
        kh_room_totals(c->room, &t);
        g_string_append_printf(out,
                               "kyhop_seq{council=\"%s\"} %" G_GUINT64_FORMAT "\n"
                               "kyhop_sound_joined{council=\"%s\"} %u\n"
                               "kyhop_slots_used{council=\"%s\"} %u\n"
                               "kyhop_ticks_late_total{council=\"%s\"} %" G_GUINT64_FORMAT "\n"
                               "kyhop_ticks_lost_total{council=\"%s\"} %" G_GUINT64_FORMAT "\n"
                               "kyhop_rtp_out_total{council=\"%s\"} %" G_GUINT64_FORMAT "\n"
                               "kyhop_rtp_rejected_total{council=\"%s\"} %" G_GUINT64_FORMAT "\n",
                               c->config->id, c->state->seq, c->config->id, t.joined, c->config->id,
                               t.slots_used, c->config->id, t.ticks_late, c->config->id,
                               t.ticks_lost, c->config->id, t.packets_out, c->config->id,
                               t.packets_rejected);
    }
}

static bool on_healthy(void *user, GString *why)
{
    struct kh_engine *engine = user;
    bool is_healthy = true;

    for (unsigned i = 0; i < engine->n_councils; i++) {
        if (!engine->councils[i].is_read_only)
            continue;
        g_string_append_printf(why, "%s: the journal cannot be written\n",
                               engine->councils[i].config->id);
        is_healthy = false;
    }
    return is_healthy;
}

/* Minutes are the chair's and the secretary's until they are signed. Recordings of public sittings
 * belong to the record; who may hear them is the council's own staff's and members' matter, never a
 * stranger's. */
static bool on_may_read(void *user, const struct kh_principal *who, const char *path)
{
    uint32_t roles = who->person ? on_roles(user, who) : 0;
    bool is_recording = g_str_has_prefix(path, "/recordings/");

    if (g_str_has_prefix(path, "/minutes/"))
        return (roles & (KH_ROLE_CHAIR | KH_ROLE_SECRETARY)) != 0;
    if (g_str_has_prefix(path, "/documents/") && roles != 0)
        return kh_documents_may_read(kh_engine_council(user, who->council)->state, roles, path);
    if (is_recording)
        return (roles & (KH_ROLE_CHAIR | KH_ROLE_SECRETARY | KH_ROLE_OPERATOR)) != 0;
    return roles != 0;
}

const struct kh_api_ops kh_engine_api_ops = {
    .call = on_call,
    .you = on_you,
    .state = on_state,
    .roles = on_roles,
    .connected = on_connected,
    .metrics = on_metrics,
    .healthy = on_healthy,
    .may_read = on_may_read,
    .document = kh_documents_get,
    .post = kh_box_post,
};

void kh_calls_trouble(struct kh_council *council, const char *code, const char *text)
{
    json_t *params = json_pack("{s:s, s:s}", "code", code, "text", text);

    g_warning("%s: %s: %s", council->config->id, code, text);
    kh_api_notify(council->engine->api, council->config->id,
                  KH_ROLE_CHAIR | KH_ROLE_OPERATOR | KH_ROLE_IT, NULL, "trouble", params);
    json_decref(params);
}
