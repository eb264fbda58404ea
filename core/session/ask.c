#include "session/part.h"

#include "base/text.h"

#include <string.h>

enum kh_refusal kh_ask_decide_ask(const struct kh_decision *d)
{
    const struct kh_ask_text *text = d->command->f.ask_text;
    bool has_place = false;

    for (unsigned i = 0; i < KH_ASKS_MAX; i++)
        has_place = has_place || d->state->asks[i].id == 0;
    if (!has_place || !text || text->n_options == 0)
        return KH_REFUSAL_FIELD;
    struct kh_event *event = kh_emit(d, KH_EV_ASK_OPENED);
    KH_SET(&event->f, ask, d->state->last_ask + 1);
    KH_SET(&event->f, ask_text, text);
    if (KH_HAS(&d->command->f, request))
        KH_SET(&event->f, request, d->command->f.request);
    if (text->timeout_ms > 0)
        KH_SET(&event->f, ends_at, d->command->at_ms + text->timeout_ms);
    return KH_REFUSAL_NONE;
}

static void emit_answered(const struct kh_decision *d, const struct kh_ask *ask, const char *answer)
{
    struct kh_event *event = kh_emit(d, KH_EV_ASK_ANSWERED);

    KH_SET(&event->f, ask, ask->id);
    KH_SET_TEXT(&event->f, answer, answer);
    if (ask->request)
        KH_SET(&event->f, request, ask->request);
    if (d->command->actor != KH_NOBODY)
        KH_SET(&event->f, person, d->command->actor);
}

enum kh_refusal kh_ask_decide_answer(const struct kh_decision *d)
{
    const struct kh_ask *ask = kh_state_ask(d->state, d->command->f.ask);

    for (unsigned i = 0; i < ask->text.n_options; i++) {
        if (strcmp(ask->text.option[i], d->command->f.answer) == 0) {
            emit_answered(d, ask, d->command->f.answer);
            return KH_REFUSAL_NONE;
        }
    }
    return KH_REFUSAL_ANSWER;
}

enum kh_refusal kh_ask_decide_timeout(const struct kh_decision *d)
{
    const struct kh_ask *ask = kh_state_ask(d->state, d->command->f.ask);

    emit_answered(d, ask, ask->text.option[ask->text.answer_default]);
    return KH_REFUSAL_NONE;
}

static void apply_opened(struct kh_state *state, const struct kh_event *event)
{
    if (event->f.ask > state->last_ask)
        state->last_ask = event->f.ask;
    for (unsigned i = 0; event->f.ask_text && i < KH_ASKS_MAX; i++) {
        if (state->asks[i].id != 0)
            continue;
        state->asks[i] = (struct kh_ask){ .id = event->f.ask,
                                          .request = event->f.request,
                                          .text = *event->f.ask_text,
                                          .deadline_ms = event->f.ends_at };
        return;
    }
}

void kh_ask_apply(struct kh_state *state, const struct kh_event *event)
{
    if (event->type == KH_EV_ASK_OPENED) {
        apply_opened(state, event);
        return;
    }
    for (unsigned i = 0; i < KH_ASKS_MAX; i++)
        if (state->asks[i].id == event->f.ask)
            state->asks[i] = (struct kh_ask){ 0 };
}
