/* Runs a fuzz target over the files of its corpus: `replay_<target> FOLDER`, for every compiler. */
#include "base/check.h"
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 20 };

static void replay(const char *folder, const char *name)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    uint8_t *whole = malloc(INPUT_MAX);
    KH_REQUIRE(file && whole);
    size_t bytes = fread(whole, 1, INPUT_MAX, file);
    fclose(file);
    /* A block of just this size lets a sanitizer see a read behind the end. */
    uint8_t *exact = malloc(bytes ? bytes : 1);
    KH_REQUIRE(exact);
    for (size_t i = 0; i < bytes; i++)
        exact[i] = whole[i];
    free(whole);
    LLVMFuzzerTestOneInput(exact, bytes);
    free(exact);
}

int main(int argc, char **argv)
{
    unsigned n = 0;

    KH_REQUIRE(argc == 2);
    DIR *folder = opendir(argv[1]);
    KH_REQUIRE(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        replay(argv[1], entry->d_name);
        n++;
    }
    closedir(folder);
    printf("1..1\n%s 1 - %u inputs of %s\n", n ? "ok" : "not ok", n, argv[1]);
    return n ? 0 : 1;
}
