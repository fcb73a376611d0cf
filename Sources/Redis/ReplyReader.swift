import CHiredis
import Deadlines

/// Takes the replies of one connection in, one to each command.
///
/// A bulk string, which every variant is, goes from the socket with one read and one copy into the memory that its
/// reply owns. hiredis parses everything else: it reads 16 KB at a time and would copy each byte three times.
final class ReplyReader {
    /// Whether more has arrived than the last reply: the next one would belong to another command.
    private(set) var isAhead = false

    private let descriptor: Int32
    private let replyBytes: Int
    private let parser: UnsafeMutablePointer<redisReader>
    private let inbox: UnsafeMutableRawBufferPointer

    /// What one read takes in at first; most variants fit.
    private static let inboxBytes = 64 * 1024
    /// How much of an emptied buffer hiredis keeps for the next reply.
    private static let keptBufferBytes = 16 * 1024
    /// A bulk string is followed by this.
    private static let lineEnd: (UInt8, UInt8) = (0x0D, 0x0A)

    /// - Parameters:
    ///   - descriptor: a connected socket, which must stay open as long as the reader.
    ///   - replyBytes: the most that a reply may hold.
    init(_ descriptor: Int32, replyBytes: Int) throws(RedisError) {
        guard let functions = ReplyObjects.functions, let parser = redisReaderCreate() else { throw .outOfMemory }
        parser.pointee.fn = functions
        parser.pointee.maxbuf = Self.keptBufferBytes
        self.descriptor = descriptor
        self.replyBytes = replyBytes
        self.parser = parser
        inbox = .allocate(byteCount: Self.inboxBytes, alignment: 1)
    }

    deinit {
        redisReaderFree(parser)
        inbox.deallocate()
    }

    /// Waits for the next reply.
    ///
    /// - Throws: `refused` for an error reply, after which the next one can be read. After any other error the
    ///   connection is of no use.
    func next(until deadline: Deadline) throws(RedisError) -> Reply {
        let arrived = UnsafeRawBufferPointer(rebasing: inbox[..<(try receive(into: inbox, until: deadline))])
        guard let header = BulkHeader(arrived) else { return try parsed(from: arrived, until: deadline) }
        return try bulk(header, begunWith: arrived[header.byteCount...], until: deadline)
    }

    /// A value that is announced as longer than allowed is not read at all.
    private func bulk(
        _ header: BulkHeader, begunWith beginning: UnsafeRawBufferPointer.SubSequence, until deadline: Deadline
    ) throws(RedisError) -> Reply {
        guard header.valueBytes <= replyBytes else { throw .replyTooLarge }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: header.valueBytes + 2, alignment: 1)
        let reply = Reply(owning: bytes, count: header.valueBytes)
        var count = min(beginning.count, bytes.count)
        bytes.copyBytes(from: beginning.prefix(count))
        isAhead = beginning.count > count
        while count < bytes.count {
            count += try receive(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]), until: deadline)
        }
        guard (bytes[count - 2], bytes[count - 1]) == Self.lineEnd else { throw .notRedis }
        return reply
    }

    private func parsed(from beginning: UnsafeRawBufferPointer, until deadline: Deadline) throws(RedisError) -> Reply {
        var arrived = beginning
        // Counted here, because hiredis forgets what it has taken in of an unfinished array.
        var received = arrived.count
        while true {
            guard redisReaderFeed(parser, arrived.baseAddress, arrived.count) == REDIS_OK else { throw .outOfMemory }
            var reply: UnsafeMutableRawPointer?
            guard redisReaderGetReply(parser, &reply) == REDIS_OK else {
                throw parser.pointee.err == REDIS_ERR_OOM ? .outOfMemory : .notRedis
            }
            if let reply {
                isAhead = parser.pointee.len > parser.pointee.pos
                return try Reply(adopting: reply)
            }
            guard received <= replyBytes else { throw .replyTooLarge }
            arrived = UnsafeRawBufferPointer(rebasing: inbox[..<(try receive(into: inbox, until: deadline))])
            received += arrived.count
        }
    }

    private func receive(
        into buffer: UnsafeMutableRawBufferPointer, until deadline: Deadline
    ) throws(RedisError) -> Int {
        let count = try Socket.receive(descriptor, into: buffer, until: deadline)
        guard count > 0 else { throw .closed }
        return count
    }
}

/// The line that announces a bulk string: `$`, its length, the line's end.
private struct BulkHeader {
    /// Length of the line.
    let byteCount: Int
    let valueBytes: Int

    /// So that the length cannot overflow.
    private static let mostDigits = 15

    /// `nil` where something else begins, where the line is not whole, and for `$-1`, which means that there is none.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.first == UInt8(ascii: "$") else { return nil }
        let digits = bytes.dropFirst().prefix(Self.mostDigits).prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard
            !digits.isEmpty, digits.endIndex + 1 < bytes.count,
            bytes[digits.endIndex] == 0x0D, bytes[digits.endIndex + 1] == 0x0A
        else { return nil }
        valueBytes = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        byteCount = digits.endIndex + 2
    }
}
