/* Commands of secret votes, whose texts the box has to look at before the session decides. Who may
 * do what is decided in core/session; core/box/README.md tells the whole course. */
#include "engine/box_calls.h"

#include "base/text.h"
#include "engine/box_work.h"

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
        !(job = kh_box_job_of(council, vote, KH_BOX_UNSEAL)))
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
