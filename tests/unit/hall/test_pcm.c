#include "media/hall/pcm.h"

#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

TEST(samples_are_in_network_byte_order)
{
    const float samples[] = { 0.0f, 0.5f, -0.5f, -1.0f };
    uint8_t out[12];

    kh_pcm_write(samples, 4, KH_ENC_L16, 1, out);
    assert_memory_equal(out, ((uint8_t[]){ 0, 0, 0x40, 0, 0xc0, 0, 0x80, 0 }), 8);
    kh_pcm_write(samples, 4, KH_ENC_L24, 1, out);
    assert_memory_equal(out, ((uint8_t[]){ 0, 0, 0, 0x40, 0, 0, 0xc0, 0, 0, 0x80, 0, 0 }), 12);
}

TEST(too_loud_samples_are_limited_and_never_wrap)
{
    const float samples[] = { 1.0f, 7.0f, -7.0f, NAN };
    uint8_t out[12];

    kh_pcm_write(samples, 4, KH_ENC_L16, 1, out);
    assert_memory_equal(out, ((uint8_t[]){ 0x7f, 0xff, 0x7f, 0xff, 0x80, 0, 0, 0 }), 8);
    kh_pcm_write(samples, 3, KH_ENC_L24, 1, out);
    assert_memory_equal(out, ((uint8_t[]){ 0x7f, 0xff, 0xff, 0x7f, 0xff, 0xff, 0x80, 0, 0 }), 9);
}

TEST(stereo_has_the_same_sample_in_both_channels)
{
    const float samples[] = { 0.25f };
    uint8_t out[4];

    kh_pcm_write(samples, 1, KH_ENC_L16, 2, out);
    assert_memory_equal(out, ((uint8_t[]){ 0x20, 0, 0x20, 0 }), 4);
    assert_int_equal(kh_pcm_frame_bytes(KH_ENC_L24, 2), 6);
}

TEST(the_cache_tells_mixes_forms_and_ticks_apart)
{
    struct kh_pcm_cache *cache = calloc(1, sizeof(*cache));
    struct kh_tick *tick = calloc(1, sizeof(*tick));
    tick->has_pcm = true;
    tick->main_pcm[0] = 0.5f;
    tick->slot_pcm[2][0] = 0.25f;

    const uint8_t *main_mix = kh_pcm_cache_get(cache, tick, -1, KH_ENC_L16, 1);
    assert_int_equal(main_mix[0], 0x40);
    assert_ptr_equal(kh_pcm_cache_get(cache, tick, -1, KH_ENC_L16, 1), main_mix);
    assert_int_equal(kh_pcm_cache_get(cache, tick, 2, KH_ENC_L16, 1)[0], 0x20);
    assert_ptr_not_equal(kh_pcm_cache_get(cache, tick, -1, KH_ENC_L24, 1), main_mix);
    tick->number++;
    tick->main_pcm[0] = 0;
    assert_int_equal(kh_pcm_cache_get(cache, tick, -1, KH_ENC_L16, 1)[0], 0);
    free(tick);
    free(cache);
}

int main(void)
{
    return kh_run_tests(CASE(samples_are_in_network_byte_order),
                        CASE(too_loud_samples_are_limited_and_never_wrap),
                        CASE(stereo_has_the_same_sample_in_both_channels),
                        CASE(the_cache_tells_mixes_forms_and_ticks_apart));
}
