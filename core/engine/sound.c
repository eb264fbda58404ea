/* Microphones and recording follow the state. */
#include "engine/internal.h"

#include "base/text.h"

#include <string.h>

enum {
    LEVELS_MS = 100,        /* ten a second at most (design section 6) … */
    READERS_PER_STEP = 200, /* … and fewer for many readers, so that the cost stays bounded */
};

/* Told to those who look after the sound and to the person, not to all: after a restart a thousand
 * come back at once, and a million messages would keep them waiting. */
static void on_peer(void *user, kh_person person, bool connected)
{
    static const uint32_t staff = KH_ROLE_CHAIR | KH_ROLE_OPERATOR | KH_ROLE_IT;
    struct kh_council *council = user;
    struct kh_api *api = council->engine->api;

    if (person >= council->state->n_members)
        return;
    const char *id = council->state->members[person].profile.id;
    json_t *params = json_pack("{s:s, s:b}", "person", id, "connected", connected);
    kh_api_notify(api, council->config->id, staff, NULL, "sound", params);
    if (!(kh_state_roles(council->state, person) & staff))
        kh_api_notify(api, council->config->id, 0, id, "sound", params);
    json_decref(params);
    kh_presence_set_sound(council, person, connected);
}

/* Where in the recording a speech was heard from and to. */
static void on_mark(void *user, kh_person person, bool open, int64_t offset_ms)
{
    struct kh_council *council = user;
    struct kh_event event = { .type = KH_EV_RECORDING_MARKED, .actor = KH_NOBODY };

    if (offset_ms < 0 || person >= council->state->n_members)
        return;
    KH_SET(&event.f, person, person);
    KH_SET(&event.f, edge, open ? KH_EDGE_START : KH_EDGE_END);
    KH_SET(&event.f, offset_ms, offset_ms);
    const struct kh_request *speech = kh_state_speech(council->state, person);
    if (speech)
        KH_SET(&event.f, request, speech->id);
    kh_batch_record(council, &event);
}

static void on_trouble(void *user, const char *code, const char *text)
{
    kh_calls_trouble(user, code, text);
}

static gboolean on_levels(gpointer user)
{
    struct kh_council *council = user;
    struct kh_room_level levels[KH_SLOTS_MAX];
    float main_dbfs = -127;
    unsigned n = kh_room_levels(council->room, levels, KH_SLOTS_MAX, &main_dbfs);

    if (n == 0 ||
        council->levels_skipped++ < kh_api_readers(council->engine->api) / READERS_PER_STEP)
        return G_SOURCE_CONTINUE;
    council->levels_skipped = 0;
    json_t *persons = json_object();
    for (unsigned i = 0; i < n; i++)
        if (levels[i].person < council->state->n_members && levels[i].gate_open)
            json_object_set_new(persons, council->state->members[levels[i].person].profile.id,
                                json_real(levels[i].peak_dbfs));
    json_t *params = json_pack("{s:o, s:f}", "levels", persons, "main", (double)main_dbfs);
    kh_api_show(council->engine->api, council->config->id, "levels", params);
    json_decref(params);
    return G_SOURCE_CONTINUE;
}

static struct kh_room_config room_config(const struct kh_council *council)
{
    const struct kh_config *c = council->engine->config;
    struct kh_room_config config = { .mixer = kh_mixer_config_default(),
                                     .with_edge = c->webrtc,
                                     .rtp_address = c->media_address[0],
                                     .persons_max = KH_PERSONS_MAX };

    config.rtp_port = (uint16_t)(c->rtp_port ? c->rtp_port + 2 * council->offset : 0);
    config.mixer.slots = (unsigned)c->slots;
    config.mixer.complexity = (int)c->complexity;
    config.mixer.bitrate = (int)c->bitrate;
    config.mixer.inband_fec = c->inband_fec;
    config.mixer.packet_loss_percent = (int)c->packet_loss_percent;
    config.mixer.depth_ms = (int)c->depth_ms;
    config.mixer.jitter_latency_ms = (int)c->jitter_latency_ms;
    for (unsigned i = 0; i < c->n_media_addresses; i++)
        config.edge.addresses[i] = c->media_address[i];
    config.edge.n_addresses = c->n_media_addresses;
    config.edge.port = (uint16_t)(c->webrtc_port ? c->webrtc_port + council->offset : 0);
    config.edge.public_address = c->public_address[0] ? c->public_address : NULL;
    config.edge.tcp = c->tcp;
    config.edge.udp = true;
    return config;
}

