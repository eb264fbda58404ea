/* skeleton.h - a new procedure: a copy of plugins/skeleton under another name.
 *
 * Any thread; reads and writes files. Owns nothing. */
#ifndef KH_PROCEDURE_SKELETON_H
#define KH_PROCEDURE_SKELETON_H

#include "base/err.h"

/* Make @plugins_dir/@name with a working procedure, its table of rules and a sitting. @name is
 * a-z, 0-9 and '-'. KH_ERR_BUSY: there is such a folder; nothing was written. */
enum kh_err kh_skeleton_copy(const char *plugins_dir, const char *name,
                             struct kh_error *error) KH_MUST_CHECK;

#endif
