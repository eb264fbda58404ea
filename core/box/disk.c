#include "box/disk.h"

#include "base/check.h"
#include "sql/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the file tells of the order in which ballots came, and how it is kept small:
 *
 * - Rows have no number and no time; they lie in the order of random serials (WITHOUT ROWID).
 *   Within a page, though, and in the numbers of overflow pages, SQLite keeps the order of
 *   insertion. So the sealed file is written anew (VACUUM): then it is a function of its contents.
 * - A write-ahead log would be just that order, frame after frame. A rollback journal holds only
 *   what the last transaction changed. PERSIST, unlike DELETE and TRUNCATE, writes the next one
 *   over it, so the file system gets no freed blocks with older pages; after the seal it is
 *   blanked. synchronous=FULL: the journal and the database are fsynced before the answer (EXTRA
 *   is only for DELETE).
 * - secure_delete blanks what is deleted. Temporary tables stay in memory, not in /tmp.
 * - One process has the file (locking_mode EXCLUSIVE), so there is no -shm file either.
 *
 * Below the file system (SSDs that move blocks, snapshots) nothing of this reaches: README.md,
 * threat model. */
static const char pragmas[] = "PRAGMA locking_mode = EXCLUSIVE;"
                              "PRAGMA synchronous = FULL;"
                              "PRAGMA secure_delete = ON;"
                              "PRAGMA temp_store = MEMORY;"
                              "PRAGMA trusted_schema = OFF;"
                              "PRAGMA cell_size_check = ON;"
                              "PRAGMA journal_mode = PERSIST;";

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS secret (id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  bytes BLOB NOT NULL CHECK (length(bytes) = 32)) STRICT;"
    "CREATE TABLE IF NOT EXISTS entry (council TEXT, vote INTEGER, serial BLOB, token BLOB NOT "
    "NULL,"
    "  ballot BLOB NOT NULL, PRIMARY KEY (council, vote, serial)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS seal (council TEXT, vote INTEGER, number INTEGER NOT NULL,"
    "  hash BLOB NOT NULL, PRIMARY KEY (council, vote)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS opening (council TEXT, vote INTEGER, person TEXT,"
    "  opening BLOB NOT NULL, PRIMARY KEY (council, vote, person)) STRICT, WITHOUT ROWID;"
    /* One row while the file has still to be written anew. */
    "CREATE TABLE IF NOT EXISTS unclean (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT;"
    "COMMIT;";

static const char *const statement_sql[KH_DISK_STATEMENTS] = {
    [KH_DISK_BEGIN] = "BEGIN IMMEDIATE",
    [KH_DISK_COMMIT] = "COMMIT",
    [KH_DISK_ROLLBACK] = "ROLLBACK",
    [KH_DISK_ENTRY] = "SELECT token, ballot FROM entry"
                      " WHERE council = ?1 AND vote = ?2 AND serial = ?3",
    [KH_DISK_ENTRIES] = "SELECT serial, token, ballot FROM entry WHERE council = ?1 AND vote = ?2"
                        " ORDER BY serial",
    [KH_DISK_NUMBER] = "SELECT count(*) FROM entry WHERE council = ?1 AND vote = ?2",
    [KH_DISK_INSERT] = "INSERT INTO entry (council, vote, serial, token, ballot)"
                       " VALUES (?1, ?2, ?3, ?4, ?5)",
    [KH_DISK_SEAL] = "INSERT INTO seal (council, vote, number, hash) VALUES (?1, ?2, ?3, ?4)",
    [KH_DISK_SEALED] = "SELECT number, hash FROM seal WHERE council = ?1 AND vote = ?2",
    [KH_DISK_OPENING] = "SELECT opening FROM opening WHERE council = ?1 AND vote = ?2"
                        " AND person = ?3",
    [KH_DISK_UNSEAL] = "INSERT INTO opening (council, vote, person, opening)"
                       " VALUES (?1, ?2, ?3, ?4)",
    [KH_DISK_DROP_ENTRIES] = "DELETE FROM entry WHERE council = ?1 AND vote = ?2",
    [KH_DISK_DROP_SEAL] = "DELETE FROM seal WHERE council = ?1 AND vote = ?2",
    [KH_DISK_DROP_OPENINGS] = "DELETE FROM opening WHERE council = ?1 AND vote = ?2",
    [KH_DISK_MARK_CLEAN] = "DELETE FROM unclean",
    [KH_DISK_UNCLEAN] = "INSERT OR IGNORE INTO unclean (id) VALUES (1)",
    [KH_DISK_IS_UNCLEAN] = "SELECT 1 FROM unclean",
};

enum kh_err kh_disk_fail(const struct kh_disk *disk, struct kh_error *error)
{
    static const struct kh_sql_advice advice = {
        .busy = "; another kyhop uses it: stop that one, or set another data directory",
        .corrupt = "; keep the file as it is, and look at it before any vote goes on",
    };
    char what[PATH_MAX + 64];

