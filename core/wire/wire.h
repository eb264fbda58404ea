/* wire.h - commands, events and state as JSON: one codec for journal, API and written sittings.
 *
 * Pure (allocates JSON only). Driven by the field table of session/fields.h: no field is known here
 * by name except the composite kinds. Persons and items travel as their roster and agenda ids. */
#ifndef KH_WIRE_WIRE_H
#define KH_WIRE_WIRE_H

#include "base/err.h"
#include "session/decide.h"

#include <jansson.h>

/* Room for what an event's pointer fields point to while it is decoded. */
struct kh_wire_room {
    struct kh_profile profile;
    struct kh_item_text item;
    struct kh_ask_text ask;
    struct kh_ballot ballot;
    struct kh_result result;
    struct kh_tally tally;
    struct kh_subjects subjects;
    struct kh_members members;
    struct kh_names among, drawn;
    char blob[KH_BLOB_BYTES]; /* one a message */
};

/* The fields of an event or command as an object; new reference, never NULL. */
json_t *kh_wire_fields(const struct kh_state *state, const struct kh_fields *fields);

/* Which fields must and which may be there: KH_BIT()s. */
struct kh_wire_shape {
    uint64_t required, optional;
};

/* Read @object into @fields. Exactly the fields of @shape may be there; the first problem is named
 * in @error ("limit_ms: an integer is wanted"). Names of persons and items that are not known:
 * KH_ERR_NOT_FOUND; else KH_ERR_INVALID. */
enum kh_err kh_wire_read(const struct kh_state *state, const json_t *object,
                         struct kh_wire_shape shape, struct kh_fields *fields,
                         struct kh_wire_room *room, struct kh_error *error) KH_MUST_CHECK;

/* An event for the journal: text to be freed with free(). With the key, without seq/time/type. */
char *kh_wire_event_body(const struct kh_state *state, const struct kh_event *event);
/* What the journal keeps of an event, besides number and time. */
struct kh_wire_entry {
    const char *type;  /* the event's word */
    const char *actor; /* person's id, "" for the server */
    const char *body;  /* JSON object */
};
enum kh_err kh_wire_event_read(const struct kh_state *state, const struct kh_wire_entry *entry,
                               struct kh_event *event, struct kh_wire_room *room,
                               struct kh_error *error) KH_MUST_CHECK;

/* Which readers may see what of an event: the notification's params. Secrecy is applied here and
 * nowhere else. New references. */
enum { KH_WIRE_VIEWS_MAX = 3 };
struct kh_wire_view {
    uint32_t roles;   /* bits; 0: not by role */
    kh_person person; /* KH_NOBODY: not by person */
    json_t *params;
    bool is_running; /* a later event of this kind says all that this one does */
};
/* The last view is for everybody else. Returns how many. */
unsigned kh_wire_views(const struct kh_state *state, const struct kh_event *event,
                       struct kh_wire_view views[KH_WIRE_VIEWS_MAX]);

/* What a vote with this ballot will be like, as its type's entry in procedure.describe tells it.
 * New reference. */
json_t *kh_wire_vote_type(const struct kh_ballot *ballot);

/* The snapshot of `hello` and `state.get` as @viewer may see it. New reference. */
json_t *kh_wire_state(const struct kh_state *state, kh_person viewer, int64_t now_ms);

/* "2026-07-18T01:30:00.250Z" <-> Unix ms. */
enum { KH_TIME_CHARS = 40 };
void kh_wire_time(int64_t ms, char text[KH_TIME_CHARS]);
bool kh_wire_time_read(const char *text, int64_t *ms);

/* {code, reason: {vi, en}, rule}: the data of a refusal. New reference. */
json_t *kh_wire_reason(const struct kh_reason *reason);

#endif
