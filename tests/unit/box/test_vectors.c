/* The votes that the pages' tests made (tests/box/vectors.json), through the whole of this side. */
#include "tests/unit/test.h"

#include "base/check.h"
#include "base/text.h"
#include "box/paper.h"
#include "box/transcript.h"
#include "tests/unit/box/council.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *vectors;
static struct council council;

static const char *text(const json_t *object, const char *field)
{
    const char *value = json_string_value(json_object_get(object, field));

    assert_non_null(value);
    return value;
}

static unsigned number(const json_t *object, const char *field)
{
    return (unsigned)json_integer_value(json_object_get(object, field));
}

static void bytes_of(const json_t *object, const char *field, uint8_t *bytes, size_t n)
{
    assert_true(kh_text_to_bytes(text(object, field), bytes, n));
}

TEST(hashes_are_the_pages)
{
    const json_t *one, *field;
    size_t i, f;

    json_array_foreach(json_object_get(vectors, "hashes"), i, one)
    {
        struct kh_hash hash, again;
        uint8_t out[64], bytes[64];
        char hex[129];

        kh_hash_begin(&hash, text(one, "label"));
        json_array_foreach(json_object_get(one, "fields"), f, field)
        {
            const char *value = json_string_value(field);
            size_t n = strlen(value) * 3 / 4;
            assert_true(n < sizeof(bytes) && kh_text_to_bytes(value, bytes, n));
            kh_hash_bytes(&hash, bytes, n);
        }
        again = hash;
        kh_hash_end(&hash, out);
        sodium_bin2hex(hex, sizeof(hex), out, sizeof(out));
        assert_string_equal(hex, text(one, "hash"));
        struct kh_scalar scalar = kh_hash_end_scalar(&again);
        sodium_bin2hex(hex, sizeof(hex), scalar.bytes, sizeof(scalar.bytes));
        assert_string_equal(hex, text(one, "scalar"));
    }
}

/* The committee as journalled: joins and deals of the pages, checked like theirs. */
static void read_committee(void)
{
    const json_t *ceremony = json_object_get(vectors, "ceremony"), *member;
    struct kh_ceremony *held = &council.ceremony;
    char keys[KH_BOX_MEMBERS_MAX][KH_BOX_POINT_TEXT];
    const char *deals[KH_BOX_MEMBERS_MAX];
    size_t j;

    memset(&council, 0, sizeof(council));
    KH_TEXT_SET(held->council, text(vectors, "council"));
    held->round = number(ceremony, "round");
    held->needed = council.committee.needed = number(ceremony, "needed");
    json_array_foreach(json_object_get(ceremony, "members"), j, member)
    {
        KH_TEXT_SET(held->joins[j], text(member, "join"));
        assert_true(kh_committee_join_ok(held->joins[j]));
        deals[j] = text(member, "deal");
        snprintf(council.committee.members[j].person, KH_BOX_ID_BYTES, "p%zu", j + 1);
        held->n = council.committee.n = (unsigned)j + 1;
    }
    for (unsigned i = 1; i <= held->n; i++)
        assert_true(kh_committee_deal_ok(held, i, deals[i - 1]));
    assert_true(kh_committee_keys(held->n, held->needed, deals, council.vote.key, keys));
    assert_string_equal(council.vote.key, text(ceremony, "key"));
    json_array_foreach(json_object_get(ceremony, "members"), j, member)
    {
        assert_string_equal(keys[j], text(member, "key"));
        KH_TEXT_SET(council.committee.members[j].key, keys[j]);
    }
}

TEST(the_pages_ceremony_makes_the_same_keys_here)
{
    const json_t *member;
    const char *deals[KH_BOX_MEMBERS_MAX];
    size_t j;

    read_committee();
    json_array_foreach(json_object_get(json_object_get(vectors, "ceremony"), "members"), j, member)
        deals[j] = text(member, "deal");
    json_array_foreach(json_object_get(json_object_get(vectors, "ceremony"), "members"), j, member)
    {
        char share[KH_BOX_POINT_TEXT];
        uint8_t seed[32];
        struct kh_scalar x;

        bytes_of(member, "seed", seed, 32);
        assert_int_equal(kh_client_shares(seed, &council.ceremony, (unsigned)j + 1, deals, &x), 0);
        kh_text_from_bytes(share, x.bytes, 32);
        assert_string_equal(share, text(member, "share"));
    }
}

