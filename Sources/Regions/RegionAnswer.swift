package import Caching
internal import Crypto
import Deadlines
import Digests
import Memory

/// The answer to `ask` as it is sent: all of it, but for the bytes of a file.
package struct RegionAnswer: Sendable {
    /// Head and entry.
    package let body: [UInt8]
    /// The value of `x-apus-head`.
    package let header: String

    /// - Parameters:
    ///   - head: what it says of the entry is filled in.
    ///   - entry: `nil` with an error. Of one that is only confirmed, the bytes stay here.
    ///   - now: Unix milliseconds.
    /// - Returns: `nil` where it cannot be written: a head or an entry's description that is too long.
    package init?(
        _ head: RegionAnswerHead, _ entry: Entry?, to question: RegionQuestion, of request: RegionGate.Admitted,
        through gate: RegionGate, now: Int64 = WallClock.unixMilliseconds
    ) {
        var (head, following) = (head, [UInt8]())
        if let entry {
            let sent = head.kind == .unchanged ? entry.withoutBytes : entry
            guard let parts = sent.encoded(for: question.key(nonce: request.envelope.nonce)) else { return nil }
            following.reserveCapacity(parts.reduce(0) { $0 + $1.count })
            for part in parts { part.withBytes { $0.withUnsafeBytes { following.append(contentsOf: $0) } } }
            head.entry = .init(count: following.count, digest: hexadecimal(SHA256.hash(data: following)))
        }
        guard let sealed = gate.sealed(head.fields, for: request, now: now) else { return nil }
        body = sealed.bytes + following
        header = sealed.header
    }
}

extension Entry {
    fileprivate var withoutBytes: Entry {
        var entry = self
        if case .variant(var variant) = content {
            variant.body = [UInt8]()
            entry.content = .variant(variant)
        }
        return entry
    }
}
