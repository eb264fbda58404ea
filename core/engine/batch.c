/* A batch: decide, close, journal, open, publish, answer - in this order. */
#include "engine/box_calls.h"
#include "engine/internal.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

enum {
    BATCH_MAX = 256,                          /* calls decided between two fsyncs */
    FLUSH_PRIORITY = G_PRIORITY_DEFAULT + 10, /* behind the sockets that are readable now */
    RETRY_MS = 1000,                          /* a clock that could not be journalled */
};

/* The sink of every event: text for journal and readers while its pointers are alive. */
static void make_ready(void *user, const struct kh_event *event)
{
    struct kh_council *council = user;
    struct kh_ready ready = { .type = event->type,
                              .seq = event->seq,
                              .at_ms = event->at_ms,
                              .actor = event->actor,
                              .person = event->f.person,
                              .body = kh_wire_event_body(council->state, event) };

    KH_REQUIRE(ready.body);
    ready.n_views = kh_wire_views(council->state, event, ready.views);
    g_array_append_val(council->ready, ready);
    kh_sound_close_now(council, event);
}

static const char *person_id(const struct kh_council *council, kh_person person)
{
    return person < council->state->n_members ? council->state->members[person].profile.id : NULL;
}

static enum kh_err append_all(struct kh_council *council, struct kh_error *error)
{
    enum kh_err err = KH_OK;

    for (guint i = 0; i < council->ready->len && !err; i++) {
        const struct kh_ready *ready = &g_array_index(council->ready, struct kh_ready, i);
        const char *actor = person_id(council, ready->actor);
        struct kh_entry entry = { ready->seq, ready->at_ms, kh_event_table[ready->type].name,
                                  actor ? actor : "", ready->body };
        err = kh_journal_append(council->engine->journal, council->config->id, &entry, error);
    }
    return err;
}

static enum kh_err commit(struct kh_council *council, struct kh_error *error)
{
    struct kh_engine *engine = council->engine;
    int64_t begun = g_get_monotonic_time();
    enum kh_err err = kh_journal_begin(engine->journal, error);

    if (!err)
        err = append_all(council, error);
    if (!err)
        err = kh_journal_commit(engine->journal, error);
    if (err)
        kh_journal_rollback(engine->journal);
    int64_t took = g_get_monotonic_time() - begun;
    engine->commits++;
    engine->commit_failures += err != KH_OK;
    engine->commit_us_max = took > engine->commit_us_max ? took : engine->commit_us_max;
    return err;
}

void kh_batch_publish(struct kh_council *council, uint64_t seq, const struct kh_wire_view *wire,
                      unsigned n)
{
    struct kh_view views[KH_WIRE_VIEWS_MAX];

    for (unsigned i = 0; i < n; i++)
        views[i] = (struct kh_view){ wire[i].roles, person_id(council, wire[i].person),
                                     wire[i].params, wire[i].is_running };
    kh_api_publish(council->engine->api, council->config->id, seq, views, n);
}

static void free_ready(struct kh_council *council)
{
    for (guint i = 0; i < council->ready->len; i++) {
        struct kh_ready *ready = &g_array_index(council->ready, struct kh_ready, i);
        for (unsigned v = 0; v < ready->n_views; v++)
            json_decref(ready->views[v].params);
        free(ready->body);
    }
    g_array_set_size(council->ready, 0);
}

/* On disk: now microphones may open, and the world may know. */
static void take_effect(struct kh_council *council)
{
    for (guint i = 0; i < council->ready->len; i++) {
        const struct kh_ready *ready = &g_array_index(council->ready, struct kh_ready, i);
        if (ready->type == KH_EV_MIC_CHANGED)
            kh_sound_sync(council, ready->person);
        kh_batch_publish(council, ready->seq, ready->views, ready->n_views);
    }
    council->is_read_only = false;
}

/* Not on disk: nothing happened, except that closed microphones stay closed. */
static void take_back(struct kh_council *council, const struct kh_error *error)
{
    memcpy(council->state, council->before, sizeof(*council->state));
    for (guint i = 0; i < council->answers->len; i++) {
        struct kh_answer *a = &g_array_index(council->answers, struct kh_answer, i);
        if (!a->result)
            continue;
        json_decref(a->result);
        a->result = NULL;
        a->code = KH_RPC_UNAVAILABLE;
        a->message = "unavailable";
        a->data = json_pack(
            "{s:s, s:{s:s, s:s}, s:s}", "code", a->is_closing ? "closed_unrecorded" : "disk",
            "reason", "vi",
            a->is_closing ? "Micro đã tắt nhưng chưa ghi được vào nhật ký."
                          : "Chưa ghi được vào nhật ký; chưa có gì thay đổi. Hãy thử lại.",
            "en",
            a->is_closing ? "The microphone is closed, but the journal could not be written."
                          : "The journal could not be written; nothing was done. Try again.",
            "rule", "kyhop.40");
    }
    council->is_read_only = true;
    kh_calls_trouble(council, "journal", error->text);
}

static void send_answers(struct kh_council *council)
{
    for (guint i = 0; i < council->answers->len; i++)
        kh_calls_send(&g_array_index(council->answers, struct kh_answer, i));
    g_array_set_size(council->answers, 0);
}

static void begin(struct kh_council *council)
{
    if (council->ready->len == 0)
        memcpy(council->before, council->state, sizeof(*council->state));
}

