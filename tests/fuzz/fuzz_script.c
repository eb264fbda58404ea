/* The text of a written sitting (procedure.rehearse): words that lie in their line, times in their
 * day, and ranges that end. */
#include "base/check.h"
#include "rehearse_text.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { DAY_MS = 24 * 3600 * 1000, RANGE_MAX = 4096 };

static bool count(void *user, const char *id, unsigned number)
{
    unsigned *n = user;

    (void)number;
    KH_REQUIRE(strlen(id) < 64);
    return ++*n < RANGE_MAX;
}

static void values(const char *text)
{
    int64_t ms;
    unsigned n = 0;

    if (kh_script_time(text, &ms))
        KH_REQUIRE(ms >= 0 && ms <= DAY_MS);
    if (kh_script_duration(text, &ms))
        KH_REQUIRE(ms >= -INT64_C(1000000000000) && ms <= INT64_C(1000000000000));
    kh_script_date(text, &ms);
    if (kh_script_range(text, count, &n))
        KH_REQUIRE(n > 0);
}

static void check_line(const struct kh_script_line *line)
{
    const char *end = line->text + sizeof(line->text);

    KH_REQUIRE(line->n > 0 && line->n <= KH_WORDS_MAX);
    for (unsigned i = 0; i < line->n; i++) {
        const struct kh_word *word = &line->word[i];
        KH_REQUIRE(word->name >= line->text && word->name + strlen(word->name) < end);
        KH_REQUIRE(word->line >= line->line);
        values(word->name);
        if (!word->value)
            continue;
        KH_REQUIRE(word->value > word->name && word->value + strlen(word->value) < end);
        KH_REQUIRE(word->relation == '=' || word->relation == '~');
        values(word->value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct kh_script script;
    static struct kh_script_line line;
    unsigned last = 0;

    if (bytes == 0)
        return 0;
    memset(&script, 0, sizeof(script));
    script.file = fmemopen((void *)(uintptr_t)data, bytes, "r");
    KH_REQUIRE(script.file);
    while (kh_script_next(&script, &line)) {
        KH_REQUIRE(line.line > last && line.line <= script.line);
        last = line.line;
        check_line(&line);
    }
    fclose(script.file);
    return 0;
}
