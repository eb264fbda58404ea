/* window.h - the last events of one council, kept for readers that come back.
 *
 * Engine thread only. Owns a reference to each kept message; a view is serialised once. */
#ifndef KH_API_WINDOW_H
#define KH_API_WINDOW_H

#include "api/message.h"

/* A text and whom it is for. */
struct kh_text {
    uint32_t roles;
    char *person; /* NULL: anybody of @roles */
    struct kh_message *message;
    bool is_running; /* see kh_view */
};

struct kh_kept {
    uint64_t seq; /* 0: empty place */
    unsigned n_texts;
    struct kh_text *texts;
    struct kh_message *withheld; /* for readers whom no text fits, so that seq has no gap */
};

struct kh_window;
struct kh_window *kh_window_create(unsigned size);
void kh_window_destroy(struct kh_window *window); /* accepts NULL */

/* Keep an event; its seq must follow the newest (any seq when empty). Borrowed until the next add.
 */
const struct kh_kept *kh_window_add(struct kh_window *window, uint64_t seq,
                                    const struct kh_view *views, unsigned n_views);

/* The event numbered @seq, or NULL when it is not kept. */
const struct kh_kept *kh_window_get(const struct kh_window *window, uint64_t seq);

/* The newest seq; 0 when empty. */
uint64_t kh_window_newest(const struct kh_window *window);

/* The text of @kept for a reader: the first that fits. Never NULL. */
const struct kh_text *kh_window_view(const struct kh_kept *kept, uint32_t roles,
                                     const char *person); /* NULL: none fits */
struct kh_message *kh_window_text(const struct kh_kept *kept, uint32_t roles, const char *person);
#endif
