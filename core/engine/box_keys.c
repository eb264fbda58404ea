/* What the box has to know of a vote: the committee's keys, and the ballot in numbers. */
#include "engine/box_work.h"

#include "base/text.h"

#define SAME(ours, its) _Static_assert((int)(ours) == (int)(its), "core/box knows another size")
SAME(KH_POINT_BYTES, KH_BOX_POINT_TEXT);
SAME(KH_HASH_TEXT_BYTES, KH_BOX_HASH_TEXT);
SAME(KH_ID_BYTES, KH_BOX_ID_BYTES);
SAME(KH_COMMITTEE_MAX, KH_BOX_MEMBERS_MAX);
SAME(KH_SUBJECTS_MAX, KH_BOX_SUBJECTS_MAX);
SAME(KH_OPTIONS_MAX, KH_BOX_OPTIONS_MAX);
_Static_assert((int)KH_DEAL_BYTES >= (int)KH_BOX_DEAL_TEXT_MAX, "a deal fits");
_Static_assert((int)KH_BLOB_BYTES >= (int)KH_BOX_OPENING_TEXT_MAX, "an opening fits");

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

struct kh_box_job *kh_box_job_of(struct kh_council *council, const struct kh_vote *vote,
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
