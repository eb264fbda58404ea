#include "api/auth.h"
#include "tests/unit/test.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAY_S = 86400 };

static int64_t now_s = 1700000000;

static int64_t fake_now_s(void)
{
    return now_s;
}

struct world {
    char *folder, *path;
    struct kh_auth *auth;
    struct kh_error error;
};

static int enter(void **state)
{
    struct world *world = g_new0(struct world, 1);

    world->folder = g_dir_make_tmp("kyhop-auth-XXXXXX", NULL);
    world->path = g_build_filename(world->folder, "auth.db", NULL);
    if (kh_auth_open(world->path, &world->auth, &world->error) != KH_OK)
        return -1;
    kh_auth_clock(world->auth, fake_now_s);
    *state = world;
    return 0;
}

static void drop(struct world *world, const char *suffix)
{
    char *path = g_strconcat(world->path, suffix, NULL);

    g_unlink(path);
    g_free(path);
}

static int leave(void **state)
{
    struct world *world = *state;

    kh_auth_close(world->auth);
    drop(world, "");
    drop(world, "-wal");
    drop(world, "-shm");
    g_rmdir(world->folder);
    g_free(world->folder);
    g_free(world->path);
    g_free(world);
    return 0;
}

#define AUTH_TEST(name) static void name(void **state)
#define AUTH_CASE(name) cmocka_unit_test_setup_teardown(name, enter, leave)

static enum kh_err invite_as(struct world *world, const char *council, const char *person,
                             int64_t ttl_s, char *code)
{
    struct kh_invitation invitation = { council, person, ttl_s, false };

    return kh_auth_invite(world->auth, &invitation, code, &world->error);
}

static void invite(struct world *world, bool reusable, char *code)
{
    struct kh_invitation invitation = { "demo", "an", 600, reusable };

    assert_int_equal(KH_OK, kh_auth_invite(world->auth, &invitation, code, &world->error));
}

static enum kh_err login(struct world *world, const char *code, char *token)
{
    struct kh_login who;

    return kh_auth_login(world->auth, code, DAY_S, token, &who, &world->error);
}

static enum kh_err check(struct world *world, const char *token)
{
    struct kh_login who;

    return kh_auth_check(world->auth, token, &who, &world->error);
}

AUTH_TEST(a_code_becomes_a_session_of_its_person)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], token[KH_TOKEN_CHARS + 1];
    struct kh_login who = { 0 }, again = { 0 };

    invite(world, false, code);
    assert_int_equal(KH_CODE_CHARS, strlen(code));
    assert_int_equal(KH_OK, kh_auth_login(world->auth, code, DAY_S, token, &who, &world->error));
    assert_int_equal(KH_TOKEN_CHARS, strlen(token));
    assert_string_equal("demo", who.council);
    assert_string_equal("an", who.person);
    assert_false(who.is_shared);
    assert_int_equal(now_s + DAY_S, who.expires_s);
    assert_int_equal(KH_OK, kh_auth_check(world->auth, token, &again, &world->error));
    assert_memory_equal(who.session, again.session, sizeof(who.session));
    assert_string_equal("an", again.person);
}

AUTH_TEST(a_one_time_code_works_once)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], token[KH_TOKEN_CHARS + 1] = "untouched";

    invite(world, false, code);
    assert_int_equal(KH_OK, login(world, code, token));
    strcpy(token, "untouched");
    assert_int_equal(KH_ERR_AUTH, login(world, code, token));
    assert_string_equal("untouched", token);
}

AUTH_TEST(a_reusable_code_gives_a_new_shared_session_each_time)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], first[KH_TOKEN_CHARS + 1], second[KH_TOKEN_CHARS + 1];
    struct kh_login who;

    invite(world, true, code);
    assert_int_equal(KH_OK, login(world, code, first));
    assert_int_equal(KH_OK, kh_auth_login(world->auth, code, DAY_S, second, &who, &world->error));
    assert_string_not_equal(first, second);
    assert_true(who.is_shared);
    assert_int_equal(KH_OK, check(world, first));
}

