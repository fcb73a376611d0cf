package import Deadlines

/// What happened to the servers behind a client, for the log: told once when it changes, not with every call.
package enum RedisEvent: Hashable, Sendable, CustomStringConvertible {
    /// A server is given up for a while, with the reason, or is back.
    case server(RedisAddress, Breaker.Change, RedisError?)
    /// The primary that sentinels name now has been reached.
    case primaryFound(RedisAddress)
    /// No sentinel names a primary that can be reached. The reason is that of the last one asked.
    case primaryLost(RedisError)
    /// The cluster's slots are spread over this many nodes, in another way than before.
    case slotsFound(nodes: Int)
    /// No node of the cluster says where its slots are; what was known stays in use. The reason is that of the last
    /// one asked.
    case slotsNotFound(RedisError)

    /// Called on the thread that met it. Must be quick.
    package typealias Observer = @Sendable (RedisEvent) -> Void

    /// Without secrets.
    package var description: String {
        switch self {
        case .server(let address, .opened(let holdOff), let error):
            "\(address) is left alone for \(holdOff): \(error.map { "\($0)" } ?? "no reason")"
        case .server(let address, .closed, _): "\(address) is back"
        case .primaryFound(let address): "the primary is \(address)"
        case .primaryLost(let error): "no primary: \(error)"
        case .slotsFound(let nodes): "the slots are spread over \(nodes) nodes"
        case .slotsNotFound(let error): "no node says where the slots are: \(error)"
        }
    }
}
