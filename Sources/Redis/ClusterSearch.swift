import Deadlines

/// Finds out which nodes a cluster has and which slots are theirs.
struct ClusterSearch: Sendable {
    let limits: ConnectionPool.Limits
    private let seeds: [RedisAddress.Place]
    private let login: RedisLogin
    private let observer: RedisEvent.Observer
    private let endpoints = Endpoints()

    /// The most bytes of the answer to `CLUSTER SLOTS`: the slots of every other kind spread one by one over nodes with
    /// two replicas take about 5 MB.
    private static let answerBytes = 8 << 20

    init(
        seeds: [RedisAddress.Place],
        login: RedisLogin,
        limits: ConnectionPool.Limits,
        observer: @escaping RedisEvent.Observer
    ) {
        self.seeds = seeds
        self.login = RedisLogin(user: login.user, password: login.password)
        self.limits = limits
        self.observer = observer
    }

    /// Asks the known nodes and the seeds, beginning anywhere, and believes the first that says something. One that is
    /// cut off and has wrong ideas is not the first for long.
    func look(_ known: ClusterNodes) -> ClusterNodes? {
        let end = Deadline(in: DiscoveryPace.lookTime)
        let candidates = known.slots.nodes + seeds.filter { !known.slots.nodes.contains($0) }
        let first = candidates.indices.randomElement() ?? 0
        var reason = RedisError.unavailable
        for place in candidates[first...] + candidates[..<first] where !end.hasPassed {
            do {
                let slots = try slots(accordingTo: place, until: end)
                return news(slots, known)
            } catch {
                reason = error
            }
        }
        if known.reason == reason { return nil }
        observer(.slotsNotFound(reason))
        var unchanged = known
        unchanged.reason = reason
        return unchanged
    }

    private func slots(accordingTo place: RedisAddress.Place, until end: Deadline) throws(RedisError) -> SlotMap {
        let limit = end.capped(to: DiscoveryPace.stepTime)
        let endpoint = endpoints.endpoint(login.address(of: place))
        let connection = try Connection(to: endpoint, replyBytes: ClusterSearch.answerBytes, until: limit)
        let reply = try connection.call(Command("CLUSTER", "SLOTS"), until: limit, expecting: .array)
        guard let slots = SlotMap(reading: reply.values, from: place) else { throw .unexpectedReply }
        return slots
    }

    private func news(_ slots: SlotMap, _ known: ClusterNodes) -> ClusterNodes? {
        if slots == known.slots {
            guard known.reason != nil else { return nil }
        }
        observer(.slotsFound(nodes: slots.nodes.count))
        return known.replaced(by: slots) { pool(of: $0, among: slots.nodes.count) }
    }

    /// The connections to a node that was not known before.
    func pool(of place: RedisAddress.Place, among nodes: Int) -> ConnectionPool {
        ConnectionPool(to: login.address(of: place), limits: limits.shared(among: nodes), reportingTo: observer)
    }
}
