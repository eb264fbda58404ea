#include "rehearse.h"

#include "base/text.h"
#include "rehearse_run.h"

#include <errno.h>
#include <glib.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- telling --- */

bool kh_rehearse_stop(struct kh_rehearse_run *r, enum kh_rehearsal result, unsigned line,
                      const char *format, ...)
{
    va_list args;

    fprintf(r->out, "%s:%u: ", r->path, line);
    va_start(args, format);
    vfprintf(r->out, format, args);
    va_end(args);
    fputc('\n', r->out);
    r->result = result;
    r->stopped_line = line;
    return false;
}

static bool is_in_time(struct kh_rehearse_run *r)
{
    return r->ends_us == 0 || g_get_monotonic_time() < r->ends_us ||
           kh_rehearse_stop(r, KH_REHEARSAL_TOO_LONG, r->line.line,
                            "the rehearsal takes too long; it was stopped here");
}

static const char *type_of(const json_t *event)
{
    return json_string_value(json_array_get(event, 0));
}

static void print_got(struct kh_rehearse_run *r, const json_t *events)
{
    size_t i;
    json_t *event;

    if (r->outcome.refused)
        fprintf(r->out, "  got:      refused %s rule=\"%s\" en=\"%s\"\n", r->outcome.reason.code,
                r->outcome.reason.rule, r->outcome.reason.en);
    else if (json_array_size(events) == 0)
        fprintf(r->out, "  got:      nothing\n");
    json_array_foreach(events, i, event)
    {
        fprintf(r->out, i ? "            " : "  got:      ");
        kh_match_print_event(r->out, type_of(event), json_array_get(event, 1));
    }
}

static bool differs(struct kh_rehearse_run *r, const struct kh_word *expected, unsigned n,
                    const json_t *events)
{
    kh_rehearse_stop(r, KH_REHEARSAL_DIFFERS, n ? expected->line : r->line.line, "%s",
                     r->line.source);
    fprintf(r->out, "  expected: ");
    if (n)
        kh_match_print_words(r->out, expected, n);
    else
        fprintf(r->out, "no refusal and no failure of the procedure\n");
    print_got(r, events);
    return false;
}

/* --- running --- */

static void sink(void *user, const struct kh_event *event)
{
    struct kh_rehearse_run *r = user;
    json_t *fields = kh_wire_fields(r->state, &event->f);

    json_array_append_new(*r->into, json_pack("[s, o]", kh_event_table[event->type].name, fields));
    kh_apply(r->replayed, event);
    if (r->transcript.out)
        kh_transcript_event(&r->transcript, r->state, event,
                            r->is_first || (event->actor == KH_NOBODY &&
                                            kh_transcript_is_first(&r->transcript, event)));
    r->is_first = false;
}

/* The seed that the line expects of its lot (=> lot.drawn seed=…), of several lots each in turn;
 * else the number of the lot in this sitting, so that every rehearsal draws alike. */
static void take_seed(void *user, char seed[KH_HASH_TEXT_BYTES])
{
    struct kh_rehearse_run *r = user;
    unsigned skip = r->n_lots++;

    for (unsigned i = 0; i < r->line.n; i++) {
        const struct kh_word *word = &r->line.word[i];
        if (word->value && strcmp(word->name, "seed") == 0 && word->relation == '=' &&
            skip-- == 0) {
            (void)kh_text_copy(seed, KH_HASH_TEXT_BYTES, word->value);
            return;
        }
    }
    snprintf(seed, KH_HASH_TEXT_BYTES, "%064x", ++r->n_lots_ever);
}

/* The settings, so that the written record runs under them too. */
static void record_settings(struct kh_rehearse_run *r)
{
    const char *name;
    json_t *value;

    json_object_foreach(r->settings, name, value)
    {
        kh_transcript_setting(&r->transcript, name, value, false);
    }
}

void kh_rehearse_record(struct kh_rehearse_run *r, struct kh_event *event)
{
    event->at_ms = r->now_ms;
    event->actor = KH_NOBODY;
    r->into = &r->waited;
    kh_conduct_record(r->conduct, event, sink, r);
}

/* The procedure is loaded when the first line needs it: settings come before. */
bool kh_rehearse_begin(struct kh_rehearse_run *r)
{
    struct kh_event event = { .type = KH_EV_PROCEDURE_CHANGED };
    struct kh_error error = { 0 };

    if (r->procedure)
        return true;
    if (kh_procedure_load(r->plugin_dir, r->lib_dir, r->settings, &r->procedure, &error) != KH_OK)
        return STOP(r, "%s", error.text);
    r->conduct = kh_conduct_create(r->state, r->procedure);
    if (!r->conduct)
        return STOP(r, "out of memory");
    kh_conduct_set_chance(r->conduct, take_seed, r);
    if (r->transcript.out)
        record_settings(r);
    KH_SET_TEXT(&event.f, name, kh_procedure_name(r->procedure));
    KH_SET(&event.f, max_open, kh_procedure_max_open(r->procedure));
    kh_rehearse_record(r, &event);
    return true;
}

