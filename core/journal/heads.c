#include "journal/heads.h"

#include "journal/row.h"

static enum kh_err bad_head(const char *council, struct kh_error *error)
{
    return kh_err_set(error, KH_ERR_CORRUPT,
                      "journal of council %s: the head of the chain is damaged", council);
}

enum kh_err kh_heads_get(struct kh_journal *journal, enum kh_statement which, const char *council,
                         struct kh_journal_head *head, struct kh_error *error)
{
    sqlite3_stmt *row = kh_store_use(journal, which, council);
    int rc = sqlite3_step(row);
    bool is_good = true;
    enum kh_err err;

    *head = (struct kh_journal_head){ .council = council };
    if (rc == SQLITE_ROW) {
        head->seq = (uint64_t)sqlite3_column_int64(row, 0);
        is_good = kh_row_hash(row, 1, head->hash);
    }
    if ((err = kh_row_finish(row, rc, KH_OK, error)))
        return err;
    return is_good ? KH_OK : bad_head(council, error);
}

static enum kh_err check_head_row(sqlite3_stmt *row, struct kh_error *error)
{
    const char *council = kh_row_text(row, 0).at;
    uint64_t head = (uint64_t)sqlite3_column_int64(row, 1);
    uint64_t newest = (uint64_t)sqlite3_column_int64(row, 2);

    return kh_row_bad(council, newest < head ? newest + 1 : head,
                      newest < head
                          ? "is missing at the end; keep the files as they are and restore a backup"
                          : "is not what the head of the chain says; run `kyhop verify`",
                      error);
}

enum kh_err kh_heads_check(struct kh_journal *journal, struct kh_error *error)
{
    static const char sql[] =
        "SELECT h.council, h.seq,"
        "  (SELECT coalesce(max(seq), 0) FROM journal WHERE council = h.council) AS newest"
        " FROM head AS h LEFT JOIN journal AS j ON j.council = h.council AND j.seq = h.seq"
        " WHERE newest <> h.seq OR j.hash IS NOT h.hash LIMIT 1";
    sqlite3_stmt *row = NULL;
    enum kh_err err = KH_OK;
    int rc;

    if (sqlite3_prepare_v2(journal->reader, sql, -1, &row, NULL) != SQLITE_OK)
        return kh_store_fail(journal->reader, "read the journal", error);
    rc = sqlite3_step(row);
    err = rc == SQLITE_ROW ? check_head_row(row, error) : kh_row_finish(row, rc, KH_OK, error);
    sqlite3_finalize(row);
    return err;
}

enum kh_err kh_journal_last(struct kh_journal *journal, const char *council, uint64_t *seq,
                            struct kh_error *error)
{
    struct kh_journal_head head;
    enum kh_err err = kh_heads_get(journal, KH_ST_HEAD, council, &head, error);

    if (!err)
        *seq = head.seq;
    return err;
}

enum kh_err kh_journal_heads(struct kh_journal *journal,
                             bool (*each)(void *user, const struct kh_journal_head *head),
                             void *user, struct kh_error *error)
{
    sqlite3_stmt *row = kh_store_use(journal, KH_ST_HEADS, NULL);
    enum kh_err err = KH_OK;
    bool goes_on = true;
    int rc = SQLITE_DONE;

    while (!err && goes_on && (rc = sqlite3_step(row)) == SQLITE_ROW) {
        struct kh_journal_head head = { .council = kh_row_text(row, 0).at,
                                        .seq = (uint64_t)sqlite3_column_int64(row, 1) };

        if (kh_row_hash(row, 2, head.hash))
            goes_on = each(user, &head);
        else
            err = bad_head(head.council, error);
    }
    return kh_row_finish(row, rc, err, error);
}
