/* kyhop - the program: a subcommand each. */
#include "api/api.h"
#include "config/config.h"
#include "engine/engine.h"
#include "invite.h"
#include "journal/journal.h"
#include "minutes_read.h"
#include "procedure/procedure.h"
#include "procedure/skeleton.h"
#include "record.h"
#include "rehearse.h"
#include "verify.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPORT_BYTES = 65536 };

static int fail(const struct kh_error *error)
{
    fprintf(stderr, "kyhop: %s\n", error->text[0] ? error->text : kh_err_text(error->code));
    return 1;
}

/* --- serve --- */

static gboolean on_signal(gpointer user)
{
    g_main_loop_quit(user);
    return G_SOURCE_CONTINUE;
}

static int serve(int argc, char **argv)
{
    struct kh_error error = { 0 };
    struct kh_config *config = NULL;
    struct kh_engine *engine = NULL;

    if (argc != 1)
        return -1;
    if (kh_config_load(argv[0], &config, &error))
        return fail(&error);
    GMainLoop *loop = g_main_loop_new(NULL, FALSE);
    if (kh_engine_create(config, loop, &engine, &error)) {
        kh_config_free(config);
        g_main_loop_unref(loop);
        return fail(&error);
    }
    g_unix_signal_add(SIGINT, on_signal, loop);
    g_unix_signal_add(SIGTERM, on_signal, loop);
    printf("kyhop: ready on http%s://%s:%u\n", config->certificate[0] ? "s" : "", config->address,
           kh_engine_port(engine));
    fflush(stdout);
    g_main_loop_run(loop);
    kh_engine_destroy(engine);
    g_main_loop_unref(loop);
    kh_config_free(config);
    return 0;
}

/* --- check --- */

static unsigned check_procedure(const char *dir)
{
    static char report[REPORT_BYTES];
    unsigned problems = kh_procedure_check(dir, NULL, report, sizeof(report));

    fputs(report, stdout);
    return problems;
}

static unsigned check_documents(const char *path, const char *folder)
{
    if (folder[0] == '\0' || g_file_test(folder, G_FILE_TEST_IS_DIR))
        return 0;
    printf("%s: documents: there is no folder %s (make it, with a folder in it for each agenda "
           "item that has documents)\n",
           path, folder);
    return 1;
}

/* A configuration that can be read is checked with the procedures that it names. */
static unsigned check_config(const char *path)
{
    static char report[REPORT_BYTES];
    struct kh_config *config = NULL;
    unsigned problems = kh_config_check(path, report, sizeof(report));

    fputs(report, stdout);
    if (problems > 0 || kh_config_load(path, &config, NULL))
        return problems > 0 ? problems : 1;
    for (unsigned i = 0; i < config->n_councils; i++) {
        char *dir = g_build_filename(config->plugins, config->councils[i].procedure, NULL);
        problems += check_procedure(dir);
        problems += check_documents(path, config->councils[i].documents);
        g_free(dir);
    }
    kh_config_free(config);
    return problems;
}

/* A folder is a procedure, a file is a configuration. */
static int check(int argc, char **argv)
{
    if (argc != 1)
        return -1;
    bool is_folder = g_file_test(argv[0], G_FILE_TEST_IS_DIR);
    unsigned problems = is_folder ? check_procedure(argv[0]) : check_config(argv[0]);
    if (problems == 0)
        printf("%s: in order\n", argv[0]);
    return problems > 0;
}

/* --- rehearse --- */

/* DATA COUNCIL [PLUGIN]: the plugin tells which settings are not its defaults. */
static int record(int argc, char **argv)
{
    struct kh_procedure *procedure = NULL;
    struct kh_record_part all = { 0 };
    struct kh_error error = { 0 };
    enum kh_err err = KH_OK;

    if (argc == 3)
        err = kh_procedure_load(argv[2], NULL, NULL, &procedure, &error);
    if (procedure)
        all.declared = json_object_get(kh_procedure_describe(procedure), "settings");
    if (!err)
        err = kh_record_part(argv[0], argv[1], &all, stdout, &error);
    kh_procedure_free(procedure);
    return err ? fail(&error) : 0;
}