/* --- steps --- */

/* Let the clock run up to the line's time; what is due happens. */
static bool advance(struct kh_rehearse_run *r, const char *text)
{
    int64_t ms;

    if (!kh_script_time(text, &ms))
        return STOP(r, "'%s': a time (08:30:00), or one of: date set person people item", text);
    ms += r->day_ms;
    if (ms < r->now_ms)
        return STOP(r, "%s: time cannot go back", text);
    if (r->first_ms == 0)
        r->first_ms = ms;
    r->now_ms = ms;
    json_array_clear(r->waited);
    r->into = &r->waited;
    kh_conduct_clock(r->conduct, ms, sink, r);
    return true;
}

/* Every expected event has to come, in this order; "end" says that nothing else does, "nothing"
 * that none comes at all. */
static bool compare_events(struct kh_rehearse_run *r, unsigned from, const json_t *events)
{
    size_t at = 0, n_events = json_array_size(events);

    while (from < r->line.n) {
        const struct kh_word *word = &r->line.word[from + 1];
        unsigned n = kh_match_span(&r->line, from + 1);
        bool is_end =
            n == 1 && (strcmp(word->name, "end") == 0 || strcmp(word->name, "nothing") == 0);
        if (is_end && at < n_events)
            return differs(r, word, n, events);
        while (!is_end && at < n_events &&
               !kh_match_event(type_of(json_array_get(events, at)),
                               json_array_get(json_array_get(events, at), 1), word, n))
            at++;
        if (!is_end && at++ >= n_events)
            return differs(r, word, n, events);
        from += 1 + n;
    }
    return true;
}

static bool compare_refusal(struct kh_rehearse_run *r, const struct kh_word *word, unsigned n,
                            const json_t *events)
{
    const struct kh_reason *reason = &r->outcome.reason;
    json_t *object;
    bool fits = r->outcome.refused && n > 1 && strcmp(word[1].name, reason->code) == 0;

    object = json_pack("{s:s, s:s, s:s}", "vi", reason->vi, "en", reason->en, "rule", reason->rule);
    for (unsigned i = 2; fits && i < n; i++)
        fits = kh_match_field(object, &word[i]);
    json_decref(object);
    return fits || differs(r, word, n, events);
}

/* A procedure that failed is a difference, unless the line expects it. */
static bool has_unexpected_failure(const struct kh_script_line *line, const json_t *events)
{
    size_t i;
    json_t *event;

    for (unsigned w = 0; w < line->n; w++)
        if (strcmp(line->word[w].name, "procedure.failed") == 0)
            return false;
    json_array_foreach(events, i, event)
    {
        if (strcmp(type_of(event), "procedure.failed") == 0)
            return true;
    }
    return false;
}

static bool compare(struct kh_rehearse_run *r, unsigned arrow, const json_t *events)
{
    const struct kh_word *word = arrow < r->line.n ? &r->line.word[arrow + 1] : NULL;
    unsigned n = word ? kh_match_span(&r->line, arrow + 1) : 0;

    if (word && n == 0)
        return kh_rehearse_stop(r, KH_REHEARSAL_INVALID, r->line.word[arrow].line,
                                "=>: an event, 'refused CODE', 'nothing' or 'end' is wanted");
    if (word && strcmp(word->name, "refused") == 0)
        return compare_refusal(r, word, n, events);
    if (r->outcome.refused || has_unexpected_failure(&r->line, events))
        return differs(r, word, n, events);
    return compare_events(r, arrow, events);
}

struct step {
    struct kh_rehearse_run *r;
    enum kh_command_type type;
    unsigned first, arrow; /* words of the arguments; of the expectation */
};

/* What the network does to a person is written as if they did it: "be presence.lost". */
static bool is_befalling(enum kh_command_type type)
{
    return type == KH_CMD_PRESENCE_LOST || type == KH_CMD_PRESENCE_BACK;
}

static void befall(struct kh_command *command, kh_person person)
{
    if (!is_befalling(command->type))
        return;
    command->actor = KH_NOBODY;
    KH_SET(&command->f, person, person);
}

