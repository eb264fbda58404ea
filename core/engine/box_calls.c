/* Secret votes at the desks: papers, posted ballots, the committee's calls, and what follows from
 * the course of a vote. Who may do what is decided in core/session; core/box/README.md tells all.
 */
#include "engine/box_calls.h"

#include "engine/box_work.h"

#include "base/text.h"
#include "wire/compose.h"

#include <string.h>

enum { TELL_MS = 1000 }; /* how often the number of ballots is told */

#define SAME(ours, its) _Static_assert((int)(ours) == (int)(its), "core/box knows another size")
SAME(KH_POINT_BYTES, KH_BOX_POINT_TEXT);
SAME(KH_HASH_TEXT_BYTES, KH_BOX_HASH_TEXT);
SAME(KH_ID_BYTES, KH_BOX_ID_BYTES);
SAME(KH_COMMITTEE_MAX, KH_BOX_MEMBERS_MAX);
SAME(KH_SUBJECTS_MAX, KH_BOX_SUBJECTS_MAX);
SAME(KH_OPTIONS_MAX, KH_BOX_OPTIONS_MAX);
_Static_assert((int)KH_DEAL_BYTES >= (int)KH_BOX_DEAL_TEXT_MAX, "a deal fits");
_Static_assert((int)KH_BLOB_BYTES >= (int)KH_BOX_OPENING_TEXT_MAX, "an opening fits");

/* --- what the box has to know --- */

static const char *id_of(const struct kh_council *council, kh_person person)
{
    return council->state->members[person].profile.id;
}

/* The keys that the committee made; computed once a ceremony. */
static const struct kh_box_keys *keys_of(struct kh_council *council)
{
    const struct kh_committee *c = &council->state->committee;
    struct kh_box_keys *keys = &council->box_keys;
    const char *deals[KH_COMMITTEE_MAX];
    char member_keys[KH_COMMITTEE_MAX][KH_BOX_POINT_TEXT];

    if (!kh_state_committee_is_ready(council->state))
        return NULL;
    if (keys->round == c->round)
        return keys;
    for (unsigned i = 0; i < c->n; i++)
        deals[i] = c->members[i].deal;
    if (!kh_committee_keys(c->n, c->needed, deals, keys->key, member_keys))
        return NULL;
    keys->round = c->round;
    keys->committee = (struct kh_box_committee){ .n = c->n, .needed = c->needed };
    for (unsigned i = 0; i < c->n; i++) {
        KH_TEXT_SET(keys->committee.members[i].person, id_of(council, c->members[i].person));
        KH_TEXT_SET(keys->committee.members[i].key, member_keys[i]);
    }
    return keys;
}

static void describe(const struct kh_council *council, const struct kh_vote *vote,
                     const struct kh_box_keys *keys, struct kh_box_vote *to)
{
    const struct kh_ballot *ballot = &vote->ballot;

    *to = (struct kh_box_vote){ .vote = vote->id,
                                .opened_ms = vote->opened_ms,
                                .n_subjects = ballot->n_subjects ? ballot->n_subjects : 1,
                                .n_options = ballot->n_options,
                                .select_min = ballot->select_min,
                                .select_max = ballot->select_max };
    KH_TEXT_SET(to->council, council->config->id);
    KH_TEXT_SET(to->key, keys->key);
    KH_TEXT_SET(to->hash, vote->secret.hash);
}

/* A job about @vote; NULL when its committee has no key, which a vote that was opened has. */
static struct kh_box_job *job_of(struct kh_council *council, const struct kh_vote *vote,
                                 enum kh_box_task task)
{
    const struct kh_box_keys *keys = keys_of(council);
    struct kh_box_job *job;

    if (!keys)
        return NULL;
    job = kh_box_job_new(council, task);
    describe(council, vote, keys, &job->vote);
    job->committee = keys->committee;
    return job;
}

/* --- commands whose texts the box has to look at --- */

static const char *text_of(const struct kh_pending *pending, const char *name)
{
    const char *text = json_string_value(json_object_get(pending->params, name));

    return text ? text : "";
}

static const struct kh_vote *vote_of(const struct kh_council *council,
                                     const struct kh_pending *pending)
{
    json_int_t id = json_integer_value(json_object_get(pending->params, "vote"));
    const struct kh_vote *vote =
        id > 0 && id <= UINT32_MAX ? kh_state_vote(council->state, (uint32_t)id) : NULL;

    return vote && kh_vote_is_sealable(vote) ? vote : NULL;
}

/* The answer is signed before it is known whether the paper will be issued; it goes out only then.
 */
