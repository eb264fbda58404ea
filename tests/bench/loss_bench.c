/* loss_bench - one speech over bad networks: what is left of it at a listener.
 *
 *     loss_bench [SECONDS]
 *
 * Vietnamese speech comes to the server over a relay that loses, delays, reorders and stalls
 * (tests/media/relay.h). Prints one JSON object a line and condition: packets lost, frames made up,
 * and the likeness to the same speech over a wire (tests/media/likeness.h). */
#include "tests/media/call.h"
#include "tests/media/likeness.h"
#include "tests/media/sound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_BY_SIDE = 4, SECONDS_MAX = 120, LEAD = SOUND_RATE };

static const char TEXT[] =
    "Thưa chủ tọa, thưa các vị đại biểu, tôi xin phép được phát biểu về dự toán ngân sách thành "
    "phố năm nay và đề nghị hội đồng xem xét việc đầu tư cho giao thông công cộng. Cử tri phường "
    "chúng tôi phản ánh nhiều lần về tình trạng ngập nước, đề nghị sở xây dựng trả lời rõ thời hạn "
    "hoàn thành dự án thoát nước.";

static struct call_plan plans[] = {
    { .name = "a wire" },
    { .name = "5 % lost", .net = { .loss = 0.05 } },
    { .name = "10 % lost", .net = { .loss = 0.1 } },
    { .name = "10 % lost, no FEC sent", .net = { .loss = 0.1 }, .no_fec = true },
    { .name = "each third lost", .net = { .lose_every = 3 } },
    { .name = "20 % lost in bursts of 3", .net = { .burst_loss = 0.2, .burst_packets = 3 } },
    { .name = "30 ms jitter", .net = { .jitter_ms = 30 } },
    { .name = "100 ms jitter", .net = { .jitter_ms = 100 } },
    { .name = "10 % reordered by 50 ms", .net = { .reorder = 0.1, .reorder_ms = 50 } },
    { .name = "30 % doubled", .net = { .duplicate = 0.3 } },
    { .name = "10 % lost, 100 ms jitter", .net = { .loss = 0.1, .jitter_ms = 100 } },
    { .name = "20 % in bursts, 100 ms jitter",
      .net = { .burst_loss = 0.2, .burst_packets = 3, .jitter_ms = 100 } },
    { .name = "stalls of 300 ms every 5 s", .net = { .stall_ms = 300, .stall_every_ms = 5000 } },
    { .name = "10 % lost, over SRTP", .net = { .loss = 0.1 }, .webrtc = true },
};
enum { PLANS = sizeof(plans) / sizeof(plans[0]) };

static float *say(size_t n)
{
    size_t length = 0;
    float *speech = sound_speak(TEXT, &length), *samples = calloc(n, sizeof(*samples));

    if (!speech) {
        fprintf(stderr, "loss_bench: espeak-ng or sox is missing\n");
        exit(2);
    }
    for (size_t i = LEAD; i < n; i++)
        samples[i] = speech[(i - LEAD) % length];
    free(speech);
    return samples;
}

static void print(const struct call_plan *plan, const struct call_heard *heard,
                  const struct call_heard *clean, double clean_delay_ms)
{
    struct likeness like = likeness_of(clean->samples, clean->n, heard->samples, heard->n);
    double said_ms = (double)plan->n / 48;

    printf("{\"name\":\"%s\",\"lost\":%.3f,\"made_up\":%.3f,\"late\":%llu,\"kept\":%.3f,"
           "\"distance_db\":%.1f,\"intelligible\":%.3f,\"gap_ms\":%u,\"delay_ms_p50\":%.0f,"
           "\"delay_ms_p90\":%.0f}\n",
           plan->name, (double)heard->relay.lost / heard->relay.sent,
           (double)heard->stats.in.concealed_ms / said_ms, (unsigned long long)heard->stats.in.late,
           like.kept, like.distance_db, like.intelligible, like.longest_gap_ms,
           clean_delay_ms + like.delay_ms_p50, clean_delay_ms + like.delay_ms_p90);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct call_heard heard[PLANS];
    struct call *calls[SIDE_BY_SIDE];
    int seconds = argc > 1 ? atoi(argv[1]) : 30;

    if (seconds < 5 || seconds > SECONDS_MAX) {
        fprintf(stderr, "loss_bench: 5 to %d seconds\n", SECONDS_MAX);
        return 2;
    }
    size_t n = (size_t)seconds * SOUND_RATE;
    float *samples = say(n);
    for (unsigned at = 0; at < PLANS; at += SIDE_BY_SIDE) {
        unsigned together = PLANS - at < SIDE_BY_SIDE ? PLANS - at : SIDE_BY_SIDE;
        for (unsigned i = 0; i < together; i++) {
            plans[at + i].samples = samples;
            plans[at + i].n = n;
            plans[at + i].seed = 1 + at + i;
            calls[i] = call_start(&plans[at + i]);
            if (!calls[i])
                return 2;
        }
        call_finish_all(calls, heard + at, together);
    }
    struct likeness clean = likeness_of(samples, n, heard[0].samples, heard[0].n);
    for (unsigned i = 0; i < PLANS; i++)
        print(&plans[i], &heard[i], &heard[0], clean.delay_ms_p50);
    for (unsigned i = 0; i < PLANS; i++)
        call_heard_free(&heard[i]);
    free(samples);
    return 0;
}
