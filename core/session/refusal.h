/* refusal.h - the core's own refusals: a stable code, words in vi and en, and the rule's number.
 *
 * Pure. A refusal is a normal answer, never a failure. The procedure's refusals have the same form
 * (struct kh_reason) and come from Lua. */
#ifndef KH_SESSION_REFUSAL_H
#define KH_SESSION_REFUSAL_H

#include "session/fields.h"

/* How the API tells it (design section 6). */
enum kh_refusal_class {
    KH_CLASS_NOT_PERMITTED, /* the role may not */
    KH_CLASS_NOT_FOUND,
    KH_CLASS_WRONG_STATE,
    KH_CLASS_REFUSED, /* a rule says no */
    KH_CLASS_PARAMS,  /* a field is missing or impossible */
    KH_CLASS_LIMIT,   /* a table is full */
};

/* X(enum, class, code, vi, en, rule) */
#define KH_REFUSAL_LIST(X)                                                                         \
    X(ROLE, NOT_PERMITTED, "role", "Vai trò của bạn không được làm việc này.",                     \
      "Your role may not do this.", "kyhop.1")                                                     \
    X(PHASE, WRONG_STATE, "phase", "Lúc này chưa thực hiện được việc này.",                        \
      "This cannot be done at this stage of the session.", "kyhop.2")                              \
    X(FIELD, PARAMS, "field", "Thiếu thông tin hoặc thông tin không hợp lệ.",                      \
      "Something is missing or not valid.", "kyhop.3")                                             \
    X(NO_PERSON, NOT_FOUND, "no_person", "Không có người này trong danh sách.",                    \
      "The roster has no such person.", "kyhop.4")                                                 \
    X(NO_REQUEST, NOT_FOUND, "no_request", "Không có đăng ký này.", "There is no such request.",   \
      "kyhop.5")                                                                                   \
    X(NO_ITEM, NOT_FOUND, "no_item", "Chương trình không có nội dung này.",                        \
      "The agenda has no such item.", "kyhop.6")                                                   \
    X(NO_VOTE, NOT_FOUND, "no_vote", "Không có cuộc biểu quyết này.", "There is no such vote.",    \
      "kyhop.7")                                                                                   \
    X(NO_ASK, NOT_FOUND, "no_ask", "Không có câu hỏi này.", "There is no such question.",          \
      "kyhop.8")                                                                                   \
    X(NOT_YOURS, NOT_PERMITTED, "not_yours", "Bạn chỉ được thay đổi phần của chính mình.",         \
      "You may only change what is your own.", "kyhop.9")                                          \
    X(ABSENT, REFUSED, "absent", "Người này chưa điểm danh có mặt.",                               \
      "This person has not checked in.", "kyhop.10")                                               \
    X(ALREADY_PRESENT, WRONG_STATE, "already_present", "Đã điểm danh.", "Already checked in.",     \
      "kyhop.11")                                                                                  \
    X(ALREADY_WAITING, REFUSED, "already_waiting", "Đã đăng ký, đang chờ tới lượt.",               \
      "Already in the list, waiting to be called.", "RFC 8855 5.3.1")                              \
    X(ALREADY_SPEAKING, REFUSED, "already_speaking", "Người này đang phát biểu.",                  \
      "This person has the floor.", "RFC 8855 5.3.1")                                              \
    X(NO_FLOOR, WRONG_STATE, "no_floor", "Người này không đang phát biểu.",                        \
      "This person does not have the floor.", "kyhop.12")                                          \
    X(NOT_WAITING, WRONG_STATE, "not_waiting", "Đăng ký này không còn chờ.",                       \
      "This request is no longer waiting.", "kyhop.13")                                            \
    X(QUEUE_FULL, LIMIT, "queue_full", "Danh sách đăng ký đã đầy.", "The list is full.",           \
      "kyhop.14")                                                                                  \
    X(QUEUE_EMPTY, REFUSED, "queue_empty", "Không còn ai đăng ký.", "Nobody is waiting.",          \
      "kyhop.15")                                                                                  \
    X(MICS_BUSY, REFUSED, "mics_busy", "Đã đủ số micro được mở cùng lúc.",                         \
      "As many microphones as allowed are open.", "kyhop.16")                                      \
    X(MUTED_BY_CHAIR, REFUSED, "muted_by_chair", "Chủ tọa đã tắt micro; chỉ chủ tọa mở lại được.", \
      "The chair muted the microphone; only the chair can open it again.", "kyhop.17")             \
    X(ITEM_STATE, WRONG_STATE, "item_state", "Nội dung này chưa bắt đầu hoặc đã kết thúc.",        \
      "This item has not begun or is finished.", "kyhop.18")                                       \
    X(VOTE_STATE, WRONG_STATE, "vote_state", "Cuộc biểu quyết này đã kết thúc.",                   \
      "This vote is not open.", "kyhop.19")                                                        \
    X(VOTE_OPEN, WRONG_STATE, "vote_running", "Một cuộc biểu quyết đang diễn ra.",                 \
      "A vote is open already.", "kyhop.20")                                                       \
    X(NO_TYPE, NOT_FOUND, "no_type", "Thể thức không có loại biểu quyết này.",                     \
      "The procedure has no such type of vote.", "kyhop.21")                                       \
    X(NOT_ELIGIBLE, REFUSED, "not_eligible", "Bạn không có quyền biểu quyết lần này.",             \
      "You may not vote in this vote.", "kyhop.22")                                                \
    X(CHOICE, PARAMS, "choice", "Lựa chọn không hợp lệ.", "This is not a valid choice.",           \
      "kyhop.23")                                                                                  \
    X(VOTED, REFUSED, "voted", "Phiếu đã ghi nhận, không thay đổi được.",                          \
      "Your vote is recorded and cannot be changed.", "kyhop.24")                                  \
    X(SAME_PERSON, REFUSED, "same_person", "Cần người thứ hai xác nhận.",                          \
      "A second person has to confirm this.", "kyhop.25")                                          \
    X(ANSWER, PARAMS, "answer", "Câu trả lời không hợp lệ.", "This is not one of the answers.",    \
      "kyhop.26")                                                                                  \
    X(NO_KIND, NOT_FOUND, "no_kind", "Thể thức không có loại phát biểu này.",                      \
      "The procedure has no such kind of speech.", "kyhop.27")                                     \
    X(LIST_CLOSED, REFUSED, "list_closed", "Danh sách đăng ký đã chốt.",                           \
      "The list of speakers is closed.", "kyhop.28")                                               \
    X(SUPPORTED, WRONG_STATE, "supported", "Bạn đã ủng hộ đề nghị này.",                           \
      "You support this already.", "kyhop.29")                                                     \
    X(SUSPENDED, WRONG_STATE, "suspended", "Phiên họp đang tạm dừng.",                             \
      "The sitting is suspended.", "kyhop.30")                                                     \
    X(TALLY_DIFFERS, REFUSED, "tally_differs", "Số liệu của hai người nhập không khớp.",           \
      "The two counts entered differ.", "kyhop.31")                                                \
    X(SECRET_FORM, REFUSED, "secret_form",                                                         \
      "Cuộc bỏ phiếu kín này không tiến hành được bằng hình thức này; hãy dùng phiếu giấy.",       \
      "This secret vote cannot be held in this form; use paper.", "kyhop.32")                      \
    X(HAND_FORM, WRONG_STATE, "hand_form", "Lần này kiểm phiếu bằng tay, không bấm nút.",          \
      "This vote is counted by hand, not at the desks.", "kyhop.42")                               \
    X(NO_PROXY, NOT_PERMITTED, "no_proxy", "Bạn không được ủy quyền biểu quyết thay người này.",   \
      "You hold no proxy of this person.", "kyhop.35")                                             \
    X(NO_TIE, WRONG_STATE, "no_tie", "Kết quả không ngang phiếu nên chủ tọa không quyết định.",    \
      "There is no tie for the chair to decide.", "kyhop.36")                                      \
    X(HAS_PROXY, WRONG_STATE, "has_proxy", "Người này đã ủy quyền.",                               \
      "This person has given a proxy already.", "kyhop.37")                                        \
    X(NOT_STOPPED, WRONG_STATE, "not_stopped", "Lượt phát biểu này không bị tạm dừng.",            \
      "This speech is not interrupted.", "kyhop.38")                                               \
    X(STORE_FULL, LIMIT, "store_full", "Thể thức đã lưu quá nhiều giá trị.",                       \
      "The procedure keeps too many values.", "kyhop.39")                                          \
    X(NO_SPEAKER, REFUSED, "no_speaker", "Người này không thuộc thành phần được phát biểu.",       \
      "This person has no role that may speak.", "kyhop.43")                                       \
    X(INTERRUPTED, WRONG_STATE, "interrupted",                                                     \
      "Phần phát biểu đang tạm ngắt; chờ chủ tọa cho tiếp tục.",                                   \
      "The speech is interrupted; it opens when the chair lets it go on.", "kyhop.44")             \
    X(LOT, PARAMS, "lot", "Bốc thăm cần từ 2 đến 1.024 tên khác nhau và chọn ít nhất một.",        \
      "A lot needs 2 to 1,024 different names, and draws at least one of them.", "kyhop.50")       \
    X(NOT_BY_LOT, WRONG_STATE, "not_by_lot",                                                       \
      "Kết quả cuộc biểu quyết này không được định bằng bốc thăm.",                                \
      "This vote is not decided by lot.", "kyhop.51")                                              \
    X(ANNOUNCED, REFUSED, "announced", "Kết quả đã công bố, không thay đổi phiếu được nữa.",       \
      "The result is announced; votes can no longer be changed.", "kyhop.52")                      \
    X(ENDED, REFUSED, "ended",                                                                     \
      "Đã hết giờ bỏ phiếu; trước khi công bố chỉ người đã bỏ phiếu được đổi ý.",                  \
      "Voting has ended; until the result is announced only those who voted may change it.",       \
      "kyhop.53")                                                                                  \
    X(NOT_ENDED, WRONG_STATE, "not_ended", "Chưa kết thúc bỏ phiếu nên chưa công bố được.",        \
      "Voting has not ended yet: there is nothing to announce.", "kyhop.54")                       \
    X(CANDIDATES, REFUSED, "candidates",                                                           \
      "Cần ghi từ 1 đến 14 người ứng cử khi mở cuộc bỏ phiếu này.",                                \
      "This vote is opened with 1 to 14 candidates (subjects).", "kyhop.56")                       \
    X(OVERRIDE, PARAMS, "override", "Khi quyết định khác thể thức, chủ tọa phải nêu lý do.",       \
      "To decide otherwise than the procedure the chair has to say why (note).", "kyhop.55")       \
    X(NO_COMMITTEE, REFUSED, "no_committee", "Ban kiểm phiếu chưa tạo xong khóa hòm phiếu.",       \
      "The counting committee has not made the key of the ballot box yet.", "kyhop.60")            \
    X(MEMBERS, PARAMS, "members",                                                                  \
      "Ban kiểm phiếu gồm 1 đến 15 đại biểu khác nhau, số người mở hòm không nhiều hơn.",          \
      "A counting committee has 1 to 15 different deputies; no more of them open the box.",        \
      "kyhop.61")                                                                                  \
    X(COMMITTEE_BUSY, WRONG_STATE, "committee_busy",                                               \
      "Còn hòm phiếu chưa mở bằng khóa của ban kiểm phiếu này.",                                   \
      "A ballot box still needs the key of this committee.", "kyhop.62")                           \
    X(COMMITTEE_STATE, WRONG_STATE, "committee_state",                                             \
      "Chưa đến hoặc đã qua bước này của việc tạo khóa hòm phiếu.",                                \
      "The making of the box key is not at this step.", "kyhop.63")                                \
    X(NOT_MEMBER, NOT_PERMITTED, "not_member", "Bạn không thuộc ban kiểm phiếu.",                  \
      "You are not a member of the counting committee.", "kyhop.64")                               \
    X(ISSUED, REFUSED, "issued",                                                                   \
      "Phiếu của bạn đã được phát trên thiết bị khác; mỗi đại biểu chỉ nhận một phiếu.",           \
      "Your ballot paper was issued on another device; each deputy gets one.", "kyhop.65")         \
    X(CANDIDATE, REFUSED, "candidate",                                                             \
      "Người có tên trên phiếu bầu không được tham gia ban kiểm phiếu.",                           \
      "Somebody named on the ballot sits on the counting committee.", "kyhop.66")                  \
    X(BALLOT, PARAMS, "ballot", "Phiếu niêm phong không hợp lệ.",                                  \
      "The sealed ballot is not valid.", "kyhop.67")                                               \
    X(PAPER, REFUSED, "paper", "Phiếu này không do máy chủ phát hoặc đã được dùng.",               \
      "This ballot paper was not issued here, or is used.", "kyhop.68")                            \
    X(OPENING, PARAMS, "opening", "Phần mở hòm phiếu không hợp lệ.",                               \
      "This part of the opening is not valid.", "kyhop.69")                                        \
    X(OVERFULL, REFUSED, "overfull", "Số phiếu trong hòm nhiều hơn số phiếu đã phát.",             \
      "There are more ballots in the box than papers were issued.", "kyhop.70")

enum kh_refusal {
    KH_REFUSAL_NONE = 0,
#define KH_REFUSAL_ENUM(name, class, code, vi, en, rule) KH_REFUSAL_##name,
    KH_REFUSAL_LIST(KH_REFUSAL_ENUM)
#undef KH_REFUSAL_ENUM
        KH_REFUSALS
};

struct kh_refusal_info {
    enum kh_refusal_class class;
    const char *code, *vi, *en, *rule;
};

extern const struct kh_refusal_info kh_refusal_table[KH_REFUSALS];

/* The words of @refusal as a reason; @refusal must not be NONE. */
void kh_refusal_reason(enum kh_refusal refusal, struct kh_reason *reason);

#endif
