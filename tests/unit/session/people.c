#include "tests/unit/session/people.h"

#include "base/check.h"
#include "base/text.h"
#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the journal --- */

static void keep(struct people *p, const struct kh_event *event)
{
    kh_person actor = event->actor;
    char *body = kh_wire_event_body(&p->state, event);

    json_array_append_new(p->journal,
                          json_pack("[s, s, I, s]", kh_event_table[event->type].name,
                                    actor == KH_NOBODY ? "" : p->state.members[actor].profile.id,
                                    (json_int_t)event->at_ms, body));
    free(body);
}

void people_take(struct people *p, struct kh_event *event)
{
    event->seq = p->state.seq + 1;
    kh_apply(&p->state, event);
    if (p->journal)
        keep(p, event);
}

struct kh_state *people_replay(const json_t *journal)
{
    struct kh_state *state = calloc(1, sizeof(*state));
    struct kh_wire_room *room = calloc(1, sizeof(*room));
    const json_t *entry;
    size_t i;

    json_array_foreach(journal, i, entry)
    {
        struct kh_wire_entry line;
        struct kh_error error = { 0 };
        struct kh_event event;
        line.type = json_string_value(json_array_get(entry, 0));
        line.actor = json_string_value(json_array_get(entry, 1));
        line.body = json_string_value(json_array_get(entry, 3));
        if (kh_wire_event_read(state, &line, &event, room, &error))
            fail_msg("entry %zu (%s %s): %s", i + 1, line.type, line.body, error.text);
        event.seq = i + 1;
        event.at_ms = json_integer_value(json_array_get(entry, 2));
        kh_apply(state, &event);
    }
    free(room);
    return state;
}

/* --- the council --- */

static void enrol(struct people *p, const char *id, uint32_t roles)
{
    struct kh_profile profile = { .roles = roles, .weight = 1 };
    struct kh_event event = { .type = KH_EV_PERSON_ENROLLED,
                              .at_ms = p->now_ms,
                              .actor = KH_NOBODY };

    KH_TEXT_SET(profile.id, id);
    KH_TEXT_SET(profile.name, id);
    profile.in_office = profile.can_vote = roles & KH_ROLE_DELEGATE;
    KH_SET(&event.f, person, (kh_person)p->state.n_members);
    KH_SET(&event.f, profile, &profile);
    people_take(p, &event);
}

static void add_item(struct people *p, const char *id)
{
    struct kh_item_text item = { .vi = "Nội dung", .en = "Item", .kind = "debate" };
    struct kh_event event = { .type = KH_EV_ITEM_ADDED, .at_ms = p->now_ms, .actor = KH_NOBODY };

    KH_TEXT_SET(item.id, id);
    KH_SET(&event.f, item, (kh_item)p->state.n_items);
    KH_SET(&event.f, agenda_item, &item);
    people_take(p, &event);
}

struct people *people_create(unsigned delegates, bool journal)
{
    struct people *p = calloc(1, sizeof(*p));
    char id[16];

    KH_REQUIRE(p);
    p->now_ms = PEOPLE_START_MS;
    p->journal = journal ? json_array() : NULL;
    enrol(p, "chair", KH_ROLE_CHAIR | KH_ROLE_DELEGATE);
    enrol(p, "sec", KH_ROLE_SECRETARY);
    enrol(p, "sec2", KH_ROLE_SECRETARY);
    enrol(p, "guest", KH_ROLE_GUEST);
    enrol(p, "op", KH_ROLE_OPERATOR);
    enrol(p, "screen", KH_ROLE_DISPLAY);
    enrol(p, "public", KH_ROLE_OBSERVER);
    enrol(p, "it", KH_ROLE_IT);
    for (unsigned i = 1; i <= delegates; i++) {
        snprintf(id, sizeof(id), "d%u", i);
        enrol(p, id, KH_ROLE_DELEGATE);
    }
    add_item(p, "a");
    add_item(p, "b");
    add_item(p, "c");
    return p;
}

struct people *people_sitting(unsigned delegates)
{
    struct people *p = people_create(delegates, false);
    char line[64];

    people_say(p, "chair session.open");
    people_say(p, "chair sitting.open");
    people_say(p, "chair attendance.check_in");
    people_say(p, "guest attendance.check_in");
    for (unsigned i = 1; i <= delegates; i++) {
        snprintf(line, sizeof(line), "d%u attendance.check_in", i);
        people_say(p, line);
    }
    DOES(p, "chair agenda.start item=a", "agenda.started");
    return p;
}

