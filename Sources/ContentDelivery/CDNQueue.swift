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

        package init(
            request: String, account: String, number: UInt64, acceptedAt: Int64, prefixes: [CDNPrefix]
        ) {
            (self.request, self.account, self.number) = (request, account, number)
            (self.acceptedAt, self.prefixes) = (acceptedAt, prefixes)
        }

        /// Whether this region does not obey it yet.
        var isWaiting: Bool { state == .waiting }
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
        /// What is under way of the first call, and when to look.
        var underWay: (name: String, lookAt: Deadline, pause: Duration)?

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
    /// Those of a batch that was refused are tried one by one.
    private var alone: Set<String> = []
    private let mostPrefixes: Int

    /// The most purges that go together.
    static let mostRequests = 1000
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
            alone.remove(request)
        }
    }

    func hasAny(acceptedBefore time: Int64) -> Bool { jobs.values.contains { $0.acceptedAt < time } }

    /// Forgets what was accepted before a time; returns those of which it was never told.
    package mutating func forget(acceptedBefore time: Int64) -> [Job] {
        let old = jobs.values.filter { $0.acceptedAt < time }
        for job in old {
            jobs[job.request] = nil
            alone.remove(job.request)
        }
        return old.filter { untoldRequests.remove($0.request) != nil }
    }

    // MARK: What is to be done

    /// - Parameter calls: what has to be asked for those prefixes of those purges.
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
        let together = ordered.filter { !alone.contains($0.request) }
        // Who has been refused less often comes first.
        let next = ordered.min { $0.pauses.failures < $1.pauses.failures }
        let chosen = together.isEmpty ? [next].compactMap(\.self) : Array(together.prefix(Self.mostRequests))
        guard !chosen.isEmpty else { return nil }
        var prefixes = CDNPrefix.reduced(chosen.lazy.flatMap(\.prefixes))
        if prefixes.count > mostPrefixes { prefixes = CDNPrefix.reduced(prefixes.map(\.widened)) }
        return Batch(
            due: chosen.filter { $0.state == .due }.map(\.request),
            early: chosen.filter { $0.state == .early }.map(\.request),
            calls: calls(prefixes, chosen.map(\.request))[...], underWay: nil)
    }

    /// Takes note of what came of the last step. Returns the purges of which it has been told now, for good.
    package mutating func note(_ progress: CDNProgress, at now: Deadline) -> [String] {
        guard var current = batch else { return [] }
        pauses.end()
        pauseUntil = nil
        switch progress {
        case .underWay(let name):
            let pause = current.underWay.map { min($0.pause * 2, Self.longestLook) } ?? Self.firstLook
            current.underWay = (name, now.later(by: pause), pause)
            batch = current
            return []
        case .done:
            current.underWay = nil
            current.calls.removeFirst()
            batch = current.calls.isEmpty ? nil : current
            guard current.calls.isEmpty else { return [] }
            for request in current.early { jobs[request]?.isToldEarly = true }
            alone.subtract(current.requests)
            let told = current.due.filter(isUntold)
            settle(told)
            return told
        }
    }

    /// Takes note that the last step failed. What of it is done already is not asked again.
    package mutating func note(_ error: CDNError, at now: Deadline) {
        guard let current = batch else { return }
        pauseUntil = now.later(by: pauses.next(after: error))
        if case .throttled = error { isPauseAsked = true } else { isPauseAsked = error.retryAfter != nil }
        guard case .refused = error else { return }
        batch = nil
        // What was under way is not known any more: it is begun anew.
        guard current.underWay == nil else { return }
        // One of them is not to its liking: which one, shows each by itself.
        alone.formUnion(current.requests)
        guard current.requests.count == 1, let request = current.requests.first, var job = jobs[request] else { return }
        job.notBefore = now.later(by: job.pauses.next(after: error))
        jobs[request] = job
    }

    /// Somebody else goes on: what was begun here is left to him.
    package mutating func abandon() {
        batch = nil
    }
}