static bool sign_paper(struct kh_council *council, struct kh_pending *pending)
{
    char evaluated[KH_BOX_POINT_TEXT], proof[KH_BOX_PAIR_TEXT];
    const struct kh_vote *vote = vote_of(council, pending);
    struct kh_paper_key key;

    if (!vote)
        return true; /* the session says what is wrong */
    kh_box_paper_key(council->engine->box, council->config->id, vote->id, vote->opened_ms, &key);
    bool is_signed = kh_paper_issue(&key, text_of(pending, "paper"), evaluated, proof);
    kh_paper_key_wipe(&key);
    if (is_signed)
        pending->more = json_pack("{s:I, s:s, s:s}", "vote", (json_int_t)vote->id, "evaluated",
                                  evaluated, "proof", proof);
    return is_signed;
}

static bool is_deal(struct kh_council *council, const struct kh_pending *pending)
{
    const struct kh_committee *c = &council->state->committee;
    int place = kh_state_committee_place(council->state, pending->person);
    struct kh_ceremony ceremony = { .round = c->round, .n = c->n, .needed = c->needed };

    KH_TEXT_SET(ceremony.council, council->config->id);
    for (unsigned i = 0; i < c->n; i++) {
        if (c->members[i].stage < KH_COMMITTEE_JOINED)
            return true; /* too early: the session says so */
        KH_TEXT_SET(ceremony.joins[i], c->members[i].join);
    }
    return place < 0 ||
           kh_committee_deal_ok(&ceremony, (unsigned)place + 1, text_of(pending, "deal"));
}

static void on_unsealed(struct kh_box_job *job)
{
    struct kh_pending *pending = &job->pending;

    if (job->verdict == KH_BOX_TAKEN || job->verdict == KH_BOX_REPEATED) {
        kh_batch_enqueue(job->council, pending);
        return;
    }
    if (job->verdict == KH_BOX_FAILED) {
        kh_calls_trouble(job->council, "box", job->error.text);
        kh_api_error(pending->call, KH_RPC_UNAVAILABLE, "unavailable", NULL);
        return;
    }
    kh_call_refuse(pending->call, KH_REFUSAL_OPENING);
}

/* True: the opening is on its way to be checked, the command follows. */
static bool check_opening(struct kh_council *council, const struct kh_pending *pending)
{
    const struct kh_vote *vote = vote_of(council, pending);
    int place = kh_state_committee_place(council->state, pending->person);
    struct kh_box_job *job;

    if (!vote || place < 0 || vote->state != KH_VOTE_SEALED || !vote->secret.boxed ||
        !(job = job_of(council, vote, KH_BOX_UNSEAL)))
        return false;
    job->member = (unsigned)place + 1;
    job->opening = g_strdup(text_of(pending, "opening"));
    job->pending = *pending;
    job->done = on_unsealed;
    kh_box_work_put(job);
    return true;
}

void kh_box_call(struct kh_council *council, struct kh_pending *pending)
{
    bool is_good = true;

    switch ((int)pending->type) {
    case KH_CMD_VOTE_CLAIM:
        is_good = sign_paper(council, pending);
        break;
    case KH_CMD_COMMITTEE_JOIN:
        is_good = kh_committee_join_ok(text_of(pending, "join"));
        break;
    case KH_CMD_COMMITTEE_DEAL:
        is_good = is_deal(council, pending);
        break;
    case KH_CMD_VOTE_UNSEAL:
        if (check_opening(council, pending))
            return;
        break;
    }
    if (is_good)
        kh_batch_enqueue(council, pending);
    else
        kh_call_refuse(pending->call, KH_REFUSAL_FIELD);
}

/* --- a posted ballot --- */

static void answer_refusal(struct kh_api_page *page, unsigned status, enum kh_refusal refusal)
{
    struct kh_reason reason;

    kh_refusal_reason(refusal, &reason);
    json_t *data = kh_wire_reason(&reason);
    char *text = json_dumps(data, JSON_COMPACT);
    kh_api_page_text(page, status, g_string_new(text), "application/json");
    free(text);
    json_decref(data);
}

static gboolean tell_number(gpointer user)
{
    struct kh_council *council = user;
    const struct kh_vote *vote = kh_state_vote(council->state, council->box_told.vote);

    council->box_told.timer = 0;
    if (!vote || vote->ballot.running == KH_RUNNING_NONE)
        return G_SOURCE_REMOVE;
    json_t *params = json_pack("{s:I, s:I}", "vote", (json_int_t)vote->id, "number",
                               (json_int_t)council->box_told.number);
    kh_api_notify(council->engine->api, council->config->id, 0, NULL, "box", params);
    json_decref(params);
    return G_SOURCE_REMOVE;
}

