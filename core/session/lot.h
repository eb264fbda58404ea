/* lot.h - the draw itself: a function of seed and list that anybody can compute again by hand.
 *
 * Pure. For i = 0, 1, … the number N(i) is the first 8 hex digits of SHA-256 of the text
 * "SEED:i" (the seed as it is written, a colon, i in decimal). Each draw takes the next number;
 * with n names left, numbers from 2^32 - 2^32 mod n on are left out and the next one is taken. The
 * name at place N mod n (counted from 0) of the names left, in the order of the list, is drawn and
 * leaves the list. plugins/README.md has the lines for a shell. */
#ifndef KH_SESSION_LOT_H
#define KH_SESSION_LOT_H

#include "session/records.h"

/* Draw @n names (at most among->n), in the order in which they came, into @drawn. @seed: at most 64
 * characters. */
void kh_lot_draw(const char *seed, const struct kh_names *among, unsigned n,
                 struct kh_names *drawn);

#endif
