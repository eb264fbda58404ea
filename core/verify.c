#include "verify.h"

#include "box/recount.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

/* What the journal says of one vote. */
struct told {
    uint32_t vote, issued;
    json_t *members; /* ids of the committee as it was when the vote was opened */
    json_t *deals;   /* by person */
    uint32_t needed;
    bool is_opened;
    json_t *papered, *boxed, *counts; /* bodies, NULL: not there */
};

static void forget(struct told *told)
{
    json_decref(told->members);
    json_decref(told->deals);
    json_decref(told->papered);
    json_decref(told->boxed);
    json_decref(told->counts);
}

static void replace(json_t **held, json_t *value)
{
    json_decref(*held);
    *held = json_incref(value);
}

static void take_committee(struct told *told, const char *type, json_t *body)
{
    if (strcmp(type, "committee.formed") == 0) {
        replace(&told->members, json_object_get(body, "members"));
        told->needed = (uint32_t)json_integer_value(json_object_get(body, "needed"));
        json_decref(told->deals);
        told->deals = json_object();
    } else if (strcmp(type, "committee.dealt") == 0 && told->deals) {
        json_object_set(told->deals, json_string_value(json_object_get(body, "person")),
                        json_object_get(body, "deal"));
    }
}

static bool take(void *user, const struct kh_entry *entry)
{
    struct told *told = user;
    json_t *body = json_loads(entry->body, 0, NULL);
    bool is_it = json_integer_value(json_object_get(body, "vote")) == (json_int_t)told->vote;

    if (!told->is_opened)
        take_committee(told, entry->type, body);
    if (is_it && strcmp(entry->type, "vote.opened") == 0)
        told->is_opened = true;
    else if (is_it && strcmp(entry->type, "vote.papered") == 0)
        replace(&told->papered, body);
    else if (is_it && strcmp(entry->type, "vote.issued") == 0)
        told->issued++;
    else if (is_it && strcmp(entry->type, "vote.boxed") == 0)
        replace(&told->boxed, body);
    else if (is_it && strcmp(entry->type, "vote.tallied") == 0)
        replace(&told->counts, json_object_get(body, "counts"));
    json_decref(body);
    return true;
}

/* --- holding the box against it --- */

static bool is_same(const json_t *box, const char *name, const json_t *body)
{
    return body && json_equal(json_object_get(box, name), json_object_get(body, name));
}

/* The keys that the journalled deals make, against those that the box was sealed for. */
static bool are_keys(const json_t *box, const struct told *told)
{
    char key[KH_BOX_POINT_TEXT], keys[KH_BOX_MEMBERS_MAX][KH_BOX_POINT_TEXT];
    const char *deals[KH_BOX_MEMBERS_MAX];
    size_t n = json_array_size(told->members), i;
    const json_t *published = json_object_get(box, "members");
    json_t *id;

    if (n == 0 || n > KH_BOX_MEMBERS_MAX || json_array_size(published) != n)
        return false;
    json_array_foreach(told->members, i, id)
    {
        deals[i] = json_string_value(json_object_get(told->deals, json_string_value(id)));
        if (!deals[i])
            return false;
    }
    if (!kh_committee_keys((unsigned)n, told->needed, deals, key, keys) ||
        g_strcmp0(json_string_value(json_object_get(box, "key")), key) != 0)
        return false;
    for (i = 0; i < n; i++)
        if (g_strcmp0(json_string_value(json_object_get(json_array_get(published, i), "key")),
                      keys[i]) != 0)
            return false;
    return true;
}

/* The option's number in vote.tallied: {option: n}, or {subject: {option: n}}. */
static json_int_t told_count(const json_t *counts, const json_t *subject, const json_t *option)
{
    const json_t *of = json_object_get(counts, json_string_value(json_object_get(subject, "id")));

    return json_integer_value(
        json_object_get(of ? of : counts, json_string_value(json_object_get(option, "id"))));
}

static bool are_counts(const json_t *box, const json_t *told)
{
    const json_t *people = json_object_get(box, "people");
    const json_t *choices = json_object_get(box, "choices");
    json_t *row, *n;
    size_t s, o;

    json_array_foreach(json_object_get(box, "counts"), s, row)
    {
        const json_t *subject = json_array_size(people) > 1 ? json_array_get(people, s) : NULL;
        json_array_foreach(row, o, n)
        {
            if (json_integer_value(n) != told_count(told, subject, json_array_get(choices, o)))
                return false;
        }
    }
    return true;
}

/* NULL: all agree; else what does not. */
static const char *disagreement(const json_t *box, const struct told *told)
{
    if (!told->is_opened || !told->boxed || !told->papered)
        return "the journal knows no such box";
    if (!are_keys(box, told))
        return "key: not what the committee made";
    if (!is_same(box, "paper_key", told->papered))
        return "paper_key: papers were issued for another one";
    if (!is_same(box, "hash", told->boxed) || !is_same(box, "number", told->boxed))
        return "hash or number: another box was closed";
    if (json_integer_value(json_object_get(box, "number")) > (json_int_t)told->issued)
        return "number: more ballots than papers were issued";
    if (told->counts && !are_counts(box, told->counts))
        return "counts: others were announced";
    return NULL;
}

/* --- files --- */

static enum kh_err read_box(const char *path, json_t **box, struct kh_error *error)
{
    json_error_t why;
    struct kh_recount report;

    *box = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!*box)
        return kh_err_set(error, KH_ERR_INVALID, "%s:%d: %s", path, why.line, why.text);
    if (!kh_recount(*box, &report)) {
        json_decref(*box);
        return kh_err_set(error, KH_ERR_CORRUPT, "%s: %s: %s / %s", path,
                          kh_recount_word(report.failed), report.vi, report.en);
    }
    printf("%s: %s\n%s: %s\n", path, report.vi, path, report.en);
    return KH_OK;
}

enum kh_err kh_verify_box(const char *path, struct kh_error *error)
{
    json_t *box;
    enum kh_err err = read_box(path, &box, error);

    if (err)
        return err;
    printf("%s: compare with the minutes: number %" JSON_INTEGER_FORMAT ", hash %s\n", path,
           json_integer_value(json_object_get(box, "number")),
           json_string_value(json_object_get(box, "hash")));
    json_decref(box);
    return KH_OK;
}

static enum kh_err verify_one(struct kh_journal *journal, const char *path, struct kh_error *error)
{
    struct told told = { 0 };
    json_t *box;
    enum kh_err err = read_box(path, &box, error);

    if (err)
        return err;
    told.vote = (uint32_t)json_integer_value(json_object_get(box, "vote"));
    err = kh_journal_read(journal, json_string_value(json_object_get(box, "council")), 1, take,
                          &told, error);
    const char *what = err ? NULL : disagreement(box, &told);
    if (what)
        err = kh_err_set(error, KH_ERR_CORRUPT, "%s: %s", path, what);
    forget(&told);
    json_decref(box);
    return err;
}

enum kh_err kh_verify_boxes(struct kh_journal *journal, const char *data, struct kh_error *error)
{
    char *folder = g_build_filename(data, "boxes", NULL);
    GDir *dir = g_dir_open(folder, 0, NULL);
    enum kh_err err = KH_OK;
    const char *name;

    while (dir && !err && (name = g_dir_read_name(dir))) {
        char *path = g_build_filename(folder, name, NULL);
        if (g_str_has_suffix(name, ".json"))
            err = verify_one(journal, path, error);
        g_free(path);
    }
    if (dir)
        g_dir_close(dir);
    g_free(folder);
    return err;
}
