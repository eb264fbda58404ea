#include "rehearse_args.h"

#include <stdlib.h>
#include <string.h>

/* The field that a value alone stands for. */
static int main_field(enum kh_command_type type)
{
    switch ((int)type) {
    case KH_CMD_SESSION_OPEN:
        return KH_F_name;
    case KH_CMD_CHECK_IN:
    case KH_CMD_CHECK_OUT:
    case KH_CMD_EXCUSE:
    case KH_CMD_FLOOR_REVOKE:
    case KH_CMD_FLOOR_EXTEND:
    case KH_CMD_MIC_MUTE:
    case KH_CMD_MIC_UNMUTE:
        return KH_F_person;
    case KH_CMD_ITEM_START:
    case KH_CMD_ITEM_FINISH:
        return KH_F_item;
    case KH_CMD_FLOOR_REQUEST:
        return KH_F_kind;
    case KH_CMD_FLOOR_NEXT:
        return KH_F_lane;
    case KH_CMD_FLOOR_ANSWER:
        return KH_F_answer;
    case KH_CMD_VOTE_OPEN:
        return KH_F_type;
    case KH_CMD_VOTE_CAST:
        return KH_F_choice;
    case KH_CMD_VOTE_TALLY:
        return KH_F_form;
    case KH_CMD_LOT_DRAW:
        return KH_F_among;
    case KH_CMD_VOTE_CLOSE:
    case KH_CMD_VOTE_ANNOUNCE:
    case KH_CMD_VOTE_CANCEL:
    case KH_CMD_VOTE_UNSEAL:
        return KH_F_vote;
    case KH_CMD_VOTE_BOX:
        return KH_F_number;
    case KH_CMD_COMMITTEE_FORM:
        return KH_F_members;
    case KH_CMD_COMMITTEE_COMPLAIN:
        return KH_F_target;
    default:
        return KH_F_request;
    }
}

/* "by" is by_ms, "counts.for" is counts; -1 when the command has no such field. */
static int field_named(enum kh_command_type type, const char *name, size_t bytes)
{
    uint64_t allowed = kh_command_table[type].required | kh_command_table[type].optional;

    for (int i = 0; i < KH_FIELDS; i++) {
        const char *field = kh_field_table[i].name;
        if (!(allowed >> i & 1) || strncmp(field, name, bytes) != 0)
            continue;
        if (field[bytes] == '\0' ||
            (kh_field_table[i].kind == KH_KIND_MS && strcmp(field + bytes, "_ms") == 0))
            return i;
    }
    return -1;
}

/* The waiting request or the speech of the person with @id. */
static json_t *request_of(const struct kh_state *state, const char *id)
{
    kh_person person = kh_state_person(state, id);
    const struct kh_request *found = NULL;

    for (unsigned i = 0; person != KH_NOBODY && i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &state->requests[i];
        if (r->id != 0 && r->person == person && (!found || r->id > found->id))
            found = r;
    }
    return found ? json_integer(found->id) : NULL;
}

static json_t *integer(const char *text)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    return end != text && *end == '\0' ? json_integer(value) : NULL;
}

static json_t *list_of(const char *text)
{
    json_t *list = json_array();

    for (;;) {
        size_t bytes = strcspn(text, ",");
        json_array_append_new(list, json_stringn(text, bytes));
        if (text[bytes] == '\0')
            return list;
        text += bytes + 1;
    }
}

static bool append_name(void *user, const char *id, unsigned number)
{
    (void)number;
    json_array_append_new(user, json_string(id));
    return true;
}

/* "d2..d75,an" */
static json_t *names_of(const char *text)
{
    json_t *list = json_array();

    if (kh_script_range(text, append_name, list))
        return list;
    json_decref(list);
    return list_of(text);
}

/* People of a ballot by their ids; names from the roster. */
static json_t *subjects_of(const struct kh_state *state, const char *text)
{
    json_t *ids = list_of(text), *list = json_array(), *id;
    size_t i;

    json_array_foreach(ids, i, id)
    {
        kh_person person = kh_state_person(state, json_string_value(id));
        const char *name =
            person == KH_NOBODY ? json_string_value(id) : state->members[person].profile.name;
        json_array_append_new(list, json_pack("{s:O, s:s}", "id", id, "name", name));
    }
    json_decref(ids);
    return list;
}

