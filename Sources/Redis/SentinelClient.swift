package import Deadlines

/// The primary that sentinels watch, whichever server that is at the moment.
///
/// A call goes to the primary found last. When calls fail in a way that a fail-over brings about, the sentinels are
/// asked again behind the callers' back; as long as they name no primary that can be reached, every call is
/// `unavailable` at once.
package final class SentinelClient: RedisClient {
    private let limits: ConnectionPool.Limits
    private let discovery: Discovery<SentinelSearch.Finding>

    init(_ search: SentinelSearch) {
        limits = search.limits
        discovery = Discovery(SentinelSearch.Finding(), patience: limits.timeout, look: search.look)
    }

    package var replyBytes: Int { limits.replyBytes }

    package func call(
        _ command: Command,
        on key: String,
        until deadline: Deadline,
        expecting kinds: Reply.Kinds
    ) throws(RedisError) -> Reply {
        let limit = deadline.capped(to: limits.timeout)
        let (primary, hasWaited) = discovery.read(until: limit) { $0.primary }
        guard let primary else {
            discovery.lookAgain()
            throw .unavailable
        }
        do {
            return try primary.call(command, on: key, until: hasWaited ? limit : deadline, expecting: kinds)
        } catch {
            if error.mayMeanFailover { discovery.lookAgain() }
            throw error
        }
    }
}
