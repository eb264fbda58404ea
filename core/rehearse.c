#include "rehearse.h"

#include "base/text.h"
#include "conduct.h"
#include "rehearse_args.h"
#include "rehearse_match.h"
#include "wire/wire.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct rehearsal {
    const char *plugin_dir, *lib_dir, *path;
    FILE *out;
    struct kh_script script;
    struct kh_script_line line;
    json_t *settings;
    struct kh_procedure *procedure;
    struct kh_state *state, *replayed;
    struct kh_conduct *conduct;
    json_t *events; /* [type, fields] of the step in hand */
    json_t *waited; /* the same, of the clock since the last line */
    json_t **into;
    int64_t day_ms, now_ms, first_ms;
    struct kh_wire_room room;
    struct kh_outcome_of outcome;
    unsigned steps;
    enum kh_rehearsal result;
};

/* --- telling --- */

static bool stop(struct rehearsal *r, enum kh_rehearsal result, unsigned line, const char *format,
                 ...)
{
    va_list args;

    fprintf(r->out, "%s:%u: ", r->path, line);
    va_start(args, format);
    vfprintf(r->out, format, args);
    va_end(args);
    fputc('\n', r->out);
    r->result = result;
    return false;
}

#define STOP(r, ...) stop((r), KH_REHEARSAL_INVALID, (r)->line.line, __VA_ARGS__)

static const char *type_of(const json_t *event)
{
    return json_string_value(json_array_get(event, 0));
}

static void print_got(struct rehearsal *r, const json_t *events)
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

static bool differs(struct rehearsal *r, const struct kh_word *expected, unsigned n,
                    const json_t *events)
{
    stop(r, KH_REHEARSAL_DIFFERS, n ? expected->line : r->line.line, "%s", r->line.source);
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
    struct rehearsal *r = user;
    json_t *fields = kh_wire_fields(r->state, &event->f);

    json_array_append_new(*r->into, json_pack("[s, o]", kh_event_table[event->type].name, fields));
    kh_apply(r->replayed, event);
}

static void record(struct rehearsal *r, struct kh_event *event)
{
    event->at_ms = r->now_ms;
    event->actor = KH_NOBODY;
    r->into = &r->waited;
    kh_conduct_record(r->conduct, event, sink, r);
}

/* The procedure is loaded when the first line needs it: settings come before. */
static bool begin(struct rehearsal *r)
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
    KH_SET_TEXT(&event.f, name, kh_procedure_name(r->procedure));
    KH_SET(&event.f, max_open, kh_procedure_max_open(r->procedure));
    record(r, &event);
    return true;
}

/* --- what comes before the first command --- */

static json_t *setting_value(const char *text)
{
    char *end;
    long long whole = strtoll(text, &end, 10);

    if (*text && *end == '\0')
        return json_integer(whole);
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        return json_boolean(text[0] == 't');
    return json_string(text);
}

static bool read_set(struct rehearsal *r)
{
    if (r->procedure)
        return STOP(r, "set: write it before persons and items");
    for (unsigned i = 1; i < r->line.n; i++) {
        const struct kh_word *word = &r->line.word[i];
        if (!word->value || word->relation != '=')
            return STOP(r, "set: name=value is wanted, not '%s'", word->name);
        json_object_set_new(r->settings, word->name, setting_value(word->value));
    }
    return true;
}

static bool read_date(struct rehearsal *r)
{
    int64_t day_ms;

    if (r->line.n != 2 || !kh_script_date(r->line.word[1].name, &day_ms))
        return STOP(r, "date: a day such as 2026-07-18 is wanted");
    if (day_ms < r->day_ms)
        return STOP(r, "date: time cannot go back");
    r->day_ms = day_ms;
    return true;
}

static bool read_roles(const char *text, uint32_t *roles)
{
    char word[KH_WORD_BYTES];

    *roles = 0;
    while (*text) {
        size_t bytes = strcspn(text, ",");
        int role;
        if (bytes >= sizeof(word))
            return false;
        memcpy(word, text, bytes);
        word[bytes] = '\0';
        role = kh_word_find(kh_role_words, word);
        if (role < 0)
            return false;
        *roles |= 1U << role;
        text += bytes + (text[bytes] == ',');
    }
    return *roles != 0;
}

struct people {
    struct rehearsal *r;
    struct kh_profile profile; /* of all of them */
    unsigned groups;
};

static bool enroll(void *user, const char *id, unsigned number)
{
    struct people *people = user;
    struct rehearsal *r = people->r;
    struct kh_profile profile = people->profile;
    struct kh_event event = { .type = KH_EV_PERSON_ENROLLED };

    KH_TEXT_SET(profile.id, id);
    if (profile.name[0] == '\0')
        snprintf(profile.name, sizeof(profile.name), "Đại biểu %u", number);
    if (people->groups)
        snprintf(profile.group, sizeof(profile.group), "Tổ %u", 1 + number % people->groups);
    if (kh_state_person(r->state, id) != KH_NOBODY)
        return STOP(r, "the person '%s' is there twice", id);
    if (r->state->n_members == KH_PERSONS_MAX)
        return STOP(r, "more than %d persons", KH_PERSONS_MAX);
    KH_SET(&event.f, person, (kh_person)r->state->n_members);
    KH_SET(&event.f, profile, &profile);
    record(r, &event);
    return true;
}

