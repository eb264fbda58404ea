/* csv.h - comma-separated values (RFC 4180), UTF-8 with or without a byte order mark.
 *
 * Pure, any thread. */
#ifndef KH_CONFIG_CSV_H
#define KH_CONFIG_CSV_H

#include <stdbool.h>
#include <stddef.h>

enum { KH_CSV_CELLS_MAX = 32 };

/* A text being read; start with @rest at its first byte and @line 1. The text is changed: cells are
 * cut out of it in place. */
struct kh_csv {
    char *rest;
    unsigned line;      /* of the row just read */
    unsigned next_line; /* 0 at the start counts as 1 */
};

/* The next row: cells into @cells, their number as the result; 0 at the end. Empty lines are passed
 * over. More than KH_CSV_CELLS_MAX cells are cut off. A quote that never ends takes the rest. */
unsigned kh_csv_row(struct kh_csv *csv, char *cells[KH_CSV_CELLS_MAX]);

#endif
