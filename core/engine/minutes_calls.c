/* minutes.get and GET /minutes/…: read from the journal, beside the engine. */
#include "engine/internal.h"

#include "minutes_read.h"

#include <gio/gio.h>
#include <string.h>

enum {
    RUNNING_MAX = 2,            /* threads at one time */
    ANSWER_MAX_BYTES = 3 << 18, /* of a connection's backlog of 1 MiB; longer ones go by HTTP */
};

/* What a thread works on: all its own, since the engine goes on meanwhile. */
struct job {
    char data[KH_PATH_BYTES];
    char council[KH_ID_BYTES], vi[KH_NAME_BYTES], en[KH_NAME_BYTES], zone[64];
    uint32_t session;
    struct kh_minutes_style style;
    struct kh_engine *engine; /* these three are not the thread's */
    struct kh_api_call *call;
    struct kh_api_page *page; /* one of both is set */
    json_t *record;
    GString *text;
    enum kh_err err;
    struct kh_error error;
};

static void free_job(gpointer data)
{
    struct job *job = data;

    json_decref(job->record);
    g_string_free(job->text, TRUE);
    g_free(job);
}

static struct job *new_job(struct kh_council *council)
{
    struct job *job = g_new0(struct job, 1);

    g_strlcpy(job->data, council->engine->config->data, sizeof(job->data));
    g_strlcpy(job->council, council->config->id, sizeof(job->council));
    g_strlcpy(job->vi, council->config->vi, sizeof(job->vi));
    g_strlcpy(job->en, council->config->en, sizeof(job->en));
    job->engine = council->engine;
    job->session = council->state->session_no;
    job->text = g_string_new("");
    return job;
}

static void work(struct job *job)
{
    struct kh_minutes_about about = { job->council, job->vi, job->en, job->session };
    struct kh_journal *journal = NULL;

    job->err = kh_journal_open_readonly(job->data, &journal, &job->error);
    if (!job->err)
        job->err = kh_minutes_read(journal, &about, &job->record, &job->error);
    if (!job->err)
        job->err = kh_minutes_write(job->record, &job->style, job->text, &job->error);
    kh_journal_close(journal);
}

/* --- the thread --- */

static void in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    (void)source;
    (void)cancellable;
    work(data);
    g_task_return_boolean(task, TRUE);
}

/* False: too many are running. Takes @job if not. */
static bool start(struct kh_council *council, struct job *job, GAsyncReadyCallback on_done)
{
    if (council->engine->minutes_running >= RUNNING_MAX)
        return false;
    kh_batch_flush(council); /* what was decided before is in them */
    council->engine->minutes_running++;
    GTask *task = g_task_new(NULL, NULL, on_done, NULL);
    g_task_set_task_data(task, job, free_job);
    g_task_run_in_thread(task, in_thread);
    g_object_unref(task);
    return true;
}

/* --- minutes.get --- */

static void answer_error(struct job *job)
{
    if (job->err == KH_ERR_NOT_FOUND) {
        kh_api_error(job->call, KH_RPC_NOT_FOUND, "not_found",
                     json_pack("{s:s}", "detail", job->error.text));
        return;
    }
    if (job->err == KH_ERR_INVALID) {
        kh_call_bad(job->call, job->error.text);
        return;
    }
    g_warning("%s: minutes: %s", job->council, job->error.text);
    kh_api_error(job->call, KH_RPC_UNAVAILABLE, "unavailable", NULL);
}

static void answer_text(struct job *job)
{
    bool is_json = job->style.format == KH_MINUTES_JSON;
    json_t *minutes = is_json ? json_incref(job->record) : json_string(job->text->str);
    json_t *journal = json_object_get(job->record, "journal");

    kh_api_result(job->call, json_pack("{s:o, s:O, s:O}", "minutes", minutes, "final",
                                       json_object_get(job->record, "final"), "journal", journal));
}

static void on_done(GObject *source, GAsyncResult *result, gpointer user)
{
    struct job *job = g_task_get_task_data(G_TASK(result));

    (void)source;
    (void)user;
    job->engine->minutes_running--;
    if (job->err)
        answer_error(job);
    else if (job->text->len > ANSWER_MAX_BYTES)
        kh_api_error(job->call, KH_RPC_UNAVAILABLE, "unavailable",
                     json_pack("{s:s}", "detail", "too long for a message; GET /minutes/…"));
    else
        answer_text(job);
}

