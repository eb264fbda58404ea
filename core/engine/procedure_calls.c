/* procedure.use, procedure.reload, procedure.describe, procedure.trace. */
#include "engine/internal.h"

#include "base/text.h"

#include <stdlib.h>

/* --- what the pages draw themselves from --- */

static void add_type(void *user, const char *type, const struct kh_ballot *ballot)
{
    json_t *entry, *more = kh_wire_vote_type(ballot);
    size_t i;

    json_array_foreach(json_object_get(user, "votes"), i, entry)
    {
        if (kh_text_same(json_string_value(json_object_get(entry, "id")), type))
            json_object_update_missing(entry, more);
    }
    json_decref(more);
}

json_t *kh_council_describe(struct kh_council *council)
{
    if (council->described)
        return json_incref(council->described);
    if (!council->procedure)
        return json_pack("{s:s}", "name", "neutral");
    council->described = json_deep_copy(kh_procedure_describe(council->procedure));
    kh_procedure_foresee(council->procedure, council->state, add_type, council->described);
    return json_incref(council->described);
}

char *kh_council_settings(const struct kh_procedure *procedure)
{
    json_t *values = json_object(), *setting;
    size_t i;

    json_array_foreach(json_object_get(kh_procedure_describe(procedure), "settings"), i, setting)
    {
        json_object_set(values, json_string_value(json_object_get(setting, "name")),
                        json_object_get(setting, "value"));
    }
    char *text = json_dumps(values, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(values);
    return text;
}

void kh_council_describe_anew(struct kh_council *council)
{
    json_decref(council->described);
    council->described = NULL;
}

/* --- the calls --- */

/* Take effect between two commands; running speeches and open votes keep their terms. */
static void change(struct kh_council *council, struct kh_api_call *call, kh_person by,
                   const char *name)
{
    struct kh_procedure *loaded = NULL;
    struct kh_error error = { 0 };
    struct kh_event event = { .type = KH_EV_PROCEDURE_CHANGED };

    if (kh_council_load_procedure(council, name, &loaded, &error)) {
        kh_call_bad(call, error.text);
        return;
    }
    event.actor = by;
    KH_SET_TEXT(&event.f, name, kh_procedure_name(loaded));
    KH_SET(&event.f, max_open, kh_procedure_max_open(loaded));
    KH_SET(&event.f, by, by);
    char *settings = kh_council_settings(loaded);
    KH_SET(&event.f, settings, settings);
    kh_batch_flush(council);
    kh_batch_record(council, &event);
    kh_batch_flush(council);
    free(settings);
    if (council->is_read_only) {
        kh_procedure_free(loaded);
        kh_api_error(call, KH_RPC_UNAVAILABLE, "unavailable", NULL);
        return;
    }
    kh_conduct_use(council->conduct, loaded);
    kh_procedure_free(council->procedure);
    council->procedure = loaded;
    kh_council_describe_anew(council);
    kh_api_result(call, json_pack("{s:I, s:s}", "seq", (json_int_t)council->state->seq, "name",
                                  kh_procedure_name(loaded)));
}

void kh_call_procedure_use(struct kh_council *council, struct kh_api_call *call, kh_person person,
                           json_t *params)
{
    const char *name = json_string_value(json_object_get(params, "name"));

    if (name)
        change(council, call, person, name);
    else
        kh_call_bad(call, "name: the folder of the procedure is wanted");
}

void kh_call_procedure_reload(struct kh_council *council, struct kh_api_call *call,
                              kh_person person, json_t *params)
{
    (void)params;
    change(council, call, person,
           council->procedure ? kh_procedure_name(council->procedure) : council->config->procedure);
}

void kh_call_procedure_describe(struct kh_council *council, struct kh_api_call *call,
                                kh_person person, json_t *params)
{
    (void)person;
    (void)params;
    kh_api_result(call, kh_council_describe(council));
}

void kh_call_procedure_trace(struct kh_council *council, struct kh_api_call *call, kh_person person,
                             json_t *params)
{
    json_t *max = json_object_get(params, "max");
    json_int_t n = json_is_integer(max) ? json_integer_value(max) : 50;

    (void)person;
    if (n < 1 || n > 500) {
        kh_call_bad(call, "max: a whole number from 1 to 500");
        return;
    }
    kh_api_result(call,
                  json_pack("{s:o}", "trace",
                            council->procedure ? kh_procedure_trace(council->procedure, (unsigned)n)
                                               : json_array()));
}