static bool read_trait(struct people *people, const struct kh_word *word)
{
    struct kh_profile *p = &people->profile;
    const char *value = word->value;

    if (strcmp(word->name, "group") == 0)
        KH_TEXT_SET(p->group, value);
    else if (strcmp(word->name, "groups") == 0)
        people->groups = (unsigned)strtoul(value, NULL, 10);
    else if (strcmp(word->name, "title") == 0)
        KH_TEXT_SET(p->title, value);
    else if (strcmp(word->name, "seat") == 0)
        KH_TEXT_SET(p->seat, value);
    else if (strcmp(word->name, "birth") == 0)
        KH_TEXT_SET(p->birth, value);
    else if (strcmp(word->name, "weight") == 0)
        p->weight = (uint32_t)strtoul(value, NULL, 10);
    else if (strcmp(word->name, "office") == 0)
        p->in_office = strcmp(value, "no") != 0;
    else if (strcmp(word->name, "vote") == 0)
        p->can_vote = strcmp(value, "no") != 0;
    else
        return false;
    return true;
}

/* person an "Nguyễn Văn An" chair,delegate group="Tổ 1"; people d2..d75 delegate groups=10 */
static bool read_person(struct rehearsal *r)
{
    struct people people = { .r = r, .profile = { .weight = 1 } };
    const struct kh_word *word = r->line.word;
    bool is_one = strcmp(word[0].name, "person") == 0;
    unsigned at = is_one ? 3 : 2;

    if (r->line.n <= at || !read_roles(word[at].name, &people.profile.roles))
        return STOP(r, is_one
                           ? "person: an id, a \"name\" and roles such as chair,delegate are wanted"
                           : "people: ids such as d1..d75 and roles are wanted");
    if (is_one)
        KH_TEXT_SET(people.profile.name, word[2].name);
    people.profile.in_office = people.profile.can_vote =
        (people.profile.roles & KH_ROLE_DELEGATE) != 0;
    for (unsigned i = at + 1; i < r->line.n; i++)
        if (!word[i].value || !read_trait(&people, &word[i]))
            return STOP(r,
                        "unknown trait '%s' (group, groups, title, seat, birth, weight, "
                        "office, vote)",
                        word[i].name);
    if (!begin(r))
        return false;
    if (kh_script_range(word[1].name, enroll, &people))
        return true;
    return r->result == KH_REHEARSAL_SAME ? STOP(r, "'%s' is not a range of ids", word[1].name)
                                          : false;
}

/* item n1 "Báo cáo" "Report" kind=debate */
static bool read_item(struct rehearsal *r)
{
    const struct kh_word *word = r->line.word;
    struct kh_item_text text = { .kind = "debate" };
    struct kh_event event = { .type = KH_EV_ITEM_ADDED };

    if (r->line.n < 4 || r->line.n > 5)
        return STOP(r, "item: an id and the title in Vietnamese and English are wanted");
    KH_TEXT_SET(text.id, word[1].name);
    KH_TEXT_SET(text.vi, word[2].name);
    KH_TEXT_SET(text.en, word[3].name);
    if (r->line.n == 5 && word[4].value && strcmp(word[4].name, "kind") == 0)
        KH_TEXT_SET(text.kind, word[4].value);
    else if (r->line.n == 5)
        return STOP(r, "item: kind=... is the only trait");
    if (!begin(r))
        return false;
    KH_SET(&event.f, item, (kh_item)r->state->n_items);
    KH_SET(&event.f, agenda_item, &text);
    record(r, &event);
    return true;
}

/* --- steps --- */

/* Let the clock run up to the line's time; what is due happens. */
static bool advance(struct rehearsal *r, const char *text)
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
static bool compare_events(struct rehearsal *r, unsigned from, const json_t *events)
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

