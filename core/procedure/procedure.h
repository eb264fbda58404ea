/* procedure.h - a council's rules: one Lua table behind a sandbox, asked before anything happens.
 *
 * Engine thread only. Owns the Lua state. Never trusted to be right: a hook that errs, overruns its
 * budget (instructions, 50 ms, 16 MiB) or answers nonsense gives the neutral policy, and says so.
 */
#ifndef KH_PROCEDURE_PROCEDURE_H
#define KH_PROCEDURE_PROCEDURE_H

#include "base/err.h"
#include "session/decide.h"

#include <jansson.h>
#include <stdbool.h>

struct kh_procedure;

enum { KH_ACTIONS_MAX = 32 };

/* What a hook wants done besides its answer: commands of the server itself (actor KH_NOBODY), to be
 * run in order through the core like any other, and words for everybody. */
struct kh_actions {
    unsigned n;
    struct kh_command command[KH_ACTIONS_MAX];
    struct kh_ask_text ask[KH_ACTIONS_MAX]; /* command[i].f.ask_text points to ask[i] */
    struct kh_names among;                  /* of the one lot that an answer may have drawn */
    bool has_among;
    unsigned n_notices;
    struct kh_reason notice[4];
};

/* A hook's answer. Large: keep one and use it again. */
struct kh_verdict {
    bool refused; /* @reason says why */
    struct kh_reason reason;
    struct kh_terms terms; /* its ballot and result point into this struct */
    struct kh_ballot ballot;
    struct kh_result result;
    struct kh_actions actions;
    bool failed;                 /* the plugin erred; the rest is the neutral policy */
    char failure[KH_TEXT_BYTES]; /* file:line: message, for operator and IT */
};

/* Load DIR/procedure.lua with the modules of @lib_dir (NULL: DIR/../lib); run setup(config).
 * @settings may be NULL: JSON object of the council's own values (from kyhop.lua), checked against
 * the declared settings. KH_ERR_INVALID: @error names file, line and mend. */
enum kh_err kh_procedure_load(const char *dir, const char *lib_dir, const json_t *settings,
                              struct kh_procedure **out, struct kh_error *error);
void kh_procedure_free(struct kh_procedure *procedure); /* accepts NULL */

/* Name, version, labels, kinds, lanes, vote types, settings with their values: what the pages draw
 * themselves from. Borrowed, never NULL. */
const json_t *kh_procedure_describe(const struct kh_procedure *procedure);
const char *kh_procedure_name(const struct kh_procedure *procedure); /* folder name */
uint32_t kh_procedure_max_open(const struct kh_procedure *procedure);
/* How long a speaker's connection and sound may both be gone before on_presence is told "lost", in
 * ms; 0: it never is. */
int64_t kh_procedure_lost_after_ms(const struct kh_procedure *procedure);

/* The ballot of each declared type of vote as it would be if the chair opened it now, whatever the
 * phase and the quorum: what a page shows before. Types whose hook refuses or fails are left out;
 * no trace is left. @ballot is borrowed for the call. */
typedef void kh_procedure_ballot(void *user, const char *type, const struct kh_ballot *ballot);
void kh_procedure_foresee(struct kh_procedure *procedure, const struct kh_state *state,
                          kh_procedure_ballot *each, void *user);

/* Ask the hooks for @command, which kh_permit() let through: on_command for every one, then the
 * one that belongs to its type (on_request, next + on_grant, on_expire, ballot, on_cast, evaluate,
 * on_phase with quorum). @verdict is always filled. */
void kh_procedure_ask(struct kh_procedure *procedure, const struct kh_state *state,
                      const struct kh_command *command, struct kh_verdict *verdict);

/* Tell the hooks that @event was applied (on_mark, on_end, on_answer, on_presence, on_result); only
 * .actions, .failed and .failure of @verdict are filled. */
void kh_procedure_tell(struct kh_procedure *procedure, const struct kh_state *state,
                       const struct kh_event *event, struct kh_verdict *verdict);

/* The newest decisions first, at most @max: [{hook, input, verdict, us, failed?}], for IT. New
 * reference. */
json_t *kh_procedure_trace(const struct kh_procedure *procedure, unsigned max);

/* Everything wrong with a procedure, as lines "file:line: what (mend)" into @report; the number of
 * problems. Never fails for a broken plugin. */
unsigned kh_procedure_check(const char *dir, const char *lib_dir, char *report, size_t size);

#endif
