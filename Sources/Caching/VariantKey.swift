/// The name of one cached answer: the 32-byte digest of everything it was made from, computed elsewhere.
package struct VariantKey: Hashable, Sendable, CustomStringConvertible {
    package static let digestBytes = 32

    /// The digest as big-endian words, cheap to hash and compare.
    private let words: SIMD4<UInt64>

    /// - Returns: `nil` unless the digest has 32 bytes.
    package init?(digest: [UInt8]) {
        guard digest.count == VariantKey.digestBytes else { return nil }
        words = digest.withUnsafeBytes { bytes in
            SIMD4((0..<4).map { UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)) })
        }
    }

    package var digest: [UInt8] {
        (0..<VariantKey.digestBytes).map { index in
            UInt8(truncatingIfNeeded: words[index / 8] >> (56 - 8 * UInt64(index % 8)))
        }
    }

    /// A number that differs between keys, for checksums.
    var seed: UInt64 {
        words[0] ^ words[1] ^ words[2] ^ words[3]
    }

    /// The key's name in Redis: a prefix that carries the version of the format, so that workers of two versions can
    /// share a server, and the digest in the URL-safe base64 of RFC 4648 §5 without padding: 51 printable bytes.
    package var redisName: String {
        VariantKey.prefix + text
    }

    package var description: String { text }

    static let prefix = "apus:v\(Entry.formatVersion):"

    private var text: String {
        let alphabet = VariantKey.alphabet
        var text: [UInt8] = []
        text.reserveCapacity(43)
        var bits: UInt32 = 0
        var count = 0
        for byte in digest {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> UInt32(count)) & 63])
            }
        }
        text.append(alphabet[Int(bits << UInt32(6 - count)) & 63])
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
