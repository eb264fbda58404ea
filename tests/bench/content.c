#include "tests/bench/content.h"

#include "tests/bench/measure.h"
#include "tests/media/sound.h"

#include <opus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARKER_FIRST = 24000, PAUSE = 2400, CALIBRATION_SECONDS = 6, TEXTS = 3 };

static const float SPEECH_GAIN = 0.35f;
static const double TONE_AMPLITUDE = 0.1;

static const char *const TEXT[TEXTS] = {
    "Thưa chủ tọa, thưa các vị đại biểu, tôi xin phép được phát biểu về dự toán ngân sách thành "
    "phố "
    "năm nay và đề nghị hội đồng xem xét việc đầu tư cho giao thông công cộng.",
    "Kính thưa hội đồng nhân dân, tổ đại biểu chúng tôi đồng ý với tờ trình của ủy ban và xin kiến "
    "nghị thêm hai nội dung về giáo dục và y tế cơ sở.",
    "Cử tri phường chúng tôi phản ánh nhiều lần về tình trạng ngập nước, đề nghị sở xây dựng trả "
    "lời "
    "rõ thời hạn hoàn thành dự án thoát nước.",
};

/* Talker 0 is silent around its markers, so that they stand out. */
static void make_pauses(float *samples, size_t n)
{
    for (size_t at = MARKER_FIRST; at < n; at += MEASURE_MARKER_EVERY) {
        size_t from = at > PAUSE ? at - PAUSE : 0;
        size_t to = at + MEASURE_MARKER + PAUSE;
        for (size_t i = from; i < to && i < n; i++)
            samples[i] = 0;
    }
}

static bool add_speech(float *samples, size_t n, unsigned talker)
{
    size_t length = 0;
    float *speech = sound_speak(TEXT[talker % TEXTS], &length);
    if (!speech || length == 0) {
        free(speech);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        samples[i] += SPEECH_GAIN * speech[(i + talker * 17000) % length];
    free(speech);
    return true;
}

float *content_samples(unsigned talker, bool tones, unsigned seconds)
{
    size_t n = (size_t)seconds * MEASURE_RATE;
    float *samples = calloc(n, sizeof(*samples));

    if (tones)
        measure_add_tone(samples, n, talker, TONE_AMPLITUDE);
    else if (!add_speech(samples, n, talker)) {
        free(samples);
        return NULL;
    }
    if (talker == 0) {
        if (!tones)
            make_pauses(samples, n);
        measure_add_markers(samples, n, MARKER_FIRST);
    }
    return samples;
}

size_t content_marker_at(unsigned i)
{
    return MARKER_FIRST + (size_t)i * MEASURE_MARKER_EVERY;
}

struct OpusEncoder *content_encoder(int complexity, int bitrate)
{
    int code = 0;
    OpusEncoder *encoder = opus_encoder_create(MEASURE_RATE, 1, OPUS_APPLICATION_VOIP, &code);
    if (code != OPUS_OK)
        abort();
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate));
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(complexity));
    opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(1));
    opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(5));
    return encoder;
}

bool content_create(struct content *content, unsigned talker, bool tones, unsigned seconds)
{
    float *samples = content_samples(talker, tones, seconds);
    if (!samples)
        return false;

    OpusEncoder *encoder = content_encoder(5, 32000);
    content->packets = seconds * (MEASURE_RATE / CONTENT_FRAME);
    content->bytes = calloc(content->packets, sizeof(*content->bytes));
    content->data = calloc(content->packets, sizeof(*content->data));
    for (unsigned i = 0; i < content->packets; i++) {
        int bytes = opus_encode_float(encoder, samples + (size_t)i * CONTENT_FRAME, CONTENT_FRAME,
                                      content->data[i], CONTENT_PACKET_MAX);
        content->bytes[i] = (uint16_t)(bytes > 0 ? bytes : 0);
    }
    opus_encoder_destroy(encoder);
    free(samples);
    return true;
}

void content_destroy(struct content *content)
{
    free(content->bytes);
    free(content->data);
}

double content_codec_delay(bool tones)
{
    struct content content;
    int code = 0;
    size_t at[CALIBRATION_SECONDS + 2];
    double sum = 0;

    if (!content_create(&content, 0, tones, CALIBRATION_SECONDS))
        return 0;
    float *out = calloc(content.packets, CONTENT_FRAME * sizeof(*out));
    OpusDecoder *decoder = opus_decoder_create(MEASURE_RATE, 1, &code);
    for (unsigned i = 0; i < content.packets; i++)
        if (opus_decode_float(decoder, content.data[i], content.bytes[i],
                              out + (size_t)i * CONTENT_FRAME, CONTENT_FRAME, 0) < 0)
            abort();
    size_t n = measure_find_markers(out, (size_t)content.packets * CONTENT_FRAME, at,
                                    CALIBRATION_SECONDS + 2);
    for (unsigned i = 0; i < n; i++)
        sum += (double)at[i] - (double)content_marker_at(i);
    opus_decoder_destroy(decoder);
    free(out);
    content_destroy(&content);
    return n ? sum / (double)n : 0;
}
