/* Writes the valid first inputs of fuzz_box: `box_seeds FOLDER` (with new random numbers each
 * time). Published boxes come from seeds.py, which takes them from the pages' vectors. */
#include "base/check.h"
#include "box/opening.h"
#include "tests/box/client.h"
#include "tests/fuzz/box_world.h"

#include <stdio.h>
#include <string.h>

static const char *folder;

static void write_one(const char *name, enum box_kind kind, const char *text)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    KH_REQUIRE(file);
    fputc(kind, file);
    fputs(text, file);
    KH_REQUIRE(fclose(file) == 0);
}

int main(int argc, char **argv)
{
    static struct box_world world;
    static char text[KH_BOX_BALLOT_TEXT_MAX];
    const int values[] = { 1, 0, 1 }, wrong[] = { 1, 1, 1 };
    uint8_t seed[32] = { 1 }, bytes[3 * 192 + 3 * 64];

    KH_REQUIRE(argc == 2);
    folder = argv[1];
    box_world_make(&world);
    kh_client_deal(seed, &world.ceremony, 1, text);
    KH_REQUIRE(kh_committee_deal_ok(&world.ceremony, 1, text));
    write_one("deal", BOX_DEAL, text);
    kh_client_seal(&world.vote, world.serial, values, bytes);
    KH_REQUIRE(kh_sealed_ok(&world.vote, world.serial, bytes));
    kh_text_from_bytes(text, bytes, sizeof(bytes));
    write_one("ballot", BOX_BALLOT, text);
    kh_client_seal(&world.vote, world.serial, wrong, bytes);
    kh_text_from_bytes(text, bytes, sizeof(bytes));
    write_one("ballot_of_three", BOX_BALLOT, text);
    kh_client_open(&world.vote, &world.tally, &world.x, text);
    KH_REQUIRE(kh_text_to_bytes(text, bytes, kh_opening_bytes(&world.tally)) &&
               kh_opening_ok(&world.vote, &world.tally, &world.member_key, bytes));
    write_one("opening", BOX_OPENING, text);
    write_one("point", BOX_POINT, world.vote.key);
    return 0;
}
