#include "config/csv.h"

#include <string.h>

/* Cut one cell at @from, unquote it in place, return what ended it: ',' '\n' or 0. */
static char cut_cell(char **from, unsigned *line)
{
    char *read = *from, *write = *from;
    bool is_quoted = *read == '"';
    char end;

    if (is_quoted)
        read++;
    for (;; read++) {
        if (is_quoted && *read == '"') {
            if (read[1] != '"') {
                is_quoted = false;
                continue;
            }
            read++;
        } else if (*read == '\0' || (!is_quoted && (*read == ',' || *read == '\n'))) {
            break;
        }
        *line += *read == '\n';
        if (is_quoted || *read != '\r')
            *write++ = *read;
    }
    end = *read;
    *from = end ? read + 1 : read;
    *write = '\0';
    return end;
}

unsigned kh_csv_row(struct kh_csv *csv, char *cells[KH_CSV_CELLS_MAX])
{
    unsigned n = 0;
    char end = ',';

    if (csv->next_line == 0) {
        csv->next_line = 1;
        if (strncmp(csv->rest, "\xef\xbb\xbf", 3) == 0)
            csv->rest += 3;
    }
    while (*csv->rest == '\n' || *csv->rest == '\r')
        csv->next_line += *csv->rest++ == '\n';
    csv->line = csv->next_line;
    while (end == ',' && (*csv->rest || n > 0)) {
        char *cell = csv->rest;
        end = cut_cell(&csv->rest, &csv->next_line);
        if (n < KH_CSV_CELLS_MAX)
            cells[n++] = cell;
    }
    csv->next_line += end == '\n';
    return n;
}
