import CHiredis
import Memory

/// One reply, which owns its bytes: a bulk string is lent as it lies in hiredis' memory, without a copy.
///
/// `@unchecked Sendable`: nothing changes the reply between `init` and `deinit`.
package final class Reply: Blob, @unchecked Sendable {
    package enum Kind: Hashable, Sendable {
        /// A bulk string: the reply itself is the `Blob`.
        case bytes
        /// A short line such as `OK`.
        case status
        case integer(Int64)
        /// There is no such key.
        case null
        case array
    }

    package let kind: Kind
    private let reply: UnsafeMutablePointer<redisReply>

    /// Owns `raw` from here on, also when it throws: `refused` for an error reply.
    init(adopting raw: UnsafeMutableRawPointer) throws(RedisError) {
        reply = raw.assumingMemoryBound(to: redisReply.self)
        switch reply.pointee.type {
        case REDIS_REPLY_STRING: kind = .bytes
        case REDIS_REPLY_STATUS: kind = .status
        case REDIS_REPLY_INTEGER: kind = .integer(reply.pointee.integer)
        case REDIS_REPLY_NIL: kind = .null
        case REDIS_REPLY_ARRAY: kind = .array
        default:
            let line = Reply.line(of: reply.pointee)
            freeReplyObject(raw)
            throw .refused(ServerError(line: line))
        }
    }

    deinit {
        freeReplyObject(reply)
    }

    /// Length in bytes; 0 for what is neither a bulk string nor a status.
    package var count: Int {
        kind == .bytes || kind == .status ? reply.pointee.len : 0
    }

    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = UnsafeRawBufferPointer(start: reply.pointee.str, count: count)
        return try body(bytes.bytes)
    }

    /// Whether this is the plain `OK` of a command that did what it was asked.
    package var isOK: Bool {
        kind == .status && copied == [UInt8](ascii: "OK")
    }

    private static func line(of reply: redisReply) -> String {
        let bytes = UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
        return String(decoding: bytes.prefix(ServerError.longestMessage), as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate init(ascii text: StaticString) {
        self = text.withUTF8Buffer { Array($0) }
    }
}
