import Deadlines

/// Finds the primary that sentinels watch, as Redis' guidelines for Sentinel clients have it: ask the sentinels in
/// turn, believe the first that knows one, and check with `ROLE` that it is one.
struct SentinelSearch: Sendable {
    /// What is known of the primary.
    struct Finding: Sendable {
        /// `nil`: there is none that can be reached.
        var primary: ConnectionPool?
        /// Where it was last, which is worth a look when no sentinel can be asked.
        var lastAddress: RedisAddress?
        /// Which sentinel to ask first: the one that knew last.
        var first = 0
        /// Why there is no primary; `nil` as long as nobody has looked.
        var reason: RedisError?
    }

    let limits: ConnectionPool.Limits
    private let sentinels: [Endpoint]
    private let primaries = Endpoints()
    private let master: String
    private let login: RedisLogin
    private let observer: RedisEvent.Observer

    /// The answer is two short strings.
    private static let answerBytes = 64 * 1024

    init(
        sentinels: [RedisAddress],
        master: String,
        login: RedisLogin,
        limits: ConnectionPool.Limits,
        observer: @escaping RedisEvent.Observer
    ) {
        self.sentinels = sentinels.map { Endpoint($0) }
        self.master = master
        self.login = login
        self.limits = limits
        self.observer = observer
    }

    func look(_ known: Finding) -> Finding? {
        let end = Deadline(in: DiscoveryPace.lookTime)
        var isNamed = false
        var reason = RedisError.unavailable
        for offset in sentinels.indices where !end.hasPassed {
            let index = (known.first + offset) % sentinels.count
            do {
                let address = try primary(accordingTo: sentinels[index], until: end)
                isNamed = true
                try verify(address, until: end)
                return news(address, index, known)
            } catch {
                reason = error
            }
        }
        // Sentinels that are away take no working primary with them.
        if !isNamed, let last = known.lastAddress, isPrimary(last) { return news(last, known.first, known) }
        if known.primary == nil, known.reason == reason { return nil }
        observer(.primaryLost(reason))
        return Finding(lastAddress: known.lastAddress, first: known.first, reason: reason)
    }

    private func isPrimary(_ address: RedisAddress) -> Bool {
        (try? verify(address, until: Deadline(in: DiscoveryPace.stepTime))) != nil
    }

    /// A primary that stays keeps its pool, and with it what the pool's breaker has learned.
    private func news(_ address: RedisAddress, _ index: Int, _ known: Finding) -> Finding? {
        if let pool = known.primary, pool.address == address {
            return index == known.first ? nil : Finding(primary: pool, lastAddress: address, first: index)
        }
        observer(.primaryFound(address))
        let pool = ConnectionPool(to: address, mustBePrimary: true, limits: limits, reportingTo: observer)
        return Finding(primary: pool, lastAddress: address, first: index)
    }

    private func primary(
        accordingTo sentinel: Endpoint,
        until end: Deadline
    ) throws(RedisError) -> RedisAddress {
        let limit = end.capped(to: DiscoveryPace.stepTime)
        let connection = try Connection(to: sentinel, replyBytes: SentinelSearch.answerBytes, until: limit)
        let question = Command("SENTINEL", "get-master-addr-by-name", .text(master))
        let reply = try connection.call(question, until: limit, expecting: [.array, .null])
        guard reply.kind == .array else { throw .unknownMaster }
        let answer = reply.values
        guard
            answer.count == 2, let host = answer[0].text, !host.isEmpty,
            let number = answer[1].text, let port = UInt16(number), port > 0
        else { throw .unexpectedReply }
        return login.address(of: .tcp(host: host, port: port))
    }

    private func verify(_ address: RedisAddress, until end: Deadline) throws(RedisError) {
        _ = try Connection(
            to: primaries.endpoint(address, mustBePrimary: true), replyBytes: SentinelSearch.answerBytes,
            until: end.capped(to: DiscoveryPace.stepTime))
    }
}
