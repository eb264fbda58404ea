/* procedure.rehearse, procedure.sittings, procedure.record: beside the engine, in a thread, and
 * never on the state of the running sitting. */
#include "engine/internal.h"

#include "base/text.h"
#include "record.h"
#include "rehearse.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX_BYTES = 64 * 1024, /* of a sitting to rehearse */
    LIMIT_MS = 10 * 1000,       /* that a rehearsal may take */
    ANSWER_MAX_BYTES = 1 << 19, /* of texts in one answer; a connection's backlog is 1 MiB */
};

static const struct kh_reason busy = {
    .code = "busy",
    .vi = "Đang có một lượt chạy thử; hãy đợi lượt đó xong.",
    .en = "One rehearsal is running; wait until it has ended.",
    .rule = "kyhop.90",
};
static const struct kh_reason too_long = {
    .code = "too_long",
    .vi = "Văn bản quá dài để gửi qua đây; hãy dùng lệnh kyhop rehearse.",
    .en = "The text is too long for a message; use the command kyhop rehearse.",
    .rule = "kyhop.91",
};

static const struct kh_reason no_sitting = {
    .code = "no_sitting",
    .vi = "Nhật ký không có phiên họp này.",
    .en = "The journal has no such sitting.",
    .rule = "kyhop.92",
};

/* What the thread works on: all its own, since the engine goes on meanwhile. */
struct job {
    char *plugin, *lib; /* folders */
    char *name, *sitting;
    char *data, *council;
    struct kh_record_part part;
    char *report; /* what was written; of libc */
    size_t report_bytes;
    enum kh_rehearsal result;
    struct kh_rehearsal_of of;
    json_t *sittings, *declared;
    int64_t real_us;
    enum kh_err err;
    struct kh_error error;
    void (*work)(struct job *job);
    void (*answer)(struct job *job);
    struct kh_engine *engine; /* these two are not the thread's */
    struct kh_api_call *call;
};

static void free_job(gpointer data)
{
    struct job *job = data;

    g_free(job->plugin);
    g_free(job->lib);
    g_free(job->name);
    g_free(job->sitting);
    g_free(job->data);
    g_free(job->council);
    free(job->report);
    json_decref(job->sittings);
    json_decref(job->declared);
    g_free(job);
}

static void refuse(struct kh_api_call *call, enum kh_rpc_code code, const char *message,
                   const struct kh_reason *reason)
{
    kh_api_error(call, code, message, kh_wire_reason(reason));
}

/* --- the thread --- */

static void in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    struct job *job = data;
    int64_t begun = g_get_monotonic_time();

    (void)source;
    (void)cancellable;
    job->work(job);
    job->real_us = g_get_monotonic_time() - begun;
    g_task_return_boolean(task, TRUE);
}

static void on_done(GObject *source, GAsyncResult *result, gpointer user)
{
    struct job *job = g_task_get_task_data(G_TASK(result));

    (void)source;
    (void)user;
    job->engine->is_rehearsing = false;
    job->answer(job);
}

/* One at a time, whatever it is: the engine's own work comes first. */
static void start(struct kh_council *council, struct job *job)
{
    if (council->engine->is_rehearsing) {
        refuse(job->call, KH_RPC_TOO_MANY, "too_many_requests", &busy);
        free_job(job);
        return;
    }
    council->engine->is_rehearsing = true;
    GTask *task = g_task_new(NULL, NULL, on_done, NULL);
    g_task_set_task_data(task, job, free_job);
    g_task_run_in_thread(task, in_thread);
    g_object_unref(task);
}

/* The folder of the procedure that is asked for, or of the one in use. NULL: answered. */
static struct job *new_job(struct kh_council *council, struct kh_api_call *call, json_t *params)
{
    json_t *value = json_object_get(params, "procedure");
    const char *name = value ? json_string_value(value) : council->config->procedure;
    const char *plugins = council->engine->config->plugins;

    if (!value && council->procedure)
        name = kh_procedure_name(council->procedure);
    if (!name || !kh_council_is_procedure_name(name)) {
        kh_call_bad(call, "procedure: the name of a folder of the procedures is wanted");
        return NULL;
    }
    struct job *job = g_new0(struct job, 1);
    job->engine = council->engine;
    job->call = call;
    job->name = g_strdup(name);
    job->plugin = g_build_filename(plugins, name, NULL);
    job->lib = g_build_filename(plugins, "lib", NULL);
    return job;
}

/* --- procedure.rehearse {sitting, procedure?} --- */

static void rehearse(struct job *job)
{
    job->of = (struct kh_rehearsal_of){
        .plugin_dir = job->plugin,
        .lib_dir = job->lib,
        .name = "sitting",
        .sitting = fmemopen(job->sitting, strlen(job->sitting), "r"),
        .out = open_memstream(&job->report, &job->report_bytes),
        .limit_ms = LIMIT_MS,
    };
    job->result = KH_REHEARSAL_INVALID;
    if (job->of.sitting && job->of.out)
        job->result = kh_rehearse_with(&job->of);
    if (job->of.sitting)
        fclose(job->of.sitting);
    if (job->of.out)
        fclose(job->of.out);
}

