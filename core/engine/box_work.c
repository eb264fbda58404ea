#include "engine/box_work.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { CASTS_WAITING_MAX = 2048 };

void kh_box_file_name(const char *council, uint32_t vote, char name[KH_BOX_FILE_CHARS])
{
    g_snprintf(name, KH_BOX_FILE_CHARS, "%s-%u.json", council, vote);
}

struct kh_box_job *kh_box_job_new(struct kh_council *council, enum kh_box_task task)
{
    struct kh_box_job *job = g_new0(struct kh_box_job, 1);

    job->council = council;
    job->task = task;
    return job;
}

/* A ballot is not to be found in freed memory. */
static void free_wiped(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

static void free_job(struct kh_box_job *job)
{
    free_wiped(job->serial);
    free_wiped(job->token);
    free_wiped(job->ballot);
    g_free(job->opening);
    json_decref(job->meta);
    g_free(job);
}

/* --- the thread --- */

/* Whole or not at all, and on disk: members and recounts read it. */
static enum kh_err publish(struct kh_engine *engine, struct kh_box_job *job)
{
    char name[KH_BOX_FILE_CHARS];
    json_t *published = NULL;
    enum kh_err err = kh_box_publish(engine->box, &job->vote, &job->committee, job->meta,
                                     &published, &job->error);

    if (err)
        return err;
    kh_box_file_name(job->vote.council, job->vote.vote, name);
    char *path = g_build_filename(engine->config->data, "boxes", name, NULL);
    char *text = json_dumps(published, JSON_COMPACT);
    GFileSetContentsFlags flags = G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE;
    if (!g_file_set_contents_full(path, text, -1, flags, 0600, NULL))
        err = kh_err_set(&job->error, KH_ERR_IO, "the box could not be published in %s", path);
    free(text);
    g_free(path);
    json_decref(published);
    return err;
}

static void seal(struct kh_engine *engine, struct kh_box_job *job)
{
    job->err = kh_box_seal(engine->box, &job->vote, &job->sealed, &job->error);
    if (job->err)
        return;
    g_strlcpy(job->vote.hash, job->sealed.hash, sizeof(job->vote.hash));
    job->err = publish(engine, job);
}

static void count(struct kh_engine *engine, struct kh_box_job *job)
{
    job->err = kh_box_count(engine->box, &job->vote, &job->committee, &job->counts, &job->error);
    if (!job->err)
        job->err = publish(engine, job);
}

/* A cancelled vote is not to be read or recounted either. */
static void withdraw(struct kh_engine *engine, struct kh_box_job *job)
{
    char name[KH_BOX_FILE_CHARS];

    job->err = kh_box_remove(engine->box, job->vote.council, job->vote.vote, &job->error);
    kh_box_file_name(job->vote.council, job->vote.vote, name);
    if (!job->err && unlinkat(engine->boxes_fd, name, 0) != 0 && errno != ENOENT)
        job->err = kh_err_set(&job->error, KH_ERR_IO, "boxes/%s cannot be removed", name);
}

static void work(struct kh_engine *engine, struct kh_box_job *job)
{
    struct kh_box_post post = { job->serial, job->token, job->ballot };

    switch (job->task) {
    case KH_BOX_CAST:
        job->verdict = kh_box_cast(engine->box, &job->vote, &post, &job->error);
        job->number = kh_box_number(engine->box, job->vote.council, job->vote.vote);
        break;
    case KH_BOX_SEAL:
        seal(engine, job);
        break;
    case KH_BOX_UNSEAL:
        job->verdict = kh_box_unseal(engine->box, &job->vote, &job->committee, job->member,
                                     job->opening, &job->error);
        break;
    case KH_BOX_COUNT:
        count(engine, job);
        break;
    case KH_BOX_REMOVE:
        withdraw(engine, job);
        break;
    }
}

/* --- back on the engine's thread --- */

static gboolean on_done(gpointer user)
{
    struct kh_engine *engine = user;
    struct kh_box_job *job;

    while ((job = g_async_queue_try_pop(engine->box_done))) {
        engine->casts_waiting -= job->task == KH_BOX_CAST;
        job->done(job);
        free_job(job);
    }
    return G_SOURCE_REMOVE;
}

static void in_thread(gpointer data, gpointer user)
{
    struct kh_box_job *job = data;
    struct kh_engine *engine = user;
    GSource *source = g_idle_source_new();

    work(engine, job);
    g_async_queue_push(engine->box_done, job);
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_done, engine, NULL);
    g_source_attach(source, g_main_loop_get_context(engine->loop));
    g_source_unref(source);
}

bool kh_box_work_put(struct kh_box_job *job)
{
    struct kh_engine *engine = job->council->engine;
    bool is_cast = job->task == KH_BOX_CAST;

    if (is_cast && engine->casts_waiting >= CASTS_WAITING_MAX) {
        free_job(job);
        return false;
    }
    engine->casts_waiting += is_cast;
    g_thread_pool_push(engine->box_pool, job, NULL);
    return true;
}

/* --- opening and closing --- */

static int open_boxes(const struct kh_engine *engine)
{
    char *path = g_build_filename(engine->config->data, "boxes", NULL);
    int fd = -1;

    if (g_mkdir_with_parents(path, 0700) == 0)
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_free(path);
    return fd;
}

enum kh_err kh_box_work_open(struct kh_engine *engine, struct kh_error *error)
{
    enum kh_err err = kh_box_open(engine->config->data, &engine->box, error);

    if (err)
        return err;
    engine->boxes_fd = open_boxes(engine);
    if (engine->boxes_fd < 0)
        return kh_err_set(error, KH_ERR_IO, "cannot make the folder %s/boxes",
                          engine->config->data);
    engine->box_done = g_async_queue_new();
    engine->box_pool = g_thread_pool_new(in_thread, engine, 1, TRUE, NULL);
    return KH_OK;
}

void kh_box_work_close(struct kh_engine *engine)
{
    struct kh_box_job *job;

    if (engine->box_pool) {
        g_thread_pool_free(engine->box_pool, FALSE,
                           TRUE); /* a ballot on its way gets to the disk */
        while ((job = g_async_queue_try_pop(engine->box_done)))
            free_job(job);
        g_async_queue_unref(engine->box_done);
        close(engine->boxes_fd);
    }
    kh_box_close(engine->box);
    engine->box_pool = NULL;
    engine->box = NULL;
}