static int rehearse(int argc, char **argv)
{
    int failed = 0;

    if ((argc == 3 || argc == 4) && strcmp(argv[0], "--record") == 0)
        return record(argc - 1, argv + 1);
    if (argc < 2)
        return -1;
    for (int i = 1; i < argc; i++)
        failed += kh_rehearse(argv[0], NULL, argv[i], stdout) != 0;
    return failed > 0;
}

/* --- new-procedure --- */

static int new_procedure(int argc, char **argv)
{
    struct kh_error error = { 0 };
    const char *plugins = argc == 2 ? argv[1] : "plugins";

    if (argc < 1 || argc > 2)
        return -1;
    if (kh_skeleton_copy(plugins, argv[0], &error))
        return fail(&error);
    printf("%s/%s: a working procedure; change procedure.lua, then\n"
           "  kyhop check %s/%s\n  kyhop rehearse %s/%s %s/%s/sittings/*.sitting\n",
           plugins, argv[0], plugins, argv[0], plugins, argv[0], plugins, argv[0]);
    return 0;
}

/* --- invite --- */

static int invite(int argc, char **argv)
{
    struct kh_error error = { 0 };
    int status = kh_invite_run(argc, argv, &error);

    return status > 0 && error.code ? fail(&error) : status;
}

/* --- verify, minutes --- */

/* FILE: a published box of a secret vote. */
static int verify_box(const char *path)
{
    struct kh_error error = { 0 };

    return kh_verify_box(path, &error) ? fail(&error) : 0;
}

/* DATA: the whole chain and the boxes of secret votes; DATA COUNCIL SEQ HASH: also what printed
 * minutes say of it. */
static int verify(int argc, char **argv)
{
    struct kh_error error = { 0 };
    struct kh_journal *journal = NULL;
    uint64_t entries = 0;

    if (argc != 1 && argc != 4)
        return -1;
    if (argc == 1 && g_file_test(argv[0], G_FILE_TEST_IS_REGULAR))
        return verify_box(argv[0]);
    if (kh_journal_open_readonly(argv[0], &journal, &error))
        return fail(&error);
    enum kh_err err = kh_journal_verify(journal, NULL, &entries, &error);
    if (!err)
        err = kh_verify_boxes(journal, argv[0], &error);
    if (!err && argc == 4)
        err = kh_minutes_check(journal, argv[1], g_ascii_strtoull(argv[2], NULL, 10), argv[3],
                               &error);
    kh_journal_close(journal);
    if (err)
        return fail(&error);
    printf("%s: %" G_GUINT64_FORMAT " entries, the chain is whole\n", argv[0], entries);
    if (argc == 4)
        printf("%s: entry %s is the one that the minutes name\n", argv[1], argv[2]);
    return 0;
}

static enum kh_err print_minutes(const char *data, const struct kh_minutes_about *about,
                                 const struct kh_minutes_style *style, struct kh_error *error)
{
    struct kh_journal *journal = NULL;
    json_t *record = NULL;
    GString *text = g_string_new("");
    enum kh_err err = kh_journal_open_readonly(data, &journal, error);

    if (!err)
        err = kh_minutes_read(journal, about, &record, error);
    if (!err)
        err = kh_minutes_write(record, style, text, error);
    bool is_written =
        err || (fwrite(text->str, 1, text->len, stdout) == text->len && fflush(stdout) == 0);
    if (!is_written)
        err =
            kh_err_set(error, KH_ERR_IO, "the minutes could not be written: %s", g_strerror(errno));
    g_string_free(text, TRUE);
    json_decref(record);
    kh_journal_close(journal);
    return err;
}

