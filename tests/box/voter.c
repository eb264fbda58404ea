/* voter.c - voters and committee members of secret votes, for tests in other languages.
 *
 * One JSON object a line on standard input, {"verb": …}; one line each as the answer, or
 * {"error": TEXT}. Nothing is kept between lines. Bytes are base64url without padding.
 *
 *   join        {council, round, i, seed?}                          → {seed, join}
 *   deal        {council, round, needed, joins, i, seed}            → {deal}
 *   keys        {needed, deals}                                     → {key, members: [V_1 …]}
 *   share_check {council, round, needed, joins, deals, i, seed}     → {wrong: 0 or the dealer's i}
 *   paper       {}                                                  → {serial, blind, paper}
 *   finalise    {serial, blind, paper_key, evaluated, proof}        → {token}
 *   seal        {council, vote, key, subjects, options, select: {min, max}, serial,
 *                choices: [[options chosen of subject 0], …] or values: [numbers, also wrong ones]}
 *                                                                   → {ballot}
 *   open        {box: as published, round, joins, deals, i, seed}   → {opening}
 *   recount     {box: as published}                                 → {failed: "ok" or which, vi,
 * en, counted, number}
 *
 * i is the member's number from 1; joins and deals are lists in that order. `voter bench` prints
 * instead what the check of a ballot costs. */
#include "base/check.h"
#include "box/recount.h"
#include "tests/box/client.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static json_t *failure(const char *what)
{
    return json_pack("{s:s}", "error", what);
}

static const char *text_of(const json_t *from, const char *field)
{
    const char *text = json_string_value(json_object_get(from, field));

    return text ? text : "";
}

static unsigned number_of(const json_t *from, const char *field)
{
    json_int_t value = json_integer_value(json_object_get(from, field));

    return value < 0 || value > UINT32_MAX ? UINT32_MAX : (unsigned)value;
}

static bool bytes_of(const json_t *from, const char *field, uint8_t bytes[32])
{
    return kh_text_to_bytes(text_of(from, field), bytes, 32);
}

static json_t *text_json(const uint8_t *bytes, size_t n)
{
    static char text[KH_BOX_BALLOT_TEXT_MAX];

    kh_text_from_bytes(text, bytes, n);
    return json_string(text);
}

/* What all verbs of members have. */
struct member {
    struct kh_ceremony ceremony;
    const char *deals[KH_BOX_MEMBERS_MAX];
    uint8_t seed[32];
    unsigned i;
};

static bool read_member(const json_t *from, const json_t *about, struct member *member)
{
    struct kh_ceremony *ceremony = &member->ceremony;
    const json_t *joins = json_object_get(from, "joins"), *deals = json_object_get(from, "deals");

    memset(member, 0, sizeof(*member));
    snprintf(ceremony->council, sizeof(ceremony->council), "%s", text_of(about, "council"));
    ceremony->round = number_of(from, "round");
    ceremony->needed = number_of(about, "needed");
    ceremony->n = (unsigned)json_array_size(joins);
    member->i = number_of(from, "i");
    if (ceremony->n > KH_BOX_MEMBERS_MAX || ceremony->needed < 1 ||
        ceremony->needed > ceremony->n || member->i < 1 || member->i > ceremony->n)
        return false;
    for (unsigned j = 0; j < ceremony->n; j++) {
        const char *join = json_string_value(json_array_get(joins, j));
        if (!kh_committee_join_ok(join))
            return false;
        memcpy(ceremony->joins[j], join, KH_BOX_POINT_TEXT);
        member->deals[j] = json_string_value(json_array_get(deals, j));
    }
    return bytes_of(from, "seed", member->seed);
}

static json_t *do_join(const json_t *from)
{
    char join[KH_BOX_POINT_TEXT];
    uint8_t seed[32];

    if (!json_object_get(from, "seed"))
        randombytes_buf(seed, sizeof(seed));
    else if (!bytes_of(from, "seed", seed))
        return failure("seed: 32 bytes are wanted");
    kh_client_join(seed, text_of(from, "council"), number_of(from, "round"), number_of(from, "i"),
                   join);
    return json_pack("{s:o, s:s}", "seed", text_json(seed, 32), "join", join);
}

static json_t *do_deal(const json_t *from)
{
    static char deal[KH_BOX_DEAL_TEXT_MAX];
    struct member member;

    if (!read_member(from, from, &member))
        return failure("council, round, needed, joins, i and seed are wanted");
    kh_client_deal(member.seed, &member.ceremony, member.i, deal);
    return json_pack("{s:s}", "deal", deal);
}

