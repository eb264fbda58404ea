/* Who can be reached. A speaker whose connection and sound are both gone for as long as the
 * procedure says is told to it as lost, and as back when either is there again. */
#include "engine/internal.h"

enum { RETRY_MS = 1000 }; /* the journal could not be written */

struct kh_presence_of {
    bool connected, sound;
    int64_t gone_ms; /* since when neither; 0: there, or never seen */
};

static bool is_here(const struct kh_presence_of *p)
{
    return p->connected || p->sound;
}

/* Who attended remotely before a restart was here by the network only, and has to come back. Of
 * those in the hall nothing is known until they connect. */
void kh_presence_open(struct kh_council *council)
{
    int64_t now_ms = kh_engine_now(council->engine);

    council->presence = g_new0(struct kh_presence_of, KH_PERSONS_MAX);
    for (unsigned i = 0; i < council->state->n_members; i++)
        if (council->state->members[i].presence == KH_PRESENT && council->state->members[i].remote)
            council->presence[i].gone_ms = now_ms;
}

void kh_presence_close(struct kh_council *council)
{
    if (council->presence_clock) {
        g_source_destroy(council->presence_clock);
        g_source_unref(council->presence_clock);
        council->presence_clock = NULL;
    }
    g_free(council->presence);
    council->presence = NULL;
}

static void set(struct kh_council *council, kh_person person, bool *value, bool to)
{
    struct kh_presence_of *p = &council->presence[person];
    bool was_here = is_here(p);

    *value = to;
    if (is_here(p))
        p->gone_ms = 0;
    else if (was_here)
        p->gone_ms = kh_engine_now(council->engine);
    kh_presence_check(council);
}

void kh_presence_set_connected(struct kh_council *council, kh_person person, bool connected)
{
    if (council->presence && person < KH_PERSONS_MAX)
        set(council, person, &council->presence[person].connected, connected);
}

void kh_presence_set_sound(struct kh_council *council, kh_person person, bool joined)
{
    if (council->presence && person < KH_PERSONS_MAX)
        set(council, person, &council->presence[person].sound, joined);
}

/* --- telling --- */

static void tell(struct kh_council *council, enum kh_command_type type, kh_person person)
{
    struct kh_command command = { .type = type,
                                  .actor = KH_NOBODY,
                                  .at_ms = kh_engine_now(council->engine) };
    struct kh_reason reason;

    KH_SET(&command.f, person, person);
    if (!kh_batch_run(council, &command, &reason))
        g_warning("%s: %s: %s", council->config->id, kh_command_table[type].name, reason.en);
}

static void tell_back(struct kh_council *council)
{
    for (unsigned i = 0; i < council->state->n_members; i++)
        if (council->state->members[i].lost && is_here(&council->presence[i]))
            tell(council, KH_CMD_PRESENCE_BACK, (kh_person)i);
}

/* When @speech counts as its speaker's loss; INT64_MAX: not. Whoever is called while away gets the
 * same time to come. */
static int64_t lost_at(const struct kh_council *council, const struct kh_request *speech)
{
    int64_t after_ms = kh_procedure_lost_after_ms(council->procedure);

    if (speech->id == 0 || speech->state != KH_REQUEST_GRANTED ||
        council->state->members[speech->person].lost)
        return INT64_MAX;
    int64_t gone_ms = council->presence[speech->person].gone_ms;
    return gone_ms ? MAX(gone_ms, speech->granted_ms) + after_ms : INT64_MAX;
}

/* Tell of those who are lost by now; when the next one will be. */
static int64_t tell_lost(struct kh_council *council)
{
    int64_t next_ms = INT64_MAX, now_ms = kh_engine_now(council->engine);

    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++) {
        const struct kh_request *speech = &council->state->requests[i];
        int64_t at_ms = lost_at(council, speech);
        if (at_ms <= now_ms)
            tell(council, KH_CMD_PRESENCE_LOST, speech->person);
        else
            next_ms = MIN(next_ms, at_ms);
    }
    return next_ms;
}

static void check(struct kh_council *council);

static gboolean on_clock(gpointer user)
{
    struct kh_council *council = user;

    g_source_set_ready_time(council->presence_clock, -1);
    check(
        council); /* also while the journal cannot be written: this may be the try that succeeds */
    return G_SOURCE_CONTINUE;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
    (void)source;
    return callback(user);
}

static void set_clock(struct kh_council *council, int64_t wait_ms)
{
    static GSourceFuncs functions = { .dispatch = dispatch };

    if (!council->presence_clock) {
        council->presence_clock = g_source_new(&functions, sizeof(GSource));
        g_source_set_callback(council->presence_clock, on_clock, council, NULL);
        g_source_attach(council->presence_clock, g_main_loop_get_context(council->engine->loop));
    }
    g_source_set_ready_time(council->presence_clock, g_get_monotonic_time() + wait_ms * 1000);
}

static void check(struct kh_council *council)
{
    int64_t next_ms = INT64_MAX;

    if (council->state->phase == KH_PHASE_SITTING) {
        tell_back(council);
        if (council->procedure && kh_procedure_lost_after_ms(council->procedure))
            next_ms = tell_lost(council);
    }
    if (next_ms != INT64_MAX)
        set_clock(council, next_ms - kh_engine_now(council->engine));
    else if (council->presence_clock)
        g_source_set_ready_time(council->presence_clock, -1);
}

void kh_presence_check(struct kh_council *council)
{
    if (council->is_read_only)
        set_clock(council, RETRY_MS);
    else
        check(council);
}
