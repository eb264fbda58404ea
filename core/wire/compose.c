/* Small composites: words, reasons, roles, profiles, agenda items, questions, marks. */
#include "wire/compose.h"

#include "base/text.h"

json_t *kh_compose_words(const char *vi, const char *en)
{
    return json_pack("{s:s, s:s}", "vi", vi, "en", en);
}

json_t *kh_compose_reason(const struct kh_reason *reason)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "code", reason->code, "vi", reason->vi, "en",
                     reason->en, "rule", reason->rule);
}

json_t *kh_wire_reason(const struct kh_reason *reason)
{
    return json_pack("{s:s, s:o, s:s}", "code", reason->code, "reason",
                     kh_compose_words(reason->vi, reason->en), "rule", reason->rule);
}

json_t *kh_compose_roles(uint32_t roles)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < KH_ROLES; i++)
        if (roles >> i & 1)
            json_array_append_new(list, json_string(kh_role_words[i]));
    return list;
}

json_t *kh_compose_profile(const struct kh_profile *p)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:i, s:b, s:b}", "id", p->id, "name",
                     p->name, "title", p->title, "group", p->group, "seat", p->seat, "birth",
                     p->birth, "roles", kh_compose_roles(p->roles), "weight", (int)p->weight,
                     "in_office", p->in_office, "can_vote", p->can_vote);
}

json_t *kh_compose_item(const struct kh_item_text *item)
{
    return json_pack("{s:s, s:o, s:s}", "id", item->id, "title",
                     kh_compose_words(item->vi, item->en), "kind", item->kind);
}

json_t *kh_compose_ask(const struct kh_state *state, const struct kh_ask_text *ask)
{
    json_t *options = json_array();
    json_t *object;

    for (unsigned i = 0; i < ask->n_options; i++)
        json_array_append_new(options, json_pack("{s:s, s:s, s:s}", "id", ask->option[i], "vi",
                                                 ask->option_vi[i], "en", ask->option_en[i]));
    object = json_pack("{s:s, s:o, s:o, s:o, s:I, s:i, s:s}", "code", ask->code, "text",
                       kh_compose_words(ask->vi, ask->en), "options", options, "roles",
                       kh_compose_roles(ask->roles), "timeout_ms", (json_int_t)ask->timeout_ms,
                       "default", (int)ask->answer_default, "rule", ask->rule);
    if (ask->person < state->n_members)
        json_object_set_new(object, "person", json_string(state->members[ask->person].profile.id));
    return object;
}

json_t *kh_compose_marks(const struct kh_marks *marks)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < marks->n; i++)
        json_array_append_new(list, json_integer(marks->left_ms[i]));
    return list;
}

/* --- reading --- */

static enum kh_err want_object(const json_t *from, const char *what, struct kh_error *error)
{
    return json_is_object(from)
               ? KH_OK
               : kh_err_set(error, KH_ERR_INVALID, "%s: an object is wanted", what);
}

enum kh_err kh_parse_reason(const json_t *from, struct kh_reason *to, struct kh_error *error)
{
    enum kh_err err = want_object(from, "reason", error);

    *to = (struct kh_reason){ 0 };
    if (!err)
        err = KH_PARSE_TEXT(from, "code", to->code, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "vi", to->vi, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "en", to->en, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "rule", to->rule, error);
    return err;
}

static enum kh_err parse_profile_texts(const json_t *from, struct kh_profile *to,
                                       struct kh_error *error)
{
    enum kh_err err = KH_PARSE_TEXT(from, "id", to->id, error);

    if (!err)
        err = KH_PARSE_TEXT(from, "name", to->name, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "title", to->title, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "group", to->group, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "seat", to->seat, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "birth", to->birth, error);
    return err;
}

enum kh_err kh_parse_profile(const json_t *from, struct kh_profile *to, struct kh_error *error)
{
    int64_t weight = 1;
    enum kh_err err = want_object(from, "profile", error);

