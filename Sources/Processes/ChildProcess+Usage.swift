import Glibc

/// What a running child uses, as the kernel tells it (proc(5)); 0 where it does not.
extension ChildProcess {
    /// Bytes that it has mapped to write to: what `ThisProcess.limitMemory` counts.
    package var dataMemory: Int { MemoryPages(of: "\(id)")?.data ?? 0 }

    /// Bytes of memory of its own, without the files and the shared memory that it maps.
    package var ownMemory: Int { MemoryPages(of: "\(id)")?.own ?? 0 }

    /// Time on a processor, of all its threads.
    package var processorTime: Duration {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
