package import Deadlines

/// A cluster: each key's command goes to the node that owns the key's slot, over the connections of that node alone, so
/// that a dead node costs the keys of others nothing.
///
/// The slots are read behind the callers' back, at first and whenever something tells that they have changed; a node
/// that says where a slot has gone is believed at once.
package final class ClusterClient: RedisClient {
    private let search: ClusterSearch
    private let discovery: Discovery<ClusterNodes>

    /// How many times one command is sent on.
    package static let mostRedirections = 3

    /// A command on its way to its node.
    private struct Journey {
        let command: Command
        let slot: Int
        let kinds: Reply.Kinds
        /// By when it is to end wherever it ends.
        let limit: Deadline
        var pool: ConnectionPool
        /// Whether the node has to be told that it is asked for a slot that is only on its way there.
        var isAsking = false
    }

    init(_ search: ClusterSearch) {
        self.search = search
        discovery = Discovery(ClusterNodes(), patience: search.limits.timeout, look: search.look)
    }

    package var replyBytes: Int { search.limits.replyBytes }

    package func call(
        _ command: Command,
        on key: String,
        until deadline: Deadline,
        expecting kinds: Reply.Kinds
    ) throws(RedisError) -> Reply {
        let slot = KeySlot.slot(of: key)
        let limit = deadline.capped(to: search.limits.timeout)
        let (owner, hasWaited) = discovery.read(until: limit) { $0.owner(of: slot) }
        guard let owner else {
            discovery.lookAgain()
            throw .unavailable
        }
        var journey = Journey(command: command, slot: slot, kinds: kinds, limit: limit, pool: owner)
        do {
            // The pool sets the same limit itself; what it sets itself, it holds against its server.
            return try go(&journey, until: hasWaited ? limit : deadline)
        } catch {
            if error.mayMeanFailover { discovery.lookAgain() }
            throw error
        }
    }

    private func go(_ journey: inout Journey, until deadline: Deadline) throws(RedisError) -> Reply {
        var deadline = deadline
        for _ in 0..<ClusterClient.mostRedirections {
            do {
                return try send(journey, until: deadline)
            } catch .refused(let error) {
                guard redirect(&journey, error) else { throw .refused(error) }
                deadline = journey.limit
            }
        }
        return try send(journey, until: deadline)
    }

    private func send(_ journey: Journey, until deadline: Deadline) throws(RedisError) -> Reply {
        try journey.pool.withConnection(until: deadline) { (connection, limit) throws(RedisError) in
            if journey.isAsking {
                guard try connection.call(Command("ASKING"), until: limit).isOK else { throw .unexpectedReply }
            }
            return try connection.call(journey.command, until: limit, expecting: journey.kinds)
        }
    }

    /// Turns to the node that an error names; false where it names none.
    private func redirect(_ journey: inout Journey, _ error: ServerError) -> Bool {
        guard let redirection = Redirection(error, from: journey.pool.address.place) else { return false }
        let slot = journey.slot
        let follow = { [search] (nodes: inout ClusterNodes) in
            let count = nodes.slots.nodes.count
            return nodes.follow(redirection, for: slot) { search.pool(of: $0, among: count) }
        }
        let isAsking = redirection.reason == .ask
        guard let pool = isAsking ? discovery.amend(follow) : discovery.correct(follow) else { return false }
        journey.pool = pool
        journey.isAsking = isAsking
        return true
    }
}
