#include "session/refusal.h"

#include "base/check.h"
#include "base/text.h"

const struct kh_refusal_info kh_refusal_table[KH_REFUSALS] = {
#define KH_REFUSAL_ROW(name, class, code, vi, en, rule)                                            \
    [KH_REFUSAL_##name] = { KH_CLASS_##class, code, vi, en, rule },
    KH_REFUSAL_LIST(KH_REFUSAL_ROW)
#undef KH_REFUSAL_ROW
};

void kh_refusal_reason(enum kh_refusal refusal, struct kh_reason *reason)
{
    KH_REQUIRE(refusal > KH_REFUSAL_NONE && refusal < KH_REFUSALS);
    const struct kh_refusal_info *info = &kh_refusal_table[refusal];

    KH_TEXT_SET(reason->code, info->code);
    KH_TEXT_SET(reason->vi, info->vi);
    KH_TEXT_SET(reason->en, info->en);
    KH_TEXT_SET(reason->rule, info->rule);
}
