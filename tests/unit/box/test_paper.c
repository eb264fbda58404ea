/* RFC 9380 appendix K.3, RFC 9497 appendix A.1.2, and what the box makes of them. */
#include "tests/unit/test.h"

#include "box/paper.h"
#include "tests/unit/box/council.h"

#include <sodium.h>
#include <string.h>

static size_t unhex(const char *hex, uint8_t *bytes, size_t size)
{
    size_t n = 0;

    assert_int_equal(sodium_hex2bin(bytes, size, hex, strlen(hex), NULL, &n, NULL), 0);
    return n;
}

static void expect_hex(const uint8_t *bytes, size_t n, const char *hex)
{
    char is[300];

    assert_true(n * 2 < sizeof(is));
    sodium_bin2hex(is, sizeof(is), bytes, n);
    assert_string_equal(is, hex);
}

static void expand(const char *msg, size_t n, const char *hex)
{
    static const char dst[] = "QUUX-V01-CS02-with-expander-SHA512-256";
    const struct kh_xmd_input input = { (const uint8_t *)msg, strlen(msg), dst, sizeof(dst) - 1 };
    uint8_t out[128];

    kh_paper_expand(&input, out, n);
    expect_hex(out, n, hex);
}

TEST(messages_are_expanded_as_in_rfc_9380)
{
    expand("", 32, "6b9a7312411d92f921c6f68ca0b6380730a1a4d982c507211a90964c394179ba");
    expand("abc", 32, "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc");
    expand("abcdef0123456789", 32,
           "087e45a86e2939ee8b91100af1583c4938e0f5fc6c9db4b107b83346bc967f58");
}

/* More than one block of SHA-512: K.3's fourth length of 0x80 bytes. */
TEST(a_longer_output_of_rfc_9380_is_right_too)
{
    expand("", 128,
           "41b037d1734a5f8df225dd8c7de38f851efdb45c372887be655212d07251b921"
           "b052b62eaed99b46f72f2ef4cc96bfaf254ebbbec091e1a3b9e4fb5e5b619d2e"
           "0c5414800a1d882b62bb5cd1778f098b8eb6cb399d5d9d18f5d5842cf5d13d7e"
           "b00a7cff859b605da678b318bd0e65ebff70bec88c753b159a805d2c89c55961");
}

struct vector {
    const char *input, *blinded, *evaluated, *proof, *output;
};

static const char sk[] = "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909";
static const char pk[] = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e";
static const char blind[] = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706";
static const char proof_r[] = "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e";

static const struct vector vectors[] = {
    { "00", "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
      "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
      "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"
      "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
      "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
      "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c" },
    { "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
      "cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c",
      "60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468",
      "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a"
      "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02",
      "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
      "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6" },
};

static void rfc_key(struct kh_paper_key *key)
{
    unhex(sk, key->secret, 32);
    assert_true(kh_paper_key_complete(key));
    expect_hex(key->point, 32, pk);
}

static void check_vector(const struct vector *vector)
{
    struct kh_client_paper paper = { .text = "" };
    struct kh_point blinded, evaluated;
    struct kh_scalar k, r;
    struct kh_paper_key key;
    uint8_t proof[64], token[64];
    char evaluated_text[KH_BOX_POINT_TEXT], proof_text[KH_BOX_PAIR_TEXT];

    rfc_key(&key);
    paper.serial_bytes = unhex(vector->input, paper.serial, sizeof(paper.serial));
    unhex(blind, paper.blind.bytes, 32);
    kh_client_blind(&paper);
    assert_true(kh_point_from_text(&blinded, paper.text));
    expect_hex(blinded.bytes, 32, vector->blinded);

    unhex(sk, k.bytes, 32);
    evaluated = kh_point_mul(&k, &blinded);
    expect_hex(evaluated.bytes, 32, vector->evaluated);
    unhex(proof_r, r.bytes, 32);
    kh_paper_prove(&key, &blinded, &evaluated, &r, proof);
    expect_hex(proof, 64, vector->proof);

    kh_text_from_bytes(evaluated_text, evaluated.bytes, 32);
    kh_text_from_bytes(proof_text, proof, 64);
    assert_true(kh_client_finalise(&paper, key.point_text, evaluated_text, proof_text, token));
    expect_hex(token, 64, vector->output);
}

TEST(papers_are_signed_as_in_the_vectors_of_rfc_9497)
{
    check_vector(&vectors[0]);
    check_vector(&vectors[1]);
}

