/* fault_vfs.h - a SQLite file layer whose n-th writing call fails, on top of the real one.
 *
 * One thread. It becomes the default for every connection opened after fault_install(), which comes
 * before anything else of SQLite, and changes nothing until fault_arm(). */
#ifndef KH_TESTS_UNIT_JOURNAL_FAULT_VFS_H
#define KH_TESTS_UNIT_JOURNAL_FAULT_VFS_H

#include <stdbool.h>

enum fault_call {
    FAULT_WRITE = 1,
    FAULT_SYNC = 2,
    FAULT_TRUNCATE = 4,
    FAULT_SHM = 8,
    FAULT_READ = 32,
    FAULT_MEMORY = 64,     /* SQLite's own allocations; needs no code or errno */
    FAULT_CHECKPOINT = 16, /* with others: only in the database itself, not in its log */
};

void fault_install(void);

/* From now on, the @nth call (from 1) of the kinds in @calls fails with SQLite's @code and with
 * @sys_errno in errno; when @sticky, so do all after it. */
void fault_arm(unsigned calls, unsigned nth, bool sticky, int code, int sys_errno);
void fault_disarm(void);

/* Has a call failed since fault_arm()? */
bool fault_hit(void);

#endif
