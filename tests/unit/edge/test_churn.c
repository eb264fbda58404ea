/* Joins and leaves by the hundred leave memory, descriptors and threads where they were.
 * `test_edge_churn N` runs N of them: the long soak by hand. */
#include "tests/unit/edge/fixture.h"
#include "tests/unit/test.h"

#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

/* malloc keeps freed blocks for each thread, up to some 200 kB: they count as used. */
enum { TOGETHER = 25, WARM_UP = 10, SLACK = 256 * 1024 };

static struct fixture fixture;
static unsigned rounds = 500 / TOGETHER;

static unsigned entries(const char *path)
{
    DIR *folder = opendir(path);
    unsigned n = 0;

    assert_non_null(folder);
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}

static size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

/* Some over UDP, some over TCP; they go by leave, by close_notify or without a word. */
static void join_and_leave(void)
{
    unsigned gone = fixture.gone, connected = fixture.connected;

    for (unsigned i = 0; i < TOGETHER; i++)
        fixture_join(&fixture, &(struct client_options){ .tcp = i % 3 == 2 });
    fixture_until(&fixture, fixture.connected == connected + TOGETHER);
    for (unsigned i = 0; i < TOGETHER; i++)
        fixture_until(&fixture, client_packets(fixture.clients[i]) > 0);
    for (unsigned i = 0; i < TOGETHER; i++) {
        if (i % 2)
            kh_edge_leave(fixture.edge, fixture.peers[i]);
        fixture_drop(&fixture, i, !(i % 2));
    }
    fixture_until(&fixture, fixture.gone == gone + TOGETHER);
    fixture.n_clients = 0;
}

TEST(many_joins_and_leaves_leave_everything_as_it_was)
{
    struct kh_edge_config config = fixture_config();

    config.handshakes_per_tick = 50;
    fixture_start(&fixture, &config);
    fixture_play(&fixture, 0);
    for (unsigned i = 0; i < WARM_UP; i++)
        join_and_leave(); /* OpenSSL's and malloc's caches fill up */
    size_t heap = heap_bytes();
    unsigned descriptors = entries("/proc/self/fd"), threads = entries("/proc/self/task");
    for (unsigned i = 0; i < rounds; i++)
        join_and_leave();
    if (rounds > 20)
        printf("# heap %zu -> %zu bytes after %u joins\n", heap, heap_bytes(), rounds * TOGETHER);
    assert_int_equal(entries("/proc/self/fd"), descriptors);
    assert_int_equal(entries("/proc/self/task"), threads);
    assert_in_range(heap_bytes(), 0, heap + SLACK);
    assert_int_equal(fixture_totals(&fixture).peers, 0);
    assert_int_equal(fixture_totals(&fixture).connected, 0);
    assert_int_equal(fixture_totals(&fixture).handshake_failures, 0);
    fixture_stop(&fixture);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        rounds = (unsigned)atoi(argv[1]) / TOGETHER;
    return kh_run_tests(CASE(many_joins_and_leaves_leave_everything_as_it_was));
}
