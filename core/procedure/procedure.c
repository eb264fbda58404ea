#include "procedure/procedure.h"

#include "procedure/load.h"

#include <stdlib.h>
#include <string.h>

enum kh_err kh_procedure_load(const char *dir, const char *lib_dir, const json_t *settings,
                              struct kh_procedure **out, struct kh_error *error)
{
    char text[1024] = "";
    struct kh_problems problems = { .text = text, .size = sizeof(text) };
    struct kh_procedure *p = calloc(1, sizeof(*p));

    if (!p)
        return kh_err_set(error, KH_ERR_NOMEM, "out of memory");
    kh_load(p, dir, lib_dir, settings, &problems);
    if (problems.n > 0) {
        text[strcspn(text, "\n")] = '\0';
        kh_err_set(error, KH_ERR_INVALID, "%s%s", text,
                   problems.n > 1 ? " (and more: see `kyhop check`)" : "");
        kh_procedure_free(p);
        return KH_ERR_INVALID;
    }
    *out = p;
    return KH_OK;
}

void kh_procedure_free(struct kh_procedure *procedure)
{
    if (!procedure)
        return;
    kh_load_finish(procedure);
    free(procedure);
}

const json_t *kh_procedure_describe(const struct kh_procedure *procedure)
{
    return procedure->describe;
}

const char *kh_procedure_name(const struct kh_procedure *procedure)
{
    return procedure->name;
}

uint32_t kh_procedure_max_open(const struct kh_procedure *procedure)
{
    return procedure->vocabulary.max_open;
}

int64_t kh_procedure_lost_after_ms(const struct kh_procedure *procedure)
{
    return procedure->vocabulary.lost_after_ms;
}
