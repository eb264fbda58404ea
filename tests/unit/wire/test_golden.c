/* golden-1.jsonl: the events of a sitting as format version 1 wrote them. Every later version has
 * to read them into the same state. GOLDEN_WRITE=1 writes a new file; an old one is never changed.
 */
#include "tests/unit/session/people.h"

#include "wire/wire.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static const char digest[] = "5b7d1722d96004392988f75de75db9a636ee935cab9059724b125a4f4d4bb3ce";

static struct people *sitting(void)
{
    struct people *p = people_create(5, true);
    struct kh_ballot ballot = { .type = "resolution",
                                .options = { { "yes", "Tán thành", "For", KH_STAND_FOR },
                                             { "no", "Không", "Against", KH_STAND_AGAINST } },
                                .n_options = 2,
                                .select_min = 1,
                                .select_max = 1,
                                .rules = { { KH_COUNT_FOR, KH_COUNT_IN_OFFICE, 1, 2, true, "" } },
                                .n_rules = 1 };
    static const char *const lines[] = {
        "chair session.open name=6",
        "chair sitting.open",
        "chair attendance.check_in",
        "d1 attendance.check_in",
        "d2 attendance.check_in",
        "d3 attendance.check_in",
        "sec attendance.excuse person=d4 note=sick",
        "chair agenda.start item=a",
        "d1 floor.request kind=speech key=k1",
        "d2 floor.request kind=debate note=budget",
        "d3 floor.request kind=speech",
        "chair floor.move request=3 before=1",
        "chair floor.next",
        "chair mic.mute person=d3",
        "chair sitting.suspend",
        "chair sitting.resume",
        "chair floor.extend person=d3 by_ms=30000",
        "chair floor.deny request=2",
        "chair vote.open type=resolution question=q",
        "d1 vote.cast vote=1 choice=yes key=v",
        "d2 vote.cast vote=1 choice=no",
        "d2 vote.cast vote=1 choice=yes",
        "chair vote.cast vote=1 choice=yes",
        "chair vote.close vote=1",
        "chair floor.next",
        "d1 mic.mute",
    };

    p->terms = (struct kh_terms){ .limit_ms = 60000, .marks = { { 15000, 0 }, 2 } };
    p->terms.ballot = &ballot;
    for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        people_say(p, lines[i]);
        people_pass(p, 5000);
    }
    people_pass(p, 120000);
    return p;
}

static void write_golden(void)
{
    struct people *p = sitting();
    FILE *file = fopen(FOLDER "/golden-1.jsonl", "we");
    size_t i;
    json_t *entry;

    assert_non_null(file);
    json_array_foreach(p->journal, i, entry)
    {
        json_dumpf(entry, file, JSON_COMPACT);
        fputc('\n', file);
    }
    fclose(file);
    people_destroy(p);
}

static json_t *read_golden(void)
{
    FILE *file = fopen(FOLDER "/golden-1.jsonl", "re");
    json_t *journal = json_array(), *entry;

    assert_non_null(file);
    while ((entry = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)))
        json_array_append_new(journal, entry);
    fclose(file);
    return journal;
}

TEST(a_sitting_of_format_version_1_replays_to_its_state)
{
    json_t *journal = read_golden();
    struct kh_state *again = people_replay(journal);
    json_t *view = kh_wire_state(again, kh_state_person(again, "d1"), again->at_ms);
    char *text = json_dumps(view, JSON_COMPACT | JSON_SORT_KEYS);
    char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    assert_true(json_array_size(journal) > 50);
    assert_int_equal(again->seq, json_array_size(journal));
    assert_int_equal(kh_state_vote(again, 1)->result.outcome, KH_OUTCOME_REJECTED);
    assert_string_equal(sum, digest);
    g_free(sum);
    free(text);
    json_decref(view);
    free(again);
    json_decref(journal);
}

int main(void)
{
    if (getenv("GOLDEN_WRITE"))
        write_golden();
    return kh_run_tests(CASE(a_sitting_of_format_version_1_replays_to_its_state));
}
