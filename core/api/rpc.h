/* rpc.h - the JSON-RPC 2.0 envelope of a request, checked.
 *
 * Any thread; pure. A request owns its JSON; its strings live as long as it does. */
#ifndef KH_API_RPC_H
#define KH_API_RPC_H

#include "api/api.h"

enum {
    KH_RPC_FRAME_BYTES = 65536, /* largest request */
    KH_RPC_DEPTH = 32,          /* deepest nesting of a request */
    KH_RPC_ID_BYTES = 128,      /* longest id that is a string */
    KH_RPC_METHOD_BYTES = 64,
    KH_RPC_KEY_BYTES = 64,
};

struct kh_request {
    json_t *root;
    json_t *id;         /* borrowed from root; NULL: none that can be answered to */
    const char *method; /* borrowed */
    json_t *params;     /* owned; an object */
    const char *key;    /* borrowed; NULL: none */
};

/* Read one request. 0, or the code to answer with and @problem, a sentence for the client; then
 * only
 * @request->id may be used (to answer to). The request must be finished in both cases.
 *
 * A request without an id (a JSON-RPC notification) is refused with KH_RPC_REQUEST: every command
 * has an outcome its sender must know. Batches are refused likewise. An id is a string of at most
 * KH_RPC_ID_BYTES or a whole number. */
int kh_rpc_parse(const char *text, size_t bytes, struct kh_request *request, const char **problem);
void kh_rpc_finish(struct kh_request *request); /* accepts zeroed */
#endif
