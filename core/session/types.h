/* types.h - the session's small words: persons, roles, phases, microphones, request states.
 *
 * Pure data; included by journal, procedure, media and api too. The wire and Lua names are the
 * same words in lower case (fields.c has the tables). */
#ifndef KH_SESSION_TYPES_H
#define KH_SESSION_TYPES_H

#include <stdbool.h>
#include <stdint.h>

/* A person's place in the roster; stable for the life of the journal. */
typedef uint16_t kh_person;
/* An agenda item's place in the agenda; stable for the life of the journal. */
typedef uint16_t kh_item;

enum {
    KH_PERSONS_MAX = 1024,
    KH_NOBODY = 0xffff,
    KH_ITEMS_MAX = 128,
    KH_NO_ITEM = 0xffff,
    KH_REQUESTS_MAX = 256, /* pending, accepted and granted at one time */
    KH_HISTORY_MAX = 512,  /* ended speeches that rules can look back on */
    KH_ASKS_MAX = 16,      /* open questions at one time */
    KH_VOTES_MAX = 8,      /* open and most recent */
    KH_KEYS_MAX = 1024,    /* idempotency keys remembered */
    KH_MARKS_MAX = 8,
    KH_OPTIONS_MAX = 16,
    KH_SUBJECTS_MAX = 40,
    KH_RULES_MAX = 6,
    KH_STORE_MAX = 64, /* values that a procedure may keep */
    KH_OPEN_DEFAULT = 4,
    KH_OPEN_MAX = 32,      /* microphones open at one time, at most (= KH_SLOTS_MAX) */
    KH_COMMITTEE_MAX = 15, /* members of a counting committee */
    KH_LOT_MAX = 1024,     /* names that a lot is drawn among */

    KH_ID_BYTES = 32, /* with the NUL, as all of these */
    KH_WORD_BYTES = 24,
    KH_NAME_BYTES = 96,
    KH_TEXT_BYTES = 320,
    KH_RULE_BYTES = 96,
    KH_KEY_BYTES = 65,
    KH_POINT_BYTES = 44,     /* 32 bytes as base64url: points and scalars of core/box */
    KH_HASH_TEXT_BYTES = 65, /* SHA-256 in hex */
    KH_DEAL_BYTES = 2008,
    KH_BLOB_BYTES = 28 * 1024, /* the longest text that a command carries: an opening */
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
enum { KH_ROLES = 9 };
/* Who can be given the floor at all: screens, the public and the technicians are not heard. */
enum { KH_ROLES_SPEAKING = KH_ROLE_CHAIR | KH_ROLE_DELEGATE | KH_ROLE_SECRETARY | KH_ROLE_GUEST };

/* CLOSED: no session. BREAK: a session, between sittings. */
enum kh_phase { KH_PHASE_CLOSED, KH_PHASE_BREAK, KH_PHASE_SITTING, KH_PHASE_SUSPENDED };
enum { KH_PHASES = 4 };

/* OFF: has no floor. LIVE: heard. MUTED: has the floor, silenced by the chair or themselves. */
enum kh_mic { KH_MIC_OFF, KH_MIC_LIVE, KH_MIC_MUTED };

/* RFC 8855 section 5.2.5 (REQUEST-STATUS), with its numbers; NONE before the request is made. */
enum kh_request_state {
    KH_REQUEST_NONE = 0,
    KH_REQUEST_PENDING = 1,  /* waits for somebody's consent or support */
    KH_REQUEST_ACCEPTED = 2, /* in the queue */
    KH_REQUEST_GRANTED = 3,
    KH_REQUEST_DENIED = 4,
    KH_REQUEST_CANCELLED = 5,
    KH_REQUEST_RELEASED = 6,
    KH_REQUEST_REVOKED = 7,
};

/* What happens when a speaker's time is up (procedures.md section 5.3, hook on_expire). */
enum kh_expiry {
    KH_EXPIRY_WARN,  /* time counts on below zero, people see it */
    KH_EXPIRY_MUTE,  /* the microphone is muted, the floor stays */
    KH_EXPIRY_YIELD, /* the floor is withdrawn */
    KH_EXPIRY_GRACE, /* warn now, yield after grace_ms */
    KH_EXPIRY_ASK,   /* a question is put; the answer decides */
};

enum kh_presence { KH_ABSENT, KH_PRESENT, KH_EXCUSED };
enum kh_item_state { KH_ITEM_WAITING, KH_ITEM_CURRENT, KH_ITEM_DONE };
/* DEFERRED: to be opened again later, whole (plant down, no quorum). SEALED: a secret electronic
 * vote whose box is closed; the counting committee opens it. */
enum kh_vote_state {
    KH_VOTE_NONE,
    KH_VOTE_OPEN,
    KH_VOTE_CLOSED,
    KH_VOTE_CANCELLED,
    KH_VOTE_DEFERRED,
    KH_VOTE_SEALED,
};

/* How far a member of the counting committee is in making the box key (core/box/README.md). */
enum kh_committee_stage {
    KH_COMMITTEE_ASKED,
    KH_COMMITTEE_JOINED,
    KH_COMMITTEE_DEALT,
    KH_COMMITTEE_CONFIRMED,
};

/* Why a speech ended, for on_end and the minutes. */
enum kh_end { KH_END_RELEASED, KH_END_REVOKED, KH_END_EXPIRED, KH_END_SITTING };

/* A set of persons: a bit each in an array of KH_PERSONS_MAX / 64. */
static inline bool kh_bit_get(const uint64_t *bits, unsigned i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

static inline void kh_bit_set(uint64_t *bits, unsigned i)
{
    bits[i / 64] |= UINT64_C(1) << (i % 64);
}

#endif