static void answer_rehearsal(struct job *job)
{
    static const char *const words[] = { "same", "differs", "invalid", "too_long" };
    const struct kh_rehearsal_of *of = &job->of;
    json_t *result =
        json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "procedure", job->name, "result",
                  words[job->result], "report", job->report ? job->report : "", "lines",
                  (json_int_t)of->steps, "events", (json_int_t)of->events, "virtual_ms",
                  (json_int_t)of->virtual_ms, "real_ms", (json_int_t)(job->real_us / 1000));

    if (of->line)
        json_object_set_new(result, "line", json_integer(of->line));
    kh_api_result(job->call, result);
}

void kh_call_procedure_rehearse(struct kh_council *council, struct kh_api_call *call,
                                kh_person person, json_t *params)
{
    json_t *sitting = json_object_get(params, "sitting");

    (void)person;
    if (!json_is_string(sitting) || json_string_length(sitting) == 0) {
        kh_call_bad(call, "sitting: the text of a written sitting is wanted");
        return;
    }
    if (json_string_length(sitting) > TEXT_MAX_BYTES) {
        refuse(call, KH_RPC_REFUSED, "refused", &too_long);
        return;
    }
    struct job *job = new_job(council, call, params);
    if (!job)
        return;
    job->sitting = g_strdup(json_string_value(sitting));
    job->work = rehearse;
    job->answer = answer_rehearsal;
    start(council, job);
}

/* --- procedure.sittings {procedure?} --- */

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *names_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (name[0] != '.' && g_str_has_suffix(name, ".sitting") && g_utf8_validate(name, -1, NULL))
            g_ptr_array_add(names, g_strdup(name));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return names;
}

/* Those that would make the answer too long are named without their text. */
static void read_sittings(struct job *job)
{
    char *folder = g_build_filename(job->plugin, "sittings", NULL);
    GPtrArray *names = names_in(folder);
    size_t total = 0;

    job->sittings = json_array();
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        char *path = g_build_filename(folder, name, NULL), *text = NULL;
        gsize bytes = 0;
        bool is_read = g_file_get_contents(path, &text, &bytes, NULL);
        json_t *sitting = json_pack("{s:s, s:I}", "name", name, "bytes", (json_int_t)bytes);
        bool fits = is_read && bytes <= TEXT_MAX_BYTES && total + bytes <= ANSWER_MAX_BYTES;
        json_t *value = fits ? json_stringn(text, bytes) : NULL; /* NULL also: not UTF-8 */
        if (value) {
            json_object_set_new(sitting, "text", value);
            total += bytes;
        }
        json_array_append_new(job->sittings, sitting);
        g_free(text);
        g_free(path);
    }
    g_ptr_array_free(names, TRUE);
    g_free(folder);
}

static void answer_sittings(struct job *job)
{
    kh_api_result(job->call,
                  json_pack("{s:s, s:O}", "procedure", job->name, "sittings", job->sittings));
}

void kh_call_procedure_sittings(struct kh_council *council, struct kh_api_call *call,
                                kh_person person, json_t *params)
{
    struct job *job = new_job(council, call, params);

    (void)person;
    if (!job)
        return;
    job->work = read_sittings;
    job->answer = answer_sittings;
    start(council, job);
}

/* --- procedure.record {session?, sitting?} --- */

static void record(struct job *job)
{
    FILE *out = open_memstream(&job->report, &job->report_bytes);

    if (!out) {
        job->err = kh_err_set(&job->error, KH_ERR_NOMEM, "no memory");
        return;
    }
    job->err = kh_record_part(job->data, job->council, &job->part, out, &job->error);
    fclose(out);
}

static void answer_record(struct job *job)
{
    if (job->err == KH_ERR_NOT_FOUND)
        refuse(job->call, KH_RPC_NOT_FOUND, "not_found", &no_sitting);
    else if (job->err) {
        g_warning("%s: record: %s", job->council, job->error.text);
        kh_api_error(job->call, KH_RPC_UNAVAILABLE, "unavailable", NULL);
    } else if (job->report_bytes > ANSWER_MAX_BYTES) {
        refuse(job->call, KH_RPC_REFUSED, "refused", &too_long);
    } else {
        kh_api_result(job->call, json_pack("{s:i, s:i, s:s}", "session", (int)job->part.session,
                                           "sitting", (int)job->part.sitting, "text", job->report));
    }
}

/* False: answered. 0 stays what it was where nothing is given. */
static bool read_number(struct kh_api_call *call, json_t *params, const char *name, uint32_t *to)
{
    json_t *value = json_object_get(params, name);
    json_int_t number = json_integer_value(value);

    if (!value)
        return true;
    if (json_is_integer(value) && number >= 1 && number <= UINT32_MAX) {
        *to = (uint32_t)number;
        return true;
    }
    kh_call_bad(call, "session, sitting: a number from 1 is wanted");
    return false;
}

void kh_call_procedure_record(struct kh_council *council, struct kh_api_call *call,
                              kh_person person, json_t *params)
{
    struct kh_record_part part = { .session = council->state->session_no, .is_discreet = true };

    (void)person;
    if (!read_number(call, params, "session", &part.session) ||
        !read_number(call, params, "sitting", &part.sitting))
        return;
    struct job *job = new_job(council, call, NULL);
    if (!job)
        return;
    kh_batch_flush(council); /* what was decided before is in it */
    if (council->procedure)
        job->declared =
            json_deep_copy(json_object_get(kh_procedure_describe(council->procedure), "settings"));
    part.declared = job->declared;
    job->part = part;
    job->data = g_strdup(council->engine->config->data);
    job->council = g_strdup(council->config->id);
    job->work = record;
    job->answer = answer_record;
    start(council, job);
}
