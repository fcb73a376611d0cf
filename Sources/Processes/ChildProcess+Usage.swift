import Glibc

/// What a running child uses, as the kernel tells it (proc(5)); 0 where it does not.
extension ChildProcess {
    /// Bytes of memory of its own, without the files and the shared memory that it maps.
    package var ownMemory: Int {
        // size, resident, shared, …, in pages.
        let pages = Self.numbers(in: "/proc/\(id)/statm")
        guard pages.count > 2 else { return 0 }
        return max(0, pages[1] - pages[2]) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Time on a processor, of all its threads.
    package var processorTime: Duration {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func numbers(in path: String) -> [Int] {
        (ControlGroups.firstLine(of: path) ?? "").split(separator: " ").compactMap { Int($0) }
    }
}
