#if canImport(Glibc)
    import Glibc
#endif

/// The moment by which a piece of work has to end, on the monotonic clock.
///
/// One deadline is made when a request is accepted and handed down to everything that can wait: blocking
/// threads cannot be cancelled from outside, so every wait ends by itself.
package struct Deadline: Sendable, Comparable, Hashable {
    /// Nanoseconds on `CLOCK_MONOTONIC`, which every process of a host shares.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The deadline that lies `duration` ahead; a negative duration has passed already.
    package init(in duration: Duration) {
        self.init(nanoseconds: Self.now.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds).partialValue)
    }

    /// This moment.
    package static var now: Deadline {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Deadline(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package var hasPassed: Bool { remaining == .zero }

    /// What is left; never negative.
    package var remaining: Duration {
        .nanoseconds(remainingNanoseconds)
    }

    private var remainingNanoseconds: Int64 {
        // The clock is never negative, so this overflows only where the moment has passed long ago.
        let (left, overflows) = nanoseconds.subtractingReportingOverflow(Self.now.nanoseconds)
        return overflows ? 0 : max(0, left)
    }

    /// What is left in milliseconds, rounded up so that a wait never ends early and spins. For `poll(2)`.
    package var remainingMilliseconds: Int32 {
        let (whole, rest) = remainingNanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return Int32(clamping: rest > 0 ? whole + 1 : whole)
    }

    /// The time since this moment; never negative.
    package var elapsed: Duration {
        .nanoseconds(max(0, Self.now.nanoseconds - nanoseconds))
    }

    /// The moment that lies `duration` after this one; at the end of time it stays there.
    package func later(by duration: Duration) -> Deadline {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return Deadline(nanoseconds: overflow ? .max : sum)
    }

    /// The earlier of this deadline and the one that lies `duration` ahead.
    package func capped(to duration: Duration) -> Deadline {
        min(self, Deadline(in: duration))
    }

    package static func < (left: Deadline, right: Deadline) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Duration {
    /// The duration in nanoseconds, clamped to what fits: about 146 years, so that adding it to a clock cannot trap.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let limit = Int64.max / 2_000_000_000
        return max(-limit, min(limit, seconds)) * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// The duration in whole milliseconds, towards zero; clamped like `wholeNanoseconds`.
    package var wholeMilliseconds: Int64 { wholeNanoseconds / 1_000_000 }

    /// The duration in milliseconds with fractions, as `Server-Timing` wants it.
    package var milliseconds: Double {
        Double(wholeNanoseconds) / 1_000_000
    }
}
