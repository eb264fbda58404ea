#include "box/recount.h"

#include "base/check.h"
#include "base/text.h"
#include "box/chest.h"
#include "box/opening.h"
#include "box/paper.h"
#include "box/sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The published box in bytes. */
struct work {
    const json_t *json;
    struct kh_recount *report;
    struct kh_box_vote vote;
    struct kh_paper_key paper;
    struct kh_point member_keys[KH_BOX_MEMBERS_MAX];
    const char *persons[KH_BOX_MEMBERS_MAX];
    unsigned n, needed;
    uint32_t number;
    size_t ballot_bytes;
    uint8_t *entries; /* number × (serial || token || ballot) */
    uint8_t *openings;
    struct kh_opening list[KH_BOX_MEMBERS_MAX];
    unsigned n_openings;
    struct kh_tally tally;
};

static const struct {
    const char *word, *vi, *en;
} checks[] = {
    [KH_RECOUNT_OK] = { "ok", "Mọi kiểm tra đều đúng", "All checks hold" },
    [KH_RECOUNT_FORM] = { "form", "Hòm phiếu công bố thiếu một trường hoặc trường đó sai dạng",
                          "The published box lacks a field, or it is malformed" },
    [KH_RECOUNT_NUMBER] = { "number", "Số phiếu ghi ra không bằng số phiếu có trong hòm",
                            "The number of ballots told is not that of the entries" },
    [KH_RECOUNT_ORDER] = { "order",
                           "Các phiếu không theo thứ tự sê-ri tăng dần, hoặc có phiếu lặp lại",
                           "The entries are not in ascending order, or one is there twice" },
    [KH_RECOUNT_HASH] = { "hash", "Mã băm không khớp: phiếu đã bị thêm, bớt hoặc sửa",
                          "The hash does not fit: an entry was added, removed or changed" },
    [KH_RECOUNT_PAPER_KEY] = { "paper_key", "Khóa bí mật của phiếu không thuộc khóa đã công bố",
                               "The papers' secret key does not belong to the published one" },
    [KH_RECOUNT_TOKEN] = { "token", "Mã phiếu không do máy chủ ký; sê-ri",
                           "A token was not signed; serial" },
    [KH_RECOUNT_BALLOT] = { "ballot", "Chứng minh của phiếu không đúng; sê-ri",
                            "The proofs of a ballot do not hold; serial" },
    [KH_RECOUNT_KEYS] = { "keys", "Khóa của các thành viên không tạo thành khóa của hòm",
                          "The members' keys do not make the box key" },
    [KH_RECOUNT_OPENING] = { "opening", "Phần mở hòm không đúng; của",
                             "An opening does not hold; of" },
    [KH_RECOUNT_COUNTS] = { "counts", "Kết quả ghi ra không phải kết quả của hòm phiếu",
                            "The counts are not those of the box" },
};

const char *kh_recount_word(enum kh_recount_check check)
{
    return checks[check].word;
}

/* @what: where, or "". */
static bool fail(struct work *work, enum kh_recount_check check, const char *what)
{
    struct kh_recount *report = work->report;
    char safe[64];

    KH_TEXT_SET(safe, what);
    report->failed = check;
    snprintf(report->vi, sizeof(report->vi), "%s%s%s.", checks[check].vi, *safe ? ": " : "", safe);
    snprintf(report->en, sizeof(report->en), "%s%s%s.", checks[check].en, *safe ? ": " : "", safe);
    return false;
}

static bool fail_form(struct work *work, const char *field)
{
    return fail(work, KH_RECOUNT_FORM, field);
}

static const char *text_of(const json_t *object, const char *field)
{
    return json_string_value(json_object_get(object, field)); /* NULL when it is not a string */
}

/* A number of at most @max. */
static bool number_of(const json_t *object, const char *field, uint32_t max, uint32_t *number)
{
    const json_t *value = json_object_get(object, field);

    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > (json_int_t)max)
        return false;
    *number = (uint32_t)json_integer_value(value);
    return true;
}

