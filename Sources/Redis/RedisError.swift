/// Why a command has no answer. For a cache every case means the same, a miss; the difference is for logs and counters.
package enum RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Stage: String, Hashable, Sendable {
        case lookup, connect, send, receive
    }

    /// The breaker is open: the server failed a moment ago and nobody asked it this time.
    case unavailable
    /// All connections were lent until the time was up.
    case crowded
    /// The host name has no address; the code is that of `getaddrinfo(3)`.
    case unknownHost(code: Int32)
    /// A system call failed.
    case failed(Stage, errno: Int32)
    case timedOut(Stage)
    /// The server closed the connection.
    case closed
    /// Something answers there that does not speak Redis' protocol.
    case notRedis
    /// A reply of another kind than the command has.
    case unexpectedReply
    /// A reply longer than `ConnectionPool.Limits.replyBytes`.
    case replyTooLarge
    /// No memory for a command or a reply, or a reply with more than `ReplyObjects.mostElements` elements.
    case outOfMemory
    /// The server that was the primary is a replica now, or follows one that it has lost.
    case notPrimary
    /// The sentinels watch no master of the configured name.
    case unknownMaster
    /// The server is alive and answered with an error.
    case refused(ServerError)

    /// Whether the connection can carry another command after this.
    var leavesConnectionUsable: Bool {
        if case .refused(let error) = self { return !error.dooms }
        return false
    }

    /// Whether another server may have taken this one's place, so that it is time to look.
    var mayMeanFailover: Bool {
        switch self {
        case .crowded, .replyTooLarge, .outOfMemory: false
        case .refused(let error): [.readOnly, .masterDown, .loading, .clusterDown].contains(error.code)
        default: true
        }
    }

    package var description: String {
        switch self {
        case .unavailable: "not asked, it failed a moment ago"
        case .crowded: "no free connection in time"
        case .unknownHost(let code): "host name not found (\(code))"
        case .failed(let stage, let errno): "\(stage.rawValue) failed (errno \(errno))"
        case .timedOut(let stage): "out of time (\(stage.rawValue))"
        case .closed: "connection closed by the server"
        case .notRedis: "the answer is not Redis' protocol"
        case .unexpectedReply: "a reply of an unexpected kind"
        case .replyTooLarge: "a reply above the size limit"
        case .outOfMemory: "no memory"
        case .notPrimary: "the server is no primary"
        case .unknownMaster: "no master of that name"
        case .refused(let error): error.description
        }
    }
}
