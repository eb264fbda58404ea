/* Agenda, questions put, proxies, procedure and notices. */
#include "minutes/part.h"

#include <string.h>

static void item_started(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *entry = kh_minutes_enter(m, "item", event->at_ms);

    kh_minutes_put_item(m, entry, event->f.item);
    kh_minutes_put_person(m, entry, "by", event->actor);
}

/* The newest start of the item in this sitting, NULL when it began in an earlier one. */
static json_t *start_of(const struct kh_minutes *m, const char *id)
{
    const json_t *course = m->sitting ? json_object_get(m->sitting, "course") : NULL;

    for (size_t i = course ? json_array_size(course) : 0; i > 0; i--) {
        json_t *entry = json_array_get(course, i - 1);
        const char *type = json_string_value(json_object_get(entry, "type"));
        const json_t *item = json_object_get(json_object_get(entry, "item"), "id");
        if (strcmp(type, "item") == 0 && item && strcmp(json_string_value(item), id) == 0)
            return entry;
    }
    return NULL;
}

static void item_finished(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *start = event->f.item < m->state.n_items
                        ? start_of(m, m->state.items[event->f.item].text.id)
                        : NULL;

    if (start)
        json_object_set_new(start, "finished_at", kh_minutes_time(event->at_ms));
    else
        kh_minutes_put_item(m, kh_minutes_decision(m, "item_finished"), event->f.item);
}

static void asked(struct kh_minutes *m, const struct kh_event *event)
{
    const struct kh_ask_text *text = event->f.ask_text;
    json_t *entry = kh_minutes_enter(m, "question", event->at_ms), *options = json_array();

    for (unsigned i = 0; i < text->n_options; i++)
        json_array_append_new(options, json_pack("{s:s, s:s, s:s}", "id", text->option[i], "vi",
                                                 text->option_vi[i], "en", text->option_en[i]));
    json_object_set_new(entry, "code", json_string(text->code));
    json_object_set_new(entry, "text", json_pack("{s:s, s:s}", "vi", text->vi, "en", text->en));
    json_object_set_new(entry, "options", options);
    kh_minutes_put_text(entry, "rule", text->rule);
    kh_minutes_put_person(m, entry, "to", text->person);
    kh_minutes_keep(m->asks, event->f.ask, entry);
}

static void answered(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *entry = kh_minutes_find(m->asks, event->f.ask);

    if (!entry)
        return;
    json_object_set_new(entry, "answer", json_string(event->f.answer));
    json_object_set_new(entry, "answered_at", kh_minutes_time(event->at_ms));
    if (KH_HAS(&event->f, person))
        kh_minutes_put_person(m, entry, "answered_by", event->f.person);
    kh_minutes_drop(m->asks, event->f.ask);
}

static void proxy(struct kh_minutes *m, const struct kh_event *event)
{
    bool is_given = event->type == KH_EV_PROXY_GIVEN;
    json_t *entry = kh_minutes_decision(m, is_given ? "proxy_given" : "proxy_ended");

    kh_minutes_put_person(m, entry, "person", event->f.person);
    if (KH_HAS(&event->f, target))
        kh_minutes_put_person(m, entry, "holder", event->f.target);
}

/* People by their names, other words as they are. */
static json_t *names_of(const struct kh_minutes *m, const struct kh_names *names)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < names->n; i++) {
        kh_person person = kh_state_person(&m->state, names->name[i]);
        json_array_append_new(
            list, person != KH_NOBODY
                      ? kh_minutes_person(m, person)
                      : json_pack("{s:s, s:s}", "id", names->name[i], "name", names->name[i]));
    }
    return list;
}

static void lot(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *entry = kh_minutes_decision(m, "lot_drawn");
    const struct kh_vote *vote =
        KH_HAS(&event->f, vote) ? kh_state_vote(&m->state, event->f.vote) : NULL;

    kh_minutes_put_text(entry, "name", vote ? vote->question : event->f.name);
    json_object_set_new(entry, "among", names_of(m, event->f.among));
    json_object_set_new(entry, "drawn", names_of(m, event->f.drawn));
    json_object_set_new(entry, "seed", json_string(event->f.seed));
    if (vote)
        json_object_set_new(entry, "vote", json_integer(vote->id));
}

static void procedure(struct kh_minutes *m, const struct kh_event *event)
{
    if (event->type == KH_EV_PROCEDURE_CHANGED) {
        json_t *entry = kh_minutes_decision(m, "procedure_changed");
        json_object_set_new(entry, "name", json_string(event->f.name));
        if (KH_HAS(&event->f, settings))
            json_object_set_new(entry, "settings", json_loads(event->f.settings, 0, NULL));
        return;
    }
    json_t *trouble = kh_minutes_trouble(m, "procedure_failed", event->at_ms);
    json_object_set_new(trouble, "name", json_string(event->f.name));
    kh_minutes_put_reason(trouble, event);
}

/* Who counts secret votes, as the council elected them. */
static void committee(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *members = json_array();

    for (unsigned i = 0; event->f.members && i < event->f.members->n; i++)
        json_array_append_new(members, kh_minutes_person(m, event->f.members->person[i]));
    json_object_set_new(kh_minutes_decision(m, "committee_formed"), "members", members);
}

bool kh_minutes_take_other(struct kh_minutes *m, const struct kh_event *event)
{
    switch ((int)event->type) {
    case KH_EV_ITEM_STARTED:
        item_started(m, event);
        return true;
    case KH_EV_ITEM_FINISHED:
        item_finished(m, event);
        return true;
    case KH_EV_ASK_OPENED:
        asked(m, event);
        return true;
    case KH_EV_ASK_ANSWERED:
        answered(m, event);
        return true;
    case KH_EV_COMMITTEE_FORMED:
        committee(m, event);
        return true;
    case KH_EV_LOT_DRAWN:
        lot(m, event);
        return true;
    case KH_EV_PROXY_GIVEN:
    case KH_EV_PROXY_ENDED:
        proxy(m, event);
        return true;
    case KH_EV_PROCEDURE_CHANGED:
    case KH_EV_PROCEDURE_FAILED:
        procedure(m, event);
        return true;
    case KH_EV_NOTICE:
        kh_minutes_put_person(m, kh_minutes_decision(m, "notice"), "to",
                              KH_HAS(&event->f, person) ? event->f.person : KH_NOBODY);
        return true;
    default:
        return false; /* roster, agenda and the procedure's store tell nothing of the course */
    }
}
