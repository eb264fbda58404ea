/* check.h - the check for bugs: always on, also in release.
 *
 * Any thread. A failed check prints where and stops the process; a restart
 * replays the journal, so stopping is safer than going on with a broken state. */
#ifndef KH_BASE_CHECK_H
#define KH_BASE_CHECK_H

/* Prints and aborts. Called by KH_REQUIRE only. */
_Noreturn void kh_check_failed(const char *expr, const char *file, int line);

#define KH_REQUIRE(expr) ((expr) ? (void)0 : kh_check_failed(#expr, __FILE__, __LINE__))

#define KH_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
