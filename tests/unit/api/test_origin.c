#include "api/origin.h"
#include "tests/unit/test.h"

TEST(a_page_of_this_host_may_connect)
{
    assert_true(kh_origin_matches("http://localhost:8080", "localhost:8080"));
    assert_true(kh_origin_matches("https://hop.example", "hop.example"));
    assert_true(kh_origin_matches("https://HOP.example", "hop.EXAMPLE"));
    assert_true(kh_origin_matches("http://[::1]:8080", "[::1]:8080"));
}

TEST(default_ports_may_be_left_out_on_either_side)
{
    assert_true(kh_origin_matches("https://hop.example", "hop.example:443"));
    assert_true(kh_origin_matches("http://hop.example:80", "hop.example"));
    assert_false(kh_origin_matches("http://hop.example", "hop.example:443"));
    assert_false(kh_origin_matches("https://hop.example:8443", "hop.example"));
}

TEST(what_is_no_browser_sends_no_origin_and_may_connect)
{
    assert_true(kh_origin_matches("", "hop.example"));
}

TEST(pages_of_other_hosts_may_not_connect)
{
    static const char *const others[] = {
        "null",
        "http://",
        "https://",
        "file://hop.example",
        "hop.example",
        "http://evil.example",
        "http://hop.example.evil.example",
        "http://evil-hop.example",
        "http://hop.exampl",
        "http://hop.example/",
        "http://hop.example@evil.example",
        "http://hop.example:8080",
    };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(kh_origin_matches(others[i], "hop.example"));
    assert_false(kh_origin_matches("http://", ""));
}

TEST(a_subprotocol_is_found_as_a_whole_word_of_the_list)
{
    assert_true(kh_origin_offers("kyhop.v1", "kyhop.v1"));
    assert_true(kh_origin_offers("other, kyhop.v1", "kyhop.v1"));
    assert_true(kh_origin_offers(" a ,kyhop.v1,b", "kyhop.v1"));
    assert_false(kh_origin_offers("", "kyhop.v1"));
    assert_false(kh_origin_offers(",,", "kyhop.v1"));
    assert_false(kh_origin_offers("kyhop.v10", "kyhop.v1"));
    assert_false(kh_origin_offers("xkyhop.v1", "kyhop.v1"));
    assert_false(kh_origin_offers("KYHOP.V1", "kyhop.v1"));
}

int main(void)
{
    return kh_run_tests(CASE(a_page_of_this_host_may_connect),
                        CASE(default_ports_may_be_left_out_on_either_side),
                        CASE(what_is_no_browser_sends_no_origin_and_may_connect),
                        CASE(pages_of_other_hosts_may_not_connect),
                        CASE(a_subprotocol_is_found_as_a_whole_word_of_the_list));
}
