/* words.h - the words of the minutes in Vietnamese and English (procedures.md section 7).
 *
 * Pure, any thread. */
#ifndef KH_MINUTES_WORDS_H
#define KH_MINUTES_WORDS_H

#include <stdbool.h>

struct kh_words {
    const char *key, *vi, *en;
};

/* By "part.word"; NULL when there is none: a procedure may have words of its own. */
const struct kh_words *kh_words_find(const char *key);

#endif
