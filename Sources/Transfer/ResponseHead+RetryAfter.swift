import Deadlines
import HTTPRules

extension ResponseHead {
    /// For how many seconds the server does not want to be asked, where it says so (RFC 9110 §10.2.3).
    ///
    /// - Parameter now: seconds since 1970.
    package func secondsToWait(at now: Int64 = WallClock.unixSeconds) -> Int? {
        self["retry-after"].flatMap { RetryAfter.seconds($0, now: HTTPDate(unixSeconds: now)) }
    }
}