/* A box that has the vectors' secret instead of a random one. */
static void open_with_secret(const json_t *vote)
{
    char path[128], hex[65], sql[160];
    uint8_t secret[32];
    sqlite3 *db;

    council_open_box(&council);
    kh_box_close(council.box);
    council.box = NULL;
    bytes_of(vote, "box_secret", secret, 32);
    sodium_bin2hex(hex, sizeof(hex), secret, 32);
    snprintf(path, sizeof(path), "%s/box.db", council.folder);
    snprintf(sql, sizeof(sql), "UPDATE secret SET bytes = x'%s'", hex);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(kh_box_open(council.folder, &council.box, NULL), KH_OK);
}

static void read_vote(const json_t *from)
{
    struct kh_box_vote *vote = &council.vote;
    const json_t *select = json_object_get(from, "select");

    KH_TEXT_SET(vote->council, text(vectors, "council"));
    vote->vote = number(from, "vote");
    vote->opened_ms = json_integer_value(json_object_get(from, "opened_ms"));
    vote->n_subjects = number(from, "subjects"), vote->n_options = number(from, "options");
    vote->select_min = number(select, "min"), vote->select_max = number(select, "max");
}

static void check_proof(const json_t *paper, const struct kh_paper_key *key)
{
    struct kh_point blinded, evaluated;
    struct kh_scalar r, k;
    uint8_t proof[64];
    char proof_text[KH_BOX_PAIR_TEXT], answer[KH_BOX_POINT_TEXT], any[KH_BOX_PAIR_TEXT];

    assert_true(kh_paper_issue(key, text(paper, "paper"), answer, any));
    assert_string_equal(answer, text(paper, "evaluated"));
    assert_true(kh_point_from_text(&blinded, text(paper, "paper")));
    memcpy(k.bytes, key->secret, 32);
    evaluated = kh_point_mul(&k, &blinded);
    bytes_of(paper, "proof_random", r.bytes, 32);
    kh_paper_prove(key, &blinded, &evaluated, &r, proof);
    kh_text_from_bytes(proof_text, proof, 64);
    assert_string_equal(proof_text, text(paper, "proof"));
}

static void cast_all(const json_t *vote)
{
    struct kh_paper_key key;
    const json_t *paper;
    size_t i;

    kh_box_paper_key(council.box, council.vote.council, council.vote.vote, council.vote.opened_ms,
                     &key);
    assert_string_equal(key.point_text, text(vote, "paper_key"));
    json_array_foreach(json_object_get(vote, "papers"), i, paper)
    {
        const struct kh_box_post post = { text(paper, "serial"), text(paper, "token"),
                                          text(paper, "ballot") };
        check_proof(paper, &key);
        assert_int_equal(kh_box_cast(council.box, &council.vote, &post, NULL), KH_BOX_TAKEN);
    }
}

static void open_all(const json_t *vote)
{
    const json_t *one, *row, *counts = json_object_get(vote, "counts");
    struct kh_box_counts found;
    size_t i, o;

    json_array_foreach(json_object_get(vote, "openings"), i, one)
        assert_int_equal(kh_box_unseal(council.box, &council.vote, &council.committee,
                                       number(one, "member"), text(one, "opening"), NULL),
                         KH_BOX_TAKEN);
    assert_int_equal(kh_box_count(council.box, &council.vote, &council.committee, &found, NULL),
                     KH_OK);
    assert_int_equal(json_array_size(counts), council.vote.n_subjects);
    json_array_foreach(counts, i, row) json_array_foreach(row, o, one)
        assert_int_equal(found.counts[i][o], json_integer_value(one));
}

TEST(the_pages_ballots_and_openings_are_taken_hashed_and_counted)
{
    const json_t *vote;
    struct kh_box_sealed sealed;
    size_t i;

    json_array_foreach(json_object_get(vectors, "votes"), i, vote)
    {
        read_committee();
        read_vote(vote);
        open_with_secret(vote);
        cast_all(vote);
        assert_int_equal(kh_box_seal(council.box, &council.vote, &sealed, NULL), KH_OK);
        assert_int_equal(sealed.number, number(vote, "number"));
        assert_string_equal(sealed.hash, text(vote, "hash"));
        assert_string_equal(sealed.paper_secret, text(vote, "paper_secret"));
        memcpy(council.vote.hash, sealed.hash, sizeof(council.vote.hash));
        open_all(vote);
        council_close(&council);
    }
    assert_true(i >= 3);
}

int main(void)
{
    const char *path = getenv("KH_BOX_VECTORS");

    KH_REQUIRE(kh_group_init() && path);
    vectors = json_load_file(path, 0, NULL);
    KH_REQUIRE(vectors);
    int failed =
        kh_run_tests(CASE(hashes_are_the_pages), CASE(the_pages_ceremony_makes_the_same_keys_here),
                     CASE(the_pages_ballots_and_openings_are_taken_hashed_and_counted));
    json_decref(vectors);
    return failed;
}