static bool copy_id(char to[KH_BOX_ID_BYTES], const char *from)
{
    return from && *from && kh_text_copy(to, KH_BOX_ID_BYTES, from);
}

static bool is_hash(const char *text)
{
    return text && strlen(text) == KH_BOX_HASH_TEXT - 1 &&
           strspn(text, "0123456789abcdef") == KH_BOX_HASH_TEXT - 1;
}

static bool read_sizes(struct work *work)
{
    const json_t *box = work->json, *select = json_object_get(box, "select");
    uint32_t subjects, options, min, max;

    if (!number_of(box, "subjects", KH_BOX_SUBJECTS_MAX, &subjects) || subjects == 0)
        return fail_form(work, "subjects");
    if (!number_of(box, "options", KH_BOX_OPTIONS_MAX, &options) || options == 0)
        return fail_form(work, "options");
    if (!number_of(select, "min", options, &min) || !number_of(select, "max", options, &max) ||
        min > max)
        return fail_form(work, "select");
    work->vote.n_subjects = subjects, work->vote.n_options = options;
    work->vote.select_min = min, work->vote.select_max = max;
    work->ballot_bytes = kh_sealed_bytes(&work->vote);
    return true;
}

static bool read_head(struct work *work)
{
    const json_t *box = work->json;
    struct kh_box_vote *vote = &work->vote;
    struct kh_point key;

    if (!copy_id(vote->council, text_of(box, "council")))
        return fail_form(work, "council");
    if (!number_of(box, "vote", UINT32_MAX, &vote->vote))
        return fail_form(work, "vote");
    if (!kh_point_from_text(&key, text_of(box, "key")))
        return fail_form(work, "key");
    memcpy(vote->key, text_of(box, "key"), KH_BOX_POINT_TEXT);
    if (!kh_point_from_text(&key, text_of(box, "paper_key")))
        return fail_form(work, "paper_key");
    if (!kh_text_to_bytes(text_of(box, "paper_secret"), work->paper.secret, 32))
        return fail_form(work, "paper_secret");
    if (!is_hash(text_of(box, "hash")))
        return fail_form(work, "hash");
    memcpy(vote->hash, text_of(box, "hash"), KH_BOX_HASH_TEXT);
    if (!number_of(box, "number", UINT32_MAX, &work->number))
        return fail_form(work, "number");
    work->report->number = work->number;
    return read_sizes(work);
}

static bool read_members(struct work *work)
{
    const json_t *list = json_object_get(work->json, "members");
    uint32_t needed;

    work->n = (unsigned)json_array_size(list);
    if (work->n == 0 || json_array_size(list) > KH_BOX_MEMBERS_MAX)
        return fail_form(work, "members");
    if (!number_of(work->json, "needed", work->n, &needed) || needed == 0)
        return fail_form(work, "needed");
    work->needed = needed;
    for (unsigned j = 0; j < work->n; j++) {
        const json_t *member = json_array_get(list, j);
        work->persons[j] = text_of(member, "person");
        if (!work->persons[j] || !kh_point_from_text(&work->member_keys[j], text_of(member, "key")))
            return fail_form(work, "members");
        for (unsigned i = 0; i < j; i++)
            if (strcmp(work->persons[i], work->persons[j]) == 0)
                return fail_form(work, "members");
    }
    return true;
}

static bool has_length(const json_t *object, const char *field, size_t n_bytes)
{
    const json_t *value = json_object_get(object, field);

    return json_is_string(value) && json_string_length(value) == KH_BOX_TEXT_OF(n_bytes) - 1;
}

static size_t entry_bytes(const struct work *work)
{
    return 96 + work->ballot_bytes;
}

static struct kh_box_entry entry_at(const struct work *work, uint32_t i)
{
    const uint8_t *at = work->entries + (size_t)i * entry_bytes(work);

    return (struct kh_box_entry){ at, at + 32, at + 96 };
}

