#include "transcript.h"

#include "base/check.h"
#include "wire/wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_MS = 24 * 3600 * 1000 };

/* --- words --- */

static void put_text(struct kh_transcript *t, const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    fprintf(t->out, name ? " %s=\"" : " \"", name);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', t->out);
        fputc(*text == '\n' ? ' ' : *text, t->out);
    }
    fputc('"', t->out);
}

static const char *id_of(const struct kh_state *state, kh_person person)
{
    return person < state->n_members ? state->members[person].profile.id : "?";
}

static void put_seconds(struct kh_transcript *t, const char *name, int64_t ms)
{
    fprintf(t->out, " %s=%" PRId64, name, ms / 1000);
    if (ms % 1000)
        fprintf(t->out, ".%03d", abs((int)(ms % 1000)));
}

static void put_day(struct kh_transcript *t, int64_t at_ms)
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm;
    char text[16];

    if (at_ms / DAY_MS == t->day)
        return;
    t->day = at_ms / DAY_MS;
    gmtime_r(&seconds, &tm);
    strftime(text, sizeof(text), "%Y-%m-%d", &tm);
    fprintf(t->out, "\ndate    %s\n", text);
}

static void begin_line(struct kh_transcript *t, int64_t at_ms, const char *who)
{
    int64_t ms = at_ms % DAY_MS;

    put_day(t, at_ms);
    fprintf(t->out, "%02d:%02d:%02d", (int)(ms / 3600000), (int)(ms / 60000 % 60),
            (int)(ms / 1000 % 60));
    if (ms % 1000)
        fprintf(t->out, ".%03d", (int)(ms % 1000));
    fprintf(t->out, "  %-6s ", who);
    t->n_lines++;
}

/* --- settings, roster and agenda --- */