static void on_cast(struct kh_box_job *job)
{
    struct kh_council *council = job->council;

    switch (job->verdict) {
    case KH_BOX_TAKEN:
    case KH_BOX_REPEATED:
        council->box_told.vote = job->vote.vote;
        council->box_told.number = job->number;
        if (!council->box_told.timer)
            council->box_told.timer = g_timeout_add(TELL_MS, tell_number, council);
        kh_api_page_text(job->page, 200, g_string_new("{\"in_box\":true}"), "application/json");
        break;
    case KH_BOX_SERIAL_USED:
    case KH_BOX_BAD_TOKEN:
        answer_refusal(job->page, 409, KH_REFUSAL_PAPER);
        break;
    case KH_BOX_CLOSED:
        answer_refusal(job->page, 409, KH_REFUSAL_VOTE_STATE);
        break;
    case KH_BOX_BAD_BALLOT:
    case KH_BOX_BAD_OPENING:
        answer_refusal(job->page, 400, KH_REFUSAL_BALLOT);
        break;
    case KH_BOX_FAILED:
        kh_calls_trouble(council, "box", job->error.text);
        kh_api_page_text(job->page, 503, NULL, NULL);
        break;
    }
}

static bool read_cast(const json_t *body, json_int_t *vote, struct kh_box_job *job)
{
    const char *serial = NULL, *token = NULL, *ballot = NULL;

    if (json_unpack((json_t *)body, "{s:I, s:s, s:s, s:s !}", "vote", vote, "serial", &serial,
                    "token", &token, "ballot", &ballot) != 0)
        return false;
    job->serial = g_strdup(serial);
    job->token = g_strdup(token);
    job->ballot = g_strdup(ballot);
    return true;
}

/* 0: on its way; else the status of the refusal. */
static unsigned cast_into(struct kh_council *council, struct kh_api_page *page, const json_t *body,
                          enum kh_refusal *refusal)
{
    struct kh_box_job texts = { 0 }, *job;
    json_int_t id = 0;
    const struct kh_vote *vote;

    *refusal = KH_REFUSAL_FIELD;
    if (!read_cast(body, &id, &texts))
        return 400;
    *refusal = KH_REFUSAL_VOTE_STATE;
    vote = id > 0 && id <= UINT32_MAX ? kh_state_vote(council->state, (uint32_t)id) : NULL;
    bool is_open = vote && vote->state == KH_VOTE_OPEN && kh_vote_is_sealable(vote);
    job = is_open ? job_of(council, vote, KH_BOX_CAST) : NULL;
    if (!job) {
        g_free(texts.serial);
        g_free(texts.token);
        g_free(texts.ballot);
        return 409;
    }
    job->serial = texts.serial;
    job->token = texts.token;
    job->ballot = texts.ballot;
    job->page = page;
    job->done = on_cast;
    *refusal = KH_REFUSAL_QUEUE_FULL;
    return kh_box_work_put(job) ? 0 : 503;
}

void kh_box_post(void *user, struct kh_api_page *page, const char *path, const char *body)
{
    struct kh_council *council = kh_engine_council(user, path + strlen("/box/"));
    enum kh_refusal refusal;

    if (!council) {
        kh_api_page_text(page, 404, NULL, NULL);
        return;
    }
    json_t *json = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
    unsigned status = cast_into(council, page, json, &refusal);
    json_decref(json);
    if (status)
        answer_refusal(page, status, refusal);
}

/* /box/COUNCIL/VOTE */
void kh_box_get(struct kh_engine *engine, struct kh_api_page *page, const char *path)
{
    char **parts = g_strsplit(path + strlen("/box/"), "/", 3);
    char name[KH_BOX_FILE_CHARS];
    guint64 vote = 0;

    if (g_strv_length(parts) == 2 && kh_engine_council(engine, parts[0]) &&
        g_ascii_string_to_unsigned(parts[1], 10, 1, UINT32_MAX, &vote, NULL)) {
        kh_box_file_name(parts[0], (uint32_t)vote, name);
        kh_api_page_file(page, engine->boxes_fd, name);
    } else {
        kh_api_page_text(page, 404, NULL, NULL);
    }
    g_strfreev(parts);
}

/* --- what follows from the course of a vote --- */

static struct kh_command server_command(struct kh_council *council, enum kh_command_type type,
                                        uint32_t vote)
{
    struct kh_command command = { .type = type,
                                  .actor = KH_NOBODY,
                                  .at_ms = kh_engine_now(council->engine) };

    KH_SET(&command.f, vote, vote);
    return command;
}