/* The lengths first: what is then allocated is less than the JSON. */
static bool read_entries(struct work *work)
{
    const json_t *list = json_object_get(work->json, "entries");
    uint8_t *at;

    if (!json_is_array(list))
        return fail_form(work, "entries");
    if (json_array_size(list) != work->number)
        return fail(work, KH_RECOUNT_NUMBER, "");
    for (uint32_t i = 0; i < work->number; i++) {
        const json_t *entry = json_array_get(list, i);
        if (!has_length(entry, "serial", 32) || !has_length(entry, "token", 64) ||
            !has_length(entry, "ballot", work->ballot_bytes))
            return fail_form(work, "entries");
    }
    at = work->entries = malloc((size_t)work->number * entry_bytes(work) + 1);
    KH_REQUIRE(at);
    for (uint32_t i = 0; i < work->number; i++, at += entry_bytes(work)) {
        const json_t *entry = json_array_get(list, i);
        if (!kh_text_to_bytes(text_of(entry, "serial"), at, 32) ||
            !kh_text_to_bytes(text_of(entry, "token"), at + 32, 64) ||
            !kh_text_to_bytes(text_of(entry, "ballot"), at + 96, work->ballot_bytes))
            return fail_form(work, "entries");
    }
    return true;
}

static bool fail_entry(struct work *work, enum kh_recount_check check, uint32_t i)
{
    char serial[KH_BOX_POINT_TEXT];

    kh_text_from_bytes(serial, entry_at(work, i).serial, 32);
    return fail(work, check, serial);
}

static bool check_hash(struct work *work)
{
    struct kh_box_digest digest;
    char hash[KH_BOX_HASH_TEXT];

    kh_box_digest_start(&digest, work->vote.council, work->vote.vote, work->number);
    for (uint32_t i = 0; i < work->number; i++) {
        struct kh_box_entry entry = entry_at(work, i);
        if (i > 0 && memcmp(entry_at(work, i - 1).serial, entry.serial, 32) >= 0)
            return fail_entry(work, KH_RECOUNT_ORDER, i);
        kh_box_digest_entry(&digest, &entry, work->ballot_bytes);
    }
    kh_box_digest_end(&digest, hash);
    return strcmp(hash, work->vote.hash) == 0 || fail(work, KH_RECOUNT_HASH, "");
}

static bool check_entries(struct work *work)
{
    if (!kh_paper_key_complete(&work->paper) ||
        strcmp(work->paper.point_text, text_of(work->json, "paper_key")) != 0)
        return fail(work, KH_RECOUNT_PAPER_KEY, "");
    kh_tally_start(&work->tally, &work->vote);
    for (uint32_t i = 0; i < work->number; i++) {
        struct kh_box_entry entry = entry_at(work, i);
        if (!kh_paper_token_ok(&work->paper, entry.serial, entry.token))
            return fail_entry(work, KH_RECOUNT_TOKEN, i);
        if (!kh_sealed_ok(&work->vote, entry.serial, entry.ballot) ||
            !kh_tally_add(&work->tally, &work->vote, entry.ballot))
            return fail_entry(work, KH_RECOUNT_BALLOT, i);
    }
    return true;
}

/* The polynomial through the first keys, at @at, in the exponent. */
static struct kh_point interpolate(const struct work *work, unsigned at)
{
    unsigned xs[KH_BOX_MEMBERS_MAX];
    struct kh_point sum = { { 0 } };

    for (unsigned j = 0; j < work->needed; j++)
        xs[j] = j + 1;
    for (unsigned j = 0; j < work->needed; j++) {
        struct kh_scalar lambda = kh_scalar_lagrange(xs, work->needed, j, at);
        struct kh_point part = kh_point_mul(&lambda, &work->member_keys[j]);
        sum = kh_point_add(&sum, &part);
    }
    return sum;
}

