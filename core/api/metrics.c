#include "api/http.h"

/* Place of each code in kh_counters.errors: 0 for JSON-RPC's own, n for -32000 - n. */
static const char *const error_names[] = {
    "malformed", "unauthenticated", "not_permitted",     "refused",
    "not_found", "wrong_state",     "too_many_requests", "unavailable",
};

static void counter(GString *out, const char *name, const char *help, uint64_t value)
{
    g_string_append_printf(out, "# HELP kyhop_api_%s %s\n# TYPE kyhop_api_%s counter\n", name, help,
                           name);
    g_string_append_printf(out, "kyhop_api_%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void gauge(GString *out, const char *name, const char *help, uint64_t value)
{
    g_string_append_printf(out, "# HELP kyhop_api_%s %s\n# TYPE kyhop_api_%s gauge\n", name, help,
                           name);
    g_string_append_printf(out, "kyhop_api_%s %" G_GUINT64_FORMAT "\n", name, value);
}

GString *kh_metrics_text(struct kh_api *api)
{
    const struct kh_counters *c = &api->counters;
    GString *out = g_string_new("");

    gauge(out, "readers", "WebSockets that said hello", c->connected);
    gauge(out, "sockets", "open TCP connections", g_hash_table_size(api->sockets));
    gauge(out, "open_calls", "requests without an answer yet", api->calls.length);
    counter(out, "websockets_total", "WebSockets opened", c->connections);
    counter(out, "refused_connections_total", "connections over a limit", c->refused_connections);
    counter(out, "requests_total", "JSON-RPC requests", c->requests);
    counter(out, "http_requests_total", "HTTP requests", c->http_requests);
    counter(out, "events_total", "events published", c->events);
    counter(out, "dropped_readers_total", "readers dropped because they were too slow",
            c->dropped_readers);
    counter(out, "dropped_notes_total", "levels and the like not sent to busy readers",
            c->dropped_notes);
    counter(out, "received_bytes_total", "bytes of requests", c->in_bytes);
    counter(out, "sent_bytes_total", "bytes of messages and pages", c->out_bytes);
    counter(out, "logins_total", "codes exchanged", c->logins);
    counter(out, "failed_logins_total", "wrong codes", c->failed_logins);
    g_string_append(out, "# HELP kyhop_api_errors_total error answers by kind\n"
                         "# TYPE kyhop_api_errors_total counter\n");
    for (unsigned i = 0; i < G_N_ELEMENTS(error_names); i++)
        g_string_append_printf(out, "kyhop_api_errors_total{kind=\"%s\"} %" G_GUINT64_FORMAT "\n",
                               error_names[i], c->errors[i]);
    api->ops->metrics(api->user, out);
    return out;
}
