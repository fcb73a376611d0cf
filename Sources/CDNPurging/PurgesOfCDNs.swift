package import Deadlines
package import Logging
package import Metrics
package import Processes
package import Purging

/// The purges of a region with CDNs in front of it: one is completed when no CDN answers with old bytes either.
///
/// A purge is accepted as it is without them; what the CDNs are to be told follows from the purge log, whoever dies.
/// They are told by the region where it was entered, or another one if that is gone, once all regions obey it.
package final class PurgesOfCDNs: Purges {
    /// How far back the log is looked through, and how long a CDN is tried.
    package static let mostAge: Int64 = 24 * 3600
    /// How long other regions wait for a CDN before they call a purge completed, and all that were entered after it.
    private static let patienceOfOthers: Int64 = 3600
    /// A region that does not obey for so long keeps the CDN from being told no longer. In seconds.
    private static let patience: Int64 = 60
    private static let interval: Duration = .milliseconds(500)
    /// The log is looked through at least so often, in rounds.
    private static let roundsBetweenScans = 60
    /// Where a CDN has yet to be told of so many, no more are accepted: none of them is merged.
    private static let mostUntold = 10_000
    /// More that were given up are not remembered.
    private static let mostGivenUp = 10_000

    private let endpoints: [(endpoint: FrontedEndpoint, cdn: Int)]
    private let cdns: [FrontedCDN]
    private let log: any EnteredPurges
    private let purges: any Purges
    private let standIns: @Sendable () -> [String: UInt64]
    private let rounds = Monitor(Rounds())
    private let metrics: Metrics
    private let logger: Logger

    private struct Rounds {
        var isStopped = false
        /// Up to which number the log was looked through, and how many rounds ago.
        var scanned: UInt64?
        var sinceScan = 0
        /// Whose purges were among that besides this region's.
        var others: Set<String> = []
        var givenUp: Set<String> = []
    }

    /// - Parameters:
    ///   - endpoints: with the places of their CDNs in `cdns`.
    ///   - purges: of this region or of all; say when the caches behind the CDNs obey.
    ///   - log: of this region.
    ///   - standIns: the regions in whose place this one tells the CDNs, with the number up to which each has done so.
    package init(
        endpoints: [(endpoint: FrontedEndpoint, cdn: Int)], cdns: [FrontedCDN], purges: any Purges,
        log: any EnteredPurges, metrics: Metrics, logger: Logger,
        standIns: @escaping @Sendable () -> [String: UInt64] = { [:] }
    ) {
        (self.endpoints, self.cdns, self.purges, self.log) = (endpoints, cdns, purges, log)
        self.standIns = standIns
        self.metrics = metrics
        self.logger = logger
    }

    // MARK: Purges

    package func accept(account: String, target: PurgeTarget, deadline: Deadline) throws(PurgeError) -> String {
        let isFlooded = endpoints.contains { endpoint, cdn in
            endpoint.account == account && cdns[cdn].inspect { $0.untoldCount } >= Self.mostUntold
        }
        guard !isFlooded else { throw .flooded }
        return try purges.accept(account: account, target: target, deadline: deadline)
    }

    package func state(of requestID: String, account: String) -> PurgeState? {
        guard let state = purges.state(of: requestID, account: account) else { return nil }
        guard state == .completed else { return state }
        let isOpen =
            cdns.contains { cdn in cdn.inspect { $0.isUntold(requestID) } }
            || rounds.withLock { $0.givenUp.contains(requestID) }
        return isOpen ? .pending : .completed
    }

    // MARK: Life

    /// Starts the threads. `stop` is to be called before the log is let go.
    ///
    /// - Returns: the thread that is to be joined after `stop`; the others may still wait for a CDN then.
    package func start() throws(ProcessError) -> WorkThread {
        look()
        for cdn in cdns { _ = try cdn.start() }
        return try WorkThread(named: "cdn-watch") { [self] in
            repeat { look() } while rounds.wait(until: Deadline(in: Self.interval)) { $0.isStopped ? true : nil } == nil
        }
    }

    /// Waits for calls that are under way until the deadline; another process does what is left.
    package func stop(until deadline: Deadline) {
        rounds.update { $0.isStopped = true }
        for cdn in cdns { cdn.stop() }
        for cdn in cdns { cdn.awaitEnd(until: deadline) }
    }

    /// Sets the gauges that no event tells of.
    package func updateGauges() {
        let untold = untold
        metrics.set(.cdnWaiting, Set(untold.map(\.request)).count)
        let oldest = untold.map(\.acceptedAt).min()
        metrics.set(.cdnOldestSeconds, oldest.map { Int(clamping: WallClock.unixSeconds - $0) } ?? 0)
    }

    private var untold: [CDNQueue.Job] { cdns.flatMap { cdn in cdn.inspect { $0.untold } } }

    // MARK: One round

    /// Brings what the CDNs are to be told up to date. Called by one thread at a time.
    package func look(at time: Int64 = WallClock.unixSeconds) {
        scan(at: time)
        for cdn in cdns {
            release(cdn, at: time)
            cdn.share(at: time)
            giveUp(cdn, acceptedBefore: time - Self.mostAge)
        }
        let untold = untold
        log.note(
            UntoldPurges(
                first: untold.lazy.filter { $0.acceptedAt > time - Self.patienceOfOthers }.map(\.number).min(),
                requests: Set(untold.lazy.map(\.request))))
    }

    /// Finds what was entered since the last time.
    private func scan(at time: Int64) {
        let (newest, others) = (log.newestNumber, standIns())
        let (isDue, isFirst) = rounds.withLock { rounds in
            let isFirst = rounds.scanned == nil
            rounds.sinceScan += 1
            let isNews = rounds.scanned != newest || rounds.others != Set(others.keys)
            guard isNews || rounds.sinceScan >= Self.roundsBetweenScans else { return (false, false) }
            (rounds.scanned, rounds.sinceScan, rounds.others) = (newest, 0, Set(others.keys))
            return (true, isFirst)
        }
        guard isDue else { return }
        let rules = log.entered(since: time - Self.mostAge, andIn: others)
        // Merged ones that were there before this process may stand for what nobody was told of.
        for rule in rules where isFirst || !rule.isMerged {
            for (place, prefixes) in prefixes(meantBy: rule) {
                let job = CDNQueue.Job(
                    request: rule.requestID, account: rule.account, number: rule.number, acceptedAt: rule.acceptedAt,
                    prefixes: prefixes)
                if cdns[place].inspect({ !$0.knows(job.request) || $0.isUntold(job.request) }) {
                    cdns[place].change { $0.add(job) }
                }
            }
        }
        let present = Set(rules.map(\.requestID))
        for cdn in cdns where cdn.inspect({ $0.count > present.count }) { cdn.change { $0.forget(except: present) } }
    }

    /// By the place of the CDN.
    private func prefixes(meantBy rule: PurgeRule) -> [Int: [CDNPrefix]] {
        var found: [Int: [CDNPrefix]] = [:]
        for (endpoint, cdn) in endpoints where endpoint.account == rule.account {
            let prefixes = endpoint.prefixes(meantBy: rule.target)
            if !prefixes.isEmpty { found[cdn, default: []] += prefixes }
        }
        return found
    }

    private func release(_ cdn: FrontedCDN, at time: Int64) {
        for job in cdn.inspect({ $0.held }) {
            let account = job.account
            let isOld = time - job.acceptedAt >= Self.patience
            let state = purges.state(of: job.request, account: account)
            // A purge that is not known under its id any more has been in force for long.
            if state == .completed || (state == nil && isOld) {
                cdn.change { $0.release(job.request) }
            } else if job.isWaiting, isOld,
                log.state(of: job.request, account: account) == .completed
            {
                cdn.change { $0.release(job.request, isEarly: true) }
            }
        }
    }

    private func giveUp(_ cdn: FrontedCDN, acceptedBefore time: Int64) {
        let givenUp =
            cdn.inspect { $0.hasAny(acceptedBefore: time) } ? cdn.change { $0.forget(acceptedBefore: time) } : []
        guard !givenUp.isEmpty else { return }
        metrics.add(.cdnPurges(.givenUp), givenUp.count)
        rounds.withLock { rounds in
            for job in givenUp where rounds.givenUp.count < Self.mostGivenUp { rounds.givenUp.insert(job.request) }
        }
        for job in givenUp {
            logger.error(
                "the CDN was never told of a purge", metadata: ["cdn": "\(cdn.caller.name)", "purge": "\(job.request)"])
        }
    }
}
