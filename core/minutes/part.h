/* part.h - the record while it is written: what the parts of core/minutes share.
 *
 * Internal to core/minutes; the thread of its owner. Parts get every event once, after it was
 * applied, and change the JSON of the record in place. */
#ifndef KH_MINUTES_PART_H
#define KH_MINUTES_PART_H

#include "minutes/minutes.h"

/* A sitting's presence of one person, from events: the state forgets notes and times. */
struct kh_minutes_presence {
    json_t *periods; /* [{from, to?, remote}]; NULL: none */
    json_t *excused; /* {at, by, note}; NULL: not */
};

struct kh_minutes {
    char council[KH_ID_BYTES];
    char vi[KH_TEXT_BYTES], en[KH_TEXT_BYTES];
    uint32_t wanted; /* 0: the newest */
    struct kh_state state;
    struct kh_event event;
    struct kh_wire_room room;
    bool is_inside, is_complete;

    json_t *record;   /* NULL: the session has not begun */
    json_t *sitting;  /* the open one; borrowed from the record. NULL: between sittings */
    json_t *requests; /* waiting ones by number */
    json_t *speeches; /* running ones by number, and the last of each person by id */
    json_t *votes;    /* the newest round of each vote, by number */
    json_t *asks;     /* open ones by number */
    struct kh_minutes_presence presence[KH_PERSONS_MAX];
    kh_person cast_by[KH_PERSONS_MAX]; /* who cast for whom + 1, in the open vote; 0: themselves */
    int64_t recorded_ms;               /* the last sign of a running recording */
    int64_t silent_since_ms; /* no recording since, while a sitting is open; 0: there is */
};

/* --- values of the record (record.c) --- */
json_t *kh_minutes_time(int64_t ms);
/* {id, name, title?, group?}; JSON null for the server or somebody unknown. */
json_t *kh_minutes_person(const struct kh_minutes *m, kh_person person);
/* Set a person, a text or a reason where the event has one. */
void kh_minutes_put_person(const struct kh_minutes *m, json_t *to, const char *name,
                           kh_person person);
void kh_minutes_put_text(json_t *to, const char *name, const char *text);
void kh_minutes_put_reason(json_t *to, const struct kh_event *event);
void kh_minutes_put_item(const struct kh_minutes *m, json_t *to, kh_item item);
/* Who decided it: `by` of the event, else its actor. */
kh_person kh_minutes_decider(const struct kh_event *event);
/* Object of @map under @number; borrowed, NULL when there is none. */
json_t *kh_minutes_find(const json_t *map, uint32_t number);
void kh_minutes_keep(json_t *map, uint32_t number, json_t *object); /* takes a reference */
void kh_minutes_drop(json_t *map, uint32_t number);
/* Append an object to @list of the record and return it, borrowed. */
json_t *kh_minutes_append(json_t *list, json_t *object);
/* A new entry of the course of the sitting (or of what happened between sittings): {type, at}. */
json_t *kh_minutes_enter(struct kh_minutes *m, const char *type, int64_t at_ms);
/* A decision: an entry with what, by, reason, note. */
json_t *kh_minutes_decision(struct kh_minutes *m, const char *what);
/* A trouble of the technology, for the end of the minutes: {type, at, sitting?}. */
json_t *kh_minutes_trouble(struct kh_minutes *m, const char *type, int64_t at_ms);

/* --- the parts: true when the event was theirs --- */
bool kh_minutes_take_attendance(struct kh_minutes *m, const struct kh_event *event);
bool kh_minutes_take_floor(struct kh_minutes *m, const struct kh_event *event);
bool kh_minutes_take_speech(struct kh_minutes *m, const struct kh_event *event);
bool kh_minutes_take_recording(struct kh_minutes *m, const struct kh_event *event);
bool kh_minutes_take_vote(struct kh_minutes *m, const struct kh_event *event);
bool kh_minutes_take_other(struct kh_minutes *m, const struct kh_event *event);

/* A sitting begins: presence that ended before it does not count. */
void kh_minutes_open_attendance(struct kh_minutes *m);
/* The list of who was there, by group, as it stands at @at_ms; new reference. @ended: the open
 * periods end then. */
json_t *kh_minutes_attendance(const struct kh_minutes *m, int64_t at_ms, bool ended);
/* The sitting ends; a recording that stopped before is a gap until now. */
void kh_minutes_end_recording(struct kh_minutes *m, int64_t at_ms);
void kh_minutes_forget_attendance(struct kh_minutes *m);
/* A vote's rules held against its counts, in exact integers; new reference. */
json_t *kh_minutes_rules(const struct kh_majority *rules, unsigned n,
                         const struct kh_counts *counts);

#endif
