/* Offers of real browsers (offers/, captured), small written ones, and hostile ones. */
#include "media/edge/sdp.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct kh_sdp_offer offer;
static struct kh_error error;
static char answer[KH_SDP_MAX];

#define FINGERPRINT                                                                                \
    "a=fingerprint:sha-256 13:29:BF:F6:5B:51:A3:33:4C:08:AA:77:26:11:CA:21:6B:AF:00:B2:B3:93:E2:"  \
    "6C:E6:A3:B9:EB:BE:85:65:9E\r\n"
#define TRANSPORT "a=setup:actpass\r\na=ice-ufrag:abcd\r\na=ice-pwd:x\r\na=rtcp-mux\r\n" FINGERPRINT
#define START     "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
#define AUDIO     "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"
#define OPUS      "a=rtpmap:111 opus/48000/2\r\n"

static enum kh_err read_text(const char *text)
{
    error.text[0] = '\0';
    return kh_sdp_read(text, strlen(text), &offer, &error);
}

static void write_answer(void)
{
    struct kh_sdp_answer facts = { .ufrag = "0000abcdefgh",
                                   .password = "0123456789abcdef0123456789abcdef",
                                   .fingerprint = "sha-256 AA:BB",
                                   .ssrc = 4294967295u,
                                   .session_id = 7,
                                   .n_candidates = 2,
                                   .port = 5004,
                                   .udp = true,
                                   .tcp = true };

    facts.candidates[0] = (struct kh_sdp_candidate){ "192.0.2.1", false };
    facts.candidates[1] = (struct kh_sdp_candidate){ "2001:db8::1", true };
    assert_int_equal(kh_sdp_write(&offer, &facts, answer, &error), KH_OK);
}

