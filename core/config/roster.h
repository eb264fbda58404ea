/* roster.h - roster.csv: who belongs to the council and who serves it.
 *
 * Engine thread. Columns by name in the first row, in any order: id, name, roles are needed; title,
 * group, seat, birth, weight, in_office, can_vote may be there. Roles are words separated by
 * spaces ("chair delegate"). A delegate is in office and may vote unless the row says "no". */
#ifndef KH_CONFIG_ROSTER_H
#define KH_CONFIG_ROSTER_H

#include "base/err.h"
#include "session/fields.h"

/* @out is an array to be freed with g_free(). KH_ERR_INVALID: "file:line: what (mend)". */
enum kh_err kh_roster_load(const char *path, struct kh_profile **out, unsigned *n,
                           struct kh_error *error);

#endif
