#include "procedure/skeleton.h"

#include "procedure/procedure.h"
#include "rehearse.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[512], dir[512];

static void link_in(const char *name)
{
    char from[600], to[600];

    snprintf(from, sizeof(from), "%s/plugins/%s", root, name);
    snprintf(to, sizeof(to), "%s/%s", dir, name);
    assert_int_equal(symlink(from, to), 0);
}

static void remove_all(void)
{
    static const char *const names[] = { "skeleton", "lib", "thu-do/sittings/first.sitting",
                                         "thu-do/README.md", "thu-do/procedure.lua" };
    char path[600];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof(path), "%s/thu-do/sittings", dir);
    rmdir(path);
    snprintf(path, sizeof(path), "%s/thu-do", dir);
    rmdir(path);
    rmdir(dir);
}

TEST(a_new_procedure_is_in_order_and_its_sitting_goes_as_written)
{
    char made[600], sitting[700], report[4096];
    struct kh_error error = { 0 };

    snprintf(dir, sizeof(dir), "/tmp/kyhop-skeleton-XXXXXX");
    assert_non_null(mkdtemp(dir));
    link_in("skeleton");
    link_in("lib");
    assert_int_equal(kh_skeleton_copy(dir, "thu-do", &error), KH_OK);
    snprintf(made, sizeof(made), "%s/thu-do", dir);
    if (kh_procedure_check(made, NULL, report, sizeof(report)) != 0)
        fail_msg("%s", report);
    snprintf(sitting, sizeof(sitting), "%s/sittings/first.sitting", made);
    assert_int_equal(kh_rehearse(made, NULL, sitting, stderr), KH_REHEARSAL_SAME);
    assert_int_equal(kh_skeleton_copy(dir, "thu-do", &error), KH_ERR_BUSY);
    remove_all();
}

TEST(a_name_that_is_none_is_refused)
{
    struct kh_error error = { 0 };

    assert_int_equal(kh_skeleton_copy("/nonexistent", "../etc", &error), KH_ERR_INVALID);
    assert_int_equal(kh_skeleton_copy("/nonexistent", "", &error), KH_ERR_INVALID);
    assert_int_equal(kh_skeleton_copy("/nonexistent", "good", &error), KH_ERR_IO);
}

int main(int argc, char **argv)
{
    snprintf(root, sizeof(root), "%s", argc > 1 ? argv[1] : ".");
    return kh_run_tests(CASE(a_new_procedure_is_in_order_and_its_sitting_goes_as_written),
                        CASE(a_name_that_is_none_is_refused));
}
