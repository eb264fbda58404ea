/* door.c - the door with a small council behind it, for the tests in this folder.
 *
 * Usage: door KEY=VALUE... (see settings below). Prints one JSON line {port, codes: {NAME: CODE}}
 * and serves until its standard input closes; then ends tidily, so that leaks are found. The
 * council's state is a counter; the calls are at the table below. Events go out as the engine does
 * it: before the reply of the call that caused them. */
#include "api/api.h"

#include "base/check.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHAIR = 1, DELEGATE = 2, DISPLAY = 4, OPERATOR = 8 };

static const struct person {
    const char *id, *name;
    uint32_t roles;
    bool reusable;
} people[] = {
    { "chair", "Chủ toạ", CHAIR | DELEGATE, false }, { "an", "Nguyễn Văn An", DELEGATE, false },
    { "binh", "Trần Thị Bình", DELEGATE, false },    { "screen", "Màn hình", DISPLAY, true },
    { "operator", "Kỹ thuật", OPERATOR, false },     { "ghost", "", 0, false },
};

struct door {
    GMainLoop *loop;
    struct kh_api *api;
    json_int_t counter;
    uint64_t seq;
    struct kh_api_call *parked;
    GString *presence; /* "+an -an ..." in the order it was told */
    unsigned notes;    /* still to send from the timer */
    bool sick;
    int papers_fd; /* the folder for documents, or -1 */
};

static const struct person *find(const struct kh_principal *who)
{
    for (size_t i = 0; i < KH_COUNT(people); i++)
        if (who->person && strcmp(people[i].id, who->person) == 0)
            return &people[i];
    return NULL;
}

static json_t *you(void *user, const struct kh_principal *who)
{
    const struct person *person = find(who);

    (void)user;
    if (!person || strcmp(person->id, "ghost") == 0)
        return NULL;
    return json_pack("{s:s, s:s, s:s, s:i}", "id", person->id, "name", person->name, "council",
                     who->council, "roles", (int)person->roles);
}

static json_t *state(void *user, const struct kh_principal *who, uint64_t *seq)
{
    struct door *door = user;

    *seq = door->seq;
    return json_pack("{s:I, s:s}", "counter", door->counter, "for", who->person);
}

static uint32_t roles(void *user, const struct kh_principal *who)
{
    (void)user;
    return find(who) ? find(who)->roles : 0;
}

static void connected(void *user, const struct kh_principal *who, bool present)
{
    struct door *door = user;

    g_string_append_printf(door->presence, "%c%s ", present ? '+' : '-', who->person);
}

static void metrics(void *user, GString *out)
{
    g_string_append_printf(out, "door_counter %" JSON_INTEGER_FORMAT "\n",
                           ((struct door *)user)->counter);
}

static bool healthy(void *user, GString *why)
{
    if (((struct door *)user)->sick)
        g_string_append(why, "journal cannot be written");
    return !((struct door *)user)->sick;
}

static bool may_read(void *user, const struct kh_principal *who, const char *path)
{
    uint32_t mine = roles(user, who);

    if (strcmp(path, "/metrics") == 0)
        return mine & OPERATOR;
    return mine != 0 && !(g_str_has_prefix(path, "/documents/chair") && !(mine & CHAIR));
}

static gboolean answer_late(gpointer user)
{
    kh_api_page_text(user, 200, g_string_new("late\n"), "text/plain; charset=utf-8");
    return G_SOURCE_REMOVE;
}

/* "…missing…": nothing; "…late…": from a timer, perhaps to nobody; "…file/NAME": from the folder;
 * else a text about the request. */
static void document(void *user, struct kh_api_page *page, const struct kh_principal *who,
                     const char *path)
{
    struct door *door = user;
    const char *file = strstr(path, "file/");

    if (strstr(path, "missing")) {
        kh_api_page_text(page, 404, NULL, NULL);
    } else if (strstr(path, "late")) {
        g_timeout_add(strstr(path, "later") ? 300 : 1, answer_late, page);
    } else if (strstr(path, "never")) {
        (void)page;
    } else if (file) {
        kh_api_page_file(page, door->papers_fd, file + strlen("file/"));
    } else {
        GString *body = g_string_new("");
        g_string_append_printf(body, "%s for %s\n", path, who->person);
        kh_api_page_text(page, 200, body, "text/plain; charset=utf-8");
    }
}

static void publish(struct door *door, const char *text)
{
    json_t *open = json_pack("{s:I, s:s, s:I, s:s}", "seq", (json_int_t)(door->seq + 1), "type",
                             "counted", "counter", ++door->counter, "text", text);
    struct kh_view views[] = { { .params = open } };

    kh_api_publish(door->api, "demo", ++door->seq, views, 1);
    json_decref(open);
}

