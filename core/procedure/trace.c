#include "procedure/trace.h"

#include <string.h>

struct kh_trace_entry *kh_trace_add(struct kh_trace *trace, const char *hook, int64_t at_ms)
{
    struct kh_trace_entry *entry = &trace->entry[trace->n++ % KH_TRACE_ENTRIES];

    entry->hook = hook;
    entry->input[0] = entry->verdict[0] = '\0';
    entry->at_ms = at_ms;
    entry->us = 0;
    entry->failed = false;
    return entry;
}

json_t *kh_trace_json(const struct kh_trace *trace, unsigned max)
{
    json_t *list = json_array();
    uint64_t n = trace->n < KH_TRACE_ENTRIES ? trace->n : KH_TRACE_ENTRIES;

    for (uint64_t i = 0; i < n && i < max; i++) {
        const struct kh_trace_entry *e = &trace->entry[(trace->n - 1 - i) % KH_TRACE_ENTRIES];
        json_t *line = json_object();
        json_object_set_new(line, "hook", json_string(e->hook));
        json_object_set_new(line, "input", json_string(e->input));
        json_object_set_new(line, "verdict", json_string(e->verdict));
        json_object_set_new(line, "at_ms", json_integer(e->at_ms));
        json_object_set_new(line, "us", json_integer(e->us));
        if (e->failed)
            json_object_set_new(line, "failed", json_true());
        json_array_append_new(list, line);
    }
    return list;
}
