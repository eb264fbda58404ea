/* internal.h - the engine's own structs; included by core/engine/ only. */
#ifndef KH_ENGINE_INTERNAL_H
#define KH_ENGINE_INTERNAL_H

#include "api/api.h"
#include "box/box.h"
#include "conduct.h"
#include "engine/engine.h"
#include "journal/journal.h"
#include "media/room.h"
#include "wire/wire.h"

/* A call that waits for its batch. The API keeps what it points to until it is answered. */
struct kh_pending {
    struct kh_api_call *call;
    kh_person person;
    enum kh_command_type type;
    json_t *params;
    const char *key;
    json_t *more; /* NULL, or what the result tells besides; owned */
};

/* An event of the running batch, ready for the journal and for the readers. */
struct kh_ready {
    enum kh_event_type type;
    uint64_t seq;
    int64_t at_ms;
    kh_person actor, person;
    char *body;
    struct kh_wire_view views[KH_WIRE_VIEWS_MAX];
    unsigned n_views;
};

/* An answer that is held back until its batch is on disk. */
struct kh_answer {
    struct kh_api_call *call;
    json_t *result; /* NULL: an error */
    enum kh_rpc_code code;
    const char *message;
    json_t *data;
    bool is_closing; /* it closed a microphone, which stands even if the disk is full */
};

/* A refused key is answered the same again; lost at a restart, where it is decided anew. */
struct kh_refused_key {
    kh_person person;
    char key[KH_KEY_BYTES];
    enum kh_rpc_code code;
    const char *message;
    json_t *data;
};

enum { KH_REFUSED_KEYS = 256 };

/* What a committee's ceremony came to. */
struct kh_box_keys {
    uint32_t round; /* 0: nothing is here */
    char key[KH_BOX_POINT_TEXT];
    struct kh_box_committee committee;
};

struct kh_council {
    struct kh_engine *engine;
    const struct kh_council_config *config;
    struct kh_state *state, *before; /* @before: as of the last commit, while a batch runs */
    struct kh_conduct *conduct;
    struct kh_procedure *procedure; /* NULL: none could be loaded; the neutral policy */
    json_t *described;              /* see kh_council_describe(); NULL: not asked for yet */
    struct kh_room *room;
    GArray *pending; /* struct kh_pending */
    GArray *ready;   /* struct kh_ready */
    GArray *answers; /* struct kh_answer */
    GSource *flush, *clock, *levels;
    unsigned levels_skipped;
    struct kh_refused_key refused[KH_REFUSED_KEYS];
    unsigned n_refused;
    struct kh_presence_of *presence; /* by person */
    GSource *presence_clock;
    bool is_read_only; /* the last batch could not be written */
    unsigned offset;   /* place among the councils: of its ports */
    struct kh_box_keys box_keys;
    bool is_box_busy;                   /* a vote's box is being sealed, counted or removed */
    uint32_t box_removed[KH_VOTES_MAX]; /* votes whose boxes were removed since the start */
    struct {
        uint32_t vote, number;
        guint timer; /* 0: nothing new to tell */
    } box_told;
    GHashTable *index; /* a person's id -> place in the roster + 1; see kh_engine_person() */
};

struct kh_engine {
    const struct kh_config *config;
    GMainLoop *loop;
    struct kh_journal *journal;
    struct kh_api *api;
    struct kh_council councils[KH_COUNCILS_MAX];
    unsigned n_councils;
    int64_t anchor_wall_ms, anchor_mono_us; /* the wall clock, made steady */
    uint64_t commits, commit_failures, commands, refusals;
    int64_t commit_us_max;
    unsigned minutes_running; /* threads that write minutes */
    struct kh_box *box;       /* the worker's, but for kh_box_paper_key() */
    GThreadPool *box_pool;    /* one thread */
    GAsyncQueue *box_done;    /* struct kh_box_job, back from the worker */
    unsigned casts_waiting;
    int boxes_fd;       /* folder of the published boxes */
    bool is_rehearsing; /* a thread of rehearse_calls.c runs */
};

/* Unix ms that never goes back. */
int64_t kh_engine_now(const struct kh_engine *engine);

/* --- start.c --- */
enum kh_err kh_council_open(struct kh_council *council, struct kh_error *error);
void kh_council_close(struct kh_council *council);
enum kh_err kh_council_load_procedure(struct kh_council *council, const char *name,
                                      struct kh_procedure **out, struct kh_error *error);

/* --- batch.c --- */
/* Let a command wait for the next batch. */
void kh_batch_enqueue(struct kh_council *council, const struct kh_pending *pending);
/* Decide what waits, journal it, publish it, answer it. */
void kh_batch_flush(struct kh_council *council);
/* Run a command of the server's own; false: refused, for @reason. */
bool kh_batch_run(struct kh_council *council, const struct kh_command *command,
                  struct kh_reason *reason);
/* Journal one event of the engine's own (roster, recording, procedure). False: not written. */
bool kh_batch_record(struct kh_council *council, struct kh_event *event);
/* Hand an event's views to the readers. */
void kh_batch_publish(struct kh_council *council, uint64_t seq, const struct kh_wire_view *wire,
                      unsigned n);
/* Set the alarm for what is due next. */
void kh_batch_set_clock(struct kh_council *council);

/* --- calls.c --- */
extern const struct kh_api_ops kh_engine_api_ops;
struct kh_council *kh_engine_council(struct kh_engine *engine, const char *id);
/* kh_state_person() by hash: asked for every reader of every event. */
kh_person kh_engine_person(struct kh_council *council, const char *id);
/* A command of @pending; KH_OK, or the answer was given in @answer. */
bool kh_calls_read(struct kh_council *council, const struct kh_pending *pending,
                   struct kh_command *command, struct kh_wire_room *room, struct kh_answer *answer);
void kh_calls_answer(struct kh_council *council, const struct kh_pending *pending,
                     const struct kh_outcome_of *outcome, struct kh_answer *answer);
void kh_calls_send(struct kh_answer *answer);
/* An answer given before to the same person and key; false when the key is new. */
bool kh_calls_repeat(struct kh_council *council, const struct kh_pending *pending,
                     struct kh_answer *answer);
void kh_calls_trouble(struct kh_council *council, const char *code, const char *text);

/* --- sound.c --- */
enum kh_err kh_sound_open(struct kh_council *council, struct kh_error *error);
void kh_sound_close(struct kh_council *council);
/* Set the gate of @person as the state says. */
void kh_sound_sync(struct kh_council *council, kh_person person);
/* Close at once what an event that is not yet journalled closes. */
void kh_sound_close_now(struct kh_council *council, const struct kh_event *event);
/* Recording follows the sitting. */
void kh_sound_follow(struct kh_council *council, enum kh_event_type type);

/* --- presence.c: who can be reached, for the procedure's on_presence --- */
void kh_presence_open(struct kh_council *council);
void kh_presence_close(struct kh_council *council);
void kh_presence_set_connected(struct kh_council *council, kh_person person, bool connected);
void kh_presence_set_sound(struct kh_council *council, kh_person person, bool joined);
/* Tell the sitting of speakers who are lost by now or back; after anything that may change it. */
void kh_presence_check(struct kh_council *council);

#include "engine/calls.h"

#endif
