import Deadlines
import Logging
import Metrics
import Purging

/// One other region, as this worker sees it: whether it is asked, and how.
final class Neighbour: Sendable {
    let name: String
    /// `nil` where nobody knows how to reach it; it may reach this region all the same.
    private let caller: (any RegionCalling)?
    private let places: WaitingPlaces
    private let state: Monitor<State>
    private let breaker: Breaker.Limits
    private let metrics: Metrics
    private let logger: Logger

    private struct State {
        var health: Health
        /// What was told of its health last.
        var toldHealth = Health.State.down
        var breaker: Breaker
        var clockOffset: Duration = .zero
        /// What it has told of the purges that it knows.
        var known: PurgeVector?
    }

    /// One that had less time and was not done has not failed.
    private static let dueTime: Duration = .seconds(1)

    /// - Parameter places: the most questions to it at a time.
    init(
        _ name: String, caller: (any RegionCalling)?, places: Int, timing: LinkTiming, metrics: Metrics, logger: Logger
    ) {
        self.name = name
        self.caller = caller
        self.places = WaitingPlaces(limit: places)
        breaker = timing.breaker
        state = Monitor(State(health: Health(timing.health), breaker: Breaker(timing.breaker)))
        self.metrics = metrics
        self.logger = logger
    }

    var isReachable: Bool { caller != nil }

    // MARK: Questions

    /// - Parameters:
    ///   - byte: of the digest of what is wanted.
    ///   - isOnly: nobody else may answer it, so that it is no help to ask for a part of what is wanted.
    func isUsable(for byte: UInt8, isOnly: Bool) -> Bool {
        let now = Deadline.now
        return state.withLock { state in
            guard !state.breaker.refuses(now: now) else { return false }
            return isOnly ? state.health.state(now: now) != .down : state.health.takes(byte, now: now)
        }
    }

    func ask(
        _ question: RegionQuestion, until deadline: Deadline, answerLimit: Duration?
    ) throws(RegionError) -> RegionReply {
        do throws(RegionError) {
            let reply = try answer(question, until: deadline, answerLimit: answerLimit)
            metrics.add(.regionQuestions(reply.result))
            return reply
        } catch {
            metrics.add(.regionQuestions(.unanswered))
            throw error
        }
    }

    private func answer(
        _ question: RegionQuestion, until deadline: Deadline, answerLimit: Duration?
    ) throws(RegionError) -> RegionReply {
        guard let caller else { throw .leftAlone }
        guard let place = places.take() else { throw .crowded }
        defer { withExtendedLifetime(place) {} }
        let (ticket, clockOffset) = state.withLock { state in
            (state.breaker.admit(now: .now), state.clockOffset)
        }
        guard let ticket else { throw .leftAlone }
        let isRushed = min(deadline.remaining, answerLimit ?? .seconds(3600)) < Self.dueTime
        do throws(RegionError) {
            let reply = try caller.ask(
                question, clockOffset: clockOffset, until: deadline, answerLimit: answerLimit)
            settle(ticket, reply.saysRegionFails ? .failed : .succeeded)
            return reply
        } catch {
            settle(ticket, error.outcome(isRushed: isRushed), error)
            throw error
        }
    }

    private func settle(_ ticket: Breaker.Ticket, _ outcome: Breaker.Outcome, _ error: RegionError? = nil) {
        let now = Deadline.now
        let change = state.withLock { state in
            if outcome == .succeeded { state.health.noteAnswer(now: now) }
            return state.breaker.settle(ticket, outcome, now: now)
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
            let clockOffset = state.withLock { $0.clockOffset }
            let (start, startTime) = (Deadline.now, WallClock.unixMilliseconds)
            let fields = try caller.exchange(message.fields, clockOffset: clockOffset, until: deadline)
            let way = start.elapsed
            guard let answer = ExchangeMessage(fields),
                let now = fields[ExchangeMessage.clock].flatMap({ RegionFields.number($0) })
            else { throw .garbage }
            // It said what time it was in the middle of the way there and back, as far as one can know.
            let offset = Duration.milliseconds(now) - .milliseconds(startTime) - way / 2
            noteExchange(succeeded: true) { $0.clockOffset = offset }
            metrics.add(.regionExchanges(.done))
            return answer
        } catch {
            noteExchange(succeeded: false, error)
            metrics.add(.regionExchanges(error.exchangeResult))
            throw error
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
            if state.toldHealth == .down { state.breaker = Breaker(breaker) }
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
    var clockOffset: Duration { state.withLock { $0.clockOffset } }
}

extension RegionReply {
    fileprivate var saysRegionFails: Bool {
        if case .fault(let fault, _) = self { fault.isOfRegion } else { false }
    }
}

extension RegionError {
    /// What it says about the region.
    fileprivate func outcome(isRushed: Bool) -> Breaker.Outcome {
        switch self {
        case .timedOut: isRushed ? .abandoned : .failed
        case .leftAlone, .crowded: .abandoned
        // It has answered, and rightly.
        case .behind, .refused(.notHome), .refused(.behind): .succeeded
        case .connectionRefused, .unreachable, .refused, .garbage, .failed: .failed
        }
    }
}
