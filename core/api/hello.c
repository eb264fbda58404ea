#include "api/door.h"

#include <sodium.h>

struct hello {
    const char *token, *council;
    bool has_resume, take_over;
    uint64_t resume_from;
};

static const char *read_text(json_t *params, const char *name, const char **out)
{
    json_t *value = json_object_get(params, name);

    if (value && !json_is_string(value))
        return "token and council must be strings";
    *out = json_string_value(value);
    return NULL;
}

static const char *read_hello(json_t *params, struct hello *hello)
{
    json_t *resume = json_object_get(params, "resume_from");
    json_t *take_over = json_object_get(params, "take_over");
    const char *problem = read_text(params, "token", &hello->token);

    if (!problem)
        problem = read_text(params, "council", &hello->council);
    if (problem)
        return problem;
    if (resume && (!json_is_integer(resume) || json_integer_value(resume) < 0))
        return "resume_from must be a whole number of at least 0";
    if (take_over && !json_is_boolean(take_over))
        return "take_over must be true or false";
    hello->has_resume = resume != NULL;
    hello->resume_from = (uint64_t)json_integer_value(resume);
    hello->take_over = json_is_true(take_over);
    return NULL;
}

static void refuse_login(struct kh_conn *conn, json_t *id)
{
    kh_ws_error(conn, id, KH_RPC_UNAUTHENTICATED, "no valid session",
                kh_message_reason("unauthenticated", "Phiên đăng nhập không còn hiệu lực.",
                                  "The login is not valid any more."));
}

/* True with @login; else the answer was sent. */
static bool authenticate(struct kh_conn *conn, json_t *id, const struct hello *hello,
                         struct kh_login *login)
{
    const char *token = hello->token ? hello->token : conn->cookie;
    struct kh_error error;
    enum kh_err err;

    if (!*token) {
        refuse_login(conn, id);
        return false;
    }
    err = kh_auth_check(conn->api->auth, token, login, &error);
    if (err == KH_ERR_AUTH)
        refuse_login(conn, id);
    else if (err != KH_OK)
        kh_ws_error(conn, id, KH_RPC_UNAVAILABLE, error.text,
                    kh_message_reason("unavailable", "Tạm thời không kiểm tra được đăng nhập.",
                                      "Logins cannot be checked for the moment."));
    else if (hello->council && strcmp(hello->council, login->council) != 0)
        kh_ws_error(conn, id, KH_RPC_NOT_PERMITTED, "this login is for another council",
                    kh_message_reason("other_council", "Đăng nhập này thuộc hội đồng khác.",
                                      "This login is for another council."));
    else
        return true;
    return false;
}

static bool is_same_session(const struct kh_conn *conn, const struct kh_login *login)
{
    return sodium_memcmp(conn->session, login->session, sizeof(conn->session)) == 0;
}

static bool is_rival(const struct kh_conn *conn, const struct kh_login *login)
{
    return !conn->close_code && !conn->is_shared && !login->is_shared &&
           !is_same_session(conn, login);
}

static bool has_rival(const struct kh_member *member, const struct kh_login *login)
{
    for (unsigned i = 0; i < member->conns->len; i++)
        if (is_rival(member->conns->pdata[i], login))
            return true;
    return false;
}

static void take_over(struct kh_conn *old)
{
    json_t *params = kh_message_reason("taken_over", "Bạn đã đăng nhập ở thiết bị khác.",
                                       "You have logged in on another device.");

    kh_ws_send(old, kh_message_notification("taken_over", params));
    json_decref(params);
    kh_ws_close(old, KH_CLOSE_TAKEN_OVER, "taken over");
}

/* One live session a person: what else is connected makes way. */
static void make_way(struct kh_member *member, const struct kh_login *login)
{
    for (unsigned i = 0; i < member->conns->len; i++) {
        struct kh_conn *old = member->conns->pdata[i];

        if (is_rival(old, login))
            take_over(old);
        else if (!old->close_code && !old->is_shared && is_same_session(old, login))
            kh_ws_close(old, KH_CLOSE_REPLACED, "replaced");
    }
}

static bool can_resume(const struct kh_window *window, uint64_t from)
{
    uint64_t newest = kh_window_newest(window);

    return newest > 0 && (from == newest || kh_window_get(window, from + 1));
}

/* The council's state and its seq into @reply; left out when @hello has just that seq (after a
 * restart the window is empty, but a page that missed nothing needs no snapshot). */
