package import Deadlines

/// Whether another region is asked, by what became of the exchanges with it: a state machine without clock or lock of
/// its own.
///
/// One that was away is not asked for everything at once when it is back: first it has to last, then the share of what it
/// is asked for rises from nothing to all.
package struct Health: Sendable {
    package struct Limits: Sendable, Hashable {
        /// Failures in a row after which it is down.
        package var failures = 3
        /// It is also down when no exchange was good for so long: one that was lost, with the next in time, is no reason.
        package var silence: Duration = .seconds(4)
        /// Good exchanges in a row before one that was down is asked at all.
        package var successes = 3
        /// How long the share of what it is asked for rises after that.
        package var ramp: Duration = .seconds(10)

        package init() {}
    }

    package enum State: String, Sendable, Hashable {
        case up, down, returning
    }

    private enum Phase: Sendable, Hashable {
        /// No exchange with it has ended yet.
        case unknown
        case up(failures: Int)
        case down
        case proving(successes: Int)
        case rising(since: Deadline)
    }

    private let limits: Limits
    private var phase = Phase.unknown
    private var goodAt: Deadline?
    /// Whether it was ever found down. One that this process has never seen otherwise than up was not away: it, or this
    /// process, has just been started.
    private var wasDown = false

    package init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Takes note of an exchange that has ended.
    package mutating func settle(succeeded: Bool, now: Deadline) {
        // What was silent for too long was down, though nobody has looked.
        if state(now: now) == .down, case .up = phase { fall() }
        if case .rising = phase, isSilent(now) { fall() }
        guard succeeded else { return fail() }
        goodAt = now
        switch phase {
        case .unknown: phase = .up(failures: 0)
        case .down where !wasDown: phase = .up(failures: 0)
        case .down: prove(1, now)
        case .proving(let successes): prove(successes + 1, now)
        case .up: phase = .up(failures: 0)
        case .rising(let since): if now >= since.later(by: limits.ramp) { phase = .up(failures: 0) }
        }
    }

    /// Takes note that it has answered a question of real traffic: then slow exchanges are no reason to leave it alone. What
    /// is down stays so until exchanges are good.
    package mutating func noteAnswer(now: Deadline) {
        guard state(now: now) != .down else { return }
        switch phase {
        case .up: (phase, goodAt) = (.up(failures: 0), now)
        case .rising: goodAt = now
        case .unknown, .down, .proving: break
        }
    }

    private mutating func fail() {
        switch phase {
        // Never heard: nothing is sent there, and it is no return when it comes.
        case .unknown, .down: phase = .down
        case .up(let failures) where failures + 1 < limits.failures: phase = .up(failures: failures + 1)
        case .up, .proving, .rising: fall()
        }
    }

    private mutating func fall() {
        (phase, wasDown) = (.down, true)
    }

    private mutating func prove(_ successes: Int, _ now: Deadline) {
        phase = successes < limits.successes ? .proving(successes: successes) : .rising(since: now)
    }

    private func isSilent(_ now: Deadline) -> Bool {
        guard let goodAt else { return true }
        return now >= goodAt.later(by: limits.silence)
    }

    package func state(now: Deadline) -> State {
        switch phase {
        case .unknown, .down: .down
        case .up: isSilent(now) ? .down : .up
        case .proving, .rising: isSilent(now) ? .down : .returning
        }
    }

    /// The part of all keys for which it is asked: 0…1.
    package func share(now: Deadline) -> Double {
        guard !isSilent(now) else { return 0 }
        switch phase {
        case .unknown, .down, .proving: return 0
        case .up: return 1
        case .rising(let since):
            guard limits.ramp > .zero else { return 1 }
            let risen = Double(now.nanoseconds - since.nanoseconds) / Double(limits.ramp.wholeNanoseconds)
            return min(1, max(0, risen))
        }
    }

    /// Whether it is asked for a key. Every worker says the same of the same key at the same share, so that it comes from
    /// there once.
    ///
    /// - Parameter byte: one of the key's digest: keys are evenly spread over all.
    package func takes(_ byte: UInt8, now: Deadline) -> Bool {
        Double(byte) < share(now: now) * 256
    }
}
