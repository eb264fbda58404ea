/* A result in words, with its arithmetic, where no procedure phrases it. */
#include "session/part.h"

#include "base/text.h"

#include <string.h>

struct pair {
    const char *vi, *en;
};

static const struct pair count_words[KH_COUNTS] = {
    [KH_COUNT_SEATS] = { "đại biểu được bầu", "seats" },
    [KH_COUNT_IN_OFFICE] = { "tổng số đại biểu", "members in office" },
    [KH_COUNT_PRESENT_AT_OPEN] = { "người có mặt khi bắt đầu", "present at the opening" },
    [KH_COUNT_PRESENT_AT_CLOSE] = { "người có mặt khi kết thúc", "present at the close" },
    [KH_COUNT_ELIGIBLE] = { "người có quyền biểu quyết", "entitled to vote" },
    [KH_COUNT_ISSUED] = { "phiếu phát ra", "ballots issued" },
    [KH_COUNT_RETURNED] = { "phiếu thu về", "ballots returned" },
    [KH_COUNT_CAST] = { "phiếu", "votes cast" },
    [KH_COUNT_VALID] = { "phiếu hợp lệ", "valid votes" },
    [KH_COUNT_INVALID] = { "phiếu không hợp lệ", "invalid votes" },
    [KH_COUNT_BLANK] = { "phiếu trắng", "blank votes" },
    [KH_COUNT_FOR] = { "tán thành", "for" },
    [KH_COUNT_AGAINST] = { "không tán thành", "against" },
    [KH_COUNT_ABSTAIN] = { "không biểu quyết", "abstaining" },
    [KH_COUNT_STAND_ASIDE] = { "đứng ngoài", "standing aside" },
    [KH_COUNT_BLOCK] = { "phản đối", "blocking" },
    [KH_COUNT_EXPRESSED] = { "phiếu thuận và chống", "votes expressed" },
    [KH_COUNT_NOT_VOTED] = { "không bỏ phiếu", "not voting" },
    [KH_COUNT_EXCUSED] = { "vắng có lý do", "excused" },
    [KH_COUNT_ONE] = { "", "" },
    [KH_COUNT_TOP] = { "nhiều phiếu nhất", "most votes" },
    [KH_COUNT_SECOND] = { "nhiều phiếu thứ hai", "next most votes" },
};

static const struct pair outcome_words[] = {
    [KH_OUTCOME_COUNTED] = { "Chỉ kiểm phiếu, không kết luận.", "Counted, not judged." },
    [KH_OUTCOME_PASSED] = { "Được thông qua.", "Passed." },
    [KH_OUTCOME_REJECTED] = { "Không được thông qua.", "Not passed." },
    [KH_OUTCOME_TIED] = { "Số phiếu ngang nhau.", "A tie." },
    [KH_OUTCOME_INVALID] = { "Không đủ người biểu quyết.", "Too few took part." },
    [KH_OUTCOME_REFERRED] = { "Chuyển lại cơ quan thẩm tra.", "Referred back." },
    [KH_OUTCOME_VETOED] = { "Bị phản đối.", "Blocked." },
    [KH_OUTCOME_OTHER] = { "", "" },
};

/* Words one after the other; what does not fit is cut. */
struct line {
    char *text;
    size_t size;
};

static void add(const struct line *line, const char *words)
{
    size_t used = strlen(line->text);

    (void)kh_text_copy(line->text + used, line->size - used, words);
}

static void add_number(const struct line *line, uint64_t number)
{
    char digits[24];
    size_t at = sizeof(digits) - 1;

    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    add(line, digits + at);
}

/* @n of @total as a percentage with two decimals, rounded half up. For people to read: what decides
 * is compared in whole numbers. */
static void add_percent(const struct line *line, uint64_t n, uint64_t total, const char *comma)
{
    uint64_t hundredths = (n * 20000 + total) / (2 * total);

    add_number(line, hundredths / 100);
    if (hundredths % 100 != 0) {
        add(line, comma);
        add_number(line, hundredths / 10 % 10);
        add_number(line, hundredths % 10);
    }
    add(line, " %");
}

static void add_options(const struct line *vi, const struct line *en,
                        const struct kh_ballot *ballot, const struct kh_counts *counts)
{
    for (unsigned o = 0; o < ballot->n_options; o++) {
        add(vi, o ? ", " : "");
        add(en, o ? ", " : "");
        add(vi, ballot->options[o].vi);
        add(en, ballot->options[o].en);
        add(vi, " ");
        add(en, " ");
        add_number(vi, counts->option[o]);
        add_number(en, counts->option[o]);
    }
}

/* "; 38 tán thành / 75 tổng số đại biểu (50,67 %), cần ít nhất 38" */
static void add_rule(const struct line *line, const struct kh_majority *rule,
                     const struct kh_counts *counts, bool is_vi)
{
    const struct pair *of = &count_words[rule->of], *base = &count_words[rule->base];
    uint32_t have = counts->named[rule->of], total = counts->named[rule->base];

    add(line, "; ");
    add_number(line, have);
    add(line, " ");
    add(line, is_vi ? of->vi : of->en);
    if (rule->base != KH_COUNT_ONE) {
        add(line, " / ");
        add_number(line, total);
        add(line, " ");
        add(line, is_vi ? base->vi : base->en);
    }
    if (rule->base != KH_COUNT_ONE && total > 0) {
        add(line, " (");
        add_percent(line, have, total, is_vi ? "," : ".");
        add(line, ")");
    }
    add(line, is_vi ? ", cần ít nhất " : ", at least ");
    add_number(line, kh_ballot_needed(rule, counts));
    add(line, is_vi ? "" : " needed");
}

static void set_rule(const struct kh_ballot *ballot, struct kh_result *result)
{
    KH_TEXT_SET(result->rule, ballot->rule);
    for (unsigned i = 0; i < ballot->n_rules && result->rule[0] == '\0'; i++)
        KH_TEXT_SET(result->rule, ballot->rules[i].rule);
    if (result->rule[0] == '\0')
        KH_TEXT_SET(result->rule, "kyhop.47");
}

void kh_vote_explain(const struct kh_ballot *ballot, struct kh_result *result)
{
    struct line vi = { result->vi, sizeof(result->vi) }, en = { result->en, sizeof(result->en) };

    result->vi[0] = result->en[0] = '\0';
    set_rule(ballot, result);
    if (result->n_subjects > 1) {
        add(&vi, "Kết quả từng người ở bảng kiểm phiếu.");
        add(&en, "Each person's numbers are in the table.");
        return;
    }
    add_options(&vi, &en, ballot, &result->counts[0]);
    for (unsigned i = 0; i < ballot->n_rules; i++) {
        add_rule(&vi, &ballot->rules[i], &result->counts[0], true);
        add_rule(&en, &ballot->rules[i], &result->counts[0], false);
    }
    add(&vi, ". ");
    add(&en, ". ");
    add(&vi, outcome_words[result->outcome].vi);
    add(&en, outcome_words[result->outcome].en);
}

void kh_vote_explain_winner(const struct kh_ballot *ballot, int option, const char *how_vi,
                            const char *how_en, struct kh_result *result)
{
    struct line vi = { result->vi, sizeof(result->vi) }, en = { result->en, sizeof(result->en) };

    add(&vi, " ");
    add(&en, " ");
    add(&vi, how_vi);
    add(&en, how_en);
    add(&vi, ballot->options[option].vi);
    add(&en, ballot->options[option].en);
    add(&vi, ".");
    add(&en, ".");
}
