#if canImport(Glibc)
    import Glibc
#endif

/// The time of day, for what other machines and later processes have to understand. Waits use `Deadline`.
package enum WallClock {
    /// Whole seconds since 1970.
    package static var unixSeconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec)
    }

    /// Whole milliseconds since 1970.
    package static var unixMilliseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
