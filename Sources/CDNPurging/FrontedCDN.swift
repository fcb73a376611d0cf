import Deadlines
package import Logging
package import Metrics
import Processes

/// One CDN, and the thread that tells it of purges. Of all the processes of a region one calls it at a time.
package final class FrontedCDN: Sendable {
    /// Of one call; below `CDNMarks.term`.
    private static let callLimit: Duration = .seconds(15)
    /// Between two looks whether somebody else is still at it.
    private static let turnInterval: Duration = .seconds(1)
    /// The right to call is taken anew at least so often while there is something to do.
    private static let renewalInterval: Duration = .seconds(5)
    private static let idle: Duration = .seconds(60)
    /// Between two lines in the log that say the same.
    private static let silence: Duration = .seconds(600)

    let caller: any CDNCalling
    private let marks: CDNMarks?
    private let state: Monitor<State>
    private let metrics: Metrics
    private let logger: Logger

    private struct State {
        var queue: CDNQueue
        /// What Redis could not be told.
        var unmarked: Set<String> = []
        var hasTurn = false
        /// Rises with everything that may give the thread something to do.
        var news = 0
        var isStopped = false
        var isRunning = false
        /// Since when it fails, and when that was said last.
        var lastComplaint: Deadline?
    }

    /// - Parameter marks: `nil` where there is no Redis.
    package init(_ caller: any CDNCalling, marks: CDNMarks?, metrics: Metrics, logger: Logger) {
        self.caller = caller
        self.marks = marks
        self.metrics = metrics
        self.logger = logger
        state = Monitor(State(queue: CDNQueue(mostPrefixes: caller.mostPrefixes)))
    }

    // MARK: What there is to tell

    /// Changes what is to be told. To be quick.
    func change<Result>(_ body: (inout CDNQueue) -> Result) -> Result {
        state.update { state in
            state.news += 1
            return body(&state.queue)
        }
    }

    /// Only looks.
    func inspect<Result>(_ body: (CDNQueue) -> Result) -> Result {
        state.withLock { body($0.queue) }
    }

    /// Learns what other processes have told, and lets them know what this one has. Waits for Redis.
    func share(at time: Int64) {
        guard let marks else { return }
        let (unmarked, asked) = state.withLock { ($0.unmarked, $0.queue.untold.map(\.request)) }
        if !unmarked.isEmpty, marks.remember(Array(unmarked), at: time) {
            state.withLock { $0.unmarked.subtract(unmarked) }
        }
        guard !asked.isEmpty, let told = marks.told(asked), !told.isEmpty else { return }
        state.withLock { $0.queue.settle(told) }
    }

    // MARK: The thread

    func start() throws(ProcessError) -> WorkThread {
        state.withLock { $0.isRunning = true }
        return try WorkThread(named: "cdn") { [self] in
            while let step = nextStep() { perform(step) }
            if state.withLock({ $0.hasTurn }) { marks?.leaveTurn() }
            state.update { $0.isRunning = false }
        }
    }

    /// The thread ends when its call has.
    func stop() { state.update { $0.isStopped = true } }

    func awaitEnd(until deadline: Deadline) {
        _ = state.wait(until: deadline) { $0.isRunning ? nil : true }
    }

    /// Waits for something to be done here; `nil` when stopping.
    private func nextStep() -> CDNQueue.Step? {
        while true {
            let found = state.withLock { state -> (step: CDNQueue.Step, news: Int)? in
                guard !state.isStopped else { return nil }
                let step = state.queue.next(at: .now, idle: Self.idle, calls: caller.calls(for:tellings:))
                return (step, state.news)
            }
            guard let (step, news) = found else { return nil }
            if case .wait(let end) = step {
                let isExclusive = state.withLock { $0.hasTurn && $0.queue.isExclusive }
                if isExclusive { _ = takeTurn() }
                let limit = isExclusive ? end.capped(to: Self.renewalInterval) : end
                _ = state.wait(until: limit) { $0.isStopped || $0.news != news ? true : nil }
                continue
            }
            switch takeTurn() {
            case .own: return step
            case .new: continue
            case .others:
                let pause = Deadline(in: Self.turnInterval)
                _ = state.wait(until: pause) { $0.isStopped ? true : nil }
            }
        }
    }

    private enum Turn {
        /// This process goes on with what it has found.
        case own
        /// It does from now on, and has to look again.
        case new
        case others
    }

    private func takeTurn() -> Turn {
        guard let marks, let isOwn = marks.takeTurn() else { return .own }
        let wasOwn = state.withLock { state in
            defer { state.hasTurn = isOwn }
            if state.hasTurn != isOwn { state.queue.abandon() }
            return state.hasTurn
        }
        if isOwn, !wasOwn {
            // Whoever had it before may have told all of it.
            share(at: WallClock.unixSeconds)
            return .new
        }
        return isOwn ? .own : .others
    }

    private func perform(_ step: CDNQueue.Step) {
        let deadline = Deadline(in: Self.callLimit)
        do throws(CDNError) {
            let progress: CDNProgress
            switch step {
            case .send(let call): progress = try caller.send(call, until: deadline)
            case .look(let name): progress = try caller.look(after: name, until: deadline)
            case .wait: return
            }
            metrics.add(.cdnCalls(progress == .done ? .done : .underWay))
            succeeded(progress)
        } catch {
            metrics.add(.cdnCalls(error.metric))
            failed(error)
        }
    }

    private func succeeded(_ progress: CDNProgress) {
        let (told, wasFailing) = state.withLock { state in
            defer { state.lastComplaint = nil }
            let told = state.queue.note(progress, at: .now)
            if marks != nil { state.unmarked.formUnion(told) }
            return (told, state.lastComplaint != nil)
        }
        if wasFailing { logger.notice("the CDN answers again", metadata: ["cdn": "\(caller.name)"]) }
        guard !told.isEmpty else { return }
        metrics.add(.cdnPurges(.told), told.count)
        let first = told.first ?? ""
        logger.info(
            "told the CDN", metadata: ["cdn": "\(caller.name)", "purges": "\(told.count)", "purge": "\(first)"])
        share(at: WallClock.unixSeconds)
    }

    private func failed(_ error: CDNError) {
        let isToBeSaid = state.withLock { state in
            state.queue.note(error, at: .now)
            let isNews = state.lastComplaint.map { $0.elapsed >= Self.silence } ?? true
            if isNews { state.lastComplaint = .now }
            return isNews
        }
        logger.log(
            level: isToBeSaid ? .error : .debug, "the CDN is not told of purges; tried again",
            metadata: ["cdn": "\(caller.name)", "reason": "\(error)"])
    }
}

extension CDNError {
    fileprivate var metric: Counter.CDNResult {
        switch self {
        case .transfer: .unreachable
        case .noCredentials, .forbidden: .forbidden
        case .throttled: .throttled
        case .failed, .malformed: .failed
        case .refused: .refused
        }
    }
}
