/* dry_run.h - every hook of a loaded procedure, tried before a made-up council.
 *
 * Engine thread only; used by check.c. Finds what only shows when a hook runs: wrong types, fields
 * that do not exist, kinds that nobody can reach, ballots that cannot be held. */
#ifndef KH_PROCEDURE_DRY_RUN_H
#define KH_PROCEDURE_DRY_RUN_H

#include "procedure/host.h"

void kh_dry_run(struct kh_procedure *p, struct kh_problems *problems);

#endif
