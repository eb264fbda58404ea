#include "media/mixer/dejitter.h"

#include "sound.h"
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000LL
#define START_NS  (1000 * NS_PER_MS)

enum { TICK = KH_TICK_SAMPLES };

/* A sender of a steady tone in virtual time, and a puller on the ticks' grid. */
struct world {
    struct kh_dejitter dejitter;
    uint32_t chunk;       /* samples a packet */
    double ppm;           /* sender's clock against ours */
    double phase_ms;      /* of its packets after the ticks */
    double jitter_ms;     /* each packet comes up to so much later */
    double hz, amplitude; /* hz is a whole number */
    uint64_t sent;        /* packets */
    uint64_t ticks;
    uint32_t seed;
    int64_t block_from_ns, block_to_ns; /* the network holds packets back in between */
    int64_t last_arrival_ns;

    float before;    /* last sample out */
    float step;      /* largest step seen */
    uint64_t zeros;  /* ticks with silence in them */
    double delay_ms; /* smoothed: from arrival of a packet to the tick that begins with it */
};

static struct world *world_new(void)
{
    struct world *world = calloc(1, sizeof(*world));
    kh_dejitter_init(&world->dejitter, -1);
    world->chunk = TICK;
    world->phase_ms = 10;
    world->hz = 440;
    world->amplitude = 0.5;
    world->seed = 1;
    return world;
}

static double chance(struct world *world)
{
    world->seed = world->seed * 1664525U + 1013904223U;
    return (double)(world->seed >> 8) / (1 << 24);
}

static int64_t planned_ns(const struct world *world, uint64_t packet)
{
    double length_ns = (double)world->chunk * 1e9 / 48000 / (1 + world->ppm * 1e-6);
    return START_NS + (int64_t)(world->phase_ms * 1e6 + (double)packet * length_ns);
}

static int64_t arrival_ns(struct world *world)
{
    int64_t at = planned_ns(world, world->sent);
    if (world->jitter_ms > 0)
        at += (int64_t)(chance(world) * world->jitter_ms * 1e6);
    if (at >= world->block_from_ns && at < world->block_to_ns)
        at = world->block_to_ns;
    /* What is behind the jitter buffer comes in order. */
    return at > world->last_arrival_ns ? at : world->last_arrival_ns;
}

/* The next packet's sound. The tone repeats each second, so one is enough. */
static const float *chunk_of(const struct world *world)
{
    static float tone[48000 + 5760], amplitude;

    if (amplitude != (float)world->amplitude)
        sound_tone(tone, 48000 + 5760, world->hz, world->amplitude, 0);
    amplitude = (float)world->amplitude;
    return tone + world->sent * world->chunk % 48000;
}

static void send_until(struct world *world, int64_t now_ns)
{
    while (planned_ns(world, world->sent) <= now_ns) {
        uint32_t seed = world->seed;
        int64_t at = arrival_ns(world);
        if (at > now_ns) {
            world->seed = seed;
            return;
        }
        kh_dejitter_push(&world->dejitter, chunk_of(world), world->chunk, at);
        world->last_arrival_ns = at;
        world->sent++;
    }
}

static bool has_silence(const float *out)
{
    int run = 0;
    for (int i = 0; i < TICK; i++) {
        run = out[i] == 0 ? run + 1 : 0;
        if (run >= 48)
            return true;
    }
    return false;
}

static void tick(struct world *world, float *out)
{
    int64_t due_ns = START_NS + (int64_t)world->ticks * KH_TICK_MS * NS_PER_MS;

    send_until(world, due_ns);
    kh_dejitter_pull(&world->dejitter, out, due_ns);
    world->ticks++;
    world->step = fmaxf(world->step, sound_largest_step(out, TICK, world->before));
    world->before = out[TICK - 1];
    world->zeros += has_silence(out);
}

/* Run, and count afresh. */
static void run_seconds(struct world *world, double seconds)
{
    float out[TICK];

    world->step = 0;
    world->zeros = 0;
    for (uint64_t i = 0; i < (uint64_t)(seconds * 50); i++)
        tick(world, out);
}

/* Steepest slope of the tone, with a little room for what the resampler adds. */
static float steepest(const struct world *world)
{
    return (float)(world->amplitude * 2 * M_PI * world->hz / 48000 * 1.02);
}

