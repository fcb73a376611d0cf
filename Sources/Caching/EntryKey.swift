package import Digests
package import Storage

/// The name of one entry in every tier: what kind of thing it is, and the digest of everything that it depends on.
package struct EntryKey: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// A variant or a negative answer.
        case variant
        /// The copy of an original.
        case original
    }

    package let kind: Kind
    package let digest: Digest

    package init(_ kind: Kind, _ digest: Digest) {
        self.kind = kind
        self.digest = digest
    }

    /// The digest in the URL-safe base64 of RFC 4648 §5 without padding: 43 printable bytes.
    package var description: String { digest.base64URL }

    /// The key's name in Redis. The version of the form is part of it, so that workers of two versions share a server.
    package var redisName: String { "\(Self.prefix)\(description)" }

    /// Under which the one that makes this entry is known to all workers of the region.
    package var leaseName: String { "\(Self.prefix)lease:\(description)" }

    /// Under which others say that they wait for this entry.
    package var wishName: String { "\(Self.prefix)wish:\(description)" }

    /// `nil` never comes out: a digest's text is a valid name.
    package var storeName: StoreName? {
        switch kind {
        case .variant: StoreName(.variant, "v\(Entry.formatVersion)-\(description)")
        case .original: StoreName(.original, "v\(Entry.formatVersion)-\(description)")
        }
    }

    /// A number that differs between keys, for checksums.
    var seed: UInt64 {
        digest.bytes.withUnsafeBytes { bytes in
            (0..<Digest.byteCount / 8).reduce(kind == .variant ? 0 : 1) { sum, index in
                sum ^ UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
            }
        }
    }

    private static let prefix = "apus:v\(Entry.formatVersion):"
}
