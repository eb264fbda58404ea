/* room_bench - a room in this process, the load generator beside it: CPU, memory, threads, delay.
 *
 *     room_bench N T SECONDS speech|tones [COMPLEXITY [record]]
 *
 * Starts `rtp_rig` and `floor` from its own folder and prints one JSON object: the rig's results,
 * the CPU of this process (user + system per second of wall time) in the rig's window, the floor
 * for the same N, T and codec setting measured right after it, and their ratio. */
#include "media/room.h"

#include <glib-unix.h>
#include <jansson.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PERSONS_MAX = 1024 };

struct bench {
    char folder[512];
    char **argv;
    unsigned n, t;
    struct kh_room *room;
    struct kh_mixer_config mixer;
    GMainLoop *loop;
    FILE *to_rig, *from_rig;
    pid_t rig;
    double cpu_begin_s, cpu_percent;
    int64_t begin_us;
    json_t *results;
};

static void fail(const char *text)
{
    fprintf(stderr, "room_bench: %s\n", text);
    exit(2);
}

static double cpu_s(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void start_rig(struct bench *bench)
{
    int in[2], out[2];
    char path[600];

    snprintf(path, sizeof(path), "%s/rtp_rig", bench->folder);
    if (pipe(in) != 0 || pipe(out) != 0)
        fail("no pipes");
    bench->rig = fork();
    if (bench->rig == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[1]);
        close(out[0]);
        execl(path, "rtp_rig", bench->argv[1], bench->argv[2], bench->argv[3], bench->argv[4],
              (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    bench->to_rig = fdopen(in[1], "w");
    bench->from_rig = fdopen(out[0], "r");
}

static json_t *read_line(FILE *from)
{
    char *text = NULL;
    size_t room = 0;
    json_t *line = NULL;

    if (getline(&text, &room, from) > 0)
        line = json_loads(text, 0, NULL);
    free(text);
    return line;
}

static void join(struct bench *bench, unsigned index, uint16_t port)
{
    struct kh_rtp_offer offer = {
        .address = "127.0.0.1", .port = port, .payload_type = -1, .ssrc = -1
    };
    struct kh_rtp_answer answer;
    struct kh_error error;

    if (kh_room_join_rtp(bench->room, (kh_person)index, &offer, &answer, &error))
        fail(error.text);
    if (index < bench->t && kh_room_set_mic(bench->room, (kh_person)index, KH_MIC_LIVE))
        fail("no slot");
    fprintf(bench->to_rig,
            "{\"index\":%u,\"address\":\"%s\",\"port\":%u,\"payload_type\":%d,\"ssrc\":%u}\n",
            index, answer.address, (unsigned)answer.port, answer.payload_type, answer.ssrc);
}

static void join_all(struct bench *bench)
{
    json_t *line = read_line(bench->from_rig);
    json_t *ports = line ? json_object_get(line, "ports") : NULL;

    if (json_array_size(ports) != bench->n)
        fail("the rig did not start");
    for (unsigned i = 0; i < bench->n; i++)
        join(bench, i, (uint16_t)json_integer_value(json_array_get(ports, i)));
    fprintf(bench->to_rig, "{\"go\":true}\n");
    fflush(bench->to_rig);
    json_decref(line);
}

static gboolean on_rig(gint fd, GIOCondition condition, gpointer user)
{
    struct bench *bench = user;
    json_t *line = read_line(bench->from_rig);

    (void)fd;
    (void)condition;
    const char *window = json_string_value(json_object_get(line, "window"));
    if (window && strcmp(window, "begin") == 0) {
        bench->cpu_begin_s = cpu_s();
        bench->begin_us = g_get_monotonic_time();
    } else if (window) {
        double wall_s = (double)(g_get_monotonic_time() - bench->begin_us) / 1e6;
        bench->cpu_percent = (cpu_s() - bench->cpu_begin_s) / wall_s * 100;
    } else {
        bench->results = json_incref(line);
        g_main_loop_quit(bench->loop);
    }
    json_decref(line);
    return G_SOURCE_CONTINUE;
}

static long status_value(const char *name)
{
    char line[256];
    long value = -1;
    FILE *file = fopen("/proc/self/status", "r");

    while (file && fgets(line, sizeof(line), file))
        if (strncmp(line, name, strlen(name)) == 0)
            value = atol(line + strlen(name));
    if (file)
        fclose(file);
    return value;
}

static json_t *measure_floor(const struct bench *bench)
{
    char command[800];

    snprintf(command, sizeof(command), "'%s/floor' %d %d %s %s", bench->folder,
             bench->mixer.complexity, bench->mixer.bitrate, bench->argv[1], bench->argv[2]);
    FILE *pipe = popen(command, "r");
    json_t *line = pipe ? read_line(pipe) : NULL;
    if (!pipe || pclose(pipe) != 0 || !line)
        fail("floor did not run");
    return line;
}

static void print_results(struct bench *bench, const struct kh_room_totals *totals)
{
    json_t *out = bench->results, *floor = measure_floor(bench);
    double percent = json_real_value(
        json_object_get(json_array_get(json_object_get(floor, "floors"), 0), "floor_cpu_percent"));

    json_object_set_new(out, "content", json_string(bench->argv[4]));
    json_object_set_new(out, "complexity", json_integer(bench->mixer.complexity));
    json_object_set_new(out, "bitrate", json_integer(bench->mixer.bitrate));
    json_object_set_new(out, "cpu_percent", json_real(bench->cpu_percent));
    json_object_set_new(out, "floor_cpu_percent", json_real(percent));
    json_object_set_new(out, "ratio", json_real(bench->cpu_percent / percent));
    json_object_set_new(out, "rss_mb", json_real((double)status_value("VmRSS:") / 1024));
    json_object_set_new(out, "threads", json_integer(status_value("Threads:")));
    json_object_set_new(out, "ticks_late", json_integer((json_int_t)totals->ticks_late));
    json_object_set_new(out, "ticks_lost", json_integer((json_int_t)totals->ticks_lost));
    json_object_set_new(out, "rejected", json_integer((json_int_t)totals->packets_rejected));
    json_object_set_new(out, "encode_us", json_incref(json_object_get(floor, "encode_us")));
    json_object_set_new(out, "send_us", json_incref(json_object_get(floor, "send_us")));
    json_dumpf(out, stdout, JSON_COMPACT | JSON_REAL_PRECISION(5));
    putchar('\n');
    json_decref(out);
    json_decref(floor);
}

static void create_room(struct bench *bench, int argc, char **argv)
{
    static const struct kh_room_ops no_ops = { 0 };
    struct kh_room_config config = { .mixer = kh_mixer_config_default(),
                                     .persons_max = PERSONS_MAX };
    struct kh_error error;
    char used[256];

    if (argc > 5)
        config.mixer.complexity = atoi(argv[5]);
    bench->mixer = config.mixer;
    if (kh_room_create(&config, &no_ops, NULL, &bench->room, &error))
        fail(error.text);
    if (argc > 6 && kh_room_record(bench->room, "/tmp/room_bench.opus", used, &error))
        fail(error.text);
}

int main(int argc, char **argv)
{
    struct bench bench = { .argv = argv };
    struct kh_room_totals totals;

    if (argc < 5)
        fail("usage: room_bench N T SECONDS speech|tones [COMPLEXITY [record]]");
    ssize_t n = readlink("/proc/self/exe", bench.folder, sizeof(bench.folder) - 1);
    bench.folder[n > 0 ? n : 0] = 0;
    dirname(bench.folder);
    bench.n = (unsigned)atoi(argv[1]);
    bench.t = (unsigned)atoi(argv[2]);
    start_rig(&bench);
    create_room(&bench, argc, argv);
    join_all(&bench);
    bench.loop = g_main_loop_new(NULL, FALSE);
    g_unix_fd_add(fileno(bench.from_rig), G_IO_IN | G_IO_HUP, on_rig, &bench);
    g_main_loop_run(bench.loop);
    waitpid(bench.rig, NULL, 0);
    kh_room_totals(bench.room, &totals);
    if (!bench.results)
        fail("the rig gave no results");
    print_results(&bench, &totals);
    kh_room_destroy(bench.room);
    g_main_loop_unref(bench.loop);
    return 0;
}