TEST(an_issued_paper_is_proved_and_a_changed_proof_is_not)
{
    struct kh_client_paper paper;
    struct kh_paper_key key;
    char evaluated[KH_BOX_POINT_TEXT], proof[KH_BOX_PAIR_TEXT], changed[KH_BOX_PAIR_TEXT];
    uint8_t token[64], bytes[64];

    rfc_key(&key);
    kh_client_paper(&paper);
    assert_true(kh_paper_issue(&key, paper.text, evaluated, proof));
    assert_true(kh_client_finalise(&paper, key.point_text, evaluated, proof, token));
    assert_true(kh_paper_token_ok(&key, paper.serial, token));
    assert_true(kh_text_to_bytes(proof, bytes, 64));
    for (unsigned i = 0; i < 64; i++) {
        bytes[i] ^= 1;
        kh_text_from_bytes(changed, bytes, 64);
        assert_false(kh_client_finalise(&paper, key.point_text, evaluated, changed, token));
        bytes[i] ^= 1;
    }
}

TEST(a_server_that_signs_with_another_key_is_found_out)
{
    struct kh_client_paper paper;
    struct kh_paper_key key, other;
    char evaluated[KH_BOX_POINT_TEXT], proof[KH_BOX_PAIR_TEXT];
    uint8_t token[64];

    rfc_key(&key);
    memcpy(other.secret, kh_scalar_random().bytes, 32);
    assert_true(kh_paper_key_complete(&other));
    kh_client_paper(&paper);
    assert_true(kh_paper_issue(&other, paper.text, evaluated, proof));
    assert_false(kh_client_finalise(&paper, key.point_text, evaluated, proof, token));
}

TEST(a_token_fits_one_serial_and_no_bit_of_it_may_change)
{
    struct council council;
    struct ballot ballot;
    struct kh_paper_key key, next;

    council_make(&council, 1, 1);
    council_open_box(&council);
    council_paper(&council, &ballot);
    kh_box_paper_key(council.box, "xa-demo", 7, council.vote.opened_ms, &key);
    assert_true(kh_paper_token_ok(&key, ballot.serial, ballot.token));
    for (unsigned i = 0; i < 64; i++) {
        ballot.token[i] ^= 0x10;
        assert_false(kh_paper_token_ok(&key, ballot.serial, ballot.token));
        ballot.token[i] ^= 0x10;
    }
    ballot.serial[31] ^= 1;
    assert_false(kh_paper_token_ok(&key, ballot.serial, ballot.token));
    ballot.serial[31] ^= 1;
    kh_box_paper_key(council.box, "xa-demo", 8, council.vote.opened_ms, &next);
    assert_false(kh_paper_token_ok(&next, ballot.serial, ballot.token));
    council_close(&council);
}

TEST(each_vote_has_a_key_of_its_own_that_stays)
{
    struct council council;
    struct kh_paper_key keys[5];

    council_make(&council, 1, 1);
    council_open_box(&council);
    kh_box_paper_key(council.box, "a", 1, 5, &keys[0]);
    kh_box_paper_key(council.box, "b", 1, 5, &keys[1]);
    kh_box_paper_key(council.box, "a", 2, 5, &keys[2]);
    kh_box_paper_key(council.box, "a", 1, 6, &keys[3]);
    kh_box_close(council.box);
    assert_int_equal(kh_box_open(council.folder, &council.box, NULL), KH_OK);
    kh_box_paper_key(council.box, "a", 1, 5, &keys[4]);
    assert_string_equal(keys[0].point_text, keys[4].point_text);
    for (unsigned i = 0; i < 4; i++)
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(keys[i].point_text, keys[j].point_text);
    council_close(&council);
}

TEST(papers_that_are_no_points_are_not_signed)
{
    static const char *const bad[] = {
        NULL,
        "",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* the identity */
        "_____________________________________________",
        "????",                                        /* too long; no base64url */
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* negative */
        "7f___________________________________________",
    };
    char evaluated[KH_BOX_POINT_TEXT], proof[KH_BOX_PAIR_TEXT];
    struct kh_paper_key key;

    rfc_key(&key);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(kh_paper_issue(&key, bad[i], evaluated, proof));
}

int main(void)
{
    return kh_group_init()
               ? kh_run_tests(CASE(messages_are_expanded_as_in_rfc_9380),
                              CASE(a_longer_output_of_rfc_9380_is_right_too),
                              CASE(papers_are_signed_as_in_the_vectors_of_rfc_9497),
                              CASE(an_issued_paper_is_proved_and_a_changed_proof_is_not),
                              CASE(a_server_that_signs_with_another_key_is_found_out),
                              CASE(a_token_fits_one_serial_and_no_bit_of_it_may_change),
                              CASE(each_vote_has_a_key_of_its_own_that_stays),
                              CASE(papers_that_are_no_points_are_not_signed))
               : 1;
}