static void run(struct kh_council *council, const struct kh_command *command)
{
    struct kh_reason reason;

    if (!kh_batch_run(council, command, &reason))
        kh_calls_trouble(council, "box", reason.en);
}

static bool is_over(struct kh_box_job *job)
{
    job->council->is_box_busy = false;
    if (!job->err)
        return true;
    kh_calls_trouble(job->council, "box", job->error.text);
    return false;
}

static void on_sealed(struct kh_box_job *job)
{
    struct kh_command command = server_command(job->council, KH_CMD_VOTE_BOX, job->vote.vote);

    if (!is_over(job))
        return;
    KH_SET(&command.f, number, job->sealed.number);
    KH_SET_TEXT(&command.f, hash, job->sealed.hash);
    KH_SET_TEXT(&command.f, paper_secret, job->sealed.paper_secret);
    run(job->council, &command);
}

static void on_counted(struct kh_box_job *job)
{
    static struct kh_tally tally; /* engine thread only */
    struct kh_command command = server_command(job->council, KH_CMD_VOTE_COUNT, job->vote.vote);

    if (!is_over(job))
        return;
    memset(&tally, 0, sizeof(tally));
    for (unsigned s = 0; s < job->vote.n_subjects; s++)
        memcpy(tally.subject[s].option, job->counts.counts[s], sizeof(tally.subject[s].option));
    KH_SET(&command.f, counts, &tally);
    run(job->council, &command);
}

static void on_removed(struct kh_box_job *job)
{
    if (is_over(job))
        kh_box_follow(job->council);
}

static json_t *meta_of(const struct kh_vote *vote)
{
    json_t *ballot = kh_compose_ballot(&vote->ballot);
    json_t *meta = json_pack("{s:s, s:O, s:O}", "question", vote->question, "people",
                             json_object_get(ballot, "subjects"), "choices",
                             json_object_get(ballot, "options"));

    json_decref(ballot);
    return meta;
}

static bool start(struct kh_council *council, const struct kh_vote *vote, enum kh_box_task task,
                  void (*done)(struct kh_box_job *))
{
    struct kh_box_job *job = job_of(council, vote, task);

    if (!job)
        return false;
    job->meta = meta_of(vote);
    job->done = done;
    council->is_box_busy = true;
    return kh_box_work_put(job);
}

static unsigned opened_by(const struct kh_vote *vote)
{
    unsigned n = 0;

    for (uint16_t bits = vote->secret.unsealed; bits; bits &= (uint16_t)(bits - 1))
        n++;
    return n;
}

static void tell_paper_key(struct kh_council *council, const struct kh_vote *vote)
{
    struct kh_command command = server_command(council, KH_CMD_VOTE_PAPER, vote->id);
    struct kh_paper_key key;

    kh_box_paper_key(council->engine->box, council->config->id, vote->id, vote->opened_ms, &key);
    KH_SET_TEXT(&command.f, paper_key, key.point_text);
    kh_paper_key_wipe(&key);
    run(council, &command);
}

/* One step of one vote; true when one was begun. */
static bool step(struct kh_council *council, const struct kh_vote *vote, unsigned place)
{
    const struct kh_secret *s = &vote->secret;

    if (vote->id == 0 || !kh_vote_is_sealable(vote))
        return false;
    if (vote->state == KH_VOTE_OPEN && s->paper_key[0] == '\0') {
        tell_paper_key(council, vote);
        return true;
    }
    if (vote->state == KH_VOTE_SEALED && !s->boxed)
        return start(council, vote, KH_BOX_SEAL, on_sealed);
    if (vote->state == KH_VOTE_SEALED && !s->counted &&
        (s->n_boxed == 0 || opened_by(vote) >= council->state->committee.needed))
        return start(council, vote, KH_BOX_COUNT, on_counted);
    bool is_dropped = vote->state == KH_VOTE_CANCELLED || vote->state == KH_VOTE_DEFERRED;
    if (!is_dropped || council->box_removed[place] == vote->id)
        return false;
    council->box_removed[place] = vote->id;
    return start(council, vote, KH_BOX_REMOVE, on_removed);
}

void kh_box_follow(struct kh_council *council)
{
    for (unsigned i = 0; i < KH_VOTES_MAX && !council->is_box_busy; i++)
        if (step(council, &council->state->votes[i], i))
            return;
}

void kh_box_forget(struct kh_council *council)
{
    if (council->box_told.timer)
        g_source_remove(council->box_told.timer);
    council->box_told.timer = 0;
}
