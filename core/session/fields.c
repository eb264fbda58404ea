#include "session/fields.h"

#include <string.h>

const char *const kh_mic_words[] = { "off", "live", "muted", NULL };
const char *const kh_request_state_words[] = { "none",     "pending", "accepted",
                                               "granted",  "denied",  "cancelled",
                                               "released", "revoked", NULL };
const char *const kh_expiry_words[] = { "warn", "mute", "yield", "grace", "ask", NULL };
const char *const kh_end_words[] = { "released", "revoked", "expired", "sitting", NULL };
const char *const kh_form_words[] = { "electronic", "hands", "standing", "doors",
                                      "roll_call",  "paper", NULL };
const char *const kh_edge_words[] = { "start", "end", NULL };
const char *const kh_role_words[] = { "chair",   "delegate", "secretary", "guest",  "operator",
                                      "display", "observer", "it",        "server", NULL };
const char *const kh_phase_words[] = { "closed", "break", "sitting", "suspended", NULL };
const char *const kh_presence_words[] = { "absent", "present", "excused", NULL };
const char *const kh_item_state_words[] = { "waiting", "current", "done", NULL };
const char *const kh_vote_state_words[] = { "none",     "open",   "closed", "cancelled",
                                            "deferred", "sealed", NULL };
const char *const kh_committee_stage_words[] = { "asked", "joined", "dealt", "confirmed", NULL };
const char *const kh_stand_words[] = { "other", "for",   "against", "abstain",
                                       "aside", "block", "blank",   NULL };
const char *const kh_count_words[] = { "seats",
                                       "in_office",
                                       "present_at_open",
                                       "present_at_close",
                                       "eligible",
                                       "issued",
                                       "returned",
                                       "cast",
                                       "valid",
                                       "invalid",
                                       "blank",
                                       "for",
                                       "against",
                                       "abstain",
                                       "stand_aside",
                                       "block",
                                       "expressed",
                                       "not_voted",
                                       "excused",
                                       "one",
                                       "top",
                                       "second",
                                       NULL };
const char *const kh_eligible_words[] = { "checked_in", "present_at_open", "all", NULL };
const char *const kh_secrecy_words[] = { "named_live", "named_after", "totals", "secret", NULL };
const char *const kh_running_words[] = { "turnout", "none", "totals", NULL };
const char *const kh_change_words[] = { "until_close", "never", "until_announced", NULL };
const char *const kh_tie_words[] = { "reject", "adopt",  "refer",  "casting", "preponderant",
                                     "lot",    "oldest", "revote", NULL };
const char *const kh_outcome_words[] = { "counted",  "passed", "rejected", "tied", "invalid",
                                         "referred", "vetoed", "other",    NULL };

const struct kh_field_info kh_field_table[KH_FIELDS] = {
#define KH_FIELD_ROW(name, decl, kind, words)                                                      \
    [KH_F_##name] = { #name, KH_KIND_##kind, offsetof(struct kh_fields, name),                     \
                      sizeof(((struct kh_fields *)0)->name), words },
    KH_FIELD_LIST(KH_FIELD_ROW)
#undef KH_FIELD_ROW
};

int kh_word_find(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}
