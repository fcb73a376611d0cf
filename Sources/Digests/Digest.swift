internal import Crypto

/// A SHA-256, for cache keys and entity tags.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// Length in bytes.
    package static let byteCount = 32

    fileprivate init(_ digest: SHA256.Digest) {
        bytes = Array(digest)
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { hexadecimal(bytes) }

    package var description: String { hex }
}

/// Hashes a list of fields, each with its kind and length, so that two different lists never hash the same bytes.
///
///     var builder = DigestBuilder("variant")
///     builder.add(original.url)
///     builder.add(plan.text)
///     let key = builder.finish()
package struct DigestBuilder: Sendable {
    private enum Kind: UInt8 {
        case absent, text, bytes, number, list
    }

    /// Room for the fields of a variant's key.
    private static let usualLength = 512

    /// Hashed as one: each piece given to the hash by itself costs more than its bytes do.
    private var message: [UInt8] = []

    /// - Parameter purpose: What the digest is for, so that digests for different purposes differ as well.
    package init(_ purpose: String) {
        message.reserveCapacity(Self.usualLength)
        add(purpose)
    }

    /// A text, or none, which is something else than an empty one.
    package mutating func add(_ text: String?) {
        guard let text else { return begin(.absent, count: 0) }
        begin(.text, count: text.utf8.count)
        message.append(contentsOf: text.utf8)
    }

    /// Bytes as one field.
    package mutating func add(_ bytes: RawSpan) {
        begin(.bytes, count: bytes.byteCount)
        bytes.withUnsafeBytes { message.append(contentsOf: $0) }
    }

    /// Bytes as one field.
    package mutating func add(_ bytes: [UInt8]) {
        add(bytes.span.bytes)
    }

    /// A digest as a field of bytes.
    package mutating func add(_ digest: Digest) {
        add(digest.bytes)
    }

    /// A number.
    package mutating func add(_ number: Int64) {
        begin(.number, count: 0)
        append(UInt64(bitPattern: number))
    }

    /// A list of texts as one field.
    package mutating func add(_ list: [String]) {
        begin(.list, count: list.count)
        for text in list { add(text) }
    }

    /// The digest of what was added so far.
    package func finish() -> Digest {
        Digest(SHA256.hash(data: message))
    }

    private mutating func begin(_ kind: Kind, count: Int) {
        message.append(kind.rawValue)
        append(UInt64(count))
    }

    private mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { message.append(contentsOf: $0) }
    }
}
