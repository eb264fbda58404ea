/* One field of a command or event, by its kind. */
#include "wire/compose.h"

#include "base/text.h"

#include <string.h>

static const void *at(const struct kh_fields *fields, const struct kh_field_info *info)
{
    return (const char *)fields + info->offset;
}

static json_t *write_person(const struct kh_state *state, kh_person person)
{
    return person < state->n_members ? json_string(state->members[person].profile.id) : json_null();
}

static json_t *write_item(const struct kh_state *state, kh_item item)
{
    return item < state->n_items ? json_string(state->items[item].text.id) : json_null();
}

static json_t *write_time(int64_t ms)
{
    char text[KH_TIME_CHARS];

    if (ms == 0)
        return json_null();
    kh_wire_time(ms, text);
    return json_string(text);
}

static int word_value(const void *value, size_t size)
{
    int word = 0;

    memcpy(&word, value, size < sizeof(word) ? size : sizeof(word)); /* enums may be packed */
    return word;
}

/* Composite fields of a vote are written in its ballot's words. */
static json_t *write_of_vote(const struct kh_state *state, const struct kh_fields *fields,
                             enum kh_field_kind kind)
{
    const struct kh_vote *vote = kh_state_vote(state, fields->vote);

    if (!vote)
        return json_null();
    if (kind == KH_KIND_CHOICE)
        return kh_compose_choice(&vote->ballot, &fields->choice);
    if (kind == KH_KIND_TALLY)
        return kh_compose_tally(&vote->ballot, fields->counts);
    return kh_compose_result(&vote->ballot, fields->result);
}

static json_t *write_members(const struct kh_state *state, const struct kh_members *members)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < members->n; i++)
        json_array_append_new(list, write_person(state, members->person[i]));
    return list;
}

static json_t *write_names(const struct kh_names *names)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < names->n; i++)
        json_array_append_new(list, json_string(names->name[i]));
    return list;
}

static json_t *write_field(const struct kh_state *state, const struct kh_fields *fields,
                           const struct kh_field_info *info)
{
    const void *value = at(fields, info);

    switch (info->kind) {
    case KH_KIND_PERSON:
        return write_person(state, *(const kh_person *)value);
    case KH_KIND_ITEM:
        return write_item(state, *(const kh_item *)value);
    case KH_KIND_U32:
        return json_integer(*(const uint32_t *)value);
    case KH_KIND_INT:
    case KH_KIND_MS:
        return json_integer(*(const int64_t *)value);
    case KH_KIND_TIME:
        return write_time(*(const int64_t *)value);
    case KH_KIND_TEXT:
        return json_string(value);
    case KH_KIND_BOOL:
        return json_boolean(*(const bool *)value);
    case KH_KIND_WORD:
        return json_string(info->words[word_value(value, info->size)]);
    case KH_KIND_REASON:
        return kh_compose_reason(&fields->reason);
    case KH_KIND_MARKS:
        return kh_compose_marks(&fields->marks);
    case KH_KIND_CHOICE:
    case KH_KIND_TALLY:
    case KH_KIND_RESULT:
        return write_of_vote(state, fields, info->kind);
    case KH_KIND_PROFILE:
        return kh_compose_profile(fields->profile);
    case KH_KIND_AGENDA_ITEM:
        return kh_compose_item(fields->agenda_item);
    case KH_KIND_ASK_TEXT:
        return kh_compose_ask(state, fields->ask_text);
    case KH_KIND_BALLOT:
        return kh_compose_ballot(fields->ballot);
    case KH_KIND_SUBJECTS:
        return kh_compose_subjects(fields->subjects->subject, fields->subjects->n);
    case KH_KIND_MEMBERS:
        return write_members(state, fields->members);
    case KH_KIND_NAMES:
        return write_names(*(const struct kh_names *const *)value);
    case KH_KIND_BLOB:
        return json_string(*(const char *const *)value);
    case KH_KIND_VALUES:
        return json_loads(*(const char *const *)value, 0, NULL);
    }
    return json_null();
}

json_t *kh_wire_fields(const struct kh_state *state, const struct kh_fields *fields)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < KH_FIELDS; i++)
        if (fields->present >> i & 1)
            json_object_set_new(object, kh_field_table[i].name,
                                write_field(state, fields, &kh_field_table[i]));
    return object;
}

/* --- reading --- */

/* Where one field is read from and to. */
struct reading {
    const struct kh_state *state;
    const json_t *object, *value;
    const struct kh_field_info *info;
    struct kh_fields *fields;
    struct kh_wire_room *room;
    struct kh_error *error;
};

static enum kh_err read_name(const struct reading *r)
{
    bool is_person = r->info->kind == KH_KIND_PERSON;
    const char *id = json_string_value(r->value);
    uint16_t found;

    if (!id)
        return kh_err_set(r->error, KH_ERR_INVALID, "%s: an id (text) is wanted", r->info->name);
    found = is_person ? kh_state_person(r->state, id) : kh_state_item(r->state, id);
    if (found == KH_NOBODY)
        return kh_err_set(r->error, KH_ERR_NOT_FOUND, "%s: there is no \"%.40s\"", r->info->name,
                          id);
    memcpy((char *)r->fields + r->info->offset, &found, sizeof(found));
    return KH_OK;
}

