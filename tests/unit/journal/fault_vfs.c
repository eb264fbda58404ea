#include "tests/unit/journal/fault_vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <stddef.h>

struct file {
    sqlite3_file base;
    sqlite3_file *real; /* in the same allocation, after this struct */
    bool is_main;       /* the database itself, not its log */
};

static struct {
    unsigned calls, left;
    bool is_sticky, has_hit;
    int code, sys_errno;
} fault;

static sqlite3_vfs *real_vfs;
static sqlite3_mem_methods real_memory;

void fault_arm(unsigned calls, unsigned nth, bool sticky, int code, int sys_errno)
{
    fault.calls = calls;
    fault.left = nth;
    fault.is_sticky = sticky;
    fault.has_hit = false;
    fault.code = code;
    fault.sys_errno = sys_errno;
}

void fault_disarm(void)
{
    fault.calls = 0;
}

bool fault_hit(void)
{
    return fault.has_hit;
}

static bool comes_due(enum fault_call call)
{
    if (!(fault.calls & call))
        return false;
    if (fault.left > 0)
        fault.left--;
    if (fault.left > 0 || (fault.has_hit && !fault.is_sticky))
        return false;
    fault.has_hit = true;
    return true;
}

static bool fails_now(sqlite3_file *file, enum fault_call call)
{
    if ((fault.calls & FAULT_CHECKPOINT) && !((struct file *)file)->is_main)
        return false;
    if (!comes_due(call))
        return false;
    errno = fault.sys_errno;
    return true;
}

#define REAL(file)               (((struct file *)(file))->real)
#define PASS(file, method, ...)  REAL(file)->pMethods->method(REAL(file), __VA_ARGS__)
#define FAIL_OR(call, otherwise) return fails_now(file, call) ? fault.code : (otherwise)

static int close_file(sqlite3_file *file)
{
    return REAL(file)->pMethods->xClose(REAL(file));
}

static int read_file(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
    FAIL_OR(FAULT_READ, PASS(file, xRead, to, n, at));
}

static int write_file(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
    FAIL_OR(FAULT_WRITE, PASS(file, xWrite, from, n, at));
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    FAIL_OR(FAULT_TRUNCATE, PASS(file, xTruncate, size));
}

static int sync_file(sqlite3_file *file, int flags)
{
    FAIL_OR(FAULT_SYNC, PASS(file, xSync, flags));
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return PASS(file, xFileSize, size);
}

static int lock_file(sqlite3_file *file, int lock)
{
    return PASS(file, xLock, lock);
}

static int unlock_file(sqlite3_file *file, int lock)
{
    return PASS(file, xUnlock, lock);
}

static int check_lock(sqlite3_file *file, int *out)
{
    return PASS(file, xCheckReservedLock, out);
}

static int control(sqlite3_file *file, int op, void *arg)
{
    return PASS(file, xFileControl, op, arg);
}

static int sector_size(sqlite3_file *file)
{
    return REAL(file)->pMethods->xSectorSize(REAL(file));
}

static int characteristics(sqlite3_file *file)
{
    return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    FAIL_OR(FAULT_SHM, PASS(file, xShmMap, page, size, extend, out));
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return PASS(file, xShmLock, offset, n, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int shm_unmap(sqlite3_file *file, int delete_it)
{
    return PASS(file, xShmUnmap, delete_it);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    struct file *own = (struct file *)file;
    int rc;

    (void)vfs;
    own->real = (sqlite3_file *)(own + 1);
    own->is_main = flags & SQLITE_OPEN_MAIN_DB;
    rc = real_vfs->xOpen(real_vfs, name, own->real, flags, out_flags);
    own->base.pMethods = own->real->pMethods ? &methods : NULL;
    return rc;
}

static void *allocate(int n)
{
    return comes_due(FAULT_MEMORY) ? NULL : real_memory.xMalloc(n);
}

static void *reallocate(void *block, int n)
{
    return comes_due(FAULT_MEMORY) ? NULL : real_memory.xRealloc(block, n);
}

static void install_memory(void)
{
    sqlite3_mem_methods memory;

    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
    memory = real_memory;
    memory.xMalloc = allocate;
    memory.xRealloc = reallocate;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
}

void fault_install(void)
{
    static sqlite3_vfs vfs;

    install_memory();
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs;
    vfs.zName = "fault";
    vfs.pNext = NULL;
    vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
    vfs.xOpen = open_file;
    sqlite3_vfs_register(&vfs, 1);
}
