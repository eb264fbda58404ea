/* read.h - the answers of a plugin, read strictly: unknown fields and wrong types raise.
 *
 * Engine thread only, inside a protected call: every function here may raise a Lua error whose text
 * names the field and what is wanted. Owns nothing. */
#ifndef KH_PROCEDURE_READ_H
#define KH_PROCEDURE_READ_H

#include "session/fields.h"

#include <jansson.h>
#include <lua.h>

/* A table on the Lua stack that is being read. */
struct kh_reader {
    lua_State *lua;
    int table;
    char what[96]; /* for messages: "on_grant", "kinds[2]" */
};

/* The table at @index as a reader; raises when it is not a table. */
void kh_read_begin(struct kh_reader *reader, lua_State *lua, int index, const char *what);

/* Raise when the table has a text key that is not in @words (NULL-terminated). */
void kh_read_known(const struct kh_reader *reader, const char *const *words);

_Noreturn void kh_read_fail(const struct kh_reader *reader, const char *field, const char *wanted);

/* Push the field; false and nothing pushed when it is nil. */
bool kh_read_push(const struct kh_reader *reader, const char *field);

/* Each leaves its out-parameter alone and returns false when the field is nil. */
bool kh_read_text(const struct kh_reader *reader, const char *field, char *to, size_t size);
bool kh_read_int(const struct kh_reader *reader, const char *field, int64_t min, int64_t max,
                 int64_t *to);
bool kh_read_bool(const struct kh_reader *reader, const char *field, bool *to);
/* Seconds in Lua, milliseconds in C; 0 to seven days. */
bool kh_read_ms(const struct kh_reader *reader, const char *field, int64_t *to);
/* A word of @words; @to is its index. */
bool kh_read_word(const struct kh_reader *reader, const char *field, const char *const *words,
                  int *to);
/* A list of role words as bits of enum kh_role. */
bool kh_read_roles(const struct kh_reader *reader, const char *field, uint32_t *to);

/* Raises when the field is nil. */
void kh_read_text_needed(const struct kh_reader *reader, const char *field, char *to, size_t size);
/* The two languages, both needed. */
void kh_read_both(const struct kh_reader *reader, char *vi, size_t vi_size, char *en,
                  size_t en_size);
/* {code?, vi, en, rule?} as a reason. */
void kh_read_reason(const struct kh_reader *reader, struct kh_reason *reason);

/* The seconds at @index of the stack, as milliseconds; raises. */
int64_t kh_read_ms_at(const struct kh_reader *reader, int index, const char *field);

#endif
