package import Deadlines
import Glibc

/// One signed-in connection, used by one thread at a time.
///
/// hiredis only parses. Its own blocking mode would restart the time limit with every read (a dripping server could hold
/// a slot for minutes), look names up without any limit, and leave sockets open in child processes.
package final class Connection {
    /// Whether another command can be sent. False after any failure of the connection, for good.
    package private(set) var isUsable = true

    private let descriptor: Int32
    private let reader: ReplyReader
    private let mustBePrimary: Bool

    /// Connects, signs in and selects the database, all by the deadline.
    ///
    /// - Parameter replyBytes: the most that a reply may hold; a server that sends more is hung up on.
    package init(to endpoint: Endpoint, replyBytes: Int, until deadline: Deadline) throws(RedisError) {
        let descriptor = try Socket.connect(to: endpoint, until: deadline)
        do throws(RedisError) {
            reader = try ReplyReader(descriptor, replyBytes: replyBytes)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        mustBePrimary = endpoint.mustBePrimary
        try signIn(to: endpoint.address, until: deadline)
        if mustBePrimary { try checkRole(until: deadline) }
    }

    deinit {
        close(descriptor)
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
            try Socket.send(command.encoded, over: descriptor, until: deadline)
            let reply = try reader.next(until: deadline)
            // More than one answer to one question: the next answer would belong to another key.
            if reader.isAhead { isUsable = false }
            return reply
        } catch {
            let error = mustBePrimary ? error.ofPrimary : error
            if reader.isAhead || !error.leavesConnectionUsable { isUsable = false }
            throw error
        }
    }

    /// Whether an idle connection is still open and in step. One system call.
    var isQuiet: Bool {
        isUsable && Socket.isQuiet(descriptor)
    }
}

extension RedisError {
    /// What an error means where only a primary was to be asked.
    fileprivate var ofPrimary: RedisError {
        if case .refused(let error) = self, error.isOfReplica { return .notPrimary }
        return self
    }
}
