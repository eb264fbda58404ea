#include "invite.h"

#include "api/api.h"
#include "config/config.h"
#include "invite_sheet.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

enum { TTL_HOURS = 12, SECONDS_PER_HOUR = 3600 };

/* As people call the roles, in the order of their bits. */
static const char *const role_names[KH_ROLES] = {
    "Chủ tọa",       "Đại biểu",     "Thư ký kỳ họp", "Khách mời",
    "Kỹ thuật viên", "Màn hình lớn", "Theo dõi",      "Công nghệ thông tin",
};

/* What one run works with. */
struct run {
    const struct kh_config *config;
    struct kh_auth *auth;
    struct kh_invite_sheet *sheet; /* NULL: lines only */
    const char *base;              /* where people find the server, without a slash at the end */
    struct kh_error *error;
};

static unsigned first_role(const struct kh_profile *person)
{
    unsigned role = 0;

    while (role + 1 < KH_ROLES && !(person->roles >> role & 1))
        role++;
    return role;
}

static enum kh_err add_card(struct run *run, const struct kh_council_config *council,
                            const struct kh_profile *person, const char *url)
{
    struct kh_invite_card card = {
        .council = council->vi,
        .name = person->name,
        .title = person->title,
        .group = person->group,
        .seat = person->seat,
        .role = role_names[first_role(person)],
        .url = url,
    };

    return run->sheet ? kh_invite_sheet_add(run->sheet, &card, run->error) : KH_OK;
}

static enum kh_err invite(struct run *run, const struct kh_council_config *council,
                          const struct kh_profile *person)
{
    bool is_screen = person->roles & (KH_ROLE_DISPLAY | KH_ROLE_OBSERVER);
    struct kh_invitation invitation = { council->id, person->id, TTL_HOURS * SECONDS_PER_HOUR,
                                        is_screen };
    char code[KH_CODE_CHARS + 1];
    enum kh_err err = kh_auth_invite(run->auth, &invitation, code, run->error);

    if (err)
        return err;
    char *url = g_strdup_printf("%s/#login=%s", run->base, code);
    printf("%s\t%s\t%s\n", kh_role_words[first_role(person)], person->name, url);
    err = add_card(run, council, person, url);
    g_free(url);
    return err;
}

/* The first person of each role; the delegate is one who has no other role. */
static enum kh_err invite_demo(struct run *run, const struct kh_council_config *council)
{
    for (unsigned role = 0; role < KH_ROLES; role++) {
        for (unsigned i = 0; i < council->n_persons; i++) {
            const struct kh_profile *p = &council->persons[i];
            bool is_first = p->roles == 1u << role || (role == 0 && (p->roles & KH_ROLE_CHAIR));
            if (!is_first)
                continue;
            enum kh_err err = invite(run, council, p);
            if (err)
                return err;
            break;
        }
    }
    return KH_OK;
}

/* @id: a person of the council, or --all. Adds to @n how many were invited. */
static enum kh_err invite_some(struct run *run, const struct kh_council_config *council,
                               const char *id, unsigned *n)
{
    bool is_all = strcmp(id, "--all") == 0;

    for (unsigned i = 0; i < council->n_persons; i++) {
        if (!is_all && strcmp(council->persons[i].id, id) != 0)
            continue;
        enum kh_err err = invite(run, council, &council->persons[i]);
        if (err)
            return err;
        (*n)++;
    }
    return KH_OK;
}

static enum kh_err invite_whom(struct run *run, const char *whom)
{
    unsigned n = 0;
    enum kh_err err = KH_OK;
    bool is_demo = strcmp(whom, "--demo") == 0;

    for (unsigned i = 0; i < run->config->n_councils && !err; i++)
        err = is_demo ? invite_demo(run, &run->config->councils[i])
                      : invite_some(run, &run->config->councils[i], whom, &n);
    if (!err && !is_demo && n == 0)
        err = kh_err_set(run->error, KH_ERR_NOT_FOUND, "no council has a person \"%.40s\"", whom);
    return err;
}

struct options {
    const char *config, *whom, *html, *url;
};

static bool read_options(int argc, char **argv, struct options *options)
{
    const char **words[] = { &options->config, &options->whom };
    unsigned n = 0;

    for (int i = 0; i < argc; i++) {
        bool is_html = strcmp(argv[i], "--html") == 0, is_url = strcmp(argv[i], "--url") == 0;
        if ((is_html || is_url) && i + 1 < argc)
            *(is_html ? &options->html : &options->url) = argv[++i];
        else if (!is_html && !is_url && n < G_N_ELEMENTS(words))
            *words[n++] = argv[i];
        else
            return false;
    }
    return n == G_N_ELEMENTS(words);
}

/* New text: where people find the server. NULL with the reason: @url is no address of one. */
static char *base_of(const struct kh_config *config, const char *url, struct kh_error *error)
{
    if (!url)
        return g_strdup_printf("http%s://localhost:%d", config->certificate[0] ? "s" : "",
                               (int)config->port);
    bool is_web = g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://");
    GUri *uri = is_web ? g_uri_parse(url, G_URI_FLAGS_NONE, NULL) : NULL;
    bool is_good =
        uri && g_uri_get_host(uri)[0] && !g_uri_get_query(uri) && !g_uri_get_fragment(uri);

    if (uri)
        g_uri_unref(uri);
    if (!is_good) {
        (void)kh_err_set(error, KH_ERR_INVALID,
                         "--url %.80s: an address like https://hop.example.vn is wanted", url);
        return NULL;
    }
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    return g_strndup(url, length);
}

static enum kh_err invite_with(const struct kh_config *config, const struct options *options,
                               struct kh_error *error)
{
    struct run run = { .config = config, .error = error };
    struct kh_error close_error = { 0 };
    char *base = base_of(config, options->url, error);

    if (!base)
        return error->code;
    run.base = base;
    g_mkdir_with_parents(config->data, 0700);
    char *path = g_build_filename(config->data, "auth.db", NULL);
    enum kh_err err = kh_auth_open(path, &run.auth, error);
    if (!err && options->html)
        err = kh_invite_sheet_open(options->html, TTL_HOURS, &run.sheet, error);
    if (!err)
        err = invite_whom(&run, options->whom);
    if (kh_invite_sheet_close(run.sheet, !err, &close_error) && !err) {
        *error = close_error;
        err = close_error.code;
    }
    kh_auth_close(run.auth);
    g_free(path);
    g_free(base);
    return err;
}

int kh_invite_run(int argc, char **argv, struct kh_error *error)
{
    struct options options = { 0 };
    struct kh_config *config = NULL;

    if (!read_options(argc, argv, &options))
        return -1;
    enum kh_err err = kh_config_load(options.config, &config, error);
    if (!err)
        err = invite_with(config, &options, error);
    kh_config_free(config);
    return err ? 1 : 0;
}