static void start_levels(struct kh_council *council)
{
    council->levels = g_timeout_source_new(LEVELS_MS);
    g_source_set_callback(council->levels, on_levels, council, NULL);
    g_source_attach(council->levels, g_main_loop_get_context(council->engine->loop));
}

enum kh_err kh_sound_open(struct kh_council *council, struct kh_error *error)
{
    static const struct kh_room_ops ops = { on_peer, on_mark, on_trouble };
    struct kh_room_config config = room_config(council);
    enum kh_err err = kh_room_create(&config, &ops, council, &council->room, error);

    if (err)
        return err;
    start_levels(council);
    for (unsigned i = 0; i < council->state->n_members; i++)
        if (kh_state_speech(council->state, (kh_person)i))
            kh_sound_sync(council, (kh_person)i);
    if (council->state->phase == KH_PHASE_SITTING || council->state->phase == KH_PHASE_SUSPENDED)
        kh_sound_follow(council, KH_EV_SITTING_OPENED);
    return KH_OK;
}

void kh_sound_close(struct kh_council *council)
{
    kh_room_destroy(council->room);
    council->room = NULL;
}

void kh_sound_sync(struct kh_council *council, kh_person person)
{
    enum kh_mic mic = kh_state_mic(council->state, person);

    if (person >= KH_PERSONS_MAX)
        return;
    if (kh_room_set_mic(council->room, person, mic) != KH_OK)
        kh_calls_trouble(council, "no_slot",
                         "more microphones are open than media.slots allows; raise it");
}

void kh_sound_close_now(struct kh_council *council, const struct kh_event *event)
{
    if (event->type != KH_EV_MIC_CHANGED || event->f.mic == KH_MIC_LIVE || !council->room)
        return;
    if (event->f.person < KH_PERSONS_MAX)
        (void)kh_room_set_mic(council->room, event->f.person,
                              event->f.mic); /* closing never fails */
}

/* --- recording --- */

static char *recording_path(const struct kh_council *council)
{
    const struct kh_state *state = council->state;
    char *name = g_strdup_printf("%s-session%u-sitting%u.opus", council->config->id,
                                 state->session_no, state->sitting_no);
    char *path = g_build_filename(council->engine->config->data, "recordings", name, NULL);

    g_free(name);
    return path;
}

static void start_recording(struct kh_council *council)
{
    struct kh_error error = { 0 };
    char *path = recording_path(council), *folder = g_path_get_dirname(path);
    char used[256] = "";
    struct kh_event event = { .type = KH_EV_RECORDING_STARTED, .actor = KH_NOBODY };

    g_mkdir_with_parents(folder, 0700);
    if (kh_room_record(council->room, path, used, &error)) {
        kh_calls_trouble(council, "recording", error.text);
    } else {
        char *name = g_path_get_basename(used);
        KH_SET_TEXT(&event.f, name, name);
        kh_batch_record(council, &event);
        g_free(name);
    }
    g_free(path);
    g_free(folder);
}

void kh_sound_follow(struct kh_council *council, enum kh_event_type type)
{
    if (!council->config->record || !council->room)
        return;
    if (type == KH_EV_SITTING_OPENED) {
        start_recording(council);
        return;
    }
    struct kh_event event = { .type = KH_EV_RECORDING_STOPPED, .actor = KH_NOBODY };
    if (council->state->recording[0] == '\0')
        return;
    kh_room_record_stop(council->room);
    KH_SET_TEXT(&event.f, name, council->state->recording);
    kh_batch_record(council, &event);
}
