/* calls.h - methods that are no commands, and documents; the end of internal.h, which includes it.
 *
 * Engine thread. Each method answers its call exactly once, now or later. */
#ifndef KH_ENGINE_CALLS_H
#define KH_ENGINE_CALLS_H

#include "engine/internal.h"

/* --- media_calls.c, minutes_calls.c, procedure_calls.c, rehearse_calls.c: methods that are no
 * commands --- */
typedef void kh_method(struct kh_council *council, struct kh_api_call *call, kh_person person,
                       json_t *params);
kh_method kh_call_media_join, kh_call_media_leave, kh_call_media_stats, kh_call_procedure_use,
    kh_call_procedure_reload, kh_call_procedure_describe, kh_call_procedure_trace,
    kh_call_state_get, kh_call_minutes_get, kh_call_procedure_rehearse, kh_call_procedure_sittings,
    kh_call_procedure_record;

/* GET /minutes/COUNCIL/SESSION.FORMAT. */
void kh_minutes_document(struct kh_council *council, struct kh_api_page *page, const char *path);

/* --- documents.c --- */
/* As kh_api_ops.document. */
void kh_documents_get(void *user, struct kh_api_page *page, const struct kh_principal *who,
                      const char *path);
/* May somebody with these roles read @path, which is under /documents/? */
bool kh_documents_may_read(const struct kh_state *state, uint32_t roles, const char *path);

/* Answer with a refusal of the core. */
void kh_call_refuse(struct kh_api_call *call, enum kh_refusal refusal);
/* Answer KH_RPC_PARAMS with @text. */
void kh_call_bad(struct kh_api_call *call, const char *text);

/* --- box_calls.c --- */
/* Let a command of a secret vote wait for the next batch, after what is in its texts was checked.
 */
void kh_box_call(struct kh_council *council, struct kh_pending *pending);
/* POST /box/COUNCIL and GET /box/COUNCIL/VOTE, as kh_api_ops says. */
void kh_box_post(void *user, struct kh_api_page *page, const char *path, const char *body);
void kh_box_get(struct kh_engine *engine, struct kh_api_page *page, const char *path);
/* Begin what the state of the votes asks of the box: tell the paper key, seal, count, remove. */
void kh_box_follow(struct kh_council *council);
void kh_box_forget(struct kh_council *council); /* at the end */

/* Can @name be a folder of plugins? */
bool kh_council_is_procedure_name(const char *name);

/* --- procedure_calls.c --- */
/* The answer of procedure.describe: what the procedure declares, and of each type of vote what its
 * ballot would be. New reference to something shared: not to be changed. */
json_t *kh_council_describe(struct kh_council *council);
/* {name: value} of all its settings, as an event's `settings`. To be freed with free(). */
char *kh_council_settings(const struct kh_procedure *procedure);
/* The procedure is another one now, or gone. */
void kh_council_describe_anew(struct kh_council *council);

#endif
