/* box_work.h - the ballot box at work: its own thread, and what is to be done there.
 *
 * Internal to core/engine. kh_box_work_put() and the done functions: engine thread. A job owns its
 * texts; the worker touches nothing else. Jobs are done in the order in which they were put. */
#ifndef KH_ENGINE_BOX_WORK_H
#define KH_ENGINE_BOX_WORK_H

#include "box/box.h"
#include "engine/internal.h"

enum kh_box_task { KH_BOX_CAST, KH_BOX_SEAL, KH_BOX_UNSEAL, KH_BOX_COUNT, KH_BOX_REMOVE };

struct kh_box_job {
    enum kh_box_task task;
    struct kh_council *council;
    struct kh_box_vote vote;
    struct kh_box_committee committee;
    char *serial, *token, *ballot; /* CAST */
    char *opening;                 /* UNSEAL */
    unsigned member;               /* UNSEAL: 1 … n */
    json_t *meta;                  /* SEAL, COUNT: what the published box tells besides */
    struct kh_api_page *page;      /* CAST: to be answered */
    struct kh_pending pending;     /* UNSEAL: the command that follows */
    void (*done)(struct kh_box_job *job);
    /* What came of it: */
    enum kh_err err; /* SEAL, COUNT, REMOVE */
    enum kh_box_verdict verdict;
    struct kh_box_sealed sealed;
    struct kh_box_counts counts;
    uint32_t number; /* CAST: ballots in the box */
    struct kh_error error;
};

/* Open DATA/box.db and DATA/boxes, start the thread. Errors as kh_box_open(). */
enum kh_err kh_box_work_open(struct kh_engine *engine, struct kh_error *error) KH_MUST_CHECK;
/* What waits is dropped: whoever posted it posts it again. */
void kh_box_work_close(struct kh_engine *engine);

struct kh_box_job *kh_box_job_new(struct kh_council *council, enum kh_box_task task);
/* The same about @vote (box_keys.c); NULL when its committee has no key, which a vote that was
 * opened has. */
struct kh_box_job *kh_box_job_of(struct kh_council *council, const struct kh_vote *vote,
                                 enum kh_box_task task);
/* Takes the job. Only CAST can fail, and is freed then: too many wait. */
bool kh_box_work_put(struct kh_box_job *job);

/* Name of a published box in DATA/boxes. */
enum { KH_BOX_FILE_CHARS = 64 };
void kh_box_file_name(const char *council, uint32_t vote, char name[KH_BOX_FILE_CHARS]);

#endif
