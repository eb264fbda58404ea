/* conduct.h - one command through core and procedure, to events: what a sitting does with a
 * request.
 *
 * Engine thread only; no I/O and no clock, so that rehearsals run the very same code in virtual
 * time. Owns the working memory of a decision. */
#ifndef KH_CONDUCT_H
#define KH_CONDUCT_H

#include "procedure/procedure.h"
#include "session/decide.h"

struct kh_conduct;

/* @state is borrowed and changed; @procedure may be NULL (neutral policy) and is borrowed. */
struct kh_conduct *kh_conduct_create(struct kh_state *state, struct kh_procedure *procedure);
void kh_conduct_destroy(struct kh_conduct *conduct); /* accepts NULL */
/* Where lots take their chance from: @chance writes 64 hex digits. Until it is set, no lot can be
 * drawn. The seed is journalled, so that a replay needs none. */
typedef void kh_conduct_chance(void *user, char seed[KH_HASH_TEXT_BYTES]);
void kh_conduct_set_chance(struct kh_conduct *conduct, kh_conduct_chance *chance, void *user);

void kh_conduct_use(struct kh_conduct *conduct, struct kh_procedure *procedure);

struct kh_outcome_of {
    bool refused;
    enum kh_refusal_class class; /* of a refusal */
    struct kh_reason reason;     /* of a refusal */
    enum kh_event_type type;     /* of the first event, where there is one */
    unsigned n_events;
    uint32_t ref; /* request, vote or ask of the first event; 0: none */
};

/* Called for every event, already applied and numbered; borrowed for the call. */
typedef void kh_conduct_sink(void *user, const struct kh_event *event);

/* Run @command, and the procedure's actions that follow from it, each event applied and given to
 * @sink in order. On a refusal nothing was applied. */
void kh_conduct_run(struct kh_conduct *conduct, const struct kh_command *command,
                    kh_conduct_sink *sink, void *user, struct kh_outcome_of *outcome);

/* Everything that is due up to @now_ms, each at its own instant. */
void kh_conduct_clock(struct kh_conduct *conduct, int64_t now_ms, kh_conduct_sink *sink,
                      void *user);

/* Apply and number one event that no command stands behind (roster, recording marks, notices). */
void kh_conduct_record(struct kh_conduct *conduct, struct kh_event *event, kh_conduct_sink *sink,
                       void *user);

#endif
