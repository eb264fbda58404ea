#include "session/part.h"

#include "base/check.h"

static kh_decide_part *const parts[KH_COMMANDS] = {
    [KH_CMD_SESSION_OPEN] = kh_sitting_decide_session_open,
    [KH_CMD_SESSION_CLOSE] = kh_sitting_decide_session_close,
    [KH_CMD_SITTING_OPEN] = kh_sitting_decide_open,
    [KH_CMD_SITTING_SUSPEND] = kh_sitting_decide_suspend,
    [KH_CMD_SITTING_RESUME] = kh_sitting_decide_resume,
    [KH_CMD_SITTING_CLOSE] = kh_sitting_decide_close,
    [KH_CMD_CHECK_IN] = kh_attendance_decide_check_in,
    [KH_CMD_CHECK_OUT] = kh_attendance_decide_check_out,
    [KH_CMD_EXCUSE] = kh_attendance_decide_excuse,
    [KH_CMD_ITEM_START] = kh_agenda_decide_start,
    [KH_CMD_ITEM_FINISH] = kh_agenda_decide_finish,
    [KH_CMD_FLOOR_REQUEST] = kh_floor_decide_request,
    [KH_CMD_FLOOR_WITHDRAW] = kh_floor_decide_withdraw,
    [KH_CMD_FLOOR_GRANT] = kh_floor_decide_grant,
    [KH_CMD_FLOOR_DENY] = kh_floor_decide_deny,
    [KH_CMD_FLOOR_MOVE] = kh_floor_decide_move,
    [KH_CMD_FLOOR_NEXT] = kh_floor_decide_next,
    [KH_CMD_FLOOR_RELEASE] = kh_floor_decide_release,
    [KH_CMD_FLOOR_REVOKE] = kh_floor_decide_revoke,
    [KH_CMD_FLOOR_EXTEND] = kh_floor_decide_extend,
    [KH_CMD_FLOOR_SUPPORT] = kh_floor_decide_support,
    [KH_CMD_FLOOR_ANSWER] = kh_ask_decide_answer,
    [KH_CMD_LIST_CLOSE] = kh_floor_decide_list_close,
    [KH_CMD_LIST_OPEN] = kh_floor_decide_list_open,
    [KH_CMD_MIC_MUTE] = kh_mic_decide_mute,
    [KH_CMD_MIC_UNMUTE] = kh_mic_decide_unmute,
    [KH_CMD_MIC_MUTE_ALL] = kh_mic_decide_mute_all,
    [KH_CMD_VOTE_OPEN] = kh_vote_decide_open,
    [KH_CMD_VOTE_CAST] = kh_vote_decide_cast,
    [KH_CMD_VOTE_TALLY] = kh_vote_decide_tally,
    [KH_CMD_VOTE_CLOSE] = kh_vote_decide_close,
    [KH_CMD_VOTE_ANNOUNCE] = kh_vote_decide_announce,
    [KH_CMD_LOT_DRAW] = kh_lot_decide_draw,
    [KH_CMD_VOTE_CANCEL] = kh_vote_decide_cancel,
    [KH_CMD_FLOOR_STOP] = kh_floor_decide_stop,
    [KH_CMD_FLOOR_RESUME] = kh_floor_decide_resume,
    [KH_CMD_FLOOR_LIMIT] = kh_floor_decide_limit,
    [KH_CMD_VOTE_DECIDE] = kh_revote_decide_decide,
    [KH_CMD_VOTE_REOPEN] = kh_revote_decide_reopen,
    [KH_CMD_VOTE_DEFER] = kh_revote_decide_defer,
    [KH_CMD_SITTING_PUBLISH] = kh_sitting_decide_publish,
    [KH_CMD_PROXY_GIVE] = kh_proxy_decide_give,
    [KH_CMD_PROXY_END] = kh_proxy_decide_end,
    [KH_CMD_COMMITTEE_FORM] = kh_committee_decide_form,
    [KH_CMD_COMMITTEE_JOIN] = kh_committee_decide_join,
    [KH_CMD_COMMITTEE_DEAL] = kh_committee_decide_deal,
    [KH_CMD_COMMITTEE_CONFIRM] = kh_committee_decide_confirm,
    [KH_CMD_COMMITTEE_COMPLAIN] = kh_committee_decide_complain,
    [KH_CMD_VOTE_CLAIM] = kh_secret_decide_claim,
    [KH_CMD_VOTE_UNSEAL] = kh_secret_decide_unseal,
    [KH_CMD_VOTE_PAPER] = kh_secret_decide_paper,
    [KH_CMD_VOTE_BOX] = kh_secret_decide_box,
    [KH_CMD_VOTE_COUNT] = kh_secret_decide_count,
    [KH_CMD_STORE] = kh_store_decide,
    [KH_CMD_PRESENCE_LOST] = kh_attendance_decide_lost,
    [KH_CMD_PRESENCE_BACK] = kh_attendance_decide_back,
    [KH_CMD_MARK] = kh_timer_decide_mark,
    [KH_CMD_EXPIRE] = kh_timer_decide_expire,
    [KH_CMD_CUT] = kh_timer_decide_cut,
    [KH_CMD_ASK_TIMEOUT] = kh_ask_decide_timeout,
    [KH_CMD_ASK] = kh_ask_decide_ask,
    [KH_CMD_ACCEPT] = kh_floor_decide_accept,
};

enum kh_refusal kh_decide(const struct kh_state *state, const struct kh_command *command,
                          const struct kh_terms *terms, struct kh_batch *batch)
{
    struct kh_decision decision = { state, command, terms, batch };

    batch->n = 0;
    KH_REQUIRE(command->type < KH_COMMANDS && parts[command->type]);
    enum kh_refusal refusal = parts[command->type](&decision);
    if (refusal != KH_REFUSAL_NONE)
        batch->n = 0;
    return refusal;
}
