/* vocabulary.h - the words that a procedure declares: kinds of speech, lanes, votes, settings.
 *
 * Engine thread only. Plain data after loading; the JSON of it is what the pages draw from. */
#ifndef KH_PROCEDURE_VOCABULARY_H
#define KH_PROCEDURE_VOCABULARY_H

#include "procedure/problems.h"
#include "session/fields.h"

#include <jansson.h>
#include <lua.h>

enum { KH_KINDS_MAX = 32, KH_LANES_MAX = 16, KH_VOTE_TYPES_MAX = 32, KH_SETTINGS_MAX = 64 };

enum kh_target_need { KH_TARGET_NONE, KH_TARGET_OPTIONAL, KH_TARGET_REQUIRED };
/* What a waiting request of the lane does to a speech that is running (procedures.md 5.4). */
enum kh_preempt {
    KH_PREEMPT_NONE,
    KH_PREEMPT_NEXT,
    KH_PREEMPT_INTERRUPT,
    KH_PREEMPT_END_OF_ITEM,
    KH_PREEMPT_END_OF_DAY
};

struct kh_kind {
    char id[KH_WORD_BYTES], lane[KH_WORD_BYTES];
    uint32_t roles; /* who may ask; 0: only the chair calls for it */
    enum kh_target_need target;
    bool after_close; /* may be asked for when the list is closed */
};

struct kh_lane {
    char id[KH_WORD_BYTES];
    int64_t rank;
    enum kh_preempt preempt;
    bool clock_stops; /* of the speech that is interrupted */
};

struct kh_vocabulary {
    struct kh_kind kinds[KH_KINDS_MAX];
    struct kh_lane lanes[KH_LANES_MAX];
    char vote_types[KH_VOTE_TYPES_MAX][KH_WORD_BYTES];
    unsigned n_kinds, n_lanes, n_vote_types;
    uint32_t max_open;      /* 0: the core's own */
    int64_t lost_after_ms;  /* until a lost speaker is told of; 0: never */
    struct kh_reason order; /* the rule of order, told when the chair departs from it */
};

/* Read the list of declared settings on the stack's top (or nil) into @json with their values,
 * those of @own (may be NULL) before the defaults, and push the table of values. Wrong ones go to
 * @problems. May raise. */
void kh_settings_read(lua_State *lua, const json_t *own, json_t *json,
                      struct kh_problems *problems);

/* Read what setup() returned, on the stack's top, into @vocabulary and @json. May raise. */
void kh_vocabulary_read(lua_State *lua, struct kh_vocabulary *vocabulary, json_t *json,
                        struct kh_problems *problems);

/* NULL when it is not declared. */
const struct kh_kind *kh_vocabulary_kind(const struct kh_vocabulary *vocabulary, const char *id);
const struct kh_lane *kh_vocabulary_lane(const struct kh_vocabulary *vocabulary, const char *id);
bool kh_vocabulary_has_vote(const struct kh_vocabulary *vocabulary, const char *id);

#endif