static void read_file(const char *name)
{
    static char text[KH_SDP_MAX];
    char path[512];

    snprintf(path, sizeof(path), "%s/offers/%s.sdp", EDGE_TEST_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t bytes = fread(text, 1, sizeof(text), file);
    fclose(file);
    if (kh_sdp_read(text, bytes, &offer, &error))
        fail_msg("%s: %s", name, error.text);
    write_answer();
}

static int count(const char *text, const char *word)
{
    int n = 0;

    for (const char *at = text; (at = strstr(at, word)); at++)
        n++;
    return n;
}

static void speaker_of(const char *name, int payload_type)
{
    read_file(name);
    assert_int_equal(offer.sections[offer.audio].opus_payload_type, payload_type);
    assert_true(offer.sends && offer.receives && offer.bundle);
    assert_string_equal(offer.fingerprint.algorithm, "sha-256");
    assert_non_null(strstr(answer, "a=group:BUNDLE 0\r\n"));
    assert_non_null(strstr(answer, "a=sendrecv\r\n"));
    assert_non_null(strstr(answer, "a=setup:passive\r\n"));
    assert_non_null(strstr(answer, "stereo=0"));
    assert_non_null(strstr(answer, "useinbandfec=1"));
    assert_non_null(strstr(answer, "a=ice-lite\r\n"));
}

TEST(offers_of_speakers_in_both_browsers_are_answered)
{
    speaker_of("chromium_speaker", 111);
    assert_int_equal(count(answer, "\r\nm="), 1);
    speaker_of("firefox_speaker", 109);
    assert_int_equal(count(answer, "\r\nm="), 1);
}

TEST(listeners_in_both_browsers_get_sendonly)
{
    static const char *const names[] = { "chromium_listener", "firefox_listener" };

    for (unsigned i = 0; i < 2; i++) {
        read_file(names[i]);
        assert_true(offer.receives && !offer.sends);
        assert_non_null(strstr(answer, "a=sendonly\r\n"));
        assert_null(strstr(answer, "a=sendrecv"));
        assert_non_null(strstr(answer, "a=ssrc:4294967295 cname:"));
    }
}

TEST(video_and_data_of_both_browsers_are_rejected_outside_the_bundle)
{
    static const char *const names[] = { "chromium_speaker_video_data",
                                         "firefox_speaker_video_data" };

    for (unsigned i = 0; i < 2; i++) {
        speaker_of(names[i], i ? 109 : 111);
        assert_int_equal(offer.n_sections, 3);
        assert_int_equal(count(answer, "\r\nm="), 3);
        assert_int_equal(count(answer, "\r\nm=video 0 "), 1);
        assert_int_equal(count(answer, "\r\nm=application 0 UDP/DTLS/SCTP webrtc-datachannel"), 1);
        assert_int_equal(count(answer, "a=inactive\r\n"), 2);
        assert_int_equal(count(answer, "a=ice-ufrag:"), 1);
    }
}

TEST(candidates_of_all_addresses_are_offered_by_udp_and_tcp)
{
    assert_int_equal(read_text(START AUDIO TRANSPORT OPUS), KH_OK);
    write_answer();
    assert_non_null(strstr(answer, "a=candidate:1 1 udp 2130706431 192.0.2.1 5004 typ host\r\n"));
    assert_non_null(strstr(answer, " tcp 1526726655 192.0.2.1 5004 typ host tcptype passive\r\n"));
    assert_non_null(strstr(answer, "a=candidate:3 1 udp 2130706175 2001:db8::1 5004 typ host\r\n"));
    assert_int_equal(count(answer, "a=candidate:"), 4);
    assert_non_null(strstr(answer, "c=IN IP4 192.0.2.1\r\n"));
    assert_null(strstr(answer, "BUNDLE"));
}

TEST(every_line_of_an_answer_ends_with_cr_lf)
{
    read_file("chromium_speaker_video_data");
    for (const char *at = answer; (at = strchr(at, '\n')); at++)
        assert_int_equal(at[-1], '\r');
    assert_string_equal(answer + strlen(answer) - 2, "\r\n");
}

TEST(an_offer_to_only_send_gets_recvonly_and_no_ssrc)
{
    assert_int_equal(read_text(START AUDIO TRANSPORT OPUS "a=sendonly\r\n"), KH_OK);
    write_answer();
    assert_non_null(strstr(answer, "a=recvonly\r\n"));
    assert_null(strstr(answer, "a=ssrc"));
}

TEST(session_level_attributes_count_where_the_section_has_none)
{
    assert_int_equal(read_text(START TRANSPORT "a=recvonly\r\n" AUDIO OPUS "a=rtcp-mux\r\n"),
                     KH_OK);
    assert_true(offer.receives && !offer.sends);
    assert_int_equal(offer.fingerprint.bytes, 32);
}

TEST(transport_of_the_bundles_first_section_counts)
{
    assert_int_equal(read_text(START "a=group:BUNDLE v 0\r\n"
                                     "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\n" TRANSPORT
                                     "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
                                     "a=bundle-only\r\n" OPUS),
                     KH_OK);
    assert_int_equal(offer.audio, 1);
    write_answer();
    assert_non_null(strstr(answer, "a=group:BUNDLE 0\r\n"));
}

TEST(the_second_audio_section_is_taken_when_the_first_has_no_opus)
{
    assert_int_equal(
        read_text(START
                  "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:x\r\n" TRANSPORT AUDIO TRANSPORT OPUS),
        KH_OK);
    assert_int_equal(offer.audio, 1);
}

TEST(longer_hashes_are_understood_and_weak_ones_passed_over)
{
    char text[2048], hash[256] = "";

    for (unsigned i = 0; i < 64; i++)
        snprintf(hash + strlen(hash), sizeof(hash) - strlen(hash), "%s%02x", i ? ":" : "", i);
    snprintf(text, sizeof(text),
             START AUDIO OPUS "a=fingerprint:sha-1 00:11\r\na=fingerprint:SHA-512 %s\r\n"
                              "a=setup:active\r\na=ice-ufrag:abcd\r\na=rtcp-mux\r\n",
             hash);
    assert_int_equal(read_text(text), KH_OK);
    assert_string_equal(offer.fingerprint.algorithm, "sha-512");
    assert_int_equal(offer.fingerprint.bytes, 64);
    assert_int_equal(offer.fingerprint.hash[63], 63);
}

static void refused(const char *text, const char *words)
{
    if (read_text(text) != KH_ERR_INVALID)
        fail_msg("taken: %s", text);
    if (!strstr(error.text, words))
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
}

TEST(what_cannot_be_taken_is_refused_with_the_reason)
{
    refused("", "empty");
    refused("hello", "not SDP");
    refused("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", "v=0");
    refused(START, "no audio section");
    refused(START AUDIO TRANSPORT, "opus/48000/2");
    refused(START AUDIO TRANSPORT "a=rtpmap:112 opus/48000/2\r\n", "opus");
    refused(START AUDIO TRANSPORT "a=rtpmap:111 opus/48000/1\r\n", "opus");
    refused(START "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n" TRANSPORT OPUS, "no audio section");
    refused(START "m=audio 9 RTP/AVP 111\r\n" TRANSPORT OPUS, "DTLS-SRTP");
    refused(START AUDIO OPUS, "fingerprint");
    refused(START AUDIO OPUS FINGERPRINT, "setup");
    refused(START AUDIO OPUS FINGERPRINT "a=setup:passive\r\n", "actpass");
    refused(START AUDIO OPUS FINGERPRINT "a=setup:active\r\n", "ice-ufrag");
    refused(START AUDIO OPUS FINGERPRINT "a=setup:active\r\na=ice-ufrag:abcd\r\n", "rtcp-mux");
    refused(START AUDIO TRANSPORT OPUS "a=fingerprint:sha-256 12:34\r\n" AUDIO
                                       "a=fingerprint:sha-256 12:34\r\n",
            "malformed");
    refused(START "m=audio\r\n", "m= line 1");
    refused(START "m=audio 99999 UDP/TLS/RTP/SAVPF 111\r\n", "m= line 1");
    refused(START "m=audio 9 UDP/TLS/RTP/SAVPF\r\n", "m= line 1");
}

TEST(what_we_would_print_back_cannot_carry_a_line_of_its_own)
{
    refused(START AUDIO TRANSPORT OPUS "a=mid:0\ta=x\r\n", "malformed");
    refused(START AUDIO TRANSPORT OPUS "a=mid:\r\n", "malformed");
    refused(START AUDIO TRANSPORT OPUS "a=mid:0 1\r\n", "malformed");
    refused(START "m=aud\x01io 9 UDP/TLS/RTP/SAVPF 111\r\n", "not SDP");
    refused(START AUDIO TRANSPORT OPUS "a=x\ra=y\r\n", "not SDP");
    refused(START "m=vid\xc3\xa9o 9 UDP/TLS/RTP/SAVPF 96\r\n", "m= line");
}

TEST(too_many_sections_and_too_long_offers_are_refused)
{
    static char text[KH_SDP_MAX + 2];
    size_t used = (size_t)snprintf(text, sizeof(text), "%s", START AUDIO TRANSPORT OPUS);

    for (unsigned i = 0; i < KH_SDP_SECTIONS_MAX; i++)
        used +=
            (size_t)snprintf(text + used, sizeof(text) - used, "m=video 9 UDP/TLS/RTP/SAVPF 96\n");
    refused(text, "more than 32");
    memset(text, 'a', sizeof(text) - 1);
    refused(text, "longer than 16384");
}

TEST(the_longest_answer_fits)
{
    static char text[KH_SDP_MAX] = START AUDIO TRANSPORT OPUS;
    char line[512], word[KH_SDP_WORD_MAX];

    memset(word, 'x', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    for (unsigned i = 1; i < KH_SDP_SECTIONS_MAX; i++) {
        snprintf(line, sizeof(line), "m=%s 9 %s %s\na=mid:%s\n", word, word, word, word);
        strcat(text, line);
    }
    assert_int_equal(read_text(text), KH_OK);
    write_answer(); /* the most that a peer can make us print still fits */
    assert_true(strlen(answer) < KH_SDP_MAX);
}

/* Every prefix and every single changed byte of a real offer: an answer or an error, no crash. */
TEST(damaged_offers_do_no_harm)
{
    static char text[KH_SDP_MAX];
    char path[512];

    snprintf(path, sizeof(path), "%s/offers/firefox_speaker_video_data.sdp", EDGE_TEST_DIR);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t bytes = fread(text, 1, sizeof(text), file);
    fclose(file);
    for (size_t i = 0; i < bytes; i++) {
        if (kh_sdp_read(text, i, &offer, &error) == KH_OK)
            write_answer();
        char kept = text[i];
        text[i] = (char)(kept ^ (1 << i % 8));
        if (kh_sdp_read(text, bytes, &offer, &error) == KH_OK)
            write_answer();
        text[i] = kept;
    }
}

int main(void)
{
    return kh_run_tests(CASE(offers_of_speakers_in_both_browsers_are_answered),
                        CASE(listeners_in_both_browsers_get_sendonly),
                        CASE(video_and_data_of_both_browsers_are_rejected_outside_the_bundle),
                        CASE(candidates_of_all_addresses_are_offered_by_udp_and_tcp),
                        CASE(every_line_of_an_answer_ends_with_cr_lf),
                        CASE(an_offer_to_only_send_gets_recvonly_and_no_ssrc),
                        CASE(session_level_attributes_count_where_the_section_has_none),
                        CASE(transport_of_the_bundles_first_section_counts),
                        CASE(the_second_audio_section_is_taken_when_the_first_has_no_opus),
                        CASE(longer_hashes_are_understood_and_weak_ones_passed_over),
                        CASE(what_cannot_be_taken_is_refused_with_the_reason),
                        CASE(what_we_would_print_back_cannot_carry_a_line_of_its_own),
                        CASE(too_many_sections_and_too_long_offers_are_refused),
                        CASE(the_longest_answer_fits), CASE(damaged_offers_do_no_harm));
}
