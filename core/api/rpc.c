#include "api/rpc.h"

#include <string.h>

/* Jansson itself goes 2,048 levels deep; whoever walks the tree later should not have to. */
static bool is_too_deep(const char *text, size_t bytes)
{
    unsigned depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < bytes; i++) {
        char c = text[i];

        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            depth++;
        else if (!in_string && (c == '}' || c == ']') && depth > 0)
            depth--;
        if (depth > KH_RPC_DEPTH)
            return true;
    }
    return false;
}

static const char *read_id(struct kh_request *request)
{
    json_t *id = json_object_get(request->root, "id");

    if (!id)
        return "id is missing: notifications from clients are not supported";
    if (!json_is_integer(id) && !json_is_string(id))
        return "id must be a string or a whole number";
    if (json_is_string(id) && json_string_length(id) > KH_RPC_ID_BYTES)
        return "id must be at most 128 bytes";
    request->id = id;
    return NULL;
}

static const char *read_version(struct kh_request *request)
{
    const char *version = json_string_value(json_object_get(request->root, "jsonrpc"));

    return version && strcmp(version, "2.0") == 0 ? NULL : "jsonrpc must be \"2.0\"";
}

static const char *read_method(struct kh_request *request)
{
    json_t *method = json_object_get(request->root, "method");

    if (!json_is_string(method))
        return "method must be a string";
    if (json_string_length(method) == 0 || json_string_length(method) > KH_RPC_METHOD_BYTES)
        return "method must be 1 to 64 bytes";
    request->method = json_string_value(method);
    return NULL;
}

static const char *read_key(struct kh_request *request)
{
    json_t *key = json_object_get(request->root, "key");

    if (!key)
        return NULL;
    if (!json_is_string(key) || json_string_length(key) == 0 ||
        json_string_length(key) > KH_RPC_KEY_BYTES)
        return "key must be a string of 1 to 64 bytes";
    request->key = json_string_value(key);
    return NULL;
}

static int read_params(struct kh_request *request, const char **problem)
{
    json_t *params = json_object_get(request->root, "params");

    if (params && !json_is_object(params)) {
        *problem = "params must be an object";
        return KH_RPC_PARAMS;
    }
    request->params = params ? json_incref(params) : json_object();
    return 0;
}

static int read_object(struct kh_request *request, const char **problem)
{
    static const char *(*const steps[])(struct kh_request *) = { read_id, read_version, read_method,
                                                                 read_key };

    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        *problem = steps[i](request);
        if (*problem)
            return KH_RPC_REQUEST;
    }
    return read_params(request, problem);
}

int kh_rpc_parse(const char *text, size_t bytes, struct kh_request *request, const char **problem)
{
    *request = (struct kh_request){ 0 };
    if (is_too_deep(text, bytes)) {
        *problem = "nested deeper than 32 levels";
        return KH_RPC_PARSE;
    }
    request->root = json_loadb(text, bytes, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    if (!request->root) {
        *problem = "not valid JSON";
        return KH_RPC_PARSE;
    }
    if (json_is_array(request->root)) {
        *problem = "batches are not supported";
        return KH_RPC_REQUEST;
    }
    if (!json_is_object(request->root)) {
        *problem = "a request must be an object";
        return KH_RPC_REQUEST;
    }
    return read_object(request, problem);
}

void kh_rpc_finish(struct kh_request *request)
{
    json_decref(request->params);
    json_decref(request->root);
    *request = (struct kh_request){ 0 };
}
