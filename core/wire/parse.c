/* Members of objects, checked. */
#include "wire/compose.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum kh_err kh_parse_text(const json_t *object, const char *name, char *to, size_t size,
                          struct kh_error *error)
{
    const json_t *value = json_object_get(object, name);

    if (!value)
        return KH_OK;
    if (!json_is_string(value))
        return kh_err_set(error, KH_ERR_INVALID, "%s: a text is wanted", name);
    if (json_string_length(value) >= size)
        return kh_err_set(error, KH_ERR_INVALID, "%s: at most %zu bytes", name, size - 1);
    kh_text_copy(to, size, json_string_value(value));
    return KH_OK;
}

enum kh_err kh_parse_number(const json_t *object, const char *name, int64_t min, int64_t max,
                            int64_t *to, struct kh_error *error)
{
    const json_t *value = json_object_get(object, name);

    if (!value)
        return KH_OK;
    if (!json_is_integer(value))
        return kh_err_set(error, KH_ERR_INVALID, "%s: an integer is wanted", name);
    if (json_integer_value(value) < min || json_integer_value(value) > max)
        return kh_err_set(error, KH_ERR_INVALID, "%s: %" PRId64 " to %" PRId64 " is possible", name,
                          min, max);
    *to = json_integer_value(value);
    return KH_OK;
}

enum kh_err kh_parse_bool(const json_t *object, const char *name, bool *to, struct kh_error *error)
{
    const json_t *value = json_object_get(object, name);

    if (!value)
        return KH_OK;
    if (!json_is_boolean(value))
        return kh_err_set(error, KH_ERR_INVALID, "%s: true or false is wanted", name);
    *to = json_is_true(value);
    return KH_OK;
}

enum kh_err kh_parse_word(const json_t *object, const char *name, const char *const *words, int *to,
                          struct kh_error *error)
{
    const json_t *value = json_object_get(object, name);
    char known[160] = "";

    if (!value)
        return KH_OK;
    int found = json_is_string(value) ? kh_word_find(words, json_string_value(value)) : -1;
    if (found >= 0) {
        *to = found;
        return KH_OK;
    }
    for (int i = 0; words[i] && strlen(known) + strlen(words[i]) + 2 < sizeof(known); i++) {
        strcat(known, i ? " " : "");
        strcat(known, words[i]);
    }
    return kh_err_set(error, KH_ERR_INVALID, "%s: one of these is wanted: %s", name, known);
}

enum kh_err kh_parse_roles(const json_t *object, const char *name, uint32_t *to,
                           struct kh_error *error)
{
    const json_t *list = json_object_get(object, name), *role;
    uint32_t roles = 0;
    size_t i;

    if (!list)
        return KH_OK;
    if (!json_is_array(list))
        return kh_err_set(error, KH_ERR_INVALID, "%s: a list of roles is wanted", name);
    json_array_foreach(list, i, role)
    {
        int found =
            json_is_string(role) ? kh_word_find(kh_role_words, json_string_value(role)) : -1;
        if (found < 0)
            return kh_err_set(error, KH_ERR_INVALID, "%s: an unknown role", name);
        roles |= 1u << found;
    }
    *to = roles;
    return KH_OK;
}
