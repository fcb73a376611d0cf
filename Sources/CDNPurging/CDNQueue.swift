package import Deadlines

/// The purges of which one CDN has to be told, and how far that is. Pure: it neither calls nor asks for the time.
///
/// A purge waits until the regions obey it: a CDN that forgets before would fetch old bytes again. Where that takes
/// long, because a region is away, it is told early, and once more when they do. All that are due go together.
package struct CDNQueue {
    package struct Job: Sendable {
        /// The id of the purge.
        package let request: String
        package let account: String
        /// Seconds since 1970.
        package let acceptedAt: Int64
        package let prefixes: [CDNPrefix]
        /// In the log of this region; may rise.
        package fileprivate(set) var number: UInt64
        fileprivate(set) var state = State.waiting
        fileprivate(set) var isToldEarly = false
        /// Not before this moment; `nil` where nothing was wrong with it alone.
        fileprivate(set) var notBefore: Deadline?
        fileprivate var pauses = CDNPauses()
        /// How often what was under way for it was given up.
        fileprivate var renewals = 0

        package init(
            request: String, account: String, number: UInt64, acceptedAt: Int64, prefixes: [CDNPrefix]
        ) {
            (self.request, self.account, self.number) = (request, account, number)
            (self.acceptedAt, self.prefixes) = (acceptedAt, prefixes)
        }

        /// Whether this region does not obey it yet.
        var isWaiting: Bool { state == .waiting }

        /// What it is told as: early, when due, and anew are not the same, or a CDN would take one for the other.
        fileprivate var telling: String {
            request + (state == .early ? "-early" : "") + (renewals > 0 ? "-\(renewals)" : "")
        }
    }

    enum State: Sendable {
        /// The regions do not obey it yet.
        case waiting
        /// This region does.
        case early
        /// All do.
        case due
        case told
    }

    /// What is to be done next.
    package enum Step: Sendable, Equatable {
        case send(CDNCall)
        case look(name: String)
        /// Nothing before that moment, unless there is news.
        case wait(until: Deadline)
    }

    private struct Batch {
        /// Of those that were due when it began.
        let due: [String]
        let early: [String]
        /// What is left to ask.
        var calls: ArraySlice<CDNCall>
        /// What is under way of the first call, since when, and when to look.
        var underWay: (name: String, begun: Deadline, lookAt: Deadline, pause: Duration)?
        /// Of the first call, one after the other.
        var failures = 0

        var requests: [String] { due + early }
    }

    /// By the id of the purge; also those that it was told of.
    private var jobs: [String: Job] = [:]
    private var untoldRequests: Set<String> = []
    private var batch: Batch?
    private var pauses = CDNPauses()
    private var pauseUntil: Deadline?
    /// Whether the CDN itself wants that pause.
    private var isPauseAsked = false
    /// The most purges that go together: fewer after a batch that was refused, so that one of them does not hold up all.
    private var mostTogether = mostRequests
    private let mostPrefixes: Int

    private static let mostRequests = 1000
    /// What fails so often in a row may be refused for what it says.
    private static let mostFailures = 5
    /// What is under way for so long never ends.
    private static let longestUnderWay: Duration = .seconds(1800)
    private static let firstLook: Duration = .seconds(1)
    private static let longestLook: Duration = .seconds(15)

    package init(mostPrefixes: Int) {
        self.mostPrefixes = mostPrefixes
    }

    // MARK: What there is

    package mutating func add(_ job: Job) {
        guard jobs[job.request] == nil else { return raise(job.request, to: job.number) }
        jobs[job.request] = job
        untoldRequests.insert(job.request)
    }

    package func knows(_ request: String) -> Bool { jobs[request] != nil }

    private mutating func raise(_ request: String, to number: UInt64) {
        if let known = jobs[request]?.number, known < number { jobs[request]?.number = number }
    }

    /// Whether the CDN has yet to be told of a purge.
    package func isUntold(_ request: String) -> Bool { untoldRequests.contains(request) }

    /// Those of which it has yet to be told, in no order.
    package var untold: [Job] { untoldRequests.compactMap { jobs[$0] } }

    package var untoldCount: Int { untoldRequests.count }

    /// With those that it was told of and that are remembered.
    var count: Int { jobs.count }

    /// Forgets those that it was told of and that are not in the log any more.
    package mutating func forget(except present: Set<String>) {
        jobs = jobs.filter { untoldRequests.contains($0.key) || present.contains($0.key) }
    }

    /// Those that not all regions obey.
    var held: [Job] { untold.filter { $0.state == .waiting || $0.state == .early } }

    /// Whether nobody else should go on meanwhile: something is under way, or it has asked to be left alone.
    var isExclusive: Bool { batch?.underWay != nil || (pauseUntil != nil && isPauseAsked) }

    /// The regions obey a purge; this one alone where `isEarly`.
    package mutating func release(_ request: String, isEarly: Bool = false) {
        switch jobs[request]?.state {
        case .waiting: jobs[request]?.state = isEarly ? .early : .due
        case .early where !isEarly: jobs[request]?.state = .due
        default: break
        }
    }

    /// Somebody has told it, so that it can be told.
    package mutating func settle(_ requests: some Collection<String>) {
        guard !requests.isEmpty else { return }
        pauses.end()
        pauseUntil = nil
        for request in requests where jobs[request] != nil {
            jobs[request]?.state = .told
            untoldRequests.remove(request)
        }
        dropIdleBatch()
    }

    private mutating func dropIdleBatch() {
        if let batch, !batch.requests.contains(where: isUntold) { self.batch = nil }
    }

    func hasAny(acceptedBefore time: Int64) -> Bool { jobs.values.contains { $0.acceptedAt < time } }

    /// Forgets what was accepted before a time; returns those of which it was never told.
    package mutating func forget(acceptedBefore time: Int64) -> [Job] {
        let old = jobs.values.filter { $0.acceptedAt < time }
        for job in old { jobs[job.request] = nil }
        defer { dropIdleBatch() }
        return old.filter { untoldRequests.remove($0.request) != nil }
    }

    // MARK: What is to be done

    /// - Parameter calls: what has to be asked for those prefixes, told as that.
    package mutating func next(
        at now: Deadline, idle: Duration, calls: ([CDNPrefix], [String]) -> [CDNCall]
    ) -> Step {
        let rest = Step.wait(until: now.later(by: idle))
        if let pauseUntil, now < pauseUntil { return .wait(until: pauseUntil) }
        if batch == nil { batch = newBatch(at: now, calls) }
        guard let batch, let call = batch.calls.first else { return rest }
        guard let underWay = batch.underWay else { return .send(call) }
        return now < underWay.lookAt ? .wait(until: underWay.lookAt) : .look(name: underWay.name)
    }

    private mutating func newBatch(at now: Deadline, _ calls: ([CDNPrefix], [String]) -> [CDNCall]) -> Batch? {
        let ready = untold.filter { job in
            guard job.notBefore.map({ $0 <= now }) ?? true else { return false }
            return job.state == .due || (job.state == .early && !job.isToldEarly)
        }
        // The oldest first, so that nobody waits for those that keep coming.
        let ordered = ready.sorted { ($0.acceptedAt, $0.number) < ($1.acceptedAt, $1.number) }
        let together = ordered.filter { $0.pauses.failures == 0 }
        // Those that were refused go one by one, and who has been less often comes first.
        let next = ordered.min { $0.pauses.failures < $1.pauses.failures }
        let chosen = together.isEmpty ? [next].compactMap(\.self) : Array(together.prefix(mostTogether))
        guard !chosen.isEmpty else { return nil }
        var prefixes = CDNPrefix.reduced(chosen.lazy.flatMap(\.prefixes))
        if prefixes.count > mostPrefixes { prefixes = CDNPrefix.reduced(prefixes.map(\.widened)) }
        return Batch(
            due: chosen.filter { $0.state == .due }.map(\.request),
            early: chosen.filter { $0.state == .early }.map(\.request),
            calls: calls(prefixes, chosen.map(\.telling))[...])
    }

    /// Takes note of what came of the last step. Returns the purges of which it has been told now, for good.
    package mutating func note(_ progress: CDNProgress, at now: Deadline) -> [String] {
        guard var current = batch else { return [] }
        pauses.end()
        pauseUntil = nil
        current.failures = 0
        switch progress {
        case .underWay(let name):
            let begun = current.underWay?.begun ?? now
            let pause = current.underWay.map { min($0.pause * 2, Self.longestLook) } ?? Self.firstLook
            current.underWay = (name, begun, now.later(by: pause), pause)
            batch = current
            if Self.isHopeless(since: begun, at: now) { beginAnew(current) }
            return []
        case .done:
            current.underWay = nil
            current.calls.removeFirst()
            batch = current.calls.isEmpty ? nil : current
            guard current.calls.isEmpty else { return [] }
            for request in current.early { jobs[request]?.isToldEarly = true }
            mostTogether = min(2 * mostTogether, Self.mostRequests)
            let told = current.due.filter(isUntold)
            settle(told)
            return told
        }
    }

    /// Takes note that the last step failed. What of it is done already is not asked again, unless it is refused or fails
    /// again and again.
    package mutating func note(_ error: CDNError, at now: Deadline) {
        guard let current = batch else { return }
        pauseUntil = now.later(by: pauses.next(after: error))
        if case .throttled = error { isPauseAsked = true } else { isPauseAsked = error.retryAfter != nil }
        let isRefused = if case .refused = error { true } else { false }
        if let underWay = current.underWay {
            // One that it does not know any more is none.
            if isRefused || Self.isHopeless(since: underWay.begun, at: now) { beginAnew(current) }
        } else if isRefused || hasFailedTooOften(error) {
            split(current, after: error, at: now)
        }
    }

    private mutating func hasFailedTooOften(_ error: CDNError) -> Bool {
        if case .throttled = error { return false }
        batch?.failures += 1
        return batch.map { $0.failures >= Self.mostFailures } ?? false
    }

    /// One of them is not to its liking: which one, shows in halves. That one waits for longer each time.
    private mutating func split(_ current: Batch, after error: CDNError, at now: Deadline) {
        batch = nil
        mostTogether = max(1, current.requests.count / 2)
        guard current.requests.count == 1, let request = current.requests.first, var job = jobs[request] else { return }
        job.notBefore = now.later(by: job.pauses.next(after: error))
        jobs[request] = job
    }

    private static func isHopeless(since begun: Deadline, at now: Deadline) -> Bool {
        begun.later(by: longestUnderWay) <= now
    }

    /// All of it is told anew, and not as what was under way.
    private mutating func beginAnew(_ current: Batch) {
        batch = nil
        for request in current.requests { jobs[request]?.renewals += 1 }
    }

    /// Somebody else goes on: what was begun here is left to him.
    package mutating func abandon() {
        batch = nil
    }
}
