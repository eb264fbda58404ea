/* text.h - bounded copies of short texts into fixed arrays.
 *
 * Pure, any thread. Cuts only between UTF-8 characters, always ends with a NUL. */
#ifndef KH_BASE_TEXT_H
#define KH_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copy @from (NULL counts as "") into @to of @size bytes (> 0). False when it was cut. Bytes that
 * are not UTF-8 (RFC 3629) become '?', so that every copied text can travel as JSON. */
bool kh_text_copy(char *to, size_t size, const char *from);

#define KH_TEXT_SET(array, from) ((void)kh_text_copy((array), sizeof(array), (from)))

/* Are both the same? NULL counts as "". */
bool kh_text_same(const char *a, const char *b);

/* What tells one text from another (FNV-1a, not against a forger); of NULL: 0. */
uint64_t kh_text_digest(const char *text);

#endif
