import CHiredis
package import Deadlines
import Glibc

/// One signed-in connection, used by one thread at a time.
///
/// hiredis writes the commands and reads the replies; waiting is done here. Its own blocking mode would restart the
/// time limit with every read (a dripping server could hold a slot for minutes), look names up without any limit, and
/// leave sockets open in child processes. Writing to a closed connection raises SIGPIPE, which the process must ignore.
package final class Connection {
    /// Whether another command can be sent. False after any failure of the connection, for good.
    package private(set) var isUsable = true

    private let context: UnsafeMutablePointer<redisContext>
    private let replyBytes: Int
    private let mustBePrimary: Bool

    /// How much hiredis reads at once (`redisBufferRead` of 0.14).
    private static let readBytes = 16 * 1024
    /// How much of an emptied read buffer is kept for the next reply; most variants fit.
    private static let keptBufferBytes = 64 * 1024

    /// Connects, signs in and selects the database, all by the deadline.
    ///
    /// - Parameter replyBytes: the most that a reply may hold; a server that sends more is hung up on.
    package init(to endpoint: Endpoint, replyBytes: Int, until deadline: Deadline) throws(RedisError) {
        let descriptor = try Socket.connect(to: endpoint, until: deadline)
        guard let functions = ReplyObjects.functions, let context = redisConnectFd(descriptor) else {
            close(descriptor)
            throw .outOfMemory
        }
        context.pointee.flags &= ~REDIS_BLOCK
        context.pointee.reader.pointee.fn = functions
        context.pointee.reader.pointee.maxbuf = Connection.keptBufferBytes
        self.context = context
        self.replyBytes = replyBytes
        mustBePrimary = endpoint.mustBePrimary
        try signIn(to: endpoint.address, until: deadline)
        if mustBePrimary { try checkRole(until: deadline) }
    }

    deinit {
        redisFree(context)
    }

    private func signIn(to address: RedisAddress, until deadline: Deadline) throws(RedisError) {
        if let password = address.password {
            let command =
                address.user.map { Command("AUTH", .text($0), .text(password)) } ?? Command("AUTH", .text(password))
            guard try call(command, until: deadline).isOK else { throw .unexpectedReply }
        }
        if address.database != 0 {
            guard try call(Command("SELECT", .number(address.database)), until: deadline).isOK else {
                throw .unexpectedReply
            }
        }
    }

    private func checkRole(until deadline: Deadline) throws(RedisError) {
        do throws(RedisError) {
            let role = try call(Command("ROLE"), until: deadline, expecting: .array).values
            guard role.first?.text == "master" else { throw .notPrimary }
        } catch .refused(let error) where error.code == .forbidden {
            // A user who may not ask: a write will tell.
        }
    }

    /// Sends a command and waits for its reply, which has to be of one of the kinds: what answers anything else may be
    /// no Redis, and is not asked again on this connection.
    package func call(
        _ command: Command,
        until deadline: Deadline,
        expecting kinds: Reply.Kinds
    ) throws(RedisError) -> Reply {
        let reply = try call(command, until: deadline)
        guard kinds.includes(reply.kind) else {
            isUsable = false
            throw .unexpectedReply
        }
        return reply
    }

    /// Sends a command and waits for its reply. The deadline bounds the two together.
    ///
    /// - Throws: `refused` where the server answered with an error; the connection stays usable after most of those.
    package func call(_ command: Command, until deadline: Deadline) throws(RedisError) -> Reply {
        guard isUsable else { throw .closed }
        do {
            try send(command, until: deadline)
            let raw = try receive(until: deadline)
            // More than one answer to one question: the next answer would belong to another key.
            if unread > 0 { isUsable = false }
            return try Reply(adopting: raw)
        } catch {
            let error = mustBePrimary ? error.ofPrimary : error
            if !error.leavesConnectionUsable { isUsable = false }
            throw error
        }
    }

    /// Whether an idle connection is still open and in step. One system call.
    var isQuiet: Bool {
        isUsable && Socket.isQuiet(context.pointee.fd)
    }

    private var unread: Int {
        context.pointee.reader.pointee.len - context.pointee.reader.pointee.pos
    }

    private func send(_ command: Command, until deadline: Deadline) throws(RedisError) {
        let appended = command.withPointers { pointers, lengths in
            redisAppendCommandArgv(context, Int32(lengths.count), &pointers, lengths)
        }
        guard appended == REDIS_OK else { throw .outOfMemory }
        while true {
            var done: Int32 = 0
            guard redisBufferWrite(context, &done) == REDIS_OK else { throw failure(in: .send, errno: errno) }
            if done != 0 { return }
            try Socket.wait(context.pointee.fd, for: POLLOUT, .send, until: deadline)
        }
    }

    private func receive(until deadline: Deadline) throws(RedisError) -> UnsafeMutableRawPointer {
        // Counted here, because hiredis forgets what it has taken in of an unfinished array.
        var received = 0
        var moreIsLikely = false
        while true {
            var reply: UnsafeMutableRawPointer?
            guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw failure(in: .receive, errno: 0) }
            if let reply { return reply }
            let before = unread
            guard received <= replyBytes else { throw .replyTooLarge }
            if !moreIsLikely {
                try Socket.wait(context.pointee.fd, for: POLLIN, .receive, until: deadline)
            } else if deadline.hasPassed {
                throw .timedOut(.receive)
            }
            guard redisBufferRead(context) == REDIS_OK else { throw failure(in: .receive, errno: errno) }
            received += unread - before
            moreIsLikely = unread - before >= Connection.readBytes
        }
    }

    /// The one place that reads hiredis' error codes.
    private func failure(in stage: RedisError.Stage, errno code: Int32) -> RedisError {
        switch context.pointee.err {
        case REDIS_ERR_EOF: .closed
        case REDIS_ERR_IO where code == EPIPE || code == ECONNRESET: .closed
        case REDIS_ERR_IO: .failed(stage, errno: code)
        case REDIS_ERR_OOM: .outOfMemory
        default: .notRedis
        }
    }
}

extension RedisError {
    /// What an error means where only a primary was to be asked.
    fileprivate var ofPrimary: RedisError {
        if case .refused(let error) = self, error.isOfReplica { return .notPrimary }
        return self
    }
}
