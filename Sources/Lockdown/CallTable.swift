import Glibc

/// Which system calls a render process may make, by the kernel's names; those that a processor does not have are passed
/// over. Found out by watching jobs of every kind.
enum CallTable {
    /// One argument of a call has these bits.
    struct Condition {
        let argument: UInt32
        let mask: UInt64
        let value: UInt64

        /// Of an argument of 32 bits: what lies above them the kernel does not look at.
        static func bits(_ argument: UInt32, _ mask: Int32, are value: Int32 = 0) -> Condition {
            Condition(
                argument: argument, mask: UInt64(UInt32(bitPattern: mask)), value: UInt64(UInt32(bitPattern: value)))
        }

        static func equal(_ argument: UInt32, _ value: Int32) -> Condition { bits(argument, -1, are: value) }

        static func null(_ argument: UInt32) -> Condition { Condition(argument: argument, mask: .max, value: 0) }
    }

    static let allowed = memory + threads + time + files + descriptors + itself

    private static let memory = ["brk", "madvise", "mremap", "munmap"]
    /// Of this process: libvips', of the codecs, of the filters of drawings.
    private static let threads = [
        "exit", "exit_group", "futex", "get_robust_list", "gettid", "membarrier", "rseq", "rt_sigaction",
        "rt_sigprocmask", "rt_sigreturn", "restart_syscall", "sched_getaffinity", "sched_getattr", "sched_getparam",
        "sched_getscheduler", "sched_yield", "set_robust_list", "set_tid_address", "sigaltstack",
    ]
    private static let time = [
        "clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep", "time", "times",
    ]
    /// To look at; which of them may be read is Landlock's business.
    private static let files = [
        "access", "faccessat", "faccessat2", "getcwd", "getdents64", "lstat", "newfstatat", "readlink", "readlinkat",
        "stat", "statx", "statfs",
    ]
    /// Of those that are open: jobs come and go in memory without a name.
    private static let descriptors = [
        "close", "fadvise64", "fstat", "fstatfs", "lseek", "poll", "ppoll", "pread64", "preadv", "pwrite64", "read",
        "readv", "write", "writev",
    ]
    private static let itself = [
        "getegid", "geteuid", "getgid", "getpid", "getrandom", "getrusage", "getuid", "sysinfo", "uname",
    ]

    /// Nobody makes one of these by mistake: other programs, other processes, and the parts of the kernel that are new
    /// or for administrators. Whoever tries has been taken over.
    static let ending = [
        "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp",
        "pidfd_getfd", "open_by_handle_at", "name_to_handle_at", "io_uring_setup", "io_uring_enter",
        "io_uring_register", "bpf", "perf_event_open", "userfaultfd", "mount", "umount2", "move_mount", "open_tree",
        "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "pivot_root", "chroot", "unshare", "setns",
        "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "add_key", "keyctl",
        "request_key", "modify_ldt", "iopl", "ioperm", "reboot", "swapon", "swapoff", "setuid", "setreuid",
        "setresuid", "setgid", "setregid", "setresgid", "setgroups",
    ]

    /// Calls whose arguments a filter cannot see, and which older kernels do not have.
    static let unknown = ["clone3", "openat2"]

    static func conditional(socket: Int32) -> [(String, [Condition])] {
        [
            // A thread, never a process.
            ("clone", [.bits(0, cloneThread, are: cloneThread)]),
            // To read, never to write or to make.
            ("openat", [.bits(2, writing)]),
            ("open", [.bits(1, writing)]),
            // Memory that is there already becomes no code. This does not keep whoever has taken the process over from making
            // some: Orc (0.4.33) writes its code to fresh memory that is both from the start, and a filter cannot tell
            // a library that is loaded from a file in memory.
            ("mprotect", [.bits(2, PROT_EXEC)]),
            ("mmap", [.bits(2, PROT_EXEC)]),
            ("mmap", [.bits(2, PROT_EXEC | PROT_WRITE, are: PROT_EXEC)]),
            ("mmap", [.bits(2, PROT_EXEC | PROT_WRITE, are: PROT_EXEC | PROT_WRITE), .bits(3, fresh, are: fresh)]),
            // To give memory back, not to fill a disk.
            ("fallocate", [.equal(1, emptying)]),
            ("memfd_create", [.bits(1, executableMemory)]),
            ("sendmsg", [.equal(0, socket)]),
            ("recvmsg", [.equal(0, socket)]),
            // abort(3); not other processes.
            ("tgkill", [.equal(0, getpid())]),
            // To ask, not to set.
            ("prlimit64", [.equal(0, 0), .null(2)]),
            // But for O_ASYNC, by which the kernel sends signals.
            ("fcntl", [.equal(1, F_SETFL), .bits(2, O_ASYNC)]),
        ] + descriptorCommands.map { ("fcntl", [.equal(1, $0)]) } + names.map { ("prctl", [.equal(0, $0)]) }
    }

    /// CLONE_THREAD of `linux/sched.h`.
    private static let cloneThread: Int32 = 0x1_0000
    /// With O_TMPFILE of `asm-generic/fcntl.h`, but for the bits of O_DIRECTORY in it.
    private static let writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | 0o20_000_000
    private static let fresh = MAP_PRIVATE | MAP_ANONYMOUS
    /// FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE of `linux/falloc.h`.
    private static let emptying: Int32 = 0x1 | 0x2
    /// Nothing about who gets which signal (F_SETOWN, F_SETOWN_EX, F_SETSIG): the kernel sends it to any process of this
    /// user. The last two are F_ADD_SEALS and F_GET_SEALS of `linux/fcntl.h`.
    private static let descriptorCommands = [
        F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, 1033, 1034,
    ]
    /// MFD_HUGETLB and MFD_EXEC of `linux/memfd.h`.
    private static let executableMemory: Int32 = 0x4 | 0x10
    /// PR_SET_NAME, PR_GET_NAME and PR_SET_VMA (names of mappings) of `linux/prctl.h`.
    private static let names: [Int32] = [15, 16, 0x5356_4d41]
}
