/* preempt.h - lanes that interrupt: what their declaration does, without any hook.
 *
 * Engine thread only; no Lua, so it holds also when the plugin errs. Owns nothing. */
#ifndef KH_PROCEDURE_PREEMPT_H
#define KH_PROCEDURE_PREEMPT_H

#include "procedure/host.h"

/* The floor is about to be given by @command: when its lane interrupts and stops clocks, the
 * speeches that run are stopped. */
void kh_preempt_ask(const struct kh_procedure *procedure, const struct kh_state *state,
                    const struct kh_command *command, struct kh_verdict *verdict);

/* A speech ended: when its lane interrupts and no other such speech runs, the others go on. */
void kh_preempt_tell(const struct kh_procedure *procedure, const struct kh_state *state,
                     const struct kh_event *event, struct kh_verdict *verdict);

#endif
