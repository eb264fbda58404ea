#include "tests/unit/test.h"

#include "base/err.h"
#include "base/text.h"

#include <string.h>

TEST(a_text_that_fits_is_copied_whole_with_zeroes_behind)
{
    char to[8] = "xxxxxxx";

    assert_true(kh_text_copy(to, sizeof(to), "Hà"));
    assert_memory_equal(to, "H\xc3\xa0\0\0\0\0\0", 8);
    assert_true(kh_text_copy(to, sizeof(to), "1234567"));
    assert_string_equal(to, "1234567");
    assert_true(kh_text_copy(to, sizeof(to), NULL));
    assert_memory_equal(to, "\0\0\0\0\0\0\0\0", 8);
}

TEST(a_text_that_is_too_long_is_cut_between_characters)
{
    char to[5];

    assert_false(kh_text_copy(to, sizeof(to), "abcdef"));
    assert_string_equal(to, "abcd");
    assert_false(kh_text_copy(to, sizeof(to), "abcà"));
    assert_string_equal(to, "abc");
    assert_false(kh_text_copy(to, sizeof(to), "aẩẩ"));
    assert_string_equal(to, "aẩ");
    assert_false(kh_text_copy(to, 1, "a"));
    assert_string_equal(to, "");
}

TEST(a_text_is_copied_onto_itself)
{
    char text[16] = "Chủ tọa";

    assert_true(kh_text_copy(text, sizeof(text), text));
    assert_string_equal(text, "Chủ tọa");
}

TEST(what_is_not_utf8_becomes_a_question_mark)
{
    static const char *const rows[][2] = {
        { "a\xff"
          "b",
          "a?b" },                      /* never in UTF-8 */
        { "\x80", "?" },                /* continuation alone */
        { "\xc0\xaf", "??" },           /* overlong */
        { "\xe0\x80\xaf", "???" },      /* overlong */
        { "\xed\xa0\x80", "???" },      /* surrogate */
        { "\xf4\x90\x80\x80", "????" }, /* beyond U+10FFFF */
        { "\xf0\x80\x80\x80", "????" }, /* overlong */
        { "\xc3", "?" },                /* cut off */
        { "\xe1\xba", "??" },           /* cut off */
        { "\xf0\x9f\x98", "???" },      /* cut off */
        { "Ti\xe1ng", "Ti?ng" },        /* Latin-1 */
        { "ổ 😀 \xef\xbf\xbd", "ổ 😀 \xef\xbf\xbd" },
    };
    char to[32];

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        kh_text_copy(to, sizeof(to), rows[i][0]);
        assert_string_equal(to, rows[i][1]);
    }
}

TEST(null_and_empty_are_the_same_text)
{
    assert_true(kh_text_same(NULL, ""));
    assert_true(kh_text_same("a", "a"));
    assert_false(kh_text_same("a", NULL));
    assert_false(kh_text_same("a", "A"));
}

TEST(a_failure_keeps_its_code_and_a_text_that_fits)
{
    struct kh_error error = { 0 };
    char longer[1000];

    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    assert_int_equal(kh_err_set(&error, KH_ERR_IO, "cannot open %s", "x"), KH_ERR_IO);
    assert_int_equal(error.code, KH_ERR_IO);
    assert_string_equal(error.text, "cannot open x");
    kh_err_set(&error, KH_ERR_FULL, "%s", longer);
    assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
    assert_int_equal(kh_err_set(NULL, KH_ERR_BUSY, "x"), KH_ERR_BUSY);
}

TEST(every_code_has_a_text)
{
    for (int code = KH_OK; code <= KH_ERR_AUTH; code++)
        assert_string_not_equal(kh_err_text((enum kh_err)code), "unknown failure");
    assert_string_equal(kh_err_text((enum kh_err)999), "unknown failure");
}

int main(void)
{
    return kh_run_tests(
        CASE(a_text_that_fits_is_copied_whole_with_zeroes_behind),
        CASE(a_text_that_is_too_long_is_cut_between_characters), CASE(a_text_is_copied_onto_itself),
        CASE(what_is_not_utf8_becomes_a_question_mark), CASE(null_and_empty_are_the_same_text),
        CASE(a_failure_keeps_its_code_and_a_text_that_fits), CASE(every_code_has_a_text));
}