static json_t *do_keys(const json_t *from)
{
    char key[KH_BOX_POINT_TEXT], members[KH_BOX_MEMBERS_MAX][KH_BOX_POINT_TEXT];
    const json_t *deals = json_object_get(from, "deals");
    const char *texts[KH_BOX_MEMBERS_MAX];
    unsigned n = (unsigned)json_array_size(deals);

    for (unsigned i = 0; i < n && i < KH_BOX_MEMBERS_MAX; i++)
        texts[i] = json_string_value(json_array_get(deals, i));
    if (!kh_committee_keys(n, number_of(from, "needed"), texts, key, members))
        return failure("these deals make no key");
    json_t *list = json_array();
    for (unsigned j = 0; j < n; j++)
        json_array_append_new(list, json_string(members[j]));
    return json_pack("{s:s, s:o}", "key", key, "members", list);
}

static json_t *do_share_check(const json_t *from)
{
    struct member member;
    struct kh_scalar x;

    if (!read_member(from, from, &member))
        return failure("council, round, needed, joins, deals, i and seed are wanted");
    unsigned wrong = kh_client_shares(member.seed, &member.ceremony, member.i, member.deals, &x);
    return json_pack("{s:i}", "wrong", (int)wrong);
}

static json_t *do_paper(const json_t *from)
{
    struct kh_client_paper paper;

    (void)from;
    kh_client_paper(&paper);
    return json_pack("{s:o, s:o, s:s}", "serial", text_json(paper.serial, 32), "blind",
                     text_json(paper.blind.bytes, 32), "paper", paper.text);
}

static json_t *do_finalise(const json_t *from)
{
    struct kh_client_paper paper = { .serial_bytes = 32 };
    uint8_t token[64], blind[32];

    if (!bytes_of(from, "serial", paper.serial) || !bytes_of(from, "blind", blind) ||
        !kh_scalar_read(&paper.blind, blind))
        return failure("serial and blind are wanted");
    kh_client_blind(&paper);
    if (!kh_client_finalise(&paper, text_of(from, "paper_key"), text_of(from, "evaluated"),
                            text_of(from, "proof"), token))
        return failure("the proof does not hold for this paper and key");
    return json_pack("{s:o}", "token", text_json(token, 64));
}

static bool read_vote(const json_t *from, struct kh_box_vote *vote)
{
    const json_t *select = json_object_get(from, "select");

    memset(vote, 0, sizeof(*vote));
    snprintf(vote->council, sizeof(vote->council), "%s", text_of(from, "council"));
    snprintf(vote->key, sizeof(vote->key), "%s", text_of(from, "key"));
    snprintf(vote->hash, sizeof(vote->hash), "%s", text_of(from, "hash"));
    vote->vote = number_of(from, "vote");
    vote->n_subjects = number_of(from, "subjects"), vote->n_options = number_of(from, "options");
    vote->select_min = number_of(select, "min"), vote->select_max = number_of(select, "max");
    return kh_sealed_vote_ok(vote);
}

/* @values[subject][option] from `choices` or `values`. */
static bool read_values(const json_t *from, const struct kh_box_vote *vote, int values[])
{
    const json_t *choices = json_object_get(from, "choices"), *row;
    const json_t *list = json_object_get(from, "values"), *one;
    size_t s, o;

    memset(values, 0, sizeof(*values) * vote->n_subjects * vote->n_options);
    json_array_foreach(choices, s, row)
    {
        json_array_foreach(row, o, one)
        {
            json_int_t chosen = json_integer_value(one);
            if (s >= vote->n_subjects || chosen < 0 || chosen >= vote->n_options)
                return false;
            values[s * vote->n_options + (size_t)chosen] = 1;
        }
    }
    if (json_array_size(list) > (size_t)vote->n_subjects * vote->n_options)
        return false;
    json_array_foreach(list, o, one) values[o] = (int)json_integer_value(one);
    return json_is_array(choices) || json_is_array(list);
}

static json_t *do_seal(const json_t *from)
{
    static uint8_t ballot[KH_BOX_BALLOT_BYTES_MAX];
    int values[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX];
    struct kh_box_vote vote;
    uint8_t serial[32];

    if (!read_vote(from, &vote))
        return failure("council, vote, key, subjects, options and select are wanted");
    if (!bytes_of(from, "serial", serial) || !read_values(from, &vote, values))
        return failure("serial, and choices or values, are wanted");
    kh_client_seal(&vote, serial, values, ballot);
    return json_pack("{s:o}", "ballot", text_json(ballot, kh_sealed_bytes(&vote)));
}

