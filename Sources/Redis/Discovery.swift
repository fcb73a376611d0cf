import Deadlines

/// What a client knows about the servers behind it. A thread of its own finds out what has changed, one at a time and
/// not too often; meanwhile the slots go on with what is known and pay nothing.
///
/// Only the very first look is waited for, and only within its `patience`.
final class Discovery<Knowledge: Sendable>: Sendable {
    /// Finds out what is so now; `nil` where that is known already. Blocks, and ends by itself.
    typealias Look = @Sendable (Knowledge) -> Knowledge?

    private struct State {
        var knowledge: Knowledge
        /// No look has ended yet.
        var isFirst = true
        var isLooking = false
        /// Until when the first look is waited for.
        var firstDue: Deadline?
        var pause: Duration
        /// Before this no other look begins.
        var earliest = Deadline(nanoseconds: .min)
        var trustedUntil = Deadline(nanoseconds: .max)
    }

    private let look: Look
    private let patience: Duration
    private let pace: DiscoveryPace
    private let shared: Monitor<State>

    init(
        _ knowledge: Knowledge,
        patience: Duration,
        pace: DiscoveryPace = DiscoveryPace(),
        look: @escaping Look
    ) {
        self.look = look
        self.patience = patience
        self.pace = pace
        shared = Monitor(State(knowledge: knowledge, pause: pace.shortestPause))
    }

    /// Reads what is known; `body` runs with the knowledge locked. Tells too whether that took time, which only the
    /// first look does.
    func read<Result>(
        until deadline: Deadline,
        _ body: (Knowledge) -> Result
    ) -> (result: Result, hasWaited: Bool) {
        let now = Deadline.now
        let (known, begins) = shared.withLock { state in
            if state.isFirst { return (Result?.none, begin(&state, now)) }
            return (body(state.knowledge), now >= state.trustedUntil && begin(&state, now))
        }
        if begins { run() }
        if let known { return (known, false) }
        return (readFirst(until: deadline, body), true)
    }

    private func readFirst<Result>(until deadline: Deadline, _ body: (Knowledge) -> Result) -> Result {
        let due = shared.withLock { $0.firstDue } ?? deadline
        let found = shared.wait(until: min(deadline, due)) { $0.isFirst ? nil : .some(body($0.knowledge)) }
        return found ?? shared.withLock { body($0.knowledge) }
    }

    /// Sees to it that somebody looks soon. Returns at once.
    func lookAgain() {
        if shared.withLock({ begin(&$0, .now) }) { run() }
    }

    /// Puts right what a server said is wrong, and has the rest looked at.
    func correct<Result>(_ body: (inout Knowledge) -> Result) -> Result {
        let (result, begins) = shared.withLock { state in
            state.pause = pace.shortestPause
            return (body(&state.knowledge), begin(&state, .now))
        }
        if begins { run() }
        return result
    }

    /// Adds something that no look needs to confirm.
    func amend<Result>(_ body: (inout Knowledge) -> Result) -> Result {
        shared.withLock { body(&$0.knowledge) }
    }

    /// Whether the caller is the one to start the next look.
    private func begin(_ state: inout State, _ now: Deadline) -> Bool {
        guard !state.isLooking, now >= state.earliest else { return false }
        state.isLooking = true
        if state.firstDue == nil { state.firstDue = now.later(by: patience) }
        return true
    }

    private func run() {
        let code = Background.run { [self] in
            finish(with: look(shared.withLock { $0.knowledge }))
        }
        if code != 0 { finish(with: nil) }
    }

    private func finish(with news: Knowledge?) {
        // What was known holds connections; they are closed once the lock is free.
        let old: Knowledge? = shared.update { state in
            let old = news == nil ? nil : state.knowledge
            if let news { state.knowledge = news }
            state.pause = news == nil ? min(state.pause * 2, pace.longestPause) : pace.shortestPause
            let now = Deadline.now
            state.earliest = now.later(by: state.pause)
            state.trustedUntil = now.later(by: pace.longestTrust)
            state.isLooking = false
            state.isFirst = false
            return old
        }
        withExtendedLifetime(old) {}
    }
}
