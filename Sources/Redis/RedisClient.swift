package import Deadlines

/// The Redis of a region, whatever number of servers it is: one, a primary that sentinels watch, or a cluster.
///
/// Calls block, are safe from any thread, and end by the deadline or the client's own time limit, whichever is sooner. A
/// server that is away costs at most a few milliseconds, and nothing while the breaker is open.
package protocol RedisClient: Sendable {
    /// The most bytes of one reply.
    var replyBytes: Int { get }

    /// Sends one command to the server that owns `key`, the only key that it touches, and waits for its reply.
    ///
    /// - Parameter kinds: what the command can answer; anything else is `unexpectedReply` and counts as the server's
    ///   failure, because something that is no Redis may well speak its protocol.
    func call(
        _ command: Command, on key: String, until deadline: Deadline, expecting kinds: Reply.Kinds
    ) throws(RedisError) -> Reply
}