static uint64_t add_state(struct kh_conn *conn, struct kh_member *member, const struct hello *hello,
                          json_t *reply)
{
    struct kh_api *api = conn->api;
    uint64_t seq = 0;
    json_t *state = api->ops->state(api->user, &member->who, &seq);

    if (hello->has_resume && hello->resume_from == seq)
        json_decref(state);
    else
        json_object_set_new(reply, "state", state);
    return seq;
}

static void send_missed(struct kh_conn *conn, struct kh_member *member)
{
    struct kh_api *api = conn->api;
    struct kh_window *window = member->council->window;
    uint32_t roles = api->ops->roles(api->user, &member->who);
    const struct kh_kept *kept;

    for (; (kept = kh_window_get(window, conn->seq + 1)); conn->seq++)
        kh_ws_send(conn, kh_message_ref(kh_window_text(kept, roles, member->who.person)));
}

static void welcome(struct kh_conn *conn, json_t *id, const struct hello *hello,
                    struct kh_member *member, json_t *you)
{
    struct kh_window *window = member->council->window;
    json_t *reply = json_pack("{s:o}", "you", you);
    uint64_t seq;

    if (hello->has_resume && can_resume(window, hello->resume_from)) {
        conn->seq = hello->resume_from;
        seq = kh_window_newest(window);
    } else {
        seq = add_state(conn, member, hello, reply);
        conn->seq = seq;
    }
    json_object_set_new(reply, "seq", json_integer((json_int_t)seq));
    /* What hello itself sends is no sign of a slow reader, however much it is. */
    conn->grace_bytes = SIZE_MAX / 2;
    kh_ws_send(conn, kh_message_result(id, reply));
    send_missed(conn, member);
    conn->grace_bytes = conn->out_bytes;
}

/* Takes @member and @you. */
static void enter(struct kh_conn *conn, json_t *id, const struct hello *hello,
                  const struct kh_login *login, struct kh_member *member, json_t *you)
{
    struct kh_api *api = conn->api;

    make_way(member, login);
    memcpy(conn->session, login->session, sizeof(conn->session));
    conn->is_shared = login->is_shared;
    if (!member->is_present) {
        member->is_present = true;
        api->ops->connected(api->user, &member->who, true);
    }
    welcome(conn, id, hello, member, you);
    kh_member_attach(conn, member);
}

static void refuse_second(struct kh_conn *conn, json_t *id)
{
    kh_ws_error(conn, id, KH_RPC_WRONG_STATE, "already connected elsewhere",
                kh_message_reason("already_connected",
                                  "Bạn đang kết nối ở thiết bị khác. Tiếp tục ở đây?",
                                  "You are connected on another device. Continue here?"));
}

static void hello_as(struct kh_conn *conn, json_t *id, const struct hello *hello,
                     const struct kh_login *login)
{
    struct kh_api *api = conn->api;
    struct kh_member *member = kh_member_ref(api, login->council, login->person);
    json_t *you = api->ops->you(api->user, &member->who);

    if (you && (hello->take_over || !has_rival(member, login))) {
        enter(conn, id, hello, login, member, you);
        return;
    }
    if (you)
        refuse_second(conn, id);
    else
        kh_ws_error(conn, id, KH_RPC_UNAUTHENTICATED, "not on the roster any more",
                    kh_message_reason("unknown_person", "Bạn không còn trong danh sách.",
                                      "You are not on the roster any more."));
    json_decref(you);
    kh_member_unref(api, member);
}

void kh_hello_answer(struct kh_conn *conn, json_t *id, json_t *params)
{
    struct hello hello = { 0 };
    struct kh_login login;
    const char *problem = read_hello(params, &hello);

    if (problem)
        kh_ws_error(conn, id, KH_RPC_PARAMS, problem, NULL);
    else if (conn->member)
        kh_ws_error(conn, id, KH_RPC_WRONG_STATE, "hello was said already",
                    kh_message_reason("already_greeted", "Kết nối này đã đăng nhập.",
                                      "This connection has said hello already."));
    else if (authenticate(conn, id, &hello, &login))
        hello_as(conn, id, &hello, &login);
}

void kh_hello_end_session(struct kh_api *api, const struct kh_login *login)
{
    struct kh_member *member = kh_member_ref(api, login->council, login->person);

    for (unsigned i = 0; i < member->conns->len; i++) {
        struct kh_conn *conn = member->conns->pdata[i];

        if (!conn->close_code && is_same_session(conn, login))
            kh_ws_close(conn, KH_CLOSE_LOGGED_OUT, "logged out");
    }
    kh_member_unref(api, member);
}