static json_t *value_of(const struct kh_state *state, int field, const char *text)
{
    int64_t ms;

    switch ((int)kh_field_table[field].kind) {
    case KH_KIND_U32:
        if (text[0] == '@')
            return request_of(state, text + 1);
        return integer(text);
    case KH_KIND_INT:
    case KH_KIND_TALLY:
        return integer(text);
    case KH_KIND_MS:
        return kh_script_duration(text, &ms) ? json_integer(ms) : NULL;
    case KH_KIND_BOOL:
        if (strcmp(text, "true") == 0 || strcmp(text, "yes") == 0)
            return json_true();
        return strcmp(text, "false") == 0 || strcmp(text, "no") == 0 ? json_false() : NULL;
    case KH_KIND_CHOICE:
        return strchr(text, ',') ? list_of(text) : json_string(text);
    case KH_KIND_MEMBERS:
        return list_of(text);
    case KH_KIND_NAMES:
        return names_of(text);
    case KH_KIND_SUBJECTS:
        return subjects_of(state, text);
    default:
        return json_string(text);
    }
}

/* The object @name of @parent, made when it is not there. */
static json_t *object_in(json_t *parent, const char *name)
{
    json_t *object = json_object_get(parent, name);

    if (!object) {
        object = json_object();
        json_object_set_new(parent, name, object);
    }
    return object;
}

/* counts.for=3 goes into the object "counts", counts.ND-01.for=3 into the object of the subject. */
static void set(json_t *args, int field, const char *sub, json_t *value)
{
    const char *name = kh_field_table[field].name;
    const char *dot = sub ? strchr(sub, '.') : NULL;

    if (!sub) {
        json_object_set_new(args, name, value);
    } else if (!dot) {
        json_object_set_new(object_in(args, name), sub, value);
    } else {
        char *subject = strndup(sub, (size_t)(dot - sub));
        json_object_set_new(object_in(object_in(args, name), subject), dot + 1, value);
        free(subject);
    }
}

static bool read_one(const struct kh_state *state, enum kh_command_type type,
                     const struct kh_word *word, json_t *args, struct kh_error *error)
{
    const char *dot = word->value ? strchr(word->name, '.') : NULL;
    const char *text = word->value ? word->value : word->name;
    size_t bytes = dot ? (size_t)(dot - word->name) : strlen(word->name);
    int field = word->value ? field_named(type, word->name, bytes) : main_field(type);
    json_t *value = field >= 0 ? value_of(state, field, text) : NULL;

    bool is_second = field >= 0 && !dot && json_object_get(args, kh_field_table[field].name);

    if (word->relation == '~' || field < 0)
        kh_err_set(error, KH_ERR_INVALID, "'%.60s': there is no such parameter", word->name);
    else if (is_second)
        kh_err_set(error, KH_ERR_INVALID, "'%.60s': %s is given already (an expectation needs =>)",
                   text, kh_field_table[field].name);
    else if (!value)
        kh_err_set(error, KH_ERR_INVALID, "%s: '%.60s' is not a value for it",
                   kh_field_table[field].name, text);
    else
        set(args, field, dot ? dot + 1 : NULL, value);
    bool is_set = value && !is_second && word->relation != '~';
    if (value && !is_set)
        json_decref(value);
    return is_set;
}

static uint32_t last_open_ask(const struct kh_state *state)
{
    uint32_t last = 0;

    for (unsigned i = 0; i < KH_ASKS_MAX; i++)
        if (state->asks[i].id > last)
            last = state->asks[i].id;
    return last;
}

/* Secret votes are rehearsed without their cryptography: any text of the right length will do. */
static void add_texts(enum kh_command_type type, json_t *args)
{
    static const enum kh_field fields[] = { KH_F_join,      KH_F_deal,         KH_F_paper,
                                            KH_F_paper_key, KH_F_paper_secret, KH_F_hash };
    static const char text[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const char *name = kh_field_table[fields[i]].name;
        if (kh_command_table[type].required >> fields[i] & 1 && !json_object_get(args, name))
            json_object_set_new(args, name, json_string(text));
    }
}

/* The last vote, the last question, the actor's own request: what a clerk leaves out. */
static void add_defaults(const struct kh_state *state, enum kh_command_type type, kh_person actor,
                         json_t *args)
{
    uint64_t needed = kh_command_table[type].required;

    if ((needed & KH_BIT(vote)) && !json_object_get(args, "vote"))
        json_object_set_new(args, "vote", json_integer(state->last_vote));
    if ((needed & KH_BIT(ask)) && !json_object_get(args, "ask"))
        json_object_set_new(args, "ask", json_integer(last_open_ask(state)));
    if (type == KH_CMD_FLOOR_WITHDRAW && !json_object_get(args, "request") &&
        actor < state->n_members)
        json_object_set_new(args, "request", request_of(state, state->members[actor].profile.id));
}

json_t *kh_args_read(const struct kh_state *state, enum kh_command_type type, kh_person actor,
                     const struct kh_word *word, unsigned n, struct kh_error *error)
{
    json_t *args = json_object();

    for (unsigned i = 0; i < n; i++) {
        if (read_one(state, type, &word[i], args, error))
            continue;
        json_decref(args);
        return NULL;
    }
    add_defaults(state, type, actor, args);
    add_texts(type, args);
    return args;
}
