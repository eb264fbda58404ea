/* Secret ballots: what strangers post and members send, as texts; and published boxes. */
#include "base/check.h"
#include "box/committee.h"
#include "box/opening.h"
#include "box/recount.h"
#include "tests/fuzz/box_world.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static struct box_world world;

/* A text has one form: bytes that were taken give it back. */
static void same_again(const char *text, const uint8_t *bytes, size_t n)
{
    static char again[KH_BOX_BALLOT_TEXT_MAX];

    kh_text_from_bytes(again, bytes, n);
    KH_REQUIRE(strcmp(again, text) == 0);
}

static void deal(const char *text)
{
    char key[KH_BOX_POINT_TEXT], keys[KH_BOX_MEMBERS_MAX][KH_BOX_POINT_TEXT];
    const char *const deals[] = { text, text, text };
    static struct kh_deal read;

    if (kh_committee_deal_ok(&world.ceremony, 1, text)) {
        KH_REQUIRE(kh_deal_read(3, 2, text, &read));
        KH_REQUIRE(!kh_committee_deal_ok(&world.ceremony, 2, text)); /* bound to its dealer */
    }
    if (kh_committee_keys(3, 2, deals, key, keys))
        KH_REQUIRE(kh_committee_join_ok(key) && kh_committee_join_ok(keys[2]));
}

static void ballot(const char *text)
{
    uint8_t bytes[3 * 192 + 3 * 64], other[32] = { 0 };

    KH_REQUIRE(kh_sealed_bytes(&world.vote) == sizeof(bytes));
    if (!kh_text_to_bytes(text, bytes, sizeof(bytes)))
        return;
    same_again(text, bytes, sizeof(bytes));
    if (kh_sealed_ok(&world.vote, world.serial, bytes))
        KH_REQUIRE(!kh_sealed_ok(&world.vote, other, bytes)); /* bound to its serial */
}

static void opening(const char *text)
{
    uint8_t bytes[3 * 32 + 64];
    struct kh_opening one = { 1, bytes };
    struct kh_box_counts counts;

    KH_REQUIRE(kh_opening_bytes(&world.tally) == sizeof(bytes));
    if (!kh_text_to_bytes(text, bytes, sizeof(bytes)))
        return;
    same_again(text, bytes, sizeof(bytes));
    if (kh_opening_ok(&world.vote, &world.tally, &world.member_key, bytes)) {
        KH_REQUIRE(kh_opening_count(&world.vote, &world.tally, &one, 1, &counts));
        KH_REQUIRE(counts.counts[0][0] == 0 && counts.counts[0][2] == 0);
    }
}

static void published(const char *text, size_t n)
{
    struct kh_recount report;
    json_t *box = json_loadb(text, n, 0, NULL);

    bool is_ok = kh_recount(box, &report); /* NULL too */
    KH_REQUIRE(is_ok == (report.failed == KH_RECOUNT_OK));
    KH_REQUIRE(*report.vi && *report.en && *kh_recount_word(report.failed));
    json_decref(box);
}

static void point(const char *text)
{
    struct kh_paper_key key = { { 0 }, { 0 }, "" };
    char evaluated[KH_BOX_POINT_TEXT], proof[KH_BOX_PAIR_TEXT];

    memcpy(key.secret, world.x.bytes, sizeof(key.secret));
    memcpy(key.point, world.member_key.bytes, sizeof(key.point));
    bool is_point = kh_committee_join_ok(text);
    KH_REQUIRE(kh_paper_issue(&key, text, evaluated, proof) == is_point);
    if (is_point)
        KH_REQUIRE(kh_committee_join_ok(evaluated));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (!world.tally.ballots)
        box_world_make(&world);
    if (bytes < 1)
        return 0;
    char *text = malloc(bytes);
    KH_REQUIRE(text);
    memcpy(text, data + 1, bytes - 1);
    text[bytes - 1] = '\0';
    switch ((enum box_kind)(data[0] % BOX_KINDS)) {
    case BOX_DEAL:
        deal(text);
        break;
    case BOX_BALLOT:
        ballot(text);
        break;
    case BOX_OPENING:
        opening(text);
        break;
    case BOX_PUBLISHED:
        published(text, bytes - 1);
        break;
    case BOX_POINT:
    case BOX_KINDS:
        point(text);
    }
    free(text);
    return 0;
}
