/* trace.h - the last decisions of a procedure, for council IT: what was asked, what came out.
 *
 * Engine thread only. A ring of fixed texts: writing costs nothing that a hook would notice. */
#ifndef KH_PROCEDURE_TRACE_H
#define KH_PROCEDURE_TRACE_H

#include "session/types.h"

#include <jansson.h>
#include <stdbool.h>

enum { KH_TRACE_ENTRIES = 256 };

struct kh_trace_entry {
    const char *hook; /* a constant word */
    char input[96], verdict[200];
    int64_t at_ms, us;
    bool failed;
};

struct kh_trace {
    uint64_t n; /* ever */
    struct kh_trace_entry entry[KH_TRACE_ENTRIES];
};

/* A cleared entry, to be filled by the caller. */
struct kh_trace_entry *kh_trace_add(struct kh_trace *trace, const char *hook, int64_t at_ms);
/* The newest first, at most @max. New reference. */
json_t *kh_trace_json(const struct kh_trace *trace, unsigned max);

#endif
