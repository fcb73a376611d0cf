import CHiredis
import Memory

/// One reply, which owns its bytes: a bulk string is lent as it was read, without a copy.
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
        /// The elements are the reply's `values`.
        case array

        /// The kind as a set.
        fileprivate var alone: Kinds {
            switch self {
            case .bytes: .bytes
            case .status: .status
            case .integer: .integer
            case .null: .null
            case .array: .array
            }
        }
    }

    /// Kinds without their values, to say which ones a command can answer.
    package struct Kinds: OptionSet, Sendable {
        package let rawValue: Int

        package init(rawValue: Int) {
            self.rawValue = rawValue
        }

        package static let bytes = Kinds(rawValue: 1)
        package static let status = Kinds(rawValue: 2)
        package static let integer = Kinds(rawValue: 4)
        package static let null = Kinds(rawValue: 8)
        package static let array = Kinds(rawValue: 16)

        func includes(_ kind: Kind) -> Bool {
            contains(kind.alone)
        }
    }

    private enum Allocation {
        case own(UnsafeMutableRawBufferPointer)
        case hiredis(UnsafeMutablePointer<redisReply>)
    }

    package let kind: Kind
    private let allocation: Allocation
    /// Of a bulk string or a status.
    private let bytes: UnsafeRawBufferPointer

    /// A bulk string: the first bytes of `buffer`, which it frees in the end.
    init(owning buffer: UnsafeMutableRawBufferPointer, count: Int) {
        kind = .bytes
        allocation = .own(buffer)
        bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    /// Owns `raw` from here on, also when it throws: `refused` for an error reply.
    init(adopting raw: UnsafeMutableRawPointer) throws(RedisError) {
        let reply = raw.assumingMemoryBound(to: redisReply.self)
        switch reply.pointee.type {
        case REDIS_REPLY_STRING: kind = .bytes
        case REDIS_REPLY_STATUS: kind = .status
        case REDIS_REPLY_INTEGER: kind = .integer(reply.pointee.integer)
        case REDIS_REPLY_NIL: kind = .null
        case REDIS_REPLY_ARRAY: kind = .array
        default:
            let line = ReplyValue.line(of: reply.pointee)
            freeReplyObject(raw)
            throw .refused(ServerError(line: line))
        }
        allocation = .hiredis(reply)
        let hasText = kind == .bytes || kind == .status
        bytes = UnsafeRawBufferPointer(start: reply.pointee.str, count: hasText ? reply.pointee.len : 0)
    }

    deinit {
        switch allocation {
        case .own(let buffer): buffer.deallocate()
        case .hiredis(let reply): freeReplyObject(reply)
        }
    }

    /// Length in bytes; 0 for what is neither a bulk string nor a status.
    package var count: Int { bytes.count }

    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.bytes)
    }

    /// Whether this is the plain `OK` of a command that did what it was asked.
    package var isOK: Bool {
        kind == .status && copied == [UInt8](ascii: "OK")
    }

    /// Copies of the elements of an array, which may be arrays again; none for anything else.
    package var values: [ReplyValue] {
        if case .hiredis(let reply) = allocation { ReplyValue.elements(of: reply.pointee) } else { [] }
    }
}

extension [UInt8] {
    fileprivate init(ascii text: StaticString) {
        self = text.withUTF8Buffer { Array($0) }
    }
}
