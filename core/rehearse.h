/* rehearse.h - a written sitting (*.sitting) run against a procedure, in virtual time.
 *
 * Any one thread; no clock, no sound. The format is described in plugins/README.md. */
#ifndef KH_REHEARSE_H
#define KH_REHEARSE_H

#include <stdio.h>

enum kh_rehearsal {
    KH_REHEARSAL_SAME = 0,    /* all happened as written */
    KH_REHEARSAL_DIFFERS = 1, /* @out tells file, line, what was expected and what came */
    KH_REHEARSAL_INVALID = 2, /* file or procedure cannot be read; @out tells file, line, mend */
};

/* Run @sitting_path with the procedure in @plugin_dir and the modules of @lib_dir. What is wrong is
 * written to @out up to the first difference; one line about the run when all is well. */
enum kh_rehearsal kh_rehearse(const char *plugin_dir, const char *lib_dir, const char *sitting_path,
                              FILE *out);

/* The same; what happened is also written to @record as a sitting again (transcript.h). */
enum kh_rehearsal kh_rehearse_recorded(const char *plugin_dir, const char *lib_dir,
                                       const char *sitting_path, FILE *out, FILE *record);

#endif
