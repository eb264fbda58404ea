/* Requests for the floor: who was not heard, and what the chair decided about the list. */
#include "minutes/part.h"

static void requested(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *request = json_pack("{s:i, s:s, s:o, s:o}", "request", (int)event->f.request, "kind",
                                event->f.kind, "person", kh_minutes_person(m, event->f.person),
                                "asked_at", kh_minutes_time(event->at_ms));

    if (KH_HAS(&event->f, target))
        kh_minutes_put_person(m, request, "target", event->f.target);
    if (KH_HAS(&event->f, item))
        kh_minutes_put_item(m, request, event->f.item);
    if (KH_HAS(&event->f, note))
        kh_minutes_put_text(request, "about", event->f.note);
    kh_minutes_keep(m->requests, event->f.request, request);
    json_decref(request);
}

/* The request ends without a speech. */
static void not_heard(struct kh_minutes *m, const struct kh_event *event, const char *how)
{
    json_t *request = kh_minutes_find(m->requests, event->f.request);

    if (!request)
        return;
    json_object_set_new(request, "how", json_string(how));
    json_object_set_new(request, "at", kh_minutes_time(event->at_ms));
    kh_minutes_put_person(m, request, "by", kh_minutes_decider(event));
    kh_minutes_put_reason(request, event);
    if (m->sitting)
        json_array_append(json_object_get(m->sitting, "not_heard"), request);
    kh_minutes_drop(m->requests, event->f.request);
}

static void supported(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *request = kh_minutes_find(m->requests, event->f.request);

    if (!request)
        return;
    json_t *list = json_object_get(request, "supporters");
    if (!list) {
        list = json_array();
        json_object_set_new(request, "supporters", list);
    }
    json_array_append_new(list, kh_minutes_person(m, event->f.person));
}

/* Another order than the list had is the chair's own decision (procedures.md 5.8(4)). */
static void moved(struct kh_minutes *m, const struct kh_event *event)
{
    json_t *entry = kh_minutes_decision(m, "list_moved");
    const json_t *before = kh_minutes_find(m->requests, event->f.before);

    kh_minutes_put_person(m, entry, "person", event->f.person);
    if (before)
        json_object_set(entry, "before", json_object_get(before, "person"));
}

bool kh_minutes_take_floor(struct kh_minutes *m, const struct kh_event *event)
{
    switch ((int)event->type) {
    case KH_EV_FLOOR_REQUESTED:
        requested(m, event);
        return true;
    case KH_EV_FLOOR_WITHDRAWN:
        not_heard(m, event, "withdrawn");
        return true;
    case KH_EV_FLOOR_DENIED:
        not_heard(m, event, "denied");
        return true;
    case KH_EV_FLOOR_SUPPORTED:
        supported(m, event);
        return true;
    case KH_EV_FLOOR_MOVED:
        moved(m, event);
        return true;
    case KH_EV_LIST_CLOSED:
        kh_minutes_decision(m, "list_closed");
        return true;
    case KH_EV_LIST_OPENED:
        kh_minutes_decision(m, "list_opened");
        return true;
    default:
        return event->type == KH_EV_FLOOR_ACCEPTED;
    }
}
