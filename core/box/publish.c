/* The JSON of GET /box/COUNCIL/VOTE. */
#include "base/check.h"
#include "box/chest.h"
#include "box/paper.h"

#include <stdlib.h>
#include <string.h>

/* base64url as a JSON string; NULL without memory. */
static json_t *text_of(const uint8_t *bytes, size_t n)
{
    size_t size = KH_BOX_TEXT_OF(n);
    char *text = malloc(size);

    if (!text)
        return NULL;
    kh_text_from_bytes(text, bytes, n);
    json_t *string = json_stringn_nocheck(text, size - 1); /* ASCII */
    free(text);
    return string;
}

static enum kh_err entries_of(struct kh_box *box, const struct kh_box_vote *vote, json_t *list,
                              struct kh_error *error)
{
    size_t ballot_bytes = kh_sealed_bytes(vote);
    sqlite3_stmt *entries = kh_box_entries(box, vote);
    struct kh_box_entry entry;
    enum kh_err err = KH_OK;

    while (kh_box_next(entries, ballot_bytes, &entry, &err, error)) {
        json_t *one =
            json_pack("{s:o, s:o, s:o}", "serial", text_of(entry.serial, 32), "token",
                      text_of(entry.token, 64), "ballot", text_of(entry.ballot, ballot_bytes));
        if (json_array_append_new(list, one) < 0)
            err = kh_err_set(error, KH_ERR_NOMEM, "the ballot box: out of memory");
    }
    kh_disk_done(entries);
    return err;
}

static json_t *members_of(const struct kh_box_committee *committee)
{
    json_t *list = json_array();

    for (unsigned j = 0; j < committee->n; j++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "person", committee->members[j].person,
                                              "key", committee->members[j].key));
    return list;
}

static json_t *openings_of(const struct kh_box *box, const struct kh_box_committee *committee,
                           const struct kh_box_openings *openings)
{
    size_t size = kh_opening_bytes(&box->tally);
    json_t *list = json_array();

    for (unsigned i = 0; i < openings->n; i++) {
        const struct kh_opening *opening = &openings->list[i];
        json_array_append_new(list, json_pack("{s:s, s:o}", "person",
                                              committee->members[opening->j - 1].person, "opening",
                                              text_of(opening->bytes, size)));
    }
    return list;
}

static json_t *counts_of(const struct kh_box_vote *vote, const struct kh_box_counts *counts)
{
    json_t *rows = json_array();

    for (unsigned s = 0; s < vote->n_subjects; s++) {
        json_t *row = json_array();
        for (unsigned o = 0; o < vote->n_options; o++)
            json_array_append_new(row, json_integer(counts->counts[s][o]));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *head_of(struct kh_box *box, const struct kh_box_vote *vote, unsigned needed)
{
    struct kh_paper_key paper;

    kh_box_paper_key(box, vote->council, vote->vote, vote->opened_ms, &paper);
    json_t *head = json_pack(
        "{s:s, s:I, s:s, s:s, s:o, s:I, s:I, s:{s:I, s:I}, s:I, s:s, s:I}", "council",
        vote->council, "vote", (json_int_t)vote->vote, "key", vote->key, "paper_key",
        paper.point_text, "paper_secret", text_of(paper.secret, sizeof(paper.secret)), "subjects",
        (json_int_t)vote->n_subjects, "options", (json_int_t)vote->n_options, "select", "min",
        (json_int_t)vote->select_min, "max", (json_int_t)vote->select_max, "number",
        (json_int_t)box->tally.ballots, "hash", vote->hash, "needed", (json_int_t)needed);
    kh_paper_key_wipe(&paper);
    return head;
}

/* The openings, and the counts if they give any. */
static enum kh_err add_result(struct kh_box *box, const struct kh_box_vote *vote,
                              const struct kh_box_committee *committee, json_t *to,
                              struct kh_error *error)
{
    struct kh_box_openings openings;
    struct kh_box_counts counts;
    struct kh_error why = { .code = KH_OK };
    enum kh_err err = kh_box_gather(box, vote, committee, &openings, error);

    if (err)
        return err;
    json_object_set_new(to, "openings", openings_of(box, committee, &openings));
    err = kh_box_open_with(box, vote, &openings, committee->needed, &counts, &why);
    free(openings.bytes);
    if (err == KH_OK)
        json_object_set_new(to, "counts", counts_of(vote, &counts));
    return err == KH_OK || err == KH_ERR_NOT_FOUND ? KH_OK : kh_err_set(error, err, "%s", why.text);
}

static bool is_whole(const json_t *published, const struct kh_box *box,
                     const struct kh_box_committee *committee)
{
    return json_array_size(json_object_get(published, "entries")) == box->tally.ballots &&
           json_array_size(json_object_get(published, "members")) == committee->n &&
           json_is_string(json_object_get(published, "hash")) &&
           json_is_array(json_object_get(published, "openings"));
}

enum kh_err kh_box_publish(struct kh_box *box, const struct kh_box_vote *vote,
                           const struct kh_box_committee *committee, json_t *meta,
                           json_t **published, struct kh_error *error)
{
    enum kh_err err;

    KH_REQUIRE(kh_sealed_vote_ok(vote));
    if ((err = kh_box_sum(box, vote, error)))
        return err;
    json_t *made = json_object(), *entries = json_array();
    json_t *head = head_of(box, vote, committee->needed);
    if (meta)
        json_object_update(made, meta);
    json_object_update(made, head);
    json_decref(head);
    err = entries_of(box, vote, entries, error);
    json_object_set_new(made, "entries", entries);
    json_object_set_new(made, "members", members_of(committee));
    if (!err)
        err = add_result(box, vote, committee, made, error);
    if (!err && !is_whole(made, box, committee))
        err = kh_err_set(error, KH_ERR_NOMEM, "the ballot box: out of memory");
    if (err)
        json_decref(made);
    else
        *published = made;
    return err;
}
