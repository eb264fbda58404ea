/* Posted ballots: into the box, without a name; and how many there are. The published box. */
#include "engine/box_calls.h"

#include "engine/box_work.h"

#include <string.h>

enum { TELL_MS = 1000 }; /* how often the number of ballots is told */

static void answer_reason(struct kh_api_page *page, unsigned status, const struct kh_reason *reason)
{
    json_t *data = kh_wire_reason(reason);
    char *text = json_dumps(data, JSON_COMPACT);
    kh_api_page_text(page, status, g_string_new(text), "application/json");
    free(text);
    json_decref(data);
}

static void answer_refusal(struct kh_api_page *page, unsigned status, enum kh_refusal refusal)
{
    struct kh_reason reason;

    kh_refusal_reason(refusal, &reason);
    answer_reason(page, status, &reason);
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

static const struct kh_reason disk = { "disk", "Chưa bỏ được phiếu vào hòm; hãy gửi lại.",
                                       "The ballot could not be put into the box; send it again.",
                                       "kyhop.40" };

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
        answer_reason(job->page, 503, &disk);
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
    job = is_open ? kh_box_job_of(council, vote, KH_BOX_CAST) : NULL;
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

/* --- how many --- */

void kh_box_recall(struct kh_council *council)
{
    const struct kh_vote *vote = kh_state_open_vote(council->state);

    if (!vote || !kh_vote_is_sealable(vote))
        return;
    council->box_told.vote = vote->id;
    council->box_told.number = kh_box_number(council->engine->box, council->config->id, vote->id);
}

void kh_box_tell(const struct kh_council *council, json_t *state)
{
    const struct kh_vote *vote = kh_state_open_vote(council->state);
    bool is_told = vote && council->box_told.vote == vote->id;
    json_t *shown;
    size_t i;

    if (!vote || !kh_vote_is_sealable(vote) || vote->ballot.running == KH_RUNNING_NONE)
        return;
    json_array_foreach(json_object_get(state, "votes"), i, shown)
    {
        if (json_integer_value(json_object_get(shown, "vote")) == (json_int_t)vote->id)
            json_object_set_new(shown, "number",
                                json_integer(is_told ? council->box_told.number : 0));
    }
}

void kh_box_forget(struct kh_council *council)
{
    if (council->box_told.timer)
        g_source_remove(council->box_told.timer);
    council->box_told.timer = 0;
}