/* One command by one actor. */
static bool run_as(void *user, const char *id, unsigned number)
{
    struct step *step = user;
    struct kh_rehearse_run *r = step->r;
    const struct kh_command_info *info = &kh_command_table[step->type];
    struct kh_command command = { .type = step->type, .at_ms = r->now_ms };
    struct kh_error error = { 0 };
    json_t *args;
    enum kh_err err;

    (void)number;
    if (!is_in_time(r))
        return false;
    command.actor = kh_state_person(r->state, id);
    bool is_server = strcmp(id, "server") == 0 && info->roles == KH_ROLE_SERVER;
    if (command.actor == KH_NOBODY && !is_server)
        return STOP(r, "there is no person '%s'", id);
    kh_person person = command.actor;
    args = kh_args_read(r->state, step->type, command.actor, &r->line.word[step->first],
                        step->arrow - step->first, &error);
    if (!args)
        return STOP(r, "%s", error.text);
    struct kh_wire_shape shape = { is_befalling(step->type) ? 0 : info->required, info->optional };
    err = kh_wire_read(r->state, args, shape, &command.f, &r->room, &error);
    json_decref(args);
    if (err != KH_OK)
        return STOP(r, "%s", error.text);
    befall(&command, person);
    json_array_clear(r->events);
    r->into = &r->events;
    r->is_first = true;
    kh_conduct_run(r->conduct, &command, sink, r, &r->outcome);
    r->is_first = false;
    kh_conduct_clock(r->conduct, r->now_ms, sink, r); /* what is due at once */
    r->steps++;
    return compare(r, step->arrow, r->events);
}

static json_t *speakers(const struct kh_state *state)
{
    json_t *list = json_array();

    for (unsigned i = 0; i < KH_REQUESTS_MAX; i++)
        if (state->requests[i].id != 0 && state->requests[i].state == KH_REQUEST_GRANTED)
            json_array_append_new(
                list, json_string(state->members[state->requests[i].person].profile.id));
    return list;
}

static json_t *waiting(const struct kh_state *state)
{
    uint32_t ids[KH_REQUESTS_MAX];
    unsigned n = kh_state_queue(state, NULL, ids);
    json_t *list = json_array();

    for (unsigned i = 0; i < n; i++) {
        const struct kh_request *request = kh_state_request(state, ids[i]);
        json_array_append_new(list, json_string(state->members[request->person].profile.id));
    }
    return list;
}

static json_t *mics(const struct kh_state *state)
{
    json_t *object = json_object();

    for (unsigned i = 0; i < state->n_members; i++)
        json_object_set_new(object, state->members[i].profile.id,
                            json_string(kh_mic_words[kh_state_mic(state, (kh_person)i)]));
    return object;
}

/* 09:00 check queue=d3,d1 floor=d2 present=50 mic.d2=live phase=sitting */
static bool check(struct kh_rehearse_run *r)
{
    json_t *object = json_pack("{s:o, s:o, s:i, s:i, s:s, s:o}", "queue", waiting(r->state),
                               "floor", speakers(r->state), "present", kh_state_present(r->state),
                               "in_office", kh_state_in_office(r->state), "phase",
                               kh_phase_words[r->state->phase], "mic", mics(r->state));
    bool fits = true;

    for (unsigned i = 2; i < r->line.n && fits; i++) {
        fits = kh_match_field(object, &r->line.word[i]);
        if (fits)
            continue;
        kh_rehearse_stop(r, KH_REHEARSAL_DIFFERS, r->line.line, "%s", r->line.source);
        fprintf(r->out, "  expected: ");
        kh_match_print_words(r->out, &r->line.word[i], 1);
        json_object_del(object, "mic");
        fprintf(r->out, "  got:      ");
        kh_match_print_event(r->out, "state", object);
    }
    json_decref(object);
    r->steps++;
    return fits;
}

static bool run_step(struct kh_rehearse_run *r)
{
    struct step step = { .r = r, .first = 3 };
    int type;

    if (r->line.n < 2)
        return STOP(r, "who does it is missing (a person's id, clock or check)");
    r->n_lots = 0;
    if (!kh_rehearse_begin(r) || !advance(r, r->line.word[0].name))
        return false;
    while (step.arrow < r->line.n && !r->line.word[step.arrow].is_arrow)
        step.arrow++;
    if (strcmp(r->line.word[1].name, "check") == 0)
        return check(r);
    r->outcome = (struct kh_outcome_of){ 0 };
    if (strcmp(r->line.word[1].name, "clock") == 0) {
        r->steps++;
        return compare(r, step.arrow, r->waited);
    }
    if (has_unexpected_failure(&r->line, r->waited))
        return differs(r, NULL, 0, r->waited);
    type = r->line.n > 2 ? kh_command_find(r->line.word[2].name) : -1;
    if (type < 0)
        return STOP(r, "unknown command '%s'", r->line.n > 2 ? r->line.word[2].name : "");
    step.type = (enum kh_command_type)type;
    if (kh_script_range(r->line.word[1].name, run_as, &step))
        return true;
    return r->result == KH_REHEARSAL_SAME
               ? STOP(r, "'%s' is not a person or a range of persons", r->line.word[1].name)
               : false;
}