    snprintf(what, sizeof(what), "the ballot box %s", sqlite3_db_filename(disk->db, "main"));
    return kh_sql_fail(disk->db, what, &advice, error);
}

sqlite3_stmt *kh_disk_use(struct kh_disk *disk, enum kh_disk_statement which,
                          const struct kh_disk_key *key)
{
    sqlite3_stmt *statement = disk->statements[which];

    KH_REQUIRE(!sqlite3_stmt_busy(statement));
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    errno = 0; /* a failing commit leaves its cause here and not in sqlite3_system_errno() */
    if (key) {
        sqlite3_bind_text(statement, 1, key->council, -1, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 2, key->vote);
    }
    return statement;
}

void kh_disk_bind(sqlite3_stmt *statement, int index, const void *bytes, size_t n)
{
    KH_REQUIRE(sqlite3_bind_blob64(statement, index, bytes, n, SQLITE_STATIC) == SQLITE_OK);
}

static enum kh_err fail(sqlite3_stmt *statement, struct kh_error *error)
{
    const struct kh_disk disk = { .db = sqlite3_db_handle(statement) };

    return kh_disk_fail(&disk, error);
}

bool kh_disk_row(sqlite3_stmt *statement, enum kh_err *err, struct kh_error *error)
{
    int rc = sqlite3_step(statement);

    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        *err = fail(statement, error);
    return rc == SQLITE_ROW;
}

const uint8_t *kh_disk_bytes(sqlite3_stmt *statement, int index, size_t n)
{
    const uint8_t *bytes = sqlite3_column_blob(statement, index);

    return bytes && (size_t)sqlite3_column_bytes(statement, index) == n ? bytes : NULL;
}

void kh_disk_done(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

enum kh_err kh_disk_run(sqlite3_stmt *statement, struct kh_error *error)
{
    enum kh_err err = KH_OK;

    if (sqlite3_step(statement) != SQLITE_DONE)
        err = fail(statement, error);
    kh_disk_done(statement);
    return err;
}

enum kh_err kh_disk_run_all(struct kh_disk *disk, const enum kh_disk_statement which[], unsigned n,
                            const struct kh_disk_key *key, struct kh_error *error)
{
    enum kh_err err = kh_disk_run(kh_disk_use(disk, KH_DISK_BEGIN, NULL), error);

    if (err)
        return err;
    for (unsigned i = 0; i < n && !err; i++) {
        sqlite3_stmt *statement = disk->statements[which[i]];
        bool has_key = sqlite3_bind_parameter_count(statement) > 0;
        err = kh_disk_run(kh_disk_use(disk, which[i], has_key ? key : NULL), error);
    }
    if (!err)
        err = kh_disk_run(kh_disk_use(disk, KH_DISK_COMMIT, NULL), error);
    if (err)
        kh_disk_rollback(disk);
    return err;
}

void kh_disk_rollback(struct kh_disk *disk)
{
    if (!sqlite3_get_autocommit(disk->db))
        (void)!kh_disk_run(kh_disk_use(disk, KH_DISK_ROLLBACK, NULL), NULL);
}

static enum kh_err fail_file(const char *path, int why, struct kh_error *error)
{
    enum kh_err code = why == ENOENT || why == ENOTDIR                  ? KH_ERR_NOT_FOUND
                       : why == ENOSPC || why == EDQUOT || why == EROFS ? KH_ERR_FULL
                                                                        : KH_ERR_IO;
    return kh_err_set(error, code, "the ballot box %s: %s%s", path, strerror(why),
                      code == KH_ERR_NOT_FOUND ? "; make the data directory first" : "");
}

static bool write_zeros(int fd, off_t bytes)
{
    static const uint8_t zeros[65536];

    while (bytes > 0) {
        size_t piece = bytes < (off_t)sizeof(zeros) ? (size_t)bytes : sizeof(zeros);
        ssize_t n = write(fd, zeros, piece);
        if (n <= 0)
            return false;
        bytes -= n;
    }
    return true;
}

/* SQLite holds the journal open but not its contents: after a commit in mode PERSIST its header is
 * blank, and the next transaction writes it from the start. POSIX locks are only on the database.
 */
static enum kh_err blank_journal(struct kh_disk *disk, struct kh_error *error)
{
    const char *path = sqlite3_filename_journal(sqlite3_db_filename(disk->db, "main"));
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    struct stat about;

    if (fd < 0)
        return errno == ENOENT ? KH_OK : fail_file(path, errno, error);
    errno = EIO; /* for a write that is short */
    bool is_ok = fstat(fd, &about) == 0 && write_zeros(fd, about.st_size) && fsync(fd) == 0 &&
                 ftruncate(fd, 0) == 0 && fsync(fd) == 0;
    int why = errno;
    close(fd);
    return is_ok ? KH_OK : fail_file(path, why, error);
}

/* The mark goes only when all is blank, so that a crash before that is healed at the next opening;
 * what its going leaves in the journal is the mark's page alone. */
static enum kh_err clean(struct kh_disk *disk, struct kh_error *error)
{
    enum kh_err err;

    errno = 0;
    if (sqlite3_exec(disk->db, "VACUUM", NULL, NULL, NULL) != SQLITE_OK)
        return kh_disk_fail(disk, error);
    if ((err = blank_journal(disk, error)) ||
        (err = kh_disk_run(kh_disk_use(disk, KH_DISK_MARK_CLEAN, NULL), error)))
        return err;
    return blank_journal(disk, error);
}

/* SQLite would let everybody read what it makes; its journal takes the file's mode. A file that is
 * there is not opened: closing it would drop the locks of a box that this process has open. */
static enum kh_err make_file(const char *path, struct kh_error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    else if (errno != EEXIST || chmod(path, 0600) < 0)
        return fail_file(path, errno, error);
    return KH_OK;
}

/* The directory's entry of a new file is as durable as the file. */
static enum kh_err sync_directory(const char *directory, struct kh_error *error)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int why = fd < 0 || fsync(fd) < 0 ? errno : 0;

    if (fd >= 0)
        close(fd);
    return why ? fail_file(directory, why, error) : KH_OK;
}

