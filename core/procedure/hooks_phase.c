/* Hooks of the sitting: on_phase, quorum, on_presence. */
#include "procedure/hearing.h"

#include "base/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* The phase that a command leads to. */
static enum kh_phase phase_after(enum kh_command_type type)
{
    switch ((int)type) {
    case KH_CMD_SITTING_OPEN:
    case KH_CMD_SITTING_RESUME:
        return KH_PHASE_SITTING;
    case KH_CMD_SITTING_SUSPEND:
        return KH_PHASE_SUSPENDED;
    case KH_CMD_SESSION_CLOSE:
        return KH_PHASE_CLOSED;
    default: /* session.open, sitting.close */
        return KH_PHASE_BREAK;
    }
}

static void default_words(struct kh_reason *reason, int64_t need, int64_t have)
{
    if (reason->vi[0])
        return;
    snprintf(reason->vi, sizeof(reason->vi), "Cần ít nhất %lld đại biểu có mặt; hiện có %lld.",
             (long long)need, (long long)have);
    snprintf(reason->en, sizeof(reason->en), "At least %lld have to be present; there are %lld.",
             (long long)need, (long long)have);
}

/* { need, have, mode = "checked" or "presumed", vi, en, rule } */
static void judge_quorum(struct kh_hearing *h)
{
    static const char *const words[] = { "need", "have", "mode", "vi", "en", "rule", NULL };
    static const char *const modes[] = { "checked", "presumed", NULL };
    struct kh_reason reason = { .code = "no_quorum" };
    struct kh_reader reader;
    int64_t need = 0, have = 0;
    int mode = 0;

    kh_read_begin(&reader, h->lua, -1, "quorum");
    kh_read_known(&reader, words);
    if (!kh_read_int(&reader, "need", 0, UINT32_MAX, &need))
        kh_read_fail(&reader, "need", "missing");
    if (!kh_read_int(&reader, "have", 0, UINT32_MAX, &have))
        kh_read_fail(&reader, "have", "missing");
    kh_read_word(&reader, "mode", modes, &mode);
    kh_read_text(&reader, "vi", reason.vi, sizeof(reason.vi));
    kh_read_text(&reader, "en", reason.en, sizeof(reason.en));
    KH_TEXT_SET(reason.rule, "kyhop.46");
    kh_read_text(&reader, "rule", reason.rule, sizeof(reason.rule));
    kh_hearing_note(h, "need %lld have %lld", (long long)need, (long long)have);
    if (mode == 1 || have >= need)
        return;
    default_words(&reason, need, have);
    kh_hearing_refuse(h, &reason);
}

void kh_hear_quorum(struct kh_hearing *h, const char *purpose)
{
    if (!kh_hearing_begin(h, KH_HOOK_QUORUM))
        return;
    kh_hearing_input(h, "%s", purpose);
    lua_pushstring(h->lua, purpose);
    if (kh_hearing_call(h, 1) == KH_ANSWER_VALUE)
        judge_quorum(h);
    lua_pop(h->lua, 1);
}

void kh_hear_phase(struct kh_hearing *h)
{
    static const char *const words[] = { "actions", NULL };
    enum kh_phase to = phase_after(h->command->type);
    struct kh_reader reader;

    if (to == KH_PHASE_SITTING) {
        kh_hear_quorum(h, h->command->type == KH_CMD_SITTING_OPEN ? "open" : "resume");
        if (h->verdict->refused)
            return;
    }
    if (!kh_hearing_begin(h, KH_HOOK_ON_PHASE))
        return;
    lua_pushstring(h->lua, kh_phase_words[h->state->phase]);
    lua_pushstring(h->lua, kh_phase_words[to]);
    if (kh_hearing_call(h, 2) == KH_ANSWER_VALUE) {
        kh_read_begin(&reader, h->lua, -1, "on_phase");
        kh_read_known(&reader, words);
        if (kh_read_push(&reader, "actions")) {
            kh_actions_read(h);
            lua_pop(h->lua, 1);
        }
    }
    lua_pop(h->lua, 1);
}

static const char *presence_word(const struct kh_event *event)
{
    switch ((int)event->type) {
    case KH_EV_CHECKED_OUT:
        return "left";
    case KH_EV_EXCUSED:
        return "excused";
    case KH_EV_PRESENCE_LOST:
        return "lost";
    case KH_EV_PRESENCE_BACK:
        return "back";
    default:
        return KH_HAS(&event->f, remote) && event->f.remote ? "remote" : "here";
    }
}

void kh_hear_presence(struct kh_hearing *h)
{
    const char *word = presence_word(h->event);

    if (!kh_hearing_begin(h, KH_HOOK_ON_PRESENCE))
        return;
    kh_hearing_input(h, "%s", word);
    kh_ctx_push_person(h->lua, h->state, h->event->f.person);
    lua_pushstring(h->lua, word);
    kh_hearing_call_for_actions(h, 2);
}
