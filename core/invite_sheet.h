/* invite_sheet.h - a page to print and cut: one card with a QR code for each person who is invited.
 *
 * Any one thread. Owns the file until it is closed. Whoever reads the file can log in as its
 * people, so nobody but its owner may. */
#ifndef KH_INVITE_SHEET_H
#define KH_INVITE_SHEET_H

#include "base/err.h"

#include <stdbool.h>

struct kh_invite_sheet;

/* What stands on a card; borrowed for the call. */
struct kh_invite_card {
    const char *council, *name, *title, *group, *seat; /* UTF-8; NULL or "": left out */
    const char *role;                                  /* as people call it */
    const char *url;                                   /* with the code behind "#login=" */
};

/* Create the file, for its owner only (mode 0600); one that exists is replaced. KH_ERR_IO with the
 * reason. @hours: how long the codes are good. */
enum kh_err kh_invite_sheet_open(const char *path, int hours, struct kh_invite_sheet **out,
                                 struct kh_error *error) KH_MUST_CHECK;

/* Add a card. KH_ERR_INVALID: the address does not fit into a QR code (ISO/IEC 18004: about 2 kB).
 */
enum kh_err kh_invite_sheet_add(struct kh_invite_sheet *sheet, const struct kh_invite_card *card,
                                struct kh_error *error) KH_MUST_CHECK;

/* Close; @is_complete: the file takes its name, else it is thrown away and one from before stays.
 * KH_ERR_IO: it could not be written whole. Accepts NULL. */
enum kh_err kh_invite_sheet_close(struct kh_invite_sheet *sheet, bool is_complete,
                                  struct kh_error *error) KH_MUST_CHECK;

#endif
