#include "api/auth.h"

#include "base/check.h"
#include "sql/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The engine waits for the file this long at most (only `kyhop invite` writes it too). */
enum { BUSY_MS = 250 };

enum statement {
    INVITE,
    FIND_CODE,
    USE_CODE,
    OPEN,
    FIND,
    CLOSE,
    OLD_CODES,
    OLD_SESSIONS,
    STATEMENTS
};

struct kh_auth {
    sqlite3 *db;
    sqlite3_stmt *prepared[STATEMENTS];
    int64_t (*now_s)(void);
};

static const char schema[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
    "CREATE TABLE IF NOT EXISTS code (hash BLOB PRIMARY KEY, council TEXT NOT NULL,"
    " person TEXT NOT NULL, expires_s INTEGER NOT NULL, reusable INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS session (hash BLOB PRIMARY KEY, council TEXT NOT NULL,"
    " person TEXT NOT NULL, expires_s INTEGER NOT NULL, shared INTEGER NOT NULL) WITHOUT ROWID;";

static const char *const sql[STATEMENTS] = {
    [INVITE] = "INSERT INTO code (hash, council, person, expires_s, reusable) VALUES (?,?,?,?,?)",
    [FIND_CODE] = "SELECT hash, council, person, expires_s, reusable FROM code WHERE hash=?",
    [USE_CODE] = "DELETE FROM code WHERE hash=?",
    [OPEN] = "INSERT INTO session (hash, council, person, expires_s, shared) VALUES (?,?,?,?,?)",
    [FIND] = "SELECT hash, council, person, expires_s, shared FROM session WHERE hash=?",
    [CLOSE] = "DELETE FROM session WHERE hash=?",
    [OLD_CODES] = "DELETE FROM code WHERE expires_s<=?",
    [OLD_SESSIONS] = "DELETE FROM session WHERE expires_s<=?",
};

static int64_t system_now_s(void)
{
    return (int64_t)time(NULL);
}

static enum kh_err failed(struct kh_auth *auth, struct kh_error *error, const char *doing)
{
    char what[PATH_MAX + 16];

    snprintf(what, sizeof(what), "logins: %s", doing);
    return kh_sql_fail(auth->db, what, NULL, error);
}

static enum kh_err open_file(struct kh_auth *auth, const char *path, struct kh_error *error)
{
    /* Made here, not by SQLite, so that nobody else can read the hashes for even a moment. */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return kh_err_set(error, KH_ERR_IO, "cannot open %s: %s", path, strerror(errno));
    close(fd);
    if (sqlite3_open_v2(path, &auth->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return kh_err_set(error, KH_ERR_IO, "cannot open %s as a database", path);
    sqlite3_busy_timeout(auth->db, BUSY_MS);
    if (sqlite3_exec(auth->db, schema, NULL, NULL, NULL) != SQLITE_OK)
        return failed(auth, error, path);
    for (unsigned i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(auth->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &auth->prepared[i],
                               NULL) != SQLITE_OK)
            return failed(auth, error, path);
    return KH_OK;
}

enum kh_err kh_auth_open(const char *path, struct kh_auth **out, struct kh_error *error)
{
    struct kh_auth *auth;
    enum kh_err err;

    if (sodium_init() < 0)
        return kh_err_set(error, KH_ERR_UNSUPPORTED, "libsodium cannot start");
    auth = g_new0(struct kh_auth, 1);
    auth->now_s = system_now_s;
    err = open_file(auth, path, error);
    if (err != KH_OK) {
        kh_auth_close(auth);
        return err;
    }
    *out = auth;
    return KH_OK;
}

void kh_auth_close(struct kh_auth *auth)
{
    if (!auth)
        return;
    for (unsigned i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(auth->prepared[i]);
    sqlite3_close(auth->db);
    g_free(auth);
}

void kh_auth_clock(struct kh_auth *auth, int64_t (*now_s)(void))
{
    auth->now_s = now_s;
}

static bool run(struct kh_auth *auth, enum statement which)
{
    int rc = sqlite3_step(auth->prepared[which]);

    sqlite3_reset(auth->prepared[which]);
    sqlite3_clear_bindings(auth->prepared[which]);
    return rc == SQLITE_DONE;
}

static bool run_hash(struct kh_auth *auth, enum statement which, const unsigned char *hash)
{
    sqlite3_bind_blob(auth->prepared[which], 1, hash, KH_SECRET_HASH_BYTES, SQLITE_STATIC);
    return run(auth, which);
}

static bool insert(struct kh_auth *auth, enum statement which, const struct kh_login *login)
{
    sqlite3_stmt *st = auth->prepared[which];

    sqlite3_bind_blob(st, 1, login->session, KH_SECRET_HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, login->council, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, login->person, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 4, login->expires_s);
    sqlite3_bind_int(st, 5, login->is_shared);
    return run(auth, which);
}

static void copy_name(char *to, const unsigned char *from)
{
    g_strlcpy(to, from ? (const char *)from : "", KH_AUTH_NAME_BYTES);
}

/* Look up by hash: what an attacker can time is the hash, which tells nothing about the secret. */
static enum kh_err find(struct kh_auth *auth, enum statement which, const char *secret,
                        struct kh_login *login, struct kh_error *error)
{
    sqlite3_stmt *st = auth->prepared[which];
    struct kh_login found = { 0 };
    enum kh_err err = KH_ERR_AUTH;
    int rc;

    kh_code_hash(secret, found.session);
    sqlite3_bind_blob(st, 1, found.session, KH_SECRET_HASH_BYTES, SQLITE_STATIC);
    rc = sqlite3_step(st);
    if (rc == SQLITE_ROW && sqlite3_column_bytes(st, 0) == KH_SECRET_HASH_BYTES &&
        sodium_memcmp(sqlite3_column_blob(st, 0), found.session, KH_SECRET_HASH_BYTES) == 0) {
        copy_name(found.council, sqlite3_column_text(st, 1));
        copy_name(found.person, sqlite3_column_text(st, 2));
        found.expires_s = sqlite3_column_int64(st, 3);
        found.is_shared = sqlite3_column_int(st, 4) != 0;
        err = found.expires_s > auth->now_s() ? KH_OK : KH_ERR_AUTH;
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        err = failed(auth, error, "look up");
    sqlite3_reset(st);
    if (err == KH_ERR_AUTH)
        return kh_err_set(error, err, "unknown, used or expired");
    if (err == KH_OK)
        *login = found;
    return err;
}

static bool exec(struct kh_auth *auth, const char *text)
{
    return sqlite3_exec(auth->db, text, NULL, NULL, NULL) == SQLITE_OK;
}

static bool purge(struct kh_auth *auth)
{
    sqlite3_bind_int64(auth->prepared[OLD_CODES], 1, auth->now_s());
    sqlite3_bind_int64(auth->prepared[OLD_SESSIONS], 1, auth->now_s());
    return run(auth, OLD_CODES) && run(auth, OLD_SESSIONS);
}

static bool is_name(const char *name)
{
    size_t bytes = strlen(name);

    if (bytes == 0 || bytes >= KH_AUTH_NAME_BYTES || !g_utf8_validate(name, -1, NULL))
        return false;
    for (size_t i = 0; i < bytes; i++)
        if (g_ascii_iscntrl(name[i]))
            return false;
    return true;
}

enum kh_err kh_auth_invite(struct kh_auth *auth, const struct kh_invitation *invitation,
                           char code[KH_CODE_CHARS + 1], struct kh_error *error)
{
    struct kh_login login = { .is_shared = invitation->is_reusable };
    char made[KH_CODE_CHARS + 1];

    if (invitation->ttl_s <= 0 || !is_name(invitation->council) || !is_name(invitation->person))
        return kh_err_set(error, KH_ERR_INVALID,
                          "a login code needs a council and a person of 1 to %d bytes without "
                          "control characters, and a time to live above 0",
                          KH_AUTH_NAME_BYTES - 1);
    g_strlcpy(login.council, invitation->council, sizeof(login.council));
    g_strlcpy(login.person, invitation->person, sizeof(login.person));
    login.expires_s = auth->now_s() + invitation->ttl_s;
    kh_code_make(made);
    kh_code_hash(made, login.session);
    if (!insert(auth, INVITE, &login))
        return failed(auth, error, "new code");
    memcpy(code, made, sizeof(made));
    return KH_OK;
}

static enum kh_err exchange(struct kh_auth *auth, const char *code, int64_t ttl_s,
                            const char *token, struct kh_login *login, struct kh_error *error)
{
    struct kh_login session;
    enum kh_err err = find(auth, FIND_CODE, code, &session, error);

    if (err != KH_OK)
        return err;
    if (!session.is_shared && !run_hash(auth, USE_CODE, session.session))
        return failed(auth, error, "use a code");
    session.expires_s = auth->now_s() + ttl_s;
    kh_code_hash(token, session.session);
    if (!insert(auth, OPEN, &session) || !purge(auth))
        return failed(auth, error, "new session");
    *login = session;
    return KH_OK;
}

enum kh_err kh_auth_login(struct kh_auth *auth, const char *code, int64_t ttl_s,
                          char token[KH_TOKEN_CHARS + 1], struct kh_login *login,
                          struct kh_error *error)
{
    char typed[KH_CODE_CHARS + 1], made[KH_TOKEN_CHARS + 1];
    struct kh_login found;
    enum kh_err err;

    if (!kh_code_normalise(code, typed))
        return kh_err_set(error, KH_ERR_AUTH, "not a login code");
    kh_code_token(made);
    /* IMMEDIATE: of two exchanges of one code, one waits and then finds it used. */
    if (!exec(auth, "BEGIN IMMEDIATE"))
        return failed(auth, error, "begin");
    err = exchange(auth, typed, ttl_s, made, &found, error);
    if (err == KH_OK && !exec(auth, "COMMIT"))
        err = failed(auth, error, "commit");
    if (err != KH_OK) {
        exec(auth, "ROLLBACK");
        return err;
    }
    memcpy(token, made, sizeof(made));
    *login = found;
    return KH_OK;
}

enum kh_err kh_auth_check(struct kh_auth *auth, const char *token, struct kh_login *login,
                          struct kh_error *error)
{
    return find(auth, FIND, token, login, error);
}

enum kh_err kh_auth_logout(struct kh_auth *auth, const char *token, struct kh_error *error)
{
    unsigned char hash[KH_SECRET_HASH_BYTES];

    kh_code_hash(token, hash);
    return run_hash(auth, CLOSE, hash) ? KH_OK : failed(auth, error, "logout");
}
