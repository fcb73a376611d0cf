import Deadlines
package import Processes
package import Redis
package import Storage

/// The purges of a region as one worker knows them: durable in the store, shared through Redis, matched in memory.
///
/// A purge is a rule with a number. It is in the store before it is accepted, and in Redis, which gives out the numbers
/// and from which every worker reads the news ten times a second. While Redis is away the store takes its place; rules
/// accepted meanwhile get new numbers, above all others, when it is back. Redis that has lost rules gets them again.
///
/// Numbers never go down, and Redis gives each out after every lower one. An entry is stamped with the epoch, up to which
/// this process has read every rule: what it was made of was judged by all of them, and only a purge above the epoch
/// makes it void. Where the order breaks (two processes without Redis, a Redis that lost its newest rules), whoever
/// finds a rule not above its own epoch appends it anew with a number above.
///
/// Regions have a log each, with numbers of its own, and tell one another what is in it. A rule from elsewhere is taken
/// over with the next number here and keeps its source: the region and the number it has there. It gets a new number
/// here when it gets one there. `PurgeRules.vector` says how far each log is known; it follows from the rules.
package final class PurgeLog: Sendable {
    package typealias Observer = @Sendable (PurgeEvent) -> Void

    let settings: PurgeSettings
    let mirror: PurgeMirror?
    let archive: PurgeArchive?
    /// What slots read; held for a moment only.
    private let front: Monitor<Front>
    private let back: Monitor<PurgeLogState>
    /// Held for the length of a synchronisation, which waits for Redis and the store: nothing for a slot to wait for.
    let turn = Monitor(PurgeSync())
    private let observer: Observer
    private let rounds = Monitor(Rounds())
    /// Whether a thread takes over rules of other regions just now.
    private let adopting = Monitor(false)

    private struct Front {
        var rules = PurgeRules()
        /// When the log was last known to be read whole.
        var confirmedAt: Deadline?
    }

    /// What the thread does, one synchronisation after the other.
    private struct Rounds {
        var isStopped = false
        var thread: WorkThread?
        var begun: UInt64 = 0
        var ended: UInt64 = 0
        /// Somebody waits for the next.
        var isWanted = false
    }

    /// - Parameter observer: called on the thread that met the event; must be quick.
    package init(
        _ settings: PurgeSettings, redis: (any RedisClient)?, store: (any Store)?,
        observer: @escaping Observer = { _ in }
    ) {
        self.settings = settings
        self.observer = observer
        mirror = redis.map { PurgeMirror(client: $0, key: settings.key) }
        archive = store.map { PurgeArchive(store: $0) }
        front = Monitor(Front())
        back = Monitor(PurgeLogState(settings, hasMirror: redis != nil, hasArchive: store != nil))
    }

    /// The rules known at this moment. Cheap: a lock held for a copy of a reference.
    ///
    /// Empty, with number 0, until the log has been read once: what is made under number 0 is void after any purge.
    package var current: PurgeRules {
        front.withLock { $0.rules }
    }

    /// How many rules there are; for metrics.
    package var ruleCount: Int { back.withLock { $0.book.rules.count } }

    /// Whether `current` is all there is: the log was read within `PurgeSettings.confirmLimit`.
    ///
    /// While it is false there may be purges that this process does not know. Cached entries must not be believed then:
    /// each is a miss. Always true where there is neither Redis nor store, and so no cache and no purge.
    package var isConfirmed: Bool {
        guard mirror != nil || archive != nil else { return true }
        guard let confirmedAt = front.withLock({ $0.confirmedAt }) else { return false }
        return settings.now() < confirmedAt.later(by: settings.confirmLimit)
    }

    /// How far a purge is; `nil` if nobody of this account has asked for it, or so long ago that it is forgotten.
    ///
    /// It is `completed` once this process has known the rule, on the monotonic clock, for `confirmLimit`, `edgeAge`
    /// and two seconds together. After `confirmLimit` every worker of the region has either read the rule or stopped to
    /// believe its caches, so that no worker answers with old bytes. nginx may have fetched one just before and keep it
    /// for `edgeAge` in whole seconds; the rest is for the way. A purge accepted without Redis counts only from when it
    /// is in Redis; with `PurgeSettings.isStoreShared` it takes `idleInterval` longer at most, because every worker has
    /// looked into the store by then.
    package func state(of requestID: String, account: String) -> PurgeState? {
        guard let request = back.withLock({ $0.book.requests[requestID] }), request.account == account else {
            return nil
        }
        return isCompleted(request, at: settings.now()) ? .completed : .pending
    }

    func isCompleted(_ request: PurgeRequests.Request, at now: Deadline) -> Bool {
        settings.completionDelay(isInRedis: request.isShared).map { now >= request.since.later(by: $0) } ?? false
    }

    // MARK: The thread

    /// Starts the thread that keeps this process in step. `stop()` must be called before the log is let go.
    package func start() throws(ProcessError) {
        try rounds.withLock { (rounds) throws(ProcessError) in
            guard rounds.thread == nil else { return }
            rounds.isStopped = false
            rounds.thread = try WorkThread(named: "purges") { [self] in keepInStep() }
        }
    }

    /// Stops the thread and waits for it; what it has not done yet is done by another worker or the next start.
    /// A listing of the store that is under way ends by itself.
    package func stop() {
        let thread = rounds.update { rounds in
            rounds.isStopped = true
            defer { rounds.thread = nil }
            return rounds.thread
        }
        thread?.join()
    }

    private func keepInStep() {
        let interval = mirror == nil ? settings.storeInterval : settings.redisInterval
        while true {
            let next = Deadline(in: interval)
            rounds.withLock { rounds in
                rounds.begun += 1
                rounds.isWanted = false
            }
            synchronise()
            rounds.update { $0.ended += 1 }
            let isStopped = rounds.wait(until: next) { $0.isStopped ? true : $0.isWanted ? false : nil }
            if isStopped == true { return }
        }
    }

    /// Has the thread synchronise, and waits until it has, at the latest until the deadline. Slots never do it
    /// themselves: a store that hangs would hold them, one after the other.
    func awaitSynchronisation(until deadline: Deadline) {
        let wanted = rounds.update { rounds in
            rounds.isWanted = true
            return rounds.begun + 1
        }
        _ = rounds.wait(until: deadline) { $0.ended >= wanted || $0.thread == nil ? true : nil }
    }

    /// Nobody else adopts meanwhile; `nil` where the turn did not come by the deadline.
    func takingTurns<Result>(
        until deadline: Deadline, _ body: () throws(PurgeError) -> Result
    ) throws(PurgeError) -> Result? {
        let isMine = adopting.wait(until: deadline) { isBusy -> Bool? in
            guard !isBusy else { return nil }
            isBusy = true
            return true
        }
        guard isMine != nil else { return nil }
        defer { adopting.update { $0 = false } }
        return try body()
    }

    /// Waits, unless the log is stopped.
    func pause(until deadline: Deadline) {
        _ = rounds.wait(until: deadline) { $0.isStopped ? true : nil }
    }

    var isStopped: Bool { rounds.withLock { $0.isStopped } }

    // MARK: For the other files of the log

    /// Reads or changes what is known; slots see the new rules when it returns, and events are told then.
    func change<Result>(_ body: (inout PurgeLogState) -> Result) -> Result {
        let (result, events) = back.withLock { state in
            let before = state.book.revision
            let result = body(&state)
            let events = state.takeEvents()
            if state.isRead, state.book.revision != before { publish(state) }
            return (result, events)
        }
        for event in events { observer(event) }
        return result
    }

    /// Only looks.
    func inspect<Result>(_ body: (PurgeLogState) -> Result) -> Result {
        back.withLock { body($0) }
    }

    /// The log was read whole by a synchronisation that began at `start`, and in Redis up to `position`.
    func confirm(from start: Deadline, position: UInt64?) {
        back.withLock { state in
            state.confirm(position: position)
            publish(state)
        }
        front.withLock { $0.confirmedAt = start }
    }

    private func publish(_ state: PurgeLogState) {
        let rules = state.rules
        front.withLock { $0.rules = rules }
    }

    func tell(_ event: PurgeEvent) {
        observer(event)
    }
}
