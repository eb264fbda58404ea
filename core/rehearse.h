/* rehearse.h - a written sitting (*.sitting) run against a procedure, in virtual time.
 *
 * Any one thread; no clock, no sound. The format is described in plugins/README.md. */
#ifndef KH_REHEARSE_H
#define KH_REHEARSE_H

#include <stdint.h>
#include <stdio.h>

enum kh_rehearsal {
    KH_REHEARSAL_SAME = 0,     /* all happened as written */
    KH_REHEARSAL_DIFFERS = 1,  /* @out tells file, line, what was expected and what came */
    KH_REHEARSAL_INVALID = 2,  /* file or procedure cannot be read; @out tells file, line, mend */
    KH_REHEARSAL_TOO_LONG = 3, /* it took more than the time allowed; @out tells the line */
};

struct kh_rehearsal_of {
    const char *plugin_dir, *lib_dir; /* @lib_dir NULL: PLUGIN_DIR/../lib */
    const char *name;                 /* of the sitting, in messages */
    FILE *sitting;                    /* read to its end; borrowed, as the others */
    FILE *out;                        /* what is wrong, or one line when all is well */
    FILE *record;                     /* NULL, or what happened, as a sitting again */
    int64_t limit_ms;                 /* real time; 0: none */
    /* Filled in: */
    unsigned line;      /* of the first difference or mistake; 0: none */
    unsigned steps;     /* lines that were run */
    uint64_t events;    /* that they made */
    int64_t virtual_ms; /* from the first of them to the last */
};

/* Run a written sitting. Several may run at one time in threads of their own. */
enum kh_rehearsal kh_rehearse_with(struct kh_rehearsal_of *of);

/* Run @sitting_path with the procedure in @plugin_dir and the modules of @lib_dir. What is wrong is
 * written to @out up to the first difference; one line about the run when all is well. */
enum kh_rehearsal kh_rehearse(const char *plugin_dir, const char *lib_dir, const char *sitting_path,
                              FILE *out);

/* The same; what happened is also written to @record as a sitting again (transcript.h). */
enum kh_rehearsal kh_rehearse_recorded(const char *plugin_dir, const char *lib_dir,
                                       const char *sitting_path, FILE *out, FILE *record);

#endif