AUTH_TEST(a_code_may_be_typed_as_people_type)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], token[KH_TOKEN_CHARS + 1], typed[64];
    unsigned n = 0;

    invite(world, false, code);
    for (unsigned i = 0; code[i]; i++) {
        if (i % 4 == 0)
            typed[n++] = i % 8 ? '-' : ' ';
        typed[n++] = code[i] == '0' ? 'o' : code[i] == '1' ? 'l' : g_ascii_tolower(code[i]);
    }
    typed[n] = '\0';
    assert_int_equal(KH_OK, login(world, typed, token));
}

AUTH_TEST(what_is_no_code_or_no_token_is_refused)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], token[KH_TOKEN_CHARS + 1];
    static const char *const bad[] = { "",
                                       "-",
                                       "0123456789",
                                       "00000000000000000000000000",
                                       "000000000000000000000000000",
                                       "0000000000000000000000000U",
                                       "' OR 1=1 --",
                                       "\xff\xff\xff" };

    invite(world, false, code);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(KH_ERR_AUTH, login(world, bad[i], token));
        assert_int_equal(KH_ERR_AUTH, check(world, bad[i]));
    }
    assert_int_equal(KH_ERR_AUTH, check(world, code));
    code[5] = code[5] == 'A' ? 'B' : 'A';
    assert_int_equal(KH_ERR_AUTH, login(world, code, token));
}

AUTH_TEST(codes_and_sessions_end_with_their_time)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], late[KH_CODE_CHARS + 1], token[KH_TOKEN_CHARS + 1];

    invite(world, false, code);
    invite(world, false, late);
    now_s += 599;
    assert_int_equal(KH_OK, login(world, code, token));
    now_s += 1;
    assert_int_equal(KH_ERR_AUTH, login(world, late, token));
    now_s += DAY_S - 2;
    assert_int_equal(KH_OK, check(world, token));
    now_s += 1;
    assert_int_equal(KH_ERR_AUTH, check(world, token));
}

AUTH_TEST(a_session_ends_with_logout_and_others_go_on)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], first[KH_TOKEN_CHARS + 1], second[KH_TOKEN_CHARS + 1];

    invite(world, true, code);
    assert_int_equal(KH_OK, login(world, code, first));
    assert_int_equal(KH_OK, login(world, code, second));
    assert_int_equal(KH_OK, kh_auth_logout(world->auth, first, &world->error));
    assert_int_equal(KH_ERR_AUTH, check(world, first));
    assert_int_equal(KH_OK, check(world, second));
    assert_int_equal(KH_OK, kh_auth_logout(world->auth, "nobody's", &world->error));
}

AUTH_TEST(codes_and_sessions_are_still_there_after_a_restart)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], used[KH_CODE_CHARS + 1], token[KH_TOKEN_CHARS + 1];

    invite(world, false, code);
    invite(world, false, used);
    assert_int_equal(KH_OK, login(world, used, token));
    kh_auth_close(world->auth);
    assert_int_equal(KH_OK, kh_auth_open(world->path, &world->auth, &world->error));
    kh_auth_clock(world->auth, fake_now_s);
    assert_int_equal(KH_OK, check(world, token));
    assert_int_equal(KH_ERR_AUTH, login(world, used, token));
    assert_int_equal(KH_OK, login(world, code, token));
}

static bool file_holds(const char *path, const char *secret)
{
    char *content = NULL;
    gsize bytes = 0;
    bool found;

    if (!g_file_get_contents(path, &content, &bytes, NULL))
        return false;
    found = memmem(content, bytes, secret, strlen(secret)) != NULL;
    g_free(content);
    return found;
}

