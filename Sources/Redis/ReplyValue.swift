import CHiredis

/// One element of an array reply, copied.
package indirect enum ReplyValue: Hashable, Sendable {
    case bytes([UInt8])
    case status(String)
    case integer(Int64)
    case null
    case array([ReplyValue])
    /// An error in the place of one element, cut to `ServerError.longestMessage` bytes.
    case error(String)

    /// Where copying ends; hiredis itself reads no deeper than 7.
    static let mostDepth = 8

    /// The elements of an array; none for anything else. Their number is bounded by `ReplyObjects.mostElements`, their
    /// bytes together by the connection's `replyBytes`.
    static func elements(of reply: redisReply, depth: Int = 0) -> [ReplyValue] {
        guard reply.type == REDIS_REPLY_ARRAY, depth < mostDepth, let first = reply.element else { return [] }
        return UnsafeBufferPointer(start: first, count: reply.elements).map { element in
            element.map { ReplyValue($0.pointee, depth: depth + 1) } ?? .null
        }
    }

    private init(_ reply: redisReply, depth: Int) {
        switch reply.type {
        case REDIS_REPLY_STRING: self = .bytes([UInt8](ReplyValue.bytes(of: reply)))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: ReplyValue.bytes(of: reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_NIL: self = .null
        case REDIS_REPLY_ARRAY: self = .array(ReplyValue.elements(of: reply, depth: depth))
        default: self = .error(ReplyValue.line(of: reply))
        }
    }

    private static func bytes(of reply: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
    }

    /// The text of an error reply.
    static func line(of reply: redisReply) -> String {
        String(decoding: bytes(of: reply).prefix(ServerError.longestMessage), as: UTF8.self)
    }

    /// The text of a bulk string or a status; `nil` for anything else.
    package var text: String? {
        switch self {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        default: nil
        }
    }
}
