#include "api/window.h"
#include "tests/unit/test.h"

#include <libwebsockets.h>
#include <string.h>

static void add(struct kh_window *window, uint64_t seq)
{
    json_t *params = json_pack("{s:I}", "seq", (json_int_t)seq);
    struct kh_view view = { .params = params };

    kh_window_add(window, seq, &view, 1);
    json_decref(params);
}

static const char *text(const struct kh_message *message)
{
    static char copy[512];

    assert_in_range(message->bytes, 1, sizeof(copy) - 1);
    memcpy(copy, message->text, message->bytes);
    copy[message->bytes] = '\0';
    return copy;
}

TEST(the_newest_events_are_kept_and_older_ones_forgotten)
{
    struct kh_window *window = kh_window_create(4);

    assert_int_equal(0, kh_window_newest(window));
    assert_null(kh_window_get(window, 0));
    for (uint64_t seq = 11; seq <= 20; seq++)
        add(window, seq);
    assert_int_equal(20, kh_window_newest(window));
    assert_null(kh_window_get(window, 0));
    assert_null(kh_window_get(window, 16));
    assert_null(kh_window_get(window, 21));
    for (uint64_t seq = 17; seq <= 20; seq++)
        assert_int_equal(seq, kh_window_get(window, seq)->seq);
    assert_string_equal("{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"seq\":18}}",
                        text(kh_window_text(kh_window_get(window, 18), 0, "an")));
    kh_window_destroy(window);
}

TEST(a_reader_is_given_the_first_view_that_fits)
{
    struct kh_window *window = kh_window_create(4);
    json_t *a = json_pack("{s:s}", "v", "a"), *b = json_pack("{s:s}", "v", "b"),
           *c = json_pack("{s:s}", "v", "c"), *d = json_pack("{s:s}", "v", "d");
    struct kh_view views[] = { { .roles = 4, .person = "an", .params = a },
                               { .roles = 3, .params = b },
                               { .person = "an", .params = c },
                               { .params = d } };
    const struct kh_kept *kept = kh_window_add(window, 1, views, 4);

    assert_non_null(strstr(text(kh_window_text(kept, 4, "an")), "\"a\""));
    assert_non_null(strstr(text(kh_window_text(kept, 6, "binh")), "\"b\""));
    assert_non_null(strstr(text(kh_window_text(kept, 8, "an")), "\"c\""));
    assert_non_null(strstr(text(kh_window_text(kept, 4, "binh")), "\"d\""));
    assert_non_null(strstr(text(kh_window_text(kept, 0, "cuong")), "\"d\""));
    json_decref(a);
    json_decref(b);
    json_decref(c);
    json_decref(d);
    kh_window_destroy(window);
}

TEST(whom_no_view_fits_is_told_the_seq_and_nothing_else)
{
    struct kh_window *window = kh_window_create(4);
    json_t *secret = json_pack("{s:s}", "secret", "yes");
    struct kh_view view = { .person = "an", .params = secret };
    const struct kh_kept *kept = kh_window_add(window, 7, &view, 1);

    assert_string_equal("{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"seq\":7,"
                        "\"type\":\"withheld\"}}",
                        text(kh_window_text(kept, 255, "binh")));
    kept = kh_window_add(window, 8, NULL, 0);
    assert_non_null(strstr(text(kh_window_text(kept, 255, "an")), "withheld"));
    json_decref(secret);
    kh_window_destroy(window);
}

TEST(a_message_outlives_its_window_while_somebody_has_to_send_it)
{
    struct kh_window *window = kh_window_create(1);
    struct kh_message *message;

    add(window, 1);
    message = kh_message_ref(kh_window_text(kh_window_get(window, 1), 0, "an"));
    add(window, 2);
    kh_window_destroy(window);
    assert_non_null(strstr(text(message), "\"seq\":1"));
    assert_int_equal(1, message->refs);
    kh_message_unref(message);
}

TEST(the_room_before_a_text_may_be_scribbled_over)
{
    struct kh_message *message = kh_message_result(NULL, json_pack("{s:s}", "a", "ừ"));

    memset(message->text - LWS_PRE, 0xff, LWS_PRE);
    assert_string_equal("{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":{\"a\":\"ừ\"}}",
                        text(message));
    kh_message_unref(message);
}

TEST(an_error_text_cut_within_a_letter_is_still_sent)
{
    json_t *id = json_string("x");
    struct kh_message *message = kh_message_error(id, KH_RPC_REFUSED, "không \xe1\xbb", NULL);

    assert_non_null(strstr(text(message), "\"code\":-32003"));
    assert_non_null(strstr(text(message), "\"id\":\"x\""));
    assert_true(g_utf8_validate((const char *)message->text, (gssize)message->bytes, NULL));
    assert_null(strstr(text(message), "data"));
    kh_message_unref(message);
    json_decref(id);
}

int main(void)
{
    return kh_run_tests(CASE(the_newest_events_are_kept_and_older_ones_forgotten),
                        CASE(a_reader_is_given_the_first_view_that_fits),
                        CASE(whom_no_view_fits_is_told_the_seq_and_nothing_else),
                        CASE(a_message_outlives_its_window_while_somebody_has_to_send_it),
                        CASE(the_room_before_a_text_may_be_scribbled_over),
                        CASE(an_error_text_cut_within_a_letter_is_still_sent));
}