void kh_transcript_setting(struct kh_transcript *transcript, const char *name, const json_t *value,
                           bool is_comment)
{
    const char *text = json_string_value(value);

    fprintf(transcript->out, "%s ", is_comment ? "# set" : "set    ");
    if (!text) {
        fprintf(transcript->out, "%s=", name);
        json_dumpf(value, transcript->out, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    } else if (*text) {
        put_text(transcript, name, text);
    } else {
        fprintf(transcript->out, "%s=\"\"", name);
    }
    fputc('\n', transcript->out);
}

static void put_person(struct kh_transcript *t, const struct kh_profile *p)
{
    fprintf(t->out, "person  %s", p->id);
    put_text(t, NULL, p->name[0] ? p->name : p->id);
    const char *mark = " ";
    for (unsigned i = 0; i < KH_ROLES; i++) {
        if (!(p->roles >> i & 1))
            continue;
        fprintf(t->out, "%s%s", mark, kh_role_words[i]);
        mark = ",";
    }
    put_text(t, "group", p->group);
    put_text(t, "title", p->title);
    put_text(t, "seat", p->seat);
    put_text(t, "birth", p->birth);
    if (p->weight != 1)
        fprintf(t->out, " weight=%u", p->weight);
    if ((p->roles & KH_ROLE_DELEGATE) && !p->in_office)
        fprintf(t->out, " office=no");
    if ((p->roles & KH_ROLE_DELEGATE) && !p->can_vote)
        fprintf(t->out, " vote=no");
    fputc('\n', t->out);
}

static bool put_before(struct kh_transcript *t, const struct kh_event *event)
{
    switch ((int)event->type) {
    case KH_EV_PERSON_ENROLLED:
        if (event->f.profile)
            put_person(t, event->f.profile);
        return true;
    case KH_EV_ITEM_ADDED:
        if (event->f.agenda_item) {
            fprintf(t->out, "item    %s", event->f.agenda_item->id);
            put_text(t, NULL, event->f.agenda_item->vi);
            put_text(t, NULL, event->f.agenda_item->en);
            fprintf(t->out, " kind=%s\n", event->f.agenda_item->kind);
        }
        return true;
    case KH_EV_PROCEDURE_CHANGED:
        fprintf(t->out, "# procedure %s\n", event->f.name);
        return true;
    default:
        return false;
    }
}

/* --- commands --- */

/* Events that a person makes by a command of the same fields. */
static const struct {
    enum kh_event_type event;
    enum kh_command_type command;
} plain[] = {
    { KH_EV_SESSION_OPENED, KH_CMD_SESSION_OPEN },
    { KH_EV_SESSION_CLOSED, KH_CMD_SESSION_CLOSE },
    { KH_EV_SITTING_OPENED, KH_CMD_SITTING_OPEN },
    { KH_EV_SITTING_SUSPENDED, KH_CMD_SITTING_SUSPEND },
    { KH_EV_SITTING_RESUMED, KH_CMD_SITTING_RESUME },
    { KH_EV_SITTING_CLOSED, KH_CMD_SITTING_CLOSE },
    { KH_EV_SITTING_PUBLISHED, KH_CMD_SITTING_PUBLISH },
    { KH_EV_CHECKED_IN, KH_CMD_CHECK_IN },
    { KH_EV_CHECKED_OUT, KH_CMD_CHECK_OUT },
    { KH_EV_EXCUSED, KH_CMD_EXCUSE },
    { KH_EV_ITEM_STARTED, KH_CMD_ITEM_START },
    { KH_EV_ITEM_FINISHED, KH_CMD_ITEM_FINISH },
    { KH_EV_FLOOR_REQUESTED, KH_CMD_FLOOR_REQUEST },
    { KH_EV_FLOOR_GRANTED, KH_CMD_FLOOR_GRANT },
    { KH_EV_FLOOR_WITHDRAWN, KH_CMD_FLOOR_WITHDRAW },
    { KH_EV_FLOOR_DENIED, KH_CMD_FLOOR_DENY },
    { KH_EV_FLOOR_MOVED, KH_CMD_FLOOR_MOVE },
    { KH_EV_FLOOR_RELEASED, KH_CMD_FLOOR_RELEASE },
    { KH_EV_FLOOR_REVOKED, KH_CMD_FLOOR_REVOKE },
    { KH_EV_FLOOR_SUPPORTED, KH_CMD_FLOOR_SUPPORT },
    { KH_EV_FLOOR_STOPPED, KH_CMD_FLOOR_STOP },
    { KH_EV_FLOOR_RESUMED, KH_CMD_FLOOR_RESUME },
    { KH_EV_LIST_CLOSED, KH_CMD_LIST_CLOSE },
    { KH_EV_LIST_OPENED, KH_CMD_LIST_OPEN },
    { KH_EV_ASK_ANSWERED, KH_CMD_FLOOR_ANSWER },
    { KH_EV_VOTE_OPENED, KH_CMD_VOTE_OPEN },
    { KH_EV_VOTE_CAST, KH_CMD_VOTE_CAST },
    { KH_EV_VOTE_TALLIED, KH_CMD_VOTE_TALLY },
    { KH_EV_VOTE_CLOSED, KH_CMD_VOTE_CLOSE },
    { KH_EV_VOTE_ENDED, KH_CMD_VOTE_CLOSE },
    { KH_EV_VOTE_CANCELLED, KH_CMD_VOTE_CANCEL },
    { KH_EV_LOT_DRAWN, KH_CMD_LOT_DRAW },
    { KH_EV_VOTE_DECIDED, KH_CMD_VOTE_DECIDE },
    { KH_EV_VOTE_REOPENED, KH_CMD_VOTE_REOPEN },
    { KH_EV_VOTE_DEFERRED, KH_CMD_VOTE_DEFER },
    { KH_EV_COMMITTEE_FORMED, KH_CMD_COMMITTEE_FORM },
    { KH_EV_COMMITTEE_JOINED, KH_CMD_COMMITTEE_JOIN },
    { KH_EV_COMMITTEE_DEALT, KH_CMD_COMMITTEE_DEAL },
    { KH_EV_COMMITTEE_CONFIRMED, KH_CMD_COMMITTEE_CONFIRM },
    { KH_EV_COMMITTEE_COMPLAINED, KH_CMD_COMMITTEE_COMPLAIN },
    { KH_EV_VOTE_PAPERED, KH_CMD_VOTE_PAPER },
    { KH_EV_VOTE_ISSUED, KH_CMD_VOTE_CLAIM },
    { KH_EV_VOTE_SEALED, KH_CMD_VOTE_CLOSE },
    { KH_EV_VOTE_BOXED, KH_CMD_VOTE_BOX },
    { KH_EV_VOTE_UNSEALED, KH_CMD_VOTE_UNSEAL },
    { KH_EV_PROXY_GIVEN, KH_CMD_PROXY_GIVE },
    { KH_EV_PROXY_ENDED, KH_CMD_PROXY_END },
};

/* What ends with its item or sitting comes before the event of that. */
static bool is_swept(const struct kh_event *event)
{
    if (event->type == KH_EV_FLOOR_DENIED)
        return KH_HAS(&event->f, reason) && strcmp(event->f.reason.code, "chair") != 0;
    return event->type == KH_EV_FLOOR_RELEASED && event->f.end == KH_END_SITTING;
}

static bool is_sweep(const struct kh_event *event)
{
    return event->type == KH_EV_ITEM_FINISHED || event->type == KH_EV_ITEM_STARTED ||
           event->type == KH_EV_SITTING_CLOSED;
}

static bool is_announced(const struct kh_state *state, const struct kh_event *event)
{
    const struct kh_vote *vote = kh_state_vote(state, event->f.vote);

    return vote && vote->ended_ms != 0;
}

static int command_of(const struct kh_state *state, const struct kh_event *event)
{
    if (is_swept(event))
        return -1;
    if (event->type == KH_EV_VOTE_TALLIED && event->actor == KH_NOBODY)
        return KH_CMD_VOTE_COUNT;
    if (event->type == KH_EV_VOTE_CLOSED && is_announced(state, event))
        return KH_CMD_VOTE_ANNOUNCE;
    if (event->type == KH_EV_FLOOR_EXTENDED)
        return event->f.by_ms > 0 ? KH_CMD_FLOOR_EXTEND : KH_CMD_FLOOR_LIMIT;
    if (event->type == KH_EV_MIC_CHANGED)
        return event->f.mic == KH_MIC_LIVE ? KH_CMD_MIC_UNMUTE : KH_CMD_MIC_MUTE;
    for (size_t i = 0; i < KH_COUNT(plain); i++)
        if (plain[i].event == event->type)
            return plain[i].command;
    return -1;
}

static void put_json(struct kh_transcript *t, const char *name, const json_t *value);

/* { "for": 3 } as counts.for=3; ["a","b"] as a,b. */
static void put_parts(struct kh_transcript *t, const char *name, const json_t *value)
{
    const char *key;
    json_t *part;
    char path[96];

    json_object_foreach((json_t *)value, key, part)
    {
        snprintf(path, sizeof(path), "%s.%s", name, key);
        put_json(t, path, part);
    }
}

static void put_json(struct kh_transcript *t, const char *name, const json_t *value)
{
    size_t i;
    json_t *part;

    if (json_is_object(value)) {
        put_parts(t, name, value);
    } else if (json_is_integer(value)) {
        fprintf(t->out, " %s=%" JSON_INTEGER_FORMAT, name, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        fprintf(t->out, " %s=%s", name, json_is_true(value) ? "yes" : "no");
    } else if (json_is_array(value)) {
        fprintf(t->out, " %s=", name);
        json_array_foreach(value, i, part)
        {
            fprintf(t->out, "%s%s", i ? "," : "", json_string_value(part));
        }
    } else if (json_is_string(value)) {
        put_text(t, name, json_string_value(value));
    }
}

/* Requests go by their person, for their numbers may be others under another rule. */
static void put_request(struct kh_transcript *t, const struct kh_state *state, const char *name,
                        kh_person person)
{
    fprintf(t->out, " %s=@%s", name, id_of(state, person));
}

static kh_person person_of_request(const struct kh_state *state, uint32_t id)
{
    const struct kh_request *r = kh_state_request(state, id);

    return r ? r->person : KH_NOBODY;
}

/* How many were to be drawn; who is tied in a vote is the core's to say. Returns what the line does
 * not carry. */
static uint64_t put_lot(struct kh_transcript *t, const struct kh_fields *f)
{
    if (KH_HAS(f, vote))
        return KH_BIT(among);
    fprintf(t->out, " number=%u", f->drawn->n);
    return 0;
}

/* The fields of the command, as the event has them. */
static void put_fields(struct kh_transcript *t, const struct kh_state *state,
                       const struct kh_event *event, enum kh_command_type type)
{
    uint64_t wanted = kh_command_table[type].required | kh_command_table[type].optional;
    json_t *fields = kh_wire_fields(state, &event->f);

    if (type != KH_CMD_VOTE_CAST || event->f.person != event->actor)
        wanted |= type == KH_CMD_VOTE_CAST ? KH_BIT(person) : 0;
    if (type == KH_CMD_LOT_DRAW)
        wanted &= ~put_lot(t, &event->f);
    wanted &= event->f.present & ~(KH_BIT(request) | KH_BIT(before) | KH_BIT(ask));
    if (event->f.person == event->actor || type == KH_CMD_FLOOR_GRANT)
        wanted &= ~KH_BIT(person); /* meant without being said */
    if (type == KH_CMD_FLOOR_GRANT)
        wanted &= ~(KH_BIT(kind) | KH_BIT(target));
    for (unsigned i = 0; i < KH_FIELDS; i++) {
        const struct kh_field_info *info = &kh_field_table[i];
        if (!(wanted >> i & 1))
            continue;
        if (info->kind == KH_KIND_MS)
            put_seconds(t, info->name, json_integer_value(json_object_get(fields, info->name)));
        else
            put_json(t, info->name, json_object_get(fields, info->name));
    }
    json_decref(fields);
}

static void put_type(struct kh_transcript *t, const struct kh_ballot *ballot)
{
    fprintf(t->out, " type=%s", ballot->type);
    for (unsigned i = 0; i < ballot->n_subjects; i++)
        fprintf(t->out, "%s%s", i ? "," : " subjects=\"", ballot->subjects[i].id);
    for (unsigned i = 0; i < ballot->n_candidates; i++)
        fprintf(t->out, "%s%s", i ? "," : " subjects=\"", ballot->options[i].id);
    if (ballot->n_subjects > 0 || ballot->n_candidates > 0)
        fputc('"', t->out);
}

static void put_arguments(struct kh_transcript *t, const struct kh_state *state,
                          const struct kh_event *event, enum kh_command_type type)
{
    put_fields(t, state, event, type);
    switch ((int)type) {
    case KH_CMD_FLOOR_GRANT:
    case KH_CMD_FLOOR_DENY:
    case KH_CMD_FLOOR_MOVE:
        put_request(t, state, "request", event->f.person);
        break;
    case KH_CMD_FLOOR_SUPPORT:
        put_request(t, state, "request", person_of_request(state, event->f.request));
        break;
    case KH_CMD_VOTE_OPEN:
        if (event->f.ballot)
            put_type(t, event->f.ballot);
        break;
    }
    if (type == KH_CMD_FLOOR_MOVE && KH_HAS(&event->f, before))
        put_request(t, state, "before", person_of_request(state, event->f.before));
}

/* --- expectations --- */

static void put_expected(struct kh_transcript *t, const struct kh_state *state,
                         const struct kh_event *event)
{
    const struct kh_fields *f = &event->f;

    fprintf(t->out, "  => %s", kh_event_table[event->type].name);
    if (KH_HAS(f, person))
        fprintf(t->out, " person=%s", id_of(state, f->person));
    if (event->type == KH_EV_FLOOR_REQUESTED)
        fprintf(t->out, " lane=%s state=%s", f->lane, kh_request_state_words[f->state]);
    if (event->type == KH_EV_FLOOR_GRANTED)
        put_seconds(t, "limit", f->limit_ms);
    if (event->type == KH_EV_FLOOR_EXPIRED)
        fprintf(t->out, " expiry=%s", kh_expiry_words[f->expiry]);
    if (event->type == KH_EV_LOT_DRAWN)
        fprintf(t->out, " seed=%s", f->seed);
    if (KH_HAS(f, reason) && f->reason.code[0])
        fprintf(t->out, " reason.code=%s", f->reason.code);
    if (KH_HAS(f, result) && f->result)
        fprintf(t->out, " result.outcome=%s result.word=%s", kh_outcome_words[f->result->outcome],
                f->result->word);
    fputc('\n', t->out);
}

/* The chair called somebody who had not asked: the request and its grant are one command. */
static void put_call(struct kh_transcript *t, const struct kh_state *state,
                     const struct kh_event *event)
{
    begin_line(t, event->at_ms, id_of(state, event->actor));
    fprintf(t->out, "floor.grant person=%s kind=%s", id_of(state, event->f.person), event->f.kind);
    if (KH_HAS(&event->f, target))
        fprintf(t->out, " target=%s", id_of(state, event->f.target));
    put_expected(t, state, event);
}

static void put_command(struct kh_transcript *t, const struct kh_state *state,
                        const struct kh_event *event, enum kh_command_type type)
{
    begin_line(t, event->at_ms, event->actor == KH_NOBODY ? "server" : id_of(state, event->actor));
    fprintf(t->out, "%s", kh_command_table[type].name);
    put_arguments(t, state, event, type);
    put_expected(t, state, event);
}

/* What the server does by itself between the steps of a secret vote; a rehearsal has to be told. */
static bool is_of_box(int type)
{
    return type == KH_CMD_VOTE_PAPER || type == KH_CMD_VOTE_BOX || type == KH_CMD_VOTE_COUNT;
}

static bool is_of_clock(const struct kh_event *event)
{
    return event->type == KH_EV_FLOOR_EXPIRED || event->type == KH_EV_VOTE_CLOSED ||
           event->type == KH_EV_ASK_ANSWERED || event->type == KH_EV_VOTE_SEALED ||
           (event->type == KH_EV_FLOOR_REVOKED && event->f.end == KH_END_EXPIRED);
}

static bool is_of_network(const struct kh_event *event)
{
    return event->type == KH_EV_PRESENCE_LOST || event->type == KH_EV_PRESENCE_BACK;
}

bool kh_transcript_is_first(const struct kh_transcript *transcript, const struct kh_event *event)
{
    return transcript->at_ms != event->at_ms || transcript->actor != event->actor;
}

void kh_transcript_event(struct kh_transcript *t, const struct kh_state *state,
                         const struct kh_event *event, bool is_first)
{
    int type = command_of(state, event);
    bool is_call = event->type == KH_EV_FLOOR_REQUESTED && event->actor != event->f.person;

    is_first = is_first || is_sweep(event);
    bool is_command = type >= 0 && (event->actor != KH_NOBODY || is_of_box(type));
    if (!put_before(t, event) && is_command && is_first) {
        if (is_call)
            t->unasked = event->f.request;
        else
            put_command(t, state, event, (enum kh_command_type)type);
    } else if (t->unasked && event->type == KH_EV_FLOOR_GRANTED && event->f.request == t->unasked) {
        put_call(t, state, event);
        t->unasked = 0;
    } else if (event->type == KH_EV_LOT_DRAWN && t->n_lines > 0) {
        fprintf(t->out, "   "); /* drawn by the procedure: the chance of the line before */
        put_expected(t, state, event);
    } else if (is_of_network(event)) {
        begin_line(t, event->at_ms, id_of(state, event->f.person));
        fprintf(t->out, "%s", kh_event_table[event->type].name);
        put_expected(t, state, event);
    } else if (event->actor == KH_NOBODY && is_first && is_of_clock(event)) {
        begin_line(t, event->at_ms, "clock");
        put_expected(t, state, event);
    }
    t->at_ms = event->at_ms;
    t->actor = event->actor;
}
