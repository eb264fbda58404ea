/* Points, scalars and texts: what is received is canonical, or it is refused. */
#include "tests/unit/test.h"

#include "box/box.h"
#include "box/group.h"
#include "box/transcript.h"

#include <sodium.h>
#include <string.h>

TEST(points_that_are_not_canonical_are_refused)
{
    /* RFC 9496 appendix A.2: non-canonical, negative and non-square field elements. */
    static const char *const bad[] = {
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    };
    struct kh_point point;
    uint8_t bytes[32];

    for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        sodium_hex2bin(bytes, 32, bad[i], 64, NULL, NULL, NULL);
        assert_false(kh_point_read(&point, bytes));
    }
}

TEST(the_identity_is_refused_and_other_points_are_taken)
{
    uint8_t identity[32] = { 0 };
    struct kh_scalar r = kh_scalar_random();
    struct kh_point good = kh_point_base(&r), point;

    assert_false(kh_point_read(&point, identity));
    assert_true(kh_point_read(&point, good.bytes));
    assert_memory_equal(point.bytes, good.bytes, 32);
}

TEST(scalars_from_l_on_are_refused)
{
    uint8_t l[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
    struct kh_scalar scalar;

    assert_false(kh_scalar_read(&scalar, l));
    l[0]--;
    assert_true(kh_scalar_read(&scalar, l));
    l[31] |= 0x80;
    assert_false(kh_scalar_read(&scalar, l));
}

TEST(arithmetic_holds_also_around_the_identity)
{
    struct kh_scalar a = kh_scalar_random(), zero = kh_scalar_small(0), one = kh_scalar_small(1);
    struct kh_point p = kh_point_base(&a), nothing = kh_point_sub(&p, &p);
    struct kh_scalar inverse = kh_scalar_invert(&a), product = kh_scalar_mul(&a, &inverse);

    assert_true(kh_point_is_identity(&nothing));
    nothing = kh_point_mul(&zero, &p);
    assert_true(kh_point_is_identity(&nothing));
    nothing = kh_point_mul(&a, &nothing);
    assert_true(kh_point_is_identity(&nothing));
    assert_true(kh_scalar_same(&product, &one));
    struct kh_point same = kh_point_add(&p, &nothing);
    assert_memory_equal(same.bytes, p.bytes, 32);
}

/* f(x) = a + bx through two of its points gives f(0). */
TEST(lagrange_finds_the_value_at_zero)
{
    struct kh_scalar a = kh_scalar_random(), b = kh_scalar_random(), sum = kh_scalar_small(0);
    const unsigned xs[] = { 2, 5 };

    for (unsigned j = 0; j < 2; j++) {
        struct kh_scalar x = kh_scalar_small(xs[j]), y = kh_scalar_mul(&b, &x);
        struct kh_scalar lambda = kh_scalar_lagrange(xs, 2, j, 0);
        y = kh_scalar_add(&y, &a);
        y = kh_scalar_mul(&y, &lambda);
        sum = kh_scalar_add(&sum, &y);
    }
    assert_true(kh_scalar_same(&sum, &a));
}

TEST(a_text_has_just_one_form)
{
    static const char *const bad[] = {
        "AQIDBA", "AQID", "AQIDBAU=", "AQIDBA\n", "AQIDBV",          "+QIDBA",
        "AQI BA", "",     NULL,       "AQIDB",    "AQI\xff\x42\x41",
    };
    uint8_t bytes[4], want[4] = { 1, 2, 3, 4 };

    assert_true(kh_text_to_bytes(bad[0], bytes, 4));
    assert_memory_equal(bytes, want, 4);
    for (unsigned i = 1; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(kh_text_to_bytes(bad[i], bytes, 4));
}

/* Also in every place of a text, every byte that is not of the alphabet. */
TEST(bytes_outside_of_the_alphabet_are_refused)
{
    uint8_t bytes[6];
    unsigned taken = 0;

    for (unsigned c = 1; c < 256; c++) {
        char text[] = "AAAAAAAA";
        text[c % 8] = (char)c;
        taken += kh_text_to_bytes(text, bytes, sizeof(bytes));
    }
    assert_int_equal(taken, 64);
}

TEST(sizes_of_texts_are_those_that_the_bytes_need)
{
    for (unsigned n = 1; n < 200; n++)
        assert_int_equal(KH_BOX_TEXT_OF(n),
                         sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
    assert_int_equal(KH_BOX_POINT_TEXT, 44);
    assert_int_equal(KH_BOX_PAIR_TEXT, 87);
    assert_int_equal(KH_BOX_DEAL_TEXT_MAX, 2007);
    assert_int_equal(KH_BOX_BALLOT_TEXT_MAX, 221868);
    assert_int_equal(KH_BOX_OPENING_TEXT_MAX, 27393);
}

/* "kyhop-box-v1", then label and fields behind their lengths: written out by hand. */
TEST(a_hash_has_the_length_of_each_field)
{
    static const uint8_t bytes[] = "kyhop-box-v1\4\0\0\0pair\2\0\0\0ab\4\0\0\0\1\2\0\0"
                                   "\10\0\0\0\1\0\0\0\1\0\0\0";
    uint8_t want[64], is[64];
    struct kh_hash hash;

    kh_hash_begin(&hash, "pair");
    kh_hash_text(&hash, "ab");
    kh_hash_le32(&hash, 513);
    kh_hash_le64(&hash, ((uint64_t)1 << 32) + 1);
    kh_hash_end(&hash, is);
    crypto_hash_sha512(want, bytes, sizeof(bytes) - 1);
    assert_memory_equal(is, want, 64);
}

int main(void)
{
    return kh_group_init() ? kh_run_tests(CASE(points_that_are_not_canonical_are_refused),
                                          CASE(the_identity_is_refused_and_other_points_are_taken),
                                          CASE(scalars_from_l_on_are_refused),
                                          CASE(arithmetic_holds_also_around_the_identity),
                                          CASE(lagrange_finds_the_value_at_zero),
                                          CASE(a_text_has_just_one_form),
                                          CASE(bytes_outside_of_the_alphabet_are_refused),
                                          CASE(sizes_of_texts_are_those_that_the_bytes_need),
                                          CASE(a_hash_has_the_length_of_each_field))
                           : 1;
}