static enum kh_err read_number(const struct reading *r)
{
    int64_t value = 0;
    bool is_u32 = r->info->kind == KH_KIND_U32;
    int64_t max = is_u32 ? UINT32_MAX : INT64_C(1000000000000);
    enum kh_err err =
        kh_parse_number(r->object, r->info->name, is_u32 ? 0 : -max, max, &value, r->error);
    uint32_t small = (uint32_t)value;

    if (is_u32)
        memcpy((char *)r->fields + r->info->offset, &small, sizeof(small));
    else
        memcpy((char *)r->fields + r->info->offset, &value, sizeof(value));
    return err;
}

static enum kh_err read_time(const struct reading *r)
{
    int64_t ms = 0;

    if (!json_is_null(r->value) &&
        (!json_is_string(r->value) || !kh_wire_time_read(json_string_value(r->value), &ms)))
        return kh_err_set(r->error, KH_ERR_INVALID, "%s: a time like 2026-07-18T01:30:00.250Z",
                          r->info->name);
    memcpy((char *)r->fields + r->info->offset, &ms, sizeof(ms));
    return KH_OK;
}

static enum kh_err read_word(const struct reading *r)
{
    int word = 0;
    enum kh_err err = kh_parse_word(r->object, r->info->name, r->info->words, &word, r->error);

    memcpy((char *)r->fields + r->info->offset, &word, r->info->size);
    return err;
}

static enum kh_err read_of_vote(const struct reading *r)
{
    const struct kh_vote *vote = kh_state_vote(r->state, r->fields->vote);

    if (!vote)
        return kh_err_set(r->error, KH_ERR_NOT_FOUND, "vote: there is no such vote");
    if (r->info->kind == KH_KIND_CHOICE)
        return kh_parse_choice(&vote->ballot, r->value, &r->fields->choice, r->error);
    if (r->info->kind == KH_KIND_TALLY) {
        r->fields->counts = &r->room->tally;
        return kh_parse_tally(&vote->ballot, r->value, &r->room->tally, r->error);
    }
    r->fields->result = &r->room->result;
    return kh_parse_result(&vote->ballot, r->value, &r->room->result, r->error);
}

static enum kh_err read_members(const struct reading *r)
{
    struct kh_members *members = &r->room->members;
    size_t i;
    json_t *id;

    if (!json_is_array(r->value) || json_array_size(r->value) > KH_COMMITTEE_MAX)
        return kh_err_set(r->error, KH_ERR_INVALID, "%s: a list of at most %d ids is wanted",
                          r->info->name, KH_COMMITTEE_MAX);
    members->n = 0;
    json_array_foreach((json_t *)r->value, i, id)
    {
        const char *text = json_string_value(id);
        kh_person person = text ? kh_state_person(r->state, text) : KH_NOBODY;
        if (person == KH_NOBODY)
            return kh_err_set(r->error, KH_ERR_NOT_FOUND, "%s: there is no \"%.40s\"",
                              r->info->name, text ? text : "?");
        members->person[members->n++] = person;
    }
    r->fields->members = members;
    return KH_OK;
}

static enum kh_err read_names(const struct reading *r)
{
    bool is_drawn = r->info->offset == offsetof(struct kh_fields, drawn);
    struct kh_names *names = is_drawn ? &r->room->drawn : &r->room->among;
    size_t i;
    json_t *name;

    if (!json_is_array(r->value) || json_array_size(r->value) > KH_LOT_MAX)
        return kh_err_set(r->error, KH_ERR_INVALID, "%s: a list of at most %d texts is wanted",
                          r->info->name, KH_LOT_MAX);
    names->n = 0;
    json_array_foreach((json_t *)r->value, i, name)
    {
        const char *text = json_string_value(name);
        if (!text || !kh_text_copy(names->name[names->n++], KH_ID_BYTES, text))
            return kh_err_set(r->error, KH_ERR_INVALID, "%s: a text of at most %d bytes is wanted",
                              r->info->name, KH_ID_BYTES - 1);
    }
    if (is_drawn)
        r->fields->drawn = names;
    else
        r->fields->among = names;
    return KH_OK;
}

static bool is_base64url(const char *text)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    return text[strspn(text, alphabet)] == '\0';
}

static enum kh_err read_blob(const struct reading *r)
{
    const char *text = json_string_value(r->value);
    const char **to = (const char **)(void *)((char *)r->fields + r->info->offset);

    if (!text || json_string_length(r->value) >= KH_BLOB_BYTES || !is_base64url(text))
        return kh_err_set(r->error, KH_ERR_INVALID, "%s: a text of base64url is wanted",
                          r->info->name);
    memcpy(r->room->blob, text, json_string_length(r->value) + 1);
    *to = r->room->blob;
    return KH_OK;
}

