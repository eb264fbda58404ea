/* Values of the record, and the entries of its course. */
#include "minutes/part.h"

#include <stdio.h>

json_t *kh_minutes_time(int64_t ms)
{
    char text[KH_TIME_CHARS];

    kh_wire_time(ms, text);
    return json_string(text);
}

json_t *kh_minutes_person(const struct kh_minutes *m, kh_person person)
{
    if (person >= m->state.n_members)
        return json_null();
    const struct kh_profile *p = &m->state.members[person].profile;
    json_t *object = json_pack("{s:s, s:s}", "id", p->id, "name", p->name);
    kh_minutes_put_text(object, "title", p->title);
    kh_minutes_put_text(object, "group", p->group);
    return object;
}

void kh_minutes_put_person(const struct kh_minutes *m, json_t *to, const char *name,
                           kh_person person)
{
    if (person < m->state.n_members)
        json_object_set_new(to, name, kh_minutes_person(m, person));
}

void kh_minutes_put_text(json_t *to, const char *name, const char *text)
{
    if (text[0])
        json_object_set_new(to, name, json_string(text));
}

void kh_minutes_put_reason(json_t *to, const struct kh_event *event)
{
    if (KH_HAS(&event->f, reason))
        json_object_set_new(to, "reason", kh_wire_reason(&event->f.reason));
    if (KH_HAS(&event->f, note))
        kh_minutes_put_text(to, "note", event->f.note);
}

void kh_minutes_put_item(const struct kh_minutes *m, json_t *to, kh_item item)
{
    if (item >= m->state.n_items)
        return;
    const struct kh_item_text *text = &m->state.items[item].text;
    json_object_set_new(
        to, "item",
        json_pack("{s:s, s:{s:s, s:s}}", "id", text->id, "title", "vi", text->vi, "en", text->en));
}

kh_person kh_minutes_decider(const struct kh_event *event)
{
    return KH_HAS(&event->f, by) ? event->f.by : event->actor;
}

static const char *name_of(uint32_t number, char name[16])
{
    snprintf(name, 16, "%u", number);
    return name;
}

json_t *kh_minutes_find(const json_t *map, uint32_t number)
{
    char name[16];

    return json_object_get(map, name_of(number, name));
}

void kh_minutes_keep(json_t *map, uint32_t number, json_t *object)
{
    char name[16];

    json_object_set(map, name_of(number, name), object);
}

void kh_minutes_drop(json_t *map, uint32_t number)
{
    char name[16];

    json_object_del(map, name_of(number, name));
}

json_t *kh_minutes_append(json_t *list, json_t *object)
{
    json_array_append_new(list, object);
    return object;
}

json_t *kh_minutes_enter(struct kh_minutes *m, const char *type, int64_t at_ms)
{
    json_t *course =
        m->sitting ? json_object_get(m->sitting, "course") : json_object_get(m->record, "between");

    return kh_minutes_append(course,
                             json_pack("{s:s, s:o}", "type", type, "at", kh_minutes_time(at_ms)));
}

json_t *kh_minutes_decision(struct kh_minutes *m, const char *what)
{
    json_t *entry = kh_minutes_enter(m, "decision", m->event.at_ms);

    json_object_set_new(entry, "what", json_string(what));
    kh_minutes_put_person(m, entry, "by", kh_minutes_decider(&m->event));
    kh_minutes_put_reason(entry, &m->event);
    return entry;
}

json_t *kh_minutes_trouble(struct kh_minutes *m, const char *type, int64_t at_ms)
{
    json_t *trouble =
        kh_minutes_append(json_object_get(m->record, "troubles"),
                          json_pack("{s:s, s:o}", "type", type, "at", kh_minutes_time(at_ms)));

    if (m->sitting)
        json_object_set(trouble, "sitting", json_object_get(m->sitting, "number"));
    return trouble;
}
