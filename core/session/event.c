#include "session/event.h"

#include <string.h>

#define F(name)    KH_BIT(name)
#define OVERRIDDEN (F(override) | F(note) | F(reason))

const struct kh_event_info kh_event_table[KH_EVENTS] = {
#define KH_EVENT_ROW(name, wire, required, optional) [KH_EV_##name] = { wire, required, optional },
    KH_EVENT_LIST(KH_EVENT_ROW)
#undef KH_EVENT_ROW
};

int kh_event_find(const char *name)
{
    for (int i = 0; i < KH_EVENTS; i++)
        if (strcmp(kh_event_table[i].name, name) == 0)
            return i;
    return -1;
}

uint32_t kh_event_ref(const struct kh_event *event)
{
    if (event->f.ask)
        return event->f.ask;
    return event->f.request ? event->f.request : event->f.vote;
}
