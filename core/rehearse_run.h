/* rehearse_run.h - a rehearsal while it runs; shared by the rehearse_*.c files only.
 *
 * Any one thread. Owns the procedure, both states and the events of the step in hand. */
#ifndef KH_REHEARSE_RUN_H
#define KH_REHEARSE_RUN_H

#include "conduct.h"
#include "rehearse.h"
#include "rehearse_args.h"
#include "rehearse_match.h"
#include "transcript.h"
#include "wire/wire.h"

struct kh_rehearse_run {
    const char *plugin_dir, *lib_dir, *path;
    FILE *out;
    struct kh_script script;
    struct kh_script_line line;
    json_t *settings;
    struct kh_procedure *procedure;
    struct kh_state *state, *replayed;
    struct kh_conduct *conduct;
    json_t *events; /* [type, fields] of the step in hand */
    json_t *waited; /* the same, of the clock since the last line */
    json_t **into;
    int64_t day_ms, now_ms, first_ms;
    struct kh_wire_room room;
    struct kh_outcome_of outcome;
    unsigned steps;
    struct kh_transcript transcript; /* out NULL: none is wanted */
    bool is_first;                   /* the next event is the first of its decision */
    unsigned n_lots;                 /* drawn since the line began */
    unsigned n_lots_ever;            /* without a seed in their line */
    int64_t ends_us;       /* when it has taken too long, as g_get_monotonic_time(); 0: never */
    unsigned stopped_line; /* where @result was found; 0: not yet */
    enum kh_rehearsal result;
};

/* Tell file, line and what is wrong; false, so that a failing part can return it. */
bool kh_rehearse_stop(struct kh_rehearse_run *r, enum kh_rehearsal result, unsigned line,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

#define STOP(r, ...) kh_rehearse_stop((r), KH_REHEARSAL_INVALID, (r)->line.line, __VA_ARGS__)

/* Load the procedure when the first line needs it: settings come before. */
bool kh_rehearse_begin(struct kh_rehearse_run *r);
/* An event that no command stands behind. */
void kh_rehearse_record(struct kh_rehearse_run *r, struct kh_event *event);

/* Lines that begin with the word. False: the line is wrong and was told. */
bool kh_rehearse_set(struct kh_rehearse_run *r);
bool kh_rehearse_date(struct kh_rehearse_run *r);
bool kh_rehearse_person(struct kh_rehearse_run *r); /* "person" and "people" */
bool kh_rehearse_item(struct kh_rehearse_run *r);

#endif
