/* Commands and events as JSON: whatever is taken goes there and back, is decided and applied.
 *
 * The input is a policy byte and lines: "d1 floor.request {…}" is somebody's command ("-": the
 * server), "+d1 floor.requested {…}" an entry of a damaged journal, "~60000" time that passes. */
#include "base/check.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "wire/wire.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 64, DUE_MAX = 64, START_S = 1784338200 };

static const char world_text[] =
    "+- person.enrolled {\"profile\":{\"id\":\"c\",\"name\":\"C\",\"roles\":[\"chair\","
    "\"delegate\"],\"weight\":1,\"in_office\":true,\"can_vote\":true}}\n"
    "+- person.enrolled {\"profile\":{\"id\":\"s\",\"name\":\"S\",\"roles\":[\"secretary\","
    "\"operator\"],\"weight\":1}}\n"
    "+- person.enrolled {\"profile\":{\"id\":\"g\",\"name\":\"G\",\"roles\":[\"guest\"],"
    "\"weight\":1}}\n"
    "+- person.enrolled {\"profile\":{\"id\":\"d\",\"name\":\"D\",\"roles\":[\"delegate\"],"
    "\"weight\":2,\"in_office\":true,\"can_vote\":true}}\n"
    "+- person.enrolled {\"profile\":{\"id\":\"e\",\"name\":\"E\",\"roles\":[\"delegate\"],"
    "\"weight\":1,\"in_office\":true,\"can_vote\":true}}\n"
    "+- agenda.added {\"agenda_item\":{\"id\":\"a\",\"title\":{\"vi\":\"A\",\"en\":\"A\"},"
    "\"kind\":\"debate\"}}\n"
    "c session.open {}\nc attendance.check_in {}\ng attendance.check_in {}\n"
    "d attendance.check_in {}\ne attendance.check_in {}\nc sitting.open {}\n"
    "c agenda.start {\"item\":\"a\"}\n";

static struct kh_state state, sitting;
static struct kh_batch batch;
static struct kh_terms terms;
static struct kh_ballot ballot;
static struct kh_wire_room room, other_room;
static int64_t now_ms;
static bool is_changed, is_damaged; /* the second: an entry was applied that nobody decided */

/* What the procedure would say: the bits of @policy; 0 is the neutral policy. */
static void choose_terms(uint8_t policy)
{
    terms = (struct kh_terms){ 0 };
    terms.pending = policy & 1;
    if (policy & 2) {
        terms.limit_ms = 60000;
        terms.marks = (struct kh_marks){ .left_ms = { 30000, 0 }, .n = 2 };
    }
    terms.expiry = (enum kh_expiry)((policy >> 2 & 7) % 5);
    terms.grace_ms = 5000;
    ballot = (struct kh_ballot){ .type = "t",
                                 .options = { { "for", "Có", "For", KH_STAND_FOR },
                                              { "against", "Không", "Against", KH_STAND_AGAINST },
                                              { "abstain", "Trắng", "Abstain", KH_STAND_OTHER } },
                                 .n_options = 3,
                                 .select_min = 1,
                                 .select_max = 1,
                                 .secrecy = (enum kh_secrecy)(policy >> 5 & 3),
                                 .timer_ms = 30000 };
    if (policy >> 5)
        terms.ballot = &ballot;
}

/* What must hold of every state that decisions alone made. */
static void check_state(void)
{
    unsigned live = 0;

    for (kh_person p = 0; p < state.n_members; p++) {
        bool is_live = kh_state_mic(&state, p) == KH_MIC_LIVE;
        KH_REQUIRE(!is_live || kh_state_speech(&state, p));
        KH_REQUIRE(!is_live || state.phase == KH_PHASE_SITTING);
        live += is_live;
    }
    KH_REQUIRE(live <= KH_OPEN_MAX);
}

/* A body gives the event that gives the body. */
static void there_and_back(const struct kh_event *event)
{
    static struct kh_event again;
    struct kh_error error = { 0 };
    char *body = kh_wire_event_body(&state, event);
    KH_REQUIRE(body);
    const char *actor = event->actor == KH_NOBODY ? "" : state.members[event->actor].profile.id;
    struct kh_wire_entry entry = { kh_event_table[event->type].name, actor, body };

    enum kh_err err = kh_wire_event_read(&state, &entry, &again, &other_room, &error);
    KH_REQUIRE(err == KH_OK);
    char *second = kh_wire_event_body(&state, &again);
    KH_REQUIRE(second && strcmp(body, second) == 0);
    free(second);
    free(body);
}

static void show(const struct kh_event *event)
{
    struct kh_wire_view views[KH_WIRE_VIEWS_MAX];
    unsigned n = kh_wire_views(&state, event, views);

    for (unsigned i = 0; i < n; i++)
        json_decref(views[i].params);
}

