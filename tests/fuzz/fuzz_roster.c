/* roster.csv: people who are whole and differ, or an error with file and line. */
#include "base/check.h"
#include "config/roster.h"
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_person(const struct kh_profile *people, unsigned i)
{
    const struct kh_profile *p = &people[i];
    const char *const texts[] = { p->id, p->name, p->title, p->group, p->seat, p->birth };

    for (size_t t = 0; t < G_N_ELEMENTS(texts); t++)
        KH_REQUIRE(g_utf8_validate(texts[t], -1, NULL));
    KH_REQUIRE(p->id[0] && p->name[0]);
    KH_REQUIRE(p->roles && !(p->roles & KH_ROLE_SERVER) && p->roles < 1u << KH_ROLES);
    KH_REQUIRE(p->weight >= 1 && p->weight <= 1000000);
    KH_REQUIRE(p->birth[0] == '\0' || strlen(p->birth) == 10);
    for (unsigned j = 0; j < i; j++)
        KH_REQUIRE(strcmp(people[j].id, p->id) != 0);
}

/* The loader takes a path, so the input becomes a file in memory. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static char path[64];
    static int file = -1;
    struct kh_profile *people = NULL;
    struct kh_error error = { 0 };
    unsigned n = 0;

    if (file < 0) {
        file = memfd_create("roster", MFD_CLOEXEC);
        KH_REQUIRE(file >= 0);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    }
    KH_REQUIRE(ftruncate(file, 0) == 0);
    KH_REQUIRE(pwrite(file, data, bytes, 0) == (ssize_t)bytes);
    if (kh_roster_load(path, &people, &n, &error)) {
        KH_REQUIRE(strncmp(error.text, path, strlen(path)) == 0 && !people);
        return 0;
    }
    KH_REQUIRE(n <= KH_PERSONS_MAX);
    for (unsigned i = 0; i < n; i++)
        check_person(people, i);
    g_free(people);
    return 0;
}
