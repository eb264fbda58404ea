/* What the course of a secret vote asks of the box: tell the paper key, seal, count, remove. Each
 * step is read off the state, so that a restart goes on where it stopped. */
#include "engine/box_calls.h"

#include "base/text.h"
#include "engine/box_work.h"
#include "wire/compose.h"

#include <string.h>

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
    struct kh_box_job *job = kh_box_job_of(council, vote, task);

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
