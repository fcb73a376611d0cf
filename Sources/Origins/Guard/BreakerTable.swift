import Deadlines

/// The breakers of one origin by what fails together. Only what has failed has an entry.
final class BreakerTable: Sendable {
    private struct Entry {
        var breaker: Breaker
        /// What to say while nobody is asked.
        var lastError: OriginError
        /// Failures in a row that may be those of single objects.
        var objectFailures = 0
        /// When the first of them was.
        var objectFailuresSince: Deadline?
        /// Until when the server itself does not want to be asked.
        var rest: Deadline?
        /// One that has opened once is kept: its breaker knows latecomers of that time.
        var hasOpened = false
        var lastUse: Deadline
    }

    private let limits: Breaker.Limits
    private let objectFailures: Int
    private let objectFailureTime: Duration
    private let capacity: Int
    private let entries = Monitor<[String: Entry]>([:])

    init(_ limits: GuardedOrigin.Limits) {
        self.limits = limits.breaker
        objectFailures = max(1, limits.objectFailures)
        objectFailureTime = limits.objectFailureTime
        capacity = max(1, limits.hosts)
    }

    /// A ticket, which has to come back through `settle`; throws the last error where nobody is to ask.
    func admit(_ key: String, now: Deadline) throws(OriginError) -> Breaker.Ticket {
        try entries.withLock { (entries) throws(OriginError) in
            var entry = entries[key]
            var breaker = entry?.breaker ?? Breaker(limits)
            let isResting = entry?.rest.map { now < $0 } ?? false
            let ticket = isResting ? nil : breaker.admit(now: now)
            entry?.breaker = breaker
            entry?.lastUse = now
            entries[key] = entry
            guard let ticket else { throw entry?.lastError ?? .refused }
            return ticket
        }
    }

    /// Takes note of what came of a ticket, and tells what that changed.
    func settle(
        _ key: String, _ ticket: Breaker.Ticket, _ outcome: Breaker.Outcome, _ error: OriginError?, now: Deadline
    ) -> Breaker.Change? {
        entries.withLock { entries in
            if outcome == .failed, let error, entries[key] == nil {
                Self.makeRoom(in: &entries, capacity: capacity)
                entries[key] = Entry(breaker: Breaker(limits), lastError: error, lastUse: now)
            }
            guard var entry = entries[key] else { return nil }
            var outcome = outcome
            if outcome == .failed, error?.isPerhapsOfOneObject == true, !ticket.isProbe {
                let since = entry.objectFailuresSince ?? now
                entry.objectFailuresSince = since
                entry.objectFailures += 1
                let counts =
                    entry.objectFailures.isMultiple(of: objectFailures) && since.later(by: objectFailureTime) <= now
                if !counts { outcome = .abandoned }
            } else if outcome != .abandoned {
                (entry.objectFailures, entry.objectFailuresSince) = (0, nil)
            }
            var change = entry.breaker.settle(ticket, outcome, now: now)
            if outcome == .failed, let error { entry.lastError = error }
            switch change {
            case .opened(let holdOff):
                let longer = max(holdOff, min(error?.retryAfter ?? .zero, limits.longestHoldOff))
                entry.rest = now.later(by: longer)
                entry.hasOpened = true
                change = .opened(holdOff: longer)
            case .closed: entry.rest = nil
            case nil: break
            }
            let isForgotten = outcome == .succeeded && !entry.hasOpened
            entries[key] = isForgotten ? nil : entry
            return change
        }
    }

    /// Drops the entry that has not been used for the longest time, if there is no room for another.
    private static func makeRoom(in entries: inout [String: Entry], capacity: Int) {
        guard entries.count >= capacity else { return }
        let oldest = entries.min { $0.value.lastUse < $1.value.lastUse }
        if let oldest { entries[oldest.key] = nil }
    }
}
