/* Events for the journal. */
#include "wire/compose.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

char *kh_wire_event_body(const struct kh_state *state, const struct kh_event *event)
{
    json_t *object = kh_wire_fields(state, &event->f);

    if (event->is_first)
        json_object_set_new(object, "first", json_true());
    if (event->key[0])
        json_object_set_new(object, "key", json_string(event->key));
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return text;
}

/* An enrolment or a new agenda item names somebody whom the state does not know yet: the next
 * place, or the place of the same id when it is a change. */
static void place_newcomer(const struct kh_state *state, struct kh_event *event)
{
    if (event->type == KH_EV_PERSON_ENROLLED && event->f.profile) {
        kh_person known = kh_state_person(state, event->f.profile->id);
        KH_SET(&event->f, person, known == KH_NOBODY ? (kh_person)state->n_members : known);
    }
    if (event->type == KH_EV_ITEM_ADDED && event->f.agenda_item) {
        kh_item known = kh_state_item(state, event->f.agenda_item->id);
        KH_SET(&event->f, item, known == KH_NO_ITEM ? (kh_item)state->n_items : known);
    }
}

static enum kh_err read_body(const struct kh_state *state, json_t *object, struct kh_event *event,
                             struct kh_wire_room *room, struct kh_error *error)
{
    const struct kh_event_info *info = &kh_event_table[event->type];
    struct kh_wire_shape shape = { info->required, info->optional };
    enum kh_err err = KH_PARSE_TEXT(object, "key", event->key, error);

    if (!err)
        err = kh_parse_bool(object, "first", &event->is_first, error);
    json_object_del(object, "key");
    json_object_del(object, "first");
    if (event->type == KH_EV_PERSON_ENROLLED || event->type == KH_EV_ITEM_ADDED) {
        shape.required &= ~(KH_BIT(person) | KH_BIT(item));
        json_object_del(object, "person");
        json_object_del(object, "item");
    }
    if (!err)
        err = kh_wire_read(state, object, shape, &event->f, room, error);
    if (!err)
        place_newcomer(state, event);
    return err;
}

enum kh_err kh_wire_event_read(const struct kh_state *state, const struct kh_wire_entry *entry,
                               struct kh_event *event, struct kh_wire_room *room,
                               struct kh_error *error)
{
    json_error_t problem;
    int found = kh_event_find(entry->type);

    if (found < 0)
        return kh_err_set(error, KH_ERR_CORRUPT, "there is no event \"%s\"", entry->type);
    json_t *object = json_loads(entry->body, 0, &problem);
    if (!object)
        return kh_err_set(error, KH_ERR_CORRUPT, "%s: %s", entry->type, problem.text);
    memset(event, 0, sizeof(*event));
    event->type = (enum kh_event_type)found;
    event->actor = entry->actor[0] ? kh_state_person(state, entry->actor) : KH_NOBODY;
    enum kh_err err = KH_OK;
    if (entry->actor[0] && event->actor == KH_NOBODY)
        err = kh_err_set(error, KH_ERR_CORRUPT, "%s: there is no \"%.40s\"", entry->type,
                         entry->actor);
    if (!err)
        err = read_body(state, object, event, room, error);
    json_decref(object);
    return err;
}
