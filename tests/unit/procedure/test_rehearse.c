/* Rehearsals tell a difference where it is, and what is wrong in a written sitting. */
#include "rehearse.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char plugin[512], lib[512];

static const char council[] = "date 2026-07-18\n"                  /* 1 */
                              "person an \"An\" chair,delegate\n"  /* 2 */
                              "people d2..d6 delegate\n"           /* 3 */
                              "item n1 \"Một\" \"One\"\n"          /* 4 */
                              "07:00 an session.open\n"            /* 5 */
                              "07:00 an attendance.check_in\n"     /* 6 */
                              "07:00 d2..d6 attendance.check_in\n" /* 7 */
                              "08:00 an sitting.open\n";           /* 8 */

/* Run @rest after the council; the output. */
static enum kh_rehearsal run(const char *head, const char *rest, char *text, size_t size)
{
    char path[] = "/tmp/kyhop-sitting-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w"), *out = fmemopen(text, size, "w");
    enum kh_rehearsal result;

    assert_true(file && out);
    fprintf(file, "%s%s", head, rest);
    fclose(file);
    result = kh_rehearse(plugin, lib, path, out);
    fclose(out);
    unlink(path);
    return result;
}

static void tells(const char *rest, enum kh_rehearsal wanted, const char *line)
{
    static char text[65536];
    enum kh_rehearsal result = run(council, rest, text, sizeof(text));

    if (result != wanted || !strstr(text, line))
        fail_msg("%d, %s", (int)result, text);
}

TEST(a_sitting_that_goes_as_written_is_said_to)
{
    tells("08:01 d2 floor.request speech => floor.requested state=accepted\n"
          "08:02 an floor.next => floor.granted person=d2 limit=7:00 ends_at=08:09\n"
          "             => mic.changed mic=live => end\n"
          "08:09 clock => floor.expired expiry=ask\n"
          "08:09 check floor=d2 queue= mic.d2=live mic.d3=off\n",
          KH_REHEARSAL_SAME, "as written");
}

TEST(a_wrong_expectation_is_told_at_its_line_with_both_sides)
{
    tells("08:01 d2 floor.request speech => floor.requested state=pending\n", KH_REHEARSAL_DIFFERS,
          ":9: 08:01 d2 floor.request speech");
    tells("08:01 d2 floor.request speech => floor.requested state=pending\n", KH_REHEARSAL_DIFFERS,
          "expected: floor.requested state=pending");
    tells("08:01 d2 floor.request speech => floor.requested state=pending\n", KH_REHEARSAL_DIFFERS,
          "got:      floor.requested person=\"d2\"");
    tells("08:01 d2 floor.request speech\n"
          "08:02 an floor.next\n"
          "     => floor.granted\n"
          "     => floor.released\n",
          KH_REHEARSAL_DIFFERS, ":12: 08:02 an floor.next");
}

TEST(an_unexpected_refusal_is_a_difference)
{
    tells("08:01 an floor.next\n", KH_REHEARSAL_DIFFERS, "refused queue_empty");
    tells("08:01 an floor.next => refused mics_busy\n", KH_REHEARSAL_DIFFERS,
          "expected: refused mics_busy");
    tells("08:01 an floor.next => refused queue_empty en~\"Nobody\"\n", KH_REHEARSAL_SAME, "");
    tells("08:01 an floor.next => refused queue_empty en~\"Everybody\"\n", KH_REHEARSAL_DIFFERS,
          "");
}

TEST(events_that_must_not_come_are_a_difference)
{
    tells("08:01 d2 floor.request speech => floor.requested => end\n", KH_REHEARSAL_SAME, "");
    tells("08:01 d2 floor.request speech => nothing\n", KH_REHEARSAL_DIFFERS, "expected: nothing");
    tells("08:01 d2 floor.request speech\n08:02 an floor.next => floor.granted => end\n",
          KH_REHEARSAL_DIFFERS, "expected: end");
}

