import Caching
import Deadlines
import Digests
import Logging
import Metrics
import Purging

/// One other region, as this worker sees it: whether it is asked, and how.
final class OtherRegion: Sendable {
    let name: String
    /// `nil` where nobody knows how to reach it; it may reach this region all the same.
    private let caller: (any RegionCalling)?
    private let places: [Kind: WaitingPlaces]
    private let state: Monitor<State>
    private let breaker: Breaker.Limits
    private let metrics: Metrics
    private let logger: Logger

    private struct State {
        var health: Health
        /// What was told of its health last.
        var toldHealth = Health.State.down
        var breakers: [Kind: Breaker]
        var clockOffset = ClockOffset.none
        /// What it has told of the purges that it knows.
        var known: PurgeVector?
    }

    /// Questions that somebody else may answer too, and those that only this region may: neither kind takes the other's
    /// places, and what is reason to leave it alone for the one is none for the other.
    private enum Kind: CaseIterable {
        case substitutable, bound

        init(hasSubstitute: Bool) { self = hasSubstitute ? .substitutable : .bound }
    }

    /// - Parameter places: the most questions of each kind to it at a time.
    init(
        _ name: String, caller: (any RegionCalling)?, places: Int, timing: LinkTiming, metrics: Metrics, logger: Logger
    ) {
        self.name = name
        self.caller = caller
        self.places = Self.ofEachKind { WaitingPlaces(limit: places) }
        breaker = timing.breaker
        state = Monitor(
            State(health: Health(timing.health), breakers: Self.ofEachKind { Breaker(timing.breaker) }))
        self.metrics = metrics
        self.logger = logger
    }

    private static func ofEachKind<Value>(_ value: () -> Value) -> [Kind: Value] {
        Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, value()) })
    }

    var isReachable: Bool { caller != nil }

    // MARK: Questions

    /// - Parameter hasSubstitute: somebody else may answer it too: only then it helps to ask for a part of what is wanted.
    func isUsable(for key: EntryKey, hasSubstitute: Bool) -> Bool {
        let now = Deadline.now
        return state.withLock { state in
            guard state.breakers[Kind(hasSubstitute: hasSubstitute)]?.refuses(now: now) == false else { return false }
            guard hasSubstitute else { return state.health.state(now: now) != .down }
            return state.health.takes(key.digest.bytes.first ?? 0, now: now)
        }
    }

    func ask(
        _ question: RegionQuestion, hasSubstitute: Bool, until deadline: Deadline
    ) throws(RegionError) -> RegionReply {
        let kind = Kind(hasSubstitute: hasSubstitute)
        guard let caller else { throw .leftAlone }
        guard question.isSendable else { throw .unaskable }
        guard let place = places[kind]?.take() else { throw .crowded }
        defer { withExtendedLifetime(place) {} }
        let (ticket, clockOffset) = state.withLock { state in
            (state.breakers[kind]?.admit(now: .now), state.clockOffset)
        }
        guard let ticket else { throw .leftAlone }
        do throws(RegionError) {
            let reply = try caller.ask(question, clockOffset: clockOffset, until: deadline)
            settle(ticket, kind, reply.saysRegionFails && kind == .substitutable ? .failed : .succeeded)
            return reply
        } catch {
            settle(ticket, kind, error.outcome(isBound: kind == .bound), error)
            if case .otherClock(let offset) = error { state.withLock { $0.clockOffset = offset } }
            throw error
        }
    }

    private func settle(
        _ ticket: Breaker.Ticket, _ kind: Kind, _ outcome: Breaker.Outcome, _ error: RegionError? = nil
    ) {
        let now = Deadline.now
        let change = state.withLock { state in
            if outcome == .succeeded { state.health.noteAnswer(now: now) }
            return state.breakers[kind]?.settle(ticket, outcome, now: now)
        }
        guard let change else { return }
        logger.warning(
            "region",
            metadata: [
                "region": "\(name)", "change": "\(change)", "reason": "\(error.map { "\($0)" } ?? "")",
            ])
    }

    // MARK: Exchanges

    /// Tells it something and returns its answer.
    func exchange(_ message: ExchangeMessage, until deadline: Deadline) throws(RegionError) -> ExchangeMessage {
        guard let caller else { throw .unreachable }
        do throws(RegionError) {
            let told = try tell(message.fields, by: caller, until: deadline)
            guard let answer = ExchangeMessage(told.fields) else { throw .garbage }
            noteExchange(succeeded: true) { $0.clockOffset = told.clockOffset }
            metrics.add(.regionExchanges(.done))
            return answer
        } catch {
            noteExchange(succeeded: false, error)
            metrics.add(.regionExchanges(error.exchangeResult))
            throw error
        }
    }

    /// Once more at once, where that shows how far apart the clocks are.
    private func tell(
        _ fields: RegionFields, by caller: any RegionCalling, until deadline: Deadline
    ) throws(RegionError) -> RegionTold {
        do throws(RegionError) {
            return try caller.exchange(fields, clockOffset: clockOffset, until: deadline)
        } catch {
            guard case .otherClock(let offset) = error else { throw error }
            state.withLock { $0.clockOffset = offset }
            return try caller.exchange(fields, clockOffset: offset, until: deadline)
        }
    }

    private func noteExchange(
        succeeded: Bool, _ error: RegionError? = nil, _ change: (inout State) -> Void = { _ in }
    ) {
        let now = Deadline.now
        let health = state.withLock { state -> Health.State? in
            change(&state)
            state.health.settle(succeeded: succeeded, now: now)
            let health = state.health.state(now: now)
            defer { state.toldHealth = health }
            guard health != state.toldHealth else { return nil }
            // What was held against it was of another time.
            if state.toldHealth == .down { state.breakers = Self.ofEachKind { Breaker(breaker) } }
            return health
        }
        guard let health else { return }
        logger.log(
            level: health == .down ? .warning : .notice, "region",
            metadata: [
                "region": "\(name)", "health": "\(health)", "reason": "\(error.map { "\($0)" } ?? "")",
            ])
    }

    /// What it has told of the purges that it knows; `nil` until it did.
    var known: PurgeVector? {
        get { state.withLock { $0.known } }
        set { state.withLock { $0.known = newValue } }
    }

    var health: Health.State { state.withLock { $0.health.state(now: .now) } }
    var clockOffset: ClockOffset { state.withLock { $0.clockOffset } }
}

extension RegionReply {
    fileprivate var saysRegionFails: Bool {
        if case .fault(let fault, _) = self { fault.isOfRegion } else { false }
    }
}

extension RegionError {
    /// What it says about the region.
    ///
    /// - Parameter isBound: nobody else can be asked: then only a region without a connection is left alone.
    fileprivate func outcome(isBound: Bool) -> Breaker.Outcome {
        switch self {
        // Its origin may be slow. Whether it lives itself, exchanges tell.
        case .leftAlone, .crowded, .unaskable, .timedOut: .abandoned
        // It has answered, and rightly.
        case .refused(.notHome), .refused(.behind): .succeeded
        case .connectionRefused, .unreachable: .failed
        case .refused, .otherClock, .garbage, .failed: isBound ? .abandoned : .failed
        }
    }
}
