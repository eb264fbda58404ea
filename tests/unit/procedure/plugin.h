/* plugin.h - a procedure made of a text, in a folder of its own, and a small council for it. */
#ifndef KH_TESTS_PROCEDURE_PLUGIN_H
#define KH_TESTS_PROCEDURE_PLUGIN_H

#include "base/text.h"
#include "procedure/procedure.h"
#include "tests/unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct plugin {
    char dir[64], path[96];
    struct kh_procedure *procedure;
    struct kh_state *state;
    struct kh_verdict *verdict;
};

/* What most tests need of setup(): one kind, one lane, one vote. */
#define HEAD "return { api = 1, title = { vi = 'T', en = 'T' }, "
#define SETUP                                                                                      \
    "setup = function() return {\n"                                                                \
    " lanes = { { id = 'speech', rank = 10, vi = 'a', en = 'a' },\n"                               \
    "           { id = 'order', rank = 90, preempt = 'next', vi = 'b', en = 'b' } },\n"            \
    " kinds = { { id = 'speech', lane = 'speech', roles = { 'delegate' }, vi = 'a', en = 'a' },\n" \
    "           { id = 'order', lane = 'order', roles = { 'delegate' }, after_close = true,\n"     \
    "             vi = 'b', en = 'b' } },\n"                                                       \
    " votes = { { id = 'yes', vi = 'a', en = 'a' } } } end, "

static inline void plugin_write(struct plugin *p, const char *text)
{
    KH_TEXT_SET(p->dir, "/tmp/kyhop-plugin-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    snprintf(p->path, sizeof(p->path), "%s/procedure.lua", p->dir);
    FILE *file = fopen(p->path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
}

/* Three delegates d0 (in the chair), d1, d2, a guest g3, one item in hand, a sitting that is open.
 */
static inline void plugin_council(struct plugin *p)
{
    p->state = calloc(1, sizeof(*p->state));
    p->verdict = calloc(1, sizeof(*p->verdict));
    assert_true(p->state && p->verdict);
    p->state->phase = KH_PHASE_SITTING;
    p->state->sitting_no = 1;
    p->state->at_ms = 1000000;
    for (unsigned i = 0; i < 4; i++) {
        struct kh_member *m = &p->state->members[i];
        snprintf(m->profile.id, sizeof(m->profile.id), i == 3 ? "g%u" : "d%u", i);
        KH_TEXT_SET(m->profile.group, i == 1 ? "G1" : "G2");
        m->profile.roles = i == 3 ? KH_ROLE_GUEST : KH_ROLE_DELEGATE | (i == 0 ? KH_ROLE_CHAIR : 0);
        m->profile.weight = 1;
        m->profile.in_office = m->profile.can_vote = i < 3;
        m->presence = KH_PRESENT;
    }
    p->state->n_members = 4;
    KH_TEXT_SET(p->state->items[0].text.id, "i1");
    p->state->items[0].state = KH_ITEM_CURRENT;
    p->state->n_items = 1;
    p->state->item = 1;
}

static inline void plugin_open(struct plugin *p, const char *text)
{
    struct kh_error error = { 0 };

    memset(p, 0, sizeof(*p));
    plugin_write(p, text);
    plugin_council(p);
    if (kh_procedure_load(p->dir, NULL, NULL, &p->procedure, &error) != KH_OK)
        fail_msg("%s", error.text);
}

static inline void plugin_close(struct plugin *p)
{
    kh_procedure_free(p->procedure);
    unlink(p->path);
    rmdir(p->dir);
    free(p->state);
    free(p->verdict);
}

static inline void plugin_ask(struct plugin *p, struct kh_command *command)
{
    command->at_ms = p->state->at_ms;
    kh_procedure_ask(p->procedure, p->state, command, p->verdict);
}

/* floor.request by @person of @kind. */
static inline void plugin_request(struct plugin *p, kh_person person, const char *kind)
{
    struct kh_command command = { .type = KH_CMD_FLOOR_REQUEST, .actor = person };

    KH_SET_TEXT(&command.f, kind, kind);
    plugin_ask(p, &command);
}

/* A waiting request in the state. */
static inline struct kh_request *plugin_waiting(struct plugin *p, kh_person person,
                                                const char *kind, int64_t rank)
{
    struct kh_request *r = &p->state->requests[p->state->last_request];

    r->id = ++p->state->last_request;
    r->state = KH_REQUEST_ACCEPTED;
    r->person = person;
    r->target = KH_NOBODY;
    r->item = 0;
    r->rank = rank;
    r->order = r->id;
    KH_TEXT_SET(r->kind, kind);
    KH_TEXT_SET(r->lane, kind);
    return r;
}

#endif
