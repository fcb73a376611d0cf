// System calls by their numbers, as code that was smuggled into a process makes them. Only for the probe of Lockdown.
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum apus_raw_number {
    APUS_RAW_BPF = SYS_bpf,
    APUS_RAW_CLONE = SYS_clone,
    APUS_RAW_CLONE3 = SYS_clone3,
    APUS_RAW_EXECVE = SYS_execve,
    APUS_RAW_EXECVEAT = SYS_execveat,
    APUS_RAW_FALLOCATE = SYS_fallocate,
    APUS_RAW_FCNTL = SYS_fcntl,
    APUS_RAW_FTRUNCATE = SYS_ftruncate,
    APUS_RAW_IO_URING_SETUP = SYS_io_uring_setup,
    APUS_RAW_MEMFD_CREATE = SYS_memfd_create,
    APUS_RAW_MOUNT = SYS_mount,
    APUS_RAW_OPEN_BY_HANDLE_AT = SYS_open_by_handle_at,
    APUS_RAW_PRLIMIT64 = SYS_prlimit64,
    APUS_RAW_PROCESS_VM_READV = SYS_process_vm_readv,
    APUS_RAW_PTRACE = SYS_ptrace,
    APUS_RAW_SENDMSG = SYS_sendmsg,
    APUS_RAW_SETPRIORITY = SYS_setpriority,
    APUS_RAW_SETUID = SYS_setuid,
    APUS_RAW_UNSHARE = SYS_unshare,
};

// The result, or the negated errno.
static inline long apus_raw_call(long number, long a, long b, long c, long d, long e) {
    long result = syscall(number, a, b, c, d, e);
    return result < 0 ? -errno : result;
}
static inline long apus_address(const char *text) { return (long)text; }

// A child that ends at once: 0, or the negated errno. `flags` as for clone(2).
static inline long apus_raw_child(long number, long flags) {
    long child = syscall(number, flags, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    if (child < 0) return -errno;
    waitpid((pid_t)child, NULL, 0);
    return 0;
}
