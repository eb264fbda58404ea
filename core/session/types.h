/* types.h - the session's small words: persons, roles, phases, microphones, request states.
 *
 * Pure data; included by journal, procedure, media and api too. The wire and Lua names are the
 * same words in lower case (see schema.c). */
#ifndef KH_SESSION_TYPES_H
#define KH_SESSION_TYPES_H

#include <stdint.h>

/* A person's place in the roster; stable for the life of the journal. */
typedef uint16_t kh_person;

enum {
    KH_PERSONS_MAX = 1024,
    KH_NOBODY = 0xffff,
};

/* Bits: a person may have several (a chair is a delegate too). KH_ROLE_SERVER is the clock and the
 * procedure itself. */
enum kh_role {
    KH_ROLE_CHAIR = 1 << 0,
    KH_ROLE_DELEGATE = 1 << 1,
    KH_ROLE_SECRETARY = 1 << 2,
    KH_ROLE_GUEST = 1 << 3,
    KH_ROLE_OPERATOR = 1 << 4,
    KH_ROLE_DISPLAY = 1 << 5,
    KH_ROLE_OBSERVER = 1 << 6,
    KH_ROLE_IT = 1 << 7,
    KH_ROLE_SERVER = 1 << 8,
};

/* OFF: has no floor. LIVE: heard. MUTED: has the floor, silenced by the chair or themselves. */
enum kh_mic { KH_MIC_OFF, KH_MIC_LIVE, KH_MIC_MUTED };

#endif