    *to = (struct kh_profile){ 0 };
    if (!err)
        err = parse_profile_texts(from, to, error);
    if (!err)
        err = kh_parse_roles(from, "roles", &to->roles, error);
    if (!err)
        err = kh_parse_number(from, "weight", 0, UINT32_MAX, &weight, error);
    if (!err)
        err = kh_parse_bool(from, "in_office", &to->in_office, error);
    if (!err)
        err = kh_parse_bool(from, "can_vote", &to->can_vote, error);
    to->weight = (uint32_t)weight;
    return err;
}

enum kh_err kh_parse_item(const json_t *from, struct kh_item_text *to, struct kh_error *error)
{
    enum kh_err err = want_object(from, "agenda_item", error);
    const json_t *title = json_object_get(from, "title");

    *to = (struct kh_item_text){ 0 };
    if (!err)
        err = KH_PARSE_TEXT(from, "id", to->id, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "kind", to->kind, error);
    if (!err)
        err = KH_PARSE_TEXT(title, "vi", to->vi, error);
    if (!err)
        err = KH_PARSE_TEXT(title, "en", to->en, error);
    return err;
}

static enum kh_err parse_ask_options(const json_t *list, struct kh_ask_text *to,
                                     struct kh_error *error)
{
    enum kh_err err = KH_OK;
    const json_t *option;
    size_t i;

    if (json_array_size(list) == 0 || json_array_size(list) > KH_ASK_OPTIONS_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "options: 1 to %d are possible",
                          KH_ASK_OPTIONS_MAX);
    json_array_foreach(list, i, option)
    {
        if (!err)
            err = KH_PARSE_TEXT(option, "id", to->option[i], error);
        if (!err)
            err = KH_PARSE_TEXT(option, "vi", to->option_vi[i], error);
        if (!err)
            err = KH_PARSE_TEXT(option, "en", to->option_en[i], error);
    }
    to->n_options = (unsigned)json_array_size(list);
    return err;
}

enum kh_err kh_parse_ask(const struct kh_state *state, const json_t *from, struct kh_ask_text *to,
                         struct kh_error *error)
{
    int64_t chosen = 0;
    const char *person = json_string_value(json_object_get(from, "person"));
    const json_t *text = json_object_get(from, "text");
    enum kh_err err = want_object(from, "ask_text", error);

    *to = (struct kh_ask_text){ .person = person ? kh_state_person(state, person) : KH_NOBODY };
    if (!err)
        err = KH_PARSE_TEXT(from, "code", to->code, error);
    if (!err)
        err = KH_PARSE_TEXT(text, "vi", to->vi, error);
    if (!err)
        err = KH_PARSE_TEXT(text, "en", to->en, error);
    if (!err)
        err = KH_PARSE_TEXT(from, "rule", to->rule, error);
    if (!err)
        err = parse_ask_options(json_object_get(from, "options"), to, error);
    if (!err)
        err = kh_parse_roles(from, "roles", &to->roles, error);
    if (!err)
        err = kh_parse_number(from, "timeout_ms", 0, INT32_MAX, &to->timeout_ms, error);
    if (!err)
        err = kh_parse_number(from, "default", 0, (int64_t)to->n_options - 1, &chosen, error);
    to->answer_default = (unsigned)chosen;
    return err;
}

enum kh_err kh_parse_marks(const json_t *from, struct kh_marks *to, struct kh_error *error)
{
    const json_t *value;
    size_t i;

    if (!json_is_array(from) || json_array_size(from) > KH_MARKS_MAX)
        return kh_err_set(error, KH_ERR_INVALID, "marks: a list of at most %d is wanted",
                          KH_MARKS_MAX);
    json_array_foreach(from, i, value)
    {
        if (!json_is_integer(value))
            return kh_err_set(error, KH_ERR_INVALID, "marks: milliseconds are wanted");
        to->left_ms[i] = json_integer_value(value);
    }
    to->n = (unsigned)json_array_size(from);
    return KH_OK;
}