static bool sum(const json_t *box, const struct kh_box_vote *vote, struct kh_tally *tally)
{
    static uint8_t ballot[KH_BOX_BALLOT_BYTES_MAX];
    const json_t *entry;
    size_t i;

    kh_tally_start(tally, vote);
    json_array_foreach(json_object_get(box, "entries"), i, entry)
    {
        if (!kh_text_to_bytes(text_of(entry, "ballot"), ballot, kh_sealed_bytes(vote)) ||
            !kh_tally_add(tally, vote, ballot))
            return false;
    }
    return tally->ballots > 0;
}

static json_t *do_open(const json_t *from)
{
    static char opening[KH_BOX_OPENING_TEXT_MAX];
    static struct kh_tally tally;
    const json_t *box = json_object_get(from, "box");
    struct kh_box_vote vote;
    struct member member;
    struct kh_scalar x;

    if (!read_vote(box, &vote) || !sum(box, &vote, &tally))
        return failure("box: a published box with ballots is wanted");
    if (!read_member(from, box, &member) ||
        kh_client_shares(member.seed, &member.ceremony, member.i, member.deals, &x))
        return failure("round, joins, deals, i and seed of a good ceremony are wanted");
    kh_client_open(&vote, &tally, &x, opening);
    return json_pack("{s:s}", "opening", opening);
}

static json_t *do_recount(const json_t *from)
{
    struct kh_recount report;

    kh_recount(json_object_get(from, "box"), &report);
    return json_pack("{s:s, s:s, s:s, s:b, s:I}", "failed", kh_recount_word(report.failed), "vi",
                     report.vi, "en", report.en, "counted", report.counted, "number",
                     (json_int_t)report.number);
}

static const struct {
    const char *verb;
    json_t *(*run)(const json_t *from);
} verbs[] = {
    { "join", do_join },       { "deal", do_deal },
    { "keys", do_keys },       { "share_check", do_share_check },
    { "paper", do_paper },     { "finalise", do_finalise },
    { "seal", do_seal },       { "open", do_open },
    { "recount", do_recount },
};

static json_t *answer(const json_t *from)
{
    const char *verb = text_of(from, "verb");

    for (size_t i = 0; i < KH_COUNT(verbs); i++)
        if (strcmp(verbs[i].verb, verb) == 0)
            return verbs[i].run(from);
    return failure("verb: one of those at the top of voter.c is wanted");
}

static void serve(void)
{
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0) {
        json_error_t why;
        json_t *from = json_loads(line, 0, &why);
        json_t *to = from ? answer(from) : failure(why.text);

        json_dumpf(to, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        json_decref(from);
        json_decref(to);
    }
    free(line);
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void bench(unsigned subjects, unsigned options, unsigned n)
{
    static uint8_t ballot[KH_BOX_BALLOT_BYTES_MAX];
    static struct kh_tally tally;
    struct kh_box_vote vote = { "bench", 1, 0, "", subjects, options, 1, 1, "" };
    int values[KH_BOX_SUBJECTS_MAX * KH_BOX_OPTIONS_MAX] = { 0 };
    struct kh_scalar x = kh_scalar_random();
    uint8_t serial[32] = { 1 };

    kh_text_from_bytes(vote.key, kh_point_base(&x).bytes, 32);
    for (unsigned s = 0; s < subjects; s++)
        values[s * options] = 1;
    double start = now_ms();
    kh_client_seal(&vote, serial, values, ballot);
    double sealed = now_ms();
    for (unsigned i = 0; i < n; i++)
        KH_REQUIRE(kh_sealed_ok(&vote, serial, ballot));
    double checked = now_ms();
    kh_tally_start(&tally, &vote);
    for (unsigned i = 0; i < n; i++)
        KH_REQUIRE(kh_tally_add(&tally, &vote, ballot));
    double summed = now_ms();
    printf("%2u x %2u: %6zu bytes, seal %8.2f ms, check %8.2f ms, sum %6.2f ms a ballot\n",
           subjects, options, kh_sealed_bytes(&vote), sealed - start, (checked - sealed) / n,
           (summed - checked) / n);
}

int main(int argc, char **argv)
{
    KH_REQUIRE(kh_group_init());
    if (argc == 2 && strcmp(argv[1], "bench") == 0) {
        bench(1, 3, 100);
        bench(29, 3, 10);
        bench(40, 16, 2);
    } else if (argc == 1) {
        serve();
    } else {
        fprintf(stderr, "usage: voter [bench]\n");
        return 2;
    }
    return 0;
}
