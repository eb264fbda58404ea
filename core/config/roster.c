#include "config/roster.h"

#include "base/text.h"
#include "config/csv.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

enum column { ID, NAME, TITLE, GROUP, SEAT, BIRTH, ROLES, WEIGHT, IN_OFFICE, CAN_VOTE, COLUMNS };

static const char *const column_words[] = { "id",        "name",     "title", "group",
                                            "seat",      "birth",    "roles", "weight",
                                            "in_office", "can_vote", NULL };

struct roster {
    const char *path;
    int place[COLUMNS]; /* of a column in the row, -1: not there */
    struct kh_csv csv;
    char *cells[KH_CSV_CELLS_MAX];
    unsigned n_cells;
    struct kh_error *error;
};

static const char *cell(const struct roster *r, enum column column)
{
    int place = r->place[column];

    return place >= 0 && (unsigned)place < r->n_cells ? r->cells[place] : "";
}

#define BAD(r, ...) bad((r), g_strdup_printf(__VA_ARGS__))

static enum kh_err bad(const struct roster *r, char *what)
{
    enum kh_err err = kh_err_set(r->error, KH_ERR_INVALID, "%s:%u: %s", r->path, r->csv.line, what);

    g_free(what);
    return err;
}

static enum kh_err read_head(struct roster *r)
{
    for (int i = 0; i < COLUMNS; i++)
        r->place[i] = -1;
    for (unsigned i = 0; i < r->n_cells; i++) {
        int column = kh_word_find(column_words, r->cells[i]);
        if (column < 0)
            return BAD(r,
                       "unknown column \"%s\" (known: id name title group seat birth roles weight "
                       "in_office can_vote)",
                       r->cells[i]);
        if (r->place[column] >= 0)
            return BAD(r, "the column \"%s\" is there twice", r->cells[i]);
        r->place[column] = (int)i;
    }
    if (r->place[ID] < 0 || r->place[NAME] < 0 || r->place[ROLES] < 0)
        return BAD(r, "the first row must name the columns id, name and roles");
    return KH_OK;
}

static enum kh_err read_roles(const struct roster *r, uint32_t *roles)
{
    char **words = g_strsplit(cell(r, ROLES), " ", -1);
    enum kh_err err = KH_OK;

    *roles = 0;
    for (char **word = words; *word && !err; word++) {
        int found = kh_word_find(kh_role_words, *word);
        if (**word == '\0')
            continue;
        if (found < 0 || 1 << found == KH_ROLE_SERVER)
            err = BAD(r,
                      "unknown role \"%s\" (chair delegate secretary guest operator display "
                      "observer it)",
                      *word);
        else
            *roles |= 1u << found;
    }
    g_strfreev(words);
    if (!err && *roles == 0)
        err = BAD(r, "no role (e.g. delegate)");
    return err;
}

static enum kh_err read_yes(const struct roster *r, enum column column, bool standard, bool *to)
{
    const char *text = cell(r, column);

    *to = standard;
    if (strcmp(text, "yes") == 0)
        *to = true;
    else if (strcmp(text, "no") == 0)
        *to = false;
    else if (text[0])
        return BAD(r, "%s: yes or no is wanted", column_words[column]);
    return KH_OK;
}

static enum kh_err read_text(const struct roster *r, enum column column, char *to, size_t size)
{
    if (kh_text_copy(to, size, cell(r, column)))
        return KH_OK;
    return BAD(r, "%s is too long (at most %zu bytes)", column_words[column], size - 1);
}

static enum kh_err read_texts(const struct roster *r, struct kh_profile *p)
{
    enum kh_err err = read_text(r, ID, p->id, sizeof(p->id));

    if (!err)
        err = read_text(r, NAME, p->name, sizeof(p->name));
    if (!err)
        err = read_text(r, TITLE, p->title, sizeof(p->title));
    if (!err)
        err = read_text(r, GROUP, p->group, sizeof(p->group));
    if (!err)
        err = read_text(r, SEAT, p->seat, sizeof(p->seat));
    if (!err)
        err = read_text(r, BIRTH, p->birth, sizeof(p->birth));
    return err;
}

/* A weight is a whole number; empty is 1. */
static enum kh_err read_weight(const struct roster *r, uint32_t *weight)
{
    const char *text = cell(r, WEIGHT);
    guint64 value = 1;