/* "latest" or a number from 1; false: neither. */
static bool read_session(const char *text, uint32_t *session)
{
    guint64 number = 0;
    bool is_latest = strcmp(text, "latest") == 0;

    if (!is_latest && !g_ascii_string_to_unsigned(text, 10, 1, UINT32_MAX, &number, NULL))
        return false;
    *session = (uint32_t)number;
    return true;
}

static int minutes(int argc, char **argv)
{
    char *format = NULL, *language = NULL, *zone = NULL, *vi = NULL, *en = NULL;
    const GOptionEntry entries[] = {
        { "format", 0, 0, G_OPTION_ARG_STRING, &format, "html (default), csv, json or akn", "F" },
        { "lang", 0, 0, G_OPTION_ARG_STRING, &language, "vi (default), en or both", "L" },
        { "tz", 0, 0, G_OPTION_ARG_STRING, &zone, "time zone, e.g. Asia/Ho_Chi_Minh", "ZONE" },
        { "name", 0, 0, G_OPTION_ARG_STRING, &vi, "the council's name", "NAME" },
        { "name-en", 0, 0, G_OPTION_ARG_STRING, &en, "the same in English", "NAME" },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };
    GOptionContext *context = g_option_context_new("DATA COUNCIL SESSION|latest");
    char **all = g_new0(char *, (size_t)argc + 2), **own = all;
    GError *problem = NULL;
    struct kh_error error = { 0 };
    struct kh_minutes_style style;
    int n = argc + 1, status = -1;

    all[0] = (char *)"kyhop minutes";
    memcpy(all + 1, argv, sizeof(char *) * (size_t)argc);
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &n, &all, &problem)) {
        fprintf(stderr, "kyhop: %s\n", problem->message);
        g_error_free(problem);
    } else if (n == 4) {
        struct kh_minutes_about about = { .council = all[2], .vi = vi, .en = en ? en : vi };
        enum kh_err err = kh_minutes_style_read(format, language, &style, &error);
        style.zone = zone;
        if (!err && !read_session(all[3], &about.session))
            err = kh_err_set(&error, KH_ERR_INVALID, "SESSION: a number from 1, or latest");
        if (!err)
            err = print_minutes(all[1], &about, &style, &error);
        status = err ? fail(&error) : 0;
    }
    g_option_context_free(context);
    g_free(own);
    g_free(format);
    g_free(language);
    g_free(zone);
    g_free(vi);
    g_free(en);
    return status;
}

/* --- the door to them --- */

static const struct {
    const char *name, *usage;
    int (*run)(int argc, char **argv);
} commands[] = {
    { "serve", "CONFIG                     run the server", serve },
    { "check", "CONFIG | PLUGIN            everything that is wrong, with file, line and mend",
      check },
    { "rehearse",
      "PLUGIN SITTING…            run written sittings against a procedure; or\n"
      "                  --record DATA COUNCIL [PLUGIN]: write one from a journal",
      rehearse },
    { "new-procedure", "NAME [PLUGINS]        a working skeleton to change", new_procedure },
    { "invite",
      "CONFIG PERSON|--all|--demo [--html FILE] [--url BASE]\n"
      "                  new login links: role, name, address; FILE: cards with QR codes to print",
      invite },
    { "minutes",
      "DATA COUNCIL SESSION|latest [--format html|csv|json|akn] [--lang vi|en|both] [--tz ZONE]",
      minutes },
    { "verify",
      "DATA [COUNCIL SEQ HASH]    check the journal's hash chain and the boxes of secret votes\n"
      "                  against it, or minutes too; FILE: recount one published box",
      verify },
};

static int usage(void)
{
    fputs("usage:\n", stderr);
    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(stderr, "  kyhop %-9s %s\n", commands[i].name, commands[i].usage);
    return 2;
}

int main(int argc, char **argv)
{
    for (unsigned i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, argv[1]) != 0)
            continue;
        int status = commands[i].run(argc - 2, argv + 2);
        return status < 0 ? usage() : status;
    }
    return usage();
}