static bool compare_refusal(struct rehearsal *r, const struct kh_word *word, unsigned n,
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

static bool compare(struct rehearsal *r, unsigned arrow, const json_t *events)
{
    const struct kh_word *word = arrow < r->line.n ? &r->line.word[arrow + 1] : NULL;
    unsigned n = word ? kh_match_span(&r->line, arrow + 1) : 0;

    if (word && n == 0)
        return stop(r, KH_REHEARSAL_INVALID, r->line.word[arrow].line,
                    "=>: an event, 'refused CODE', 'nothing' or 'end' is wanted");
    if (word && strcmp(word->name, "refused") == 0)
        return compare_refusal(r, word, n, events);
    if (r->outcome.refused || has_unexpected_failure(&r->line, events))
        return differs(r, word, n, events);
    return compare_events(r, arrow, events);
}

struct step {
    struct rehearsal *r;
    enum kh_command_type type;
    unsigned first, arrow; /* words of the arguments; of the expectation */
};

/* One command by one actor. */
static bool run_as(void *user, const char *id, unsigned number)
{
    struct step *step = user;
    struct rehearsal *r = step->r;
    const struct kh_command_info *info = &kh_command_table[step->type];
    struct kh_command command = { .type = step->type, .at_ms = r->now_ms };
    struct kh_error error = { 0 };
    json_t *args;
    enum kh_err err;

    (void)number;
    command.actor = kh_state_person(r->state, id);
    if (command.actor == KH_NOBODY)
        return STOP(r, "there is no person '%s'", id);
    args = kh_args_read(r->state, step->type, command.actor, &r->line.word[step->first],
                        step->arrow - step->first, &error);
    if (!args)
        return STOP(r, "%s", error.text);
    struct kh_wire_shape shape = { info->required, info->optional };
    err = kh_wire_read(r->state, args, shape, &command.f, &r->room, &error);
    json_decref(args);
    if (err != KH_OK)
        return STOP(r, "%s", error.text);
    json_array_clear(r->events);
    r->into = &r->events;
    kh_conduct_run(r->conduct, &command, sink, r, &r->outcome);
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
static bool check(struct rehearsal *r)
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
        stop(r, KH_REHEARSAL_DIFFERS, r->line.line, "%s", r->line.source);
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

static bool run_step(struct rehearsal *r)
{
    struct step step = { .r = r, .first = 3 };
    int type;

    if (r->line.n < 2)
        return STOP(r, "who does it is missing (a person's id, clock or check)");
    if (!begin(r) || !advance(r, r->line.word[0].name))
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

static bool read_line(struct rehearsal *r)
{
    static const struct {
        const char *word;
        bool (*read)(struct rehearsal *r);
    } directives[] = { { "set", read_set },
                       { "date", read_date },
                       { "person", read_person },
                       { "people", read_person },
                       { "item", read_item } };

    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
        if (strcmp(r->line.word[0].name, directives[i].word) == 0)
            return directives[i].read(r);
    return run_step(r);
}

/* --- the whole --- */

/* The events alone must make the same state: a journal replays without the procedure. */
static bool compare_replay(struct rehearsal *r)
{
    json_t *live = kh_wire_state(r->state, KH_NOBODY, r->now_ms);
    json_t *replayed = kh_wire_state(r->replayed, KH_NOBODY, r->now_ms);
    bool same = json_equal(live, replayed);

    json_decref(live);
    json_decref(replayed);
    if (!same)
        stop(r, KH_REHEARSAL_DIFFERS, r->line.line, "the events replayed give another state");
    return same;
}

static void run(struct rehearsal *r)
{
    while (kh_script_next(&r->script, &r->line))
        if (!read_line(r))
            return;
    if (r->script.problem[0]) {
        stop(r, KH_REHEARSAL_INVALID, r->script.line, "%s", r->script.problem);
        return;
    }
    if (r->steps == 0) {
        stop(r, KH_REHEARSAL_INVALID, r->script.line, "nothing happens in this sitting");
        return;
    }
    if (!compare_replay(r))
        return;
    int64_t seconds = (r->now_ms - r->first_ms) / 1000;
    fprintf(r->out, "%s: as written (%u lines, %llu events, %lld:%02lld:%02lld of sitting)\n",
            r->path, r->steps, (unsigned long long)r->state->seq, (long long)(seconds / 3600),
            (long long)(seconds / 60 % 60), (long long)(seconds % 60));
}

enum kh_rehearsal kh_rehearse(const char *plugin_dir, const char *lib_dir, const char *sitting_path,
                              FILE *out)
{
    struct rehearsal *r = calloc(1, sizeof(*r));
    enum kh_rehearsal result = KH_REHEARSAL_INVALID;

    if (!r)
        return result;
    *r = (struct rehearsal){
        .plugin_dir = plugin_dir, .lib_dir = lib_dir, .path = sitting_path, .out = out
    };
    r->script.file = fopen(sitting_path, "re");
    r->state = calloc(1, sizeof(*r->state));
    r->replayed = calloc(1, sizeof(*r->replayed));
    r->settings = json_object();
    r->events = json_array();
    r->waited = json_array();
    kh_script_date("2026-01-01", &r->day_ms);
    r->now_ms = r->day_ms;
    if (!r->script.file)
        fprintf(out, "%s: %s\n", sitting_path, strerror(errno));
    else if (r->state && r->replayed) {
        run(r);
        result = r->result;
    }
    if (r->script.file)
        fclose(r->script.file);
    kh_conduct_destroy(r->conduct);
    kh_procedure_free(r->procedure);
    json_decref(r->settings);
    json_decref(r->events);
    json_decref(r->waited);
    free(r->state);
    free(r->replayed);
    free(r);
    return result;
}
