#include "engine/box_work.h"

#include <string.h>

int64_t kh_engine_now(const struct kh_engine *engine)
{
    return engine->anchor_wall_ms + (g_get_monotonic_time() - engine->anchor_mono_us) / 1000;
}

uint16_t kh_engine_port(const struct kh_engine *engine)
{
    return kh_api_port(engine->api);
}

struct kh_council *kh_engine_council(struct kh_engine *engine, const char *id)
{
    for (unsigned i = 0; i < engine->n_councils; i++)
        if (strcmp(engine->councils[i].config->id, id) == 0)
            return &engine->councils[i];
    return NULL;
}

/* Places in the roster are never given anew, but a batch that is taken back takes its persons
 * along: so what the index says is looked at, and it is filled as it is asked. */
kh_person kh_engine_person(struct kh_council *council, const char *id)
{
    const struct kh_state *state = council->state;
    unsigned place = GPOINTER_TO_UINT(g_hash_table_lookup(council->index, id));

    if (place > 0 && place <= state->n_members &&
        strcmp(state->members[place - 1].profile.id, id) == 0)
        return (kh_person)(place - 1);
    kh_person person = kh_state_person(state, id);
    if (person != KH_NOBODY)
        g_hash_table_replace(council->index, g_strdup(id), GUINT_TO_POINTER(person + 1u));
    return person;
}

static enum kh_err open_journal(struct kh_engine *engine, struct kh_error *error)
{
    char *recordings = g_build_filename(engine->config->data, "recordings", NULL);
    int failed = g_mkdir_with_parents(recordings, 0700);

    g_free(recordings);
    if (failed)
        return kh_err_set(error, KH_ERR_IO, "cannot make the data folder %s", engine->config->data);
    return kh_journal_open(engine->config->data, &engine->journal, error);
}

static enum kh_err open_door(struct kh_engine *engine, struct kh_error *error)
{
    const struct kh_config *c = engine->config;
    char *recordings = g_build_filename(c->data, "recordings", NULL);
    char *auth = g_build_filename(c->data, "auth.db", NULL);
    struct kh_api_config config = {
        .address = c->address,
        .port = (uint16_t)c->port,
        .certificate = c->certificate[0] ? c->certificate : NULL,
        .key = c->key[0] ? c->key : NULL,
        .allow_plain = c->allow_plain,
        .web_root = g_file_test(c->web, G_FILE_TEST_IS_DIR) ? c->web : NULL,
        .recordings = recordings,
        .asyncapi = c->asyncapi,
        .auth_db = auth,
        .rate_per_s = (unsigned)c->rate_per_s,
        .rate_burst = (unsigned)c->rate_burst,
    };
    enum kh_err err =
        kh_api_create(&config, engine->loop, &kh_engine_api_ops, engine, &engine->api, error);

    g_free(recordings);
    g_free(auth);
    return err;
}

static enum kh_err open_councils(struct kh_engine *engine, struct kh_error *error)
{
    for (unsigned i = 0; i < engine->config->n_councils; i++) {
        struct kh_council *council = &engine->councils[engine->n_councils++];
        council->engine = engine;
        council->config = &engine->config->councils[i];
        council->offset = i;
        enum kh_err err = kh_council_open(council, error);
        if (err)
            return err;
    }
    return KH_OK;
}

enum kh_err kh_engine_create(const struct kh_config *config, GMainLoop *loop,
                             struct kh_engine **out, struct kh_error *error)
{
    struct kh_engine *engine = g_new0(struct kh_engine, 1);

    engine->config = config;
    engine->loop = loop;
    engine->anchor_wall_ms = g_get_real_time() / 1000;
    engine->anchor_mono_us = g_get_monotonic_time();
    enum kh_err err = open_journal(engine, error);
    if (!err)
        err = kh_box_work_open(engine, error);
    if (!err)
        err = open_door(engine, error);
    if (!err)
        err = open_councils(engine, error);
    if (err)
        kh_engine_destroy(engine);
    else
        *out = engine;
    return err;
}

void kh_engine_destroy(struct kh_engine *engine)
{
    if (!engine)
        return;
    for (unsigned i = 0; i < engine->n_councils; i++)
        if (engine->councils[i].state)
            kh_batch_flush(&engine->councils[i]);
    kh_box_work_close(engine);
    kh_api_destroy(engine->api);
    for (unsigned i = 0; i < engine->n_councils; i++)
        kh_council_close(&engine->councils[i]);
    kh_journal_close(engine->journal);
    g_free(engine);
}
