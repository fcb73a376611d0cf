import CJemalloc
import CLinux
import Glibc

/// What this process asks of the kernel for itself.
package enum ThisProcess {
    /// Asks for `signal` when the parent ends, so that no child outlives a supervisor that was killed.
    ///
    /// False if the parent has ended already.
    package static func endWithParent(_ parent: Int32, signal: Int32) -> Bool {
        _ = apus_die_with_parent(signal)
        return getppid() == parent
    }

    /// Runs only when nobody else wants the processor (design §5: renders give way to look-ups).
    package static func runWhenIdle() {
        _ = apus_schedule_idle()
    }

    /// Runs after everybody else, but for those of `runWhenIdle`.
    package static func runInBackground() {
        _ = apus_schedule_batch()
        weighLeast()
    }

    /// The least weight of an ordinary thread for the one that calls, and for those that it starts.
    static func weighLeast() {
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
    }

    /// The most memory of its own that this process may ask for, in bytes: what asks for more gets none. Left as it is where
    /// more is in use already, as it is where a sanitizer keeps its books.
    package static func limitMemory(to bytes: Int) {
        guard MemoryPages(of: "self")?.data ?? 0 < bytes else { return }
        var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
    }

    /// Ends this process with a status as soon as it gets no more memory, if it uses jemalloc. Many a library goes on
    /// without: it leaves something out of a picture, or says that the picture is damaged. Before there are threads.
    package static func endWithoutMemory(status: Int32) {
        _ = apus_end_without_memory(status)
    }

    /// The file of the running program, as it was started: a newer build takes its place under this path.
    package static func programPath(of invocation: String) -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        guard length > 0 else { return invocation }
        let text = String(decoding: path[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
        // The kernel says so of a program whose file was replaced since.
        let replaced = " (deleted)"
        return text.hasSuffix(replaced) ? String(text.dropLast(replaced.count)) : text
    }

    /// From here on nothing that is written to the standard streams arrives anywhere, nor can it be changed through them
    /// what they were. Gives the former standard error, which the caller closes.
    package static func silence() throws(ProcessError) -> Int32 {
        let former = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nothing >= 0 else {
            let error = ProcessError(call: "open /dev/null", errno: errno)
            close(former)
            throw error
        }
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { dup2(nothing, stream) }
        if nothing > STDERR_FILENO { close(nothing) }
        return former
    }

    /// As many open descriptors as this user may have: each slot alone needs two or three.
    package static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    package static func nameThread(_ name: String) {
        _ = apus_name_thread(name)
    }
}
