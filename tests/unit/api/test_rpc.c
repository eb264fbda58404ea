#include "api/rpc.h"
#include "tests/unit/test.h"

#include <string.h>

/* The code of @text, with its id (or NULL) checked to be usable exactly when @has_id. */
static int code_of(const char *text, bool has_id)
{
    struct kh_request request;
    const char *problem = NULL;
    int code = kh_rpc_parse(text, strlen(text), &request, &problem);

    assert_int_equal(has_id, request.id != NULL);
    assert_int_equal(code != 0, problem != NULL);
    kh_rpc_finish(&request);
    return code;
}

TEST(a_whole_request_is_read)
{
    static const char text[] = "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"floor.request\","
                               "\"params\":{\"kind\":\"speech\"},\"key\":\"k1\",\"more\":1}";
    struct kh_request request;
    const char *problem = NULL;

    assert_int_equal(0, kh_rpc_parse(text, strlen(text), &request, &problem));
    assert_string_equal("a", json_string_value(request.id));
    assert_string_equal("floor.request", request.method);
    assert_string_equal("k1", request.key);
    assert_string_equal("speech", json_string_value(json_object_get(request.params, "kind")));
    kh_rpc_finish(&request);
}

TEST(absent_params_are_an_empty_object_and_an_absent_key_is_null)
{
    static const char text[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
    struct kh_request request;
    const char *problem = NULL;

    assert_int_equal(0, kh_rpc_parse(text, strlen(text), &request, &problem));
    assert_int_equal(0, json_object_size(request.params));
    assert_true(json_is_object(request.params));
    assert_null(request.key);
    kh_rpc_finish(&request);
}

TEST(text_that_is_not_json_is_a_parse_error)
{
    static const char *const texts[] = {
        "",
        " ",
        "{",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\"",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\"} trailing",
        "{'id':1}",
        "{\"id\":1,\"id\":2}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\\u0000b\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud800\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999999,\"method\":\"x\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":{\"n\":1e999}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":{\"n\":NaN}}",
        "\xff\xfe",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(KH_RPC_PARSE, code_of(texts[i], false));
}

TEST(json_that_is_no_request_is_an_invalid_request)
{
    static const char *const without_id[] = {
        "1",
        "null",
        "\"text\"",
        "[]",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]",
        "{}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"ping\"}",
    };
    static const char *const with_id[] = {
        "{\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"key\":7}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"key\":\"\"}",
    };

    for (size_t i = 0; i < sizeof(without_id) / sizeof(without_id[0]); i++)
        assert_int_equal(KH_RPC_REQUEST, code_of(without_id[i], false));
    for (size_t i = 0; i < sizeof(with_id) / sizeof(with_id[0]); i++)
        assert_int_equal(KH_RPC_REQUEST, code_of(with_id[i], true));
}

TEST(params_must_be_an_object)
{
    assert_int_equal(
        KH_RPC_PARAMS,
        code_of("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":[1]}", true));
    assert_int_equal(
        KH_RPC_PARAMS,
        code_of("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":null}", true));
    assert_int_equal(KH_RPC_PARAMS,
                     code_of("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":3}", true));
}

/* The code of a request whose member @name is a text of @bytes bytes. */
static int code_of_length(const char *name, unsigned bytes)
{
    json_t *json = json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", 1, "method", "x");
    char *value = g_strnfill(bytes, 'v'), *text;
    struct kh_request request;
    const char *problem;
    int code;

    json_object_set_new(json, name, json_string(value));
    text = json_dumps(json, 0);
    code = kh_rpc_parse(text, strlen(text), &request, &problem);
    kh_rpc_finish(&request);
    free(text);
    g_free(value);
    json_decref(json);
    return code;
}

TEST(ids_methods_and_keys_are_accepted_up_to_their_length_and_not_above)
{
    static const struct {
        const char *name;
        unsigned longest;
    } cases[] = { { "id", KH_RPC_ID_BYTES },
                  { "method", KH_RPC_METHOD_BYTES },
                  { "key", KH_RPC_KEY_BYTES } };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(0, code_of_length(cases[i].name, cases[i].longest));
        assert_int_equal(KH_RPC_REQUEST, code_of_length(cases[i].name, cases[i].longest + 1));
    }
}

/* A request nested @levels deep in all. */
static int code_of_depth(unsigned levels)
{
    GString *text =
        g_string_new("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"params\":{\"a\":");
    struct kh_request request;
    const char *problem;
    int code;

    for (unsigned i = 2; i < levels; i++)
        g_string_append_c(text, '[');
    g_string_append(text, "\"[[[\\\"{{{\"");
    for (unsigned i = 2; i < levels; i++)
        g_string_append_c(text, ']');
    g_string_append(text, "}}");
    code = kh_rpc_parse(text->str, text->len, &request, &problem);
    kh_rpc_finish(&request);
    g_string_free(text, TRUE);
    return code;
}

TEST(nesting_has_a_limit_and_brackets_within_strings_do_not_count)
{
    assert_int_equal(0, code_of_depth(KH_RPC_DEPTH));
    assert_int_equal(KH_RPC_PARSE, code_of_depth(KH_RPC_DEPTH + 1));
    assert_int_equal(KH_RPC_PARSE, code_of_depth(30000));
}

int main(void)
{
    return kh_run_tests(CASE(a_whole_request_is_read),
                        CASE(absent_params_are_an_empty_object_and_an_absent_key_is_null),
                        CASE(text_that_is_not_json_is_a_parse_error),
                        CASE(json_that_is_no_request_is_an_invalid_request),
                        CASE(params_must_be_an_object),
                        CASE(ids_methods_and_keys_are_accepted_up_to_their_length_and_not_above),
                        CASE(nesting_has_a_limit_and_brackets_within_strings_do_not_count));
}