/* All V_j and Y lie on one polynomial: nobody put in a key of their own. */
static bool check_keys(struct work *work)
{
    struct kh_point key, expected = interpolate(work, 0);

    if (!kh_point_from_text(&key, work->vote.key) || memcmp(&key, &expected, sizeof(key)) != 0)
        return fail(work, KH_RECOUNT_KEYS, "");
    for (unsigned j = work->needed; j < work->n; j++) {
        expected = interpolate(work, j + 1);
        if (memcmp(&work->member_keys[j], &expected, sizeof(expected)) != 0)
            return fail(work, KH_RECOUNT_KEYS, work->persons[j]);
    }
    return true;
}

/* The number of a person who has not opened before, or 0. */
static unsigned member_of(const struct work *work, const char *person)
{
    unsigned j = 1;

    while (j <= work->n && (!person || strcmp(work->persons[j - 1], person) != 0))
        j++;
    for (unsigned i = 0; i < work->n_openings; i++)
        if (work->list[i].j == j)
            return 0;
    return j <= work->n ? j : 0;
}

static bool check_opening(struct work *work, const json_t *one)
{
    const char *person = text_of(one, "person");
    size_t n = kh_opening_bytes(&work->tally);
    uint8_t *to = work->openings + work->n_openings * n;
    unsigned j = member_of(work, person);

    if (j == 0 || !kh_text_to_bytes(text_of(one, "opening"), to, n) ||
        !kh_opening_ok(&work->vote, &work->tally, &work->member_keys[j - 1], to))
        return fail(work, KH_RECOUNT_OPENING, person ? person : "?");
    work->list[work->n_openings++] = (struct kh_opening){ j, to };
    return true;
}

static bool check_openings(struct work *work)
{
    const json_t *list = json_object_get(work->json, "openings");

    if (list && !json_is_array(list))
        return fail_form(work, "openings");
    if (json_array_size(list) > work->n)
        return fail(work, KH_RECOUNT_OPENING, "?");
    work->openings = malloc(kh_opening_bytes(&work->tally) * KH_BOX_MEMBERS_MAX);
    KH_REQUIRE(work->openings);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!check_opening(work, json_array_get(list, i)))
            return false;
    return true;
}

static bool is_row(const struct work *work, const json_t *row, const uint32_t *counts)
{
    bool is_same = json_array_size(row) == work->vote.n_options;

    for (unsigned o = 0; o < work->vote.n_options && is_same; o++) {
        const json_t *told = json_array_get(row, o);
        is_same = json_is_integer(told) && json_integer_value(told) == (json_int_t)counts[o];
    }
    return is_same;
}

static bool check_counts(struct work *work)
{
    const json_t *told = json_object_get(work->json, "counts");
    struct kh_box_counts counts;

    if (!told)
        return true;
    if (work->tally.ballots > 0 && work->n_openings < work->needed)
        return fail(work, KH_RECOUNT_OPENING, "?");
    if (json_array_size(told) != work->vote.n_subjects ||
        !kh_opening_count(&work->vote, &work->tally, work->list, work->needed, &counts))
        return fail(work, KH_RECOUNT_COUNTS, "");
    for (unsigned s = 0; s < work->vote.n_subjects; s++)
        if (!is_row(work, json_array_get(told, s), counts.counts[s]))
            return fail(work, KH_RECOUNT_COUNTS, "");
    work->report->counted = true;
    return true;
}

bool kh_recount(const json_t *box, struct kh_recount *report)
{
    struct work *work = calloc(1, sizeof(*work));
    bool is_ok;

    KH_REQUIRE(work);
    *report = (struct kh_recount){ .failed = KH_RECOUNT_OK };
    work->json = box;
    work->report = report;
    is_ok = read_head(work) && read_members(work) && read_entries(work) && check_hash(work) &&
            check_entries(work) && check_keys(work) && check_openings(work) && check_counts(work);
    if (is_ok)
        fail(work, KH_RECOUNT_OK, "");
    free(work->entries);
    free(work->openings);
    free(work);
    return is_ok;
}
