/// How long an entry is good for, and what may be done with it afterwards. All times are Unix seconds.
package struct Lifetime: Sendable, Hashable {
    package var madeAt: Int64
    /// Until then it is answered from without asking anybody.
    package var freshUntil: Int64
    /// Until then it is answered from while somebody revalidates it (`stale-while-revalidate`, RFC 5861 §3).
    package var revalidatingUntil: Int64
    /// Until then it is answered from if its origin cannot be reached (`stale-if-error`, RFC 5861 §4).
    package var staleUntil: Int64
    /// From this second on it is none; never before any of the others.
    package var expiresAt: Int64
    /// What clients are told, as a `Cache-Control` of the moment it was made; empty: what is always told.
    package var control: String

    package init(
        madeAt: Int64, freshUntil: Int64, revalidatingUntil: Int64? = nil, staleUntil: Int64? = nil,
        expiresAt: Int64? = nil, control: String = ""
    ) {
        self.madeAt = madeAt
        self.freshUntil = freshUntil
        self.revalidatingUntil = revalidatingUntil ?? freshUntil
        self.staleUntil = staleUntil ?? freshUntil
        self.expiresAt = expiresAt ?? max(freshUntil, self.revalidatingUntil, self.staleUntil)
        self.control = control
    }

    package enum Age: Sendable, Hashable {
        case fresh
        /// To be answered from, and to be revalidated beside it.
        case revalidating
        /// To be revalidated first; to be answered from if that is not possible.
        case stale
        /// To be revalidated first, and worth nothing if that is not possible.
        case unusable
    }

    /// A clock that was set back must not make entries last: what was made in the future is not fresh.
    private static let clockTolerance: Int64 = 60

    package func age(now: Int64) -> Age {
        let isFromTheFuture = madeAt > now.addingReportingOverflow(Self.clockTolerance).partialValue
        if now < freshUntil, !isFromTheFuture { return .fresh }
        if now < revalidatingUntil, !isFromTheFuture { return .revalidating }
        return now < staleUntil ? .stale : .unusable
    }
}

extension Lifetime {
    /// The same by a clock that is so many seconds ahead; never beyond what a clock can show.
    package func shifted(by seconds: Int64) -> Lifetime {
        func shifted(_ time: Int64) -> Int64 {
            let (sum, overflows) = time.addingReportingOverflow(seconds)
            return overflows ? (seconds > 0 ? .max : .min) : sum
        }
        return Lifetime(
            madeAt: shifted(madeAt), freshUntil: shifted(freshUntil), revalidatingUntil: shifted(revalidatingUntil),
            staleUntil: shifted(staleUntil), expiresAt: shifted(expiresAt), control: control)
    }
}
