/* load.h - reading a procedure from its folder, with everything that is wrong with it.
 *
 * Engine thread only; used by procedure.c and check.c. */
#ifndef KH_PROCEDURE_LOAD_H
#define KH_PROCEDURE_LOAD_H

#include "procedure/host.h"

/* Fill @p (zeroed) from DIR/procedure.lua. What is wrong goes to @problems; after one the procedure
 * may be half there, and only kh_load_finish() may be called on it. */
void kh_load(struct kh_procedure *p, const char *dir, const char *lib_dir, const json_t *settings,
             struct kh_problems *problems);
void kh_load_finish(struct kh_procedure *p);

#endif
