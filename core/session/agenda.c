#include "session/part.h"

#include "base/text.h"

/* Finish the item in hand: who waited to speak on it is told so. */
static void emit_finish(const struct kh_decision *d, kh_item item)
{
    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *r = &d->state->requests[i];
        bool waits = r->state == KH_REQUEST_PENDING || r->state == KH_REQUEST_ACCEPTED;
        if (r->id != 0 && waits && r->item == item)
            kh_floor_emit_denied(d, r, "item_finished");
    }
    struct kh_event *event = kh_emit(d, KH_EV_ITEM_FINISHED);
    KH_SET(&event->f, item, item);
}

enum kh_refusal kh_agenda_decide_start(const struct kh_decision *d)
{
    kh_item item = d->command->f.item, current = kh_state_current_item(d->state);

    if (item == current)
        return KH_REFUSAL_ITEM_STATE;
    if (kh_state_open_vote(d->state))
        return KH_REFUSAL_VOTE_OPEN;
    if (current != KH_NO_ITEM)
        emit_finish(d, current);
    struct kh_event *event = kh_emit(d, KH_EV_ITEM_STARTED);
    KH_SET(&event->f, item, item);
    kh_emit_override(d, event);
    return KH_REFUSAL_NONE;
}

enum kh_refusal kh_agenda_decide_finish(const struct kh_decision *d)
{
    if (d->command->f.item != kh_state_current_item(d->state))
        return KH_REFUSAL_ITEM_STATE;
    if (kh_state_open_vote(d->state))
        return KH_REFUSAL_VOTE_OPEN;
    emit_finish(d, d->command->f.item);
    return KH_REFUSAL_NONE;
}

static void add_item(struct kh_state *state, const struct kh_event *event)
{
    kh_item item = event->f.item;

    if (!event->f.agenda_item || item >= KH_ITEMS_MAX || item > state->n_items)
        return;
    if (item == state->n_items)
        state->n_items++;
    state->items[item].text = *event->f.agenda_item;
}

void kh_agenda_apply(struct kh_state *state, const struct kh_event *event)
{
    if (event->type == KH_EV_ITEM_ADDED) {
        add_item(state, event);
        return;
    }
    if (event->f.item >= state->n_items)
        return;
    struct kh_agenda_item *item = &state->items[event->f.item];
    if (event->type == KH_EV_ITEM_STARTED) {
        item->state = KH_ITEM_CURRENT;
        item->started_ms = event->at_ms;
        state->item = (kh_item)(event->f.item + 1);
        state->list_closed = false;
    } else {
        item->state = KH_ITEM_DONE;
        item->finished_ms = event->at_ms;
        state->item = 0;
    }
}