/* A number or its digits; absent: the session in hand, or the last one. */
static bool read_session(const json_t *params, uint32_t *session)
{
    const json_t *value = json_object_get(params, "session");
    guint64 number = 0;

    if (!value)
        return true;
    if (json_is_string(value) &&
        !g_ascii_string_to_unsigned(json_string_value(value), 10, 1, UINT32_MAX, &number, NULL))
        return false;
    if (json_is_integer(value) && json_integer_value(value) > 0)
        number = (guint64)json_integer_value(value);
    *session = (uint32_t)number;
    return number >= 1 && number <= UINT32_MAX;
}

/* NULL, or what is wrong with the params. */
static const char *read_params(const json_t *params, struct job *job)
{
    const json_t *format = json_object_get(params, "format"),
                 *lang = json_object_get(params, "lang"), *zone = json_object_get(params, "tz");

    if ((format && !json_is_string(format)) || (lang && !json_is_string(lang)) ||
        (zone && !json_is_string(zone)))
        return "format, lang, tz: texts are wanted";
    if (!read_session(params, &job->session))
        return "session: a number from 1";
    const char *word = format ? json_string_value(format) : "json";
    if (kh_minutes_style_read(word, json_string_value(lang), &job->style, &job->error))
        return job->error.text;
    if (zone &&
        g_strlcpy(job->zone, json_string_value(zone), sizeof(job->zone)) >= sizeof(job->zone))
        return "tz: is too long";
    job->style.zone = zone ? job->zone : NULL;
    return NULL;
}

void kh_call_minutes_get(struct kh_council *council, struct kh_api_call *call, kh_person person,
                         json_t *params)
{
    struct job *job = new_job(council);
    const char *problem = read_params(params, job);

    (void)person;
    job->call = call;
    if (!problem && start(council, job, on_done))
        return;
    if (problem)
        kh_call_bad(call, problem);
    else
        kh_api_error(call, KH_RPC_TOO_MANY, "too_many_requests", NULL);
    free_job(job);
}

/* --- GET /minutes/COUNCIL/SESSION.FORMAT --- */

static bool read_path(const char *path, const char *council, struct job *job)
{
    char **parts = g_strsplit(path, "/", -1); /* "", "minutes", COUNCIL, FILE */
    char *dot = g_strv_length(parts) == 4 ? strrchr(parts[3], '.') : NULL;
    char *id = dot ? g_uri_unescape_string(parts[2], NULL) : NULL;
    guint64 number = 0;
    bool is_good = id && strcmp(id, council) == 0;

    if (is_good)
        *dot = '\0';
    is_good = is_good && g_ascii_string_to_unsigned(parts[3], 10, 1, UINT32_MAX, &number, NULL) &&
              !kh_minutes_style_read(dot + 1, NULL, &job->style, &job->error);
    job->session = (uint32_t)number;
    g_free(id);
    g_strfreev(parts);
    return is_good;
}

static void on_page_done(GObject *source, GAsyncResult *result, gpointer user)
{
    struct job *job = g_task_get_task_data(G_TASK(result));

    (void)source;
    (void)user;
    job->engine->minutes_running--;
    if (!job->err) {
        kh_api_page_text(job->page, 200, job->text, kh_minutes_mime(job->style.format));
        job->text = g_string_new(""); /* the other one was taken */
        return;
    }
    if (job->err != KH_ERR_NOT_FOUND)
        g_warning("%s: minutes: %s", job->council, job->error.text);
    kh_api_page_text(job->page, job->err == KH_ERR_NOT_FOUND ? 404 : 503, NULL, NULL);
}

void kh_minutes_document(struct kh_council *council, struct kh_api_page *page, const char *path)
{
    struct job *job = new_job(council);
    bool is_good = read_path(path, council->config->id, job);

    job->page = page;
    if (is_good && start(council, job, on_page_done))
        return;
    kh_api_page_text(page, is_good ? 429 : 404, NULL, NULL);
    free_job(job);
}
