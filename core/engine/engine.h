/* engine.h - joins session, procedure, journal, media and API: the only place where they meet.
 *
 * Engine thread (the GLib main loop). Owns each council's state and everything that changes it. The
 * order that the promises rest on: decide, close microphones, journal (one fsync a batch), open
 * microphones, publish, answer. */
#ifndef KH_ENGINE_ENGINE_H
#define KH_ENGINE_ENGINE_H

#include "base/err.h"
#include "config/config.h"

#include <glib.h>

struct kh_engine;

/* Replays the journal, brings roster, agenda and procedure up to date, opens the media and the
 * door. @config is borrowed until destroy. */
enum kh_err kh_engine_create(const struct kh_config *config, GMainLoop *loop,
                             struct kh_engine **out, struct kh_error *error);

/* Commits what waits, closes the door, the media and the journal. Accepts NULL. */
void kh_engine_destroy(struct kh_engine *engine);

/* The port of the door, for `kyhop serve` to print. */
uint16_t kh_engine_port(const struct kh_engine *engine);

#endif
