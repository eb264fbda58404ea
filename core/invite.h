/* invite.h - `kyhop invite`: new login codes, printed as lines or as a sheet of cards.
 *
 * The program's own thread. Owns nothing after it returns; the codes' hashes are in auth.db. */
#ifndef KH_INVITE_H
#define KH_INVITE_H

#include "base/err.h"

/* CONFIG PERSON|--all|--demo [--html FILE] [--url BASE]. Gives the program's exit status: 0, 1 with
 * @error or when there is no such person, -1 for a wrong usage. */
int kh_invite_run(int argc, char **argv, struct kh_error *error);

#endif
