#include "journal/chain.h"

#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

/* The two hashes were computed from README.md's table by another program (Python's hashlib):
 *
 *     t = lambda s: len(s.encode()).to_bytes(4, "big") + s.encode()
 *     sha256(b"kyhop journal 1\n" + t(council) + seq.to_bytes(8, "big")
 *            + at_ms.to_bytes(8, "big", signed=True) + t(type) + t(actor) + t(body) + previous)
 */
static const char first_hash[] = "d91071289a5230ffaf169b673d66c6ccdf1e821f204c9ea06c7ef5e0311a2820";
static const char second_hash[] =
    "88b3cadefbfd7b912f58e78981aa5988a21fe85cd48438b8ff35b5c42a7e6677";

static struct kh_text text(const char *string)
{
    return (struct kh_text){ .at = string, .n_bytes = strlen(string) };
}

static struct kh_chain_link first_link(void)
{
    return (struct kh_chain_link){
        .council = text("hai-phong"),
        .seq = 1,
        .at_ms = 1657670400123,
        .type = text("floor.granted"),
        .actor = text("d12"),
        .body = text("{\"person\":\"d12\",\"limit_ms\":420000}"),
    };
}

static void hex_of(const struct kh_chain_link *link, char hex[2 * KH_HASH_BYTES + 1])
{
    uint8_t hash[KH_HASH_BYTES];

    kh_chain_hash(link, hash);
    for (int i = 0; i < KH_HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

TEST(the_hash_is_the_documented_one)
{
    struct kh_chain_link link = first_link();
    struct kh_chain_link second = { .council = link.council,
                                    .seq = 2,
                                    .at_ms = -1,
                                    .type = text("notice"),
                                    .actor = text(""),
                                    .body = text("{\"text\":\"Kỳ họp\"}") };
    char hex[2 * KH_HASH_BYTES + 1];

    hex_of(&link, hex);
    assert_string_equal(hex, first_hash);
    kh_chain_hash(&link, second.previous);
    hex_of(&second, hex);
    assert_string_equal(hex, second_hash);
}

static void differs(const struct kh_chain_link *link)
{
    char hex[2 * KH_HASH_BYTES + 1];

    hex_of(link, hex);
    assert_string_not_equal(hex, first_hash);
}

TEST(every_field_is_part_of_the_hash)
{
    static const struct kh_text other = { .at = "x", .n_bytes = 1 };
    struct kh_chain_link links[7];

    for (int i = 0; i < 7; i++)
        links[i] = first_link();
    links[0].council = other;
    links[1].seq = 2;
    links[2].at_ms++;
    links[3].type = other;
    links[4].actor = other;
    links[5].body = other;
    links[6].previous[31] = 1;
    for (int i = 0; i < 7; i++)
        differs(&links[i]);
}

TEST(moving_a_byte_from_one_field_to_the_next_changes_the_hash)
{
    struct kh_chain_link link = first_link();

    link.type = text("floor.grante");
    link.actor = text("dd12");
    differs(&link);
}

int main(void)
{
    return kh_run_tests(CASE(the_hash_is_the_documented_one), CASE(every_field_is_part_of_the_hash),
                        CASE(moving_a_byte_from_one_field_to_the_next_changes_the_hash));
}
