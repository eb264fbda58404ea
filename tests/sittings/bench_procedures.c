/* What rules cost: each question to each procedure before a council of 75 with a long list and
 * history, and how fast a sitting is rehearsed. Prints tables; run by hand or by scripts/bench.
 *
 *     bench_procedures ROOT */
#include "base/text.h"
#include "conduct.h"
#include "procedure/procedure.h"
#include "rehearse.h"
#include "wire/wire.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PEOPLE = 75, WAITING = 40, SPOKEN = 400, ROUNDS = 2000, KINDS_MAX = 32 };

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void convene(struct kh_state *state, const char *kind, const char *lane)
{
    memset(state, 0, sizeof(*state));
    state->phase = KH_PHASE_SITTING;
    state->at_ms = 1784000000;
    state->n_members = PEOPLE;
    for (unsigned i = 0; i < PEOPLE; i++) {
        struct kh_member *m = &state->members[i];
        snprintf(m->profile.id, sizeof(m->profile.id), "d%u", i);
        snprintf(m->profile.group, sizeof(m->profile.group), "Tổ %u", i % 10);
        m->profile.roles = KH_ROLE_DELEGATE | (i == 0 ? KH_ROLE_CHAIR : 0);
        m->profile.weight = 1;
        m->profile.in_office = m->profile.can_vote = true;
        m->presence = KH_PRESENT;
    }
    KH_TEXT_SET(state->items[0].text.id, "i1");
    state->n_items = state->item = 1;
    for (unsigned i = 0; i < WAITING; i++) {
        struct kh_request *r = &state->requests[i];
        *r = (struct kh_request){ .id = i + 1,
                                  .state = KH_REQUEST_ACCEPTED,
                                  .person = (kh_person)i,
                                  .target = KH_NOBODY,
                                  .order = i };
        KH_TEXT_SET(r->kind, kind);
        KH_TEXT_SET(r->lane, lane);
    }
    state->last_request = WAITING;
    state->n_history = SPOKEN;
    for (unsigned i = 0; i < SPOKEN; i++) {
        state->history[i] = (struct kh_speech){ .request = 1000 + i,
                                                .person = (kh_person)(i % PEOPLE),
                                                .target = KH_NOBODY,
                                                .item = 1,
                                                .spent_ms = 60000 };
        KH_TEXT_SET(state->history[i].kind, kind);
    }
}

struct bench {
    struct kh_procedure *procedure;
    struct kh_state *state;
    struct kh_verdict *verdict;
    double slowest_us; /* median of the slowest request */
    char slowest[160], slowest_dir[512], slowest_kind[KH_WORD_BYTES];
    const char *dir;
};

static void measure(struct bench *b, const char *name, const struct kh_command *command)
{
    static double took[ROUNDS];

    for (unsigned i = 0; i < ROUNDS; i++) {
        double began = now_us();
        kh_procedure_ask(b->procedure, b->state, command, b->verdict);
        took[i] = now_us() - began;
    }
    qsort(took, ROUNDS, sizeof(took[0]), rising);
    printf("| %s | %s | %.1f | %.1f |%s\n", kh_procedure_name(b->procedure), name, took[ROUNDS / 2],
           took[ROUNDS * 99 / 100], b->verdict->failed ? " FAILED" : "");
    if (command->type == KH_CMD_FLOOR_REQUEST && took[ROUNDS / 2] > b->slowest_us) {
        b->slowest_us = took[ROUNDS / 2];
        snprintf(b->slowest, sizeof(b->slowest), "%s of %s", name, kh_procedure_name(b->procedure));
        snprintf(b->slowest_dir, sizeof(b->slowest_dir), "%s", b->dir);
        KH_TEXT_SET(b->slowest_kind, command->f.kind);
    }
}

static void bench_procedure(struct bench *b)
{
    const json_t *describe = kh_procedure_describe(b->procedure), *kind, *vote;
    struct kh_command next = { .type = KH_CMD_FLOOR_NEXT, .actor = 0 };
    struct kh_command grant = { .type = KH_CMD_FLOOR_GRANT, .actor = 0 };
    size_t i;

    json_array_foreach(json_object_get(describe, "kinds"), i, kind)
    {
        const char *id = json_string_value(json_object_get(kind, "id"));
        struct kh_command request = { .type = KH_CMD_FLOOR_REQUEST, .actor = 50 };
        char name[80];
        convene(b->state, id, json_string_value(json_object_get(kind, "lane")));
        KH_SET_TEXT(&request.f, kind, id);
        KH_SET(&request.f, target, 3);
        snprintf(name, sizeof(name), "request %s", id);
        if (json_array_size(json_object_get(kind, "roles")) > 0)
            measure(b, name, &request);
    }
    kind = json_array_get(json_object_get(describe, "kinds"), 0);
    convene(b->state, json_string_value(json_object_get(kind, "id")),
            json_string_value(json_object_get(kind, "lane")));
    measure(b, "next", &next);
    KH_SET(&grant.f, request, 3);
    measure(b, "grant", &grant);
    vote = json_array_get(json_object_get(describe, "votes"), 0);
    struct kh_command open = { .type = KH_CMD_VOTE_OPEN, .actor = 0 };
    KH_SET_TEXT(&open.f, type, json_string_value(json_object_get(vote, "id")));
    KH_SET_TEXT(&open.f, question, "?");
    measure(b, "vote.open", &open);
}

