/* file.h - box.db seen from outside, for the tests of what it keeps and what it tells. */
#ifndef KH_TESTS_UNIT_BOX_FILE_H
#define KH_TESTS_UNIT_BOX_FILE_H

#include "tests/unit/box/council.h"

void box_file_path(const struct council *of, const char *name, char path[128]);
/* The whole file in memory; the caller frees it. NULL and 0 when it is not there. */
uint8_t *box_file_read(const struct council *of, const char *name, size_t *n);
/* How often @what is in a file, and where it is last (@where may be NULL). */
unsigned box_file_find(const struct council *of, const char *name, const void *what, size_t n_what,
                       size_t *where);
/* Run @sql on box.db, which nobody has open. */
void box_file_sql(const struct council *of, const char *sql);

/* Close the box, if it is open, and open it again. */
void council_reopen(struct council *of);
/* Make @n ballots that choose nothing; needs a vote in which one may. */
void council_ballots(const struct council *council, struct ballot ballots[], unsigned n);

#endif