void people_destroy(struct people *p)
{
    json_decref(p->journal);
    free(p);
}

/* --- looking --- */

kh_person people_who(const struct people *p, const char *id)
{
    kh_person person = kh_state_person(&p->state, id);

    if (person == KH_NOBODY && strcmp(id, "server") != 0)
        fail_msg("there is nobody called %s", id);
    return person;
}

const struct kh_request *people_speech(const struct people *p, const char *id)
{
    const struct kh_request *speech = kh_state_speech(&p->state, people_who(p, id));

    if (!speech)
        fail_msg("%s does not have the floor", id);
    return speech;
}

enum kh_mic people_mic(const struct people *p, const char *id)
{
    return kh_state_mic(&p->state, people_who(p, id));
}

static void add(struct people *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct people *p, const char *format, ...)
{
    size_t used = strlen(p->said);
    va_list args;

    va_start(args, format);
    vsnprintf(p->said + used, sizeof(p->said) - used, format, args);
    va_end(args);
}

const char *people_queue(struct people *p, const char *lane)
{
    uint32_t ids[KH_REQUESTS_MAX];
    unsigned n = kh_state_queue(&p->state, lane, ids);

    p->said[0] = '\0';
    for (unsigned i = 0; i < n; i++)
        add(p, "%s%s", i ? " " : "",
            p->state.members[kh_state_request(&p->state, ids[i])->person].profile.id);
    return p->said;
}

/* --- doing --- */

static void describe(struct people *p, const struct kh_event *event)
{
    const struct kh_fields *f = &event->f;

    add(p, "%s%s", p->said[0] ? " " : "", kh_event_table[event->type].name);
    if (KH_HAS(f, request))
        add(p, "#%u", f->request);
    if (KH_HAS(f, person))
        add(p, ":%s", p->state.members[f->person].profile.id);
    if (KH_HAS(f, mic))
        add(p, "=%s", kh_mic_words[f->mic]);
    if (KH_HAS(f, left_ms))
        add(p, "=%lld", (long long)f->left_ms);
    if (KH_HAS(f, expiry))
        add(p, "=%s", kh_expiry_words[f->expiry]);
    if (KH_HAS(f, end))
        add(p, "=%s", kh_end_words[f->end]);
    if (KH_HAS(f, answer))
        add(p, "=%s", f->answer);
    if (KH_HAS(f, result))
        add(p, "=%s", f->result->word);
    for (unsigned i = 0; KH_HAS(f, drawn) && i < f->drawn->n; i++)
        add(p, "%s%s", i ? "," : "=", f->drawn->name[i]);
    if (KH_HAS(f, override))
        add(p, "!%s", f->reason.code);
}

static enum kh_refusal run(struct people *p, const struct kh_command *command)
{
    enum kh_refusal refusal = kh_permit(&p->state, command);

    if (refusal == KH_REFUSAL_NONE)
        refusal = kh_decide(&p->state, command, &p->terms, &p->batch);
    if (refusal != KH_REFUSAL_NONE) {
        add(p, "!%s", kh_refusal_table[refusal].code);
        return refusal;
    }
    for (unsigned i = 0; i < p->batch.n; i++) {
        describe(p, &p->batch.ev[i]);
        people_take(p, &p->batch.ev[i]);
    }
    return refusal;
}

enum kh_refusal people_do(struct people *p, const struct kh_command *command)
{
    p->said[0] = '\0';
    return run(p, command);
}

const char *people_pass(struct people *p, int64_t ms)
{
    struct kh_command command;

    p->now_ms += ms;
    p->said[0] = '\0';
    while (kh_due(&p->state, p->now_ms, &command))
        if (run(p, &command) != KH_REFUSAL_NONE)
            fail_msg("the clock was refused: %s", p->said);
    return p->said;
}

/* "for:3", or "0.for:3" for the first of several subjects; what is no option counts as invalid. */
static void read_count(struct kh_tally *tally, const struct kh_ballot *ballot, char *word)
{
    char *dot = strchr(word, '.'), *number = strchr(word, ':');
    struct kh_tally_of *of = &tally->subject[dot ? atoi(word) : 0];

    *number++ = '\0';
    int option = kh_ballot_option(ballot, dot ? dot + 1 : word);
    if (option < 0)
        of->invalid = (uint32_t)atoi(number);
    else
        of->option[option] = (uint32_t)atoi(number);
}

