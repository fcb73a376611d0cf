/// Decides whether a server that failed is asked again: a state machine without clock or lock of its own.
///
/// Closed: everybody may ask. Failures in a row open it. Open: nobody asks until the hold-off is over. Half-open: one
/// caller asks, and what it meets closes the breaker again or opens it for twice as long.
package struct Breaker: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Failures in a row that open the breaker; at least 1.
        package var failuresToOpen: Int
        /// How long nobody asks after the first failure.
        package var firstHoldOff: Duration
        /// Where the doubling ends, and so how long a server that is back stays unused at most.
        package var longestHoldOff: Duration

        package init(
            failuresToOpen: Int = 1,
            firstHoldOff: Duration = .milliseconds(100),
            longestHoldOff: Duration = .seconds(5)
        ) {
            self.failuresToOpen = failuresToOpen
            self.firstHoldOff = firstHoldOff
            self.longestHoldOff = longestHoldOff
        }
    }

    /// The permission to ask once; to be handed back with what came of it.
    package struct Ticket: Sendable, Hashable {
        package let isProbe: Bool
        /// Tells answers to questions of an earlier closed time apart, which say nothing about now.
        fileprivate let generation: UInt64
    }

    package enum Outcome: Sendable, Hashable {
        case succeeded
        case failed
        /// The caller gave up before the server had its due time: says nothing about the server.
        ///
        /// After a probe that ends so, the next may go when the first hold-off is over. If it went at once, callers in a
        /// hurry would wait for a dead server one after the other; if it had to wait for the whole hold-off, one of them
        /// could keep a server that is back unused for long.
        case abandoned
    }

    /// What an outcome changed, for the log.
    package enum Change: Sendable, Hashable {
        case opened(holdOff: Duration)
        case closed
    }

    private enum State: Sendable {
        case closed(failures: Int)
        case open(until: Deadline, holdOff: Duration)
        case halfOpen(holdOff: Duration)
    }

    private let limits: Limits
    private var state = State.closed(failures: 0)
    private var generation: UInt64 = 0

    package init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether `admit` would refuse.
    package func refuses(now: Deadline) -> Bool {
        switch state {
        case .closed: false
        case .open(let until, _): now < until
        case .halfOpen: true
        }
    }

    /// A ticket, or `nil`: do not ask. Every ticket must come back through `settle`.
    package mutating func admit(now: Deadline) -> Ticket? {
        switch state {
        case .closed: return Ticket(isProbe: false, generation: generation)
        case .halfOpen: return nil
        case .open(let until, let holdOff):
            guard now >= until else { return nil }
            state = .halfOpen(holdOff: holdOff)
            return Ticket(isProbe: true, generation: generation)
        }
    }

    /// Takes note of what came of a ticket. Latecomers of a time before the breaker opened change nothing, so that
    /// many slots that fail together open it once and do not multiply the hold-off.
    @discardableResult
    package mutating func settle(_ ticket: Ticket, _ outcome: Outcome, now: Deadline) -> Change? {
        guard ticket.generation == generation else { return nil }
        switch (state, outcome) {
        case (.halfOpen, .succeeded) where ticket.isProbe:
            state = .closed(failures: 0)
            generation &+= 1
            return .closed
        case (.halfOpen(let holdOff), .failed) where ticket.isProbe:
            return open(for: min(holdOff * 2, limits.longestHoldOff), now: now)
        case (.halfOpen(let holdOff), .abandoned) where ticket.isProbe:
            state = .open(until: now.later(by: min(holdOff, limits.firstHoldOff)), holdOff: holdOff)
            return nil
        case (.closed, .succeeded):
            state = .closed(failures: 0)
            return nil
        case (.closed(let failures), .failed):
            guard failures + 1 >= limits.failuresToOpen else {
                state = .closed(failures: failures + 1)
                return nil
            }
            return open(for: limits.firstHoldOff, now: now)
        default:
            return nil
        }
    }

    private mutating func open(for holdOff: Duration, now: Deadline) -> Change {
        state = .open(until: now.later(by: holdOff), holdOff: holdOff)
        return .opened(holdOff: holdOff)
    }
}