    if (text[0] && !g_ascii_string_to_unsigned(text, 10, 1, 1000000, &value, NULL))
        return BAD(r, "weight: a whole number from 1 to 1000000");
    *weight = (uint32_t)value;
    return KH_OK;
}

/* Births decide a tie ("oldest"), so they have to be dates: YYYY-MM-DD or nothing. */
static enum kh_err read_birth(const struct roster *r, const char *birth)
{
    unsigned year = 0, month = 0, day = 0;
    int end = 0;

    if (birth[0] == '\0')
        return KH_OK;
    bool is_form = sscanf(birth, "%4u-%2u-%2u%n", &year, &month, &day, &end) == 3 && end == 10 &&
                   birth[end] == '\0';
    if (is_form && g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return KH_OK;
    return BAD(r, "birth: a date like 1970-12-31, not \"%s\"", birth);
}

static enum kh_err read_row(const struct roster *r, struct kh_profile *p)
{
    enum kh_err err = read_texts(r, p);

    if (!err)
        err = read_birth(r, p->birth);
    if (!err)
        err = read_weight(r, &p->weight);
    if (!err)
        err = read_roles(r, &p->roles);
    bool is_delegate = p->roles & KH_ROLE_DELEGATE;
    if (!err)
        err = read_yes(r, IN_OFFICE, is_delegate, &p->in_office);
    if (!err)
        err = read_yes(r, CAN_VOTE, is_delegate, &p->can_vote);
    if (!err && (p->id[0] == '\0' || p->name[0] == '\0'))
        err = BAD(r, "id and name must not be empty");
    return err;
}

static bool is_taken(const GArray *rows, const char *id)
{
    for (guint i = 0; i < rows->len; i++)
        if (strcmp(g_array_index(rows, struct kh_profile, i).id, id) == 0)
            return true;
    return false;
}

static enum kh_err read_rows(struct roster *r, GArray *rows)
{
    enum kh_err err = KH_OK;

    while (!err && (r->n_cells = kh_csv_row(&r->csv, r->cells)) > 0) {
        struct kh_profile profile = { 0 };
        err = read_row(r, &profile);
        if (!err && is_taken(rows, profile.id))
            err = BAD(r, "the id \"%s\" is there twice", profile.id);
        if (!err && rows->len == KH_PERSONS_MAX)
            err = BAD(r, "more than %d people", KH_PERSONS_MAX);
        if (!err)
            g_array_append_val(rows, profile);
    }
    return err;
}

/* Spreadsheets also write UTF-16 and old code pages; a wrong letter in a name is not to be guessed.
 */
static enum kh_err check_letters(const char *path, const char *text, gsize bytes,
                                 struct kh_error *error)
{
    const char *end = NULL;
    unsigned line = 1;

    if (g_utf8_validate(text, (gssize)bytes, &end))
        return KH_OK;
    for (const char *at = text; at < end; at++)
        line += *at == '\n';
    return kh_err_set(error, KH_ERR_INVALID, "%s:%u: not UTF-8 (save the table as CSV UTF-8)", path,
                      line);
}

enum kh_err kh_roster_load(const char *path, struct kh_profile **out, unsigned *n,
                           struct kh_error *error)
{
    char *text = NULL;
    GError *gerror = NULL;

    gsize bytes = 0;
    if (!g_file_get_contents(path, &text, &bytes, &gerror)) {
        enum kh_err err = kh_err_set(error, KH_ERR_INVALID, "%s", gerror->message);
        g_error_free(gerror);
        return err;
    }
    struct roster r = { .path = path, .csv = { .rest = text }, .error = error };
    GArray *rows = g_array_new(FALSE, TRUE, sizeof(struct kh_profile));
    enum kh_err err = check_letters(path, text, bytes, error);
    r.n_cells = err ? 0 : kh_csv_row(&r.csv, r.cells);
    if (!err)
        err = read_head(&r);
    if (!err)
        err = read_rows(&r, rows);
    if (!err) {
        *n = rows->len;
        *out = (struct kh_profile *)(void *)g_array_free(rows, FALSE);
    } else {
        g_array_free(rows, TRUE);
    }
    g_free(text);
    return err;
}
