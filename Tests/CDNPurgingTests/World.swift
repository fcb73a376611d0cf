import CDNPurging
import Deadlines
import Logging
import Metrics
import Processes
import Purging
import Redis
import RedisFixture

/// A purge log of the test's own.
final class ScriptedLog: EnteredPurges {
    struct State {
        var rules: [PurgeRule] = []
        /// Which this region obeys.
        var obeyed: Set<String> = []
        var untold = UntoldPurges()
        /// Merged rules, of which nobody is told how far they are.
        var merged: Set<String> = []
    }

    let state = Monitor(State())

    /// - Parameters:
    ///   - target: a path's originals where it is left out.
    ///   - source: where it was entered, if not here.
    func enter(
        _ id: String, _ path: String = "", target: PurgeTarget? = nil, at time: Int64, account: String = "demo",
        isMerged: Bool = false, source: PurgeRule.Source? = nil
    ) {
        state.withLock { state in
            let rule = PurgeRule(
                requestID: id, account: account, target: target ?? .path(path), acceptedAt: time,
                number: UInt64(state.rules.count) + 1, isMerged: isMerged, source: source)
            state.rules.append(rule)
            if isMerged { state.merged.insert(id) }
        }
    }

    func obey(_ id: String) { state.withLock { _ = $0.obeyed.insert(id) } }

    var untold: UntoldPurges { state.withLock { $0.untold } }

    var newestNumber: UInt64 { state.withLock { UInt64($0.rules.count) } }

    func entered(since time: Int64, andIn others: [String: UInt64]) -> [PurgeRule] {
        state.withLock { state in
            state.rules.filter { rule in
                let isWanted = rule.source.map { $0.number > others[$0.region] ?? .max } ?? true
                return isWanted && rule.acceptedAt >= time
            }
        }
    }

    func note(_ untold: UntoldPurges) { state.withLock { $0.untold = untold } }

    func accept(account: String, target: PurgeTarget, deadline: Deadline) throws(PurgeError) -> String {
        throw .noPlace
    }

    func state(of requestID: String, account: String) -> PurgeState? {
        state.withLock { state in
            guard state.rules.contains(where: { $0.requestID == requestID && $0.account == account }),
                !state.merged.contains(requestID)
            else { return nil }
            return state.obeyed.contains(requestID) ? .completed : .pending
        }
    }
}

/// All regions as one sees them: the log's own purges, as far as the others obey them too.
struct AllRegions: Purges {
    let log: ScriptedLog
    let areBehind: Monitor<Bool>

    func accept(account: String, target: PurgeTarget, deadline: Deadline) throws(PurgeError) -> String {
        try log.accept(account: account, target: target, deadline: deadline)
    }

    func state(of requestID: String, account: String) -> PurgeState? {
        let state = log.state(of: requestID, account: account)
        return areBehind.withLock { $0 } && state == .completed ? .pending : state
    }
}

/// A CDN that does as it is told by the test.
final class ScriptedCDN: CDNCalling {
    struct State {
        var paths: [String] = []
        var failure: CDNError?
        var isHanging = false
        var calls = 0
    }

    let state = Monitor(State())
    let name: String
    let mostPrefixes = 50

    init(_ name: String = "scripted") { self.name = name }

    var paths: [String] { state.withLock { $0.paths } }

    func calls(for prefixes: [CDNPrefix], tellings: [String]) -> [CDNCall] {
        [.invalidation(paths: prefixes.map(\.path), reference: "")]
    }

    func send(_ call: CDNCall, until deadline: Deadline) throws(CDNError) -> CDNProgress {
        guard case .invalidation(let paths, _) = call else { throw .malformed }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        state.withLock { $0.calls += 1 }
        _ = state.wait(until: deadline) { $0.isHanging ? nil : true }
        state.update { $0.paths += paths }
        return .done
    }

    func look(after name: String, until deadline: Deadline) throws(CDNError) -> CDNProgress { .done }
}

/// A worker's part of the purges, with CDNs in front.
final class Worker: Sendable {
    let purges: PurgesOfCDNs
    let metrics = Metrics()

    init(
        _ log: ScriptedLog, _ cdn: ScriptedCDN, redis: RedisServer? = nil, all: (any Purges)? = nil,
        standIns: Monitor<[String: UInt64]> = Monitor([:])
    ) {
        let client = redis.map {
            ConnectionPool(to: $0.address, limits: .init(timeout: .milliseconds(500), replyBytes: 65_536))
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let fronted = FrontedCDN(
            cdn, marks: client.map { CDNMarks($0, name: cdn.name) }, metrics: metrics, logger: logger)
        let endpoint = FrontedEndpoint(
            account: "demo", prefix: "", origins: [], hosts: [], sharedHost: "img.example")
        purges = PurgesOfCDNs(
            endpoints: [(endpoint, 0)], cdns: [fronted], purges: all ?? log, log: log, metrics: metrics, logger: logger
        ) { standIns.withLock { $0 } }
    }

    /// Runs it for the length of `body`.
    func running(_ body: () throws -> Void) throws {
        let thread = try purges.start()
        defer {
            purges.stop(until: Deadline(in: .seconds(20)))
            thread.join()
        }
        try body()
    }
}