AUTH_TEST(no_secret_is_in_the_files_and_nobody_else_can_read_them)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], unused[KH_CODE_CHARS + 1], token[KH_TOKEN_CHARS + 1];
    char *wal = g_strconcat(world->path, "-wal", NULL);
    struct stat info;

    invite(world, false, code);
    invite(world, false, unused);
    assert_int_equal(KH_OK, login(world, code, token));
    assert_true(file_holds(wal, "demo")); /* it is the right place to look */
    assert_false(file_holds(world->path, unused) || file_holds(wal, unused));
    assert_false(file_holds(world->path, token) || file_holds(wal, token));
    assert_int_equal(0, stat(world->path, &info));
    assert_int_equal(0600, info.st_mode & 0777);
    g_free(wal);
}

AUTH_TEST(an_invitation_must_make_sense)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1] = "untouched", long_name[KH_AUTH_NAME_BYTES + 1];

    memset(long_name, 'x', KH_AUTH_NAME_BYTES);
    long_name[KH_AUTH_NAME_BYTES] = '\0';
    assert_int_equal(KH_ERR_INVALID, invite_as(world, "demo", "an", 0, code));
    assert_int_equal(KH_ERR_INVALID, invite_as(world, "demo", "", 60, code));
    assert_int_equal(KH_ERR_INVALID, invite_as(world, long_name, "an", 60, code));
    assert_int_equal(KH_ERR_INVALID, invite_as(world, "demo", "a\nb", 60, code));
    assert_int_equal(KH_ERR_INVALID, invite_as(world, "demo", "\xff", 60, code));
    assert_string_equal("untouched", code);
    assert_int_equal(KH_OK, invite_as(world, "demo", long_name + 1, 60, code));
}

/* Another process that holds the file: the engine must get an answer, not wait for long. */
AUTH_TEST(a_locked_file_uses_up_no_code)
{
    struct world *world = *state;
    char code[KH_CODE_CHARS + 1], token[KH_TOKEN_CHARS + 1];
    sqlite3 *other;

    invite(world, false, code);
    assert_int_equal(SQLITE_OK, sqlite3_open(world->path, &other));
    assert_int_equal(SQLITE_OK, sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    assert_int_equal(KH_ERR_BUSY, login(world, code, token));
    assert_int_equal(SQLITE_OK, sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL));
    sqlite3_close(other);
    assert_int_equal(KH_OK, login(world, code, token));
}

AUTH_TEST(a_file_that_is_no_database_is_named)
{
    struct world *world = *state;
    char *path = g_build_filename(world->folder, "noise", NULL);
    struct kh_auth *auth = NULL;

    assert_true(g_file_set_contents(path,
                                    "this is not a database, but long enough to look like "
                                    "one that is damaged .................................",
                                    -1, NULL));
    assert_int_equal(KH_ERR_CORRUPT, kh_auth_open(path, &auth, &world->error));
    assert_non_null(strstr(world->error.text, path));
    assert_null(auth);
    assert_int_equal(KH_ERR_IO, kh_auth_open("/nowhere/auth.db", &auth, &world->error));
    g_unlink(path);
    g_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AUTH_CASE(a_code_becomes_a_session_of_its_person),
        AUTH_CASE(a_one_time_code_works_once),
        AUTH_CASE(a_reusable_code_gives_a_new_shared_session_each_time),
        AUTH_CASE(a_code_may_be_typed_as_people_type),
        AUTH_CASE(what_is_no_code_or_no_token_is_refused),
        AUTH_CASE(codes_and_sessions_end_with_their_time),
        AUTH_CASE(a_session_ends_with_logout_and_others_go_on),
        AUTH_CASE(codes_and_sessions_are_still_there_after_a_restart),
        AUTH_CASE(no_secret_is_in_the_files_and_nobody_else_can_read_them),
        AUTH_CASE(an_invitation_must_make_sense),
        AUTH_CASE(a_locked_file_uses_up_no_code),
        AUTH_CASE(a_file_that_is_no_database_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
