/* A sitting, its transcript, and the transcript rehearsed: all three are the same sitting. */
#include "rehearse.h"
#include "tests/unit/test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CASES_MAX = 256 };

struct sitting {
    char name[200], path[512], plugin[512];
};

static struct sitting sittings[CASES_MAX];
static struct CMUnitTest cases[CASES_MAX];
static char output[1 << 16];

static enum kh_rehearsal rehearse(const struct sitting *s, const char *path, FILE *record)
{
    FILE *out = fmemopen(output, sizeof(output) - 1, "w");
    enum kh_rehearsal result;

    assert_non_null(out);
    memset(output, 0, sizeof(output));
    result = kh_rehearse_recorded(s->plugin, NULL, path, out, record);
    fclose(out);
    return result;
}

/* "(12 lines, 34 events, ..." */
static unsigned events(void)
{
    const char *at = strstr(output, " lines, ");

    assert_non_null(at);
    return (unsigned)strtoul(at + 8, NULL, 10);
}

static void replays_its_transcript(void **state)
{
    const struct sitting *s = *state;
    char path[] = "/tmp/kyhop-transcript-XXXXXX";
    FILE *record = fdopen(mkstemp(path), "w");

    assert_non_null(record);
    if (rehearse(s, s->path, record) != KH_REHEARSAL_SAME)
        fail_msg("%s", output);
    fclose(record);
    unsigned before = events();
    if (rehearse(s, path, NULL) != KH_REHEARSAL_SAME)
        fail_msg("%s", output);
    assert_int_equal(events(), before);
    unlink(path);
}

int main(int argc, char **argv)
{
    char pattern[600];
    glob_t found;

    snprintf(pattern, sizeof(pattern), "%s/plugins/*/sittings/*.sitting", argc > 1 ? argv[1] : ".");
    if (glob(pattern, 0, NULL, &found) != 0)
        return 3;
    size_t n = found.gl_pathc < CASES_MAX ? found.gl_pathc : CASES_MAX;
    for (size_t i = 0; i < n; i++) {
        struct sitting *s = &sittings[i];
        snprintf(s->path, sizeof(s->path), "%s", found.gl_pathv[i]);
        snprintf(s->plugin, sizeof(s->plugin), "%s", found.gl_pathv[i]);
        *strrchr(s->plugin, '/') = '\0';
        *strrchr(s->plugin, '/') = '\0';
        snprintf(s->name, sizeof(s->name), "transcript_of_%.60s_%.100s",
                 strrchr(s->plugin, '/') + 1, strrchr(s->path, '/') + 1);
        cases[i] = (struct CMUnitTest){ s->name, replays_its_transcript, NULL, NULL, s };
    }
    globfree(&found);
    return _cmocka_run_group_tests("transcripts", cases, n, NULL, NULL);
}
