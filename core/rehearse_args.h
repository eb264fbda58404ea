/* rehearse_args.h - the words of a written sitting's line as the fields of a command.
 *
 * Any thread. Makes the JSON that the API would get, so that both are read by the same code. */
#ifndef KH_REHEARSE_ARGS_H
#define KH_REHEARSE_ARGS_H

#include "base/err.h"
#include "rehearse_text.h"
#include "session/command.h"
#include "session/state.h"

#include <jansson.h>

/* The @n words at @word as an object for the command of @type by @actor: name=value, the command's
 * main field by its value alone, "@an" for An's request, and the last vote or question where none
 * is named. NULL: @error tells which word. New reference. */
json_t *kh_args_read(const struct kh_state *state, enum kh_command_type type, kh_person actor,
                     const struct kh_word *word, unsigned n, struct kh_error *error);

#endif