static double waiting_ms(const struct world *world)
{
    return kh_fifo_count(&world->dejitter.fifo) / 48.0;
}

TEST(a_steady_sender_is_passed_on_with_only_its_phase_and_a_millisecond)
{
    for (double phase = 0.5; phase < 20; phase += 1) {
        struct world *world = world_new();
        world->phase_ms = phase;
        run_seconds(world, 10);
        run_seconds(world, 5);
        /* A packet at this phase waits 20 - phase for its tick, a tick more if that is short. */
        double most = 20 - phase < 4.1 ? 21.1 : 1.1;
        assert_true(waiting_ms(world) <= most);
        assert_int_equal(world->zeros, 0);
        assert_true(world->step <= steepest(world));
        free(world);
    }
}

static void drift_for_an_hour(double ppm, double jitter_ms)
{
    struct world *world = world_new();
    world->ppm = ppm;
    world->jitter_ms = jitter_ms;
    run_seconds(world, 5);
    uint64_t starved = world->dejitter.starved;
    run_seconds(world, 3600);
    assert_int_equal(world->dejitter.starved, starved);
    assert_int_equal(world->zeros, 0);
    assert_int_equal(world->dejitter.dropped, 0);
    assert_true(world->step <= steepest(world));
    assert_true(waiting_ms(world) < 20 + jitter_ms + 5);
    assert_true(fabs(world->dejitter.depth.drift_ppm - ppm) < 25);
    free(world);
}

TEST(a_clock_100_ppm_too_fast_is_followed_for_an_hour_without_a_click)
{
    drift_for_an_hour(100, 1);
}

TEST(a_clock_100_ppm_too_slow_is_followed_for_an_hour_without_a_click)
{
    drift_for_an_hour(-100, 1);
}

TEST(clocks_400_ppm_off_are_followed_too)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        struct world *world = world_new();
        world->ppm = sign * 400;
        run_seconds(world, 5);
        run_seconds(world, 300);
        assert_int_equal(world->zeros, 0);
        assert_true(world->step <= steepest(world));
        free(world);
    }
}

TEST(jitter_is_learned_and_then_no_sound_is_missing)
{
    const double jitter[] = { 5, 20, 60, 100 };
    for (size_t i = 0; i < 4; i++) {
        struct world *world = world_new();
        world->jitter_ms = jitter[i];
        run_seconds(world, 20);
        run_seconds(world, 30);
        assert_true(world->zeros <= 1);
        assert_true(world->step <= steepest(world) + 0.01F);
        assert_true(waiting_ms(world) < jitter[i] + 60);
        free(world);
    }
}

TEST(a_stall_ends_softly_and_starts_softly)
{
    struct world *world = world_new();
    run_seconds(world, 5);
    int64_t now = START_NS + (int64_t)world->ticks * 20 * NS_PER_MS;
    world->block_from_ns = now + 100 * NS_PER_MS;
    world->block_to_ns = now + 400 * NS_PER_MS;
    run_seconds(world, 2);
    assert_true(world->zeros >= 10 && world->zeros <= 20);
    assert_true(world->step <= steepest(world) + 0.01F);
    free(world);
}

TEST(after_a_burst_the_delay_comes_back_down)
{
    struct world *world = world_new();
    run_seconds(world, 5);
    double before = waiting_ms(world);
    int64_t now = START_NS + (int64_t)world->ticks * 20 * NS_PER_MS;
    world->block_from_ns = now + 100 * NS_PER_MS;
    world->block_to_ns = now + 250 * NS_PER_MS;
    run_seconds(world, 1);
    assert_true(waiting_ms(world) > before + 100);
    run_seconds(world, 60);
    assert_true(waiting_ms(world) < before + 2);
    assert_int_equal(world->zeros, 0);
    assert_true(world->step <= steepest(world));
    free(world);
}

TEST(the_delay_is_cut_at_once_in_a_pause)
{
    struct world *world = world_new();
    run_seconds(world, 5);
    double before = waiting_ms(world);
    int64_t now = START_NS + (int64_t)world->ticks * 20 * NS_PER_MS;
    world->block_from_ns = now + 100 * NS_PER_MS;
    world->block_to_ns = now + 250 * NS_PER_MS;
    world->amplitude = 0.001;
    run_seconds(world, 12);
    assert_true(waiting_ms(world) < before + 2);
    assert_true(world->dejitter.dropped > 4800);
    free(world);
}