static void take(struct kh_event *event)
{
    event->seq = state.seq + 1;
    event->at_ms = now_ms;
    kh_apply(&state, event);
    KH_REQUIRE(state.seq == event->seq && state.at_ms == now_ms);
    is_changed = true;
    show(event);
}

static void run(struct kh_command *command)
{
    command->at_ms = now_ms;
    enum kh_refusal refusal = kh_permit(&state, command);
    batch.n = 0;
    if (!refusal)
        refusal = kh_decide(&state, command, &terms, &batch);
    if (refusal) {
        struct kh_reason reason;
        kh_refusal_reason(refusal, &reason);
        KH_REQUIRE(reason.code[0] && reason.vi[0] && reason.en[0] && batch.n == 0);
        return;
    }
    for (unsigned i = 0; i < batch.n; i++) {
        const struct kh_event_info *info = &kh_event_table[batch.ev[i].type];
        uint64_t present = batch.ev[i].f.present;
        KH_REQUIRE((present & info->required) == info->required || is_damaged);
        KH_REQUIRE(!(present & ~(info->required | info->optional)));
        take(&batch.ev[i]);
        if (!is_damaged)
            check_state();
    }
}

static void pass(const char *text)
{
    struct kh_command command;
    long ms = strtol(text, NULL, 10);

    now_ms += ms > 0 && ms < 86400000 ? ms : 1000;
    for (unsigned i = 0; kh_due(&state, now_ms, &command); i++) {
        if (i == DUE_MAX) {
            KH_REQUIRE(is_damaged); /* the clock comes to rest */
            return;
        }
        run(&command);
    }
    KH_REQUIRE(kh_wakeup(&state) > now_ms || is_damaged);
}

static void read_event(const char *who, const char *name, const char *body)
{
    static struct kh_event event;
    struct kh_error error = { 0 };
    struct kh_wire_entry entry = { name, strcmp(who, "-") == 0 ? "" : who, body };

    if (kh_wire_event_read(&state, &entry, &event, &room, &error)) {
        KH_REQUIRE(error.text[0]);
        return;
    }
    there_and_back(&event);
    is_damaged = true;
    take(&event);
}

static void read_command(const char *who, const char *name, const char *body)
{
    static struct kh_command command;
    struct kh_error error = { 0 };
    int type = kh_command_find(name);
    kh_person actor = strcmp(who, "-") == 0 ? KH_NOBODY : kh_state_person(&state, who);
    json_t *params = json_loads(body, 0, NULL);

    if (type < 0 || !params || (actor == KH_NOBODY && *who != '-')) {
        json_decref(params);
        return;
    }
    memset(&command, 0, sizeof(command));
    command.type = (enum kh_command_type)type;
    command.actor = actor;
    struct kh_wire_shape shape = { kh_command_table[type].required,
                                   kh_command_table[type].optional };
    enum kh_err err = kh_wire_read(&state, params, shape, &command.f, &room, &error);
    json_decref(params);
    KH_REQUIRE(!err == !error.text[0]);
    if (!err)
        run(&command);
}

static void step(char *line)
{
    char *rest = NULL;
    const char *who = strtok_r(line, " ", &rest), *name = strtok_r(NULL, " ", &rest);

    now_ms += 10;
    if (who && *who == '~')
        pass(who + 1);
    else if (who && name && *who == '+')
        read_event(who + 1, name, rest);
    else if (who && name)
        read_command(who, name, rest);
}

static void run_lines(const char *text, size_t bytes)
{
    char *copy = strndup(text, bytes), *rest = NULL;
    KH_REQUIRE(copy);
    char *line = strtok_r(copy, "\n", &rest);

    for (unsigned i = 0; line && i < LINES_MAX; i++, line = strtok_r(NULL, "\n", &rest))
        step(line);
    free(copy);
}

static void begin(void)
{
    now_ms = (int64_t)START_S * 1000;
    if (sitting.n_members == 0) {
        run_lines(world_text, sizeof(world_text) - 1);
        KH_REQUIRE(state.phase == KH_PHASE_SITTING && kh_state_present(&state) == 3);
        sitting = state;
    } else if (is_changed) {
        state = sitting;
    }
    now_ms = sitting.at_ms;
    is_changed = is_damaged = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes < 1)
        return 0;
    begin();
    choose_terms(data[0]);
    run_lines((const char *)data + 1, bytes - 1);
    if (is_changed) {
        json_decref(kh_wire_state(&state, KH_NOBODY, now_ms));
        json_decref(kh_wire_state(&state, 3, now_ms));
    }
    return 0;
}