static void read_vote_word(struct people *p, struct kh_command *command, const char *name,
                           char *value)
{
    const struct kh_vote *vote = kh_state_vote(&p->state, command->f.vote);
    struct kh_fields *f = &command->f;

    for (char *save, *word = strtok_r(value, ",", &save); word && vote;
         word = strtok_r(NULL, ",", &save)) {
        int option = kh_ballot_option(&vote->ballot, word);
        if (strcmp(name, "counts") == 0)
            read_count(&p->tally, &vote->ballot, word);
        else
            f->choice.options[f->choice.n++] = (uint16_t)(option < 0 ? 0x8000 : 1 << option);
    }
}

/* A text that outlives the line it was read from. */
static const char *keep_text(struct people *p, const char *value)
{
    KH_TEXT_SET(p->blob, value);
    return p->blob;
}

static const struct kh_names *keep_names(struct people *p, char *value)
{
    p->among.n = 0;
    for (char *save, *word = strtok_r(value, ",", &save); word; word = strtok_r(NULL, ",", &save))
        KH_TEXT_SET(p->among.name[p->among.n++], word);
    return &p->among;
}

static void read_value(struct people *p, struct kh_command *command, const char *name, char *value)
{
    char *fields = (char *)&command->f;

    for (unsigned i = 0; i < KH_FIELDS; i++) {
        const struct kh_field_info *info = &kh_field_table[i];
        if (strcmp(info->name, name) != 0)
            continue;
        command->f.present |= UINT64_C(1) << i;
        if (info->kind == KH_KIND_PERSON)
            *(kh_person *)(void *)(fields + info->offset) = people_who(p, value);
        else if (info->kind == KH_KIND_ITEM)
            *(kh_item *)(void *)(fields + info->offset) = kh_state_item(&p->state, value);
        else if (info->kind == KH_KIND_U32)
            *(uint32_t *)(void *)(fields + info->offset) = (uint32_t)atoi(value);
        else if (info->kind == KH_KIND_MS)
            *(int64_t *)(void *)(fields + info->offset) = atoll(value);
        else if (info->kind == KH_KIND_BOOL)
            *(bool *)(fields + info->offset) = strcmp(value, "true") == 0;
        else if (info->kind == KH_KIND_WORD)
            *(int *)(void *)(fields + info->offset) = kh_word_find(info->words, value);
        else if (info->kind == KH_KIND_NAMES)
            *(const struct kh_names **)(void *)(fields + info->offset) = keep_names(p, value);
        else if (info->kind == KH_KIND_TIME)
            *(int64_t *)(void *)(fields + info->offset) = atoll(value);
        else if (info->kind == KH_KIND_BLOB || info->kind == KH_KIND_VALUES)
            *(const char **)(void *)(fields + info->offset) = keep_text(p, value);
        else if (info->kind == KH_KIND_TEXT)
            kh_text_copy(fields + info->offset, info->size, value);
        else
            read_vote_word(p, command, name, value);
        return;
    }
    fail_msg("there is no field %s", name);
}

const char *people_say(struct people *p, const char *line)
{
    struct kh_command command = { .at_ms = p->now_ms };
    char *copy = strdup(line), *save;
    const char *who = strtok_r(copy, " ", &save), *name = strtok_r(NULL, " ", &save);
    int type = kh_command_find(name);

    if (type < 0)
        fail_msg("there is no command %s", name);
    command.type = (enum kh_command_type)type;
    command.actor = people_who(p, who);
    memset(&p->tally, 0, sizeof(p->tally));
    for (char *word; (word = strtok_r(NULL, " ", &save));) {
        char *value = strchr(word, '=');
        if (!value)
            fail_msg("field=value is wanted, not %s", word);
        *value++ = '\0';
        if (strcmp(word, "seed") == 0) {
            KH_TEXT_SET(command.seed, value);
            continue;
        }
        if (strcmp(word, "key") == 0)
            KH_TEXT_SET(command.key, value);
        else
            read_value(p, &command, word, value);
    }
    if (KH_HAS(&command.f, counts))
        command.f.counts = &p->tally;
    if (type == KH_CMD_ASK)
        KH_SET(&command.f, ask_text, &p->ask);
    if (type == KH_CMD_VOTE_OPEN && p->subjects.n > 0)
        KH_SET(&command.f, subjects, &p->subjects);
    free(copy);
    people_do(p, &command);
    return p->said;
}
