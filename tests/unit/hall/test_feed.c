#include "media/feed.h"

#include "tests/unit/test.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct kh_tick *new_tick(uint64_t number)
{
    struct kh_tick *tick = calloc(1, sizeof(*tick));
    assert_non_null(tick);
    tick->number = number;
    tick->main.bytes = 100;
    memset(tick->main.data, (int)(number & 0xff), 100);
    return tick;
}

static bool is_readable(const struct kh_feed *feed)
{
    struct pollfd poll_fd = { .fd = kh_feed_fd(feed), .events = POLLIN };
    return poll(&poll_fd, 1, 0) == 1;
}

TEST(ticks_come_out_in_the_order_and_with_the_sound_they_went_in)
{
    struct kh_feed *feed = kh_feed_create(4);
    struct kh_tick *tick = new_tick(7);
    tick->slot_mask = 1u << 3;
    tick->slot[3].bytes = 2;
    tick->slot[3].data[1] = 9;
    tick->has_pcm = true;
    tick->main_pcm[959] = 0.5f;
    tick->slot_pcm[3][0] = -0.25f;

    assert_null(kh_feed_peek(feed));
    assert_false(is_readable(feed));
    assert_true(kh_feed_push(feed, tick));
    assert_true(is_readable(feed));
    tick->number = 8;
    assert_true(kh_feed_push(feed, tick));

    const struct kh_tick *got = kh_feed_peek(feed);
    assert_int_equal(got->number, 7);
    assert_int_equal(got->main.bytes, 100);
    assert_int_equal(got->slot[3].data[1], 9);
    assert_true(got->main_pcm[959] == 0.5f && got->slot_pcm[3][0] == -0.25f);
    kh_feed_release(feed);
    assert_int_equal(kh_feed_peek(feed)->number, 8);
    kh_feed_release(feed);
    assert_null(kh_feed_peek(feed));
    free(tick);
    kh_feed_destroy(feed);
}

TEST(a_full_ring_drops_the_new_tick_and_counts_it)
{
    struct kh_feed *feed = kh_feed_create(1); /* at least 4 */
    struct kh_tick *tick = new_tick(0);

    for (tick->number = 0; tick->number < 4; tick->number++)
        assert_true(kh_feed_push(feed, tick));
    assert_false(kh_feed_push(feed, tick));
    assert_int_equal(kh_feed_lost(feed), 1);
    assert_int_equal(kh_feed_peek(feed)->number, 0);
    kh_feed_release(feed);
    assert_true(kh_feed_push(feed, tick));
    free(tick);
    kh_feed_destroy(feed);
}

enum { MANY = 20000 };

static void *push_many(void *user)
{
    struct kh_feed *feed = user;
    struct kh_tick *tick = new_tick(0);

    for (uint64_t n = 0; n < MANY; n++) {
        tick->number = n;
        memset(tick->main.data, (int)(n & 0xff), tick->main.bytes);
        while (!kh_feed_push(feed, tick))
            sched_yield();
    }
    free(tick);
    return NULL;
}

TEST(a_reader_on_another_thread_sees_every_tick_whole)
{
    struct kh_feed *feed = kh_feed_create(8);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, push_many, feed), 0);

    for (uint64_t n = 0; n < MANY; n++) {
        const struct kh_tick *tick;
        while (!(tick = kh_feed_peek(feed)))
            sched_yield();
        assert_int_equal(tick->number, n);
        assert_int_equal(tick->main.data[0], n & 0xff);
        assert_int_equal(tick->main.data[99], n & 0xff);
        kh_feed_release(feed);
    }
    pthread_join(writer, NULL);
    kh_feed_destroy(feed);
}

int main(void)
{
    kh_feed_destroy(NULL);
    return kh_run_tests(CASE(ticks_come_out_in_the_order_and_with_the_sound_they_went_in),
                        CASE(a_full_ring_drops_the_new_tick_and_counts_it),
                        CASE(a_reader_on_another_thread_sees_every_tick_whole));
}
