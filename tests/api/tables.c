/* tables.c - prints the session's tables as JSON, so that asyncapi.yaml can be held against them.
 */
#include "base/check.h"
#include "session/command.h"
#include "session/event.h"
#include "session/refusal.h"

#include <jansson.h>
#include <stdio.h>

static const char *const kinds[KH_FIELDS] = {
#define KIND_ROW(name, decl, kind, words) [KH_F_##name] = #kind,
    KH_FIELD_LIST(KIND_ROW)
#undef KIND_ROW
};

static const char *const classes[KH_REFUSALS] = {
#define CLASS_ROW(name, class, code, vi, en, rule) [KH_REFUSAL_##name] = #class,
    KH_REFUSAL_LIST(CLASS_ROW)
#undef CLASS_ROW
};

static const struct {
    const char *name;
    const char *const *words;
} words_tables[] = {
    { "mic", kh_mic_words },
    { "request_state", kh_request_state_words },
    { "expiry", kh_expiry_words },
    { "end", kh_end_words },
    { "form", kh_form_words },
    { "edge", kh_edge_words },
    { "role", kh_role_words },
    { "phase", kh_phase_words },
    { "presence", kh_presence_words },
    { "item_state", kh_item_state_words },
    { "vote_state", kh_vote_state_words },
    { "stand", kh_stand_words },
    { "count", kh_count_words },
    { "eligible", kh_eligible_words },
    { "secrecy", kh_secrecy_words },
    { "running", kh_running_words },
    { "change", kh_change_words },
    { "tie", kh_tie_words },
    { "outcome", kh_outcome_words },
};
enum { WORDS_TABLES = sizeof(words_tables) / sizeof(words_tables[0]) };

static json_t *list_words(const char *const *words)
{
    json_t *list = json_array();

    for (unsigned i = 0; words[i]; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

static json_t *list_bits(uint32_t bits, const char *const *words)
{
    json_t *list = json_array();

    for (unsigned i = 0; words[i]; i++)
        if (bits >> i & 1)
            json_array_append_new(list, json_string(words[i]));
    return list;
}

static json_t *list_fields(uint64_t fields)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < KH_FIELDS; i++)
        if (fields >> i & 1)
            json_array_append_new(list, json_string(kh_field_table[i].name));
    return list;
}

/* The name of the words table that a field uses. */
static const char *words_of(const struct kh_field_info *field)
{
    for (unsigned i = 0; i < WORDS_TABLES; i++)
        if (words_tables[i].words == field->words)
            return words_tables[i].name;
    KH_REQUIRE(field->words == NULL); /* a new table belongs into words_tables */
    return NULL;
}

static json_t *all_fields(void)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < KH_FIELDS; i++) {
        const struct kh_field_info *f = &kh_field_table[i];
        json_object_set_new(object, f->name,
                            json_pack("{s:s, s:I, s:s?}", "kind", kinds[i], "bytes",
                                      (json_int_t)f->size, "words", words_of(f)));
    }
    return object;
}

static json_t *all_commands(void)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < KH_COMMANDS; i++) {
        const struct kh_command_info *c = &kh_command_table[i];
        json_object_set_new(
            object, c->name,
            json_pack("{s:o, s:o, s:o, s:o}", "roles", list_bits(c->roles, kh_role_words), "phases",
                      list_bits(c->phases, kh_phase_words), "required", list_fields(c->required),
                      "optional", list_fields(c->optional)));
    }
    return object;
}

static json_t *all_events(void)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < KH_EVENTS; i++) {
        const struct kh_event_info *e = &kh_event_table[i];
        json_object_set_new(object, e->name,
                            json_pack("{s:o, s:o}", "required", list_fields(e->required),
                                      "optional", list_fields(e->optional)));
    }
    return object;
}

static json_t *all_refusals(void)
{
    json_t *object = json_object();

    for (unsigned i = KH_REFUSAL_NONE + 1; i < KH_REFUSALS; i++) {
        const struct kh_refusal_info *r = &kh_refusal_table[i];
        json_object_set_new(object, r->code,
                            json_pack("{s:s, s:s, s:s, s:s}", "class", classes[i], "vi", r->vi,
                                      "en", r->en, "rule", r->rule));
    }
    KH_REQUIRE(json_object_size(object) == KH_REFUSALS - 1); /* each code is there once */
    return object;
}

static json_t *all_words(void)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < WORDS_TABLES; i++)
        json_object_set_new(object, words_tables[i].name, list_words(words_tables[i].words));
    return object;
}

int main(void)
{
    json_t *tables =
        json_pack("{s:o, s:o, s:o, s:o, s:o}", "words", all_words(), "fields", all_fields(),
                  "commands", all_commands(), "events", all_events(), "refusals", all_refusals());
    int status = tables ? json_dumpf(tables, stdout, JSON_INDENT(1)) : -1;

    json_decref(tables);
    return status || fflush(stdout) ? 1 : 0;
}