/* { "speech_first": 7, … } */
static enum kh_err read_values(const struct reading *r)
{
    const char **to = (const char **)(void *)((char *)r->fields + r->info->offset);
    bool is_plain = json_is_object(r->value);
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)r->value, name, value)
    {
        is_plain = is_plain && !json_is_object(value) && !json_is_array(value);
    }
    char *text = is_plain ? json_dumps(r->value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    bool fits = text && strlen(text) < sizeof(r->room->blob);
    if (fits)
        memcpy(r->room->blob, text, strlen(text) + 1);
    free(text);
    if (!fits)
        return kh_err_set(r->error, KH_ERR_INVALID, "%s: an object of plain values is wanted",
                          r->info->name);
    *to = r->room->blob;
    return KH_OK;
}

static enum kh_err read_composite(const struct reading *r)
{
    struct kh_fields *f = r->fields;

    switch ((int)r->info->kind) {
    case KH_KIND_REASON:
        return kh_parse_reason(r->value, &f->reason, r->error);
    case KH_KIND_MARKS:
        return kh_parse_marks(r->value, &f->marks, r->error);
    case KH_KIND_PROFILE:
        f->profile = &r->room->profile;
        return kh_parse_profile(r->value, &r->room->profile, r->error);
    case KH_KIND_AGENDA_ITEM:
        f->agenda_item = &r->room->item;
        return kh_parse_item(r->value, &r->room->item, r->error);
    case KH_KIND_ASK_TEXT:
        f->ask_text = &r->room->ask;
        return kh_parse_ask(r->state, r->value, &r->room->ask, r->error);
    case KH_KIND_BALLOT:
        memset(&r->room->ballot, 0, sizeof(r->room->ballot));
        f->ballot = &r->room->ballot;
        return kh_parse_ballot(r->value, &r->room->ballot, r->error);
    case KH_KIND_SUBJECTS:
        f->subjects = &r->room->subjects;
        return kh_parse_subjects(r->value, &r->room->subjects, r->error);
    case KH_KIND_MEMBERS:
        return read_members(r);
    case KH_KIND_NAMES:
        return read_names(r);
    case KH_KIND_BLOB:
        return read_blob(r);
    case KH_KIND_VALUES:
        return read_values(r);
    default:
        return read_of_vote(r);
    }
}

static enum kh_err read_field(const struct reading *r)
{
    switch (r->info->kind) {
    case KH_KIND_PERSON:
    case KH_KIND_ITEM:
        return read_name(r);
    case KH_KIND_U32:
    case KH_KIND_INT:
    case KH_KIND_MS:
        return read_number(r);
    case KH_KIND_TIME:
        return read_time(r);
    case KH_KIND_TEXT:
        return kh_parse_text(r->object, r->info->name, (char *)r->fields + r->info->offset,
                             r->info->size, r->error);
    case KH_KIND_BOOL:
        return kh_parse_bool(r->object, r->info->name,
                             (bool *)((char *)r->fields + r->info->offset), r->error);
    case KH_KIND_WORD:
        return read_word(r);
    case KH_KIND_REASON:
    case KH_KIND_MARKS:
    case KH_KIND_CHOICE:
    case KH_KIND_TALLY:
    case KH_KIND_PROFILE:
    case KH_KIND_AGENDA_ITEM:
    case KH_KIND_ASK_TEXT:
    case KH_KIND_BALLOT:
    case KH_KIND_RESULT:
    case KH_KIND_SUBJECTS:
    case KH_KIND_MEMBERS:
    case KH_KIND_VALUES:
    case KH_KIND_NAMES:
    case KH_KIND_BLOB:
        return read_composite(r);
    }
    return KH_ERR_INVALID;
}

static enum kh_err refuse_strangers(const json_t *object, uint64_t allowed, struct kh_error *error)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value)
    {
        bool is_known = false;
        for (unsigned i = 0; i < KH_FIELDS; i++)
            if ((allowed >> i & 1) && strcmp(kh_field_table[i].name, name) == 0)
                is_known = true;
        if (!is_known)
            return kh_err_set(error, KH_ERR_INVALID, "%.40s: there is no such parameter", name);
    }
    return KH_OK;
}

enum kh_err kh_wire_read(const struct kh_state *state, const json_t *object,
                         struct kh_wire_shape shape, struct kh_fields *fields,
                         struct kh_wire_room *room, struct kh_error *error)
{
    memset(fields, 0, sizeof(*fields));
    if (!json_is_object(object))
        return kh_err_set(error, KH_ERR_INVALID, "an object of parameters is wanted");
    enum kh_err err = refuse_strangers(object, shape.required | shape.optional, error);
    for (unsigned i = 0; !err && i < KH_FIELDS; i++) {
        const json_t *value = json_object_get(object, kh_field_table[i].name);
        struct reading r = { state, object, value, &kh_field_table[i], fields, room, error };
        if (!value && (shape.required >> i & 1))
            return kh_err_set(error, KH_ERR_INVALID, "%s: is missing", kh_field_table[i].name);
        if (!value)
            continue;
        err = read_field(&r);
        fields->present |= UINT64_C(1) << i;
    }
    return err;
}
