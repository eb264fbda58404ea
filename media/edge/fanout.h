/* fanout.h - one tick's sound to all connected peers, in batches for sendmmsg.
 *
 * Edge thread; owns its packet buffers. */
#ifndef KH_EDGE_FANOUT_H
#define KH_EDGE_FANOUT_H

#include "media/feed.h"

struct kh_edge;
struct kh_fanout;

/* NULL: out of memory. */
struct kh_fanout *kh_fanout_create(void);
void kh_fanout_destroy(struct kh_fanout *fanout);

/* Send all waiting ticks of the feed. */
void kh_fanout_pending(struct kh_edge *edge);

#endif