static bool read_line(struct kh_rehearse_run *r)
{
    static const struct {
        const char *word;
        bool (*read)(struct kh_rehearse_run *r);
    } directives[] = { { "set", kh_rehearse_set },
                       { "date", kh_rehearse_date },
                       { "person", kh_rehearse_person },
                       { "people", kh_rehearse_person },
                       { "item", kh_rehearse_item } };

    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
        if (strcmp(r->line.word[0].name, directives[i].word) == 0)
            return directives[i].read(r);
    return run_step(r);
}

/* --- the whole --- */

/* The events alone must make the same state: a journal replays without the procedure. */
static bool compare_replay(struct kh_rehearse_run *r)
{
    json_t *live = kh_wire_state(r->state, KH_NOBODY, r->now_ms);
    json_t *replayed = kh_wire_state(r->replayed, KH_NOBODY, r->now_ms);
    bool same = json_equal(live, replayed);

    json_decref(live);
    json_decref(replayed);
    if (!same)
        kh_rehearse_stop(r, KH_REHEARSAL_DIFFERS, r->line.line,
                         "the events replayed give another state");
    return same;
}

static void run(struct kh_rehearse_run *r)
{
    while (kh_script_next(&r->script, &r->line))
        if (!is_in_time(r) || !read_line(r))
            return;
    if (r->script.problem[0]) {
        kh_rehearse_stop(r, KH_REHEARSAL_INVALID, r->script.line, "%s", r->script.problem);
        return;
    }
    if (r->steps == 0) {
        kh_rehearse_stop(r, KH_REHEARSAL_INVALID, r->script.line,
                         "nothing happens in this sitting");
        return;
    }
    if (!compare_replay(r))
        return;
    int64_t seconds = (r->now_ms - r->first_ms) / 1000;
    fprintf(r->out, "%s: as written (%u lines, %llu events, %lld:%02lld:%02lld of sitting)\n",
            r->path, r->steps, (unsigned long long)r->state->seq, (long long)(seconds / 3600),
            (long long)(seconds / 60 % 60), (long long)(seconds % 60));
}

static void finish(struct kh_rehearse_run *r)
{
    kh_conduct_destroy(r->conduct);
    kh_procedure_free(r->procedure);
    json_decref(r->settings);
    json_decref(r->events);
    json_decref(r->waited);
    free(r->state);
    free(r->replayed);
    free(r);
}

enum kh_rehearsal kh_rehearse_with(struct kh_rehearsal_of *of)
{
    struct kh_rehearse_run *r = calloc(1, sizeof(*r));
    enum kh_rehearsal result = KH_REHEARSAL_INVALID;

    if (!r)
        return result;
    *r = (struct kh_rehearse_run){
        .plugin_dir = of->plugin_dir, .lib_dir = of->lib_dir, .path = of->name, .out = of->out
    };
    r->transcript.out = of->record;
    r->script.file = of->sitting;
    r->ends_us = of->limit_ms ? g_get_monotonic_time() + of->limit_ms * 1000 : 0;
    r->state = calloc(1, sizeof(*r->state));
    r->replayed = calloc(1, sizeof(*r->replayed));
    r->settings = json_object();
    r->events = json_array();
    r->waited = json_array();
    kh_script_date("2000-01-01", &r->day_ms);
    r->now_ms = r->day_ms;
    if (r->state && r->replayed) {
        run(r);
        result = r->result;
        of->line = r->stopped_line;
        of->steps = r->steps;
        of->events = r->state->seq;
        of->virtual_ms = r->first_ms ? r->now_ms - r->first_ms : 0;
    }
    finish(r);
    return result;
}

enum kh_rehearsal kh_rehearse_recorded(const char *plugin_dir, const char *lib_dir,
                                       const char *sitting_path, FILE *out, FILE *record)
{
    struct kh_rehearsal_of of = { .plugin_dir = plugin_dir,
                                  .lib_dir = lib_dir,
                                  .name = sitting_path,
                                  .sitting = fopen(sitting_path, "re"),
                                  .out = out,
                                  .record = record };

    if (!of.sitting) {
        fprintf(out, "%s: %s\n", sitting_path, strerror(errno));
        return KH_REHEARSAL_INVALID;
    }
    enum kh_rehearsal result = kh_rehearse_with(&of);
    fclose(of.sitting);
    return result;
}

enum kh_rehearsal kh_rehearse(const char *plugin_dir, const char *lib_dir, const char *sitting_path,
                              FILE *out)
{
    return kh_rehearse_recorded(plugin_dir, lib_dir, sitting_path, out, NULL);
}
