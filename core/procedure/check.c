/* kyhop check PLUGIN: what loading finds, and a dry run of every hook before a made-up council. */
#include "procedure/dry_run.h"
#include "procedure/load.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned kh_procedure_check(const char *dir, const char *lib_dir, char *report, size_t size)
{
    struct kh_problems problems = { .text = report, .size = size };
    struct kh_procedure *p = calloc(1, sizeof(*p));

    if (size > 0)
        report[0] = '\0';
    if (!p)
        return 1;
    kh_load(p, dir, lib_dir, NULL, &problems);
    if (problems.n == 0)
        kh_dry_run(p, &problems);
    kh_load_finish(p);
    free(p);
    return problems.n;
}
