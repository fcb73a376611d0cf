import Deadlines
import Purging
import Redis
import RedisFixture
import Storage

/// The purge log of one worker, with its events and a clock that tests move. Nothing runs by itself unless started.
final class Worker: Sendable {
    private struct State {
        var events: [PurgeEvent] = []
        var ahead: Duration = .zero
        var wallAhead: Int64 = 0
    }

    let log: PurgeLog
    private let state: Monitor<State>

    static let edgeAge = Duration.seconds(10)
    static let maxAge = Duration.seconds(100 * 86_400)

    init(
        redis: RedisServer? = nil, store: (any Store)? = nil, replyBytes: Int = 1 << 20,
        _ adjust: (inout PurgeSettings) -> Void = { _ in }
    ) {
        let state = Monitor(State())
        var settings = PurgeSettings(edgeAge: Self.edgeAge, maxAge: Self.maxAge)
        settings.now = { Deadline.now.later(by: state.withLock { $0.ahead }) }
        settings.unixSeconds = { WallClock.unixSeconds + state.withLock { $0.wallAhead } }
        // Every synchronisation looks everywhere, however long the last one took.
        settings.quickLook = .seconds(3600)
        settings.storeInterval = .zero
        settings.awayInterval = .zero
        settings.idleInterval = .zero
        adjust(&settings)
        self.state = state
        let limits = ConnectionPool.Limits(
            timeout: .milliseconds(500), replyBytes: replyBytes,
            breaker: .init(firstHoldOff: .milliseconds(1), longestHoldOff: .milliseconds(2)))
        log = PurgeLog(
            settings, redis: redis.map { ConnectionPool(to: $0.address, limits: limits) }, store: store,
            observer: { event in state.withLock { $0.events.append(event) } })
    }

    var events: [PurgeEvent] { state.withLock { $0.events } }

    func advance(_ time: Duration) { state.withLock { $0.ahead += time } }
    func jump(days: Int64) { state.withLock { $0.wallAhead += days * 86_400 } }

    func accept(
        _ target: PurgeTarget, account: String = "demo", within time: Duration = .seconds(10)
    ) throws(PurgeError) -> String {
        try log.accept(account: account, target: target, deadline: Deadline(in: time))
    }

    func newest(_ path: String, account: String = "demo") -> UInt64 {
        log.current.newest(matching: PurgeSubject(account: account, path: path))
    }

    /// Synchronises until something holds; for what a breaker or another worker delays.
    func settles(_ condition: () -> Bool) -> Bool {
        eventually {
            log.synchronise()
            return condition()
        }
    }
}
