/* box_calls.h - what the rest of the engine asks of the ballot box; see box_calls.c, box_post.c,
 * box_follow.c.
 *
 * Internal to core/engine; engine thread. */
#ifndef KH_ENGINE_BOX_CALLS_H
#define KH_ENGINE_BOX_CALLS_H

#include "engine/internal.h"

/* Let a command of a secret vote wait for the next batch, after what is in its texts was checked.
 */
void kh_box_call(struct kh_council *council, struct kh_pending *pending);
/* POST /box/COUNCIL and GET /box/COUNCIL/VOTE, as kh_api_ops says. */
void kh_box_post(void *user, struct kh_api_page *page, const char *path, const char *body);
void kh_box_get(struct kh_engine *engine, struct kh_api_page *page, const char *path);
/* Begin what the state of the votes asks of the box: tell the paper key, seal, count, remove. */
void kh_box_follow(struct kh_council *council);
/* Read how many ballots an open vote has; at the start, before anything waits for the box. */
void kh_box_recall(struct kh_council *council);
/* Add to a snapshot what only the box knows: how many ballots an open vote has. */
void kh_box_tell(const struct kh_council *council, json_t *state);
void kh_box_forget(struct kh_council *council); /* at the end */

#endif