static enum kh_err connect(struct kh_disk *disk, const char *path, struct kh_error *error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int rc = sqlite3_open_v2(path, &disk->db, flags, NULL);

    if (!disk->db)
        return kh_err_set(error, KH_ERR_NOMEM, "the ballot box %s: out of memory", path);
    if (rc != SQLITE_OK)
        return kh_disk_fail(disk, error);
    errno = 0;
    sqlite3_db_config(disk->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (sqlite3_exec(disk->db, pragmas, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(disk->db, schema, NULL, NULL, NULL) != SQLITE_OK)
        return kh_disk_fail(disk, error);
    for (int i = 0; i < KH_DISK_STATEMENTS; i++)
        if (sqlite3_prepare_v3(disk->db, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &disk->statements[i], NULL) != SQLITE_OK)
            return kh_disk_fail(disk, error);
    return KH_OK;
}

static enum kh_err insert_secret(struct kh_disk *disk, struct kh_error *error)
{
    sqlite3_stmt *insert = NULL;

    randombytes_buf(disk->secret, sizeof(disk->secret));
    if (sqlite3_prepare_v2(disk->db, "INSERT INTO secret (id, bytes) VALUES (1, ?1)", -1, &insert,
                           NULL) != SQLITE_OK)
        return kh_disk_fail(disk, error);
    kh_disk_bind(insert, 1, disk->secret, sizeof(disk->secret));
    enum kh_err err = kh_disk_run(insert, error);
    sqlite3_finalize(insert);
    return err;
}

static enum kh_err load_secret(struct kh_disk *disk, struct kh_error *error)
{
    sqlite3_stmt *select = NULL;
    enum kh_err err = KH_OK;

    if (sqlite3_prepare_v2(disk->db, "SELECT bytes FROM secret", -1, &select, NULL) != SQLITE_OK)
        return kh_disk_fail(disk, error);
    bool is_there = kh_disk_row(select, &err, error);
    const uint8_t *bytes = is_there ? kh_disk_bytes(select, 0, sizeof(disk->secret)) : NULL;
    if (bytes)
        memcpy(disk->secret, bytes, sizeof(disk->secret));
    else if (is_there)
        err = kh_err_set(error, KH_ERR_CORRUPT, "the ballot box has a damaged secret");
    sqlite3_finalize(select);
    return err || is_there ? err : insert_secret(disk, error);
}

enum kh_err kh_disk_clean_if_wanted(struct kh_disk *disk, struct kh_error *error)
{
    sqlite3_stmt *statement = kh_disk_use(disk, KH_DISK_IS_UNCLEAN, NULL);
    enum kh_err err = KH_OK;
    bool is_unclean = kh_disk_row(statement, &err, error);

    kh_disk_done(statement);
    return err || !is_unclean ? err : clean(disk, error);
}

enum kh_err kh_disk_open(struct kh_disk *disk, const char *directory, struct kh_error *error)
{
    char path[PATH_MAX];
    enum kh_err err;
    int n = snprintf(path, sizeof(path), "%s/box.db", directory);

    if (n < 0 || n >= (int)sizeof(path))
        return kh_err_set(error, KH_ERR_INVALID, "the data directory's path is too long");
    if ((err = make_file(path, error)) || (err = connect(disk, path, error)) ||
        (err = load_secret(disk, error)) || (err = kh_disk_clean_if_wanted(disk, error)))
        return err;
    return sync_directory(directory, error);
}

void kh_disk_close(struct kh_disk *disk)
{
    for (int i = 0; i < KH_DISK_STATEMENTS; i++)
        sqlite3_finalize(disk->statements[i]);
    sqlite3_close(disk->db);
    sodium_memzero(disk, sizeof(*disk));
}
