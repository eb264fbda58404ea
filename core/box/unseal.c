/* The openings of a sealed box, one after another, and what they open. */
#include "base/check.h"
#include "box/chest.h"
#include "box/opening.h"

#include <stdlib.h>
#include <string.h>

static bool committee_ok(const struct kh_box_committee *committee)
{
    return committee->n <= KH_BOX_MEMBERS_MAX && committee->needed >= 1 &&
           committee->needed <= committee->n;
}

static enum kh_err write_opening(struct kh_box *box, const struct kh_box_vote *vote,
                                 const char *person, struct kh_error *error)
{
    const struct kh_disk_key key = { vote->council, vote->vote };
    sqlite3_stmt *statement = kh_disk_use(&box->disk, KH_DISK_UNSEAL, &key);

    sqlite3_bind_text(statement, 3, person, -1, SQLITE_STATIC);
    kh_disk_bind(statement, 4, box->ballot, kh_opening_bytes(&box->tally));
    return kh_disk_run(statement, error);
}

enum kh_box_verdict kh_box_unseal(struct kh_box *box, const struct kh_box_vote *vote,
                                  const struct kh_box_committee *committee, unsigned j,
                                  const char *opening, struct kh_error *error)
{
    enum kh_err err;
    struct kh_point key;

    KH_REQUIRE(kh_sealed_vote_ok(vote) && committee_ok(committee) && j >= 1 && j <= committee->n);
    const struct kh_box_member *member = &committee->members[j - 1];
    if ((err = kh_box_sum(box, vote, error)))
        return err == KH_ERR_NOT_FOUND ? KH_BOX_BAD_OPENING : KH_BOX_FAILED;
    if (kh_box_opening(box, vote, member->person, &err, error))
        return KH_BOX_REPEATED;
    if (err)
        return KH_BOX_FAILED;
    if (!kh_point_from_text(&key, member->key) ||
        !kh_text_to_bytes(opening, box->ballot, kh_opening_bytes(&box->tally)) ||
        !kh_opening_ok(vote, &box->tally, &key, box->ballot))
        return KH_BOX_BAD_OPENING;
    return write_opening(box, vote, member->person, error) ? KH_BOX_FAILED : KH_BOX_TAKEN;
}

/* The key is the journal's and the opening was checked when it came; a file that was changed since
 * is told here, and not by a wrong count. */
static enum kh_err take(struct kh_box *box, const struct kh_box_vote *vote,
                        const struct kh_box_member *member, uint8_t *to, bool *is_there,
                        struct kh_error *error)
{
    struct kh_point key;
    enum kh_err err = KH_OK;
    const uint8_t *opening = kh_box_opening(box, vote, member->person, &err, error);

    *is_there = opening != NULL;
    if (!opening)
        return err;
    if (!kh_point_from_text(&key, member->key) || !kh_opening_ok(vote, &box->tally, &key, opening))
        return kh_err_set(error, KH_ERR_CORRUPT, "the opening of %s is not the one that was sent",
                          member->person);
    memcpy(to, opening, kh_opening_bytes(&box->tally));
    return KH_OK;
}

enum kh_err kh_box_gather(struct kh_box *box, const struct kh_box_vote *vote,
                          const struct kh_box_committee *committee,
                          struct kh_box_openings *openings, struct kh_error *error)
{
    size_t size = kh_opening_bytes(&box->tally);
    struct kh_box_openings found = { .bytes = malloc(size * committee->n) };
    enum kh_err err = KH_OK;
    bool is_there;

    KH_REQUIRE(committee_ok(committee));
    if (!found.bytes)
        return kh_err_set(error, KH_ERR_NOMEM, "the ballot box: out of memory");
    for (unsigned j = 1; j <= committee->n && !err; j++) {
        uint8_t *to = found.bytes + found.n * size;
        err = take(box, vote, &committee->members[j - 1], to, &is_there, error);
        if (!err && is_there)
            found.list[found.n++] = (struct kh_opening){ j, to };
    }
    if (err)
        free(found.bytes);
    else
        *openings = found;
    return err;
}

enum kh_err kh_box_open_with(const struct kh_box *box, const struct kh_box_vote *vote,
                             const struct kh_box_openings *openings, unsigned needed,
                             struct kh_box_counts *counts, struct kh_error *error)
{
    if (box->tally.ballots > 0 && openings->n < needed)
        return kh_err_set(error, KH_ERR_NOT_FOUND, "%u of %u openings are there", openings->n,
                          needed);
    if (!kh_opening_count(vote, &box->tally, openings->list, needed, counts))
        return kh_err_set(error, KH_ERR_CORRUPT, "the openings do not fit the box");
    return KH_OK;
}

enum kh_err kh_box_count(struct kh_box *box, const struct kh_box_vote *vote,
                         const struct kh_box_committee *committee, struct kh_box_counts *counts,
                         struct kh_error *error)
{
    struct kh_box_openings openings;
    enum kh_err err;

    KH_REQUIRE(kh_sealed_vote_ok(vote) && committee_ok(committee));
    if ((err = kh_box_sum(box, vote, error)) ||
        (err = kh_box_gather(box, vote, committee, &openings, error)))
        return err;
    err = kh_box_open_with(box, vote, &openings, committee->needed, counts, error);
    free(openings.bytes);
    return err;
}
