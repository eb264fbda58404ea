/* What the procedure keeps between its hooks (ctx.store): short texts by name. */
#include "session/part.h"

#include "base/text.h"

#include <string.h>

/* The place of a value, or a free one for a new name; NULL when all are taken. */
static const struct kh_stored *place_of(const struct kh_state *state, const char *name)
{
    const struct kh_stored *free_place = NULL;

    for (unsigned i = 0; i < KH_STORE_MAX; i++) {
        if (strcmp(state->store[i].name, name) == 0)
            return &state->store[i];
        if (state->store[i].name[0] == '\0' && !free_place)
            free_place = &state->store[i];
    }
    return free_place;
}

enum kh_refusal kh_store_decide(const struct kh_decision *d)
{
    const struct kh_fields *f = &d->command->f;

    if (f->name[0] == '\0')
        return KH_REFUSAL_FIELD;
    if (!place_of(d->state, f->name))
        return KH_REFUSAL_STORE_FULL;
    struct kh_event *event = kh_emit(d, KH_EV_PROCEDURE_STORED);
    KH_SET_TEXT(&event->f, name, f->name);
    KH_SET_TEXT(&event->f, note, f->note);
    return KH_REFUSAL_NONE;
}

/* An empty value frees the place. */
void kh_store_apply(struct kh_state *state, const struct kh_event *event)
{
    const struct kh_stored *found = place_of(state, event->f.name);

    if (!found || event->f.name[0] == '\0')
        return;
    struct kh_stored *place = &state->store[found - state->store];
    *place = (struct kh_stored){ 0 };
    if (event->f.note[0] == '\0')
        return;
    KH_TEXT_SET(place->name, event->f.name);
    KH_TEXT_SET(place->value, event->f.note);
}