/* {n?, text?, bytes?}: n events, then the reply. */
static void call_count(struct door *door, struct kh_api_call *call, json_t *params)
{
    json_int_t n = json_integer_value(json_object_get(params, "n"));
    json_int_t bytes = json_integer_value(json_object_get(params, "bytes"));
    char *text = g_strnfill((gsize)bytes, 'x');

    for (json_int_t i = 0; i < MAX(n, 1); i++)
        publish(door, text);
    g_free(text);
    kh_api_result(call, json_pack("{s:I}", "counter", door->counter));
}

/* One event in three views: the chair's, An's own, and none for the others. */
static void call_secret(struct door *door, struct kh_api_call *call, json_t *params)
{
    json_t *chair = json_pack("{s:I, s:s}", "seq", (json_int_t)(door->seq + 1), "for", "chair");
    json_t *an = json_pack("{s:I, s:s}", "seq", (json_int_t)(door->seq + 1), "for", "an");
    struct kh_view views[] = { { .roles = CHAIR, .params = chair },
                               { .person = "an", .params = an } };

    (void)params;
    kh_api_publish(door->api, "demo", ++door->seq, views, KH_COUNT(views));
    json_decref(chair);
    json_decref(an);
    kh_api_result(call, NULL);
}

static gboolean note(gpointer user)
{
    struct door *door = user;
    json_t *params = json_pack("{s:i}", "left", (int)door->notes);

    kh_api_show(door->api, "demo", "levels", params);
    json_decref(params);
    return --door->notes > 0;
}

/* Levels from a timer, outside of any call. */
static void call_notes(struct door *door, struct kh_api_call *call, json_t *params)
{
    door->notes = (unsigned)json_integer_value(json_object_get(params, "n"));
    g_timeout_add(1, note, door);
    kh_api_result(call, NULL);
}

static void call_note_to(struct door *door, struct kh_api_call *call, json_t *params)
{
    kh_api_notify(door->api, "demo", (uint32_t)json_integer_value(json_object_get(params, "roles")),
                  json_string_value(json_object_get(params, "person")), "stats", params);
    kh_api_result(call, NULL);
}

/* Answered later, perhaps to nobody. */
static void call_park(struct door *door, struct kh_api_call *call, json_t *params)
{
    (void)params;
    if (door->parked)
        kh_api_error(call, KH_RPC_WRONG_STATE, "parked already", NULL);
    else
        door->parked = call;
}

static void call_unpark(struct door *door, struct kh_api_call *call, json_t *params)
{
    if (door->parked)
        kh_api_result(door->parked, json_incref(params));
    door->parked = NULL;
    kh_api_result(call, NULL);
}

static void call_refuse(struct door *door, struct kh_api_call *call, json_t *params)
{
    (void)door;
    (void)params;
    kh_api_error(call, KH_RPC_REFUSED, "no \xe1\xba", json_pack("{s:s}", "code", "no_quorum"));
}

static void call_state(struct door *door, struct kh_api_call *call, json_t *params)
{
    (void)params;
    kh_api_result(call, json_pack("{s:I, s:s, s:i}", "counter", door->counter, "presence",
                                  door->presence->str, "readers", kh_api_readers(door->api)));
}

static void call_sicken(struct door *door, struct kh_api_call *call, json_t *params)
{
    door->sick = json_is_true(json_object_get(params, "sick"));
    kh_api_result(call, NULL);
}

/* {person, ttl_s?, reusable?} -> {code} */
static void call_invite(struct door *door, struct kh_api_call *call, json_t *params)
{
    json_t *ttl = json_object_get(params, "ttl_s");
    struct kh_invitation invitation = {
        .council = "demo",
        .person = json_string_value(json_object_get(params, "person")),
        .ttl_s = ttl ? json_integer_value(ttl) : 600,
        .is_reusable = json_is_true(json_object_get(params, "reusable")),
    };
    char code[KH_CODE_CHARS + 1];
    struct kh_error error;

    if (kh_auth_invite(kh_api_auth(door->api), &invitation, code, &error) == KH_OK)
        kh_api_result(call, json_pack("{s:s}", "code", code));
    else
        kh_api_error(call, KH_RPC_PARAMS, error.text, NULL);
}

static const struct {
    const char *method;
    void (*answer)(struct door *door, struct kh_api_call *call, json_t *params);
} calls[] = {
    { "count", call_count },     { "secret", call_secret },   { "notes", call_notes },
    { "note_to", call_note_to }, { "park", call_park },       { "unpark", call_unpark },
    { "refuse", call_refuse },   { "state.get", call_state }, { "sicken", call_sicken },
    { "invite", call_invite },
};

