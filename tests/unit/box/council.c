#include "tests/unit/box/council.h"

#include "base/check.h"
#include "tests/unit/test.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void council_deals(const struct council *council, const char *deals[KH_BOX_MEMBERS_MAX])
{
    for (unsigned i = 0; i < KH_BOX_MEMBERS_MAX; i++)
        deals[i] = council->deals[i];
}

static void make_keys(struct council *council)
{
    const struct kh_ceremony *ceremony = &council->ceremony;
    const char *deals[KH_BOX_MEMBERS_MAX];
    char keys[KH_BOX_MEMBERS_MAX][KH_BOX_POINT_TEXT];

    for (unsigned i = 1; i <= ceremony->n; i++) {
        kh_client_deal(council->seeds[i - 1], ceremony, i, council->deals[i - 1]);
        assert_true(kh_committee_deal_ok(ceremony, i, council->deals[i - 1]));
    }
    council_deals(council, deals);
    assert_true(kh_committee_keys(ceremony->n, ceremony->needed, deals, council->vote.key, keys));
    for (unsigned j = 1; j <= ceremony->n; j++) {
        struct kh_box_member *member = &council->committee.members[j - 1];
        assert_int_equal(
            kh_client_shares(council->seeds[j - 1], ceremony, j, deals, &council->x[j - 1]), 0);
        memcpy(member->key, keys[j - 1], sizeof(member->key));
        snprintf(member->person, sizeof(member->person), "db%02u", j);
    }
}

void council_make(struct council *council, unsigned needed, unsigned n)
{
    KH_REQUIRE(kh_group_init());
    memset(council, 0, sizeof(*council));
    council->ceremony = (struct kh_ceremony){ .council = "xa-demo", 1, n, needed, { "" } };
    council->committee.n = n, council->committee.needed = needed;
    for (unsigned i = 1; i <= n; i++) {
        randombytes_buf(council->seeds[i - 1], 32);
        kh_client_join(council->seeds[i - 1], "xa-demo", 1, i, council->ceremony.joins[i - 1]);
        assert_true(kh_committee_join_ok(council->ceremony.joins[i - 1]));
    }
    make_keys(council);
    council_ask(council, 1, 3, 1, 1);
}

void council_ask(struct council *council, unsigned subjects, unsigned options, unsigned min,
                 unsigned max)
{
    struct kh_box_vote *vote = &council->vote;

    snprintf(vote->council, sizeof(vote->council), "xa-demo");
    vote->vote = 7;
    vote->opened_ms = 1790000000123;
    vote->n_subjects = subjects, vote->n_options = options;
    vote->select_min = min, vote->select_max = max;
}

void council_open_box(struct council *council)
{
    struct kh_error error;

    snprintf(council->folder, sizeof(council->folder), "/tmp/kyhop-box-XXXXXX");
    assert_non_null(mkdtemp(council->folder));
    if (kh_box_open(council->folder, &council->box, &error))
        fail_msg("%s", error.text);
}

void council_close(struct council *council)
{
    static const char *const names[] = { "box.db", "box.db-journal" };
    char path[128];

    kh_box_close(council->box);
    for (unsigned i = 0; i < KH_COUNT(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", council->folder, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(council->folder), 0);
}

void council_paper(const struct council *council, struct ballot *ballot)
{
    const struct kh_box_vote *vote = &council->vote;
    char evaluated[KH_BOX_POINT_TEXT], proof[KH_BOX_PAIR_TEXT];
    struct kh_client_paper paper;
    struct kh_paper_key key;

    kh_box_paper_key(council->box, vote->council, vote->vote, vote->opened_ms, &key);
    kh_client_paper(&paper);
    assert_true(kh_paper_issue(&key, paper.text, evaluated, proof));
    assert_true(kh_client_finalise(&paper, key.point_text, evaluated, proof, ballot->token));
    memcpy(ballot->serial, paper.serial, 32);
    kh_text_from_bytes(ballot->serial_text, ballot->serial, 32);
    kh_text_from_bytes(ballot->token_text, ballot->token, 64);
    kh_paper_key_wipe(&key);
}

void council_mark(const struct council *council, struct ballot *ballot, const int values[])
{
    static uint8_t bytes[KH_BOX_BALLOT_BYTES_MAX];

    kh_client_seal(&council->vote, ballot->serial, values, bytes);
    kh_text_from_bytes(ballot->text, bytes, kh_sealed_bytes(&council->vote));
}

enum kh_box_verdict council_cast(const struct council *council, const struct ballot *ballot)
{
    const struct kh_box_post post = { ballot->serial_text, ballot->token_text, ballot->text };
    struct kh_error error = { .text = "" };
    enum kh_box_verdict verdict = kh_box_cast(council->box, &council->vote, &post, &error);

    if (verdict == KH_BOX_FAILED)
        fail_msg("%s", error.text);
    return verdict;
}

void council_vote(const struct council *council, const int values[], uint32_t sums[])
{
    static struct ballot ballot;

    council_paper(council, &ballot);
    council_mark(council, &ballot, values);
    assert_int_equal(council_cast(council, &ballot), KH_BOX_TAKEN);
    for (unsigned m = 0; sums && m < council->vote.n_subjects * council->vote.n_options; m++)
        sums[m] += (uint32_t)values[m];
}

void council_seal(struct council *council)
{
    struct kh_box_sealed sealed;
    struct kh_error error;

    if (kh_box_seal(council->box, &council->vote, &sealed, &error))
        fail_msg("%s", error.text);
    memcpy(council->vote.hash, sealed.hash, sizeof(council->vote.hash));
}

json_t *council_publish(const struct council *council)
{
    json_t *published = NULL, *meta = json_pack("{s:s}", "question", "Bầu Chủ tịch");
    struct kh_error error;

    if (kh_box_publish(council->box, &council->vote, &council->committee, meta, &published, &error))
        fail_msg("%s", error.text);
    json_decref(meta);
    return published;
}

static void sum_published(const struct council *council, struct kh_tally *tally)
{
    static uint8_t bytes[KH_BOX_BALLOT_BYTES_MAX];
    json_t *published = council_publish(council), *entry;
    size_t i;

    kh_tally_start(tally, &council->vote);
    json_array_foreach(json_object_get(published, "entries"), i, entry)
    {
        const char *text = json_string_value(json_object_get(entry, "ballot"));
        assert_true(kh_text_to_bytes(text, bytes, kh_sealed_bytes(&council->vote)));
        assert_true(kh_tally_add(tally, &council->vote, bytes));
    }
    json_decref(published);
}

void council_opening(const struct council *council, unsigned j, char *opening)
{
    static struct kh_tally tally;

    sum_published(council, &tally);
    kh_client_open(&council->vote, &tally, &council->x[j - 1], opening);
}

enum kh_box_verdict council_unseal(const struct council *council, unsigned j)
{
    static char opening[KH_BOX_OPENING_TEXT_MAX];
    struct kh_error error = { .text = "" };

    council_opening(council, j, opening);
    return kh_box_unseal(council->box, &council->vote, &council->committee, j, opening, &error);
}