static void end(struct kh_council *council)
{
    struct kh_error error = { 0 };

    if (council->ready->len > 0) {
        if (commit(council, &error))
            take_back(council, &error);
        else
            take_effect(council);
    }
    send_answers(council);
    GArray *types = g_array_new(FALSE, FALSE, sizeof(enum kh_event_type));
    for (guint i = 0; i < council->ready->len && !council->is_read_only; i++) {
        enum kh_event_type type = g_array_index(council->ready, struct kh_ready, i).type;
        if (type == KH_EV_SITTING_OPENED || type == KH_EV_SITTING_CLOSED)
            g_array_append_val(types, type);
    }
    free_ready(council);
    for (guint i = 0; i < types->len; i++)
        kh_sound_follow(council, g_array_index(types, enum kh_event_type, i));
    g_array_free(types, TRUE);
}

static bool is_closing(enum kh_command_type type)
{
    return type == KH_CMD_MIC_MUTE || type == KH_CMD_MIC_MUTE_ALL || type == KH_CMD_FLOOR_REVOKE ||
           type == KH_CMD_FLOOR_RELEASE || type == KH_CMD_SITTING_SUSPEND;
}

/* A microphone that a full disk closed without a record is open by the journal: asked to open it,
 * there is nothing to decide, only the gate to set. */
static void resync(struct kh_council *council, const struct kh_command *command,
                   const struct kh_outcome_of *outcome)
{
    bool is_person = KH_HAS(&command->f, person);

    if (command->type == KH_CMD_MIC_UNMUTE && !outcome->refused && outcome->n_events == 0)
        kh_sound_sync(council, is_person ? command->f.person : command->actor);
}

static void decide_one(struct kh_council *council, const struct kh_pending *pending)
{
    static struct kh_wire_room room; /* engine thread only; too large for the stack */
    struct kh_command command;
    struct kh_outcome_of outcome;
    struct kh_answer answer = { .call = pending->call, .is_closing = is_closing(pending->type) };

    council->engine->commands++;
    if (!kh_calls_repeat(council, pending, &answer) &&
        kh_calls_read(council, pending, &command, &room, &answer)) {
        kh_conduct_run(council->conduct, &command, make_ready, council, &outcome);
        council->engine->refusals += outcome.refused;
        resync(council, &command, &outcome);
        kh_calls_answer(council, pending, &outcome, &answer);
    }
    if (answer.result && pending->more)
        json_object_update(answer.result, pending->more);
    json_decref(pending->more);
    g_array_append_val(council->answers, answer);
}

static void decide_all(struct kh_council *council)
{
    begin(council);
    kh_conduct_clock(council->conduct, kh_engine_now(council->engine), make_ready, council);
    for (guint i = 0; i < council->pending->len; i++)
        decide_one(council, &g_array_index(council->pending, struct kh_pending, i));
    g_array_set_size(council->pending, 0);
    kh_conduct_clock(council->conduct, kh_engine_now(council->engine), make_ready, council);
}

void kh_batch_flush(struct kh_council *council)
{
    /* Every snapshot asks for a flush, mostly with nothing to do: then the copy that begin() makes
     * of a large state would be the dearest part of it. */
    if (council->pending->len > 0 || kh_wakeup(council->state) <= kh_engine_now(council->engine))
        decide_all(council);
    end(council);
    if (!council->is_read_only)
        kh_box_follow(council);
    kh_batch_set_clock(council);
}

bool kh_batch_run(struct kh_council *council, const struct kh_command *command,
                  struct kh_reason *reason)
{
    struct kh_outcome_of outcome;

    begin(council);
    kh_conduct_run(council->conduct, command, make_ready, council, &outcome);
    *reason = outcome.reason;
    kh_batch_enqueue(council, NULL);
    return !outcome.refused;
}

bool kh_batch_record(struct kh_council *council, struct kh_event *event)
{
    begin(council);
    event->at_ms = kh_engine_now(council->engine);
    kh_conduct_record(council->conduct, event, make_ready, council);
    if (council->ready->len >= BATCH_MAX)
        end(council);
    else if (!council->flush)
        kh_batch_enqueue(council, NULL);
    return !council->is_read_only;
}

/* --- when --- */

static gboolean on_flush(gpointer user)
{
    struct kh_council *council = user;

    g_source_unref(council->flush);
    council->flush = NULL;
    kh_batch_flush(council);
    return G_SOURCE_REMOVE;
}

void kh_batch_enqueue(struct kh_council *council, const struct kh_pending *pending)
{
    if (pending)
        g_array_append_vals(council->pending, pending, 1);
    if (!council->flush) {
        council->flush = g_idle_source_new();
        g_source_set_priority(council->flush, FLUSH_PRIORITY);
        g_source_set_callback(council->flush, on_flush, council, NULL);
        g_source_attach(council->flush, g_main_loop_get_context(council->engine->loop));
    }
    if (council->pending->len >= BATCH_MAX)
        kh_batch_flush(council);
}

static gboolean on_clock(gpointer user)
{
    kh_batch_flush(user);
    return G_SOURCE_CONTINUE;
}

static gboolean dispatch_clock(GSource *source, GSourceFunc callback, gpointer user)
{
    (void)source;
    return callback(user);
}

void kh_batch_set_clock(struct kh_council *council)
{
    static GSourceFuncs functions = { .dispatch = dispatch_clock };

    kh_presence_check(council);
    int64_t due_ms = kh_wakeup(council->state);
    int64_t wait_ms = due_ms - kh_engine_now(council->engine);

    if (!council->clock) {
        council->clock = g_source_new(&functions, sizeof(GSource));
        g_source_set_callback(council->clock, on_clock, council, NULL);
        g_source_attach(council->clock, g_main_loop_get_context(council->engine->loop));
    }
    if (due_ms == INT64_MAX) {
        g_source_set_ready_time(council->clock, -1);
        return;
    }
    if (council->is_read_only && wait_ms < RETRY_MS)
        wait_ms = RETRY_MS;
    g_source_set_ready_time(council->clock,
                            g_get_monotonic_time() + (wait_ms > 0 ? wait_ms * 1000 : 0));
}