static void call(void *user, struct kh_api_call *call, const struct kh_principal *who,
                 const char *method, json_t *params, const char *key)
{
    if (strcmp(method, "echo") == 0) {
        kh_api_result(
            call, json_pack("{s:s, s:O, s:s?}", "who", who->person, "params", params, "key", key));
        return;
    }
    for (size_t i = 0; i < KH_COUNT(calls); i++)
        if (strcmp(method, calls[i].method) == 0) {
            calls[i].answer(user, call, params);
            return;
        }
    kh_api_error(call, KH_RPC_METHOD, "unknown method", NULL);
}

static const struct kh_api_ops ops = {
    .call = call,
    .you = you,
    .state = state,
    .roles = roles,
    .connected = connected,
    .metrics = metrics,
    .healthy = healthy,
    .may_read = may_read,
    .document = document,
};

struct setting {
    const char *name;
    const char **text;
    unsigned *number;
};

static void set(const struct setting *settings, size_t n, char *argument)
{
    char *value = strchr(argument, '=');

    KH_REQUIRE(value);
    *value++ = '\0';
    for (size_t i = 0; i < n; i++) {
        if (strcmp(settings[i].name, argument) != 0)
            continue;
        if (settings[i].text)
            *settings[i].text = value;
        else
            *settings[i].number = (unsigned)strtoul(value, NULL, 10);
        return;
    }
    fprintf(stderr, "door: unknown setting %s\n", argument);
    exit(2);
}

static void read_settings(int argc, char **argv, struct kh_api_config *config, const char **papers)
{
    static unsigned backlog, session, plain, port;
    const struct setting settings[] = {
        { "address", &config->address, NULL },
        { "certificate", &config->certificate, NULL },
        { "key", &config->key, NULL },
        { "web_root", &config->web_root, NULL },
        { "recordings", &config->recordings, NULL },
        { "papers", papers, NULL },
        { "asyncapi", &config->asyncapi, NULL },
        { "auth_db", &config->auth_db, NULL },
        { "rate_per_s", NULL, &config->rate_per_s },
        { "rate_burst", NULL, &config->rate_burst },
        { "logins_per_min", NULL, &config->logins_per_min },
        { "window", NULL, &config->window },
        { "per_address", NULL, &config->per_address },
        { "connections_max", NULL, &config->connections_max },
        { "ping_s", NULL, &config->ping_s },
        { "timeout_s", NULL, &config->timeout_s },
        { "port", NULL, &port },
        { "backlog_bytes", NULL, &backlog },
        { "session_s", NULL, &session },
        { "allow_plain", NULL, &plain },
    };

    for (int i = 1; i < argc; i++)
        set(settings, KH_COUNT(settings), argv[i]);
    config->backlog_bytes = backlog;
    config->session_s = session;
    config->port = (uint16_t)port;
    config->allow_plain = plain;
}

static void print_ready(struct door *door)
{
    json_t *codes = json_object(), *ready;

    for (size_t i = 0; i < KH_COUNT(people); i++) {
        struct kh_invitation invitation = { "demo", people[i].id, 600, people[i].reusable };
        char code[KH_CODE_CHARS + 1];

        KH_REQUIRE(kh_auth_invite(kh_api_auth(door->api), &invitation, code, NULL) == KH_OK);
        json_object_set_new(codes, people[i].id, json_string(code));
    }
    ready = json_pack("{s:i, s:o}", "port", kh_api_port(door->api), "codes", codes);
    json_dumpf(ready, stdout, JSON_COMPACT);
    puts("");
    fflush(stdout);
    json_decref(ready);
}

static gboolean on_input(gint fd, GIOCondition condition, gpointer user)
{
    char byte;

    (void)condition;
    if (read(fd, &byte, 1) == 1)
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(((struct door *)user)->loop);
    return G_SOURCE_REMOVE;
}

int main(int argc, char **argv)
{
    struct kh_api_config config = { 0 };
    struct door door = { .loop = g_main_loop_new(NULL, FALSE), .presence = g_string_new("") };
    struct kh_error error = { 0 };
    const char *papers = NULL;

    read_settings(argc, argv, &config, &papers);
    door.papers_fd = papers ? open(papers, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (kh_api_create(&config, door.loop, &ops, &door, &door.api, &error) != KH_OK) {
        fprintf(stderr, "door: %s\n", error.text);
        g_main_loop_unref(door.loop);
        g_string_free(door.presence, TRUE);
        return 1;
    }
    g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, &door);
    print_ready(&door);
    g_main_loop_run(door.loop);
    kh_api_destroy(door.api);
    g_main_loop_unref(door.loop);
    g_string_free(door.presence, TRUE);
    return 0;
}