TEST(a_wrong_state_is_told)
{
    tells("08:01 check present=5\n", KH_REHEARSAL_DIFFERS, "expected: present=5");
}

TEST(mistakes_in_the_file_are_told_with_their_line)
{
    tells("08:01 d9 floor.request speech\n", KH_REHEARSAL_INVALID, ":9: there is no person 'd9'");
    tells("08:01 d2 floor.sing\n", KH_REHEARSAL_INVALID, ":9: unknown command 'floor.sing'");
    tells("08:01 d2 floor.request speech loud=yes\n", KH_REHEARSAL_INVALID,
          ":9: 'loud': there is no such parameter");
    tells("08:01 an floor.extend d2 by=soon\n", KH_REHEARSAL_INVALID,
          ":9: by_ms: 'soon' is not a value");
    tells("07:59 clock\n", KH_REHEARSAL_INVALID, ":9: 07:59: time cannot go back");
    tells("25:00 clock\n", KH_REHEARSAL_INVALID, ":9: '25:00': a time");
    tells("08:01:02.9e300 clock\n", KH_REHEARSAL_INVALID, ":9: '08:01:02.9e300': a time");
    tells("08:01 d18446744073709551614..d18446744073709551615 floor.request speech\n",
          KH_REHEARSAL_INVALID, "is not a person or a range of persons");
    tells("08:01 d2 floor.request speech note=\"x\n", KH_REHEARSAL_INVALID,
          ":9: a quotation mark is missing");
    tells("08:01 d2 floor.request speech =>\n", KH_REHEARSAL_INVALID, ":9: =>: an event");
    tells("set quorum=none\n", KH_REHEARSAL_INVALID, ":9: set: write it before persons");
    tells("person d2 \"Two\" delegate\n", KH_REHEARSAL_INVALID,
          ":9: the person 'd2' is there twice");
}

TEST(a_wrong_setting_is_told)
{
    static char text[4096];

    assert_int_equal(run("set speech_first=700\n", council, text, sizeof(text)),
                     KH_REHEARSAL_INVALID);
    assert_non_null(strstr(text, "'speech_first': 700 is out of range"));
    assert_int_equal(run("", "date 2026-07-18\n", text, sizeof(text)), KH_REHEARSAL_INVALID);
    assert_non_null(strstr(text, "nothing happens"));
}

TEST(a_sitting_of_three_hours_takes_no_time)
{
    static char rest[131072], text[4096];
    size_t used = 0;

    for (unsigned minute = 0; minute < 180; minute++)
        used += (size_t)snprintf(rest + used, sizeof(rest) - used,
                                 "%02u:%02u:00 d2 floor.request point_of_order\n"
                                 "%02u:%02u:01 an floor.next\n"
                                 "%02u:%02u:50 d2 floor.release\n",
                                 9 + minute / 60, minute % 60, 9 + minute / 60, minute % 60,
                                 9 + minute / 60, minute % 60);
    assert_int_equal(run(council, rest, text, sizeof(text)), KH_REHEARSAL_SAME);
    assert_non_null(strstr(text, "4:59:50 of sitting"));
}

int main(int argc, char **argv)
{
    const char *root = argc > 1 ? argv[1] : ".";

    snprintf(plugin, sizeof(plugin), "%s/plugins/hai-phong", root);
    snprintf(lib, sizeof(lib), "%s/plugins/lib", root);
    return kh_run_tests(
        CASE(a_sitting_that_goes_as_written_is_said_to),
        CASE(a_wrong_expectation_is_told_at_its_line_with_both_sides),
        CASE(an_unexpected_refusal_is_a_difference),
        CASE(events_that_must_not_come_are_a_difference), CASE(a_wrong_state_is_told),
        CASE(mistakes_in_the_file_are_told_with_their_line), CASE(a_wrong_setting_is_told),
        CASE(a_sitting_of_three_hours_takes_no_time));
}
