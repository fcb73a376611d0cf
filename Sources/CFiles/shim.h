// Calls on files that Swift's import of glibc lacks: they lie behind _GNU_SOURCE, which that import does not define, or
// have no wrapper. The errno of the call is left in place.
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// memfd_create(2).
static inline int apus_memfd_create(const char *name) {
    return (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

// openat2(2). Opens a file to read below the folder `root`: never through `..` out of it, through an absolute symbolic
// link or any other that leaves it, and without waiting for the other end of a FIFO.
static inline int apus_open_beneath(int root, const char *path) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

// renameat2(2) with its flags; glibc's lies behind _GNU_SOURCE. Fails with EEXIST rather than replace anything.
static inline int apus_rename_if_free(const char *from, const char *to) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1 /* RENAME_NOREPLACE */);
}

// Lets two files take each other's place in one step, so that neither is lost. Both must exist.
static inline int apus_rename_exchanging(const char *one, const char *other) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2 /* RENAME_EXCHANGE */);
}
