/* Every plugins/NAME/sittings/X.sitting, found by folder: one case each. With --broken, every
 * sitting in a folder must be reported at the line that it names itself ("# differs at line 12").
 */
#include "rehearse.h"
#include "tests/unit/test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_MAX = 512 };

struct sitting {
    char name[256], path[512], plugin[512];
};

static struct sitting sittings[CASES_MAX];
static struct CMUnitTest cases[CASES_MAX];
static char lib[512];
static char output[1 << 20];

static enum kh_rehearsal rehearse(const struct sitting *sitting)
{
    FILE *out = fmemopen(output, sizeof(output) - 1, "w");
    enum kh_rehearsal result;

    assert_non_null(out);
    memset(output, 0, sizeof(output));
    result = kh_rehearse(sitting->plugin, lib, sitting->path, out);
    fclose(out);
    return result;
}

static void goes_as_written(void **state)
{
    if (rehearse(*state) != KH_REHEARSAL_SAME)
        fail_msg("%s", output);
}

/* The line at which the file says that it goes wrong. */
static unsigned promised_line(const char *path)
{
    FILE *file = fopen(path, "re");
    char line[512];
    unsigned promised = 0;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        if (sscanf(line, "# differs at line %u", &promised) == 1)
            break;
    fclose(file);
    return promised;
}

static void is_reported(void **state)
{
    const struct sitting *sitting = *state;
    char wanted[600];

    snprintf(wanted, sizeof(wanted), "%s:%u: ", sitting->path, promised_line(sitting->path));
    if (rehearse(sitting) == KH_REHEARSAL_SAME || strncmp(output, wanted, strlen(wanted)) != 0)
        fail_msg("wanted %s\ngot %s", wanted, output);
}

/* plugins/NAME/sittings/x.sitting belongs to plugins/NAME. */
static void set_plugin(struct sitting *s, const char *fixed)
{
    char *end;

    snprintf(s->plugin, sizeof(s->plugin), "%s", fixed ? fixed : s->path);
    for (unsigned i = 0; !fixed && i < 2; i++) {
        end = strrchr(s->plugin, '/');
        if (end)
            *end = '\0';
    }
}

static size_t find(const char *pattern, const char *fixed, void (*run)(void **state))
{
    glob_t found;
    size_t n = 0;

    if (glob(pattern, 0, NULL, &found) != 0)
        return 0;
    for (; n < found.gl_pathc && n < CASES_MAX; n++) {
        struct sitting *s = &sittings[n];
        const char *folder;
        snprintf(s->path, sizeof(s->path), "%s", found.gl_pathv[n]);
        set_plugin(s, fixed);
        folder = strrchr(s->plugin, '/');
        snprintf(s->name, sizeof(s->name), "%.80s_%.120s", folder ? folder + 1 : s->plugin,
                 strrchr(s->path, '/') + 1);
        cases[n] = (struct CMUnitTest){ s->name, run, NULL, NULL, s };
    }
    globfree(&found);
    return n;
}

int main(int argc, char **argv)
{
    char pattern[600], plugin[512];
    size_t n;

    if (argc < 3)
        return 2;
    snprintf(lib, sizeof(lib), "%s/plugins/lib", argv[1]);
    snprintf(plugin, sizeof(plugin), "%s/plugins/hai-phong", argv[1]);
    snprintf(pattern, sizeof(pattern), "%s/%s", argv[1], argv[2]);
    if (argc > 3)
        n = find(pattern, plugin, is_reported);
    else
        n = find(pattern, NULL, goes_as_written);
    if (n == 0) /* a test that finds nothing to test has failed */
        return 3;
    return _cmocka_run_group_tests("sittings", cases, n, NULL, NULL);
}