/* What the engine does with every event besides the disk. */
static void write_event(void *user, const struct kh_event *event)
{
    const struct bench *b = user;

    free(kh_wire_event_body(b->state, event));
}

/* 1,000 requests for the floor through core and procedure, as in a running server, each withdrawn
 * before the next one of the same deputy. */
static void bench_thousand(struct bench *b)
{
    enum { REQUESTS = 1000 };
    static double took[REQUESTS];
    struct kh_conduct *conduct = kh_conduct_create(b->state, b->procedure);
    struct kh_outcome_of outcome;
    double began = now_us();
    unsigned accepted = 0;

    convene(b->state, b->slowest_kind, "");
    memset(b->state->requests, 0, sizeof(b->state->requests));
    b->state->n_history = 0;
    for (unsigned i = 0; conduct && i < REQUESTS; i++) {
        kh_person who = (kh_person)(1 + i % (PEOPLE - 1));
        struct kh_command ask = { .type = KH_CMD_FLOOR_REQUEST,
                                  .at_ms = b->state->at_ms + 1,
                                  .actor = who };
        struct kh_command withdraw = { .type = KH_CMD_FLOOR_WITHDRAW, .actor = who };
        double from = now_us();
        KH_SET_TEXT(&ask.f, kind, b->slowest_kind);
        kh_conduct_run(conduct, &ask, write_event, b, &outcome);
        took[i] = now_us() - from;
        accepted += !outcome.refused;
        withdraw.at_ms = b->state->at_ms;
        KH_SET(&withdraw.f, request, outcome.ref);
        kh_conduct_run(conduct, &withdraw, write_event, b, &outcome);
    }
    double all_ms = (now_us() - began) / 1e3;
    qsort(took, REQUESTS, sizeof(took[0]), rising);
    printf("Through core, procedure and codec: %u of 1,000 accepted, median %.0f, p99 %.0f, most "
           "%.0f µs; with their withdrawals %.0f ms in all.\n",
           accepted, took[REQUESTS / 2], took[REQUESTS * 99 / 100], took[REQUESTS - 1], all_ms);
    kh_conduct_destroy(conduct);
}

static void bench_rehearsals(const char *root)
{
    char pattern[600], plugin[600];
    glob_t found;
    unsigned n = 0;
    double began = now_us();

    snprintf(pattern, sizeof(pattern), "%s/plugins/*/sittings/*.sitting", root);
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    FILE *out = fopen("/dev/null", "w");
    for (size_t i = 0; out && i < found.gl_pathc; i++) {
        snprintf(plugin, sizeof(plugin), "%s", found.gl_pathv[i]);
        *strrchr(plugin, '/') = '\0';
        *strrchr(plugin, '/') = '\0';
        n += kh_rehearse(plugin, NULL, found.gl_pathv[i], out) == KH_REHEARSAL_SAME;
    }
    printf("\nRehearsals: %u of %zu sittings as written, %.0f ms each.\n", n, found.gl_pathc,
           (now_us() - began) / 1e3 / (double)found.gl_pathc);
    if (out)
        fclose(out);
    globfree(&found);
}

int main(int argc, char **argv)
{
    struct bench b = { .state = calloc(1, sizeof(*b.state)),
                       .verdict = calloc(1, sizeof(*b.verdict)) };
    char pattern[600];
    glob_t found;

    snprintf(pattern, sizeof(pattern), "%s/plugins/*/procedure.lua", argc > 1 ? argv[1] : ".");
    if (!b.state || !b.verdict || glob(pattern, 0, NULL, &found) != 0)
        return 1;
    printf("| procedure | question | median µs | p99 µs |\n|---|---|---|---|\n");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct kh_error error = { 0 };
        *strrchr(found.gl_pathv[i], '/') = '\0';
        if (kh_procedure_load(found.gl_pathv[i], NULL, NULL, &b.procedure, &error) != KH_OK) {
            fprintf(stderr, "%s\n", error.text);
            return 1;
        }
        b.dir = found.gl_pathv[i];
        bench_procedure(&b);
        kh_procedure_free(b.procedure);
    }
    globfree(&found);
    printf("\nSlowest request: %s, so 1,000 of them in %.0f ms of the engine's time.\n", b.slowest,
           b.slowest_us);
    if (kh_procedure_load(b.slowest_dir, NULL, NULL, &b.procedure, &(struct kh_error){ 0 }) ==
        KH_OK) {
        bench_thousand(&b);
        kh_procedure_free(b.procedure);
    }
    bench_rehearsals(argc > 1 ? argv[1] : ".");
    free(b.state);
    free(b.verdict);
    return 0;
}