TEST(delay_never_grows_beyond_the_cap)
{
    struct world *world = world_new();
    run_seconds(world, 5);
    int64_t now = START_NS + (int64_t)world->ticks * 20 * NS_PER_MS;
    world->block_from_ns = now;
    world->block_to_ns = now + 600 * NS_PER_MS;
    run_seconds(world, 0.7);
    assert_true(waiting_ms(world) <= 280);
    run_seconds(world, 1);
    assert_true(world->step <= steepest(world) * 2.5F);
    free(world);
}

TEST(packets_of_any_length_play_without_a_gap)
{
    const uint32_t chunk[] = { 48, 120, 240, 480, 960, 1920, 2880, 5760 };
    for (size_t i = 0; i < sizeof(chunk) / sizeof(chunk[0]); i++) {
        struct world *world = world_new();
        world->chunk = chunk[i];
        world->jitter_ms = 0.5;
        run_seconds(world, 10);
        run_seconds(world, 10);
        assert_int_equal(world->zeros, 0);
        assert_true(world->step <= steepest(world));
        assert_true(waiting_ms(world) < 30 + chunk[i] / 48.0);
        free(world);
    }
}

TEST(a_fixed_depth_is_kept)
{
    for (int depth_ms = 0; depth_ms <= 500; depth_ms += 50) {
        struct world *world = world_new();
        kh_dejitter_init(&world->dejitter, depth_ms);
        run_seconds(world, 5);
        run_seconds(world, 5);
        /* Just before a tick a packet has waited 10 ms (its phase) already. */
        assert_true(waiting_ms(world) + 10 >= depth_ms);
        assert_true(waiting_ms(world) <= depth_ms + 12);
        assert_int_equal(world->zeros, 0);
        free(world);
    }
}

TEST(a_flush_ends_softly_and_nothing_old_comes_after_it)
{
    struct world *world = world_new();
    float out[TICK];
    run_seconds(world, 5);
    kh_dejitter_flush(&world->dejitter);
    kh_dejitter_pull(&world->dejitter, out, START_NS + (int64_t)world->ticks * 20 * NS_PER_MS);
    assert_true(sound_largest_step(out, TICK, world->before) <= steepest(world) + 0.01F);
    for (int i = KH_DEJITTER_FADE; i < TICK; i++)
        assert_true(out[i] == 0);
    for (int k = 1; k < 50; k++) {
        kh_dejitter_pull(&world->dejitter, out,
                         START_NS + (int64_t)(world->ticks + k) * 20 * NS_PER_MS);
        assert_true(sound_peak(out, TICK) == 0);
    }
    free(world);
}

TEST(a_forgotten_fragment_is_not_glued_before_later_sound)
{
    struct kh_dejitter *dejitter = calloc(1, sizeof(*dejitter));
    float out[TICK], ones[TICK];
    for (int i = 0; i < TICK; i++)
        ones[i] = 1;
    kh_dejitter_init(dejitter, -1);
    kh_dejitter_push(dejitter, ones, 480, START_NS);
    for (int k = 0; k < 20; k++) {
        kh_dejitter_pull(dejitter, out, START_NS + k * 20 * NS_PER_MS);
        assert_true(sound_peak(out, TICK) == 0);
    }
    assert_int_equal(kh_fifo_count(&dejitter->fifo), 0);
    free(dejitter);
}

int main(void)
{
    return kh_run_tests(
        CASE(a_steady_sender_is_passed_on_with_only_its_phase_and_a_millisecond),
        CASE(a_clock_100_ppm_too_fast_is_followed_for_an_hour_without_a_click),
        CASE(a_clock_100_ppm_too_slow_is_followed_for_an_hour_without_a_click),
        CASE(clocks_400_ppm_off_are_followed_too),
        CASE(jitter_is_learned_and_then_no_sound_is_missing),
        CASE(a_stall_ends_softly_and_starts_softly), CASE(after_a_burst_the_delay_comes_back_down),
        CASE(the_delay_is_cut_at_once_in_a_pause), CASE(delay_never_grows_beyond_the_cap),
        CASE(packets_of_any_length_play_without_a_gap), CASE(a_fixed_depth_is_kept),
        CASE(a_flush_ends_softly_and_nothing_old_comes_after_it),
        CASE(a_forgotten_fragment_is_not_glued_before_later_sound));
}
